package web

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"mulu"
	"mulu/act"
	"mulu/desk"
	"mulu/people"
)

// stageScanning is the first stage of a scan; it goes on as an import does: ready, saying, done.
const stageScanning = "scanning"

// looks are the scans of this node's systems, one of a system at a time.
type looks struct {
	mu   sync.Mutex
	jobs map[string]*looking
}

// A looking is one scan: it looks at a database, and when somebody confirms says what is to be registered. It is lost when the
// node stops; what was registered stands on the chain, and the next scan passes over it.
type looking struct {
	ID         string
	Org        string
	System     mulu.System
	Connection string
	Database   string // under which the tables are registered
	by         desk.By

	mu sync.Mutex // guards what follows
	lookedAt
	rested time.Time
}

// lookedAt is a scan as a page shows it.
type lookedAt struct {
	ID, Connection, Database string
	Stage                    string
	Done, All                int // tables, then acts
	Version                  string
	Tables                   int
	Left                     []desk.ScanLeft
	Changes                  []desk.ScanChange
	Said                     int
	Refused                  []changeRefused
	Failed                   error
}

// changeRefused is a change that the law did not let be registered.
type changeRefused struct {
	Title string
	No    *mulu.Refusal
}

// Moving tells whether the scan goes on by itself, so that the page looks again.
func (s lookedAt) Moving() bool { return s.Stage == stageScanning || s.Stage == stageSaying }

func (j *looking) snapshot() lookedAt {
	j.mu.Lock()
	defer j.mu.Unlock()
	s := j.lookedAt
	s.ID, s.Connection, s.Database = j.ID, j.Connection, j.Database
	s.Refused = slices.Clone(s.Refused)
	return s
}

func (j *looking) set(change func(s *lookedAt)) {
	j.mu.Lock()
	defer j.mu.Unlock()
	change(&j.lookedAt)
	if !j.Moving() {
		j.rested = time.Now()
	}
}

// longestScan ends a scan that a very large or very slow database holds up.
const longestScan = 30 * time.Minute

// begin starts a scan of a system.
func (l *looks) begin(v *visit, s mulu.System, c desk.Connection, database string) (*looking, error) {
	var b [12]byte
	if _, err := rand.Read(b[:]); err != nil {
		return nil, err
	}
	j := &looking{ID: hex.EncodeToString(b[:]), Org: v.Org.ID, System: s, Connection: c.ID, Database: database, by: v.by(), lookedAt: lookedAt{Stage: stageScanning}}
	l.mu.Lock()
	defer l.mu.Unlock()
	own := 0
	for id, other := range l.jobs { // each stands for itself
		at := other.snapshot()
		switch {
		case other.System.ID == s.ID && at.Moving():
			return nil, errScanning
		case other.System.ID == s.ID, !at.Moving() && time.Since(other.since()) > keepImports: // the new one takes its place
			delete(l.jobs, id)
		case other.Org == j.Org && at.Moving():
			own++
		}
	}
	if own > 1 {
		return nil, errScanning
	}
	l.jobs[j.ID] = j
	go j.look(v.Web)
	return j, nil
}

func (j *looking) since() time.Time {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.rested
}

// of finds a scan of a system.
func (l *looks) of(system, id string) (*looking, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	j, ok := l.jobs[id]
	return j, ok && j.System.ID == system
}

// look looks at the database and compares.
func (j *looking) look(w *Web) {
	defer j.caught(w)
	ctx, cancel := context.WithTimeout(context.Background(), longestScan)
	defer cancel()
	found, err := w.Desk.LookAt(ctx, j.by, j.Connection, desk.ScanTerms{Now: w.Now, Told: func(done, all int) {
		j.set(func(s *lookedAt) { s.Done, s.All = done, all })
	}})
	if err != nil {
		w.Log.Warn("a scan ended", "system", j.System.ID, "connection", j.Connection, "err", err)
		j.set(func(s *lookedAt) { s.Stage, s.Failed = stageProblems, err })
		return
	}
	changes := w.Desk.Drift(j.System, j.Database, found)
	if err := w.Desk.Looked(j.by, j.System, j.Connection, j.Database, w.Now(), changes); err != nil {
		w.Log.Error("what a scan found could not be kept", "err", err)
	}
	j.set(func(s *lookedAt) {
		s.Stage, s.Version, s.Tables, s.Left, s.Changes = stageReady, found.Version, len(found.Tables), found.Left, changes
	})
}

