package web

import (
	"encoding/json"
	"net/url"
	"time"

	"mulu"
	"mulu/act"
)

// settingsView is what this node runs with (设置).
type settingsView struct {
	form
	Node, Chain string
	Standing    Standing
	Clock       time.Time
	Profile     mulu.Profile
	Editions    []Edition
	TLS         bool
	Address     string
	Lag         uint64 // records that the pages do not show yet
}

// Choices are the editions that could be adopted: those that are not in force.
func (s *settingsView) Choices(lang string) (list []option) {
	for _, e := range s.Editions {
		switch {
		case e.InForce:
		case lang == "en":
			list = append(list, option{e.Name, e.En})
		default:
			list = append(list, option{e.Name, e.Zh})
		}
	}
	return list
}

func (v *visit) settingsView() (*settingsView, error) {
	s := &settingsView{form: form{Values: url.Values{}}, Node: v.Node, Chain: v.Chain.ID(), Standing: v.Chain.Standing(), Clock: v.Now(), Editions: v.Law.Editions(),
		TLS: v.Secure, Address: v.address("/")}
	if raw, ok := v.Desk.Chain.Get(mulu.KindProfile, "profile"); ok {
		if err := json.Unmarshal(raw, &s.Profile); err != nil {
			return nil, err
		}
	}
	for i := range s.Editions { // by committed state, whatever the door says
		s.Editions[i].InForce = s.Editions[i].Name == s.Profile.Edition
	}
	if next := v.Read.Position().Next; next < s.Standing.Size {
		s.Lag = s.Standing.Size - next
	}
	return s, nil
}

func (v *visit) settings() error {
	s, err := v.settingsView()
	if err != nil {
		return err
	}
	return v.show("settings", s)
}

func (v *visit) adoptEdition() error {
	done, err := v.say(&act.AdoptProfile{Edition: v.text("edition"), Why: v.text("why")})
	if err != nil {
		s, failed := v.settingsView()
		if failed != nil {
			return failed
		}
		s.form = v.typed()
		return v.again("settings", &s.form, s, err)
	}
	return v.did(done, "/settings")
}
