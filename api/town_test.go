package api

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"mulu"
	"mulu/act"
	"mulu/chain"
	"mulu/desk"
	"mulu/law/script"
	"mulu/people"
	"mulu/read"
	"mulu/sm"
	"mulu/vault"
)

// A town is a sandbox with all real rooms and the interface before them.
type town struct {
	t      *testing.T
	chain  *chain.Chain
	desk   *desk.Desk
	people *people.People
	server *httptest.Server
	api    *API

	mu   sync.Mutex // guards held
	held map[string]sm.Signer
}

// nodeView is the chain as the door hands it in.
type nodeView struct{ *chain.Chain }

func (n nodeView) Anchor() ([]byte, error) { return n.Chain.Anchor().Encode() }
func (n nodeView) Health() Health {
	h := n.Chain.Health()
	return Health{Chain: n.ID(), Node: "node-1", State: h.State, Height: h.Height, Records: h.Size, LawTime: h.LawTime, Sandbox: n.Sandbox(), Pending: h.Pending}
}

func (w *town) Signer(public string) (sm.Signer, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if k, ok := w.held[public]; ok {
		return k, nil
	}
	return nil, desk.ErrNoKey
}

func (w *town) key(name string) sm.Signer {
	w.mu.Lock()
	defer w.mu.Unlock()
	k := script.Key(name, 1)
	w.held[k.Public().String()] = k
	return k
}

const civil, aCode = "002", "307110102002/000001"

func newTown(t *testing.T) *town {
	t.Helper()
	w := &town{t: t, held: map[string]sm.Signer{}}
	dir, ctx := t.TempDir(), t.Context()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	calendars, err := script.Calendars()
	must(err)
	node := script.Key("节点:node-1", 1)
	_, err = chain.Init(filepath.Join(dir, "chain"), mulu.Genesis{Chain: "town-1", Sandbox: true, Clock: "2026-11-02T09:00:00+08:00", Edition: "district-2023",
		Bureau: mulu.Bureau{Name: "测试区数据局", Short: script.Bureau, CreditCode: mulu.CreditCode("11110102MB000001"), Key: w.key(script.Bureau).Public().String()},
		Nodes:  []mulu.Node{{ID: "node-1", CosignKey: node.Public().String(), Power: 1}}, Calendars: calendars}, time.Now())
	must(err)
	w.chain, err = chain.Open(ctx, chain.Config{Home: filepath.Join(dir, "chain"), Key: node, NodeName: "node-1"})
	must(err)
	t.Cleanup(func() { must(w.chain.Close()) })
	reads, err := read.Open(read.Config{Path: filepath.Join(dir, "read.db"), ActID: func(line []byte) string {
		d := sm.Sum(line)
		return hex.EncodeToString(d[:])
	}})
	must(err)
	following, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- reads.Follow(following, w.chain) }()
	t.Cleanup(func() { stop(); must(<-ended); must(reads.Close()) })
	v, err := vault.Open(filepath.Join(dir, "vault"), make([]byte, 16), rand.Reader)
	must(err)
	w.people, err = people.Open(people.Config{Path: filepath.Join(dir, "people.db"), Key: make([]byte, 32)})
	must(err)
	t.Cleanup(func() { must(w.people.Close()) })
	w.desk = desk.New(desk.Config{Chain: w.chain, Reads: reads, Signers: w, Vault: v, Rand: rand.Reader, Readable: time.Minute})
	w.openLoads(dir, v)
	w.api, err = New(Config{Desk: w.desk, People: w.people, Read: reads, Chain: nodeView{w.chain}, Version: "test", Base: func() string { return "http://127.0.0.1:8400" },
		Log: slog.New(slog.NewTextHandler(io.Discard, nil))})
	must(err)
	w.server = httptest.NewServer(w.api.Handler())
	t.Cleanup(w.server.Close)

	w.do("001", &act.RegisterOrg{Name: "测试区民政局", Short: "区民政局", Sort: "organ", CreditCode: mulu.CreditCode("1111010200000100"), Key: w.key("区民政局").Public().String()})
	w.do("001", &act.RegisterOrg{Name: "测试区教委", Short: "区教委", Sort: "organ", CreditCode: mulu.CreditCode("1111010200000200"), Key: w.key("区教委").Public().String()})
	w.do(civil, &act.RegisterDuty{Name: "行政区划管理", Basis: "行政区划管理条例"})
	w.do(civil, &act.SubmitEntry{Content: w.content("街道名录")})
	w.do("001", &act.VerifyEntry{Entry: aCode})
	w.do(civil, &act.SubmitEntry{Content: w.content("待核定的目录")})
	for org, name := range map[string]string{civil: "civil", "003": "schools", "001": "bureau"} {
		digest := sm.Sum([]byte(token(name)))
		w.do(org, &act.RegisterClient{Name: name, Digest: hex.EncodeToString(digest[:])})
	}
	return w
}

func token(name string) string { return strings.Repeat(name, 4) }

func (w *town) content(name string) mulu.EntryContent {
	return mulu.EntryContent{Name: name, Summary: "本区街道的代码和名称", Duty: "D-002-0001", Class: "307", Format: "database", Cycle: "yearly",
		Sharing: mulu.Sharing{Type: "unconditional"}, Opening: mulu.Opening{Type: "unconditional"}, Grade: 1,
		Items: []mulu.Item{{Name: "街道代码", Field: "code", Type: "C", Length: 9, IsKey: true, Grade: 1}, {Name: "街道名称", Field: "name", Type: "C", Length: 50, Grade: 1}}}
}

func (w *town) do(org string, a act.Act) {
	w.t.Helper()
	done, err := w.desk.Do(w.t.Context(), desk.By{Org: org}, a)
	if err != nil {
		w.t.Fatalf("%s: %v", a.Kind(), err)
	}
	if !done.Readable {
		w.t.Fatalf("%s cannot be read", a.Kind())
	}
}

// ask calls an operation with a client's token ("" without) and gives status, header and body.
func (w *town) ask(method, path, client, body string, header ...string) (int, http.Header, []byte) {
	w.t.Helper()
	r, err := http.NewRequestWithContext(w.t.Context(), method, w.server.URL+root+path, strings.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	if client != "" {
		r.Header.Set("Authorization", "Bearer "+token(client))
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	got, err := http.DefaultClient.Do(r)
	if err != nil {
		w.t.Fatal(err)
	}
	defer got.Body.Close()
	b, err := io.ReadAll(got.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	if !bytes.Contains(b, []byte(`"code":"no_operation"`)) { // what is not in the document cannot be held against it
		strangerReads(w.t, r, got, b)
	}
	return got.StatusCode, got.Header, b
}

// into calls and reads a JSON answer of a status.
func into[T any](w *town, status int, method, path, client, body string, header ...string) (v T) {
	w.t.Helper()
	got, _, b := w.ask(method, path, client, body, header...)
	if got != status {
		w.t.Fatalf("%s %s: %d, want %d: %s", method, path, got, status, b)
	}
	if err := json.Unmarshal(b, &v); err != nil {
		w.t.Fatalf("%s %s: %v: %s", method, path, err, b)
	}
	return v
}
