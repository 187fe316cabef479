package hostile

import (
	"crypto/sha256"
	"encoding/hex"
)

// bodies are hostile to the readers of HTTP and JSON.
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
		headed("10,000 codings of a body", "Each coding is looked at.", Answered+"|415|431", Call{Encoding: repeat("identity,", 10_000) + "identity"}),
		headed("10,000 media types in Accept, of a stream", "Each media type is parsed until one is known.", Answered+"|400|431", Call{Accept: repeat("a/b;q=0.1,", 10_000) + "text/event-stream"}),
		headed("5,000 times one known media type", "Each weight is read and compared.", Answered+"|400|431", Call{Accept: repeat("application/json;q=0.1,", 5_000) + "application/json"}),
		raw("a batch of 500 operations", "One request has an array of operations.", "400", `[`+numbered(499, `{"query":"mutation { login(username: \"a#\") { token } }"},`)+`{"query":"{ __typename }"}]`),
		raw("a batch of 10, as graphql-cop sends it", "The tool's own test for batches.", "400", `[`+repeat(`{"query":"query cop { __typename }","operationName":"cop"},`, 9)+`{"query":"query cop { __typename }","operationName":"cop"}]`),
		raw("a batch within blanks", "An array hides behind blanks.", "400", repeat(" \n", 2_000)+`[{"query":"{ __typename }"}]`),
		raw("two documents in one body", "The later of two equal keys wins in some decoders.", Answered, `{"query":"{ user(username: \"a\") { id } }","query":"{ __typename }"}`),
		raw("10,000 times the key query", "Each key is decoded, and one is kept.", Answered+"|"+costly+"|400|413", `{`+repeat(`"query":"{ a }",`, 10_000)+`"query":"{ __typename }"}`),
		raw("10,000 unknown keys", "Keys that mean nothing are skipped.", Answered+"|"+costly+"|400|413", `{`+numbered(10_000, `"k#":1,`)+`"query":"{ __typename }"}`),
		raw("keys in other letters", "A decoder takes Query for query.", Answered+"|400", `{"QUERY":"{ __typename }"}`),
		raw("a body of 2 MB", "A body is longer than it may be.", "413", `{"query":"`+repeat("a", 2<<20)+`"}`),
		raw("5,000 lists in each other as an unknown key", "JSON nests in what is skipped.", Answered+"|400|"+costly, `{"x":`+nested(5_000, `[`, "1", "]")+`,"query":"{ __typename }"}`),
		raw("a body of 100 KB of blanks", "Blanks are read and mean nothing.", "400", repeat(" ", 100_000)),
		raw("a body of 1 MB of blanks", "Blanks are read and mean nothing.", "400|413", repeat(" ", 1_000_000)),
		raw("a body of 100 KB of escapes", "Escapes shrink while they are decoded.", costly, `{"query":"`+repeat(`\u0023`, 17_000)+`"}`),
		raw("a body that is no JSON", "The error repeats the body.", "400", repeat("<a>", 5_000)),
		raw("a body that ends early", "JSON is cut off in a string.", "400", `{"query":"{ __typename`),
		raw("two bodies in one", "JSON is followed by more.", "400", `{"query":"{ __typename }"}{"query":"mutation { login(username: \"a\") { token } }"}`),
		raw("invalid UTF-8", "Bytes that are no text become other text.", "400", "{\"query\":\"{ user(username: \\\"\xff\xfe\xc3\x28\\\") { id } }\"}"),
		raw("overlong UTF-8", "A quote is written in two bytes.", "400", "{\"query\":\"{ a\xc0\xa2 }\"}"),
		raw("a byte order mark", "A mark stands before the body.", "400", "\xef\xbb\xbf"+`{"query":"{ __typename }"}`),
		raw("UTF-16", "The body has two bytes a letter.", "400", "{\x00\"\x00q\x00"),
		raw("an empty body", "There is nothing to read.", "400", " "),
		raw("null", "JSON that is no object.", "400", "null"),
		raw("a document that is a list", "The document is no string.", "400", `{"query":["{ __typename }"]}`),
		raw("an operation's name that is an object", "The name is no string.", "400", `{"query":"{ __typename }","operationName":{"a":1}}`),
		raw("100,000 lists as the body", "JSON nests before anything is known of it.", "400|413", nested(100_000, "[", "", "]")),
		raw("100,000 objects as an unknown key", "JSON nests in what is skipped.", "400|413|"+costly, `{"x":`+nested(100_000, `{"a":`, "1", "}")+`,"query":"{ __typename }"}`),
		raw("an operation's name of 500 KB", "A name is compared and told in the error.", costly+"|413|"+invalid+"|"+input, `{"query":"query A { __typename } query B { __typename }","operationName":"`+repeat("a", 500_000)+`"}`),
		raw("an operation's name of 100 KB", "A name is compared and told in the error.", "400|"+costly+"|"+input, `{"query":"query A { __typename }","operationName":"`+repeat("a", 100_000)+`"}`),
		raw("an operation's name that is not there", "The operation is looked for.", invalid+"|"+input, `{"query":"query A { __typename }","operationName":"B"}`),
		raw("extensions of 500 KB", "Extensions have any shape.", costly+"|413|400", `{"query":"{ __typename }","extensions":{"a":[`+repeat("1,", 250_000)+`1]}}`),
		packed,
		typed("a form", "A form comes from any page without a question.", "415", "application/x-www-form-urlencoded", `query=%7B__typename%7D`),
		typed("plain text", "Plain text comes from any page without a question.", "415", "text/plain", `{"query":"{ __typename }"}`),
		typed("a multipart form", "Files are a way to send operations by forms.", "415", "multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"operations\"\r\n\r\n{\"query\":\"{ __typename }\"}\r\n--x--\r\n"),
		typed("a document as application/graphql", "The body is the document itself.", "415", "application/graphql", `{ __typename }`),
		typed("another charset", "The body is in a charset that hides quotes.", "415", "application/json; charset=utf-7", `{"query":"{ __typename }"}`),
	}
}

