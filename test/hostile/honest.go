package hostile

import (
	"fmt"
	"strings"
)

// asked contains the options of an introspection. Code generators offer the same options.
type asked struct {
	name         string
	descriptions bool
	specifiedBy  bool
	repeatable   bool
	schema       bool
	old          bool // deprecated arguments and input fields
	one          bool
	typename     bool // in every selection, like caching clients add it
	levels       int  // number of nested ofType
}

// document returns the introspection document with these options.
func (a asked) document() string {
	word := func(on bool, text string) string {
		if on {
			return " " + text
		}
		return ""
	}
	described := word(a.descriptions, "description") + word(a.typename, "__typename")
	deprecated := word(a.old, "(includeDeprecated: true)")
	reasons := word(a.old, "isDeprecated deprecationReason")
	return "query IntrospectionQuery { __schema {" + word(a.schema, "description") + word(a.typename, "__typename") +
		" queryType { name } mutationType { name } subscriptionType { name } types { ...FullType }" +
		" directives { name" + described + word(a.repeatable, "isRepeatable") + " locations args" + deprecated + " { ...InputValue } } } }" +
		" fragment FullType on __Type { kind name" + described + word(a.specifiedBy, "specifiedByURL") + word(a.one, "isOneOf") +
		" fields(includeDeprecated: true) { name" + described + " args" + deprecated + " { ...InputValue } type { ...TypeRef } isDeprecated deprecationReason }" +
		" inputFields" + deprecated + " { ...InputValue } interfaces { ...TypeRef }" +
		" enumValues(includeDeprecated: true) { name" + described + " isDeprecated deprecationReason } possibleTypes { ...TypeRef } }" +
		" fragment InputValue on __InputValue { name" + described + " type { ...TypeRef } defaultValue" + reasons + " }" +
		" fragment TypeRef on __Type { kind name" + nested(a.levels, " ofType { kind name", "", " }") + " }"
}

// explorers returns the introspections that tools send when they start.
func explorers() []Case {
	var all []Case
	for _, a := range []asked{
		{name: "GraphQL Playground", descriptions: true, levels: 7},
		{name: "GraphiQL", descriptions: true, specifiedBy: true, repeatable: true, schema: true, old: true, levels: 9},
		{name: "GraphiQL, without deprecated input values", descriptions: true, specifiedBy: true, repeatable: true, schema: true, levels: 9},
		{name: "rover", descriptions: true, specifiedBy: true, repeatable: true, levels: 9},
		{name: "Apollo's code generator", descriptions: true, repeatable: true, typename: true, levels: 7},
		{name: "urql's schema fetcher", repeatable: true, levels: 7},
		{name: "graphql-codegen", descriptions: true, specifiedBy: true, repeatable: true, schema: true, old: true, one: true, levels: 9},
		{name: "a caching client with everything", descriptions: true, specifiedBy: true, repeatable: true, schema: true, old: true, one: true, typename: true, levels: 9},
		{name: "the least introspection", levels: 3},
	} {
		c := post("introspection of "+a.name, "", Answered, a.document())
		c.Call.OperationName = "IntrospectionQuery"
		all = append(all, c, post(c.Name+", indented", "", Answered, indented(a.document())))
	}
	return all
}

// indented returns a document with one word a line, like tools print it.
func indented(query string) string {
	var b strings.Builder
	level := 0
	for word := range strings.FieldsSeq(query) {
		level -= strings.Count(word, "}")
		b.WriteString(repeat("  ", max(0, level)) + word + "\n")
		level += strings.Count(word, "{")
	}
	return b.String()
}

// All fields of each type.
const (
	ofBriefing = ` fragment B on Briefing { id cursor requestId at caption text counts { name count } degraded facts { people counts { name count method estimate } change brightness scene detector } reportedWrong unchanged` +
		` headline description question usage { ...G } made { source model promptVersion verdict latencyMs describedBy } }` + ofUsage
	ofUsage = ` fragment G on Usage { attempts inputTokens outputTokens estimated }`
	// ofWords has all on the words of a briefing.
	ofWords   = ` fragment W on Briefing { id caption headline description question usage { ...G } made { source model promptVersion verdict latencyMs describedBy said { key line slots { name text } builtIn } rejected { ...X } } }` + ofUsage + ofRefused
	ofRefused = ` fragment X on RefusedText { key text rule }`
	ofNote    = ` fragment N on StyleNote { code text line }`
	ofSheet   = ` fragment S on StyleSheet { verdict language builtIn provider model madeAt usage { ...G } keys { key lines { line sample } builtIn } refused { ...X } notes { ...N } }` + ofUsage + ofRefused + ofNote
	// ofLine has the fields of a briefing in a list.
	ofLine    = ` fragment B on Briefing { id cursor requestId at caption text counts { name count } degraded }`
	ofRequest = ` fragment R on Request { id username name interval endTime startedAt endsAt endedAt active endReason ticks { done skipped missed unchanged } }`
	ofPage    = ` fragment P on PageInfo { hasNextPage hasPreviousPage startCursor endCursor }`
	start     = `{"i":{"username":"honest","interval":86400,"endTime":"{later}","cameraId":"default","key":"k"}}`
)

