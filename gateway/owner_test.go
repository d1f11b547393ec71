package gateway

import (
	"context"
	"crypto/rand"
	"database/sql"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mulu"
	"mulu/act"
	"mulu/platform/source"
	"mulu/vault"
)

// connect has the provider connect the town's entry instead of keeping it on the platform, to a SQLite file with these rows.
func (w *town) connect(rows [][]string) (*source.Sources, *sql.DB) {
	w.t.Helper()
	path := filepath.Join(w.t.TempDir(), "owner.db")
	db, err := sql.Open("sqlite", path)
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { _ = db.Close() })
	if _, err := db.Exec("CREATE TABLE residents (rid TEXT PRIMARY KEY, xm TEXT, hm TEXT, dh TEXT, jd TEXT, pf TEXT)"); err != nil {
		w.t.Fatal(err)
	}
	for _, r := range rows {
		if _, err := db.Exec("INSERT INTO residents VALUES (?, ?, ?, ?, ?, ?)", r[0], r[1], r[2], r[3], r[4], r[5]); err != nil {
			w.t.Fatal(err)
		}
	}
	v, err := vault.Open(filepath.Join(w.t.TempDir(), "vault"), make([]byte, vault.KeySize), rand.Reader)
	if err != nil {
		w.t.Fatal(err)
	}
	reach, err := source.NewReach([]string{filepath.Dir(path)})
	if err != nil {
		w.t.Fatal(err)
	}
	s, err := source.Open(source.Config{Path: filepath.Join(w.t.TempDir(), "sources.json"), Vault: v, Reach: reach, Failures: 2, Rest: time.Hour})
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { _ = s.Close() })
	ctx := context.Background()
	if err := s.Connect(ctx, source.Connection{ID: "owner", Org: w.provider.id, Sort: source.SQLite, Address: path}, ""); err != nil {
		w.t.Fatal(err)
	}
	b := source.Binding{Entry: w.entry, Connection: "owner", Table: "residents", Keys: []string{"rid"}}
	for i, c := range []string{"rid", "xm", "hm", "dh", "jd", "pf"} {
		b.Columns = append(b.Columns, source.Pair{Item: w.content.Items[i].Field, Column: c})
	}
	if err := s.Bind(ctx, b, w.provider.id, &w.content); err != nil {
		w.t.Fatal(err)
	}
	w.say(w.provider, &act.ConnectDataset{Entry: w.entry, Source: "database"})
	w.close()
	w.cfg.Owners = s
	w.open()
	return s, db
}

func TestConnectedDataTakesTheSameWay(t *testing.T) {
	w := newTown(t, nil)
	before := w.ask(w.consumer.token, w.grant, `{"items":["code"],"limit":2,"purpose":"审批核验","case":"1"}`)
	w.connect(people)

	// Masks, items, and the receipt are those of data on the platform; the version is 0.
	r := w.ask(w.consumer.token, w.grant, `{"items":["name","number","street"],"filters":[{"item":"code","values":["000000000000000001"]}],"purpose":"审批核验","case":"1"}`)
	if r.status != http.StatusOK || string(r.Rows) != `[{"name":"张*","number":"110102********0018","street":"110102001"}]` || r.Version != 0 {
		t.Fatalf("%d %s", r.status, r.body)
	}
	if got := w.receiptOf(r); got.DataVersion != 0 || got.Rows != 1 || got.Entry != w.entry || len(got.KeyDigests) != 1 {
		t.Fatalf("%+v", got)
	}

	// Pages: nothing lost, nothing doubled, and no key in the cursor.
	var codes []string
	after := ""
	for range 10 {
		r := w.ask(w.consumer.token, w.grant, fmt.Sprintf(`{"items":["code"],"limit":2,"after":%q,"purpose":"审批核验","case":"1"}`, after))
		if r.status != http.StatusOK {
			t.Fatalf("%d %s", r.status, r.body)
		}
		codes = append(codes, strings.Split(strings.Trim(string(r.Rows), "[]"), ",")...)
		if strings.Contains(r.Next, "00000000000") {
			t.Fatalf("the cursor shows a key: %s", r.Next)
		}
		if after = r.Next; after == "" {
			break
		}
	}
	if len(codes) != len(people) || codes[4] != `{"code":"000000000000000005"}` {
		t.Fatalf("%q", codes)
	}

	// Cursors of the platform, of other grants, altered ones.
	first := w.ask(w.consumer.token, w.grant, `{"items":["code"],"limit":2,"purpose":"审批核验","case":"1"}`)
	other := w.agree(w.other, nil, "code")
	for who, c := range map[string][3]string{"of before": {w.consumer.token, w.grant, before.Next}, "of another": {w.other.token, other, first.Next},
		"altered": {w.consumer.token, w.grant, first.Next[:len(first.Next)-1]}, "made up": {w.consumer.token, w.grant, "0.AAAA"}, "bare": {w.consumer.token, w.grant, "0."}} {
		r := w.ask(c[0], c[1], fmt.Sprintf(`{"items":["code"],"limit":2,"after":%q,"purpose":"审批核验","case":"1"}`, c[2]))
		if r.Code != string(cursorStale) {
			t.Errorf("a cursor %s: %d %s", who, r.status, r.body)
		}
	}

	// The rows of a grant hold whatever the database takes for equal.
	street := w.agree(w.other, []mulu.Filter{{Item: "street", Values: []string{"110102003"}}}, "code")
	if r := w.ask(w.other.token, street, `{"purpose":"审批核验","case":"1"}`); string(r.Rows) != `[{"code":"000000000000000003"},{"code":"000000000000000004"}]` {
		t.Errorf("%s", r.body)
	}
	checks := w.agreeTo(check, w.other, nil, "number", "name")
	for value, want := range map[string]string{"110102199003070018": "true", "110102199003070019": "false", "' OR 1=1": "false"} {
		if r := w.call(check, w.other.token, checks, fmt.Sprintf(`{"filters":[{"item":"number","values":[%q]}],"purpose":"审批核验","case":"1"}`, value)); string(r.Match) != want {
			t.Errorf("%s: %d %s", value, r.status, r.body)
		}
	}
	export := w.agreeTo(batch, w.other, nil, "code", "name")
	f := w.call(batch, w.other.token, export, `{"purpose":"审批核验","case":"1"}`)
	if f.status != http.StatusOK || strings.Count(string(f.body), "\n") != len(people)+1 || !strings.Contains(string(f.body), "000000000000000002,李**") {
		t.Errorf("%d %s", f.status, f.body)
	}
	if got := w.receiptOf(f); got.Rows != len(people) || got.DataVersion != 0 {
		t.Errorf("%+v", got)
	}
}

