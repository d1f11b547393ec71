package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"slices"
	"strings"
	"time"

	"mulu/read"
)

// searches of each length, with and without filters, that are timed; so many of them are also answered by reading every
// text, and by SQLite's own means.
const (
	searchQueries  = 60
	searchCompared = 20
)

// search measures searching a made catalog, written through the read model's follower: time by length of the word, with
// counts for filters; what it finds against reading every text; FTS5 with trigrams and LIKE on the same texts.
func (b *bench) search() error {
	n := b.size(100_000, 1_000_000)
	catalog := newMadeCatalog(n, 1)
	dir, err := b.makeDir()
	if err != nil {
		return err
	}
	cfg := readConfig(home(dir))
	begin := time.Now()
	if _, err := read.Rebuild(b.ctx, cfg, catalog); err != nil {
		return err
	}
	took := time.Since(begin)
	plainTook, err := b.plainRecords(catalog, home(dir).path("plain.db"))
	if err != nil {
		return err
	}
	b.say("目录数", "entries", fmt.Sprint(n))
	b.say("由记录建库（含检索索引）", "read model from the records, with the search index", fmt.Sprintf(b.m.t("每秒 %.0f 条", "%.0f/s"), perSecond(n, took)))
	b.against("同样的记录写入一张无索引的表", "the same records into one table without index", perSecond(n, took), perSecond(n, plainTook), b.m.t("每秒 %.0f 条", "%.0f/s"))
	texts := catalog.texts()
	before := heap()
	begin = time.Now()
	r, err := read.Open(cfg)
	if err != nil {
		return err
	}
	defer r.Close()
	if _, err := r.Search(b.ctx, read.Query{Limit: 1}); err != nil {
		return err
	}
	loaded := time.Since(begin)
	size, err := r.SearchSize(b.ctx)
	if err != nil {
		return err
	}
	textBytes := 0
	for _, t := range texts {
		textBytes += len(t.all)
	}
	b.say("打开至可检索", "open until the first answer", fmt.Sprintf(b.m.t("%.2f 秒；内存 %.0f MB", "%.2f s; memory %.0f MB"), loaded.Seconds(), float64(heap()-before)/1e6))
	b.say("检索索引占用磁盘", "search index on disk", fmt.Sprintf(b.m.t("%.0f MB，%d 块", "%.0f MB, %d blocks"), float64(size.Bytes)/1e6, size.Blocks))
	b.against("被检索的文字", "the texts themselves", float64(size.Bytes)/1e6, float64(textBytes)/1e6, "%.0f MB")
	own, err := b.sqliteTexts(home(dir).path("texts.db"), texts)
	if err != nil {
		return err
	}
	defer own.Close()
	return b.searchLengths(r, own, texts)
}

// madeText is one entry as it is searched by reading it.
type madeText struct {
	code, all string // all: name, summary, items and fields, parted by line feeds
	published bool
	retired   bool
	grade     int
	org       string
	sharing   string
}

func (c *madeCatalog) texts() []madeText {
	list := make([]madeText, c.size)
	for i := range list {
		e := c.entry(i)
		content := e.Current()
		var all strings.Builder
		all.WriteString(content.Name + "\n" + content.Summary)
		for _, it := range content.Items {
			all.WriteString("\n" + it.Name + "\n" + it.Field)
		}
		list[i] = madeText{e.Code, all.String(), e.Version > 0, e.Status == "retired", content.Grade, e.Org, content.Sharing.Type}
	}
	return list
}

// heap is the memory in use after collecting what is not.
func heap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// plainRecords puts the same records into one table.
func (b *bench) plainRecords(c *madeCatalog, path string) (took time.Duration, err error) {
	begin := time.Now()
	db, err := sql.Open("sqlite", "file:"+path+"?_pragma=journal_mode(off)&_pragma=synchronous(off)")
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, db.Close(), os.Remove(path)) }()
	db.SetMaxOpenConns(1)
	if _, err := db.ExecContext(b.ctx, "CREATE TABLE fact (n INTEGER, kind TEXT, noun TEXT, id TEXT, state TEXT)"); err != nil {
		return 0, err
	}
	for from := uint64(0); from < c.Size(); {
		records, err := c.Records(from, 4096)
		if err != nil {
			return 0, err
		}
		if _, err := insert(b.ctx, db, records); err != nil {
			return 0, err
		}
		from += uint64(len(records))
	}
	return time.Since(begin), nil
}

