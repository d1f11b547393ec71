package chain

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cockroachdb/pebble"

	"mulu/proof"
)

// lived makes a home with some history and closes the node.
func lived(t *testing.T) *town {
	t.Helper()
	w := newTown(t, 1, nil)
	c := w.open(0)
	for range 12 {
		submit(t, c, w.register())
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	return w
}

func TestFsckClean(t *testing.T) {
	w := lived(t)
	sum, err := Fsck(context.Background(), w.config(0))
	if err != nil {
		t.Fatal(err)
	}
	if sum.Records != 13 || sum.Blocks < 12 || sum.Checkpoints < 12 || sum.Keys < 50 {
		t.Fatalf("%+v", sum)
	}
}

// One altered, missing or added thing of each kind of key is found and named.
func TestFsckFindsEachAlteration(t *testing.T) {
	w := lived(t)
	store := filepath.Join(w.homes[0], storeDir)
	for prefix, name := range map[string]string{"f": "holds data of the form", "m": "head", "s/n/": "the state under", "s/i/": "the state under", "r/": "record ", "t/": "of the record tree", "a/": "the number of the act", "h/": "the head of height", "c/": "checkpoint"} {
		for _, how := range []string{"altered", "missing", "added"} {
			if prefix == "f" && how != "altered" || prefix == "m" && how == "added" || prefix == "c/" && how != "altered" {
				continue
			}
			t.Run(strings.ReplaceAll(prefix, "/", "_")+how, func(t *testing.T) {
				s, err := openStore(store, Config{}.complete(), func(err error) { t.Error(err) })
				if err != nil {
					t.Fatal(err)
				}
				it, err := s.db.NewIter(&pebble.IterOptions{LowerBound: []byte(prefix), UpperBound: append([]byte(prefix), 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff)})
				if err != nil {
					t.Fatal(err)
				}
				for ok := it.First(); ok && it.Next(); { // somewhere behind the first
					break
				}
				if !it.Valid() {
					it.First()
				}
				key, value := bytes.Clone(it.Key()), bytes.Clone(it.Value())
				if err := it.Close(); err != nil {
					t.Fatal(err)
				}
				touched := key
				switch how {
				case "altered":
					bad := bytes.Clone(value)
					bad[len(bad)/2] ^= 1
					err = s.db.Set(key, bad, pebble.Sync)
				case "missing":
					err = s.db.Delete(key, pebble.Sync)
				default:
					touched = append(bytes.Clone(key), 'x')
					err = s.db.Set(touched, value, pebble.Sync)
				}
				if err := errors.Join(err, s.close()); err != nil {
					t.Fatal(err)
				}
				_, err = Fsck(context.Background(), w.config(0))
				if err == nil || !strings.Contains(err.Error(), name) {
					t.Errorf("found: %v; want %q", err, name)
				}
				// Mend it for the next.
				if prefix == "f" {
					db, err := pebble.Open(store, &pebble.Options{})
					if err != nil {
						t.Fatal(err)
					}
					if err := errors.Join(db.Set(key, value, pebble.Sync), db.Close()); err != nil {
						t.Fatal(err)
					}
					return
				}
				if s, err = openStore(store, Config{}.complete(), func(err error) { t.Error(err) }); err != nil {
					t.Fatal(err)
				}
				if how == "added" {
					err = s.db.Delete(touched, pebble.Sync)
				} else {
					err = s.db.Set(key, value, pebble.Sync)
				}
				if err := errors.Join(err, s.close()); err != nil {
					t.Fatal(err)
				}
			})
		}
	}
	if _, err := Fsck(context.Background(), w.config(0)); err != nil {
		t.Fatalf("mended: %v", err)
	}
}

// A block altered on disk is found by its own chain of hashes and votes.
func TestFsckFindsAlteredBlock(t *testing.T) {
	w := lived(t)
	bs, err := openBlocks(w.homes[0], w.genesis.Chain)
	if err != nil {
		t.Fatal(err)
	}
	it, err := bs.db.Iterator(nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	var key, value []byte
	for ; it.Valid(); it.Next() {
		if bytes.Contains(it.Value(), []byte("org.register")) {
			key, value = bytes.Clone(it.Key()), bytes.Clone(it.Value())
			break
		}
	}
	if err := it.Close(); err != nil {
		t.Fatal(err)
	}
	at := bytes.Index(value, []byte("org.register"))
	value[at] ^= 1
	if err := bs.db.SetSync(key, value); err != nil {
		t.Fatal(err)
	}
	bs.close()
	_, err = Fsck(context.Background(), w.config(0))
	var bad *Corrupt
	if !errors.As(err, &bad) || !strings.Contains(err.Error(), "block") {
		t.Fatal(err)
	}
}

// A backup made while acts come in is restored to a node that goes on and is in order.
func TestBackupUnderLoad(t *testing.T) {
	w := newTown(t, 1, nil)
	c := w.open(0)
	stop, stopped := make(chan struct{}), make(chan error, 1)
	go func() {
		for {
			select {
			case <-stop:
				stopped <- nil
				return
			default:
			}
			if _, err := c.Submit(context.Background(), w.register()); err != nil {
				stopped <- err
				return
			}
		}
	}()
	for round := range 3 {
		if err := c.Wait(soon(t), uint64(10*(round+1))); err != nil {
			t.Fatal(err)
		}
		least := c.Size()
		dir, home := filepath.Join(t.TempDir(), "backup"), filepath.Join(t.TempDir(), "home")
		if err := c.Backup(soon(t), dir); err != nil {
			t.Fatal(err)
		}
		if err := Restore(dir, home); err != nil {
			t.Fatal(err)
		}
		cfg := w.config(0)
		cfg.Home = home
		back, err := Open(soon(t), cfg)
		if err != nil {
			t.Fatal(err)
		}
		if back.Size() < least {
			t.Fatalf("the copy has %d records, there were %d", back.Size(), least)
		}
		other := newTown(t, 1, nil)
		other.bureau, other.orgs = w.bureau, 5000+round
		submit(t, back, other.register())
		if err := back.Close(); err != nil {
			t.Fatal(err)
		}
		if _, err := Fsck(context.Background(), cfg); err != nil {
			t.Fatal(err)
		}
	}
	close(stop)
	if err := <-stopped; err != nil {
		t.Fatal(err)
	}
}

// Proof files made here are taken by the offline check, records and consistency alike.
func TestProofs(t *testing.T) {
	w := newTown(t, 1, nil)
	c := w.open(0)
	var early []byte
	for i := range 9 {
		submit(t, c, w.register())
		if i == 3 {
			p, ok := c.Checkpoint()
			if !ok {
				t.Fatal("no checkpoint")
			}
			early = p.Text()
		}
	}
	for n := range c.Size() {
		file, err := c.ProveRecord(n)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := proof.Verify(file, c.Anchor()); err != nil {
			t.Fatalf("record %d: %v", n, err)
		}
	}
	for from := range c.Size() {
		file, err := c.ProveConsistency(from + 1)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := proof.Verify(file, c.Anchor()); err != nil {
			t.Fatalf("from %d: %v", from+1, err)
		}
	}
	file, err := c.ProveSince(early)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := proof.Verify(file, c.Anchor()); err != nil {
		t.Fatal(err)
	}
	if _, err := c.ProveRecord(c.Size()); !errors.Is(err, ErrUnknown) {
		t.Fatal(err)
	}
}

// What a node finds wrong with its files it says in a sentence, and it does not start.
func TestWrongFiles(t *testing.T) {
	w := lived(t)
	open := func(w *town) error {
		c, err := Open(soon(t), w.config(0))
		if err == nil {
			_ = c.Close()
			t.Error("it starts")
			return errors.New("it starts")
		}
		return err
	}
	genesis := filepath.Join(w.homes[0], genesisFile)
	right, err := os.ReadFile(genesis)
	if err != nil {
		t.Fatal(err)
	}
	var wrong *WrongData
	t.Run("another process", func(t *testing.T) {
		c, err := Open(soon(t), w.config(0))
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = c.Close() }()
		var locked *Locked
		if err := open(w); !errors.As(err, &locked) {
			t.Error(err)
		}
		if _, err := Fsck(soon(t), w.config(0)); !errors.As(err, &locked) {
			t.Error(err)
		}
	})
	for name, edit := range map[string]func() []byte{
		"another chain": func() []byte { return bytes.ReplaceAll(right, []byte("test-1"), []byte("test-9")) },
		"another genesis": func() []byte {
			return bytes.ReplaceAll(right, []byte("测试区大数据局"), []byte("试测区大数据局"))
		},
		"no genesis":             func() []byte { return nil },
		"genesis cut":            func() []byte { return right[:len(right)/2] },
		"genesis against itself": func() []byte { return bytes.Replace(right, []byte("test-1"), []byte("test-9"), 1) },
	} {
		t.Run(name, func(t *testing.T) {
			_ = os.Remove(genesis)
			if b := edit(); b != nil {
				if err := os.WriteFile(genesis, b, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			if err := open(w); !errors.As(err, &wrong) {
				t.Errorf("%T %v", err, err)
			}
		})
	}
	if err := os.WriteFile(genesis, right, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, f := range []string{nodeFile, validatorFile, votedFile} {
		t.Run(f, func(t *testing.T) {
			path := filepath.Join(w.homes[0], f)
			b, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			for _, bad := range []string{"", "{", "[]", "{}"} {
				if bad == "{}" && f == votedFile {
					continue // that a node never voted is a sound note
				}
				if err := os.WriteFile(path, []byte(bad), 0o600); err != nil {
					t.Fatal(err)
				}
				if err := open(w); !errors.As(err, &wrong) {
					t.Errorf("%q: %T %v", bad, err, err)
				}
			}
			if err := os.WriteFile(path, b, 0o600); err != nil {
				t.Fatal(err)
			}
		})
	}
	t.Run("table file damaged", func(t *testing.T) {
		w := lived(t)
		files, err := filepath.Glob(filepath.Join(w.homes[0], storeDir, "MANIFEST-*"))
		if err != nil || len(files) == 0 {
			t.Fatal(files, err)
		}
		for _, f := range files {
			b, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			for i := len(b) / 3; i < len(b); i += 7 {
				b[i] ^= 0x55
			}
			if err := os.WriteFile(f, b, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		var corrupt *Corrupt
		if err := open(w); !errors.As(err, &corrupt) {
			t.Errorf("%T %v", err, err)
		}
	})
	if c, err := Open(soon(t), w.config(0)); err != nil {
		t.Fatalf("with everything put back: %v", err)
	} else if err := c.Close(); err != nil {
		t.Fatal(err)
	}
}
