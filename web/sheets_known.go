package web

import (
	"encoding/json"

	"mulu"
	"mulu/desk"
)

// onChain is what stands in committed state, as an import looks it up.
type onChain struct{ chain desk.Chain }

func find[N any](c onChain, kind mulu.Kind, id string) (n N, ok bool) {
	raw, ok := c.chain.Get(kind, id)
	if !ok {
		return n, false
	}
	return n, json.Unmarshal(raw, &n) == nil
}

// first finds the one noun that stands under an index.
func first[N any](c onChain, kind mulu.Kind, index string) (n N, ok bool) {
	ids := c.chain.Find(kind, index)
	if len(ids) == 0 {
		return n, false
	}
	return find[N](c, kind, ids[0])
}

func (c onChain) Org(name string) (mulu.Org, bool) {
	if o, ok := find[mulu.Org](c, mulu.KindOrg, name); ok {
		return o, true
	}
	if o, ok := first[mulu.Org](c, mulu.KindOrg, "credit/"+name); ok {
		return o, true
	}
	return first[mulu.Org](c, mulu.KindOrg, "name/"+name)
}

func (c onChain) Duty(org, name string) (mulu.Duty, bool) {
	if d, ok := find[mulu.Duty](c, mulu.KindDuty, name); ok && d.Org == org && d.Status != "retired" {
		return d, true
	}
	return first[mulu.Duty](c, mulu.KindDuty, "name/"+org+"/"+name)
}

func (c onChain) Entry(org, name, code string) (*mulu.Entry, bool) {
	if code != "" {
		e, ok := find[mulu.Entry](c, mulu.KindEntry, code)
		return &e, ok && e.Org == org
	}
	e, ok := first[mulu.Entry](c, mulu.KindEntry, "name/"+org+"/"+name)
	return &e, ok
}

func (c onChain) System(org, name string) (mulu.System, bool) {
	if s, ok := find[mulu.System](c, mulu.KindSystem, name); ok && s.Org == org && s.Status != "retired" {
		return s, true
	}
	return first[mulu.System](c, mulu.KindSystem, "name/"+org+"/"+name)
}

func (c onChain) Table(system, database, schema, name string) (mulu.Table, bool) {
	return first[mulu.Table](c, mulu.KindTable, "name/"+system+"/"+database+"."+schema+"."+name)
}

func (c onChain) Element(name string) (mulu.Element, bool) {
	if e, ok := find[mulu.Element](c, mulu.KindElement, name); ok {
		return e, true
	}
	return first[mulu.Element](c, mulu.KindElement, "name/"+name)
}

func (c onChain) Linked(entry, system string) bool {
	l, ok := find[mulu.Link](c, mulu.KindLink, entry+">"+system)
	return ok && l.Status == "made"
}
