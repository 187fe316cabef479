package hostile

// fragments returns chains of fragments that double, and documents with many spreads.
func fragments() []Case {
	return []Case{
		post("a chain of 25 fragments that doubles", "A walk of the expanded document takes 2^25 steps.", costly,
			`{ user(username: "a") { ...F0 } }`+linked(25, ` fragment F# on User { ...F+ ...F+ }`)+` fragment F25 on User { id }`),
		post("a chain of 55 fragments that doubles", "The count of fields overflows a machine word that is too small.", costly,
			`{ user(username: "a") { ...F0 } }`+linked(55, ` fragment F# on User { id ...F+ ...F+ }`)+` fragment F55 on User { id }`),
		post("a chain that doubles through fields", "Each link opens a field twice, so that names cannot be merged.", costly,
			`{ __schema { queryType { ...F0 } } }`+linked(12, ` fragment F# on __Type { a#: ofType { ...F+ } b#: ofType { ...F+ } }`)+` fragment F12 on __Type { name }`),
		post("a chain that triples through inline fragments", "Each link spreads within inline fragments.", costly,
			`{ user(username: "a") { ...F0 } }`+linked(20, ` fragment F# on User { id ... { ...F+ } ... on User { ...F+ } ... { ...F+ } }`)+` fragment F20 on User { id }`),
		post("a chain that doubles in conditional spreads", "Equal spreads differ only in their directives.", costly,
			`query($v: Boolean!) { user(username: "a") { ...F0 } }`+linked(16, ` fragment F# on User { id ...F+ @skip(if: $v) ...F+ @include(if: $v) }`)+` fragment F16 on User { id }`).with(`{"v":true}`),
		post("a chain that doubles and is not used", "An unused fragment costs as much as a used one while it is validated.", costly,
			`{ __typename }`+linked(25, ` fragment F# on User { id ...F+ ...F+ }`)+` fragment F25 on User { id }`),
		post("a chain that doubles in twelve operations", "Each operation expands the chain again.", costly,
			numbered(12, ` query Q# { user(username: "a") { ...F0 } }`)+linked(12, ` fragment F# on User { id ...F+ ...F+ }`)+` fragment F12 on User { id }`),
		post("a chain that doubles at the root", "Root fields multiply, and each one is resolved.", costly,
			`{ ...F0 }`+linked(18, ` fragment F# on Query { a#: __typename ...F+ ...F+ }`)+` fragment F18 on Query { __typename }`),
		post("a chain that doubles in a mutation", "One login becomes 4,096.", costly,
			`mutation { ...F0 }`+linked(12, ` fragment F# on Mutation { a#: login(username: "a") { token } ...F+ ...F+ }`)+` fragment F12 on Mutation { __typename }`),
		post("fragments of two directions", "Two paths to one fragment multiply each other.", costly,
			`{ user(username: "a") { ...A0 ...B0 } }`+linked(14, ` fragment A# on User { id ...A+ ...B+ } fragment B# on User { id ...B+ ...A+ }`)+` fragment A14 on User { id } fragment B14 on User { id }`),
		post("a fan of forty spreads by forty by forty", "Width multiplies where depth does not.", costly,
			`{ user(username: "a") { ...A } } fragment A on User {`+repeat(" ...B", 40)+` } fragment B on User {`+repeat(" ...C", 40)+` } fragment C on User {`+numbered(40, " a#: id")+` }`),
		post("900 spreads of one fragment", "Validation compares every two spreads.", costly,
			`{ user(username: "a") {`+repeat(" ...F", 900)+` } } fragment F on User { id }`),
		post("60 spreads of one fragment at each of 10 places", "The spreads are few at each place, but many in total.", costly,
			`{`+numbered(10, ` a#: user(username: "a") {`+repeat(" ...F", 60)+` }`)+` } fragment F on User { id custom }`),
		post("300 fragments", "Definitions are compared with each other and stored by name.", costly,
			`{ __typename }`+numbered(300, ` fragment F# on User { id }`)),
		post("30 fragments that each spread all later ones", "The graph of fragments has the greatest number of edges and paths.", costly,
			`{ user(username: "a") { ...F0 } }`+each(30, func(i int) string {
				return " fragment F" + number(i) + " on User { id" + each(30-i, func(j int) string { return " ...F" + number(i+j+1) }) + " }"
			})+` fragment F30 on User { id }`),
		post("a long chain of single fragments", "Each fragment adds one level of depth.", costly,
			`{ __schema { queryType { ...F0 } } }`+linked(40, ` fragment F# on __Type { ofType { ...F+ } }`)+` fragment F40 on __Type { name }`),
		post("50 fragments that never apply", "Spreads on other types are checked against all types.", invalid+"|"+costly,
			`{`+numbered(50, " ...F#")+` }`+numbered(50, ` fragment F# on Briefing { id }`)),
		post("spreads of 500 unknown fragments", "Every two spreads of different names are compared, and each makes an error.", costly+"|"+invalid,
			`{`+numbered(500, " ...F#")+` }`),
		post("50 fragments of one name", "Definitions overwrite each other while they are measured.", invalid,
			`{ ...F }`+repeat(` fragment F on Query { __typename }`, 50)),
		post("a chain that doubles to unknown fragments", "A chain without a field may cost nothing in a count, but is still walked.", costly,
			`{ ...F0 }`+linked(25, ` fragment F# on Query { ...F+ ...F+ }`)+` fragment F25 on Query { ...Nothing }`),
		post("a chain of layers to unknown fragments", "Layers of spreads multiply and end in unknown fragments.", costly+"|"+invalid,
			`{ ...F0 }`+linked(12, ` fragment F# on Query { ...F+ ...G+ ...H+ } fragment G# on Query { ...F+ ...G+ ...H+ } fragment H# on Query { ...F+ ...G+ ...H+ }`)),
		post("a second fragment of a name, which is large", "A check may measure only the first definition.", costly+"|"+invalid,
			`{ user(username: "a") { ...F } } fragment F on User { id } fragment F on User {`+numbered(200, ` x# { ...G }`)+` } fragment G on User {`+numbered(100, " y#")+` }`),
		post("20 operations of one large fragment", "Each operation walks the fragment again.", costly,
			numbered(20, ` query Q# { user(username: "a") { ...F } }`)+` fragment F on User {`+numbered(450, " x#")+` }`),
		post("20 operations of 20 small fragments", "Each operation walks all fragments again.", invalid,
			numbered(20, ` query Q# { user(username: "a") {`+each(20, func(i int) string { return " ...F" + number(i) })+` } }`)+numbered(20, ` fragment F# on User { id username }`)),
		post("forty fragments below fourteen fields", "All spreads of one place are compared in pairs, although few names are equal.", costly,
			`{ user(username: "a") {`+repeat(` activeRequest {`+numbered(40, " ...F#")+` }`, 14)+` } }`+numbered(40, ` fragment F# on Request { id name }`)),
	}
}

