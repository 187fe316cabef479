package briefing_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"bis/internal/briefing"
)

// secretDialects are addresses of cameras and recorders with a user U and a password P, wherever
// they have them.
var secretDialects = []string{
	"http://U:P@cam/a", "http://cam/a?usr=U&pwd=P", "http://cam/a?u=U&p=P&x=1", "http://cam/a?x=1&p=P&u=U",
	"rtsp://cam/user=U_password=P_channel=1.sdp", "rtsp://cam/user=U&password=P&channel=1",
	"rtsp://cam/live/U/P/1", "http://cam/live/U/P/12.ts", "rtsp://cam/stream/U/P/0", "rtsp://cam/0/U:P/main", "rtsp://cam/U:P/ch1",
	"http://cam/U:P@10.0.0.9/snap.jpg", "http://cam/proxy/rtsp://U:P@10.0.0.9/s", "http://cam/a?src=rtsp://U:P@10.0.0.9/s",
	"rtsp://cam/admin:P/", "rtsp://cam/admin/P/ch1", "rtsp://cam/user/U/password/P/ch1", "http://cam/token/P/snap.jpg",
	"http://cam/snap.jpg?access_token=P", "http://cam/snap.jpg?auth=U%3AP", "http://cam/cgi;u=U;p=P", "http://cam/x?a=1&p%77d=P&b=2",
	"http://cam/x?auth[user]=U&auth[password]=P", "http://cam/x?param%5BUser%5D%5Bpassword%5D=P", "http://cam/x?n=U&p=P", "http://cam/x?name=U&pass=P&id=1",
	"http://cam/x?usr=U&p=P", "http://cam/x?ch=1,user=U,password=P", "http://cam/x?ch=1|user=U|password=P", "http://cam/x?ch=1%26user=U%26password=P",
	`http://cam/x?json={"user":"U","password":"P"}`, "http://cam/x?json=%7B%22password%22%3A%22P%22%7D", "http://cam/x?U:P", "http://cam/x?a=1&user%20P",
	"http://cam/x,user=U,password=P", "http://cam/x/user%3DU%26password%3DP", "rtsp://cam/user%3DU_password%3DP_channel%3D1", "http://cam/x?pwd=a;P&b=2",
	"rtsp://cam/user=U&password=a/P&channel=1", "rtsp://cam/user=U&password=a?P&channel=1", "rtsp://cam/user=U&password=a#P&channel=1", "http://cam/;stok=P/ds",
	"http://cam/snapshot/door.jpg?api=P", "http://cam/x?code=P", "http://cam/x?ak=P&sk=P", "http://cam/x?senha=P", "http://cam/x?아이디=U&암호=P", "http://cam/x?pword=P",
}

// secrets are values of all kinds. None is a part of a dialect.
var secrets = []string{"S3cret", "hunter22", "Zq-9_x", "%23%25zz", "비밀번호", "long.word!", "9f8e7d6c5b4a39281706f5e4d3c2b1a0"}

// Whatever an address has as a credential is in no text that is shown, and comes back to its own
// place.
func TestSource_hides_every_secret_of_every_dialect(t *testing.T) {
	t.Parallel()
	for _, dialect := range secretDialects {
		for _, secret := range secrets {
			text := strings.NewReplacer("U", "Kimname", "P", secret).Replace(dialect)
			s, err := briefing.ParseSource(text)
			if err != nil {
				t.Errorf("%s: %v", text, err)
				continue
			}
			shown := s.String()
			bare, _ := briefing.ParseSource("http://cam/" + secret)
			for _, form := range []string{secret, strings.TrimPrefix(bare.Path, "/")} {
				if strings.Contains(shown, form) {
					t.Errorf("%s is shown as %s", text, shown)
				}
			}
			again, err := briefing.ParseSource(shown)
			if err != nil || again.String() != shown || again.Credentials() != "" {
				t.Errorf("%s, parsed again: %+v, %v", shown, again, err)
			}
			if full, err := again.WithCredentials(s.Credentials()); err != nil || full != s {
				t.Errorf("%s is completed as %+v, %v; want %+v", shown, full, err, s)
			}
		}
	}
}

// A secret goes back to the parameter of its name, in any order, and to no other one.
func TestSource_WithCredentials_knows_the_parameter(t *testing.T) {
	t.Parallel()
	pairs := []string{"user=me", "pwd=one1", "token=two2", "channel=1", "api_key=three3", "x=4"}
	s, err := briefing.ParseSource("http://cam/a?" + strings.Join(pairs, "&"))
	if err != nil {
		t.Fatal(err)
	}
	_, query, _ := strings.Cut(s.String(), "?")
	masked := strings.Split(query, "&")
	random := rand.New(rand.NewPCG(1, 2))
	for range 50 {
		order := random.Perm(len(pairs))[:1+random.IntN(len(pairs))] // some are left out
		want, typed := []string{"new=5"}, []string{"new=5"}
		for _, i := range order {
			want, typed = append(want, pairs[i]), append(typed, masked[i])
		}
		edited, err := briefing.ParseSource("http://cam/b?" + strings.Join(typed, "&"))
		if err != nil {
			t.Fatal(err)
		}
		full, err := edited.WithCredentials(s.Credentials())
		if err != nil || full.Path != "/b?"+strings.Join(want, "&") {
			t.Fatalf("%s became %s, %v", edited.Path, full.Path, err)
		}
	}
	for _, other := range []string{"http://cam/a?other_token=***", "http://cam/a?pwd=***&pwd=***", "http://cam/live/***/a/1", "http://cam/***", "http://cam/a?x=•••"} {
		edited, err := briefing.ParseSource(other)
		if err != nil {
			t.Fatal(err)
		}
		full, err := edited.WithCredentials(s.Credentials())
		if err != nil || !full.Masked() || slices.Contains(full.PathSecrets(), "two2") {
			t.Errorf("%s became %+v, %v", other, full, err)
		}
	}
}

