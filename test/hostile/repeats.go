package hostile

// repeats returns documents that select one response name many times. Validation compares the
// fields of a response name in pairs.
func repeats() []Case {
	return []Case{
		post("1,900 times one root field", "The rule about overlapping fields compares the fields of one name in pairs.", costly,
			`{`+repeat(" __typename", 1_900)+` }`),
		post("1,500 times one field below a field", "The repeats are below a root field.", costly,
			`{ user(username: "a") {`+repeat(" id", 1_500)+` } }`),
		post("400 aliases of one name", "The repeats have the same alias and different names.", costly,
			`{ user(username: "a") {`+repeat(" x: id", 400)+` } }`),
		post("30 by 30 repeats in two levels", "A few repeats at each field become many at one place of the answer.", costly,
			`{ __schema {`+repeat(" types {"+repeat(" name", 30)+" }", 30)+` } }`),
		post("8 by 8 by 8 repeats in three levels", "Repeats multiply level by level.", costly,
			`{ __schema {`+repeat(" types {"+repeat(" fields {"+repeat(" name", 8)+" }", 8)+" }", 8)+` } }`),
		post("350 inline fragments with one field", "The fields of inline fragments are merged at one place.", costly,
			`{ user(username: "a") {`+repeat(" ... on User { id }", 350)+` } }`),
		post("15 inline fragments in each of 25", "Inline fragments multiply, but add no level to the answer.", costly,
			`{ user(username: "a") {`+repeat(" ... {"+repeat(" ... { id }", 15)+" }", 25)+` } }`),
		post("12 inline fragments deep, each with all below", "The same fields are merged again at each depth.", Answered,
			`{ user(username: "a") {`+nested(11, " id ... {", " id", " }")+` } }`),
		post("40 spreads in each of 12 inline fragments", "All spreads are compared with all inline fragments.", costly,
			`{ user(username: "a") {`+repeat(" ... {"+numbered(40, " ...F#")+" }", 12)+` } }`+numbered(40, ` fragment F# on User { id custom username }`)),
		post("50 fragments with the same fields", "Many fragments contain fields with one name.", costly,
			`{ __schema { types {`+numbered(50, " ...F#")+` } } }`+numbered(50, ` fragment F# on __Type { name kind description fields { name } }`)),
		post("200 repeats with equal arguments", "The arguments of each pair of fields are compared value by value.", costly,
			`{`+repeat(` user(username: "a") { id }`, 200)+` }`),
		post("20 repeats with lists as arguments", "Equal lists of arguments are compared to their end.", costly,
			`mutation {`+repeat(` updateCustom(username: "a", custom: ["`+repeat("x", 40)+`"`+repeat(`,"a"`, 20)+`]) { id }`, 20)+` }`),
		post("repeats in 19 aliased subtrees", "The repeats stay under the limit at each place.", Answered+"|"+costly,
			`{`+numbered(19, ` a#: __schema { types {`+repeat(" name", 34)+` } }`)+` }`),
		post("repeats of whole subtrees", "Each of 34 equal subtrees is compared with each other, level by level.", costly,
			`{ __schema {`+repeat(` types { fields { args { type { name kind } name } name } name }`, 34)+` } }`),
	}
}

// conflicts returns documents whose fields of one response name cannot be merged. The number of
// errors grows with the square of the fields.
func conflicts() []Case {
	return []Case{
		post("45 conflicting aliases", "The errors about all pairs of fields have megabytes.", costly+"|"+invalid,
			`{ user(username: "a") {`+repeat(" x: id x: username x: custom", 15)+` } }`),
		post("33 conflicting aliases, under the limit", "There are a thousand errors about pairs of fields.", invalid,
			`{ user(username: "a") {`+repeat(" x: id x: username x: custom", 11)+` } }`),
		post("30 conflicting arguments of one field", "Fields differ in the last argument only.", costly+"|"+invalid,
			`{ request(id: "a") {`+numbered(30, ` briefings(first: 1, after: "a", last: #) { pageInfo { endCursor } }`)+` } }`),
		post("conflicts nested 10 levels", "The error names every path to a conflict.", invalid,
			`{ __schema { queryType { `+nested(9, "ofType { name x: name x: kind ", "name", " }")+` `+nested(9, "ofType { x: kind name x: name ", "name", " }")+` } } }`),
		post("conflicts through 40 fragments", "Fragments are compared in pairs, and each pair conflicts.", costly+"|"+invalid,
			`{ user(username: "a") {`+numbered(40, " ...F#")+` } }`+numbered(40, ` fragment F# on User { x: id x: username y: custom y: id }`)),
		post("34 chains of ofType with a conflict at their end", "The chains are compared in pairs, level by level.", invalid,
			`{ __schema {`+repeat(" queryType {"+nested(10, " ofType {", " name x: name", " }")+" }", 33)+" queryType {"+nested(10, " ofType {", " x: kind", " }")+` } } }`),
		post("conflicts of 35 fragments with each other", "Each pair of fragments conflicts in fields below a field.", invalid,
			`{ user(username: "a") {`+numbered(35, " ...F#")+` } }`+numbered(35, ` fragment F# on User { activeRequest { name(a: #) id(b: #) } }`)),
		post("conflicts of long names", "Each error repeats a name of 2 KB.", invalid,
			`{ user(username: "a") {`+repeat(" "+repeat("x", 2_000)+": id "+repeat("x", 2_000)+": username", 3)+` } }`),
		post("conflicts in subtrees with wide reasons", "One conflict names all fields below it as reasons.", invalid,
			`{ __schema { x: queryType {`+numbered(20, " f#: name")+` } x: queryType {`+numbered(20, " f#: kind")+` } } }`),
	}
}
