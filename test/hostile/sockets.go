package hostile

// The cases in this file are operations over a socket or a stream.
const (
	one    = `subscription { briefings(requestId: "{request}") { id } }`
	wanted = "id cursor requestId at caption text degraded"
)

// subscriptions returns operations that are hostile over every transport.
func subscriptions(d Door, by string) []Case {
	sub := func(name, attack, want, query string) Case { return post(name+by, attack, want, query).by(d) }
	return []Case{
		sub("a subscription with 15 roots", "One subscription selects 15 streams.", invalid+"|"+costly,
			`subscription {`+numbered(15, ` a#: briefings(requestId: "{request}") { id }`)+` }`),
		sub("a subscription with 300 roots", "One subscription selects 300 streams.", costly,
			`subscription {`+numbered(300, ` a#: briefings(requestId: "{request}") { id }`)+` }`),
		sub("a subscription with roots by fragments", "The second stream is in a fragment.", invalid+"|"+costly,
			`subscription { ...A ...B } fragment A on Subscription { a: briefings(requestId: "{request}") { id } } fragment B on Subscription { b: briefings(requestId: "{request}") { id } }`),
		sub("a subscription without a root", "The only field is skipped.", invalid+"|"+costly,
			`subscription { briefings(requestId: "{request}") @skip(if: true) { id } }`),
		sub("a subscription that doubles", "Each briefing is answered 2^12 times.", costly,
			`subscription { briefings(requestId: "{request}") { ...F0 } }`+linked(12, ` fragment F# on Briefing { a#: id ...F+ ...F+ }`)+` fragment F12 on Briefing { id }`),
		sub("a subscription with 600 aliases", "Each briefing is answered 600 times.", costly,
			`subscription { briefings(requestId: "{request}") {`+numbered(600, " a#: text")+` } }`),
		sub("a subscription that repeats a field", "Fields with one name are compared.", costly,
			`subscription { briefings(requestId: "{request}") {`+repeat(" text", 900)+` } }`),
		sub("a cycle in a subscription", "A fragment spreads itself.", invalid+"|"+costly,
			`subscription { ...A } fragment A on Subscription { ...A }`),
		sub("140 logins", "A mutation is sent over a subscription's transport.", costly,
			`mutation {`+numbered(140, ` a#: login(username: "u#") { token }`)+` }`),
		sub("pages of pages", "A query is sent over a subscription's transport.", costly,
			`{ requests(username: "{user}", first: 500) { edges { node { briefings(first: 500) { edges { node { `+wanted+` } } } } } } }`),
		sub("a forged cursor", "The cursor belongs to another request.", cursor,
			`subscription { briefings(requestId: "{request}", after: "`+repeat("A", 40)+`") { id } }`),
		sub("a subscription to a missing request", "An id is guessed.", notFound,
			`subscription { briefings(requestId: "000000000000000000000000") { id } }`),
	}
}

func streams() []Case {
	return append(subscriptions(Stream, " over a stream"),
		raw("a batch over a stream", "An array of subscriptions is sent.", "400", `[{"query":"{ __typename }"}]`).by(Stream),
		post("40,000 values in a variable over a stream", "The variables are sent to an event stream.", costly+"|413|400", one).with(`{"v":[`+repeat("1,", 40_000)+`1]}`).by(Stream),
	)
}

// sockets returns the cases over a socket, including messages that break the protocol.
func sockets() []Case {
	message := func(name, attack, want, text string) Case { return raw(name, attack, want, text).by(Socket) }
	return append(subscriptions(Socket, " over a socket"),
		post("20,000 values in a variable over a socket", "The variables are sent over a socket.", costly+"|1009|4400", one).with(`{"v":[`+repeat("1,", 20_000)+`1]}`).by(Socket),
		post("7,000 lists in each other over a socket", "JSON nests in a socket's message.", costly+"|4400|1009", one).with(`{"v":`+nested(7_000, "[", "1", "]")+`}`).by(Socket),
		message("a message of 200 KB", "A message is longer than it may be.", "1009", `{"id":"1","type":"subscribe","payload":{"query":"`+repeat("a", 200_000)+`"}}`),
		message("a message that is no JSON", "A message cannot be read.", "4400", repeat("<", 60_000)),
		message("a message of 60,000 brackets", "JSON nests before anything is known of it.", "4400", repeat("[", 60_000)),
		message("a message of unknown type", "The protocol has no such message.", "4400", `{"id":"1","type":"start","payload":{"query":"{ __typename }"}}`),
		message("a subscribe without an id", "An operation without an id cannot be ended.", "4400", `{"type":"subscribe","payload":{"query":"{ __typename }"}}`),
		message("a subscribe with an id of 50 KB", "Each answer repeats the id.", "4400|"+Answered+"|"+costly, `{"id":"`+repeat("i", 50_000)+`","type":"subscribe","payload":{"query":"{ __typename }"}}`),
		message("a second init", "A socket is initialised once.", "4429", `{"type":"connection_init"}`),
		message("a payload that is a list", "An operation must be an object.", "4400", `{"id":"1","type":"subscribe","payload":[1]}`),
		message("a message with 4,000 equal keys", "Keys that repeat replace each other.", "4400|"+Answered, `{`+repeat(`"id":"1",`, 4_000)+`"id":"1","type":"subscribe","payload":{"query":"{ __typename }"}}`),
	)
}
