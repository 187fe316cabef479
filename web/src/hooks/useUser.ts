import { useSyncExternalStore } from "react";
import { store, stored } from "./storage";

// The name, and the names of earlier visits, are remembered on this device.
const nameKey = "bis.user";
const namesKey = "bis.names";
const listeners = new Set<() => void>();

function listen(listener: () => void) {
  listeners.add(listener);
  window.addEventListener("storage", listener); // of another tab
  return () => {
    listeners.delete(listener);
    window.removeEventListener("storage", listener);
  };
}

const read = () => stored(nameKey) ?? "";

/** The name under which this device asks, or "" before the first visit. */
export const useUser = () => useSyncExternalStore(listen, read);

/** Remembers a name; "" forgets the present one but offers it again. */
export function chooseUser(name: string) {
  store(nameKey, name || null);
  if (name) store(namesKey, JSON.stringify([name, ...earlierNames().filter((n) => n !== name)].slice(0, 5)));
  for (const listener of listeners) listener();
}

/** Forgets a name of this device for good. */
export function forgetUser(name: string) {
  store(namesKey, JSON.stringify(earlierNames().filter((n) => n !== name)));
  if (read() === name) chooseUser("");
}

/** Names of earlier visits, the newest first. */
export function earlierNames(): string[] {
  try {
    const names: unknown = JSON.parse(stored(namesKey) ?? "[]");
    return Array.isArray(names) ? names.filter((n): n is string => typeof n === "string") : [];
  } catch {
    return [];
  }
}
