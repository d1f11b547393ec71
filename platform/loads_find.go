package platform

import (
	"context"
	"fmt"

	"mulu"
	"mulu/platform/quality"
)

// Before counts the loads that are read before one that waits; 0 for one that does not.
func (l *Loads) Before(ctx context.Context, load Load) (n int, err error) {
	if load.State != Waiting {
		return 0, nil
	}
	err = l.db.QueryRowContext(ctx, "SELECT count(*) FROM load WHERE state IN (?,?,?) AND n < ?", Waiting, Reading, Publishing, load.N).Scan(&n)
	return n, err
}

// Named gives the last load that an institution began for an entry under a name, ErrNoLoad where there is none.
func (l *Loads) Named(ctx context.Context, org, entry, source, name string) (Load, error) {
	list, err := l.list(ctx, "org = ? AND entry = ? AND source = ? AND name = ? ORDER BY n DESC LIMIT 1", org, entry, source, name)
	if err != nil {
		return Load{}, err
	}
	if len(list) == 0 {
		return Load{}, ErrNoLoad
	}
	return list[0], nil
}

// Published gives the load that made a version of an entry's data, ErrNoLoad where it was not loaded here.
func (l *Loads) Published(ctx context.Context, entry string, version int, digest string) (Load, error) {
	list, err := l.list(ctx, "entry = ? AND state = ? AND version = ? AND digest = ? ORDER BY n DESC LIMIT 1", entry, Published, version, digest)
	if err != nil {
		return Load{}, err
	}
	if len(list) == 0 {
		return Load{}, ErrNoLoad
	}
	return list[0], nil
}

// TryRules checks the serving version of an entry by rules that nobody has set yet, and keeps nothing. A version that is not on this
// platform is ErrNoVersion, a rule that makes no sense a *mulu.Refusal.
func (l *Loads) TryRules(ctx context.Context, entry string, rules []mulu.DataRule) (quality.Result, error) {
	g, err := l.Ground(ctx, entry)
	if err != nil {
		return quality.Result{}, err
	}
	if !g.Dataset.OnPlatform() {
		return quality.Result{}, fmt.Errorf("try rules on %s: %w", entry, ErrNoVersion)
	}
	j := Job{Entry: entry, Ground: g, Today: l.Today()}
	terms := j.terms()
	terms.Rules = rules
	j.Ground.Terms = &terms
	r, err := l.Platform.measure(ctx, j)
	if err != nil {
		return r, fmt.Errorf("try rules on %s: %w", entry, err)
	}
	return r, nil
}
