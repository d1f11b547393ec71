package platform

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"mulu"
)

// pgStage is a version being made: one connection, one transaction from Stage to Publish, so that the server throws away
// whatever is not committed. Without a base rows are copied into the table that is published, with one into a table beside.
type pgStage struct {
	engine *Postgres
	entry  string
	items  []mulu.Item
	upsert bool
	base   *table // nil: the version begins with nothing
	number int64  // of the relation
	name   string // of the table that is published
	into   string // of the table that takes what is added
	conn   *pgx.Conn
	copy   *copying
	keyed  bool
	whole  bool
	built  bool
	closed sync.Once
	done   bool
}

// Stage begins a version of an entry.
func (p *Postgres) Stage(ctx context.Context, entry string, items []mulu.Item, base Base) (Stage, error) {
	if err := checkEntry(entry); err != nil {
		return nil, err
	}
	if err := checkStage(entry, items, base); err != nil {
		return nil, err
	}
	// The catalog is made, and a base looked over, on a connection that reads.
	if err := p.Ping(ctx); err != nil {
		return nil, fmt.Errorf("stage %s: %w", entry, err)
	}
	if base.begins() {
		if _, err := p.Items(ctx, base.Version); err != nil {
			return nil, fmt.Errorf("stage %s: begin from %w", entry, err)
		}
	}
	select {
	case p.loads <- struct{}{}:
	case <-ctx.Done():
		return nil, fmt.Errorf("stage %s: wait for %d other loads: %w", entry, maxStages, ctx.Err())
	}
	s := &pgStage{engine: p, entry: entry, items: slices.Clone(items), upsert: base.Mode == "upsert"}
	if err := s.begin(ctx, base); err != nil {
		_ = s.Discard()
		return nil, fmt.Errorf("stage %s: %w", entry, away(ctx, err))
	}
	return s, nil
}

func (s *pgStage) begin(ctx context.Context, base Base) (err error) {
	if s.conn, err = pgx.ConnectConfig(ctx, s.engine.config); err != nil {
		return err
	}
	s.engine.mu.Lock()
	closed := s.engine.closed
	s.engine.stages[s] = true
	s.engine.mu.Unlock()
	if closed {
		return errors.New("the platform is closed")
	}
	// A load may take long, and wait long for its source; limits meant for others' sessions must not end it.
	if err := s.exec(ctx, "BEGIN", "SET LOCAL idle_in_transaction_session_timeout = 0", "SET LOCAL statement_timeout = 0",
		"SET LOCAL synchronous_commit = on", "SET LOCAL maintenance_work_mem = '256MB'"); err != nil {
		return err
	}
	if base.begins() {
		if err := s.takeOver(ctx, base.Version); err != nil {
			return err
		}
	}
	if err := s.conn.QueryRow(ctx, "SELECT nextval(pg_get_serial_sequence('mulu.versions', 'relation'))").Scan(&s.number); err != nil {
		return err
	}
	s.name = tableName(s.number)
	s.into = s.name
	columns := "(n bigint NOT NULL, " + strings.Join(columns(`c%d text COLLATE "C"`, len(s.items)), ", ") + ")"
	if err := s.exec(ctx, "CREATE TABLE "+s.name+" "+columns); err != nil {
		return err
	}
	how := "FORMAT binary, FREEZE" // written as it will stay: the table is new in this transaction
	if s.base != nil {
		s.into, how = "pg_temp.added", "FORMAT binary"
		if err := s.exec(ctx, "CREATE TEMPORARY TABLE added "+columns+" ON COMMIT DROP"); err != nil {
			return err
		}
	}
	s.copy = startCopy(s.conn, "COPY "+s.into+" (n, "+strings.Join(columnNames(all(s.items)), ", ")+") FROM STDIN WITH ("+how+")")
	return nil
}

// takeOver holds the base's table, so that nobody drops it, and looks whether the key tells its rows apart.
func (s *pgStage) takeOver(ctx context.Context, base Version) (err error) {
	if s.base, err = lookUp(ctx, s.conn, base); err != nil {
		return fmt.Errorf("begin from %w", err)
	}
	if err := s.exec(ctx, "LOCK TABLE "+s.base.name+" IN ACCESS SHARE MODE"); err != nil {
		return fmt.Errorf("begin from %s: %w", base, err)
	}
	var key, had []string
	for _, c := range keyColumns(s.items) {
		at, ok := s.base.at[s.items[c].Field]
		if !ok {
			return fmt.Errorf("begin from %s: %w", base, ErrBase)
		}
		key = append(key, columnNames([]int{at})...)
	}
	had = columnNames(keyColumns(s.base.items))
	slices.Sort(key)
	slices.Sort(had)
	if len(key) == 0 || slices.Equal(key, had) {
		return nil
	}
	var repeated bool
	if err := s.conn.QueryRow(ctx, "SELECT EXISTS (SELECT 1 FROM "+s.base.name+" WHERE "+strings.Join(key, " IS NOT NULL AND ")+" IS NOT NULL GROUP BY "+
		strings.Join(key, ", ")+" HAVING count(*) > 1)").Scan(&repeated); err != nil {
		return fmt.Errorf("begin from %s: %w", base, err)
	}
	if repeated {
		return fmt.Errorf("begin from %s: %w", base, ErrBase)
	}
	return nil
}

