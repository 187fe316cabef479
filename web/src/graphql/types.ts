/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
/** Which briefings of a day. */
export type BriefingFilter = {
  /**
   * Only briefings with other counts than the one before in the same request, by time; false: only the
   * others. The first one of a request is compared with no counts.
   */
  changed?: boolean | null | undefined;
  /** Only briefings that are less than they could be; false: only the others. */
  degraded?: boolean | null | undefined;
  /** Only briefings at this time or later. */
  from?: string | null | undefined;
  /**
   * Only captions that contain this text, whatever the case and the composition of letters. At most
   * 100 characters. An empty text selects all.
   */
  text?: string | null | undefined;
};

/** The credentials of a camera. */
export type CameraCredentialsInput = {
  /** At most 256 bytes without control characters. */
  password: string;
  /** At most 256 bytes without control characters. */
  username: string;
};

/** The states of a camera. */
export type CameraState =
  /** The picture is out of focus. */
  | 'BLURRED'
  /** Something covers the lens. */
  | 'COVERED'
  /** It is too dark to see. */
  | 'DARK'
  /** The same picture comes again and again. */
  | 'FROZEN'
  /** The light changed all at once: day to infrared or back, or the lamps. */
  | 'LIGHT_CHANGE'
  /** The camera points elsewhere. A save accepts its view as the right one. */
  | 'MOVED'
  /** No picture comes. */
  | 'OFFLINE'
  /** Pictures come and can be read. */
  | 'OK'
  /** The camera answers, but gives no picture. */
  | 'REFUSED'
  /** Pictures come, but they are old. */
  | 'STALE'
  /** No picture was taken yet. */
  | 'UNKNOWN'
  /** Something comes that is not a picture. */
  | 'UNREADABLE';

/** How something was counted. */
export type CountMethod =
  /** By a detector that is called over HTTP. */
  | 'HTTP'
  /** By a model on this machine. */
  | 'MODEL'
  /** By areas that move or differ from the empty shop. */
  | 'MOTION'
  /** By a pipeline outside. */
  | 'OUTSIDE';

/** What may leave this machine. */
export type Egress =
  /** Pictures in which people, and parts that are not known to be free of people, are coarse. */
  | 'BLURRED'
  /** Figures alone, never a picture. */
  | 'COUNTS'
  /** Pictures as they are, apart from the masks. */
  | 'FULL';

/** Why a request ended. */
export type EndReason =
  /** Its owner ended it. */
  | 'ENDED_BY_USER'
  /** Its end time came. */
  | 'END_TIME'
  /** Its owner started another. */
  | 'REPLACED';

/** Which pictures of a camera are stored. */
export type KeepFrames =
  /** The last picture, and those that differ from the picture before. */
  | 'CHANGED'
  /** The last picture. */
  | 'LAST'
  /** None. The last picture is in the memory of one process alone. */
  | 'NONE';

/** The outcome of a login. */
export type LoginOutcome =
  /** The user existed already. */
  | 'LOGIN'
  /** The user was created. */
  | 'SIGNUP';

/** A place in a picture, in shares of its width and height. */
export type PointInput = {
  /** 0 at the left edge, 1 at the right one. */
  x: number;
  /** 0 at the upper edge, 1 at the lower one. */
  y: number;
};

/** An area of a picture. */
export type PolygonInput = {
  /** 3 to 32 corners, in order. The edges must not cross. */
  points: Array<PointInput>;
};

/** What one provider of models may get of a camera. */
export type ProviderEgressInput = {
  /** What it may get. */
  egress: Egress;
  /** The provider's id, as in `Provider.id`. */
  provider: string;
};

/** Whether a provider is asked. */
export type ProviderState =
  /** The last question had no answer, or one that was refused. `lastError` says why. */
  | 'FAILING'
  /** Its last answer was accepted. */
  | 'OK'
  /** It failed five times in a row. One question a minute tries it. */
  | 'OPEN'
  /** It refused the key or the model, or it limits the rate. It is asked again after a pause. */
  | 'PAUSED'
  /** It was not asked yet. */
  | 'UNTRIED';

