package read

import (
	"errors"
	"fmt"
	"os"
	"syscall"
)

// lock takes the file beside the read model that says who has it open; it ends with the process, however that ends.
func lock(path string) (*os.File, error) {
	f, err := os.OpenFile(path+".lock", os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open the lock of the read model: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		f.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, &Broken{Path: path, Why: "used"}
		}
		return nil, fmt.Errorf("lock the read model %s: %w", path, err)
	}
	return f, nil
}

// remove drops a database. The main file goes first: SQLite would otherwise take a half-copied file without its log
// for a whole one; a log without its main file is dropped when the next one is made.
func remove(path string) error {
	for _, suffix := range []string{"", "-wal", "-shm"} {
		if err := os.Remove(path + suffix); err != nil && !errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("drop %s: %w", path+suffix, err)
		}
	}
	return nil
}
