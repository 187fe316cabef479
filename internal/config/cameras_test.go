package config_test

import (
	"net/netip"
	"strings"
	"testing"

	"bis/internal/config"
)

func TestCameraNets(t *testing.T) {
	t.Parallel()
	const near, far = "127.0.0.1:8000", "0.0.0.0:8000"
	for _, c := range []struct {
		nets, addr    string
		allows, other string // addresses, separated by blanks
	}{
		{"", near, "8.8.8.8 2001:4860::8888 10.1.2.3 172.31.0.1 192.168.0.64 100.64.0.9 fd12:3456::1 127.0.0.1 127.9.9.9 ::1 ::ffff:192.168.0.1", ""},
		{"", far, "8.8.8.8 10.1.2.3 192.168.0.64 172.32.0.1", "127.0.0.1 ::1 ::ffff:127.0.0.1 127.255.0.1"},
		{"", "localhost:8000", "127.0.0.1", ""},
		{"private", near, "192.168.0.64 fd12:3456::1", "8.8.8.8 127.0.0.1 ::1 172.32.0.1 2001:4860::8888"},
		{"public", near, "8.8.8.8", "192.168.0.64 10.0.0.1 127.0.0.1 fd12:3456::1 100.64.0.9"},
		{"Loopback, public", far, "127.0.0.1 ::1 8.8.8.8", "10.0.0.1"},
		{"192.168.7.0/24,10.0.0.5", near, "192.168.7.9 10.0.0.5 ::ffff:10.0.0.5", "192.168.8.1 10.0.0.6 8.8.8.8 127.0.0.1"},
		{"fd00::/16", far, "fd00::7", "fd01::7 192.168.7.9"},
		{"none", near, "", "127.0.0.1 8.8.8.8 10.0.0.1"},
		{"public,private,loopback,0.0.0.0/0,::/0", near, "8.8.8.8 127.0.0.1", "169.254.169.254 169.254.1.1 fe80::1 " +
			"fe80::1%eth0 ::ffff:169.254.169.254 100.100.100.200 168.63.129.16 192.0.0.192 fd00:ec2::254 fd20:ce::254 " +
			"0.0.0.0 0.1.2.3 :: 224.0.0.1 ff02::1 255.255.255.255 64:ff9b::a9fe:a9fe 64:ff9b::6464:64c8 ::a9fe:a9fe " +
			"2002:a9fe:a9fe::1 2001:0:1:2:3:4:5601:5601"},
		{"public", far, "64:ff9b::808:808 2002:808:808::1", "64:ff9b::7f00:1 64:ff9b::c0a8:1 2002:7f00:1::1 2001:0:1:2:3:4:80ff:fffe"},
	} {
		cfg, _, err := load(t, "", nil, "--camera-nets", c.nets, "--addr", c.addr, "--auth", "open")
		if err != nil {
			t.Errorf("--camera-nets %q: %v", c.nets, err)
			continue
		}
		for _, addr := range strings.Fields(c.allows) {
			if err := cfg.CameraNets.Check(netip.MustParseAddr(addr)); err != nil {
				t.Errorf("%q at %s: %s: %v", c.nets, c.addr, addr, err)
			}
		}
		for _, addr := range strings.Fields(c.other) {
			err := cfg.CameraNets.Check(netip.MustParseAddr(addr))
			if err == nil || strings.Contains(err.Error(), addr) {
				t.Errorf("%q at %s: %s: %v, want a refusal without the address", c.nets, c.addr, addr, err)
			}
		}
		if cfg.CameraNets.Check(netip.Addr{}) == nil {
			t.Errorf("%q allows no address at all", c.nets)
		}
	}
}

func TestCameraNets_refused(t *testing.T) {
	t.Parallel()
	for _, nets := range []string{
		"all", "none,public", "10.0.0.0/33", "10.1", "shop.example", "169.254.0.0/16", "169.254.169.254",
		"fe80::/10", "::ffff:10.0.0.0/104", "100.100.100.200", "224.0.0.1",
	} {
		_, _, err := load(t, "", nil, "--camera-nets", nets)
		if err == nil || !strings.HasPrefix(err.Error(), "--camera-nets must") || strings.Contains(err.Error(), nets) && len(nets) > 4 {
			t.Errorf("--camera-nets %q: %v", nets, err)
		}
	}
}

func TestCameraKey(t *testing.T) {
	t.Parallel()
	const one, two = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff", "ff112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
	cfg, _, err := load(t, "", []string{"BIS_CAMERA_KEY=" + one, "BIS_CAMERA_OLD_KEY=" + two})
	if err != nil || string(cfg.CameraKey) != one || string(cfg.CameraOldKey) != two {
		t.Fatalf("%v", err)
	}
	for _, env := range [][]string{
		{"BIS_CAMERA_KEY=hunter2hunter2"}, {"BIS_CAMERA_OLD_KEY=" + one + "00"},
		{"BIS_CAMERA_KEY=" + one, "BIS_CAMERA_OLD_KEY=" + one},
	} {
		_, _, err := load(t, "", env)
		if err == nil || strings.Contains(err.Error(), "hunter2") || strings.Contains(err.Error(), one) {
			t.Errorf("%v: %v, want a refusal without the key", env, err)
		}
	}
	if cfg, _, err := load(t, "", nil, "rotate-camera-key"); err != nil || cfg.Command != config.CommandRotate {
		t.Errorf("the command: %q, %v", cfg.Command, err)
	}
}

func TestLoad_camera_egress(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		environ []string
		args    []string
		want    string // empty: refused
	}{
		{want: "COUNTS"},
		{environ: []string{"BIS_CAMERA_EGRESS=blurred"}, want: "BLURRED"},
		{environ: []string{"BIS_CAMERA_EGRESS=blurred"}, args: []string{"--camera-egress", "FULL"}, want: "FULL"},
		{args: []string{"--camera-egress", "all"}},
		{args: []string{"--camera-egress", ""}},
	} {
		cfg, _, err := load(t, "", c.environ, c.args...)
		if (err == nil) != (c.want != "") || cfg.CameraEgress != c.want && err == nil {
			t.Errorf("%v %v: %q, %v", c.environ, c.args, cfg.CameraEgress, err)
		}
	}
}