/**
 * A new camera, or changes of one. What is left out stays, or has its default in a new camera. Null
 * clears: the default holds again.
 */
export type SaveCameraInput = {
  /**
   * The fingerprint of the self-signed certificate to accept, as `testCamera` returns it: 64 hex digits,
   * with or without colons. Null accepts the next one that the camera has.
   */
  certificate?: string | null | undefined;
  /** The camera's own user name and password, in place of those in the address. Null clears them. */
  credentials?: CameraCredentialsInput | null | undefined;
  /** All choices, at most 20, each provider once. The default is none: all get `COUNTS`. */
  egress?: Array<ProviderEgressInput> | null | undefined;
  /** The camera to change. Without it a new camera is made. */
  id?: string | null | undefined;
  /** For how many days they are stored, 1 to 30. The default is 7. */
  keepDays?: number | null | undefined;
  /** Which pictures are stored. The default is `NONE`. */
  keepFrames?: KeepFrames | null | undefined;
  /** All masks, at most 32. The default is none. */
  masks?: Array<PolygonInput> | null | undefined;
  /** 1 to 64 characters without control characters. It cannot be cleared. */
  name?: string | null | undefined;
  /**
   * The address: `http(s)://…` for a picture, `mjpeg+http(s)://…`, `rtsp(s)://…`, `demo:`, or `push:`
   * for pictures that a device sends. It may have credentials, which are encrypted and in no answer.
   * An address that `Camera.source` has returned stands for itself, with its credentials. It cannot be
   * cleared.
   *
   * Credentials are valid for one host and port. They stay when the address changes within those, and
   * are cleared otherwise.
   */
  source?: string | null | undefined;
  /**
   * The name of the camera's user. A new camera needs it. A change does not: the user of a camera stays,
   * and a camera of another user is `NOT_FOUND`.
   */
  username?: string | null | undefined;
  /** All zones, at most 32. A zone without `id` is new. The default is none: the whole picture counts. */
  zones?: Array<ZoneInput> | null | undefined;
};

/** A picture as a whole. */
export type Scene =
  /** Almost everything changed, so nothing was counted. */
  | 'CHANGED'
  /** It is too dark to see. */
  | 'DARK'
  /** The first pictures of a camera: there is nothing to compare with yet. */
  | 'LEARNING'
  /** Parts changed. */
  | 'MOVING'
  /** Nothing of note changed. */
  | 'STEADY';

/** The order for a new request. */
export type StartBriefingInput = {
  /** One of the user's cameras. The default is `default`, the camera of the settings. */
  cameraId?: string | null | undefined;
  /**
   * A wall-clock time in the server's zone, or an instant in RFC 3339 at most 30 days ahead. It must
   * not be before the first briefing, which is one interval after the start.
   *
   * A wall-clock time that has passed today means tomorrow. The forms are: `6:30 PM`, `PM 6:30`,
   * `오후 6:30`, `6:30 오후`, `오후 6시 30분`, `오후 6시 반`, `저녁 6시`, `18:30`, `18:30:00`, `18시 30분`,
   * `24:00`, `정오` and `자정`. Full-width characters and spaces between the parts are accepted.
   * `오전 0:05` is `오전 12:05`. A fraction of a second is ignored.
   */
  endTime: string;
  /** Seconds between briefings, 1 to 86400. The first comes one interval after the start. */
  interval: number;
  /**
   * Your own name for this start, at most 128 bytes. If a request of this user has the same key,
   * active or ended, the start continues that request. So a start with a key is safe to repeat.
   */
  key?: string | null | undefined;
  /** The name of the user, 1 to 64 characters. */
  username: string;
};

/** A user with style lines. */
export type StyleInput = {
  /** At most 10 lines of 200 characters each, as in `updateCustom`. */
  lines: Array<string>;
  /** The user's name. */
  username: string;
};

