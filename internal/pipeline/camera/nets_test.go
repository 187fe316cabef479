package camera_test

import (
	"context"
	"errors"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"

	"bis/internal/briefing"
	"bis/internal/nets"
	"bis/internal/pipeline/camera"
)

func TestNets(t *testing.T) {
	t.Parallel()
	home := nets.Nets{Prefixes: []netip.Prefix{netip.MustParsePrefix("192.168.0.0/24"), netip.MustParsePrefix("169.254.0.0/16"), netip.MustParsePrefix("::/0")}}
	for address, want := range map[string][3]bool{ // by default, with loopback, with Only
		"192.168.0.10":        {true, true, true},
		"192.168.1.10":        {true, true, false},
		"10.0.0.1":            {true, true, false},
		"172.16.3.4":          {true, true, false},
		"100.64.0.1":          {true, true, false},
		"203.0.113.7":         {true, true, false},
		"8.8.8.8":             {true, true, false},
		"fd12:3456::7":        {true, true, true},
		"2001:db8::7":         {true, true, true},
		"::ffff:192.168.0.10": {true, true, true},
		"64:ff9b::808:808":    {true, true, false}, // must pass as IPv4, too
		"127.0.0.1":           {false, true, false},
		"127.8.9.1":           {false, true, false},
		"::1":                 {false, true, false},
		"::ffff:127.0.0.1":    {false, true, false},
		// never
		"0.0.0.0":                  {},
		"0.1.2.3":                  {},
		"::":                       {},
		"169.254.169.254":          {},
		"169.254.1.1":              {},
		"::ffff:169.254.169.254":   {},
		"::169.254.169.254":        {},
		"64:ff9b::a9fe:a9fe":       {},
		"64:ff9b:1::a9fe:a9fe":     {},
		"2002:a9fe:a9fe::1":        {},
		"2001:0:1:2:3:4:5601:5601": {},
		"64:ff9b::7f00:1":          {},
		"2002:7f00:1::":            {},
		"64:ff9b::":                {},
		"fe80::1":                  {},
		"fe80::1%eth0":             {},
		"fec0::1":                  {},
		"fd00:ec2::254":            {},
		"fd20:ce::254":             {},
		"fd00:42::42":              {},
		"fd00:c1::a9fe:a9fe":       {},
		"100.100.100.200":          {},
		"168.63.129.16":            {},
		"192.0.0.192":              {},
		"224.0.0.1":                {},
		"239.255.255.250":          {},
		"240.0.0.1":                {},
		"255.255.255.255":          {},
		"ff02::1":                  {},
		"::ffff:255.255.255.255":   {},
		"::ffff:224.0.0.1":         {},
	} {
		a := netip.MustParseAddr(address)
		for i, n := range []nets.Nets{{Public: true, Private: true}, {Public: true, Private: true, Loopback: true}, home} {
			if err := n.Check(a); (err == nil) != want[i] || err != nil && strings.Contains(err.Error(), address) {
				t.Errorf("%v of %s: %v, want permitted %v", n, address, err, want[i])
			}
		}
	}
	if (nets.Nets{Public: true, Private: true}).Check(netip.Addr{}) == nil {
		t.Error("no address is permitted")
	}
}

// A name is resolved once for a connection, and each of its addresses is checked. What was checked
// is dialled.
func TestDial_checks_what_a_name_resolves_to(t *testing.T) {
	t.Parallel()
	at := fixed(t, okHead, "\r\n", fixture(t, "baseline.jpg"))
	port := at[strings.LastIndex(at, ":"):]
	for name, c := range map[string]struct {
		answers []string // of the resolver
		nets    func(netip.Addr) error
		reason  briefing.TroubleReason
	}{
		"permitted":                      {[]string{"127.0.0.1"}, nets.Nets{Public: true, Private: true, Loopback: true}.Check, ""},
		"by the operator":                {[]string{"127.0.0.1"}, nil, ""},
		"loopback":                       {[]string{"127.0.0.1"}, nets.Nets{Public: true, Private: true}.Check, briefing.TroubleForbidden},
		"metadata":                       {[]string{"169.254.169.254"}, nets.Nets{Public: true, Private: true, Loopback: true}.Check, briefing.TroubleForbidden},
		"metadata first":                 {[]string{"169.254.169.254", "127.0.0.1"}, nets.Nets{Public: true, Private: true, Loopback: true}.Check, ""},
		"an address of IPv4 as IPv6":     {[]string{"::ffff:127.0.0.1"}, nets.Nets{Public: true, Private: true, Loopback: true}.Check, ""},
		"an address that does not exist": {[]string{"127.0.0.3", "127.0.0.1"}, nets.Nets{Public: true, Private: true, Loopback: true}.Check, ""},
		"no address":                     {nil, nil, briefing.TroubleName},
	} {
		for _, kind := range kinds {
			var calls atomic.Int64
			cfg := camera.Config{Nets: c.nets, Resolve: func(_ context.Context, host string) ([]netip.Addr, error) {
				if host != "cam.example" {
					t.Errorf("%s is resolved", host)
				}
				if calls.Add(1) > 1 { // a name that changes
					return []netip.Addr{netip.MustParseAddr("127.0.0.9")}, nil
				}
				var all []netip.Addr
				for _, a := range c.answers {
					all = append(all, netip.MustParseAddr(a))
				}
				return all, nil
			}}
			f, err := open(t, kind+"://cam.example"+port, cfg).Frame(t.Context())
			if c.reason == "" {
				isDrawn(t, name, f, err)
			} else {
				isTrouble(t, name, err, briefing.CameraAway, c.reason, "")
			}
			if n := calls.Load(); n != 1 && kind == "http" { // a failed stream is opened again
				t.Errorf("%s: %d resolutions", name, n)
			}
		}
	}
}

// A user's address is checked against the default nets, the operator's against none.
func TestOpenSource_has_default_nets(t *testing.T) {
	t.Parallel()
	at := fixed(t, okHead, "\r\n", fixture(t, "baseline.jpg"))
	for _, kind := range kinds {
		address, err := briefing.ParseSource(kind + "://" + at)
		if err != nil {
			t.Fatal(err)
		}
		for _, permit := range []func(netip.Addr) error{nil, nets.Nets{Public: true, Private: true, Loopback: true}.Check} {
			src, err := camera.OpenSource(address, camera.Config{Nets: permit})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { src.Close() })
			f, err := src.Frame(t.Context())
			if permit == nil {
				isTrouble(t, kind, err, briefing.CameraAway, briefing.TroubleForbidden, "")
			} else {
				isDrawn(t, kind, f, err)
			}
		}
	}
	for _, address := range []briefing.Source{{}, {Scheme: "push"}, {Scheme: "file", Path: "/etc"}, {Scheme: "demo", Path: "?x=1"}} {
		if _, err := camera.OpenSource(address, camera.Config{}); !errors.Is(err, briefing.ErrInvalid) {
			t.Errorf("%+v: %v", address, err)
		}
	}
	src, err := camera.OpenSource(briefing.Source{Scheme: "demo", Path: "?seed=3"}, camera.Config{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := src.Frame(t.Context()); err != nil {
		t.Error(err)
	}
}
