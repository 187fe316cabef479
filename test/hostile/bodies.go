package hostile

import (
	"crypto/sha256"
	"encoding/hex"
)

// bodies returns cases that attack the parsing of HTTP and JSON.
func bodies() []Case {
	typed := func(name, attack, want, kind, body string) Case {
		c := raw(name, attack, want, body)
		c.Call.Type = kind
		return c
	}
	packed := raw("a compressed body", "A small body may grow a thousandfold.", "415", "\x1f\x8b\x08\x00\x00\x00\x00\x00")
	packed.Call.Encoding = "gzip"
	headed := func(name, attack, want string, head Call) Case {
		head.Query = "{ __typename }"
		return Case{Name: name, Attack: attack, Want: want, Call: head}
	}
	return []Case{
		headed("10,000 media types in Accept", "Each media type is parsed and compared.", Answered+"|400|431", Call{Accept: repeat("a/b;q=0.1,", 10_000) + "application/json"}),
		headed("one media type with 5,000 parameters", "Parameters are kept in a map.", Answered+"|400|415|431", Call{Accept: "application/json" + numbered(5_000, ";a#=1")}),
		headed("a Content-Type with 5,000 parameters", "Parameters are kept in a map.", Answered+"|400|415|431", Call{Type: "application/json" + numbered(5_000, ";a#=1")}),
		headed("10,000 codings of a body", "Each coding is parsed and checked.", Answered+"|415|431", Call{Encoding: repeat("identity,", 10_000) + "identity"}),
		headed("10,000 media types in Accept, of a stream", "Each media type is parsed until a known one is found.", Answered+"|400|431", Call{Accept: repeat("a/b;q=0.1,", 10_000) + "text/event-stream"}),
		headed("5,000 times one known media type", "Each weight is read and compared.", Answered+"|400|431", Call{Accept: repeat("application/json;q=0.1,", 5_000) + "application/json"}),
		raw("a batch of 500 operations", "One request has an array of operations.", "400", `[`+numbered(499, `{"query":"mutation { login(username: \"a#\") { token } }"},`)+`{"query":"{ __typename }"}]`),
		raw("a batch of 10, like graphql-cop's", "The tool's own test for batches.", "400", `[`+repeat(`{"query":"query cop { __typename }","operationName":"cop"},`, 9)+`{"query":"query cop { __typename }","operationName":"cop"}]`),
		raw("a batch within blanks", "Blanks come before the array.", "400", repeat(" \n", 2_000)+`[{"query":"{ __typename }"}]`),
		raw("two documents in one body", "The later of two equal keys wins in some decoders.", Answered, `{"query":"{ user(username: \"a\") { id } }","query":"{ __typename }"}`),
		raw("10,000 times the key query", "Each key is decoded, and only one counts.", Answered+"|"+costly+"|400|413", `{`+repeat(`"query":"{ a }",`, 10_000)+`"query":"{ __typename }"}`),
		raw("10,000 unknown keys", "Unknown keys are skipped one by one.", Answered+"|"+costly+"|400|413", `{`+numbered(10_000, `"k#":1,`)+`"query":"{ __typename }"}`),
		raw("keys in other letters", "A decoder may ignore the case of keys.", Answered+"|400", `{"QUERY":"{ __typename }"}`),
		raw("a body of 2 MB", "The body is longer than the limit.", "413", `{"query":"`+repeat("a", 2<<20)+`"}`),
		raw("5,000 lists in each other as an unknown key", "JSON nests in a skipped value.", Answered+"|400|"+costly, `{"x":`+nested(5_000, `[`, "1", "]")+`,"query":"{ __typename }"}`),
		raw("a body of 100 KB of blanks", "Blanks are read and ignored.", "400", repeat(" ", 100_000)),
		raw("a body of 1 MB of blanks", "Blanks are read and ignored.", "400|413", repeat(" ", 1_000_000)),
		raw("a body of 100 KB of escapes", "Escapes shrink while they are decoded.", costly, `{"query":"`+repeat(`\u0023`, 17_000)+`"}`),
		raw("a body that is not JSON", "The error may repeat the body.", "400", repeat("<a>", 5_000)),
		raw("a body that ends early", "JSON is cut off in a string.", "400", `{"query":"{ __typename`),
		raw("two bodies in one", "More JSON follows the first value.", "400", `{"query":"{ __typename }"}{"query":"mutation { login(username: \"a\") { token } }"}`),
		raw("invalid UTF-8", "A decoder may replace invalid bytes by other text.", "400", "{\"query\":\"{ user(username: \\\"\xff\xfe\xc3\x28\\\") { id } }\"}"),
		raw("overlong UTF-8", "A quote is written in two bytes.", "400", "{\"query\":\"{ a\xc0\xa2 }\"}"),
		raw("a byte order mark", "The body begins with a byte order mark.", "400", "\xef\xbb\xbf"+`{"query":"{ __typename }"}`),
		raw("UTF-16", "Each letter has two bytes.", "400", "{\x00\"\x00q\x00"),
		raw("an empty body", "The body is empty.", "400", " "),
		raw("null", "The body is JSON, but not an object.", "400", "null"),
		raw("a document that is a list", "The document is not a string.", "400", `{"query":["{ __typename }"]}`),
		raw("an operation's name that is an object", "The name is not a string.", "400", `{"query":"{ __typename }","operationName":{"a":1}}`),
		raw("100,000 lists as the body", "JSON nests from the first byte on.", "400|413", nested(100_000, "[", "", "]")),
		raw("100,000 objects as an unknown key", "JSON nests in a skipped value.", "400|413|"+costly, `{"x":`+nested(100_000, `{"a":`, "1", "}")+`,"query":"{ __typename }"}`),
		raw("an operation's name of 500 KB", "A name is compared and repeated in the error.", costly+"|413|"+invalid+"|"+input, `{"query":"query A { __typename } query B { __typename }","operationName":"`+repeat("a", 500_000)+`"}`),
		raw("an operation's name of 100 KB", "A name is compared and repeated in the error.", "400|"+costly+"|"+input, `{"query":"query A { __typename }","operationName":"`+repeat("a", 100_000)+`"}`),
		raw("the name of a missing operation", "No operation has the name.", invalid+"|"+input, `{"query":"query A { __typename }","operationName":"B"}`),
		raw("extensions of 500 KB", "Extensions may contain any JSON.", costly+"|413|400", `{"query":"{ __typename }","extensions":{"a":[`+repeat("1,", 250_000)+`1]}}`),
		packed,
		typed("a form", "A browser lets any page send a form.", "415", "application/x-www-form-urlencoded", `query=%7B__typename%7D`),
		typed("plain text", "A browser lets any page send plain text.", "415", "text/plain", `{"query":"{ __typename }"}`),
		typed("a multipart form", "Uploads of files send operations in forms.", "415", "multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"operations\"\r\n\r\n{\"query\":\"{ __typename }\"}\r\n--x--\r\n"),
		typed("a document as application/graphql", "The body is the document itself.", "415", "application/graphql", `{ __typename }`),
		typed("another charset", "The charset hides quotes.", "415", "application/json; charset=utf-7", `{"query":"{ __typename }"}`),
	}
}