// all numbers the items.
func all(items []mulu.Item) []int {
	list := make([]int, len(items))
	for i := range list {
		list[i] = i
	}
	return list
}

func (s *pgStage) exec(ctx context.Context, texts ...string) error {
	for _, text := range texts {
		if _, err := s.conn.Exec(ctx, text); err != nil {
			return err
		}
	}
	return nil
}

func (s *pgStage) Add(ctx context.Context, row Row) error {
	if s.whole || s.done {
		return errors.New("add a row: the stage is finished")
	}
	if len(row) != len(s.items) {
		return fmt.Errorf("add row %d: it has %d values, the entry %d items", s.copy.rows+1, len(row), len(s.items))
	}
	if err := s.copy.add(ctx, row); err != nil {
		return fmt.Errorf("stage rows up to %d of %s: %w", s.copy.rows, s.entry, away(ctx, err))
	}
	return nil
}

func (s *pgStage) Duplicates(ctx context.Context, limit int) ([]Duplicate, error) {
	if s.done {
		return nil, errors.New("look for duplicates: the stage is finished")
	}
	if !s.whole {
		s.whole = true
		if err := s.copy.end(ctx); err != nil {
			return nil, fmt.Errorf("stage the last rows of %s: %w", s.entry, away(ctx, err))
		}
	}
	s.built = false
	found, err := s.lookThrough(ctx, limit)
	if err != nil {
		return nil, fmt.Errorf("index %s: %w", s.entry, away(ctx, err))
	}
	s.built = len(found) == 0
	return found, nil
}

func (s *pgStage) lookThrough(ctx context.Context, limit int) ([]Duplicate, error) {
	if len(keyColumns(s.items)) == 0 {
		return nil, nil
	}
	met := func() ([]Duplicate, error) {
		if s.base == nil || s.upsert {
			return nil, nil
		}
		return s.duplicates(ctx, "SELECT a.n, 0::bigint FROM "+s.into+" a JOIN "+s.base.name+" r ON "+s.sameKey()+" ORDER BY a.n LIMIT $1", limit)
	}
	if s.keyed {
		return met()
	}
	key := columnNames(keyColumns(s.items))
	err := s.exec(ctx, "SAVEPOINT key", "CREATE UNIQUE INDEX ON "+s.into+" ("+strings.Join(key, ", ")+")", "RELEASE SAVEPOINT key")
	var said *pgconn.PgError
	switch {
	case err == nil:
		s.keyed = true
		if s.base != nil {
			if err := s.exec(ctx, "ANALYZE "+s.into); err != nil {
				return nil, err
			}
		}
		return met()
	case !errors.As(err, &said) || said.Code != "23505":
		return nil, err
	}
	if err := s.exec(ctx, "ROLLBACK TO SAVEPOINT key", "RELEASE SAVEPOINT key"); err != nil {
		return nil, err
	}
	found, err := s.duplicates(ctx, "SELECT n, first FROM (SELECT n, min(n) OVER (PARTITION BY "+strings.Join(key, ", ")+
		") AS first FROM "+s.into+" WHERE "+strings.Join(key, " IS NOT NULL AND ")+" IS NOT NULL) x WHERE n <> first ORDER BY n LIMIT $1", limit)
	if err != nil {
		return nil, err
	}
	more, err := met()
	return both(found, more, limit), err
}

func (s *pgStage) duplicates(ctx context.Context, text string, limit int) ([]Duplicate, error) {
	rows, err := s.conn.Query(ctx, text, limit)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[Duplicate])
}

// sameKey is the condition that a row r of the base and an added row a have the same key.
func (s *pgStage) sameKey() string {
	var terms []string
	for _, c := range keyColumns(s.items) {
		terms = append(terms, fmt.Sprintf("r.c%d = a.c%d", s.base.at[s.items[c].Field], c))
	}
	return strings.Join(terms, " AND ")
}

func (s *pgStage) Remove(ctx context.Context, rows []int64) error {
	if !s.whole || s.done {
		return errors.New("remove rows: the stage was not checked for duplicates, or it is finished")
	}
	s.built = false
	for list := range slices.Chunk(rows, 10_000) {
		if _, err := s.conn.Exec(ctx, "DELETE FROM "+s.into+" WHERE n = ANY($1)", list); err != nil {
			return fmt.Errorf("remove rows of %s: %w", s.entry, away(ctx, err))
		}
	}
	return nil
}

