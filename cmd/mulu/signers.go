package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"sync"

	"mulu"
	"mulu/chain"
	"mulu/desk"
	"mulu/law/script"
	"mulu/sm"
)

// orgKey is how the names of institutions' keys begin in a home; node's is the other one.
const orgKey = "org-"

// signers finds the signer of a public key among the keys of this home. A key is opened when it is first needed, so one
// that mulu key has made meanwhile signs without a restart. On a sandbox, where keys are made from names, it can also
// make those of the institutions it is told of.
type signers struct {
	keys    sm.Keys
	mu      sync.Mutex // guards held
	held    map[string]sm.Signer
	sandbox bool
}

func newSigners(keys sm.Keys, sandbox bool) *signers {
	s := &signers{keys: keys, held: map[string]sm.Signer{}, sandbox: sandbox}
	if sandbox {
		s.hold(script.Key(script.Bureau, 1))
	}
	return s
}

// guessAll finds the sandbox keys of all institutions on the chain.
func (s *signers) guessAll(c *chain.Chain) error {
	for after := ""; ; {
		list := c.List(mulu.KindOrg, after, 100)
		for _, l := range list {
			var o mulu.Org
			if err := json.Unmarshal(l.Noun, &o); err != nil {
				return fmt.Errorf("read institution %s: %w", l.ID, err)
			}
			s.guess(&o)
			after = l.ID
		}
		if len(list) < 100 {
			return nil
		}
	}
}

func (s *signers) hold(k sm.Signer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.held[k.Public().String()] = k
}

// Signer gives the signer of a public key.
func (s *signers) Signer(public string) (sm.Signer, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if k, ok := s.held[public]; ok {
		return k, nil
	}
	k, err := s.open(public)
	if err != nil {
		return nil, err
	}
	s.held[public] = k
	return k, nil
}

// open looks through the home for a public key's other half.
func (s *signers) open(public string) (sm.Signer, error) {
	names, err := s.keys.Names()
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		if !strings.HasPrefix(name, orgKey) {
			continue
		}
		its, err := s.keys.Public(name)
		if errors.Is(err, fs.ErrNotExist) { // taken away at this moment
			continue
		}
		if err != nil {
			return nil, err
		}
		if its != public {
			continue
		}
		k, err := s.keys.Signer(name)
		if err == nil && k.Public().String() != public {
			err = fmt.Errorf("the key %s is not the one that its file names", name)
		}
		return k, err
	}
	return nil, desk.ErrNoKey
}

// guess finds a sandbox key by trying the names it is made from: an institution's short names and numbers 1 to 9.
func (s *signers) guess(org *mulu.Org) {
	if !s.sandbox {
		return
	}
	if _, err := s.Signer(org.SigningKey); err == nil {
		return
	}
	for n := 1; n <= 9; n++ {
		if k := script.Key(org.Short, n); k.Public().String() == org.SigningKey {
			s.hold(k)
			return
		}
	}
}
