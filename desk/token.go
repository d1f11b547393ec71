package desk

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"

	"mulu/sm"
)

// NewToken makes the token of a machine client, 256 random bits in 43 characters of base64url, and its digest, the hex
// SM3 by which alone the chain knows it. The token is shown once and kept nowhere.
func NewToken(rand io.Reader) (token, digest string, err error) {
	var b [32]byte
	if _, err := io.ReadFull(rand, b[:]); err != nil {
		return "", "", fmt.Errorf("make a token: %w", err)
	}
	token = base64.RawURLEncoding.EncodeToString(b[:])
	d := sm.Sum([]byte(token))
	return token, hex.EncodeToString(d[:]), nil
}
