package read

import (
	"testing"

	"mulu"
)

// The follower reads every noun of Chapters 4 and 6, and each stands in the story of what it is about.
func TestNounsBelongToWhatTheyAreAbout(t *testing.T) {
	for _, c := range []struct {
		n    mulu.Noun
		org  string
		want []owner
	}{
		{&mulu.Application{ID: "A-2", Consumer: "003", Entry: "e", SplitOf: "A-1"}, "003", owners(mulu.KindEntry, "e", mulu.KindApplication, "A-1")},
		{&mulu.Dispute{ID: "C-1", About: "A-1", Cause: "refused", Consumer: "003", Entry: "e"}, "003", owners(mulu.KindApplication, "A-1", mulu.KindGrant, "A-1", mulu.KindEntry, "e")},
		{&mulu.Dispute{ID: "C-2", About: "O-1", Cause: "objection", Consumer: "003", Entry: "e"}, "003", owners(mulu.KindObjection, "O-1", mulu.KindEntry, "e")},
		{&mulu.Objection{ID: "O-1", Grant: "G-1", Consumer: "003", Entry: "e"}, "003", owners(mulu.KindGrant, "G-1", mulu.KindEntry, "e")},
		{&mulu.Review{ID: "R-1", Entry: "e", Org: "002"}, "002", owners(mulu.KindEntry, "e")},
		{&mulu.Finding{ID: "F-1", Org: "002", On: []mulu.Ref{{Noun: mulu.KindGrant, ID: "G-1"}}}, "002", owners(mulu.KindGrant, "G-1")},
		{&mulu.UseReport{ID: "U-1", Grant: "G-1", Consumer: "003"}, "003", owners(mulu.KindGrant, "G-1")},
		{&mulu.UseFlag{ID: "W-1", Grant: "G-1", Consumer: "003"}, "003", owners(mulu.KindGrant, "G-1")},
		{&mulu.Term{ID: "review_interval"}, "", nil},
	} {
		f := fact("x", c.n)
		n, err := readNoun(&f)
		if err != nil {
			t.Errorf("%s: %v", c.n.Kind(), err)
			continue
		}
		d := describe(n)
		if d.org != c.org || len(d.owners) != len(c.want) {
			t.Errorf("%s %s: %+v, want %s %v", c.n.Kind(), c.n.Key(), d, c.org, c.want)
			continue
		}
		for i := range d.owners {
			if d.owners[i] != c.want[i] {
				t.Errorf("%s %s belongs to %v, want %v", c.n.Kind(), c.n.Key(), d.owners, c.want)
			}
		}
	}
}
