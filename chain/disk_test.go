package chain

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/cockroachdb/pebble/vfs"
	"github.com/cockroachdb/pebble/vfs/errorfs"
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

// failing fails the calls of one kind from the nth on, for good or once, with one error of the system.
type failing struct {
	nth  int32
	once bool
	err  error
	seen atomic.Int32
}

func (f *failing) MaybeError(op errorfs.Op, _ string) error {
	if op.OpKind() != errorfs.OpKindWrite || op == errorfs.OpFileClose {
		return nil
	}
	if n := f.seen.Add(1); n == f.nth || n > f.nth && !f.once {
		return f.err
	}
	return nil
}

// A disk that fails at any write while the store is opened ends the opening with what failed: it neither stands still
// nor panics, and with a sound disk again everything is there. Fsck of such a disk ends as well.
func TestDiskFailsWhileOpening(t *testing.T) {
	w := newTown(t, 1, nil)
	dir := t.TempDir()
	w.writeActs(dir, 0, 4)
	cmd, out, errs := w.command(childActs+"="+dir, childFault+"=outbox.after 3") // it leaves a log to be read back
	var exit *exec.ExitError
	if err := cmd.Run(); !errors.As(err, &exit) || exit.ExitCode() != faultExit {
		t.Fatalf("%v: %s", err, errs)
	}
	left := w.homes[0]
	run := map[string]func(Config) error{
		"open": func(cfg Config) error {
			c, err := Open(soon(t), cfg)
			if err != nil {
				return err
			}
			err = c.failure() // Pebble may find it in the background; then the node ends by way of Done
			return errors.Join(err, c.Close())
		},
		"fsck": func(cfg Config) error {
			_, err := Fsck(soon(t), cfg)
			return err
		},
	}
	step := map[string]int32{"open": 1, "fsck": 9}
	for what, do := range run {
		for _, f := range []struct {
			err  syscall.Errno
			once bool
		}{{syscall.ENOSPC, false}, {syscall.EIO, true}, {syscall.EIO, false}} {
			failed := 0
			for nth := int32(1); ; nth += step[what] {
				home := filepath.Join(t.TempDir(), "home")
				if err := os.CopyFS(home, os.DirFS(left)); err != nil {
					t.Fatal(err)
				}
				disk := &failing{nth: nth, once: f.once, err: f.err}
				cfg := w.config(0)
				cfg.Home, cfg.Disk = home, errorfs.Wrap(vfs.Default, disk)
				ended := make(chan error, 1)
				go func() { ended <- do(cfg) }()
				var err error
				select {
				case err = <-ended:
				case <-soon(t).Done():
					t.Fatalf("%s, %v at write %d: it stands still", what, f.err, nth)
				}
				if disk.seen.Load() < nth {
					if err != nil {
						t.Fatalf("%s without a failed write: %v", what, err)
					}
					break
				}
				if err == nil {
					continue // Pebble did without it
				}
				failed++
				var full *DiskFull
				if !strings.Contains(err.Error(), f.err.Error()) || errors.As(err, &full) != (f.err == syscall.ENOSPC) {
					t.Errorf("%s, %v at write %d: %T %v", what, f.err, nth, err, err)
				}
				if what == "open" && !f.once && nth%8 == 1 {
					w.homes[0] = filepath.Join(t.TempDir(), "home") // Pebble still holds its lock on the other
					if err := os.CopyFS(w.homes[0], os.DirFS(home)); err != nil {
						t.Fatal(err)
					}
					w.whole(accepted(out.Bytes()))
				}
			}
			if failed == 0 {
				t.Errorf("%s: no %v was seen", what, f.err)
			}
			t.Logf("%s: %d failures by %v, once: %v", what, failed, f.err, f.once)
		}
	}
	w.homes[0] = left
	if err := run["open"](w.config(0)); err != nil {
		t.Fatal(err)
	}
}
