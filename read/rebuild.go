package read

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Rebuild makes the read model anew from all records the source has when it has read them, in a file beside, and swaps it in.
// It never looks at what is under the path now, so a damaged file is no hindrance; until the swap the old one stays.
// The node must not run: a path in use is a *Broken with Why "used". It returns the position reached.
func Rebuild(ctx context.Context, cfg Config, s Source) (Position, error) {
	path, err := filepath.Abs(cfg.Path)
	if err != nil {
		return Position{}, fmt.Errorf("rebuild the read model %s: %w", cfg.Path, err)
	}
	l, err := lock(path)
	if err != nil {
		return Position{}, fmt.Errorf("rebuild the read model: %w", err)
	}
	defer l.Close()
	fault := cfg.Fault
	if fault == nil {
		fault = func(string) {}
	}
	beside := cfg
	beside.Path, beside.beside = path+".new", true
	at, err := build(ctx, beside, s)
	if err != nil {
		return Position{}, fmt.Errorf("rebuild the read model: %w", err)
	}
	fault("before-swap")
	if err := swap(beside.Path, path, fault); err != nil {
		return Position{}, fmt.Errorf("rebuild the read model: %w", err)
	}
	fault("after-swap")
	return at, nil
}

// rebuildBatch is larger than a follower's: nobody waits for what is in it, and its bytes bound it just as well.
const rebuildBatch = 4096

func build(ctx context.Context, cfg Config, s Source) (Position, error) {
	if cfg.Batch <= 0 {
		cfg.Batch = rebuildBatch
	}
	if err := remove(cfg.Path); err != nil { // left by a rebuild that was cut short
		return Position{}, err
	}
	r, err := Open(cfg)
	if err != nil {
		return Position{}, err
	}
	err = r.run(ctx, s, func(uint64) error { return errEnough })
	at := r.Position()
	if errors.Is(err, errEnough) {
		err = nil
	}
	if err == nil {
		_, err = r.writer.conn.ExecContext(ctx, strings.Join(indexLine.FindAllString(schema, -1), "\n"))
		err = r.wrap("index the file", err)
	}
	if err := errors.Join(err, r.Close()); err != nil {
		return Position{}, err
	}
	return at, errors.Join(syncFile(cfg.Path), os.Remove(cfg.Path+".lock"))
}

// swap puts the new file in place of the old one. The old one's log goes before the new file comes: SQLite would
// apply it to whatever it finds. Cut short in between, there is no read model, and opening makes one by following.
func swap(from, to string, fault func(string)) error {
	if err := remove(to); err != nil {
		return err
	}
	fault("mid-swap")
	if err := os.Rename(from, to); err != nil {
		return fmt.Errorf("put the new file in place: %w", err)
	}
	return syncFile(filepath.Dir(to))
}

func syncFile(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("sync %s: %w", path, err)
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("sync %s: %w", path, err)
	}
	return nil
}
