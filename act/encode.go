package act

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
)

// Encode gives the one canonical JSON form of a value: fields in the order of their declaration, no spaces,
// no HTML escaping, no trailing newline. Values on the chain hold no maps, so the form is unique.
func Encode(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte{'\n'}), nil
}

// DecodeCanonical reads JSON into v and refuses what is not in the canonical form of v: unknown or doubled fields,
// another order, spaces, other escapes, trailing bytes.
func DecodeCanonical(b []byte, v any) error {
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return errors.New("malformed JSON: " + err.Error())
	}
	if _, err := d.Token(); err != io.EOF {
		return errors.New("malformed JSON: there is more after the end")
	}
	again, err := Encode(v)
	if err != nil {
		return err
	}
	if !bytes.Equal(again, b) {
		return errors.New("not in canonical form: fields in the listed order, no spaces, no empty optional fields, plain escapes")
	}
	return nil
}
