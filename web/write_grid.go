package web

import (
	"encoding/csv"
	"encoding/json"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"mulu"
)

// A grid is rows typed like a sheet: the items of an entry, the columns of a table. Cell "items.3.name" is field name of
// row 3. Without scripts its buttons send the form; with scripts rows move in place and the whole grid travels as one
// field, so that a thousand rows are no ten thousand fields.
type grid struct {
	Name    string
	Columns []gridColumn
	Rows    []gridRow
	Most    int // rows it may have
	Wrong   map[string]*trouble
	Suggest map[string][]suggestion // by column
}

// suggestion is a value that a column offers; Name is what people call it, Type and Length go into the row with it.
type suggestion struct {
	Value, Name, Type string
	Length            int
}

// gridColumn says how cells are typed: text, number, choose (one of List, Blank is what an empty choice means) or tick.
type gridColumn struct {
	Name, Label, Kind string
	List              []mulu.Code
	Blank             string
	Need              bool
	Wide              string // "wide", "" or "slim"
	Max               int    // characters
}

// gridRow is the cells of a row by their columns, as typed; a tick is "1" or "".
type gridRow map[string]string

// blank tells whether nothing is written into a row; choices and ticks alone do not make it one.
func (r gridRow) blank(columns []gridColumn) bool {
	return !slices.ContainsFunc(columns, func(c gridColumn) bool { return (c.Kind == "text" || c.Kind == "number") && r[c.Name] != "" })
}

// Cell names a cell's field.
func (g grid) Cell(row int, column string) string {
	return g.Name + "." + strconv.Itoa(row) + "." + column
}

// At is what is wrong in a cell, nil if nothing is.
func (g grid) At(row int, column string) *trouble { return g.Wrong[g.Cell(row, column)] }

// RowWrong lists what is wrong in a row, column by column.
func (g grid) RowWrong(row int) []*trouble {
	var all []*trouble
	for _, c := range append([]gridColumn{{Name: ""}}, g.Columns...) {
		if t := g.At(row, c.Name); t != nil {
			all = append(all, t)
		}
	}
	return all
}

// Shown is the rows with empty ones below to type into.
func (g grid) Shown() []gridRow {
	rows := slices.Clone(g.Rows)
	for len(rows) < 3 {
		rows = append(rows, gridRow{})
	}
	return rows
}

// Blank is a row with nothing in it, which scripts copy.
func (g grid) Blank() gridRow { return gridRow{} }

// Filled counts the rows into which something is written.
func (g grid) Filled() int {
	n := 0
	for _, r := range g.Rows {
		if !r.blank(g.Columns) {
			n++
		}
	}
	return n
}

// longestCell bounds a cell in bytes; what a rule allows is less and is told by the rule.
const longestCell = 10000

// gridRows reads the rows of a form: from one field with JSON, or from a field for each cell in the order of the rows.
func (v *visit) gridRows(name string, columns []gridColumn, most int) ([]gridRow, error) {
	var rows []gridRow
	if packed := v.R.PostFormValue(name); packed != "" {
		if err := json.Unmarshal([]byte(packed), &rows); err != nil {
			return nil, errForged
		}
	} else {
		rows = v.looseRows(name)
	}
	if len(rows) > most {
		return nil, &mulu.Refusal{Code: "out_of_range", Art: "11.1", Args: []string{"@" + name, strconv.Itoa(len(rows)), "1", strconv.Itoa(most)}}
	}
	for i, r := range rows {
		kept := gridRow{}
		for _, c := range columns {
			s := strings.TrimSpace(r[c.Name])
			if len(s) > longestCell {
				return nil, errLarge
			}
			if s != "" {
				kept[c.Name] = s
			}
		}
		rows[i] = kept
	}
	for len(rows) > 0 && len(rows[len(rows)-1]) == 0 {
		rows = rows[:len(rows)-1]
	}
	return rows, nil
}

