package platform

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"mulu"
)

const (
	// maxStages bounds the loads that run at the same time; each takes a connection of its own until it ends.
	maxStages = 4
	// connectWithin bounds the wait for a server that does not answer, where the address does not say otherwise.
	connectWithin = 5 * time.Second
	// catalogLock is the advisory lock under which the catalog is made: two nodes may open one server at the same time.
	catalogLock = 0x6d756c75
)

// Postgres is the engine on a PostgreSQL server (15 or newer) or what speaks its protocol. Each version is a table
// mulu.rows_<n> beside its row in mulu.versions, both made in one transaction together with the rows; so a load that
// breaks off leaves nothing, whoever broke it off. One database serves one platform; several nodes may share it.
//
// The server may go away and come back: calls in between fail with ErrAway.
type Postgres struct {
	pool   *pgxpool.Pool
	config *pgx.ConnConfig // of the connections that load
	loads  chan struct{}   // a place for each load

	mu     sync.Mutex // guards what follows
	ready  bool       // the catalog is there
	known  map[Version]*table
	stages map[*pgStage]bool
	closed bool
}

// table is a published version as the catalog knows it. It does not change.
type table struct {
	name  string // generated: mulu.rows_<n>
	rows  int64
	items []mulu.Item
	at    map[string]int // field name → column number
}

// OpenPostgres opens the engine at an address, postgres://… or name=value …, with the meaning libpq gives them. cores
// bounds the connections that read, if the address does not (pool_max_conns). Only an address that cannot be understood is
// an error here: whether the server answers is seen with the first call, or with Ping.
func OpenPostgres(dsn string, cores int) (*Postgres, error) {
	c, err := pgxpool.ParseConfig(dsn)
	if err != nil {
		return nil, fmt.Errorf("open platform: the database's address: %w", err) // pgx leaves the password out
	}
	if !strings.Contains(dsn, "pool_max_conns") {
		c.MaxConns = int32(max(8, 4*cores))
	}
	if c.ConnConfig.ConnectTimeout == 0 {
		c.ConnConfig.ConnectTimeout = connectWithin
	}
	if c.ConnConfig.RuntimeParams["application_name"] == "" {
		c.ConnConfig.RuntimeParams["application_name"] = "mulu"
	}
	loads := c.ConnConfig.Copy()
	pool, err := pgxpool.NewWithConfig(context.Background(), c)
	if err != nil {
		return nil, fmt.Errorf("open platform: %w", err)
	}
	return &Postgres{pool: pool, config: loads, loads: make(chan struct{}, maxStages), known: map[Version]*table{}, stages: map[*pgStage]bool{}}, nil
}

// Ping says whether the server answers and holds a catalog that this program understands.
func (p *Postgres) Ping(ctx context.Context) error {
	return p.read(ctx, func(c *pgxpool.Conn) error { return c.Ping(ctx) })
}

// catalog makes what is not there yet.
var catalog = []string{
	"SELECT pg_advisory_xact_lock(" + strconv.Itoa(catalogLock) + ")",
	"CREATE SCHEMA IF NOT EXISTS mulu",
	`CREATE TABLE IF NOT EXISTS mulu.versions (
		relation bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
		format int NOT NULL, entry text NOT NULL, number int NOT NULL, digest text NOT NULL,
		rows bigint NOT NULL, items text NOT NULL, published timestamptz NOT NULL DEFAULT now(),
		UNIQUE (entry, number, digest))`,
	// A version never changes. The one who owns the server can still change it; see intact.
	`CREATE OR REPLACE FUNCTION mulu.refuse() RETURNS trigger LANGUAGE plpgsql AS
		$$ BEGIN RAISE EXCEPTION 'a published version of the data does not change; load a new version'; END $$`,
}

// catalogFormat is the form of a version's table.
const catalogFormat = 1

