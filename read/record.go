package read

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"

	"mulu"
)

// statement is the first line of a record: what was said and by whom, or for kinds "genesis" and "alarm" what the
// chain itself did.
type statement struct {
	V      int             `json:"v"`
	Chain  string          `json:"chain"`
	Kind   string          `json:"kind"`
	Org    string          `json:"org"`
	Node   string          `json:"node"`
	Key    string          `json:"key"`
	Person string          `json:"person"`
	Nonce  string          `json:"nonce"`
	Act    json.RawMessage `json:"act"`
}

func (s *statement) ofTheChain() bool { return s.Kind == "genesis" || s.Kind == "alarm" }

// parsed is a record taken apart; line is its statement's exact bytes.
type parsed struct {
	line    []byte
	said    statement
	outcome mulu.Outcome
}

// parse takes record n apart. Signatures are not checked here: the records come from this node's own chain.
func parse(n uint64, record []byte) (*parsed, error) {
	p, err := takeApart(n, record)
	if err != nil {
		return nil, fmt.Errorf("record %d is not readable: %w; check the chain with `mulu fsck`", n, err)
	}
	return p, nil
}

func takeApart(n uint64, record []byte) (*parsed, error) {
	lines := bytes.Split(record, []byte{'\n'})
	if len(lines) != 4 || len(lines[3]) != 0 {
		return nil, fmt.Errorf("it should be three lines each ended by a line feed")
	}
	p := &parsed{line: lines[0]}
	if err := strict(lines[0], &p.said); err != nil {
		return nil, fmt.Errorf("first line (statement): %w", err)
	}
	if err := strict(lines[2], &p.outcome); err != nil {
		return nil, fmt.Errorf("third line (outcome): %w", err)
	}
	s, o := &p.said, &p.outcome
	switch {
	case s.V != 1:
		return nil, fmt.Errorf("statement version %d is not known to this program", s.V)
	case s.ofTheChain() != (len(lines[1]) == 0):
		return nil, fmt.Errorf("the second line is empty exactly for genesis and alarms; kind is %q", s.Kind)
	case s.ofTheChain() && (s.Org != "" || s.Node != ""):
		return nil, fmt.Errorf("a record of the chain itself names no speaker")
	case !s.ofTheChain() && (s.Org == "") == (s.Node == ""):
		return nil, fmt.Errorf("a statement names either org or node")
	case (n == 0) != (s.Kind == "genesis"):
		return nil, fmt.Errorf("the genesis is record 0 and no other; kind is %q", s.Kind)
	case o.N != n:
		return nil, fmt.Errorf("its outcome says number %d", o.N)
	case len(o.Facts) > 0 && o.Refused != nil:
		return nil, fmt.Errorf("its outcome has facts and a refusal")
	case len(o.Facts) > factsPerRecord:
		return nil, fmt.Errorf("its outcome has %d facts, more than %d", len(o.Facts), factsPerRecord)
	}
	return p, nil
}

// strict decodes one JSON value with known fields only and nothing behind it.
func strict(b []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return err
	}
	if _, err := d.Token(); err != io.EOF {
		return fmt.Errorf("something follows the JSON value")
	}
	return nil
}

// factsPerRecord bounds the facts of one record, so that number and position fit one integer (see table fact).
const factsPerRecord = 1 << 20

// Place orders everything that happened: record number and position of the fact in it. It serves as a cursor.
type Place int64

func placeOf(n uint64, i int) Place { return Place(n*factsPerRecord + uint64(i)) }

// N is the record number, I the fact's position in the record, from 0.
func (p Place) N() uint64 { return uint64(p) / factsPerRecord }
func (p Place) I() int    { return int(uint64(p) % factsPerRecord) }

// Next is the lowest place behind this one: where the next page begins.
func (p Place) Next() Place { return p + 1 }
