import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import type { CameraNowFragment } from "../graphql/types";
import { useCameraTexts } from "../i18n/cameras";

/** What the owner can do about a camera that is not well, in the server's words. */
export default function CameraHelp({ camera: { id, health } }: { camera: CameraNowFragment }) {
  const { i18n } = useTranslation();
  const { t: c } = useCameraTexts();
  const words = i18n.language === "en" ? health.english : health.detail;
  if (!words) return null;
  return <p className="card soft" role="status">{words} {id !== "default" && <Link className="link" href={`/cameras/${id}`}>{c("show")}</Link>}</p>;
}
