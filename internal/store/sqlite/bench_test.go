package sqlite_test

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"sync/atomic"
	"testing"

	"bis/internal/briefing"
	"bis/internal/store/sqlite"
)

// BenchmarkAppend stores runs of many requests at once, as ticks come.
func BenchmarkAppend(b *testing.B) {
	for _, writers := range []int{1, 64} {
		b.Run(fmt.Sprintf("writers=%d", writers), func(b *testing.B) {
			st := open(b, sqlite.Config{})
			reqs := make([]briefing.Request, writers)
			for i := range reqs {
				reqs[i] = start(b, st, fmt.Sprintf("user%d", i))
			}
			var next atomic.Int64
			b.SetParallelism(writers) // times GOMAXPROCS
			b.ResetTimer()
			b.RunParallel(func(pb *testing.PB) {
				req := reqs[int(next.Add(1))%writers]
				for pb.Next() {
					if _, err := st.AddBriefing(b.Context(), briefing.Briefing{RequestID: req.ID, Caption: "손님이 2명 있어요."}); err != nil {
						b.Error(err)
					}
				}
			})
		})
	}
}

// BenchmarkAppend_with_words is BenchmarkAppend with many writers, of briefings with a headline and
// three lines.
func BenchmarkAppend_with_words(b *testing.B) {
	st := open(b, sqlite.Config{})
	said := briefing.SaidLine{
		Key: "some", Line: "매장에 {people} 계세요.", Slots: []briefing.SaidSlot{{Name: "people", Text: "두 분이"}},
	}
	words := briefing.Briefing{
		Caption: "손님이 2명 있어요.", Headline: "손님 2명",
		Made: &briefing.Made{
			Verdict: briefing.VerdictStyleSheet, Provider: "api.example.com", Model: "m-1", PromptVersion: "1",
			Said: []briefing.SaidLine{said, said, said},
		},
	}
	b.SetParallelism(64)
	b.RunParallel(func(pb *testing.PB) {
		of := words
		of.RequestID = start(b, st, briefing.NewID(st.Now())).ID
		for pb.Next() {
			if _, err := st.AddBriefing(b.Context(), of); err != nil {
				b.Error(err)
			}
		}
	})
}

// BenchmarkSingleTransactions is the comparison: the same file and durability, with one transaction
// for each insert.
func BenchmarkSingleTransactions(b *testing.B) {
	st := open(b, sqlite.Config{})
	req := start(b, st, "kim")
	dir := b.TempDir()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(dir, "x.db")+"?_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)")
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	if _, err := db.Exec("CREATE TABLE briefings (request_id TEXT, id TEXT, caption TEXT, PRIMARY KEY (request_id, id)) WITHOUT ROWID"); err != nil {
		b.Fatal(err)
	}
	insert, err := db.Prepare("INSERT INTO briefings VALUES (?, ?, ?)")
	if err != nil {
		b.Fatal(err)
	}
	defer insert.Close()
	for b.Loop() {
		if _, err := insert.Exec(string(req.ID), briefing.NewID(st.Now()), "손님이 2명 있어요."); err != nil {
			b.Fatal(err)
		}
	}
}
