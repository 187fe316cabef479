package app

import (
	"errors"
	"os"
	"os/exec"
	"testing"

	"bis/internal/pipeline/counting"
)

// A child that the system has killed says nothing about the folder.
func TestPreparation_blames_the_folder_only_for_what_the_child_says(t *testing.T) {
	t.Parallel()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	killed := exec.Command(self, "-test.run=^$")
	if err := errors.Join(killed.Start(), killed.Process.Kill()); err != nil {
		t.Fatal(err)
	}
	fault, ok := errors.AsType[*counting.Fault](preparation(killed.Wait(), ""))
	if !ok || fault.Reason != counting.Failed {
		t.Errorf("a killed child is %v, want FAILED", fault)
	}
	ended := exec.Command(self, "-test.no-such-flag").Run()
	err = preparation(ended, "read-only file system")
	if _, ok := errors.AsType[*counting.Fault](err); ok || err.Error() != "read-only file system" {
		t.Errorf("a child that says why is %v", err)
	}
}
