package sheet

import (
	"context"
	"errors"
	"fmt"
	"path"
	"strings"

	"mulu"
	"mulu/act"
)

// Bounds on one import.
const (
	maxRows  = 200_000
	maxNouns = 50_000
	beat     = 1000 // rows between two calls of progress
)

// Read plans the import of files for an institution. A file that cannot be imported gives Problems, never an error; the error
// is for a cancelled context or a disk that fails. progress, which may be nil, hears the rows read so far.
func Read(ctx context.Context, kind Kind, org mulu.Org, files []File, known Known, progress func(rows int)) (Plan, error) {
	im := newImporter(ctx, kind, org, known, progress)
	if len(files) == 0 {
		im.problem(Problem{Code: "no_file"})
	}
	for _, f := range files {
		if err := im.file(f); err != nil {
			return Plan{}, err
		}
	}
	if err := im.finish(); err != nil {
		return Plan{}, err
	}
	return *im.plan, nil
}

// importer gathers what the files say, as drafts of nouns, and makes acts of them when all files are read, because one sheet
// may use what another one, or another file, registers.
type importer struct {
	ctx      context.Context
	org      mulu.Org
	known    Known
	progress func(int)
	plan     *Plan
	layouts  []*layout         // kinds that are looked for
	words    map[string]string // texts kept, see keep
	picked   map[string]choice // what pick made of a text
	nouns    int
	places   map[string]place // where a noun was first stated, by kind and name
	orgs     []*orgDraft
	duties   []*dutyDraft
	systems  []*systemDraft
	tables   []*tableDraft
	entries  []*entryDraft

	systemNamed map[string]*systemDraft
	entryNamed  map[string]*entryDraft
	links       []linkDraft
}

// place is where a noun stands in the files.
type place struct {
	file, sheet string
	row         int
}

func newImporter(ctx context.Context, kind Kind, org mulu.Org, known Known, progress func(int)) *importer {
	im := &importer{ctx: ctx, org: org, known: known, progress: progress, plan: &Plan{Kind: kind}, words: map[string]string{}, picked: map[string]choice{}, places: map[string]place{},
		systemNamed: map[string]*systemDraft{}, entryNamed: map[string]*entryDraft{}}
	kinds := []Kind{kind}
	if kind == Workbook {
		kinds = []Kind{profile, Duties, Systems, Tables, Entries}
	}
	for _, k := range kinds {
		im.layouts = append(im.layouts, layoutOf(k))
	}
	return im
}

func (im *importer) problem(p Problem) {
	if len(im.plan.Problems) == MaxProblems {
		im.plan.More++
		return
	}
	im.plan.Problems = append(im.plan.Problems, p)
}

func (im *importer) note(p Problem) {
	if len(im.plan.Notes) == MaxProblems {
		im.plan.MoreNotes++
		return
	}
	im.plan.Notes = append(im.plan.Notes, p)
}

