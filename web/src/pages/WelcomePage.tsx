import { useState, type FormEvent } from "react";
import { useTranslation } from "react-i18next";
import { useClient, useMutation } from "urql";
import { serverNow } from "../graphql/clock";
import { LoginDocument, NowDocument, RunNowDocument, StartDocument } from "../graphql/documents";
import { ignoreComposition } from "../hooks/composition";
import { useErrorText } from "../hooks/useErrorText";
import { chooseUser, earlierNames } from "../hooks/useUser";

const demoInterval = 10;
const demoLasts = 3_600_000;

/** The first visit: a name, and one button that shows the shop. */
export function WelcomePage() {
  const { t } = useTranslation();
  const client = useClient();
  const [name, setName] = useState("");
  const [, login] = useMutation(LoginDocument);
  const [, start] = useMutation(StartDocument);
  const [, runNow] = useMutation(RunNowDocument);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState("");
  const errorText = useErrorText();
  const names = earlierNames();

  // A new name, or one without requests, begins with the demo shop. A known one opens as it was.
  const enter = async (wanted: string) => {
    setBusy(true);
    setProblem("");
    const signed = await login({ username: wanted });
    const username = signed.data?.login.user.username;
    let error = signed.error;
    if (username && !error) {
      const known = await client.query(NowDocument, { username }, { requestPolicy: "network-only" }).toPromise();
      if (known.data?.user?.requests.edges.length === 0) {
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
    const wanted = name.trim() || names[0] || t("welcome.placeholder").replace(/^.*?[:.] ?/, "");
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
        <button className="btn go wide" disabled={busy}>{busy ? t("app.loading") : names.length > 0 ? t("welcome.own") : t("welcome.go")}</button>
        <p className="hint">{t("welcome.note")}</p>
      </form>
      {names.length > 0 && (
        <section aria-label={t("welcome.earlier")}>
          <p className="label">{t("welcome.earlier")}</p>
          <div className="chips">
            {names.map((n) => <button key={n} className="chip" disabled={busy} onClick={() => { void enter(n); }}>{n}</button>)}
          </div>
        </section>
      )}
    </main>
  );
}