/** Where the words of a briefing come from. */
export type Verdict =
  /** Built-in lines. No model is configured. */
  | 'BUILT_IN'
  /** Built-in lines, while a model writes those of the style. */
  | 'PENDING'
  /** Built-in lines, because all lines of the model were refused. */
  | 'REFUSED'
  /** The lines that a model wrote for the style. */
  | 'STYLE_SHEET'
  /** Built-in lines, because no model answered, or because the requests of the day are spent. */
  | 'UNAVAILABLE';

/** An area in which objects are counted. */
export type ZoneInput = {
  /** The id of one of the camera's zones. Left out for a new zone. */
  id?: string | null | undefined;
  /** 1 to 64 characters without control characters. */
  name: string;
  /** The area. */
  polygon: PolygonInput;
};

export type BriefingRowFragment = { id: string, cursor: string, requestId: string, at: string, caption: string, headline: string | null, description: string | null, question: string | null, degraded: string | null, reportedWrong: boolean, unchanged: boolean, counts: Array<{ name: string, count: number }>, made: { source: string, model: string | null } | null, facts: { people: number | null, change: number | null, brightness: number | null, scene: Scene | null, detector: string | null, counts: Array<{ name: string, count: number, method: CountMethod, estimate: boolean }> } | null };

export type BriefingsSubscriptionVariables = Exact<{
  requestId: string;
  after?: string | null | undefined;
}>;


export type BriefingsSubscription = { briefings: { id: string, cursor: string, requestId: string, at: string, caption: string, headline: string | null, description: string | null, question: string | null, degraded: string | null, reportedWrong: boolean, unchanged: boolean, counts: Array<{ name: string, count: number }>, made: { source: string, model: string | null } | null, facts: { people: number | null, change: number | null, brightness: number | null, scene: Scene | null, detector: string | null, counts: Array<{ name: string, count: number, method: CountMethod, estimate: boolean }> } | null } };

export type CameraRowFragment = { id: string, username: string | null, name: string, source: string | null, hasCredentials: boolean, certificate: string | null, hasFrameToken: boolean, keepFrames: KeepFrames, keepDays: number, zones: Array<{ id: string, name: string, polygon: { points: Array<{ x: number, y: number }> } }>, masks: Array<{ points: Array<{ x: number, y: number }> }>, egress: Array<{ provider: string, egress: Egress }>, health: { state: CameraState, since: string, detail: string | null, reason: string | null, words: string | null, english: string | null }, lastFrame: { id: string, width: number, height: number, at: string, url: string } | null };

export type CamerasQueryVariables = Exact<{
  username: string;
}>;


export type CamerasQuery = { cameras: Array<{ id: string, username: string | null, name: string, source: string | null, hasCredentials: boolean, certificate: string | null, hasFrameToken: boolean, keepFrames: KeepFrames, keepDays: number, zones: Array<{ id: string, name: string, polygon: { points: Array<{ x: number, y: number }> } }>, masks: Array<{ points: Array<{ x: number, y: number }> }>, egress: Array<{ provider: string, egress: Egress }>, health: { state: CameraState, since: string, detail: string | null, reason: string | null, words: string | null, english: string | null }, lastFrame: { id: string, width: number, height: number, at: string, url: string } | null }> };

export type CameraNamesQueryVariables = Exact<{
  username: string;
}>;


export type CameraNamesQuery = { cameras: Array<{ id: string, name: string }> };

export type CameraOfQueryVariables = Exact<{
  id: string;
}>;


export type CameraOfQuery = { camera: { id: string, username: string | null, name: string, source: string | null, hasCredentials: boolean, certificate: string | null, hasFrameToken: boolean, keepFrames: KeepFrames, keepDays: number, zones: Array<{ id: string, name: string, polygon: { points: Array<{ x: number, y: number }> } }>, masks: Array<{ points: Array<{ x: number, y: number }> }>, egress: Array<{ provider: string, egress: Egress }>, health: { state: CameraState, since: string, detail: string | null, reason: string | null, words: string | null, english: string | null }, lastFrame: { id: string, width: number, height: number, at: string, url: string } | null } | null };

