import { useEffect } from "react";
import { useClient, useQuery } from "urql";
import { CameraChangedDocument, CameraOfDocument, CamerasDocument } from "../graphql/pageDocuments";
import { follow } from "../graphql/follow";
import type { CameraRowFragment } from "../graphql/types";

/** Whether a camera needs the owner's attention. */
export const isIll = ({ health: { state } }: { health: { state: string } }) => state !== "OK" && state !== "UNKNOWN";

// Keeps the cameras in the cache current. The camera of the settings is not followed.
function useChanges(username: string) {
  const client = useClient();
  useEffect(() => {
    if (!username) return;
    return follow(client.subscription(CameraChangedDocument, { username }), () => undefined, () => undefined);
  }, [client, username]);
}

/** The user's cameras, live. Those that need attention come first, the one of the settings last. */
export function useCameras(username: string) {
  const [{ data, error }, again] = useQuery({ query: CamerasDocument, variables: { username }, pause: !username, requestPolicy: "cache-and-network" });
  useChanges(username);
  const rank = (camera: CameraRowFragment) => (isIll(camera) ? 0 : camera.username ? 1 : 2);
  const cameras = data && [...data.cameras].sort((a, b) => rank(a) - rank(b));
  return { cameras, error, reload: () => { again({ requestPolicy: "network-only" }); } };
}

/** One camera, live. It is null if there is none, and undefined while it loads. */
export function useCamera(id: string, username: string) {
  const [{ data, error, fetching }, again] = useQuery({ query: CameraOfDocument, variables: { id }, requestPolicy: "cache-and-network" });
  useChanges(username);
  const camera = data?.camera ?? (fetching || error ? undefined : null);
  return { camera, error, reload: () => { again({ requestPolicy: "network-only" }); } };
}
