package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"io"
	"net/http"
	"testing"

	"bis/internal/await"
	"bis/internal/store/mongo/mongotest"
)

// pushTo sends a picture of a device to a server.
func pushTo(t *testing.T, c *child, path, token string, n int) int {
	t.Helper()
	img := image.NewGray(image.Rect(0, 0, 320, 180))
	for i := range img.Pix {
		img.Pix[i] = uint8(120 + (i+n*7)%80)
	}
	img.SetGray(n%320, 0, color.Gray{})
	var w bytes.Buffer
	if err := jpeg.Encode(&w, img, nil); err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, c.url+path, &w)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+token)
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	return res.StatusCode
}

// pictureOf returns a picture of a server, or nil.
func pictureOf(t *testing.T, c *child, path string) []byte {
	t.Helper()
	res, err := http.Get(c.url + path)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		return nil
	}
	return b
}

// Three replicas on one database: a device pushes pictures to one, another one may run on them, and
// all answer with the same health and serve the same pictures. A deletion on one holds for all.
func TestFrames_of_three_replicas(t *testing.T) {
	t.Parallel()
	mongotest.Need(t)
	env := []string{"DATABASE_URI=" + mongotest.Own(t).URI()}
	var replicas []*child
	for range 3 {
		replicas = append(replicas, startChild(t, options{env: env}))
	}
	one := replicas[0]
	do(t, one, `mutation { login(username: "kim") { token } }`)
	door := saveCamera(t, one, `username: "kim", name: "폰", source: "push:", keepFrames: CHANGED`)
	var made struct {
		Data struct {
			CreateFrameToken struct{ Token, URL string }
		}
	}
	text := one.raw(t, fmt.Sprintf(`mutation { createFrameToken(cameraId: %q) { token url } }`, door))
	if err := json.Unmarshal([]byte(text), &made); err != nil {
		t.Fatal(err, text)
	}
	token := made.Data.CreateFrameToken
	do(t, replicas[1], fmt.Sprintf(`mutation { startBriefing(input: {username: "kim", interval: 1, endTime: %q, cameraId: %q}) { id } }`, later(), door))
	last := func(c *child) string {
		var a struct {
			Data struct {
				Camera struct {
					Health    struct{ State string }
					LastFrame *struct{ URL string }
				}
			}
		}
		text := c.raw(t, fmt.Sprintf(`{ camera(id: %q) { health { state } lastFrame { url } } }`, door))
		if err := json.Unmarshal([]byte(text), &a); err != nil {
			t.Fatal(err, text)
		}
		if a.Data.Camera.LastFrame == nil || a.Data.Camera.Health.State != "OK" {
			return ""
		}
		return a.Data.Camera.LastFrame.URL
	}
	n := 0
	push := func() {
		n++
		if status := pushTo(t, replicas[n%3], token.URL, token.Token, n); status != 201 && status != 429 {
			t.Fatalf("a picture: %d", status)
		}
	}
	for i, c := range replicas {
		await.True(t, fmt.Sprintf("replica %d serves the picture", i), func() bool {
			push()
			url := last(c)
			return url != "" && pictureOf(t, c, url) != nil
		})
	}
	do(t, replicas[2], `mutation { endBriefing(username: "kim", cameraId: "`+door+`") { id } }`)
	var url string
	await.True(t, "all serve the same stored picture", func() bool {
		url = last(replicas[2])
		if url == "" {
			return false
		}
		first := pictureOf(t, replicas[0], url)
		for _, c := range replicas {
			if got := pictureOf(t, c, url); got == nil || !bytes.Equal(got, first) {
				return false
			}
		}
		return true
	})
	do(t, replicas[0], fmt.Sprintf(`mutation { saveCamera(input: {id: %q, masks: [{points: [{x: 0, y: 0}, {x: 0.5, y: 0}, {x: 0, y: 0.5}]}]}) { camera { id } } }`, door))
	for i, c := range replicas {
		await.True(t, fmt.Sprintf("replica %d shows no picture of before the mask", i), func() bool {
			return pictureOf(t, c, url) == nil && last(c) == ""
		})
	}
	do(t, replicas[2], `mutation { deleteUserData(username: "kim") { requests } }`)
	for i, c := range replicas {
		await.True(t, fmt.Sprintf("replica %d has no picture", i), func() bool { return pictureOf(t, c, url) == nil })
		if status := pushTo(t, c, token.URL, token.Token, 1); status != 401 {
			t.Errorf("replica %d takes a picture of a deleted user: %d", i, status)
		}
	}
}
