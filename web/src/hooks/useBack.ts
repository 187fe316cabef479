import { useEffect, useRef } from "react";

const mark = "dialog";

/** Lets the phone's back button close a dialog, instead of leaving the page below it. */
export function useBack(close: () => void) {
  const latest = useRef(close);
  useEffect(() => { latest.current = close; });
  useEffect(() => {
    let open = false;
    const timer = setTimeout(() => {
      history.pushState(mark, "");
      open = true;
    });
    const back = () => {
      open = false;
      latest.current();
    };
    window.addEventListener("popstate", back);
    return () => {
      clearTimeout(timer);
      window.removeEventListener("popstate", back);
      // A dialog that led to another page leaves its entry behind.
      if (open && history.state === mark) history.back();
    };
  }, []);
}
