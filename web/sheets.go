package web

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"

	"mulu"
	"mulu/people"
	"mulu/read"
	"mulu/sheet"
)

func sheetRoutes() []Route {
	return []Route{
		{"GET", "/sheets", Only(people.Steward, people.Approver, people.Reader), false, (*visit).sheetsPage},
		{"GET", "/sheets/template", Only(people.Steward, people.Approver, people.Reader), false, (*visit).sheetTemplate},
		{"GET", "/sheets/export", Only(people.Steward, people.Approver, people.Reader), false, (*visit).sheetExport},
		{"POST", "/sheets/import", Only(people.Steward, people.Approver), true, (*visit).beginImport},
		{"GET", "/sheets/imports/{id}", Only(people.Steward, people.Approver), false, (*visit).importPage},
		{"POST", "/sheets/imports/{id}/say", Only(people.Steward, people.Approver), false, (*visit).sayImport},
		{"POST", "/sheets/imports/{id}/drop", Only(people.Steward, people.Approver), false, (*visit).dropImport},
	}
}

// sheetsPage is what can be brought in and out, and how.
type sheetsPage struct {
	form
	Kinds   []sheet.Kind // to be exported
	Imports []sheet.Kind // to be imported by who looks
	Busy    *snapshot
}

// importable lists the tables that who looks may import: a steward's own catalog, and for the bureau's approver the register.
func (v *visit) importable() (list []sheet.Kind) {
	for _, k := range sheet.Kinds() {
		if k == sheet.Orgs && v.bureau() && v.may("org.register") || k != sheet.Orgs && v.may("entry.submit") {
			list = append(list, k)
		}
	}
	return list
}

func (v *visit) sheets() *sheetsPage {
	return &sheetsPage{form: form{Values: url.Values{}}, Kinds: sheet.Kinds(), Imports: v.importable()}
}

func (v *visit) sheetsPage() error { return v.show("sheets", v.sheets()) }

// kind reads the table asked for.
func (v *visit) kind(text string) (sheet.Kind, error) {
	if k := sheet.Kind(text); slices.Contains(sheet.Kinds(), k) {
		return k, nil
	}
	return "", errAbsent
}

