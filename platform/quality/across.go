package quality

import (
	"context"
	"fmt"
)

// Others looks values up in the data of other entries, for reference rules.
type Others interface {
	// Known says of each value whether it stands in the item of the entry's serving version, in their order. An entry
	// without data knows none.
	Known(ctx context.Context, entry, item string, values []string) ([]bool, error)
}

// References tests a batch of n rows, which Row has seen and not left out, against the reference rules: row gives the
// values of the i-th, found takes what is wrong with it. Each rule asks once for the batch; some thousand rows are a good
// size. A row found to dangle by a rule that is no note is to be left out, and not told to Stays.
func (c *Checker) References(ctx context.Context, others Others, n int, row func(i int) []string, found func(i int, p Problem)) error {
	out := make([]bool, n)
	for k := range c.plan.refer {
		r := &c.plan.refer[k]
		for _, item := range r.items {
			if err := c.refer(ctx, others, r, item, n, row, func(i int) {
				c.count(r.check, Dangling)
				if !r.note && !out[i] {
					out[i] = true
					c.left++
				}
				found(i, Problem{item, Dangling, r.index, r.note})
			}); err != nil {
				return err
			}
		}
	}
	return nil
}

func (c *Checker) refer(ctx context.Context, others Others, r *rule, item, n int, row func(i int) []string, dangles func(i int)) error {
	at := make(map[string]int)
	var values []string
	for i := range n {
		v := row(i)
		if v[item] == "" || !c.binds(r, v) {
			continue
		}
		c.checked[r.check]++
		if _, asked := at[v[item]]; !asked {
			at[v[item]] = len(values)
			values = append(values, v[item])
		}
	}
	if len(values) == 0 {
		return nil
	}
	known, err := others.Known(ctx, r.Entry, r.Item, values)
	if err != nil {
		return fmt.Errorf("look up %s of entry %s: %w", r.Item, r.Entry, err)
	}
	if len(known) != len(values) {
		return fmt.Errorf("look up %s of entry %s: %d answers for %d values", r.Item, r.Entry, len(known), len(values))
	}
	for i := range n {
		if v := row(i); v[item] != "" && c.binds(r, v) && !known[at[v[item]]] {
			dangles(i)
		}
	}
	return nil
}

// Stays says that a row is part of the version, under a number of the caller's: rules that nothing be repeated look among
// these rows. A row of the version before is told with the number 0, before the others. Without such rules
// it does nothing.
func (c *Checker) Stays(number int64, values []string) error {
	for k := range c.plan.unique {
		r := &c.plan.unique[k]
		if !c.binds(r, values) {
			continue
		}
		p := print{high: mixA, low: mixB, row: number}
		whole := true
		for _, i := range r.items {
			whole = whole && values[i] != ""
			p.high, p.low = digest(values[i], p.high), digest(values[i], p.low)
		}
		if !whole {
			continue // a combination with a gap repeats nothing
		}
		c.checked[r.check]++
		if err := c.repeats[k].add(p); err != nil {
			return err
		}
	}
	return nil
}

// Repeated gives, after the last Stays, each row that has values of an earlier one where a rule wants them once: number
// and first as they were told to Stays. One row may come for several rules. It can be asked once.
func (c *Checker) Repeated(ctx context.Context, yield func(number, first int64, p Problem) error) error {
	if c.repeated {
		return fmt.Errorf("the repeated rows were asked for before")
	}
	c.repeated = true
	for k := range c.plan.unique {
		r := &c.plan.unique[k]
		item := -1
		if len(r.items) == 1 {
			item = r.items[0]
		}
		err := c.repeats[k].each(ctx, func(row, first int64) error {
			if row == 0 {
				return nil // rows of the version before are not this load's to mend
			}
			c.count(r.check, NotUnique)
			return yield(row, first, Problem{item, NotUnique, r.index, r.note})
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// Close removes what the pass wrote to disk.
func (c *Checker) Close() error {
	for k := range c.repeats {
		if err := c.repeats[k].close(); err != nil {
			return fmt.Errorf("remove the values seen: %w", err)
		}
	}
	return nil
}
