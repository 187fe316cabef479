//go:build unix

package sqlite_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"bis/internal/briefing"
	"bis/internal/store/sqlite"
)

// A backup has sheets and usage, and no refused text. The store keeps its refused texts.
func TestBackup_leaves_out_refused_texts(t *testing.T) {
	t.Parallel()
	dir, to := t.TempDir(), t.TempDir()
	st := open(t, sqlite.Config{Dir: dir})
	key := briefing.SheetKey{Style: "s"}
	err := st.SaveSheet(t.Context(), briefing.StoredSheet{Key: key, Body: []byte("{}"), MadeAt: st.Now()})
	if err == nil {
		err = st.AddUsage(t.Context(), "kim", "2026-03-01", briefing.Usage{Attempts: 1})
	}
	for _, text := range []string{"a-refused-text", strings.Repeat("another-refused-text", 9)} {
		if err == nil {
			err = st.SaveRefused(t.Context(), briefing.Refused{
				Ref: text, Username: "kim", At: st.Now(), Texts: []briefing.RefusedText{{Text: text}},
			})
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(to, "backup")
	if _, err := sqlite.Backup(t.Context(), dir, file); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(file)
	if err != nil || strings.Contains(string(content), "refused-text") {
		t.Errorf("the backup has a refused text, or cannot be read: %v", err)
	}
	if list, err := os.ReadDir(to); err != nil || len(list) != 1 {
		t.Errorf("the folder of the backup has %v, %v", list, err)
	}
	copied := restored(t, file)
	if _, err := copied.Sheet(t.Context(), key); err != nil {
		t.Errorf("the sheet of the backup: %v", err)
	}
	if days, err := copied.UsageDays(t.Context(), "kim", "2026-03-01", "2026-03-01"); err != nil || len(days) != 1 {
		t.Errorf("the usage of the backup: %v, %v", days, err)
	}
	if texts, err := st.Refused(t.Context(), []string{"a-refused-text"}); err != nil || len(texts) != 1 {
		t.Errorf("the texts of the store: %v, %v", texts, err)
	}
}

// A folder of an earlier version has no table of refused texts.
func TestBackup_of_an_earlier_version(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := writeVersion(t, dir, 10).Close(); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "backup")
	if _, err := sqlite.Backup(t.Context(), dir, file); err != nil {
		t.Fatal(err)
	}
	restored(t, file)
}
