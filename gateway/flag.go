package gateway

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/cockroachdb/pebble"

	"mulu"
	"mulu/act"
)

// FlagRule (异常使用规则) tells when a day's use of a grant is unusual: it counted more than Times its own usual, and more than
// Floor in any case. Usual is the mean of the days with calls among the FlagDays before; until there are FlagUsed of them
// there is no usual, and only the floor holds. For rows the floor then is half of the granted daily volume, if that is more.
type FlagRule struct {
	Rule   string // as in mulu.FlagRules
	Zh, En string // what is counted, for people
	Times  int64
	Floor  int64
	count  func(*tally) int64
}

// The days that a usual rests on.
const (
	FlagDays = 28
	FlagUsed = 5
)

// FlagRules gives the rules, the district's preset. They look at counts only; no person can be told from them.
func FlagRules() []FlagRule {
	return []FlagRule{
		{byVolume, "当日提供的条数", "rows given in a day", 5, 1000, func(t *tally) int64 { return t.Rows }},
		{"rate", "当日调用次数", "calls in a day", 5, 1000, func(t *tally) int64 { return t.Calls }},
		{"hours", "当日在夜间（21时至次日7时）和休息日的调用次数", "calls in a day at night (21 to 7) or on a day of rest", 3, 50, func(t *tally) int64 { return t.Off }},
		{"spread", "当日按主键或者个人信息查询的不同对象数（约数）", "different persons or things asked for in a day by key or personal items (about)", 5, 300,
			func(t *tally) int64 { return t.Keys.count() }},
		{"refused", "当日被拒绝的调用次数", "calls refused in a day", 3, 50, func(t *tally) int64 { return t.Refused }},
	}
}

// Text says the rule in lang ("zh" or "en").
func (f FlagRule) Text(lang string) string {
	if lang == "en" {
		s := fmt.Sprintf("%s: above %d times the mean of the days with calls among the %d before, and above %d; with fewer than %d such days only above %d",
			f.En, f.Times, FlagDays, f.Floor, FlagUsed, f.Floor)
		if f.Rule == byVolume {
			s += ", and above half of the granted daily volume"
		}
		return s + "."
	}
	s := fmt.Sprintf("%s超过此前%d日中有调用各日平均数的%d倍，且超过%d；有调用的日子不足%d日的，超过%d", f.Zh, FlagDays, f.Times, f.Floor, FlagUsed, f.Floor)
	if f.Rule == byVolume {
		s += "且超过授权每日条数的一半"
	}
	return s + "。"
}

const byVolume = "volume"

// flagged is what was said of a rule on a grant's day: the act as submitted, and when done its outcome. It is kept before
// the act is submitted, so that after a crash the same bytes are said again and it is one record.
type flagged struct {
	Act  string `json:"act,omitempty"`  // both lines, until its outcome is known
	N    uint64 `json:"n,omitempty"`    // record
	Code string `json:"code,omitempty"` // why it was refused; another node may have said it before
}

// Flag looks at the days that were counted on since it looked last, and says what was unusual: once for each grant, rule
// and day. What could not be said is looked at again.
func (g *Gateway) Flag(ctx context.Context) error {
	if err := g.ready(); err != nil {
		return err
	}
	days := slices.Sorted(slices.Values(g.receipts.ledger.news()))
	for i, key := range days {
		if err := g.flagDay(ctx, key); err != nil {
			g.receipts.ledger.again(days[i:])
			return err
		}
	}
	return nil
}

func (g *Gateway) flagDay(ctx context.Context, key string) error {
	day, grant := dayParts(key)
	gr, err := noun[mulu.Grant](g.view, mulu.KindGrant, grant)
	if err != nil || gr == nil || gr.Delivered == "" {
		return err
	}
	today, err := g.receipts.ledger.day([]byte(key))
	if err != nil {
		return err
	}
	before, err := g.before(day, grant)
	if err != nil {
		return err
	}
	for _, rule := range FlagRules() {
		counted, above := rule.count(today), rule.above(before, gr)
		if counted <= above {
			continue
		}
		if err := g.flag(ctx, gr.ID, rule.Rule, day, counted, above); err != nil {
			return fmt.Errorf("flag %s of grant %s: %w", rule.Rule, grant, err)
		}
	}
	return nil
}

// before gives the days with calls among those before a day.
func (g *Gateway) before(day, grant string) (used []*tally, err error) {
	at, err := time.ParseInLocation("20060102", day, mulu.Shanghai())
	if err != nil {
		return nil, fmt.Errorf("read the ledger: %w", err)
	}
	for back := 1; back <= FlagDays; back++ {
		t, err := g.receipts.ledger.day(dayKey(dayOf(at.AddDate(0, 0, -back)), grant))
		if err != nil {
			return nil, err
		}
		if t.Calls > 0 {
			used = append(used, t)
		}
	}
	return used, nil
}

// above gives the count beyond which a day is unusual, after the days used before it.
func (f FlagRule) above(used []*tally, g *mulu.Grant) int64 {
	if len(used) < FlagUsed {
		if f.Rule == byVolume {
			return max(f.Floor, int64(g.Volume)/2)
		}
		return f.Floor
	}
	sum := int64(0)
	for _, t := range used {
		sum += f.count(t)
	}
	return max(f.Floor, f.Times*sum/int64(len(used)))
}

// flag says one thing once.
func (g *Gateway) flag(ctx context.Context, grant, rule, day string, counted, above int64) error {
	key := []byte("f" + grant + "\x00" + rule + "\x00" + day)
	was, err := g.receipts.flagged(key)
	if err != nil || was.N > 0 || was.Code != "" {
		return err
	}
	if was.Act == "" {
		s, err := act.Sign(&act.FlagUse{Grant: grant, Rule: rule, Day: day[:4] + "-" + day[4:6] + "-" + day[6:], Counted: counted, Usual: above},
			act.By{Chain: g.cfg.Chain.ID(), Node: g.cfg.Node}, g.cfg.Key, g.cfg.Rand)
		if err != nil {
			return err
		}
		was.Act = string(s.Bytes)
		if err := g.receipts.keepFlag(key, was); err != nil {
			return err
		}
	}
	s, err := act.Parse([]byte(was.Act))
	if err != nil {
		return fmt.Errorf("the act that was kept: %w", err)
	}
	o, err := g.cfg.Chain.Submit(ctx, s)
	var no *mulu.Refusal
	if errors.As(err, &no) { // refused at the door: a node that is not admitted yet, or has another key now; said anew later
		return errors.Join(err, g.receipts.db.Delete(key, pebble.Sync))
	}
	if err != nil {
		return err
	}
	was = flagged{N: o.N}
	if o.Refused != nil {
		was = flagged{Code: o.Refused.Code}
		g.cfg.Log.Info("unusual use was not taken", "grant", grant, "rule", rule, "day", day, "code", o.Refused.Code)
	}
	return g.receipts.keepFlag(key, was)
}

func (r *receipts) flagged(key []byte) (f flagged, err error) {
	b, err := r.get(key)
	if errors.Is(err, pebble.ErrNotFound) {
		return f, nil
	}
	if err == nil {
		err = json.Unmarshal(b, &f)
	}
	return f, err
}

func (r *receipts) keepFlag(key []byte, f flagged) error {
	b, err := act.Encode(f)
	if err != nil {
		return err
	}
	return r.db.Set(key, b, pebble.Sync)
}
