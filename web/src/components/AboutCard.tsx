import { useTranslation } from "react-i18next";
import type { AboutQuery } from "../graphql/types";

/** What this server is. */
export function AboutCard({ about }: { about: AboutQuery["about"] }) {
  const { t } = useTranslation();
  return (
    <section className="card">
      <h2>{t("settings.server")}</h2>
      <dl className="pairs">
        <dt>{t("settings.version")}</dt><dd>{about.version}</dd>
        <dt>{t("settings.store")}</dt><dd>{about.store}</dd>
        <dt>{t("settings.camera")}</dt><dd>{about.camera}</dd>
        <dt>{t("settings.wording")}</dt><dd>{about.wording === "template" ? t("settings.template") : about.wording}</dd>
        <dt>{t("settings.zone")}</dt><dd>{about.timeZone}</dd>
        <dt>{t("settings.accounts")}</dt><dd>{about.accounts ? t("settings.accountsOn") : t("settings.accountsOff")}</dd>
      </dl>
    </section>
  );
}
