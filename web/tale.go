package web

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"mulu"
	"mulu/read"
)

// tale is a page of the story of a noun: who did what, under which provision, with the records that prove it.
type tale struct {
	Lines       []taleLine
	More, First string // addresses of the next page and of the first, "" where there is none
}

// taleLine is something that happened. Several of a kind about things that belong to the noun, one after another and by
// the same speaker, are one line with the others in Rest.
type taleLine struct {
	read.Line
	Who   string
	Why   string // reasons given
	About string // what it is about, in words
	Own   bool   // about the noun itself, not about what belongs to it
	Rest  []taleLine
}

// linesOfTale is how many lines a page of a story shows.
const linesOfTale = 60

// tale tells the story of a noun from the place that the address names. inner says that who looks may read the reasons
// for which something was returned or withdrawn before it was published.
func (v *visit) tale(kind mulu.Kind, id, path string, inner bool) (t tale, err error) {
	from, _ := strconv.ParseInt(v.R.URL.Query().Get("from"), 10, 64) // anything else begins at the beginning
	p := read.Page{From: read.Place(from), Limit: linesOfTale + 1}
	lines, err := v.Read.Story(v.R.Context(), kind, id, p)
	if err != nil {
		return t, err
	}
	join := "?"
	if strings.Contains(path, "?") {
		join = "&"
	}
	if len(lines) > linesOfTale {
		t.More = fmt.Sprintf("%s%sfrom=%d", path, join, lines[linesOfTale].Place)
		lines = lines[:linesOfTale]
	}
	if from > 0 {
		t.First = path
	}
	reasons, err := v.reasons(kind, id, p, inner)
	if err != nil {
		return t, err
	}
	w := v.speakers()
	for _, l := range lines {
		w.meet(l.Org, l.Person)
	}
	if err := w.names(); err != nil {
		return t, err
	}
	names := linkNames{v: v, of: id, told: map[string]string{}}
	for _, l := range lines {
		one := taleLine{Line: l, Who: w.say(l.Said, l.Org, l.Node, l.Person), Why: reasons[l.Place], About: l.ID, Own: l.Noun == kind && l.ID == id}
		switch {
		case l.Noun == mulu.KindLink:
			one.About = names.say(l.ID)
		case l.ID == id: // its data, under the same code
			one.About = ""
		}
		if n := len(t.Lines); n > 0 && !one.Own && !t.Lines[n-1].Own && t.Lines[n-1].Fact == one.Fact && t.Lines[n-1].Who == one.Who {
			t.Lines[n-1].Rest = append(t.Lines[n-1].Rest, one)
			continue
		}
		t.Lines = append(t.Lines, one)
	}
	return t, nil
}

// All is the line and those that follow it.
func (l taleLine) All() []taleLine { return append([]taleLine{l}, l.Rest...) }

// Last is when the last of them happened.
func (l taleLine) Last() time.Time {
	if n := len(l.Rest); n > 0 {
		return l.Rest[n-1].Time
	}
	return l.Time
}

// linkNames says what links join, by the names that hold now; of is the thing whose story is told, which needs no name.
type linkNames struct {
	v    *visit
	of   string
	told map[string]string
}

// say puts the id of a link into words: entry ">" system, or entry "#" field ">" table "." column.
func (n *linkNames) say(id string) string {
	left, right, ok := strings.Cut(id, ">")
	if !ok {
		return id
	}
	entry, field, binds := strings.Cut(left, "#")
	parts := []string{}
	if entry != n.of {
		parts = append(parts, n.name("entry", entry))
	}
	if !binds {
		if right != n.of {
			parts = append(parts, n.name("system", right))
		}
		return strings.Join(parts, " → ")
	}
	table, column, _ := strings.Cut(right, ".")
	parts = append(parts, n.name("item", entry+"#"+field), column)
	if table != n.of {
		parts[len(parts)-1] = n.name("table", table) + "." + column
	}
	return strings.Join(parts, " → ")
}

// name looks a name up once; what is not there any more goes by its id.
func (n *linkNames) name(kind, id string) string {
	if name, ok := n.told[kind+id]; ok {
		return name
	}
	ctx, name := n.v.R.Context(), id
	switch kind {
	case "entry":
		var e mulu.Entry
		if n.v.noun(mulu.KindEntry, id, &e) == nil && e.Current() != nil && n.v.sees(e.Org, e.Version) {
			name = e.Current().Name
		}
	case "item":
		entry, field, _ := strings.Cut(id, "#")
		name = field
		items, _ := n.v.Read.Items(ctx, entry) // without it the field's name stands
		for _, i := range items {
			n.told["item"+entry+"#"+i.Field] = i.Name
			if i.Field == field {
				name = i.Name
			}
		}
	case "system":
		if s, err := n.v.Read.System(ctx, id); err == nil {
			name = s.Name
		}
	case "table":
		if t, err := n.v.Read.Table(ctx, id); err == nil {
			name = t.Name
		}
	}
	n.told[kind+id] = name
	return name
}

// reasons finds the reasons that facts about a noun carry, by place.
func (v *visit) reasons(kind mulu.Kind, id string, p read.Page, inner bool) (map[read.Place]string, error) {
	steps, err := v.Read.History(v.R.Context(), kind, id, p)
	if err != nil {
		return nil, err
	}
	given := map[read.Place]string{}
	for _, s := range steps {
		switch s.Fact {
		case "entry.returned", "entry.withdrawn":
			if !inner {
				continue
			}
		case "case.heard", "case.executed", "case.overdue":
			continue // Why is that of the step before
		case "entry.change_submitted", "entry.submitted", "entry.published", "entry.changed":
			continue // Why is a code there, or none
		}
		var n struct {
			Why string `json:"why"`
		}
		if err := json.Unmarshal(s.State, &n); err != nil {
			return nil, fmt.Errorf("read the state of %s %s at record %d: %w", kind, id, s.N, err)
		}
		given[s.Place] = n.Why
	}
	return given, nil
}
