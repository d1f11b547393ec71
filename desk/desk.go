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
	"mulu/platform"
	"mulu/platform/source"
	"mulu/sm"
	"mulu/vault"
)

// Chain is what the desk needs of the chain.
type Chain interface {
	ID() string
	Get(kind mulu.Kind, id string) (json.RawMessage, bool)
	Find(kind mulu.Kind, index string) []string
	Try(a act.Act, org, node, key string) ([]mulu.Fact, *mulu.Refusal)
	TryAll(acts []act.Act, org, node, key string) []*mulu.Refusal
	Rehearse(most int, next func(i int, before []mulu.Fact) act.Act, org, node, key string) []*mulu.Refusal
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
	Vault   *vault.Vault    // takes attachments
	Loads   *platform.Loads // takes data in; nil where this desk loads none
	Sources *source.Sources // what is reached at its owners; nil where this desk reaches nothing
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
	org, no := d.speaker(by)
	if no != nil {
		return Done{}, no
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

// Can tells whether an act could be done now: what Do would refuse before it signs. Nothing is changed.
func (d *Desk) Can(by By, a act.Act) *mulu.Refusal {
	_, no := d.Preview(by, a)
	return no
}

// Preview tells what an act would bring about if it were done now, or what Do would refuse. Nothing is changed.
func (d *Desk) Preview(by By, a act.Act) ([]mulu.Fact, *mulu.Refusal) {
	if no := by.May(a.Kind()); no != nil {
		return nil, no
	}
	org, no := d.speaker(by)
	if no != nil {
		return nil, no
	}
	return d.Chain.Try(a, by.Org, "", org.SigningKey)
}

// TryAll tells which of several acts could be done one after another: a later one sees those before it that are not
// refused. Element i is the refusal of act i, nil when it could be done. Nothing is changed.
func (d *Desk) TryAll(by By, acts []act.Act) []*mulu.Refusal {
	all := make([]*mulu.Refusal, len(acts))
	org, no := d.speaker(by)
	var may []act.Act
	var at []int
	for i, a := range acts {
		if all[i] = by.May(a.Kind()); all[i] != nil {
			continue
		}
		if all[i] = no; no == nil {
			may, at = append(may, a), append(at, i)
		}
	}
	if len(may) == 0 {
		return all
	}
	for i, no := range d.Chain.TryAll(may, by.Org, "", org.SigningKey) {
		all[at[i]] = no
	}
	return all
}

// Rehearse is TryAll for acts that are not known yet: next makes act i, knowing the facts of the one before (nil where
// that was refused, or where i is 0); a nil act counts as refused and is left out. Nothing is changed.
func (d *Desk) Rehearse(by By, most int, next func(i int, before []mulu.Fact) act.Act) []*mulu.Refusal {
	org, no := d.speaker(by)
	if no != nil {
		return []*mulu.Refusal{no}
	}
	refused := map[int]*mulu.Refusal{}
	all := d.Chain.Rehearse(most, func(i int, before []mulu.Fact) act.Act {
		a := next(i, before)
		if a == nil {
			return nil
		}
		if no := by.May(a.Kind()); no != nil {
			refused[i] = no
			return nil
		}
		return a
	}, by.Org, "", org.SigningKey)
	for i, no := range refused {
		all[i] = no
	}
	return all
}

// speaker gives the institution for which somebody acts, as it stands in committed state, with a key in force.
func (d *Desk) speaker(by By) (org mulu.Org, no *mulu.Refusal) {
	raw, ok := d.Chain.Get(mulu.KindOrg, by.Org)
	if !ok || json.Unmarshal(raw, &org) != nil {
		return org, &mulu.Refusal{Code: "unknown", Art: "2", Args: []string{"@org", by.Org}}
	}
	if org.SigningKey == "" {
		return org, &mulu.Refusal{Code: "key_revoked", Art: "38.2"}
	}
	return org, nil
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

// Pending says that an act is accepted and will be executed, but no block holds it yet.
type Pending = chain.Pending