// sqliteTexts puts the texts where SQLite searches them: a table for LIKE, and FTS5 with trigrams.
func (b *bench) sqliteTexts(path string, texts []madeText) (*sql.DB, error) {
	db, err := sql.Open("sqlite", "file:"+path+"?_pragma=journal_mode(off)&_pragma=synchronous(off)&_pragma=cache_size(-65536)")
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	fill := func(ddl, row string) (time.Duration, error) {
		begin := time.Now()
		if _, err := db.ExecContext(b.ctx, ddl); err != nil {
			return 0, err
		}
		tx, err := db.BeginTx(b.ctx, nil)
		if err != nil {
			return 0, err
		}
		defer tx.Rollback() // after Commit it does nothing
		put, err := tx.PrepareContext(b.ctx, row)
		if err != nil {
			return 0, err
		}
		for i, t := range texts {
			if _, err := put.ExecContext(b.ctx, i, t.all); err != nil {
				return 0, err
			}
		}
		return time.Since(begin), tx.Commit()
	}
	size := func() (n int64, err error) {
		err = db.QueryRowContext(b.ctx, "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size").Scan(&n)
		return n, err
	}
	if _, err := fill("CREATE TABLE plain (n INTEGER PRIMARY KEY, t TEXT)", "INSERT INTO plain VALUES (?, ?)"); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	before, err := size()
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	took, err := fill("CREATE VIRTUAL TABLE trigrams USING fts5(t, content='', tokenize='trigram')", "INSERT INTO trigrams (rowid, t) VALUES (?, ?)")
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	after, err := size()
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	b.say("FTS5 三字索引", "FTS5 with trigrams", fmt.Sprintf(b.m.t("建索引每秒 %.0f 条，%.0f MB", "indexes %.0f/s, %.0f MB"), perSecond(len(texts), took), float64(after-before)/1e6))
	return db, nil
}