export type SaveCameraMutationVariables = Exact<{
  input: SaveCameraInput;
}>;


export type SaveCameraMutation = { saveCamera: { credentialsCleared: boolean, camera: { id: string, username: string | null, name: string, source: string | null, hasCredentials: boolean, certificate: string | null, hasFrameToken: boolean, keepFrames: KeepFrames, keepDays: number, zones: Array<{ id: string, name: string, polygon: { points: Array<{ x: number, y: number }> } }>, masks: Array<{ points: Array<{ x: number, y: number }> }>, egress: Array<{ provider: string, egress: Egress }>, health: { state: CameraState, since: string, detail: string | null, reason: string | null, words: string | null, english: string | null }, lastFrame: { id: string, width: number, height: number, at: string, url: string } | null } } };

export type DeleteCameraMutationVariables = Exact<{
  id: string;
}>;


export type DeleteCameraMutation = { deleteCamera: { id: string } };

export type TestCameraMutationVariables = Exact<{
  input: SaveCameraInput;
}>;


export type TestCameraMutation = { testCamera: { picture: string | null, width: number | null, height: number | null, certificate: string | null, latencyMs: number, health: { state: CameraState, since: string, detail: string | null, reason: string | null, words: string | null, english: string | null }, facts: { people: number | null, boxes: Array<{ x0: number, y0: number, x1: number, y1: number, name: string, zone: string | null }> } | null, tiles: { columns: number, rows: number, busy: Array<boolean> } | null } };

export type PreviewEgressMutationVariables = Exact<{
  input: SaveCameraInput;
  egress: Egress;
}>;


export type PreviewEgressMutation = { testCamera: { picture: string | null, leaves: string | null } };

export type CreateFrameTokenMutationVariables = Exact<{
  cameraId: string;
}>;


export type CreateFrameTokenMutation = { createFrameToken: { token: string, url: string, camera: { id: string, hasFrameToken: boolean } } };

export type RevokeFrameTokenMutationVariables = Exact<{
  cameraId: string;
}>;


export type RevokeFrameTokenMutation = { revokeFrameToken: { camera: { id: string, hasFrameToken: boolean } } };

export type CameraChangedSubscriptionVariables = Exact<{
  username: string;
}>;


export type CameraChangedSubscription = { cameraChanged: { id: string, username: string | null, name: string, source: string | null, hasCredentials: boolean, certificate: string | null, hasFrameToken: boolean, keepFrames: KeepFrames, keepDays: number, zones: Array<{ id: string, name: string, polygon: { points: Array<{ x: number, y: number }> } }>, masks: Array<{ points: Array<{ x: number, y: number }> }>, egress: Array<{ provider: string, egress: Egress }>, health: { state: CameraState, since: string, detail: string | null, reason: string | null, words: string | null, english: string | null }, lastFrame: { id: string, width: number, height: number, at: string, url: string } | null } };

export type BriefingQueryVariables = Exact<{
  id: string;
}>;


export type BriefingQuery = { briefing: { id: string, cursor: string, requestId: string, at: string, caption: string, headline: string | null, description: string | null, question: string | null, degraded: string | null, reportedWrong: boolean, unchanged: boolean, facts: { people: number | null, change: number | null, brightness: number | null, scene: Scene | null, detector: string | null, counts: Array<{ name: string, count: number, zone: string | null, method: CountMethod, estimate: boolean }>, boxes: Array<{ x0: number, y0: number, x1: number, y1: number, name: string, zone: string | null }> } | null, frame: { id: string, at: string, width: number, height: number, url: string } | null, made: { promptVersion: string | null, verdict: Verdict | null, latencyMs: number, describedBy: string | null, source: string, model: string | null, said: Array<{ key: string, line: string, builtIn: boolean, slots: Array<{ name: string, text: string }> }>, rejected: Array<{ key: string, text: string, rule: string }> } | null, usage: { attempts: number, inputTokens: number, outputTokens: number, estimated: boolean } | null, counts: Array<{ name: string, count: number }> } | null };

