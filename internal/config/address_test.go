package config_test

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"bis/internal/config"
)

// An address prints no more than its scheme and its host, however it is written.
func TestAddress_does_not_print_its_secrets(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"http://192.0.2.7/snapshot.jpg":                        "http://192.0.2.7/…",
		"http://192.0.2.7:8080":                                "http://192.0.2.7:8080",
		"http://192.0.2.7/":                                    "http://192.0.2.7",
		"http://me:hidden@192.0.2.7/":                          "http://…@192.0.2.7",
		"http://hidden@cam.example/a":                          "http://…@cam.example/…",
		"http://127.0.0.1:1/cgi?cmd=snap&usr=admin&pwd=hidden": "http://127.0.0.1:1/…",
		"http://127.0.0.1:1?hidden":                            "http://127.0.0.1:1/…",
		"http://127.0.0.1/token/hidden/user=a_password=hidden": "http://127.0.0.1/…",
		"http://127.0.0.1/#hidden":                             "http://127.0.0.1/…",
		"http://[2001:db8::1]:80/hidden":                       "http://[2001:db8::1]:80/…",
		"http://me:p@hidden@192.0.2.7/":                        "http://…@192.0.2.7",
		"http://me:hidden/x@192.0.2.7/":                        "http://…",
		"http://me:12345/x@192.0.2.7/":                         "http://…",
		"http://me:12345?x@192.0.2.7/":                         "http://…",
		"http://me:12345#x@192.0.2.7/":                         "http://…",
		`http://me:12345\x@192.0.2.7/`:                         "http://…",
		"http://me:%zzhidden@192.0.2.7/a":                      "http://…@192.0.2.7/…",
		"http://me:hidden/%zz":                                 "http://…",
		"http:// hidden/":                                      "http://…",
		"mjpeg+http://me:hidden@cam/live?pwd=hidden":           "mjpeg+http://…@cam/…",
		"MJPEG+HTTPS://me:hidden@cam/live":                     "mjpeg+https://…@cam/…",
		"rtsp://me:hidden@cam:554/user=a&password=hidden":      "rtsp://…@cam:554/…",
		"htp://me:hidden@cam":                                  "(address not shown)",
		"http:/me:hidden@cam":                                  "(address not shown)",
		"http:me:hidden@cam":                                   "(address not shown)",
		"//me:hidden@cam":                                      "(address not shown)",
		"me:hidden@cam/snapshot.jpg":                           "(address not shown)",
		"cam/snapshot.jpg?pwd=hidden":                          "(address not shown)",
		" http://me:hidden@cam":                                "(address not shown)",
		"demo:http://me:hidden@cam":                            "(address not shown)",
		"file://me:hidden@nas/pictures":                        "(address not shown)",
		"demo:?seed=7":                                         "demo:?seed=7", "file:/srv/shop@home": "file:/srv/shop@home", "file:///srv/shop": "file:///srv/shop", "": "",
	} {
		a := config.Address(address)
		if a.String() != want {
			t.Errorf("%q prints %q, want %q", address, a.String(), want)
		}
		var log strings.Builder
		slog.New(slog.NewTextHandler(&log, nil)).Info("x", "address", a)
		text, err := json.Marshal(map[string]any{"a": config.Config{Camera: a, Model: config.Model{BaseURL: a}}, "b": a})
		all := fmt.Sprintf("%v %+v %#v %s %q %s %s %v", a, config.Config{Camera: a}, config.Model{BaseURL: a}, a, a, log.String(), text, err)
		if strings.Contains(all, "hidden") || strings.Contains(all, "12345") {
			t.Errorf("%q prints %s", address, all)
		}
	}
}

