package sheet

import (
	"slices"
	"strconv"

	"mulu"
	"mulu/act"
)

// dutyDraft is one duty of a sheet. Empty fields leave what is registered as it is.
type dutyDraft struct {
	draft
	id, code, basis, department string
	matters                     []string
	saysData, data              bool
	why                         string
	old                         mulu.Duty // zero for a new one
}

func (im *importer) draftDuty(g *group) {
	d := &dutyDraft{draft: g.draft(g.text("name", 2, 200, true)), id: g.get("id"), department: g.text("department", 1, 100, false),
		basis: g.text("basis", 2, 500, false), why: g.text("why", 2, 500, false)}
	d.readMatters(g)
	if data := g.get("data"); data != "" {
		d.saysData = true
		var ok bool
		if d.data, ok = yes(data); !ok {
			g.problem("data", "yes_or_no", g.label("data"), data)
		}
	}
	if d.name != "" && !im.first(g, mulu.KindDuty, d.name, d.name) {
		return
	}
	if d.find(im, g); g.wrong {
		return
	}
	if d.basis == "" && d.old.ID == "" {
		g.basisMissing(d.name)
		return
	}
	if d.saysData && !d.data && d.why == "" && d.old.Why == "" {
		g.problem("why", "no_data_why", d.name)
		return
	}
	im.duties = append(im.duties, d)
}

// basisMissing: a new duty needs a basis; a sheet without the column is told so once.
func (g *group) basisMissing(name string) {
	if g.has("basis") {
		g.problem("basis", "duty_basis_missing", name)
		return
	}
	if !g.t.saidBasis {
		g.t.saidBasis = true
		p := g.t.spot(g.t.heads.row, -1, "", "column_missing", g.label("basis"))
		g.t.im.problem(p)
	}
}

// find looks the duty up: by its id when there is one, so that it can be renamed, else by its name.
func (d *dutyDraft) find(im *importer, g *group) {
	if d.id == "" {
		if old, ok := im.known.Duty(im.org.ID, d.name); ok && old.Name == d.name {
			d.old = old
		}
		return
	}
	old, ok := im.known.Duty(im.org.ID, d.id)
	if !ok || old.ID != d.id {
		g.problem("id", "id_unknown", "@noun.duty", d.id)
		return
	}
	if other, taken := im.known.Duty(im.org.ID, d.name); taken && other.Name == d.name && other.ID != d.id {
		g.problem("name", "name_taken", "@noun.duty", d.name, other.ID)
		return
	}
	d.old = old
}

// readMatters gathers the matters of all rows. In the list of powers each matter has a code of its own: it then stands in
// brackets behind the matter; one code for the whole duty is the duty's.
func (d *dutyDraft) readMatters(g *group) {
	matter, code := g.t.layout.index["matter"], g.t.layout.index["code"]
	codes := map[string]bool{}
	for _, l := range g.each {
		if c := l.texts[code]; c != "" && g.textAt(l.row, "code", c, 1, 60, false) != "" {
			codes[c] = true
			d.code = c
		}
	}
	seen := map[string]bool{}
	for _, l := range g.each {
		for _, m := range split(l.texts[matter]) {
			if c := l.texts[code]; c != "" && len(codes) > 1 {
				m += "（" + c + "）"
			}
			if g.textAt(l.row, "matter", m, 1, 200, false) != "" && !seen[m] {
				seen[m] = true
				d.matters = append(d.matters, m)
			}
		}
	}
	if len(codes) > 1 {
		d.code = ""
	}
	if len(d.matters) > 200 {
		g.problem("matter", "too_many", g.label("matter"), "200", strconv.Itoa(len(d.matters)))
	}
}

func (im *importer) finishDuties() {
	for _, d := range im.duties {
		if d.old.ID == "" {
			im.say(&d.draft, &act.RegisterDuty{Code: d.code, Name: d.name, Basis: d.basis, Department: d.department, Matters: d.matters}, mulu.KindDuty, "")
			if d.saysData && !d.data {
				im.say(&d.draft, &act.DeclareNoData{Why: d.why}, mulu.KindDuty, "", Need{"duty", "duty", d.name})
			}
			continue
		}
		im.amendDuty(d)
	}
}

// amendDuty says what differs. Amending a duty also takes "no data" back, so that a duty without data is declared so again.
func (im *importer) amendDuty(d *dutyDraft) {
	amend, had := d.amend(), d.old.Status == "no_data"
	why := d.why
	if why == "" {
		why = d.old.Why
	}
	without := d.withoutData()
	if amend == nil && without == had && (!without || why == d.old.Why) {
		im.plan.Unchanged++
		return
	}
	if amend == nil && had {
		amend = &act.AmendDuty{Duty: d.old.ID}
	}
	if amend != nil {
		im.say(&d.draft, amend, mulu.KindDuty, d.old.ID)
	}
	if without {
		im.say(&d.draft, &act.DeclareNoData{Duty: d.old.ID, Why: why}, mulu.KindDuty, d.old.ID)
	}
}

// amend gives what differs from the registered duty; nil when nothing does.
func (d *dutyDraft) amend() *act.AmendDuty {
	a := act.AmendDuty{Duty: d.old.ID}
	differs := false
	for _, f := range []struct {
		to       *string
		now, old string
	}{{&a.Code, d.code, d.old.Code}, {&a.Name, d.name, d.old.Name}, {&a.Basis, d.basis, d.old.Basis}, {&a.Department, d.department, d.old.Department}} {
		if f.now != "" && f.now != f.old {
			*f.to, differs = f.now, true
		}
	}
	if len(d.matters) > 0 && !slices.Equal(d.matters, d.old.Matters) {
		a.Matters, differs = d.matters, true
	}
	if !differs {
		return nil
	}
	return &a
}

// dutyBook finds the duties of the files again.
type dutyBook struct {
	named, ids map[string]*dutyDraft
	with       map[string]*dutyDraft // by matter or code; nil when several have it
}

func (im *importer) dutyBook() dutyBook {
	b := dutyBook{map[string]*dutyDraft{}, map[string]*dutyDraft{}, map[string]*dutyDraft{}}
	for _, d := range im.duties {
		b.named[d.name] = d
		if d.old.ID != "" {
			b.ids[d.old.ID] = d
		}
		for _, text := range append([]string{d.code}, d.matters...) {
			if _, several := b.with[text]; several {
				b.with[text] = nil
			} else {
				b.with[text] = d
			}
		}
	}
	return b
}

// dutyFound is the duty that a text names: its id, empty when this plan registers it under name; or the trouble with it.
type dutyFound struct{ id, name, trouble string }

// dutyOf finds the duty that an entry names: one of the files, one on the chain, or the only one of the files with that matter or
// code.
func (im *importer) dutyOf(b dutyBook, text string) dutyFound {
	d := b.named[text]
	if d == nil {
		old, ok := im.known.Duty(im.org.ID, text)
		if ok && b.ids[old.ID] == nil {
			if old.Status != "active" {
				return dutyFound{trouble: "duty_no_data"}
			}
			return dutyFound{id: old.ID, name: old.Name}
		}
		if d = b.ids[old.ID]; d == nil {
			d = b.with[text]
		}
	}
	switch {
	case d == nil:
		return dutyFound{trouble: "duty_unknown"}
	case d.withoutData():
		return dutyFound{trouble: "duty_no_data"}
	}
	return dutyFound{id: d.old.ID, name: d.name}
}

func (d *dutyDraft) withoutData() bool {
	if d.saysData {
		return !d.data
	}
	return d.old.Status == "no_data"
}
