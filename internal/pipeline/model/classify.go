package model

import (
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// What complaints say, in lower case. Servers have no common codes, so these are the words that
// they use.
var (
	saysTooLong = regexp.MustCompile(`context[ _-]?(length|window|size|limit)|maximum context|exceeds? (the )?(available |model'?s? )?context` +
		`|too many (input |prompt )?tokens|(prompt|input|request|conversation) (is |are )?too long|n_ctx|string_above_max_length|token limit exceeded|reduce the length`)
	saysTooBig  = regexp.MustCompile(`(image|picture|media|file).{0,60}(too (large|big)|exceed|maximum|at most|dimension)`)
	saysPicture = regexp.MustCompile(`image|vision|multi-?modal|modalit|mmproj|content.{0,40}string|invalid content type|unknown (content|part) type`)
	saysSystem  = regexp.MustCompile(`system[ _-]?(role|message|prompt|instruction)s?.{0,60}(not|unsupported|n't)|(developer|system) instruction is not` +
		`|roles? must (be )?alternate|unsupported role|role.{0,20}system.{0,40}(not|unsupported|invalid)|only (user|user and assistant) roles`)
	saysModel = regexp.MustCompile(`model[_ -]?not[_ -]?(found|exist|available|loaded)|unknown[_ ]model|invalid[_ ]model|no such model|not a valid model` +
		`|model.{0,120}(not found|does ?n[o']t exist|not exist|not available|not loaded|is not supported|unknown|no access|do not have access|pull)` +
		`|no models? (is )?loaded|no endpoints found for`)
	saysNoChat = regexp.MustCompile(`(does ?n[o']t|not) support (the )?(chat|completion|generat)|not a chat model|is an? (embedding|rerank)[a-z]* model`)
	saysPath   = regexp.MustCompile(`not[ _]?found|no route|unexpected endpoint|(unknown|invalid|unsupported|unrecognized) (request )?(url|path|endpoint|route)` +
		`|cannot post|method[ _]not[ _]allowed|no static resource|no handler`)
	saysLimited = regexp.MustCompile(`rate[ _-]?limit|too many requests|resource[ _]exhausted|throttl`)
	saysQuota   = regexp.MustCompile(`insufficient[_ ]quota|exceeded your current quota|billing|insufficient (balance|credit|funds)|credit balance`)
	saysBusy    = regexp.MustCompile(`overload|temporarily|try again|at capacity|server (is )?busy|internal (server )?error|unavailable|timed? ?out`)
	saysLoading = regexp.MustCompile(`loading (the )?model|model (is )?(still )?(currently )?loading`)
	saysKey     = regexp.MustCompile(`api[ _-]?key|unauthorized|authentication|invalid[_ ]token|permission[_ ]denied|forbidden`)
	// saysExtra is about a parameter that the complaint does not name.
	saysExtra = regexp.MustCompile(`extra (inputs?|fields?|parameters?)|(unknown|unsupported|unrecogni[sz]ed|unexpected|additional) (request )?(arguments?|parameters?|fields?|propert|keys?|inputs?)`)
	saysMost  = regexp.MustCompile(`too (large|big|high)|at most|less than or equal|maximum|exceed|<=|must be (less|lower|smaller)`)
	// saysTokens is about the limit of an answer, under any of the names that it has.
	saysTokens = regexp.MustCompile(`max_?(completion_|output_|new_)?tokens|(completion|output|generated|new) tokens|num_predict`)
	numbers    = regexp.MustCompile(`\d{2,7}`)
)

// classify returns the failure that a refusal means. The status is that of the response, or the one
// that the body reports if the response has status 200.
func (c *Client) classify(status int, said complaint, q Question, d dialect) *failure {
	f := &failure{err: &StatusError{Status: status}}
	if status == http.StatusOK {
		f.err = ErrGarbled
		if said.status != 0 {
			status = said.status
			f.err = &StatusError{Status: status}
		}
	}
	if c.byText(f, status, said, q, d) {
		return f
	}
	switch {
	case status == http.StatusTooManyRequests || status == http.StatusOK && saysLimited.MatchString(said.text):
		f.kind = throttled
		if saysQuota.MatchString(said.text) {
			f.kind = final // waiting does not help
		}
		f.err = &StatusError{Status: http.StatusTooManyRequests}
	case isTransient(status), status == http.StatusOK && saysBusy.MatchString(said.text):
		f.kind = transient
	case c.strange(status, said, d):
		f.kind, f.err = wrongPath, noChat(status)
	}
	return f
}

// byText changes a failure by the text of the complaint, where the status alone does not decide. It
// reports whether it changed the failure.
func (c *Client) byText(f *failure, status int, said complaint, q Question, d dialect) bool {
	pictures := len(q.Pictures) > 0
	switch status {
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusRequestEntityTooLarge,
		http.StatusTooManyRequests, http.StatusRequestTimeout, http.StatusBadGateway, http.StatusGatewayTimeout:
		return false
	case http.StatusServiceUnavailable:
		if saysLoading.MatchString(said.text) {
			f.kind = loading
		}
		return f.kind == loading
	}
	if said.html || status >= 300 && status < 400 {
		return false
	}
	says := func(words *regexp.Regexp) bool { return words.MatchString(said.text) }
	fields, most := said.names(d.fields(q)), allowed(withoutName(said.text, d.model), d.tokens(q.MaxTokens))
	if len(fields) == 0 && d.limits(said, most) {
		fields = []string{d.tokensField()}
	}
	refused := status < 500 && len(fields) > 0
	switch {
	case says(saysTooLong), pictures && says(saysTooBig):
		f.kind, f.err = tooLong, ErrTooLong
	case refused && !slices.Contains(said.fields, "model"):
		f.kind, f.fields, f.most = parameter, fields, most
	case status < 500 && saysExtra.MatchString(said.text) && len(d.fields(q)) > 0:
		f.kind, f.fields = parameter, d.fields(q)
	case says(saysSystem) && !d.noSystem && q.Rules != "":
		f.kind = noSystem
	case pictures && (saysPicture.MatchString(withoutName(said.text, d.model)) || slices.Contains(said.fields, "content")):
		f.kind, f.err = noPictures, ErrNoPictures
	case status < 500 && says(saysNoChat):
		f.kind = notChats
	case status < 500 && c.lacksModel(said):
		f.kind = noModel
	default:
		return false
	}
	return true
}

// limits reports whether a complaint is about the limit of tokens without the name that was sent:
// servers know that parameter by several names. A number that is allowed may be in the text alone.
func (d *dialect) limits(said complaint, most int) bool {
	named := slices.Contains(said.fields, fieldTokens) || slices.Contains(said.fields, fieldOldTokens)
	return d.tokensField() != "" && (named || most > 0 && saysTokens.MatchString(said.text))
}

// withoutName returns a text without a model's name, which may have "vision" in it.
func withoutName(text, model string) string {
	if len(model) < 4 {
		return text
	}
	return strings.ReplaceAll(text, strings.ToLower(model), "")
}

// lacksModel reports whether a complaint says that the server does not have the model. One about
// the key or a picture may have the same words.
func (c *Client) lacksModel(said complaint) bool {
	return saysModel.MatchString(said.text) && !saysKey.MatchString(said.text) ||
		slices.Contains(said.fields, "model")
}

// strange reports whether a response does not come from a chat. The address is then probably wrong.
func (c *Client) strange(status int, said complaint, d dialect) bool {
	switch status {
	case http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusOK, http.StatusNotImplemented:
	case http.StatusBadRequest:
		return said.html || saysPath.MatchString(said.text)
	default:
		return false
	}
	if said.html || !said.json || saysPath.MatchString(said.text) {
		return true
	}
	return status == http.StatusOK && !d.found || status == http.StatusMethodNotAllowed
}

// noChat returns the error of a response that is not that of a chat.
func noChat(status int) error {
	if status == http.StatusOK {
		return ErrNoChat
	}
	return &noChatError{StatusError{Status: status}}
}

// noChatError is an ErrNoChat with the status of the response.
type noChatError struct{ status StatusError }

// Error says both.
func (e *noChatError) Error() string {
	return e.status.Error() + ": the address is not that of a chat server"
}

// Unwrap makes both kinds found.
func (e *noChatError) Unwrap() []error { return []error{&e.status, ErrNoChat} }

// allowed returns the limit of tokens that a complaint allows: the greatest number in it below the
// one that was sent. It returns 0 if the complaint is not about the number.
func allowed(text string, sent int) int {
	if !saysMost.MatchString(text) {
		return 0
	}
	best := 0
	for _, digits := range numbers.FindAllString(strings.ReplaceAll(text, ",", ""), 16) {
		if n, err := strconv.Atoi(digits); err == nil && n < sent && n >= 64 {
			best = max(best, n)
		}
	}
	return best
}
