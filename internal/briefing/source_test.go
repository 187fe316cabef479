package briefing_test

import (
	"errors"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"bis/internal/briefing"
)

func TestParseSource_reads_addresses_as_owners_type_them(t *testing.T) {
	t.Parallel()
	type source = briefing.Source
	for text, want := range map[string]source{
		"http://192.0.2.7/snap.jpg":                            {Scheme: "http", Host: "192.0.2.7", Path: "/snap.jpg"},
		" \t\nhttp://192.0.2.7/snap.jpg\r\n ":                  {Scheme: "http", Host: "192.0.2.7", Path: "/snap.jpg"},
		"\ufeff\u200bhttp://192.0.2.7/\u200b":                  {Scheme: "http", Host: "192.0.2.7", Path: "/"},
		"<http://192.0.2.7>":                                   {Scheme: "http", Host: "192.0.2.7", Path: "/"},
		"HTTP://CAM.Example:08080/Snap.JPG":                    {Scheme: "http", Host: "cam.example:8080", Path: "/Snap.JPG"},
		"Https :// cam.example/":                               {Scheme: "https", Host: "cam.example", Path: "/"},
		"http:/192.0.2.7/a":                                    {Scheme: "http", Host: "192.0.2.7", Path: "/a"},
		"http:///192.0.2.7/a":                                  {Scheme: "http", Host: "192.0.2.7", Path: "/a"},
		`http:\\192.0.2.7\a`:                                   {Scheme: "http", Host: "192.0.2.7", Path: "/a"},
		"MJPEG+HTTPS://cam/v":                                  {Scheme: "mjpeg+https", Host: "cam", Path: "/v"},
		"mjpeg://cam:81/v":                                     {Scheme: "mjpeg+http", Host: "cam:81", Path: "/v"},
		"rtsp://admin:pw@192.0.2.7:554/Streaming/Channels/101": {Scheme: "rtsp", Host: "192.0.2.7:554", Path: "/Streaming/Channels/101", User: "admin", Password: "pw"},
		"RTSPS://192.0.2.7":                                    {Scheme: "rtsps", Host: "192.0.2.7"},
		"demo:?seed=7":                                         {Scheme: "demo", Path: "?seed=7"},
		"Demo: ":                                               {Scheme: "demo"},
		"PUSH:":                                                {Scheme: "push"},
		"push://":                                              {Scheme: "push"},
		"http://[2001:DB8::7]:80/a":                            {Scheme: "http", Host: "[2001:db8::7]:80", Path: "/a"},
		"http://me:pw@[2001:db8::7]/a":                         {Scheme: "http", Host: "[2001:db8::7]", Path: "/a", User: "me", Password: "pw"},
		"http://cam?x=1":                                       {Scheme: "http", Host: "cam", Path: "/?x=1"},
		"http://cam:/a":                                        {Scheme: "http", Host: "cam", Path: "/a"},
		"http://cam/a b/가.jpg?x=나 다":                           {Scheme: "http", Host: "cam", Path: "/a%20b/%EA%B0%80.jpg?x=%EB%82%98%20%EB%8B%A4"},
		"http://cam/100%/a%20b?x=5%":                           {Scheme: "http", Host: "cam", Path: "/100%25/a%20b?x=5%25"},
		"http://cam/live.html#top?x":                           {Scheme: "http", Host: "cam", Path: "/live.html"},
		"http://cam/api?src=a#video=h264":                      {Scheme: "http", Host: "cam", Path: "/api?src=a%23video=h264"},
		// without a scheme
		"192.0.2.7":            {Scheme: "http", Host: "192.0.2.7", Path: "/"},
		"192.0.2.7:8080/video": {Scheme: "http", Host: "192.0.2.7:8080", Path: "/video"},
		"cam.local/snap.jpg":   {Scheme: "http", Host: "cam.local", Path: "/snap.jpg"},
		"localhost:8080/x":     {Scheme: "http", Host: "localhost:8080", Path: "/x"},
		"cam:8080/x":           {Scheme: "http", Host: "cam:8080", Path: "/x"},
		"//192.0.2.7/a":        {Scheme: "http", Host: "192.0.2.7", Path: "/a"},
		"192.0.2.7:443/a":      {Scheme: "https", Host: "192.0.2.7:443", Path: "/a"},
		"admin:pw@192.0.2.7/a": {Scheme: "http", Host: "192.0.2.7", Path: "/a", User: "admin", Password: "pw"},
		"[2001:db8::7]:81/a":   {Scheme: "http", Host: "[2001:db8::7]:81", Path: "/a"},
	} {
		got, err := briefing.ParseSource(text)
		if err != nil || got != want {
			t.Errorf("ParseSource(%q) = %+v, %v; want %+v", text, got, err, want)
		}
	}
}

