import { createClient, type Client } from "graphql-ws";

/** The state of the one socket: live once the server has answered, otherwise reconnecting. */
export type Connection = "idle" | "live" | "reconnecting";

let state: Connection = "idle";
const listeners = new Set<() => void>();

export const connection = {
  get: () => state,
  listen: (listener: () => void) => {
    listeners.add(listener);
    return () => { listeners.delete(listener); };
  },
};

function become(next: Connection) {
  if (next === state) return;
  state = next;
  for (const listener of listeners) listener();
}

const pingEvery = 10_000;
const answerWithin = 5_000;
/** After this long in the background the socket may be dead although it looks open. */
const sleepOver = 15_000;

/** Opens the socket when the first subscription needs it, and again after each break. */
export function openSocket(url: string): Client {
  let late: ReturnType<typeof setTimeout> | undefined;
  const client = createClient({
    url,
    keepAlive: pingEvery,
    connectionAckWaitTimeout: answerWithin,
    retryAttempts: Infinity,
    shouldRetry: () => true,
    retryWait: (attempt) => pause(Math.min(5_000, 300 * 2 ** attempt) * (0.5 + Math.random())),
    on: {
      connected: () => { become("live"); },
      closed() {
        clearTimeout(late);
        become("reconnecting");
      },
      ping(received) {
        if (received) return;
        clearTimeout(late);
        late = setTimeout(() => { client.terminate(); }, answerWithin);
      },
      pong(received) {
        if (received) clearTimeout(late);
      },
    },
  });
  reopenAfterSleep(() => {
    if (state === "live") client.terminate();
  });
  return client;
}

// A phone that slept may hold a dead socket that looks open, so a page that returns opens a new one.
function reopenAfterSleep(reopen: () => void) {
  let hiddenAt = 0;
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") hiddenAt = Date.now();
    else if (hiddenAt && Date.now() - hiddenAt > sleepOver) reopen();
  });
  window.addEventListener("pageshow", (event) => { if (event.persisted) reopen(); });
  window.addEventListener("online", reopen);
}

// A page that becomes visible or online does not wait for the rest of the pause.
function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", done);
      window.removeEventListener("online", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    document.addEventListener("visibilitychange", done);
    window.addEventListener("online", done);
  });
}
