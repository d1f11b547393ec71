package chain

import (
	"errors"
	"fmt"
	"strings"
	"syscall"
	"time"

	"github.com/cockroachdb/pebble"
)

// Exit codes of the process, for whoever watches it.
const (
	ExitBroken  = 70 // consensus or the store failed: look at the message before starting again
	ExitStalled = 75 // consensus was stuck: starting again is the remedy
	ExitDisk    = 74 // the disk is full or does not take writes
)

// Fatal says why a node cannot go on. Done delivers it; the door prints it and exits with Code.
type Fatal struct {
	Code int
	Err  error
}

func (f *Fatal) Error() string { return f.Err.Error() }
func (f *Fatal) Unwrap() error { return f.Err }

// Pending says that an act was accepted and will be executed, but the caller's time ended first.
// It survives a crash of this node; Outcome(ID) tells later what came of it.
type Pending struct {
	ID  string
	Err error // why waiting ended
}

func (p *Pending) Error() string {
	return "the act " + p.ID + " is accepted and will be executed; its outcome was not known in time (" + p.Err.Error() + "); ask for it again by this id"
}
func (p *Pending) Unwrap() error { return p.Err }

// ForeignAct says that an act was signed for another chain.
type ForeignAct struct{ Act, Here string }

func (f *ForeignAct) Error() string {
	return fmt.Sprintf("the act is signed for the chain %q, this is %q; sign it again for this one", f.Act, f.Here)
}

// WrongData says that the files in a home do not belong to each other or to this program.
type WrongData struct{ Path, Why string }

func (w *WrongData) Error() string { return w.Path + ": " + w.Why }

// Locked says that another process runs on the same data.
type Locked struct{ Path string }

func (l *Locked) Error() string {
	return l.Path + " is in use by another process; stop that one first, two nodes must never share data"
}

// Corrupt says that what was read from disk is not what was written.
type Corrupt struct {
	What string
	Err  error
}

func (c *Corrupt) Error() string {
	return "corrupt data: " + c.What + ": " + c.Err.Error() + "; run mulu fsck, then restore a backup or join anew"
}
func (c *Corrupt) Unwrap() error { return c.Err }

// DiskFull says that the disk took no more.
type DiskFull struct{ Err error }

func (d *DiskFull) Error() string {
	return "the disk is full (" + d.Err.Error() + "); make room and start again, nothing accepted is lost"
}
func (d *DiskFull) Unwrap() error { return d.Err }

// Stalled says that consensus stands still although it could go on.
type Stalled struct {
	Waiting time.Duration
	Height  int64
}

func (s *Stalled) Error() string {
	return fmt.Sprintf("consensus stands still at height %d: an act has waited %s although a quorum is connected; start the node again", s.Height, s.Waiting.Round(time.Second))
}

// ErrClosed says that the node is shutting down.
var ErrClosed = errors.New("the node is shutting down; the act is kept if it was accepted")

// ErrUnknown says that there is no such record.
var ErrUnknown = errors.New("there is no such record")

// ErrNotCosigned says that no checkpoint with a quorum of co-signatures covers what was asked for yet.
var ErrNotCosigned = errors.New("no checkpoint co-signed by a quorum of nodes covers this record yet; try again when the other nodes are connected")

// diskError names what a failed read or write means to the one who runs the node.
func diskError(doing string, err error) error {
	switch {
	case err == nil:
		return nil
	case isAny(err, syscall.ENOSPC, syscall.EDQUOT):
		return &DiskFull{fmt.Errorf("%s: %w", doing, err)}
	case errors.Is(err, pebble.ErrCorruption):
		return &Corrupt{doing, err}
	}
	return fmt.Errorf("%s: %w", doing, err)
}

// ofDisk tells whether an error is the disk's or the system's, and says nothing about what stands on the disk.
func ofDisk(err error) bool {
	return isAny(err, syscall.ENOSPC, syscall.EDQUOT, syscall.EIO, syscall.EROFS, syscall.EACCES, syscall.EPERM, syscall.EMFILE, syscall.ENFILE)
}

// isAny tells whether an error is one of the system's; of what CometBFT dies of only the text comes through.
func isAny(err error, which ...syscall.Errno) bool {
	for _, e := range which {
		if errors.Is(err, e) || strings.Contains(err.Error(), e.Error()) {
			return true
		}
	}
	return false
}

// fatal wraps an error for Done with the exit code it deserves.
func fatal(err error) *Fatal {
	var f *Fatal
	if errors.As(err, &f) {
		return f
	}
	code := ExitBroken
	var full *DiskFull
	var stalled *Stalled
	if errors.As(err, &full) {
		code = ExitDisk
	} else if errors.As(err, &stalled) {
		code = ExitStalled
	}
	return &Fatal{code, err}
}
