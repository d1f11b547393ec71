package vault

import (
	"context"
	"crypto/hmac"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"sync"
	"sync/atomic"

	"mulu/sm"
)

// Keyring seals many short values that another room keeps itself, such as the cells of a table, and gives each a mark by
// which equal values are found. It is kept as a secret of the vault: the keys that seal, the newest last, and the one key of
// the marks, which stays when the others are replaced, because marks of different keys cannot be compared.
type Keyring struct {
	name string
	mark []byte
	rand io.Reader

	mu      sync.Mutex // guards what follows
	keys    [][]byte
	sealers map[string]*sm.Sealer // by key number and salt, as they stand before a sealed value
}

// ring is the secret.
type ring struct {
	Format string   `json:"format"` // "mulu-keyring/1"
	Mark   []byte   `json:"mark"`
	Keys   [][]byte `json:"keys"`
}

const (
	ringFormat = "mulu-keyring/1"
	ringSalt   = 8
	ringHead   = 2 + ringSalt // number of the key, salt
	ringCount  = 6
	maxSealers = 4096
	markSize   = 16
)

// Keyring gives the keyring kept under a name, and makes it where there is none.
func (v *Vault) Keyring(ctx context.Context, name string) (*Keyring, error) {
	k, err := v.keyring(ctx, name)
	if !errors.Is(err, fs.ErrNotExist) {
		return k, err
	}
	r := ring{Format: ringFormat}
	if r.Mark, err = v.fresh(32); err != nil {
		return nil, err
	}
	if err := v.add(ctx, name, r); err != nil {
		return nil, err
	}
	return v.keyring(ctx, name)
}

// RenewKeyring adds a key to the ring kept under a name: what is sealed from the next opening on is sealed under it, and what was
// sealed before still opens.
func (v *Vault) RenewKeyring(ctx context.Context, name string) error {
	r, err := v.ring(ctx, name)
	if err != nil {
		return err
	}
	return v.add(ctx, name, r)
}

func (v *Vault) add(ctx context.Context, name string, r ring) error {
	key, err := v.fresh(16)
	if err != nil {
		return err
	}
	r.Keys = append(r.Keys, key)
	raw, err := json.Marshal(r)
	if err != nil {
		return err
	}
	return v.SetSecret(ctx, "keyring "+name, raw)
}

func (v *Vault) fresh(n int) ([]byte, error) {
	b := make([]byte, n)
	if _, err := io.ReadFull(v.rand, b); err != nil {
		return nil, fmt.Errorf("make a key: %w", err)
	}
	return b, nil
}

func (v *Vault) ring(ctx context.Context, name string) (r ring, err error) {
	raw, err := v.Secret(ctx, "keyring "+name)
	if err != nil {
		return r, err
	}
	if err := json.Unmarshal(raw, &r); err != nil || r.Format != ringFormat || len(r.Mark) != 32 || len(r.Keys) == 0 {
		return r, fmt.Errorf("the keyring %q: %w", name, ErrAltered)
	}
	return r, nil
}

func (v *Vault) keyring(ctx context.Context, name string) (*Keyring, error) {
	r, err := v.ring(ctx, name)
	if err != nil {
		return nil, err
	}
	return &Keyring{name: name, mark: r.Mark, rand: v.rand, keys: r.Keys, sealers: map[string]*sm.Sealer{}}, nil
}

// sealer gives the cipher of a head: the key of its number, diversified by its salt.
func (k *Keyring) sealer(head []byte) (*sm.Sealer, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if s := k.sealers[string(head)]; s != nil {
		return s, nil
	}
	n := int(binary.BigEndian.Uint16(head))
	if n >= len(k.keys) {
		return nil, fmt.Errorf("sealed under key %d of the keyring %q, which has %d: %w", n, k.name, len(k.keys), ErrKey)
	}
	s, err := sm.NewSealer(sm.MAC(k.keys[n], head)[:16])
	if err != nil {
		return nil, err
	}
	if len(k.sealers) >= maxSealers {
		clear(k.sealers)
	}
	k.sealers[string(head)] = s
	return s, nil
}

// Writer seals values under a key of its own, made from the newest of the ring and a random salt. It may be used by several at a
// time.
type Writer struct {
	head   [ringHead]byte
	sealer *sm.Sealer
	count  atomic.Uint64 // of the values sealed: no two have the same nonce
}

// Writer begins to seal.
func (k *Keyring) Writer() (*Writer, error) {
	w := &Writer{}
	binary.BigEndian.PutUint16(w.head[:], uint16(len(k.keys)-1))
	if _, err := io.ReadFull(k.rand, w.head[2:]); err != nil {
		return nil, fmt.Errorf("begin to seal: %w", err)
	}
	var err error
	w.sealer, err = k.sealer(w.head[:])
	return w, err
}

// Seal appends the sealed value as text to dst, bound to its purpose:
//
//	base64(number of the key, 2 bytes ‖ salt, 8 ‖ count, 6 ‖ SM4-GCM of the value)
func (w *Writer) Seal(dst []byte, value, purpose []byte) []byte {
	n := w.count.Add(1)
	if n >= 1<<(8*ringCount) {
		panic("vault: more values were sealed under one salt than there are nonces") // 2.8e14: decades of loading
	}
	var nonce [12]byte
	binary.BigEndian.PutUint64(nonce[4:], n)
	raw := make([]byte, 0, ringHead+ringCount+len(value)+16)
	raw = append(append(raw, w.head[:]...), nonce[12-ringCount:]...)
	return base64.RawStdEncoding.AppendEncode(dst, w.sealer.Seal(raw, nonce[:], value, purpose))
}

// Open gives the value that was sealed for a purpose; anything else is ErrAltered.
func (k *Keyring) Open(text string, purpose []byte) (string, error) {
	raw := make([]byte, base64.RawStdEncoding.DecodedLen(len(text)))
	n, err := base64.RawStdEncoding.Decode(raw, []byte(text))
	if err != nil || n < ringHead+ringCount {
		return "", ErrAltered
	}
	s, err := k.sealer(raw[:ringHead])
	if err != nil {
		return "", err
	}
	var nonce [12]byte
	copy(nonce[12-ringCount:], raw[ringHead:])
	body := raw[ringHead+ringCount : n]
	plain, err := s.Open(body[:0], nonce[:], body, purpose)
	if err != nil {
		return "", ErrAltered
	}
	return string(plain), nil
}

// Marker makes marks. It belongs to one goroutine.
type Marker struct{ mac hash.Hash }

// Marker begins to make marks.
func (k *Keyring) Marker() *Marker { return &Marker{hmac.New(sm.New, k.mark)} }

// Mark appends the mark of a value to dst: the first 16 bytes of HMAC-SM3(purpose ‖ 0x00 ‖ value) in base64. Equal values have
// equal marks for a purpose, and only who has the keyring can tell or try out of what value a mark is.
func (m *Marker) Mark(dst, value, purpose []byte) []byte {
	var sum [sm.Size]byte
	m.mac.Reset()
	m.mac.Write(purpose)
	m.mac.Write([]byte{0})
	m.mac.Write(value)
	return base64.RawStdEncoding.AppendEncode(dst, m.mac.Sum(sum[:0])[:markSize])
}
