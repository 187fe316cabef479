import { useSyncExternalStore } from "react";

const wide = window.matchMedia("(min-width: 900px)");

function listen(listener: () => void) {
  wide.addEventListener("change", listener);
  return () => { wide.removeEventListener("change", listener); };
}

/** Whether two columns fit on the screen. */
export const useWide = () => useSyncExternalStore(listen, () => wide.matches);
