package remote_test

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"bis/internal/pipeline"
	"bis/internal/pipeline/counting"
	"bis/internal/pipeline/counting/remote"
)

// picture is grey, and light where its name says.
func picture() image.Image {
	img := image.NewGray(image.Rect(0, 0, 200, 100))
	img.SetGray(10, 10, color.Gray{Y: 255})
	return img
}

// detect calls a server and returns the boxes of one picture.
func detect(t *testing.T, cfg remote.Config) ([]pipeline.Box, error) {
	t.Helper()
	c, err := remote.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	r, err := c.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return r.Detect(t.Context(), picture())
}

// serve returns a server that gives one answer.
func serve(t *testing.T, handler http.HandlerFunc) string {
	t.Helper()
	s := httptest.NewServer(handler)
	t.Cleanup(s.Close)
	return s.URL
}

func TestClient_posts_the_picture_as_DeepStack_expects_it(t *testing.T) {
	t.Parallel()
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		name, password, _ := r.BasicAuth()
		f, _, err := r.FormFile("image")
		if r.Method != http.MethodPost || r.URL.Path != remote.Path || name != "me" || password != "p w" || err != nil {
			t.Errorf("%s %s by %s:%s: %v", r.Method, r.URL, name, password, err)
			return
		}
		if got := r.FormValue("min_confidence"); got != "0.3" {
			t.Errorf("min_confidence = %s", got)
		}
		if img, err := jpeg.Decode(f); err != nil || img.Bounds() != picture().Bounds() {
			t.Errorf("the picture: %v", err)
		}
		fmt.Fprint(w, `{"success":true,"code":200,"duration":12,"predictions":[
			{"label":" Cell  Phone","confidence":0.31,"x_min":-4,"y_min":50,"x_max":20,"y_max":108},
			{"label":"person","confidence":0.9,"x_min":20,"y_min":10,"x_max":60,"y_max":90},
			{"label":"person","confidence":0.8,"x_min":200,"y_min":10,"x_max":200,"y_max":90},
			{"label":"person","confidence":0.29,"x_min":20,"y_min":10,"x_max":60,"y_max":90}]}`)
	})
	got, err := detect(t, remote.Config{URL: strings.Replace(url, "://", "://me:p%20w@", 1), Score: .3})
	want := []pipeline.Box{
		{X0: .1, Y0: .1, X1: .3, Y1: .9, Name: "person", Score: .9},
		{X0: 0, Y0: .5, X1: .1, Y1: 1, Name: "cell phone", Score: .31},
	}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("Detect = %+v, %v; want %+v", got, err, want)
	}
}

func TestClient_refuses_answers_that_cannot_be(t *testing.T) {
	t.Parallel()
	box := func(change ...string) string {
		p := `{"label":"person","confidence":0.9,"x_min":20,"y_min":10,"x_max":60,"y_max":90}`
		return `{"success":true,"predictions":[` + strings.NewReplacer(change...).Replace(p) + `]}`
	}
	for answer, want := range map[string]counting.Reason{
		"":                                     counting.Nonsense,
		"<html>":                               counting.Nonsense,
		"{}":                                   counting.Nonsense,
		"[]":                                   counting.Nonsense,
		`{"predictions":[]}`:                   counting.Nonsense,
		`{"success":false}`:                    counting.Refused,
		box("0.9", "1.5"):                      counting.Nonsense,
		box("0.9", "-0.1"):                     counting.Nonsense,
		box("0.9", "1e999"):                    counting.Nonsense,
		box("0.9", `"high"`):                   counting.Nonsense,
		box("0.9", "null"):                     counting.Nonsense,
		box("20", "90"):                        counting.Nonsense,
		box("20", "300", "60", "400"):          counting.Nonsense,
		box("10", "-1e308", "90", "-1e300"):    counting.Nonsense,
		box(`"x_max"`, `"x"`):                  counting.Nonsense,
		box("person", ""):                      counting.Nonsense,
		box("person", `per\u0000son`):          counting.Nonsense,
		box("person", strings.Repeat("x", 65)): counting.Nonsense,
		`{"success":true,"predictions":[` + strings.Repeat(`{},`, 1000) + `{}]}`: counting.Nonsense,
		`{"success":true,"x":"` + strings.Repeat("x", 1<<20) + `"}`:              counting.Nonsense,
	} {
		url := serve(t, func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, answer) })
		got, err := detect(t, remote.Config{URL: url})
		if f, ok := errors.AsType[*counting.Fault](err); !ok || f.Reason != want || got != nil {
			t.Errorf("%.100s: %v, %v; want %s", answer, got, err, want)
		}
	}
	url := serve(t, func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `{"success":true,"predictions":[]}`) })
	if got, err := detect(t, remote.Config{URL: url + "/other?x=1"}); err != nil || got == nil || len(got) != 0 {
		t.Errorf("an empty picture: %v, %v", got, err)
	}
}

