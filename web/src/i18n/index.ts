import i18next from "i18next";
import { initReactI18next } from "react-i18next";
import { store, stored } from "../hooks/storage";
import type { camerasKo } from "./camerasKo";
import type { countsKo } from "./countsKo";
import { ko } from "./ko";
import type { wordsKo } from "./wordsKo";

export type Same<T> = { [K in keyof T]: T[K] extends string ? string : Same<T[K]> } & { [plural: `${string}_one`]: string };

/** The texts of one language. English adds singular forms with the suffix "_one". */
export type Texts = { [Part in keyof typeof ko]: Same<(typeof ko)[Part]> };

declare module "i18next" {
  interface CustomTypeOptions {
    resources: { translation: typeof ko; cameras: typeof camerasKo; counts: typeof countsKo; words: typeof wordsKo };
  }
}

export const languages = { ko: "한국어", en: "English" } as const;
export type Language = keyof typeof languages;

const key = "bis.language";

function preferred(): Language {
  const chosen = stored(key);
  if (chosen === "ko" || chosen === "en") return chosen;
  return navigator.languages.some((l) => l.startsWith("ko")) || !navigator.language.startsWith("en") ? "ko" : "en";
}

function mark(language: string) {
  document.documentElement.lang = language;
  document.title = i18next.t("app.name");
}

// Korean comes with the page. Another language is one more file.
async function load(language: Language) {
  if (language === "en" && !i18next.hasResourceBundle("en", "translation")) {
    i18next.addResourceBundle("en", "translation", (await import("./en")).en);
  }
}

/** Starts the texts in the chosen language, or that of the device. Korean is the default. */
export async function startTexts(language: Language = preferred()) {
  void i18next.use(initReactI18next).init({
    lng: "ko",
    fallbackLng: "ko",
    initAsync: false,
    resources: { ko: { translation: ko } },
    interpolation: { escapeValue: false },
  });
  await show(language);
}

// A page whose texts do not load is Korean, and not empty.
async function show(language: Language) {
  await load(language).catch(() => { language = "ko"; });
  await i18next.changeLanguage(language);
  mark(language);
}

/** Changes the language and remembers it on this device. */
export function chooseLanguage(language: Language) {
  store(key, language);
  void show(language);
}
