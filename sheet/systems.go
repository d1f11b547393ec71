package sheet

import (
	"slices"
	"strconv"
	"strings"

	"mulu"
	"mulu/act"
)

// systemDraft is one information system of a sheet.
type systemDraft struct {
	draft
	now mulu.System
	old mulu.System // zero for a new one
}

func (im *importer) draftSystem(g *group) {
	d := &systemDraft{draft: g.draft(g.text("name", 2, 200, true))}
	if d.name != "" && !im.first(g, mulu.KindSystem, d.name, d.name) {
		return
	}
	d.find(im, g)
	d.now = mulu.System{ID: d.old.ID, Name: d.name, Purpose: g.text("purpose", 1, 2000, false), Project: g.text("project", 1, 200, false),
		Network: g.code("network", "network", true), Connection: g.get("connection")}
	d.readLevel(g)
	d.readDatabases(g)
	if c := d.now.Connection; c != "" && !secretName(c) {
		g.problem("connection", "connection_form")
	}
	d.keepMissing(g)
	if entries := g.get("entries"); entries != "" {
		im.links = append(im.links, linkDraft{draft: d.draft, system: d.name, entries: entries, column: g.t.heads.says[g.t.layout.index["entries"]]})
	}
	if !g.wrong {
		im.systems = append(im.systems, d)
		im.systemNamed[d.name] = d
	}
}

func (d *systemDraft) find(im *importer, g *group) {
	id := g.get("id")
	if id == "" {
		if old, ok := im.known.System(im.org.ID, d.name); ok && old.Name == d.name {
			d.old = old
		}
		return
	}
	old, ok := im.known.System(im.org.ID, id)
	if !ok || old.ID != id {
		g.problem("id", "id_unknown", "@noun.system", id)
		return
	}
	if other, taken := im.known.System(im.org.ID, d.name); taken && other.Name == d.name && other.ID != id {
		g.problem("name", "name_taken", "@noun.system", d.name, other.ID)
	}
	d.old = old
}

func (d *systemDraft) readLevel(g *group) {
	text := g.get("level")
	if blank(text) || strings.HasPrefix(plain(text), "未") || plain(text) == plain(say("level.0", "en")) {
		return
	}
	level, ok := levelOf(text)
	if !ok {
		g.problem("level", "not_in_list", g.label("level"), text, "@list.level")
	}
	d.now.Level = level
}

func (d *systemDraft) readDatabases(g *group) {
	d.now.Databases = split(g.get("databases"))
	if n := len(d.now.Databases); n > 200 {
		g.problem("databases", "too_many", g.label("databases"), "200", strconv.Itoa(n))
	}
	for _, name := range d.now.Databases {
		g.textAt(g.row, "databases", name, 1, 100, true)
	}
}

// keepMissing keeps what a column would say that the sheet does not have: a sheet of today knows no project or level.
func (d *systemDraft) keepMissing(g *group) {
	if !g.has("purpose") {
		d.now.Purpose = d.old.Purpose
	}
	if !g.has("project") {
		d.now.Project = d.old.Project
	}
	if !g.has("level") {
		d.now.Level = d.old.Level
	}
	if !g.has("databases") {
		d.now.Databases = d.old.Databases
	}
	if !g.has("connection") {
		d.now.Connection = d.old.Connection
	}
}

// secretName: a connection is the name of a secret in the owner's store. Anything else might be one.
func secretName(s string) bool {
	name, ok := strings.CutPrefix(s, "secret:")
	return ok && name != "" && len(name) <= 60 && strings.Trim(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") == ""
}

func (im *importer) finishSystems() {
	for _, d := range im.systems {
		s, old := d.now, d.old
		switch {
		case old.ID == "":
			im.say(&d.draft, &act.RegisterSystem{Name: s.Name, Purpose: s.Purpose, Project: s.Project, Network: s.Network, Level: s.Level,
				Databases: s.Databases, Connection: s.Connection}, mulu.KindSystem, "")
		case s.Name == old.Name && s.Purpose == old.Purpose && s.Project == old.Project && s.Network == old.Network && s.Level == old.Level &&
			s.Connection == old.Connection && slices.Equal(s.Databases, old.Databases):
			im.plan.Unchanged++
		default:
			im.say(&d.draft, &act.AmendSystem{System: old.ID, Name: s.Name, Purpose: s.Purpose, Project: s.Project, Network: s.Network, Level: s.Level,
				Databases: s.Databases, Connection: s.Connection}, mulu.KindSystem, old.ID)
		}
	}
}

// systemOf finds a system by name: one of the files or one on the chain. id is empty when this plan registers it.
func (im *importer) systemOf(name string) (id string, ok bool) {
	if d := im.systemNamed[name]; d != nil {
		return d.old.ID, true
	}
	if s, known := im.known.System(im.org.ID, name); known {
		return s.ID, true
	}
	return "", false
}

// linkDraft joins entries and systems: one side is a name, the other a list of names in a cell.
type linkDraft struct {
	draft
	entry, systems  string // said at the entry
	system, entries string // said at the system
	column          string
}

// finishLinks plans the links that are not made yet. Links are only ever added by a sheet.
func (im *importer) finishLinks() {
	done := map[[2]string]bool{}
	for _, l := range im.links {
		if l.entry != "" {
			for _, name := range im.namesIn(l.systems, func(name string) bool { _, ok := im.systemOf(name); return ok }) {
				if _, ok := im.systemOf(name); !ok {
					im.trouble(&l.draft, l.column, name, "system_unknown", name)
					continue
				}
				im.link(&l.draft, l.entry, name, done)
			}
			continue
		}
		for _, name := range im.namesIn(l.entries, func(name string) bool { _, ok := im.entryOf(name); return ok }) {
			if _, ok := im.entryOf(name); !ok { // the sheet of today has free words here
				im.note(Problem{File: l.at.file, Sheet: l.at.sheet, Row: l.at.row, Column: l.column, Value: shorten(name), Code: "entry_not_linked", Args: []string{name}})
				continue
			}
			im.link(&l.draft, name, l.system, done)
		}
	}
}

// namesIn splits a cell into names, unless the whole is one.
func (im *importer) namesIn(text string, known func(string) bool) []string {
	if known(text) {
		return []string{text}
	}
	return split(text)
}

func (im *importer) link(d *draft, entry, system string, done map[[2]string]bool) {
	code, _ := im.entryOf(entry)
	id, ok := im.systemOf(system)
	if !ok || done[[2]string{entry, system}] {
		return
	}
	done[[2]string{entry, system}] = true
	if code != "" && id != "" && im.known.Linked(code, id) {
		return
	}
	var needs []Need
	if code == "" {
		needs = append(needs, Need{"entry", "entry", entry})
	}
	if id == "" {
		needs = append(needs, Need{"system", "system", system})
	}
	to := *d
	to.name = entry + " → " + system
	im.say(&to, &act.LinkSystem{Entry: code, System: id}, mulu.KindLink, "", needs...)
}
