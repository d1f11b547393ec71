package gateway

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"mulu"
	"mulu/act"
	"mulu/proof"
	"mulu/sm"
)

const purpose = `"purpose":"窗口核验","case":"2026-审-0001"`

func TestRowsThroughAGrant(t *testing.T) {
	w := newTown(t, nil)
	r := w.ask(w.consumer.token, w.grant, `{"items":["code","name","number","phone","street"],"filters":[{"item":"street","values":["110102001"]}],`+purpose+`}`)
	want := `[{"code":"000000000000000001","name":"张*","number":"110102********0018","phone":"138****1234","street":"110102001"},` +
		`{"code":"000000000000000002","name":"李**","number":"110102********0029","phone":"139****5678","street":"110102001"}]`
	if r.status != http.StatusOK || string(r.Rows) != want || r.Entry != w.entry || r.Version != 1 || r.Next != "" {
		t.Fatalf("%d %s", r.status, r.body)
	}
	x := w.receiptOf(r)
	sum := sm.Sum([]byte(want))
	if x.Rows != 2 || x.RowsDigest != hex.EncodeToString(sum[:]) || x.Refused != "" || x.Grant != w.grant || x.Consumer != w.consumer.id ||
		x.Client != w.consumer.client || x.Entry != w.entry || x.DataVersion != 1 || x.Purpose != "窗口核验" ||
		!slices.Equal(x.Items, []string{"code", "name", "number", "phone", "street"}) || len(x.FilterDigest) != 64 || len(x.CaseDigest) != 64 {
		t.Fatalf("%+v", x)
	}
	for _, clear := range []string{"110102001", "0001", w.consumer.token} {
		if b := w.get("/receipts/" + r.Receipt).body; strings.Contains(string(b), clear) && clear != "0001" {
			t.Errorf("the receipt shows %q", clear)
		}
	}
	// Two answers to the same filter can be seen to be so, those to another filter not to be.
	again := w.receiptOf(w.ask(w.consumer.token, w.grant, `{"items":["code"],"filters":[{"item":"street","values":["110102001"]}],`+purpose+`}`))
	other := w.receiptOf(w.ask(w.consumer.token, w.grant, `{"items":["code"],"filters":[{"item":"street","values":["110102003"]}],`+purpose+`}`))
	if again.FilterDigest != x.FilterDigest || other.FilterDigest == x.FilterDigest {
		t.Error("the digests of filters do not tell them apart")
	}
}

func TestAllItemsAndPages(t *testing.T) {
	w := newTown(t, nil)
	var codes []string
	after := ""
	for range 10 {
		r := w.ask(w.consumer.token, w.grant, fmt.Sprintf(`{"limit":2,"after":%q,%s}`, after, purpose))
		var rows []map[string]string
		if err := json.Unmarshal(r.Rows, &rows); err != nil || r.status != http.StatusOK {
			t.Fatalf("%d %s, %v", r.status, r.body, err)
		}
		for _, row := range rows {
			if len(row) != 5 {
				t.Fatalf("no items asked for means all granted, got %v", row)
			}
			codes = append(codes, row["code"])
		}
		if after = r.Next; after == "" {
			break
		}
	}
	if len(codes) != 5 || !slices.IsSorted(codes) {
		t.Fatalf("pages gave %v", codes)
	}
	first := w.ask(w.consumer.token, w.grant, `{"limit":2,`+purpose+`}`)
	w.load(2, people[:3])
	if r := w.ask(w.consumer.token, w.grant, fmt.Sprintf(`{"limit":2,"after":%q,%s}`, first.Next, purpose)); r.Code != string(cursorStale) || r.status != http.StatusConflict {
		t.Fatalf("a cursor of the version before: %d %s", r.status, r.body)
	}
	if r := w.ask(w.consumer.token, w.grant, `{`+purpose+`}`); r.Version != 2 || strings.Count(string(r.Rows), "code") != 3 {
		t.Fatalf("the new version: %s", r.body)
	}
}

