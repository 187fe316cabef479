import { useEffect, useRef, useState } from "react";
import { useSearchParams } from "wouter";

/** A value that stands in the address, so that it survives a reload and can be sent. */
export function useParam(name: string, fallback = ""): [string, (value: string) => void] {
  const [params, setParams] = useSearchParams();
  const set = (value: string) => {
    setParams((old) => {
      const next = new URLSearchParams(old);
      if (value === fallback) next.delete(name);
      else next.set(name, value);
      return next;
    }, { replace: true });
  };
  return [params.get(name) ?? fallback, set];
}

const writeAfter = 400; // milliseconds

/**
 * A value that is typed. It stands in the address a moment later, because browsers let a page change
 * its address only some hundred times a minute.
 */
export function useTypedParam(name: string): [string, (value: string) => void] {
  const [written, write] = useParam(name);
  const [known, setKnown] = useState(written);
  const [typed, setTyped] = useState(written);
  if (written !== known) { // by a link, or by the timer below
    setKnown(written);
    setTyped(written);
  }
  const latest = useRef(write);
  useEffect(() => { latest.current = write; });
  useEffect(() => {
    if (typed === written) return;
    const timer = setTimeout(() => { latest.current(typed); }, writeAfter);
    return () => { clearTimeout(timer); };
  }, [typed, written]); // and not when the page is drawn anew, as often as briefings arrive
  return [typed, setTyped];
}
