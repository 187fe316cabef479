package app

import (
	"bytes"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"bis/internal/briefing"
	"bis/internal/config"
	"bis/internal/seal"
	"bis/internal/store/sqlite"
)

const (
	keyA = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
	keyB = "ffeeddccbbaa99887766554433221100ffeeddccbbaa99887766554433221100"
)

// folder is a data folder with cameras, while no server runs.
type folder struct {
	t   *testing.T
	dir string
}

// with opens the store of the folder for the time of a call.
func (f *folder) with(do func(st *sqlite.Store)) {
	f.t.Helper()
	st, err := sqlite.Open(f.t.Context(), sqlite.Config{
		Dir: f.dir, Instance: briefing.NewID(time.Now()), Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		f.t.Fatal(err)
	}
	do(st)
	if err := st.Close(); err != nil {
		f.t.Fatal(err)
	}
}

// cameras stores n cameras of each of two users, with credentials of the sealer.
func (f *folder) cameras(s *seal.Sealer, n int) {
	f.t.Helper()
	f.with(func(st *sqlite.Store) {
		for _, name := range []string{"kim", "lee"} {
			if _, _, err := st.EnsureUser(f.t.Context(), name, nil); err != nil {
				f.t.Fatal(err)
			}
			for range n {
				sealed, err := s.Seal("secret", "192.0.2.7:80")
				if err != nil {
					f.t.Fatal(err)
				}
				f.save(st, name, sealed)
			}
			f.save(st, name, nil)
		}
	})
}

func (f *folder) save(st *sqlite.Store, username string, sealed []byte) {
	f.t.Helper()
	_, err := st.SaveCamera(f.t.Context(), briefing.Camera{
		Username: username, Name: "a", Source: "http://192.0.2.7/", Credentials: sealed, KeepDays: 1, KeepFrames: briefing.KeepNone,
	})
	if err != nil {
		f.t.Fatal(err)
	}
}

// opens counts the cameras whose credentials a sealer opens with its current key.
func (f *folder) opens(s *seal.Sealer) (n int) {
	f.t.Helper()
	f.with(func(st *sqlite.Store) {
		for _, name := range []string{"kim", "lee"} {
			list, err := st.Cameras(f.t.Context(), name)
			if err != nil {
				f.t.Fatal(err)
			}
			for _, c := range list {
				if plain, err := s.Open(c.Credentials, "192.0.2.7:80"); err == nil && plain == "secret" && s.Current(c.Credentials) {
					n++
				}
			}
		}
	})
	return n
}

func (f *folder) sealer(cfg seal.Config) *seal.Sealer {
	f.t.Helper()
	s, err := seal.New(cfg)
	if err != nil {
		f.t.Fatal(err)
	}
	return s
}

// rotate runs the command and returns what it prints.
func (f *folder) rotate(cfg config.Config) (string, error) {
	cfg.Data, cfg.Zone = f.dir, time.UTC
	var out bytes.Buffer
	err := rotateCameraKey(f.t.Context(), cfg, Hooks{}, &out, slog.New(slog.DiscardHandler))
	return out.String(), err
}

func TestRotateCameraKey_file(t *testing.T) {
	t.Parallel()
	f := &folder{t: t, dir: t.TempDir()}
	if _, err := f.rotate(config.Config{}); err == nil || !strings.Contains(err.Error(), "nothing to replace") {
		t.Errorf("without a key: %v", err)
	}
	keys := seal.Config{Dir: f.dir}
	f.cameras(f.sealer(keys), 3)
	f.cameras(f.sealer(seal.Config{Key: keyA}), 1) // of a key that is lost
	old, err := os.ReadFile(filepath.Join(f.dir, seal.FileName))
	if err != nil {
		t.Fatal(err)
	}
	f.with(func(*sqlite.Store) { // a server runs
		if _, err := f.rotate(config.Config{}); err == nil || !strings.Contains(err.Error(), "in use") {
			t.Errorf("while a server runs: %v", err)
		}
	})
	said, err := f.rotate(config.Config{})
	if err != nil || !strings.Contains(said, "of 6 cameras") || !strings.Contains(said, "2 cameras have credentials of another key") {
		t.Errorf("said %q, %v", said, err)
	}
	now, err := os.ReadFile(filepath.Join(f.dir, seal.FileName))
	if err != nil || bytes.Equal(old, now) || strings.Contains(said, strings.TrimSpace(string(now))) {
		t.Errorf("the key file stayed, or the key was printed: %v", err)
	}
	if n := f.opens(f.sealer(keys)); n != 6 {
		t.Errorf("%d cameras have the new key, want 6", n)
	}
}

func TestRotateCameraKey_setting(t *testing.T) {
	t.Parallel()
	f := &folder{t: t, dir: t.TempDir()}
	f.cameras(f.sealer(seal.Config{Key: keyA}), 2)
	if _, err := f.rotate(config.Config{CameraKey: keyB}); err == nil || !strings.Contains(err.Error(), "BIS_CAMERA_OLD_KEY") {
		t.Errorf("without the old key: %v", err)
	}
	both := config.Config{CameraKey: keyB, CameraOldKey: keyA}
	for _, want := range []string{"of 4 cameras", "of 0 cameras"} {
		said, err := f.rotate(both)
		if err != nil || !strings.Contains(said, want) || !strings.Contains(said, "BIS_CAMERA_OLD_KEY is not needed") {
			t.Errorf("said %q, %v; want %s", said, err, want)
		}
	}
	if n := f.opens(f.sealer(seal.Config{Key: keyB})); n != 4 {
		t.Errorf("%d cameras have the new key, want 4", n)
	}
	if _, err := os.Stat(filepath.Join(f.dir, seal.FileName)); err == nil {
		t.Error("a key file was made")
	}
}

// The command continues where it was interrupted, and a server that starts in between has both keys.
func TestRotateCameraKey_continues(t *testing.T) {
	t.Parallel()
	f := &folder{t: t, dir: t.TempDir()}
	keys := seal.Config{Dir: f.dir}
	f.cameras(f.sealer(keys), 3)
	cut, err := seal.Rotate(keys)
	if err != nil {
		t.Fatal(err)
	}
	f.with(func(st *sqlite.Store) {
		list, err := st.Cameras(t.Context(), "kim")
		if err != nil {
			t.Fatal(err)
		}
		if done, err := reseal(t.Context(), st, cut.Sealer, list[0].ID); !done || err != nil {
			t.Fatal(done, err)
		}
	})
	if said, err := f.rotate(config.Config{}); err != nil || !strings.Contains(said, "of 5 cameras") {
		t.Errorf("said %q, %v", said, err)
	}
	if n := f.opens(f.sealer(keys)); n != 6 {
		t.Errorf("%d cameras have the new key, want 6", n)
	}
}
