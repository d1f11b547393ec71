package platform

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"mulu"
	"mulu/platform/intake"
)

const (
	// keepFiles is how long the file of a load is kept after its end, and a file that is not whole after its last part.
	keepFiles = 7 * 24 * time.Hour
	// keepVersions is how many versions before the serving one are kept.
	keepVersions = 2
	// again is how long to wait before the chain is told again when it could not be told.
	again = 5 * time.Second
	// sweepEvery is how often files past their time, and data that is to be measured again, are looked for.
	sweepEvery = time.Hour
)

// Run carries loads out, one after another, until ctx ends; what is under way then waits for the next start. An error means
// that the loads themselves cannot be kept any more.
func (l *Loads) Run(ctx context.Context) error {
	sweep := time.NewTicker(sweepEvery)
	defer sweep.Stop()
	if err := l.sweep(ctx); err != nil && ctx.Err() == nil {
		return err
	}
	for {
		wait, err := l.pullDue(ctx)
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return err
		}
		next, err := l.list(ctx, "state IN (?,?) ORDER BY state = ? DESC, n LIMIT 1", Publishing, Waiting, Publishing)
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return err
		}
		if len(next) > 0 {
			switch err := l.carry(ctx, next[0]); {
			case ctx.Err() != nil:
				return nil
			case errors.Is(err, errUntold):
				select {
				case <-time.After(again):
				case <-ctx.Done():
					return nil
				}
			case err != nil:
				return err
			}
			continue
		}
		turn := time.NewTimer(wait)
		select {
		case <-l.wake:
		case <-turn.C:
		case <-sweep.C:
			if err := errors.Join(l.sweep(ctx), l.measureDue(ctx)); err != nil && ctx.Err() == nil {
				return err
			}
		case <-ctx.Done():
		}
		turn.Stop()
	}
}

// errUntold says that a version is whole and the chain could not be told of it yet.
var errUntold = errors.New("the chain could not be told yet")

// carry takes one load as far as it goes. The error is set only when what became of it could not be noted, or is errUntold.
func (l *Loads) carry(ctx context.Context, load Load) error {
	g, err := l.Ground(ctx, load.Entry)
	if err != nil {
		return l.end(ctx, load, Failed, nil, l.fault(load, err))
	}
	if load.State == Publishing {
		if g.Dataset.Version == load.Version && g.Dataset.Digest == load.Digest {
			return l.end(ctx, load, Published, load.Report, Fault{})
		}
		if g.Dataset.Version+1 == load.Version && l.holds(ctx, load) {
			return l.tell(ctx, load)
		}
	}
	if err := l.note(ctx, load.ID, "state = ?, begun = ?, rows = 0", Reading, l.Now().UnixNano()); err != nil {
		return err
	}
	inner, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	l.run(load.ID, cancel)
	r, keep, err := l.read(inner, g, load)
	l.run("", nil)
	var fault *intake.Fault
	switch {
	case ctx.Err() != nil:
		return nil
	case errors.Is(context.Cause(inner), errCancelled):
		return l.end(ctx, load, Cancelled, nil, Fault{})
	case errors.As(err, &fault):
		return l.end(ctx, load, Rejected, &r, Fault{fault.Text("zh"), fault.Text("en")})
	case err != nil:
		return l.end(ctx, load, Failed, nil, l.fault(load, err))
	case !r.Published && r.Why == "":
		return errors.Join(keep(), l.end(ctx, load, Unchanged, &r, Fault{}))
	case !r.Published:
		return l.end(ctx, load, Rejected, &r, Fault{})
	}
	load.keep = keep
	load.Version, load.Digest, load.Report = r.Version, r.Digest, &r
	b, err := json.Marshal(&r)
	if err != nil {
		return err
	}
	if err := l.note(ctx, load.ID, "state = ?, version = ?, digest = ?, report = ?, rows = ?", Publishing, r.Version, r.Digest, b, r.Rows); err != nil {
		return err
	}
	return l.tell(ctx, load)
}

// holds tells whether a version that was staged before a crash is there whole.
func (l *Loads) holds(ctx context.Context, load Load) bool {
	list, err := l.Platform.Versions(ctx, load.Entry)
	if err != nil {
		return false
	}
	for _, v := range list {
		if v == (Version{load.Entry, load.Version, load.Digest}) {
			return true
		}
	}
	return false
}

// tell has the version announced.
func (l *Loads) tell(ctx context.Context, load Load) error {
	var no *mulu.Refusal
	switch err := l.Announce(ctx, load, load.Report); {
	case err == nil:
	case errors.As(err, &no):
		load.Report.Published = false
		return l.end(ctx, load, Failed, load.Report, Fault{no.Text("zh"), no.Text("en")})
	default:
		l.Log.Warn("a version of data is whole, but the chain could not be told yet", "load", load.ID, "err", err)
		return errUntold
	}
	if load.keep != nil {
		if err := load.keep(); err != nil {
			return err
		}
	}
	if err := l.end(ctx, load, Published, load.Report, Fault{}); err != nil {
		return err
	}
	if _, err := l.Platform.Tidy(ctx, Version{load.Entry, load.Version, load.Digest}, keepVersions, func(v Version) bool { return l.told(ctx, v) }); err != nil {
		l.Log.Warn("old versions of data could not be dropped", "entry", load.Entry, "err", err)
	}
	return nil
}

