package script

import (
	"fmt"
	"testing"
	"time"

	"mulu"
	"mulu/act"
	"mulu/law"
)

// Thousands fall due at one instant. Each alarm must then cost the same whatever else the state holds: it reads what it is
// about by name and walks no list that grows with the district.
func TestAnAlarmReadsOnlyWhatItIsAbout(t *testing.T) {
	const consumers, entries = 20, 10
	for _, edition := range []string{"district-2023", "state-council-809"} {
		r := newDistrict(t, edition, consumers, entries)
		walked, woken := map[string]int{}, map[string]int{}
		for range 40 {
			next, any := law.NextAlarm(&r.State)
			if !any {
				break
			}
			if next.After(r.block) {
				r.block = next
			}
			for _, a := range law.Due(&r.State, r.moment(), 1<<20) {
				if !law.Set(&r.State, a) {
					continue
				}
				seen := &walker{Memory: &r.State}
				x := law.Wake(seen, r.moment(), a)
				r.State.Apply(x.Writes)
				walked[a.Name], woken[a.Name] = max(walked[a.Name], seen.keys), woken[a.Name]+1
				if len(x.Facts) == 0 || len(x.Facts) > 4 {
					t.Errorf("%s: %s gives %d facts", edition, a.Name, len(x.Facts))
				}
			}
		}
		t.Logf("%s: woken %v, most keys walked %v", edition, woken, walked)
		if woken["application.answer_due"] != consumers*entries {
			t.Errorf("%s: %d answers fell due, not %d", edition, woken["application.answer_due"], consumers*entries)
		}
		for name, n := range walked {
			if n > 3 {
				t.Errorf("%s: %s walked %d keys", edition, name, n)
			}
		}
	}
}

// walker counts the keys that scans give out.
type walker struct {
	*Memory
	keys int
}

func (w *walker) Scan(from, to string, yield func(key string, value []byte) bool) {
	w.Memory.Scan(from, to, func(key string, value []byte) bool {
		w.keys++
		return yield(key, value)
	})
}

// newDistrict is a bare chain on which every consumer applies for every entry of one provider at the same moment, has one
// more of each granted and delivered, and objects to it.
func newDistrict(t *testing.T, edition string, consumers, entries int) *Bare {
	t.Helper()
	b, err := NewBare(&Script{Begin: begin(), Edition: edition})
	if err != nil {
		t.Fatal(err)
	}
	say := func(org, name string, a act.Act) []mulu.Fact {
		facts, no, err := b.Say(By{Org: org, Signer: Key(name, 1)}, a)
		if no != nil || err != nil {
			t.Fatalf("%s %s: %v %v", name, a.Kind(), no, err)
		}
		return facts
	}
	names := []string{"提供"}
	for i := range consumers {
		names = append(names, fmt.Sprintf("机构%02d", i))
	}
	for i, name := range names {
		say("001", Bureau, &act.RegisterOrg{Name: "西城区" + name, Short: name, Sort: "organ", CreditCode: mulu.CreditCode(fmt.Sprintf("11110102%08d", i)), Key: Key(name, 1).Public().String()})
	}
	say("002", "提供", &act.RegisterDuty{Name: "救助", Basis: "三定"})
	ask := mulu.Ask{Scenario: "核对", Scope: "本机构", Duty: "三定", Method: "query", Days: 60}
	for i := range entries {
		say("002", "提供", &act.SubmitEntry{Content: mulu.EntryContent{Name: fmt.Sprintf("目录%d", i), Summary: "说明", Duty: "D-002-0001", Class: "307", Format: "database",
			Cycle: "monthly", Sharing: mulu.Sharing{Type: "conditional", Conditions: "依法履职"}, Opening: mulu.Opening{Type: "not_open", Ground: 3}, Grade: 1,
			Items: []mulu.Item{{Name: "编号", Field: "bh", Type: "C", Grade: 1}}}})
		say("001", Bureau, &act.VerifyEntry{Entry: entryCode(i)})
	}
	for c, name := range names[1:] {
		org := fmt.Sprintf("%03d", c+3)
		for i := range entries {
			made := say(org, name, &act.Apply{Entry: entryCode(i), Ask: ask})
			say("002", "提供", &act.AnswerApplication{Application: made[0].ID, Decision: "full"})
			id := fmt.Sprintf("G-%06d", c*entries+i+1)
			say("002", "提供", &act.DeliverGrant{Grant: id})
			say(org, name, &act.FileObjection{Grant: id, Items: []string{"bh"}, Wrong: "与事实不符"})
			say(org, name, &act.Apply{Entry: entryCode(i), Ask: ask})
		}
	}
	b.block = b.block.Add(time.Hour)
	return b
}
