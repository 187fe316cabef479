package hostile

// values returns documents with hostile arguments.
func values() []Case {
	return []Case{
		post("a list of 1,900 values", "Each value of a list is checked against its type.", costly,
			`mutation { updateCustom(username: "a", custom: [`+repeat(`"a" `, 1_900)+`]) { id } }`),
		post("a list of 11 lines", "The list is longer than the field's limit.", input,
			`mutation { updateCustom(username: "a", custom: [`+repeat(`"a" `, 11)+`]) { id } }`),
		post("300 lists in a list", "Nested lists do not match the type.", invalid+"|"+costly,
			`mutation { updateCustom(username: "a", custom: [`+repeat(`["a"] `, 300)+`]) { id } }`),
		post("400 counts in one briefing", "An input contains hundreds of objects.", costly,
			`mutation { addBriefing(input: {requestId: "{request}", caption: "a", counts: [`+repeat(` {name: "person", count: 1}`, 400)+`]}) { id } }`),
		post("a caption of 14 KB", "The text is longer than the field's limit.", input,
			`mutation { addBriefing(input: {requestId: "{request}", caption: "`+repeat("a", 14_000)+`"}) { id } }`),
		post("a username of 14 KB of marks", "Combining marks slow down normalisation.", input+"|"+notFound,
			`mutation { login(username: "a`+repeat("\u0316\u0300", 3_500)+`") { token } }`),
		post("an end time of 14 KB", "The parser of end times tries every form on a long text.", input,
			`mutation { startBriefing(input: {username: "a", interval: 5, endTime: "`+repeat("오후 6시 ", 1_100)+`"}) { id } }`),
		post("an interval beyond its bounds", "A whole number exceeds 32 bits.", invalid+"|"+input,
			`mutation { startBriefing(input: {username: "a", interval: 99999999999999999999, endTime: "18:30"}) { id } }`),
		post("a field of an input 200 times", "Fields with one name in an input are compared.", invalid+"|"+costly,
			`mutation { startBriefing(input: {`+repeat(` interval: 1`, 200)+`}) { id } }`),
		post("an id of 14 KB", "A malformed id is looked up.", Answered,
			`{ request(id: "`+repeat("0", 14_000)+`") { id } }`),
	}
}

// variables returns documents with hostile variables.
func variables() []Case {
	const lines = `mutation($c: [String!]!) { updateCustom(username: "{user}", custom: $c) { id } }`
	const count = `mutation($i: AddBriefingInput!) { addBriefing(input: $i) { id } }`
	const none = `{ __typename }`
	return []Case{
		post("200,000 values in a variable", "A list in JSON has no bound of its own.", costly+"|413|400", lines).with(`{"c":[` + repeat(`"a",`, 200_000) + `"a"]}`),
		post("400,000 numbers in an unused variable", "An unused variable is decoded.", costly+"|413|400", none).with(`{"c":[` + repeat(`1,`, 400_000) + `1]}`),
		post("20,000 values in a variable", "A list of 80 KB is coerced value by value.", costly+"|400", lines).with(`{"c":[` + repeat(`"a",`, 20_000) + `"a"]}`),
		post("20,000 counts in a variable", "Objects in a list are coerced field by field.", costly+"|413|400", count).with(`{"i":{"requestId":"{request}","caption":"a","counts":[` + repeat(`{"name":"a","count":1},`, 20_000) + `{"name":"a","count":1}]}}`),
		post("50,000 variables", "Variables that no operation declares are decoded.", costly+"|413|400", none).with(`{` + numbered(50_000, `"v#":1,`) + `"z":1}`),
		post("50,000 times one variable", "Keys that repeat replace each other.", costly+"|413|400", none).with(`{` + repeat(`"v":[1],`, 50_000) + `"z":1}`),
		post("9,000 lists in each other", "JSON nests up to the limit of its decoder.", costly+"|400|"+input, none).with(`{"v":` + nested(9_000, "[", "1", "]") + `}`),
		post("9,000 objects in each other", "Objects nest up to the limit of the decoder.", costly+"|400|"+input, none).with(`{"v":` + nested(9_000, `{"a":`, "1", "}") + `}`),
		post("400,000 lists in each other", "JSON nests deeper than any stack.", costly+"|400|413", none).with(`{"v":` + nested(400_000, "[", "1", "]") + `}`),
		post("a deep variable of a known type", "A value of a wrong type is still walked.", costly+"|400|"+input, count).with(`{"i":{"counts":` + nested(500, "[", `{"name":"a","count":1}`, "]") + `}}`),
		post("a string of 900 KB in a variable", "Only the body's limit bounds the text.", costly+"|413|"+input, `query($u: String!) { user(username: $u) { id } }`).with(`{"u":"` + repeat("a", 900_000) + `"}`),
		post("a string of 100 KB in a variable", "The text is almost as long as the limit of bodies.", Answered+"|"+costly+"|"+input, `query($u: String!) { user(username: $u) { id } }`).with(`{"u":"` + repeat("a", 100_000) + `"}`),
		post("4,000 values in an unused variable", "The number of values is just below the limit.", Answered+"|"+costly+"|400", none).with(`{"v":[` + repeat("[],", 1_900) + `1]}`),
		post("a number of 100,000 digits in a variable", "A number in JSON may have any length.", costly+"|"+invalid+"|"+input, `query($n: Int) { requests(username: "a", first: $n) { edges { cursor } } }`).with(`{"n":` + repeat("9", 100_000) + `}`),
		post("a number with an exponent of 9 digits", "The exponent expands the decimal number.", invalid+"|"+input+"|"+costly, `query($n: Int) { requests(username: "a", first: $n) { edges { cursor } } }`).with(`{"n":1e999999999}`),
		post("an id that is a huge number", "An id is given as a number.", Answered+"|"+input, `query($i: ID!) { request(id: $i) { id } }`).with(`{"i":` + repeat("9", 5_000) + `}`),
		post("a variable of the wrong type", "An object is given for a string.", invalid+"|"+input, `query($u: String!) { user(username: $u) { id } }`).with(`{"u":{"a":[1,2,{"b":null}]}}`),
		post("a missing variable", "A required variable is missing.", invalid+"|"+input, `query($u: String!) { user(username: $u) { id } }`),
		post("variables that are a list", "Variables must be an object.", "400", none).with(`[1,2,3]`),
		post("15,000 escapes in a variable", "Escapes of JSON are decoded one by one.", Answered+"|"+costly+"|"+input, `query($u: String!) { user(username: $u) { id } }`).with(`{"u":"` + repeat(`\u0061`, 15_000) + `"}`),
		post("half surrogates in a variable", "An escape of JSON is half of a character.", Answered+"|"+input+"|"+costly, `query($u: String!) { user(username: $u) { id } }`).with(`{"u":"` + repeat(`\ud83d`, 1_000) + `"}`),
		post("names of variables of 100 KB", "A key of JSON may have any length.", costly+"|413|"+Answered, none).with(`{"` + repeat("k", 100_000) + `":1}`),
	}
}

