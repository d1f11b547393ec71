package gateway

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cockroachdb/pebble"

	"mulu/act"
)

// ledgerOn copies all keys of the ledger.
func ledgerOn(t testing.TB, r *receipts) map[string]string {
	t.Helper()
	i, err := r.db.NewIter(&pebble.IterOptions{LowerBound: []byte{'l'}, UpperBound: []byte{'l' + 1}})
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for ok := i.First(); ok; ok = i.Next() {
		all[string(i.Key())] = string(i.Value())
	}
	if err := i.Close(); err != nil {
		t.Fatal(err)
	}
	return all
}

func TestUseByDay(t *testing.T) {
	w := newTown(t, nil)
	second := w.agree(w.other, nil, "code")
	ok := `{"items":["code"],"limit":2,` + purpose + `}`
	for range 3 {
		w.ask(w.consumer.token, w.grant, ok)
	}
	w.ask(w.consumer.token, w.grant, `{"items":["score"],`+purpose+`}`)
	w.ask(w.consumer.token, w.grant, `{`) // the caller's own, so it counts
	w.ask(w.other.token, second, ok)
	w.ask(w.other.token, w.grant, ok)    // another's grant: it does not
	w.ask("nobody's token", w.grant, ok) // nor a stranger
	w.say(w.bureau, &act.AdvanceClock{To: "2026-09-27T10:00:00+08:00"})
	w.ask(w.consumer.token, w.grant, ok)
	want := []DayUse{{"2026-09-23", 0, 0, 0}, {"2026-09-24", 5, 2, 6}, {"2026-09-25", 0, 0, 0}, {"2026-09-26", 0, 0, 0}, {"2026-09-27", 1, 0, 2}}
	for _, when := range []string{"as counted", "after a restart"} {
		if got, err := w.gateway.Uses(t.Context(), w.grant, 5); err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: %v, %v", when, got, err)
		}
		w.close()
		w.open()
	}
	if got, err := w.gateway.Uses(t.Context(), "G-999", 1); err != nil || len(got) != 1 || got[0].Calls != 0 {
		t.Errorf("%v, %v", got, err)
	}
	if n := len(ledgerOn(t, w.gateway.receipts)); n == 0 {
		t.Error("no ledger")
	}
}

// A folder written before there was a ledger gets it on opening, the same as if it had been written along; so does one
// whose ledger an older program did not continue.
func TestLedgerOfAnOlderFolder(t *testing.T) {
	w := newTown(t, nil)
	for i := range 5 {
		w.ask(w.consumer.token, w.grant, fmt.Sprintf(`{"filters":[{"item":"code","values":["%018d"]}],%s}`, i, purpose))
	}
	w.ask(w.consumer.token, w.grant, `{"items":["score"],`+purpose+`}`)
	w.ask(w.other.token, w.grant, `{`+purpose+`}`)
	r := w.gateway.receipts
	want := ledgerOn(t, r)
	raw, err := r.get([]byte("m"))
	if err != nil {
		t.Fatal(err)
	}
	var m meta
	if err := json.Unmarshal(raw, &m); err != nil || m.Ledger != ledgerVersion {
		t.Fatalf("%s, %v", raw, err)
	}
	m.Ledger = 0
	older, err := act.Encode(m)
	if err != nil || bytes.Contains(older, []byte("ledger")) {
		t.Fatalf("%s, %v", older, err)
	}
	if err := r.db.Set([]byte("m"), older, pebble.Sync); err != nil {
		t.Fatal(err)
	}
	for key := range want { // what an older program left or spoiled does not matter
		if err := r.db.Set([]byte(key), []byte("x"), pebble.Sync); err != nil {
			t.Fatal(err)
		}
		break
	}
	if err := r.db.Set([]byte("ld20200101G-1"), []byte(`{"calls":7}`), pebble.Sync); err != nil {
		t.Fatal(err)
	}
	w.close()
	w.open()
	if got := ledgerOn(t, w.gateway.receipts); !maps.Equal(got, want) {
		t.Errorf("built anew: %q\nwritten along: %q", got, want)
	}
	if uses, err := w.gateway.Uses(t.Context(), w.grant, 1); err != nil || uses[0] != (DayUse{"2026-09-24", 6, 1, 4}) {
		t.Errorf("%v, %v", uses, err)
	}
}

