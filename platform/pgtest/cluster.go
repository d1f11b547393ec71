package pgtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// ErrMissing says that PostgreSQL's server programs are not installed.
var ErrMissing = errors.New("PostgreSQL's server is not installed (Debian: apt-get install postgresql)")

// Cluster is a running server.
type Cluster struct {
	dir    string // holds the data, the socket and the log
	bin    string // where the programs are
	port   int    // only a part of the socket's name: the server listens on no network
	as     *syscall.Credential
	server *exec.Cmd
	ended  chan error
	log    *os.File
}

// Start makes a cluster and starts it. settings are postgres settings, each name=value; those that cost durability are
// not set, so that what is measured is what one would run.
func Start(ctx context.Context, settings ...string) (c *Cluster, err error) {
	bin, err := programs()
	if err != nil {
		return nil, err
	}
	c = &Cluster{bin: bin, port: 5432}
	if c.dir, err = os.MkdirTemp("", "mulu-pg-"); err != nil {
		return nil, fmt.Errorf("start PostgreSQL: %w", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(fmt.Errorf("start PostgreSQL: %w", err), c.Close())
		}
	}()
	if os.Getuid() == 0 { // the server refuses to run as root
		if c.as, err = ordinary(); err != nil {
			return c, err
		}
		if err := os.Chown(c.dir, int(c.as.Uid), int(c.as.Gid)); err != nil {
			return c, err
		}
	}
	if c.log, err = os.OpenFile(filepath.Join(c.dir, "log"), os.O_CREATE|os.O_APPEND|os.O_RDWR, 0o600); err != nil {
		return c, err
	}
	made := c.command(ctx, "initdb", "-D", c.data(), "-U", "mulu", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
	if out, err := made.CombinedOutput(); err != nil {
		return c, fmt.Errorf("initdb: %w: %s", err, bytes.TrimSpace(out))
	}
	return c, c.Resume(ctx, settings...)
}

// programs finds the folder of the server's programs: on the path, or where Debian keeps those of its newest version.
func programs() (string, error) {
	if at, err := exec.LookPath("initdb"); err == nil {
		if at, err = filepath.EvalSymlinks(at); err == nil {
			return filepath.Dir(at), nil
		}
	}
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if len(found) == 0 {
		return "", ErrMissing
	}
	version := func(path string) int {
		n, _ := strconv.Atoi(filepath.Base(filepath.Dir(filepath.Dir(path))))
		return n
	}
	return filepath.Dir(slices.MaxFunc(found, func(a, b string) int { return version(a) - version(b) })), nil
}

// ordinary gives the user under whom the server runs where the test runs as root.
func ordinary() (*syscall.Credential, error) {
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err := strconv.ParseUint(u.Uid, 10, 32)
		if err != nil {
			return nil, err
		}
		gid, err := strconv.ParseUint(u.Gid, 10, 32)
		return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, err
	}
	return nil, errors.New("there is no user postgres or nobody to run it as")
}

func (c *Cluster) data() string { return filepath.Join(c.dir, "data") }

func (c *Cluster) command(ctx context.Context, name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, filepath.Join(c.bin, name), args...)
	cmd.Dir = c.dir
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: c.as}
	return cmd
}

// Resume starts the server again on what it had, after Stop or Kill.
func (c *Cluster) Resume(ctx context.Context, settings ...string) error {
	if c.server != nil {
		return errors.New("the server runs")
	}
	args := []string{"-D", c.data(), "-k", c.dir, "-p", strconv.Itoa(c.port), "-h", ""}
	for _, s := range settings {
		args = append(args, "-c", s)
	}
	c.server = c.command(context.WithoutCancel(ctx), "postgres", args...)
	c.server.SysProcAttr.Pdeathsig = syscall.SIGQUIT // a test that is killed leaves no server
	c.server.Stdout, c.server.Stderr = c.log, c.log
	c.ended = make(chan error, 1)
	started := make(chan error)
	go func(server *exec.Cmd, ended chan<- error) {
		runtime.LockOSThread() // the kernel ends the server with the thread that started it, so that one waits
		err := server.Start()
		started <- err
		if err == nil {
			ended <- server.Wait()
		}
	}(c.server, c.ended)
	if err := <-started; err != nil {
		c.server = nil
		return err
	}
	for {
		if said, err := os.ReadFile(filepath.Join(c.data(), "postmaster.pid")); err == nil {
			if lines := strings.Split(string(said), "\n"); len(lines) > 7 && lines[0] == strconv.Itoa(c.server.Process.Pid) && strings.TrimSpace(lines[7]) == "ready" {
				return nil
			}
		}
		select {
		case err := <-c.ended:
			c.server = nil
			said, _ := os.ReadFile(c.log.Name())
			return fmt.Errorf("the server ended: %w: %s", err, said[max(0, len(said)-2000):])
		case <-ctx.Done():
			return errors.Join(ctx.Err(), c.Kill())
		case <-time.After(50 * time.Millisecond): // it has no other way of saying that it is ready
		}
	}
}

// DSN is where the database is reached, with the parameters given, each name=value.
func (c *Cluster) DSN(parameters ...string) string {
	q := url.Values{"host": {c.dir}, "port": {strconv.Itoa(c.port)}}
	for _, p := range parameters {
		name, value, _ := strings.Cut(p, "=")
		q.Set(name, value)
	}
	return "postgres://mulu@/postgres?" + q.Encode()
}

// Dir is the cluster's folder; the owner of the server may write there.
func (c *Cluster) Dir() string { return c.dir }

// Give hands a folder to the user under whom the server runs.
func (c *Cluster) Give(dir string) error {
	if c.as == nil {
		return nil
	}
	return os.Chown(dir, int(c.as.Uid), int(c.as.Gid))
}

// Stop ends the server as one does for maintenance: sessions are cut off, and nothing is lost.
func (c *Cluster) Stop() error { return c.end(syscall.SIGINT) }

// Kill ends the server as a power failure does, except that what the system holds to write is still written.
func (c *Cluster) Kill() error { return c.end(syscall.SIGQUIT) }

func (c *Cluster) end(how syscall.Signal) error {
	if c.server == nil {
		return nil
	}
	if err := c.server.Process.Signal(how); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("stop PostgreSQL: %w", err)
	}
	<-c.ended // what it says when it is stopped is not an error
	c.server = nil
	return nil
}

// Close ends the server and removes the cluster.
func (c *Cluster) Close() error {
	err := c.end(syscall.SIGQUIT)
	if c.log != nil {
		err = errors.Join(err, c.log.Close())
		c.log = nil
	}
	return errors.Join(err, os.RemoveAll(c.dir))
}

// TB is what a test is to this package.
type TB interface {
	Helper()
	Fatal(...any)
	Skip(...any)
	Cleanup(func())
	Context() context.Context
}

// For starts a server for a test, which ends it. Without PostgreSQL the test is skipped, or fails where MULU_COMPLETE says
// that nothing may be skipped, as ./test does.
func For(t TB, settings ...string) *Cluster {
	t.Helper()
	c, err := Start(t.Context(), settings...)
	if errors.Is(err, ErrMissing) && os.Getenv("MULU_COMPLETE") == "" {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Fatal(err)
		}
	})
	return c
}
