package platform

import (
	"context"
	"errors"
	"io"
	"slices"
	"sort"
	"strings"

	"mulu"
	"mulu/platform/intake"
	"mulu/platform/quality"
)

// togetherRows is how many rows go from reading to staging at once.
const togetherRows = 512

// loading is a load under way. Rows are read and checked on one side, and staged and summed on the other.
type loading struct {
	*Platform
	job      Job
	report   *Report
	stage    Stage
	table    intake.Table
	at       []int // column of each item, -1 none
	returned bool  // the table is a list of bad rows that comes back
	plan     *quality.Plan
	checker  *quality.Checker
	digest   *Digest
	most     int // ‰ of bad rows that the terms allow
	lines    lines
	staged   int64
	handed   int64          // rows given over to be staged; what is staged keeps their order
	flaws    int64          // rows that could not be read
	repeats  int64          // rows whose key stood in an earlier one
	removed  map[int64]bool // staged rows that were taken out again
	others   quality.Others
}

// batch is checked rows, one after the other in values, with their lines. raw is the rows as they stood in the table, kept only
// where a row may still turn out to be bad.
type batch struct {
	values []string
	lines  []int64
	raw    [][]string
}

// before tells the checker of the rows that stand already, where new ones come to them and a rule wants values once. In the mode
// upsert it does not: a row would repeat the one that it replaces. Measuring the version afterwards sees what repeats there.
func (l *loading) before(ctx context.Context) error {
	v := l.job.base().Version
	if l.job.Mode != "append" || v.Number == 0 || !l.plan.Unique() {
		return nil
	}
	items := make([]string, len(l.job.Ground.Content.Items))
	for i, item := range l.job.Ground.Content.Items {
		items[i] = item.Field
	}
	return l.Scan(ctx, v, items, func(row Row) error { return l.checker.Stays(0, row) })
}

