import { useEffect, useState } from "react";
import { serverNow } from "../graphql/clock";

/** The server's time, renewed every second, or at another pace. */
export function useNow(every = 1_000): number {
  const [now, setNow] = useState(serverNow);
  useEffect(() => {
    const timer = setInterval(() => { setNow(serverNow()); }, every);
    return () => { clearInterval(timer); };
  }, [every]);
  return now;
}
