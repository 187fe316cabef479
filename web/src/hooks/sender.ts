/** What a device that is a camera does. */
export type Sending =
  | { state: "idle" | "asking" | "sending" | "ended" | "denied" | "noCamera" | "inUse" | "revoked" | "refused" | "busy" }
  | { state: "away"; since: number };

export interface Permit { token: string; url: string }

/** Why a device's camera does not open. */
export function refusalOf(error: unknown): "denied" | "noCamera" | "inUse" {
  const name = error instanceof DOMException ? error.name : "";
  if (name === "NotAllowedError" || name === "SecurityError") return "denied";
  return name === "NotFoundError" || name === "OverconstrainedError" ? "noCamera" : "inUse";
}

const patience = 20_000; // milliseconds for one picture

/** Sends one picture. The answer says how it went on. */
export async function sendPicture({ token, url }: Permit, picture: Blob, stop: AbortSignal): Promise<"sent" | "away" | "busy" | "revoked" | "refused"> {
  try {
    const answer = await fetch(url, {
      method: "POST", headers: { Authorization: `Bearer ${token}`, "Content-Type": "image/jpeg" }, body: picture,
      credentials: "omit", signal: AbortSignal.any([stop, AbortSignal.timeout(patience)]),
    });
    if (answer.ok) return "sent";
    if (answer.status === 401) return "revoked";
    if (answer.status === 429) return "busy";
    return answer.status >= 500 ? "away" : "refused";
  } catch {
    return "away";
  }
}

const longest = 1_280; // pixels

/** The picture that a video shows now, as JPEG. It is null before the first one. */
export function pictureOf(video: HTMLVideoElement): Promise<Blob | null> {
  const { videoWidth: width, videoHeight: height } = video;
  if (!width || !height) return Promise.resolve(null);
  const scale = Math.min(1, longest / Math.max(width, height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  canvas.getContext("2d")?.drawImage(video, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve) => { canvas.toBlob(resolve, "image/jpeg", 0.8); });
}

// The permit is kept for this tab alone, so that a reload goes on. A tab that closes forgets it.
const key = (id: string) => `bis.permit.${id}`;
const inMemory = new Map<string, Permit>();

/** The permit of this tab for a camera. */
export function permitOf(id: string): Permit | undefined {
  try {
    const found = JSON.parse(sessionStorage.getItem(key(id)) ?? "null") as Permit | null; // what this page wrote
    return found ?? inMemory.get(id);
  } catch {
    return inMemory.get(id);
  }
}

/** Keeps the permit of this tab for a camera, or forgets it. */
export function keepPermit(id: string, permit: Permit | undefined) {
  if (permit) inMemory.set(id, permit);
  else inMemory.delete(id);
  try {
    if (permit) sessionStorage.setItem(key(id), JSON.stringify(permit));
    else sessionStorage.removeItem(key(id));
  } catch {
    // it lasts as long as the page
  }
}
