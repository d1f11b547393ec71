package sheet

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"mulu"
	"mulu/act"
	"mulu/law"
	"mulu/law/script"
)

// town is the real law over a state in memory, with institutions that speak. It is what imports are planned against and carried
// out on in these tests.
type town struct {
	t testing.TB
	*script.Bare
}

func newTown(t testing.TB) *town {
	t.Helper()
	b, err := script.NewBare(&script.Script{Begin: time.Date(2026, 9, 24, 10, 0, 0, 0, mulu.Shanghai()), Edition: "district-2023"})
	if err != nil {
		t.Fatal(err)
	}
	w := &town{t, b}
	for _, typ := range mulu.ItemTypes { // DE-000001 and so on, one of each type
		must(t, w.say(bureau, &act.PublishElement{Name: "数据元" + typ.Code, Type: typ.Code}))
	}
	return w
}

// element is the ID of the one of a type.
func element(typ string) string {
	for i, t := range mulu.ItemTypes {
		if t.Code == typ {
			return fmt.Sprintf("DE-%06d", i+1)
		}
	}
	return ""
}

const bureau = "001"

// org registers an institution and gives it as it stands.
func (w *town) org(short string) mulu.Org {
	w.t.Helper()
	if o, ok := w.Org(short); ok {
		return o
	}
	n := w.State.Len()
	if err := w.say(bureau, &act.RegisterOrg{Name: "北京市西城区" + strings.TrimPrefix(short, "区"), Short: short, Sort: "organ",
		CreditCode: mulu.CreditCode("11110102" + fmt.Sprintf("%08d", n)), Key: script.Key(short, 1).Public().String()}); err != nil {
		w.t.Fatal(err)
	}
	o, _ := w.Org(short)
	return o
}

// say executes an act of an institution; a refusal is an error.
func (w *town) say(org string, a act.Act) error {
	name := script.Bureau
	if o, ok := get[mulu.Org](w, mulu.KindOrg, org); ok {
		name = o.Short
	}
	_, no, err := w.Say(script.By{Org: org, Signer: script.Key(name, 1)}, a)
	if no != nil {
		return no
	}
	return err
}

func get[T any](w *town, kind mulu.Kind, id string) (v T, ok bool) {
	raw, ok := w.Bare.Get(kind, id)
	if ok {
		if err := json.Unmarshal(raw, &v); err != nil {
			w.t.Fatal(err)
		}
	}
	return v, ok
}

func found[T any](w *town, kind mulu.Kind, index string) (v T, ok bool) {
	ids := w.Find(kind, index)
	if len(ids) != 1 {
		return v, false
	}
	return get[T](w, kind, ids[0])
}

func (w *town) Org(name string) (mulu.Org, bool) {
	for _, index := range []string{"name/" + name, "credit/" + name} {
		if o, ok := found[mulu.Org](w, mulu.KindOrg, index); ok {
			return o, true
		}
	}
	return get[mulu.Org](w, mulu.KindOrg, name)
}

func (w *town) Duty(org, name string) (mulu.Duty, bool) {
	if d, ok := found[mulu.Duty](w, mulu.KindDuty, "name/"+org+"/"+name); ok {
		return d, true
	}
	d, ok := get[mulu.Duty](w, mulu.KindDuty, name)
	return d, ok && d.Org == org && d.Status != "retired"
}

func (w *town) Entry(org, name, code string) (*mulu.Entry, bool) {
	if code != "" {
		e, ok := get[mulu.Entry](w, mulu.KindEntry, code)
		return &e, ok
	}
	e, ok := found[mulu.Entry](w, mulu.KindEntry, "name/"+org+"/"+name)
	return &e, ok
}

func (w *town) System(org, name string) (mulu.System, bool) {
	if s, ok := found[mulu.System](w, mulu.KindSystem, "name/"+org+"/"+name); ok {
		return s, true
	}
	s, ok := get[mulu.System](w, mulu.KindSystem, name)
	return s, ok && s.Org == org && s.Status != "retired"
}

func (w *town) Element(name string) (mulu.Element, bool) {
	if e, ok := get[mulu.Element](w, mulu.KindElement, name); ok {
		return e, true
	}
	return found[mulu.Element](w, mulu.KindElement, "name/"+name)
}

func (w *town) Table(system, database, schema, name string) (mulu.Table, bool) {
	return found[mulu.Table](w, mulu.KindTable, "name/"+system+"/"+database+"."+schema+"."+name)
}

func (w *town) Linked(entry, system string) bool {
	l, ok := get[mulu.Link](w, mulu.KindLink, entry+">"+system)
	return ok && l.Status == "made"
}

// all gives every noun of a kind in the order of ids.
func all[T any](w *town, kind mulu.Kind) iter.Seq[T] {
	return func(yield func(T) bool) {
		prefix := law.NounPrefix(kind)
		w.State.Scan(prefix, law.After(prefix), func(_ string, raw []byte) bool {
			var v T
			if err := json.Unmarshal(raw, &v); err != nil {
				w.t.Fatal(err)
			}
			return yield(v)
		})
	}
}

