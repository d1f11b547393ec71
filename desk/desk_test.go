package desk

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"mulu"
	"mulu/act"
	"mulu/chain"
	"mulu/people"
	"mulu/read"
	"mulu/sm"
	"mulu/vault"
)

// keyring holds the keys of a node.
type keyring map[string]sm.Signer

func (k keyring) Signer(public string) (sm.Signer, error) {
	if s, ok := k[public]; ok {
		return s, nil
	}
	return nil, ErrNoKey
}

func newKey(t *testing.T) sm.Signer {
	t.Helper()
	k, _, err := sm.Generate(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// open makes a desk on a real chain of one node, its pages and its vault. follow tells whether the pages follow.
func open(t *testing.T, follow bool) (*Desk, keyring) {
	t.Helper()
	dir := t.TempDir()
	bureau, node := newKey(t), newKey(t)
	g := mulu.Genesis{Chain: "desk-1", Edition: "district-2023", Nodes: []mulu.Node{{ID: "node-1", CosignKey: node.Public().String(), Power: 1}},
		Bureau: mulu.Bureau{Name: "测试区大数据局", Short: "区大数据局", CreditCode: mulu.CreditCode("11110102MB000001"), Key: bureau.Public().String()}}
	if _, err := chain.Init(filepath.Join(dir, "chain"), g, time.Now()); err != nil {
		t.Fatal(err)
	}
	c, err := chain.Open(t.Context(), chain.Config{Home: filepath.Join(dir, "chain"), Key: node, NodeName: "node-1"})
	if err != nil {
		t.Fatal(err)
	}
	r, err := read.Open(read.Config{Path: filepath.Join(dir, "read.db"), ActID: func(line []byte) string {
		d := sm.Sum(line)
		return hex.EncodeToString(d[:])
	}})
	if err != nil {
		t.Fatal(err)
	}
	v, err := vault.Open(filepath.Join(dir, "vault"), make([]byte, 16), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		if follow {
			if err := r.Follow(ctx, c); err != nil && ctx.Err() == nil {
				t.Error(err)
			}
		}
	}()
	t.Cleanup(func() {
		stop()
		<-ended
		if err := errors.Join(r.Close(), c.Close()); err != nil {
			t.Error(err)
		}
	})
	keys := keyring{bureau.Public().String(): bureau}
	readable := time.Minute
	if !follow {
		readable = 50 * time.Millisecond
	}
	return New(Config{Chain: c, Reads: r, Signers: keys, Vault: v, Rand: rand.Reader, Readable: readable}), keys
}

func refusal(t *testing.T, err error, code string) {
	t.Helper()
	var no *mulu.Refusal
	if !errors.As(err, &no) || no.Code != code {
		t.Errorf("%v, want the refusal %s", err, code)
	}
}

// An act done is committed and readable; a second like it is refused before it is signed; who has no key here cannot act.
func TestDo(t *testing.T) {
	d, keys := open(t, true)
	done, err := d.Do(t.Context(), By{Org: "001", Person: "p-1", Roles: people.Roles{people.Steward, people.Approver}}, &act.RegisterDuty{Name: "统筹公共数据", Basis: "三定"})
	if err != nil || !done.Readable || done.ID == "" || len(done.Outcome.Facts) != 1 || done.Outcome.Facts[0].Kind != "duty.registered" {
		t.Fatalf("%+v %v", done, err)
	}
	size := done.Outcome.N + 1
	_, err = d.Do(t.Context(), By{Org: "001"}, &act.RegisterDuty{Name: "统筹公共数据", Basis: "三定"})
	refusal(t, err, "name_taken")
	_, err = d.Do(t.Context(), By{Org: "999"}, &act.RegisterDuty{Name: "无主", Basis: "三定"})
	refusal(t, err, "unknown")
	if got := d.Chain.(*chain.Chain).Size(); got != size {
		t.Errorf("a refusal known beforehand left a record: %d, want %d", got, size)
	}
	theirs := newKey(t)
	done, err = d.Do(t.Context(), By{Org: "001"}, &act.RegisterOrg{Name: "测试区教委", Short: "区教委", Sort: "organ", CreditCode: mulu.CreditCode("1111010200000001"), Key: theirs.Public().String()})
	if err != nil {
		t.Fatal(err)
	}
	var org mulu.Org
	for _, f := range done.Outcome.Facts {
		if f.Noun == mulu.KindOrg {
			if err := json.Unmarshal(f.State, &org); err != nil {
				t.Fatal(err)
			}
		}
	}
	if _, err := d.Do(t.Context(), By{Org: org.ID}, &act.RegisterDuty{Name: "入学", Basis: "三定"}); !errors.Is(err, ErrNoKey) {
		t.Errorf("acting without the key: %v", err)
	}
	keys[theirs.Public().String()] = theirs
	if _, err := d.Do(t.Context(), By{Org: org.ID}, &act.RegisterDuty{Name: "入学", Basis: "三定"}); err != nil {
		t.Error(err)
	}
	if _, err := d.Do(t.Context(), By{Org: "001"}, &act.RevokeKey{Org: org.ID, Why: "密钥遗失"}); err != nil {
		t.Fatal(err)
	}
	_, err = d.Do(t.Context(), By{Org: org.ID}, &act.RegisterDuty{Name: "招生", Basis: "三定"})
	refusal(t, err, "key_revoked")
}

// Two acts on one noun, signed before either is executed: one happens, the other is refused in its block, on the record.
func TestSubmitAtOnce(t *testing.T) {
	d, keys := open(t, true)
	var bureau sm.Signer
	for _, k := range keys {
		bureau = k
	}
	type came struct {
		done Done
		err  error
	}
	all := make(chan came, 2)
	for range 2 {
		s, err := act.Sign(&act.RegisterDuty{Name: "同名职责", Basis: "三定"}, act.By{Chain: "desk-1", Org: "001"}, bureau, rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		go func() {
			done, err := d.Submit(t.Context(), s)
			all <- came{done, err}
		}()
	}
	a, b := <-all, <-all
	if a.err != nil {
		a, b = b, a
	}
	if a.err != nil || !a.done.Readable {
		t.Errorf("neither happened: %v, %v", a.err, b.err)
	}
	refusal(t, b.err, "name_taken")
	if b.done.Outcome.N == 0 {
		t.Error("the refusal is on no record")
	}
}

// What is committed and cannot be read on the pages yet is told so, and is done all the same.
func TestPagesThatLag(t *testing.T) {
	d, _ := open(t, false)
	done, err := d.Do(t.Context(), By{Org: "001"}, &act.RegisterDuty{Name: "统筹公共数据", Basis: "三定"})
	if err != nil || done.Readable {
		t.Fatalf("%+v %v", done, err)
	}
	if _, ok := d.Chain.Get(mulu.KindDuty, done.Outcome.Facts[0].ID); !ok {
		t.Error("it is not done")
	}
}

// An attachment is named by a digest that the same content does not give twice.
func TestAttach(t *testing.T) {
	d, _ := open(t, false)
	one, err := d.Attach(t.Context(), []byte("批文"))
	if err != nil {
		t.Fatal(err)
	}
	two, err := d.Attach(t.Context(), []byte("批文"))
	if err != nil || one == two {
		t.Errorf("%s %s %v", one, two, err)
	}
	if b, err := d.Vault.Get(t.Context(), one); err != nil || string(b) != "批文" {
		t.Errorf("%q %v", b, err)
	}
}
