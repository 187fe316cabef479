import { useState } from "react";
import { useClient } from "urql";
import { serverNow } from "../graphql/clock";
import { BriefingsBeforeDocument, RequestsDocument, StyleDocument } from "../graphql/documents";
import type { Briefing } from "../graphql/reading";
import type { RequestRowFragment } from "../graphql/types";
import { isoDay } from "../i18n/format";
import { saveFile } from "./exports";
import { useErrorText } from "./useErrorText";
import { useToast } from "./useToast";
import { useUser } from "./useUser";

/** Downloads all that the server has of the owner as one JSON file. */
export function useDownload() {
  const client = useClient();
  const username = useUser();
  const toast = useToast();
  const errorText = useErrorText();
  const [busy, setBusy] = useState(false);
  const fresh = { requestPolicy: "network-only" } as const;

  const briefingsOf = async (requestId: string) => {
    let all: Briefing[] = [];
    for (let before: string | null = null; ;) {
      const variables: { requestId: string; last: number; before: string | null } = { requestId, last: 200, before };
      const { data, error } = await client.query(BriefingsBeforeDocument, variables, fresh).toPromise();
      if (!data) throw error ?? new Error("no answer");
      all = [...data.briefings.edges.map((edge) => edge.node), ...all];
      if (!data.briefings.pageInfo.hasPreviousPage) return all;
      before = data.briefings.pageInfo.startCursor;
    }
  };
  const requests = async () => {
    const all: (RequestRowFragment & { briefings: Briefing[] })[] = [];
    for (let after: string | null = null; ;) {
      const variables: { username: string; first: number; after: string | null } = { username, first: 100, after };
      const { data, error } = await client.query(RequestsDocument, variables, fresh).toPromise();
      if (!data) throw error ?? new Error("no answer");
      for (const { node } of data.requests.edges) all.push({ ...node, briefings: await briefingsOf(node.id) });
      if (!data.requests.pageInfo.hasNextPage) return all;
      after = data.requests.pageInfo.endCursor;
    }
  };
  const start = async () => {
    setBusy(true);
    try {
      const { data } = await client.query(StyleDocument, { username }, fresh).toPromise();
      const all = { user: data?.user ?? { username }, requests: await requests() };
      saveFile(`bis-${username}-${isoDay(serverNow())}.json`, "application/json", JSON.stringify(all, null, 2));
    } catch (err) {
      toast(errorText(err as Parameters<typeof errorText>[0])); // the errors of the client
    } finally {
      setBusy(false);
    }
  };
  return { busy, start };
}
