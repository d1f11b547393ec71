package gateway

import (
	"slices"
	"strings"
	"testing"

	"mulu"
	"mulu/proof"
)

// A provider looks at its own rows: masked without more, as they are for a written reason, never an item of grade 4. Each look
// leaves a receipt that its list shows and a proof that holds.
func TestALookAtOnesOwnRows(t *testing.T) {
	w := newTown(t, nil)
	look := func(l Look) Looked {
		t.Helper()
		l.Person = "p-1"
		if l.Entry == "" {
			l.Entry = w.entry
		}
		seen, err := w.gateway.Look(t.Context(), l)
		if err != nil {
			t.Fatal(err)
		}
		return seen
	}
	plainly := look(Look{Org: w.provider.id, Reason: "核对来电反映的错误", Unmask: true, Rows: 2})
	masked := look(Look{Org: w.provider.id, Rows: 2})
	if masked.Code != "" || len(masked.Rows) != 2 || masked.Next == "" || plainly.Code != "" {
		t.Fatalf("%+v %+v", masked, plainly)
	}
	at := slices.Index(masked.Fields, "number")
	if got := masked.Rows[0][at]; !strings.Contains(got, "****") || !masked.Masked[at] {
		t.Errorf("not masked: %q", got)
	}
	if got := plainly.Rows[0][at]; strings.Contains(got, "*") || plainly.Masked[at] {
		t.Errorf("not as it is: %q", got)
	}
	if more := look(Look{Org: w.provider.id, After: masked.Next}); more.Code != "" || len(more.Rows) == 0 || slices.Equal(more.Rows[0], masked.Rows[0]) {
		t.Errorf("the next page: %+v", more)
	}
	for name, c := range map[string]struct {
		look Look
		code Code
	}{
		"another's":              {Look{Org: w.other.id}, noSource},
		"no such entry":          {Look{Org: w.provider.id, Entry: "999/000001"}, noSource},
		"no reason":              {Look{Org: w.provider.id, Unmask: true}, malformed},
		"too short a reason":     {Look{Org: w.provider.id, Unmask: true, Reason: "看看"}, malformed},
		"a person in the reason": {Look{Org: w.provider.id, Unmask: true, Reason: "查询 110102199003070018"}, malformed},
		"a cursor of elsewhere":  {Look{Org: w.provider.id, After: "9.9"}, cursorStale},
	} {
		if got := look(c.look); got.Code != string(c.code) || len(got.Rows) > 0 || got.Receipt == "" {
			t.Errorf("%s: %+v, want %s", name, got, c.code)
		}
	}
	list, err := w.gateway.Receipts(t.Context(), ReceiptQuery{Grant: LookGrant(w.entry)})
	if err != nil {
		t.Fatal(err)
	}
	if len(list) != 7 { // three that showed rows, four of its own that were refused
		t.Errorf("%d receipts are listed", len(list))
	}
	for _, k := range list {
		if k.Method != LookMethod || k.Entry != w.entry || k.Consumer != w.provider.id || k.Person != "p-1" {
			t.Errorf("%+v", k)
		}
	}
	if last := list[len(list)-1]; last.Purpose != "核对来电反映的错误" || last.Rows != 2 || last.ID != plainly.Receipt {
		t.Errorf("%+v", last)
	}
	if _, broken := proof.Verify(w.proofOf(plainly.Receipt), w.anchor()); broken != nil {
		t.Error(broken)
	}
	if err := w.gateway.Flag(t.Context()); err != nil { // looks count under no grant
		t.Error(err)
	}
}

// What is of grade 4 is never shown, whatever the reason.
func TestALookLeavesGradeFourOut(t *testing.T) {
	p := permit{content: &mulu.EntryContent{Grade: 4, Items: []mulu.Item{{Name: "姓名", Field: "xm", Grade: 3, Personal: true}, {Name: "病历", Field: "bl", Grade: 4}, {Name: "街道", Field: "street", Grade: 1}}}}
	if out := p.openTo(true); !slices.Equal(out, []string{"bl"}) || !slices.Equal(p.fields, []string{"xm", "street"}) || p.masks[0] != nil {
		t.Errorf("%v %v", out, p.fields)
	}
}