// cycles returns documents whose fragments spread themselves.
func cycles() []Case {
	const loop = invalid + "|" + costly
	return []Case{
		post("a fragment that spreads itself", "A walk of the expanded document never ends.", loop,
			`{ ...A } fragment A on Query { __typename ...A }`),
		post("a cycle of two fragments through fields", "The cycle is only reached below a field.", loop,
			`{ __schema { queryType { ...A } } } fragment A on __Type { ofType { ...B } } fragment B on __Type { ofType { ...A } }`),
		post("a cycle of 50 fragments", "The cycle is longer than the depth of a bounded search.", loop,
			`{ user(username: "a") { ...F0 } }`+linked(50, ` fragment F# on User { id ...F+ }`)+` fragment F50 on User { ...F0 }`),
		post("a cycle that no operation uses", "Validation walks unused fragments too.", loop,
			`{ __typename } fragment A on User { id ...B } fragment B on User { id ...A }`),
		post("a cycle in inline fragments", "The spread is within a type condition.", loop,
			`{ ...A } fragment A on Query { ... on Query { ... { ...A } } }`),
		post("30 cycles that share a fragment", "The number of paths through the cycles doubles.", loop,
			`{ user(username: "a") { ...H } } fragment H on User {`+numbered(30, " ...F#")+` }`+numbered(30, ` fragment F# on User { id ...H ...H }`)),
	}
}
