package vault

import (
	"encoding/hex"

	"mulu/sm"
)

// Seal seals data that another room keeps itself, for a purpose without which it does not open again.
func (v *Vault) Seal(data []byte, purpose string) ([]byte, error) {
	return sm.Seal(v.key, data, []byte("elsewhere "+purpose), v.rand)
}

// Unseal opens what Seal sealed for the same purpose; anything else is ErrAltered.
func (v *Vault) Unseal(sealed []byte, purpose string) ([]byte, error) {
	plain, err := sm.Open(v.key, sealed, []byte("elsewhere "+purpose))
	if err != nil {
		return nil, ErrAltered
	}
	return plain, nil
}

// Tag is a keyed digest in hex: equal data has equal tags for a purpose, and without the vault's key nobody can tell of which
// data a tag is.
func (v *Vault) Tag(data []byte, purpose string) string {
	mac := sm.MAC(v.key, append([]byte("tag "+purpose+"\n"), data...))
	return hex.EncodeToString(mac[:])
}
