package hostile

// texts returns documents that attack a lexer: long tokens, and characters that a lexer skips.
func texts() []Case {
	return []Case{
		post("7,900 comments", "The parser stores comments, which are not counted as tokens.", costly,
			repeat("#\n", 7_900)+`{ __typename }`),
		post("one comment of 16 KB", "A comment is read to its end.", Answered, `{ __typename } #`+repeat("x", 16_000)),
		post("one comment of 60 KB", "The comment is longer than the limit of documents.", costly, `{ __typename } #`+repeat("x", 60_000)),
		post("comments within a selection", "Comments are attached to the next token.", costly,
			`{`+repeat(" #a\n __typename", 19)+repeat(" #b\n", 3_000)+` }`),
		post("15,000 commas", "Commas are blanks in GraphQL.", Answered, `{ __typename`+repeat(",", 15_000)+` }`),
		post("15,000 line breaks", "Lines are counted one by one.", Answered, `{ __typename`+repeat("\n", 15_000)+` }`),
		post("carriage returns and line feeds", "Two kinds of line break are counted together.", Answered, `{ __typename`+repeat("\r\n\r", 5_000)+` }`),
		post("5,000 byte order marks", "Marks may be skipped anywhere.", Answered+"|"+parse, repeat("\ufeff", 5_000)+`{ __typename }`),
		post("a string of 15 KB", "A string is read to its end.", Answered, `{ user(username: "`+repeat("a", 15_000)+`") { id } }`),
		post("a string of 100 KB", "The string is longer than the limit of documents.", costly, `{ user(username: "`+repeat("a", 100_000)+`") { id } }`),
		post("a string without an end", "The lexer reads on to the end of the text.", parse, `{ user(username: "`+repeat("a", 15_000)),
		post("a block string of 7,000 lines", "Lines of a block string are split and indented.", Answered, `{ user(username: """`+repeat("a\n", 7_000)+`""") { id } }`),
		post("a block string of growing indents", "The common indent is computed over all lines.", Answered, `{ user(username: """`+each(160, func(i int) string { return "\n" + repeat(" ", i) + "a" })+`""") { id } }`),
		post("a block string without an end", "The lexer searches for quotes up to the end of the text.", parse, `{ user(username: """`+repeat(`" `, 7_000)),
		post("2,500 unicode escapes", "Each escape is decoded on its own.", Answered, `{ user(username: "`+repeat(`\uAC00`, 2_500)+`") { id } }`),
		post("half surrogates", "An escape is half of a character.", Answered+"|"+parse, `{ user(username: "`+repeat(`\uD83D`, 2_000)+`") { id } }`),
		post("7,000 escaped quotes", "Each escape grows a buffer.", Answered, `{ user(username: "`+repeat(`\"`, 7_000)+`") { id } }`),
		post("a name of 15 KB", "An unknown name is compared with all known ones and repeated in the error.", invalid, `{ `+repeat("a", 15_000)+` }`),
		post("an alias of 15 KB", "The answer repeats the alias.", Answered, `{ `+repeat("a", 15_000)+`: __typename }`),
		post("a number of 15,000 digits", "A number is read to its end and converted.", invalid+"|"+input+"|"+costly, `{ requests(username: "a", first: `+repeat("9", 15_000)+`) { edges { cursor } } }`),
		post("a float of 15,000 digits", "A float is converted digit by digit.", invalid, `{ requests(username: "a", first: 1.`+repeat("9", 15_000)+`) { edges { cursor } } }`),
		post("a document of 1 MB", "The document is longer than the limit of documents.", "413", `{`+repeat(" __typename", 90_000)+` }`),
		post("a document of 100 KB of tokens", "A long document must be refused before the lexer reads it.", costly, `{`+numbered(10_000, " a#: id")+` }`),
	}
}

// strange returns texts that are not documents, and hostile names.
func strange() []Case {
	return []Case{
		post("nothing but a blank", "The document has no definition.", parse+"|"+invalid, ` `),
		post("nothing but a comment", "The document has no definition, only a comment.", parse+"|"+invalid, `# nothing`),
		post("control characters", "Characters that GraphQL forbids are skipped by some lexers.", parse, "{ __typename \x00\x01\x02 }"),
		post("16 KB of zero bytes", "Zeros end a text in C only.", parse, repeat("\x00", 16_000)),
		post("16 KB of exclamation marks", "Each mark is a token at a wrong place.", parse+"|"+costly, repeat("!", 16_000)),
		post("a schema definition", "A document defines types.", parse+"|"+costly, `type A { a: Int }`+repeat(" type B { b: A }", 300)),
		post("an extension of Query", "A document extends the schema.", parse, `extend type Query { secret: String } { __typename }`),
		post("right-to-left overrides in a name", "Invisible characters change the look of a name.", parse, "{ a\u202eb }"),
		post("a script as a username", "An answer or an error may repeat the script.", Answered, `{ user(username: "<script>alert(1)</script>") { username } }`),
		post("a query of SQL as a username", "The username may become part of a query.", Answered, `{ user(username: "a' OR 1=1; DROP TABLE users; --") { username } }`),
		post("an operator of MongoDB as a username", "The username may become an operator of a query.", invalid+"|"+input, `query($u: String!) { user(username: $u) { username } }`).with(`{"u":{"$ne":null}}`),
		post("a path as an id", "The id may become a file name.", Answered, `{ request(id: "../../../../etc/passwd") { id } }`),
	}
}

// unknowns returns documents with unknown names. Validators search for similar known names.
func unknowns() []Case {
	return []Case{
		post("19 unknown root fields", "Each unknown field is compared with all known ones.", invalid, `{`+numbered(19, " usr#")+` }`),
		post("700 unknown fields below a field", "The validator searches for suggestions hundreds of times.", invalid+"|"+costly, `{ user(username: "a") {`+numbered(700, " usernme#")+` } }`),
		post("900 unknown fields in a fragment", "The validator searches for suggestions in an unused fragment.", invalid+"|"+costly, `{ __typename } fragment F on Request {`+numbered(900, " endTme#")+` }`),
		post("40 unknown fields of 350 letters", "The cost of a distance of two words is the product of their lengths.", invalid, `{ user(username: "a") {`+numbered(40, " "+repeat("u", 350)+"#")+` } }`),
		post("300 unknown arguments", "Each unknown argument is compared with all known ones.", invalid+"|"+costly, `{ user(username: "a"`+numbered(300, " usernam#: 1")+`) { id } }`),
		post("300 unknown fields of an input", "Each unknown field of an input is compared with all known ones.", invalid+"|"+costly, `mutation { startBriefing(input: {`+numbered(300, " intervl#: 1")+`}) { id } }`),
		post("300 unknown values of an enumeration", "A list of values is compared with all known ones.", invalid+"|"+costly, `mutation { updateCustom(username: "a", custom: [`+numbered(300, " A#")+`]) { id } }`),
		post("190 unknown types of variables", "Each unknown type is compared with all known ones.", invalid+"|"+costly, `query(`+numbered(190, ` $a#: Strin#`)+`) { __typename }`),
		post("200 times one argument", "Arguments with one name are compared.", invalid+"|"+costly, `{ user(`+repeat(` username: "a"`, 200)+`) { id } }`),
		post("leaves with selections and objects without", "Each leaf is checked for its selection.", invalid, `{ user(username: "a") {`+numbered(38, " a#: id { x }")+` activeRequest } }`),
	}
}
