package script

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"mulu"
	"mulu/act"
	"mulu/sm"
)

// Stage is where a script plays: bare law, one node, several nodes.
type Stage interface {
	// Say has an act said and executed; exactly one of facts and refused comes back.
	Say(by By, a act.Act) (facts []mulu.Fact, refused *mulu.Refusal, err error)
	// Advance moves the law's clock to a moment and executes what is due by then, the earliest first.
	Advance(to time.Time) ([]Happening, error)
	// Get gives a noun as it stands; Find gives the ids under an index.
	Get(kind mulu.Kind, id string) ([]byte, bool)
	Find(kind mulu.Kind, index string) []string
}

// By is who says an act, and with which key it is signed.
type By struct {
	Org, Node string
	Signer    sm.Signer
}

// Happening is what a rule did by itself: the alarm it answered, and the law's time at which it did.
type Happening struct {
	Time  time.Time
	On    string
	Facts []mulu.Fact
}

// Played is one step with what came out of it, as expectation lines.
type Played struct {
	Step Step
	Got  []string
}

// Differs tells whether something else came out than the script expects.
func (p Played) Differs() bool { return strings.Join(p.Step.Expect, "\n") != strings.Join(p.Got, "\n") }

type play struct {
	stage  Stage
	lang   string
	ids    map[string]map[mulu.Kind]string // 记作 name → ids
	shorts map[string]string               // institution id → name it was registered under; its keys are made from it
	orgs   map[string]string               // that name → id, also once the institution is renamed or closed
	keys   map[string]int                  // name → keys beyond the first
	codes  int

	trusting bool // the stage holds the keys and signs
	plain    bool // nothing is filled in: the chain is a real one
}

func newPlay(stage Stage) *play {
	return &play{stage: stage, lang: "zh", ids: map[string]map[mulu.Kind]string{}, shorts: map[string]string{"001": Bureau},
		orgs: map[string]string{Bureau: "001"}, keys: map[string]int{}}
}

// Bureau is the competent bureau of scripts and sandboxes.
const Bureau = "区数据局"

// Genesis is how a script's chain begins.
func (s *Script) Genesis(chain string, nodes []mulu.Node, calendars []mulu.Calendar) mulu.Genesis {
	return mulu.Genesis{Chain: chain, Sandbox: true, Clock: s.Begin.Format(time.RFC3339), Edition: s.Edition,
		Bureau: mulu.Bureau{Name: "北京市西城区数据局", Short: Bureau, CreditCode: mulu.CreditCode("1111010299999999"), Key: Key(Bureau, 1).Public().String()},
		Nodes:  nodes, Calendars: calendars}
}

// Play runs a script on a stage, step by step; after each step done is called, so that somebody may watch or break things.
// An error is a script that is not understood or a stage that does not answer; a difference is no error.
func Play(s *Script, stage Stage, done func(Played) error) error {
	p := newPlay(stage)
	for _, step := range s.Steps {
		got, err := p.step(step)
		if err != nil {
			return err
		}
		if err := done(Played{step, got}); err != nil {
			return err
		}
	}
	return nil
}

func (p *play) step(s Step) ([]string, error) {
	if s.Word == "" {
		happened, err := p.stage.Advance(s.Time)
		if err != nil {
			return nil, fmt.Errorf("第 %d 行: %w", s.Line, err)
		}
		var got []string
		for _, h := range happened {
			for _, f := range h.Facts {
				got = append(got, "→ "+h.Time.Format("2006-01-02 15:04 ")+p.tell(f))
			}
		}
		return got, nil
	}
	a, err := p.build(s)
	if err != nil {
		return nil, err
	}
	by, err := p.by(s)
	if err != nil {
		return nil, err
	}
	facts, refused, err := p.stage.Say(by, a)
	if err != nil {
		return nil, fmt.Errorf("第 %d 行 %s %s: %w", s.Line, s.Speaker, s.Word, err)
	}
	if refused != nil {
		return []string{"✗ " + refused.Error()}, nil
	}
	p.remember(s, a, by, facts)
	var got []string
	for _, f := range facts {
		got = append(got, "→ "+p.tell(f))
	}
	return got, nil
}