func TestReceiptsAreListed(t *testing.T) {
	w := newTown(t, nil)
	second := w.agree(w.other, nil, "code", "number")
	asked := func(item, value, no string) string {
		return fmt.Sprintf(`{"items":["code"],"filters":[{"item":%q,"values":[%q]}],"purpose":"窗口核验","case":%q}`, item, value, no)
	}
	var all []answered
	for _, c := range []struct{ token, grant, body string }{
		{w.consumer.token, w.grant, asked("number", "11010219601111005X", "A-1")}, // 0
		{w.consumer.token, w.grant, asked("code", "000000000000000002", "A-2")},
		{w.other.token, second, asked("number", "11010219601111005X", "A-2")}, // 2
		{w.other.token, w.grant, asked("number", "11010219601111005X", "A-3")},
		{w.consumer.token, w.grant, asked("street", "110102001", "A-1")}, // 4: no key and nothing personal
		{w.consumer.token, w.grant, asked("score", "7", "A-1")},          // 5: refused
		{"nobody's token", w.grant, asked("code", "1", "A-1")},           // 6: refused
	} {
		all = append(all, w.call(query, c.token, c.grant, c.body))
	}
	list := func(q ReceiptQuery) (ns []int) {
		t.Helper()
		got, err := w.gateway.Receipts(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		for _, k := range got {
			if k.ID != all[k.N].Receipt {
				t.Errorf("receipt %d has another id", k.N)
			}
			ns = append(ns, int(k.N))
		}
		return ns
	}
	for name, c := range map[string]struct {
		q    ReceiptQuery
		want []int
	}{
		"all":                     {ReceiptQuery{}, []int{6, 5, 4, 3, 2, 1, 0}},
		"a page":                  {ReceiptQuery{Max: 2}, []int{6, 5}},
		"the next":                {ReceiptQuery{Max: 2, Before: 5}, []int{4, 3}},
		"of a grant":              {ReceiptQuery{Grant: w.grant}, []int{5, 4, 1, 0}},
		"of a grant, page":        {ReceiptQuery{Grant: w.grant, Before: 4, Max: 1}, []int{1}},
		"refused of a grant":      {ReceiptQuery{Grant: w.grant, Refused: true}, []int{5}},
		"refused":                 {ReceiptQuery{Refused: true}, []int{6, 5, 3}},
		"of a grant nobody has":   {ReceiptQuery{Grant: "G-9"}, nil},
		"who asked for somebody":  {ReceiptQuery{Person: " 11010219601111005x "}, []int{2, 0}},
		"under a grant":           {ReceiptQuery{Person: "11010219601111005X", Grant: second}, []int{2}},
		"of an institution":       {ReceiptQuery{Person: "11010219601111005X", Org: w.other.id}, []int{2}},
		"of the provider":         {ReceiptQuery{Org: w.provider.id}, []int{5, 4, 2, 1, 0}},
		"of nobody's institution": {ReceiptQuery{Org: "999"}, nil},
		"a thing by its key":      {ReceiptQuery{Person: "000000000000000002"}, []int{1}},
		"an item that tells none": {ReceiptQuery{Person: "110102001"}, nil},
		"a case":                  {ReceiptQuery{Case: "A-2 "}, []int{2, 1}},
		"a case under a grant":    {ReceiptQuery{Case: "A-1", Grant: w.grant}, []int{5, 4, 0}},
		"a case, refused":         {ReceiptQuery{Case: "A-1", Refused: true}, []int{5}},
	} {
		if got := list(c.q); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}

	k, lines, err := w.gateway.Receipt(t.Context(), all[5].Receipt)
	if err != nil || k.Refused != string(filterForeign) || k.Art != "24" || k.Anchored || k.Grant != w.grant || k.Method != query || !bytes.Equal(lines, w.get("/receipts/"+all[5].Receipt).body) {
		t.Errorf("%+v, %v", k, err)
	}
	if zh, en := w.gateway.Words(k.Refused); zh == "" || en == "" {
		t.Error("no words")
	}
	if _, err := w.gateway.Proof(t.Context(), all[0].Receipt); !errors.Is(err, ErrNotAnchored) {
		t.Errorf("%v", err)
	}
	w.proofOf(all[0].Receipt)
	if k, _, err := w.gateway.Receipt(t.Context(), all[0].Receipt); err != nil || !k.Anchored || k.Rows != 1 {
		t.Errorf("%+v, %v", k, err)
	}
	if file, err := w.gateway.Proof(t.Context(), all[0].Receipt); err != nil || len(file) == 0 {
		t.Errorf("%v", err)
	}
	for _, id := range []string{"", "x", strings.Repeat("ab", 32)} {
		if _, _, err := w.gateway.Receipt(t.Context(), id); !errors.Is(err, ErrNoReceipt) {
			t.Errorf("%q: %v", id, err)
		}
		if _, err := w.gateway.Proof(t.Context(), id); !errors.Is(err, ErrNoReceipt) {
			t.Errorf("%q: %v", id, err)
		}
	}
	for _, x := range ledgerOn(t, w.gateway.receipts) {
		if strings.Contains(x, "110102") {
			t.Error("the ledger holds a value in clear")
		}
	}
}

// Receipts written before calls had methods are read as they stand.
func TestReceiptOfBefore(t *testing.T) {
	line := []byte(`{"v":1,"chain":"c","kind":"receipt","node":"n","key":"k","receipt":{"n":1,"time":"2026-09-24T09:00:00+08:00","grant":"G-1","consumer":"002","client":"C-1","entry":"e","data_version":1,"items":["code"],"filter_digest":"","purpose":"x","case_digest":"","rows":2,"rows_digest":"","refused":""}}`)
	key, _ := newScalar(t)
	sig, err := key.Sign(line)
	if err != nil {
		t.Fatal(err)
	}
	k, x, err := keptIn(act.Pair(line, sig))
	if err != nil || k.Method != query || x.Method != "" || k.Rows != 2 || !k.At.Equal(time.Date(2026, 9, 24, 1, 0, 0, 0, time.UTC)) {
		t.Fatalf("%+v, %v", k, err)
	}
}

func TestTryingOnAPage(t *testing.T) {
	w := newTown(t, nil)
	try := func(org, grant, method, body string) (int, answered) {
		t.Helper()
		status, kind, b := w.gateway.Try(t.Context(), Trial{Org: org, Person: "p-1", Grant: grant, Method: method, Body: []byte(body)})
		var r answered
		if !strings.Contains(kind, "json") || json.Unmarshal(b, &r) != nil {
			t.Fatalf("%d %s %s", status, kind, b)
		}
		r.status, r.body = status, b
		return status, r
	}
	status, r := try(w.consumer.id, w.grant, query, `{"items":["name"],"limit":1,`+purpose+`}`)
	if x := w.receiptOf(r); status != http.StatusOK || string(r.Rows) != `[{"name":"张*"}]` || x.Person != "p-1" || x.Client != "" || x.Consumer != w.consumer.id || x.Rows != 1 || x.Method != query {
		t.Fatalf("%d %s: %+v", status, r.body, x)
	}
	for name, c := range map[string]struct {
		org, grant, method, body string
		code                     Code
	}{
		"another institution": {w.other.id, w.grant, query, `{` + purpose + `}`, grantUnknown},
		"no institution":      {"", w.grant, query, `{` + purpose + `}`, orgInactive},
		"another method":      {w.consumer.id, w.grant, check, `{"filters":[{"item":"code","values":["1"]}],` + purpose + `}`, grantMethod},
		"no method":           {w.consumer.id, w.grant, "sql", `{}`, malformed},
		"no grant":            {w.consumer.id, "../x", query, `{` + purpose + `}`, grantUnknown},
		"too large":           {w.consumer.id, w.grant, query, strings.Repeat("x", 2*MaxBody), tooLarge},
	} {
		if _, r := try(c.org, c.grant, c.method, c.body); r.Code != string(c.code) || w.receiptOf(r).Refused != c.code {
			t.Errorf("%s: %s", name, r.body)
		}
	}
	if uses, err := w.gateway.Uses(t.Context(), w.grant, 1); err != nil || uses[0].Calls != 4 || uses[0].Rows != 1 {
		t.Errorf("%v, %v", uses, err)
	}
}

// The sketch is right to a tenth over the range that the rules look at, and does not count one value twice.
func TestSketch(t *testing.T) {
	g := &Gateway{cfg: Config{DigestKey: []byte("0123456789abcdef")}}
	var s sketch
	if s.count() != 0 {
		t.Error("nothing counts")
	}
	next := 1
	for n := 1; n <= 20_000; n++ {
		for range 2 {
			s = s.add(g.keyDigest(fmt.Sprintf("%018d", n)))
		}
		if n != next {
			continue
		}
		next *= 2
		if got := s.count(); got < int64(n)*80/100 || got > int64(n)*120/100+1 {
			t.Errorf("%d are estimated as %d", n, got)
		}
	}
}
