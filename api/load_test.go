package api

import (
	"bytes"
	"context"
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mulu"
	"mulu/act"
	"mulu/desk"
	"mulu/people"
	"mulu/platform"
	"mulu/sm"
	"mulu/vault"
)

// openLoads gives the town a platform and what takes files in before it.
func (w *town) openLoads(dir string, v *vault.Vault) {
	w.t.Helper()
	must := func(err error) {
		w.t.Helper()
		if err != nil {
			w.t.Fatal(err)
		}
	}
	engine, err := platform.OpenEmbedded(filepath.Join(dir, "platform"), sm.New, 2)
	must(err)
	uploads, err := platform.OpenUploads(filepath.Join(dir, "uploads"), v)
	must(err)
	noun := func(kind mulu.Kind, id string, into any) bool {
		raw, ok := w.chain.Get(kind, id)
		return ok && json.Unmarshal(raw, into) == nil
	}
	loads, err := platform.OpenLoads(platform.LoadsConfig{Path: filepath.Join(dir, "loads.db"), Uploads: uploads, Platform: platform.New(engine, v, sm.New), Now: time.Now, Today: w.chain.Now,
		Ground: func(_ context.Context, code string) (g platform.Ground, err error) {
			var e mulu.Entry
			if !noun(mulu.KindEntry, code, &e) || e.Status != "published" {
				return g, &mulu.Refusal{Code: "entry_not_published", Art: "15.1", Args: []string{code, "@" + e.Status}}
			}
			g = platform.Ground{Org: e.Org, Content: e.Now}
			noun(mulu.KindDataset, code, &g.Dataset)
			return g, nil
		},
		Announce: func(ctx context.Context, l platform.Load, r *platform.Report) error {
			_, err := w.desk.Do(ctx, desk.By{Org: l.Org, Person: l.Person, Roles: people.Roles{people.Steward}},
				&act.PublishDataset{Entry: l.Entry, Version: r.Version, Rows: r.Kept, Digest: r.Digest, Mode: l.Mode, Quality: r.Quality})
			return err
		}})
	must(err)
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- loads.Run(ctx) }()
	w.t.Cleanup(func() { stop(); must(<-ended); must(loads.Close()); must(engine.Close()) })
	w.desk.Loads = loads
}

// rested gives a load once it came to rest.
func (w *town) rested(id, client string) Load {
	w.t.Helper()
	if _, err := w.desk.Loads.Wait(w.t.Context(), id); err != nil {
		w.t.Fatal(err)
	}
	return into[Load](w, 200, "GET", "/loads/"+id, client, "")
}

