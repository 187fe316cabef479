import type { Briefing } from "../graphql/reading";
import type { RequestRowFragment } from "../graphql/types";
import { store, stored } from "./storage";

/** What is shown when the server is out of reach. It has no pictures. */
export interface LastState {
  username: string;
  request: RequestRowFragment;
  briefings: Briefing[];
}

const key = "bis.last";

export function remember(state: LastState) {
  store(key, JSON.stringify(state));
}

/** The stored state of this user, or null. One of another form, as of an old version, does not count. */
export function recall(username: string): LastState | null {
  try {
    const state = JSON.parse(stored(key) ?? "null") as Partial<LastState> | null; // what a version of this page wrote
    return state?.username === username && state.request?.camera && Array.isArray(state.briefings) ? state as LastState : null;
  } catch {
    return null;
  }
}

const zoneKey = "bis.zone";

/** Remembers the shop's zone, for the time before the server's first answer. */
export function rememberZone(zone: string | undefined) {
  if (zone) store(zoneKey, zone);
}

/** The shop's zone as last heard on this device. */
export const recallZone = () => stored(zoneKey) ?? undefined;

export function forget() {
  store(key, null);
}
