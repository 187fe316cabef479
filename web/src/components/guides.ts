import type { SaveCameraInput } from "../graphql/types";

/** A kind of camera, with the addresses of docs/cameras.md. */
export interface Guide {
  /** The makes, where they are the same in all languages. */
  brand?: string;
  picture?: string;
  stream?: string;
  /** A hint of the texts. */
  hint?: "hikvision" | "dahua" | "axis" | "hanwha" | "reolink" | "tapo" | "ezviz" | "noname" | "esp32" | "go2rtc" | "frigate" | "ha" | "app" | "other";
  /** Whether it mostly has a user name and a password. */
  login?: boolean;
}

/**
 * The kinds in the order of the form. HOST, NAME, TOKEN, USER and PASSWORD stand for what the owner
 * enters. A login that is not part of the path or the query is sent apart from the address.
 */
export const guides = {
  hikvision: { brand: "Hikvision, HiLook", picture: "http://HOST/ISAPI/Streaming/channels/101/picture", stream: "rtsp://HOST:554/Streaming/Channels/102", hint: "hikvision", login: true },
  dahua: { brand: "Dahua, Imou, Amcrest", picture: "http://HOST/cgi-bin/snapshot.cgi?channel=1", stream: "rtsp://HOST:554/cam/realmonitor?channel=1&subtype=1", hint: "dahua", login: true },
  hanwha: { brand: "Hanwha Vision, Wisenet, Samsung", picture: "http://HOST/stw-cgi/video.cgi?msubmenu=snapshot&action=view&Channel=0", stream: "rtsp://HOST:554/profile2/media.smp", hint: "hanwha", login: true },
  tapo: { brand: "TP-Link Tapo, VIGI", stream: "rtsp://HOST:554/stream2", hint: "tapo", login: true },
  ezviz: { brand: "EZVIZ", stream: "rtsp://HOST:554/Streaming/Channels/1", hint: "ezviz", login: true },
  reolink: { brand: "Reolink", picture: "http://HOST/cgi-bin/api.cgi?cmd=Snap&channel=0&rs=bis&user=USER&password=PASSWORD", stream: "rtsp://HOST:554/h264Preview_01_sub", hint: "reolink", login: true },
  axis: { brand: "Axis", picture: "http://HOST/axis-cgi/jpg/image.cgi", stream: "mjpeg+http://HOST/axis-cgi/mjpg/video.cgi", hint: "axis", login: true },
  noname: { picture: "http://HOST/webcapture.jpg?command=snap&channel=1&user=USER&password=PASSWORD", stream: "rtsp://HOST:554/user=USER&password=PASSWORD&channel=1&stream=1.sdp", hint: "noname", login: true },
  esp32: { brand: "ESP32-CAM", picture: "http://HOST/capture", stream: "mjpeg+http://HOST:81/stream", hint: "esp32" },
  esphome: { brand: "ESPHome", picture: "http://HOST:8081/", stream: "mjpeg+http://HOST:8080/" },
  go2rtc: { brand: "go2rtc", picture: "http://HOST:1984/api/frame.jpeg?src=NAME", stream: "mjpeg+http://HOST:1984/api/stream.mjpeg?src=NAME", hint: "go2rtc" },
  frigate: { brand: "Frigate", picture: "http://HOST:5000/api/NAME/latest.jpg", stream: "mjpeg+http://HOST:5000/api/NAME", hint: "frigate" },
  ha: { brand: "Home Assistant", picture: "http://HOST:8123/api/camera_proxy/camera.NAME?token=TOKEN", stream: "mjpeg+http://HOST:8123/api/camera_proxy_stream/camera.NAME?token=TOKEN", hint: "ha" },
  app: { picture: "http://HOST:8080/shot.jpg", stream: "mjpeg+http://HOST:8080/video", hint: "app", login: true },
  other: { hint: "other", login: true },
  phone: {},
  demo: {},
} as const satisfies Record<string, Guide>;

export type Kind = keyof typeof guides;

/** What the owner has entered about a camera. */
export interface Draft {
  kind: Kind;
  way: "picture" | "stream";
  name: string;
  /** The host, with a port if it is another. A whole address counts, too. */
  host: string;
  part: string;
  token: string;
  /** The address of the kind "other". */
  address: string;
  user: string;
  password: string;
  /** Whether the stored login is to be removed. */
  forget: boolean;
}

export const emptyDraft: Draft = { kind: "hikvision", way: "picture", name: "", host: "", part: "", token: "", address: "", user: "", password: "", forget: false };

/** The template of a draft, or undefined where the owner enters the whole address. */
export function templateOf({ kind, way }: Draft): string | undefined {
  const guide: Guide = guides[kind];
  return (way === "stream" ? guide.stream ?? guide.picture : guide.picture ?? guide.stream);
}

/** The address of a draft, "" while it is incomplete. A hidden one has no password. */
export function addressOf(draft: Draft, hidden = false): string {
  if (draft.kind === "demo") return "demo:";
  if (draft.kind === "phone") return "push:";
  const template = templateOf(draft);
  const host = draft.host.trim();
  if (!template) return draft.address.trim();
  if (host.includes("/")) return host; // the owner has pasted a whole address
  if (!host) return "";
  const values: Record<string, string> = {
    NAME: encodeURIComponent(draft.part.trim()), TOKEN: hidden ? "***" : encodeURIComponent(draft.token.trim()),
    USER: hidden ? "***" : encodeURIComponent(draft.user), PASSWORD: hidden ? "***" : encodeURIComponent(draft.password),
  };
  const withHost = template.replace(/HOST(:\d+)?/, (_, port: string | undefined) => (/:\d+$/.test(host) ? host : host + (port ?? "")));
  return withHost.replace(/NAME|TOKEN|USER|PASSWORD/g, (word) => values[word] ?? word);
}

/** The input of a draft for the server. With a stored camera only the changes. */
export function inputOf(draft: Draft, stored?: { id: string; name: string; source: string | null }): SaveCameraInput {
  const source = addressOf(draft);
  const inside = templateOf(draft)?.includes("PASSWORD") && !draft.host.includes("/");
  const input: SaveCameraInput = stored ? { id: stored.id } : {};
  if (draft.name.trim() && draft.name.trim() !== stored?.name) input.name = draft.name.trim();
  if (source !== stored?.source) input.source = source;
  if (draft.forget) input.credentials = null;
  else if (!inside && (draft.user || draft.password)) input.credentials = { username: draft.user, password: draft.password };
  return input;
}