func TestClient_says_why_a_server_does_not_answer(t *testing.T) {
	t.Parallel()
	status := func(code int) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) { http.Error(w, r.Header.Get("Authorization"), code) }
	}
	release := make(chan struct{})
	t.Cleanup(func() { close(release) })
	slow := func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		select {
		case <-release:
		case <-r.Context().Done():
		}
	}
	for name, c := range map[string]struct {
		handler http.HandlerFunc
		want    counting.Reason
	}{
		"an error":   {status(500), counting.Refused},
		"no access":  {status(401), counting.Refused},
		"no content": {status(204), counting.Refused},
		"too slow":   {slow, counting.Slow},
		"cut":        {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, counting.Unreachable},
		"cut in between": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "9")
			fmt.Fprint(w, "{")
		}, counting.Unreachable},
	} {
		url := strings.Replace(serve(t, c.handler), "://", "://me:hidden@", 1)
		cfg := remote.Config{URL: url + "/hidden?key=hidden"}
		if c.want == counting.Slow {
			cfg.Time = 50 * time.Millisecond
		}
		_, err := detect(t, cfg)
		f, ok := errors.AsType[*counting.Fault](err)
		if !ok || f.Reason != c.want {
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
		if text := fmt.Sprintf("%v %+v", err, f); strings.Contains(text, "hidden") ||
			strings.Contains(text, base64.StdEncoding.EncodeToString([]byte("me:hidden"))) {
			t.Errorf("%s: the error is %s", name, text)
		}
	}
	gone := httptest.NewServer(nil)
	gone.Close()
	_, err := detect(t, remote.Config{URL: gone.URL + "/hidden"})
	if f, ok := errors.AsType[*counting.Fault](err); !ok || f.Reason != counting.Unreachable || strings.Contains(err.Error(), "hidden") {
		t.Errorf("no server: %v", err)
	}
}

func TestClient_follows_no_redirect_to_another_server(t *testing.T) {
	t.Parallel()
	other := serve(t, func(http.ResponseWriter, *http.Request) { t.Error("the other server is called") })
	for _, code := range []int{301, 302, 303, 307, 308} {
		url := serve(t, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, other, code) })
		_, err := detect(t, remote.Config{URL: url})
		if f, ok := errors.AsType[*counting.Fault](err); !ok || f.Reason != counting.Refused {
			t.Errorf("status %d: %v", code, err)
		}
	}
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/moved" {
			http.Redirect(w, r, "/here", http.StatusPermanentRedirect)
			return
		}
		if _, _, err := r.FormFile("image"); err != nil {
			t.Errorf("after a redirect: %v", err)
		}
		fmt.Fprint(w, `{"success":true,"predictions":[]}`)
	})
	if _, err := detect(t, remote.Config{URL: url + "/moved"}); err != nil {
		t.Errorf("a redirect on the same server: %v", err)
	}
	around := serve(t, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/", http.StatusTemporaryRedirect) })
	if _, err := detect(t, remote.Config{URL: around}); err == nil {
		t.Error("a circle of redirects succeeds")
	}
}

func TestReader_Detect_ends_with_its_context(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	url := serve(t, func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		cancel()
		<-r.Context().Done()
	})
	c, err := remote.New(remote.Config{URL: url})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	r, _ := c.Open(ctx)
	if _, err := r.Detect(ctx, picture()); !errors.Is(err, context.Canceled) {
		t.Errorf("Detect = %v", err)
	}
}

func TestNew_refuses_other_addresses(t *testing.T) {
	t.Parallel()
	for _, url := range []string{"", "hidden", "ftp://hidden", "http://", "http://me:hidden/x@host/", "http:hidden"} {
		if _, err := remote.New(remote.Config{URL: url}); err == nil || strings.Contains(err.Error(), "hidden") {
			t.Errorf("New(%q) = %v", url, err)
		}
	}
}

func TestProvider(t *testing.T) {
	for address, want := range map[string]string{
		"http://127.0.0.1:5000": "", "http://[::1]:5000/x": "", "http://10.1.2.3": "",
		"http://192.168.0.9:32168": "", "http://[fd00::1]": "", "http://169.254.1.1": "",
		"http://codeproject:32168": "", "http://nas.local": "", "http://nas.lan/x": "",
		"http://box.home.arpa.": "", "https://Detector.Example:8443/v1": "detector.example:8443",
		"http://8.8.8.8:5000": "8.8.8.8:5000", "http://[2001:db8::1]": "[2001:db8::1]:80", "http://a.example:80": "a.example:80",
		"http://local.example": "local.example:80", "http://notlocal": "",
	} {
		if got := remote.Provider(address); got != want {
			t.Errorf("%s has the provider %q, want %q", address, got, want)
		}
	}
}