// file reads one file. What is wrong with it becomes a problem; the error is the disk's or the context's.
func (im *importer) file(f File) error {
	src := &source{ReaderAt: f.Content}
	name := path.Base(strings.ReplaceAll(f.Name, `\`, "/"))
	taken, err := im.sheets(f, src, name)
	var bad *Problem
	switch {
	case src.failed != nil:
		return fmt.Errorf("read %s: %w", name, src.failed)
	case errors.As(err, &bad):
		p := *bad
		if p.File == "" {
			p.File = name
		}
		im.problem(p)
		return nil
	case err != nil:
		return fmt.Errorf("read %s: %w", name, err)
	case !taken:
		im.problem(Problem{File: name, Code: "no_table", Args: []string{"@kind." + string(im.plan.Kind), "@anchors." + string(im.plan.Kind)}})
	}
	return nil
}

// sheets reads the sheets of a file and tells whether one of them was of the kind.
func (im *importer) sheets(f File, src *source, name string) (taken bool, err error) {
	b, err := open(f, src)
	if err != nil {
		return false, err
	}
	for i, sheet := range b.names() {
		t := &table{im: im, file: name, sheet: sheet}
		if err := b.read(i, t.line); err != nil {
			var bad *Problem
			if errors.As(err, &bad) && bad.Sheet == "" {
				bad.Sheet = sheet
			}
			return taken, err
		}
		if err := t.end(); err != nil {
			return taken, err
		}
		taken = taken || t.layout != nil
		im.plan.Sheets = append(im.plan.Sheets, t.summary())
	}
	return taken, nil
}

// count counts a row, and ends the reading when there are too many or nobody wants it any more.
func (im *importer) count(t *table, row int) error {
	if im.plan.Rows++; im.plan.Rows > maxRows {
		return &Problem{Sheet: t.sheet, Row: row, Code: "too_many_rows", Args: []string{fmt.Sprint(maxRows)}}
	}
	if im.plan.Rows%beat == 0 {
		if im.progress != nil {
			im.progress(im.plan.Rows)
		}
		return im.ctx.Err()
	}
	return nil
}

// keep gives one copy of a text that many cells say, and frees the line it came in.
func (im *importer) keep(s string) string {
	if len(s) > 64 {
		return strings.Clone(s)
	}
	if k, ok := im.words[s]; ok {
		return k
	}
	if len(im.words) >= 1<<16 {
		clear(im.words)
	}
	s = strings.Clone(s)
	im.words[s] = s
	return s
}

// choice is a value of a code list, and whether the text was one.
type choice struct {
	code string
	ok   bool
}

// pick is pick, remembered: a column says few things many times.
func (im *importer) pick(list, text string) (string, bool) {
	if len(text) > 64 {
		return pick(list, text)
	}
	c, known := im.picked[list+"."+text]
	if !known {
		if len(im.picked) >= 1<<12 {
			clear(im.picked)
		}
		c.code, c.ok = pick(list, text)
		im.picked[list+"."+text] = c
	}
	return c.code, c.ok
}

// first tells whether a noun is stated here for the first time; otherwise it is a problem that names both places.
func (im *importer) first(g *group, kind mulu.Kind, key, name string) bool {
	at := place{g.t.file, g.t.sheet, g.row}
	before, twice := im.places[string(kind)+"\x00"+key]
	if !twice {
		im.places[string(kind)+"\x00"+key] = at
		return true
	}
	where := Problem{File: before.file, Sheet: before.sheet, Row: before.row}
	g.problem(g.t.layout.naming(), "twice", "@noun."+string(kind), name, strings.TrimRight(where.Where("zh"), "："), strings.TrimSuffix(where.Where("en"), ": "))
	return false
}

// noun counts a noun.
func (im *importer) noun(t *table, row int) error {
	if im.nouns++; im.nouns > maxNouns {
		return &Problem{Sheet: t.sheet, Row: row, Code: "too_many_nouns", Args: []string{fmt.Sprint(maxNouns)}}
	}
	return nil
}

// finish makes acts of the drafts, in the order in which they can be said.
func (im *importer) finish() error {
	for _, step := range []func(){im.finishOrgs, im.finishDuties, im.finishSystems, im.finishTables, im.finishEntries, im.finishLinks} {
		if err := im.ctx.Err(); err != nil {
			return err
		}
		step()
	}
	if im.progress != nil {
		im.progress(im.plan.Rows)
	}
	if im.plan.Rows == 0 && im.plan.Ready() {
		im.problem(Problem{Code: "no_rows"})
	}
	return nil
}

// say plans an act for a draft.
func (im *importer) say(d *draft, a act.Act, noun mulu.Kind, key string, needs ...Need) {
	im.plan.Planned = append(im.plan.Planned, Planned{Act: a, Kind: a.Kind(), Noun: noun, Name: d.name, Key: key,
		File: d.at.file, Sheet: d.at.sheet, Row: d.at.row, Rows: d.rows, Needs: needs})
}

// draft is what all nouns of a file have in common.
type draft struct {
	name string
	at   place
	rows int
}

func (g *group) draft(name string) draft {
	return draft{name, place{g.t.file, g.t.sheet, g.row}, g.rows}
}

// trouble is a problem at a draft, found after its sheet was read; column is a heading or "".
func (im *importer) trouble(d *draft, column, value, code string, args ...string) {
	im.problem(Problem{File: d.at.file, Sheet: d.at.sheet, Row: d.at.row, Column: column, Value: shorten(value), Code: code, Args: args})
}