// A password may contain any character, typed as it is or percent-encoded.
func TestParseSource_reads_every_password(t *testing.T) {
	t.Parallel()
	passwords := []string{
		"pw", "p@ss", "p@ss@", "@", "p#1", "#", "p%", "100%", "%zz", "a/b", "/", "//", "a/b/c", "p?x", "?", "a:b", ":", ":::",
		"가나다", "비밀 번호", " pw ", "a b", "a+b", "a&b=c", "a=b", `a\b`, "a'b\"c", "p@ss/w#rd%?:가 나", "[x]", "1234", "12/34", "12#34",
		"12?34", "12@34", "p@ss/w0rd", "x@y:1/2", "p@s.s/1", "a;b", "😀", "$!*()~`^|{}<>", "%C3%28", "user=1&pwd=2",
	}
	for _, password := range passwords {
		for _, address := range []string{"192.0.2.7", "192.0.2.7:8080", "[2001:db8::7]:81", "localhost:1"} {
			for _, path := range []string{"/", "/snap.jpg?mail=a@b.example&x=http://c@192.0.2.9/", "/a@192.0.2.9/b"} {
				want := briefing.Source{Scheme: "http", Host: address, Path: path, User: "admin", Password: password}
				for form, login := range map[string]string{
					"raw": "admin:" + password, "encoded": "admin:" + url.PathEscape(password), "userinfo": url.UserPassword("admin", password).String(),
				} {
					got, err := briefing.ParseSource("http://" + login + "@" + address + path)
					if form == "raw" && password == "%C3%28" || form == "raw" && strings.Contains(path, "@192") && strings.Contains(password, "@") {
						continue // see below
					}
					if diff := cmp.Diff(want, got); err != nil || diff != "" {
						t.Errorf("%s password %q before %s%s: %v %s", form, password, address, path, err, diff)
					}
				}
			}
		}
	}
}

// An @ may stand in the password, in the path or in the query. One of them ends the credentials.
func TestParseSource_finds_the_end_of_the_credentials(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][4]string{ // user, password, host, path
		"http://192.0.2.7/a?mail=me@host.example":                         {"", "", "192.0.2.7", "/a?mail=me@host.example"},
		"http://cam:8080/x?u=me@host.example":                             {"", "", "cam:8080", "/x?u=me@host.example"},
		"http://cam/x?u=me@host.example":                                  {"", "", "cam", "/x?u=me@host.example"},
		"http://cam.example/@me/x":                                        {"", "", "cam.example", "/@me/x"},
		"http://cam.example/a@192.0.2.9":                                  {"", "", "cam.example", "/a@192.0.2.9"},
		"http://192.0.2.5:1984/api/frame.jpeg?src=rtsp://a:b@192.0.2.7/s": {"", "", "192.0.2.5:1984", "/api/frame.jpeg?src=rtsp://a:b@192.0.2.7/s"},
		"http://admin:pw@192.0.2.7/a?mail=me@host.example":                {"admin", "pw", "192.0.2.7", "/a?mail=me@host.example"},
		"http://admin:pw@cam/a?mail=me@host.example":                      {"admin", "pw", "cam", "/a?mail=me@host.example"},
		"http://admin:12/34@192.0.2.7/a":                                  {"admin", "12/34", "192.0.2.7", "/a"},
		"http://admin:12/34@cam/a":                                        {"admin", "12/34", "cam", "/a"},
		"http://admin:12/34@cam.example:81/a@b":                           {"admin", "12/34", "cam.example:81", "/a@b"},
		"http://admin:p@ss/w0rd@192.0.2.7/x":                              {"admin", "p@ss/w0rd", "192.0.2.7", "/x"},
		"http://admin:p@s.s/1@192.0.2.7/x":                                {"admin", "p@s.s/1", "192.0.2.7", "/x"},
		"http://me@shop.example:pw@192.0.2.7/x":                           {"me", "shop.example:pw@192.0.2.7/x", "", ""},
		"http://admin@192.0.2.7/x":                                        {"admin", "", "192.0.2.7", "/x"},
		"http://:pw@192.0.2.7/x":                                          {"", "pw", "192.0.2.7", "/x"},
		"http://@192.0.2.7/x":                                             {"", "", "192.0.2.7", "/x"},
		"http://kim%40shop.example:a%3Ab@192.0.2.7/x":                     {"kim@shop.example", "a:b", "192.0.2.7", "/x"},
	} {
		got, err := briefing.ParseSource(text)
		if strings.HasPrefix(text, "http://me@shop") { // a raw @ in the user's name
			want = [4]string{"me@shop.example", "pw", "192.0.2.7", "/x"}
		}
		if have := [4]string{got.User, got.Password, got.Host, got.Path}; err != nil || have != want {
			t.Errorf("ParseSource(%q) = %q, %v; want %q", text, have, err, want)
		}
	}
}

