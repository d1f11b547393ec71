package gateway

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"mulu"
	"mulu/act"
	"mulu/chain"
	"mulu/platform"
	"mulu/platform/intake"
	"mulu/proof"
	"mulu/sm"
	"mulu/vault"
)

// town is a real chain of one node in a sandbox, a real platform with people's data, and a gateway before them.
type town struct {
	t        testing.TB
	dir      string
	chain    *chain.Chain
	engine   *platform.Embedded
	platform *platform.Platform
	node     sm.Signer
	scalar   []byte // of the node's key
	bureau   party
	provider party
	consumer party
	other    party
	entry    string
	content  mulu.EntryContent
	grant    string
	orgs     int
	rate     int // asked for from now on; 0 = usual
	volume   int

	cfg     Config
	gateway *Gateway
	server  *httptest.Server
}

// party is an institution: its id, key, and the token of its machine client.
type party struct {
	id, client, token string
	key               sm.Signer
}

var people = [][]string{ // code, name, number, phone, street, score
	{"000000000000000001", "张三", "110102199003070018", "13800001234", "110102001", "7"},
	{"000000000000000002", "李四光", "110102198512120029", "13900005678", "110102001", ""},
	{"000000000000000003", "欧阳", "110102197701010035", "01066001234", "110102003", "9"},
	{"000000000000000004", "王\"五\"", "110102200002290041", "13700009999", "110102003", "8"},
	{"000000000000000005", "赵六", "11010219601111005X", "13600000000", "110102007", "6"},
}

func newTown(t testing.TB, edit func(*Config)) *town {
	t.Helper()
	w := &town{t: t, dir: t.TempDir(), bureau: party{id: "001", key: newKey(t)}}
	w.node, w.scalar = newScalar(t)
	g, err := chain.Init(filepath.Join(w.dir, "home"), mulu.Genesis{Chain: "test-1", Sandbox: true, Clock: "2026-09-24T09:00:00+08:00", Edition: "district-2023",
		Bureau: mulu.Bureau{Name: "测试区大数据局", Short: "区大数据局", CreditCode: mulu.CreditCode("11110102MB000001"), Key: w.bureau.key.Public().String()},
		Nodes:  []mulu.Node{{ID: "n1", CosignKey: w.node.Public().String(), Power: 10}}}, time.Now().Add(-time.Second))
	if err != nil {
		t.Fatal(err)
	}
	if w.chain, err = chain.Open(context.Background(), chain.Config{Home: filepath.Join(w.dir, "home"), Key: w.node, NodeName: g.Nodes[0].ID}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.chain.Close() })
	if w.engine, err = platform.OpenEmbedded(filepath.Join(w.dir, "platform"), sm.New, 2); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.engine.Close() })
	v, err := vault.Open(filepath.Join(w.dir, "vault"), make([]byte, vault.KeySize), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	w.platform = platform.New(w.engine, v, sm.New)
	w.provider, w.consumer, w.other = w.join(), w.join(), w.join()
	w.publish()
	w.load(1, people)
	w.grant = w.agree(w.consumer, nil, "code", "name", "number", "phone", "street")
	w.cfg = Config{Dir: filepath.Join(w.dir, "receipts"), Aside: filepath.Join(w.dir, "aside"), Chain: w.chain, Source: w.engine, Node: "n1", Key: w.node,
		DigestKey: []byte("0123456789abcdef"), After: func(time.Duration) <-chan time.Time { return nil }}
	if edit != nil {
		edit(&w.cfg)
	}
	w.open()
	return w
}

func (w *town) open() {
	w.t.Helper()
	g, err := Open(w.cfg)
	if err != nil {
		w.t.Fatal(err)
	}
	w.gateway, w.server = g, httptest.NewServer(g.Handler())
	w.t.Cleanup(w.close)
}

func (w *town) close() {
	w.server.Close()
	_ = w.gateway.Close()
}

