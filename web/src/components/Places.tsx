import { lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";

const QrCode = lazy(() => import("./QrCode"));

/** Where the page is open matters: plain HTTP and KakaoTalk's browser cannot do everything. */
export function Places() {
  const { t } = useTranslation();
  if (/KAKAOTALK/i.test(navigator.userAgent)) {
    return (
      <section className="card">
        <p>{t("settings.kakao")}</p>
        <a className="link" href={`kakaotalk://web/openExternal?url=${encodeURIComponent(location.origin)}`}>{t("settings.kakaoGo")}</a>
      </section>
    );
  }
  if (window.isSecureContext) return null;
  return (
    <section className="card">
      <p>{t("settings.lan")}</p>
      <p className="hint">{t("settings.lanHow")}</p>
      <Suspense fallback={null}><QrCode text={location.origin} label={t("settings.lanCode", { address: location.origin })} /></Suspense>
    </section>
  );
}
