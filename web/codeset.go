package web

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strconv"
	"strings"

	"mulu"
	"mulu/act"
	"mulu/people"
	"mulu/read"
)

func codeSetRoutes() []Route {
	bureau := OfBureau(people.Approver)
	return []Route{
		{"GET", "/standards/codes", Members, false, (*visit).codeSetsPage},
		{"GET", "/standards/codes/new", bureau, false, (*visit).newCodeSet},
		{"POST", "/standards/codes/new", bureau, false, (*visit).publishCodeSet},
		{"GET", "/standards/codes/{id}", Members, false, (*visit).codeSetPage},
		{"GET", "/standards/codes/{id}/values.csv", Members, false, (*visit).codeSetFile},
		{"GET", "/standards/codes/{id}/revise", bureau, false, (*visit).editCodeSet},
		{"POST", "/standards/codes/{id}/revise", bureau, false, (*visit).reviseCodeSet},
	}
}

// codeSetsPage lists code sets (代码集).
type codeSetsPage struct {
	Tabs     []pageTab
	Words    string
	Status   string
	Filtered bool
	Rows     []read.CodeSet
	turned
}

func (v *visit) codeSetsPage() error {
	q := v.R.URL.Query()
	p := &codeSetsPage{Tabs: v.standardTabs("codes"), Words: strings.TrimSpace(q.Get("q")), Status: q.Get("status")}
	p.Filtered = p.Words != "" || p.Status != ""
	status := p.Status
	if status == "" {
		status = "active"
	}
	list, err := v.Read.CodeSets(v.R.Context(), p.Words, status, q.Get("after"), pageRows+1)
	if err != nil {
		return err
	}
	p.Rows, p.turned = turn(v, "after", list, func(s read.CodeSet) string { return s.ID })
	return v.show("codesets", p)
}

// codeSetPage is one code set with its values, a page of them, who names it, and its versions.
type codeSetPage struct {
	mulu.CodeSet
	Words    string
	Shown    []mulu.CodeValue
	Found    int // values that hold the words
	From     int // of the first one shown among them, from 1
	Elements []read.Element
	Deeds    []deed
	Standing *standing
	Versions []elementVersion
	turned
}

// pageCodes is how many values a page of a code set shows.
const pageCodes = 100

func (v *visit) codeSet() (s mulu.CodeSet, err error) {
	return s, v.noun(mulu.KindCodeSet, v.R.PathValue("id"), &s)
}

func (v *visit) codeSetPage() error {
	s, err := v.codeSet()
	if err != nil {
		return err
	}
	q := v.R.URL.Query()
	p := &codeSetPage{CodeSet: s, Words: strings.TrimSpace(q.Get("q"))}
	found := s.Values
	if p.Words != "" {
		found = nil
		for _, c := range s.Values {
			if strings.Contains(c.Code, p.Words) || strings.Contains(c.Name, p.Words) {
				found = append(found, c)
			}
		}
	}
	p.Found = len(found)
	from, _ := strconv.Atoi(q.Get("from")) // anything else begins at the beginning
	from = max(0, min(from, len(found)))
	if from > 0 {
		p.First = v.withQuery("from", "")
	}
	p.Shown, p.From = found[from:min(from+pageCodes, len(found))], from+1
	if from+pageCodes < len(found) {
		p.Next = v.withQuery("from", strconv.Itoa(from+pageCodes))
	}
	if p.Elements, err = v.Read.Elements(v.R.Context(), read.ElementQuery{CodeSet: s.ID, Status: "active", Max: 1000}); err != nil {
		return err
	}
	path := "/standards/codes/" + s.ID
	if s.Status == "active" {
		p.Deeds = []deed{{Path: path + "/revise", Icon: "edit", Text: "修订", Primary: true}}
		if len(p.Elements) == 0 {
			p.Deeds = append(p.Deeds, deed{Path: path + "/abolish", Icon: "archive", Text: "废止", Danger: true})
		}
	} else {
		p.Standing = &standing{Kind: "warn", Icon: "archive", Text: v.t("自 {0} 起废止。", stamp(s.Since, "2006-01-02")), Reason: s.Why}
	}
	p.Deeds = v.deeds(p.Deeds...)
	if p.Versions, err = v.codeSetVersions(s.ID); err != nil {
		return err
	}
	return v.show("codeset", p)
}

// mostChanges bounds how many changed codes a version tells; the rest is counted.
const mostChanges = 30

func (v *visit) codeSetVersions(id string) (list []elementVersion, err error) {
	steps, err := v.Read.History(v.R.Context(), mulu.KindCodeSet, id, read.Page{Limit: mostVersions})
	if err != nil {
		return nil, err
	}
	var was mulu.CodeSet
	for i, s := range steps {
		var is mulu.CodeSet
		if err := json.Unmarshal(s.State, &is); err != nil {
			return nil, fmt.Errorf("read the history of %s: %w", id, err)
		}
		one := elementVersion{N: is.Version, Record: s.N, Time: s.Time, Why: is.Why, Fact: s.Fact}
		if i > 0 {
			one.Changes = v.codeChanges(&was, &is)
		}
		list, was = append([]elementVersion{one}, list...), is
	}
	return list, nil
}

