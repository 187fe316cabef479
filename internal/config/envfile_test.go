package config_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"bis/internal/config"
)

// Nothing in a value of .env.production is expanded or unescaped. Only what surrounds the value is
// removed.
func TestEnvFile_takes_values_as_they_are_written(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{
		"OPENAI_API_KEY=sk-ab$Cd9":                     "sk-ab$Cd9",
		"OPENAI_API_KEY=sk-ab${HOME}$(id)`id`%HOME%":   "sk-ab${HOME}$(id)`id`%HOME%",
		"OPENAI_API_KEY=\"sk-ab$Cd9\"":                 "sk-ab$Cd9",
		"OPENAI_API_KEY='sk-ab$Cd9'":                   "sk-ab$Cd9",
		`OPENAI_API_KEY=a\$b\n\\c`:                     `a\$b\n\\c`,
		`OPENAI_API_KEY="a\$b\n\\c"`:                   `a\$b\n\\c`,
		`OPENAI_API_KEY="a\"b"`:                        `a\"b`,
		`OPENAI_API_KEY="a"b"`:                         `a"b`,
		`OPENAI_API_KEY='it's'`:                        "it's",
		`OPENAI_API_KEY="it's"`:                        "it's",
		`OPENAI_API_KEY=a"b'c`:                         `a"b'c`,
		`OPENAI_API_KEY=""""`:                          `""`,
		`OPENAI_API_KEY="a # b"`:                       "a # b",
		`OPENAI_API_KEY="a # b" # a "comment"`:         "a # b",
		`OPENAI_API_KEY="a"# comment`:                  "a",
		`OPENAI_API_KEY="a"#b"`:                        `a"#b`,
		"OPENAI_API_KEY=a#b":                           "a#b",
		"OPENAI_API_KEY=#ab":                           "#ab",
		"OPENAI_API_KEY=a # b # c":                     "a",
		"OPENAI_API_KEY=a\t#b":                         "a",
		"OPENAI_API_KEY= # none":                       "",
		"OPENAI_API_KEY=":                              "",
		"OPENAI_API_KEY=\"\"":                          "",
		"OPENAI_API_KEY=\"  a  \"":                     "  a  ",
		"  OPENAI_API_KEY  =  a b  ":                   "a b",
		"export OPENAI_API_KEY=a":                      "a",
		"export\t OPENAI_API_KEY = \"a\"":              "a",
		"OPENAI_API_KEY: a":                            "a",
		"OPENAI_API_KEY=a=b:c==":                       "a=b:c==",
		"\ufeffOPENAI_API_KEY=a":                       "a",
		"\ufeff# comment\nOPENAI_API_KEY=a":            "a",
		"OPENAI_API_KEY=a\r\nBIS_DATA=b\r\n":           "a",
		"BIS_DATA=b\rOPENAI_API_KEY=\"a\"\r":           "a",
		"OPENAI_API_KEY=$HOME\n# $x\nHOME=x":           "$HOME",
		"OPENAI_API_KEY=a\nOPENAI_API_KEY=b":           "b",
		"OPENAI_API_KEY=a\nexportOPENAI_API_KEY=b":     "a",
		"# \xc7\xd1\xb1\xdb comment\nOPENAI_API_KEY=a": "a", // an old Korean encoding
		"OPENAI_API_KEY=a # \xc7\xd1\xb1\xdb":          "a",
	} {
		cfg, _, err := load(t, line+"\n", nil)
		if err != nil || string(cfg.Model.APIKey) != want {
			t.Errorf("%q gives %q, %v; want %q", line, string(cfg.Model.APIKey), err, want)
		}
	}
}