func TestParseSource_refuses_with_a_rule_and_without_the_password(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                                   "such as http://",
		"   ":                                "such as http://",
		"cam":                                "such as http://",
		"hidden:1":                           "such as http://",
		"hidden":                             "such as http://",
		"ftp://me:hidden@cam/a":              "such as http://",
		"rtmp://me:hidden@cam/a":             "such as http://",
		"http:me:hidden@cam":                 "such as http://",
		"javascript://hidden":                "such as http://",
		"file:/srv/hidden":                   "file:",
		"FILE:///srv/hidden":                 "file:",
		" file:hidden":                       "file:",
		"push:hidden":                        "push:",
		"http://":                            "must have a host",
		"http:///":                           "must have a host",
		"http://me:hidden@/a":                "must have a host",
		"http://me:hidden@":                  "must have a host",
		"http://me:hidden@%zz/":              "must have a host",
		"http://me:hidden@cam:99999/":        "must have a host",
		"http://me:hidden@cam:0/":            "must have a host",
		"http://me:hidden@2130706433/":       "must have a host",
		"http://me:hidden@0x7f000001/":       "must have a host",
		"http://me:hidden@127.1/":            "must have a host",
		"http://me:hidden@010.0.0.1/":        "must have a host",
		"http://me:hidden@1.2.3.4.5/":        "must have a host",
		"http://me:hidden@-cam/":             "must have a host",
		"http://me:hidden@a..b/":             "must have a host",
		"http://me:hidden@2001:db8::7/":      "in brackets",
		"http://me:hidden@[fe80::1%25eth0]/": "zone",
		"http://me:hidden@[fe80::1%eth0]/":   "zone",
		"http://[fe80::1%eth0]:80/hidden":    "zone",
		"http://me:hidden@[2001:db8::7/":     "brackets",
		"http://me:hidden@카메라.example/":      "ASCII",
		"192.0.2.7:554/hidden":               "rtsp://",
		"me:hidden@192.0.2.7:8554/x":         "rtsp://",
		"http://me:hid\nden@cam/":            "control",
		"http://me:hid%0aden@cam/":           "control",
		"http://me:hidden@cam/\x00":          "control",
		"http://me:hidden@cam/\r\nX: y":      "control",
		"http://me:hidden\xff@cam/":          "control",
		"http://me:hidden@cam/" + strings.Repeat("x", briefing.MaxSourceLen): "2048 bytes",
	} {
		got, err := briefing.ParseSource(text)
		var invalid *briefing.InvalidError
		if !errors.As(err, &invalid) || invalid.Field != "source" || !strings.Contains(invalid.Rule, want) {
			t.Errorf("ParseSource(%q) = %+v, %v; want %q", text, got, err, want)
			continue
		}
		if strings.Contains(err.Error(), "hid") || strings.Contains(err.Error(), "\nden") {
			t.Errorf("ParseSource(%q) repeats the password: %v", text, err)
		}
	}
}

