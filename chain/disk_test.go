package chain

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// A disk that fills up ends the node with a sentence and its own exit code. With room again it goes on, nothing
// accepted is lost.
func TestDiskFull(t *testing.T) {
	small := t.TempDir()
	if err := syscall.Mount("tmpfs", small, "tmpfs", 0, "size=6m"); err != nil {
		t.Skipf("a small disk cannot be mounted here (%v); run the tests as root to see this one", err)
	}
	defer func() { _ = syscall.Unmount(small, syscall.MNT_DETACH) }()
	w := newTown(t, 1, nil)
	roomy := w.homes[0]
	home := filepath.Join(small, "home")
	if err := os.CopyFS(home, os.DirFS(roomy)); err != nil {
		t.Fatal(err)
	}
	w.homes[0] = home
	dir := t.TempDir()
	w.writeActs(dir, 0, 4000)
	cmd, out, errs := w.command(childActs+"="+dir, childCrowd+"=8")
	err := cmd.Run()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != ExitDisk {
		t.Fatalf("%v: %s", err, tail(errs.Bytes()))
	}
	if !strings.Contains(errs.String(), "the disk is full") {
		t.Errorf("it says %s", tail(errs.Bytes()))
	}
	t.Logf("ended with %d: %s", exit.ExitCode(), tail(errs.Bytes()))
	if err := os.RemoveAll(roomy); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(roomy, os.DirFS(home)); err != nil {
		t.Fatal(err)
	}
	w.homes[0] = roomy
	ids := accepted(out.Bytes())
	if len(ids) == 0 {
		t.Fatal("no act was accepted before the disk was full")
	}
	w.whole(ids)
}

func tail(b []byte) string {
	b = bytes.TrimSpace(b)
	if len(b) > 1500 {
		b = b[len(b)-1500:]
	}
	return string(b)
}