// rows reads the table to its end, or until enough is known to reject it.
func (l *loading) rows(ctx context.Context) error {
	if err := l.before(ctx); err != nil {
		return err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	full, free := make(chan *batch, 4), make(chan *batch, 6)
	for range cap(free) {
		free <- &batch{values: make([]string, 0, togetherRows*len(l.at)), lines: make([]int64, 0, togetherRows)}
	}
	read := make(chan error, 1)
	go func() {
		defer close(full)
		read <- l.read(ctx, full, free)
	}()
	var staging error
	for b := range full {
		if staging == nil {
			if staging = l.add(ctx, b); staging != nil {
				cancel(staging)
			}
		}
		free <- b
	}
	return errors.Join(staging, <-read)
}

// add stages the rows of a batch.
func (l *loading) add(ctx context.Context, b *batch) error {
	width := len(l.at)
	for i, line := range b.lines {
		row := Row(b.values[i*width : (i+1)*width])
		if err := l.stage.Add(ctx, row); err != nil {
			return err
		}
		l.staged++
		l.lines.add(l.staged, line)
	}
	return nil
}

// read takes rows from the table, checks them and hands on those that are right.
func (l *loading) read(ctx context.Context, full chan<- *batch, free <-chan *batch) error {
	b := <-free
	hand := func() error {
		if l.job.Progress != nil {
			l.job.Progress(l.report.Rows)
		}
		if err := l.settle(ctx, b); err != nil {
			return err
		}
		if len(b.lines) == 0 {
			return ctx.Err()
		}
		select {
		case full <- b:
		case <-ctx.Done():
			return ctx.Err()
		}
		select {
		case b = <-free:
		case <-ctx.Done():
			return ctx.Err()
		}
		b.values, b.lines, b.raw = b.values[:0], b.lines[:0], b.raw[:0]
		return nil
	}
	for !l.hopeless() {
		record, err := l.table.Next()
		var flaw *intake.Flaw
		switch {
		case errors.Is(err, io.EOF):
			return hand()
		case errors.As(err, &flaw):
			l.report.Rows++
			l.flaws++
			l.report.flaw(flaw)
			continue
		case err != nil:
			return err
		}
		l.report.Rows++
		if l.take(b, record); len(b.lines) == togetherRows {
			if err := hand(); err != nil {
				return err
			}
		}
	}
	l.report.Early = true
	return hand()
}

// take checks one record and puts it into the batch, if it is right.
func (l *loading) take(b *batch, record intake.Row) {
	from := len(b.values)
	for _, column := range l.at {
		v := ""
		if column >= 0 {
			v = record.Values[column]
		}
		if l.returned {
			v = unescaped(v)
		}
		b.values = append(b.values, v)
	}
	problems := l.checker.Row(b.values[from:])
	if len(problems) > 0 {
		l.wrong(record, problems)
	}
	if l.checker.Out() {
		b.values = b.values[:from]
		return
	}
	b.lines = append(b.lines, record.Line)
	if l.plan.References() {
		b.raw = append(b.raw, append([]string(nil), record.Values...))
	}
}

// settle takes out of a batch what refers to rows that other entries do not have, and sums the rest.
func (l *loading) settle(ctx context.Context, b *batch) error {
	width := len(l.at)
	row := func(i int) []string { return b.values[i*width : (i+1)*width] }
	if l.plan.References() && len(b.lines) > 0 {
		wrong := make([][]quality.Problem, len(b.lines))
		if err := l.checker.References(ctx, l.others, len(b.lines), row, func(i int, p quality.Problem) { wrong[i] = append(wrong[i], p) }); err != nil {
			return err
		}
		kept := 0
		for i, problems := range wrong {
			if len(problems) > 0 {
				l.wrong(intake.Row{Line: b.lines[i], Values: b.raw[i]}, problems)
			}
			if slices.ContainsFunc(problems, func(p quality.Problem) bool { return !p.Note }) {
				continue
			}
			copy(b.values[kept*width:], row(i))
			b.lines[kept] = b.lines[i]
			kept++
		}
		b.values, b.lines = b.values[:kept*width], b.lines[:kept]
	}
	for i := range b.lines {
		l.handed++
		l.digest.Add(row(i)) // on this side, because staging takes longer than reading
		if err := l.checker.Stays(l.handed, row(i)); err != nil {
			return err
		}
	}
	return nil
}

// wrong notes the problems of a record, with its values as they stood in the table.
func (l *loading) wrong(record intake.Row, problems []quality.Problem) {
	list := make([]Bad, 0, len(problems))
	for _, p := range problems {
		x := problem{row: record.Line, why: p.Reason, note: p.Note}
		if p.Item >= 0 {
			x.item = l.job.Ground.Content.Items[p.Item]
			if column := l.at[p.Item]; column >= 0 {
				x.value = record.Values[column]
			}
		}
		list = append(list, x.bad())
	}
	l.report.row(record.Line, list, record.Values)
}

// hopeless says that reading on would show nothing new: no row may be left out, and the list of bad rows is full.
func (l *loading) hopeless() bool { return l.most == 0 && l.report.BadRows >= badFiled }

// unescaped takes away the apostrophe with which the list of bad rows kept a value from being a formula.
func unescaped(v string) string {
	if len(v) > 1 && v[0] == '\'' && strings.IndexByte(formulas, v[1]) >= 0 {
		return v[1:]
	}
	return v
}

// finish looks at the rows as a whole: repeated keys and values, the digest of the version, and how all stood.
func (l *loading) finish(ctx context.Context) error {
	whole, err := l.once(ctx)
	if err != nil {
		return err
	}
	r := l.report
	if r.Kept = l.staged - int64(len(l.removed)); whole {
		if err := l.sum(ctx); err != nil {
			return err
		}
	}
	counts := quality.Counts{Unread: l.flaws, Duplicates: l.repeats, LeftOut: r.BadRows, Kept: r.Kept}
	if l.job.Mode == "replace" {
		counts.Before = l.job.Ground.Dataset.Rows
	}
	r.Result = l.checker.Result(counts)
	r.Quality = r.Result.Quality
	return nil
}

// once takes out rows that repeat the key of an earlier one, or values that a rule wants once. whole is false when so many do that
// the load is rejected anyway.
func (l *loading) once(ctx context.Context) (whole bool, err error) {
	l.removed = map[int64]bool{}
	for {
		found, err := l.stage.Duplicates(ctx, badFiled)
		if err != nil {
			return false, err
		}
		if len(found) == 0 {
			break
		}
		var rows []int64
		for _, d := range found {
			l.repeats++
			rows = l.repeat(rows, d.Row, d.First, quality.Problem{Item: l.key(), Reason: quality.Repeated})
		}
		if l.tooMany() {
			l.report.Early = l.report.Early || len(found) == badFiled
			return false, nil
		}
		if err := l.stage.Remove(ctx, rows); err != nil {
			return false, err
		}
	}
	var rows []int64
	if err := l.checker.Repeated(ctx, func(n, first int64, p quality.Problem) error {
		rows = l.repeat(rows, n, first, p)
		return nil
	}); err != nil || len(rows) == 0 {
		return err == nil, err
	}
	if l.tooMany() {
		return false, nil
	}
	if err := l.stage.Remove(ctx, rows); err != nil {
		return false, err
	}
	_, err = l.stage.Duplicates(ctx, 1)
	return err == nil, err
}

func (l *loading) tooMany() bool { return l.report.BadRows*1000 > l.report.Rows*int64(l.most) }

// repeat notes a staged row that repeats an earlier one, and adds it to those that are to be taken out; a row that is out already has
// been told of. The row as it stood in the table is no longer at hand.
func (l *loading) repeat(out []int64, n, first int64, p quality.Problem) []int64 {
	if l.removed[n] {
		return out
	}
	x := problem{row: l.lines.of(n), why: p.Reason, note: p.Note}
	if first > 0 {
		x.first = l.lines.of(first)
	}
	if p.Item >= 0 {
		x.item = l.job.Ground.Content.Items[p.Item]
	}
	l.report.row(x.row, []Bad{x.bad()}, nil)
	if p.Note {
		return out
	}
	l.removed[n] = true
	return append(out, n)
}

// key is the place of the first key item, -1 without one.
func (l *loading) key() int {
	return slices.IndexFunc(l.job.Ground.Content.Items, func(i mulu.Item) bool { return i.IsKey })
}

// sum gives the digest and the count of the rows as they would be published. Rows that were added one after the other and all
// stayed were summed on the way.
func (l *loading) sum(ctx context.Context) error {
	if len(l.removed) > 0 || l.job.Mode != "replace" {
		l.digest = NewDigest(l.hash())
		l.report.Kept = 0
		if err := l.stage.Scan(ctx, func(row Row) error {
			l.digest.Add(row)
			l.report.Kept++
			return nil
		}); err != nil {
			return err
		}
	}
	l.report.Digest = l.digest.Hex()
	return nil
}

// lines tells the line of each staged row. Lines follow one another but where a row was left out, so only the breaks are kept.
type lines struct {
	breaks []lineBreak
}

// lineBreak says that from row n on the line is row number plus ahead.
type lineBreak struct{ n, ahead int64 }

func (l *lines) add(n, line int64) {
	if k := len(l.breaks); k == 0 || l.breaks[k-1].ahead != line-n {
		l.breaks = append(l.breaks, lineBreak{n, line - n})
	}
}

func (l *lines) of(n int64) int64 {
	i := sort.Search(len(l.breaks), func(i int) bool { return l.breaks[i].n > n })
	if i == 0 {
		return n
	}
	return n + l.breaks[i-1].ahead
}
