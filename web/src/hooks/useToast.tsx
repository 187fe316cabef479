import { createContext, use, useCallback, useEffect, useState, type ReactNode } from "react";

const Context = createContext<(text: string) => void>(() => undefined);

/** Returns a function that shows a short sentence for a moment, and reads it out. */
export const useToast = () => use(Context);

export function ToastProvider({ children }: { children: ReactNode }) {
  const [text, setText] = useState("");
  const show = useCallback((next: string) => { setText(next); }, []);
  useEffect(() => {
    if (!text) return;
    const timer = setTimeout(() => { setText(""); }, 4_000);
    return () => { clearTimeout(timer); };
  }, [text]);
  return (
    <Context value={show}>
      {children}
      <div role="status">{text && <p className="toast">{text}</p>}</div>
    </Context>
  );
}