func TestARowScopeAlwaysHolds(t *testing.T) {
	w := newTown(t, nil)
	grant := w.agree(w.other, []mulu.Filter{{Item: "street", Values: []string{"110102003"}}}, "code", "name")
	for body, want := range map[string]int{
		`{` + purpose + `}`: 2,
		`{"filters":[{"item":"code","values":["000000000000000003"]}],` + purpose + `}`: 1,
		`{"filters":[{"item":"code","values":["000000000000000001"]}],` + purpose + `}`: 0,
	} {
		r := w.ask(w.other.token, grant, body)
		if r.status != http.StatusOK || strings.Count(string(r.Rows), `"code"`) != want {
			t.Errorf("%s: %d %s", body, r.status, r.body)
		}
	}
	// The item that bounds the rows is not granted itself, so nobody filters by it or sees it.
	if r := w.ask(w.other.token, grant, `{"filters":[{"item":"street","values":["110102001"]}],`+purpose+`}`); r.Code != string(filterForeign) {
		t.Errorf("%d %s", r.status, r.body)
	}
}

// TestRefusals: every refusal has its status, article, words in both languages, and a receipt that says so.
func TestRefusals(t *testing.T) {
	clock := &wall{at: time.Now()}
	w := newTown(t, func(c *Config) { c.Now = clock.now })
	ok := `{` + purpose + `}`
	check := w.agreeTo("check", w.other, nil, "code")
	refused := func(name string, r answered, status int, code Code, art string) {
		t.Helper()
		if r.status != status || r.Code != string(code) || r.Art != art || r.Rows != nil {
			t.Errorf("%s: %d %s", name, r.status, r.body)
			return
		}
		x := w.receiptOf(r)
		if x.Refused != code || x.Rows != 0 || x.RowsDigest != "" {
			t.Errorf("%s: the receipt says %+v", name, x)
		}
		if r.Title == "" || r.Detail == "" || strings.Contains(r.Detail, "{") {
			t.Errorf("%s: no words in %s", name, r.body)
		}
	}
	refused("no token", w.ask("", w.grant, ok), 401, tokenMissing, "38.2")
	stranger := w.ask("nobody's token", w.grant, ok)
	refused("unknown token", stranger, 401, tokenUnknown, "38.2")
	if x := w.receiptOf(stranger); x.Grant != w.grant || x.Consumer != "" || x.Entry != "" || x.Purpose != "" {
		t.Errorf("the receipt of a stranger's call says %+v", x)
	}
	if x := w.receiptOf(w.ask("nobody's token", "110102199003070018", ok)); x.Grant != "" {
		t.Errorf("what a stranger wrote into the path stands in a receipt: %q", x.Grant)
	}

	none, foreign := w.ask(w.other.token, "G-999", ok), w.ask(w.other.token, w.grant, ok)
	refused("no such grant", none, 404, grantUnknown, "24")
	refused("another's grant", foreign, 404, grantUnknown, "24")
	blank := func(r answered) string {
		return strings.ReplaceAll(strings.ReplaceAll(string(r.body), r.Receipt, ""), fmt.Sprintf(`"n":%d`, r.N), "")
	}
	if blank(none) != blank(foreign) {
		t.Errorf("a foreign grant can be told from none:\n%s\n%s", none.body, foreign.body)
	}
	if x := w.receiptOf(foreign); x.Entry != "" {
		t.Errorf("the receipt names the entry of a foreign grant: %+v", x)
	}

	for name, body := range map[string]string{"empty": "", "no object": "[]", "unknown field": `{"sql":"select 1",` + purpose + `}`,
		"other case": `{"Items":["code"],` + purpose + `}`, "doubled": `{"limit":1,"limit":2,` + purpose + `}`, "no purpose": `{"items":["code"],"case":"1"}`, "no case": `{"purpose":"窗口核验"}`, "blank case": `{"purpose":"窗口核验","case":" "}`,
		"limit": `{"limit":1001,` + purpose + `}`, "wrong type": `{"limit":"1",` + purpose + `}`, "more after": ok + ok,
		"a number in the purpose": `{"purpose":"核验110102199003070018"}`, "not UTF-8": "{\"purpose\":\"\xb1\xb1\"}", "null": `{"items":null,` + purpose + `}`} {
		refused("malformed: "+name, w.ask(w.consumer.token, w.grant, body), 400, malformed, "24")
	}
	refused("too large", w.ask(w.consumer.token, w.grant, `{"case":"`+strings.Repeat("x", MaxBody)+`"}`), 413, tooLarge, "24")
	refused("item not granted", w.ask(w.consumer.token, w.grant, `{"items":["code","score"],`+purpose+`}`), 403, itemForeign, "24")
	refused("item unknown", w.ask(w.consumer.token, w.grant, `{"items":["code\" OR 1=1"],`+purpose+`}`), 403, itemForeign, "24")
	refused("filter not granted", w.ask(w.consumer.token, w.grant, `{"filters":[{"item":"score","values":["7"]}],`+purpose+`}`), 403, filterForeign, "24")
	refused("cursor made up", w.ask(w.consumer.token, w.grant, `{"after":"1.-5",`+purpose+`}`), 409, cursorStale, "24")
	refused("cursor of another version", w.ask(w.consumer.token, w.grant, `{"after":"7.5",`+purpose+`}`), 409, cursorStale, "24")
	refused("grant for checks", w.ask(w.other.token, check, ok), 403, grantMethod, "24")

	w.say(w.provider, &act.SuspendGrant{Grant: w.grant, Why: "涉嫌超范围使用"})
	refused("grant suspended", w.ask(w.consumer.token, w.grant, ok), 403, grantSuspended, "24")
	w.say(w.provider, &act.ResumeGrant{Grant: w.grant, Why: "查明未超范围"})
	w.say(w.bureau, &act.SuspendEntry{Entry: w.entry, Why: "数据质量问题"})
	refused("entry suspended", w.ask(w.consumer.token, w.grant, ok), 403, entryClosed, "16")
	w.say(w.bureau, &act.ResumeEntry{Entry: w.entry, Why: "问题已解决"})
	if r := w.ask(w.consumer.token, w.grant, ok); r.status != 200 {
		t.Errorf("after all was resumed: %d %s", r.status, r.body)
	}

	raised := w.content
	raised.Items = slices.Clone(raised.Items)
	raised.Items[2].Grade, raised.Grade = 4, 4
	raised.Items[3].Sharing = "not_shared"
	w.say(w.provider, &act.ChangeEntry{Entry: w.entry, From: 1, Content: raised})
	w.say(w.bureau, &act.VerifyEntry{Entry: w.entry})
	refused("item now of grade 4", w.ask(w.consumer.token, w.grant, `{"items":["number"],`+purpose+`}`), 403, gradeWithheld, "38.1")
	refused("filter by an item of grade 4", w.ask(w.consumer.token, w.grant, `{"items":["code"],"filters":[{"item":"number","values":["110102199003070018"]}],`+purpose+`}`), 403, gradeWithheld, "38.1")
	refused("item no longer shared", w.ask(w.consumer.token, w.grant, `{"items":["phone"],`+purpose+`}`), 403, itemUnshared, "19")
	if r := w.ask(w.consumer.token, w.grant, `{"items":["code","street"],`+purpose+`}`); r.status != 200 {
		t.Errorf("the other items: %d %s", r.status, r.body)
	}

	w.say(w.consumer, &act.RevokeClient{Client: w.consumer.client, Why: "设备更换"})
	refused("client revoked", w.ask(w.consumer.token, w.grant, ok), 403, clientRevoked, "38.2")
	w.say(w.bureau, &act.RevokeKey{Org: w.other.id, Why: "密钥遗失"})
	refused("institution without key", w.ask(w.other.token, check, ok), 403, orgInactive, "38.2")
}

