package platform

import (
	"context"
	"errors"
	"io"
	"strings"
	"unicode"

	"mulu"
	"mulu/platform/intake"
)

// previewRows is how many rows a preview shows.
const previewRows = 10

// Preview is how a received file would be read, for somebody to look at before it is loaded.
type Preview struct {
	Form    intake.Form
	Columns []string
	Rows    [][]string
	Flaws   []*intake.Flaw    // among those rows
	Map     map[string]string // field of an item → column that stands for it
	Same    *Load             // the same bytes were published before
	Sheets  []string          // of a workbook, or the layers of a shapefile: what Form.Sheet chooses from
}

// Preview reads the beginning of a file. form and columns are what somebody chose before, or empty. A *intake.Fault says why
// the file cannot be read.
func (l *Loads) Preview(ctx context.Context, load Load, form intake.Form) (p Preview, err error) {
	g, err := l.Ground(ctx, load.Entry)
	if err != nil {
		return p, err
	}
	if p.Same, err = l.Same(ctx, load); err != nil {
		return p, err
	}
	f, err := l.Uploads.Open(load.ID, load.Size)
	if err != nil {
		return p, err
	}
	t, err := intake.Open(f, load.Name, form)
	if err != nil {
		return p, err
	}
	defer t.Close()
	if kind := t.Form().Kind; kind == intake.XLSX || kind == intake.Shapefile {
		if p.Sheets, err = intake.Sheets(f, load.Name); err != nil {
			return p, err
		}
	}
	p.Form, p.Columns = t.Form(), t.Columns()
	before, err := l.columnsBefore(ctx, load.Entry)
	if err != nil {
		return p, err
	}
	p.Map = match(g.Content.Items, p.Columns, before)
	for len(p.Rows)+len(p.Flaws) < previewRows {
		row, err := t.Next()
		var flaw *intake.Flaw
		switch {
		case errors.Is(err, io.EOF):
			return p, nil
		case errors.As(err, &flaw):
			p.Flaws = append(p.Flaws, flaw)
		case err != nil:
			return p, err
		default:
			p.Rows = append(p.Rows, append([]string(nil), row.Values...))
		}
	}
	return p, nil
}

// columnsBefore gives the columns of the last load of an entry that was published: a provider's files are alike.
func (l *Loads) columnsBefore(ctx context.Context, entry string) (map[string]string, error) {
	list, err := l.list(ctx, "entry = ? AND state = ? ORDER BY n DESC LIMIT 1", entry, Published)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return list[0].Columns, nil
}

// match finds the column of each item: as it was before, by its field or name, or by a name that differs only in what people
// add: spaces, case, brackets with a unit, a star. A column stands for one item; what is not found is left out.
func match(items []mulu.Item, columns []string, before map[string]string) map[string]string {
	found, taken := map[string]string{}, map[string]bool{}
	there := map[string]bool{}
	for _, c := range columns {
		there[c] = true
	}
	pick := func(item mulu.Item, column string) {
		if column != "" && there[column] && !taken[column] && found[item.Field] == "" {
			found[item.Field], taken[column] = column, true
		}
	}
	for _, item := range items {
		pick(item, before[item.Field])
	}
	for _, item := range items {
		pick(item, item.Field)
	}
	for _, item := range items {
		pick(item, item.Name)
	}
	plain := map[string]string{}
	for _, c := range columns {
		if key := bare(c); key != "" && plain[key] == "" {
			plain[key] = c
		}
	}
	for _, item := range items {
		pick(item, plain[bare(item.Name)])
		pick(item, plain[bare(item.Field)])
	}
	return found
}

// bare is a name without what people add to it.
func bare(name string) string {
	if i := strings.IndexAny(name, "(（["); i > 0 {
		name = name[:i]
	}
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || strings.ContainsRune("*＊_-:：", r) {
			return -1
		}
		return unicode.ToLower(r)
	}, name)
}
