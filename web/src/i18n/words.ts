import i18next from "i18next";
import { useTranslation } from "react-i18next";
import { wordsEn } from "./wordsEn";
import { wordsKo } from "./wordsKo";

/** Returns the texts about words, styles and models. They load with the first page that needs them. */
export function useWordTexts() {
  if (!i18next.hasResourceBundle("ko", "words")) {
    i18next.addResourceBundle("ko", "words", wordsKo);
    i18next.addResourceBundle("en", "words", wordsEn);
  }
  return useTranslation("words");
}