func TestAGrantEndsByTheLawsClock(t *testing.T) {
	w := newTown(t, nil)
	if r := w.ask(w.consumer.token, w.grant, `{`+purpose+`}`); r.status != 200 {
		t.Fatalf("%d %s", r.status, r.body)
	}
	w.say(w.bureau, &act.AdvanceClock{To: "2026-10-25T09:00:00+08:00"})
	if r := w.ask(w.consumer.token, w.grant, `{`+purpose+`}`); r.status != 403 || r.Code != string(grantEnded) || w.receiptOf(r).Refused != grantEnded {
		t.Fatalf("%d %s", r.status, r.body)
	}
}

func TestUndeliveredAndUnheldData(t *testing.T) {
	w := newTown(t, nil)
	// A grant on an entry without data waits for delivery.
	held, had := w.entry, w.content
	w.content.Name = "流动人口"
	w.content.Items = slices.Clone(had.Items)
	w.entry = w.made(w.say(w.provider, &act.SubmitEntry{Content: w.content}), mulu.KindEntry)
	w.say(w.bureau, &act.VerifyEntry{Entry: w.entry})
	grant := w.agree(w.consumer, nil, "code")
	if r := w.ask(w.consumer.token, grant, `{`+purpose+`}`); r.status != 409 || r.Code != string(grantWaiting) || r.Art != "21.2" || w.receiptOf(r).Entry != w.entry {
		t.Fatalf("%d %s", r.status, r.body)
	}
	// Delivered by the provider's word, but not on the platform.
	w.say(w.provider, &act.DeliverGrant{Grant: grant})
	if r := w.ask(w.consumer.token, grant, `{`+purpose+`}`); r.status != 503 || r.Code != string(noSource) || w.receiptOf(r).Refused != noSource {
		t.Fatalf("%d %s", r.status, r.body)
	}
	// Announced, but with rows the platform does not hold.
	w.entry = held
	w.say(w.provider, &act.PublishDataset{Entry: w.entry, Version: 2, Rows: 1, Digest: strings.Repeat("ab", 32)})
	if r := w.ask(w.consumer.token, w.grant, `{`+purpose+`}`); r.status != 503 || r.Code != string(noSource) || w.receiptOf(r).DataVersion != 2 {
		t.Fatalf("%d %s", r.status, r.body)
	}
}

