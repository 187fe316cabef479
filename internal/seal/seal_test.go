package seal_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"bis/internal/briefing"
	"bis/internal/seal"
)

const (
	keyA = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
	keyB = "ffeeddccbbaa99887766554433221100ffeeddccbbaa99887766554433221100"

	plain = "admin\nn@rrow=pässword 비밀번호"
	host  = "192.0.2.7:8080"
)

func open(t *testing.T, cfg seal.Config) *seal.Sealer {
	t.Helper()
	s, err := seal.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func sealed(t *testing.T, s *seal.Sealer) []byte {
	t.Helper()
	b, err := s.Seal(plain, host)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestSealer(t *testing.T) {
	t.Parallel()
	s := open(t, seal.Config{Key: keyA})
	b := sealed(t, s)

	t.Run("opens what it has sealed", func(t *testing.T) {
		if got, err := s.Open(b, host); err != nil || got != plain {
			t.Errorf("Open = %q, %v", got, err)
		}
		if got, err := open(t, seal.Config{Key: strings.ToUpper(keyA)}).Open(b, host); err != nil || got != plain {
			t.Errorf("another process: Open = %q, %v", got, err)
		}
	})
	t.Run("hides the credentials", func(t *testing.T) {
		for _, part := range []string{"admin", "n@rrow", "비밀번호", host} {
			if bytes.Contains(b, []byte(part)) {
				t.Errorf("the sealed bytes have %q", part)
			}
		}
		if bytes.Equal(b, sealed(t, s)) {
			t.Error("equal credentials have equal sealed bytes")
		}
	})
	t.Run("refuses another host", func(t *testing.T) {
		for _, other := range []string{"", "192.0.2.7", "192.0.2.7:8081", host + " "} {
			if got, err := s.Open(b, other); err == nil {
				t.Errorf("host %q: Open = %q", other, got)
			}
		}
	})
	t.Run("refuses changed bytes", func(t *testing.T) {
		for i := range b {
			changed := slices.Clone(b)
			changed[i] ^= 1
			if got, err := s.Open(changed, host); err == nil {
				t.Errorf("byte %d: Open = %q", i, got)
			}
			if got, err := s.Open(b[:i], host); err == nil {
				t.Errorf("%d bytes: Open = %q", i, got)
			}
		}
	})
	t.Run("refuses another key", func(t *testing.T) {
		_, err := open(t, seal.Config{Key: keyB}).Open(b, host)
		if err == nil || !strings.Contains(err.Error(), "key that this server does not have") {
			t.Errorf("Open: %v", err)
		}
	})
	t.Run("opens with the old key, and seals with the new one", func(t *testing.T) {
		next := open(t, seal.Config{Key: keyB, OldKey: keyA})
		if got, err := next.Open(b, host); err != nil || got != plain {
			t.Errorf("Open = %q, %v", got, err)
		}
		if next.Current(b) || !next.Current(sealed(t, next)) || s.Current(sealed(t, next)) {
			t.Error("Current is wrong")
		}
	})
}

func TestSealer_without_a_key(t *testing.T) {
	t.Parallel()
	for name, cfg := range map[string]seal.Config{"no key": {}, "an old key alone": {OldKey: keyA}} {
		s := open(t, cfg)
		if _, err := s.Seal(plain, host); !errors.Is(err, briefing.ErrUnavailable) {
			t.Errorf("%s: Seal: %v, want ErrUnavailable", name, err)
		}
	}
}

func TestNew_refuses_a_bad_key_without_its_text(t *testing.T) {
	t.Parallel()
	for _, bad := range []string{"hunter2hunter2", keyA[1:], keyA + "00", strings.Repeat("z", 64), " " + keyA} {
		for _, cfg := range []seal.Config{{Key: bad}, {Key: keyB, OldKey: bad}} {
			_, err := seal.New(cfg)
			if err == nil || strings.Contains(err.Error(), bad) || !strings.Contains(err.Error(), "64 hexadecimal digits") {
				t.Errorf("New(%+v): %v", cfg, err)
			}
		}
	}
}

func TestKeyFile(t *testing.T) {
	t.Parallel()
	t.Run("is made when it is first needed", func(t *testing.T) {
		t.Parallel()
		dir := t.TempDir()
		path := filepath.Join(dir, seal.FileName)
		s := open(t, seal.Config{Dir: dir})
		if _, err := os.Lstat(path); !errors.Is(err, os.ErrNotExist) {
			t.Fatalf("before the first credentials: %v", err)
		}
		var all sync.WaitGroup
		results := make([][]byte, 8)
		for i := range results {
			all.Go(func() { results[i], _ = s.Seal(plain, host) })
		}
		all.Wait()
		text, err := os.ReadFile(path)
		if err != nil || !regexp.MustCompile(`^[0-9a-f]{64}\n$`).Match(text) {
			t.Fatalf("the file: %v", err)
		}
		again := open(t, seal.Config{Dir: dir})
		for _, b := range results {
			if got, err := again.Open(b, host); err != nil || got != plain {
				t.Errorf("the next start: Open = %q, %v", got, err)
			}
		}
		if names := list(t, dir); len(names) != 1 {
			t.Errorf("the folder has %v", names)
		}
	})
	t.Run("is not needed with a setting", func(t *testing.T) {
		t.Parallel()
		dir := t.TempDir()
		sealed(t, open(t, seal.Config{Dir: dir, Key: keyA}))
		if names := list(t, dir); len(names) != 0 {
			t.Errorf("the folder has %v", names)
		}
	})
	t.Run("still opens after a setting has taken its place", func(t *testing.T) {
		t.Parallel()
		dir := t.TempDir()
		b := sealed(t, open(t, seal.Config{Dir: dir}))
		s := open(t, seal.Config{Dir: dir, Key: keyA})
		if got, err := s.Open(b, host); err != nil || got != plain || s.Current(b) {
			t.Errorf("Open = %q, %v", got, err)
		}
	})
	t.Run("survives a start that was cut off", func(t *testing.T) {
		t.Parallel()
		dir := t.TempDir()
		write(t, filepath.Join(dir, seal.FileName+".new"), "half", 0o600)
		b := sealed(t, open(t, seal.Config{Dir: dir}))
		if _, err := open(t, seal.Config{Dir: dir}).Open(b, host); err != nil {
			t.Error(err)
		}
	})
	t.Run("that cannot be made is unavailable", func(t *testing.T) {
		t.Parallel()
		s := open(t, seal.Config{Dir: filepath.Join(t.TempDir(), "gone")})
		if _, err := s.Seal(plain, host); !errors.Is(err, briefing.ErrUnavailable) {
			t.Errorf("Seal: %v", err)
		}
	})
}

func TestRotate(t *testing.T) {
	t.Parallel()
	t.Run("a key file", func(t *testing.T) {
		t.Parallel()
		dir := t.TempDir()
		cfg := seal.Config{Dir: dir}
		if _, err := seal.Rotate(cfg); err == nil || !strings.Contains(err.Error(), "nothing to replace") {
			t.Fatalf("without a key file: %v", err)
		}
		first, second := sealed(t, open(t, cfg)), sealed(t, open(t, cfg))
		before, _ := os.ReadFile(filepath.Join(dir, seal.FileName))

		cut, err := seal.Rotate(cfg) // is interrupted after the first camera
		if err != nil {
			t.Fatal(err)
		}
		if first, err = cut.Reseal(cut.Sealer, first, host); err != nil {
			t.Fatal(err)
		}
		between := open(t, cfg) // a server that starts now
		for _, b := range [][]byte{first, second, sealed(t, between)} {
			if got, err := between.Open(b, host); err != nil || got != plain {
				t.Errorf("between: Open = %q, %v", got, err)
			}
		}

		rest, err := seal.Rotate(cfg)
		if err != nil {
			t.Fatal(err)
		}
		if kept, err := rest.Reseal(rest.Sealer, first, host); err != nil || !bytes.Equal(kept, first) {
			t.Errorf("the second call sealed the first camera again: %v", err)
		}
		if second, err = rest.Reseal(rest.Sealer, second, host); err != nil {
			t.Fatal(err)
		}
		if err := rest.Finish(); err != nil {
			t.Fatal(err)
		}
		after, _ := os.ReadFile(filepath.Join(dir, seal.FileName))
		if bytes.Equal(before, after) || len(list(t, dir)) != 1 {
			t.Errorf("the key file stayed, or others are left: %v", list(t, dir))
		}
		s := open(t, cfg)
		for _, b := range [][]byte{first, second} {
			if got, err := s.Open(b, host); err != nil || got != plain || !s.Current(b) {
				t.Errorf("after: Open = %q, %v", got, err)
			}
		}
	})
	t.Run("settings", func(t *testing.T) {
		t.Parallel()
		for _, cfg := range []seal.Config{{}, {Key: keyA}, {OldKey: keyA}} {
			if _, err := seal.Rotate(cfg); err == nil || !strings.Contains(err.Error(), "BIS_CAMERA_OLD_KEY") {
				t.Errorf("%+v: %v", cfg, err)
			}
		}
		b := sealed(t, open(t, seal.Config{Key: keyA}))
		r, err := seal.Rotate(seal.Config{Key: keyB, OldKey: keyA})
		if err != nil {
			t.Fatal(err)
		}
		if b, err = r.Reseal(r.Sealer, b, host); err != nil || r.Finish() != nil {
			t.Fatal(err)
		}
		if got, err := open(t, seal.Config{Key: keyB}).Open(b, host); err != nil || got != plain {
			t.Errorf("Open = %q, %v", got, err)
		}
	})
}

func write(t *testing.T, path, text string, mode os.FileMode) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), mode); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, mode); err != nil { // the umask does not matter
		t.Fatal(err)
	}
}

func list(t *testing.T, dir string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}
