package sheet

import (
	"slices"
	"strconv"
	"strings"

	"mulu"
)

// readSharing reads the sharing attribute. Sheets of today say it for each item: when all say the same it is the entry's; when
// they differ the entry is conditional if one of them is, else unconditional, and the others are exceptions of their items.
func (e *entryReader) readSharing() {
	types, words, ok := e.sharingOfRows()
	if !ok {
		return
	}
	s := &e.c.Sharing
	s.Type = types[0]
	for _, t := range types {
		if t == s.Type {
			continue
		}
		if slices.Contains(types, "conditional") {
			s.Type = "conditional"
		} else {
			s.Type = "unconditional"
		}
		break
	}
	e.readExceptions(types)
	text := e.joined(types, words, s.Type)
	switch s.Type {
	case "conditional":
		s.Conditions = text
		e.needs("conditions", text, "conditions_missing")
	case "not_shared":
		s.Basis = text
		s.Override = e.kept("override", 2, 1000, func(o *mulu.EntryContent) string { return o.Sharing.Override })
		s.Conditions = e.kept("moreconditions", 2, 2000, func(o *mulu.EntryContent) string {
			if o.Sharing.Type == "not_shared" {
				return o.Sharing.Conditions
			}
			return ""
		})
		if s.Override == "" {
			e.needs("conditions", text, "basis_missing")
		}
	case "unconditional":
		if text != "" {
			e.problemIn("conditions", text, "conditions_idle", e.c.Name, text)
		}
	}
	most := 2000
	if s.Type == "not_shared" {
		most = 1000
	}
	if n := len([]rune(text)); n > most {
		e.problemIn("conditions", text, "text_long", e.g.label("conditions"), strconv.Itoa(most), strconv.Itoa(n))
	}
}

// sharingOfRows gives type and words of each row; what a row leaves out is as in the row above.
func (e *entryReader) sharingOfRows() (types, words []string, ok bool) {
	last, lastWords := "", ""
	ok = true
	for _, l := range e.g.each {
		at := reader{e.g, l}
		said := at.get("conditions")
		if text := at.get("sharing"); text != "" || last == "" {
			code := at.code("sharing", "sharing", true)
			if code == "" {
				ok = false
			}
			last, lastWords = code, ""
		}
		if said != "" {
			lastWords = said
		}
		types, words = append(types, last), append(words, lastWords)
		if !ok {
			return nil, nil, false
		}
	}
	return types, words, ok && len(types) > 0
}

// readExceptions gives each item whose row differs from the entry its own type; the column of exceptions goes before.
func (e *entryReader) readExceptions(types []string) {
	for n := range e.c.Items {
		i := &e.c.Items[n]
		line, ok := e.lineOf(i.Name)
		if !ok {
			continue
		}
		at := reader{e.g, e.g.each[line]}
		switch {
		case at.get("exception") != "":
			i.Sharing = at.code("exception", "sharing", false)
			if i.Sharing == e.c.Sharing.Type {
				i.Sharing = "" // the same as the entry's is no exception
			}
		case types[line] != e.c.Sharing.Type:
			i.Sharing = types[line]
		case !e.g.has("exception"):
			if old, known := e.oldItem(*i); known && old.Sharing != e.c.Sharing.Type && e.old.Sharing.Type == e.c.Sharing.Type && uniform(types) {
				i.Sharing = old.Sharing
			}
		}
		if i.Sharing != "" && e.c.Sharing.Type == "not_shared" {
			at.problem("exception", "exception_of_unshared", i.Name)
		}
	}
}

func uniform(types []string) bool {
	return len(slices.Compact(slices.Clone(types))) == 1
}

// lineOf finds the row of an item.
func (e *entryReader) lineOf(item string) (int, bool) {
	if e.lines == nil {
		e.lines = map[string]int{}
		for n, l := range e.g.each {
			name := reader{e.g, l}.get("item")
			if _, twice := e.lines[name]; !twice {
				e.lines[name] = n
			}
		}
	}
	n, ok := e.lines[item]
	return n, ok
}

// joined gathers the words of the rows that have the entry's own type, each once. What other rows say has no place in an entry
// and is told in a note.
func (e *entryReader) joined(types, words []string, own string) string {
	var mine, others []string
	for n, w := range words {
		switch {
		case blank(w) && !e.stands(w):
		case types[n] == own && !slices.Contains(mine, w):
			mine = append(mine, w)
		case types[n] != own && !slices.Contains(others, w):
			others = append(others, w)
		}
	}
	if len(others) > 0 {
		e.g.note("conditions", "words_left_out", e.c.Name, shorten(strings.Join(others, "；")))
	}
	if len(mine) > 1 {
		e.g.note("conditions", "words_joined", e.c.Name, strconv.Itoa(len(mine)))
	}
	return strings.Join(mine, "；")
}

// needs is a problem when a text is missing or too short.
func (e *entryReader) needs(key, text, code string) {
	if n := len([]rune(text)); n < 2 {
		e.problemIn(key, text, code, e.c.Name)
	}
}

