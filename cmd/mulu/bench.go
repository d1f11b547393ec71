package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/pprof"
	"sort"
	"strings"
	"time"

	"mulu/chain"
)

// A trial is one thing that mulu bench measures.
type trial struct {
	name   string
	zh, en string // one line
	long   bool   // only with --full, unless named
	run    func(*bench) error
}

func trials() []trial {
	return []trial{
		{"acts", "一个节点每秒办结的操作数（全部规则、SM2 验签），与只计数的 CometBFT 应用相比；附每个操作占用的磁盘",
			"acts per second on one node with the full law and SM2, against a CometBFT application that only counts; disk per act", false, (*bench).acts},
		{"latency", "低负载下提交到上链、提交到可查询的时间，与只计数的应用和一次落盘相比",
			"submit to committed and to readable at low load, against the bare application and one synced write", false, (*bench).latency},
		{"four", "同一台机器上四个节点：每秒操作数与时延，与一个节点相比", "four nodes on this machine: acts per second and latency, against one node", false, (*bench).four},
		{"alarms", "同一时刻到期的大量申请：全部默认同意所需时间、区块数、最大区块", "many applications due at one instant: time until all are granted, blocks, the largest block", false, (*bench).alarms},
		{"rebuild", "由记录重建查询库，每秒事实数，与只写一张表相比", "the read model rebuilt from the records, facts per second, against one plain table", false, (*bench).rebuild},
		{"search", "检索十万条目录（--full 为一百万条）：一至六个字的用时、查全、索引大小，与 FTS5 三字索引和 LIKE 相比",
			"searching a hundred thousand entries (a million with --full): time for one to six characters, what is found, size of the index, against FTS5 with trigrams and LIKE", false, (*bench).search},
		{"pages", "十万条目录时主要页面的服务时间，与一千条时相比", "server time of the main pages with a hundred thousand entries, against a thousand", false, (*bench).pages},
		{"lookups", "经网关按主键查询：每秒次数、每次增加的时间，与不经治理的同一查询相比",
			"keyed lookups through the gateway: per second and what governing adds, against the same lookups ungoverned", false, (*bench).lookups},
		{"receipts", "每秒落盘的回执数、由答复到可证明的时间，与 SM2 签名、一个操作上链相比",
			"receipts on disk per second and the time to provable, against SM2 signatures and one act", false, (*bench).receipts},
		{"firstrow", "无条件共享由申请到第一行数据的时间", "shared without condition: from application to first row", false, (*bench).firstRow},
		{"verify", "核验一个证明文件的时间，与一次 SM2 验签相比", "checking one proof file, against one SM2 verification", false, (*bench).verify},
		{"state", "一百万条目录、一千万条事实（经节点逐条办理，有时限）：速度、内存、重启时间",
			"a million entries and ten million facts, said through a node within a time limit: speed, memory, restart", true, (*bench).state},
	}
}

// A bench is one run of the command: what to measure at which size, and where.
type bench struct {
	m         *Main
	ctx       context.Context
	dir       string // temporary, removed afterwards
	full      bool
	n         int           // size that was asked for; 0 = each trial's own
	repeat    int           // how often a noisy figure is taken; the median is printed
	limit     time.Duration // of a trial that fills the state
	homes     int           // made so far
	warehouse string        // address of the database that the gateway trials use; "" the embedded engine
}

