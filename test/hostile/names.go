package hostile

import "net/url"

// scripts are units of text that are slow to compose, to compare or to search.
var scripts = []struct{ name, unit string }{
	{"accents", "e\u0301"},
	{"jamo", "\u1100\u1161"},
	{"two marks", "\u0301\u0323"},
	{"composed Hangul", "김"},
	{"wide blanks", "\u3000"},
	{"tags", "\U000e0067"},
	{"joiners", "\u200d"},
	{"digits", "0"},
}

// names returns documents that use a long text of a variable again and again.
func names() []Case {
	var all []Case
	for _, s := range scripts {
		long, half := text(s.unit, 124_000), text(s.unit, 60_000)
		short := text(s.unit, 1_000)
		add := func(name, want, query, value string) Case {
			c := post(name+" of "+s.name, "A text is composed or measured at each use.", want, query)
			return c.with(`{"c":` + quote(value) + `}`)
		}
		users := `query($c: String!) {` + numbered(20, ` a#: user(username: $c) { id }`) + ` }`
		logins := `mutation($c: String!) {` + numbered(5, ` a#: login(username: $c) { token }`) + ` }`
		starts := `mutation($c: String!) {` + numbered(5, ` a#: startBriefing(input: {username: $c, interval: 5, endTime: "{later}"}) { id }`) + ` }`
		ends := `mutation($c: String!) {` + numbered(5, ` a#: endBriefing(username: $c) { id }`) + ` }`
		lines := `mutation($c: String!) {` + numbered(5, ` a#: updateCustom(username: "{user}", custom: [$c]) { id }`) + ` }`
		captions := `mutation($c: String!) {` + numbered(5, ` a#: addBriefing(input: {requestId: "{request}", caption: $c}) { id }`) + ` }`
		clocks := `mutation($c: String!) {` + numbered(5, ` a#: startBriefing(input: {username: "{user}", interval: 5, endTime: $c}) { id }`) + ` }`
		watch := `subscription($c: String!) { requestChanged(username: $c) { id } }`
		all = append(all,
			add("20 users", costly, users, long),
			add("20 users over a socket", costly, users, half).by(Socket),
			add("20 users over a stream", costly, users, long).by(Stream),
			add("20 users of 1 KB", Answered, users, short),
			add("20 users of 1 KB over a socket", Answered, users, short).by(Socket),
			add("one user", Answered, `query($c: String!) { user(username: $c) { id } }`, long),
			add("two users", Answered, numbered(1, `query($c: String!) { a: user(username: $c) { id } b: user(username: $c) { id } }`), long),
			add("5 logins", costly+"|"+input, logins, half+half),
			add("5 logins of 1 KB", input, logins, short),
			add("5 starts", costly, starts, half+half),
			add("5 ends", costly, ends, half+half),
			add("5 lists of lines", costly, lines, half+half),
			add("5 captions", costly, captions, half+half),
			add("5 end times", costly, clocks, half+half),
			add("one caption", input, `mutation($c: String!) { addBriefing(input: {requestId: "{request}", caption: $c}) { id } }`, long),
			add("one end time", input, `mutation($c: String!) { startBriefing(input: {username: "{user}", interval: 5, endTime: $c}) { id } }`, long),
			add("a watched name", notFound+"|"+Answered+"|"+costly, watch, half).by(Stream),
		)
	}
	return all
}

// text returns a text of about n bytes.
func text(unit string, n int) string { return repeat(unit, n/len(unit)) }

// oldNames returns calls of old paths with long texts.
func oldNames() []Case {
	var all []Case
	add := func(door Door, name, want, path, body string) {
		all = append(all, Case{
			Name: name, Attack: "An old path composes or measures a text.", Door: door, Want: want,
			Call: Call{Path: path, Raw: body},
		})
	}
	for _, s := range scripts {
		name, escaped := text(s.unit, 125_000), url.QueryEscape(text(s.unit, 40_000))
		for path, want := range map[string]string{
			"/login": "500", "/endBriefing": Answered, "/getCustom": "404", "/getAllRequest": Answered,
		} {
			add(Form, path+" of 125 KB of "+s.name, want, path, "username="+name)
			add(Form, path+" of 40 KB of escaped "+s.name, want, path, "username="+escaped)
		}
		add(Form, "/login of 900 KB of "+s.name, "413", "/login", "username="+text(s.unit, 900_000))
		add(Form, "/updateCustom of "+s.name, Answered, "/updateCustom", "custom_list=%5B%22a%22%5D&username="+name)
		add(Form, "/updateCustom with a line of "+s.name, "500", "/updateCustom", `username={user}&custom_list=["`+name+`"]`)
		add(Form, "/getBriefing of "+s.name, "404", "/getBriefing", "request_id="+name)
		short := url.QueryEscape(text(s.unit, 12_000))
		add(OldSocket, "/ws of "+s.name, "1008", "/ws?interval=5&endtime=18:30&username="+short, "")
		add(OldSocket, "/ws with an end time of "+s.name, "1008", "/ws?username={user}&interval=5&endtime="+short, "")
		add(OldSocket, "/reloadBriefing of "+s.name, Answered, "/reloadBriefing?username="+short, "")
		long := url.QueryEscape(text(s.unit, 30_000))
		if len(long) > 60_000 {
			add(OldSocket, "/ws of 30 KB of "+s.name, "431", "/ws?interval=5&endtime=18:30&username="+long, "")
		}
	}
	add(Form, "20,000 lines", "500", "/updateCustom", `username={user}&custom_list=[`+repeat(`"a",`, 20_000)+`"a"]`)
	add(Form, "60 KB of lists", "500", "/updateCustom", `username={user}&custom_list=`+nested(30_000, "[", "", "]"))
	add(Form, "30,000 fields", "400", "/login", repeat("a=1&", 30_000))
	add(Form, "120,000 separators", "400", "/login", repeat("&", 120_000))
	add(Form, "999 fields", "422", "/login", repeat("a=1&", 999))
	parts := repeat("--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n\r\n", 2_400)
	add(Form, "2,400 parts", "400", "/login", parts+"--b--\r\n")
	all[len(all)-1].Call.Type = "multipart/form-data; boundary=b"
	return all
}

