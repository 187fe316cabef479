import { lazy, Suspense, useState, type FormEvent } from "react";
import { useTranslation } from "react-i18next";
import { useClient, useMutation, useQuery } from "urql";
import { useLocation } from "wouter";
import { serverNow } from "../graphql/clock";
import { AboutDocument, LoginDocument, NowDocument, RunNowDocument, SaveStyleDocument, StartDocument } from "../graphql/documents";
import { clean } from "../hooks/clean";
import { ignoreComposition } from "../hooks/composition";
import { isLimited } from "../hooks/place";
import { useErrorText } from "../hooks/useErrorText";
import { chooseUser, earlierNames } from "../hooks/useUser";

const Places = lazy(async () => ({ default: (await import("../components/Places")).Places }));
const demoInterval = 10;
const demoLasts = 3_600_000;
const english = "영어로 말해줘"; // what the chip "English" of the style writes

// Visitors who leave the field empty get a name of their own, because a name owns its data.
const ownName = (words: string) => `${words} ${String(100_000 + ((crypto.getRandomValues(new Uint32Array(1))[0] ?? 0) % 900_000))}`;

/**
 * The first visit: a name, and one button. With the demo camera the button shows the shop. With a
 * real camera it opens the form, because nothing runs there before the owner has said how often.
 */
export function WelcomePage() {
  const { t, i18n } = useTranslation();
  const client = useClient();
  const [name, setName] = useState("");
  const [, login] = useMutation(LoginDocument);
  const [, start] = useMutation(StartDocument);
  const [, runNow] = useMutation(RunNowDocument);
  const [, saveStyle] = useMutation(SaveStyleDocument);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState("");
  const errorText = useErrorText();
  const names = earlierNames();
  const [, go] = useLocation();
  const [{ data: shop }] = useQuery({ query: AboutDocument });
  const real = shop !== undefined && shop.about.camera !== "demo";

  // A new name, or one without requests, begins with the demo shop or the form. A known one opens as it was.
  const enter = async (wanted: string) => {
    setBusy(true);
    setProblem("");
    const signed = await login({ username: wanted });
    const username = signed.data?.login.user.username;
    let error = signed.error;
    // The server's own style is Korean. After a failure the owner can still choose English.
    if (username && signed.data?.login.outcome === "SIGNUP" && i18n.language === "en") await saveStyle({ input: { username, lines: [english] } });
    if (username && !error) {
      const known = await client.query(NowDocument, { username }, { requestPolicy: "network-only" }).toPromise();
      const { data: server } = await client.query(AboutDocument, {}).toPromise();
      const empty = known.data?.user?.requests.edges.length === 0;
      if (empty && server?.about.camera !== "demo") go("/start");
      else if (empty) {
        const endTime = new Date(serverNow() + demoLasts).toISOString();
        const begun = await start({ input: { username, interval: demoInterval, endTime, key: `demo-${crypto.getRandomValues(new Uint32Array(4)).join("-")}` } });
        error = begun.error;
        const id = begun.data?.startBriefing.id;
        if (id) void runNow({ requestId: id });
      }
    }
    setBusy(false);
    if (error || !username) setProblem(error ? errorText(error) : t("error.other"));
    else chooseUser(username);
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const wanted = clean(name) || names[0] || ownName(t(real ? "welcome.shopName" : "welcome.demoName"));
    if (!busy) void enter(wanted);
  };

  return (
    <main className="welcome" id="main">
      <img className="logo" src="/icons/icon.svg" alt="" width="76" height="76" />
      <h1>{t("welcome.lead")}</h1>
      <p>{t("welcome.text")}</p>
      <form onSubmit={submit}>
        <label className="label" htmlFor="name">{t("welcome.name")}</label>
        <input
          id="name" className="field" value={name} maxLength={64} autoComplete="nickname" enterKeyHint="go"
          placeholder={t("welcome.placeholder")} onChange={(e) => { setName(e.target.value); }} onKeyDown={ignoreComposition}
        />
        {problem && <p className="problem" role="alert">{problem}</p>}
        <button className="btn go wide" disabled={busy}>{busy ? t("app.loading") : names.length > 0 ? t("welcome.own") : t(real ? "welcome.begin" : "welcome.go")}</button>
        <p className="hint">{t(real ? "welcome.beginNote" : "welcome.note")}</p>
      </form>
      {names.length > 0 && (
        <section aria-label={t("welcome.earlier")}>
          <p className="label">{t("welcome.earlier")}</p>
          <div className="chips">
            {names.map((n) => <button key={n} className="chip" disabled={busy} onClick={() => { void enter(n); }}>{n}</button>)}
          </div>
        </section>
      )}
      {isLimited() && <Suspense fallback={null}><Places short /></Suspense>}
    </main>
  );
}
