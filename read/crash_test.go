package read

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
)

func crashLedger() *ledger {
	l := newLedger()
	l.grow(rand.New(rand.NewPCG(11, 11)), 900)
	return l
}

// TestKilled runs only as the child of TestCrash: it follows, or rebuilds, and kills its process at a point.
func TestKilled(t *testing.T) {
	point, path := os.Getenv("READ_KILL_AT"), os.Getenv("READ_PATH")
	if point == "" {
		t.Skip("runs as the child of TestCrash")
	}
	name, count := point, 0
	fmt.Sscanf(strings.Replace(point, ":", " ", 1), "%s %d", &name, &count)
	cfg := Config{Path: path, ActID: digestOf, Batch: 61, Fault: func(at string) {
		if at != name {
			return
		}
		if count--; count == 0 {
			syscall.Kill(os.Getpid(), syscall.SIGKILL)
			select {}
		}
	}}
	var err error
	source := crashLedger()
	if os.Getenv("READ_LEDGER") == "blocks" {
		source, cfg.Batch = blocksLedger(), 1
	}
	if strings.HasSuffix(name, "-swap") {
		_, err = Rebuild(context.Background(), cfg, source)
	} else {
		r, oerr := Open(cfg)
		if oerr != nil {
			t.Fatal(oerr)
		}
		readAll(t, r, source)
	}
	t.Fatalf("should have been killed at %s: %v", point, err)
}

func TestCrash(t *testing.T) {
	l := crashLedger()
	want := rebuiltDigest(t, l)
	killed := func(t *testing.T, cfg Config, point string) {
		t.Helper()
		child := exec.Command(os.Args[0], "-test.run=^TestKilled$")
		child.Env = append(os.Environ(), "READ_KILL_AT="+point, "READ_PATH="+cfg.Path)
		out, err := child.CombinedOutput()
		var exit *exec.ExitError
		if !errors.As(err, &exit) || exit.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL {
			t.Fatalf("the child was not killed at %s: %v\n%s", point, err, out)
		}
	}
	complete := func(t *testing.T, cfg Config) {
		t.Helper()
		r := mustOpen(t, cfg)
		readAll(t, r, l)
		if mustDigest(t, r) != want {
			t.Error("after the crash the content differs from a rebuilt one")
		}
	}
	for _, c := range []struct {
		point string
		next  uint64 // expected after reopening; batches have 61 records
	}{{"before-commit:1", 0}, {"after-commit:1", 61}, {"before-commit:7", 6 * 61}, {"after-commit:7", 7 * 61}} {
		t.Run(c.point, func(t *testing.T) {
			cfg := config(t)
			killed(t, cfg, c.point)
			r := mustOpen(t, cfg)
			if got := r.Position().Next; got != c.next {
				t.Errorf("reopened at %d, want %d", got, c.next)
			}
			if err := r.Close(); err != nil {
				t.Fatal(err)
			}
			complete(t, cfg)
		})
	}
	for _, point := range []string{"before-swap:1", "mid-swap:1", "after-swap:1"} {
		t.Run(point, func(t *testing.T) {
			cfg := config(t)
			r := mustOpen(t, cfg)
			readAll(t, r, prefix{l, 300})
			if err := r.Close(); err != nil {
				t.Fatal(err)
			}
			killed(t, cfg, point)
			complete(t, cfg)
		})
	}
	t.Run("killed again and again", func(t *testing.T) {
		cfg := config(t)
		for i := 1; i <= 4; i++ {
			killed(t, cfg, fmt.Sprintf("%s:%d", []string{"before-commit", "after-commit"}[i%2], i))
		}
		complete(t, cfg)
	})
}
