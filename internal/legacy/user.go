package legacy

import (
	"encoding/json"
	"errors"
	"net/http"

	"bis/internal/briefing"
)

// login is POST /login. It creates the user if the name is unknown, and ignores the password. The
// message says whether the user is new, in the words of Config.LoginWords. A failure is 500 with
// {"detail":"Login Error: …"}.
func (h *Handler) login(r *http.Request, fields form) answer {
	u, outcome, err := h.svc.Login(r.Context(), nobody, fields["username"])
	if errors.Is(err, briefing.ErrRateLimited) {
		return tooMany(err)
	}
	if err != nil {
		reason := h.publicReason(r, "login", err)
		return detail(http.StatusInternalServerError, "Login Error: "+reason)
	}
	body := compact.appendString([]byte(`{"message":`), h.words[outcome])
	body = compact.appendString(append(body, `,"user_id":`...), string(u.ID))
	return ok(typeJSON, append(body, '}'))
}

// publicReason returns the reason of an error for the caller. It logs an error without a public
// reason.
func (h *Handler) publicReason(r *http.Request, what string, err error) string {
	invalid, isInvalid := errors.AsType[*briefing.InvalidError](err)
	switch {
	case isInvalid:
		return invalid.Error()
	case errors.Is(err, briefing.ErrUnauthenticated), errors.Is(err, briefing.ErrForbidden):
		return "not allowed"
	}
	h.logFault(r.Context(), what, err)
	if errors.Is(err, briefing.ErrUnavailable) {
		return "the database is unavailable"
	}
	return "internal error"
}

// getCustom is POST /getCustom: the user's style lines as an array of strings, in raw UTF-8 with a
// blank after each comma. An unknown user is 404; the old server failed with a trace.
func (h *Handler) getCustom(r *http.Request, fields form) answer {
	u, err := h.svc.User(r.Context(), nobody, fields["username"])
	switch {
	case errors.Is(err, briefing.ErrNotFound):
		return notFound
	case err != nil:
		return h.internalError(r.Context(), "getCustom", err)
	}
	return ok(typeJSONUTF8, spaced.appendStrings(nil, u.Custom))
}

// updateCustom is POST /updateCustom. Every failure has the same answer. An unknown user is not a
// failure, because the old server updated no document and answered success.
func (h *Handler) updateCustom(r *http.Request, fields form) answer {
	lines, err := parseLines(fields["custom_list"])
	if err == nil {
		_, err = h.svc.UpdateOldCustom(r.Context(), nobody, fields["username"], lines)
	}
	if err != nil && !errors.Is(err, briefing.ErrNotFound) {
		if !errors.Is(err, briefing.ErrInvalid) {
			h.logFault(r.Context(), "updateCustom", err)
		}
		return detail(http.StatusInternalServerError, "Fail to update Custom")
	}
	return ok(typeJSON, []byte(`"success to update Custom"`))
}

// maxLines is the most bytes of the field custom_list. Ten lines of 200 characters take less than
// half, even if every character is two escapes.
const maxLines = 64 << 10

// parseLines reads the field custom_list, a JSON array of strings. A list that is too long is
// refused before it is parsed. The error is of the kind ErrInvalid.
func parseLines(text string) ([]string, error) {
	if len(text) > maxLines {
		return nil, briefing.Invalid("custom_list", "must have at most %d bytes", maxLines)
	}
	var lines []*string // pointers distinguish null from an empty line
	if err := json.Unmarshal([]byte(text), &lines); err != nil || lines == nil {
		return nil, briefing.Invalid("custom_list", "must be a JSON array of strings")
	}
	list := make([]string, len(lines))
	for i, line := range lines {
		if line == nil {
			return nil, briefing.Invalid("custom_list", "must be a JSON array of strings")
		}
		list[i] = *line
	}
	return list, nil
}
