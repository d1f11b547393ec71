package sm

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"encoding/asn1"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"math/big"
	"sync"

	"github.com/emmansun/gmsm/sm2"
)

// PublicKey is an SM2 public key. The zero value is no key and verifies nothing.
type PublicKey struct {
	text  string
	point *ecdsa.PublicKey
}

// ParsePublicKey reads the text form: standard base64 of the 33-byte compressed point. Reading a point takes a square
// root in the field, so points read before are remembered (at most rememberedKeys of them).
func ParsePublicKey(text string) (PublicKey, error) {
	if k, ok := parsed.get(text); ok {
		return k, nil
	}
	raw, err := base64.StdEncoding.Strict().DecodeString(text)
	if err != nil {
		return PublicKey{}, errors.New("a public key is written in base64: 44 characters for the 33 bytes of a compressed SM2 point")
	}
	if base64.StdEncoding.EncodeToString(raw) != text {
		// The decoder passes over line breaks; a key must not have a second text under which it is another.
		return PublicKey{}, errors.New("a public key is written in base64 on one line, without line breaks inside")
	}
	if len(raw) != 33 {
		return PublicKey{}, fmt.Errorf("a public key has 33 bytes (a compressed SM2 point), not %d", len(raw))
	}
	x, y := elliptic.UnmarshalCompressed(sm2.P256(), raw)
	if x == nil {
		return PublicKey{}, errors.New("the public key is no point of the SM2 curve")
	}
	k := PublicKey{text, &ecdsa.PublicKey{Curve: sm2.P256(), X: x, Y: y}}
	parsed.put(text, k)
	return k, nil
}

// String is the text form.
func (k PublicKey) String() string { return k.text }

// Verify tells whether sig is k's SM2-with-SM3 signature over msg. Only the one canonical DER form of a signature counts.
func (k PublicKey) Verify(msg, sig []byte) bool {
	return k.point != nil && canonical(sig) && sm2.VerifyASN1WithSM2(k.point, nil, msg, sig)
}

// canonical tells whether sig is exactly the DER of two integers in [1, n-1].
func canonical(sig []byte) bool {
	var rs struct{ R, S *big.Int }
	rest, err := asn1.Unmarshal(sig, &rs)
	if err != nil || len(rest) > 0 || rs.R.Sign() <= 0 || rs.S.Sign() <= 0 {
		return false
	}
	again, err := asn1.Marshal(rs)
	return err == nil && bytes.Equal(again, sig)
}

// SPKI is the key as DER SubjectPublicKeyInfo, which OpenSSL reads.
func (k PublicKey) SPKI() []byte {
	raw, err := base64.StdEncoding.DecodeString(k.text)
	if err != nil {
		return nil
	}
	// SEQUENCE { SEQUENCE { OID ecPublicKey, OID sm2p256v1 }, BIT STRING point }
	head := []byte{0x30, 0x39, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01,
		0x06, 0x08, 0x2a, 0x81, 0x1c, 0xcf, 0x55, 0x01, 0x82, 0x2d, 0x03, 0x22, 0x00}
	return append(head, raw...)
}

// Signer makes signatures with one key. A file key and a hardware module look the same from here.
type Signer interface {
	Public() PublicKey
	// Sign gives the DER SM2-with-SM3 signature over msg (not over a digest of it).
	Sign(msg []byte) ([]byte, error)
}

type signer struct {
	private *sm2.PrivateKey
	public  PublicKey
	rand    io.Reader
}

// Generate makes a new key from rand.
func Generate(rand io.Reader) (Signer, []byte, error) {
	private, err := sm2.GenerateKey(rand)
	if err != nil {
		return nil, nil, fmt.Errorf("generate an SM2 key: %w", err)
	}
	scalar := private.D.FillBytes(make([]byte, 32))
	s, err := NewSigner(scalar, rand)
	return s, scalar, err
}

// NewSigner makes a signer of a 32-byte private scalar. rand feeds the signatures' nonces.
func NewSigner(scalar []byte, rand io.Reader) (Signer, error) {
	private, err := sm2.NewPrivateKey(scalar)
	if err != nil {
		return nil, fmt.Errorf("the private key is no SM2 scalar: %w", err)
	}
	text := base64.StdEncoding.EncodeToString(elliptic.MarshalCompressed(sm2.P256(), private.X, private.Y))
	public, err := ParsePublicKey(text)
	if err != nil {
		return nil, err
	}
	return &signer{private, public, rand}, nil
}

func (s *signer) Public() PublicKey { return s.public }

func (s *signer) Sign(msg []byte) ([]byte, error) { return s.private.SignWithSM2(s.rand, nil, msg) }

// rememberedKeys bounds the memory of parsed points: a district has some hundreds of keys.
const rememberedKeys = 10_000

// parsed remembers points by text. It only saves work; forgetting is harmless.
var parsed memory

type memory struct {
	mu   sync.RWMutex // guards keys
	keys map[string]PublicKey
}

func (m *memory) get(text string) (PublicKey, bool) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	k, ok := m.keys[text]
	return k, ok
}

func (m *memory) put(text string, k PublicKey) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.keys == nil || len(m.keys) >= rememberedKeys {
		m.keys = map[string]PublicKey{}
	}
	m.keys[text] = k
}
