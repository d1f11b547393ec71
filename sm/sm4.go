package sm

import (
	"crypto/cipher"
	"errors"
	"fmt"
	"io"

	"github.com/emmansun/gmsm/sm4"
)

// ErrOpen says that sealed bytes were altered, or sealed under another key or for another purpose.
var ErrOpen = errors.New("the sealed content does not open: it was altered, or the key is not the right one")

// Seal encrypts with SM4-GCM under a 16-byte key; the 12-byte nonce from rand stands before the result.
// purpose is authenticated with it and must be the same to open.
func Seal(key, plain, purpose []byte, rand io.Reader) ([]byte, error) {
	aead, err := gcm(key)
	if err != nil {
		return nil, err
	}
	nonce := make([]byte, aead.NonceSize(), aead.NonceSize()+len(plain)+aead.Overhead())
	if _, err := io.ReadFull(rand, nonce); err != nil {
		return nil, fmt.Errorf("read a nonce: %w", err)
	}
	return aead.Seal(nonce, nonce, plain, purpose), nil
}

// Open decrypts what Seal made; any alteration gives ErrOpen.
func Open(key, sealed, purpose []byte) ([]byte, error) {
	aead, err := gcm(key)
	if err != nil {
		return nil, err
	}
	if len(sealed) < aead.NonceSize() {
		return nil, ErrOpen
	}
	plain, err := aead.Open(nil, sealed[:aead.NonceSize()], sealed[aead.NonceSize():], purpose)
	if err != nil {
		return nil, ErrOpen
	}
	return plain, nil
}

func gcm(key []byte) (cipher.AEAD, error) {
	block, err := sm4.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("SM4 needs a 16-byte key: %w", err)
	}
	return cipher.NewGCM(block)
}
