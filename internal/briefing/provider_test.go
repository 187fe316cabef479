package briefing_test

import (
	"net/url"
	"slices"
	"testing"

	"bis/internal/briefing"
)

func TestProviderID(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"https://api.OpenAI.com/v1": "api.openai.com", "https://api.openai.com:443/v1": "api.openai.com",
		"http://localhost:11434/v1": "localhost:11434", "http://localhost:80": "localhost:80", "http://localhost": "localhost:80",
		"http://localhost:443": "localhost:443", "https://h:80": "h:80", "http://h:0080": "h:80",
		"http://user:pw@h.:8080/x?y": "h:8080", "http://h:": "h:80", "https://h:": "h", "http://[::1]:8080": "[::1]:8080",
		"http://[::1]": "[::1]:80", "https://[::1]": "::1", "http://127.0.0.1:1234": "127.0.0.1:1234", "/v1": "",
	} {
		u, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		if got := briefing.ProviderID(u); got != want {
			t.Errorf("%s: %q, want %q", address, got, want)
		}
	}
}

func TestResolveProviders(t *testing.T) {
	t.Parallel()
	full := func(ids ...string) (list []briefing.ProviderEgress) {
		for _, id := range ids {
			list = append(list, briefing.ProviderEgress{Provider: id, Egress: briefing.EgressFull})
		}
		return list
	}
	for name, c := range map[string]struct{ known, chosen, want []string }{
		"one port":                {[]string{"h:1"}, []string{"h"}, []string{"h:1"}},
		"the same twice":          {[]string{"h:1", "h:1"}, []string{"h"}, []string{"h:1"}},
		"two ports":               {[]string{"h:1", "h:2"}, []string{"h"}, []string{"h"}},
		"plain and encrypted":     {[]string{"h", "h:80"}, []string{"h"}, []string{"h"}},
		"a port and the scheme's": {[]string{"h:1", "h"}, []string{"h"}, []string{"h"}},
		"the scheme's":            {[]string{"h"}, []string{"h"}, []string{"h"}},
		"its own choice":          {[]string{"h:1"}, []string{"h", "h:1"}, []string{"h", "h:1"}},
		"another port":            {[]string{"h:1"}, []string{"h:2"}, []string{"h:2"}},
		"another host":            {[]string{"h:1", "g:1"}, []string{"g", "i"}, []string{"g:1", "i"}},
		"IPv6":                    {[]string{"[::1]:1"}, []string{"::1"}, []string{"[::1]:1"}},
		"none known":              {nil, []string{"h", "h:1"}, []string{"h", "h:1"}},
		"no choices":              {[]string{"h:1"}, nil, nil},
	} {
		chosen := full(c.chosen...)
		if got := briefing.ResolveProviders(chosen, c.known); !slices.Equal(got, full(c.want...)) {
			t.Errorf("%s: %v", name, got)
		}
		if !slices.Equal(chosen, full(c.chosen...)) {
			t.Errorf("%s: the choices were changed: %v", name, chosen)
		}
	}
}
