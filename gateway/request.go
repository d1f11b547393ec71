package gateway

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"mulu"
)

// Bounds of a request.
const (
	MaxBody      = 1 << 20 // bytes
	MaxLimit     = 1000    // rows of one answer
	DefaultLimit = 100
	maxFilters   = 20
	maxValues    = 1000 // in all filters
	maxPurpose   = 200  // characters
	maxCase      = 100  // characters
)

// Request is what a query asks for. Items are field names, empty for all that the grant covers; filters all must hold;
// After is the cursor of the answer before; Purpose says in words what the rows are used for, Case the number of the
// matter at the consumer (kept as a keyed digest only).
type Request struct {
	Items   []string      `json:"items"`
	Filters []mulu.Filter `json:"filters"`
	Limit   int           `json:"limit"`
	After   string        `json:"after"`
	Purpose string        `json:"purpose"`
	Case    string        `json:"case"`
}

// decodeRequest reads a body strictly: UTF-8, one JSON object, fields named exactly and once, within bounds.
// Errors are sentences for the caller and quote nothing of the body but names of fields.
func decodeRequest(b []byte) (Request, error) {
	q := Request{Limit: DefaultLimit}
	if !utf8.Valid(b) {
		return q, errors.New("the body is not UTF-8")
	}
	d := json.NewDecoder(bytes.NewReader(b))
	if err := object(d, map[string]bool{"items": true, "filters": true, "limit": true, "after": true, "purpose": true, "case": true}); err != nil {
		return q, err
	}
	if _, err := d.Token(); err != io.EOF {
		return q, errors.New("there is more after the end of the JSON object")
	}
	if err := json.Unmarshal(b, &q); err != nil {
		var wrong *json.UnmarshalTypeError
		if errors.As(err, &wrong) {
			return q, fmt.Errorf("the field %q has the wrong type", wrong.Field)
		}
		return q, errors.New("the body is not valid JSON")
	}
	return q, q.check()
}

func (q *Request) check() error {
	if q.Limit < 1 || q.Limit > MaxLimit {
		return fmt.Errorf("limit must be 1 to %d", MaxLimit)
	}
	if len(q.Filters) > maxFilters {
		return fmt.Errorf("at most %d filters", maxFilters)
	}
	values := 0
	for _, f := range q.Filters {
		if f.Item == "" || len(f.Values) == 0 {
			return errors.New("a filter names an item and at least one value")
		}
		if slices.Contains(f.Values, "") {
			return errors.New("a value of a filter is empty")
		}
		values += len(f.Values)
	}
	if values > maxValues {
		return fmt.Errorf("at most %d values in all filters", maxValues)
	}
	for i, item := range q.Items {
		if item == "" || slices.Contains(q.Items[:i], item) {
			return errors.New("items are field names, each once")
		}
	}
	q.Purpose = strings.TrimSpace(q.Purpose)
	if n := utf8.RuneCountInString(q.Purpose); n < 2 || n > maxPurpose {
		return fmt.Errorf("purpose says in 2 to %d characters what the data is used for", maxPurpose)
	}
	digits := 0
	for _, r := range q.Purpose {
		if r < 0x20 {
			return errors.New("purpose has control characters")
		}
		if r >= '0' && r <= '9' {
			digits++
		} else if r != ' ' && r != '-' {
			digits = 0
		}
		if digits >= 11 {
			return errors.New("purpose holds a long number; it stands in the receipt for all to read, so put numbers of matters into case and never name a person")
		}
	}
	if utf8.RuneCountInString(q.Case) > maxCase {
		return fmt.Errorf("case has at most %d characters", maxCase)
	}
	return nil
}

// object walks one JSON object, because the standard decoder takes doubled fields and any upper or lower case.
// Filters are the only objects inside.
func object(d *json.Decoder, fields map[string]bool) error {
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return errors.New("the body is not a JSON object")
	}
	return members(d, fields, 0)
}

func members(d *json.Decoder, fields map[string]bool, depth int) error {
	seen := map[string]bool{}
	for d.More() {
		t, err := d.Token()
		name, ok := t.(string)
		if err != nil || !ok {
			return errors.New("the body is not valid JSON")
		}
		if !fields[name] {
			return errors.New("the body has an unknown field; known are items, filters (item, values), limit, after, purpose, case")
		}
		if seen[name] {
			return fmt.Errorf("the field %q stands twice", name)
		}
		seen[name] = true
		if err := value(d, depth+1); err != nil {
			return err
		}
	}
	if _, err := d.Token(); err != nil {
		return errors.New("the body is not valid JSON")
	}
	return nil
}

func value(d *json.Decoder, depth int) error {
	t, err := d.Token()
	if err != nil {
		return errors.New("the body is not valid JSON")
	}
	switch t {
	case nil:
		return errors.New("null is no value here; leave the field out")
	case json.Delim('{'):
		return members(d, map[string]bool{"item": true, "values": true}, depth)
	case json.Delim('['):
		if depth > 4 {
			return errors.New("the body is nested too deeply")
		}
		for d.More() {
			if err := value(d, depth+1); err != nil {
				return err
			}
		}
		if _, err := d.Token(); err != nil {
			return errors.New("the body is not valid JSON")
		}
	}
	return nil
}