// told tells whether a version was announced by a load of this node.
func (l *Loads) told(ctx context.Context, v Version) bool {
	list, err := l.list(ctx, "entry = ? AND state = ? AND version = ? AND digest = ? LIMIT 1", v.Entry, Published, v.Number, v.Digest)
	return err != nil || len(list) > 0 // what cannot be looked up is kept
}

// read opens the file, or asks the source, and loads it. keep is called when what was read is published; it may be nil.
func (l *Loads) read(ctx context.Context, g Ground, load Load) (r Report, keep func() error, err error) {
	progress := func(rows int64) {
		l.mu.Lock()
		l.rows = rows
		l.mu.Unlock()
	}
	if load.Source == FromPull {
		return l.readPull(ctx, g, load, progress)
	}
	f, err := l.Uploads.Open(load.ID, load.Size)
	if err != nil {
		return r, nil, err
	}
	t, err := intake.Open(f, load.Name, load.Form)
	if err != nil {
		return r, nil, err
	}
	defer t.Close()
	r, err = l.Platform.Load(ctx, Job{Entry: load.Entry, Ground: g, Mode: load.Mode, Columns: load.Columns, Today: l.Today(), Progress: progress}, t)
	return r, nil, err
}

func (l *Loads) run(id string, cancel context.CancelCauseFunc) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.running, l.cancel, l.rows = id, cancel, 0
}

// fault is what people are told of an error: the law's own words, or that it has to be looked for in the log.
func (l *Loads) fault(load Load, err error) Fault {
	var no *mulu.Refusal
	if errors.As(err, &no) {
		return Fault{no.Text("zh"), no.Text("en")}
	}
	if away, ok := awayWords(err); ok {
		l.Log.Warn("a source gave nothing", "load", load.ID, "entry", load.Entry, "err", err)
		return away
	}
	l.Log.Error("a load could not be carried out", "load", load.ID, "entry", load.Entry, "err", err)
	return Fault{"系统未能完成这次装载，原有版本继续提供。请稍后重新开始；仍不成功的，请将编号 " + load.ID + " 告知系统管理员。",
		"The load could not be carried out, the version before serves on. Start it again later; if it still fails, tell the system administrator the number " + load.ID + "."}
}

// end notes what became of a load.
func (l *Loads) end(ctx context.Context, load Load, state string, r *Report, f Fault) error {
	report, fault := []byte(nil), ""
	if r != nil {
		b, err := json.Marshal(r)
		if err != nil {
			return err
		}
		report = b
	}
	if f != (Fault{}) {
		b, err := json.Marshal(f)
		if err != nil {
			return err
		}
		fault = string(b)
	}
	rows := int64(0)
	if r != nil {
		rows = r.Rows
	}
	if state != Published && state != Unchanged {
		if err := l.pullFailed(load, state, r, f); err != nil {
			return err
		}
	}
	return l.note(ctx, load.ID, "state = ?, report = ?, fault = ?, rows = ?, ended = ?", state, report, fault, rows, l.Now().UnixNano())
}

func (l *Loads) note(ctx context.Context, id, set string, args ...any) error {
	if _, err := l.db.ExecContext(ctx, "UPDATE load SET "+set+" WHERE id = ?", append(args, id)...); err != nil {
		return fmt.Errorf("note how the load %s stands: %w", id, err)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	close(l.moved)
	l.moved = make(chan struct{})
	return nil
}

// sweep drops files past their time: of loads that ended, and of those that were never completed or started.
func (l *Loads) sweep(ctx context.Context) error {
	files, err := l.Uploads.List()
	if err != nil {
		return err
	}
	before := l.Now().Add(-keepFiles)
	for id, last := range files {
		load, err := l.Get(ctx, id)
		switch {
		case errors.Is(err, ErrNoLoad): // a crash came before its load was noted, or it is being noted now
			if last.After(l.Now().Add(-sweepEvery)) {
				continue
			}
		case err != nil:
			return err
		case load.Moving(), last.After(before) && (load.Ended.IsZero() || load.Ended.After(before)):
			continue
		}
		if err := l.Uploads.Drop(id); err != nil {
			return err
		}
		if load.State == Receiving || load.State == Received {
			if err := l.note(ctx, id, "state = ?, ended = ?", Cancelled, l.Now().UnixNano()); err != nil {
				return err
			}
		}
		if err := l.note(ctx, id, "kept = 0"); err != nil {
			return err
		}
	}
	return nil
}
