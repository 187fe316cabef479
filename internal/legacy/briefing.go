package legacy

import (
	"errors"
	"net/http"

	"bis/internal/briefing"
)

// getBriefing lists a request's texts oldest first. A well-formed id that nothing has
// names an empty list, a malformed one nothing.
func (h *Handler) getBriefing(r *http.Request, fields form) answer {
	id, formed := briefing.NormalID(fields["request_id"])
	if !formed {
		return notFound
	}
	list, err := h.svc.AllBriefings(r.Context(), nobody, briefing.RequestID(id))
	if err != nil && !errors.Is(err, briefing.ErrNotFound) {
		return h.broken(r.Context(), "getBriefing", err)
	}
	return ok(typeJSONUTF8, spaced.appendStrings(nil, texts(list)))
}

func texts(list []briefing.Briefing) []string {
	all := make([]string, len(list))
	for i, b := range list {
		all[i] = b.Text
	}
	return all
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
		return h.broken(r.Context(), "aiSummary", err)
	}
	return ok(typeJSONUTF8, []byte(s.Text))
}
