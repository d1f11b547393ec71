package desk

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"mulu"
	"mulu/platform"
	"mulu/platform/scan"
	"mulu/platform/source"
)

// What pages show of sources at their owners (Art. 15.1) and of scans (Art. 12).
type (
	Connection  = source.Connection
	Binding     = source.Binding
	BoundPair   = source.Pair
	SourceCall  = source.Call
	PullPlan    = source.Plan
	PullPast    = source.Past
	SourceFault = source.Fault
	SourceSeen  = source.Seen
	Withheld    = source.Withheld
	Look        = source.Look

	ScanTerms    = scan.Terms
	ScanResult   = scan.Result
	ScanTable    = scan.Table
	ScanChange   = scan.Change
	ScanShift    = scan.Shift
	ScanLeft     = scan.Left
	ScanProposal = scan.Proposal
	ScanMatch    = scan.Match
)

// The sorts of sources.
const (
	Postgres = source.Postgres
	MySQL    = source.MySQL
	SQLite   = source.SQLite
	HTTPAPI  = source.API
)

// Words for what keeps a source from answering.
var (
	ErrSourceAway      = platform.ErrAway
	ErrSourceSlow      = platform.ErrSlow
	ErrSourceDrift     = platform.ErrDrift
	ErrSourceForbidden = platform.ErrForbidden
	ErrSourceUnbound   = platform.ErrUnbound
	ErrNoConnection    = errors.New("the institution has no such connection")
)

// BoundEntry is a binding with how its pulls and answers went.
type BoundEntry struct {
	Binding
	Past     PullPast
	Withheld Withheld
}

// ConnectionsOf lists the connections of who acts's institution.
func (d *Desk) ConnectionsOf(by By) []Connection {
	if d.Sources == nil {
		return nil
	}
	return slices.DeleteFunc(d.Sources.Connections(), func(c Connection) bool { return c.Org != by.Org })
}

// ConnectionOf gives one of the institution's connections. Another's is not there.
func (d *Desk) ConnectionOf(by By, id string) (Connection, bool) {
	for _, c := range d.ConnectionsOf(by) {
		if c.ID == id {
			return c, true
		}
	}
	return Connection{}, false
}

// BindingsOf lists the bindings to the institution's connections, with the past of their pulls.
func (d *Desk) BindingsOf(by By) (list []BoundEntry) {
	if d.Sources == nil {
		return nil
	}
	own := d.ConnectionsOf(by)
	for _, b := range d.Sources.Bindings() {
		if slices.ContainsFunc(own, func(c Connection) bool { return c.ID == b.Connection }) {
			list = append(list, BoundEntry{b, d.Sources.Past(b.Entry), d.Sources.Withheld(b.Entry)})
		}
	}
	return list
}

// BindingOf gives the binding of an entry of the institution.
func (d *Desk) BindingOf(by By, entry string) (BoundEntry, bool) {
	for _, b := range d.BindingsOf(by) {
		if b.Entry == entry {
			return b, true
		}
	}
	return BoundEntry{}, false
}

// Seen tells how a connection answered since the node started.
func (d *Desk) Seen(id string) SourceSeen { return d.Sources.Seen(id) }

// mayConnect tells whether who acts may have a hand in its institution's sources.
func (d *Desk) mayConnect(by By) error {
	if no := by.May("dataset.connect"); no != nil {
		return no
	}
	if d.Sources == nil {
		return ErrSourceUnbound
	}
	return nil
}

// SetConnection sets a connection of the institution. Where it may lead is the operator's to list, and a database file the
// operator's to connect.
func (d *Desk) SetConnection(ctx context.Context, by By, c Connection, secret string) error {
	if err := d.mayConnect(by); err != nil {
		return err
	}
	if c.Org = by.Org; c.Ours() != nil {
		return c.Ours()
	}
	return d.Sources.Connect(ctx, c, secret)
}

// TryConnection reaches what a connection would be, without setting it.
func (d *Desk) TryConnection(ctx context.Context, by By, c Connection, secret string) (version string, err error) {
	if err := d.mayConnect(by); err != nil {
		return "", err
	}
	if c.Org = by.Org; c.Ours() != nil {
		return "", c.Ours()
	}
	return d.Sources.Try(ctx, c, secret)
}

// TestConnection reaches one of the institution's connections, and gives the server's version.
func (d *Desk) TestConnection(ctx context.Context, by By, id string) (version string, err error) {
	if err := d.ownConnection(by, id); err != nil {
		return "", err
	}
	return d.Sources.Test(ctx, id)
}

// Disconnect removes one of the institution's connections, to which nothing is bound, and its secret.
func (d *Desk) Disconnect(ctx context.Context, by By, id string) error {
	if err := d.ownConnection(by, id); err != nil {
		return err
	}
	return d.Sources.Disconnect(ctx, id)
}

func (d *Desk) ownConnection(by By, id string) error {
	if err := d.mayConnect(by); err != nil {
		return err
	}
	if _, ok := d.ConnectionOf(by, id); !ok {
		return ErrNoConnection
	}
	return nil
}

