import { useEffect, useMemo } from "react";

/**
 * The address of a picture that came as a data URL. The pages' policy admits no data URLs, so that
 * no text of somebody else can bring one.
 */
export function useBlobUrl(data: string | null | undefined): string | undefined {
  const url = useMemo(() => {
    if (!data) return undefined;
    const bytes = Uint8Array.from(atob(data.slice(data.indexOf(",") + 1)), (letter) => letter.charCodeAt(0));
    return URL.createObjectURL(new Blob([bytes], { type: "image/jpeg" }));
  }, [data]);
  useEffect(() => () => { if (url) URL.revokeObjectURL(url); }, [url]);
  return url;
}
