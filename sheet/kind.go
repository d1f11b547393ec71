package sheet

import (
	"io"
	"iter"

	"mulu"
)

// Kind says which table a file holds.
type Kind string

// The tables. Workbook is the five-sheet workbook (①职能 ②职责 ③信息资源 ④系统 ⑤库表): it may hold any of duties, entries,
// systems and tables, told apart by their headings.
const (
	Orgs     Kind = "orgs"     // 机构
	Duties   Kind = "duties"   // 职责
	Entries  Kind = "entries"  // 数据目录（信息资源），one row per item
	Systems  Kind = "systems"  // 系统
	Tables   Kind = "tables"   // 库表, one row per column
	Workbook Kind = "workbook" // 五表工作簿
)

// Kinds lists them in the order of pages.
func Kinds() []Kind { return []Kind{Workbook, Duties, Entries, Systems, Tables, Orgs} }

// File is one file handed in. Content must stay readable until Read returns; Size is its length in bytes.
type File struct {
	Name    string
	Content io.ReaderAt
	Size    int64
}

// Known is what the importer looks up: what stands on the chain already. The caller implements it on committed state or
// read models; every method may be called once for each noun of a file.
type Known interface {
	// Org finds an institution by id, name, short name or credit code.
	Org(name string) (mulu.Org, bool)
	// Duty finds a duty of an institution by name; it may also know it by id, code or a matter. Not a retired one.
	Duty(org, name string) (mulu.Duty, bool)
	// Entry finds an entry of an institution: by code when code is given, else by name. By name not a retired one.
	Entry(org, name, code string) (*mulu.Entry, bool)
	// System finds a system of an institution by name; it may also know it by id. Not a retired one.
	System(org, name string) (mulu.System, bool)
	// Table finds a table by the id of its system and its full name. Not a retired one.
	Table(system, database, schema, name string) (mulu.Table, bool)
	// Element finds a data element by ID, or by name one in force.
	Element(name string) (mulu.Element, bool)
	// Linked tells whether an entry (code) is joined to a system (id).
	Linked(entry, system string) bool
}

// Source is what Write puts into a sheet. Only what the kind needs is asked for; nil gives an empty sheet. An error ends the
// writing. What is retired or closed is left out, because a sheet states what shall be.
type Source struct {
	Org     mulu.Org // whose workbook it is; zero for several institutions in one sheet
	Orgs    iter.Seq2[mulu.Org, error]
	Duties  iter.Seq2[DutyRow, error]
	Entries iter.Seq2[EntryRow, error]
	Systems iter.Seq2[SystemRow, error]
	Tables  iter.Seq2[TableRow, error]
}

// DutyRow is a duty with what its id fields mean to a reader.
type DutyRow struct {
	Duty mulu.Duty
	Org  string // name of the institution
}

// EntryRow is an entry with the names behind its ids.
type EntryRow struct {
	Entry      *mulu.Entry
	Org        string   // name of the provider
	Duty       string   // name of its duty
	Department string   // of the duty
	Systems    []string // names of the systems it is joined to
}

// SystemRow is a system with the names of the entries that come from it.
type SystemRow struct {
	System  mulu.System
	Org     string
	Entries []string
}

// TableRow is a table with the name of its system.
type TableRow struct {
	Table  mulu.Table
	Org    string
	System string
}

// Lists are the institution's own names that a template offers in drop-downs beside the code lists.
type Lists struct {
	Duties, Systems []string
}
