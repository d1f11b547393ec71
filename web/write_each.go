package web

import (
	"cmp"

	"mulu"
	"mulu/act"
)

// most bounds how many things one form does at once.
const most = 200

// errand is one of several acts that a form asks for, with what it is about.
type errand struct {
	Title, Path string
	Act         act.Act
	Wrong       *trouble // known before: it is not said
}

// result is what came of an errand: a fact with its record, or what is wrong.
type result struct {
	Title, Path string
	Fact        string
	Art         []mulu.Cite
	Record      uint64
	Wrong       *trouble
}

// sayEach has several acts done, each by itself: what is refused does not hold up the others.
func (v *visit) sayEach(list []errand) []result {
	var all []result
	for _, e := range list {
		r := result{Title: e.Title, Path: e.Path, Wrong: e.Wrong}
		if r.Wrong == nil {
			done, err := v.say(e.Act)
			if err != nil {
				r.Wrong = v.trouble(err)
			} else if facts := done.Outcome.Facts; len(facts) > 0 {
				r.Record, r.Fact, r.Art = done.Outcome.N, facts[0].Kind, facts[0].Art
				r.Path = cmp.Or(thing(facts[0].Noun, facts[0].ID), e.Path)
			}
		}
		all = append(all, r)
	}
	return all
}

// refusedOnes counts the results that are none.
func refusedOnes(all []result) int {
	n := 0
	for _, r := range all {
		if r.Wrong != nil {
			n++
		}
	}
	return n
}

// outcome is what a page shows of several results.
type outcome struct {
	All           []result
	Done, Refused int
}

func outcomeOf(all []result) *outcome {
	if len(all) == 0 {
		return nil
	}
	no := refusedOnes(all)
	return &outcome{all, len(all) - no, no}
}
