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

// What the state is filled to, and how many entries one round adds. Of each three entries four applications come, each
// of which makes six facts in its life: received, granted, permission, overdue, case, expired; so an entry brings ten.
const (
	stateEntries = 1_000_000
	stateRound   = 15_000
)

// state fills a node's state by real acts: entries handed in and verified, applied for, granted by silence, not
// delivered in time, expired. It ends at the number of entries wanted or at the time limit, and says how far it came.
func (b *bench) state() error {
	want := b.size(stateEntries, stateEntries)
	f := &filling{b: b, began: time.Now()}
	t, err := b.withTown(1, 4, true, func(t *town, cs []*chain.Chain) error {
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
	rates          []float64 // acts per second of each round, signing not counted
	wakes          []float64 // alarms per second of each round
	most           int64     // resident memory at its highest, bytes
}

// round adds entries, has them verified and applied for, and moves the clock past all terms and the periods of the
// round before.
func (f *filling) round(n int) error {
	var submits, verifies, applies []said
	provider := f.t.parties[0]
	for i := range n {
		submits = append(submits, f.t.entry(provider, f.t.conditional(i)))
	}
	var busy time.Duration
	say := func(list []said) ([]string, error) {
		acts, err := f.t.sign(list)
		if err != nil {
			return nil, err
		}
		begin := time.Now()
		outcomes, err := submitAll(f.b.ctx, f.c, acts)
		busy += time.Since(begin)
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
	codes, err := say(submits)
	if err != nil {
		return err
	}
	for i, code := range codes {
		verifies = append(verifies, said{f.t.chief(), &act.VerifyEntry{Entry: code}})
		applies = append(applies, said{f.t.parties[1], ask(code)})
		if i%3 == 0 {
			applies = append(applies, said{f.t.parties[2], ask(code)})
		}
	}
	if _, err := say(verifies); err != nil {
		return err
	}
	if _, err := say(applies); err != nil {
		return err
	}
	f.entries += n
	f.rates = append(f.rates, perSecond(len(submits)+len(verifies)+len(applies), busy))
	if err := f.wake(); err != nil {
		return err
	}
	now, _, err := resident()
	f.most = max(f.most, now)
	fmt.Fprintf(f.b.m.Err, f.b.m.t("  … %s：目录 %d，事实 %d，每秒 %.0f 个操作、%.0f 件到期事项，内存 %d MB\n", "  … %s: %d entries, %d facts, %.0f acts/s, %.0f alarms/s, %d MB\n"),
		time.Since(f.began).Round(time.Second), f.entries, f.facts, f.rates[len(f.rates)-1], f.wakes[len(f.wakes)-1], now>>20)
	return err
}

// wake moves the clock by twenty days and waits until nothing is due any more.
func (f *filling) wake() error {
	from := f.c.Size()
	begin := time.Now()
	to := f.c.Now().AddDate(0, 0, 20)
	if err := f.t.advance(f.c, to); err != nil {
		return err
	}
	if err := f.b.until(func() bool { at, some := f.c.NextDue(); return !some || at.After(f.c.Now()) }); err != nil {
		return err
	}
	took := time.Since(begin)
	f.wakes = append(f.wakes, perSecond(int(f.c.Size()-from), took))
	for n := from; n < f.c.Size(); {
		records, err := f.c.Records(n, 1000)
		if err != nil {
			return err
		}
		for _, r := range records {
			o, err := outcome(r)
			if err != nil {
				return err
			}
			f.facts += len(o.Facts)
		}
		n += uint64(len(records))
	}
	return nil
}

// tell prints how far it came and how the last rounds compare with the first.
func (f *filling) tell() error {
	b := f.b
	b.say("状态", "state", fmt.Sprintf(b.m.t("目录 %d 条、事实 %d 条，经节点办理用时 %s（目标 %d 与 %d）", "%d entries and %d facts, said through the node in %s (aim %d and %d)"),
		f.entries, f.facts, time.Since(f.began).Round(time.Second), stateEntries, 10*stateEntries))
	last := f.rates[len(f.rates)*9/10:]
	b.say("此时的速度", "speed now", fmt.Sprintf(b.m.t("每秒 %.0f 个操作", "%.0f acts/s"), median(last)))
	b.against("同一次运行的第一轮，状态为空", "the first round of this run, on an empty state", median(last), f.rates[0], b.m.t("每秒 %.0f 个", "%.0f/s"))
	b.say("到期事项", "alarms", fmt.Sprintf(b.m.t("每秒 %.0f 件", "%.0f per second"), median(f.wakes[len(f.wakes)*9/10:])))
	b.against("第一轮", "the first round", median(f.wakes[len(f.wakes)*9/10:]), f.wakes[0], b.m.t("每秒 %.0f 件", "%.0f per second"))
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