// say signs an act for a party and wants it executed with facts.
func (w *town) say(p party, a act.Act) mulu.Outcome {
	w.t.Helper()
	s, err := act.Sign(a, act.By{Chain: "test-1", Org: p.id}, p.key, rand.Reader)
	if err != nil {
		w.t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	o, err := w.chain.Submit(ctx, s)
	if err != nil {
		w.t.Fatal(err)
	}
	if o.Refused != nil {
		w.t.Fatalf("%s was refused: %s", a.Kind(), o.Refused.Error())
	}
	return o
}

func (w *town) made(o mulu.Outcome, kind mulu.Kind) string {
	w.t.Helper()
	for _, f := range o.Facts {
		if f.Noun == kind {
			return f.ID
		}
	}
	w.t.Fatalf("no %s in %+v", kind, o)
	return ""
}

// join registers an institution with a key and a machine client.
func (w *town) join() party {
	w.t.Helper()
	w.orgs++
	p := party{key: newKey(w.t), token: fmt.Sprintf("token-of-%d-%s", w.orgs, strings.Repeat("x", 40))}
	p.id = w.made(w.say(w.bureau, &act.RegisterOrg{Name: fmt.Sprintf("第%d测试局", w.orgs), Short: fmt.Sprintf("测试%d", w.orgs), Sort: "organ",
		CreditCode: mulu.CreditCode(fmt.Sprintf("11110102MC%06d", w.orgs)), Key: p.key.Public().String()}), mulu.KindOrg)
	sum := sm.Sum([]byte(p.token))
	p.client = w.made(w.say(p, &act.RegisterClient{Name: "业务系统", Digest: hex.EncodeToString(sum[:])}), mulu.KindClient)
	return p
}

// publish makes the entry: personal items of grade 3, plain ones below.
func (w *town) publish() {
	w.t.Helper()
	duty := w.made(w.say(w.provider, &act.RegisterDuty{Name: "人口管理", Basis: "三定方案第二条"}), mulu.KindDuty)
	item := func(name, field string, length, grade int, personal bool) mulu.Item {
		return mulu.Item{Name: name, Field: field, Type: "C", Length: length, Grade: grade, Personal: personal, IsKey: field == "code", Nullable: field == "score"}
	}
	w.content = mulu.EntryContent{Name: "常住人口", Summary: "本区常住人口", Duty: duty, Class: mulu.Classes[0].Code, Format: mulu.Formats[0].Code, Cycle: mulu.Cycles[0].Code,
		Sharing: mulu.Sharing{Type: "conditional", Conditions: "仅限法定履职"}, Opening: mulu.Opening{Type: "not_open", Ground: 1, Basis: "个人信息保护法"}, Grade: 3, Personal: true,
		Items: []mulu.Item{item("编号", "code", 18, 1, false), item("姓名", "name", 50, 3, true), item("公民身份号码", "number", 18, 3, true),
			item("联系电话", "phone", 20, 3, true), item("所属街道", "street", 12, 1, false), item("评分", "score", 4, 2, false)}}
	w.entry = w.made(w.say(w.provider, &act.SubmitEntry{Content: w.content}), mulu.KindEntry)
	w.say(w.bureau, &act.VerifyEntry{Entry: w.entry})
}

// load puts rows on the platform and announces them.
func (w *town) load(version int, rows [][]string) {
	w.t.Helper()
	var csv strings.Builder
	csv.WriteString("code,name,number,phone,street,score\n")
	for _, r := range rows {
		for i, v := range r {
			if i > 0 {
				csv.WriteByte(',')
			}
			csv.WriteString(`"` + strings.ReplaceAll(v, `"`, `""`) + `"`)
		}
		csv.WriteByte('\n')
	}
	table, err := intake.Open(strings.NewReader(csv.String()), "rows.csv", intake.Form{Kind: intake.CSV})
	if err != nil {
		w.t.Fatal(err)
	}
	ground := platform.Ground{Content: &w.content, Dataset: mulu.Dataset{Entry: w.entry, Version: version - 1}}
	r, err := w.platform.Load(context.Background(), platform.Job{Entry: w.entry, Ground: ground}, table)
	if err != nil || !r.Published {
		w.t.Fatalf("%+v, %v", r, err)
	}
	w.say(w.provider, &act.PublishDataset{Entry: w.entry, Version: version, Rows: r.Rows, Digest: r.Digest})
}

// agree applies and lets the provider agree; it gives the grant.
func (w *town) agree(p party, rows []mulu.Filter, items ...string) string {
	return w.agreeTo("query", p, rows, items...)
}

func (w *town) agreeTo(method string, p party, rows []mulu.Filter, items ...string) string {
	w.t.Helper()
	a := w.made(w.say(p, &act.Apply{Entry: w.entry, Ask: mulu.Ask{Scenario: "行政审批核验", Scope: "仅限审批窗口", Duty: "依法核验申请材料",
		Items: items, Rows: rows, Method: method, Days: 30, Rate: w.rate, Volume: w.volume}}), mulu.KindApplication)
	return w.made(w.say(w.provider, &act.AnswerApplication{Application: a, Decision: "full"}), mulu.KindGrant)
}

// reply is what a call got.
type answered struct {
	status  int
	body    []byte
	Receipt string
	N       uint64
	Code    string
	Art     string
	Title   string
	Detail  string
	Entry   string
	Version int
	Next    string
	Rows    json.RawMessage
	Match   json.RawMessage
	header  http.Header
}

// ask calls the gateway for rows and reads the answer.
func (w *town) ask(token, grant, body string) answered {
	w.t.Helper()
	return w.call(query, token, grant, body)
}

// call calls the gateway by a method and reads the answer. The receipt of a file stands in its headers.
func (w *town) call(method, token, grant, body string) answered {
	w.t.Helper()
	req, err := http.NewRequest("POST", w.server.URL+"/gateway/"+grant+"/"+verb(method), strings.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	return w.do(req)
}

func (w *town) do(req *http.Request) (r answered) {
	w.t.Helper()
	resp, err := w.server.Client().Do(req)
	if err != nil {
		w.t.Fatal(err)
	}
	defer resp.Body.Close()
	var b bytes.Buffer
	if _, err := b.ReadFrom(resp.Body); err != nil {
		w.t.Fatal(err)
	}
	if kind := resp.Header.Get("Content-Type"); strings.Contains(kind, "json") && !strings.Contains(kind, "jsonl") {
		if err := json.Unmarshal(b.Bytes(), &r); err != nil {
			w.t.Fatalf("%v in %s", err, b.Bytes())
		}
	}
	r.status, r.body, r.header = resp.StatusCode, b.Bytes(), resp.Header
	if r.Receipt == "" && resp.Header.Get("Mulu-N") != "" {
		r.Receipt = resp.Header.Get("Mulu-Receipt")
		r.N, _ = strconv.ParseUint(resp.Header.Get("Mulu-N"), 10, 64)
	}
	return r
}

func (w *town) get(path string) answered {
	w.t.Helper()
	req, err := http.NewRequest("GET", w.server.URL+path, nil)
	if err != nil {
		w.t.Fatal(err)
	}
	return w.do(req)
}

// receiptOf fetches a call's receipt, checks its signature and form, and gives what it says.
func (w *town) receiptOf(r answered) Receipt {
	w.t.Helper()
	if r.Receipt == "" {
		w.t.Fatalf("no receipt in %d %s", r.status, r.body)
	}
	line, sig, err := act.Unpair(w.get("/receipts/" + r.Receipt).body)
	if err != nil {
		w.t.Fatal(err)
	}
	var s Statement
	if err := act.DecodeCanonical(line, &s); err != nil {
		w.t.Fatal(err)
	}
	id := sm.Sum(line)
	if hex.EncodeToString(id[:]) != r.Receipt || s.Chain != "test-1" || s.Kind != "receipt" || s.Node != "n1" || s.V != 1 || s.Receipt.N != r.N {
		w.t.Fatalf("the receipt is %s", line)
	}
	if !w.node.Public().Verify(line, sig) || s.Key != w.node.Public().String() {
		w.t.Fatal("the receipt's signature does not hold")
	}
	return s.Receipt
}

// proofOf anchors and fetches the proof file, waiting for the co-signed checkpoint.
func (w *town) proofOf(id string) []byte {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	if _, err := w.gateway.Anchor(ctx); err != nil {
		w.t.Fatal(err)
	}
	for ctx.Err() == nil {
		r := w.get("/receipts/" + id + "/proof")
		if r.status == http.StatusOK {
			return r.body
		}
		if r.status != http.StatusAccepted {
			w.t.Fatalf("%d %s", r.status, r.body)
		}
	}
	w.t.Fatal("no proof in time")
	return nil
}

func (w *town) anchor() proof.Anchor { return w.chain.Anchor() }

func newKey(t testing.TB) sm.Signer {
	t.Helper()
	k, _, err := sm.Generate(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// wall is a clock that tests move.
type wall struct {
	mu sync.Mutex
	at time.Time
}

func (c *wall) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *wall) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// newScalar makes a key whose private scalar a test can store.
func newScalar(t testing.TB) (sm.Signer, []byte) {
	t.Helper()
	k, scalar, err := sm.Generate(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return k, scalar
}
