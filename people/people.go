package people

import (
	"context"
	"crypto/hmac"
	crand "crypto/rand"
	"database/sql"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"runtime"
	"time"

	"mulu/sm"
	"mulu/store"
)

// Config says where accounts are kept and by which rules they are used.
type Config struct {
	Path   string           // of the SQLite file; its folder must exist
	Key    []byte           // 32 secret bytes, from which all keys used here are derived
	Now    func() time.Time // nil = time.Now
	Rand   io.Reader        // nil = crypto/rand; must bear concurrent reads
	Bureau string           // id of the bureau, whose administrators care for all institutions; "" = 001
	// Idle ends a session that nobody uses, 0 = 30 minutes. Absolute ends any session, 0 = 12 hours.
	Idle, Absolute time.Duration

	cost cost // of a password's hash; tests make it cheap
}

// Owner stands for the owner of this machine where the id of who acts is asked for: who starts the program and holds its
// keys. The owner may do to accounts what any administrator may. Pages never pass it.
const Owner = "owner"

// ErrNoSession says that a cookie belongs to no session, or to one that ended.
var ErrNoSession = errors.New("there is no such session: it ended, or never was")

// ErrNoPerson says that no account has an id.
var ErrNoPerson = errors.New("no account has this id")

// ErrKey says that the file was made with another key.
var ErrKey = errors.New("the accounts were made with another key; give the key that was set up with this file")

// ErrForged says that a row of the file was made or altered by something else than this program.
var ErrForged = errors.New("a row of the accounts was altered by something else than this program; restore the file from a backup and find out by whom")

// People is the accounts of a node. Its methods may be called at the same time.
type People struct {
	cfg      Config
	keys     keys
	db       *sql.DB // one connection, that writes
	readers  *sql.DB
	asking   *sql.Stmt // sessionQuery on readers
	kiln     *kiln
	turns    turns
	throttle throttle
	decoy    string // a hash that no password fits, for logins that do not exist
}

// Open opens the accounts, or makes an empty file. A file made with another key is ErrKey; one of a later version of
// this program is refused and left alone, since nothing else holds what is in it.
func Open(cfg Config) (*People, error) {
	if cfg.Path == "" || len(cfg.Key) != 32 {
		return nil, errors.New("open the accounts: Path must be set and Key must have 32 bytes")
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Rand == nil {
		cfg.Rand = crand.Reader
	}
	if cfg.Bureau == "" {
		cfg.Bureau = "001"
	}
	if cfg.Idle <= 0 {
		cfg.Idle = 30 * time.Minute
	}
	if cfg.Absolute <= 0 {
		cfg.Absolute = 12 * time.Hour
	}
	if cfg.cost == (cost{}) {
		cfg.cost = usual
	}
	p := &People{cfg: cfg, keys: deriveKeys(cfg.Key), kiln: newKiln(min(runtime.NumCPU(), 4))}
	if err := p.open(); err != nil {
		return nil, errors.Join(fmt.Errorf("open the accounts: %w", err), p.Close())
	}
	return p, nil
}

func (p *People) open() error {
	var err error
	if p.db, err = store.Open(p.place()); err != nil {
		return err
	}
	if err := p.checkKey(); err != nil {
		return err
	}
	if p.readers, err = store.OpenReader(p.place(), runtime.NumCPU()); err != nil {
		return err
	}
	if p.asking, err = p.readers.Prepare(sessionQuery); err != nil {
		return err
	}
	nobody, err := p.secret()
	if err != nil {
		return err
	}
	p.decoy, err = p.hash(context.Background(), nobody)
	return err
}

// checkKey compares the key with the one the file was made with.
func (p *People) checkKey() error {
	want := p.keys.mark("check")
	var found []byte
	err := p.db.QueryRow("SELECT mark FROM key_check").Scan(&found)
	if errors.Is(err, sql.ErrNoRows) {
		_, err = p.db.Exec("INSERT INTO key_check (mark) VALUES (?)", want)
		return err
	}
	if err == nil && !hmac.Equal(found, want) {
		err = ErrKey
	}
	return err
}

// Close ends the use of the file.
func (p *People) Close() error {
	var errs []error
	if p.asking != nil {
		errs = append(errs, p.asking.Close())
	}
	if p.readers != nil {
		errs = append(errs, p.readers.Close())
	}
	if p.db != nil {
		errs = append(errs, p.db.Close())
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("close the accounts: %w", err)
	}
	return nil
}

func (p *People) now() time.Time { return p.cfg.Now() }

// secret makes 256 random bits in 43 characters that stand in a link or a cookie.
func (p *People) secret() (string, error) {
	return p.random(32)
}

// random makes n random bytes in characters of base64url.
func (p *People) random(n int) (string, error) {
	b := make([]byte, n)
	if _, err := io.ReadFull(p.cfg.Rand, b); err != nil {
		return "", fmt.Errorf("read chance: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(b), nil
}

// keys are derived from the one secret, one for each use.
type keys struct {
	seal   []byte // SM4, for names, secrets of second factors, details of events
	marks  []byte // HMAC-SM3 over rows and of tokens
	pepper []byte // HMAC-SM3 over a password before it is hashed: the file alone does not allow guessing
	chain  []byte // HMAC-SM3 of the audit log
}

func deriveKeys(key []byte) keys {
	of := func(use string) []byte { return sm.MAC(key, []byte("mulu people 1 "+use)) }
	return keys{seal: of("seal")[:16], marks: of("marks"), pepper: of("pepper"), chain: of("chain")}
}

// mark is the keyed digest of parts for one use; no two lists of parts have the same.
func (k *keys) mark(use string, parts ...[]byte) []byte {
	return sm.MAC(k.marks, joined(append([][]byte{[]byte(use)}, parts...)...))
}

// joined puts parts into one, each after its length.
func joined(parts ...[]byte) []byte {
	var out []byte
	for _, p := range parts {
		out = binary.AppendUvarint(out, uint64(len(p)))
		out = append(out, p...)
	}
	return out
}

func number(n int64) []byte { return binary.AppendVarint(nil, n) }