// BindSource says where an entry of the institution comes from. What is wrong is a *SourceFault or an error of the source.
func (d *Desk) BindSource(ctx context.Context, by By, b Binding) error {
	if err := d.ownConnection(by, b.Connection); err != nil {
		return err
	}
	e, err := d.ownEntry(by, b.Entry)
	if err != nil {
		return err
	}
	return d.Sources.Bind(ctx, b, e.Org, e.Now)
}

// ownEntry is a published entry of the institution, as it stands in committed state.
func (d *Desk) ownEntry(by By, code string) (e mulu.Entry, err error) {
	raw, ok := d.Chain.Get(mulu.KindEntry, code)
	if !ok || json.Unmarshal(raw, &e) != nil || e.Org != by.Org {
		return e, &mulu.Refusal{Code: "unknown", Art: "15.1", Args: []string{"@entry", code}}
	}
	if e.Now == nil {
		return e, &mulu.Refusal{Code: "entry_not_published", Art: "15.1", Args: []string{code, "@" + e.Status}}
	}
	return e, nil
}

// Unbind forgets where an entry of the institution comes from.
func (d *Desk) Unbind(by By, entry string) error {
	if err := d.mayConnect(by); err != nil {
		return err
	}
	if _, ok := d.BindingOf(by, entry); !ok {
		return ErrSourceUnbound
	}
	return d.Sources.Unbind(entry)
}

// LookAt looks at the database of one of the institution's connections.
func (d *Desk) LookAt(ctx context.Context, by By, id string, terms ScanTerms) (ScanResult, error) {
	if err := d.ownConnection(by, id); err != nil {
		return ScanResult{}, err
	}
	c, _ := d.ConnectionOf(by, id)
	r, err := d.Sources.Reader(ctx, id)
	if err != nil {
		return ScanResult{}, err
	}
	defer r.Close()
	return scan.Database(ctx, r, c.Name(), terms)
}

// ProposeColumns finds among tables those that may hold an entry's data, with the columns for its items.
func (d *Desk) ProposeColumns(content *mulu.EntryContent, tables []ScanTable) []ScanMatch {
	return scan.Propose(content, tables, chainStandards{d.Chain})
}

// CodeSetsOf gives the code sets that an entry's items are bound to.
func (d *Desk) CodeSetsOf(content *mulu.EntryContent) (sets []*mulu.CodeSet) {
	s, seen := chainStandards{d.Chain}, map[string]bool{}
	for _, i := range content.Items {
		e := s.Element(i.Standard)
		if e == nil || e.CodeSet == "" || seen[e.CodeSet] {
			continue
		}
		seen[e.CodeSet] = true
		if set := s.CodeSet(e.CodeSet); set != nil {
			sets = append(sets, set)
		}
	}
	return sets
}

// Drift compares what was found with the tables that a system has registered of a database.
func (d *Desk) Drift(s mulu.System, database string, found ScanResult) []ScanChange {
	return scan.Drift(s.Org, s.ID, database, d.TablesOf(s.ID), found)
}

// TablesOf lists the tables registered of a system, in committed state.
func (d *Desk) TablesOf(system string) (tables []mulu.Table) {
	for _, id := range d.Chain.Find(mulu.KindTable, "system/"+system) {
		var t mulu.Table
		if raw, ok := d.Chain.Get(mulu.KindTable, id); ok && json.Unmarshal(raw, &t) == nil {
			tables = append(tables, t)
		}
	}
	return tables
}

// Looked keeps what a scan of a system of the institution found, for the next who asks.
func (d *Desk) Looked(by By, s mulu.System, connection, database string, at time.Time, changes []ScanChange) error {
	l := Look{System: s.ID, Org: by.Org, Database: database, Connection: connection, At: at}
	for _, c := range changes {
		switch c.Sort {
		case "came":
			l.Came++
		case "went":
			l.Went++
		default:
			l.Changed++
		}
	}
	return d.Sources.Looked(l)
}

// LooksOf gives the last scans of the institution's systems.
func (d *Desk) LooksOf(by By) []Look {
	if d.Sources == nil {
		return nil
	}
	return slices.DeleteFunc(d.Sources.Looks(), func(l Look) bool { return l.Org != by.Org })
}

// chainStandards are the district's data elements and code sets in committed state.
type chainStandards struct{ chain Chain }

func (s chainStandards) Element(id string) *mulu.Element {
	var e mulu.Element
	if raw, ok := s.chain.Get(mulu.KindElement, id); !ok || json.Unmarshal(raw, &e) != nil {
		return nil
	}
	return &e
}

func (s chainStandards) CodeSet(id string) *mulu.CodeSet {
	var c mulu.CodeSet
	if raw, ok := s.chain.Get(mulu.KindCodeSet, id); !ok || json.Unmarshal(raw, &c) != nil {
		return nil
	}
	return &c
}
