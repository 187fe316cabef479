package legacy

import (
	"errors"
	"net/http"

	"bis/internal/briefing"
)

// getBriefing lists a request's texts oldest first. A well-formed id that nothing has
// names an empty list, a malformed one nothing.
func (h *Handler) getBriefing(w http.ResponseWriter, r *http.Request, fields form) {
	id, formed := briefing.NormalID(fields["request_id"])
	if !formed {
		notFound.write(w)
		return
	}
	list[briefing.Briefing]{
		call: "getBriefing", kind: typeJSONUTF8, separator: spaced.separator,
		rows:   h.svc.EachBriefing(r.Context(), nobody, briefing.RequestID(id)),
		encode: func(dst []byte, b briefing.Briefing) []byte { return spaced.appendString(dst, b.Text) },
	}.write(r.Context(), h, w)
}

// aiSummary answers the bare summary: the old app shows the body as it is.
func (h *Handler) aiSummary(r *http.Request, fields form) answer {
	id, formed := briefing.NormalID(fields["request_id"])
	if !formed {
		return notFound
	}
	s, err := h.svc.AiSummary(r.Context(), nobody, briefing.RequestID(id))
	if errors.Is(err, briefing.ErrNotFound) {
		s, err = h.svc.EmptySummary(r.Context())
	}
	if err != nil {
		return h.internalError(r.Context(), "aiSummary", err)
	}
	return ok(typeJSONUTF8, []byte(s.Text))
}
