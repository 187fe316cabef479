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

/** The states of a camera. Those that this server cannot tell apart yet do not occur. */
export type CameraState =
  /** The picture is blurred. */
  | 'BLURRED'
  /** Something covers the camera. */
  | 'COVERED'
  /** It is too dark to see. */
  | 'DARK'
  /** The picture does not change. */
  | 'FROZEN'
  /** The light changed all at once. */
  | 'LIGHT_CHANGE'
  /** The camera was moved. */
  | 'MOVED'
  /** No picture comes. */
  | 'OFFLINE'
  /** Pictures come and can be read. */
  | 'OK'
  /** The camera refuses the credentials. */
  | 'REFUSED'
  /** The picture is old. */
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

/** Why a request ended. */
export type EndReason =
  /** Its owner ended it. */
  | 'ENDED_BY_USER'
  /** Its end time came. */
  | 'END_TIME'
  /** Its owner started another. */
  | 'REPLACED';

/** The outcome of a login. */
export type LoginOutcome =
  /** The user existed already. */
  | 'LOGIN'
  /** The user was created. */
  | 'SIGNUP';

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
  /** The camera. Only `default` exists so far, and it is the default. */
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

export type BriefingRowFragment = { id: string, cursor: string, requestId: string, at: string, caption: string, degraded: string | null, reportedWrong: boolean, counts: Array<{ name: string, count: number }>, made: { source: string, model: string | null } | null, facts: { people: number | null, change: number | null, brightness: number | null, scene: Scene | null, detector: string | null, counts: Array<{ name: string, count: number, method: CountMethod, estimate: boolean }> } | null };

export type BriefingQueryVariables = Exact<{
  id: string;
}>;


export type BriefingQuery = { briefing: { id: string, cursor: string, requestId: string, at: string, caption: string, degraded: string | null, reportedWrong: boolean, counts: Array<{ name: string, count: number }>, made: { source: string, model: string | null } | null, facts: { people: number | null, change: number | null, brightness: number | null, scene: Scene | null, detector: string | null, counts: Array<{ name: string, count: number, method: CountMethod, estimate: boolean }> } | null } | null };

export type NeighboursQueryVariables = Exact<{
  requestId: string;
  cursor: string;
}>;


export type NeighboursQuery = { before: { edges: Array<{ node: { id: string, cursor: string, requestId: string, at: string, caption: string, degraded: string | null, reportedWrong: boolean, counts: Array<{ name: string, count: number }>, made: { source: string, model: string | null } | null, facts: { people: number | null, change: number | null, brightness: number | null, scene: Scene | null, detector: string | null, counts: Array<{ name: string, count: number, method: CountMethod, estimate: boolean }> } | null } }> }, after: { edges: Array<{ node: { id: string, cursor: string, requestId: string, at: string, caption: string, degraded: string | null, reportedWrong: boolean, counts: Array<{ name: string, count: number }>, made: { source: string, model: string | null } | null, facts: { people: number | null, change: number | null, brightness: number | null, scene: Scene | null, detector: string | null, counts: Array<{ name: string, count: number, method: CountMethod, estimate: boolean }> } | null } }> } };

export type BriefingsBeforeQueryVariables = Exact<{
  requestId: string;
  last: number;
  before?: string | null | undefined;
}>;


export type BriefingsBeforeQuery = { briefings: { edges: Array<{ node: { id: string, cursor: string, requestId: string, at: string, caption: string, degraded: string | null, reportedWrong: boolean, counts: Array<{ name: string, count: number }>, made: { source: string, model: string | null } | null, facts: { people: number | null, change: number | null, brightness: number | null, scene: Scene | null, detector: string | null, counts: Array<{ name: string, count: number, method: CountMethod, estimate: boolean }> } | null } }>, pageInfo: { hasPreviousPage: boolean, startCursor: string | null } } };

export type DayBriefingsQueryVariables = Exact<{
  username: string;
  date: string;
  filter?: BriefingFilter | null | undefined;
  first: number;
  after?: string | null | undefined;
}>;


