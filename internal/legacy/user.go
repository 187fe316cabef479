package legacy

import (
	"encoding/json"
	"errors"
	"net/http"

	"bis/internal/briefing"
)

func (h *Handler) login(r *http.Request, fields form) answer {
	u, outcome, err := h.svc.Login(r.Context(), nobody, fields["username"])
	if err != nil {
		return detail(http.StatusInternalServerError, "Login Error: "+h.publicReason(r, "login", err))
	}
	body := compact.appendString([]byte(`{"message":`), h.words[outcome])
	body = compact.appendString(append(body, `,"user_id":`...), string(u.ID))
	return ok(typeJSON, append(body, '}'))
}

// publicReason says what went wrong in words that are safe to show; the rest goes to the log.
func (h *Handler) publicReason(r *http.Request, what string, err error) string {
	invalid, isInvalid := errors.AsType[*briefing.InvalidError](err)
	switch {
	case isInvalid:
		return invalid.Error()
	case errors.Is(err, briefing.ErrUnauthenticated), errors.Is(err, briefing.ErrForbidden):
		return "not allowed"
	case errors.Is(err, briefing.ErrRateLimited):
		return "too many attempts"
	}
	h.logFault(r.Context(), what, err)
	if errors.Is(err, briefing.ErrUnavailable) {
		return "the database is unavailable"
	}
	return "internal error"
}

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

// updateCustom has one answer for whatever goes wrong; an unknown user is not wrong: the
// old server updated no document and was content.
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

// parseLines reads a JSON array of strings. The error is an ErrInvalid.
func parseLines(text string) ([]string, error) {
	var lines []*string // pointers, so that a null is told from an empty line
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
