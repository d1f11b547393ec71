package main

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"mulu/act"
	"mulu/chain"
)

// What the state is filled to, and how many entries one round adds. Each entry is handed in, verified and has its data
// published; two institutions apply for it, and each application makes four facts in its block: received, granted,
// permission, delivered. So an entry takes five acts and brings eleven facts.
const (
	stateEntries = 1_000_000
	stateFacts   = 10_000_000
	stateRound   = 10_000
)

// state fills a node's state by real acts, signed and executed one by one. It ends with the round that reaches the number
// of entries wanted or the time limit, and says how far it came.
func (b *bench) state() error {
	want := b.size(stateEntries, stateEntries)
	f := &filling{b: b, began: time.Now()}
	t, err := b.withTown(1, 3, false, func(t *town, cs []*chain.Chain) error {
		f.t, f.c = t, cs[0]
		for f.entries < want && time.Since(f.began) < b.limit {
			if err := f.round(min(stateRound, want-f.entries)); err != nil {
				return err
			}
		}
		return f.tell()
	})
	if err != nil {
		return err
	}
	debug.FreeOSMemory()
	begin := time.Now()
	cs, err := t.open()
	if err != nil {
		return err
	}
	took := time.Since(begin)
	size := cs[0].Size()
	if err := closeAll(cs); err != nil {
		return err
	}
	b.say("重启", "restart", fmt.Sprintf(b.m.t("%.2f 秒后可办理（%d 条记录）", "ready after %.2f s (%d records)"), took.Seconds(), size))
	empty, err := b.emptyStart()
	if err != nil {
		return err
	}
	b.against("空链启动", "the start of an empty chain", took.Seconds(), empty.Seconds(), b.m.t("%.2f 秒", "%.2f s"))
	return nil
}

// filling is a state being filled.
type filling struct {
	b              *bench
	t              *town
	c              *chain.Chain
	began          time.Time
	entries, facts int
	rates          []float64     // acts per second of each round, signing not counted
	most           int64         // resident memory at its highest, bytes
	acts           int           // said in this round
	busy           time.Duration // that they took
}

// round adds entries with what follows them.
func (f *filling) round(n int) error {
	f.busy, f.acts = 0, 0
	provider := f.t.parties[0]
	var list []said
	for range n {
		list = append(list, f.t.entry(provider, streetCatalog().content))
	}
	codes, err := f.have(list)
	if err != nil {
		return err
	}
	for _, step := range []func(code string) said{
		func(code string) said { return said{f.t.chief(), &act.VerifyEntry{Entry: code}} },
		func(code string) said {
			return said{provider, &act.PublishDataset{Entry: code, Version: 1, Rows: 15, Digest: strings.Repeat("5a", 32)}}
		},
		func(code string) said { return said{f.t.parties[1], ask(code)} },
		func(code string) said { return said{f.t.parties[2], ask(code)} },
	} {
		list = nil
		for _, code := range codes {
			list = append(list, step(code))
		}
		if _, err := f.have(list); err != nil {
			return err
		}
	}
	f.entries += n
	f.rates = append(f.rates, perSecond(f.acts, f.busy))
	now, _, err := resident()
	f.most = max(f.most, now)
	fmt.Fprintf(f.b.m.Err, f.b.m.t("  … %s：目录 %d，事实 %d，每秒 %.0f 个操作，内存 %d MB\n", "  … %s: %d entries, %d facts, %.0f acts/s, %d MB\n"),
		time.Since(f.began).Round(time.Second), f.entries, f.facts, f.rates[len(f.rates)-1], now>>20)
	return err
}

// have says acts and gives the noun that each first fact is about. Signing is not counted.
func (f *filling) have(list []said) ([]string, error) {
	acts, err := f.t.sign(list)
	if err != nil {
		return nil, err
	}
	begin := time.Now()
	outcomes, err := submitAll(f.b.ctx, f.c, acts)
	f.busy += time.Since(begin)
	f.acts += len(acts)
	if err != nil {
		return nil, err
	}
	ids := make([]string, len(outcomes))
	for i, o := range outcomes {
		f.facts += len(o.Facts)
		ids[i] = o.Facts[0].ID
	}
	return ids, nil
}

// tell prints how far it came and how the last rounds compare with the first.
func (f *filling) tell() error {
	b := f.b
	b.say("状态", "state", fmt.Sprintf(b.m.t("目录 %d 条、事实 %d 条，经节点办理用时 %s（目标 %d 与 %d）", "%d entries and %d facts, said through the node in %s (aim %d and %d)"),
		f.entries, f.facts, time.Since(f.began).Round(time.Second), stateEntries, stateFacts))
	last := f.rates[len(f.rates)*9/10:]
	b.say("此时的速度", "speed now", fmt.Sprintf(b.m.t("每秒 %.0f 个操作", "%.0f acts/s"), median(last)))
	b.against("同一次运行的第一轮，状态为空", "the first round of this run, on an empty state", median(last), f.rates[0], b.m.t("每秒 %.0f 个", "%.0f/s"))
	_, high, err := resident()
	if err != nil {
		return err
	}
	b.say("内存", "memory", fmt.Sprintf(b.m.t("各轮之后最高 %d MB，全程最高 %d MB（含生成操作的本程序自身）", "%d MB at most after a round, %d MB at most at any time (with this program's own generator)"), f.most>>20, high>>20))
	return nil
}

// emptyStart is how long a node takes to start whose chain has no block.
func (b *bench) emptyStart() (time.Duration, error) {
	t, err := b.newTown(1, false)
	if err != nil {
		return 0, err
	}
	begin := time.Now()
	cs, err := t.open()
	if err != nil {
		return 0, err
	}
	return time.Since(begin), closeAll(cs)
}

// resident reads this process's resident memory, now and at its highest, in bytes, from /proc.
func resident() (now, high int64, err error) {
	file, err := os.Open("/proc/self/status")
	if err != nil {
		return 0, 0, fmt.Errorf("measure memory: %w", err)
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		name, value, _ := strings.Cut(lines.Text(), ":")
		kb, bad := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(value), " kB"), 10, 64)
		switch {
		case name == "VmRSS" && bad == nil:
			now = kb << 10
		case name == "VmHWM" && bad == nil:
			high = kb << 10
		}
	}
	return now, high, lines.Err()
}
