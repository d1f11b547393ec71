package web

import (
	"encoding/json"

	"mulu"
)

// speakers says who did something: institutions by their short names, people by name only to their own institution,
// because the chain knows them by an opaque id.
type speakers struct {
	v       *visit
	shorts  map[string]string // by institution
	persons map[string]string // by id; "" until names
}

func (v *visit) speakers() *speakers {
	return &speakers{v: v, shorts: map[string]string{}, persons: map[string]string{}}
}

// meet notes who will be spoken of.
func (s *speakers) meet(org, person string) {
	if person != "" && s.v.own(org) {
		s.persons[person] = ""
	}
}

// names looks up the names of those met.
func (s *speakers) names() error {
	ids := make([]string, 0, len(s.persons))
	for id := range s.persons {
		ids = append(ids, id)
	}
	found, err := s.v.People.Names(s.v.R.Context(), ids...)
	if err != nil {
		return err
	}
	s.persons = found
	return nil
}

// short is an institution's short name as it stands now; its id where it is not known.
func (s *speakers) short(org string) string {
	if name, ok := s.shorts[org]; ok {
		return name
	}
	name := org
	if raw, ok := s.v.Desk.Chain.Get(mulu.KindOrg, org); ok {
		var o mulu.Org
		if json.Unmarshal(raw, &o) == nil && o.Short != "" {
			name = o.Short
		}
	}
	s.shorts[org] = name
	return name
}

// say is who said something of a kind.
func (s *speakers) say(said, org, node, person string) string {
	switch {
	case said == "alarm":
		return s.v.t("规则自动执行")
	case said == "genesis":
		return s.v.t("建链时载入")
	case node != "":
		return s.v.t("节点 {0}", node)
	case s.persons[person] != "":
		return s.short(org) + " " + s.persons[person]
	}
	return s.short(org)
}