// selects are the statements whose results, one after the other, are the version as it would be published: n of the
// version, then each item.
func (s *pgStage) selects() []string {
	list := "n, " + strings.Join(columnNames(all(s.items)), ", ")
	if s.base == nil {
		return []string{"SELECT " + list + " FROM " + s.into + " ORDER BY n"}
	}
	had, either := make([]string, len(s.items)), make([]string, len(s.items))
	for i, item := range s.items {
		had[i] = "NULL"
		if c, ok := s.base.at[item.Field]; ok {
			had[i] = fmt.Sprintf("r.c%d", c)
		}
		either[i] = fmt.Sprintf("CASE WHEN a.n IS NULL THEN %s ELSE a.c%d END", had[i], i)
	}
	after := "SELECT a.n + (SELECT coalesce(max(n), 0) FROM " + s.base.name + "), " + strings.Join(columnsOf("a.", s.items), ", ") + " FROM " + s.into + " a"
	if !s.upsert {
		return []string{"SELECT r.n, " + strings.Join(had, ", ") + " FROM " + s.base.name + " r ORDER BY r.n", after + " ORDER BY a.n"}
	}
	return []string{
		"SELECT r.n, " + strings.Join(either, ", ") + " FROM " + s.base.name + " r LEFT JOIN " + s.into + " a ON " + s.sameKey() + " ORDER BY r.n",
		after + " WHERE NOT EXISTS (SELECT 1 FROM " + s.base.name + " r WHERE " + s.sameKey() + ") ORDER BY a.n",
	}
}

func columnsOf(before string, items []mulu.Item) []string {
	list := columnNames(all(items))
	for i := range list {
		list[i] = before + list[i]
	}
	return list
}

func (s *pgStage) Scan(ctx context.Context, yield func(Row) error) error {
	if !s.built || s.done {
		return errors.New("scan: the stage was not checked for duplicates, or it is finished")
	}
	for _, text := range s.selects() {
		rows, err := s.conn.Query(ctx, text)
		if err == nil {
			err = eachRow(rows, len(s.items)+1, func(r Row) error { return yield(r[1:]) })
		}
		if err != nil {
			return fmt.Errorf("scan the stage of %s: %w", s.entry, away(ctx, err))
		}
	}
	return nil
}

func (s *pgStage) Publish(ctx context.Context, number int, digest string) error {
	v := Version{s.entry, number, digest}
	if err := v.check(); err != nil {
		return err
	}
	if !s.built || s.done {
		return fmt.Errorf("publish %s: the stage was not checked for duplicates, or it is finished", v)
	}
	err := s.finish(ctx, v)
	if err == nil {
		s.engine.forget(v)
	}
	_ = s.Discard() // it is published, or cannot be any more
	if err != nil {
		return fmt.Errorf("publish %s: %w", v, away(ctx, err))
	}
	return nil
}

func (s *pgStage) finish(ctx context.Context, v Version) error {
	if s.base != nil {
		for _, text := range s.selects() {
			if err := s.exec(ctx, "INSERT INTO "+s.name+" "+text); err != nil {
				return err
			}
		}
	}
	texts := []string{"CREATE UNIQUE INDEX ON " + s.name + " (n)"}
	if key := keyColumns(s.items); len(key) > 0 && s.base != nil {
		texts = append(texts, "CREATE UNIQUE INDEX ON "+s.name+" ("+strings.Join(columnNames(key), ", ")+")")
	}
	for _, c := range indexed(s.items) {
		texts = append(texts, fmt.Sprintf("CREATE INDEX ON %s (c%d)", s.name, c))
	}
	texts = append(texts, "ANALYZE "+s.name, "CREATE TRIGGER unchanged BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON "+
		s.name+" FOR EACH STATEMENT EXECUTE FUNCTION mulu.refuse()")
	if err := s.exec(ctx, texts...); err != nil {
		return err
	}
	items, err := json.Marshal(s.items)
	if err != nil {
		return err
	}
	done, err := s.conn.Exec(ctx, "INSERT INTO mulu.versions (relation, format, entry, number, digest, rows, items) OVERRIDING SYSTEM VALUE "+
		"SELECT $1, $2, $3, $4, $5, (SELECT count(*) FROM "+s.name+"), $6 ON CONFLICT (entry, number, digest) DO NOTHING",
		s.number, catalogFormat, v.Entry, v.Number, v.Digest, string(items))
	if err != nil {
		return err
	}
	if done.RowsAffected() == 0 { // the same rows under the same number are there already
		return s.exec(ctx, "ROLLBACK")
	}
	return s.exec(ctx, "COMMIT")
}

// cut ends the connection, and with it what was not committed. It may be called from another goroutine.
func (s *pgStage) cut() {
	if s.conn != nil {
		_ = s.conn.PgConn().Conn().Close() // the server takes back what was not committed
	}
}

func (s *pgStage) Discard() error {
	s.done = true
	s.closed.Do(func() {
		s.cut()
		if s.copy != nil {
			s.copy.giveUp()
		}
		s.engine.mu.Lock()
		delete(s.engine.stages, s)
		s.engine.mu.Unlock()
		<-s.engine.loads
	})
	return nil
}
