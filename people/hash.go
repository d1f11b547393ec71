package people

import (
	"context"
	"crypto/hmac"
	"encoding/base64"
	"fmt"
	"io"
	"strings"
	"sync/atomic"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"

	"mulu/sm"
)

// cost is what one hash of a password takes. It stands in each hash, so that it can grow later.
type cost struct {
	Time, Memory uint32 // passes; KiB
	Threads      uint8
}

// usual is the cost of new hashes, the same as for the node's keys.
var usual = cost{Time: 2, Memory: 19 * 1024, Threads: 1}

// mostWaiting is how many may wait for the kiln; who comes then is told to come again, so that a flood of logins takes
// neither memory nor patience without end.
const mostWaiting = 64

// kiln bounds how many passwords are hashed at the same time: each takes a core and 19 MiB.
type kiln struct {
	places  chan struct{}
	waiting atomic.Int64
}

func newKiln(places int) *kiln { return &kiln{places: make(chan struct{}, max(places, 1))} }

// enter waits for a place; leave gives it back.
func (k *kiln) enter(ctx context.Context) (leave func(), err error) {
	if k.waiting.Add(1) > mostWaiting {
		k.waiting.Add(-1)
		return nil, deny("busy")
	}
	defer k.waiting.Add(-1)
	select {
	case k.places <- struct{}{}:
		return func() { <-k.places }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// hash makes what is kept of a password: $argon2id$v=19$m=…,t=…,p=…$salt$hash, as is usual for Argon2. What is hashed is
// the HMAC-SM3 of the password, under a key that is not in the file.
func (p *People) hash(ctx context.Context, password string) (string, error) {
	salt := make([]byte, 16)
	if _, err := io.ReadFull(p.cfg.Rand, salt); err != nil {
		return "", fmt.Errorf("read a salt: %w", err)
	}
	leave, err := p.kiln.enter(ctx)
	if err != nil {
		return "", err
	}
	defer leave()
	c := p.cfg.cost
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, c.Memory, c.Time, c.Threads,
		b64.EncodeToString(salt), b64.EncodeToString(p.fire(password, salt, c))), nil
}

// fits tells whether a password is the one of a hash, and whether the hash should be made again at the present cost.
func (p *People) fits(ctx context.Context, password, hash string) (fits, renew bool, err error) {
	c, salt, want, err := parseHash(hash)
	if err != nil {
		return false, false, err
	}
	leave, err := p.kiln.enter(ctx)
	if err != nil {
		return false, false, err
	}
	defer leave()
	return hmac.Equal(p.fire(password, salt, c), want), c != p.cfg.cost, nil
}

func (p *People) fire(password string, salt []byte, c cost) []byte {
	return argon2.IDKey(sm.MAC(p.keys.pepper, []byte(folded(password))), salt, c.Time, c.Memory, c.Threads, 32)
}

func parseHash(hash string) (c cost, salt, want []byte, err error) {
	f := strings.Split(hash, "$")
	bad := fmt.Errorf("read the hash of a password: %w", ErrForged)
	if len(f) != 6 || f[0] != "" || f[1] != "argon2id" || f[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return c, nil, nil, bad
	}
	if _, err := fmt.Sscanf(f[3], "m=%d,t=%d,p=%d", &c.Memory, &c.Time, &c.Threads); err != nil || c.Time == 0 || c.Threads == 0 {
		return c, nil, nil, bad
	}
	salt, err = base64.RawStdEncoding.DecodeString(f[4])
	if err != nil {
		return c, nil, nil, bad
	}
	if want, err = base64.RawStdEncoding.DecodeString(f[5]); err != nil || len(want) != 32 {
		return c, nil, nil, bad
	}
	return c, salt, want, nil
}

// folded makes characters that a Chinese input method types wide the same as the narrow ones.
func folded(s string) string { return norm.NFKC.String(s) }
