import { useState, type FormEvent } from "react";
import { useTranslation } from "react-i18next";
import { useMutation, useQuery } from "urql";
import { Bones } from "../components/Bones";
import { Trouble } from "../components/Note";
import { Page } from "../components/Page";
import "../styles/forms.css";
import { StyleLines } from "../components/StyleLines";
import { StylePreview } from "../components/StylePreview";
import { SaveStyleDocument } from "../graphql/documents";
import { PreviewStyleDocument, StyleDocument } from "../graphql/pageDocuments";
import { clean } from "../hooks/clean";
import { useErrorText } from "../hooks/useErrorText";
import { useLive } from "../hooks/useLive";
import { useToast } from "../hooks/useToast";
import { useUser } from "../hooks/useUser";

/** The style of the sentences: chips and free lines, seen before they are saved. */
export default function StylePage() {
  const { t } = useTranslation();
  const username = useUser();
  const errorText = useErrorText();
  const [{ data, error }, again] = useQuery({ query: StyleDocument, variables: { username }, requestPolicy: "cache-and-network" });
  return (
    <Page title={t("style.title")} back="/settings" narrow>
      <p className="lead">{t("style.lead")}</p>
      {error && !data
        ? <Trouble text={errorText(error)} onRetry={() => { again({ requestPolicy: "network-only" }); }} />
        : data ? <Form saved={data.user?.custom ?? []} /> : <Bones />}
    </Page>
  );
}

function Form({ saved }: { saved: string[] }) {
  const { t } = useTranslation();
  const username = useUser();
  const toast = useToast();
  const errorText = useErrorText();
  const last = useLive().briefings.at(-1);
  const [edited, setLines] = useState<string[]>();
  const lines = edited ?? saved;
  const [problem, setProblem] = useState("");
  const [saving, save] = useMutation(SaveStyleDocument);
  const [previewing, preview] = useMutation(PreviewStyleDocument);
  const wanted = lines.map(clean).filter(Boolean);
  const changed = wanted.join("\n") !== saved.join("\n");
  const run = async (action: () => Promise<{ error?: Parameters<typeof errorText>[0] | undefined }>, done: string) => {
    setProblem("");
    const { error } = await action();
    if (error) setProblem(errorText(error));
    else if (done) toast(done);
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void run(() => save({ username, custom: wanted }), t("style.saved"));
  };
  const shown = previewing.data?.previewStyle;
  return (
    <form onSubmit={submit}>
      <StyleLines lines={lines} onChange={setLines} />
      <p className="hint">{t("style.hint")}</p>
      {problem && <p className="problem" role="alert">{problem}</p>}
      <StylePreview
        before={shown?.before ?? last?.caption} after={shown?.after} busy={previewing.fetching}
        onPreview={() => { void run(() => preview({ input: { username, lines: wanted } }), ""); }}
      />
      <button className="btn go wide" disabled={saving.fetching || !changed}>{t("style.save")}</button>
    </form>
  );
}
