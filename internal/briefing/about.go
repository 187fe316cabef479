package briefing

// About says what a server is and how it is set up. It has no secrets.
type About struct {
	Version  string // of the program
	Store    string // "SQLite" or "MongoDB"
	Camera   string // the kind of the default camera, such as "demo" or "HTTP"
	Wording  string // the author of captions: "template" or the model's name
	TimeZone string // the IANA name of the server's zone
	Accounts bool   // callers need an account

	Counting Counting // what counts now
}
