import { useEffect } from "react";
import { useClient, type CombinedError } from "urql";
import { CameraChangedDocument } from "../graphql/pageDocuments";
import { follow } from "../graphql/follow";
import { Feed, type ActiveRequest } from "./useLive";

// A socket has room for more, but a page with more cameras is read again and not followed.
const most = 12;

interface Props {
  username: string;
  /** The active requests beside the one that is shown. */
  requests: ActiveRequest[];
  onBroken: (error: CombinedError) => void;
}

/** Follows the requests that are not shown, and the health of all cameras. The cache has what comes. */
export default function OtherFeeds({ username, requests, onBroken }: Props) {
  const client = useClient();
  useEffect(() => follow(client.subscription(CameraChangedDocument, { username }), () => undefined, (error) => { if (error) onBroken(error); }), [client, username, onBroken]);
  return <>{requests.slice(0, most).map((r) => <Feed key={r.id} requestId={r.id} after={r.briefings.edges.at(-1)?.node.cursor} onBroken={onBroken} />)}</>;
}
