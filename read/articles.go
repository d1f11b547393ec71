package read

import (
	"context"
	"strings"

	"mulu"
)

// Article says how often an article of the regulation was applied: Records in which something happened under it, and
// Refused acts that it did not allow.
type Article struct {
	Number, Records, Refused int
}

const (
	putApplied = `INSERT INTO applied (article, n) VALUES (?, ?)`
	addArticle = `INSERT INTO article (number, records, refused) VALUES (?1, ?2, ?3)
		ON CONFLICT (number) DO UPDATE SET records = records + ?2, refused = refused + ?3`
)

// applied notes which articles a record rests on, each once.
func (w *writer) applied(o *mulu.Outcome) error {
	var seen []int
	note := func(c mulu.Cite) error {
		a, _, _ := c.Parts()
		for _, s := range seen {
			if s == a {
				return nil
			}
		}
		if a == 0 {
			return nil
		}
		seen = append(seen, a)
		count := w.articles[a]
		if o.Refused != nil {
			count.Refused++
		} else {
			count.Records++
		}
		w.articles[a] = count
		return w.exec(putApplied, a, int64(o.N))
	}
	if o.Refused != nil {
		return note(o.Refused.Art)
	}
	for i := range o.Facts {
		for _, c := range o.Facts[i].Art {
			if err := note(c); err != nil {
				return err
			}
		}
	}
	return nil
}

// endArticles writes the counts of a batch.
func (w *writer) endArticles() error {
	for a, c := range w.articles { // order is of no matter: each line is its own row
		if err := w.exec(addArticle, a, c.Records, c.Refused); err != nil {
			return err
		}
	}
	return nil
}

// Articles lists the articles that were applied, with how often.
func (r *Read) Articles(ctx context.Context) ([]Article, error) {
	return rows(ctx, r, "count what was done by article", "SELECT number, records, refused FROM article ORDER BY number",
		func(s scanner) (a Article, err error) {
			err = s.Scan(&a.Number, &a.Records, &a.Refused)
			return a, err
		})
}

// RecordQuery asks for records; empty fields let everything pass. Said is the kind of the act, "alarm" or "genesis".
// Refused asks for those that the law refused. Article asks for those that rest on it.
type RecordQuery struct {
	Org, Said string
	Refused   bool
	Article   int
	Before    uint64 // only records with a smaller number: the number of the last row of the page before; 0 = from the newest
	Limit     int    // 0 = 100, at most 1000
}

// RecordsLike lists the records that a query asks for, the latest first.
func (r *Read) RecordsLike(ctx context.Context, q RecordQuery) ([]Record, error) {
	from, where, args := "record r", []string{"true"}, []any{}
	only := func(cond string, arg any) { where, args = append(where, cond), append(args, arg) }
	key := "r.n"
	if q.Article != 0 {
		from, key = "applied a CROSS JOIN record r ON r.n = a.n", "a.n"
		only("a.article = ?", q.Article)
	}
	if q.Org != "" {
		only("r.org = ?", q.Org)
	}
	if q.Said != "" {
		only("r.kind = ?", q.Said)
	}
	if q.Refused {
		where = append(where, "r.refused IS NOT NULL")
	}
	if q.Before != 0 {
		only(key+" < ?", int64(q.Before))
	}
	return rows(ctx, r, "list records", `SELECT r.n, r.height, r.time, r.act, r.kind, r.org, r.node, r.person, r.facts, r.refused, r.art, r.args FROM `+from+
		" WHERE "+strings.Join(where, " AND ")+" ORDER BY "+key+" DESC LIMIT ?", scanRecord, append(args, limit(q.Limit))...)
}
