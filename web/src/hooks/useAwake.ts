import { useEffect, useState } from "react";

/** Keeps the screen on. It returns false where the browser cannot. A page that returns asks anew. */
export function useAwake(wanted: boolean): boolean {
  const [can, setCan] = useState(true);
  useEffect(() => {
    if (!wanted) return;
    let lock: WakeLockSentinel | undefined;
    let over = false;
    const ask = () => {
      if (document.visibilityState === "hidden") return;
      const { wakeLock } = navigator as { wakeLock?: WakeLock }; // missing in some browsers
      (wakeLock?.request("screen") ?? Promise.reject(new Error("no wake lock"))).then((got) => {
        lock = got;
        setCan(true);
        if (over) void got.release();
      }, () => { if (!over) setCan(false); });
    };
    ask();
    document.addEventListener("visibilitychange", ask);
    return () => {
      over = true;
      document.removeEventListener("visibilitychange", ask);
      void lock?.release();
    };
  }, [wanted]);
  return can;
}
