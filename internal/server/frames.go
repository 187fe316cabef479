package server

import (
	"net/http"
	"strconv"
	"strings"

	"bis/internal/briefing"
	"bis/internal/service"
)

// frames serves the last pictures of the cameras to pages of this server, and to callers that are
// not browsers. A browser stores no picture.
func frames(svc *service.Service) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("Cross-Origin-Resource-Policy", "same-origin")
		switch strings.ToLower(r.Header.Get("Sec-Fetch-Site")) {
		case "", "same-origin", "none":
		default:
			http.Error(w, "pictures are for pages of this server only", http.StatusForbidden)
			return
		}
		frame, found := strings.CutSuffix(r.PathValue("name"), ".jpg")
		if !found {
			http.NotFound(w, r)
			return
		}
		jpeg, err := svc.Picture(r.Context(), briefing.Viewer{}, frame)
		if err != nil {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "image/jpeg")
		w.Header().Set("Content-Length", strconv.Itoa(len(jpeg)))
		_, _ = w.Write(jpeg) // fails when the caller is gone
	})
}
