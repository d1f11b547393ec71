package platform

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"mulu/platform/quality"
)

// measureEvery is how often the data that serves is measured again: rules and elements change, other entries change, and data
// ages without being touched.
const measureEvery = 24 * time.Hour

// keepMeasures is how many measures of an entry are kept.
const keepMeasures = 120

// Measure is how the version that served stood at a moment (Art. 7(1)(2), 16).
type Measure struct {
	Entry   string
	Version int
	At      time.Time
	Result  quality.Result
}

// Measure checks the version of an entry that serves by the rules of today, and keeps the result. A version that is not on this
// platform is ErrNoVersion; one whose rows are not those of the chain's digest is ErrAltered.
func (l *Loads) Measure(ctx context.Context, entry string) (Measure, error) {
	g, err := l.Ground(ctx, entry)
	if err != nil {
		return Measure{}, err
	}
	if !g.Dataset.OnPlatform() {
		return Measure{}, fmt.Errorf("measure %s: %w", entry, ErrNoVersion)
	}
	if err := Verify(ctx, l.Platform, Version{entry, g.Dataset.Version, g.Dataset.Digest}, l.Platform.hash()); err != nil {
		return Measure{}, fmt.Errorf("measure %s: %w", entry, err)
	}
	j := Job{Entry: entry, Ground: g, Today: l.Today()}
	r, err := l.Platform.measure(ctx, j)
	if err != nil {
		return Measure{}, fmt.Errorf("measure %s: %w", entry, err)
	}
	m := Measure{Entry: entry, Version: g.Dataset.Version, At: l.Now(), Result: r}
	b, err := json.Marshal(r)
	if err != nil {
		return m, err
	}
	tx, err := l.db.BeginTx(ctx, nil)
	if err != nil {
		return m, fmt.Errorf("keep a measure of %s: %w", entry, err)
	}
	defer tx.Rollback()
	if _, err = tx.ExecContext(ctx, "INSERT INTO measure (entry, version, at, result) VALUES (?,?,?,?)", entry, m.Version, m.At.UnixNano(), b); err == nil {
		_, err = tx.ExecContext(ctx, "DELETE FROM measure WHERE entry = ? AND n <= (SELECT n FROM measure WHERE entry = ? ORDER BY n DESC LIMIT 1 OFFSET ?)", entry, entry, keepMeasures)
	}
	if err = errors.Join(err, tx.Commit()); err != nil {
		return m, fmt.Errorf("keep a measure of %s: %w", entry, err)
	}
	return m, nil
}

// measure checks the rows of the serving version. Nothing is left out of it any more, so what is bad only counts.
func (p *Platform) measure(ctx context.Context, j Job) (quality.Result, error) {
	terms := j.terms()
	items := j.Ground.Content.Items
	plan, err := quality.NewPlan(j.Ground.Content, terms.Rules, j.Ground.Standards)
	if err != nil {
		return quality.Result{}, err
	}
	plan.Weights, plan.Spill = j.Ground.Weights, p.Aside
	d := j.Ground.Dataset
	updated, err := time.Parse(time.RFC3339, d.Loaded)
	if err != nil {
		return quality.Result{}, fmt.Errorf("when it was loaded: %w", err)
	}
	fields := make([]string, len(items))
	for i, item := range items {
		fields[i] = item.Field
	}
	return plan.Measure(ctx, quality.Counts{Updated: updated}, j.Ground.Others, j.Today, func(yield func([]string) error) error {
		return p.Scan(ctx, Version{d.Entry, d.Version, d.Digest}, fields, func(row Row) error { return yield(row) })
	})
}

// Measures gives the measures of an entry, the newest first.
func (l *Loads) Measures(ctx context.Context, entry string, most int) ([]Measure, error) {
	rows, err := l.db.QueryContext(ctx, "SELECT entry, version, at, result FROM measure WHERE entry = ? ORDER BY n DESC LIMIT ?", entry, most)
	if err != nil {
		return nil, fmt.Errorf("look for measures of %s: %w", entry, err)
	}
	defer rows.Close()
	var all []Measure
	for rows.Next() {
		var (
			m      Measure
			at     int64
			result []byte
		)
		if err := rows.Scan(&m.Entry, &m.Version, &at, &result); err != nil {
			return nil, fmt.Errorf("look for measures of %s: %w", entry, err)
		}
		if err := json.Unmarshal(result, &m.Result); err != nil {
			return nil, fmt.Errorf("read a measure of %s: %w", entry, err)
		}
		m.At = moment(at)
		all = append(all, m)
	}
	return all, rows.Err()
}

// measureDue measures the serving data that was not measured for measureEvery, entry by entry, until ctx ends or a load waits.
func (l *Loads) measureDue(ctx context.Context) error {
	if l.Serving == nil {
		return nil
	}
	entries, err := l.Serving(ctx)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		if len(l.wake) > 0 || ctx.Err() != nil {
			return nil
		}
		last, err := l.Measures(ctx, entry, 1)
		if err != nil {
			return err
		}
		if len(last) > 0 && l.Now().Sub(last[0].At) < measureEvery {
			continue
		}
		// One entry that cannot be measured keeps no other from it: its version may be on another node, or its files altered.
		switch _, err := l.Measure(ctx, entry); {
		case err == nil || ctx.Err() != nil:
		case errors.Is(err, ErrAltered):
			l.Log.Error("data that serves is not what the chain's digest says", "entry", entry, "err", err)
		default:
			l.Log.Warn("data that serves could not be measured", "entry", entry, "err", err)
		}
	}
	return nil
}