// addresses are calls by GET.
func addresses() []Case {
	get := func(name, attack, want, query string) Case { return post(name, attack, want, query).by(Get) }
	long := raw("a parameter 200 times", "Of equal parameters one counts, and all are decoded.", Answered+"|414|431|"+costly,
		repeat("query=%7Ba%7D&", 200)+"query=%7B__typename%7D").by(Get)
	long.Call.Raw = "query=%7B__typename%7D&" + repeat("query=%7Ba%7D&", 200)
	return []Case{
		get("a mutation by GET", "A link on a foreign page changes something.", "405|"+input, `mutation { login(username: "by link") { token } }`),
		get("a mutation by GET behind a query", "The document's first operation is harmless.", invalid+"|"+input, `query A { __typename } mutation B { login(username: "by link") { token } }`),
		get("a subscription by GET", "A link starts briefings.", "400|405|"+input, `subscription { startBriefing(input: {username: "by link", interval: 5, endTime: "18:30"}) { id } }`),
		get("a chain that doubles by GET", "The same document comes by another door.", costly, `{ user(username: "a") { ...F0 } }`+linked(25, ` fragment F# on User { ...F+ ...F+ }`)+` fragment F25 on User { id }`),
		get("700 aliases by GET", "The same document comes by another door.", costly, `{`+numbered(700, " a#: __typename")+` }`),
		get("a page of pages by GET", "Variables come in the address.", costly, `query($n: Int) { requests(username: "{user}", first: $n) { edges { node { briefings(first: $n) { edges { node { id text } } } } } } }`).with(`{"n":500}`),
		get("a deep variable by GET", "JSON nests in the address.", costly+"|400|"+Answered, `{ __typename }`).with(`{"v":` + nested(9_000, "[", "1", "]") + `}`),
		get("variables by GET that are no JSON", "The error repeats what came.", "400", `{ __typename }`).with(repeat("<", 5_000)),
		get("an address of 2 MB", "An address is longer than any header may be.", "414|431", `{ __typename #`+repeat("a", 2<<20)+"\n}"),
		long,
		raw("an address without a document", "Nothing is asked for.", "400", "a=b").by(Get),
	}
}

// Flushers are calls that differ each time, so that they fill the server's cache of documents.
func Flushers() []Case {
	return []Case{
		{Name: "600 registered documents of 15 KB", Attack: "Documents that nobody asks for again fill the memory and flush those of others.", Want: Answered,
			Each: func(n int) Call { return registered(`{ __typename #` + repeat("x", 15_000) + "\n}" + stamp(n)) }},
		{Name: "documents of many tokens, each new", Attack: "A parsed document takes many times its text in the cache.", Want: Answered,
			Each: func(n int) Call {
				return Call{Query: `{ user(username: "a") {` + each(9, func(i int) string { return " ...F" + number(i) }) + ` } }` + numbered(9, ` fragment F# on User {`+repeat(" id username custom activeRequest { id name interval endTime startedAt active ticks { done skipped missed } }", 3)+` }`) + stamp(n)}
			}},
		{Name: "registered documents that are refused", Attack: "A document is kept although it is never run.", Want: costly,
			Each: func(n int) Call { return registered(`{` + numbered(200, " a#: __typename") + ` }` + stamp(n)) }},
		{Name: "registered documents that double", Attack: "A hash stands for a document that is refused only when it runs.", Want: costly,
			Each: func(n int) Call {
				return registered(`{ user(username: "a") { ...F0 } }` + linked(25, ` fragment F# on User { ...F+ ...F+ }`) + ` fragment F25 on User { id }` + stamp(n))
			}},
	}
}

// extension is that of a persisted document.
func extension(hash string) string {
	return `{"persistedQuery":{"version":1,"sha256Hash":"` + hash + `"}}`
}

// registered is a document with its hash.
func registered(query string) Call {
	sum := sha256.Sum256([]byte(query))
	return Call{Query: query, Extensions: extension(hex.EncodeToString(sum[:]))}
}

// persisted are documents that come with their hash, or hashes alone.
func persisted() []Case {
	wrong := post("a wrong hash", "A document is kept under the hash of another.", input, `{ __typename }`)
	wrong.Call.Extensions = extension(repeat("0", 64))
	const missing = "PERSISTED_QUERY_NOT_FOUND"
	return append(Flushers(),
		Case{Name: "hashes that are not known", Attack: "Each hash is looked up, and none is there.", Want: missing,
			Each: func(n int) Call {
				sum := sha256.Sum256([]byte(stamp(n)))
				return Call{Raw: `{"extensions":` + extension(hex.EncodeToString(sum[:])) + `}`}
			}},
		wrong,
		raw("a hash of 100 KB", "A hash is a key of any length.", input+"|"+costly, `{"extensions":`+extension(repeat("0", 100_000))+`}`),
		raw("a hash of 500 KB", "A hash is longer than a body may be.", "413", `{"extensions":`+extension(repeat("0", 500_000))+`}`),
		raw("a hash that is no string", "The extension has another shape.", input, `{"extensions":{"persistedQuery":{"version":1,"sha256Hash":[1]}}}`),
		raw("an extension that is a list", "The extension has another shape.", input, `{"extensions":{"persistedQuery":[]}}`),
		raw("another version of the protocol", "The version is a string.", input, `{"extensions":{"persistedQuery":{"version":"1","sha256Hash":"`+repeat("0", 64)+`"}}}`),
	)
}
