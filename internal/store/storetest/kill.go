package storetest

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"bis/internal/briefing"
)

// PlaceVariable names where the data is that a killed process works on.
const PlaceVariable = "BIS_TEST_CHURN"

// RunKilled kills a process that runs Churn, several times on the same data, and checks the data
// each time. The process is this test binary, which runs the test called name. That test also calls
// RunKilled. open opens the data at place for a process called instance.
func RunKilled(
	t *testing.T, name, place string, open func(t T, place, instance string) briefing.Store,
) {
	t.Helper()
	if at := os.Getenv(PlaceVariable); at != "" {
		Churn(context.Background(), open(t, at, fmt.Sprint("killed", os.Getpid())), uint64(os.Getpid()), os.Stdout)
		return
	}
	var lines []string
	for round, acks := range []int{1, 40, 97, 150} {
		lines = append(lines, churnUntil(t, name, place, acks)...)
		st := open(t, place, fmt.Sprint("after", round))
		CheckChurn(t, st, lines)
		if err := st.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	}
	if len(lines) < 288 {
		t.Errorf("%d calls were acknowledged, too few", len(lines))
	}
}

// churnUntil starts the process, kills it after a number of acknowledged calls, and returns them.
func churnUntil(t *testing.T, name, place string, acks int) (lines []string) {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^"+name+"$", "-test.v=false")
	cmd.Env = append(os.Environ(), PlaceVariable+"="+place)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	scanner := bufio.NewScanner(out)
	for scanner.Scan() {
		if line := scanner.Text(); strings.HasPrefix(line, "saved ") || strings.HasPrefix(line, "deleted ") {
			lines = append(lines, line)
		}
		if len(lines) == acks {
			if err := cmd.Process.Kill(); err != nil {
				t.Error(err)
			}
		}
	}
	_ = cmd.Wait() // the error of a killed process
	if len(lines) < acks {
		t.Errorf("the process ended after %d of %d calls", len(lines), acks)
	}
	return lines
}