// operations returns every operation of the schema, with all fields.
func operations() []Case {
	var counts []string
	for _, class := range []string{"person", "bicycle", "car", "dog", "cat", "backpack", "umbrella", "handbag", "bottle", "cup", "chair", "tv", "laptop", "book"} {
		counts = append(counts, `{"name":"`+class+`","count":3}`)
	}
	const briefings = ` edges { cursor node { ...B } } pageInfo { ...P }`
	const requests = ` edges { cursor node { ...R } } pageInfo { ...P }`
	return []Case{
		post("user with everything", "", Answered, `query($u: String!) { user(username: $u) { id username custom activeRequest { ...R briefings(last: 20) {`+briefings+` } } requests(first: 20) { edges { cursor node { ...R briefings(first: 10) {`+briefings+` } } } pageInfo { ...P } } } }`+ofBriefing+ofRequest+ofPage).with(`{"u":"{user}"}`),
		post("request with everything", "", Answered, `query($r: ID!) { request(id: $r) { ...R briefings(first: 100) {`+briefings+` } } }`+ofBriefing+ofRequest+ofPage).with(`{"r":"{request}"}`),
		post("requests with everything", "", Answered, `query($u: String!, $n: Int, $a: Cursor) { requests(username: $u, first: $n, after: $a) {`+requests+` } }`+ofRequest+ofPage).with(`{"u":"{user}","n":100,"a":null}`),
		post("briefings with everything", "", Answered, `query($r: ID!, $n: Int) { briefings(requestId: $r, last: $n) {`+briefings+` } }`+ofBriefing+ofPage).with(`{"r":"{request}","n":100}`),
		post("the largest page of briefings", "", Answered, `query($r: ID!, $n: Int, $a: Cursor) { briefings(requestId: $r, first: $n, after: $a) { edges { node { id cursor caption } } pageInfo { hasNextPage endCursor } } }`).with(`{"r":"{request}","n":500}`),
		post("the largest page of requests", "", Answered, `query($u: String!) { requests(username: $u, first: 500) {`+requests+` } }`+ofRequest+ofPage).with(`{"u":"{user}"}`),
		post("one briefing", "", Answered, `query($b: ID!) { briefing(id: $b) { ...B } }`+ofBriefing).with(`{"b":"0123456789abcdef01234567"}`),
		post("a day with everything", "", Answered, `query($u: String!, $d: Date!, $f: BriefingFilter, $n: Int) { dayBriefings(username: $u, date: $d, filter: $f, first: $n) {`+briefings+` } occupancy(username: $u, date: $d) { from samples people } }`+ofBriefing+ofPage).with(`{"u":"{user}","d":"2026-03-01","n":100,"f":{"text":"손님","changed":true,"degraded":false}}`),
		post("the largest page of a day", "", Answered, `query($u: String!) { dayBriefings(username: $u, date: "2026-03-01", first: 500) { edges { cursor node { id at caption counts { name count } degraded } } pageInfo { hasNextPage endCursor } } }`).with(`{"u":"{user}"}`),
		post("a summary", "", Answered, `query($r: ID!) { aiSummary(requestId: $r) { text generatedAt source } }`).with(`{"r":"{request}"}`),
		post("a summary with figures", "", Answered, `query($r: ID!) { aiSummary(requestId: $r) { text generatedAt source figures { samples counted occupiedShare averagePeople peak peakAt longestEmptyMinutes hours { hour samples average peak } offlineMinutes unchanged } advice { rule text } } }`).with(`{"r":"{request}"}`),
		post("what the server is", "", Answered, `{ about { version store camera wording timeZone accounts counting { method name medianMs wanted reason detail } } }`),
		post("the camera", "", Answered, `{ camera(id: "default") { id name health { state since detail } lastFrame { id width height at url } } }`),
		post("custom lines", "", Answered, `query($u: String!) { custom(username: $u) }`).with(`{"u":"{user}"}`),
		post("login", "", Answered, `mutation($u: String!) { login(username: $u) { user { id username custom activeRequest { ...R } } outcome token } }`+ofRequest).with(`{"u":"honest"}`),
		post("start", "", Answered, `mutation($i: StartBriefingInput!) { startBriefing(input: $i) { ...R } }`+ofRequest).with(start),
		post("a deletion", "", Answered, `mutation($u: String!) { deleteUserData(username: $u) { requests briefings } }`).with(`{"u":"honest and gone"}`),
		post("a wrong briefing", "", notFound, `mutation($b: ID!, $n: String) { reportBriefing(briefingId: $b, wrong: true, note: $n) { ...B } }`+ofBriefing).with(`{"b":"0123456789abcdef01234567","n":` + quote(repeat("가", 500)) + `}`),
		post("a user that has seen all", "", Answered, `mutation($u: String!) { markSeen(username: $u, at: "2026-03-01T12:00:00+09:00") { id seenAt } }`).with(`{"u":"honest"}`),
		post("end", "", Answered, `mutation($u: String!) { endBriefing(username: $u) { ...R } }`+ofRequest).with(`{"u":"honest"}`),
		post("update of custom lines", "", Answered, `mutation($u: String!, $c: [String!]!) { updateCustom(username: $u, custom: $c) { id custom } }`).with(`{"u":"honest","c":[` + repeat(quote(repeat("가", 200))+",", 9) + quote("in English") + `]}`),
		post("a preview of a style", "", Answered, `mutation($i: StyleInput!) { previewStyle(input: $i) { before after samples { briefing { ...B } after } notes { ...N } } }`+ofBriefing+ofNote).with(`{"i":{"username":"{user}","lines":[` + quote(repeat("가", 200)) + `,` + quote("in English") + `]}}`),
		post("a saved style", "", Answered, `mutation($i: StyleInput!) { saveStyle(input: $i) { user { id custom } notes { ...N } } }`+ofNote).with(`{"i":{"username":"honest","lines":[` + repeat(quote(repeat("가", 200))+",", 9) + quote("in English") + `]}}`),
		post("a style sheet", "", Answered, `query($u: String!) { styleSheet(username: $u) { ...S } }`+ofSheet).with(`{"u":"{user}"}`),
		post("a style written anew", "", Answered, `mutation($u: String!) { rewriteStyle(username: $u) { ...S } }`+ofSheet).with(`{"u":"{user}"}`),
		post("a quarter's usage and the providers", "", Answered, `query($u: String!) { usage(username: $u, from: "2026-01-01", to: "2026-04-02") { date usage { ...G } } providers { id model seesPictures medianMs state lastError } }`+ofUsage).with(`{"u":"{user}"}`),
		post("how the words of a page were made", "", Answered, `query($r: ID!) { briefings(requestId: $r, last: 100) { edges { cursor node { ...W } } } }`+ofWords).with(`{"r":"{request}"}`),
		post("how the words of the largest page were made", "", Answered, `query($r: ID!) { briefings(requestId: $r, last: 500) { edges { node { id headline made { verdict rejected { rule } } } } } }`).with(`{"r":"{request}"}`),
		post("how the words of a day were made", "", Answered, `query($u: String!) { dayBriefings(username: $u, date: "2026-03-01", first: 100) { edges { node { ...W } } } }`+ofWords).with(`{"u":"{user}"}`),
		post("a subscription to how words were made", "", Answered, `subscription($r: ID!) { briefings(requestId: $r) { ...W } }`+ofWords).with(`{"r":"{request}"}`).by(Socket),
		post("a briefing from outside", "", Answered, `mutation($i: AddBriefingInput!) { addBriefing(input: $i) { ...B } }`+ofBriefing).with(`{"i":{"requestId":"{request}","caption":` + quote(repeat("가", 2_000)) + `,"counts":[` + strings.Join(counts, ",") + `]}}`),
		post("a run now", "", Answered, `mutation($r: ID!) { runNow(requestId: $r) { ...B } }`+ofBriefing).with(`{"r":"{request}"}`),
		post("another end", "", Answered, `mutation($r: ID!, $e: String!) { extendBriefing(requestId: $r, endTime: $e) { ...R } }`+ofRequest).with(`{"r":"{request}","e":"{later}"}`),
		post("a start that streams", "", Answered, `subscription($i: StartBriefingInput!, $a: Cursor) { startBriefing(input: $i, after: $a) { ...B } }`+ofBriefing).with(`{"i":{"username":"{user}","interval":86400,"endTime":"{later}"}}`).by(Socket),
		post("a subscription to a request", "", Answered, `subscription($r: ID!, $a: Cursor) { briefings(requestId: $r, after: $a) { ...B } }`+ofBriefing).with(`{"r":"{request}"}`).by(Socket),
		post("a subscription to a request as a stream", "", Answered, `subscription($r: ID!, $a: Cursor) { briefings(requestId: $r, after: $a) { ...B } }`+ofBriefing).with(`{"r":"{request}"}`).by(Stream),
		post("a subscription that comes back", "", Answered, `subscription($u: String!, $a: Cursor) { reloadBriefing(username: $u, after: $a) { ...B } }`+ofBriefing).with(`{"u":"{user}"}`).by(Socket),
		post("a subscription to starts and ends", "", Answered, `subscription($u: String!) { requestChanged(username: $u) { ...R } }`+ofRequest).with(`{"u":"{user}"}`).by(Socket),
	}
}

