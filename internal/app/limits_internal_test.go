package app

import "testing"

// One address may use at most seven eighths of the sockets' files, for any setting.
func TestSocketsWithin(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ wanted, files, want int }{
		{20_000, 0, 20_000}, {20_000, 1 << 20, 20_000}, {20_000, 1_024, 768}, {20_000, 10, 2}, {5, 1_024, 5},
	} {
		if got := socketsWithin(c.wanted, c.files); got != c.want {
			t.Errorf("socketsWithin(%d, %d) = %d, want %d", c.wanted, c.files, got, c.want)
		}
	}
}
