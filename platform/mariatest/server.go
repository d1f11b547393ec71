package mariatest

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"runtime"
	"strconv"
	"syscall"
	"time"

	"github.com/go-sql-driver/mysql"
)

// ErrMissing says that MariaDB's server programs are not installed.
var ErrMissing = errors.New("MariaDB's server is not installed (Debian: apt-get install mariadb-server)")

// Server is a running server. Root comes without a password over the socket and over Address.
type Server struct {
	Address string // host:port
	dir     string
	as      *syscall.Credential
	server  *exec.Cmd
	ended   chan error
}

// Start makes a server's folder and starts it.
func Start(ctx context.Context) (s *Server, err error) {
	install, err := exec.LookPath("mariadb-install-db")
	if err != nil {
		return nil, ErrMissing
	}
	daemon, err := program("mariadbd")
	if err != nil {
		return nil, err
	}
	s = &Server{}
	if s.dir, err = os.MkdirTemp("", "mulu-maria-"); err != nil {
		return nil, fmt.Errorf("start MariaDB: %w", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(fmt.Errorf("start MariaDB: %w", err), s.Close())
		}
	}()
	if os.Getuid() == 0 {
		if s.as, err = ordinary(); err != nil {
			return s, err
		}
		if err := os.Chown(s.dir, int(s.as.Uid), int(s.as.Gid)); err != nil {
			return s, err
		}
	}
	made := s.command(ctx, install, "--no-defaults", "--datadir="+s.data(), "--auth-root-authentication-method=normal", "--skip-test-db", "--innodb-flush-log-at-trx-commit=0")
	if out, err := made.CombinedOutput(); err != nil {
		return s, fmt.Errorf("mariadb-install-db: %w: %s", err, bytes.TrimSpace(out))
	}
	port, err := free()
	if err != nil {
		return s, err
	}
	s.Address = net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
	return s, s.run(ctx, daemon, port)
}

// program finds a server program, which ordinary users often do not have on their path.
func program(name string) (string, error) {
	if at, err := exec.LookPath(name); err == nil {
		return at, nil
	}
	if at := filepath.Join("/usr/sbin", name); exec.Command(at, "--version").Run() == nil {
		return at, nil
	}
	return "", ErrMissing
}

// ordinary gives the user under whom the server runs where the test runs as root.
func ordinary() (*syscall.Credential, error) {
	for _, name := range []string{"mysql", "nobody"} {
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
	return nil, errors.New("there is no user mysql or nobody to run it as")
}

// free gives a port that nobody listened on a moment ago.
func free() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}

func (s *Server) data() string { return filepath.Join(s.dir, "data") }

func (s *Server) command(ctx context.Context, name string, args ...string) *exec.Cmd {
	c := exec.CommandContext(ctx, name, args...)
	c.Dir = s.dir
	c.SysProcAttr = &syscall.SysProcAttr{Credential: s.as}
	return c
}

func (s *Server) run(ctx context.Context, daemon string, port int) error {
	log, err := os.OpenFile(filepath.Join(s.dir, "log"), os.O_CREATE|os.O_APPEND|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	defer log.Close() // the server has it open
	s.server = s.command(context.WithoutCancel(ctx), daemon, "--no-defaults", "--datadir="+s.data(), "--socket="+filepath.Join(s.dir, "s"),
		"--bind-address=127.0.0.1", "--port="+strconv.Itoa(port), "--skip-log-bin", "--character-set-server=utf8mb4", "--innodb-buffer-pool-size=64M",
		"--innodb-flush-log-at-trx-commit=0", "--secure-file-priv="+s.dir)
	s.server.SysProcAttr.Pdeathsig = syscall.SIGKILL // a test that is killed leaves no server
	s.server.Stdout, s.server.Stderr = log, log
	s.ended = make(chan error, 1)
	started := make(chan error)
	go func(server *exec.Cmd, ended chan<- error) {
		runtime.LockOSThread() // the kernel ends the server with the thread that started it, so that one waits
		err := server.Start()
		started <- err
		if err == nil {
			ended <- server.Wait()
		}
	}(s.server, s.ended)
	if err := <-started; err != nil {
		s.server = nil
		return err
	}
	db := s.Open("")
	defer db.Close()
	for {
		if db.PingContext(ctx) == nil {
			return nil
		}
		select {
		case err := <-s.ended:
			s.server = nil
			said, _ := os.ReadFile(log.Name())
			return fmt.Errorf("the server ended: %w: %s", err, said[max(0, len(said)-2000):])
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(50 * time.Millisecond): // it has no other way of saying that it is ready
		}
	}
}

// Open gives a pool of root's on a database, "" for none.
func (s *Server) Open(database string) *sql.DB {
	cfg := mysql.NewConfig()
	cfg.Net, cfg.Addr, cfg.User, cfg.DBName, cfg.MultiStatements = "tcp", s.Address, "root", database, true
	cfg.Logger = &mysql.NopLogger{}
	c, err := mysql.NewConnector(cfg)
	if err != nil { // only a wrong setting gives one
		panic(err)
	}
	return sql.OpenDB(c)
}

// Close ends the server and removes its folder.
func (s *Server) Close() error {
	if s.server != nil {
		_ = s.server.Process.Kill()
		<-s.ended
		s.server = nil
	}
	return os.RemoveAll(s.dir)
}

// TB is what a test is to this package.
type TB interface {
	Helper()
	Fatal(...any)
	Skip(...any)
	Cleanup(func())
	Context() context.Context
}

// For starts a server for a test, which ends it. Without MariaDB the test is skipped, or fails where MULU_COMPLETE says that
// nothing may be skipped, as ./test does.
func For(t TB) *Server {
	t.Helper()
	s, err := Start(t.Context())
	if errors.Is(err, ErrMissing) && os.Getenv("MULU_COMPLETE") == "" {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	})
	return s
}
