import type { Briefing } from "../graphql/reading";
import type { RequestRowFragment } from "../graphql/types";

/** What is shown when the server is out of reach. It has no pictures. */
export interface LastState {
  username: string;
  request: RequestRowFragment;
  briefings: Briefing[];
}

const key = "bis.last";

export function remember(state: LastState) {
  localStorage.setItem(key, JSON.stringify(state));
}

/** The stored state of this user, or null. */
export function recall(username: string): LastState | null {
  try {
    const state = JSON.parse(localStorage.getItem(key) ?? "null") as LastState | null; // written by remember
    return state?.username === username ? state : null;
  } catch {
    return null;
  }
}

const zoneKey = "bis.zone";

/** Remembers the shop's zone, for the time before the server's first answer. */
export function rememberZone(zone: string | undefined) {
  if (zone) localStorage.setItem(zoneKey, zone);
}

/** The shop's zone as last heard on this device. */
export const recallZone = () => localStorage.getItem(zoneKey) ?? undefined;

export function forget() {
  localStorage.removeItem(key);
}
