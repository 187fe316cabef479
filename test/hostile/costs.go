package hostile

import "strings"

// roots returns operations with many root fields. Each root field does work.
func roots() []Case {
	return []Case{
		post("140 logins", "A dictionary of passwords is tried in one call.", costly,
			`mutation {`+numbered(140, ` a#: login(username: "u#", password: "p") { token }`)+` }`),
		post("6 logins", "The document has one login too many.", costly,
			`mutation {`+numbered(6, ` a#: login(username: "u#") { token }`)+` }`),
		post("20 logins by fragments", "The logins come from fragments.", costly,
			`mutation { ...A ...B ...C ...D } `+each(4, func(i int) string {
				return ` fragment ` + string(rune('A'+i)) + ` on Mutation {` + numbered(5, ` f`+number(i)+`#: login(username: "u#") { token }`) + ` }`
			})),
		post("40 logins in inline fragments", "The logins are in inline fragments.", costly,
			`mutation {`+numbered(40, ` ... on Mutation { a#: login(username: "u#") { token } }`)+` }`),
		post("40 summaries under aliases", "Each summary reads a request's briefings and may ask a model.", costly,
			`{`+numbered(40, ` a#: aiSummary(requestId: "{request}") { text }`)+` }`),
		post("19 summaries under aliases", "The root fields are below the limit, but their cost is not.", costly,
			`{`+numbered(19, ` a#: aiSummary(requestId: "{request}") { text }`)+` }`),
		post("summaries by fragments", "One summary is spread under many names.", costly,
			`{`+numbered(18, ` ... { a#: aiSummary(requestId: "{request}") { text source } }`)+` }`),
		post("100 users under aliases", "One document guesses a hundred names of users.", costly,
			`{`+numbered(100, ` a#: user(username: "u#") { id }`)+` }`),
		post("60 starts in one document", "Each start replaces the one before.", costly,
			`mutation {`+numbered(60, ` a#: startBriefing(input: {username: "u", interval: 9, endTime: "6:30 PM"}) { id }`)+` }`),
		post("50 briefings added in one document", "Each root field adds a row and wakes subscribers.", costly,
			`mutation {`+numbered(50, ` a#: addBriefing(input: {requestId: "{request}", caption: "x"}) { id }`)+` }`),
		post("21 root fields", "The document has one root field too many.", costly,
			`{`+numbered(21, " a#: __typename")+` }`),
	}
}

