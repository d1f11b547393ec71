package proof

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"

	"mulu/sm"
)

const checkpointTitle = "mulu checkpoint v1"

// Checkpoint says where a chain stands after a block: so many records, with this root. Nodes co-sign it with SM2, so that what it
// says can be checked with the national algorithms alone, without the consensus's own votes.
type Checkpoint struct {
	Chain      string
	Height     int64
	Time       time.Time // block time; written in UTC
	Size       uint64    // records, counted from 0: the newest is Size-1
	Root       Hash      // of the record tree
	Signatures []Cosignature
}

// Cosignature is one node's SM2-with-SM3 signature over Body.
type Cosignature struct {
	Node string
	Key  sm.PublicKey
	Sig  []byte // DER
}

// Body is what is signed: six lines, each with its line feed.
func (c Checkpoint) Body() []byte {
	return fmt.Appendf(nil, "%s\n%s\n%d\n%s\n%d\n%s\n", checkpointTitle, c.Chain, c.Height, c.Time.UTC().Format(time.RFC3339Nano), c.Size, c.Root)
}

// Text is Body, an empty line, and a line for each co-signature: "— <node> <key> <signature in base64>".
func (c Checkpoint) Text() []byte {
	b := append(c.Body(), '\n')
	for _, s := range c.Signatures {
		b = fmt.Appendf(b, "— %s %s %s\n", s.Node, s.Key, base64.StdEncoding.EncodeToString(s.Sig))
	}
	return b
}

// ParseCheckpoint reads a text, which must be exactly as Text writes it. It does not check the signatures; Check does.
func ParseCheckpoint(text []byte) (Checkpoint, error) {
	lines := strings.Split(string(text), "\n")
	if len(lines) < 8 || lines[0] != checkpointTitle || lines[6] != "" || lines[len(lines)-1] != "" {
		return Checkpoint{}, fmt.Errorf("a checkpoint is six lines beginning with %q, an empty line, and a line for each signature", checkpointTitle)
	}
	c := Checkpoint{Chain: lines[1]}
	var err error
	if !isName(c.Chain) {
		return Checkpoint{}, fmt.Errorf("the checkpoint's chain id %q is empty or has spaces or control characters", clip(c.Chain))
	}
	if c.Height, err = strconv.ParseInt(lines[2], 10, 64); err != nil || c.Height < 0 {
		return Checkpoint{}, fmt.Errorf("the checkpoint's height %q is no number", clip(lines[2]))
	}
	if c.Time, err = time.Parse(time.RFC3339Nano, lines[3]); err != nil {
		return Checkpoint{}, fmt.Errorf("the checkpoint's time %q is not in the form 2026-09-24T02:00:00.123Z", clip(lines[3]))
	}
	c.Time = c.Time.UTC()
	if c.Size, err = strconv.ParseUint(lines[4], 10, 64); err != nil {
		return Checkpoint{}, fmt.Errorf("the checkpoint's size %q is no number", clip(lines[4]))
	}
	if c.Root, err = ParseHash(lines[5]); err != nil {
		return Checkpoint{}, fmt.Errorf("the checkpoint's root: %w", err)
	}
	for _, line := range lines[7 : len(lines)-1] {
		s, err := parseCosignature(line)
		if err != nil {
			return Checkpoint{}, err
		}
		c.Signatures = append(c.Signatures, s)
	}
	if string(c.Text()) != string(text) {
		return Checkpoint{}, errors.New("the checkpoint is not written in its one form: decimal numbers without leading zeros, the time in UTC, single spaces, plain base64")
	}
	return c, nil
}

func parseCosignature(line string) (Cosignature, error) {
	f := strings.Split(line, " ")
	if len(f) != 4 || f[0] != "—" || !isName(f[1]) {
		return Cosignature{}, fmt.Errorf("%q is no signature line: it must be a dash, the node, its key and the signature, with one space between", clip(line))
	}
	key, err := sm.ParsePublicKey(f[2])
	if err != nil {
		return Cosignature{}, fmt.Errorf("the key in the signature line of node %s: %w", f[1], err)
	}
	sig, err := base64.StdEncoding.Strict().DecodeString(f[3])
	if err != nil {
		return Cosignature{}, fmt.Errorf("the signature of node %s is not base64", f[1])
	}
	return Cosignature{f[1], key, sig}, nil
}

// isName tells whether a text can name a chain or a node in a line of a checkpoint.
func isName(s string) bool {
	return s != "" && len(s) <= 200 && !strings.ContainsFunc(s, func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r) || r == unicode.ReplacementChar
	})
}

// Sign adds the signature of a node.
func (c *Checkpoint) Sign(node string, signer sm.Signer) error {
	sig, err := signer.Sign(c.Body())
	if err != nil {
		return fmt.Errorf("sign the checkpoint at height %d: %w", c.Height, err)
	}
	return c.Add(node, signer.Public(), sig)
}

// Add takes a node's signature. One that does not verify, or a second one of a node or key, is an error and changes nothing.
func (c *Checkpoint) Add(node string, key sm.PublicKey, sig []byte) error {
	if !isName(node) {
		return fmt.Errorf("%q cannot name a node", clip(node))
	}
	for _, s := range c.Signatures {
		if s.Node == node || s.Key.String() == key.String() {
			return fmt.Errorf("the checkpoint at height %d already has a signature of node %s", c.Height, s.Node)
		}
	}
	if !key.Verify(c.Body(), sig) {
		return fmt.Errorf("the signature of node %s does not match the checkpoint at height %d", node, c.Height)
	}
	// A new slice each time, so that copies of a checkpoint do not write into each other.
	c.Signatures = append(c.Signatures[:len(c.Signatures):len(c.Signatures)], Cosignature{node, key, sig})
	return nil
}

// Check checks that the checkpoint is of the anchor's chain, that each signature on it is a true one by a node of the anchor,
// and that they are enough. One bad signature spoils the text even when the others would do: somebody altered it.
func (c Checkpoint) Check(a Anchor) error {
	if b := c.check(a); b != nil {
		return b
	}
	return nil
}

func (c Checkpoint) check(a Anchor) *Broken {
	if b := a.check(); b != nil {
		return b
	}
	if c.Chain != a.Chain {
		return broken("checkpoint", say("检查点属于链 %s，信任锚属于链 %s。", c.Chain, a.Chain),
			say("The checkpoint is of chain %s, the trust anchor of chain %s.", c.Chain, a.Chain))
	}
	body := c.Body()
	signed := map[string]bool{}
	for _, s := range c.Signatures {
		known := false
		for _, n := range a.Nodes {
			known = known || n.Name == s.Node && n.Key == s.Key.String()
		}
		switch {
		case !known:
			return broken("quorum", say("检查点上有节点 %s 的签名，但该节点及其密钥不在信任锚中。", s.Node),
				say("The checkpoint carries a signature of node %s, which with this key is not in the trust anchor.", s.Node))
		case signed[s.Node]:
			return broken("quorum", say("检查点上节点 %s 签了两次。", s.Node), say("The checkpoint carries two signatures of node %s.", s.Node))
		case !s.Key.Verify(body, s.Sig):
			return broken("quorum", say("节点 %s 的签名与检查点不符。", s.Node), say("The signature of node %s does not match the checkpoint.", s.Node))
		}
		signed[s.Node] = true
	}
	if len(signed) < a.Quorum {
		return broken("quorum", say("检查点只有 %d 个节点签名，信任锚要求 %d 个。", len(signed), a.Quorum),
			say("Only %d nodes signed the checkpoint; the trust anchor asks for %d.", len(signed), a.Quorum))
	}
	return nil
}