// addresses returns hostile calls by GET.
func addresses() []Case {
	get := func(name, attack, want, query string) Case { return post(name, attack, want, query).by(Get) }
	long := raw("a parameter 200 times", "All equal parameters are decoded, and only one counts.", Answered+"|414|431|"+costly,
		repeat("query=%7Ba%7D&", 200)+"query=%7B__typename%7D").by(Get)
	long.Call.Raw = "query=%7B__typename%7D&" + repeat("query=%7Ba%7D&", 200)
	return []Case{
		get("a mutation by GET", "A link on a foreign page changes something.", "405|"+input, `mutation { login(username: "by link") { token } }`),
		get("a mutation by GET after a query", "The document's first operation is harmless.", invalid+"|"+input, `query A { __typename } mutation B { login(username: "by link") { token } }`),
		get("a subscription by GET", "A link starts briefings.", "400|405|"+input, `subscription { startBriefing(input: {username: "by link", interval: 5, endTime: "18:30"}) { id } }`),
		get("a chain that doubles by GET", "The document is sent in the address.", costly, `{ user(username: "a") { ...F0 } }`+linked(25, ` fragment F# on User { ...F+ ...F+ }`)+` fragment F25 on User { id }`),
		get("700 aliases by GET", "The document is sent in the address.", costly, `{`+numbered(700, " a#: __typename")+` }`),
		get("a page of pages by GET", "Variables are sent in the address.", costly, `query($n: Int) { requests(username: "{user}", first: $n) { edges { node { briefings(first: $n) { edges { node { id text } } } } } } }`).with(`{"n":500}`),
		get("a deep variable by GET", "JSON nests in the address.", costly+"|400|"+Answered, `{ __typename }`).with(`{"v":` + nested(9_000, "[", "1", "]") + `}`),
		get("variables by GET that are not JSON", "The error may repeat the variables.", "400", `{ __typename }`).with(repeat("<", 5_000)),
		get("an address of 2 MB", "The address is longer than the limit of headers.", "414|431", `{ __typename #`+repeat("a", 2<<20)+"\n}"),
		long,
		raw("an address without a document", "The document is missing.", "400", "a=b").by(Get),
	}
}

