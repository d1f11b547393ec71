package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
	"time"

	"mulu"
	"mulu/act"
	"mulu/chain"
	"mulu/read"
)

// acts measures throughput: the same acts, the same number in flight, on a chain, on bare consensus, and on bare
// consensus that verifies each signature one by one. The three take turns, each on a fresh home.
func (b *bench) acts() error {
	n := b.size(20_000, 100_000)
	var ours, bare, checked []float64
	var last *town
	var acts []*act.Signed
	for range b.repeat {
		t, err := b.withTown(1, 60, false, func(t *town, cs []*chain.Chain) error {
			var err error
			if acts, err = t.sign(t.ordinary(n)); err != nil {
				return err
			}
			begin := time.Now()
			if _, err := submitAll(b.ctx, cs[0], acts); err != nil {
				return err
			}
			ours = append(ours, perSecond(n, time.Since(begin)))
			return nil
		})
		if err != nil {
			return err
		}
		last = t
		for _, way := range []struct {
			check func([]byte) error
			into  *[]float64
		}{{nil, &bare}, {verified, &checked}} {
			rate, err := b.bareRate(acts, way.check)
			if err != nil {
				return err
			}
			*way.into = append(*way.into, rate)
		}
	}
	b.say("一个节点，全部规则与 SM2", "one node, full law and SM2", fmt.Sprintf(b.m.t("每秒 %.0f 个操作（%d 个，同时在途 %d 个）", "%.0f acts/s (%d acts, %d in flight)"), median(ours), n, inFlight))
	b.against("只计数的应用，不验签", "the application that only counts, nothing verified", median(ours), median(bare), b.m.t("每秒 %.0f 个", "%.0f/s"))
	b.against("只计数的应用，逐个 SM2 验签", "the application that only counts, SM2 verified one by one", median(ours), median(checked), b.m.t("每秒 %.0f 个", "%.0f/s"))
	return b.disk(last, acts)
}

// verified reads an act and checks its signature.
func verified(tx []byte) error {
	s, err := act.Parse(tx)
	if err == nil {
		err = s.Verify()
	}
	return err
}

// bareRate commits acts on a fresh bare node.
func (b *bench) bareRate(acts []*act.Signed, check func([]byte) error) (rate float64, err error) {
	err = b.withBare(check, func(n *chain.Bare) error {
		begin := time.Now()
		err := spread(len(acts), inFlight, func(i int) error { return n.Submit(b.ctx, acts[i].Bytes) })
		rate = perSecond(len(acts), time.Since(begin))
		return err
	})
	return rate, err
}

func (b *bench) withBare(check func([]byte) error, do func(*chain.Bare) error) error {
	t, err := b.newTown(1, false)
	if err != nil {
		return err
	}
	n, err := chain.OpenBare(b.ctx, t.nodes[0], check)
	if err != nil {
		return err
	}
	return errors.Join(do(n), n.Close())
}

// disk says what a closed home holds for each act.
func (b *bench) disk(t *town, acts []*act.Signed) error {
	parts := map[string]int64{}
	var total, said int64
	for _, s := range acts {
		said += int64(len(s.Bytes))
	}
	home := t.nodes[0].Home
	err := filepath.WalkDir(home, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(filepath.Join(home, "data"), path)
		if err != nil {
			return err
		}
		parts[strings.Split(filepath.ToSlash(rel), "/")[0]] += info.Size()
		total += info.Size()
		return nil
	})
	if err != nil {
		return fmt.Errorf("measure the home: %w", err)
	}
	n := int64(len(acts))
	b.say("磁盘", "disk", fmt.Sprintf(b.m.t("每个操作 %d 字节（状态、记录与树 %d，区块 %d，共识日志 %d）", "%d bytes per act (state, records and tree %d, blocks %d, consensus's log %d)"),
		total/n, parts["mulu"]/n, parts["blockstore.db"]/n, parts["cs.wal"]/n))
	b.against("操作本身的字节", "the bytes of the act itself", float64(total/n), float64(said/n), b.m.t("%.0f 字节", "%.0f bytes"))
	return nil
}

// Pauses lie between acts at low load, so long that the chain is idle again when the next comes: after each block with
// acts comes an empty one that signs the app hash.
const (
	pauseOne  = 25 * time.Millisecond
	pauseFour = 100 * time.Millisecond
	fourPaced = 40 // acts at low load on four nodes
)

