import { useTranslation } from "react-i18next";
import type { CameraState } from "../graphql/types";
import type { Language } from "../i18n";
import { cameraHelp } from "../i18n/help";

/** What the owner can do about a camera that is not well. */
export default function CameraHelp({ state }: { state: Exclude<CameraState, "OK"> }) {
  const { i18n } = useTranslation();
  return <p className="card soft" role="status">{cameraHelp[i18n.language as Language][state]}</p>; // one of the two languages
}
