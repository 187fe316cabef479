import { useSyncExternalStore } from "react";
import { store, stored } from "./storage";

export type Theme = "auto" | "light" | "dark";

const key = "bis.theme";
const dark = window.matchMedia("(prefers-color-scheme: dark)");
const listeners = new Set<() => void>();

function chosen(): Theme {
  const theme = stored(key);
  return theme === "light" || theme === "dark" ? theme : "auto";
}

/** Puts the chosen theme, or the device's, on the page. */
export function applyTheme() {
  const theme = chosen();
  document.documentElement.dataset.theme = theme === "auto" ? (dark.matches ? "dark" : "light") : theme;
}

export function chooseTheme(theme: Theme) {
  store(key, theme);
  applyTheme();
  for (const listener of listeners) listener();
}

dark.addEventListener("change", applyTheme);

export const useTheme = () => useSyncExternalStore((listener) => {
  listeners.add(listener);
  return () => { listeners.delete(listener); };
}, chosen);
