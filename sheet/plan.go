package sheet

import (
	"fmt"

	"mulu"
	"mulu/act"
)

// Plan is what an import would do: the acts in the order in which they must be said. Nothing is done by planning.
type Plan struct {
	Kind      Kind
	Rows      int // rows read, headings and examples not counted
	Planned   []Planned
	Unchanged int       // nouns that stand on the chain just so
	Problems  []Problem // at most MaxProblems; while there is one, nothing may be said
	More      int       // problems beyond them
	Notes     []Problem // what was assumed or left out; at most MaxProblems
	MoreNotes int
	Sheets    []Sheet // what was read, and what was passed over
}

// MaxProblems bounds the problems, and the notes, that a plan keeps.
const MaxProblems = 1000

// Ready tells whether the plan may be carried out. It is all or nothing.
func (p *Plan) Ready() bool { return len(p.Problems) == 0 && p.More == 0 }

// Sheet is one sheet of a file: as which table it was read, "" when it was passed over.
type Sheet struct {
	File, Name string
	Kind       Kind
	Rows       int
}

// Planned is one act of a plan, and where it comes from.
type Planned struct {
	Act   act.Act
	Kind  string // of the act, such as "entry.submit"
	Noun  mulu.Kind
	Name  string // of the noun, for people
	Key   string // id or code of the noun; "" for a new one
	File  string
	Sheet string
	Row   int // first row it comes from
	Rows  int // rows it comes from
	Needs []Need
}

// Need is a field of a planned act that names a noun whose id is made only when an earlier act of the plan is said.
// Kind is the kind of noun ("duty", "system", "entry"), Name its name within the institution. One kind is special: "key" asks
// for a signing key for the institution with the credit code Name, because the sheet gave none; a caller that makes keys
// answers with the public key.
type Need struct {
	Field string // "duty", "system", "entry" or "key"
	Kind  string
	Name  string
}

// Resolve puts ids into the fields that Needs name, by asking find; call it just before saying each act, when those before it
// are committed. It may be called again. The error is a *Problem that names what find did not know.
func Resolve(p *Planned, find func(kind, name string) (id string, ok bool)) error {
	for _, n := range p.Needs {
		id, ok := find(n.Kind, n.Name)
		if !ok {
			return &Problem{File: p.File, Sheet: p.Sheet, Row: p.Row, Code: "need_missing", Args: []string{"@noun." + n.Kind, n.Name, p.Name}}
		}
		field := target(p.Act, n.Field)
		if field == nil {
			return fmt.Errorf("%s has no field %s to put %s %s into", p.Kind, n.Field, n.Kind, n.Name)
		}
		*field = id
	}
	return nil
}

// target is the field of an act that a need fills.
func target(a act.Act, field string) *string {
	switch a := a.(type) {
	case *act.SubmitEntry:
		if field == "duty" {
			return &a.Content.Duty
		}
	case *act.ChangeEntry:
		if field == "duty" {
			return &a.Content.Duty
		}
	case *act.DeclareNoData:
		if field == "duty" {
			return &a.Duty
		}
	case *act.RegisterTable:
		if field == "system" {
			return &a.System
		}
	case *act.LinkSystem:
		switch field {
		case "entry":
			return &a.Entry
		case "system":
			return &a.System
		}
	case *act.RegisterOrg:
		if field == "key" {
			return &a.Key
		}
	}
	return nil
}
