package camera

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"bis/internal/briefing"
	"bis/internal/pipeline"
)

// trouble returns the error of a camera in trouble. The cause is for the log and has neither an
// address nor credentials.
func trouble(
	state briefing.CameraState, reason briefing.TroubleReason, cause string, args ...any,
) *pipeline.Trouble {
	return &pipeline.Trouble{State: state, Reason: reason, Err: fmt.Errorf(cause, args...)}
}

// away is the trouble of a camera that does not answer, or not in time.
func away(reason briefing.TroubleReason, cause string, args ...any) *pipeline.Trouble {
	return trouble(briefing.CameraAway, reason, cause, args...)
}

// refused is the trouble of a camera that answers, but gives no picture.
func refused(reason briefing.TroubleReason, cause string, args ...any) *pipeline.Trouble {
	return trouble(briefing.CameraRefused, reason, cause, args...)
}

// illegible is the trouble of a camera that sends something else than a readable picture.
func illegible(reason briefing.TroubleReason, cause string, args ...any) *pipeline.Trouble {
	return trouble(briefing.CameraIllegible, reason, cause, args...)
}

// saying adds the camera's own words to a trouble, cleaned and without the credentials of src.
func saying(t *pipeline.Trouble, words string, src briefing.Source) *pipeline.Trouble {
	t.Words = cleanWords(words, src)
	return t
}

// reasonOf returns the reason of an error.
func reasonOf(err error) briefing.TroubleReason {
	if t, ok := errors.AsType[*pipeline.Trouble](err); ok {
		return t.Reason
	}
	return ""
}

// statusError is the cause of a trouble with an HTTP status.
type statusError int

func (e statusError) Error() string { return "it answered " + strconv.Itoa(int(e)) }

// answered is a cause in an answer with a status.
type answered struct {
	error
	status int
}

func (a answered) Unwrap() error { return a.error }

// maxPhrase bounds the words of an answer, in bytes. That is enough for a status and its phrase.
const maxPhrase = 80

// cleanWords returns a camera's words as one line of at most maxPhrase bytes. Characters that are
// not printed become spaces. Words with a part of the credentials, or with an address, are
// reduced to the status at their beginning.
func cleanWords(words string, src briefing.Source) string {
	words = strings.Map(func(r rune) rune {
		if r == utf8.RuneError || !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}, words)
	fields := strings.Fields(words)
	words = strings.Join(fields, " ")
	if strings.Contains(words, "://") || strings.Contains(words, "@") || betrays(words, src) {
		words = ""
		if len(fields[0]) == 3 && strings.Trim(fields[0], "0123456789") == "" {
			words = fields[0]
		}
	}
	for len(words) > maxPhrase {
		_, size := utf8.DecodeLastRuneInString(words)
		words = words[:len(words)-size]
	}
	return strings.TrimSpace(words)
}

// betrays reports whether a text contains a part of the credentials of src, in any of the forms in
// which a request has them.
func betrays(text string, src briefing.Source) bool {
	text = strings.ToLower(text)
	secrets := append([]string{src.Password}, src.PathSecrets()...)
	if src.Password != "" { // a user's name alone, such as "admin", is no secret
		secrets = append(secrets, src.User)
	}
	if src.User+src.Password != "" {
		secrets = append(secrets,
			base64.StdEncoding.EncodeToString([]byte(src.User+":"+src.Password)))
	}
	for _, secret := range secrets {
		plain, _ := url.QueryUnescape(secret)
		for _, form := range []string{secret, plain, url.QueryEscape(secret), url.PathEscape(secret)} {
			if form != "" && strings.Contains(text, strings.ToLower(form)) {
				return true
			}
		}
	}
	return false
}