// pages returns documents that select pages of pages.
func pages() []Case {
	const all = `edges { node { id caption text at degraded counts { name count } } }`
	return []Case{
		post("pages of 500 in pages of 500", "One call selects 250,000 briefings.", costly,
			`{ requests(username: "{user}", first: 500) { edges { node { briefings(first: 500) { `+all+` } } } } }`),
		post("pages of 500 in variables", "The size of a page is a variable.", costly,
			`query($n: Int) { requests(username: "{user}", first: $n) { edges { node { briefings(first: $n) { `+all+` } } } } }`).with(`{"n":500}`),
		post("pages of 500 by a default value", "The size of a page is a variable's default.", costly,
			`query($n: Int = 500) { requests(username: "{user}", first: $n) { edges { node { briefings(first: $n) { `+all+` } } } } }`),
		post("pages of 500 under 19 aliases", "One page is selected under many names.", costly,
			`{`+numbered(19, ` a#: briefings(requestId: "{request}", first: 500) { `+all+` }`)+` }`),
		post("pages of 500 from the end", "Only last is given, by a variable.", costly,
			`query($n: Int) { requests(username: "{user}", first: 200) { edges { node { briefings(last: $n) { `+all+` } } } } }`).with(`{"n":500}`),
		post("first and last together", "The larger of two sizes decides.", costly+"|"+input,
			`{ requests(username: "{user}", first: 300) { edges { node { briefings(first: 1, last: 500) { `+all+` } } } } }`),
		post("a page of 2147483647", "A product of page sizes overflows.", costly+"|"+input,
			`{ requests(username: "{user}", first: 2147483647) { edges { node { briefings(first: 2147483647) { edges { cursor } } } } } }`),
		post("a page of 99999999999999999999", "A size does not fit any machine word.", costly+"|"+input+"|"+invalid,
			`{ requests(username: "{user}", first: 99999999999999999999) { edges { node { briefings(first: 500) { `+all+` } } } } }`),
		post("a page of -1", "A negative size makes the cost negative.", costly+"|"+input,
			`{ requests(username: "{user}", first: -1) { edges { cursor } } }`),
		post("negative pages next to large ones", "A negative cost may offset a large page.", costly+"|"+input,
			`{ a: requests(username: "{user}", first: -2000000000) { edges { node { id username name } } } b: requests(username: "{user}", first: 500) { edges { node { briefings(first: 500) { `+all+` } } } } }`),
		post("a page of 0", "An empty page contains a selection of a page.", costly+"|"+input,
			`{ requests(username: "{user}", first: 0) { edges { node { briefings(first: 500) { edges { cursor } } } } } }`),
		post("a page of 1e9", "A size is a whole number written as a float.", invalid+"|"+input+"|"+costly,
			`{ requests(username: "{user}", first: 1e9) { edges { node { briefings(first: 1e9) { `+all+` } } } } }`),
		post("a page of 1e9 in variables", "A size is a float in JSON.", invalid+"|"+input+"|"+costly,
			`query($n: Int) { requests(username: "{user}", first: $n) { edges { node { briefings(first: $n) { `+all+` } } } } }`).with(`{"n":1e9}`),
		post("a page of 500.0 in variables", "A count of integers may ignore a float.", invalid+"|"+input+"|"+costly,
			`query($n: Int) { requests(username: "{user}", first: $n) { edges { node { briefings(first: $n) { `+all+` } } } } }`).with(`{"n":500.0}`),
		post("a page as a string", "Some servers convert text to a number.", invalid+"|"+input+"|"+costly,
			`query($n: Int) { requests(username: "{user}", first: $n) { edges { node { briefings(first: $n) { `+all+` } } } } }`).with(`{"n":"500"}`),
		post("a page of null", "A null size means the default, which multiplies, too.", costly,
			`query($n: Int) { a: requests(username: "{user}", first: $n) { edges { node { briefings(first: $n) { edges { node { id caption text at degraded cursor requestId counts { name count } } } } } } } b: requests(username: "{user}") { edges { node { briefings { `+all+` } } } } }`).with(`{"n":null}`),
		post("default pages in default pages", "No size is written at all.", costly,
			`{ user(username: "{user}") { requests { edges { node { briefings { `+all+` } } } } b: requests { edges { node { briefings { `+all+` } } } } } }`),
		post("a page by fragments", "The large page is in a fragment that is spread in a page.", costly,
			`{ requests(username: "{user}", first: 500) { edges { node { ...B } } } } fragment B on Request { briefings(first: 500) { edges { node { ...N } } } } fragment N on Briefing { id caption text }`),
		post("19 pages of 500 without a row", "The store reads pages although no field of their rows is selected.", costly,
			`{`+numbered(19, ` a#: briefings(requestId: "{request}", first: 500) { __typename }`)+` }`),
		post("10 pages of 500 cursors", "The store reads rows although only their cursors are selected.", costly,
			`{`+numbered(10, ` a#: briefings(requestId: "{request}", first: 500) { edges { cursor } }`)+` }`),
		post("10 requests with 500 rows each", "A short page has long pages below it.", costly,
			`{ requests(username: "{user}", first: 10) { edges { node { briefings(first: 500) { __typename } } } } }`),
		post("a page under 49 aliases below a field", "The page of one request is read many times.", costly,
			`{ user(username: "{user}") { activeRequest {`+numbered(45, ` a#: briefings(first: 100) { pageInfo { endCursor } }`)+` } } }`),
		post("a huge cursor", "A cursor of 12 KB is decoded.", cursor,
			`{ requests(username: "{user}", after: "`+repeat("A", 12_000)+`") { edges { cursor } } }`),
	}
}

