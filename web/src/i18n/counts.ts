import i18next from "i18next";
import { useTranslation } from "react-i18next";
import { countsEn } from "./countsEn";
import { countsKo } from "./countsKo";

/** Returns the texts about counting. They load with the first page that needs them. */
export function useCountTexts() {
  if (!i18next.hasResourceBundle("ko", "counts")) {
    i18next.addResourceBundle("ko", "counts", countsKo);
    i18next.addResourceBundle("en", "counts", countsEn);
  }
  return useTranslation("counts");
}
