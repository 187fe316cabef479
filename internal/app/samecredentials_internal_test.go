package app

import (
	"testing"

	"bis/internal/briefing"
	"bis/internal/seal"
)

// A camera has the same credentials after a rotation of the key, and while nothing opens them it
// has others.
func TestCameraOpener_sameCredentials(t *testing.T) {
	t.Parallel()
	sealer := func(key, old string) *seal.Sealer {
		s, err := seal.New(seal.Config{Key: key, OldKey: old})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	before, both, after := sealer(keyA, ""), sealer(keyB, keyA), sealer(keyB, "")
	camera := func(s *seal.Sealer, plain string) briefing.Camera {
		sealed, err := s.Seal(plain, "192.0.2.7:80")
		if err != nil {
			t.Fatal(err)
		}
		return briefing.Camera{Source: "http://192.0.2.7/", Credentials: sealed}
	}
	old, rotated, other := camera(before, "me:pw"), camera(both, "me:pw"), camera(both, "me:no")
	none := briefing.Camera{Source: old.Source}
	for name, c := range map[string]struct {
		by   *seal.Sealer
		a, b briefing.Camera
		want bool
	}{
		"rotated":               {both, old, rotated, true},
		"other ones":            {both, old, other, false},
		"other ones of one key": {both, rotated, other, false},
		"none":                  {both, old, none, false},
		"a key that is missing": {after, old, rotated, false},
	} {
		if got := (&cameraOpener{sealer: c.by}).sameCredentials(c.a, c.b); got != c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}