func (v *visit) sheetTemplate() error {
	k, err := v.kind(v.R.URL.Query().Get("kind"))
	if err != nil {
		return err
	}
	var lists sheet.Lists
	for d, err := range v.ownDuties(v.Org.ID) {
		if err != nil {
			return err
		}
		lists.Duties = append(lists.Duties, d.Name)
	}
	for s, err := range v.ownSystems(v.Org.ID) {
		if err != nil {
			return err
		}
		lists.Systems = append(lists.Systems, s.Name)
	}
	v.download(sheet.FileName(k, v.Lang, v.t("模板"), "xlsx"), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
	return sheet.Template(v.W, k, v.Lang, *v.Org, lists)
}

// download names what follows as a file.
func (v *visit) download(name, kind string) {
	v.W.Header().Set("Content-Type", kind)
	v.W.Header().Set("Content-Disposition", "attachment; filename*=UTF-8''"+url.PathEscape(name))
}

func (v *visit) beginImport() error {
	d := v.sheets()
	parts, err := v.parts()
	if err != nil {
		return err
	}
	asked, err := field(parts, "kind")
	if err != nil {
		return err
	}
	k, err := v.kind(asked)
	if err != nil || !slices.Contains(d.Imports, k) {
		return errNotHere
	}
	j, err := v.imports.begin(v, k, parts.NextPart)
	if err != nil {
		return v.again("sheets", &d.form, d, err)
	}
	return v.to("/sheets/imports/" + j.ID)
}

// job finds the import in the path, of the person's own institution.
func (v *visit) job() (*job, error) {
	j, ok := v.imports.of(v.Org.ID, v.R.PathValue("id"))
	if !ok {
		return nil, errNoImport
	}
	return j, nil
}

// errNoImport says that an import is not there any more.
var errNoImport = errors.New("there is no such import: it was dropped, or the node was started again")

func (v *visit) importPage() error {
	j, err := v.job()
	if err != nil {
		return err
	}
	s := j.snapshot()
	if v.R.URL.Query().Get("part") == "1" {
		if !s.Moving() { // it came to rest: the whole page has more to show
			v.W.Header().Set("HX-Refresh", "true")
		}
		return v.part("import", "progress", s)
	}
	return v.show("import", s)
}

func (v *visit) sayImport() error {
	j, err := v.job()
	if err != nil {
		return err
	}
	begun := false
	j.set(func() {
		if j.stage == stageReady {
			j.stage, j.By, begun = stageSaying, v.by(), true
		}
	})
	if begun {
		go j.say(v.Web)
	}
	return v.to("/sheets/imports/" + j.ID)
}

func (v *visit) dropImport() error {
	j, err := v.job()
	if err != nil {
		return err
	}
	if j.snapshot().Stage != stageSaying {
		v.imports.drop(j)
	}
	v.tell(told{Kind: "info", Text: v.t("已放弃导入，没有办理任何事项。")})
	return v.to("/sheets")
}

// sheetExport writes a table of an institution, or for the bureau of all.
func (v *visit) sheetExport() error {
	q := v.R.URL.Query()
	k, err := v.kind(q.Get("kind"))
	if err != nil {
		return err
	}
	org := v.Org.ID
	if q.Get("org") == "all" {
		org = ""
	} else if q.Get("org") != "" {
		org = q.Get("org")
	}
	source, name, err := v.source(k, org)
	if err != nil {
		return err
	}
	if q.Get("format") == "csv" && k != sheet.Workbook {
		v.download(sheet.FileName(k, v.Lang, name, "csv"), "text/csv; charset=utf-8")
		err = sheet.WriteCSV(v.R.Context(), v.W, k, v.Lang, source)
	} else {
		v.download(sheet.FileName(k, v.Lang, name, "xlsx"), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
		err = sheet.Write(v.R.Context(), v.W, k, v.Lang, source)
	}
	if err != nil {
		v.Log.Error("an export broke off", "kind", string(k), "err", err)
		panic(http.ErrAbortHandler) // half a file must not look like a whole one
	}
	return nil
}

func (v *visit) source(k sheet.Kind, org string) (s sheet.Source, name string, err error) {
	if org != "" {
		o, err := v.org(org)
		if err != nil {
			return s, "", errAbsent
		}
		s.Org, name = *o, o.Short
	}
	s.Orgs, s.Duties, s.Entries, s.Systems, s.Tables = v.orgRows(), v.dutyRows(org), v.entryRows(org), v.systemRows(org), v.tableRows(org)
	return s, name, nil
}

// visible tells which content of an entry who looks may see; nil for none. What is handed in and not verified is its
// provider's and the bureau's.
func (v *visit) visible(e *mulu.Entry) *mulu.Entry {
	if v.own(e.Org) || v.bureau() {
		return e
	}
	if e.Now == nil {
		return nil
	}
	shown := *e
	shown.Next, shown.Why = nil, ""
	return &shown
}

// everyNoun walks the nouns of a kind, page by page.
func everyNoun[N any](v *visit, kind mulu.Kind, org string) func(yield func(N, error) bool) {
	return func(yield func(N, error) bool) {
		var none N
		f := read.Filter{Org: org, Limit: 500}
		for {
			page, err := v.Read.Nouns(v.R.Context(), kind, f)
			if err != nil {
				yield(none, err)
				return
			}
			for _, n := range page {
				f.After = n.ID
				var it N
				if err := json.Unmarshal(n.State, &it); err != nil {
					yield(none, fmt.Errorf("read %s %s: %w", kind, n.ID, err))
					return
				}
				if !yield(it, nil) {
					return
				}
			}
			if len(page) < f.Limit {
				return
			}
		}
	}
}
