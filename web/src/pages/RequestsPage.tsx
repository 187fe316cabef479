import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { useQuery } from "urql";
import { Bones } from "../components/Bones";
import { Note, Trouble } from "../components/Note";
import { Page } from "../components/Page";
import { RequestCard } from "../components/RequestCard";
import { RequestsDocument } from "../graphql/documents";
import { useErrorText } from "../hooks/useErrorText";
import { useUser } from "../hooks/useUser";

const page = 30;

/** All requests of the owner, newest first. */
export default function RequestsPage() {
  const { t } = useTranslation();
  const [cursors, setCursors] = useState<(string | null)[]>([null]);
  return (
    <Page title={t("requests.title")} back="/timeline" narrow>
      {cursors.map((after, i) => (
        <Part key={after} after={after} last={i === cursors.length - 1} onMore={(next) => { setCursors([...cursors, next]); }} />
      ))}
    </Page>
  );
}

function Part({ after, last, onMore }: { after: string | null; last: boolean; onMore: (cursor: string) => void }) {
  const { t } = useTranslation();
  const username = useUser();
  const errorText = useErrorText();
  const [{ data, error }, again] = useQuery({ query: RequestsDocument, variables: { username, first: page, after }, requestPolicy: "cache-and-network" });
  if (error && !data) return <Trouble text={errorText(error)} onRetry={() => { again({ requestPolicy: "network-only" }); }} />;
  if (!data) return <Bones heights={[110, 110, 110]} />;
  const { edges, pageInfo } = data.requests;
  if (edges.length === 0) {
    return <Note icon="timeline" title={t("requests.none")} text={t("now.nothingText")}><Link className="btn go" href="/start">{t("now.start")}</Link></Note>;
  }
  return (
    <>
      {edges.map(({ node }) => <RequestCard key={node.id} request={node} />)}
      {last && pageInfo.hasNextPage && pageInfo.endCursor && (
        <button className="btn wide" onClick={() => { onMore(pageInfo.endCursor ?? ""); }}>{t("requests.more")}</button>
      )}
    </>
  );
}