func TestEnvFile_is_refused_with_its_line_and_without_its_text(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"BIS_DATA=x\r\n\r\nsk-hidden\r\n":                "line 3 ",
		"OPENAI_API_KEY=\"sk-hidden\nnonsense\"":         "line 1 ",
		"OPENAI_API_KEY='sk-hidden\"":                    "line 1 ",
		"=sk-hidden":                                     "line 1 ",
		"sk-hidden=x":                                    "line 1 ",
		`OPENAI_API_KEY="hidden";`:                       "line 1 is wrong; nothing but a comment may follow the quote that closes the value",
		"\nOPENAI_API_KEY='hidden' hidden":               "line 2 is wrong; nothing but a comment may follow",
		`OPENAI_API_KEY="hidden # "hidden`:               "line 1 is wrong; nothing but a comment may follow",
		`OPENAI_API_KEY="hidden # hidden`:                "line 1 is wrong; the quote that opens the value must be closed",
		"BIS_DATA=x\nBIS_DATA=hidden\xc7\xd1":            "line 2 is wrong; it is no UTF-8 text; save the file again as UTF-8",
		"OPENAI_API_KEY=\"hidden\xc7\xd1\"":              "line 1 is wrong; it is no UTF-8 text",
		"OPENAI_API_KEY=\"hidden\xc7\xd1":                "line 1 is wrong; it is no UTF-8 text",
		"\xb0\xa1\xb0\xd4=hidden":                        "line 1 is wrong; it is no UTF-8 text",
		"\xb0\xa1\xb0\xd4 hidden":                        "line 1 is wrong; it is no UTF-8 text",
		"\xff\xfeO\x00P\x00E\x00N\x00=\x00hidden":        "UTF-8",
		"OPENAI_API_KEY=x" + strings.Repeat("\n", 2<<20): "1 MiB",
	} {
		_, _, err := load(t, text, nil)
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), config.EnvFile) || strings.Contains(err.Error(), "hidden") {
			t.Errorf("%.40q: %v, want %q and no text of the file", text, err, want)
		}
	}
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, config.EnvFile), 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := config.Load(config.Source{Dir: dir}); err == nil || !strings.Contains(err.Error(), "must be a text file") {
		t.Errorf("a folder: %v", err)
	}
}

// The search for the closing quote among many is slow, so lines are bounded.
func TestEnvFile_bounds_a_line(t *testing.T) {
	t.Parallel()
	long := "OPENAI_API_KEY=" + strings.Repeat(`"`, 1<<19)
	if _, _, err := load(t, "# a\n"+long+"\n", nil); err == nil || !strings.Contains(err.Error(), "line 2") || !strings.Contains(err.Error(), "at most 8192 bytes") {
		t.Errorf("a line of 512 KiB: %v", err)
	}
	value := strings.Repeat("x", 8_000)
	if cfg, _, err := load(t, "OPENAI_API_KEY="+value+"\n", nil); err != nil || string(cfg.Model.APIKey) != value {
		t.Errorf("a value of 8,000 bytes: %v", err)
	}
}

// FuzzEnvFile checks that the reader finds a value again, whatever surrounds it.
func FuzzEnvFile(f *testing.F) {
	for _, seed := range []string{"sk-ab$Cd9", "a # b", `a"b`, "it's", `\`, "", "\ufeff", "가게"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, value string) {
		if strings.ContainsAny(value, "\r\n\x00") || len(value) > 8_000 || !utf8.ValidString(value) {
			t.Skip("a value is one line of text")
		}
		for _, quote := range []string{`"`, "'"} {
			if strings.Contains(value, quote) {
				continue
			}
			cfg, _, err := load(t, "OPENAI_API_KEY="+quote+value+quote+" # comment\n", nil)
			if err != nil || string(cfg.Model.APIKey) != value {
				t.Errorf("%s%s%s gives %q, %v", quote, value, quote, string(cfg.Model.APIKey), err)
			}
		}
		if _, _, err := load(t, value, nil); err != nil && len(value) > 3 && strings.Contains(err.Error(), value) {
			t.Errorf("the error quotes %q: %v", value, err)
		}
	})
}
