import { useState } from "react";
import { useTranslation } from "react-i18next";
import { CombinedError, useClient, type AnyVariables, type Client, type TypedDocumentNode } from "urql";
import { serverNow } from "../graphql/clock";
import { BriefingsBeforeDocument, RequestsDocument, StyleDocument } from "../graphql/pageDocuments";
import type { Briefing } from "../graphql/reading";
import { pauseAfter } from "../graphql/retry";
import type { RequestRowFragment } from "../graphql/types";
import { isoDay } from "../i18n/format";
import { saveFile } from "./exports";
import { useErrorText } from "./useErrorText";
import { useToast } from "./useToast";
import { useUser } from "./useUser";

const tries = 5;

// ask reads one page. A page that is refused for a while is asked for again after the pause that the
// server names, so that one refusal among hundreds of pages does not lose the others.
async function ask<Data, Variables extends AnyVariables>(
  client: Client, document: TypedDocumentNode<Data, Variables>, variables: Variables,
): Promise<Data> {
  for (let left = tries - 1; ; left--) {
    const { data, error } = await client.query(document, variables, { requestPolicy: "network-only" }).toPromise();
    if (data && !error) return data;
    const pause = error ? pauseAfter(error) : 0;
    if (!pause || left === 0) throw error ?? new Error("no answer");
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}

/**
 * Downloads what the server tells of the owner as one JSON file: the style lines, what was seen, and
 * all requests with all briefings and their reasons.
 */
export function useDownload() {
  const client = useClient();
  const { t } = useTranslation();
  const username = useUser();
  const toast = useToast();
  const errorText = useErrorText();
  const [busy, setBusy] = useState(false);

  const briefingsOf = async (requestId: string) => {
    let all: Briefing[] = [];
    for (let before: string | null = null; ;) {
      const variables: { requestId: string; last: number; before: string | null } = { requestId, last: 200, before };
      const { briefings: { edges, pageInfo } } = await ask(client, BriefingsBeforeDocument, variables);
      all = [...edges.map((edge) => edge.node), ...all];
      if (!pageInfo.hasPreviousPage) return all;
      before = pageInfo.startCursor;
    }
  };
  const requests = async () => {
    const all: (RequestRowFragment & { briefings: Briefing[] })[] = [];
    for (let after: string | null = null; ;) {
      const variables: { username: string; first: number; after: string | null } = { username, first: 100, after };
      const { requests: { edges, pageInfo } } = await ask(client, RequestsDocument, variables);
      for (const { node } of edges) all.push({ ...node, briefings: await briefingsOf(node.id) });
      if (!pageInfo.hasNextPage) return all;
      after = pageInfo.endCursor;
    }
  };
  const start = async () => {
    setBusy(true);
    try {
      const { user } = await ask(client, StyleDocument, { username });
      const all = { user: user ?? { username }, requests: await requests() };
      saveFile(`bis-${username}-${isoDay(serverNow())}.json`, "application/json", JSON.stringify(all, null, 2));
    } catch (err) {
      toast(err instanceof CombinedError ? errorText(err) : t("error.other"));
    } finally {
      setBusy(false);
    }
  };
  return { busy, start };
}
