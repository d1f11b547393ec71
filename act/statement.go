package act

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"

	"mulu/sm"
)

// MaxBytes bounds an act on the wire. A larger one is refused before it is parsed.
const MaxBytes = 1 << 20

// Act is one thing that can be said to the chain.
type Act interface {
	Kind() string
}

// Statement is what is signed: who says what to which chain. Exactly one of Org and Node is set.
// Person is an opaque id of the person who acted for the organisation; it never is a name.
type Statement struct {
	V      int             `json:"v"`
	Chain  string          `json:"chain"`
	Kind   string          `json:"kind"`
	Org    string          `json:"org,omitempty"`
	Node   string          `json:"node,omitempty"`
	Key    string          `json:"key"`
	Person string          `json:"person,omitempty"`
	Nonce  string          `json:"nonce"` // 16 random bytes, hex: makes equal acts differ
	Act    json.RawMessage `json:"act"`
}

// Signed is an act as received: its exact bytes, what they say, and its id.
type Signed struct {
	Bytes     []byte // both lines, each with its newline
	ID        string // lower-case hex SM3 of the first line without its newline
	Statement Statement
	Act       Act
	line      []byte // the first line without its newline
	sig       []byte
	key       sm.PublicKey
}

// By says for whom an act is signed: an organisation or a node, on which chain, and by which person.
type By struct {
	Chain, Org, Node, Person string
}

// Sign states a for by, and signs it. The nonce is read from rand.
func Sign(a Act, by By, signer sm.Signer, rand io.Reader) (*Signed, error) {
	body, err := Encode(a)
	if err != nil {
		return nil, fmt.Errorf("encode %s: %w", a.Kind(), err)
	}
	var nonce [16]byte
	if _, err := io.ReadFull(rand, nonce[:]); err != nil {
		return nil, fmt.Errorf("read a nonce: %w", err)
	}
	s := Statement{V: 1, Chain: by.Chain, Kind: a.Kind(), Org: by.Org, Node: by.Node, Key: signer.Public().String(),
		Person: by.Person, Nonce: hex.EncodeToString(nonce[:]), Act: body}
	line, err := Encode(s)
	if err != nil {
		return nil, fmt.Errorf("encode the statement of %s: %w", a.Kind(), err)
	}
	sig, err := signer.Sign(line)
	if err != nil {
		return nil, fmt.Errorf("sign %s: %w", a.Kind(), err)
	}
	return Parse(Pair(line, sig))
}

// Pair puts a statement and its signature into two lines.
func Pair(line, sig []byte) []byte {
	b := make([]byte, 0, len(line)+2+base64.StdEncoding.EncodedLen(len(sig)))
	b = append(b, line...)
	b = append(b, '\n')
	b = base64.StdEncoding.AppendEncode(b, sig)
	return append(b, '\n')
}

// Unpair splits two lines into the statement and the signature's bytes.
func Unpair(b []byte) (line, sig []byte, err error) {
	line, rest, ok := bytes.Cut(b, []byte{'\n'})
	if !ok {
		return nil, nil, &Malformed{"two-lines", "an act is two lines: statement and signature"}
	}
	second, ok := bytes.CutSuffix(rest, []byte{'\n'})
	if !ok || bytes.IndexByte(second, '\n') >= 0 {
		return nil, nil, &Malformed{"two-lines", "an act is two lines, each ended by a line feed"}
	}
	sig, err = base64.StdEncoding.Strict().DecodeString(string(second))
	if err != nil || base64.StdEncoding.EncodeToString(sig) != string(second) { // the decoder passes over carriage returns
		return nil, nil, &Malformed{"signature", "the second line is not base64"}
	}
	return line, sig, nil
}

// Parse reads an act from its exact bytes: shape, size, canonical form, known kind. It does not check the signature
// (Verify does) nor whether the key may act (the law does). Every error is a *Malformed.
func Parse(b []byte) (*Signed, error) {
	if len(b) > MaxBytes {
		return nil, &Malformed{"too-large", fmt.Sprintf("an act has at most %d bytes; attachments belong into the vault, named by digest", MaxBytes)}
	}
	line, sig, err := Unpair(b)
	if err != nil {
		return nil, err
	}
	s := &Signed{Bytes: b, line: line, sig: sig}
	if err := DecodeCanonical(line, &s.Statement); err != nil {
		return nil, &Malformed{"statement", err.Error()}
	}
	if s.Statement.V != 1 {
		return nil, &Malformed{"version", fmt.Sprintf("statement version %d is not known here; this program speaks version 1", s.Statement.V)}
	}
	if (s.Statement.Org == "") == (s.Statement.Node == "") {
		return nil, &Malformed{"statement", "a statement names either org or node"}
	}
	if n, err := hex.DecodeString(s.Statement.Nonce); err != nil || len(n) != 16 {
		return nil, &Malformed{"nonce", "the nonce is 16 bytes in hex"}
	}
	if s.key, err = sm.ParsePublicKey(s.Statement.Key); err != nil {
		return nil, &Malformed{"key", err.Error()}
	}
	if s.Act, err = Decode(s.Statement.Kind, s.Statement.Act); err != nil {
		return nil, err
	}
	id := sm.Sum(line)
	s.ID = hex.EncodeToString(id[:])
	return s, nil
}

// Verify checks the signature over the exact bytes of the statement.
func (s *Signed) Verify() error {
	if !s.key.Verify(s.line, s.sig) {
		return &Malformed{"signature", "the signature does not match the statement and its key"}
	}
	return nil
}

// Malformed says why bytes are no act: Code is a stable word ("two-lines", "too-large", "statement", "version",
// "nonce", "key", "kind", "body", "signature"), Detail a sentence for the sender.
type Malformed struct{ Code, Detail string }

func (m *Malformed) Error() string { return "not a valid act (" + m.Code + "): " + m.Detail }

// IsKey tells whether a text is a public key that could sign an act.
func IsKey(text string) bool {
	_, err := sm.ParsePublicKey(text)
	return err == nil
}
