import { useCallback, useEffect, useRef, useState, type RefObject } from "react";
import { keepPermit, permitOf, pictureOf, refusalOf, sendPicture, type Permit, type Sending } from "./sender";

interface Sender {
  /** The element that shows the device's picture. */
  video: RefObject<HTMLVideoElement | null>;
  sending: Sending;
  /** How many pictures were sent, and when the last one was. */
  count: number;
  lastAt: number;
  /** The last time that the page slept and sent nothing. */
  slept: { from: number; to: number } | undefined;
  /** The device's picture, for the page's own preview. */
  stream: MediaStream | undefined;
  /** Starts with a new permit, or with the one of this tab. */
  begin: (permit?: Permit) => void;
  stop: () => void;
}

const reopenAfter = 3_000; // milliseconds

/**
 * Makes this device a camera: opens its own, and sends a picture at each interval. It goes on by
 * itself after the network was away, the page was hidden, or the camera was turned off.
 */
export function useSender(cameraId: string, seconds: number): Sender {
  const video = useRef<HTMLVideoElement>(null);
  const [sending, setSending] = useState<Sending>({ state: "idle" });
  const [on, setOn] = useState(() => permitOf(cameraId) !== undefined && Boolean(navigator.mediaDevices as MediaDevices | undefined)); // missing on plain HTTP
  const [tally, setTally] = useState({ count: 0, lastAt: 0 });
  const [slept, setSlept] = useState<Sender["slept"]>();
  const [stream, setStream] = useState<MediaStream>();
  const [round, setRound] = useState(0);
  const lastAt = useRef(0);

  useEffect(() => {
    if (!on) return;
    let over = false;
    let opened: MediaStream | undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const reopen = () => {
      if (over) return;
      setSending({ state: "ended" });
      timer = setTimeout(() => { setRound((n) => n + 1); }, reopenAfter);
    };
    navigator.mediaDevices.getUserMedia({ audio: false, video: { facingMode: { ideal: "environment" }, width: { ideal: 1_280 }, height: { ideal: 720 } } }).then((found) => {
      opened = found;
      if (over) { stopAll(found); return; }
      for (const track of found.getTracks()) track.addEventListener("ended", reopen);
      setStream(found);
    }, (error: unknown) => {
      if (over) return;
      const state = refusalOf(error);
      setSending({ state });
      // A camera that came back or was let go by another app opens a moment later.
      if (state === "inUse" && round > 0) timer = setTimeout(() => { setRound((n) => n + 1); }, reopenAfter);
      else setOn(false);
    });
    return () => {
      over = true;
      clearTimeout(timer);
      if (opened) stopAll(opened);
      setStream(undefined);
    };
  }, [on, round]);

  useEffect(() => {
    const shown = video.current;
    if (!stream || !shown) return;
    shown.srcObject = stream;
    void shown.play().catch(() => undefined); // the page goes on without a preview
    const stop = new AbortController();
    let busy = false;
    const send = async () => {
      const permit = permitOf(cameraId);
      if (busy || !permit || stop.signal.aborted) return;
      busy = true;
      const picture = await pictureOf(shown);
      const result = picture ? await sendPicture(permit, picture, stop.signal) : undefined;
      busy = false;
      if (!result || stop.signal.aborted) return;
      if (result === "sent") {
        lastAt.current = Date.now();
        setTally(({ count }) => ({ count: count + 1, lastAt: lastAt.current }));
        setSending({ state: "sending" });
      } else if (result === "revoked") {
        keepPermit(cameraId, undefined);
        setOn(false);
        setSending({ state: "revoked" });
      } else if (result === "away") {
        setSending((old) => (old.state === "away" ? old : { state: "away", since: Date.now() }));
      } else setSending({ state: result });
    };
    const now = () => { void send(); };
    const first = () => { if (lastAt.current === 0) now(); };
    const timer = setInterval(now, seconds * 1_000);
    const woke = onWaking((from) => {
      setSlept({ from: Math.max(from, lastAt.current), to: Date.now() });
      now();
    }, seconds * 1_000);
    shown.addEventListener("playing", now);
    shown.addEventListener("loadeddata", first);
    window.addEventListener("online", now);
    now();
    return () => {
      stop.abort();
      clearInterval(timer);
      woke();
      shown.removeEventListener("playing", now);
      shown.removeEventListener("loadeddata", first);
      window.removeEventListener("online", now);
    };
  }, [stream, cameraId, seconds]);

  const begin = useCallback((permit?: Permit) => {
    if (permit) keepPermit(cameraId, permit);
    setSending({ state: "asking" });
    setSlept(undefined);
    setOn(true);
    setRound((n) => n + 1);
  }, [cameraId]);
  const stop = useCallback(() => {
    keepPermit(cameraId, undefined);
    setOn(false);
    setSending({ state: "idle" });
  }, [cameraId]);
  return { video, sending: on && sending.state === "idle" ? { state: "asking" } : sending, ...tally, slept, stream, begin, stop };
}

function stopAll(stream: MediaStream) {
  for (const track of stream.getTracks()) track.stop();
}

// Calls back when a page that was hidden for longer than an interval is shown again.
function onWaking(woke: (from: number) => void, long: number): () => void {
  let hiddenAt = 0;
  const changed = () => {
    if (document.visibilityState === "hidden") hiddenAt = Date.now();
    else if (hiddenAt) {
      if (Date.now() - hiddenAt > long) woke(hiddenAt);
      hiddenAt = 0;
    }
  };
  document.addEventListener("visibilitychange", changed);
  return () => { document.removeEventListener("visibilitychange", changed); };
}
