package sm

import "crypto/cipher"

// Sealer is SM4-GCM under one key, made ready once for many contents. The caller gives the nonces, 12 bytes each, and never
// one twice under a key.
type Sealer struct{ aead cipher.AEAD }

// NewSealer makes a 16-byte key ready.
func NewSealer(key []byte) (*Sealer, error) {
	aead, err := gcm(key)
	return &Sealer{aead}, err
}

// Seal appends the sealed plain to dst, 16 bytes longer than it was.
func (s *Sealer) Seal(dst, nonce, plain, purpose []byte) []byte {
	return s.aead.Seal(dst, nonce, plain, purpose)
}

// Open appends what was sealed to dst; any alteration gives ErrOpen.
func (s *Sealer) Open(dst, nonce, sealed, purpose []byte) ([]byte, error) {
	plain, err := s.aead.Open(dst, nonce, sealed, purpose)
	if err != nil {
		return nil, ErrOpen
	}
	return plain, nil
}
