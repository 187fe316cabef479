import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useLocation } from "wouter";
import { useQuery } from "urql";
import { AboutCard } from "../components/AboutCard";
import { Choice } from "../components/Choice";
import { CountingCard } from "../components/CountingCard";
import { Page } from "../components/Page";
import { Places } from "../components/Places";
import { AboutDocument } from "../graphql/documents";
import { useDownload } from "../hooks/useDownload";
import { useExplorers } from "../hooks/useExplorers";
import { chooseTheme, useTheme, type Theme } from "../hooks/useTheme";
import { chooseUser, useUser } from "../hooks/useUser";
import { chooseLanguage, languages, type Language } from "../i18n";
import "../styles/forms.css";

const DeleteDialog = lazy(() => import("./DeleteDialog"));

/** Language, appearance, the owner's data, and what this server is. */
export default function SettingsPage() {
  const { t, i18n } = useTranslation();
  const username = useUser();
  const theme = useTheme();
  const [, go] = useLocation();
  const [{ data }] = useQuery({ query: AboutDocument });
  const download = useDownload();
  const explorers = useExplorers();
  const [deleting, setDeleting] = useState(false);
  return (
    <Page title={t("settings.title")} narrow>
      <Places />
      {username && (
        <section className="card">
          <div className="options"><h2>{username}</h2><button className="link" onClick={() => { chooseUser(""); go("/"); }}>{t("settings.switch")}</button></div>
          <Link className="entry" href="/cameras">{t("now.camera")}<span aria-hidden="true">›</span></Link>
          <Link className="entry" href="/style">{t("settings.style")}<span aria-hidden="true">›</span></Link>
          <Link className="entry" href="/settings/models">{t("settings.models")}<span aria-hidden="true">›</span></Link>
          <Link className="entry" href="/requests">{t("settings.requests")}<span aria-hidden="true">›</span></Link>
        </section>
      )}
      <section className="card" aria-label={t("settings.display")}>
        <Choice label={t("settings.language")} value={i18n.language} onChange={(value) => { chooseLanguage(value as Language); }} // one of the entries below
          entries={Object.entries(languages)} />
        <Choice label={t("settings.theme")} value={theme} onChange={(value) => { chooseTheme(value as Theme); }} // one of the entries below
          entries={[["auto", t("settings.auto")], ["light", t("settings.light")], ["dark", t("settings.dark")]]} />
      </section>
      {username && (
        <section className="card">
          <h2>{t("settings.data")}</h2>
          <div className="row" style={{ marginBottom: 0 }}>
            <button className="btn" disabled={download.busy} onClick={() => { void download.start(); }}>{download.busy ? t("summary.preparing") : t("settings.download")}</button>
            <button className="btn bad" onClick={() => { setDeleting(true); }}>{t("settings.remove")}</button>
          </div>
        </section>
      )}
      <CountingCard />
      {data?.about && <AboutCard about={data.about} />}
      {explorers && (
        <section className="card">
          <h2>{t("settings.developer")}</h2>
          <a className="entry" href="/graphiql">GraphiQL<span aria-hidden="true">›</span></a>
          <a className="entry" href="/playground">GraphQL Playground<span aria-hidden="true">›</span></a>
        </section>
      )}
      <Suspense fallback={null}>{deleting && <DeleteDialog onClose={() => { setDeleting(false); }} />}</Suspense>
    </Page>
  );
}
