package graph_test

import (
	"os"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
)

// promised is the schema that front ends rely on. The real schema may have more.
const promised = `
scalar Time
scalar Cursor
scalar Date
type Query {
  user(username: String!): User
  request(id: ID!): Request
  requests(username: String!, first: Int, after: Cursor): RequestConnection!
  briefings(requestId: ID!, first: Int, after: Cursor, last: Int, before: Cursor): BriefingConnection!
  aiSummary(requestId: ID!): Summary!
  custom(username: String!): [String!]!
  briefing(id: ID!): Briefing
  dayBriefings(username: String!, date: Date!, cameraId: ID, filter: BriefingFilter, first: Int, after: Cursor): BriefingConnection!
  occupancy(username: String!, date: Date!, cameraId: ID): [OccupancyPoint!]!
  cameras(username: String!): [Camera!]!
  camera(id: ID!): Camera
  styleSheet(username: String!): StyleSheet!
  usage(username: String!, from: Date!, to: Date!): [UsageDay!]!
  providers: [Provider!]!
}
type Mutation {
  login(username: String!, password: String): LoginPayload!
  startBriefing(input: StartBriefingInput!): Request!
  endBriefing(username: String!, cameraId: ID): Request
  saveCamera(input: SaveCameraInput!): SaveCameraPayload!
  deleteCamera(id: ID!): DeleteCameraPayload!
  testCamera(input: SaveCameraInput!): CameraTest!
  createFrameToken(cameraId: ID!): FrameToken!
  revokeFrameToken(cameraId: ID!): SaveCameraPayload!
  updateCustom(username: String!, custom: [String!]!): User!
  addBriefing(input: AddBriefingInput!): Briefing!
  reportBriefing(briefingId: ID!, wrong: Boolean!, note: String): Briefing!
  markSeen(username: String!, at: Time!): User!
  deleteUserData(username: String!): DeleteUserDataPayload!
  previewStyle(input: StyleInput!): StylePreview!
  saveStyle(input: StyleInput!): SaveStylePayload!
  rewriteStyle(username: String!): StyleSheet!
}
type Subscription {
  startBriefing(input: StartBriefingInput!, after: Cursor): Briefing!
  reloadBriefing(username: String!, after: Cursor, cameraId: ID): Briefing!
  cameraChanged(username: String!): Camera!
  briefings(requestId: ID!, after: Cursor): Briefing!
  requestChanged(username: String!): Request!
}
type User { id: ID!  username: String!  custom: [String!]!  seenAt: Time  activeRequest: Request  activeRequests: [Request!]!  requests(first: Int, after: Cursor): RequestConnection! }
type Request {
  id: ID!  username: String!  name: String!  interval: Int!  endTime: String!  startedAt: Time!  endsAt: Time  endedAt: Time
  active: Boolean!  endReason: EndReason  ticks: TickCounts!  briefings(first: Int, after: Cursor, last: Int, before: Cursor): BriefingConnection!
  camera: Camera!
}
type Briefing {
  id: ID!  cursor: Cursor!  requestId: ID!  at: Time!  caption: String!  text: String!  counts: [ObjectCount!]!  degraded: String
  facts: Facts  frame: Frame  made: Made  reportedWrong: Boolean!  unchanged: Boolean!
  headline: String  description: String  question: String  usage: Usage
}
type Facts { people: Int  counts: [FactCount!]!  change: Float  brightness: Float  scene: Scene  health: CameraHealth  detector: String  frameId: ID  boxes: [Box!]! }
type Box { x0: Float!  y0: Float!  x1: Float!  y1: Float!  name: String!  score: Float  zone: String }
type Tiles { columns: Int!  rows: Int!  busy: [Boolean!]! }
type Counting { method: CountMethod!  name: String  medianMs: Int  wanted: String  reason: String  detail: String }
type About { version: String!  store: String!  camera: String!  wording: String!  timeZone: String!  accounts: Boolean!  counting: Counting! }
type FactCount { name: String!  count: Int!  zone: String  method: CountMethod!  estimate: Boolean! }
enum CountMethod { MOTION MODEL HTTP OUTSIDE }
enum Scene { LEARNING STEADY MOVING CHANGED DARK }
type Made {
  source: String!  model: String  promptVersion: String  verdict: Verdict  latencyMs: Int!  said: [SaidLine!]!  describedBy: String
  rejected: [RefusedText!]!
}
enum Verdict { BUILT_IN STYLE_SHEET PENDING REFUSED UNAVAILABLE }
type SaidLine { key: String!  line: String!  slots: [SaidSlot!]!  builtIn: Boolean! }
type SaidSlot { name: String!  text: String! }
type RefusedText { key: String!  text: String!  rule: String! }
type Usage { attempts: Int!  inputTokens: Int!  outputTokens: Int!  estimated: Boolean! }
type UsageDay { date: Date!  usage: Usage! }
type Provider { id: ID!  model: String!  seesPictures: Boolean  medianMs: Int  state: ProviderState!  lastError: String }
enum ProviderState { UNTRIED OK FAILING PAUSED OPEN }
input StyleInput { username: String!  lines: [String!]! }
type StylePreview { before: String!  after: String!  samples: [StyleSample!]!  notes: [StyleNote!]! }
type StyleSample { briefing: Briefing!  after: String! }
type StyleNote { code: String!  text: String!  line: Int }
type SaveStylePayload { user: User!  notes: [StyleNote!]! }
type StyleSheet {
  verdict: Verdict!  language: String!  builtIn: String!  provider: String  model: String  madeAt: Time  usage: Usage
  keys: [SheetLines!]!  refused: [RefusedText!]!  notes: [StyleNote!]!
}
type SheetLines { key: String!  lines: [SheetLine!]!  builtIn: Boolean! }
type SheetLine { line: String!  sample: String! }
type Camera {
  id: ID!  username: String  name: String!  source: String  zones: [Zone!]!  masks: [Polygon!]!  egress: [ProviderEgress!]!
  keepFrames: KeepFrames!  keepDays: Int!  health: CameraHealth!  lastFrame: Frame
  hasCredentials: Boolean!  certificate: String  hasFrameToken: Boolean!
}
type CameraHealth { state: CameraState!  since: Time!  detail(language: Language): String  reason: String  words: String }
enum Language { KO EN }
enum CameraState { OK OFFLINE REFUSED UNREADABLE STALE FROZEN DARK COVERED BLURRED MOVED LIGHT_CHANGE UNKNOWN }
type Frame { id: ID!  width: Int!  height: Int!  at: Time!  url: String! }
enum Egress { COUNTS BLURRED FULL }
enum KeepFrames { NONE LAST CHANGED }
type ProviderEgress { provider: ID!  egress: Egress! }
type Point { x: Float!  y: Float! }
type Polygon { points: [Point!]! }
type Zone { id: ID!  name: String!  polygon: Polygon! }
type SaveCameraPayload { camera: Camera!  credentialsCleared: Boolean! }
type DeleteCameraPayload { id: ID! }
type CameraTest {
  health: CameraHealth!  picture: String  width: Int  height: Int  facts: Facts  certificate: String  latencyMs: Int!  tiles: Tiles
  leaves(egress: Egress!): String
}
type FrameToken { token: String!  url: String!  camera: Camera! }
input SaveCameraInput {
  id: ID  username: String  name: String  source: String  credentials: CameraCredentialsInput  certificate: String
  zones: [ZoneInput!]  masks: [PolygonInput!]  egress: [ProviderEgressInput!]  keepFrames: KeepFrames  keepDays: Int
}
input CameraCredentialsInput { username: String!  password: String! }
input ZoneInput { id: ID  name: String!  polygon: PolygonInput! }
input PolygonInput { points: [PointInput!]! }
input PointInput { x: Float!  y: Float! }
input ProviderEgressInput { provider: ID!  egress: Egress! }
type OccupancyPoint { from: Time!  samples: Int!  people: Float }
input BriefingFilter { text: String  from: Time  changed: Boolean  degraded: Boolean }
type DeleteUserDataPayload { requests: Int!  briefings: Int! }
type ObjectCount { name: String!  count: Int! }
type TickCounts { done: Int!  skipped: Int!  missed: Int!  unchanged: Int! }
type Summary { text: String!  generatedAt: Time!  source: String! }
type LoginPayload { user: User!  outcome: LoginOutcome!  token: String }
enum LoginOutcome { SIGNUP LOGIN }
enum EndReason { ENDED_BY_USER END_TIME REPLACED }
input StartBriefingInput { username: String!  interval: Int!  endTime: String!  cameraId: ID  key: String }
input AddBriefingInput { requestId: ID!  caption: String!  at: Time  counts: [ObjectCountInput!] }
input ObjectCountInput { name: String!  count: Int! }
type PageInfo { hasNextPage: Boolean!  hasPreviousPage: Boolean!  startCursor: Cursor  endCursor: Cursor }
type RequestConnection { edges: [RequestEdge!]!  pageInfo: PageInfo! }
type RequestEdge { cursor: Cursor!  node: Request! }
type BriefingConnection { edges: [BriefingEdge!]!  pageInfo: PageInfo! }
type BriefingEdge { cursor: Cursor!  node: Briefing! }
`

