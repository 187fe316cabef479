package legacy

import (
	"errors"
	"net/http"

	"bis/internal/briefing"
)

// endBriefing succeeds whether or not there is anything to end.
func (h *Handler) endBriefing(r *http.Request, fields form) answer {
	_, err := h.svc.EndBriefing(r.Context(), nobody, fields["username"])
	if err != nil && !errors.Is(err, briefing.ErrNotFound) {
		return h.broken(r.Context(), "endBriefing", err)
	}
	return ok(typeJSON, []byte(`{"message":"브리핑 성공적으로 종료"}`))
}

// getAllRequest lists newest first; an unknown user has no requests.
func (h *Handler) getAllRequest(r *http.Request, fields form) answer {
	list, err := h.svc.AllRequests(r.Context(), nobody, fields["username"])
	if err != nil && !errors.Is(err, briefing.ErrNotFound) {
		return h.broken(r.Context(), "getAllRequest", err)
	}
	body := []byte{'['}
	for i, req := range list {
		if i > 0 {
			body = append(body, ',')
		}
		body = compact.appendString(append(body, `{"request_id":`...), string(req.ID))
		body = compact.appendString(append(body, `,"request_name":`...), req.Name)
		body = compact.appendString(append(body, `,"endtime":`...), req.EndTime)
		body = append(body, '}')
	}
	return ok(typeJSON, append(body, ']'))
}
