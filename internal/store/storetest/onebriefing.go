package storetest

import (
	"fmt"

	"bis/internal/briefing"
)

// singles are the promises about one briefing that is named by its id.
var singles = []promise{
	// Briefing returns the briefing as it was stored, with the name of its request's user. The
	// request may have ended.
	{"Briefing/is_found_by_its_id_with_its_user", func(h *fixture) {
		req, other := h.start("kim"), h.start("lee")
		run, theirs := h.append(req, 1), h.append(other, 1)
		outside, err := h.AddBriefing(h.Context(), fromOutside(req, "x"))
		h.ok(err)
		h.end(req, noon)
		for _, c := range []struct {
			want briefing.Briefing
			user string
		}{{run, "kim"}, {outside, "kim"}, {theirs, "lee"}} {
			got, username, err := h.Briefing(h.Context(), c.want.ID)
			h.ok(err)
			h.same("briefing", got, c.want)
			h.same("user", username, c.user)
		}
	}},
	// An unknown id and a malformed one are ErrNotFound, and so is the id of a request.
	{"Briefing/unknown_and_malformed_ids_are_ErrNotFound", func(h *fixture) {
		req := h.start("kim")
		h.append(req, 1)
		for _, id := range []briefing.BriefingID{
			unknownID, "", "x", "가나다", briefing.BriefingID(req.ID),
		} {
			_, _, err := h.Briefing(h.Context(), id)
			h.isKind(fmt.Sprintf("Briefing(%q)", id), err, briefing.ErrNotFound)
		}
	}},
}
