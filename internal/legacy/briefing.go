package legacy

import (
	"net/http"

	"bis/internal/briefing"
)

// getBriefing is POST /getBriefing: the texts of a request's briefings, oldest first, in raw UTF-8
// with a blank after each comma. A well-formed unknown id has an empty list. A malformed id is 404;
// the old server failed with a trace.
func (h *Handler) getBriefing(w http.ResponseWriter, r *http.Request, fields form) {
	id, formed := briefing.NormalID(fields["request_id"])
	if !formed {
		notFound.write(w)
		return
	}
	list[briefing.Briefing]{
		call: "getBriefing", kind: typeJSONUTF8, separator: spaced.separator,
		rows: h.svc.EachBriefing(r.Context(), nobody, briefing.RequestID(id)),
		encode: func(dst []byte, b briefing.Briefing) []byte {
			return spaced.appendString(dst, b.Text)
		},
	}.write(r.Context(), h, w)
}

// aiSummary is POST /aiSummary. The body is plain text and not a JSON string, although the content
// type is JSON, because the old app shows the body unchanged. A well-formed unknown id gets the
// text for a request without briefings.
func (h *Handler) aiSummary(r *http.Request, fields form) answer {
	id, formed := briefing.NormalID(fields["request_id"])
	if !formed {
		return notFound
	}
	s, err := h.svc.AiSummaryOrEmpty(r.Context(), nobody, briefing.RequestID(id))
	if err != nil {
		return h.failed(r.Context(), "aiSummary", err)
	}
	return ok(typeJSONUTF8, []byte(s.Text))
}
