package model_test

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"image"
	"image/jpeg"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"bis/internal/pipeline/model"
	"bis/internal/pipeline/model/modeltest"
)

// outcome is what becomes of a question.
type outcome struct {
	err      error // nil: the words come
	status   int   // of a StatusError; 0: another error
	attempts int   // of the first question
	later    int   // of the second; 0: as many as the first
	words    string
}

// outcomes are those of the faults in modeltest.Zoo. The parameters of all shapes are added by
// outcomeOf.
var outcomes = map[string]outcome{
	"path/absent_error_in_200": {attempts: 1},
	"path/absent_404_text":     {attempts: 1},
	"path/whole":               {attempts: 1},
	"path/whole_slash":         {attempts: 1},
	"path/html":                {attempts: 3, later: 1},
	"path/html_404":            {attempts: 3, later: 1},
	"path/root_only":           {attempts: 2, later: 1},
	"path/fastapi_404":         {attempts: 2, later: 1},
	"path/openai_404":          {attempts: 3, later: 1},
	"path/method":              {attempts: 3, later: 1},
	"path/ollama_native":       {attempts: 1},
	"path/query":               {attempts: 1},
	"path/nowhere":             {err: model.ErrNoChat, attempts: 2},

	"parameter/three_in_turn":      {attempts: 4, later: 1},
	"parameter/unnamed":            {attempts: 2, later: 1},
	"parameter/too_large":          {attempts: 2, later: 1},
	"parameter/too_large_alias":    {attempts: 2, later: 1},
	"parameter/too_large_sentence": {attempts: 2, later: 1},
	"parameter/format_type":        {attempts: 2, later: 1},
	"parameter/system_role":        {attempts: 2, later: 1},

	"answer/reasoning":         {err: model.ErrEmpty, attempts: 1},
	"answer/reasoning_content": {err: model.ErrEmpty, attempts: 1},
	"answer/thought_alone":     {err: model.ErrEmpty, attempts: 1},
	"answer/blank":             {err: model.ErrEmpty, attempts: 1},
	"answer/length":            {attempts: 2, later: 1},
	"answer/length_always":     {err: model.ErrEmpty, attempts: 2, later: 1},
	"answer/unclosed_thought":  {err: model.ErrEmpty, attempts: 2, later: 1},
	"answer/no_choices":        {err: model.ErrGarbled, attempts: 2},
	"answer/no_choices_once":   {attempts: 2, later: 1},
	"answer/null_choices":      {err: model.ErrGarbled, attempts: 2},
	"answer/error_in_200":      {err: model.ErrGarbled, attempts: 2},
	"answer/error_502_in_200":  {attempts: 2, later: 1},
	"answer/error_list_in_200": {attempts: 2, later: 1},
	"answer/error_text_in_200": {attempts: 2, later: 1},
	"answer/tool_call":         {err: model.ErrEmpty, attempts: 1},
	"answer/filtered":          {err: model.ErrEmpty, attempts: 1},

	"form/stream":            {attempts: 1},
	"form/stream_endless":    {attempts: 1},
	"form/stream_ping":       {attempts: 1},
	"form/stream_error":      {attempts: 2, later: 1},
	"form/stream_no_done":    {attempts: 1},
	"form/stream_broken":     {attempts: 2, later: 1},
	"form/stream_plain_type": {attempts: 1},
	"form/chunks":            {attempts: 1},
	"form/parts":             {attempts: 1},
	"form/text":              {attempts: 1},
	"form/refusal":           {attempts: 1, words: "I cannot help."},
	"form/fenced":            {attempts: 1},
	"form/think":             {attempts: 1},
	"form/thinking":          {attempts: 1},
	"form/closing_alone":     {attempts: 1},
	"form/thinking_behind":   {attempts: 1},
	"form/nested":            {attempts: 1},
	"form/brackets":          {attempts: 1},
	"form/channel":           {attempts: 1},
	"form/mark_behind":       {attempts: 1},
	"form/odd_types":         {attempts: 1},
	"form/bom":               {attempts: 1},
	"form/usage_missing":     {attempts: 1},
	"form/usage_zero":        {attempts: 1},
	"form/usage_strings":     {attempts: 1},
	"form/usage_negative":    {attempts: 1},

	"status/429_once":      {attempts: 2, later: 1},
	"status/429_date":      {attempts: 2, later: 1},
	"status/429_hours":     {attempts: 2, later: 1},
	"status/429_huge":      {attempts: 2, later: 1},
	"status/429_nonsense":  {attempts: 2, later: 1},
	"status/429_always":    {status: 429, attempts: 2},
	"status/429_quota":     {status: 429, attempts: 1},
	"status/400":           {status: 400, attempts: 1},
	"status/401":           {status: 401, attempts: 1},
	"status/403":           {status: 403, attempts: 1},
	"status/404_model":     {status: 404, attempts: 2},
	"status/404_ollama":    {status: 404, attempts: 2},
	"status/400_model":     {status: 400, attempts: 2},
	"status/408_once":      {attempts: 2, later: 1},
	"status/413":           {status: 413, attempts: 1},
	"status/500_once":      {attempts: 2, later: 1},
	"status/500_always":    {status: 500, attempts: 2},
	"status/502_html_once": {attempts: 2, later: 1},
	"status/503_always":    {status: 503, attempts: 2},
	"status/503_loading":   {attempts: 3, later: 1},
	"status/504_once":      {attempts: 2, later: 1},
	"status/529_once":      {attempts: 2, later: 1},
	"status/redirect":      {status: 307, attempts: 1},
	"status/drip":          {status: 500, attempts: 2},

	"body/empty":             {err: model.ErrGarbled, attempts: 2},
	"body/truncated":         {attempts: 2, later: 1},
	"body/garbage":           {err: model.ErrGarbled, attempts: 2},
	"body/text":              {err: model.ErrNoChat, attempts: 2},
	"body/gzip_bomb":         {err: model.ErrTooLarge, attempts: 1},
	"body/huge":              {err: model.ErrTooLarge, attempts: 1},
	"body/long":              {err: model.ErrTooLarge, attempts: 1},
	"body/drip":              {err: model.ErrTimeout, attempts: 2},
	"body/without_end":       {attempts: 1},
	"body/hangs":             {err: model.ErrTimeout, attempts: 2},
	"body/hangs_once":        {attempts: 2, later: 1},
	"body/headers_huge":      {err: model.ErrTooLarge, attempts: 1},
	"body/headers_endless":   {err: model.ErrTooLarge, attempts: 1},
	"body/connection_broken": {attempts: 2, later: 1},
	"body/deep":              {err: model.ErrGarbled, attempts: 2},

	"picture/overflow":        {attempts: 2, later: 1},
	"picture/overflow_always": {err: model.ErrTooLong, attempts: 2},
	"picture/too_large":       {attempts: 2, later: 1},
	"picture/openai":          {err: model.ErrNoPictures, attempts: 1},
	"picture/llama_cpp":       {err: model.ErrNoPictures, attempts: 1},
	"picture/openrouter":      {err: model.ErrNoPictures, attempts: 1},
	"picture/string":          {err: model.ErrNoPictures, attempts: 1},
}

