package law

import (
	"strconv"
	"unicode/utf8"

	"mulu"
	"mulu/act"
)

// Art. 13: collection and interfaces are standardised. The bureau, which Art. 5 charges with the system of standards, keeps
// data elements and code sets as versions; an item of the catalog follows an element by naming its ID.
var standardWays = []Way{
	{mulu.KindElement, "", "element.publish", []Role{Bureau}, "active", cite(13)},
	{mulu.KindElement, "active", "element.revise", []Role{Bureau}, "active", cite(13)},
	{mulu.KindElement, "active", "element.abolish", []Role{Bureau}, "abolished", cite(13)},
	{mulu.KindCodeSet, "", "code_set.publish", []Role{Bureau}, "active", cite(13)},
	{mulu.KindCodeSet, "active", "code_set.revise", []Role{Bureau}, "active", cite(13)},
	{mulu.KindCodeSet, "active", "code_set.abolish", []Role{Bureau}, "abolished", cite(13)},
}

// mostCodes is how many values a code set may have.
const mostCodes = 5000

func publishElement(b *book, a *act.PublishElement) *mulu.Refusal {
	e := &mulu.Element{Name: a.Name, Definition: a.Definition, Type: a.Type, Length: a.Length, Format: a.Format, CodeSet: a.CodeSet,
		Low: a.Low, High: a.High, Source: a.Source, Version: 1, Status: "active", Since: b.stamp()}
	if no := first(b.may(e, "active"), b.checkElement(e)); no != nil {
		return no
	}
	e.ID = b.serial("DE", "element")
	return b.put(e, "element.published", cite(13), cite(5))
}

func reviseElement(b *book, a *act.ReviseElement) *mulu.Refusal {
	e, no := find[mulu.Element](b, a.Element, cite(13))
	if no != nil {
		return no
	}
	if no := first(b.may(e, "active"), atVersion(a.From, e.Version), prose("why", a.Why, 2, 500, cite(13))); no != nil {
		return no
	}
	old := *e
	e.Name, e.Definition, e.Type, e.Length, e.Format, e.CodeSet = a.Name, a.Definition, a.Type, a.Length, a.Format, a.CodeSet
	e.Low, e.High, e.Source = a.Low, a.High, a.Source
	if *e == old {
		return refuse(cite(13), "nothing_changed")
	}
	if no := b.checkElement(e); no != nil {
		return no
	}
	e.Version, e.Since, e.Why = e.Version+1, b.stamp(), a.Why
	return b.put(e, "element.revised", cite(13))
}

// atVersion refuses what was written against another version than the one in force.
func atVersion(from, version int) *mulu.Refusal {
	if from == version {
		return nil
	}
	return refuse(cite(13), "version_moved", strconv.Itoa(from), strconv.Itoa(version))
}

// checkElement holds an element against itself: a format and codes belong to what is written in characters, bounds to what
// has an order.
func (b *book) checkElement(e *mulu.Element) *mulu.Refusal {
	here := cite(13)
	if no := first(text("name", e.Name, 1, 100, here), proseOr("definition", e.Definition, 2, 2000, here), oneOf("type", e.Type, mulu.ItemTypes, here),
		within("length", e.Length, 0, 1<<20, here), optional("source", e.Source, 2, 200, here)); no != nil {
		return no
	}
	if b.taken(mulu.KindElement, "name/"+e.Name, e.ID) {
		return refuse(here, "name_taken", "@element", e.Name)
	}
	if e.Format != "" {
		if no := oneOf("value_format", e.Format, mulu.ValueFormats, here); no != nil {
			return no
		}
		if e.Type != "C" && !(mulu.TypeSort(e.Type) == "number" && (e.Format == "longitude" || e.Format == "latitude")) {
			return refuse(here, "element_form", "@type."+e.Type, "@value_format")
		}
	}
	if no := b.checkCodesOf(e); no != nil {
		return no
	}
	if e.Low == "" && e.High == "" {
		return nil
	}
	if sort := mulu.TypeSort(e.Type); sort != "number" && sort != "date" && sort != "time" {
		return refuse(here, "element_form", "@type."+e.Type, "@bounds")
	}
	for _, s := range []struct{ field, bound string }{{"low", e.Low}, {"high", e.High}} {
		if normal, ok := mulu.NormalValue(e.Type, s.bound); s.bound != "" && (!ok || normal != s.bound || len(s.bound) > 40) {
			return refuse(here, "bound_form", "@"+s.field, s.bound, "@type."+e.Type)
		}
	}
	if e.Low != "" && e.High != "" && mulu.CompareValues(e.Type, e.Low, e.High) > 0 {
		return refuse(here, "bounds_crossed", e.Low, e.High)
	}
	return nil
}

// checkCodesOf: the code set of an element is in force, and its codes are not longer than the element.
func (b *book) checkCodesOf(e *mulu.Element) *mulu.Refusal {
	if e.CodeSet == "" {
		return nil
	}
	s, no := find[mulu.CodeSet](b, e.CodeSet, cite(13))
	if no != nil {
		return no
	}
	if s.Status != "active" {
		return refuse(cite(13), "code_set_abolished", s.Name)
	}
	if e.Type != "C" && e.Type != "N" && e.Type != "I" {
		return refuse(cite(13), "element_form", "@type."+e.Type, "@code_set")
	}
	return codesWithin(e, s)
}

func codesWithin(e *mulu.Element, s *mulu.CodeSet) *mulu.Refusal {
	if e.Length == 0 {
		return nil
	}
	for _, v := range s.Values {
		if utf8.RuneCountInString(v.Code) > e.Length {
			return refuse(cite(13), "code_long", v.Code, e.Name, strconv.Itoa(e.Length))
		}
	}
	return nil
}