func TestStrangersDoNotFillTheDisk(t *testing.T) {
	clock := &wall{at: time.Now()}
	w := newTown(t, func(c *Config) { c.Now, c.StrangerRate = clock.now, 5 })
	before := w.gateway.Health().Receipts
	seen := map[int]int{}
	for range 30 {
		seen[w.ask("nobody's", w.grant, `{}`).status]++
	}
	if seen[401] != 10 || seen[429] != 20 || w.gateway.Health().Receipts != before+10 {
		t.Fatalf("%v, %d receipts", seen, w.gateway.Health().Receipts-before)
	}
	if r := w.ask(w.consumer.token, w.grant, `{`+purpose+`}`); r.status != 200 {
		t.Fatalf("strangers keep the registered out: %d %s", r.status, r.body)
	}
}

func TestProofFromRowsToNodes(t *testing.T) {
	w := newTown(t, nil)
	var all []answered
	for i := range 7 {
		all = append(all, w.ask(w.consumer.token, w.grant, fmt.Sprintf(`{"filters":[{"item":"code","values":["%018d"]}],%s}`, i, purpose)))
	}
	all = append(all, w.ask(w.other.token, w.grant, `{`+purpose+`}`)) // refused; provable as well
	if r := w.get("/receipts/" + all[0].Receipt + "/proof"); r.status != http.StatusAccepted || !strings.Contains(string(r.body), "anchored") {
		t.Fatalf("before anchoring: %d %s", r.status, r.body)
	}
	for i, r := range all {
		file := w.proofOf(r.Receipt)
		report, err := proof.Verify(file, w.anchor())
		if err != nil || report.Receipt == nil {
			t.Fatalf("receipt %d: %v", i, err)
		}
		if r.status != 200 {
			continue
		}
		if err := proof.VerifyRows(file, r.Rows); err != nil {
			t.Fatalf("rows of receipt %d: %v", i, err)
		}
		if altered := []byte(strings.Replace(string(r.Rows), "}", " }", 1)); string(altered) != string(r.Rows) && proof.VerifyRows(file, altered) == nil {
			t.Fatal("altered rows were accepted")
		}
	}
	size := w.chain.Size()
	if n, err := w.gateway.Anchor(t.Context()); err != nil || n != 8 || w.chain.Size() != size {
		t.Fatalf("nothing new must not be anchored: %d, %v", n, err)
	}
	// A later receipt is proved under a later anchoring, earlier ones keep theirs.
	later := w.ask(w.consumer.token, w.grant, `{`+purpose+`}`)
	for _, id := range []string{later.Receipt, all[2].Receipt} {
		if _, err := proof.Verify(w.proofOf(id), w.anchor()); err != nil {
			t.Fatal(err)
		}
	}
	for _, id := range []string{"x", strings.Repeat("ab", 32), strings.Repeat("AB", 32)} {
		for _, path := range []string{"/receipts/" + id, "/receipts/" + id + "/proof"} {
			if r := w.get(path); r.status != 404 || r.Code != string(notReceipt) {
				t.Errorf("%s: %d %s", path, r.status, r.body)
			}
		}
	}
}

func TestMethodsAndPaths(t *testing.T) {
	w := newTown(t, nil)
	for path, want := range map[string]int{"/gateway/" + w.grant + "/query": 405, "/gateway/x": 404, "/": 404, "/healthz": 200} {
		if r, err := http.Get(w.server.URL + path); err != nil || r.StatusCode != want {
			t.Errorf("%s: %v, %v", path, r.StatusCode, err)
		}
	}
}