export type DayBriefingsQuery = { dayBriefings: { edges: Array<{ node: { id: string, cursor: string, requestId: string, at: string, caption: string, degraded: string | null, reportedWrong: boolean, counts: Array<{ name: string, count: number }>, made: { source: string, model: string | null } | null, facts: { people: number | null, change: number | null, brightness: number | null, scene: Scene | null, detector: string | null, counts: Array<{ name: string, count: number, method: CountMethod, estimate: boolean }> } | null } }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type OccupancyQueryVariables = Exact<{
  username: string;
  date: string;
}>;


export type OccupancyQuery = { occupancy: Array<{ from: string, samples: number, people: number | null }> };

export type ReportBriefingMutationVariables = Exact<{
  briefingId: string;
  wrong: boolean;
  note?: string | null | undefined;
}>;


export type ReportBriefingMutation = { reportBriefing: { id: string, reportedWrong: boolean } };

export type BriefingsSubscriptionVariables = Exact<{
  requestId: string;
  after?: string | null | undefined;
}>;


export type BriefingsSubscription = { briefings: { id: string, cursor: string, requestId: string, at: string, caption: string, degraded: string | null, reportedWrong: boolean, counts: Array<{ name: string, count: number }>, made: { source: string, model: string | null } | null, facts: { people: number | null, change: number | null, brightness: number | null, scene: Scene | null, detector: string | null, counts: Array<{ name: string, count: number, method: CountMethod, estimate: boolean }> } | null } };

export type RequestRowFragment = { id: string, username: string, name: string, interval: number, endTime: string, startedAt: string, endsAt: string | null, endedAt: string | null, active: boolean, endReason: EndReason | null, ticks: { done: number, skipped: number, missed: number } };

export type RequestQueryVariables = Exact<{
  requestId: string;
}>;


export type RequestQuery = { request: { id: string, username: string, name: string, interval: number, endTime: string, startedAt: string, endsAt: string | null, endedAt: string | null, active: boolean, endReason: EndReason | null, ticks: { done: number, skipped: number, missed: number } } | null };

export type RequestsQueryVariables = Exact<{
  username: string;
  first: number;
  after?: string | null | undefined;
}>;


export type RequestsQuery = { requests: { edges: Array<{ node: { id: string, username: string, name: string, interval: number, endTime: string, startedAt: string, endsAt: string | null, endedAt: string | null, active: boolean, endReason: EndReason | null, ticks: { done: number, skipped: number, missed: number } } }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type SummaryQueryVariables = Exact<{
  requestId: string;
}>;


export type SummaryQuery = { aiSummary: { text: string, generatedAt: string, source: string, figures: { samples: number, counted: number, occupiedShare: number | null, averagePeople: number | null, peak: number, peakAt: string | null, longestEmptyMinutes: number | null, offlineMinutes: number, unchanged: number, hours: Array<{ hour: number, samples: number, average: number | null, peak: number | null }> }, advice: Array<{ rule: string, text: string }> } };

export type StartMutationVariables = Exact<{
  input: StartBriefingInput;
}>;


export type StartMutation = { startBriefing: { id: string, username: string, name: string, interval: number, endTime: string, startedAt: string, endsAt: string | null, endedAt: string | null, active: boolean, endReason: EndReason | null, briefings: { edges: Array<{ node: { id: string, cursor: string, requestId: string, at: string, caption: string, degraded: string | null, reportedWrong: boolean, counts: Array<{ name: string, count: number }>, made: { source: string, model: string | null } | null, facts: { people: number | null, change: number | null, brightness: number | null, scene: Scene | null, detector: string | null, counts: Array<{ name: string, count: number, method: CountMethod, estimate: boolean }> } | null } }> }, ticks: { done: number, skipped: number, missed: number } } };

export type EndMutationVariables = Exact<{
  username: string;
}>;


export type EndMutation = { endBriefing: { id: string, username: string, name: string, interval: number, endTime: string, startedAt: string, endsAt: string | null, endedAt: string | null, active: boolean, endReason: EndReason | null, ticks: { done: number, skipped: number, missed: number } } | null };

export type RunNowMutationVariables = Exact<{
  requestId: string;
}>;


export type RunNowMutation = { runNow: { id: string, cursor: string, requestId: string, at: string, caption: string, degraded: string | null, reportedWrong: boolean, counts: Array<{ name: string, count: number }>, made: { source: string, model: string | null } | null, facts: { people: number | null, change: number | null, brightness: number | null, scene: Scene | null, detector: string | null, counts: Array<{ name: string, count: number, method: CountMethod, estimate: boolean }> } | null } };

export type ExtendMutationVariables = Exact<{
  requestId: string;
  endTime: string;
}>;


export type ExtendMutation = { extendBriefing: { id: string, username: string, name: string, interval: number, endTime: string, startedAt: string, endsAt: string | null, endedAt: string | null, active: boolean, endReason: EndReason | null, ticks: { done: number, skipped: number, missed: number } } };

export type RequestChangedSubscriptionVariables = Exact<{
  username: string;
}>;


export type RequestChangedSubscription = { requestChanged: { id: string, username: string, name: string, interval: number, endTime: string, startedAt: string, endsAt: string | null, endedAt: string | null, active: boolean, endReason: EndReason | null, ticks: { done: number, skipped: number, missed: number } } };

export type NowQueryVariables = Exact<{
  username: string;
}>;


export type NowQuery = { user: { id: string, username: string, custom: Array<string>, seenAt: string | null, requests: { edges: Array<{ node: { id: string, username: string, name: string, interval: number, endTime: string, startedAt: string, endsAt: string | null, endedAt: string | null, active: boolean, endReason: EndReason | null, briefings: { edges: Array<{ node: { id: string, cursor: string, requestId: string, at: string, caption: string, degraded: string | null, reportedWrong: boolean, counts: Array<{ name: string, count: number }>, made: { source: string, model: string | null } | null, facts: { people: number | null, change: number | null, brightness: number | null, scene: Scene | null, detector: string | null, counts: Array<{ name: string, count: number, method: CountMethod, estimate: boolean }> } | null } }> }, ticks: { done: number, skipped: number, missed: number } } }> } } | null, camera: { id: string, name: string, health: { state: CameraState, since: string, detail: string | null }, lastFrame: { id: string, width: number, height: number, at: string, url: string } | null } | null, about: { timeZone: string, wording: string } };

export type CameraNowFragment = { id: string, name: string, health: { state: CameraState, since: string, detail: string | null }, lastFrame: { id: string, width: number, height: number, at: string, url: string } | null };

export type CameraQueryVariables = Exact<{ [key: string]: never; }>;


export type CameraQuery = { camera: { id: string, name: string, health: { state: CameraState, since: string, detail: string | null }, lastFrame: { id: string, width: number, height: number, at: string, url: string } | null } | null };

export type AboutQueryVariables = Exact<{ [key: string]: never; }>;


export type AboutQuery = { about: { version: string, store: string, camera: string, wording: string, timeZone: string, accounts: boolean } };

export type StyleQueryVariables = Exact<{
  username: string;
}>;


export type StyleQuery = { user: { id: string, username: string, custom: Array<string>, seenAt: string | null } | null };

export type LoginMutationVariables = Exact<{
  username: string;
}>;


export type LoginMutation = { login: { outcome: LoginOutcome, user: { id: string, username: string, custom: Array<string> } } };

export type SaveStyleMutationVariables = Exact<{
  username: string;
  custom: Array<string> | string;
}>;


export type SaveStyleMutation = { updateCustom: { id: string, username: string, custom: Array<string> } };

export type PreviewStyleMutationVariables = Exact<{
  input: StyleInput;
}>;


export type PreviewStyleMutation = { previewStyle: { before: string, after: string } };

export type MarkSeenMutationVariables = Exact<{
  username: string;
  at: string;
}>;


export type MarkSeenMutation = { markSeen: { id: string, seenAt: string | null } };

export type DeleteUserDataMutationVariables = Exact<{
  username: string;
}>;


export type DeleteUserDataMutation = { deleteUserData: { requests: number, briefings: number } };