// The place of a secret in a path is known by what precedes it.
func TestSource_WithCredentials_knows_the_segment(t *testing.T) {
	t.Parallel()
	s, err := briefing.ParseSource("rtsp://cam/live/me/S3cret/1")
	if err != nil || s.String() != "rtsp://cam/live/***/***/1" {
		t.Fatalf("%s, %v", s, err)
	}
	for typed, want := range map[string]string{
		"rtsp://cam/live/***/***/2":    "/live/me/S3cret/2",
		"rtsp://cam/live/***/other/1":  "/live/me/other/1",
		"rtsp://cam/log/***/1":         "/log/***/1",
		"rtsp://cam/public/***/***/1":  "/public/***/***/1",
		"rtsp://cam/live/•••/••••••/1": "/live/me/S3cret/1",
	} {
		edited, err := briefing.ParseSource(typed)
		if err != nil {
			t.Fatal(err)
		}
		full, err := edited.WithCredentials(s.Credentials())
		if err != nil || full.Path != want || full.Masked() != strings.Contains(want, "***") {
			t.Errorf("%s became %s (%v), want %s", typed, full.Path, err, want)
		}
	}
}

// The addresses of the usual makes stay readable: only credentials are masked.
func TestSource_shows_what_is_no_secret(t *testing.T) {
	t.Parallel()
	for _, path := range []string{
		"/ISAPI/Streaming/channels/101/picture", "/Streaming/Channels/102", "/cgi-bin/snapshot.cgi?channel=1", "/h264Preview_01_sub",
		"/cam/realmonitor?channel=1&subtype=1", "/axis-cgi/mjpg/video.cgi", "/stw-cgi/video.cgi?msubmenu=snapshot&action=view&Channel=0",
		"/profile2/media.smp", "/webcapture.jpg?command=snap&channel=1", "/api/frame.jpeg?src=door", "/api/camera_proxy/camera.front",
		"/live/ch00_0", "/live/ch1/main/0", "/live/main/0", "/h264/ch1/main/av_stream", "/user/view.jpg", "/p=1", "/a?p=2&page=3",
		"/onvif/profile1/media.smp", "/videostream.cgi?rate=0", "/proxy/192.0.2.9:8080/snap", "/stream:1", "/Interface/Cameras/GetSnapshot?Camera=Front",
		"/image/jpeg.cgi", "/webapi/entry.cgi?api=SYNO.SurveillanceStation.Camera&method=GetSnapshot&version=9&id=1", "/x?id=1&p=2", "/a?time=12:30", "/x?a,b=1;c", "/snapshot640x480", "/2026-11-27/door.jpg",
	} {
		s, err := briefing.ParseSource("http://cam" + path)
		if err != nil || s.String() != "http://cam"+path || s.Credentials() != "" {
			t.Errorf("%s is shown as %s, %v", path, s, err)
		}
	}
}

// Masks in place of the login mean the stored one.
func TestSource_WithCredentials_of_a_masked_login(t *testing.T) {
	t.Parallel()
	s, err := briefing.ParseSource("http://me:S3cret@cam/a")
	if err != nil {
		t.Fatal(err)
	}
	for typed, want := range map[string]string{"me:•••": "me S3cret", "•••:***": "me S3cret", "you:•••": "", "•••:new": ""} {
		edited, err := briefing.ParseSource("http://" + typed + "@cam/a")
		if err != nil {
			t.Fatal(err)
		}
		full, err := edited.WithCredentials(s.Credentials())
		if got := fmt.Sprint(full.User, " ", full.Password); err != nil || want != "" && got != want || full.Masked() != (want == "") {
			t.Errorf("%s became %s, %v", typed, got, err)
		}
	}
}

// Recorders of UniFi have a token of 16 letters and digits as the path.
func TestSource_hides_short_tokens(t *testing.T) {
	t.Parallel()
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
	random, shown := rand.New(rand.NewPCG(3, 4)), 0
	for range 1000 {
		token := make([]byte, 16)
		for i := range token {
			token[i] = letters[random.IntN(len(letters))]
		}
		s, err := briefing.ParseSource("rtsps://192.0.2.1:7441/" + string(token) + "?enableSrtp")
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(s.String(), string(token)) {
			shown++
		}
	}
	if shown > 40 {
		t.Errorf("%d of 1,000 tokens are shown", shown)
	}
}
