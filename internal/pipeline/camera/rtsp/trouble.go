package rtsp

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"unicode"
	"unicode/utf8"

	"github.com/bluenviron/gortsplib/v5/pkg/base"
	"github.com/bluenviron/gortsplib/v5/pkg/liberrors"

	"bis/internal/briefing"
	"bis/internal/pipeline"
)

// Reasons that cameras of all networks share.
const (
	reasonPassword     briefing.TroubleReason = "WRONG_PASSWORD"
	reasonNoPassword   briefing.TroubleReason = "PASSWORD_NEEDED"
	reasonLogin        briefing.TroubleReason = "LOGIN_UNSUPPORTED"
	reasonForbidden    briefing.TroubleReason = "NOT_PERMITTED"
	reasonNotFound     briefing.TroubleReason = "NOT_FOUND"
	reasonBusy         briefing.TroubleReason = "BUSY"
	reasonFault        briefing.TroubleReason = "CAMERA_FAULT"
	reasonStatus       briefing.TroubleReason = "UNEXPECTED_ANSWER"
	reasonLoop         briefing.TroubleReason = "TOO_MANY_REDIRECTS"
	reasonRedirect     briefing.TroubleReason = "REDIRECT_NOT_ALLOWED"
	reasonNoAnswer     briefing.TroubleReason = "TIMEOUT"
	reasonUnknownName  briefing.TroubleReason = "NAME_UNKNOWN"
	reasonNoConnection briefing.TroubleReason = "CONNECTION_REFUSED"
	reasonUnreachable  briefing.TroubleReason = "HOST_UNREACHABLE"
	reasonTLS          briefing.TroubleReason = "TLS_FAILED"
	reasonNoTLS        briefing.TroubleReason = "HTTP_NEEDED"
	reasonSpeaksRTSP   briefing.TroubleReason = "RTSP_PORT"
	reasonCut          briefing.TroubleReason = "CONNECTION_LOST"
)

// errText is an error with a text and no more.
type errText string

func (e errText) Error() string { return string(e) }

// troubleOf returns the trouble of an error. Its text has no address and no credentials, because it
// has only texts of this file and numbers. If ctx has ended, its cause is the reason,
// another protocol answered.
func (s *Source) troubleOf(ctx context.Context, err error) error {
	var known *pipeline.Trouble
	if errors.As(err, &known) {
		return known
	}
	var status statusError
	var other otherProtocolError
	if cause := context.Cause(ctx); cause != nil && !errors.As(err, &other) {
		err = cause
	}
	state, reason, text := classify(err)
	trouble := &pipeline.Trouble{State: state, Reason: reason, Err: errText(text)}
	switch {
	case errors.As(err, &status):
		trouble.Words = s.words(codeText(status.code), status.message)
	case errors.As(err, &other):
		trouble.Words = other.protocol
	}
	return trouble
}

// classify returns the state, the reason and a text for the log.
func classify(err error) (briefing.CameraState, briefing.TroubleReason, string) {
	var status statusError
	var other otherProtocolError
	switch {
	case errors.As(err, &status):
		state, reason := ofStatus(status)
		return state, reason, status.Error()
	case errors.As(err, &other) && other.protocol == "TLS":
		return briefing.CameraRefused, briefing.TroubleWantsRTSPS, other.Error()
	case errors.As(err, &other):
		return briefing.CameraRefused, briefing.TroubleNotRTSP, other.Error()
	}
	for _, known := range []struct {
		err    error
		state  briefing.CameraState
		reason briefing.TroubleReason
	}{
		{errNoVideo, briefing.CameraIllegible, briefing.TroubleNoVideo},
		{errNoAnswer, briefing.CameraAway, reasonNoAnswer},
		{errStalled, briefing.CameraAway, briefing.TroubleStalled},
		{errLogin, briefing.CameraRefused, reasonLogin},
		{errRedirects, briefing.CameraRefused, reasonLoop},
		{errLocation, briefing.CameraRefused, reasonRedirect},
		{errDowngrade, briefing.CameraRefused, reasonRedirect},
		{errPanicked, briefing.CameraIllegible, briefing.TroubleBrokenVideo},
	} {
		if errors.Is(err, known.err) {
			return known.state, known.reason, known.err.Error()
		}
	}
	if state, reason, text := ofAnswer(err); reason != "" {
		return state, reason, text
	}
	return ofNetwork(err)
}

// ofStatus classifies an answer by its code.
func ofStatus(e statusError) (briefing.CameraState, briefing.TroubleReason) {
	switch e.code {
	case base.StatusUnauthorized:
		if e.signed {
			return briefing.CameraRefused, reasonPassword
		}
		return briefing.CameraRefused, reasonNoPassword
	case base.StatusForbidden:
		return briefing.CameraRefused, reasonForbidden
	case base.StatusNotFound, base.StatusGone:
		return briefing.CameraRefused, reasonNotFound
	case base.StatusUnsupportedTransport:
		return briefing.CameraRefused, briefing.TroubleUDPOnly
	case base.StatusNotEnoughBandwidth, base.StatusServiceUnavailable:
		return briefing.CameraRefused, reasonBusy
	}
	if e.code >= 500 {
		return briefing.CameraAway, reasonFault
	}
	return briefing.CameraRefused, reasonStatus
}

