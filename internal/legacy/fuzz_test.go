package legacy_test

import (
	"context"
	"iter"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"bis/internal/briefing"
	"bis/internal/legacy"
)

// parrot is a service that knows every name and id, and returns them.
type parrot struct{ legacy.Service }

func (parrot) Login(_ context.Context, _ briefing.Viewer, username string) (briefing.User, briefing.LoginOutcome, error) {
	return briefing.User{ID: "65bdc4d5a1b2c3d4e5f60718"}, briefing.Signup, briefing.CheckUsername(username)
}

func (parrot) User(_ context.Context, _ briefing.Viewer, username string) (briefing.User, error) {
	return briefing.User{Username: username, Custom: []string{username, ""}}, nil
}

func (parrot) UpdateOldCustom(_ context.Context, _ briefing.Viewer, _ string, custom []string) (briefing.User, error) {
	return briefing.User{}, briefing.CheckCustom(custom)
}

func (parrot) EndBriefing(context.Context, briefing.Viewer, string) (*briefing.Request, error) {
	return nil, briefing.ErrNotFound
}

func (parrot) EachRequest(_ context.Context, _ briefing.Viewer, username string) iter.Seq2[briefing.Request, error] {
	return func(yield func(briefing.Request, error) bool) {
		yield(briefing.Request{ID: "65bdc4d5a1b2c3d4e5f60719", Name: username, EndTime: "18:30"}, nil)
	}
}

func (parrot) EachBriefing(_ context.Context, _ briefing.Viewer, id briefing.RequestID) iter.Seq2[briefing.Briefing, error] {
	return func(yield func(briefing.Briefing, error) bool) {
		yield(briefing.Briefing{Text: string(id)}, nil)
	}
}

func (parrot) AiSummaryOrEmpty(context.Context, briefing.Viewer, briefing.RequestID) (briefing.Summary, error) {
	return briefing.Summary{Text: "아무 일도 없었습니다."}, nil
}

// FuzzForm posts any body under any content type to every old path. Each answer must fit the
// OpenAPI document, and each list that repeats the input must be valid JSON.
func FuzzForm(f *testing.F) {
	const urlencoded = "application/x-www-form-urlencoded"
	f.Add(urlencoded, "username=kim&request_id=65bdc4d5a1b2c3d4e5f60719&custom_list=%5B%22a%22%5D")
	f.Add(urlencoded+"; charset", "username=%ff%zz&request_id=65BDC4D5A1B2C3D4E5F60719&custom_list=[null]&&=")
	f.Add(`multipart/form-data; boundary="x"`, "--x\r\nContent-Disposition: form-data; name=\"username\"\r\n\r\n\x00\r\n--x--")
	f.Add("multipart/form-data", "--\r\n")
	f.Add("application/json", `{"username":"kim"}`)
	h, err := legacy.New(parrot{}, legacy.Config{Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		f.Fatal(err)
	}
	mux := http.NewServeMux()
	h.Mount(nil, func(pattern, _ string, handler http.Handler) { mux.Handle(pattern, handler) })
	d := describe(f)
	f.Fuzz(func(t *testing.T, kind, body string) {
		d := description{t, d.root}
		for path := range d.at(d.root, "paths") {
			operation := d.at(d.root, "paths", path, "post")
			if operation == nil {
				continue
			}
			r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(body))
			r.Header.Set("Content-Type", kind)
			w := httptest.NewRecorder()
			mux.ServeHTTP(w, r)
			d.fits(operation, recordedAnswer{
				method: http.MethodPost, path: path, status: strconv.Itoa(w.Code), kind: w.Header().Get("Content-Type"), body: w.Body.String(),
			})
		}
	})
}
