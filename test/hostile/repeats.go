package hostile

// repeats select one response name again and again: validation compares each pair of them.
func repeats() []Case {
	return []Case{
		post("1,900 times one root field", "The rule about overlapping fields compares every two of one name.", costly,
			`{`+repeat(" __typename", 1_900)+` }`),
		post("1,500 times one field below a field", "The repeats are no root fields.", costly,
			`{ user(username: "a") {`+repeat(" id", 1_500)+` } }`),
		post("400 aliases of one name", "The repeats have an alias and not a name in common.", costly,
			`{ user(username: "a") {`+repeat(" x: id", 400)+` } }`),
		post("30 by 30 repeats in two levels", "Few repeats at each field are many at their place in the answer.", costly,
			`{ __schema {`+repeat(" types {"+repeat(" name", 30)+" }", 30)+` } }`),
		post("8 by 8 by 8 repeats in three levels", "Repeats multiply level by level.", costly,
			`{ __schema {`+repeat(" types {"+repeat(" fields {"+repeat(" name", 8)+" }", 8)+" }", 8)+` } }`),
		post("350 inline fragments with one field", "Inline fragments put their fields into one place.", costly,
			`{ user(username: "a") {`+repeat(" ... on User { id }", 350)+` } }`),
		post("15 inline fragments in each of 25", "Inline fragments multiply without a level in the answer.", costly,
			`{ user(username: "a") {`+repeat(" ... {"+repeat(" ... { id }", 15)+" }", 25)+` } }`),
		post("12 inline fragments deep, each with all below", "The same fields are merged at each depth anew.", Answered,
			`{ user(username: "a") {`+nested(11, " id ... {", " id", " }")+` } }`),
		post("40 spreads in each of 12 inline fragments", "Spreads and inline fragments are compared crosswise.", costly,
			`{ user(username: "a") {`+repeat(" ... {"+numbered(40, " ...F#")+" }", 12)+` } }`+numbered(40, ` fragment F# on User { id custom username }`)),
		post("50 fragments with the same fields", "Fields of one name come by many fragments.", costly,
			`{ __schema { types {`+numbered(50, " ...F#")+` } } }`+numbered(50, ` fragment F# on __Type { name kind description fields { name } }`)),
		post("200 repeats with equal arguments", "Arguments are compared value by value for every two fields.", costly,
			`{`+repeat(` user(username: "a") { id }`, 200)+` }`),
		post("20 repeats with lists as arguments", "Equal lists of arguments are compared to their end.", costly,
			`mutation {`+repeat(` updateCustom(username: "a", custom: ["`+repeat("x", 40)+`"`+repeat(`,"a"`, 20)+`]) { id }`, 20)+` }`),
		post("repeats in 19 aliased subtrees", "The repeats stay under the limit at each place.", Answered+"|"+costly,
			`{`+numbered(19, ` a#: __schema { types {`+repeat(" name", 34)+` } }`)+` }`),
		post("repeats of whole subtrees", "Each of 34 equal subtrees is compared with each other, level by level.", costly,
			`{ __schema {`+repeat(` types { fields { args { type { name kind } name } name } name }`, 34)+` } }`),
	}
}

// conflicts are fields of one response name that cannot be merged: errors grow with their square.
func conflicts() []Case {
	return []Case{
		post("45 conflicting aliases", "Errors about every two fields come to megabytes.", costly+"|"+invalid,
			`{ user(username: "a") {`+repeat(" x: id x: username x: custom", 15)+` } }`),
		post("33 conflicting aliases, under the limit", "Errors about every two fields come to a thousand.", invalid,
			`{ user(username: "a") {`+repeat(" x: id x: username x: custom", 11)+` } }`),
		post("30 conflicting arguments of one field", "Fields differ in the last argument only.", costly+"|"+invalid,
			`{ request(id: "a") {`+numbered(30, ` briefings(first: 1, after: "a", last: #) { pageInfo { endCursor } }`)+` } }`),
		post("conflicts nested 10 levels", "The error names every way that leads to a conflict.", invalid,
			`{ __schema { queryType { `+nested(9, "ofType { name x: name x: kind ", "name", " }")+` `+nested(9, "ofType { x: kind name x: name ", "name", " }")+` } } }`),
		post("conflicts through 40 fragments", "Each two fragments are compared, and each pair conflicts.", costly+"|"+invalid,
			`{ user(username: "a") {`+numbered(40, " ...F#")+` } }`+numbered(40, ` fragment F# on User { x: id x: username y: custom y: id }`)),
		post("34 chains of ofType with a conflict at their end", "Every two chains are compared level by level.", invalid,
			`{ __schema {`+repeat(" queryType {"+nested(10, " ofType {", " name x: name", " }")+" }", 33)+" queryType {"+nested(10, " ofType {", " x: kind", " }")+` } } }`),
		post("conflicts of 35 fragments with each other", "Each pair of fragments conflicts in fields below a field.", invalid,
			`{ user(username: "a") {`+numbered(35, " ...F#")+` } }`+numbered(35, ` fragment F# on User { activeRequest { name(a: #) id(b: #) } }`)),
		post("conflicts of long names", "Each error repeats a name of 2 KB.", invalid,
			`{ user(username: "a") {`+repeat(" "+repeat("x", 2_000)+": id "+repeat("x", 2_000)+": username", 3)+` } }`),
		post("conflicts in subtrees with wide reasons", "One conflict names all fields below it as reasons.", invalid,
			`{ __schema { x: queryType {`+numbered(20, " f#: name")+` } x: queryType {`+numbered(20, " f#: kind")+` } } }`),
	}
}
