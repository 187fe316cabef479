import { lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";
import { inKakaoTalk, isLimited } from "../hooks/place";

const QrCode = lazy(() => import("./QrCode"));

/**
 * Where the page is open matters: plain HTTP and KakaoTalk's browser cannot do everything. The
 * short form has no QR code.
 */
export function Places({ short }: { short?: boolean }) {
  const { t } = useTranslation();
  if (inKakaoTalk()) {
    return (
      <section className="card">
        <p>{t("settings.kakao")}</p>
        <a className="link" href={`kakaotalk://web/openExternal?url=${encodeURIComponent(location.href)}`}>{t("settings.kakaoGo")}</a>
      </section>
    );
  }
  if (!isLimited()) return null;
  if (short) return <p className="hint">{t("settings.lan")} {t("settings.lanHow")}</p>;
  return (
    <section className="card">
      <p>{t("settings.lan")}</p>
      <p className="hint">{t("settings.lanHow")}</p>
      <Suspense fallback={null}><QrCode text={location.origin} label={t("settings.lanCode", { address: location.origin })} /></Suspense>
    </section>
  );
}
