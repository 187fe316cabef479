import { useEffect, useMemo, useState } from "react";
import { useClient, useQuery } from "urql";
import { CameraNamesDocument, CameraOfRequestDocument } from "../graphql/pageDocuments";
import type { Briefing } from "../graphql/reading";
import { useCameraTexts } from "../i18n/cameras";

export interface NamedCamera { id: string; name: string }

/** The user's cameras, by name. */
export function useNamedCameras(username: string): NamedCamera[] {
  const { t: c } = useCameraTexts();
  const [{ data }] = useQuery({ query: CameraNamesDocument, variables: { username }, pause: !username });
  return (data?.cameras ?? []).map(({ id, name }) => ({ id, name: id === "default" ? c("default") : name }));
}

/** The name of the camera of each request that has made one of the rows. Nothing is asked while it is off. */
export function useCamerasOf(rows: Briefing[], on: boolean): ReadonlyMap<string, string> | undefined {
  const { t: c } = useCameraTexts();
  const client = useClient();
  const [found, setFound] = useState<ReadonlyMap<string, NamedCamera>>(new Map());
  const missing = on ? [...new Set(rows.map((b) => b.requestId))].filter((id) => !found.has(id)).join() : "";
  useEffect(() => {
    let over = false;
    const load = async () => {
      const some = new Map<string, NamedCamera>();
      for (const requestId of missing.split(",").reverse()) { // the newest stand on top
        const { data } = await client.query(CameraOfRequestDocument, { requestId }).toPromise();
        if (over) return;
        if (data?.request) some.set(requestId, data.request.camera);
      }
      if (some.size > 0) setFound((old) => new Map([...old, ...some]));
    };
    if (missing) void load();
    return () => { over = true; };
  }, [client, missing]);
  return useMemo(() => {
    const nameOf = ({ id, name }: NamedCamera) => (id === "default" ? c("default") : name || c("deleted"));
    return on ? new Map([...found].map(([id, camera]) => [id, nameOf(camera)])) : undefined;
  }, [found, on, c]);
}