// A batch comes in one call and is published or reported on; the same key is the same load.
func TestRowsInOneCall(t *testing.T) {
	w := newTown(t)
	good := "街道代码,街道名称\n110102001,西长安街街道\n110102003,新街口街道\n"
	to := "/entries/" + aCode + "/rows?mode="
	csv := []string{"Content-Type", "text/csv", "Idempotency-Key", "batch-1"}
	first := into[Load](w, 202, "POST", to+"replace", "civil", good, csv...)
	if done := w.rested(first.ID, "civil"); done.State != "published" || done.Version != 1 || done.Report == nil || done.Report.Kept != 2 || !done.Report.Published || done.Report.Quality.Score < 900 {
		t.Fatalf("%+v %+v", done, done.Report)
	}
	if again := into[Load](w, 202, "POST", to+"replace", "civil", good, csv...); again.ID != first.ID || again.State != "published" {
		t.Errorf("the same key is another load: %+v", again)
	}
	lines := into[Load](w, 202, "POST", to+"upsert", "civil", `{"code":"110102007","name":"月坛街道"}`+"\n", "Content-Type", "application/jsonl", "Idempotency-Key", "batch-2")
	if done := w.rested(lines.ID, "civil"); lines.ID == first.ID || done.State != "published" || done.Report.Kept != 3 {
		t.Fatalf("%+v %+v", done, done.Report)
	}
	bad := into[Load](w, 202, "POST", to+"upsert", "civil", "街道代码,街道名称\n110102010,\n", "Content-Type", "text/csv")
	done := w.rested(bad.ID, "civil")
	if done.State != "rejected" || done.Report.Why != "too_bad" || !done.Report.BadFile || len(done.Report.Problems) == 0 || done.Report.Problems[0].Code != "required" || done.Report.Problems[0].Row != 2 {
		t.Fatalf("%+v %+v", done, done.Report)
	}
	if en := into[Load](w, 200, "GET", "/loads/"+bad.ID, "civil", "", "Accept-Language", "en"); en.Report.Problems[0].Reason != "a value is required" {
		t.Errorf("%+v", en.Report.Problems)
	}
	if status, _, b := w.ask("GET", "/loads/"+bad.ID+"/bad", "civil", ""); status != 200 || !bytes.Contains(b, []byte("※原因 reason")) {
		t.Errorf("%d %s", status, b)
	}
	if p := into[Problem](w, 404, "GET", "/loads/"+bad.ID, "schools", ""); p.Code != "absent" {
		t.Errorf("%+v", p)
	}
	if p := into[Problem](w, 403, "POST", to+"replace", "schools", good, "Content-Type", "text/csv"); p.Code != "not_yours" || p.Article != "15.1" {
		t.Errorf("%+v", p)
	}
	into[Problem](w, 400, "POST", to+"sideways", "civil", good, "Content-Type", "text/csv")
	into[Problem](w, 409, "POST", to+"replace", "civil", "", "Content-Type", "text/csv")
}

// A larger file comes in parts; what is out of turn is refused, and the columns may be said.
func TestAFileInParts(t *testing.T) {
	w := newTown(t)
	content := "代号,名\n110102001,西长安街街道\n" + strings.Repeat("\n", desk.PartSize)
	order, _ := json.Marshal(LoadOrder{Name: "街道.csv", Size: int64(len(content))})
	l := into[Load](w, 200, "POST", "/entries/"+aCode+"/loads", "civil", string(order))
	if l.State != "receiving" || l.Next != 0 || l.Part != desk.PartSize {
		t.Fatalf("%+v", l)
	}
	part := func(status int, n, data string) Problem {
		t.Helper()
		return into[Problem](w, status, "PUT", "/loads/"+l.ID+"/parts/"+n, "civil", data, "Content-Type", "application/octet-stream")
	}
	if p := part(409, "1", content[desk.PartSize:]); p.Code != "load_part" || p.Detail == "" {
		t.Errorf("%+v", p)
	}
	part(400, "x", "")
	part(413, "0", content)
	into[Load](w, 200, "PUT", "/loads/"+l.ID+"/parts/0", "civil", content[:desk.PartSize], "Content-Type", "application/octet-stream")
	into[Problem](w, 409, "POST", "/loads/"+l.ID+"/start", "civil", `{}`)
	if at := into[Load](w, 200, "GET", "/loads/"+l.ID, "civil", ""); at.Next != 1 {
		t.Errorf("%+v", at)
	}
	if at := into[Load](w, 200, "PUT", "/loads/"+l.ID+"/parts/1", "civil", content[desk.PartSize:], "Content-Type", "application/octet-stream"); at.State != "received" {
		t.Fatalf("%+v", at)
	}
	into[Problem](w, 400, "POST", "/loads/"+l.ID+"/start", "civil", `{"colums":{}}`)
	into[Load](w, 202, "POST", "/loads/"+l.ID+"/start", "civil", `{"mode":"replace","columns":{"code":"代号","name":"名"}}`)
	if done := w.rested(l.ID, "civil"); done.State != "published" || done.Report.Kept != 1 {
		t.Fatalf("%+v %+v", done, done.Report)
	}
	into[Problem](w, 409, "POST", "/loads/"+l.ID+"/cancel", "civil", "")
}