// Flushers returns cases whose calls all differ, so that they fill the server's cache of documents.
func Flushers() []Case {
	return []Case{
		{Name: "600 registered documents of 15 KB", Attack: "Documents that are used once fill the memory and evict other callers' documents.", Want: Answered,
			Each: func(n int) Call { return registered(`{ __typename #` + repeat("x", 15_000) + "\n}" + stamp(n)) }},
		{Name: "documents of many tokens, each new", Attack: "A parsed document needs many times the memory of its text.", Want: Answered,
			Each: func(n int) Call {
				return Call{Query: `{ user(username: "a") {` + each(9, func(i int) string { return " ...F" + number(i) }) + ` } }` + numbered(9, ` fragment F# on User {`+repeat(" id username custom activeRequest { id name interval endTime startedAt active ticks { done skipped missed } }", 3)+` }`) + stamp(n)}
			}},
		{Name: "registered documents that are refused", Attack: "A refused document may stay in the cache.", Want: costly,
			Each: func(n int) Call { return registered(`{` + numbered(200, " a#: __typename") + ` }` + stamp(n)) }},
		{Name: "registered documents that double", Attack: "A registered document is refused only when it is executed.", Want: costly,
			Each: func(n int) Call {
				return registered(`{ user(username: "a") { ...F0 } }` + linked(25, ` fragment F# on User { ...F+ ...F+ }`) + ` fragment F25 on User { id }` + stamp(n))
			}},
	}
}

// extension returns the extensions of a persisted document.
func extension(hash string) string {
	return `{"persistedQuery":{"version":1,"sha256Hash":"` + hash + `"}}`
}

// registered returns a call that registers a document by its hash.
func registered(query string) Call {
	sum := sha256.Sum256([]byte(query))
	return Call{Query: query, Extensions: extension(hex.EncodeToString(sum[:]))}
}

// persisted returns documents with their hashes, and hashes without documents.
func persisted() []Case {
	wrong := post("a wrong hash", "A document may be stored under the hash of another one.", input, `{ __typename }`)
	wrong.Call.Extensions = extension(repeat("0", 64))
	const missing = "PERSISTED_QUERY_NOT_FOUND"
	return append(Flushers(),
		Case{Name: "hashes that are not known", Attack: "Each hash is looked up and not found.", Want: missing,
			Each: func(n int) Call {
				sum := sha256.Sum256([]byte(stamp(n)))
				return Call{Raw: `{"extensions":` + extension(hex.EncodeToString(sum[:])) + `}`}
			}},
		wrong,
		raw("a hash of 100 KB", "A hash may have any length.", input+"|"+costly, `{"extensions":`+extension(repeat("0", 100_000))+`}`),
		raw("a hash of 500 KB", "The hash is longer than the limit of bodies.", "413", `{"extensions":`+extension(repeat("0", 500_000))+`}`),
		raw("a hash that is not a string", "The extension has another type.", input, `{"extensions":{"persistedQuery":{"version":1,"sha256Hash":[1]}}}`),
		raw("an extension that is a list", "The extension has another type.", input, `{"extensions":{"persistedQuery":[]}}`),
		raw("another version of the protocol", "The version is a string.", input, `{"extensions":{"persistedQuery":{"version":"1","sha256Hash":"`+repeat("0", 64)+`"}}}`),
	)
}
