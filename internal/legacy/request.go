package legacy

import (
	"errors"
	"net/http"

	"bis/internal/briefing"
)

// endBriefing is POST /endBriefing. It ends the user's active request. It also succeeds for an
// unknown user and without an active request.
func (h *Handler) endBriefing(r *http.Request, fields form) answer {
	_, err := h.svc.EndBriefing(r.Context(), nobody, fields["username"])
	if err != nil && !errors.Is(err, briefing.ErrNotFound) {
		return h.internalError(r.Context(), "endBriefing", err)
	}
	return ok(typeJSON, []byte(`{"message":"브리핑 성공적으로 종료"}`))
}

// getAllRequest is POST /getAllRequest: the user's requests as compact JSON, newest first. An
// unknown user has an empty list.
func (h *Handler) getAllRequest(w http.ResponseWriter, r *http.Request, fields form) {
	list[briefing.Request]{
		call: "getAllRequest", kind: typeJSON, separator: compact.separator,
		rows: h.svc.EachRequest(r.Context(), nobody, fields["username"]), encode: appendRequest,
	}.write(r.Context(), h, w)
}

// appendRequest appends one row of getAllRequest. The fields have the old server's order.
func appendRequest(dst []byte, req briefing.Request) []byte {
	dst = compact.appendString(append(dst, `{"request_id":`...), string(req.ID))
	dst = compact.appendString(append(dst, `,"request_name":`...), req.Name)
	dst = compact.appendString(append(dst, `,"endtime":`...), req.EndTime)
	return append(dst, '}')
}
