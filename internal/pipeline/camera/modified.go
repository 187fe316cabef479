package camera

import (
	"net/http"
	"time"
)

// modified derives the age of a camera's single pictures from two headers of the same answer: the
// time of the picture's last change, and that of the answer. Both are of the camera's own clock,
// which may be wrong.
//
// Some cameras always report the same change, such as that of their firmware. So only a camera that
// has reported two different ones is believed. It is guarded by the lock of its owner.
type modified struct {
	last string // the last Last-Modified
	live bool   // it has changed
}

// age returns how old the picture of an answer is. It is 0 if that is unknown.
func (m *modified) age(h *head) time.Duration {
	changed := h.get("last-modified")
	if changed == "" {
		return 0
	}
	m.live = m.live || m.last != "" && m.last != changed
	m.last = changed
	if !m.live {
		return 0
	}
	at, err := http.ParseTime(changed)
	now, err2 := http.ParseTime(h.get("date"))
	if err != nil || err2 != nil {
		return 0
	}
	return max(0, now.Sub(at))
}