func (m *Main) bench(ctx context.Context, args []string) (err error) {
	f, _ := m.flags("bench")
	b := &bench{m: m, ctx: ctx}
	list := f.Bool("list", false, m.t("列出全部测量项", "list what can be measured"))
	f.BoolVar(&b.full, "full", false, m.t("全量规模（约一小时）", "full sizes (about an hour)"))
	f.IntVar(&b.n, "n", 0, m.t("规模：操作数、申请数、记录数；0 为各项默认", "size: acts, applications, records; 0 takes each one's own"))
	f.IntVar(&b.repeat, "repeat", 3, m.t("重复次数，取中位数", "how often to repeat; medians are printed"))
	f.DurationVar(&b.limit, "limit", 30*time.Minute, m.t("state 一项的时限", "time limit of the trial state"))
	f.StringVar(&b.warehouse, "warehouse", "", m.t("网关各项所用数据库（postgres://…），空为内置引擎；用空库", "database of the gateway's trials (postgres://…), the embedded engine if empty; give an empty one"))
	profile := f.String("cpuprofile", "", m.t("把处理器剖析写入该文件", "write a processor profile to this file"))
	if err := f.Parse(args); err != nil {
		return err
	}
	if *list {
		for _, t := range trials() {
			fmt.Fprintf(m.Out, "  %-8s %s\n", t.name, m.t(t.zh, t.en))
		}
		return nil
	}
	if b.repeat < 1 || b.n < 0 || b.limit <= 0 {
		return errors.New(m.t("--repeat 和 --limit 应大于零，--n 不为负", "--repeat and --limit must be above zero, --n not below"))
	}
	chosen, err := b.choose(f.Args())
	if err != nil {
		return err
	}
	if b.dir, err = os.MkdirTemp("", "mulu-bench-"); err != nil {
		return fmt.Errorf("make a temporary folder: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(b.dir)) }()
	if *profile != "" {
		end, err := profiled(*profile)
		if err != nil {
			return err
		}
		defer end()
	}
	fmt.Fprintln(m.Out, b.machine())
	for _, t := range chosen {
		begin := time.Now()
		fmt.Fprintf(m.Out, "\n%s — %s\n", t.name, m.t(t.zh, t.en))
		if err := t.run(b); err != nil {
			if errors.As(err, new(*chain.Stalled)) { // where it stands is what one wants to know then
				_ = pprof.Lookup("goroutine").WriteTo(m.Err, 1)
			}
			return fmt.Errorf("%s: %w", t.name, err)
		}
		fmt.Fprintf(m.Out, m.t("  用时 %s\n", "  took %s\n"), time.Since(begin).Round(100*time.Millisecond))
	}
	return nil
}

// choose finds the trials by name; no name means the quick ones, or all with --full.
func (b *bench) choose(names []string) ([]trial, error) {
	var out []trial
	if len(names) == 0 {
		for _, t := range trials() {
			if b.full || !t.long {
				out = append(out, t)
			}
		}
		return out, nil
	}
	for _, name := range names {
		found := false
		for _, t := range trials() {
			if t.name == name {
				out, found = append(out, t), true
			}
		}
		if !found {
			return nil, errors.New(b.m.t("没有“"+name+"”这一项；mulu bench --list 列出全部", "there is nothing called "+name+"; mulu bench --list names them all"))
		}
	}
	return out, nil
}

// profiled begins to write a processor profile; the given function ends it.
func profiled(path string) (end func(), err error) {
	f, err := os.Create(path)
	if err != nil {
		return nil, fmt.Errorf("write the profile: %w", err)
	}
	if err := pprof.StartCPUProfile(f); err != nil {
		return nil, errors.Join(fmt.Errorf("begin the profile: %w", err), f.Close())
	}
	return func() {
		pprof.StopCPUProfile()
		_ = f.Close()
	}, nil
}

// machine says on what the figures were taken.
func (b *bench) machine() string {
	return fmt.Sprintf(b.m.t("机器：%d 核，%s，%s，%s", "machine: %d cores, %s, %s, %s"), runtime.GOMAXPROCS(0), processor(), runtime.GOOS+"/"+runtime.GOARCH, runtime.Version())
}

// processor is the model as Linux names it, or "?" where it does not.
func processor() string {
	raw, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return "?"
	}
	for _, line := range strings.Split(string(raw), "\n") {
		if name, value, ok := strings.Cut(line, ":"); ok && strings.HasPrefix(strings.ToLower(name), "model name") {
			return strings.TrimSpace(value)
		}
	}
	return "?"
}

// say prints one figure of a trial.
func (b *bench) say(zh, en, figure string) {
	fmt.Fprintf(b.m.Out, "  %s%s%s\n", b.m.t(zh, en), b.m.t("：", ": "), figure)
}

// against prints a figure beside its baseline, with what the figure is of the baseline.
func (b *bench) against(zh, en string, figure, baseline float64, form string) {
	fmt.Fprintf(b.m.Out, b.m.t("    基准 %s："+form+"，比值 %.2f\n", "    baseline %s: "+form+", ratio %.2f\n"), b.m.t(zh, en), baseline, figure/baseline)
}

// size is the one asked for, or the trial's own.
func (b *bench) size(quick, full int) int {
	switch {
	case b.n > 0:
		return b.n
	case b.full:
		return full
	}
	return quick
}

// newDir gives a fresh temporary folder's path.
func (b *bench) newDir() string {
	b.homes++
	return filepath.Join(b.dir, fmt.Sprintf("%03d", b.homes))
}

// makeDir makes a fresh temporary folder.
func (b *bench) makeDir() (string, error) {
	dir := b.newDir()
	return dir, os.MkdirAll(dir, 0o700)
}

// median is the middle of the figures, which are not kept in order.
func median(xs []float64) float64 { return quantile(xs, 0.5) }

// quantile is the value below which that part of the figures lies, 0 to 1.
func quantile(xs []float64, part float64) float64 {
	s := append([]float64{}, xs...)
	sort.Float64s(s)
	return s[min(len(s)-1, int(part*float64(len(s))))]
}

// perSecond is n in d as a rate.
func perSecond(n int, d time.Duration) float64 { return float64(n) / d.Seconds() }

// ms is a duration in milliseconds.
func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
