package source

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"mulu/platform"
)

// Bounds of an interface's answer.
const (
	maxAnswer = 8 << 20 // bytes
	maxRows   = 10_000  // rows of one answer
	maxDepth  = 32
)

// answer reads one answer of an interface as it comes: rows goes to each, and what next leads to is remembered.
type answer struct {
	d    *json.Decoder
	rows []string // way to the array of rows
	next []string // way to what comes next; nil: none
	each func(row map[string]any) error

	found bool   // the array of rows was there
	count int    // rows in it
	more  string // what next led to
}

// readAnswer walks the answer and calls each with every row. Numbers stay as they are written. What is not JSON, or not as
// the binding has it, is platform.ErrDrift.
func readAnswer(r io.Reader, rows, next string, each func(map[string]any) error) (a *answer, err error) {
	limited := &io.LimitedReader{R: r, N: maxAnswer + 1}
	a = &answer{d: json.NewDecoder(limited), rows: steps(rows), next: steps(next), each: each}
	a.d.UseNumber()
	err = a.walk(nil, 0)
	switch {
	case err != nil && limited.N <= 0:
		return a, fmt.Errorf("the answer has more than %d MiB; let the interface give fewer rows at a time: %w", maxAnswer>>20, platform.ErrDrift)
	case err != nil:
		return a, err
	case !a.found:
		return a, fmt.Errorf("the answer has no array of rows at %q: %w", rows, platform.ErrDrift)
	}
	return a, nil
}

func steps(w string) []string {
	if w == "" {
		return nil
	}
	return strings.Split(w, ".")
}

// walk reads one value that stands at the place at.
func (a *answer) walk(at []string, depth int) error {
	if depth > maxDepth {
		return fmt.Errorf("the answer is nested too deeply: %w", platform.ErrDrift)
	}
	if same(at, a.rows) && !a.found {
		return a.array()
	}
	if len(a.next) > 0 && same(at, a.next) || !leads(at, a.rows) && !leads(at, a.next) {
		return a.skip(at)
	}
	t, err := a.token()
	if err != nil {
		return err
	}
	if t != json.Delim('{') {
		return a.rest(t)
	}
	for a.d.More() {
		t, err := a.token()
		if err != nil {
			return err
		}
		name, _ := t.(string)
		if err := a.walk(append(at[:len(at):len(at)], name), depth+1); err != nil {
			return err
		}
	}
	_, err = a.token()
	return err
}

// skip reads a value that is not the rows: what comes next, or nothing that matters.
func (a *answer) skip(at []string) error {
	var v any
	if err := a.d.Decode(&v); err != nil {
		return broken(err)
	}
	if len(a.next) > 0 && same(at, a.next) {
		a.more, _ = plain(v)
	}
	return nil
}

// rest reads to the end of a value whose first token was taken.
func (a *answer) rest(t json.Token) error {
	open := 0
	for {
		switch t {
		case json.Delim('{'), json.Delim('['):
			open++
		case json.Delim('}'), json.Delim(']'):
			open--
		}
		if open <= 0 {
			return nil
		}
		var err error
		if t, err = a.token(); err != nil {
			return err
		}
	}
}

func (a *answer) array() error {
	t, err := a.token()
	if err != nil {
		return err
	}
	a.found = true
	if t == nil { // null for no rows
		return nil
	}
	if t != json.Delim('[') {
		return fmt.Errorf("where the rows should be is no array: %w", platform.ErrDrift)
	}
	for a.d.More() {
		if a.count++; a.count > maxRows {
			return fmt.Errorf("one answer has more than %d rows: %w", maxRows, platform.ErrDrift)
		}
		var row map[string]any
		if err := a.d.Decode(&row); err != nil {
			return broken(err)
		}
		if err := a.each(row); err != nil {
			return err
		}
	}
	_, err = a.token()
	return err
}

func (a *answer) token() (json.Token, error) {
	t, err := a.d.Token()
	if err != nil {
		return nil, broken(err)
	}
	return t, nil
}

// broken tells an answer that is not JSON from one that broke off.
func broken(err error) error {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	if errors.As(err, &syntax) || errors.As(err, &kind) {
		return fmt.Errorf("the answer is not the JSON that was bound: %w", platform.ErrDrift)
	}
	return tell(err)
}

func same(a, b []string) bool { return len(a) == len(b) && leads(a, b) }

// leads tells whether the way w goes through the place at.
func leads(at, w []string) bool {
	if w == nil && len(at) > 0 || len(at) > len(w) {
		return false
	}
	for i := range at {
		if at[i] != w[i] {
			return false
		}
	}
	return true
}

// follow gives the value that a way leads to from a row; false says that nothing is there.
func follow(row map[string]any, w []string) (any, bool) {
	var v any = row
	for _, name := range w {
		m, ok := v.(map[string]any)
		if !ok {
			return nil, false
		}
		if v, ok = m[name]; !ok {
			return nil, false
		}
	}
	return v, true
}

// plain gives a value as text: a number as it is written, null as no value. False says that it is an object or an array.
func plain(v any) (string, bool) {
	switch v := v.(type) {
	case nil:
		return "", true
	case string:
		return v, true
	case json.Number:
		return v.String(), true
	case bool:
		if v {
			return "true", true
		}
		return "false", true
	}
	return "", false
}
