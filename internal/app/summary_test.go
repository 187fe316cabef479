package app_test

import (
	"testing"
	"time"

	"bis/internal/app"
	"bis/internal/await"
	"bis/internal/config"
	"bis/internal/pipeline/model/modeltest"
)

// A summary that was asked before the model wrote the style's lines does not stay in built-in ones.
func TestRun_words_a_summary_in_lines_that_come_later(t *testing.T) {
	mayAnswer := make(chan struct{})
	server := &modeltest.Server{Answer: modeltest.Sees(func(*modeltest.Request) string {
		<-mayAnswer
		return `{"sheet": {"sum_none": ["사장님, 아직 브리핑이 없네요"]}}`
	})}
	url, stop := startWith(t, app.Hooks{}, func(c *config.Config) {
		c.Model = config.Model{BaseURL: config.Address(server.Listen(t)), Name: "fake-1"}
	})
	defer stop()
	answerTo(t, url, `mutation ($v: String!) { login(username: $v) { outcome } }`, "kim", nil)
	answerTo(t, url, `mutation ($v: StyleInput!) { saveStyle(input: $v) { notes { code } } }`,
		map[string]any{"username": "kim", "lines": []string{"사장님이라고 불러 줘"}}, nil)
	var started struct{ StartBriefing struct{ ID string } }
	answerTo(t, url, `mutation ($v: StartBriefingInput!) { startBriefing(input: $v) { id } }`, map[string]any{
		"username": "kim", "interval": 3600, "endTime": time.Now().Add(2 * time.Hour).UTC().Format(time.RFC3339),
	}, &started)
	summary := func() (text, source string) {
		var got struct{ AiSummary struct{ Text, Source string } }
		answerTo(t, url, `query ($v: ID!) { aiSummary(requestId: $v) { text source } }`, started.StartBriefing.ID, &got)
		return got.AiSummary.Text, got.AiSummary.Source
	}
	if text, source := summary(); source != "template" {
		t.Errorf("before the model has answered: %q by %s", text, source)
	}
	close(mayAnswer)
	await.True(t, "the model has written the lines", func() bool {
		var got struct{ StyleSheet struct{ Verdict string } }
		answerTo(t, url, `query ($v: String!) { styleSheet(username: $v) { verdict } }`, "kim", &got)
		return got.StyleSheet.Verdict == "STYLE_SHEET"
	})
	if text, source := summary(); text != "사장님, 아직 브리핑이 없네요" || source != "fake-1" {
		t.Errorf("after it has answered: %q by %s", text, source)
	}
}
