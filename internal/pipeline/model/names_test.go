package model_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"bis/internal/pipeline/model"
)

// The names of a long list are shown, and odd elements do not hide the others.
func TestAsk_names_models_of_any_list(t *testing.T) {
	t.Parallel()
	element := `{"id":"m-1","description":"` + strings.Repeat("x", 1000) + `"},`
	for list, want := range map[string]string{
		`{"object":"list","data":[` + strings.Repeat(element, 3000) + element[:len(element)-1] + `]}`: strings.TrimSpace(strings.Repeat("m-1 ", 10)),
		`{"data":[{"id":7},null,"x",{"id":"m-2"}],"models":[{"name":"m-3"}]}`:                         "x m-2 m-3",
		`{"data":null,"models":[{"model":"m-4"}]}`:                                                    "m-4",
		`{"data":{"a":1},"models":[{"model":"m-5"}]}`:                                                 "",
		`[{"id":"m-6"}]`:         "m-6",
		`{"data":[{"id":"m-7"},`: "m-7",
	} {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodPost {
				raw(http.StatusNotFound, `{"error":{"message":"model not found","code":"model_not_found"}}`)(w, r)
				return
			}
			raw(http.StatusOK, list)(w, r)
		}))
		t.Cleanup(s.Close)
		c, err := model.New(model.Config{BaseURL: s.URL + "/v1", Model: "m"})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(c.Close)
		_, err = c.Complete(t.Context(), "rules", "turn")
		unknown, ok := errors.AsType[*model.UnknownModelError](err)
		if !ok || strings.Join(unknown.Known, " ") != want {
			t.Errorf("%.60s: %v, want %q", list, err, want)
		}
	}
}
