package web

import (
	"net/url"
	"strconv"

	"mulu"
	"mulu/act"
	"mulu/desk"
	"mulu/read"
)

// elementForm is an element being published or revised.
type elementForm struct {
	form
	Element *mulu.Element // nil for a new one
	Sets    []option
	Items   int // that follow it
}

func (v *visit) elementForm(f form, e *mulu.Element) (*elementForm, error) {
	p := &elementForm{form: f, Element: e}
	var err error
	p.Sets, err = v.setOptions(f.Get("code_set"))
	if err == nil && e != nil {
		var list []read.Element
		list, err = v.Read.Elements(v.R.Context(), read.ElementQuery{ID: e.ID, Max: 1})
		for _, c := range list {
			p.Items = c.Items
		}
	}
	return p, err
}

func (v *visit) newElement() error {
	p, err := v.elementForm(form{Values: url.Values{"type": {"C"}}}, nil)
	if err != nil {
		return err
	}
	return v.show("element-form", p)
}

// wholeNumber reads a number that may be left out; what is none is refused.
func (v *visit) wholeNumber(field string, most int) (int, error) {
	s := v.text(field)
	if s == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(s)
	if err != nil {
		return 0, v.badNumber(field, 0, most)
	}
	return n, nil
}

func (v *visit) publishElement() error {
	p, err := v.elementForm(v.typed(), nil)
	if err != nil {
		return err
	}
	length, err := v.wholeNumber("length", 1<<20)
	if err != nil {
		return v.again("element-form", &p.form, p, err)
	}
	done, err := v.say(&act.PublishElement{Name: v.text("name"), Definition: v.text("definition"), Type: v.text("type"), Length: length, Format: v.text("format"),
		CodeSet: v.text("code_set"), Low: v.text("low"), High: v.text("high"), Source: v.text("source")})
	if err != nil {
		return v.again("element-form", &p.form, p, err)
	}
	return v.did(done, "/standards/elements/"+done.Outcome.Facts[0].ID)
}

func (v *visit) editElement() error {
	e, err := v.elementOf()
	if err != nil {
		return err
	}
	p, err := v.elementForm(form{Values: url.Values{"from": {strconv.Itoa(e.Version)}, "name": {e.Name}, "definition": {e.Definition}, "type": {e.Type},
		"length": {numeral(e.Length)}, "format": {e.Format}, "code_set": {e.CodeSet}, "low": {e.Low}, "high": {e.High}, "source": {e.Source}}}, &e.Element)
	if err != nil {
		return err
	}
	return v.show("element-form", p)
}

func (v *visit) reviseElement() error {
	e, err := v.elementOf()
	if err != nil {
		return err
	}
	p, err := v.elementForm(v.typed(), &e.Element)
	if err != nil {
		return err
	}
	length, err := v.wholeNumber("length", 1<<20)
	if err != nil {
		return v.again("element-form", &p.form, p, err)
	}
	from, _ := strconv.Atoi(v.text("from")) // what is no number is no version, and refused as one that has moved
	done, err := v.say(&act.ReviseElement{Element: e.ID, From: from, Name: v.text("name"), Definition: v.text("definition"), Type: v.text("type"), Length: length,
		Format: v.text("format"), CodeSet: v.text("code_set"), Low: v.text("low"), High: v.text("high"), Source: v.text("source"), Why: v.text("why")})
	if err != nil {
		return v.again("element-form", &p.form, p, err)
	}
	return v.did(done, "/standards/elements/"+e.ID)
}

// abolishPage asks why an element is abolished, and what replaces it.
type abolishPage struct {
	form
	Element mulu.Element
	Others  []option
	Items   int
	Orgs    int
}

func (v *visit) abolishPage(f form) (*abolishPage, error) {
	p := &abolishPage{form: f}
	if err := v.noun(mulu.KindElement, v.R.PathValue("element"), &p.Element); err != nil {
		return nil, err
	}
	after := ""
	for {
		list, err := v.Read.Elements(v.R.Context(), read.ElementQuery{Status: "active", After: after, Max: 1000})
		if err != nil {
			return nil, err
		}
		for _, e := range list {
			if after = e.ID; e.ID == p.Element.ID {
				p.Items, p.Orgs = e.Items, e.Orgs
				continue
			}
			p.Others = append(p.Others, option{e.ID, e.Name + " " + e.ID})
		}
		if len(list) < 1000 {
			return p, nil
		}
	}
}

func (v *visit) abolishForm() error {
	p, err := v.abolishPage(form{Values: url.Values{}})
	if err != nil {
		return err
	}
	return v.show("element-abolish", p)
}

func (v *visit) abolishElement() error {
	p, err := v.abolishPage(v.typed())
	if err != nil {
		return err
	}
	done, err := v.say(&act.AbolishElement{Element: p.Element.ID, Next: v.text("next"), Why: v.text("why")})
	if err != nil {
		return v.again("element-abolish", &p.form, p, err)
	}
	return v.did(done, "/standards/elements/"+p.Element.ID)
}

// saySized says an act that may be larger than acts can be, which is told before it is signed.
func (v *visit) saySized(a act.Act) (done desk.Done, err error) {
	b, err := act.Encode(a)
	if err != nil {
		return done, err
	}
	if len(b) > act.MaxBytes-4096 { // what is around an act is less
		return done, errLarge
	}
	return v.say(a)
}

// suggestElements offers the data elements in force to the grid of items.
func (v *visit) suggestElements() (map[string][]suggestion, error) {
	var all []suggestion
	after := ""
	for {
		list, err := v.Read.Elements(v.R.Context(), read.ElementQuery{Status: "active", After: after, Max: 1000})
		if err != nil {
			return nil, err
		}
		for _, e := range list {
			after = e.ID
			all = append(all, suggestion{e.ID, e.Name, e.Type, e.Length})
		}
		if len(list) < 1000 {
			return map[string][]suggestion{"standard": all}, nil
		}
	}
}
