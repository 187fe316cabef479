package briefing

// TroubleReason is the cause of a camera's trouble, in one stable word for programs. The values are
// public. troubletext.go has a sentence in each language for each of them.
type TroubleReason string

// MaxTroubleWords bounds the words of a camera, in bytes.
const MaxTroubleWords = 200
