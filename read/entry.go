package read

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"

	"mulu"
)

// Entry is a data entry in a list, by its current content: the published one, else the one handed in.
type Entry struct {
	Code, Org, Name  string
	Class            string
	Sharing, Opening string // types
	Grade            int
	Personal         bool
	Base, Cycle      string
	Duty, Status     string
	Version          int
}

// Item is an information item in a list. Sharing is what binds it: its own exception or its entry's type.
type Item struct {
	Entry, Field, Name, Type string
	Grade                    int
	Personal, Sensitive      bool
	Sharing                  string
}

const (
	putEntry = `INSERT INTO entry (code, org, name, class, sharing, opening, grade, personal, base, cycle, duty, status, version, items,
		theme, since, updated, why)
		VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?16, ?17)
		ON CONFLICT (code) DO UPDATE SET org = ?2, name = ?3, class = ?4, sharing = ?5, opening = ?6, grade = ?7,
		personal = ?8, base = ?9, cycle = ?10, duty = ?11, since = iif(status = ?12, since, ?16), status = ?12, version = ?13, items = ?14,
		theme = ?15, updated = ?16, why = ?17`
	getItems  = `SELECT items FROM entry WHERE code = ?`
	dropItems = `DELETE FROM item WHERE entry = ?`
	putItem   = `INSERT INTO item (entry, field, ordinal, name, type, grade, personal, sensitive, sharing)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`
)

func (w *writer) entry(place Place, e *mulu.Entry) error {
	c := e.Current()
	if c == nil {
		c = &mulu.EntryContent{}
	}
	list := make([]Item, len(c.Items))
	for i, it := range c.Items {
		list[i] = Item{e.Code, it.Field, it.Name, it.Type, it.Grade, it.Personal, it.Sensitive, c.SharingOf(it)}
	}
	items, err := json.Marshal(list)
	if err != nil {
		return err
	}
	var old sql.RawBytes
	found, err := w.statements[getItems].QueryContext(context.Background(), e.Code)
	if err != nil {
		return err
	}
	same := false
	if found.Next() {
		err = found.Scan(&old)
		same = bytes.Equal(old, items)
	}
	if err := errors.Join(err, found.Err(), found.Close()); err != nil {
		return err
	}
	if err := w.exec(putEntry, e.Code, e.Org, c.Name, c.Class, c.Sharing.Type, c.Opening.Type, c.Grade, c.Personal,
		c.Base, c.Cycle, c.Duty, e.Status, e.Version, string(items),
		c.Theme, place, e.Why); err != nil {
		return err
	}
	if same { // most facts about an entry leave its items alone
		return nil
	}
	if err := w.exec(dropItems, e.Code); err != nil {
		return err
	}
	for i, it := range list {
		if err := w.exec(putItem, it.Entry, it.Field, i, it.Name, it.Type, it.Grade, it.Personal, it.Sensitive, it.Sharing); err != nil {
			return err
		}
	}
	return nil
}

const entryColumns = `SELECT code, org, name, class, sharing, opening, grade, personal, base, cycle, duty, status, version FROM entry `

func scanEntry(s scanner) (e Entry, err error) {
	err = s.Scan(&e.Code, &e.Org, &e.Name, &e.Class, &e.Sharing, &e.Opening, &e.Grade, &e.Personal, &e.Base, &e.Cycle,
		&e.Duty, &e.Status, &e.Version)
	return e, err
}

// Entries lists data entries by code, those after the given one, at most max (0 = 100).
func (r *Read) Entries(ctx context.Context, after string, max int) ([]Entry, error) {
	return rows(ctx, r, "list entries", entryColumns+`WHERE code > ? ORDER BY code LIMIT ?`, scanEntry, after, limit(max))
}

// EntriesOf lists an institution's data entries by code.
func (r *Read) EntriesOf(ctx context.Context, org, after string, max int) ([]Entry, error) {
	return rows(ctx, r, "list the entries of "+org, entryColumns+`WHERE org = ? AND code > ? ORDER BY code LIMIT ?`,
		scanEntry, org, after, limit(max))
}

// EntriesIn lists data entries of a class (类+项) by code.
func (r *Read) EntriesIn(ctx context.Context, class, after string, max int) ([]Entry, error) {
	return rows(ctx, r, "list the entries of class "+class, entryColumns+`WHERE class = ? AND code > ? ORDER BY code LIMIT ?`,
		scanEntry, class, after, limit(max))
}

// EntriesStanding lists data entries in a state by code.
func (r *Read) EntriesStanding(ctx context.Context, status, after string, max int) ([]Entry, error) {
	return rows(ctx, r, "list entries "+status, entryColumns+`WHERE status = ? AND code > ? ORDER BY code LIMIT ?`,
		scanEntry, status, after, limit(max))
}

const itemColumns = `SELECT entry, field, name, type, grade, personal, sensitive, sharing FROM item `

func scanItem(s scanner) (i Item, err error) {
	err = s.Scan(&i.Entry, &i.Field, &i.Name, &i.Type, &i.Grade, &i.Personal, &i.Sensitive, &i.Sharing)
	return i, err
}

// Items lists the items of an entry as it orders them.
func (r *Read) Items(ctx context.Context, entry string) ([]Item, error) {
	return rows(ctx, r, "list the items of "+entry, itemColumns+`WHERE entry = ? ORDER BY ordinal`, scanItem, entry)
}

// ItemsNamed lists the items that bear a name, whoever's entry they are in: the same datum collected twice shows here.
func (r *Read) ItemsNamed(ctx context.Context, name, after string, max int) ([]Item, error) {
	return rows(ctx, r, "list the items named "+name, itemColumns+`WHERE name = ? AND entry > ? ORDER BY entry, field LIMIT ?`,
		scanItem, name, after, limit(max))
}
