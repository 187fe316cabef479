import { useEffect, useRef, useState } from "react";

/** Reads a new briefing out politely. What was there at first is not read again. */
export function Announcer({ id, text }: { id: string | undefined; text: string }) {
  const known = useRef(id);
  const [said, setSaid] = useState("");
  useEffect(() => {
    if (id === known.current) return;
    known.current = id;
    setSaid(text);
  }, [id, text]);
  return <p className="hidden" aria-live="polite">{said}</p>;
}
