import { createClient, MessageType, type Client } from "graphql-ws";

/**
 * The state of the one socket: live once the server has sent a message of its streams or answered a
 * ping, idle without streams, otherwise reconnecting.
 */
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
  let hurry = false;
  // A dead network lets a socket hang at any step, also while it closes. So each step has a limit,
  // after which the socket is given up at once.
  const limit = () => {
    clearTimeout(late);
    late = setTimeout(() => { client.terminate(); }, answerWithin);
  };
  const client = createClient({
    url,
    keepAlive: pingEvery,
    retryAttempts: Infinity,
    shouldRetry: () => true,
    retryWait(attempt) {
      const ms = hurry ? 0 : Math.min(5_000, 300 * 2 ** attempt) * (0.5 + Math.random());
      hurry = false;
      return pause(ms);
    },
    on: {
      connecting: limit,
      opened: limit,
      // The first regular ping comes late, and a quiet stream sends nothing.
      connected(socket) {
        (socket as WebSocket).send('{"type":"ping"}'); // the browser's
        limit();
      },
      message({ type }) {
        if (type === MessageType.Next || type === MessageType.Pong) become("live");
      },
      closed(event) {
        clearTimeout(late);
        become((event as CloseEvent).code === 1000 ? "idle" : "reconnecting"); // has a code in all cases
      },
      ping(received) {
        if (!received) limit();
      },
      pong(received) {
        if (received) clearTimeout(late);
      },
    },
  });
  reopenAfterSleep(() => {
    if (state === "idle") return;
    hurry = true;
    client.terminate();
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