// by finds the speaker: an institution by its short name, or 节点:<id>. 签名= signs with the key of another name.
func (p *play) by(s Step) (By, error) {
	node, isNode := strings.CutPrefix(s.Speaker, "节点:")
	id := p.resolve(mulu.KindOrg, s.Speaker, "")
	if !isNode && id == s.Speaker {
		return By{}, &SyntaxError{s.Line, "机构“" + s.Speaker + "”尚未登记", "the institution " + s.Speaker + " is not registered"}
	}
	if p.trusting && isNode {
		return By{Node: node}, nil
	}
	if p.trusting {
		return By{Org: id}, nil
	}
	signs := p.shorts[id]
	if isNode {
		signs = s.Speaker
	}
	if other := hint(s, "签名", "signed"); other != "" {
		signs = other
	}
	signer := Key(signs, 1+p.keys[signs])
	if isNode {
		return By{Node: node, Signer: signer}, nil
	}
	return By{Org: id, Signer: signer}, nil
}

// remember keeps what a step made under the name that 记作 gives it, and which keys are in use.
func (p *play) remember(s Step, a act.Act, by By, facts []mulu.Fact) {
	if name := hint(s, "记作", "as"); name != "" {
		ids := map[mulu.Kind]string{}
		for _, f := range facts {
			ids[f.Noun] = f.ID
		}
		p.ids[name] = ids
	}
	switch a := a.(type) {
	case *act.RegisterOrg:
		for _, f := range facts {
			if f.Noun == mulu.KindOrg {
				p.shorts[f.ID], p.orgs[a.Short] = a.Short, f.ID
			}
		}
	case *act.RotateKey:
		p.keys[p.shorts[by.Org]]++
	case *act.ReplaceKey:
		p.keys[p.shorts[a.Org]]++
	}
}

// resolve gives the id of what a script calls by name. What is not found is passed on as written: a script may well
// want to see the refusal.
func (p *play) resolve(kind mulu.Kind, name, speaker string) string {
	if ids, ok := p.ids[name]; ok {
		if id, ok := ids[kind]; ok {
			return id
		}
		if id := p.follow(kind, ids); id != "" {
			return id
		}
	}
	org := ""
	if speaker != "" {
		org = p.resolve(mulu.KindOrg, speaker, "")
	}
	for _, index := range []string{"name/" + name, "title/" + name, "name/" + org + "/" + name, "org/" + org + "/" + name} {
		if ids := p.stage.Find(kind, index); len(ids) == 1 {
			return ids[0]
		}
	}
	if id, ok := p.orgs[name]; ok && kind == mulu.KindOrg {
		return id
	}
	if kind == mulu.KindTable {
		return p.table(name)
	}
	if kind == mulu.KindReview { // by its entry
		if ids := p.stage.Find(kind, "entry/"+p.resolve(mulu.KindEntry, name, speaker)); len(ids) == 1 {
			return ids[0]
		}
	}
	return name
}

// table finds 系统/数据库.表 among the tables of the system.
func (p *play) table(name string) string {
	system, rest, ok := strings.Cut(name, "/")
	if !ok {
		return name
	}
	for id := range p.shorts {
		for _, s := range p.stage.Find(mulu.KindSystem, "name/"+id+"/"+system) {
			database, table, _ := strings.Cut(rest, ".")
			if ids := p.stage.Find(mulu.KindTable, "name/"+s+"/"+database+".."+table); len(ids) == 1 {
				return ids[0]
			}
		}
	}
	return name
}

// Say carries out lines of the language on a running chain, without expectations: who speaks signs with the key that
// the stage holds. It gives what came of them, one line each, as a script would expect it. On a sandbox what a script
// need not spell out (keys, tokens) is filled in; on a real chain nothing is, because those are computable by anyone.
func Say(text string, stage Stage, sandbox bool) ([]string, error) {
	s, err := Parse("# say\n开始 2000-01-01 00:00\n" + text)
	if err != nil {
		var bad *SyntaxError
		if errors.As(err, &bad) {
			bad.Line -= 2
		}
		return nil, err
	}
	p := newPlay(stage)
	p.trusting, p.plain = true, !sandbox
	var all []string
	for _, step := range s.Steps {
		step.Line -= 2
		got, err := p.step(step)
		if err != nil {
			return all, err
		}
		all = append(all, got...)
	}
	return all, nil
}

// short is the name that an institution goes by in a telling.
func (p *play) short(id string) string {
	if name, ok := p.shorts[id]; ok {
		return name
	}
	raw, ok := p.stage.Get(mulu.KindOrg, id)
	var o mulu.Org
	if !ok || json.Unmarshal(raw, &o) != nil {
		return id
	}
	p.shorts[id] = o.Short
	return o.Short
}