// shared returns documents whose fields share large variables.
func shared() []Case {
	const one = `addBriefing(input: {requestId: "{request}", caption: "a", counts: $c}) { id }`
	counts := func(n int) string {
		return `{"c":[` + repeat(`{"name":"a","count":1},`, n-1) + `{"name":"a","count":1}]}`
	}
	lines := func(n int) string { return `{"c":[` + repeat(`"a",`, n-1) + `"a"]}` }
	ids := `{"c":"` + repeat("A", 100_000) + `"}`
	return []Case{
		post("1,300 counts", "A list is coerced before its length is checked.", costly, `mutation($c: [ObjectCountInput!]) { `+one+` }`).with(counts(1_300)),
		post("1,300 counts shared by 5 fields", "Each use of a list converts it again.", costly, `mutation($c: [ObjectCountInput!]) {`+numbered(5, ` a#: `+one)+` }`).with(counts(1_300)),
		post("450 counts shared by 5 fields", "Each use of a list converts it again.", costly+"|"+input, `mutation($c: [ObjectCountInput!]) {`+numbered(5, ` a#: `+one)+` }`).with(counts(450)),
		post("450 counts", "A list is longer than the field's limit.", input, `mutation($c: [ObjectCountInput!]) { `+one+` }`).with(counts(450)),
		post("1,300 counts in an input shared by 5 fields", "Each use of an object converts it again.", costly, `mutation($c: AddBriefingInput!) {`+numbered(5, ` a#: addBriefing(input: $c) { id }`)+` }`).
			with(`{"c":{"requestId":"{request}","caption":"a","counts":[` + repeat(`{"name":"a","count":1},`, 1_299) + `{"name":"a","count":1}]}}`),
		post("3,900 lines shared by 5 fields", "Each use of a list converts it again.", costly, `mutation($c: [String!]!) {`+numbered(5, ` a#: updateCustom(username: "{user}", custom: $c) { id }`)+` }`).with(lines(3_900)),
		post("1,400 lines", "A list is longer than the field's limit.", input, `mutation($c: [String!]!) { updateCustom(username: "{user}", custom: $c) { id } }`).with(lines(1_400)),
		post("an id of 100 KB shared by 20 fields", "Each use of an id copies it.", costly, `query($c: ID!) {`+numbered(20, ` a#: request(id: $c) { id }`)+` }`).with(ids),
		post("a cursor of 100 KB shared by 18 fields", "Each use of a cursor decodes it.", costly, `query($c: Cursor) {`+numbered(18, ` a#: request(id: "{request}") { briefings(after: $c) { edges { cursor } } }`)+` }`).with(ids),
		post("a cursor of 100 KB below a page", "Each row of a page uses the cursor.", costly, `query($c: Cursor) { requests(username: "{user}", first: 10) { edges { node { briefings(after: $c) { edges { cursor } } } } } }`).with(ids),
		post("2,000 objects in an unused variable", "Each object is decoded into a map.", Answered, `{ __typename }`).with(`{"v":[` + repeat(`{"a":1},`, 1_990) + `1]}`),
		post("a long text in a fragment used 18 times", "A text in the document counts at each use.", costly, `{`+numbered(18, ` a#: requests(username: "a", first: 1) { ...F }`)+` } fragment F on RequestConnection { edges { node { briefings(after: "`+repeat("A", 13_000)+`") { edges { cursor } } } } }`),
	}
}

// chains returns documents with few fields and many spreads.
func chains() []Case {
	places := func(n, spreads int) string {
		return `{` + numbered(n, ` a#: request(id: "a") {`+repeat(" ...F0", spreads)+` }`) + ` }`
	}
	return []Case{
		post("a chain of 50 spreads at 612 places", "Validation follows each spread of each place.", costly,
			places(18, 34)+linked(50, ` fragment F# on Request { ...F+ }`)+` fragment F50 on Request { id }`),
		post("a chain of 55 spreads at 630 places", "Validation follows each spread of each place.", costly,
			places(18, 35)+linked(55, ` fragment F# on Request { ...F+ }`)+` fragment F55 on Request { id }`),
		post("a chain of 50 spreads at 80 places", "The number of spreads is below the limit.", Answered,
			places(8, 10)+linked(50, ` fragment F# on Request { ...F+ }`)+` fragment F50 on Request { id }`),
		post("a chain of inline fragments at 306 places", "Inline fragments nest without fields.", costly,
			places(18, 17)+linked(20, ` fragment F# on Request { `+nested(6, "... { ", "...F+", " }")+` }`)+` fragment F20 on Request { id }`),
	}
}

// paths returns calls of pages and files.
func paths() []Case {
	page := func(path, attack, want string) Case {
		return Case{Name: "GET " + path, Attack: attack, Want: want, Door: Page, Call: Call{Path: path}}
	}
	const unpacked = "A caller that accepts no compression makes the server unpack the file."
	return []Case{
		page("/explorer/playground.js", unpacked, Answered),
		page("/explorer/graphiql.js", unpacked, Answered),
		page("/explorer/graphiql.css", unpacked, Answered),
		page("/metrics", "Each call collects all metrics.", Answered),
		page("/openapi.json", "The document is long.", Answered),
		page("//graphql", "The path is cleaned by a redirect.", "307"),
	}
}
