package intake

import (
	"errors"
	"io"
	"path"
	"strconv"
	"strings"
)

// Bounds of workbooks.
const (
	maxSheets  = 256
	maxStrings = 256 << 20 // bytes of shared strings, which must be held
	maxStyles  = 1 << 16
	maxPart    = 16 << 20 // bytes of a small part: the workbook's list, relations
)

// workbook is an opened Excel file: its sheets in order, and what all of them share.
type workbook struct {
	*archive
	sheets    []sheetPart
	strings   shared
	styles    []style
	since1904 bool
}

type sheetPart struct {
	name, path string
	hidden     bool
}

// relation is what a part refers to.
type relation struct{ id, sort, target string }

// openWorkbook reads everything but the sheets and what they share, which share reads.
func openWorkbook(f File) (*workbook, []relation, error) {
	a, err := openArchive(f)
	if err != nil {
		return nil, nil, err
	}
	w := &workbook{archive: a}
	top, err := w.relations("")
	if err != nil {
		return nil, nil, err
	}
	main := ""
	for _, r := range top {
		if r.sort == "officeDocument" {
			main = r.target
		}
	}
	if strings.HasSuffix(main, ".bin") {
		return nil, nil, fault("old_excel", 0)
	}
	rels, err := w.relations(main)
	if err != nil {
		return nil, nil, err
	}
	err = w.each(main, func(t *tags) error {
		switch {
		case t.begins("workbookPr"):
			w.since1904 = truth(t.attr("date1904"))
		case t.begins("sheet") && len(w.sheets) < maxSheets:
			state, id := string(t.attr("state")), string(t.attr("id"))
			for _, r := range rels {
				if r.id == id && r.sort == "worksheet" {
					w.sheets = append(w.sheets, sheetPart{string(t.attr("name")), r.target, state == "hidden" || state == "veryHidden"})
				}
			}
		}
		return nil
	})
	if errors.Is(err, errNoPart) || err == nil && len(w.sheets) == 0 {
		return nil, nil, fault("no_sheet", 0)
	}
	return w, rels, err
}

// share reads what all sheets share.
func (w *workbook) share(rels []relation) error {
	for _, r := range rels {
		var err error
		switch r.sort {
		case "sharedStrings":
			err = w.readStrings(r.target)
		case "styles":
			err = w.readStyles(r.target)
		}
		if err != nil && !errors.Is(err, errNoPart) {
			return err
		}
	}
	return nil
}

// relations reads what a part refers to; "" is the package. A part without relations has none.
func (w *workbook) relations(of string) ([]relation, error) {
	dir, base := path.Split(of)
	var all []relation
	err := w.each(dir+"_rels/"+base+".rels", func(t *tags) error {
		if !t.begins("Relationship") || len(all) >= 4*maxSheets {
			return nil
		}
		target := string(t.attr("Target"))
		if !strings.HasPrefix(target, "/") {
			target = dir + target
		}
		all = append(all, relation{string(t.attr("Id")), path.Base(string(t.attr("Type"))), path.Clean(strings.TrimPrefix(target, "/"))})
		return nil
	})
	if errors.Is(err, errNoPart) {
		return nil, nil
	}
	return all, err
}

// each calls do for every tag of a part. The error is errNoPart, a *Fault or that of do.
func (w *workbook) each(name string, do func(*tags) error) error {
	r, err := w.open(name)
	if err != nil {
		return err
	}
	defer r.Close()
	t := newTags(r)
	for {
		if err := t.next(); err == io.EOF {
			return nil
		} else if err != nil {
			return unpackFault(err)
		}
		if err := do(t); err != nil {
			return err
		}
	}
}

func truth(b []byte) bool { return string(b) == "1" || string(b) == "true" }

// shared holds the strings that cells refer to by number, one after another: a header for each would cost as much again.
type shared struct {
	all  []byte
	ends []uint32
}

func (s *shared) get(n int) (string, bool) {
	if n < 0 || n >= len(s.ends) {
		return "", false
	}
	from := uint32(0)
	if n > 0 {
		from = s.ends[n-1]
	}
	return string(s.all[from:s.ends[n]]), true
}

// readStrings reads the shared strings; phonetic readings inside them are left out.
func (w *workbook) readStrings(name string) error {
	phonetic := false
	return w.each(name, func(t *tags) error {
		switch {
		case t.begins("si"):
			t.text, t.cut = t.text[:0], false
		case t.ends("si"):
			s := unescaped(string(t.text))
			if t.cut {
				s += strings.Repeat(" ", maxValue) // longer than a value may be, told where it is used
			}
			if len(w.strings.all)+len(s) > maxStrings || len(w.strings.ends) > maxStrings/8 {
				return fault("strings", 0, maxStrings>>20)
			}
			w.strings.all = append(w.strings.all, s...)
			w.strings.ends = append(w.strings.ends, uint32(len(w.strings.all)))
		case string(t.name) == "rPh":
			phonetic = !t.end
		case string(t.name) == "t":
			t.gather = !t.end && !phonetic
		}
		return nil
	})
}

// unescaped replaces _x000D_ and the like, by which spreadsheets write characters that XML does not take.
func unescaped(s string) string {
	n := strings.Index(s, "_x")
	if n < 0 {
		return s
	}
	var b strings.Builder
	for n >= 0 {
		b.WriteString(s[:n])
		s = s[n:]
		code, err := uint64(0), strconv.ErrSyntax
		if len(s) >= 7 && s[6] == '_' && s[2] != '+' && s[2] != '-' {
			code, err = strconv.ParseUint(s[2:6], 16, 16)
		}
		if err == nil {
			b.WriteRune(rune(code))
			s = s[7:]
		} else {
			b.WriteString(s[:2])
			s = s[2:]
		}
		n = strings.Index(s, "_x")
	}
	b.WriteString(s)
	return b.String()
}

// readStyles learns which styles show a number as a date, a span of time or with leading zeros.
func (w *workbook) readStyles(name string) error {
	own, inCells := map[string]style{}, false
	return w.each(name, func(t *tags) error {
		switch {
		case t.begins("numFmt") && len(own) < maxStyles:
			own[string(t.attr("numFmtId"))] = styleOf(string(t.attr("formatCode")))
		case string(t.name) == "cellXfs":
			inCells = !t.end
		case t.begins("xf") && inCells && len(w.styles) < maxStyles:
			id := string(t.attr("numFmtId"))
			s, ok := own[id]
			if !ok {
				s = builtinStyle(id)
			}
			w.styles = append(w.styles, s)
		}
		return nil
	})
}
