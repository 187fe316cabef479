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
