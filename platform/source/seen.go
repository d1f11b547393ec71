package source

import (
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/sony/gobreaker/v2"

	"mulu/platform"
)

// Seen is how a connection answered since the node started; the zero Seen was not asked.
type Seen struct {
	Well time.Time // when it answered last
	Ill  time.Time // since when it does not; zero: it does
	Why  string    // away | slow | forbidden, while it does not
	Left bool      // it failed so often that it is left alone for a while
}

// Seen tells how a connection answered.
func (s *Sources) Seen(id string) Seen {
	s.mu.Lock()
	defer s.mu.Unlock()
	seen := s.seen[id]
	if l := s.open[id]; l != nil {
		seen.Left = l.breaker.State() == gobreaker.StateOpen
	}
	return seen
}

// saw notes what came of asking a connection. That a column is gone, or that somebody stopped waiting, says nothing of it.
func (s *Sources) saw(id string, err error) {
	why := ""
	switch {
	case err == nil, errors.Is(err, platform.ErrDrift):
	case errors.Is(err, platform.ErrForbidden):
		why = "forbidden"
	case errors.Is(err, platform.ErrSlow):
		why = "slow"
	case errors.Is(err, platform.ErrAway):
		why = "away"
	default:
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.book.connection(id); !ok {
		return
	}
	seen := s.seen[id]
	switch now := s.cfg.Now(); {
	case why == "":
		seen.Well, seen.Ill = now, time.Time{}
	case seen.Ill.IsZero():
		seen.Ill = now
	}
	seen.Why = why
	s.seen[id] = seen
}

// Look (库表探查) is what the last scan of a system's database found otherwise than it is registered.
type Look struct {
	System     string    `json:"system"`
	Org        string    `json:"org"`
	Database   string    `json:"database"` // as its tables are registered
	Connection string    `json:"connection"`
	At         time.Time `json:"at"`
	Came       int       `json:"came"`
	Went       int       `json:"went"`
	Changed    int       `json:"changed"`
}

// Drift counts the tables that are not as registered.
func (l Look) Drift() int { return l.Came + l.Went + l.Changed }

// Looked keeps what a scan found, in place of the one before of the same database.
func (s *Sources) Looked(l Look) error {
	return s.change(func(b *book) error {
		b.Looks = append(slices.DeleteFunc(b.Looks, func(x Look) bool { return x.System == l.System && x.Database == l.Database }), l)
		slices.SortFunc(b.Looks, func(x, y Look) int { return strings.Compare(x.System+"\x00"+x.Database, y.System+"\x00"+y.Database) })
		return nil
	})
}

// Looks gives the last scan of each database.
func (s *Sources) Looks() []Look {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.book.Looks)
}
