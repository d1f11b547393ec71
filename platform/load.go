package platform

import (
	"context"
	"fmt"
	"hash"
	"slices"
	"time"

	"mulu"
	"mulu/platform/intake"
	"mulu/platform/quality"
	"mulu/vault"
)

// Platform loads data into an engine.
type Platform struct {
	Engine
	Aside string       // folder for what a load cannot hold in memory; "" is the system's
	vault *vault.Vault // keeps the lists of bad rows, which hold personal data as the file did
	hash  func() hash.Hash
}

// New puts a platform on an engine. hash is SM3.
func New(engine Engine, v *vault.Vault, hash func() hash.Hash) *Platform {
	return &Platform{Engine: engine, vault: v, hash: hash}
}

// Job is a table to be loaded as the next version of an entry.
type Job struct {
	Entry    string
	Ground   Ground
	Mode     string            // see mulu.LoadModes; "" is replace
	Columns  map[string]string // field of an item → column of the table, "" for none; items that are not in it are found by field or name
	Today    time.Time         // by the law's clock
	Progress func(rows int64)  // told now and then how many rows were read; may be nil
	Idle     bool              // a table without rows, or with none but what serves already, makes no version
}

// number is the version that the job makes, base what it begins from.
func (j *Job) number() int { return j.Ground.Dataset.Version + 1 }

func (j *Job) base() Base {
	b := Base{Mode: j.Mode}
	if d := j.Ground.Dataset; d.OnPlatform() {
		b.Version = Version{d.Entry, d.Version, d.Digest}
	}
	return b
}

// mode is how the version is made: where the platform holds nothing there is nothing to begin from.
func (j *Job) mode() string {
	if j.Mode == "" || !j.Ground.Dataset.OnPlatform() {
		return "replace"
	}
	return j.Mode
}

// terms are what the entry's owner set, or the bounds that hold where nothing was set: no row may be left out, and a version with
// less than half the rows of the one before is taken for a broken file.
func (j *Job) terms() mulu.LoadTerms {
	if j.Ground.Terms != nil {
		return *j.Ground.Terms
	}
	return mulu.LoadTerms{Shrink: 50}
}

// Load reads a table, checks every row, and publishes what is right as the next version of the entry: whole or not at all. The
// report says what was wrong and, when that was more than the entry's terms allow, why nothing was published; the version before
// serves on then. An error means that the load could not be carried out; a *intake.Fault that the table cannot be read to
// its end. Announcing the version (act.PublishDataset) is the caller's part, and only that makes it serve.
func (p *Platform) Load(ctx context.Context, j Job, t intake.Table) (Report, error) {
	j.Mode = j.mode()
	r := Report{Entry: j.Entry, Version: j.number(), Mode: j.Mode}
	terms := j.terms()
	plan, err := quality.NewPlan(j.Ground.Content, terms.Rules, j.Ground.Standards)
	if err != nil {
		return r, fmt.Errorf("load %s: %w", j.Entry, err)
	}
	plan.Weights, plan.Spill = j.Ground.Weights, p.Aside
	at, ok := place(&r, j.Ground.Content.Items, t.Columns(), j.Columns)
	if !ok {
		r.Why = NoColumns
		return r, p.file(ctx, &r)
	}
	t.Only(wanted(at, len(r.columns)))
	s, err := p.Stage(ctx, j.Entry, j.Ground.Content.Items, j.base())
	if err != nil {
		return r, err
	}
	defer s.Discard()
	l := &loading{Platform: p, job: j, report: &r, stage: s, table: t, at: at, returned: slices.ContainsFunc(t.Columns(), marginal),
		plan: plan, checker: plan.Checker(j.Today), digest: NewDigest(p.hash()), most: terms.MaxBad, others: j.Ground.Others}
	defer l.checker.Close()
	if err := l.rows(ctx); err != nil {
		return r, fmt.Errorf("load %s: %w", j.Entry, err)
	}
	if err := l.finish(ctx); err != nil {
		return r, fmt.Errorf("load %s: %w", j.Entry, err)
	}
	if j.Idle && (r.Rows == 0 || r.BadRows == 0 && r.Digest == j.Ground.Dataset.Digest) {
		return r, nil
	}
	if r.Why = r.rejected(terms, j.Ground.Dataset); r.Why == "" {
		if err := s.Publish(ctx, r.Version, r.Digest); err != nil {
			return r, err
		}
		r.Published = true
	}
	return r, p.file(ctx, &r)
}

// Tidy drops versions that can no longer serve once the committed serving version is known: those below
// serving.Number-keep, and those of its number or below that were never announced. dropped counts them.
// announced tells whether the chain ever announced a version.
func (p *Platform) Tidy(ctx context.Context, serving Version, keep int, announced func(Version) bool) (dropped int, err error) {
	list, err := p.Versions(ctx, serving.Entry)
	if err != nil {
		return 0, err
	}
	for _, v := range list {
		if v == serving || v.Number > serving.Number || v.Number >= serving.Number-keep && announced(v) {
			continue
		}
		if err := p.Drop(ctx, v); err != nil {
			return dropped, err
		}
		dropped++
	}
	return dropped, nil
}

// file puts the list of what was wrong into the vault.
func (p *Platform) file(ctx context.Context, r *Report) error {
	if len(r.filed) == 0 {
		return nil
	}
	sheet, err := r.sheet()
	if err != nil {
		return fmt.Errorf("list the bad rows of %s: %w", r.Entry, err)
	}
	if r.File, err = p.vault.Put(ctx, sheet, true); err != nil {
		return fmt.Errorf("list the bad rows of %s: %w", r.Entry, err)
	}
	return nil
}

// wanted are the columns that stand for items.
func wanted(at []int, columns int) []bool {
	want := make([]bool, columns)
	for _, column := range at {
		if column >= 0 {
			want[column] = true
		}
	}
	return want
}

// place finds the column of each item, -1 for one that the file does not give on purpose. ok is false when one is missing.
func place(r *Report, items []mulu.Item, columns []string, chosen map[string]string) (at []int, ok bool) {
	where := make(map[string]int, len(columns))
	for i, c := range columns {
		where[c] = i
	}
	for field, c := range match(items, columns, nil) {
		if _, given := chosen[field]; !given {
			if chosen == nil {
				chosen = map[string]string{}
			}
			chosen[field] = c
		}
	}
	at, ok = make([]int, len(items)), true
	used := make([]bool, len(columns))
	for i, item := range items {
		at[i] = -1
		c, given := chosen[item.Field]
		k, there := where[c]
		switch {
		case given && c == "" && item.Nullable && !item.IsKey:
		case !there:
			r.bad(problem{row: 1, item: item, why: quality.NoColumn})
			ok = false
		case used[k]:
			r.bad(problem{row: 1, item: item, value: c, why: quality.TwoColumns})
			ok = false
		default:
			at[i], used[k] = k, true
		}
	}
	for i, c := range columns {
		if !used[i] && !marginal(c) {
			r.Ignored = append(r.Ignored, c)
		}
	}
	r.columns = columns
	return at, ok
}