func (p *Postgres) prepare(ctx context.Context, c *pgxpool.Conn) error {
	p.mu.Lock()
	ready, closed := p.ready, p.closed
	p.mu.Unlock()
	if ready || closed {
		return nil
	}
	err := pgx.BeginFunc(ctx, c, func(tx pgx.Tx) error {
		for _, text := range catalog {
			if _, err := tx.Exec(ctx, text); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("make the catalog of versions: %w", err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.ready = true
	return nil
}

// read runs f on a connection, a second time if the connection turns out to be one from before the server went away.
func (p *Postgres) read(ctx context.Context, f func(*pgxpool.Conn) error) error {
	once := func() error {
		c, err := p.pool.Acquire(ctx)
		if err != nil {
			return err
		}
		defer c.Release()
		if err := p.prepare(ctx, c); err != nil {
			return err
		}
		return f(c)
	}
	err := away(ctx, once())
	var refused *pgconn.ConnectError
	if errors.Is(err, ErrAway) && !errors.As(err, &refused) && ctx.Err() == nil {
		p.pool.Reset()
		err = away(ctx, once())
	}
	return err
}

// away marks errors that mean that the server does not answer. What the caller gave up stays the caller's.
func away(ctx context.Context, err error) error {
	var (
		refused *pgconn.ConnectError
		said    *pgconn.PgError
		network net.Error
	)
	switch {
	case err == nil || ctx.Err() != nil || errors.Is(err, ErrAway):
		return err
	case errors.As(err, &refused):
	case errors.As(err, &said):
		switch {
		case strings.HasPrefix(said.Code, "08"), said.Code == "53300", said.Code == "57P01", said.Code == "57P02", said.Code == "57P03":
		default:
			return err
		}
	case errors.As(err, &network), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, net.ErrClosed), pgconn.SafeToRetry(err):
	default:
		return err
	}
	return fmt.Errorf("%w (%w)", ErrAway, err)
}

// find gives a version's table, after it was looked over once (intact).
func (p *Postgres) find(ctx context.Context, c *pgxpool.Conn, v Version) (*table, error) {
	p.mu.Lock()
	t := p.known[v]
	p.mu.Unlock()
	if t != nil {
		return t, nil
	}
	t, err := lookUp(ctx, c, v)
	if err != nil {
		return nil, err
	}
	if err := intact(ctx, c, v, t); err != nil {
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.known) > 10_000 {
		clear(p.known)
	}
	p.known[v] = t
	return t, nil
}

// asker is a connection or a transaction.
type asker interface {
	QueryRow(ctx context.Context, text string, args ...any) pgx.Row
}

func lookUp(ctx context.Context, c asker, v Version) (*table, error) {
	t := &table{at: map[string]int{}}
	var relation int64
	var format int
	var items string
	err := c.QueryRow(ctx, "SELECT relation, format, rows, items FROM mulu.versions WHERE entry = $1 AND number = $2 AND digest = $3",
		v.Entry, v.Number, v.Digest).Scan(&relation, &format, &t.rows, &items)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, fmt.Errorf("%s: %w", v, ErrNoVersion)
	}
	if err != nil {
		return nil, fmt.Errorf("look up %s: %w", v, err)
	}
	if err := json.Unmarshal([]byte(items), &t.items); err != nil || format != catalogFormat {
		return nil, fmt.Errorf("%s, kept in the form %d: %w", v, format, ErrAltered)
	}
	t.name = tableName(relation)
	for i, item := range t.items {
		t.at[item.Field] = i
	}
	return t, nil
}

func tableName(relation int64) string { return "mulu.rows_" + strconv.FormatInt(relation, 10) }

// intact looks whether a table still is what was published: it has as many rows, and all of them were written by one
// transaction, as a version's are. Whoever changed, added or took out rows since then, by whatever means short of writing
// into the server's files, shows in one of the two; a table made anew as a whole shows only in the digest (see Verify).
func intact(ctx context.Context, c asker, v Version, t *table) error {
	var rows, others int64
	err := c.QueryRow(ctx, "SELECT count(*), count(*) FILTER (WHERE xmin <> (SELECT xmin FROM "+t.name+" LIMIT 1)) FROM "+t.name).Scan(&rows, &others)
	var said *pgconn.PgError
	switch {
	case errors.As(err, &said) && said.Code == "42P01": // the table is not there, though the catalog names it
		return fmt.Errorf("%s: %w", v, ErrAltered)
	case err != nil:
		return fmt.Errorf("look over %s: %w", v, err)
	case rows != t.rows || others > 0:
		return fmt.Errorf("%s: %w", v, ErrAltered)
	}
	return nil
}

// Versions lists what is published for an entry.
func (p *Postgres) Versions(ctx context.Context, entry string) ([]Version, error) {
	if err := checkEntry(entry); err != nil {
		return nil, err
	}
	var found []Version
	err := p.read(ctx, func(c *pgxpool.Conn) error {
		rows, err := c.Query(ctx, `SELECT entry, number, digest FROM mulu.versions WHERE entry = $1 ORDER BY number, digest COLLATE "C"`, entry)
		if err != nil {
			return err
		}
		found, err = pgx.CollectRows(rows, pgx.RowToStructByPos[Version])
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list versions of %s: %w", entry, err)
	}
	return found, nil
}

// Items gives the items of a version.
func (p *Postgres) Items(ctx context.Context, v Version) (items []mulu.Item, err error) {
	err = p.read(ctx, func(c *pgxpool.Conn) error {
		t, err := p.find(ctx, c, v)
		if err == nil {
			items = append(items[:0:0], t.items...)
		}
		return err
	})
	return items, err
}

// Drop removes a version; the server waits until what reads it has ended.
func (p *Postgres) Drop(ctx context.Context, v Version) error {
	p.forget(v)
	err := p.read(ctx, func(c *pgxpool.Conn) error {
		return pgx.BeginFunc(ctx, c, func(tx pgx.Tx) error {
			var relation int64
			err := tx.QueryRow(ctx, "DELETE FROM mulu.versions WHERE entry = $1 AND number = $2 AND digest = $3 RETURNING relation",
				v.Entry, v.Number, v.Digest).Scan(&relation)
			if errors.Is(err, pgx.ErrNoRows) {
				return nil
			}
			if err == nil {
				_, err = tx.Exec(ctx, "DROP TABLE IF EXISTS "+tableName(relation))
			}
			return err
		})
	})
	p.forget(v)
	if err != nil {
		return fmt.Errorf("drop %s: %w", v, err)
	}
	return nil
}

func (p *Postgres) forget(v Version) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.known, v)
}

// Close ends the engine. Loads that run are cut off; queries end first.
func (p *Postgres) Close() error {
	p.mu.Lock()
	p.closed = true
	for s := range p.stages {
		s.cut()
	}
	p.mu.Unlock()
	p.pool.Close()
	return nil
}