// source gives what an institution has.
func (w *town) source(org mulu.Org) Source {
	s := Source{Org: org}
	s.Orgs = rows(all[mulu.Org](w, mulu.KindOrg), func(o mulu.Org) (mulu.Org, bool) { return o, true })
	s.Duties = rows(all[mulu.Duty](w, mulu.KindDuty), func(d mulu.Duty) (DutyRow, bool) { return DutyRow{d, org.Short}, d.Org == org.ID })
	s.Systems = rows(all[mulu.System](w, mulu.KindSystem), func(y mulu.System) (SystemRow, bool) {
		r := SystemRow{System: y, Org: org.Short}
		for e := range all[mulu.Entry](w, mulu.KindEntry) {
			if w.Linked(e.Code, y.ID) {
				r.Entries = append(r.Entries, e.Current().Name)
			}
		}
		return r, y.Org == org.ID
	})
	s.Tables = rows(all[mulu.Table](w, mulu.KindTable), func(t mulu.Table) (TableRow, bool) {
		y, _ := get[mulu.System](w, mulu.KindSystem, t.System)
		return TableRow{t, org.Short, y.Name}, t.Org == org.ID
	})
	s.Entries = rows(all[mulu.Entry](w, mulu.KindEntry), func(e mulu.Entry) (EntryRow, bool) {
		d, _ := get[mulu.Duty](w, mulu.KindDuty, e.Current().Duty)
		r := EntryRow{Entry: &e, Org: org.Short, Duty: d.Name, Department: d.Department}
		for y := range all[mulu.System](w, mulu.KindSystem) {
			if w.Linked(e.Code, y.ID) {
				r.Systems = append(r.Systems, y.Name)
			}
		}
		return r, e.Org == org.ID
	})
	return s
}

func rows[A, B any](from iter.Seq[A], to func(A) (B, bool)) iter.Seq2[B, error] {
	return func(yield func(B, error) bool) {
		for a := range from {
			if b, ok := to(a); ok && !yield(b, nil) {
				return
			}
		}
	}
}

// carry says every act of a plan, as a caller does: ids are put in just before.
func (w *town) carry(org mulu.Org, p Plan) {
	w.t.Helper()
	for _, no := range p.Problems {
		w.t.Error(no.Error())
	}
	if w.t.Failed() {
		w.t.FailNow()
	}
	for i := range p.Planned {
		one := &p.Planned[i]
		err := Resolve(one, func(kind, name string) (string, bool) {
			switch kind {
			case "duty":
				d, ok := w.Duty(org.ID, name)
				return d.ID, ok
			case "system":
				s, ok := w.System(org.ID, name)
				return s.ID, ok
			case "entry":
				e, ok := w.Entry(org.ID, name, "")
				return e.Code, ok
			case "key":
				return script.Key(one.Name, 7).Public().String(), true
			}
			return "", false
		})
		if err == nil {
			err = w.say(org.ID, one.Act)
		}
		if err != nil {
			w.t.Fatalf("%s %s (row %d): %v", one.Kind, one.Name, one.Row, err)
		}
	}
}

// verify publishes all that an institution handed in.
func (w *town) verify(org mulu.Org) {
	w.t.Helper()
	for _, e := range slices.Collect(all[mulu.Entry](w, mulu.KindEntry)) {
		if e.Org != org.ID || e.Status != "submitted" && e.Status != "changing" {
			continue
		}
		v := &act.VerifyEntry{Entry: e.Code}
		if e.Next.Sharing.Type == "not_shared" && e.Next.Sharing.Basis == "" {
			v.Override = "主管部门同意的例外理由"
		}
		if err := w.say(bureau, v); err != nil {
			w.t.Fatal(err)
		}
	}
}

func (w *town) plan(kind Kind, org mulu.Org, files ...File) Plan {
	w.t.Helper()
	p, err := Read(context.Background(), kind, org, files, w, nil)
	if err != nil {
		w.t.Fatal(err)
	}
	return p
}

// tab is a sheet to be made for a test.
type tab struct {
	name   string
	rows   [][]any
	merged []string // "A2:A5"
	hidden bool
}

// book makes an Excel file the way Excel does: shared strings, styles, merged cells.
func makeBook(t testing.TB, name string, tabs ...tab) File {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	for n, s := range tabs {
		if n == 0 {
			must(t, f.SetSheetName("Sheet1", s.name))
		} else if _, err := f.NewSheet(s.name); err != nil {
			t.Fatal(err)
		}
		for i, row := range s.rows {
			must(t, f.SetSheetRow(s.name, cellName(0, i+1), &row))
		}
		for _, m := range s.merged {
			from, to, _ := strings.Cut(m, ":")
			must(t, f.MergeCell(s.name, from, to))
		}
	}
	for _, s := range tabs {
		if s.hidden {
			must(t, f.SetSheetVisible(s.name, false))
		}
	}
	var b bytes.Buffer
	must(t, f.Write(&b))
	return fileOf(name, b.Bytes())
}

func fileOf(name string, content []byte) File {
	return File{Name: name, Content: bytes.NewReader(content), Size: int64(len(content))}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// written gives what Write or WriteCSV makes of a source.
func written(t testing.TB, kind Kind, lang string, s Source, csv bool) File {
	t.Helper()
	var b bytes.Buffer
	var err error
	name := FileName(kind, lang, "", "xlsx")
	if csv {
		name = FileName(kind, lang, "", "csv")
		err = WriteCSV(context.Background(), &b, kind, lang, s)
	} else {
		err = Write(context.Background(), &b, kind, lang, s)
	}
	must(t, err)
	return fileOf(name, b.Bytes())
}

// content reads a file whole.
func content(t testing.TB, f File) []byte {
	t.Helper()
	b, err := io.ReadAll(io.NewSectionReader(f.Content, 0, f.Size))
	must(t, err)
	return b
}

// codes gives the codes of problems, each once, sorted.
func codes(problems []Problem) []string {
	set := map[string]bool{}
	for _, p := range problems {
		set[p.Code] = true
	}
	return slices.Sorted(maps.Keys(set))
}

func registerDuty(name string) act.Act {
	return &act.RegisterDuty{Name: name, Basis: "“三定”规定"}
}