// outcomeOf returns the outcome of a fault, and whether there is one.
func outcomeOf(name string) (outcome, bool) {
	if strings.HasPrefix(name, "parameter/tokens_") || strings.HasPrefix(name, "parameter/format_") && name != "parameter/format_type" {
		return outcome{attempts: 2, later: 1}, true
	}
	o, ok := outcomes[name]
	return o, ok
}

// photo is a picture of 320 by 240 pixels that does not compress well.
func photo(t *testing.T) []byte {
	t.Helper()
	img := image.NewGray(image.Rect(0, 0, 320, 240))
	random := rand.New(rand.NewPCG(1, 2))
	for i := range img.Pix {
		img.Pix[i] = uint8(random.IntN(256))
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// zooClient returns a client of a server without a network.
func zooClient(t *testing.T, s *modeltest.Server, path string) *model.Client {
	t.Helper()
	c, err := model.New(model.Config{
		BaseURL: modeltest.URL + path, APIKey: key, Model: "fake", HTTPClient: s.Client(t),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

func TestClient_Ask_in_the_zoo(t *testing.T) {
	t.Parallel()
	zoo := modeltest.Zoo()
	for _, name := range slices.Sorted(maps.Keys(zoo)) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want, ok := outcomeOf(name)
			if !ok {
				t.Fatal("the fault has no outcome")
			}
			synctest.Test(t, func(t *testing.T) {
				path, ok := modeltest.Paths[name]
				if !ok {
					path = "/v1"
				}
				s := &modeltest.Server{Fault: zoo[name], Models: []string{"llama3.2:3b", "evil\nname", key, "qwen/qwen-vl"}}
				c := zooClient(t, s, path)
				q := model.Question{Rules: "rules", Turns: []string{"비밀 prompt-text"}, JSON: strings.Contains(name, "format") || strings.Contains(name, "three")}
				if strings.HasPrefix(name, "picture/") {
					q.Pictures = [][]byte{photo(t)}
				}
				if q.JSON {
					s.Answer = func(*modeltest.Request) string { return `{"a":1}` }
					want.words = `{"a":1}`
				}
				checkQuestion(t, c, s, q, want)
				if want.later > 0 {
					want.attempts = want.later
				}
				checkQuestion(t, c, s, q, want)
			})
		})
	}
}

// checkQuestion asks a question and compares its outcome.
func checkQuestion(t *testing.T, c *model.Client, s *modeltest.Server, q model.Question, want outcome) {
	t.Helper()
	before, began := len(s.Requests()), time.Now()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	answer, err := c.Ask(ctx, q)
	if took := time.Since(began); took > 2*time.Minute {
		t.Errorf("Ask took %v", took)
	}
	if n := len(s.Requests()) - before; n != want.attempts || answer.Usage.Attempts != n {
		t.Errorf("Ask made %d requests and counted %d, want %d: %v", n, answer.Usage.Attempts, want.attempts, err)
	}
	if want.err == nil && want.status == 0 {
		if len(q.Pictures) > 0 && len(s.Requests()[len(s.Requests())-1].Pictures()) != 1 {
			t.Error("the picture was left out")
		}
		if words := cmp.Or(want.words, modeltest.Words); err != nil || answer.Text != words {
			t.Errorf("Ask = %q, %v", answer.Text, err)
		}
		return
	}
	if err == nil {
		t.Fatalf("Ask = %q, want an error", answer.Text)
	}
	if status, ok := errors.AsType[*model.StatusError](err); want.status != 0 && (!ok || status.Status != want.status) {
		t.Errorf("Ask: %v, want status %d", err, want.status)
	}
	if want.err != nil && !errors.Is(err, want.err) && !(want.err == model.ErrTimeout && errors.Is(err, context.DeadlineExceeded)) {
		t.Errorf("Ask: %v, want %v", err, want.err)
	}
	for _, secret := range []string{key, "prompt-text", "비밀", "/v1", "http"} {
		if strings.Contains(err.Error(), secret) {
			t.Errorf("the error shows %q: %v", secret, err)
		}
	}
}
