package script

import (
	"crypto/rand"
	"fmt"

	"mulu/sm"
)

// Key is the nth signing key of a name in scripts and sandboxes. Anybody can compute it: it protects nothing and exists
// so that a play is the same each time.
func Key(name string, n int) sm.Signer {
	scalar := sm.Sum([]byte(fmt.Sprintf("mulu sandbox key %s %d", name, n)))
	scalar[0] &= 0x7f // below the order of the curve
	s, err := sm.NewSigner(scalar[:], rand.Reader)
	if err != nil {
		panic(fmt.Sprintf("the sandbox key of %s: %v", name, err))
	}
	return s
}

// Token is the token of a sandbox's machine client.
func Token(org, client string) string {
	d := sm.Sum([]byte("mulu sandbox token " + org + " " + client))
	return fmt.Sprintf("%x", d)
}