// caught turns a panic into a scan that failed.
func (j *looking) caught(w *Web) {
	if r := recover(); r != nil {
		w.Log.Error("a scan failed", "panic", r)
		j.set(func(s *lookedAt) { s.Stage, s.Failed = stageProblems, fmt.Errorf("panic: %v", r) })
	}
}

// confirm takes what somebody ticked, once.
func (j *looking) confirm(by desk.By, ticked []int, why string) (begun bool) {
	j.set(func(s *lookedAt) {
		if s.Stage != stageReady {
			return
		}
		var chosen, rest []desk.ScanChange
		for i, c := range s.Changes {
			if slices.Contains(ticked, i) {
				chosen = append(chosen, c)
			} else {
				rest = append(rest, c)
			}
		}
		j.by, begun = by, true
		s.Stage, s.Done, s.All, s.Changes = stageSaying, 0, len(chosen), append(chosen, rest...)
	})
	return begun
}

// say registers the chosen changes, each for itself: what the law refuses is told, and the rest goes on.
func (j *looking) say(w *Web, why string) {
	defer j.caught(w)
	at := j.snapshot()
	rest := slices.Clone(at.Changes[at.All:])
	for _, c := range at.Changes[:at.All] {
		err := j.sayOne(w, c, why)
		var no *mulu.Refusal
		switch {
		case err == nil:
		case errors.As(err, &no):
			rest = append(rest, c)
		default:
			w.Log.Error("registering what a scan found stopped", "err", err)
			j.set(func(s *lookedAt) { s.Stage, s.Failed = stageStopped, err })
			j.note(w, false)
			return
		}
		j.set(func(s *lookedAt) {
			if s.Done++; no == nil {
				s.Said++
				return
			}
			s.Refused = append(s.Refused, changeRefused{desk.ScanTable{Schema: c.Schema, Name: c.Table}.Title(), no})
		})
	}
	if err := w.Desk.Looked(j.by, j.System, j.Connection, j.Database, w.Now(), rest); err != nil {
		w.Log.Error("what is left of a scan could not be kept", "err", err)
	}
	j.set(func(s *lookedAt) { s.Stage = stageDone })
	j.note(w, true)
}

func (j *looking) sayOne(w *Web, c desk.ScanChange, why string) error {
	a := actOf(j.System, c, why)
	if a == nil {
		return &mulu.Refusal{Code: "out_of_range", Art: "12", Args: []string{"@columns", fmt.Sprint(len(c.Now.Columns)), "1", "2000"}}
	}
	turn, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	_, err := w.Desk.Do(turn, j.by, a)
	return err
}

// actOf is the act that brings the register up to date with a change; nil where none can.
func actOf(s mulu.System, c desk.ScanChange, why string) act.Act {
	switch {
	case c.Sort == "went":
		return &act.RetireTable{Table: c.ID, Why: why}
	case c.Narrow != "":
		return nil
	case c.Sort == "came":
		return &act.RegisterTable{System: s.ID, Database: c.Now.Database, Schema: c.Now.Schema, Name: c.Now.Name, Comment: c.Now.Comment, Rows: c.Now.Rows, Columns: c.Now.Columns}
	}
	return &act.AmendTable{Table: c.ID, Comment: c.Now.Comment, Rows: c.Now.Rows, Columns: c.Now.Columns}
}

func (j *looking) note(w *Web, ok bool) {
	at := j.snapshot()
	err := w.People.Note(context.Background(), people.Event{Person: j.by.Person, Org: j.Org, Kind: "scan", Target: j.System.ID, Detail: fmt.Sprintf("%d of %d", at.Said, at.All), OK: ok})
	if err != nil {
		w.Log.Error("a scan could not be noted", "err", err)
	}
}
