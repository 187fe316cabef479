import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { Note } from "../components/Note";
import { Page } from "../components/Page";

export default function MissingPage() {
  const { t } = useTranslation();
  return (
    <Page title={t("app.name")} narrow>
      <Note icon="alert" title={t("error.page")}><Link className="btn go" href="/">{t("error.home")}</Link></Note>
    </Page>
  );
}
