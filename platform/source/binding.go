package source

import (
	"slices"
	"strings"
	"unicode/utf8"

	"mulu"
)

// Binding (数据源绑定) says from which table or path of a connection an entry's items come.
type Binding struct {
	Entry      string   `json:"entry"`
	Connection string   `json:"connection"`
	Schema     string   `json:"schema,omitempty"` // "": the connection's usual one
	Table      string   `json:"table,omitempty"`  // a table or view; of databases
	Columns    []Pair   `json:"columns"`          // where each item comes from
	Keys       []string `json:"keys,omitempty"`   // columns that together tell rows apart, as their index has them; of databases
	Mark       string   `json:"mark,omitempty"`   // column that grows with each new or changed row: a time or a sequence; "" = pulls are whole
	Call       *Call    `json:"call,omitempty"`   // how an interface is asked
	Plan       Plan     `json:"plan,omitzero"`    // when its data is pulled by itself; of entries that the platform keeps
	Revision   int      `json:"revision"`         // counts what was set, from 1
}

// Pair is an item's field and the column it comes from; of an interface the way to its value in a row, names joined by dots.
type Pair struct {
	Item   string `json:"item"`
	Column string `json:"column"`
}

// Call says how an interface is asked: GET, and JSON as the answer. Of Page, Offset and Next at most one is set; with none
// the answer is whole.
type Call struct {
	Path   string `json:"path"`             // under the connection's address, with whatever parameters are always sent
	Rows   string `json:"rows,omitempty"`   // way to the array of rows, names joined by dots; "": the answer is the array
	Page   string `json:"page,omitempty"`   // parameter for the page, from First on
	First  int    `json:"first,omitempty"`  // number of the first page: 0 or 1
	Offset string `json:"offset,omitempty"` // parameter for the number of rows to pass over
	Next   string `json:"next,omitempty"`   // way to the next page's address, or to what Cursor takes; absent, null or empty at the end
	Cursor string `json:"cursor,omitempty"` // parameter for what Next leads to; "": it is an address
	Size   string `json:"size,omitempty"`   // parameter for the number of rows of a page
	Rate   int    `json:"rows_a_page"`      // rows of a page, 1 to 1000; 0 is 100
	Since  string `json:"since,omitempty"`  // parameter that takes the last mark, for pulls
	Asks   []Pair `json:"asks,omitempty"`   // items by whose value the interface filters, and its parameters; others are filtered here
}

// Plan says when an entry is pulled: every so many minutes, or daily at hh:mm of Asia/Shanghai. The zero Plan is never.
type Plan struct {
	Every int    `json:"every,omitempty"`
	At    string `json:"at,omitempty"`
}

// Column gives the column of an item.
func (b *Binding) Column(item string) (string, bool) {
	for _, p := range b.Columns {
		if p.Item == item {
			return p.Column, true
		}
	}
	return "", false
}

// Sound checks a binding against its connection and the entry's content; the source itself is not asked. What is wrong is a
// *Fault.
func (b *Binding) Sound(c Connection, content *mulu.EntryContent) error {
	if b.Entry == "" {
		return fault("entry")
	}
	if err := b.sane(c.Sort == API, content); err != nil {
		return err
	}
	if _, ok := b.Plan.parse(); !ok {
		return fault("schedule")
	}
	if c.Sort == API {
		return b.Call.sound(b, content)
	}
	if b.Table == "" {
		return fault("table")
	}
	if len(b.Keys) == 0 {
		return fault("keys")
	}
	for _, name := range append([]string{b.Table, b.Schema, b.Mark}, b.Keys...) {
		if !plainName(name) {
			return fault("name", name)
		}
	}
	if slices.Contains(b.Keys, "") {
		return fault("keys")
	}
	return nil
}

func (b *Binding) sane(api bool, content *mulu.EntryContent) error {
	seen := map[string]bool{}
	for _, p := range b.Columns {
		if _, ok := content.Item(p.Item); !ok {
			return fault("item", p.Item)
		}
		if seen[p.Item] {
			return fault("item_twice", p.Item)
		}
		seen[p.Item] = true
		if api && !way(p.Column) {
			return fault("path", p.Column)
		}
		if p.Column == "" || !plainName(p.Column) {
			return fault("name", p.Column)
		}
	}
	for _, i := range content.Items {
		if !seen[i.Field] && (i.IsKey || !i.Nullable) {
			return fault("item_unbound", i.Field)
		}
	}
	if len(b.Columns) == 0 {
		return fault("item_unbound", "")
	}
	return nil
}

func (c *Call) sound(b *Binding, content *mulu.EntryContent) error {
	if c == nil || !strings.HasPrefix(c.Path, "/") || strings.HasPrefix(c.Path, "//") || strings.ContainsAny(c.Path, "\\#\x00\r\n ") || strings.Contains(c.Path, "/../") {
		return fault("api")
	}
	for _, w := range []string{c.Rows, c.Next, b.Mark} {
		if w != "" && !way(w) {
			return fault("path", w)
		}
	}
	ways := 0
	for _, w := range []string{c.Page, c.Offset, c.Next} {
		if w != "" {
			ways++
		}
	}
	if ways > 1 || c.Rate < 0 || c.Rate > 1000 || c.First < 0 || c.First > 1 || c.Cursor != "" && c.Next == "" || c.Next != "" && c.Rows == "" {
		return fault("paging")
	}
	for _, p := range []string{c.Page, c.Offset, c.Cursor, c.Size, c.Since} {
		if !parameter(p) {
			return fault("parameter", p)
		}
	}
	for _, a := range c.Asks {
		if _, ok := content.Item(a.Item); !ok {
			return fault("item", a.Item)
		}
		if a.Column == "" || !parameter(a.Column) {
			return fault("parameter", a.Column)
		}
	}
	return nil
}

// rate is the number of rows of a page.
func (c *Call) rate() int {
	if c.Rate == 0 {
		return 100
	}
	return c.Rate
}

// plainName takes whatever a database may call a table or column, except what no dialect can quote.
func plainName(s string) bool {
	return len(s) <= 256 && utf8.ValidString(s) && !strings.ContainsRune(s, 0)
}

// way is the whole grammar of ways into JSON: names of members, joined by dots, at most eight.
func way(s string) bool {
	parts := strings.Split(s, ".")
	return plainName(s) && len(parts) <= 8 && !slices.Contains(parts, "")
}

func parameter(s string) bool {
	return len(s) <= 100 && strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.[]") == ""
}
