import { useTranslation } from "react-i18next";
import { useToast } from "./useToast";

/** Returns a function that shares a text, or copies it where the browser cannot share. */
export function useShare() {
  const { t } = useTranslation();
  const toast = useToast();
  return async (text: string, url?: string) => {
    // Plain HTTP in a local network has neither of the two interfaces.
    if ("share" in navigator) {
      try {
        await navigator.share(url ? { text, url } : { text });
        return;
      } catch (err) {
        if (err instanceof DOMException && err.name === "AbortError") return;
      }
    }
    await copy(url ? `${text}\n${url}` : text);
    toast(t("briefing.copied"));
  };
}

/** Copies a text, also on plain HTTP, where the clipboard's interface is missing. */
export async function copy(text: string) {
  if ("clipboard" in navigator) {
    try {
      await navigator.clipboard.writeText(text);
      return;
    } catch {
      // not allowed here: the old way below
    }
  }
  const area = Object.assign(document.createElement("textarea"), { value: text, readOnly: true });
  document.body.append(area);
  area.select();
  document.execCommand("copy");
  area.remove();
}
