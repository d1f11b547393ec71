package chain

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"net"
	"os"
	"testing"
	"time"

	"mulu"
	"mulu/act"
	"mulu/sm"
)

// A town is a chain under test: who its bureau is, and its nodes' homes and keys.
type town struct {
	t       testing.TB
	bureau  sm.Signer
	genesis mulu.Genesis
	start   time.Time
	homes   []string
	keys    []sm.Signer
	scalars [][]byte // of keys
	ids     []Identity
	listen  []string
	orgs    int // institutions made up so far
}

// newTown makes homes for n member nodes of one chain. edit may change the genesis before it is written.
func newTown(t testing.TB, n int, edit func(*mulu.Genesis)) *town {
	t.Helper()
	w := &town{t: t, bureau: newKey(t), start: time.Now().Add(-time.Second)}
	w.genesis = mulu.Genesis{Chain: "test-1", Edition: "district-2023",
		Bureau: mulu.Bureau{Name: "测试区大数据局", Short: "区大数据局", CreditCode: mulu.CreditCode("11110102MB000001"), Key: w.bureau.Public().String()}}
	for range n {
		w.addHome()
		i := len(w.homes) - 1
		w.genesis.Nodes = append(w.genesis.Nodes, mulu.Node{ID: w.name(i), Validator: w.ids[i].Validator, CosignKey: w.keys[i].Public().String(), Power: 10})
	}
	if edit != nil {
		edit(&w.genesis)
	}
	for _, home := range w.homes {
		if err := WriteGenesis(home, w.genesis, w.start); err != nil {
			t.Fatal(err)
		}
	}
	return w
}

// addHome makes a home with keys that is no member yet.
func (w *town) addHome() {
	w.t.Helper()
	home := w.t.TempDir()
	id, err := MakeKeys(home)
	if err != nil {
		w.t.Fatal(err)
	}
	key, scalar, err := sm.Generate(rand.Reader)
	if err != nil {
		w.t.Fatal(err)
	}
	w.homes, w.ids, w.listen = append(w.homes, home), append(w.ids, id), append(w.listen, freeAddress(w.t))
	w.keys, w.scalars = append(w.keys, key), append(w.scalars, scalar)
}

func (w *town) name(i int) string { return fmt.Sprintf("n%d", i+1) }

// config is node i's, connected with all others.
func (w *town) config(i int) Config {
	c := Config{Home: w.homes[i], Key: w.keys[i], NodeName: w.name(i), Log: testLog()}
	if len(w.homes) > 1 {
		c.Listen = w.listen[i]
		for j := range w.homes {
			if j != i {
				c.Peers = append(c.Peers, w.ids[j].NodeID+"@"+w.listen[j])
			}
		}
	}
	return c
}

// open starts node i and closes it with the test.
func (w *town) open(i int) *Chain {
	w.t.Helper()
	c, err := Open(context.Background(), w.config(i))
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { _ = c.Close() })
	return c
}

// register is an act of the bureau that enters a new institution.
func (w *town) register() *act.Signed {
	w.orgs++
	return w.say(w.registering(w.orgs))
}

func (w *town) registering(n int) *act.RegisterOrg {
	return &act.RegisterOrg{Name: fmt.Sprintf("第%d测试局", n), Short: fmt.Sprintf("测试%d", n), Sort: string(mulu.Organ),
		CreditCode: mulu.CreditCode(fmt.Sprintf("11110102MC%06d", n)), Key: newKey(w.t).Public().String()}
}

// say signs an act for the bureau.
func (w *town) say(a act.Act) *act.Signed {
	w.t.Helper()
	return w.sayOn(w.genesis.Chain, a)
}

func (w *town) sayOn(chain string, a act.Act) *act.Signed {
	w.t.Helper()
	s, err := act.Sign(a, act.By{Chain: chain, Org: "001", Person: "p1"}, w.bureau, rand.Reader)
	if err != nil {
		w.t.Fatal(err)
	}
	return s
}

func newKey(t testing.TB) sm.Signer {
	t.Helper()
	k, _, err := sm.Generate(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// freeAddress is a loopback address nobody listens on now.
func freeAddress(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().String()
}

// testLog prints what the node says when MULU_TEST_LOG is set.
func testLog() *slog.Logger {
	if os.Getenv("MULU_TEST_LOG") == "" {
		return nil
	}
	return slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

// soon is a context for something that should take milliseconds.
func soon(t testing.TB) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	t.Cleanup(cancel)
	return ctx
}

// submit says an act and wants it executed with facts.
func submit(t testing.TB, c *Chain, s *act.Signed) mulu.Outcome {
	t.Helper()
	o, err := c.Submit(soon(t), s)
	if err != nil {
		t.Fatal(err)
	}
	if o.Refused != nil {
		t.Fatalf("%s was refused: %s", s.Statement.Kind, o.Refused.Code)
	}
	return o
}
