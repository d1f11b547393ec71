package desk

import (
	"context"
	"errors"

	"mulu"
	"mulu/platform"
	"mulu/platform/quality"
)

// RuleResult is what rules find in the rows of an entry.
type RuleResult = quality.Result

// ErrNoData says that the platform here holds no rows of an entry.
var ErrNoData = platform.ErrNoVersion

// RuleWords says each rule of an entry's owner in words, in their order, in both languages. A rule that makes no sense for the
// entry's items is a *mulu.Refusal.
func (d *Desk) RuleWords(ctx context.Context, entry string, rules []mulu.DataRule) (words [][2]string, err error) {
	g, err := d.Loads.Ground(ctx, entry)
	if err != nil {
		return nil, err
	}
	plan, err := quality.NewPlan(g.Content, rules, g.Standards)
	if err != nil {
		return nil, err
	}
	words = make([][2]string, len(rules))
	for _, c := range plan.Checks() {
		if c.Rule >= 0 {
			words[c.Rule] = [2]string{c.Zh, c.En}
		}
	}
	return words, nil
}

// TryRules tells what rules would find in the rows that serve, before they are set; for the entry's provider.
func (d *Desk) TryRules(ctx context.Context, by By, entry string, rules []mulu.DataRule) (RuleResult, error) {
	if no := by.May("load_terms.set"); no != nil {
		return RuleResult{}, no
	}
	g, err := d.Loads.Ground(ctx, entry)
	if err != nil {
		return RuleResult{}, err
	}
	if g.Org != by.Org {
		return RuleResult{}, errors.New("only the provider tries rules on its rows")
	}
	return d.Loads.TryRules(ctx, entry, rules)
}
