import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { useQuery } from "urql";
import { Bones } from "../components/Bones";
import { Note, Trouble } from "../components/Note";
import { Page } from "../components/Page";
import { RequestCard } from "../components/RequestCard";
import { RequestsDocument } from "../graphql/pageDocuments";
import { useErrorText } from "../hooks/useErrorText";
import { useUser } from "../hooks/useUser";

const page = 30;

/** All requests of the owner, newest first. */
export default function RequestsPage() {
  const { t } = useTranslation();
  const [parts, setParts] = useState(1);
  return (
    <Page title={t("requests.title")} back="/timeline" narrow>
      <Part after={null} parts={parts} onMore={() => { setParts((n) => n + 1); }} />
    </Page>
  );
}

// One part of the list, and below it the rest. Each part begins where the one above it ends at this
// moment, so that a new request at the top pushes none out of sight.
function Part({ after, parts, onMore }: { after: string | null; parts: number; onMore: () => void }) {
  const { t } = useTranslation();
  const username = useUser();
  const errorText = useErrorText();
  const [{ data, error }, again] = useQuery({ query: RequestsDocument, variables: { username, first: page, after }, requestPolicy: "cache-and-network" });
  if (error && !data) return <Trouble text={errorText(error)} onRetry={() => { again({ requestPolicy: "network-only" }); }} />;
  if (!data) return <Bones heights={[110, 110, 110]} />;
  const { edges, pageInfo } = data.requests;
  if (edges.length === 0 && !after) {
    return <Note icon="timeline" title={t("requests.none")} text={t("now.nothingText")}><Link className="btn go" href="/start">{t("now.start")}</Link></Note>;
  }
  return (
    <>
      {edges.map(({ node }) => <RequestCard key={node.id} request={node} />)}
      {pageInfo.hasNextPage && pageInfo.endCursor && (parts > 1
        ? <Part after={pageInfo.endCursor} parts={parts - 1} onMore={onMore} />
        : <button className="btn wide" onClick={onMore}>{t("requests.more")}</button>)}
    </>
  );
}