// problemIn puts a problem at the first row of a column that is said row by row.
func (e *entryReader) problemIn(key, value, code string, args ...string) {
	e.g.problemAt(e.g.row, key, value, code, args...)
}

// kept reads a text of the entry, or keeps the registered one when the sheet has no such column.
func (e *entryReader) kept(key string, least, most int, of func(*mulu.EntryContent) string) string {
	if !e.g.has(key) {
		if e.old != nil {
			return of(e.old)
		}
		return ""
	}
	if text := e.g.get(key); blank(text) && !e.stands(text) {
		return ""
	}
	return e.g.text(key, least, most, false)
}

// stands tells whether a text stands on the chain just so.
func (e *entryReader) stands(text string) bool {
	o := e.old
	return o != nil && text != "" && slices.Contains([]string{o.Theme, o.Sharing.Conditions, o.Sharing.Basis, o.Sharing.Override, o.Opening.Conditions, o.Opening.Basis}, text)
}

// readOpening reads the opening attribute: the type in words, or yes and no as the guide has it.
func (e *entryReader) readOpening() {
	o := &e.c.Opening
	words := e.g.get("openwords")
	if blank(words) && !e.stands(words) {
		words = ""
	}
	text := e.g.get("open")
	if opens, said := yes(text); said && plain(text) != "1" && opens {
		if o.Type = "unconditional"; words != "" {
			o.Type = "conditional"
		}
	} else if o.Type = e.g.code("open", "opening", true); o.Type == "" {
		return
	}
	own := e.kept("openbasis", 2, 1000, func(c *mulu.EntryContent) string {
		if c.Opening.Type == "not_open" {
			return ""
		}
		return c.Opening.Basis
	})
	switch o.Type {
	case "unconditional":
		o.Basis = own
		switch {
		case words != "":
			e.g.problem("openwords", "opening_idle", e.c.Name, words)
		case e.c.Personal:
			e.g.problem("open", "personal_open", e.c.Name)
		case e.c.Sharing.Type == "not_shared":
			e.g.problem("open", "unshared_open", e.c.Name)
		}
	case "conditional":
		o.Conditions, o.Basis = e.g.text("openwords", 2, 2000, false), own
		if words == "" {
			e.g.problem("openwords", "opening_conditions_missing", e.c.Name)
		}
		e.readChannel()
	case "not_open":
		if words != "" {
			o.Basis = e.g.text("openwords", 2, 1000, false)
		}
		e.readGround(words)
	}
}

// readChannel: Art. 26(3) has conditional opening name its channel, which sheets of today have no column for.
func (e *entryReader) readChannel() {
	o := &e.c.Opening
	switch {
	case e.g.get("channel") != "":
		o.Channel = e.g.code("channel", "channel", false)
	case !e.g.has("channel") && e.old != nil && e.old.Opening.Channel != "":
		o.Channel = e.old.Opening.Channel
	default:
		o.Channel = "zone"
		e.g.note("open", "channel_default", e.c.Name, "@channel.zone")
	}
}

// readGround: Art. 27(1) knows three grounds for not opening. Where the sheet has no column for it, the ground is read from the
// reason in words; it is never made up.
func (e *entryReader) readGround(words string) {
	o := &e.c.Opening
	if text := e.g.get("ground"); text != "" {
		if code, ok := groundOf(text); ok {
			o.Ground = code
		} else {
			e.g.problem("ground", "not_in_list", e.g.label("ground"), text, "@list.ground")
		}
		return
	}
	if !e.g.has("ground") && e.old != nil && e.old.Opening.Ground != 0 {
		o.Ground = e.old.Opening.Ground
		return
	}
	ground, from := groundIn(words), "openwords"
	if ground == 0 && e.c.Personal {
		ground, from = 3, "open"
	}
	if ground == 0 && e.c.Sharing.Type == "not_shared" && groundIn(e.c.Sharing.Basis) == 1 {
		ground, from = 1, "conditions"
	}
	if ground == 0 {
		e.g.problem("open", "ground_missing", e.c.Name)
		return
	}
	o.Ground = ground
	e.g.note(from, "ground_derived", e.c.Name, strconv.Itoa(ground), "@ground."+strconv.Itoa(ground))
}

// groundOf reads the column of grounds: a number or the words of the list.
func groundOf(text string) (int, bool) {
	for i, c := range mulu.Grounds {
		if form := strings.Trim(plain(text), "第项情形()"); form == c.Code || plain(text) == plain(c.Zh) || plain(text) == plain(c.En) {
			return i + 1, true
		}
	}
	return 0, false
}

// groundIn reads a reason in words: whom it can identify, what it endangers, which law forbids it.
func groundIn(words string) int {
	has := func(marks ...string) bool {
		return slices.ContainsFunc(marks, func(m string) bool { return strings.Contains(words, m) })
	}
	switch {
	case has("个人", "隐私", "自然人", "身份", "未成年"):
		return 3
	case has("危及", "危害", "国家安全", "公共安全", "经济安全", "社会稳定"):
		return 2
	case has("法律", "法规", "法定", "条例", "禁止", "商业秘密", "保密", "》"):
		return 1
	}
	return 0
}
