package platform

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"sync"
	"time"

	"mulu/vault"
)

const (
	// PartSize is the size of every part of an uploaded file but the last, in bytes.
	PartSize = 4 << 20
	// MaxUpload bounds an uploaded file in bytes.
	MaxUpload = 16 << 30
)

var (
	// ErrNoUpload says that there is no file under an id.
	ErrNoUpload = errors.New("there is no uploaded file by this id; it was loaded or given up")
	// ErrPart says that a part does not belong where it was put.
	ErrPart = errors.New("the part does not belong here")
)

// Uploads keeps files that come in parts, so that a broken connection costs one part and not the file. Each part is sealed:
// the files hold what the entries' owners handed in, before any check.
//
//	<dir>/<id>/<number of the part>
type Uploads struct {
	dir   string
	vault *vault.Vault
}

// OpenUploads opens the folder, or makes it. Parts that a crash left half written are removed.
func OpenUploads(dir string, v *vault.Vault) (*Uploads, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("open uploads: %w", err)
	}
	half, err := filepath.Glob(filepath.Join(escapeGlob(dir), "*", partPrefix+"*"))
	if err != nil {
		return nil, fmt.Errorf("open uploads: %w", err)
	}
	for _, path := range half {
		if err := os.Remove(path); err != nil {
			return nil, fmt.Errorf("open uploads: sweep what a crash left: %w", err)
		}
	}
	return &Uploads{dir: dir, vault: v}, nil
}

var uploadID = regexp.MustCompile(`^[0-9a-z-]{1,40}$`)

func (u *Uploads) folder(id string) (string, error) {
	if !uploadID.MatchString(id) {
		return "", ErrNoUpload
	}
	return filepath.Join(u.dir, id), nil
}

// Begin makes room for a file under an id of the caller's choice: lower-case letters, digits and hyphens.
func (u *Uploads) Begin(id string) error {
	dir, err := u.folder(id)
	if err != nil {
		return err
	}
	if err := os.Mkdir(dir, 0o700); err != nil {
		return fmt.Errorf("begin an upload: %w", err)
	}
	return syncPath(u.dir)
}

// Parts counts the parts that are there, from the first on: the number of the part to send next.
func (u *Uploads) Parts(id string) (int, error) {
	dir, err := u.folder(id)
	if err != nil {
		return 0, err
	}
	if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
		return 0, ErrNoUpload
	}
	n := 0
	for {
		switch _, err := os.Stat(filepath.Join(dir, strconv.Itoa(n))); {
		case errors.Is(err, fs.ErrNotExist):
			return n, nil
		case err != nil:
			return 0, fmt.Errorf("look for the parts of an upload: %w", err)
		}
		n++
	}
}

