package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"time"

	"mulu/chain"
	"mulu/proof"
	"mulu/read"
)

// rebuild measures the read model made anew from the records of a chain, against the same facts put into one plain
// table without index or journal: what SQLite itself takes.
func (b *bench) rebuild() error {
	n := b.size(20_000, 200_000)
	_, err := b.withTown(1, 60, false, func(t *town, cs []*chain.Chain) error {
		acts, err := t.sign(t.ordinary(n))
		if err != nil {
			return err
		}
		if _, err := submitAll(b.ctx, cs[0], acts); err != nil {
			return err
		}
		var ours, plain []float64
		for range b.repeat {
			dir, err := b.makeDir()
			if err != nil {
				return err
			}
			facts, took, err := b.plainTable(cs[0], home(dir).path("plain.db"))
			if err != nil {
				return err
			}
			plain = append(plain, perSecond(facts, took))
			begin := time.Now()
			if _, err := read.Rebuild(b.ctx, readConfig(home(dir)), cs[0]); err != nil {
				return err
			}
			ours = append(ours, perSecond(facts, time.Since(begin)))
		}
		b.say("重建查询库", "rebuild", fmt.Sprintf(b.m.t("每秒 %.0f 条事实（%d 条记录）", "%.0f facts/s (%d records)"), median(ours), cs[0].Size()))
		b.against("同样的事实写入一张无索引的表", "the same facts into one table without index", median(ours), median(plain), b.m.t("每秒 %.0f 条", "%.0f/s"))
		return nil
	})
	return err
}

// plainTable reads all records and inserts their facts into a table, a transaction for each 4096 records.
func (b *bench) plainTable(c *chain.Chain, path string) (facts int, took time.Duration, err error) {
	begin := time.Now()
	db, err := sql.Open("sqlite", "file:"+path+"?_pragma=journal_mode(off)&_pragma=synchronous(off)")
	if err != nil {
		return 0, 0, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	db.SetMaxOpenConns(1)
	if _, err := db.ExecContext(b.ctx, "CREATE TABLE fact (n INTEGER, kind TEXT, noun TEXT, id TEXT, state TEXT)"); err != nil {
		return 0, 0, err
	}
	for from := uint64(0); ; {
		records, err := c.Records(from, 4096)
		if err != nil {
			return 0, 0, err
		}
		if len(records) == 0 {
			return facts, time.Since(begin), nil
		}
		added, err := insert(b.ctx, db, records)
		if err != nil {
			return 0, 0, err
		}
		facts += added
		from += uint64(len(records))
	}
}

func insert(ctx context.Context, db *sql.DB, records [][]byte) (facts int, err error) {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return 0, err
	}
	defer tx.Rollback() // after Commit it does nothing
	row, err := tx.PrepareContext(ctx, "INSERT INTO fact VALUES (?, ?, ?, ?, ?)")
	if err != nil {
		return 0, err
	}
	for _, r := range records {
		o, err := outcome(r)
		if err != nil {
			return 0, err
		}
		for _, f := range o.Facts {
			if _, err := row.ExecContext(ctx, o.N, f.Kind, string(f.Noun), f.ID, string(f.State)); err != nil {
				return 0, err
			}
			facts++
		}
	}
	return facts, tx.Commit()
}

// verify measures the offline check of record proofs of a chain of four nodes: the act's signature, the path to the
// root, the co-signatures of a quorum of three; against one verification of SM2.
func (b *bench) verify() error {
	n := b.size(1000, 10_000)
	_, err := b.withTown(4, 20, false, func(t *town, cs []*chain.Chain) error {
		acts, err := t.sign(t.ordinary(n))
		if err != nil {
			return err
		}
		outcomes, err := submitAll(b.ctx, cs[0], acts)
		if err != nil {
			return err
		}
		last := outcomes[len(outcomes)-1].N
		for _, o := range outcomes {
			last = max(last, o.N)
		}
		if err := b.until(func() bool { p, ok := cs[0].Checkpoint(); return ok && p.Size > last }); err != nil {
			return err
		}
		anchor := cs[0].Anchor()
		var took, single, size []float64
		for i, o := range outcomes {
			file, err := cs[0].ProveRecord(o.N)
			if err != nil {
				return err
			}
			begin := time.Now()
			if _, err := proof.Verify(file, anchor); err != nil {
				return err
			}
			took, size = append(took, ms(time.Since(begin))), append(size, float64(len(file)))
			begin = time.Now()
			if err := acts[i].Verify(); err != nil {
				return err
			}
			single = append(single, ms(time.Since(begin)))
		}
		b.say("核验一个证明文件", "checking one proof file", fmt.Sprintf(b.m.t("p50 %.3f ms, p99 %.3f ms（%d 个，中位 %.0f 字节）", "p50 %.3f ms, p99 %.3f ms (%d files of %.0f bytes, median)"),
			median(took), quantile(took, 0.99), len(took), median(size)))
		b.against("一次 SM2 验签；一个文件有一个操作签名和至少三个联签", "one SM2 verification; a file holds the act's and at least three co-signatures", median(took), median(single), "%.3f ms")
		return nil
	})
	return err
}

// until asks again and again until something holds.
func (b *bench) until(holds func() bool) error {
	for !holds() {
		select {
		case <-b.ctx.Done():
			return b.ctx.Err()
		case <-time.After(5 * time.Millisecond):
		}
	}
	return nil
}

// syncs takes the time of appending 4 KB to a file and syncing it, n times.
func (b *bench) syncs(n int) (took []float64, err error) {
	dir, err := b.makeDir()
	if err != nil {
		return nil, err
	}
	f, err := os.Create(home(dir).path("synced"))
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	for range n {
		begin := time.Now()
		if _, err := f.Write(make([]byte, 4096)); err != nil {
			return nil, err
		}
		if err := f.Sync(); err != nil {
			return nil, err
		}
		took = append(took, ms(time.Since(begin)))
	}
	return took, nil
}
