import i18next from "i18next";
import { useTranslation } from "react-i18next";
import { camerasEn } from "./camerasEn";
import { camerasKo } from "./camerasKo";

/** Returns the texts of the cameras' pages. They load with the first page that needs them. */
export function useCameraTexts() {
  if (!i18next.hasResourceBundle("ko", "cameras")) {
    i18next.addResourceBundle("ko", "cameras", camerasKo);
    i18next.addResourceBundle("en", "cameras", camerasEn);
  }
  return useTranslation("cameras");
}