func parse(t *testing.T, text string) *ast.Schema {
	t.Helper()
	schema, err := gqlparser.LoadSchema(&ast.Source{Input: text})
	must(t, err)
	return schema
}

func TestSchema_keeps_what_was_promised(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../schema.graphqls")
	must(t, err)
	have := parse(t, string(text))
	for name, want := range parse(t, promised).Types {
		if want.BuiltIn {
			continue
		}
		got := have.Types[name]
		if got == nil || got.Kind != want.Kind {
			t.Errorf("type %s is gone or of another kind", name)
			continue
		}
		for _, f := range want.Fields {
			if strings.HasPrefix(f.Name, "__") {
				continue
			}
			compareField(t, name, f, got.Fields.ForName(f.Name))
		}
		for _, v := range want.EnumValues {
			if got.EnumValues.ForName(v.Name) == nil {
				t.Errorf("%s.%s is gone", name, v.Name)
			}
		}
	}
}

func compareField(t *testing.T, in string, want, got *ast.FieldDefinition) {
	t.Helper()
	if got == nil || got.Type.String() != want.Type.String() {
		t.Errorf("%s.%s is gone or not %s", in, want.Name, want.Type)
		return
	}
	for _, a := range want.Arguments {
		if have := got.Arguments.ForName(a.Name); have == nil || have.Type.String() != a.Type.String() {
			t.Errorf("%s.%s(%s) is gone or not %s", in, want.Name, a.Name, a.Type)
		}
	}
	for _, a := range got.Arguments {
		if want.Arguments.ForName(a.Name) == nil && a.Type.NonNull {
			t.Errorf("%s.%s demands %s, which old callers do not give", in, want.Name, a.Name)
		}
	}
}

func TestSchema_describes_everything(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../schema.graphqls")
	must(t, err)
	described := func(what, description string) {
		if strings.TrimSpace(description) == "" {
			t.Errorf("%s has no description", what)
		}
	}
	for name, def := range parse(t, string(text)).Types {
		if def.BuiltIn {
			continue
		}
		described(name, def.Description)
		for _, f := range def.Fields {
			if strings.HasPrefix(f.Name, "__") {
				continue
			}
			described(name+"."+f.Name, f.Description)
			for _, a := range f.Arguments {
				described(name+"."+f.Name+"("+a.Name+")", a.Description)
			}
		}
		for _, v := range def.EnumValues {
			described(name+"."+v.Name, v.Description)
		}
	}
}
