package source

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

const bookFormat = "mulu-sources/1"

// book is what sources.json holds: what the operator set, and how far pulls came. There are tens of connections and hundreds
// of bindings, so it is one file, written whole: aside, synced, renamed. No secret stands in it.
type book struct {
	Format      string          `json:"format"`
	Connections []Connection    `json:"connections"`
	Bindings    []Binding       `json:"bindings"`
	Pulled      map[string]Past `json:"pulled,omitempty"` // by entry
	Looks       []Look          `json:"looks,omitempty"`  // the last of each database of a system
}

// Past is how far the pulls of an entry came.
type Past struct {
	Mark     string    `json:"mark,omitempty"`     // greatest value of the mark column in what was published last
	Revision int       `json:"revision,omitempty"` // of the binding by which that was
	Tried    time.Time `json:"tried,omitzero"`     // when its turn was last
	Done     time.Time `json:"done,omitzero"`      // when what was pulled was last published, or nothing new was there
	Trouble  string    `json:"trouble,omitempty"`  // why the last turn came to nothing; "" when it did not
}

func readBook(path string) (book, error) {
	b := book{Format: bookFormat, Pulled: map[string]Past{}}
	raw, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return b, nil
	}
	if err != nil {
		return b, fmt.Errorf("read the sources: %w", err)
	}
	if err := json.Unmarshal(raw, &b); err != nil {
		return b, fmt.Errorf("%s is not readable as sources: %w", path, err)
	}
	if b.Format != bookFormat {
		return b, fmt.Errorf("%s has the format %q and this program knows %q; run the newer program (the file was not changed)", path, b.Format, bookFormat)
	}
	if b.Pulled == nil {
		b.Pulled = map[string]Past{}
	}
	return b, nil
}

func (b *book) write(path string) error {
	slices.SortFunc(b.Connections, func(x, y Connection) int { return strings.Compare(x.ID, y.ID) })
	slices.SortFunc(b.Bindings, func(x, y Binding) int { return strings.Compare(x.Entry, y.Entry) })
	raw, err := json.MarshalIndent(b, "", "  ")
	if err != nil {
		return err
	}
	dir := filepath.Dir(path)
	f, err := os.CreateTemp(dir, filepath.Base(path)+".*.part") // mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // nothing once it is renamed
	if _, err = f.Write(append(raw, '\n')); err == nil {
		err = f.Sync()
	}
	if e := f.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return err
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}

// copy is a book that can be changed without changing this one.
func (b *book) copy() book {
	c := *b
	c.Connections, c.Bindings, c.Looks = slices.Clone(b.Connections), slices.Clone(b.Bindings), slices.Clone(b.Looks)
	c.Pulled = map[string]Past{}
	for k, v := range b.Pulled {
		c.Pulled[k] = v
	}
	return c
}

func (b *book) connection(id string) (Connection, bool) {
	for _, c := range b.Connections {
		if c.ID == id {
			return c, true
		}
	}
	return Connection{}, false
}

func (b *book) binding(entry string) (Binding, bool) {
	for _, x := range b.Bindings {
		if x.Entry == entry {
			return x, true
		}
	}
	return Binding{}, false
}