// definitions returns documents with hostile declarations of variables.
func definitions() []Case {
	return []Case{
		post("400 variables declared", "The validator searches all selections for each variable.", costly,
			`query(`+numbered(400, ` $v#: Int`)+`) { __typename }`),
		post("190 unused variables", "Each unused variable causes an error.", invalid,
			`query(`+numbered(190, ` $v#: Int`)+`) { __typename }`),
		post("190 variables of one name", "Definitions with one name are compared.", invalid,
			`query(`+repeat(` $v: Int`, 190)+`) { __typename }`),
		post("190 undefined variables", "Each undefined variable causes an error.", invalid+"|"+costly,
			`{`+numbered(18, ` a#: requests(username: $v#, first: $w#, after: $x#) { edges { cursor } }`)+` }`),
		post("15 operations with 3 variables by 30 fragments", "Each operation searches all fragments for its variables.", invalid,
			numbered(15, ` query Q#(`+repeat("$a: Int ", 3)+`) { ...F0 }`)+linked(30, ` fragment F# on Query { ... on Query { ...F+ } }`)+` fragment F30 on Query { user(username: $z) { id } }`),
		post("20 operations with 10 variables over 30 fragments", "Each operation checks all uses in all fragments.", invalid+"|"+costly,
			each(20, func(i int) string {
				return ` query Q` + number(i) + `(` + numbered(10, "$v#: Int ") + `) { user(username: "a") {` + numbered(30, " ...F#") + ` } }`
			})+numbered(30, ` fragment F# on User { requests(first: $v1) { pageInfo { hasNextPage } } }`)),
		post("a default value of 1,500 values", "Defaults are checked against their type.", costly,
			`query($v: [String!] = [`+repeat(`"a" `, 1_500)+`]) { __typename }`),
		post("a default value that nests", "Defaults nest like arguments.", costly,
			`query($v: [String!] = `+nested(300, "[", `"a"`, "]")+`) { __typename }`),
		post("a default that uses a variable", "A default may not depend on a variable.", invalid+"|"+parse,
			`query($a: Int = $b, $b: Int = $a) { requests(username: "a", first: $a, after: $b) { edges { cursor } } }`),
		post("variables in places that do not fit", "Each use of a variable is checked against its place.", invalid+"|"+costly,
			`query($v: [[[Int]]]) {`+numbered(18, ` a#: requests(username: $v, first: $v, after: $v) { edges { cursor } }`)+` }`),
	}
}
