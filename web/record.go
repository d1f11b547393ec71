package web

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"mulu"
	"mulu/act"
	"mulu/read"
)

func chainRoutes() []Route {
	return []Route{
		{"GET", "/chain", Everybody, false, (*visit).chainPage},
		{"GET", "/chain/anchor", Everybody, false, (*visit).anchor},
		{"GET", "/chain/consistency", Everybody, false, (*visit).consistency},
		{"GET", "/records", Everybody, false, (*visit).records},
		{"GET", "/records/{n}", Everybody, false, (*visit).recordPage},
		{"GET", "/records/{n}/certificate", Everybody, false, (*visit).recordCertificate},
		{"GET", "/records/{n}/proof", Everybody, false, (*visit).recordProof},
	}
}

// recordLine is one record in a list: who said what, and what came of it.
type recordLine struct {
	read.Record
	Who   string
	Facts []mulu.Fact // the first few
	More  int
	Open  bool // who looks may read why it was refused
}

// mostFacts is how many facts of a record a list tells.
const mostFacts = 2

// recordLines adds to records what happened in them, from the records themselves.
func (v *visit) recordLines(list []read.Record) ([]recordLine, error) {
	w := v.speakers()
	for _, r := range list {
		w.meet(r.Org, r.Person)
	}
	if err := w.names(); err != nil {
		return nil, err
	}
	var lines []recordLine
	for _, r := range list {
		l := recordLine{Record: r, Who: w.say(r.Kind, r.Org, r.Node, r.Person), Open: v.bureau() || v.own(r.Org)}
		if r.Refused == nil {
			p, err := v.record(r.N)
			if err != nil {
				return nil, err
			}
			l.Facts = p.Outcome.Facts
			if len(l.Facts) > mostFacts {
				l.Facts, l.More = telling(l.Facts)[:mostFacts], len(l.Facts)-mostFacts
			}
		}
		lines = append(lines, l)
	}
	return lines, nil
}

// telling puts the facts that say most first: keys are recorded along with what they are for.
func telling(all []mulu.Fact) []mulu.Fact {
	var first, rest []mulu.Fact
	for _, f := range all {
		if f.Noun == mulu.KindKey {
			rest = append(rest, f)
		} else {
			first = append(first, f)
		}
	}
	return append(first, rest...)
}

// recordList is the list of records (链上记录).
type recordList struct {
	Org, Said    string
	Refused      bool
	Article      int
	Rows         []recordLine
	Next, First  string
	Orgs, Kinds  []option
	Size         uint64
	ArticleCount read.Article
}

// Filtered tells whether the list is narrowed.
func (l *recordList) Filtered() bool {
	return l.Org != "" || l.Said != "" || l.Refused || l.Article != 0
}

const recordsAPage = 50

func (v *visit) records() error {
	q := v.R.URL.Query()
	l := &recordList{Org: q.Get("org"), Said: q.Get("said"), Refused: q.Get("refused") == "1", Size: v.Chain.Standing().Size}
	l.Article, _ = strconv.Atoi(q.Get("art"))
	before, _ := strconv.ParseUint(q.Get("before"), 10, 63)
	list, err := v.Read.RecordsLike(v.R.Context(), read.RecordQuery{Org: l.Org, Said: l.Said, Refused: l.Refused, Article: l.Article, Before: before, Limit: recordsAPage})
	if err != nil {
		return err
	}
	if l.Rows, err = v.recordLines(list); err != nil {
		return err
	}
	if len(list) == recordsAPage && list[len(list)-1].N > 0 {
		l.Next = v.withQuery("before", fmt.Sprint(list[len(list)-1].N))
	}
	if before > 0 {
		l.First = v.withQuery("before", "")
	}
	if l.Orgs, err = v.orgOptions(); err != nil {
		return err
	}
	for _, w := range act.Words() {
		l.Kinds = append(l.Kinds, option{w.Kind, mulu.ActTitle(w.Kind, v.Lang)})
	}
	for _, kind := range []string{"alarm", "genesis"} {
		l.Kinds = append(l.Kinds, option{kind, mulu.Say(kind, v.Lang)})
	}
	return v.show("records", l)
}

// orgOptions lists all institutions to choose from, by their short names.
func (v *visit) orgOptions() ([]option, error) {
	list, err := v.Read.Nouns(v.R.Context(), mulu.KindOrg, read.Filter{Limit: 1000})
	if err != nil {
		return nil, err
	}
	var all []option
	for _, n := range list {
		var o mulu.Org
		if err := json.Unmarshal(n.State, &o); err != nil {
			return nil, fmt.Errorf("read institution %s: %w", n.ID, err)
		}
		all = append(all, option{o.ID, o.Short})
	}
	return all, nil
}

// record takes record n apart, from this node's own chain. None is errAbsent.
func (v *visit) record(n uint64) (*record, error) {
	if n >= v.Chain.Standing().Size {
		return nil, errAbsent
	}
	raw, err := v.Chain.Record(n)
	if err != nil {
		return nil, fmt.Errorf("read record %d: %w", n, err)
	}
	lines := strings.Split(string(raw), "\n")
	if len(lines) != 4 {
		return nil, fmt.Errorf("record %d has %d lines", n, len(lines))
	}
	r := &record{N: n, Lines: lines[:3]}
	if err := json.Unmarshal([]byte(lines[0]), &r.Said); err != nil {
		return nil, fmt.Errorf("read the statement of record %d: %w", n, err)
	}
	if err := json.Unmarshal([]byte(lines[2]), &r.Outcome); err != nil {
		return nil, fmt.Errorf("read the outcome of record %d: %w", n, err)
	}
	if signed, err := act.Parse([]byte(lines[0] + "\n" + lines[1] + "\n")); err == nil {
		r.ID = signed.ID
	}
	return r, nil
}

