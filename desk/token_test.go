package desk

import (
	"bytes"
	"encoding/hex"
	"errors"
	"io"
	"testing"

	"mulu/act"
	"mulu/sm"
)

// A token carries 256 bits, its digest is the SM3 of its text, and without chance there is none.
func TestNewToken(t *testing.T) {
	token, digest, err := NewToken(bytes.NewReader(bytes.Repeat([]byte{7}, 32)))
	if err != nil || len(token) != 43 {
		t.Fatalf("%q %v", token, err)
	}
	if d := sm.Sum([]byte(token)); digest != hex.EncodeToString(d[:]) {
		t.Errorf("digest %s", digest)
	}
	if _, _, err := NewToken(bytes.NewReader(make([]byte, 31))); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("a token of 31 bytes: %v", err)
	}
}

// What would come of an act is told without anything happening.
func TestPreview(t *testing.T) {
	d, _ := open(t, false)
	a := &act.RegisterDuty{Name: "统筹公共数据", Basis: "三定"}
	for range 2 {
		facts, no := d.Preview(By{Org: "001"}, a)
		if no != nil || len(facts) != 1 || facts[0].Kind != "duty.registered" {
			t.Fatalf("%+v %v", facts, no)
		}
	}
	if _, no := d.Preview(By{Org: "001", Person: "p-1"}, a); no == nil || no.Code != "role_missing" {
		t.Errorf("%v", no)
	}
}
