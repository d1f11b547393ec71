package proof

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"mulu/sm"
)

// object is a JSON object whose names are taken exactly as written and stand once each. (encoding/json would let "KIND" pass for
// "kind", and the last of two win; another verifier might read the first.)
type object map[string]json.RawMessage

func parseObject(raw []byte) (object, error) {
	d := json.NewDecoder(bytes.NewReader(raw))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return nil, errors.New("it is no JSON object")
	}
	o := object{}
	for d.More() {
		t, err := d.Token()
		if err != nil {
			return nil, err
		}
		name, _ := t.(string) // names are strings, or Token has failed
		if _, twice := o[name]; twice {
			return nil, fmt.Errorf("%q stands twice in it", clip(name))
		}
		var v json.RawMessage
		if err := d.Decode(&v); err != nil {
			return nil, err
		}
		o[name] = v
	}
	if _, err := d.Token(); err != nil {
		return nil, err
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, errors.New("there is more behind its end")
	}
	return o, nil
}

// read reads a member into v; one that is missing leaves v alone.
func (o object) read(name string, v any) error {
	raw, ok := o[name]
	if !ok {
		return nil
	}
	if err := json.Unmarshal(raw, v); err != nil {
		return fmt.Errorf("its %q has another type than expected", name)
	}
	return nil
}

// statement is line 1 of a record or receipt as far as a proof needs it.
type statement struct {
	V                           int
	Chain, Kind, Org, Node, Key string
	body                        object // the member "act" of a record, "receipt" of a receipt
}

func parseStatement(line, body string) (statement, error) {
	var s statement
	o, err := parseObject([]byte(line))
	if err != nil {
		return s, err
	}
	for _, m := range []struct {
		name string
		to   any
	}{{"v", &s.V}, {"chain", &s.Chain}, {"kind", &s.Kind}, {"org", &s.Org}, {"node", &s.Node}, {"key", &s.Key}} {
		if err := o.read(m.name, m.to); err != nil {
			return s, err
		}
	}
	if s.V != 1 {
		return s, fmt.Errorf("its version is %d, not 1", s.V)
	}
	if s.body, err = parseObject(o[body]); err != nil {
		return s, fmt.Errorf("its %q: %w", body, err)
	}
	return s, nil
}

// signedBy checks line 2 over line 1, by the key that line 1 names.
func (s statement) signedBy(line, second string) error {
	key, err := sm.ParsePublicKey(s.Key)
	if err != nil {
		return err
	}
	sig, err := base64.StdEncoding.Strict().DecodeString(second)
	if err != nil || base64.StdEncoding.EncodeToString(sig) != second {
		return errors.New("the second line is no standard base64")
	}
	if !key.Verify([]byte(line), sig) {
		return errors.New("the signature does not match the statement and its key")
	}
	return nil
}

// lines splits a text of exactly n lines, each ended by a line feed.
func lines(text string, n int) ([]string, bool) {
	l := strings.Split(text, "\n")
	if len(l) != n+1 || l[n] != "" {
		return nil, false
	}
	return l[:n], true
}

// outcome is line 3 of a record as far as a proof needs it.
type outcome struct {
	N       uint64
	Height  int64
	Time    string
	Facts   []string // their kinds
	Refused string   // code, "" when not refused
	Article string   // of the refusal
}

func parseOutcome(line string) (outcome, error) {
	var out outcome
	o, err := parseObject([]byte(line))
	if err != nil {
		return out, err
	}
	for _, name := range []string{"n", "height", "time"} {
		if o[name] == nil {
			return out, fmt.Errorf("its %q is missing", name)
		}
	}
	if err := errors.Join(o.read("n", &out.N), o.read("height", &out.Height), o.read("time", &out.Time)); err != nil {
		return out, err
	}
	if (o["facts"] == nil) == (o["refused"] == nil) {
		return out, errors.New("it must have either facts or a refusal")
	}
	if o["refused"] != nil {
		r, err := parseObject(o["refused"])
		if err == nil {
			err = errors.Join(r.read("code", &out.Refused), r.read("art", &out.Article))
		}
		if err == nil && out.Refused == "" {
			err = errors.New("it has no code")
		}
		if err != nil {
			return out, fmt.Errorf("its refusal: %w", err)
		}
		return out, nil
	}
	var facts []json.RawMessage
	if err := o.read("facts", &facts); err != nil {
		return out, err
	}
	for i, raw := range facts {
		var kind string
		fact, err := parseObject(raw)
		if err == nil {
			err = fact.read("kind", &kind)
		}
		if err != nil || kind == "" {
			return out, fmt.Errorf("its fact %d has no kind", i)
		}
		out.Facts = append(out.Facts, kind)
	}
	if len(out.Facts) == 0 {
		return out, errors.New("its list of facts is empty")
	}
	return out, nil
}