export type BoxRowFragment = { x0: number, y0: number, x1: number, y1: number, name: string, zone: string | null };

export type ZonesOfQueryVariables = Exact<{
  requestId: string;
}>;


export type ZonesOfQuery = { request: { id: string, camera: { id: string, zones: Array<{ id: string, name: string, polygon: { points: Array<{ x: number, y: number }> } }> } } | null };

export type CameraOfRequestQueryVariables = Exact<{
  requestId: string;
}>;


export type CameraOfRequestQuery = { request: { id: string, camera: { id: string, name: string } } | null };

export type CountingQueryVariables = Exact<{ [key: string]: never; }>;


export type CountingQuery = { about: { counting: { method: CountMethod, name: string | null, medianMs: number | null, wanted: string | null, reason: string | null, detail: string | null } } };

export type NeighboursQueryVariables = Exact<{
  requestId: string;
  cursor: string;
}>;


export type NeighboursQuery = { before: { edges: Array<{ node: { id: string, cursor: string, requestId: string, at: string, caption: string, headline: string | null, description: string | null, question: string | null, degraded: string | null, reportedWrong: boolean, unchanged: boolean, counts: Array<{ name: string, count: number }>, made: { source: string, model: string | null } | null, facts: { people: number | null, change: number | null, brightness: number | null, scene: Scene | null, detector: string | null, counts: Array<{ name: string, count: number, method: CountMethod, estimate: boolean }> } | null } }> }, after: { edges: Array<{ node: { id: string, cursor: string, requestId: string, at: string, caption: string, headline: string | null, description: string | null, question: string | null, degraded: string | null, reportedWrong: boolean, unchanged: boolean, counts: Array<{ name: string, count: number }>, made: { source: string, model: string | null } | null, facts: { people: number | null, change: number | null, brightness: number | null, scene: Scene | null, detector: string | null, counts: Array<{ name: string, count: number, method: CountMethod, estimate: boolean }> } | null } }> } };

export type BriefingsBeforeQueryVariables = Exact<{
  requestId: string;
  last: number;
  before?: string | null | undefined;
}>;


export type BriefingsBeforeQuery = { briefings: { edges: Array<{ node: { id: string, cursor: string, requestId: string, at: string, caption: string, headline: string | null, description: string | null, question: string | null, degraded: string | null, reportedWrong: boolean, unchanged: boolean, counts: Array<{ name: string, count: number }>, made: { source: string, model: string | null } | null, facts: { people: number | null, change: number | null, brightness: number | null, scene: Scene | null, detector: string | null, counts: Array<{ name: string, count: number, method: CountMethod, estimate: boolean }> } | null } }>, pageInfo: { hasPreviousPage: boolean, startCursor: string | null } } };

export type DayBriefingsQueryVariables = Exact<{
  username: string;
  date: string;
  cameraId?: string | null | undefined;
  filter?: BriefingFilter | null | undefined;
  first: number;
  after?: string | null | undefined;
}>;


