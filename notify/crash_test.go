package notify

import (
	"errors"
	"fmt"
	"net/mail"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"mulu/people"
)

// crashStory has an application that is deemed agreed, is not delivered, and comes to coordination.
const crashStory = opening + applying + "时间 2026-03-20 08:00\n"

// crashHouse is the same house each time it is opened in a folder: the same records, the same accounts. The stage plays from the
// beginning each time, so the read model is made anew and the chain counts as long as it will become: reminders pass over what
// they looked at before.
func crashHouse(t *testing.T, dir string) (*house, Config) {
	t.Helper()
	old, err := filepath.Glob(filepath.Join(dir, "read.db*"))
	for _, path := range old {
		err = errors.Join(err, os.Remove(path))
	}
	if err != nil {
		t.Fatal(err)
	}
	h := houseIn(t, dir, parse(t, crashStory))
	cfg := h.config()
	if _, err := os.Stat(cfg.Path); err == nil {
		cfg.Size = func() uint64 { return 1000 }
	}
	if server := os.Getenv("NOTIFY_SERVER"); server != "" {
		m, err := NewMail(MailSettings{Server: server, From: "mulu@example.gov.cn"})
		if err != nil {
			t.Fatal(err)
		}
		cfg.Mail = m
	}
	return h, cfg
}

// live plays the story, looking and sending as it goes.
func live(t *testing.T, h *house, n *Notify) {
	t.Helper()
	h.stage.look = func() error {
		if err := h.pass(n); err != nil {
			return err
		}
		return n.sendMail(t.Context())
	}
	h.play(t, nil, parse(t, crashStory))
	if err := h.stage.look(); err != nil {
		t.Fatal(err)
	}
}

// TestKilled runs only as the child of TestCrash: it lives through the story and kills its process at a point.
func TestKilled(t *testing.T) {
	point, dir := os.Getenv("NOTIFY_KILL_AT"), os.Getenv("NOTIFY_DIR")
	if point == "" {
		t.Skip("runs as the child of TestCrash")
	}
	name, count := point, 0
	fmt.Sscanf(strings.Replace(point, ":", " ", 1), "%s %d", &name, &count)
	h, cfg := crashHouse(t, dir)
	cfg.Fault = func(at string) {
		if at != name {
			return
		}
		if count--; count == 0 {
			syscall.Kill(os.Getpid(), syscall.SIGKILL)
			select {}
		}
	}
	live(t, h, h.open(t, cfg))
	t.Fatalf("should have been killed at %s", point)
}

// Killed before or after each persisting write, and between handing a letter over and noting it, the reminders go on so that
// everything is told, the same as without a crash; and sent once, except for the letter whose taking could not be noted, which
// goes out again under its own Message-ID.
func TestCrash(t *testing.T) {
	for _, c := range []struct {
		point string
		twice int // letters that arrive a second time
	}{{"before-notices:1", 0}, {"after-notices:1", 0}, {"before-notices:8", 0}, {"after-notices:8", 0}, {"before-notices:12", 0}, {"after-notices:12", 0},
		{"after-sent:1", 1}, {"before-settled:1", 1}, {"after-sent:4", 1}, {"before-settled:5", 1}} {
		t.Run(c.point, func(t *testing.T) {
			o := newPostOffice(t)
			o.startTLS = false
			t.Setenv("NOTIFY_SERVER", o.server())
			dir := t.TempDir()
			func() { // the accounts, and reminders that begin before the story
				h, cfg := crashHouse(t, dir)
				h.member(t, "steward", "002", "steward@example.gov.cn", "zh", people.Steward)
				h.member(t, "approver", "002", "approver@example.gov.cn", "en", people.Approver)
				h.member(t, "asker", "003", "asker@example.gov.cn", "zh", people.Steward)
				n, err := Open(cfg)
				if err == nil {
					err = n.Close()
				}
				if err != nil {
					t.Fatal(err)
				}
				h.close(t)
			}()
			child := exec.Command(os.Args[0], "-test.run=^TestKilled$")
			child.Env = append(os.Environ(), "NOTIFY_KILL_AT="+c.point, "NOTIFY_DIR="+dir)
			out, err := child.CombinedOutput()
			var exit *exec.ExitError
			if !errors.As(err, &exit) || exit.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL {
				t.Fatalf("the child was not killed at %s: %v\n%s", c.point, err, out)
			}
			before := len(o.got())
			h, cfg := crashHouse(t, dir)
			n := h.open(t, cfg)
			live(t, h, n)
			for _, p := range parcels(t, n) {
				if p.state != sent {
					t.Errorf("%+v", p)
				}
			}
			arrivals := map[string]int{}
			for _, l := range o.got() {
				m, err := mail.ReadMessage(strings.NewReader(l.data))
				if err != nil {
					t.Fatal(err)
				}
				arrivals[m.Header.Get("Message-ID")]++
			}
			again := 0
			for _, n := range arrivals {
				again += n - 1
			}
			if again != c.twice || len(arrivals) != len(parcels(t, n)) {
				t.Errorf("%d letters for %d parcels, %d of them twice, want %d (%d had arrived before)", len(arrivals), len(parcels(t, n)), again, c.twice, before)
			}
			if got, want := titles(all(t, n)), titles(uninterrupted(t)); got != want {
				t.Errorf("told:\n%swithout a crash:\n%s", got, want)
			}
		})
	}
}

func titles(list []Notice) string {
	var b strings.Builder
	for _, m := range list {
		fmt.Fprintln(&b, m.ID, m.Org, m.Title("zh"), m.At.Format(time.DateTime))
	}
	return b.String()
}

// uninterrupted is what the story tells when nothing happens to the program.
func uninterrupted(t *testing.T) []Notice {
	t.Helper()
	h := newHouse(t, parse(t, crashStory))
	n := h.open(t, h.config())
	h.play(t, n, parse(t, crashStory))
	return all(t, n)
}
