package feed

// CameraMemory returns how many states and deletions of cameras a hub remembers.
func CameraMemory(h *Hub) int {
	h.mu.Lock()
	defer h.mu.Unlock()
	n := 0
	for _, t := range h.cameras {
		t.mu.Lock()
		n += len(t.states) + len(t.deleted)
		t.mu.Unlock()
	}
	return n
}