// Credentials in the path and the query are in no shown address. They come back from Credentials.
func TestSource_hides_credentials_in_its_path(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"http://me:hidden@cam/a":                                                                "http://cam/a",
		"http://cam/cgi?cmd=snap&usr=hidden&pwd=hidden":                                         "http://cam/cgi?cmd=snap&usr=***&pwd=***",
		"http://cam/cgi?USER=hidden&PassWord=hidden&x=1":                                        "http://cam/cgi?USER=***&PassWord=***&x=1",
		"http://cam/cgi?loginuse=hidden&loginpas=hidden":                                        "http://cam/cgi?loginuse=***&loginpas=***",
		"http://cam/cgi-bin/api.cgi?cmd=Snap&channel=0&rs=ab&user=hidden&password=hidden/a?b@c": "http://cam/cgi-bin/api.cgi?cmd=Snap&channel=0&rs=ab&user=***&password=***",
		"http://cam/a?access_token=hidden;b=1":                                                  "http://cam/a?access_token=***;b=1",
		"http://cam/a?api-key=hidden&p%77d=hidden":                                              "http://cam/a?api-key=***&p%77d=***",
		"http://cam/a?pwd=hidden#hidden":                                                        "http://cam/a?pwd=***",
		"rtsp://cam:554/user=hidden_password=hidden_channel=1_stream=0.sdp":                     "rtsp://cam:554/user=***_password=***_channel=1_stream=0.sdp",
		"rtsp://cam:554/user=hidden&password=hidden&channel=1&stream=0.sdp?real_stream":         "rtsp://cam:554/user=***&password=***&channel=1&stream=0.sdp?real_stream",
		"http://cam:1984/api/frame.jpeg?src=rtsp://me:hidden@192.0.2.7/s":                       "http://cam:1984/api/frame.jpeg?src=***",
		"http://cam:1984/api/frame.jpeg?src=rtsp%3A%2F%2Fme:hidden%40c%2Fs":                     "http://cam:1984/api/frame.jpeg?src=***",
		"http://cam:1984/api/frame.jpeg?src=door&width=640":                                     "http://cam:1984/api/frame.jpeg?src=door&width=640",
		"http://cam/a?pwd=&user=":                                                               "http://cam/a?pwd=&user=",
	} {
		s, err := briefing.ParseSource(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		shown := s.String()
		if shown != want || strings.Contains(shown, "hidden") {
			t.Errorf("%s is shown as %s, want %s", text, shown, want)
		}
		again, err := briefing.ParseSource(shown)
		if err != nil || again.String() != shown || again.Masked() != strings.Contains(shown, "***") {
			t.Errorf("%s, parsed again: %+v, %v, masked %v", shown, again, err, again.Masked())
		}
		if complete, err := again.WithCredentials(s.Credentials()); err != nil || complete != s {
			t.Errorf("%s with its credentials: %+v, %v; want %+v", shown, complete, err, s)
		}
	}
	plain := briefing.Source{Scheme: "http", Host: "cam", Path: "/a"}
	if got, err := plain.WithCredentials(plain.Credentials()); err != nil || got != plain || plain.Credentials() != "" || plain.Masked() {
		t.Errorf("without credentials: %+v, %v", got, err)
	}
	if _, err := plain.WithCredentials("{hidden"); !errors.Is(err, briefing.ErrInvalid) || strings.Contains(err.Error(), "hidden") {
		t.Errorf("credentials of another form: %v", err)
	}
}

// FuzzParseSource checks for any text: the error is of its kind and has no part of the password,
// and what is shown has no credentials and parses to the same address.
func FuzzParseSource(f *testing.F) {
	for _, seed := range []string{"http://", "@192.0.2.7/a", "a/b@c:1/d?e=f@g#h", "%", "[fe80::1%1]", "\\", "user=x_password=y", "?pwd=1&x=2", ":@:@", "가 나"} {
		f.Add(seed, "192.0.2.7")
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		const secret = "S3cretTail"
		for _, text := range []string{a, a + b, "http://me:" + a + secret + "@192.0.2.7/" + "x", "http://192.0.2.7/" + "x?pwd=" + secret + a} {
			s, err := briefing.ParseSource(text)
			if err != nil {
				if !errors.Is(err, briefing.ErrInvalid) || strings.Contains(err.Error(), secret) {
					t.Fatalf("%q: %v", text, err)
				}
				continue
			}
			for _, part := range []string{s.Path, s.Host} {
				if strings.ContainsFunc(part, func(r rune) bool { return r <= ' ' || r >= 0x7f }) {
					t.Fatalf("%q: %q is no part of a request line", text, part)
				}
			}
			if strings.HasPrefix(text, "http://192.0.2.7/x?pwd=") && strings.Contains(s.String(), secret) && s.Host == "192.0.2.7" {
				t.Fatalf("%q is shown as %q", text, s.String())
			}
			again, err := briefing.ParseSource(s.String())
			if err != nil || again.String() != s.String() {
				t.Fatalf("%q is shown as %q, which is %+v, %v", text, s.String(), again, err)
			}
			if full, err := again.WithCredentials(s.Credentials()); err != nil || full != s {
				t.Fatalf("%q: %+v is not %+v, %v", text, full, s, err)
			}
		}
	})
}

// Cameras invent names. A part of a name, or a login within a value, is enough to hide it.
func TestSource_Masked_hides_credentials_of_other_names(t *testing.T) {
	t.Parallel()
	for _, pair := range []string{
		"loginPassword=hidden", "userpw=hidden", "password1=hidden", "strPassword=hidden",
		"camera_password=hidden", "cam_pass=hidden", "viewer_pwd=hidden", "accessKey=hidden",
		"api_token=hidden", "client_secret=hidden", "rtsp=admin:hidden@10.0.0.1", "src=me%3Ahidden%40cam",
	} {
		src, err := briefing.ParseSource("http://192.0.2.7/snap.cgi?channel=2&" + pair)
		if err != nil {
			t.Fatal(err)
		}
		masked := src.String()
		if strings.Contains(masked, "hidden") || !strings.Contains(masked, "channel=2") {
			t.Errorf("%s: %s", pair, masked)
		}
	}
	for _, name := range []string{"channel", "resolution", "time", "stream", "quality"} {
		if briefing.IsSecretName(name) {
			t.Errorf("%s counts as a credential", name)
		}
	}
}
