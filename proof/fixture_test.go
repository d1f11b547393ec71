package proof

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"mulu/sm"
)

// fixture is a small true chain in memory: four nodes, an institution, seven records, three receipts of node-1.
type fixture struct {
	nodes    []sm.Signer
	org      sm.Signer
	anchor   Anchor
	records  [][]byte
	tree     *Tree
	stored   stored
	receipts [][]byte
	ours     *Tree
	given    stored
	rows     []byte
}

// The example's keys: known to everyone, so good for nothing but the example.
func exampleKey(t testing.TB, name string) sm.Signer {
	t.Helper()
	scalar := sm.Sum([]byte("example key of " + name))
	s, err := sm.NewSigner(scalar[:], rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

const chainID = "xicheng-1"

var day = time.Date(2026, 9, 24, 2, 0, 0, 123e6, time.UTC)

func newFixture(t testing.TB) *fixture {
	t.Helper()
	c := &fixture{org: exampleKey(t, "institution 003"), stored: stored{}, given: stored{}}
	c.tree, c.ours = &Tree{}, &Tree{}
	c.anchor = Anchor{Format: AnchorFormat, Chain: chainID, Quorum: 3}
	for i := range 4 {
		name := fmt.Sprintf("node-%d", i+1)
		k := exampleKey(t, name)
		c.nodes = append(c.nodes, k)
		c.anchor.Nodes = append(c.anchor.Nodes, AnchorNode{name, k.Public().String()})
	}
	c.add([]byte(`{"v":1,"chain":"xicheng-1","kind":"genesis","act":{"chain":"xicheng-1","bureau":{"name":"区科技和信息化局"}}}`+"\n\n"), `"facts":[{"kind":"org.registered"}]`)
	c.anchor.Genesis = Hash(sm.Sum(c.records[0])).String()
	c.add(c.act(t, "org", "003", "entry.submit", `{"entry":"110102003/000001","name":"街道 <基本> & 信息"}`, c.org), `"facts":[{"kind":"entry.submitted"}]`)
	c.add(c.act(t, "org", "003", "entry.verify", `{"entry":"110102003/000001"}`, c.org), `"refused":{"code":"not_bureau","art":"12.2","args":["003"]}`)
	c.add([]byte(`{"v":1,"chain":"xicheng-1","kind":"alarm","act":{"at":"2026-10-10T00:00:00+08:00","noun":"application/7"}}`+"\n\n"), `"facts":[{"kind":"application.deemed"},{"kind":"grant.began"}]`)

	c.rows = []byte(`[{"code":"110102001","name":"西长安街街道"},{"code":"110102003","name":"新街口街道"}]`)
	for i := range 3 {
		body := fmt.Sprintf(`{"n":%d,"time":"2026-10-12T09:00:0%d+08:00","grant":"7","consumer":"005","entry":"110102003/000001","rows":%d,"rows_digest":"%s","refused":""}`,
			i, i, i, Hash(sm.Sum(c.rows)))
		line := fmt.Sprintf(`{"v":1,"chain":"xicheng-1","kind":"receipt","node":"node-1","key":"%s","receipt":%s}`, c.nodes[0].Public(), body)
		pair := pairOf(t, line, c.nodes[0])
		c.receipts = append(c.receipts, pair)
		c.ours.Append(LeafHash(pair), c.given.emit)
	}
	c.add(c.act(t, "node", "node-1", "receipts.anchor", fmt.Sprintf(`{"size":3,"root":"%s"}`, c.ours.Root()), c.nodes[0]), `"facts":[{"kind":"receipts.anchored"}]`)
	c.add(c.act(t, "org", "003", "entry.retire", `{"entry":"110102003/000001"}`, c.org), `"facts":[{"kind":"entry.retired"},{"kind":"grant.ended"}]`)
	c.add(c.act(t, "node", "node-1", "receipts.anchor", fmt.Sprintf(`{"size":3,"root":"%s"}`, c.ours.Root()), c.nodes[0]), `"refused":{"code":"nothing_new","art":"3.3"}`)
	return c
}

func pairOf(t testing.TB, line string, by sm.Signer) []byte {
	t.Helper()
	sig, err := by.Sign([]byte(line))
	if err != nil {
		t.Fatal(err)
	}
	return []byte(line + "\n" + base64.StdEncoding.EncodeToString(sig) + "\n")
}

func (c *fixture) act(t testing.TB, role, who, kind, body string, by sm.Signer) []byte {
	t.Helper()
	return pairOf(t, fmt.Sprintf(`{"v":1,"chain":"%s","kind":"%s","%s":"%s","key":"%s","nonce":"%032d","act":%s}`,
		chainID, kind, role, who, by.Public(), len(c.records), body), by)
}

func (c *fixture) add(pair []byte, what string) {
	n := len(c.records)
	record := fmt.Appendf(pair, `{"n":%d,"height":%d,"time":"2026-09-24T10:00:00.123+08:00",%s}`+"\n", n, n, what)
	c.records = append(c.records, record)
	c.tree.Append(LeafHash(record), c.stored.emit)
}

// point is the checkpoint after the first size records, signed by so many nodes.
func (c *fixture) point(t testing.TB, size uint64, signers int) Checkpoint {
	t.Helper()
	root, err := Root(c.stored, size)
	if err != nil {
		t.Fatal(err)
	}
	p := Checkpoint{Chain: chainID, Height: int64(size), Time: day.Add(time.Duration(size) * time.Minute), Size: size, Root: root}
	for i := range signers {
		if err := p.Sign(c.anchor.Nodes[i].Name, c.nodes[i]); err != nil {
			t.Fatal(err)
		}
	}
	return p
}

func must(t testing.TB) func(b []byte, err error) []byte {
	return func(b []byte, err error) []byte {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
}

func (c *fixture) recordFile(t testing.TB, n uint64) []byte {
	t.Helper()
	path, err := Inclusion(c.stored, n, c.tree.Size())
	if err != nil {
		t.Fatal(err)
	}
	return must(t)(EncodeRecord(n, c.records[n], path, c.point(t, c.tree.Size(), 3)))
}

func (c *fixture) consistencyFile(t testing.TB, from, to uint64) []byte {
	t.Helper()
	path, err := Consistency(c.stored, from, to)
	if err != nil {
		t.Fatal(err)
	}
	return must(t)(EncodeConsistency(c.point(t, from, 3), c.point(t, to, 4), path))
}

func (c *fixture) receiptFile(t testing.TB, i uint64, anchoredBy uint64) []byte {
	t.Helper()
	path, err := Inclusion(c.given, i, c.ours.Size())
	if err != nil {
		t.Fatal(err)
	}
	return must(t)(EncodeReceipt(i, c.ours.Size(), c.ours.Root(), c.receipts[i], path, c.recordFile(t, anchoredBy)))
}

// files are a true one of each kind.
func (c *fixture) files(t testing.TB) map[string][]byte {
	t.Helper()
	return map[string][]byte{KindRecord: c.recordFile(t, 1), KindConsistency: c.consistencyFile(t, 3, c.tree.Size()), KindReceipt: c.receiptFile(t, 2, 4)}
}

// edit changes a proof file as a forger would who keeps it canonical.
func edit(t testing.TB, file []byte, change func(map[string]any)) []byte {
	t.Helper()
	record, consistency, _, b := open(file)
	if b != nil {
		t.Fatal(b)
	}
	var m map[string]any
	if err := json.Unmarshal(file, &m); err != nil {
		t.Fatal(err)
	}
	change(m)
	raw, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	switch {
	case record != nil:
		var f recordFile
		if err := json.Unmarshal(raw, &f); err != nil {
			t.Fatal(err)
		}
		return must(t)(f.encode())
	case consistency != nil:
		var f consistencyFile
		if err := json.Unmarshal(raw, &f); err != nil {
			t.Fatal(err)
		}
		return must(t)(f.encode())
	}
	var f receiptFile
	if err := json.Unmarshal(raw, &f); err != nil {
		t.Fatal(err)
	}
	return must(t)(f.encode())
}
