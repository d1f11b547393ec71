package read

import (
	"context"
	"database/sql"
	"errors"
	"strconv"

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

// Item is an information item in a list. Sharing is what binds it: its own exception or its entry's type. Standard is the
// data element that it names, "" where it names none.
type Item struct {
	Entry, Field, Name, Type string
	Grade                    int
	Personal, Sensitive      bool
	Sharing                  string
	Length                   int
	Standard                 string
}

const (
	putEntry = `INSERT INTO entry (n, code, org, name, class, sharing, opening, grade, personal, base, cycle, duty, status, version, theme,
		since, updated, text, items, linked, bound, pinyin, why)
		VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23)
		ON CONFLICT (n) DO UPDATE SET org = ?3, name = ?4, class = ?5, sharing = ?6, opening = ?7, grade = ?8, personal = ?9, base = ?10,
		cycle = ?11, duty = ?12, status = ?13, version = ?14, theme = ?15, since = ?16, updated = ?17, text = ?18, items = ?19, linked = ?20,
		bound = ?21, pinyin = ?22, why = ?23`
	getEntry = `SELECT e.n, e.org, e.name, e.sharing, e.duty, e.status, e.since, e.text, e.items, e.linked, e.bound, e.pinyin, t.summary, t.items
		FROM entry e JOIN entry_text t ON t.n = e.n WHERE e.code = ?`
	putText   = `INSERT INTO entry_text (n, summary, items) VALUES (?1, ?2, ?3) ON CONFLICT (n) DO UPDATE SET summary = ?2, items = ?3`
	dropItems = `DELETE FROM item WHERE entry = ?`
	putItem   = `INSERT INTO item (entry, field, ordinal, name, type, grade, personal, sensitive, sharing, length, standard) VALUES ` + oneItem
	oneItem   = `(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`

	itemsAtOnce  = 4
	putSomeItems = putItem + `, ` + oneItem + `, ` + oneItem + `, ` + oneItem
)

// entryRow is what the writer must know of an entry as it stood. n is its number by first appearance, text that of its
// texts among all texts there ever were (see index).
type entryRow struct {
	n, text                    int64
	org, name, duty            string
	status, sharing            string
	since                      Place
	items, linked, bound       int
	pinyin, summary, itemsList string
}

// entryBefore gives an entry as it stands; new tells that there is none yet.
func (w *writer) entryBefore(code string) (e entryRow, none bool, err error) {
	err = w.statements[getEntry].QueryRowContext(context.Background(), code).Scan(&e.n, &e.org, &e.name, &e.sharing, &e.duty, &e.status,
		&e.since, &e.text, &e.items, &e.linked, &e.bound, &e.pinyin, &e.summary, &e.itemsList)
	if errors.Is(err, sql.ErrNoRows) {
		return e, true, nil
	}
	return e, false, err
}

func (w *writer) entry(place Place, e *mulu.Entry) error {
	c := e.Current()
	if c == nil {
		c = &mulu.EntryContent{}
	}
	was, isNew, err := w.entryBefore(e.Code)
	if err != nil {
		return err
	}
	list := make([]Item, len(c.Items))
	for i, it := range c.Items {
		list[i] = Item{e.Code, it.Field, it.Name, it.Type, it.Grade, it.Personal, it.Sensitive, c.SharingOf(it), it.Length, it.Standard}
	}
	now := was
	now.org, now.name, now.duty, now.status, now.sharing = e.Org, c.Name, c.Duty, e.Status, c.Sharing.Type
	now.items, now.summary, now.itemsList = len(list), c.Summary, itemLines(list)
	if isNew {
		now.n = w.entries
		w.entries++
	} else {
		w.count(&was, -1)
	}
	if isNew || was.status != now.status {
		now.since = place
	}
	if isNew || was.name != now.name {
		now.pinyin = pinyinOrder(now.name)
	}
	var searched *texts // set when they changed
	if isNew || was.itemsList != now.itemsList || was.name != now.name || was.summary != now.summary {
		now.text = w.texts
		w.texts++
		searched = textsOf(e.Code, c.Name, c.Summary, list)
		if err := w.exec(putText, now.n, now.summary, now.itemsList); err != nil {
			return err
		}
	}
	if isNew || was.itemsList != now.itemsList { // most facts about an entry leave its items alone
		if err := w.itemsOf(e.Code, list, isNew); err != nil {
			return err
		}
		if err := w.links(e.Code, &now); err != nil {
			return err
		}
	}
	w.count(&now, 1)
	w.staged = append(w.staged, change{n: now.n, text: now.text, updated: place, published: e.Version > 0, texts: searched,
		name: c.Name, values: fieldValues{byOrg: e.Org, byClass: c.Class, byTheme: c.Theme, bySharing: c.Sharing.Type, byOpening: c.Opening.Type,
			byGrade: strconv.Itoa(c.Grade), byBase: c.Base, byCycle: c.Cycle, byStatus: e.Status, byPersonal: strconv.FormatBool(c.Personal), byDuty: c.Duty}})
	return w.exec(putEntry, now.n, e.Code, e.Org, c.Name, c.Class, c.Sharing.Type, c.Opening.Type, c.Grade, c.Personal,
		c.Base, c.Cycle, c.Duty, e.Status, e.Version, c.Theme, now.since, place, now.text, now.items, now.linked, now.bound, now.pinyin, e.Why)
}

// itemsOf writes an entry's items, several in one statement where there are as many.
func (w *writer) itemsOf(code string, list []Item, isNew bool) error {
	if !isNew {
		if err := w.exec(dropItems, code); err != nil {
			return err
		}
	}
	for i := 0; i < len(list); {
		n, query := 1, putItem
		if len(list)-i >= itemsAtOnce {
			n, query = itemsAtOnce, putSomeItems
		}
		var args []any
		for ordinal, it := range list[i : i+n] {
			args = append(args, it.Entry, it.Field, i+ordinal, it.Name, it.Type, it.Grade, it.Personal, it.Sensitive, it.Sharing, it.Length, it.Standard)
		}
		if err := w.exec(query, args...); err != nil {
			return err
		}
		i += n
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

const itemColumns = `SELECT entry, field, name, type, grade, personal, sensitive, sharing, length, standard FROM item `

func scanItem(s scanner) (i Item, err error) {
	err = s.Scan(&i.Entry, &i.Field, &i.Name, &i.Type, &i.Grade, &i.Personal, &i.Sensitive, &i.Sharing, &i.Length, &i.Standard)
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
