package storetest

import (
	"fmt"
	"time"

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
	// ReportBriefing stores the mark and its note, and every read returns them. A mark that is
	// taken back leaves the briefing as it was. changed is true exactly when ReportedWrong changes.
	{"ReportBriefing/is_read_with_the_briefing", func(h *fixture) {
		req := h.start("kim")
		first, b := h.append(req, 1), h.append(req, 2)
		h.end(req, noon.Add(time.Minute))
		for _, c := range []struct {
			mark    briefing.Mark
			changed bool
		}{
			{briefing.Mark{Wrong: true, Note: "손님이 없었어요."}, true},
			{briefing.Mark{Wrong: true, Note: "손님이 없었어요."}, false},
			{briefing.Mark{Wrong: true}, false},
			{briefing.Mark{}, true},
			{briefing.Mark{}, false},
			{briefing.Mark{Wrong: true, Note: "x"}, true},
		} {
			want := b
			want.ReportedWrong, want.ReportNote = c.mark.Wrong, c.mark.Note
			got, changed, err := h.ReportBriefing(h.Context(), b.ID, c.mark)
			h.ok(err)
			h.same("answer", got, want)
			h.same("changed", changed, c.changed)
			read, _, err := h.Briefing(h.Context(), b.ID)
			h.ok(err)
			h.same("Briefing", read, want)
			h.same("Briefings", h.all(req.ID), []briefing.Briefing{first, want})
			later, err := h.CatchUp(h.Context(), []briefing.Position{{RequestID: req.ID, After: first.ID}}, 9)
			h.ok(err)
			h.same("CatchUp", later[req.ID], []briefing.Briefing{want})
		}
	}},
	// A mark changes no request and is not in the feed. Later ids follow as before.
	{"ReportBriefing/changes_no_request_and_tells_nothing", func(h *fixture) {
		req := h.start("kim")
		b := h.append(req, 1)
		before := h.request(req.ID)
		f := h.feed()
		_, _, err := h.ReportBriefing(h.Context(), b.ID, briefing.Mark{Wrong: true})
		h.ok(err)
		h.same("request", h.request(req.ID), before)
		next := h.append(req, 2)
		if next.ID <= b.ID {
			h.Errorf("the id %s comes after %s", next.ID, b.ID)
		}
		h.same("feed", h.nextChanges(f, 1), []briefing.Change{{Kind: briefing.BriefingStored, Briefing: next}})
		nothingMore(h, f)
	}},
	// An unknown id and a malformed one are ErrNotFound.
	{"ReportBriefing/of_an_unknown_briefing_is_ErrNotFound", func(h *fixture) {
		for _, id := range []briefing.BriefingID{unknownID, "", "x"} {
			_, changed, err := h.ReportBriefing(h.Context(), id, briefing.Mark{Wrong: true})
			h.isKind(fmt.Sprintf("ReportBriefing(%q)", id), err, briefing.ErrNotFound)
			h.same("changed", changed, false)
		}
	}},
	// One of several simultaneous marks of a briefing changes it.
	{"ReportBriefing/of_simultaneous_marks_one_changes_it", func(h *fixture) {
		b := h.append(h.start("kim"), 1)
		changes := 0
		for _, changed := range concurrently(h, 8, func(int) (bool, error) {
			_, changed, err := h.ReportBriefing(h.Context(), b.ID, briefing.Mark{Wrong: true})
			return changed, err
		}) {
			if changed {
				changes++
			}
		}
		h.same("changes", changes, 1)
	}},
}