// codeChanges lists what differs between two versions of a code set.
func (v *visit) codeChanges(was, is *mulu.CodeSet) (list []standardChange) {
	for _, c := range []struct{ field, a, b string }{{"name", was.Name, is.Name}, {"source", was.Source, is.Source}} {
		if c.a != c.b {
			list = append(list, standardChange{mulu.Say(c.field, v.Lang), c.a, c.b})
		}
	}
	before, after := map[string]string{}, map[string]string{}
	for _, c := range was.Values {
		before[c.Code] = c.Name
	}
	more := 0
	add := func(code, a, b string) {
		if len(list) >= mostChanges {
			more++
			return
		}
		list = append(list, standardChange{v.t("代码 {0}", code), a, b})
	}
	for _, c := range is.Values {
		if after[c.Code] = c.Name; before[c.Code] != c.Name {
			add(c.Code, before[c.Code], c.Name)
		}
	}
	for _, c := range was.Values {
		if _, kept := after[c.Code]; !kept {
			add(c.Code, c.Name, "")
		}
	}
	if more > 0 {
		list = append(list, standardChange{v.t("另有 {0} 处", more), "", ""})
	}
	return list
}

// codeSetFile is the values as a file that a spreadsheet opens.
func (v *visit) codeSetFile() error {
	s, err := v.codeSet()
	if err != nil {
		return err
	}
	v.download(s.ID+" "+s.Name+".csv", "text/csv; charset=utf-8")
	if _, err := io.WriteString(v.W, "\ufeff"); err != nil {
		return nil // who left needs no answer
	}
	w := csv.NewWriter(v.W)
	_ = w.Write([]string{v.t("代码"), v.t("名称")})
	for _, c := range s.Values {
		_ = w.Write([]string{harmless(c.Code), harmless(c.Name)})
	}
	w.Flush()
	return nil
}

// codeSetForm is a code set being published or revised. Set is nil for a new one.
type codeSetForm struct {
	form
	Set *mulu.CodeSet
}

func (v *visit) newCodeSet() error {
	return v.show("codeset-form", &codeSetForm{form: form{Values: url.Values{}}})
}

func (v *visit) publishCodeSet() error {
	p := &codeSetForm{form: v.typed()}
	values, err := codesTyped(v.text("values"))
	if err != nil {
		return v.badLine(p, err)
	}
	done, err := v.saySized(&act.PublishCodeSet{Name: v.text("name"), Source: v.text("source"), Values: values})
	if err != nil {
		return v.again("codeset-form", &p.form, p, err)
	}
	return v.did(done, "/standards/codes/"+done.Outcome.Facts[0].ID)
}

func (v *visit) editCodeSet() error {
	s, err := v.codeSet()
	if err != nil {
		return err
	}
	var b strings.Builder
	for _, c := range s.Values {
		fmt.Fprintf(&b, "%s\t%s\n", c.Code, c.Name)
	}
	return v.show("codeset-form", &codeSetForm{Set: &s, form: form{Values: url.Values{"from": {strconv.Itoa(s.Version)}, "name": {s.Name}, "source": {s.Source}, "values": {b.String()}}}})
}

func (v *visit) reviseCodeSet() error {
	s, err := v.codeSet()
	if err != nil {
		return err
	}
	p := &codeSetForm{form: v.typed(), Set: &s}
	values, err := codesTyped(v.text("values"))
	if err != nil {
		return v.badLine(p, err)
	}
	from, _ := strconv.Atoi(v.text("from")) // what is no number is no version, and refused as one that has moved
	done, err := v.saySized(&act.ReviseCodeSet{CodeSet: s.ID, From: from, Name: v.text("name"), Source: v.text("source"), Values: values, Why: v.text("why")})
	if err != nil {
		return v.again("codeset-form", &p.form, p, err)
	}
	return v.did(done, "/standards/codes/"+s.ID)
}

// lineError is a line of values that is no code with its name.
type lineError struct {
	line int
	text string
}

func (e *lineError) Error() string { return fmt.Sprintf("line %d is no code with a name", e.line) }

// badLine shows the form anew with the line that is not understood.
func (v *visit) badLine(p *codeSetForm, err error) error {
	var bad *lineError
	if !errors.As(err, &bad) {
		return v.again("codeset-form", &p.form, p, err)
	}
	p.Wrong = &trouble{Status: 422, Field: "values", Text: v.t("第 {0} 行“{1}”不是代码和名称。", bad.line, bad.text), Mend: v.t("每行一个代码和它的名称，中间用制表符、逗号或空格隔开。")}
	return v.showAs(p.Wrong.Status, "codeset-form", p)
}

// codesTyped reads codes and names as a spreadsheet or a CSV file gives them: two columns parted by tabs or commas, or by the
// first space. A first line of headings, further columns and blank lines are left out.
func codesTyped(text string) (values []mulu.CodeValue, err error) {
	text = strings.TrimPrefix(text, "\ufeff")
	for n, line := range strings.Split(text, "\n") {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		code, name := cutCode(line)
		if n == 0 && (code == "代码" || strings.EqualFold(code, "code")) {
			continue
		}
		if code == "" || name == "" {
			short := []rune(line)
			return nil, &lineError{n + 1, string(short[:min(len(short), 30)])}
		}
		values = append(values, mulu.CodeValue{Code: code, Name: name})
	}
	return values, nil
}

func cutCode(line string) (code, name string) {
	for _, comma := range []rune{'\t', ',', '，'} {
		if !strings.ContainsRune(line, comma) {
			continue
		}
		r := csv.NewReader(strings.NewReader(line))
		r.Comma, r.LazyQuotes, r.FieldsPerRecord = comma, true, -1
		if cells, err := r.Read(); err == nil && len(cells) >= 2 {
			return strings.TrimSpace(cells[0]), strings.TrimSpace(cells[1])
		}
		return "", ""
	}
	code, name, _ = strings.Cut(line, " ")
	return code, strings.TrimSpace(name)
}