// searchLengths takes the figures for words of 1 to 6 characters.
func (b *bench) searchLengths(r *read.Read, own *sql.DB, texts []madeText) error {
	rng := rand.New(rand.NewPCG(7, 7))
	for length := 1; length <= 6; length++ {
		var plain, filtered, like, trigram []float64
		compared, missing, trigramMissing := 0, 0, 0
		for i := range searchQueries {
			word := pieceOf(rng, texts, length)
			f, took, err := b.timed(r, read.Query{Words: word})
			if err != nil {
				return err
			}
			plain = append(plain, took)
			t := texts[rng.IntN(len(texts))]
			only := read.Query{Words: word, Org: []string{t.org}, Grade: []int{t.grade}, Sharing: []string{t.sharing, "conditional"}}
			g, took, err := b.timed(r, only)
			if err != nil {
				return err
			}
			filtered = append(filtered, took)
			if i >= searchCompared {
				continue
			}
			compared++
			for _, c := range []struct {
				q     read.Query
				found read.Found
			}{{read.Query{Words: word}, f}, {only, g}} {
				m, err := missed(b.ctx, r, c.q, c.found, texts)
				if err != nil {
					return err
				}
				missing += m
			}
			total, took, err := b.countSQL(own, "SELECT count(*) FROM plain WHERE t LIKE ?", "%"+likeText(word)+"%")
			if err != nil {
				return err
			}
			like = append(like, took)
			found, took, err := b.countSQL(own, "SELECT count(*) FROM trigrams WHERE trigrams MATCH ?", `"`+word+`"`)
			if err != nil {
				return err
			}
			trigram = append(trigram, took)
			trigramMissing += total - found
		}
		b.say(fmt.Sprintf("%d 个字", length), fmt.Sprintf("%d characters", length), fmt.Sprintf(b.m.t("p50 %.1f ms，p99 %.1f ms；加三项筛选 p50 %.1f ms，p99 %.1f ms（均含分面计数与首页 20 条）", "p50 %.1f ms, p99 %.1f ms; with three filters p50 %.1f ms, p99 %.1f ms (counts for all filters and 20 hits included)"),
			median(plain), quantile(plain, 0.99), median(filtered), quantile(filtered, 0.99)))
		b.against("LIKE 全表扫描，只计数", "LIKE over the table, counting only", median(plain), median(like), "%.1f ms")
		if length >= 3 { // shorter ones it does not find at all
			b.against("FTS5 三字索引，只计数", "FTS5 with trigrams, counting only", median(plain), median(trigram), "%.1f ms")
		}
		fmt.Fprintf(b.m.Out, b.m.t("    与逐条阅读比对 %d 个词：漏 %d 条；FTS5 三字索引漏 %d 条\n", "    %d words compared with reading every text: %d entries missed; FTS5 with trigrams missed %d\n"), compared, missing, trigramMissing)
		if missing > 0 {
			return fmt.Errorf("search missed %d entries", missing)
		}
	}
	_, empty, err := b.timed(r, read.Query{})
	if err != nil {
		return err
	}
	_, byName, err := b.timed(r, read.Query{Sort: "name", Org: []string{"005"}})
	if err != nil {
		return err
	}
	b.say("不输入，只列出并计数", "no word, all listed and counted", fmt.Sprintf("%.1f ms", empty))
	b.say("一家机构按名称排序", "one institution by name", fmt.Sprintf("%.1f ms", byName))
	return nil
}

func (b *bench) timed(r *read.Read, q read.Query) (read.Found, float64, error) {
	begin := time.Now()
	f, err := r.Search(b.ctx, q)
	return f, ms(time.Since(begin)), err
}

func (b *bench) countSQL(db *sql.DB, query, arg string) (n int, took float64, err error) {
	begin := time.Now()
	err = db.QueryRowContext(b.ctx, query, arg).Scan(&n)
	return n, ms(time.Since(begin)), err
}

func likeText(s string) string { return strings.NewReplacer("%", "", "_", "").Replace(s) }

// pieceOf takes Han characters out of a text, one behind the other.
func pieceOf(rng *rand.Rand, texts []madeText, length int) string {
	for {
		lines := strings.Split(texts[rng.IntN(len(texts))].all, "\n")
		line := []rune(lines[rng.IntN(len(lines))])
		if len(line) < length {
			continue
		}
		at := rng.IntN(len(line) - length + 1)
		piece := line[at : at+length]
		if !slices.ContainsFunc(piece, func(c rune) bool { return c < 0x4e00 }) {
			return string(piece)
		}
	}
}

// fewFound is up to how many hits are compared one by one; of more only the number is.
const fewFound = 2000

// missed reads every text and counts the entries that hold the word, pass the filters, and were not found.
func missed(ctx context.Context, r *read.Read, q read.Query, f read.Found, texts []madeText) (int, error) {
	want := map[string]bool{}
	for i := range texts {
		t := &texts[i]
		if !t.published || t.retired || len(q.Org) > 0 && (!slices.Contains(q.Org, t.org) || !slices.Contains(q.Grade, t.grade) || !slices.Contains(q.Sharing, t.sharing)) {
			continue
		}
		if strings.Contains(t.all, q.Words) {
			want[t.code] = true
		}
	}
	if f.Total > fewFound {
		return max(0, len(want)-f.Total), nil
	}
	for q.Limit = 100; ; {
		page, err := r.Search(ctx, q)
		if err != nil {
			return 0, err
		}
		for _, h := range page.Hits {
			delete(want, h.Code)
		}
		if page.Next == "" {
			return len(want), nil
		}
		q.After = page.Next
	}
}