export type DayBriefingsQuery = { dayBriefings: { edges: Array<{ node: { id: string, cursor: string, requestId: string, at: string, caption: string, headline: string | null, description: string | null, question: string | null, degraded: string | null, reportedWrong: boolean, unchanged: boolean, counts: Array<{ name: string, count: number }>, made: { source: string, model: string | null } | null, facts: { people: number | null, change: number | null, brightness: number | null, scene: Scene | null, detector: string | null, counts: Array<{ name: string, count: number, method: CountMethod, estimate: boolean }> } | null } }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type OccupancyQueryVariables = Exact<{
  username: string;
  date: string;
  cameraId?: string | null | undefined;
}>;


export type OccupancyQuery = { occupancy: Array<{ from: string, samples: number, people: number | null }> };

export type ReportBriefingMutationVariables = Exact<{
  briefingId: string;
  wrong: boolean;
  note?: string | null | undefined;
}>;


export type ReportBriefingMutation = { reportBriefing: { id: string, reportedWrong: boolean } };

export type RequestsQueryVariables = Exact<{
  username: string;
  first: number;
  after?: string | null | undefined;
}>;


export type RequestsQuery = { requests: { edges: Array<{ node: { id: string, username: string, name: string, interval: number, endTime: string, startedAt: string, endsAt: string | null, endedAt: string | null, active: boolean, endReason: EndReason | null, ticks: { done: number, skipped: number, missed: number, unchanged: number }, camera: { id: string, name: string } } }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type SummaryQueryVariables = Exact<{
  requestId: string;
}>;


export type SummaryQuery = { aiSummary: { text: string, generatedAt: string, source: string, figures: { samples: number, counted: number, occupiedShare: number | null, averagePeople: number | null, peak: number, peakAt: string | null, longestEmptyMinutes: number | null, offlineMinutes: number, unchanged: number, hours: Array<{ hour: number, samples: number, average: number | null, peak: number | null }> }, advice: Array<{ rule: string, text: string }> } };

export type ExtendMutationVariables = Exact<{
  requestId: string;
  endTime: string;
}>;


export type ExtendMutation = { extendBriefing: { id: string, username: string, name: string, interval: number, endTime: string, startedAt: string, endsAt: string | null, endedAt: string | null, active: boolean, endReason: EndReason | null, ticks: { done: number, skipped: number, missed: number, unchanged: number }, camera: { id: string, name: string } } };

export type StyleQueryVariables = Exact<{
  username: string;
}>;


export type StyleQuery = { user: { id: string, username: string, custom: Array<string>, seenAt: string | null } | null };

export type MarkSeenMutationVariables = Exact<{
  username: string;
  at: string;
}>;


export type MarkSeenMutation = { markSeen: { id: string, seenAt: string | null } };

export type DeleteUserDataMutationVariables = Exact<{
  username: string;
}>;


export type DeleteUserDataMutation = { deleteUserData: { requests: number, briefings: number } };

export type RequestRowFragment = { id: string, username: string, name: string, interval: number, endTime: string, startedAt: string, endsAt: string | null, endedAt: string | null, active: boolean, endReason: EndReason | null, ticks: { done: number, skipped: number, missed: number, unchanged: number }, camera: { id: string, name: string } };

export type RequestQueryVariables = Exact<{
  requestId: string;
}>;


export type RequestQuery = { request: { id: string, username: string, name: string, interval: number, endTime: string, startedAt: string, endsAt: string | null, endedAt: string | null, active: boolean, endReason: EndReason | null, ticks: { done: number, skipped: number, missed: number, unchanged: number }, camera: { id: string, name: string } } | null };

export type WatchedQueryVariables = Exact<{
  requestId: string;
  last: number;
}>;


export type WatchedQuery = { request: { id: string, briefings: { edges: Array<{ node: { id: string, cursor: string, requestId: string, at: string, caption: string, headline: string | null, description: string | null, question: string | null, degraded: string | null, reportedWrong: boolean, unchanged: boolean, counts: Array<{ name: string, count: number }>, made: { source: string, model: string | null } | null, facts: { people: number | null, change: number | null, brightness: number | null, scene: Scene | null, detector: string | null, counts: Array<{ name: string, count: number, method: CountMethod, estimate: boolean }> } | null } }> } } | null };

export type StartMutationVariables = Exact<{
  input: StartBriefingInput;
}>;


export type StartMutation = { startBriefing: { id: string, username: string, name: string, interval: number, endTime: string, startedAt: string, endsAt: string | null, endedAt: string | null, active: boolean, endReason: EndReason | null, briefings: { edges: Array<{ node: { id: string, cursor: string, requestId: string, at: string, caption: string, headline: string | null, description: string | null, question: string | null, degraded: string | null, reportedWrong: boolean, unchanged: boolean, counts: Array<{ name: string, count: number }>, made: { source: string, model: string | null } | null, facts: { people: number | null, change: number | null, brightness: number | null, scene: Scene | null, detector: string | null, counts: Array<{ name: string, count: number, method: CountMethod, estimate: boolean }> } | null } }> }, ticks: { done: number, skipped: number, missed: number, unchanged: number }, camera: { id: string, name: string } } };

export type EndMutationVariables = Exact<{
  username: string;
  cameraId?: string | null | undefined;
}>;


export type EndMutation = { endBriefing: { id: string, username: string, name: string, interval: number, endTime: string, startedAt: string, endsAt: string | null, endedAt: string | null, active: boolean, endReason: EndReason | null, ticks: { done: number, skipped: number, missed: number, unchanged: number }, camera: { id: string, name: string } } | null };

export type RunNowMutationVariables = Exact<{
  requestId: string;
}>;


export type RunNowMutation = { runNow: { id: string, cursor: string, requestId: string, at: string, caption: string, headline: string | null, description: string | null, question: string | null, degraded: string | null, reportedWrong: boolean, unchanged: boolean, counts: Array<{ name: string, count: number }>, made: { source: string, model: string | null } | null, facts: { people: number | null, change: number | null, brightness: number | null, scene: Scene | null, detector: string | null, counts: Array<{ name: string, count: number, method: CountMethod, estimate: boolean }> } | null } };

export type RequestChangedSubscriptionVariables = Exact<{
  username: string;
}>;


export type RequestChangedSubscription = { requestChanged: { id: string, username: string, name: string, interval: number, endTime: string, startedAt: string, endsAt: string | null, endedAt: string | null, active: boolean, endReason: EndReason | null, ticks: { done: number, skipped: number, missed: number, unchanged: number }, camera: { id: string, name: string } } };

export type NowQueryVariables = Exact<{
  username: string;
}>;


export type NowQuery = { user: { id: string, username: string, custom: Array<string>, seenAt: string | null, activeRequests: Array<{ id: string, username: string, name: string, interval: number, endTime: string, startedAt: string, endsAt: string | null, endedAt: string | null, active: boolean, endReason: EndReason | null, camera: { id: string, name: string, health: { state: CameraState, since: string, detail: string | null, english: string | null }, lastFrame: { id: string, width: number, height: number, at: string, url: string } | null }, briefings: { edges: Array<{ node: { id: string, cursor: string, requestId: string, at: string, caption: string, headline: string | null, description: string | null, question: string | null, degraded: string | null, reportedWrong: boolean, unchanged: boolean, counts: Array<{ name: string, count: number }>, made: { source: string, model: string | null } | null, facts: { people: number | null, change: number | null, brightness: number | null, scene: Scene | null, detector: string | null, counts: Array<{ name: string, count: number, method: CountMethod, estimate: boolean }> } | null } }> }, ticks: { done: number, skipped: number, missed: number, unchanged: number } }>, requests: { edges: Array<{ node: { id: string, username: string, name: string, interval: number, endTime: string, startedAt: string, endsAt: string | null, endedAt: string | null, active: boolean, endReason: EndReason | null, camera: { id: string, name: string, health: { state: CameraState, since: string, detail: string | null, english: string | null }, lastFrame: { id: string, width: number, height: number, at: string, url: string } | null }, briefings: { edges: Array<{ node: { id: string, cursor: string, requestId: string, at: string, caption: string, headline: string | null, description: string | null, question: string | null, degraded: string | null, reportedWrong: boolean, unchanged: boolean, counts: Array<{ name: string, count: number }>, made: { source: string, model: string | null } | null, facts: { people: number | null, change: number | null, brightness: number | null, scene: Scene | null, detector: string | null, counts: Array<{ name: string, count: number, method: CountMethod, estimate: boolean }> } | null } }> }, ticks: { done: number, skipped: number, missed: number, unchanged: number } } }> } } | null, about: { timeZone: string, wording: string } };

export type CameraNowFragment = { id: string, name: string, health: { state: CameraState, since: string, detail: string | null, english: string | null }, lastFrame: { id: string, width: number, height: number, at: string, url: string } | null };

export type CameraQueryVariables = Exact<{
  id: string;
}>;


export type CameraQuery = { camera: { id: string, name: string, health: { state: CameraState, since: string, detail: string | null, english: string | null }, lastFrame: { id: string, width: number, height: number, at: string, url: string } | null } | null };

export type AboutQueryVariables = Exact<{ [key: string]: never; }>;


export type AboutQuery = { about: { version: string, store: string, camera: string, wording: string, timeZone: string, accounts: boolean } };

export type LoginMutationVariables = Exact<{
  username: string;
}>;


export type LoginMutation = { login: { outcome: LoginOutcome, user: { id: string, username: string, custom: Array<string> } } };

export type SaveStyleMutationVariables = Exact<{
  input: StyleInput;
}>;


export type SaveStyleMutation = { saveStyle: { user: { id: string, username: string, custom: Array<string> }, notes: Array<{ code: string, text: string, line: number | null }> } };

export type UsageRowFragment = { attempts: number, inputTokens: number, outputTokens: number, estimated: boolean };

export type NoteRowFragment = { code: string, text: string, line: number | null };

export type SheetRowFragment = { verdict: Verdict, language: string, builtIn: string, provider: string | null, model: string | null, madeAt: string | null, usage: { attempts: number, inputTokens: number, outputTokens: number, estimated: boolean } | null, keys: Array<{ key: string, builtIn: boolean, lines: Array<{ line: string, sample: string }> }>, refused: Array<{ key: string, text: string, rule: string }>, notes: Array<{ code: string, text: string, line: number | null }> };

export type StyleSheetQueryVariables = Exact<{
  username: string;
}>;


export type StyleSheetQuery = { styleSheet: { verdict: Verdict, language: string, builtIn: string, provider: string | null, model: string | null, madeAt: string | null, usage: { attempts: number, inputTokens: number, outputTokens: number, estimated: boolean } | null, keys: Array<{ key: string, builtIn: boolean, lines: Array<{ line: string, sample: string }> }>, refused: Array<{ key: string, text: string, rule: string }>, notes: Array<{ code: string, text: string, line: number | null }> } };

export type RewriteStyleMutationVariables = Exact<{
  username: string;
}>;


export type RewriteStyleMutation = { rewriteStyle: { verdict: Verdict, language: string, builtIn: string, provider: string | null, model: string | null, madeAt: string | null, usage: { attempts: number, inputTokens: number, outputTokens: number, estimated: boolean } | null, keys: Array<{ key: string, builtIn: boolean, lines: Array<{ line: string, sample: string }> }>, refused: Array<{ key: string, text: string, rule: string }>, notes: Array<{ code: string, text: string, line: number | null }> } };

export type PreviewStyleMutationVariables = Exact<{
  input: StyleInput;
}>;


export type PreviewStyleMutation = { previewStyle: { before: string, after: string, samples: Array<{ after: string, briefing: { id: string, at: string, caption: string } }>, notes: Array<{ code: string, text: string, line: number | null }> } };

export type ProvidersQueryVariables = Exact<{ [key: string]: never; }>;


export type ProvidersQuery = { providers: Array<{ id: string, model: string, seesPictures: boolean | null, medianMs: number | null, state: ProviderState, lastError: string | null }> };

export type UsageDaysQueryVariables = Exact<{
  username: string;
  from: string;
  to: string;
}>;


export type UsageDaysQuery = { usage: Array<{ date: string, usage: { attempts: number, inputTokens: number, outputTokens: number, estimated: boolean } }> };

export type EgressOfQueryVariables = Exact<{
  username: string;
}>;


export type EgressOfQuery = { cameras: Array<{ id: string, name: string, egress: Array<{ provider: string, egress: Egress }> }> };
