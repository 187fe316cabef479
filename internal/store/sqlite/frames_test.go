package sqlite_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"bis/internal/briefing"
	"bis/internal/store/sqlite"
	"bis/internal/store/storetest"
)

// locatedFrames has what a second opening needs.
type locatedFrames struct {
	*sqlite.Frames
	cfg sqlite.FramesConfig
}

func openFrames(t storetest.T, cfg sqlite.FramesConfig) locatedFrames {
	t.Helper()
	f, err := sqlite.OpenFrames(t.Context(), cfg)
	if err != nil {
		t.Fatalf("open frames: %v", err)
	}
	t.Cleanup(func() {
		if err := f.Close(); err != nil {
			t.Errorf("close frames: %v", err)
		}
	})
	return locatedFrames{f, cfg}
}

func TestFrames(t *testing.T) {
	t.Parallel()
	storetest.RunFrames(t, storetest.FramesHarness{
		Open: func(t storetest.T, most int64, clock func() time.Time) briefing.FrameStore {
			t.Helper()
			return openFrames(t, sqlite.FramesConfig{Dir: t.TempDir(), MaxBytes: most, Clock: clock})
		},
		Again: func(t storetest.T, st briefing.FrameStore) briefing.FrameStore {
			t.Helper()
			if err := st.Close(); err != nil {
				t.Fatalf("close: %v", err)
			}
			return openFrames(t, st.(locatedFrames).cfg)
		},
	})
}

// TestFrames_deletion checks that a deleted picture is in no file of the folder, and that the files
// shrink.
func TestFrames_deletion(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	f := openFrames(t, sqlite.FramesConfig{Dir: dir})
	secret := bytes.Repeat([]byte("a picture of somebody "), 20_000)
	for n := range 4 {
		err := f.SaveFrame(t.Context(), briefing.StoredFrame{
			Frame:    briefing.Frame{ID: fmt.Sprintf("%032x", n), Width: 1, Height: 1, At: time.Now()},
			CameraID: "c", Username: "kim", Kind: briefing.FrameChanged,
			Until: time.Now().Add(time.Hour), JPEG: secret,
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := f.DeleteFrames(t.Context(), briefing.FramesOf{Username: "kim"}); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		b, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(b, []byte("of somebody")) {
			t.Errorf("%s has a deleted picture", e.Name())
		}
		if len(b) > 200_000 {
			t.Errorf("%s has %d bytes without pictures", e.Name(), len(b))
		}
		if info, err := e.Info(); err == nil && info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s can be read by others: %v", e.Name(), info.Mode())
		}
	}
}

// TestOpenFrames_refuses checks the sentences for the operator.
func TestOpenFrames_refuses(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		prepare func(path string) error
		want    string
	}{
		"a damaged file": {func(path string) error {
			return os.WriteFile(path, bytes.Repeat([]byte("no database "), 1000), 0o600)
		}, "is damaged; remove it"},
		"a link": {func(path string) error {
			return os.Symlink(filepath.Join(filepath.Dir(path), "elsewhere"), path)
		}, "is a link"},
		"a folder": {func(path string) error { return os.Mkdir(path, 0o700) }, "is no plain file"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			if err := c.prepare(filepath.Join(dir, "frames.db")); err != nil {
				t.Fatal(err)
			}
			_, err := sqlite.OpenFrames(t.Context(), sqlite.FramesConfig{Dir: dir})
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error is %v, want one that contains %q", err, c.want)
			}
		})
	}
}

// TestFrames_bound_on_disk checks that the files do not grow with what was written beyond the bound.
func TestFrames_bound_on_disk(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	f := openFrames(t, sqlite.FramesConfig{Dir: dir, MaxBytes: 1 << 20})
	for n := range 200 {
		err := f.SaveFrame(t.Context(), briefing.StoredFrame{
			Frame:    briefing.Frame{ID: fmt.Sprintf("%032x", n), Width: 1, Height: 1, At: time.UnixMilli(int64(n))},
			CameraID: "c", Username: "kim", Kind: briefing.FrameChanged,
			Until: time.Now().Add(time.Hour), JPEG: bytes.Repeat([]byte{byte(n)}, 80_000),
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for name, most := range map[string]int64{"frames.db": 2 << 20, "frames.db-wal": 6 << 20} {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil || info.Size() > most {
			t.Errorf("%s: %v after 16 MB, want at most %d bytes", name, info, most)
		}
	}
}
