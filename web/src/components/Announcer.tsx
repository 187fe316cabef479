import { useEffect, useRef, useState } from "react";

const quiet = 10_000; // milliseconds from one briefing to the next

/**
 * Reads a new briefing out politely. What was there at first is not read again. Of many within a few
 * seconds only the last is read, so that there is always time to read its whole sentence.
 */
export function Announcer({ id, text }: { id: string | undefined; text: string }) {
  const known = useRef(id);
  const last = useRef(-Infinity);
  const [said, setSaid] = useState("");
  useEffect(() => {
    if (id === known.current) return;
    const say = () => {
      known.current = id;
      last.current = Date.now();
      setSaid(text);
    };
    const wait = last.current + quiet - Date.now();
    if (wait <= 0) { say(); return; }
    const timer = setTimeout(say, wait);
    return () => { clearTimeout(timer); };
  }, [id, text]);
  return <p className="hidden" aria-live="polite">{said}</p>;
}
