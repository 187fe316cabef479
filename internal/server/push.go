package server

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"bis/internal/briefing"
	"bis/internal/limit"
	"bis/internal/service"
)

// pushed receives the pictures that devices send to cameras. The token alone permits a call, and no
// browser sends it on its own, so a foreign page cannot push with the credentials of its reader.
// No answer allows other origins.
func (s *Server) pushed(svc *service.Service) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
		if !strings.EqualFold(scheme, "Bearer") {
			token = ""
		}
		frame, err := svc.PushFrame(r.Context(), service.Push{
			Camera: briefing.CameraID(r.PathValue("id")), Token: strings.TrimSpace(token),
			Body: func() ([]byte, error) { return pushedBody(r) },
		})
		if err != nil {
			refusePush(w, err)
			return
		}
		answer(w, http.StatusCreated, map[string]any{
			"at": frame.At.Format(time.RFC3339Nano), "width": frame.Width, "height": frame.Height,
		})
	})
}

// tooLongRest is how much of a body that is too long is read, because many clients report a broken
// connection instead of an answer that comes before they have sent everything.
const tooLongRest = 6 << 20

// pushedBody reads a picture.
func pushedBody(r *http.Request) ([]byte, error) {
	booked, _ := r.Body.(*timedBody)
	if booked != nil {
		booked.cost = 1 // the buffer grows to its final size at once
	}
	var b bytes.Buffer
	b.Grow(int(min(max(r.ContentLength, 0), briefing.MaxPushLen)) + bytes.MinRead)
	_, err := b.ReadFrom(io.LimitReader(r.Body, briefing.MaxPushLen+1))
	if err != nil || b.Len() <= briefing.MaxPushLen {
		return b.Bytes(), err
	}
	if booked != nil {
		booked.cost = 0 // what follows is not in memory
	}
	_, _ = io.CopyN(io.Discard, r.Body, tooLongRest)
	return nil, &briefing.PictureError{Reason: briefing.TroubleTooLarge}
}

// refusePush answers an error with its status and a sentence.
func refusePush(w http.ResponseWriter, err error) {
	status, text := http.StatusInternalServerError, "the server failed"
	picture, unreadable := errors.AsType[*briefing.PictureError](err)
	switch {
	case unreadable:
		status, text = pictureStatus(picture.Reason), picture.Error()
	case errors.Is(err, briefing.ErrUnauthenticated):
		w.Header().Set("WWW-Authenticate", `Bearer realm="frames"`)
		status, text = http.StatusUnauthorized, "the token is not valid for this camera"
	case errors.Is(err, briefing.ErrRateLimited):
		w.Header().Set("Retry-After", strconv.Itoa(briefing.RetrySeconds(err)))
		status, text = http.StatusTooManyRequests, "too many pictures"
	case errors.Is(err, briefing.ErrUnavailable), errors.Is(err, limit.ErrNoRoom):
		w.Header().Set("Retry-After", "1")
		status, text = http.StatusServiceUnavailable, "the server cannot store pictures now"
	case isBodyError(err):
		status, text = http.StatusBadRequest, "the body did not arrive"
	}
	answer(w, status, map[string]any{"error": text})
}

// pictureStatus returns the status of bytes that are no picture.
func pictureStatus(reason briefing.TroubleReason) int {
	switch reason {
	case briefing.TroubleTooLarge:
		return http.StatusRequestEntityTooLarge
	case briefing.TroubleFormat, briefing.TroubleVideo:
		return http.StatusUnsupportedMediaType
	}
	return http.StatusUnprocessableEntity
}

// isBodyError reports whether a body broke off.
func isBodyError(err error) bool {
	timeout, ok := errors.AsType[interface {
		error
		Timeout() bool
	}](err)
	return errors.Is(err, io.ErrUnexpectedEOF) || ok && timeout.Timeout()
}

// answer writes JSON.
func answer(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // fails when the caller is gone
}