func TestWhatAnOwnerCannotAnswer(t *testing.T) {
	w := newTown(t, nil)
	s, db := w.connect(people)
	ask := func() answered {
		return w.ask(w.consumer.token, w.grant, `{"items":["code","name"],"purpose":"审批核验","case":"1"}`)
	}
	if r := ask(); r.status != http.StatusOK {
		t.Fatalf("%d %s", r.status, r.body)
	}
	if _, err := db.Exec("ALTER TABLE residents RENAME COLUMN xm TO full_name"); err != nil {
		t.Fatal(err)
	}
	r := ask()
	if r.Code != string(ownerDrift) || r.status != http.StatusServiceUnavailable || r.Art != "15.1" {
		t.Fatalf("%d %s", r.status, r.body)
	}
	if got := w.receiptOf(r); got.Refused != ownerDrift || got.Rows != 0 || got.RowsDigest != "" {
		t.Fatalf("%+v", got)
	}
	c, _ := s.Connection("owner")
	if err := os.Rename(c.Address, c.Address+".away"); err != nil {
		t.Fatal(err)
	}
	if err := s.Connect(t.Context(), c, "renewed"); err != nil { // so that the file is opened again
		t.Fatal(err)
	}
	for range 4 {
		if r := ask(); r.Code != string(ownerAway) {
			t.Fatalf("%d %s", r.status, r.body)
		}
	}
	if err := s.Unbind(w.entry); err != nil {
		t.Fatal(err)
	}
	if r := ask(); r.Code != string(ownerUnknown) {
		t.Fatalf("%d %s", r.status, r.body)
	}
	w.close()
	w.cfg.Owners = nil
	w.open()
	if r := ask(); r.Code != string(ownerUnknown) {
		t.Fatalf("%d %s", r.status, r.body)
	}
}

func FuzzPlaceCursor(f *testing.F) {
	g := &Gateway{cfg: Config{DigestKey: []byte("0123456789abcdef"), Rand: rand.Reader}}
	p := &permit{grant: &mulu.Grant{ID: "G-000001"}, connected: "2026-11-25T08:00:00+08:00"}
	own, err := g.placeCursor(p, `{"r":1,"k":["110102199003070018"]}`)
	if err != nil {
		f.Fatal(err)
	}
	for _, s := range []string{own, own[:len(own)-2], "0.", "0.AAAA", "1.7", "", "0." + strings.Repeat("A", 5000)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		q := *p
		if no := g.resumePlace(&q, s); no == nil && s != "" && q.query.Place != `{"r":1,"k":["110102199003070018"]}` {
			t.Fatalf("%q was taken for a place: %q", s, q.query.Place)
		}
	})
}