// ofAnswer classifies answers that cannot be used. The reason is empty for other errors.
func ofAnswer(err error) (briefing.CameraState, briefing.TroubleReason, string) {
	var (
		udp         liberrors.ErrClientServerRequestedUDP
		missing     liberrors.ErrClientContentTypeMissing
		unsupported liberrors.ErrClientContentTypeUnsupported
		invalid     liberrors.ErrClientSDPInvalid
	)
	switch {
	case errors.As(err, &udp):
		return briefing.CameraRefused, briefing.TroubleUDPOnly, "it sends video over UDP alone"
	case errors.As(err, &missing), errors.As(err, &unsupported), errors.As(err, &invalid):
		return briefing.CameraIllegible, briefing.TroubleNoVideo, "it describes no stream"
	}
	return "", "", ""
}

// ofNetwork classifies errors of the connection.
func ofNetwork(err error) (briefing.CameraState, briefing.TroubleReason, string) {
	var name *net.DNSError
	var timeout net.Error
	switch {
	case errors.As(err, &name):
		return briefing.CameraAway, reasonUnknownName, "the name is unknown"
	case errors.Is(err, syscall.ECONNREFUSED):
		return briefing.CameraAway, reasonNoConnection, "connection refused"
	case errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH):
		return briefing.CameraAway, reasonUnreachable, "unreachable"
	case errors.As(err, &timeout) && timeout.Timeout():
		return briefing.CameraAway, reasonNoAnswer, "no answer in time"
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF),
		errors.Is(err, syscall.ECONNRESET), errors.Is(err, net.ErrClosed):
		return briefing.CameraAway, reasonCut, "the connection was cut"
	}
	var system syscall.Errno
	if errors.As(err, &system) || errors.As(err, &timeout) || errors.Is(err, context.Canceled) {
		return briefing.CameraAway, "", "the session failed"
	}
	return briefing.CameraAway, reasonStatus, "its answers break the rules of RTSP"
}

// handshakeTrouble returns the trouble of a TLS handshake that failed. A port without TLS answers
// in clear, or waits for the rest of a request, or closes the connection.
func handshakeTrouble(err error) *pipeline.Trouble {
	var (
		known   *pipeline.Trouble
		record  tls.RecordHeaderError
		timeout net.Error
		plain   bool
	)
	switch {
	case errors.As(err, &known):
		plain = slices.Contains([]briefing.TroubleReason{
			reasonNoTLS, reasonSpeaksRTSP, reasonNoAnswer, reasonCut,
		}, known.Reason)
	case errors.As(err, &record), errors.As(err, &timeout) && timeout.Timeout(),
		errors.Is(err, io.EOF), errors.Is(err, syscall.ECONNRESET):
		plain = true
	}
	switch {
	case plain:
		return &pipeline.Trouble{State: briefing.CameraRefused, Reason: briefing.TroubleNoRTSPS,
			Err: errText("the port has no TLS")}
	case known != nil:
		return known
	}
	return &pipeline.Trouble{State: briefing.CameraRefused, Reason: reasonTLS,
		Err: errText("the TLS handshake failed")}
}

// words returns what the camera said, for the owner: one line of at most MaxTroubleWords bytes. A
// text that may have an address or the credentials is left out.
func (s *Source) words(first, message string) string {
	message = strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return -1
	}, strings.ToValidUTF8(message, ""))
	if strings.Contains(message, "://") || strings.Contains(message, "@") || s.betrays(message) {
		message = ""
	}
	text := strings.TrimSpace(cmp.Or(first, "") + " " + message)
	if len(text) <= briefing.MaxTroubleWords {
		return text
	}
	text = text[:briefing.MaxTroubleWords]
	for !utf8.ValidString(text) {
		text = text[:len(text)-1]
	}
	return text
}

// betrays reports whether a text has a part of the credentials. Some addresses have them in the
// path or the query, as password=….
func (s *Source) betrays(text string) bool {
	var secrets []string
	if s.address.user != nil {
		password, _ := s.address.user.Password()
		secrets = append(secrets, password, s.address.user.Username())
	}
	for _, part := range strings.FieldsFunc(s.address.path, func(r rune) bool {
		return strings.ContainsRune("/?&;", r)
	}) {
		_, value, _ := strings.Cut(part, "=")
		if len(value) >= 3 { // else the number of a channel
			secrets = append(secrets, value)
		}
	}
	secrets = append(secrets, s.secrets...)
	for _, secret := range secrets {
		secrets = append(secrets, secret)
		if plain, err := url.QueryUnescape(secret); err == nil {
			secrets = append(secrets, plain)
		}
	}
	return slices.ContainsFunc(secrets, func(secret string) bool {
		return secret != "" && strings.Contains(text, secret)
	})
}

// codeText returns the number of a code.
func codeText(code base.StatusCode) string { return strconv.Itoa(int(code)) }
