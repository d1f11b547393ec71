package read

import (
	"errors"
	"fmt"

	sqlite "modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"
)

// ErrAbsent says that nothing is there under the kind and id, or was not yet at that time.
var ErrAbsent = errors.New("no such thing in the read model")

// Broken says that the read model itself, not what was asked of it, is at fault. Nothing is lost by it: the records
// are the truth, and the sentence says how to go on.
//
// Why is "corrupt" (the file is damaged or no SQLite file), "full" (no room on the disk), "disk" (the disk fails),
// "used" (another process has it open), "foreign" (it followed other records than this chain's) or "ahead"
// (it has read more records than the chain has).
type Broken struct {
	Path string
	Why  string
	Err  error
}

func (b *Broken) Error() string {
	const again = "nothing is lost: stop the node and run `mulu rebuild` to make it anew from the records"
	say := func(what string) string {
		if b.Err == nil {
			return fmt.Sprintf("the read model %s %s", b.Path, what)
		}
		return fmt.Sprintf("the read model %s %s (%v)", b.Path, what, b.Err)
	}
	switch b.Why {
	case "full":
		return say("cannot grow because the disk is full; make room and start again; if it does not open then, run `mulu rebuild`")
	case "disk":
		return say("cannot be read or written because the disk reports an error; check the disk, then run `mulu rebuild`")
	case "used":
		return say("is in use by another process; stop that one first, then run this again (`mulu rebuild` needs the node stopped too)")
	case "foreign":
		return say("followed other records than this chain's; " + again)
	case "ahead":
		return say("has read more records than the chain has, as after restoring an older backup; " + again)
	default:
		return say("is damaged; " + again)
	}
}

func (b *Broken) Unwrap() error { return b.Err }

// wrap says what was attempted, and turns what SQLite reports about the file itself into a *Broken.
func (r *Read) wrap(attempt string, err error) error {
	if err == nil {
		return nil
	}
	var s *sqlite.Error
	if errors.As(err, &s) {
		why := ""
		switch s.Code() & 0xff {
		case lib.SQLITE_CORRUPT, lib.SQLITE_NOTADB:
			why = "corrupt"
		case lib.SQLITE_FULL:
			why = "full"
		case lib.SQLITE_IOERR, lib.SQLITE_CANTOPEN, lib.SQLITE_READONLY:
			why = "disk"
		}
		if why != "" {
			return fmt.Errorf("%s: %w", attempt, &Broken{Path: r.cfg.Path, Why: why, Err: err})
		}
	}
	return fmt.Errorf("%s: %w", attempt, err)
}
