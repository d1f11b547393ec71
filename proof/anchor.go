package proof

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"mulu/sm"
)

// AnchorFormat stands in each trust anchor file.
const AnchorFormat = "mulu-anchor/1"

// Anchor (信任锚) is what a reader takes on trust, once, from a source of their own choosing: which chain, and which nodes carry it.
// It names the nodes of one time; when the nodes change, proofs made later need the anchor of later.
type Anchor struct {
	Format  string       `json:"format"`
	Chain   string       `json:"chain"`
	Genesis string       `json:"genesis"` // hex SM3 of record 0's bytes
	Nodes   []AnchorNode `json:"nodes"`
	Quorum  int          `json:"quorum"` // so many of Nodes must have signed a checkpoint
}

// AnchorNode is a node with its co-signing key.
type AnchorNode struct {
	Name string `json:"name"`
	Key  string `json:"key"`
}

// ParseAnchor reads a trust anchor file, which must be exactly as Encode writes it.
func ParseAnchor(file []byte) (Anchor, error) {
	var a Anchor
	if err := decode(file, &a, func() ([]byte, error) { return a.Encode() }); err != nil {
		return Anchor{}, fmt.Errorf("read the trust anchor: %w", err)
	}
	return a, nil
}

// Encode gives the anchor file. An anchor that cannot be (no nodes, doubled names or keys, no key, impossible quorum) is an error.
func (a Anchor) Encode() ([]byte, error) {
	if b := a.check(); b != nil {
		return nil, b
	}
	return encode(a)
}

func (a Anchor) check() *Broken {
	bad := func(zh, en string) *Broken {
		return broken("trust", "信任锚无效："+zh, "The trust anchor is not valid: "+en)
	}
	if a.Format != AnchorFormat {
		return bad(say("格式应为 %s，不是 %q。", AnchorFormat, clip(a.Format)), say("its format must be %s, not %q.", AnchorFormat, clip(a.Format)))
	}
	if !isName(a.Chain) {
		return bad("链标识为空或含空格。", "its chain id is empty or has spaces.")
	}
	if _, err := ParseHash(a.Genesis); err != nil {
		return bad("创世记录摘要不是 64 位小写十六进制。", "the digest of the genesis record must be 64 lower-case hex digits.")
	}
	for i, n := range a.Nodes {
		if _, err := sm.ParsePublicKey(n.Key); err != nil || !isName(n.Name) {
			return bad(say("节点 %q 的名称或公钥无效。", clip(n.Name)), say("node %q has no valid name or key.", clip(n.Name)))
		}
		for _, m := range a.Nodes[:i] {
			if m.Name == n.Name || m.Key == n.Key {
				return bad(say("节点 %s 的名称或公钥重复。", n.Name), say("node %s stands twice, by name or by key.", n.Name))
			}
		}
	}
	if a.Quorum < 1 || a.Quorum > len(a.Nodes) {
		return bad(say("%d 个节点不能要求 %d 个签名。", len(a.Nodes), a.Quorum), say("%d signatures of %d nodes cannot be asked for.", a.Quorum, len(a.Nodes)))
	}
	return nil
}

// encode gives the one form of a file: fields in the order of their declaration, two spaces, no HTML escapes, a final line feed.
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

var errNotCanonical = errors.New("it is not written in its one form (fields in order, two spaces, final line feed); it was altered, or saved by another program")

// decode reads a file into v and refuses every byte that again, which encodes v anew, would not write.
func decode(file []byte, v any, again func() ([]byte, error)) error {
	if len(file) > MaxFile {
		return fmt.Errorf("it is larger than %d MiB", MaxFile>>20)
	}
	d := json.NewDecoder(bytes.NewReader(file))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return fmt.Errorf("it is damaged: %w", err)
	}
	if _, err := d.Token(); err != io.EOF {
		return errors.New("there is more behind its end")
	}
	b, err := again()
	if err != nil {
		return err
	}
	if !bytes.Equal(b, file) {
		return errNotCanonical
	}
	return nil
}
