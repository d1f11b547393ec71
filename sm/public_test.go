package sm

import (
	"encoding/base64"
	"encoding/hex"
	"testing"

	"github.com/emmansun/gmsm/sm4"
)

// A key has one text: whoever compares texts, compares keys.
func TestPublicKeyHasOneText(t *testing.T) {
	text := newSigner(t).Public().String()
	for name, other := range map[string]string{
		"line feed inside":       text[:10] + "\n" + text[10:],
		"carriage return inside": text[:10] + "\r" + text[10:],
		"line feed behind":       text + "\n",
		"space before":           " " + text,
		"padded":                 text + "=",
	} {
		if k, err := ParsePublicKey(other); err == nil {
			t.Errorf("%s: %q is taken for a key, %v", name, other, k)
		}
	}
	raw, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	raw[0] = 4
	if _, err := ParsePublicKey(base64.StdEncoding.EncodeToString(raw)); err == nil {
		t.Error("an uncompressed point's prefix is taken")
	}
}

// The vector of GB/T 32907 A.1, through the block cipher beneath the sealing.
func TestSM4Vector(t *testing.T) {
	key, err := hex.DecodeString("0123456789abcdeffedcba9876543210")
	if err != nil {
		t.Fatal(err)
	}
	block, err := sm4.NewCipher(key)
	if err != nil {
		t.Fatal(err)
	}
	out := make([]byte, 16)
	block.Encrypt(out, key)
	if want := "681edf34d206965e86b3e94f536e4246"; hex.EncodeToString(out) != want {
		t.Errorf("SM4 = %x, want %s", out, want)
	}
}