// introspection returns expensive introspections.
func introspection() []Case {
	whole := asked{descriptions: true, specifiedBy: true, repeatable: true, schema: true, old: true, levels: 9}.document()
	body, rest, _ := strings.Cut(whole[strings.Index(whole, "__schema"):], " fragment FullType")
	twice := "query IntrospectionQuery { " + strings.TrimSuffix(body, " }") + " b: " + body + " fragment FullType" + rest
	const all = `name description fields { name description args { name description type { name } } type { name kind } }`
	return []Case{
		post("types of fields of types of fields", "A short document selects megabytes of the schema.", invalid+"|"+costly,
			`{ __schema { types { fields { type { fields { type { fields { type { name description } } } } } } } } }`),
		post("all types of all arguments", "Arguments lead to types, which have arguments.", invalid+"|"+costly,
			`{ __schema { types { fields { args { type { inputFields { type { inputFields { type { name } } } } } } type { fields { args { name description type { fields { name description } } } } } } } } }`),
		post("the schema under 19 aliases", "The whole schema is answered many times.", costly,
			`{`+numbered(19, ` a#: __schema { types { `+all+` } }`)+` }`),
		post("the schema by 40 fragments", "Fragments spread the same walk under other names.", costly,
			`{ __schema {`+numbered(40, ` ...F#`)+` } }`+numbered(40, ` fragment F# on __Schema { a#: types { `+`name fields { name type { name fields { name } } }`+` } }`)),
		post("40 times __type", "Each field selects a type by name.", costly,
			`{`+numbered(40, ` a#: __type(name: "Query") { `+all+` }`)+` }`),
		post("__type with a name of 14 KB", "A name is compared with all names.", Answered,
			`{ __type(name: "`+repeat("Q", 14_000)+`") { name } }`),
		post("__type that leads back to its fields", "Each level selects the list of all fields of a type.", invalid+"|"+costly,
			`{ __type(name: "Query") { fields { type { fields { type { fields { type { fields { name } } } } } } } } }`),
		post("possible types of everything", "The list of possible types is built again for each type.", Answered+"|"+costly,
			`{ __schema { types { possibleTypes { name } interfaces { name } enumValues { name } inputFields { name } } } }`),
		post("ofType 13 levels deep", "The chain of ofType is deeper than any type.", Answered+"|"+costly,
			`{ __type(name: "Query") {`+nested(12, " ofType {", " name", " }")+` } }`),
		post("all of the introspection on a subscription", "The introspection is part of a subscription.", invalid+"|"+costly,
			`subscription { __schema { types { `+all+` } } }`),
		post("two whole introspections", "One document contains the largest honest document twice.", costly,
			strings.Replace(twice, "__schema", "a: __schema", 1)),
		post("aliases that multiply by fragments", "A kilobyte selects hundreds of millions of names: 16 by 16 by 16 by 16 for each field.", costly,
			`{ __schema { types { ...A } } } fragment A on __Type {`+numbered(16, " a#: fields { ...B }")+` } fragment B on __Field {`+numbered(16, " b#: args { ...C }")+` type { ...D } } fragment C on __InputValue {`+
				numbered(8, " c#: type { ...D }")+` } fragment D on __Type {`+numbered(9, " d#: name")+` }`),
		post("few aliases that multiply by fragments", "The fields are few enough to be expanded, and their answer is not.", costly,
			`{ __schema { types { ...A } } } fragment A on __Type {`+numbered(9, " a#: fields { ...B }")+` } fragment B on __Field {`+numbered(9, " b#: args { ...C }")+` } fragment C on __InputValue {`+numbered(9, " c#: type { name kind }")+` }`),
		post("6 walks over the schema", "One walk is cheap, but six are expensive.", costly,
			`{`+numbered(6, ` a#: __schema { types { `+all+` } }`)+` }`),
		post("40 lists of the types", "Each list of the types is sorted again.", costly,
			`{ __schema {`+numbered(40, " a#: types { name }")+` } }`),
		post("34 times the fields of all types", "Fields with one name are compared and merged.", costly,
			`{ __schema { types {`+repeat(" fields { name description }", 34)+` } } }`),
		post("the introspection circular query of the cheat sheets", "graphql-cop's test selects fields of types of fields.", invalid+"|"+costly,
			`query cop { __schema { types { fields { type { fields { type { fields { type { fields { type { name } } } } } } } } } } }`),
		post("directives of the schema, nested", "Directives have arguments, which have types.", invalid+"|"+costly,
			`{ __schema { directives { args { type { fields { type { fields { type { fields { args { name description } name } } } } } } } } } }`),
	}
}
