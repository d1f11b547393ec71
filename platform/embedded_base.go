package platform

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"mulu"
)

// takeOver copies the file of the base into the part folder and gives the base's items. Where the file system can share
// blocks between files, the copy costs nothing.
func (s *stage) takeOver(ctx context.Context, base Version) ([]mulu.Item, error) {
	f, err := s.engine.acquire(base)
	if err != nil {
		return nil, err
	}
	defer s.engine.release(f)
	for _, c := range keyColumns(s.items) {
		if !slices.ContainsFunc(f.items, func(i mulu.Item) bool { return i.Field == s.items[c].Field }) {
			return nil, fmt.Errorf("begin from %s: %w", base, ErrBase)
		}
	}
	s.engine.step("copy the base")
	if err := copyFile(ctx, filepath.Join(s.dir, "rows.db"), f.path); err != nil {
		return nil, fmt.Errorf("begin from %s: %w", base, err)
	}
	return f.items, nil
}

func copyFile(ctx context.Context, to, from string) error {
	r, err := os.Open(from)
	if err != nil {
		return err
	}
	defer r.Close()
	w, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	defer w.Close()
	for { // in parts, so that a load can be given up
		if err := ctx.Err(); err != nil {
			return err
		}
		n, err := io.CopyN(w, r, 64<<20)
		if errors.Is(err, io.EOF) || err == nil && n == 0 {
			return w.Close()
		}
		if err != nil {
			return err
		}
	}
}

// reshape makes the base's table one of this version's items. The same items in the same order need nothing.
func (s *stage) reshape(ctx context.Context, had []mulu.Item) error {
	same := slices.EqualFunc(had, s.items, func(a, b mulu.Item) bool { return a.Field == b.Field && a.IsKey == b.IsKey }) &&
		slices.Equal(indexed(had), indexed(s.items))
	if same {
		return nil
	}
	from := make([]string, len(s.items))
	for i, item := range s.items {
		from[i] = "NULL"
		if c := slices.IndexFunc(had, func(h mulu.Item) bool { return h.Field == item.Field }); c >= 0 {
			from[i] = fmt.Sprintf("c%d", c)
		}
	}
	texts := []string{"ALTER TABLE main.rows RENAME TO base", "CREATE TABLE main.rows (n INTEGER PRIMARY KEY, " + strings.Join(columns("c%d TEXT", len(s.items)), ", ") + ")",
		"INSERT INTO main.rows SELECT n, " + strings.Join(from, ", ") + " FROM main.base ORDER BY n", "DROP TABLE main.base"}
	if err := s.exec(ctx, texts...); err != nil {
		return fmt.Errorf("bring the base's rows into the new items: %w", err)
	}
	if key := keyColumns(s.items); len(key) > 0 {
		if err := s.exec(ctx, "CREATE UNIQUE INDEX main.k ON rows ("+strings.Join(columnNames(key), ",")+")"); err != nil {
			return fmt.Errorf("%w (%w)", ErrBase, err)
		}
	}
	return s.index(ctx)
}

// met lists the added rows whose key a row of the base has.
func (s *stage) met(ctx context.Context, limit int) ([]Duplicate, error) {
	found, err := s.duplicates(ctx, "SELECT n, 0 FROM added.rows a WHERE EXISTS (SELECT 1 FROM main.rows r WHERE "+
		s.sameKey("r", "a")+") ORDER BY n LIMIT ?", limit)
	if err != nil {
		return nil, fmt.Errorf("look for keys of %s in the base: %w", s.entry, err)
	}
	return found, nil
}

// sameKey is the condition that two tables' rows have the same key.
func (s *stage) sameKey(a, b string) string {
	var terms []string
	for _, c := range columnNames(keyColumns(s.items)) {
		terms = append(terms, a+"."+c+" = "+b+"."+c)
	}
	return strings.Join(terms, " AND ")
}

// scanTexts are the statements whose results, one after the other, are the version as it would be published.
func (s *stage) scanTexts() []string {
	list := strings.Join(columns("c%d", len(s.items)), ", ")
	switch {
	case !s.based:
		return []string{"SELECT " + list + " FROM main.rows ORDER BY n"}
	case !s.upsert:
		return []string{"SELECT " + list + " FROM main.rows ORDER BY n", "SELECT " + list + " FROM added.rows ORDER BY n"}
	}
	return []string{
		"SELECT " + strings.Join(columns("iif(a.n IS NULL, r.c%d, a.c%d)", len(s.items)), ", ") +
			" FROM main.rows r LEFT JOIN added.rows a ON " + s.sameKey("r", "a") + " ORDER BY r.n",
		"SELECT " + list + " FROM added.rows a WHERE NOT EXISTS (SELECT 1 FROM main.rows r WHERE " + s.sameKey("r", "a") + ") ORDER BY n",
	}
}

// merge puts what was added among the rows of the base. Indexes are kept up to date by few rows and made anew after many.
func (s *stage) merge(ctx context.Context) error {
	var base, added, last int64
	if err := s.conn.QueryRowContext(ctx, "SELECT (SELECT count(*) FROM main.rows), (SELECT count(*) FROM added.rows), "+
		"coalesce((SELECT max(n) FROM main.rows), 0)").Scan(&base, &added, &last); err != nil {
		return err
	}
	var texts []string
	if s.upsert {
		texts = append(texts, "UPDATE main.rows SET "+strings.Join(columns("c%d = a.c%d", len(s.items)), ", ")+
			" FROM added.rows a WHERE "+s.sameKey("rows", "a"),
			"DELETE FROM added.rows AS a WHERE EXISTS (SELECT 1 FROM main.rows r WHERE "+s.sameKey("r", "a")+")")
	}
	many := added > base/4
	if many {
		for _, c := range indexed(s.items) {
			texts = append([]string{fmt.Sprintf("DROP INDEX IF EXISTS main.x%d", c)}, texts...)
		}
	}
	list := strings.Join(columns("c%d", len(s.items)), ", ")
	texts = append(texts, fmt.Sprintf("INSERT INTO main.rows (n, %s) SELECT n + %d, %s FROM added.rows ORDER BY n", list, last, list))
	if err := s.exec(ctx, texts...); err != nil {
		return fmt.Errorf("merge %d rows into %d: %w", added, base, err)
	}
	if !many {
		return nil
	}
	return s.index(ctx)
}