// record is a record taken apart: its three exact lines, what they say, and the act's id ("" where the chain made it).
type record struct {
	N       uint64
	Lines   []string
	Said    act.Statement
	Outcome mulu.Outcome
	ID      string
}

// recordView is the page of one record.
type recordView struct {
	*record
	Who        string
	Act        []spelled
	Happened   []happened
	Open       bool // who looks may read what it says
	Covered    bool // a checkpoint that a quorum signed covers it: it can be proved
	Standing   Standing
	Address    string // absolute, what the square says
	Square     square
	Prev, Next string
	Chain      string
}

// happened is a fact with the noun as it then stood, spelled out.
type happened struct {
	mulu.Fact
	Name     string
	Standing string
	State    []spelled
}

// Lag is how many records the newest checkpoint lacks.
func (r *recordView) Lag() uint64 { return r.Standing.Size - r.Standing.CheckpointSize }

func (v *visit) recordView() (*recordView, error) {
	n, err := strconv.ParseUint(v.R.PathValue("n"), 10, 63)
	if err != nil {
		return nil, errAbsent
	}
	r, err := v.record(n)
	if err != nil {
		return nil, err
	}
	s := v.Chain.Standing()
	p := &recordView{record: r, Standing: s, Covered: n < s.CheckpointSize, Chain: v.Chain.ID(), Address: v.address(fmt.Sprintf("/records/%d", n))}
	if n > 0 {
		p.Prev = fmt.Sprintf("/records/%d", n-1)
	}
	if n+1 < s.Size {
		p.Next = fmt.Sprintf("/records/%d", n+1)
	}
	w := v.speakers()
	w.meet(r.Said.Org, r.Said.Person)
	if err := w.names(); err != nil {
		return nil, err
	}
	p.Who = w.say(r.Said.Kind, r.Said.Org, r.Said.Node, r.Said.Person)
	p.Open = v.reads(r)
	if !p.Open {
		p.Lines, p.Said.Act = nil, nil
	} else if p.Act, err = v.spellAct(w, r.Said.Kind, r.Said.Act); err != nil {
		return nil, err
	}
	for _, f := range telling(r.Outcome.Facts) {
		var some struct {
			Name, Short, Status, Notice string
			Now, Next                   *struct{ Name string }
		}
		if err := json.Unmarshal(f.State, &some); err != nil {
			return nil, fmt.Errorf("read %s %s in record %d: %w", f.Noun, f.ID, n, err)
		}
		h := happened{Fact: f, Standing: some.Status}
		if !p.Open {
			p.Happened = append(p.Happened, h)
			continue
		}
		h.Name = some.Name
		for _, c := range []*struct{ Name string }{some.Next, some.Now} {
			if c != nil {
				h.Name = c.Name
			}
		}
		if h.Name == "" {
			h.Name = some.Notice
		}
		if h.State, err = v.spellNoun(w, f.State); err != nil {
			return nil, err
		}
		p.Happened = append(p.Happened, h)
	}
	p.Square, err = newSquare(p.Address)
	return p, err
}

// address is a page's absolute address, as who looks reached it.
func (v *visit) address(path string) string {
	scheme := "http://"
	if v.Secure {
		scheme = "https://"
	}
	return scheme + v.R.Host + path
}

func (v *visit) recordPage() error {
	p, err := v.recordView()
	if err != nil {
		return err
	}
	return v.show("record", p)
}

// recordCertificate is the record on one sheet of paper (记录凭证).
func (v *visit) recordCertificate() error {
	p, err := v.recordView()
	if err != nil {
		return err
	}
	return v.show("record_certificate", p)
}

func (v *visit) recordProof() error {
	n, err := strconv.ParseUint(v.R.PathValue("n"), 10, 63)
	s := v.Chain.Standing()
	if err != nil || n >= s.Size {
		return errAbsent
	}
	r, err := v.record(n)
	if err != nil {
		return err
	}
	switch {
	case !v.reads(r) && v.Person == nil:
		return errNobody
	case !v.reads(r):
		return errAbsent
	case n >= s.CheckpointSize:
		return errUncovered
	}
	b, err := v.Chain.ProveRecord(n)
	if err != nil {
		return fmt.Errorf("prove record %d: %w", n, err)
	}
	return v.file(fmt.Sprintf("record-%d.json", n), "application/json", b)
}

// file answers with something to keep.
func (v *visit) file(name, kind string, content []byte) error {
	v.W.Header().Set("Content-Type", kind)
	v.W.Header().Set("Content-Disposition", `attachment; filename="`+name+`"`)
	v.W.Header().Set("Content-Length", strconv.Itoa(len(content)))
	v.W.WriteHeader(http.StatusOK)
	_, _ = v.W.Write(content) // who left needs no answer
	return nil
}
