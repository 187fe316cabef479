package hostile_test

import (
	"bufio"
	"fmt"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// used is the total consumption of a process, or the cost of a call.
type used struct {
	cpu   time.Duration
	bytes float64 // allocated
}

func (u used) less(v used) used { return used{u.cpu - v.cpu, u.bytes - v.bytes} }

func (u used) over(n int) used { return used{u.cpu / time.Duration(n), u.bytes / float64(n)} }

// least returns the smaller value of each field, because other programs on the machine can only
// increase a cost.
func (u used) least(v used) used { return used{min(u.cpu, v.cpu), min(u.bytes, v.bytes)} }

// clock reads the processor time of the server's process, all threads together, in nanoseconds.
func (s *server) clock() (time.Duration, error) {
	const scheduler = 2 // CPUCLOCK_SCHED of clock_getcpuclockid(3)
	var now unix.Timespec
	if err := unix.ClockGettime(int32(^s.cmd.Process.Pid<<3|scheduler), &now); err != nil {
		return 0, fmt.Errorf("processor time of %d: %w", s.cmd.Process.Pid, err)
	}
	return time.Duration(now.Nano()), nil
}

// metric returns one value of the server's metrics.
func (s *server) metric(name string) (float64, error) {
	res, err := s.http.Get(s.url + "/metrics")
	if err != nil {
		return 0, err
	}
	defer res.Body.Close()
	value := -1.0
	lines := bufio.NewScanner(res.Body)
	for lines.Scan() { // to the end, so that the connection is reused
		if text, ok := strings.CutPrefix(lines.Text(), name+" "); ok {
			if value, err = strconv.ParseFloat(text, 64); err != nil {
				return 0, err
			}
		}
	}
	if value < 0 {
		return 0, fmt.Errorf("/metrics has no %s", name)
	}
	return value, lines.Err()
}

// allocated returns the bytes that the server has allocated since its start.
func (s *server) allocated() (float64, error) { return s.metric("go_memstats_alloc_bytes_total") }

// resident returns the server's resident memory, in MiB.
func (s *server) resident() (float64, error) {
	bytes, err := s.metric("process_resident_memory_bytes")
	return bytes / (1 << 20), err
}

// measure runs f and returns its cost to the server. It reads the clock between the readings of
// memory, because these take processor time. It subtracts reading, the bytes that a reading of
// memory allocates.
func (s *server) measure(reading float64, f func() error) (used, error) {
	before, err := s.allocated()
	if err != nil {
		return used{}, err
	}
	begin, err := s.clock()
	if err != nil {
		return used{}, err
	}
	if err := f(); err != nil {
		return used{}, err
	}
	end, err := s.clock()
	if err != nil {
		return used{}, err
	}
	after, err := s.allocated()
	return used{end - begin, max(0, after-before-reading)}, err
}