// FuzzAddress searches for a user, a password or a path that makes an address print a secret.
func FuzzAddress(f *testing.F) {
	for _, seed := range []string{"me:", "me:1/", "me:1?", "me:1#", `me:1\`, "a@b:", "%zz", "[::1]:80/", "", "://", "\n"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, before string) {
		const secret = "S3cretTail"
		for _, scheme := range []string{"http://", "mjpeg+https://", "rtsp://", "htp://", "//", ""} {
			for _, address := range []string{scheme + before + secret + "@cam.example/x", scheme + "cam.example/" + before + secret, scheme + "cam.example?" + before + secret} {
				if shown := config.Address(address).String(); strings.Contains(shown, secret) && !local(address) {
					t.Errorf("%q prints %q", address, shown)
				}
			}
		}
	})
}

// local reports whether an address is a path or the demo camera.
func local(address string) bool {
	return strings.HasPrefix(address, "file:") || strings.HasPrefix(address, "demo:")
}

// Errors about wrong settings do not quote what may be a password.
func TestLoad_refuses_without_the_secret(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		env  string
		args []string
		want string
	}{
		{args: []string{"http://me:hidden@cam/"}, want: "unexpected argument"},
		{args: []string{"cam?pwd=hidden"}, want: "unexpected argument"},
		{args: []string{"serve", "me:hid den@cam"}, want: "unexpected argument"},
		{args: []string{"--log-level", "http://me:hidden@cam"}, want: "--log-level must be one of"},
		{args: []string{"--max-runs", "me:hidden@cam"}, want: "--max-runs"},
		{args: []string{"--camra=http://me:hidden@cam"}, want: "--camera"},
		{args: []string{"--addr", "http://me:hidden@cam"}, want: "--addr must be HOST:PORT"},
		{args: []string{"--addr", "127.0.0.1:me@hidden"}, want: "port of 0 to 65535"},
		{args: []string{"--timezone", "me:hidden@cam"}, want: "IANA name"},
		{args: []string{"--origins", "https://me:hidden@shop.example"}, want: "--origins must be"},
		{args: []string{"--auth", "me:hidden@cam"}, want: "--auth must be"},
		{args: []string{"--data", "mongodb://me:hidden@cam"}, want: "DATABASE_URI"},
		{args: []string{"--ffmpeg", "rtsp://me:hidden@cam"}, want: "--ffmpeg must name"},
		{args: []string{"hidden"}, want: "unexpected argument"},
		{args: []string{"backup", "a", "hidden"}, want: "unexpected argument"},
		{args: []string{"backup", "u:hidden@127.0.0.1"}, want: "name of a new file"},
		{args: []string{"--hidden2"}, want: "unknown flag"},
		{args: []string{"--data", "--hidden"}, want: "--data: expected string value"},
		{args: []string{"--log-level", "hidden"}, want: "--log-level must be one of"},
		{args: []string{"--log-format", "hidden"}, want: "--log-format must be one of"},
		{args: []string{"--adopt-legacy", "hidden"}, want: "--adopt-legacy must be one of"},
		{args: []string{"--legacy-login-words", "hidden"}, want: "--legacy-login-words must be one of"},
		{args: []string{"--max-runs", "hidden"}, want: "--max-runs"},
		{args: []string{"--version=hidden"}, want: "--version"},
		{args: []string{"--timezone", "hidden"}, want: "IANA name"},
		{args: []string{"--auth", "hidden"}, want: "--auth must be"},
		{args: []string{"--origins", "hidden"}, want: "--origins must be"},
		{args: []string{"--addr", "hidden"}, want: "--addr must be HOST:PORT"},
		{args: []string{"--addr", "127.0.0.1:hidden"}, want: "port of 0 to 65535"},
		{args: []string{"--addr", "me@hidden:8000"}, want: "--addr must be HOST:PORT"},
		{args: []string{"--addr", "hidden:8000"}, want: "BIS_AUTH=open"},
		{args: []string{"--addr", "me@hidden:8000", "--auth", "open"}, want: "--addr must be HOST:PORT"},
		{env: "BIS_LOG_LEVEL=hidden", want: "--log-level must be one of"},
		{env: "BIS_MAX_RUNS=hidden", want: "--max-runs"},
		{env: "BIS_DATA=u:hidden@127.0.0.1", want: "--data must name a folder"},
		{env: "BIS_DATA=hidden@db.example", want: "--data must name a folder"},
		{env: "BIS_DATA=u:hidden/x@db.example:27017/BIS", want: "--data must name a folder"},
		{env: "BIS_DATA=sk-proj-hidden-0123456789", want: "--data must name a folder"},
		{env: "OPENAI_MODEL=sk-hidden", want: "OPENAI_MODEL must be the name of a model"},
		{env: "OPENAI_MODEL=\"sk-hidden\"", want: "OPENAI_MODEL must be"},
		{env: "OPENAI_MODEL=gsk_hidden", want: "OPENAI_MODEL must be"},
		{env: "OPENAI_MODEL=https://me:hidden@model.example/v1", want: "OPENAI_MODEL must be"},
		{env: "DATABASE_PASSWORD_FILE=hidden", want: "DATABASE_PASSWORD_FILE: the file that it names does not exist"},
		{env: "OPENAI_API_KEY_FILE=/run/hidden", want: "OPENAI_API_KEY_FILE: the file that it names does not exist"},
		{env: "OPENAI_BASE_URL=me:hidden@cam", want: "OPENAI_BASE_URL"},
		{env: "OPENAI_API_KEY_FILE=sk-Hidden-hidden", want: "OPENAI_API_KEY_FILE"},
		{env: "DATABASE_URI_FILE=mongodb://me:hidden@cam", want: "DATABASE_URI_FILE"},
		{env: "DATABASE_URI=mongodb://shop:ab@c:hidden/xyz@db.example:27017/", want: "URL-escaped"},
		{env: "DATABASE_URI=mongodb://shop:ab@hidden/xyz@db.example/", want: "URL-escaped"},
		{env: "DATABASE_URI=mongodb://shop:ab@c/?hidden@db.example/", want: "URL-escaped"},
		{env: "DATABASE_URI=mongodb://shop:ab@hidden@db.example/", want: "URL-escaped"},
		{env: "DATABASE_URI=mongodb://shop:hidden/x@db.example/", want: "URL-escaped"},
		{env: "DATABASE_URI=mongodb://shop:12345/hidden@db.example/", want: "URL-escaped"},
		{env: "DATABASE_URI=mongodb://shop:ab:hidden@db.example/", want: "URL-escaped"},
		{env: "DATABASE_URI=mongodb://shop:hidden%zz@db.example/", want: "URL-escaped"},
		{env: "DATABASE_URI=mongodb://shop:hidden", want: "URL-escaped"},
		{env: "DATABASE_URI=mongodb://shop:ab@db.example:hidden/", want: "URL-escaped"},
		{env: "DATABASE_URI=mongodb://shop:ab@hid den/", want: "URL-escaped"},
		{env: "DATABASE_URI=mongodb+srv://shop:ab@c#hidden/x@db.example/", want: "URL-escaped"},
		{env: "DATABASE_URI=mongodb://", want: "URL-escaped"},
		{env: "DATABASE_URI=shop:hidden@db.example", want: "must begin with mongodb://"},
	} {
		cfg, out, err := load(t, "", []string{c.env}, c.args...)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s %q: %v, want %q", c.env, c.args, err, c.want)
		}
		if all := fmt.Sprintf("%v %s %+v", err, out, cfg); strings.Contains(all, "hidden") || strings.Contains(all, "hid den") {
			t.Errorf("%s %q prints %s", c.env, c.args, all)
		}
	}
}

// A configured secret of any form may be in another setting by mistake.
func TestLoad_refuses_a_secret_in_another_setting(t *testing.T) {
	t.Parallel()
	for _, env := range [][]string{
		{"OPENAI_API_KEY=hidden", "OPENAI_MODEL=hidden"},
		{"OPENAI_API_KEY=hidden", "BIS_DATA=hidden"},
		{"DATABASE_PASSWORD=hidden", "BIS_DATA=hidden"},
		{"DATABASE_PASSWORD=hidden", "OPENAI_MODEL= hidden "},
	} {
		if _, out, err := load(t, "", env); err == nil || strings.Contains(err.Error()+out, "hidden") {
			t.Errorf("%q: %v, want a refusal without it", env, err)
		}
	}
}

// Folders and models with an @ or a short sk- in their names are legal.
func TestLoad_takes_what_only_resembles_a_secret(t *testing.T) {
	t.Parallel()
	for _, data := range []string{"/srv/@appdata/bis", "./shop@home", "/srv/shop@home", "../a@b", `C:\data\shop@home`, "sk-shop", "/srv/sk-proj-0123456789abcdef"} {
		if cfg, _, err := load(t, "", []string{"BIS_DATA=" + data}); err != nil || cfg.Data != data {
			t.Errorf("--data %s: %q, %v", data, cfg.Data, err)
		}
	}
	for _, name := range []string{"gpt-4o", "claude-sonnet@20250514", "@cf/meta/llama-3", "llama3.1:8b", "hf.co/a/b", "skt/A.X-4.0"} {
		if cfg, _, err := load(t, "", []string{"OPENAI_API_KEY=k", "OPENAI_MODEL=" + name}); err != nil || cfg.Model.Name != name {
			t.Errorf("OPENAI_MODEL=%s: %q, %v", name, cfg.Model.Name, err)
		}
	}
}

// Addresses that the driver understands are legal.
func TestLoad_takes_every_form_of_a_database(t *testing.T) {
	t.Parallel()
	for uri, host := range map[string]string{
		"mongodb://127.0.0.1:27017/?directConnection=true":           "127.0.0.1:27017",
		"mongodb://bis:hidden%21%40%2F@a:1,b.example:2/BIS?w=1":      "a:1,b.example:2",
		"mongodb+srv://bis:p?hidden#$&!@cluster.example.mongodb.net": "cluster.example.mongodb.net",
		"mongodb://[::1]:27017,[2001:db8::2]/":                       "[::1]:27017,[2001:db8::2]",
		"mongodb://bis:hidden@%2Ftmp%2Fmongodb-27017.sock/":          "%2Ftmp%2Fmongodb-27017.sock",
		"mongodb://bis@mongo_1/?replicaSet=rs0&authSource=admin":     "mongo_1",
	} {
		cfg, _, err := load(t, "", []string{"DATABASE_URI=" + uri})
		if err != nil || cfg.Database.Host() != host || string(cfg.Database.URI) != uri {
			t.Errorf("%s: host %q, %v; want %q", uri, cfg.Database.Host(), err, host)
		}
	}
	if _, _, err := load(t, "", nil, "srve"); err == nil || !strings.Contains(err.Error(), `srve, did you mean`) {
		t.Errorf("a command with a typing error: %v", err)
	}
}
