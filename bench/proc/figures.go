package proc

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"
)

// Resident returns the resident memory in bytes.
func (c *Child) Resident() (int64, error) {
	f, err := os.Open(fmt.Sprintf("/proc/%d/status", c.PID()))
	if err != nil {
		return 0, err
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if rest, ok := strings.CutPrefix(lines.Text(), "VmRSS:"); ok {
			kib, err := strconv.ParseInt(strings.Fields(rest)[0], 10, 64)
			return kib << 10, err
		}
	}
	return 0, fmt.Errorf("process %d tells no resident memory", c.PID())
}

// Metrics reads /metrics. It returns the value of every series by its name with labels.
func (c *Child) Metrics(ctx context.Context) (map[string]float64, error) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+c.Addr+"/metrics", nil)
	if err != nil {
		return nil, err
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	return parse(res.Body)
}

// parse reads the Prometheus text format.
func parse(r io.Reader) (map[string]float64, error) {
	values := map[string]float64{}
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		i := strings.LastIndexByte(lines.Text(), ' ')
		if i < 0 || lines.Text()[0] == '#' {
			continue
		}
		// The value follows the last space, because labels may also contain spaces.
		if v, err := strconv.ParseFloat(lines.Text()[i+1:], 64); err == nil {
			values[lines.Text()[:i]] = v
		}
	}
	return values, lines.Err()
}

// Unsent returns the bytes in the kernel's send queue of each open connection of the server, by the
// client's port. Connections that the server has closed are missing.
func (c *Child) Unsent() (map[int]int64, error) {
	_, port, _ := strings.Cut(c.Addr, ":")
	own, err := strconv.Atoi(port)
	if err != nil {
		return nil, err
	}
	f, err := os.Open("/proc/net/tcp")
	if err != nil {
		return nil, err
	}
	defer f.Close()
	// The columns are those of the kernel's proc documentation; numbers are hexadecimal.
	const established = "01"
	unsent := map[int]int64{}
	for lines := bufio.NewScanner(f); lines.Scan(); {
		field := strings.Fields(lines.Text()) // sl local rem st tx:rx …
		if len(field) < 5 || field[3] != established || hexAfter(field[1]) != int64(own) {
			continue
		}
		queue, _, _ := strings.Cut(field[4], ":")
		unsent[int(hexAfter(field[2]))] = hexAfter(":" + queue)
	}
	return unsent, nil
}

// hexAfter returns the hexadecimal number after the colon, or -1 if there is none.
func hexAfter(field string) int64 {
	_, digits, _ := strings.Cut(field, ":")
	n, err := strconv.ParseInt(digits, 16, 64)
	if err != nil {
		return -1
	}
	return n
}