// clients returns the documents of the Markdown pages, of the client tests and of well-known
// libraries.
func clients() []Case {
	return []Case{
		post("a page of Relay with fragments", "", Answered, relay(100)),
		post("a page of Relay in several components", "", Answered, `query Pagination($u: String!, $count: Int = 100, $cursor: Cursor) { user(username: $u) { ...List_user_1G22uz id __typename } } `+
			`fragment List_user_1G22uz on User { requests(first: $count, after: $cursor) { edges { cursor node { ...Row_request ...Head_request ...Foot_request id __typename } } pageInfo { endCursor hasNextPage } } id } `+
			`fragment Row_request on Request { id name active ticks { done skipped missed } } fragment Head_request on Request { id username startedAt endsAt } fragment Foot_request on Request { id endedAt endReason }`).with(`{"u":"{user}","cursor":null}`),
		post("pages of 100 with the newest of each", "", Answered, `query($u: String!) { requests(username: $u, first: 100) { edges { node { ...R briefings(last: 3) { edges { node { ...B } } } } } pageInfo { ...P } } }`+ofLine+ofRequest+ofPage).with(`{"u":"{user}"}`),
		post("a README sample: what there is", "", Answered, `{ user(username: "{user}") { custom activeRequest { ticks { done skipped missed } briefings(last: 3) { edges { node { text degraded counts { name count } } } } } } }`),
		post("a README sample: style and end", "", Answered, `mutation { updateCustom(username: "honest", custom: ["in English", "short"]) { custom } endBriefing(username: "honest") { endReason endedAt } }`),
		post("a README sample: a start", "", Answered, `mutation { startBriefing(input: {username: "honest", interval: 86400, endTime: "{later}"}) { id startedAt endsAt } }`),
		post("a README sample: a subscription", "", Answered, `subscription { reloadBriefing(username: "{user}", after: null) { cursor at caption counts { name count } degraded } }`).by(Socket),
		post("a document of the clients' guide", "", Answered, "subscription ($requestId: ID!, $after: Cursor) {\n  briefings(requestId: $requestId, after: $after) { cursor at caption }\n}").with(`{"requestId":"{request}"}`).by(Stream),
		post("a document of two operations", "", Answered, `query Other { __typename } mutation In($u: String!) { login(username: $u) { user { username } } }`).with(`{"u":"honest"}`).named("In"),
		post("a query over a socket", "", Answered, `{ custom(username: "{user}") }`).by(Socket),
		post("a query over a stream", "", Answered, `{ custom(username: "{user}") }`).by(Stream),
		post("a query by GET", "", Answered, `query($u: String!) { user(username: $u) { id } }`).with(`{"u":"{user}"}`).by(Get),
		post("a dashboard of 12 users", "", Answered, `{`+numbered(12, ` u#: user(username: "u#") { ...U }`)+` } fragment U on User { id username custom activeRequest { ...R briefings(last: 1) { edges { node { ...B } } } } }`+ofBriefing+ofRequest),
		post("skip and include", "", Answered, `query($a: Boolean!, $u: String!) { user(username: $u) { id custom @include(if: $a) requests(first: 3) @skip(if: $a) { edges { node { id } } } } }`).with(`{"a":true,"u":"{user}"}`),
		post("__typename in every selection", "", Answered, `query($u: String!) { __typename user(username: $u) { __typename id requests(first: 100) { __typename edges { __typename cursor node { __typename id name active ticks { __typename done skipped missed } } } pageInfo { __typename endCursor hasNextPage } } } }`).with(`{"u":"{user}"}`),
		post("a document with comments", "", Answered, repeat("# The shop's briefings of today.\n", 40)+`{ custom(username: "{user}") }`),
		post("a username that does not exist", "", notFound, `{ custom(username: "nobody at all") }`),
	}
}

// relay is a query for a page in the form of Relay's compiler.
func relay(first int) string {
	return fmt.Sprintf(`query AppQuery { requests(username: "{user}", first: %d) { edges { node { ...Row id __typename } cursor } pageInfo { ...P } } }`, first) +
		` fragment Row on Request { ...R ...Counts } fragment Counts on Request { ticks { done skipped missed } active }` + ofRequest + ofPage
}

// named sets the operation's name of a case.
func (c Case) named(operation string) Case {
	c.Call.OperationName = operation
	return c
}

// Honest returns calls of honest clients. The server must answer all of them.
func Honest() []Case {
	all := explorers()
	all = append(all, operations()...)
	all = append(all, cameras()...)
	return append(all, clients()...)
}
