package web

import (
	"errors"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"mulu"
	"mulu/act"
)

// mostColumns is how many columns a table may have.
const mostColumns = 2000

func columnColumns() []gridColumn {
	return []gridColumn{
		{Name: "name", Label: "列名", Kind: "text", Need: true, Wide: "wide", Max: 128},
		{Name: "comment", Label: "列说明", Kind: "text", Wide: "wide", Max: 500},
		{Name: "type", Label: "数据库类型", Kind: "text", Need: true, Max: 60},
		{Name: "length", Label: "长度", Kind: "number", Wide: "slim", Max: 10},
		{Name: "nullable", Label: "可空", Kind: "tick", Wide: "slim"},
		{Name: "key", Label: "主键", Kind: "tick", Wide: "slim"},
	}
}

// tableForm is a table being entered, or looked at anew.
type tableForm struct {
	form
	System mulu.System
	Table  *mulu.Table // nil for a new one
	Grid   grid
}

func (f *tableForm) fill(columns []mulu.Column) {
	f.Grid = grid{Name: "columns", Columns: columnColumns(), Most: mostColumns}
	for _, c := range columns {
		r := gridRow{"name": c.Name, "comment": c.Comment, "type": c.Type, "length": numeral(c.Length), "nullable": tickOf(c.Nullable), "key": tickOf(c.IsKey)}
		maps.DeleteFunc(r, func(_, s string) bool { return s == "" })
		f.Grid.Rows = append(f.Grid.Rows, r)
	}
}

func (v *visit) newTable() error {
	s, err := v.ownSystem()
	if err != nil {
		return err
	}
	f := &tableForm{form: form{Values: url.Values{}}, System: *s}
	if len(s.Databases) > 0 {
		f.Set("database", s.Databases[0])
	}
	f.fill(nil)
	return v.show("table-form", f)
}

func (v *visit) ownTable() (*tableForm, error) {
	f := &tableForm{form: v.typed(), Table: &mulu.Table{}}
	if err := v.noun(mulu.KindTable, v.R.PathValue("id"), f.Table); err != nil {
		return nil, err
	}
	if !v.own(f.Table.Org) {
		return nil, errAbsent
	}
	return f, v.noun(mulu.KindSystem, f.Table.System, &f.System)
}

func (v *visit) editTable() error {
	f, err := v.ownTable()
	if err != nil {
		return err
	}
	f.form = form{Values: url.Values{"comment": {f.Table.Comment}, "rows": {strconv.FormatInt(f.Table.Rows, 10)}}}
	f.fill(f.Table.Columns)
	return v.show("table-form", f)
}

// typedTable reads the form. again is true when one of the grid's buttons was pressed, so that nothing is to be said yet.
func (v *visit) typedTable(f *tableForm) (columns []mulu.Column, rows int64, again bool, err error) {
	f.fill(nil)
	if f.Grid.Rows, err = v.gridRows("columns", columnColumns(), mostColumns); err != nil {
		return nil, 0, false, err
	}
	if f.Grid.do(v.text("do"), v.R.PostFormValue("columns-pasted")) {
		return nil, 0, true, nil
	}
	f.Grid.Wrong = map[string]*trouble{}
	wrong := func(place string, no *mulu.Refusal) {
		f.Grid.Wrong[place] = v.trouble(no)
		err = no
	}
	for at, r := range f.Grid.Rows {
		if r.blank(columnColumns()) {
			continue
		}
		for _, name := range []string{"name", "type"} {
			if r[name] == "" {
				wrong(f.Grid.Cell(at, name), &mulu.Refusal{Code: "text_missing", Art: "12", Args: []string{"@" + name}})
			}
		}
		c := mulu.Column{Name: r["name"], Type: r["type"], Nullable: r["nullable"] != "", IsKey: r["key"] != "", Comment: r["comment"]}
		n, bad := strconv.Atoi(r["length"])
		if c.Length = n; r["length"] != "" && bad != nil {
			wrong(f.Grid.Cell(at, "length"), &mulu.Refusal{Code: "out_of_range", Art: "12", Args: []string{"@length", r["length"], "0", strconv.Itoa(1 << 30)}})
		}
		columns = append(columns, c)
	}
	if s := v.text("rows"); s != "" {
		if rows, bad := strconv.ParseInt(s, 10, 64); bad != nil || rows < 0 {
			err = &mulu.Refusal{Code: "out_of_range", Art: "12", Args: []string{"@rows", s, "0", "9223372036854775807"}}
		} else {
			return columns, rows, false, err
		}
	}
	return columns, 0, false, err
}

// markColumn marks the cell that a refusal of the rules is about.
func (f *tableForm) markColumn(v *visit, err error) {
	var no *mulu.Refusal
	if !errors.As(err, &no) || len(no.Args) < 2 {
		return
	}
	column := map[string]string{"doubled": "name"}[no.Code]
	if column == "" {
		return
	}
	for at := range slices.Backward(f.Grid.Rows) {
		if f.Grid.Rows[at][column] == no.Args[1] {
			f.Grid.Wrong[f.Grid.Cell(at, column)] = v.trouble(err)
			return
		}
	}
}

func (v *visit) tableAgain(f *tableForm, err error) error {
	f.markColumn(v, err)
	return v.again("table-form", &f.form, f, err)
}

func (v *visit) registerTable() error {
	s, err := v.ownSystem()
	if err != nil {
		return err
	}
	f := &tableForm{form: v.typed(), System: *s}
	columns, rows, again, err := v.typedTable(f)
	if err != nil {
		return v.tableAgain(f, err)
	}
	if again {
		return v.showAs(http.StatusOK, "table-form", f)
	}
	done, err := v.say(&act.RegisterTable{System: s.ID, Database: v.text("database"), Schema: v.text("schema"), Name: v.text("name"), Comment: v.text("comment"),
		Rows: rows, Columns: columns})
	if err != nil {
		return v.tableAgain(f, err)
	}
	return v.did(done, "/tables/"+done.Outcome.Facts[0].ID)
}

func (v *visit) amendTable() error {
	f, err := v.ownTable()
	if err != nil {
		return err
	}
	columns, rows, again, err := v.typedTable(f)
	if err != nil {
		return v.tableAgain(f, err)
	}
	if again {
		return v.showAs(http.StatusOK, "table-form", f)
	}
	done, err := v.say(&act.AmendTable{Table: f.Table.ID, Comment: v.text("comment"), Rows: rows, Columns: columns})
	if err != nil {
		return v.tableAgain(f, err)
	}
	return v.did(done, "/tables/"+f.Table.ID)
}