// latency measures one act at a time on an idle node: until it is committed, and until pages can read it.
func (b *bench) latency() error {
	n := b.size(300, 4000)
	var committed, readable, bare, synced []float64
	_, err := b.withTown(1, 60, false, func(t *town, cs []*chain.Chain) error {
		acts, err := t.sign(t.ordinary(n))
		if err != nil {
			return err
		}
		return b.followed(cs[0], func(r *read.Read) error {
			return b.paced(n, pauseOne, func(i int) error {
				begin := time.Now()
				o, err := cs[0].Submit(b.ctx, acts[i])
				if err != nil || o.Refused != nil {
					return errors.Join(err, refusal(o))
				}
				committed = append(committed, ms(time.Since(begin)))
				err = r.Wait(b.ctx, o.N+1)
				readable = append(readable, ms(time.Since(begin)))
				return err
			})
		})
	})
	if err != nil {
		return err
	}
	err = b.withBare(verified, func(node *chain.Bare) error {
		t, err := b.newTown(1, false)
		if err != nil {
			return err
		}
		t.parties = []party{{"001", "D-001-1", t.bureau}}
		acts, err := t.sign(t.ordinary(n))
		if err != nil {
			return err
		}
		return b.paced(n, pauseOne, func(i int) error {
			begin := time.Now()
			err := node.Submit(b.ctx, acts[i].Bytes)
			bare = append(bare, ms(time.Since(begin)))
			return err
		})
	})
	if err != nil {
		return err
	}
	if synced, err = b.syncs(100); err != nil {
		return err
	}
	b.sayLatency("提交到上链", "submit to committed", committed)
	b.against("只计数的应用，p50", "the application that only counts, p50", median(committed), median(bare), "%.2f ms")
	b.against("一次 4 KB 落盘，p50", "one synced write of 4 KB, p50", median(committed), median(synced), "%.2f ms")
	b.sayLatency("提交到可查询", "submit to readable", readable)
	b.against("提交到上链，p50", "submit to committed, p50", median(readable), median(committed), "%.2f ms")
	return nil
}

func refusal(o mulu.Outcome) error {
	if o.Refused == nil {
		return nil
	}
	return o.Refused
}

func (b *bench) sayLatency(zh, en string, took []float64) {
	b.say(zh, en, fmt.Sprintf("p50 %.2f ms, p99 %.2f ms (%d)", median(took), quantile(took, 0.99), len(took)))
}

// paced does n things with a pause before each.
func (b *bench) paced(n int, pause time.Duration, do func(i int) error) error {
	for i := range n {
		select {
		case <-b.ctx.Done():
			return b.ctx.Err()
		case <-time.After(pause):
		}
		if err := do(i); err != nil {
			return err
		}
	}
	return nil
}

// followed runs something while a read model follows the chain.
func (b *bench) followed(c *chain.Chain, do func(*read.Read) error) error {
	dir, err := b.makeDir()
	if err != nil {
		return err
	}
	r, err := read.Open(readConfig(home(dir)))
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(b.ctx)
	ended := make(chan error, 1)
	go func() { ended <- r.Follow(ctx, c) }()
	err = do(r)
	stop()
	return errors.Join(err, <-ended, r.Close())
}

// four measures four nodes in this process, over loopback, against one.
func (b *bench) four() error {
	n := b.size(6000, 40_000)
	var rate, took [2][]float64
	for range b.repeat {
		for i, nodes := range []int{1, 4} {
			_, err := b.withTown(nodes, 60, false, func(t *town, cs []*chain.Chain) error {
				acts, err := t.sign(t.ordinary(n + fourPaced))
				if err != nil {
					return err
				}
				begin := time.Now()
				if err := spread(n, inFlight, func(j int) error {
					o, err := cs[j%nodes].Submit(b.ctx, acts[j])
					return errors.Join(err, refusal(o))
				}); err != nil {
					return err
				}
				rate[i] = append(rate[i], perSecond(n, time.Since(begin)))
				return b.paced(fourPaced, pauseFour, func(j int) error {
					begin := time.Now()
					o, err := cs[j%nodes].Submit(b.ctx, acts[n+j])
					took[i] = append(took[i], ms(time.Since(begin)))
					return errors.Join(err, refusal(o))
				})
			})
			if err != nil {
				return err
			}
		}
	}
	b.say("四个节点", "four nodes", fmt.Sprintf(b.m.t("每秒 %.0f 个操作（%d 个，轮流交给四个节点）", "%.0f acts/s (%d acts, handed to the four in turn)"), median(rate[1]), n))
	b.against("一个节点", "one node", median(rate[1]), median(rate[0]), b.m.t("每秒 %.0f 个", "%.0f/s"))
	b.sayLatency("四个节点，提交到上链", "four nodes, submit to committed", took[1])
	b.against("一个节点，p50", "one node, p50", median(took[1]), median(took[0]), "%.2f ms")
	return nil
}