// Put keeps part n of a file of size bytes. Parts come in order; one that is there already may come again and is kept as it
// was. When Put returns, the part is on disk.
func (u *Uploads) Put(ctx context.Context, id string, n int, size int64, data []byte) error {
	dir, err := u.folder(id)
	if err != nil {
		return err
	}
	have, err := u.Parts(id)
	switch {
	case err != nil:
		return err
	case n < 0 || n > have:
		return fmt.Errorf("%w: part %d is due", ErrPart, have)
	case size < 1 || size > MaxUpload || int64(len(data)) != partLength(n, size):
		return fmt.Errorf("%w: part %d of a file of %d bytes has %d bytes, not %d", ErrPart, n, size, max(0, partLength(n, size)), len(data))
	case n < have:
		return nil
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	sealed, err := u.vault.Seal(data, partPurpose(id, n))
	if err != nil {
		return fmt.Errorf("seal a part: %w", err)
	}
	aside := filepath.Join(dir, partPrefix+strconv.Itoa(n))
	if err := writeSynced(aside, sealed); err != nil {
		return fmt.Errorf("keep a part: %w", errors.Join(err, os.Remove(aside)))
	}
	if err := os.Rename(aside, filepath.Join(dir, strconv.Itoa(n))); err != nil {
		return fmt.Errorf("keep a part: %w", err)
	}
	return syncPath(dir)
}

// partLength is how long part n of a file is; not positive when the file has no such part.
func partLength(n int, size int64) int64 { return min(PartSize, size-int64(n)*PartSize) }

func partPurpose(id string, n int) string { return fmt.Sprintf("upload %s part %d", id, n) }

// Drop gives a file up. What is not there is no error.
func (u *Uploads) Drop(id string) error {
	dir, err := u.folder(id)
	if err != nil {
		return err
	}
	if err := os.RemoveAll(dir); err != nil {
		return fmt.Errorf("drop an upload: %w", err)
	}
	return nil
}

// List gives the ids of all files and when each was last added to.
func (u *Uploads) List() (map[string]time.Time, error) {
	list, err := os.ReadDir(u.dir)
	if err != nil {
		return nil, fmt.Errorf("list uploads: %w", err)
	}
	all := make(map[string]time.Time, len(list))
	for _, d := range list {
		fi, err := d.Info()
		if err != nil {
			return nil, fmt.Errorf("list uploads: %w", err)
		}
		all[d.Name()] = fi.ModTime()
	}
	return all, nil
}

// Open gives a whole file of size bytes to read. It may be read from several sides.
func (u *Uploads) Open(id string, size int64) (*Upload, error) {
	have, err := u.Parts(id)
	if err != nil {
		return nil, err
	}
	if want := int((size + PartSize - 1) / PartSize); have != want {
		return nil, fmt.Errorf("%w: %d of %d parts are there", ErrPart, have, want)
	}
	dir, err := u.folder(id)
	if err != nil {
		return nil, err
	}
	return &Upload{dir: dir, id: id, size: size, vault: u.vault}, nil
}

// Upload is a whole file that came in parts.
type Upload struct {
	dir, id string
	size    int64
	vault   *vault.Vault

	mu   sync.Mutex // guards what follows
	kept [2]openPart
	turn int
}

type openPart struct {
	n    int
	data []byte // nil: none
}

// Size is the file's length in bytes.
func (f *Upload) Size() int64 { return f.size }

// ReadAt reads as io.ReaderAt wants it. A part that was altered on disk is an error.
func (f *Upload) ReadAt(p []byte, off int64) (n int, err error) {
	if off < 0 {
		return 0, errors.New("read an upload before its beginning")
	}
	for n < len(p) {
		if off >= f.size {
			return n, io.EOF
		}
		part, err := f.part(int(off / PartSize))
		if err != nil {
			return n, err
		}
		c := copy(p[n:], part[off%PartSize:])
		n, off = n+c, off+int64(c)
	}
	return n, nil
}

// part opens a part. The last two are kept: a reader goes on where it was, and formats with an index at their end look there
// now and then.
func (f *Upload) part(n int) ([]byte, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, k := range f.kept {
		if k.data != nil && k.n == n {
			return k.data, nil
		}
	}
	sealed, err := os.ReadFile(filepath.Join(f.dir, strconv.Itoa(n)))
	if err != nil {
		return nil, fmt.Errorf("read an upload: %w", err)
	}
	data, err := f.vault.Unseal(sealed, partPurpose(f.id, n))
	if err == nil && int64(len(data)) != partLength(n, f.size) {
		err = vault.ErrAltered
	}
	if err != nil {
		return nil, fmt.Errorf("read part %d of an upload: %w", n, err)
	}
	f.kept[f.turn] = openPart{n, data}
	f.turn = 1 - f.turn
	return data, nil
}

// writeSynced makes a file that only its owner can read, durable.
func writeSynced(path string, data []byte) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	if _, err = f.Write(data); err == nil {
		err = f.Sync()
	}
	if e := f.Close(); err == nil {
		err = e
	}
	return err
}
