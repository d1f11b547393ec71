package desk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"mulu"
	"mulu/act"
	"mulu/chain"
	"mulu/people"
	"mulu/sm"
	"mulu/vault"
)

// Chain is what the desk needs of the chain.
type Chain interface {
	ID() string
	Get(kind mulu.Kind, id string) (json.RawMessage, bool)
	Try(a act.Act, org, node, key string) ([]mulu.Fact, *mulu.Refusal)
	Submit(ctx context.Context, s *act.Signed) (mulu.Outcome, error)
}

// Reads tells when records can be read on the pages.
type Reads interface {
	Wait(ctx context.Context, size uint64) error
}

// Signers gives the signer of a public key, if this node holds it.
type Signers interface {
	Signer(public string) (sm.Signer, error)
}

// ErrNoKey says that this node does not hold the key that an institution signs with.
var ErrNoKey = errors.New("this node does not hold the institution's signing key; act on the node that does, or bring the key here")

// Config says what a desk works with.
type Config struct {
	Chain   Chain
	Reads   Reads
	Signers Signers
	Vault   *vault.Vault // takes attachments
	Rand    io.Reader
	// Readable bounds the wait until a committed act can be read on the pages. 0 means 2 s.
	Readable time.Duration
}

// Desk does things. It may be used by many at once.
type Desk struct{ Config }

// New makes a desk.
func New(c Config) *Desk {
	if c.Readable == 0 {
		c.Readable = 2 * time.Second
	}
	return &Desk{c}
}

// By is who acts: a person, by an opaque id, with roles, for an organisation. Person "" is the machine's owner.
type By struct {
	Org, Person string
	Roles       people.Roles
}

// Done is what came of an act: its record, and whether the pages show it already. If Readable is false the act is
// executed all the same and the pages will follow.
type Done struct {
	ID       string
	Outcome  mulu.Outcome
	Readable bool
}

// Do has an act done. A *mulu.Refusal says that the law does not allow it; nothing has happened then but, when another
// act came first in the block, a record of the refusal. A *chain.Pending says that it is accepted and not yet executed.
func (d *Desk) Do(ctx context.Context, by By, a act.Act) (Done, error) {
	if no := by.May(a.Kind()); no != nil {
		return Done{}, no
	}
	raw, ok := d.Chain.Get(mulu.KindOrg, by.Org)
	if !ok {
		return Done{}, &mulu.Refusal{Code: "unknown", Art: "2", Args: []string{"@org", by.Org}}
	}
	var org mulu.Org
	if err := json.Unmarshal(raw, &org); err != nil {
		return Done{}, fmt.Errorf("read institution %s: %w", by.Org, err)
	}
	if org.SigningKey == "" {
		return Done{}, &mulu.Refusal{Code: "key_revoked", Art: "38.2"}
	}
	if _, no := d.Chain.Try(a, by.Org, "", org.SigningKey); no != nil {
		return Done{}, no
	}
	signer, err := d.Signers.Signer(org.SigningKey)
	if err != nil {
		return Done{}, fmt.Errorf("sign for %s: %w", org.Short, err)
	}
	signed, err := act.Sign(a, act.By{Chain: d.Chain.ID(), Org: by.Org, Person: by.Person}, signer, d.Rand)
	if err != nil {
		return Done{}, fmt.Errorf("sign %s: %w", a.Kind(), err)
	}
	return d.Submit(ctx, signed)
}

// Submit hands over an act that is signed already, and waits like Do.
func (d *Desk) Submit(ctx context.Context, signed *act.Signed) (Done, error) {
	done := Done{ID: signed.ID}
	var err error
	if done.Outcome, err = d.Chain.Submit(ctx, signed); err != nil {
		return done, err
	}
	if no := done.Outcome.Refused; no != nil {
		return done, no
	}
	wait, cancel := context.WithTimeout(ctx, d.Readable)
	defer cancel()
	done.Readable = d.Reads.Wait(wait, done.Outcome.N+1) == nil
	return done, nil
}

// Attach seals an attachment in the vault and gives the name by which an act refers to it.
func (d *Desk) Attach(ctx context.Context, content []byte) (string, error) {
	return d.Vault.Put(ctx, content, true)
}

var _ Chain = (*chain.Chain)(nil)
