package scan

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"mulu"
	"mulu/platform/source"
)

// Result is what was found.
type Result struct {
	Sort     string  `json:"sort"` // postgres | mysql | sqlite | folder
	Version  string  `json:"version,omitempty"`
	Database string  `json:"database"`
	Tables   []Table `json:"tables"`
	Left     []Left  `json:"left,omitempty"` // what could not be looked at
}

// Left is a table or file that could not be looked at, and why.
type Left struct {
	Name string `json:"name"`
	Zh   string `json:"zh"`
	En   string `json:"en"`
}

// Table is a table, view or file.
type Table struct {
	Schema  string        `json:"schema,omitempty"`
	Name    string        `json:"name"`
	Comment string        `json:"comment,omitempty"`
	View    bool          `json:"view,omitempty"`
	Rows    int64         `json:"rows"` // -1: unknown
	Exact   bool          `json:"exact"`
	Columns []mulu.Column `json:"columns"`

	profiles []profile // of the columns
}

// Title is the table's name with its schema.
func (t Table) Title() string {
	if t.Schema == "" {
		return t.Name
	}
	return t.Schema + "." + t.Name
}

// Terms say how closely to look.
type Terms struct {
	// Sample is how many rows of each table are looked at to tell what its columns hold. 0 is none.
	Sample int
	// CountTo is up to how many rows, by the database's own estimate, a table is counted. 0 means 1,000,000.
	CountTo int64
	// Skim lists tables with their columns and neither counts nor looks into them.
	Skim bool
	// Only is the schema and name of the one table to look at; zero is all.
	Only [2]string
	// Told is told how many of the tables were looked at. nil: nobody asks.
	Told func(done, all int)
	// CodeSets are the district's, to tell columns that hold their codes.
	CodeSets []*mulu.CodeSet
	// Now tells which dates lie ahead. nil means time.Now.
	Now func() time.Time
}

func (t Terms) complete() Terms {
	if t.CountTo == 0 {
		t.CountTo = 1_000_000
	}
	if t.Now == nil {
		t.Now = time.Now
	}
	if t.Told == nil {
		t.Told = func(int, int) {}
	}
	return t
}

// Bounds: a table beyond them is told and not looked into.
const (
	maxTables    = 20_000
	wide         = 500 // columns that one sampling statement asks for
	sampleLength = 64  // characters of a value that are looked at
)

// Database looks at all tables and views that the user may read. An error says that nothing could be looked at.
func Database(ctx context.Context, r *source.Reader, name string, terms Terms) (Result, error) {
	terms = terms.complete()
	res := Result{Sort: r.Sort(), Database: name}
	var err error
	if res.Version, err = r.Version(ctx); err != nil {
		return res, fmt.Errorf("look at %s: %w", name, err)
	}
	tables, columns := catalogOf(r.Sort())
	found, err := r.List(ctx, tables)
	if err != nil {
		return res, fmt.Errorf("list the tables of %s: %w", name, err)
	}
	if len(found) > maxTables {
		return res, fmt.Errorf("look at %s: it has %d tables; at most %d are looked at, scan its schemas with a user who sees fewer", name, len(found), maxTables)
	}
	described, err := r.List(ctx, columns)
	if err != nil {
		return res, fmt.Errorf("list the columns of %s: %w", name, err)
	}
	at := map[[2]string][]mulu.Column{}
	for _, d := range described { // schema, table, name, type, length, nullable, key, comment
		key := [2]string{d[0], d[1]}
		length, _ := strconv.Atoi(d[4])
		at[key] = append(at[key], mulu.Column{Name: d[2], Type: cut(d[3], 60), Length: max(0, length), Nullable: d[5] == "1", IsKey: d[6] == "1", Comment: clean(d[7])})
	}
	for i, f := range found { // schema, table, comment, view, estimate
		terms.Told(i, len(found))
		t := Table{Schema: f[0], Name: f[1], Comment: clean(f[2]), View: f[3] == "1", Rows: -1, Columns: at[[2]string{f[0], f[1]}]}
		if len(t.Columns) == 0 || terms.Only != [2]string{} && terms.Only != [2]string{t.Schema, t.Name} {
			continue
		}
		if terms.Skim {
			res.Tables = append(res.Tables, t)
			continue
		}
		if err := count(ctx, r, &t, f[4], terms); err != nil {
			if ctx.Err() != nil {
				return res, ctx.Err()
			}
			res.Left = append(res.Left, Left{t.Title(), "没有数出行数：" + zhOf(err), "its rows were not counted: " + err.Error()})
		}
		if terms.Sample > 0 {
			if err := sample(ctx, r, &t, terms); err != nil {
				if ctx.Err() != nil {
					return res, ctx.Err()
				}
				res.Left = append(res.Left, Left{t.Title(), "没有查看内容：" + zhOf(err), "its content was not looked at: " + err.Error()})
			}
		}
		res.Tables = append(res.Tables, t)
	}
	return res, nil
}

// count takes the database's estimate for large tables and counts others. A view is not counted: it may stand for any amount
// of work.
func count(ctx context.Context, r *source.Reader, t *Table, estimate string, terms Terms) (err error) {
	n, e := strconv.ParseInt(estimate, 10, 64)
	if t.View || e == nil && n > terms.CountTo {
		if e == nil && n >= 0 && !t.View {
			t.Rows = n
		}
		return nil
	}
	if t.Rows, err = r.Count(ctx, t.Schema, t.Name); err != nil {
		t.Rows = -1
		return err
	}
	t.Exact = true
	return nil
}

// sample looks at some rows, a number of columns at a time.
func sample(ctx context.Context, r *source.Reader, t *Table, terms Terms) error {
	p, err := newProfiler(terms)
	if err != nil {
		return err
	}
	defer p.close()
	t.profiles = make([]profile, len(t.Columns))
	for from := 0; from < len(t.Columns); from += wide {
		part := t.Columns[from:min(from+wide, len(t.Columns))]
		var names []string
		for _, c := range part {
			names = append(names, c.Name)
		}
		rows, err := r.Sample(ctx, t.Schema, t.Name, names, terms.Sample, sampleLength)
		if err != nil {
			t.profiles = nil
			return err
		}
		for i := range part {
			t.profiles[from+i] = p.of(rows, i)
		}
	}
	return nil
}

// clean makes a comment such as the catalog takes: one line, no control characters, at most 500 characters.
func clean(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == utf8.RuneError {
			return ' '
		}
		return r
	}, s)
	return cut(strings.Join(strings.Fields(s), " "), 500)
}

func cut(s string, most int) string {
	for i := range s {
		if most == 0 {
			return s[:i]
		}
		most--
	}
	return s
}
