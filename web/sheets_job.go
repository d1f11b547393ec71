package web

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"mulu"
	"mulu/act"
	"mulu/desk"
	"mulu/people"
	"mulu/sheet"
)

// Stages of an import. It is read and rehearsed as a whole first; only when every act of it would happen can it be said.
const (
	stageReading  = "reading"
	stageTrying   = "trying"
	stageReady    = "ready"
	stageProblems = "problems"
	stageSaying   = "saying"
	stageDone     = "done"
	stageStopped  = "stopped" // somebody else's act came between, or the node could not go on
)

// keepImports is how long an import is kept after it came to rest.
const keepImports = 2 * time.Hour

// imports are the imports of this node, one an institution at a time.
type imports struct {
	mu   sync.Mutex
	jobs map[string]*job
}

// A job is one import: its files, what they plan, and how far it has come. What stands on the chain is the truth; a job
// is lost when the node stops, and importing the same files again passes over what is done already.
type job struct {
	ID   string
	Org  string
	By   desk.By
	Kind sheet.Kind
	dir  string

	mu      sync.Mutex // guards what follows
	stage   string
	rows    int // read so far
	said    int // of the plan's acts
	plan    sheet.Plan
	refused []lineRefused
	stopped *mulu.Refusal
	failed  error
	rested  time.Time
}

// lineRefused is an act of the plan that the law would refuse.
type lineRefused struct {
	Planned sheet.Planned
	No      *mulu.Refusal
}

// snapshot is a job as a page shows it.
type snapshot struct {
	ID         string
	Kind       sheet.Kind
	Stage      string
	Rows, Said int
	Plan       sheet.Plan
	Refused    []lineRefused
	Stopped    *mulu.Refusal
	Failed     bool
	Counts     []countOfKind
}

type countOfKind struct {
	Kind  string
	Count int
}

// Moving tells whether the job goes on by itself, so that the page looks again.
func (s snapshot) Moving() bool {
	return s.Stage == stageReading || s.Stage == stageTrying || s.Stage == stageSaying
}

func (j *job) snapshot() snapshot {
	j.mu.Lock()
	defer j.mu.Unlock()
	s := snapshot{ID: j.ID, Kind: j.Kind, Stage: j.stage, Rows: j.rows, Said: j.said, Plan: j.plan, Refused: j.refused, Stopped: j.stopped, Failed: j.failed != nil}
	for _, p := range j.plan.Planned {
		if n := len(s.Counts); n > 0 && s.Counts[n-1].Kind == p.Kind {
			s.Counts[n-1].Count++
			continue
		}
		s.Counts = append(s.Counts, countOfKind{p.Kind, 1})
	}
	return s
}

// since is when the job came to rest.
func (j *job) since() time.Time {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.rested
}

func (j *job) set(change func()) {
	j.mu.Lock()
	defer j.mu.Unlock()
	change()
	if j.stage != stageReading && j.stage != stageTrying && j.stage != stageSaying {
		j.rested = time.Now()
	}
}

// errBusy says that the institution imports something at the moment.
var errBusy = errors.New("another import of this institution is under way")

// begin takes the files in and starts reading them.
func (im *imports) begin(v *visit, kind sheet.Kind, parts func() (*multipart.Part, error)) (*job, error) {
	var b [12]byte
	if _, err := rand.Read(b[:]); err != nil {
		return nil, err
	}
	j := &job{ID: hex.EncodeToString(b[:]), Org: v.Org.ID, By: v.by(), Kind: kind, stage: stageReading}
	if err := im.admit(j); err != nil {
		return nil, err
	}
	var err error
	if j.dir, err = os.MkdirTemp("", "mulu-import-*"); err != nil {
		im.drop(j)
		return nil, fmt.Errorf("make a folder for the import: %w", err)
	}
	files, err := j.take(parts)
	if err != nil {
		im.drop(j)
		return nil, err
	}
	go j.read(v.Web, *v.Org, files)
	return j, nil
}

// mostKept bounds the imports that are kept for an institution to look at again.
const mostKept = 20

// admit enters a job, and forgets old ones.
func (im *imports) admit(j *job) error {
	im.mu.Lock()
	defer im.mu.Unlock()
	var own []*job
	for id, other := range im.jobs { // each stands for itself
		switch moving := other.snapshot().Moving(); {
		case moving && other.Org == j.Org:
			return errBusy
		case !moving && time.Since(other.since()) > keepImports:
			other.clear()
			delete(im.jobs, id)
		case !moving && other.Org == j.Org:
			own = append(own, other)
		}
	}
	slices.SortFunc(own, func(a, b *job) int { return b.since().Compare(a.since()) })
	for i := mostKept - 1; i < len(own); i++ {
		own[i].clear()
		delete(im.jobs, own[i].ID)
	}
	im.jobs[j.ID] = j
	return nil
}

func (im *imports) drop(j *job) {
	im.mu.Lock()
	defer im.mu.Unlock()
	j.clear()
	delete(im.jobs, j.ID)
}

// of finds a job of an institution.
func (im *imports) of(org, id string) (*job, bool) {
	im.mu.Lock()
	defer im.mu.Unlock()
	j, ok := im.jobs[id]
	return j, ok && j.Org == org
}

func (j *job) clear() {
	if j.dir != "" {
		_ = os.RemoveAll(j.dir) // a temporary folder left behind harms nobody
	}
}

// mostFiles and mostBytes bound one import.
const (
	mostFiles = 20
	mostBytes = 128 << 20
)