// abolishElement: what is out of force binds nobody anew. Items that follow it are not touched: they are the institutions'
// own, and are changed by them.
func abolishElement(b *book, a *act.AbolishElement) *mulu.Refusal {
	e, no := find[mulu.Element](b, a.Element, cite(13))
	if no != nil {
		return no
	}
	if no := first(b.may(e, "abolished"), prose("why", a.Why, 2, 500, cite(13))); no != nil {
		return no
	}
	if a.Next != "" {
		next, no := find[mulu.Element](b, a.Next, cite(13))
		if no != nil {
			return no
		}
		if next.Status != "active" || next.ID == e.ID {
			return refuse(cite(13), "element_next", next.ID)
		}
	}
	e.Status, e.Next, e.Why, e.Since = "abolished", a.Next, a.Why, b.stamp()
	return b.put(e, "element.abolished", cite(13))
}

func publishCodeSet(b *book, a *act.PublishCodeSet) *mulu.Refusal {
	s := &mulu.CodeSet{Name: a.Name, Source: a.Source, Values: a.Values, Version: 1, Status: "active", Since: b.stamp()}
	if no := first(b.may(s, "active"), b.checkCodeSet(s)); no != nil {
		return no
	}
	s.ID = b.serial("CS", "code_set")
	return b.put(s, "code_set.published", cite(13), cite(5))
}

func reviseCodeSet(b *book, a *act.ReviseCodeSet) *mulu.Refusal {
	s, no := find[mulu.CodeSet](b, a.CodeSet, cite(13))
	if no != nil {
		return no
	}
	if no := first(b.may(s, "active"), atVersion(a.From, s.Version), prose("why", a.Why, 2, 500, cite(13))); no != nil {
		return no
	}
	if s.Name == a.Name && s.Source == a.Source && sameCodes(s.Values, a.Values) {
		return refuse(cite(13), "nothing_changed")
	}
	s.Name, s.Source, s.Values = a.Name, a.Source, a.Values
	if no := b.checkCodeSet(s); no != nil {
		return no
	}
	for _, id := range b.named(mulu.KindElement, "codes/"+s.ID) {
		if no := codesWithin(load[mulu.Element](b, id), s); no != nil {
			return no
		}
	}
	s.Version, s.Since, s.Why = s.Version+1, b.stamp(), a.Why
	return b.put(s, "code_set.revised", cite(13))
}

func sameCodes(x, y []mulu.CodeValue) bool {
	if len(x) != len(y) {
		return false
	}
	for i := range x {
		if x[i] != y[i] {
			return false
		}
	}
	return true
}

func (b *book) checkCodeSet(s *mulu.CodeSet) *mulu.Refusal {
	here := cite(13)
	if no := first(text("name", s.Name, 1, 100, here), optional("source", s.Source, 2, 200, here), within("values", len(s.Values), 1, mostCodes, here)); no != nil {
		return no
	}
	if b.taken(mulu.KindCodeSet, "name/"+s.Name, s.ID) {
		return refuse(here, "name_taken", "@code_set", s.Name)
	}
	seen := map[string]bool{}
	for _, v := range s.Values {
		if no := first(text("code", v.Code, 1, 64, here), text("code_name", v.Name, 1, 200, here)); no != nil {
			return no
		}
		if seen[v.Code] {
			return refuse(here, "doubled", "@code", v.Code)
		}
		seen[v.Code] = true
	}
	return nil
}

func abolishCodeSet(b *book, a *act.AbolishCodeSet) *mulu.Refusal {
	s, no := find[mulu.CodeSet](b, a.CodeSet, cite(13))
	if no != nil {
		return no
	}
	if no := first(b.may(s, "abolished"), prose("why", a.Why, 2, 500, cite(13))); no != nil {
		return no
	}
	if ids := b.named(mulu.KindElement, "codes/"+s.ID); len(ids) > 0 {
		return refuse(cite(13), "code_set_used", s.Name, load[mulu.Element](b, ids[0]).Name)
	}
	s.Status, s.Why, s.Since = "abolished", a.Why, b.stamp()
	return b.put(s, "code_set.abolished", cite(13))
}

// checkStandards holds the items of an entry against the elements that they name. An item that the published version has
// just so is not held against it again: an element that was revised or abolished since does not stop other changes.
func (b *book) checkStandards(old, c *mulu.EntryContent) *mulu.Refusal {
	for _, i := range c.Items {
		if i.Standard == "" {
			continue
		}
		if old != nil {
			if was, ok := old.Item(i.Field); ok && was == i {
				continue
			}
		}
		e := load[mulu.Element](b, i.Standard)
		switch {
		case e == nil:
			return refuse(cite(13), "element_unknown", i.Name, i.Standard)
		case e.Status != "active" && e.Next != "":
			return refuse(cite(13), "element_replaced", i.Name, e.ID+" "+e.Name, e.Next)
		case e.Status != "active":
			return refuse(cite(13), "element_abolished", i.Name, e.ID+" "+e.Name)
		}
		switch e.Fits(i) {
		case "type":
			return refuse(cite(13), "element_type", i.Name, "@type."+i.Type, e.ID+" "+e.Name, "@type."+e.Type)
		case "length":
			return refuse(cite(13), "element_length", i.Name, strconv.Itoa(i.Length), e.ID+" "+e.Name, strconv.Itoa(e.Length))
		}
	}
	return nil
}