func (v *visit) looseRows(name string) []gridRow {
	found := map[int]gridRow{}
	for key, values := range v.R.PostForm {
		rest, ok := strings.CutPrefix(key, name+".")
		if !ok {
			continue
		}
		number, column, ok := strings.Cut(rest, ".")
		i, err := strconv.Atoi(number)
		if !ok || err != nil || i < 0 {
			continue
		}
		if found[i] == nil {
			found[i] = gridRow{}
		}
		found[i][column] = values[0]
	}
	order := make([]int, 0, len(found))
	for i := range found {
		order = append(order, i)
	}
	slices.Sort(order)
	rows := make([]gridRow, len(order))
	for at, i := range order {
		rows[at] = found[i]
	}
	return rows
}

// do carries out a button of the grid: "items.add", "items.paste", "items.up.3", "items.down.3", "items.remove.3". It
// tells whether the button is one of its own.
func (g *grid) do(button, pasted string) bool {
	rest, ok := strings.CutPrefix(button, g.Name+".")
	if !ok {
		return false
	}
	what, number, _ := strings.Cut(rest, ".")
	i, err := strconv.Atoi(number)
	inside := err == nil && i >= 0 && i < len(g.Rows)
	switch {
	case what == "add":
		for range min(5, g.Most-len(g.Rows)) {
			g.Rows = append(g.Rows, gridRow{})
		}
	case what == "paste":
		g.paste(pasted)
	case what == "remove" && inside:
		g.Rows = slices.Delete(g.Rows, i, i+1)
	case what == "up" && inside && i > 0:
		g.Rows[i-1], g.Rows[i] = g.Rows[i], g.Rows[i-1]
	case what == "down" && inside && i+1 < len(g.Rows):
		g.Rows[i+1], g.Rows[i] = g.Rows[i], g.Rows[i+1]
	}
	return true
}

// paste adds rows from text with tabs between cells, as a spreadsheet gives it. A first line that names columns says
// their order; otherwise it is the grid's.
func (g *grid) paste(text string) {
	r := csv.NewReader(strings.NewReader(text))
	r.Comma, r.LazyQuotes, r.FieldsPerRecord = '\t', true, -1
	order := g.Columns
	for first := true; ; first = false {
		cells, err := r.Read()
		if err == io.EOF {
			return
		}
		if err != nil {
			continue
		}
		if first {
			if named := g.named(cells); named != nil {
				order = named
				continue
			}
		}
		row := gridRow{}
		for i, cell := range cells {
			if i < len(order) && order[i].Name != "" {
				if s := order[i].value(strings.TrimSpace(cell)); s != "" {
					row[order[i].Name] = s
				}
			}
		}
		if row.blank(g.Columns) {
			continue
		}
		if at := slices.IndexFunc(g.Rows, func(r gridRow) bool { return r.blank(g.Columns) }); at >= 0 {
			g.Rows[at] = row
		} else if len(g.Rows) < g.Most {
			g.Rows = append(g.Rows, row)
		}
	}
}

// named gives the columns that a line of headings names, nil unless at least two are; an unknown heading's cells are left out.
func (g *grid) named(cells []string) []gridColumn {
	order, known := make([]gridColumn, len(cells)), 0
	for i, cell := range cells {
		cell = strings.TrimSpace(cell)
		for _, c := range g.Columns {
			if cell == c.Label || cell == mulu.Say(c.Name, "zh") || strings.EqualFold(cell, c.Name) {
				order[i], known = c, known+1
				break
			}
		}
	}
	if known < 2 {
		return nil
	}
	return order
}

// gradeWritten is a grade as sheets have it: L3, or a digit and the word for grade.
var gradeWritten = regexp.MustCompile(`^(?:[Ll]([1-4])|([1-4])\D)$`)

// value reads what a sheet says in a cell: a code by its word or letter, a tick by a sign of consent.
func (c gridColumn) value(s string) string {
	switch c.Kind {
	case "tick":
		if slices.Contains([]string{"是", "√", "✓", "1", "y", "yes", "true"}, strings.ToLower(s)) {
			return "1"
		}
		return ""
	case "choose":
		for _, code := range c.List {
			if s != "" && (strings.EqualFold(s, code.Code) || s == code.Zh || s == code.Zh+code.Code || strings.EqualFold(s, code.En)) {
				return code.Code
			}
		}
		if m := gradeWritten.FindStringSubmatch(s); m != nil {
			return c.value(m[1] + m[2])
		}
		return ""
	}
	return s
}