// take writes the files of a form aside.
func (j *job) take(parts func() (*multipart.Part, error)) (list []sheet.File, err error) {
	left := int64(mostBytes)
	for {
		p, err := parts()
		if errors.Is(err, io.EOF) {
			return list, nil
		}
		if err != nil {
			return nil, errLarge
		}
		if p.FileName() == "" {
			continue
		}
		if len(list) == mostFiles {
			return nil, errLarge
		}
		f, err := os.Create(filepath.Join(j.dir, fmt.Sprintf("%02d", len(list))))
		if err != nil {
			return nil, fmt.Errorf("keep a file of the import: %w", err)
		}
		n, err := io.Copy(f, io.LimitReader(p, left+1))
		if err != nil {
			return nil, errors.Join(fmt.Errorf("keep a file of the import: %w", err), f.Close())
		}
		if left -= n; left < 0 {
			return nil, errors.Join(errLarge, f.Close())
		}
		list = append(list, sheet.File{Name: filepath.Base(p.FileName()), Content: f, Size: n})
	}
}

// read plans the import and rehearses it on committed state.
func (j *job) read(w *Web, org mulu.Org, files []sheet.File) {
	defer func() {
		for _, f := range files {
			_ = f.Content.(*os.File).Close()
		}
		j.clear()
		if r := recover(); r != nil {
			w.Log.Error("an import failed", "panic", r)
			j.set(func() { j.stage, j.failed = stageProblems, fmt.Errorf("panic: %v", r) })
		}
	}()
	plan, err := sheet.Read(context.Background(), j.Kind, org, files, onChain{w.Desk.Chain}, func(rows int) { j.set(func() { j.rows = rows }) })
	if err != nil {
		w.Log.Error("an import failed", "err", err)
		j.set(func() { j.stage, j.failed = stageProblems, err })
		return
	}
	j.set(func() { j.plan, j.rows, j.stage = plan, plan.Rows, stageTrying })
	if !plan.Ready() {
		j.set(func() { j.stage = stageProblems })
		return
	}
	refused := j.rehearse(w, plan)
	j.set(func() {
		j.refused, j.stage = refused, stageReady
		if len(refused) > 0 || len(j.plan.Problems) > 0 {
			j.stage = stageProblems
		}
	})
}

// mostRefused bounds the refusals shown.
const mostRefused = 200

func (j *job) rehearse(w *Web, plan sheet.Plan) (list []lineRefused) {
	m := newMade()
	var missing []sheet.Problem
	no := w.Desk.Rehearse(j.By, len(plan.Planned), func(i int, before []mulu.Fact) act.Act {
		m.learn(before)
		p := plan.Planned[i]
		var wrong *sheet.Problem
		if err := sheet.Resolve(&p, m.find); errors.As(err, &wrong) {
			missing = append(missing, *wrong)
			return nil
		}
		return p.Act
	})
	for i, r := range no {
		if r != nil && len(list) < mostRefused {
			list = append(list, lineRefused{plan.Planned[min(i, len(plan.Planned)-1)], r})
		}
	}
	if len(list) == 0 && len(missing) > 0 { // what hangs on a refused act is not told beside it
		j.set(func() { j.plan.Problems = missing[:min(len(missing), mostRefused)] })
	}
	return list
}

// say carries the plan out, act by act. What another person did meanwhile may stop it; then it says where.
func (j *job) say(w *Web) {
	m := newMade()
	ctx := context.Background()
	for i := range j.plan.Planned {
		p := &j.plan.Planned[i]
		err := sheet.Resolve(p, m.find)
		var done desk.Done
		if err == nil {
			turn, cancel := context.WithTimeout(ctx, patience)
			done, err = w.Desk.Do(turn, j.By, p.Act)
			cancel()
		}
		if err != nil {
			var no *mulu.Refusal
			errors.As(err, &no)
			if no == nil {
				w.Log.Error("an import stopped", "err", err)
			}
			j.set(func() { j.stage, j.stopped, j.failed = stageStopped, no, err })
			j.note(w, false)
			return
		}
		m.learn(done.Outcome.Facts)
		j.set(func() { j.said = i + 1 })
	}
	j.set(func() { j.stage = stageDone })
	j.note(w, true)
}

func (j *job) note(w *Web, ok bool) {
	err := w.People.Note(context.Background(), people.Event{Person: j.By.Person, Org: j.Org, Kind: "import", Target: string(j.Kind),
		Detail: fmt.Sprintf("%d of %d", j.snapshot().Said, len(j.plan.Planned)), OK: ok})
	if err != nil {
		w.Log.Error("an import could not be noted", "err", err)
	}
}

// made knows the ids of what the acts of a plan made, by name.
type made struct{ ids map[string]string }

func newMade() made { return made{map[string]string{}} }

func (m made) learn(facts []mulu.Fact) {
	for _, f := range facts {
		switch f.Noun {
		case mulu.KindDuty, mulu.KindSystem, mulu.KindTable, mulu.KindEntry:
		default:
			continue
		}
		var n struct {
			Name      string
			Now, Next *struct{ Name string }
		}
		if json.Unmarshal(f.State, &n) != nil {
			continue
		}
		switch {
		case n.Next != nil:
			n.Name = n.Next.Name
		case n.Now != nil:
			n.Name = n.Now.Name
		}
		m.ids[string(f.Noun)+"/"+n.Name] = f.ID
	}
}

func (m made) find(kind, name string) (string, bool) {
	id, ok := m.ids[kind+"/"+name]
	return id, ok
}
