package platform

import (
	"context"
	"errors"
	"fmt"

	"mulu"
)

// MaxLimit is the largest number of rows one query gives.
const MaxLimit = 10_000

// ErrNoVersion says that the engine does not hold the version that was asked for.
var ErrNoVersion = errors.New("this version of the data is not on this platform; load it here again or wait until it has been copied")

// ErrNoItem says that a query names an item the version does not have.
var ErrNoItem = errors.New("the version has no such item")

// ErrAltered says that a version's files are not what was published.
var ErrAltered = errors.New("the files of this version were altered after publication and are not served; restore them from a backup or load the data again")

// ErrBase says that a version cannot begin from the base that was named, because items that make its key are not those
// that tell the base's rows apart.
var ErrBase = errors.New("the rows of the version before cannot be told apart by the items that are the key now; load all rows anew in the mode replace")

// Version names a published version of an entry's data: its number, counted by the law from 1, and the digest of its
// rows (lower-case hex SM3, see Digest). Two loads under one number are told apart by it.
type Version struct {
	Entry  string
	Number int
	Digest string
}

func (v Version) String() string {
	return fmt.Sprintf("%s version %d (%.8s…)", v.Entry, v.Number, v.Digest)
}

// Row is one row, a value for each item in order. An empty value is no value.
type Row []string

// Query asks for rows of a version. It is structured: nothing from outside ever becomes SQL.
type Query struct {
	Items   []string      // field names to give, in this order; at least one
	Filters []mulu.Filter // all must hold; a row matches a filter if its value equals one of the filter's
	After   int64         // give rows after this row number; 0 = from the first
	Limit   int           // at most this many rows, 1 to MaxLimit
	Place   string        // of connected data, which has no row numbers: where the page before ended, as its Page.Place; "" = from the first
}

// Page is what a query found, in the order of loading. Next is the row number to go on after; 0 = there are no more.
// Connected data comes in the order of its key, and Place stands where Next does, "" = there are no more. A place holds key
// values, so nobody outside is shown it.
type Page struct {
	Rows  []Row
	Next  int64
	Place string
}

// Engine keeps versions. Published versions are immutable, and after any crash whole or not there.
// Every engine passes the conformance suite of this room.
type Engine interface {
	// Stage begins a version of an entry with these items, from nothing or from a published version. Nothing of it can be
	// queried before Publish.
	Stage(ctx context.Context, entry string, items []mulu.Item, base Base) (Stage, error)
	// Query reads one published version. Unknown versions are ErrNoVersion, unknown items ErrNoItem.
	Query(ctx context.Context, v Version, q Query) (Page, error)
	// Scan gives the values of items of every row of a version, in the order of loading, to yield; an error of yield ends
	// it and is given back. The row belongs to Scan: it is overwritten by the next. Errors are those of Query.
	Scan(ctx context.Context, v Version, items []string, yield func(Row) error) error
	// Items gives the items of a version as they were staged; unknown versions are ErrNoVersion.
	Items(ctx context.Context, v Version) ([]mulu.Item, error)
	// Versions lists what is published for an entry, by number, then digest.
	Versions(ctx context.Context, entry string) ([]Version, error)
	// Drop removes a version; queries that run on it end first. Dropping what is not there is no error.
	Drop(ctx context.Context, v Version) error
	// Close ends the engine. Stages not published are gone.
	Close() error
}

// Base is what a version begins from. Replace begins with nothing and Version is only named; upsert and append begin with
// the rows of Version, if it is not zero: an item that Version does not have is without value in them, one that the new
// version does not have is left behind. Version is one of the same entry; upsert needs key items, and with a base their
// values must tell its rows apart (ErrBase).
type Base struct {
	Version Version
	Mode    string // see mulu.LoadModes; "" is replace
}

// Stage takes rows until it is published or discarded. It belongs to one goroutine.
type Stage interface {
	// Add takes the next row. Rows are numbered from 1 in the order of Add. In the mode upsert a row whose key items have
	// the values of a row of the base takes its place, and others come after the base's rows, as all do in append.
	Add(ctx context.Context, row Row) error
	// Duplicates indexes what was added and gives rows whose key items repeat those of an earlier added row or, in append,
	// of a row of the base, at most limit of them, by row. It is called after the last Add, and again after Remove, until
	// it finds none. Without key items there are no duplicates, and a row without value in a key item repeats none. No row
	// can be added after it.
	Duplicates(ctx context.Context, limit int) ([]Duplicate, error)
	// Remove takes added rows out again, after Duplicates; numbers of no row are passed over.
	Remove(ctx context.Context, rows []int64) error
	// Scan gives every row of the version as it would be published, in order, once Duplicates found none. The row is
	// overwritten by the next.
	Scan(ctx context.Context, yield func(Row) error) error
	// Publish makes the version durable and visible under its number and digest, in one step. Publishing the same
	// number and digest again is no error and changes nothing.
	Publish(ctx context.Context, number int, digest string) error
	// Discard gives the stage up; after Publish it does nothing.
	Discard() error
}

// Duplicate is a row whose key was seen before, at row First. Row numbers count from 1 in the order of Add; First is 0 where
// the row before is one of the base.
type Duplicate struct{ Row, First int64 }
