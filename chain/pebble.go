package chain

import (
	"fmt"

	"github.com/cockroachdb/pebble"
	"github.com/cockroachdb/pebble/vfs"
)

// OpenPebble opens a Pebble database in dir. Where Pebble can keep no promise any more because the disk failed it, it
// would end the process, in one of its own goroutines or in the caller's. Here it calls broken with the reason instead,
// and the goroutine stands still for ever: everything durable already is on disk, and the process ends by way of
// whoever broken tells. So whoever calls a database that may break waits for broken as well, while opening too.
func OpenPebble(dir string, o *pebble.Options, broken func(error)) (*pebble.DB, error) {
	stand := func(err error) {
		broken(err)
		select {}
	}
	if o.FS == nil {
		o.FS = vfs.Default
	}
	o.FS, o.Logger = honest{o.FS, dir, stand}, fatalOnly{stand}
	return pebble.Open(dir, o)
}

// fatalOnly takes Pebble's messages and drops what does not concern the database's life.
type fatalOnly struct{ stand func(error) }

func (fatalOnly) Infof(string, ...any)  {}
func (fatalOnly) Errorf(string, ...any) {}

// Fatalf must not return.
func (l fatalOnly) Fatalf(f string, args ...any) {
	err := fmt.Errorf(f, args...)
	for _, a := range args {
		if e, ok := a.(error); ok {
			err = e
		}
	}
	l.stand(err)
}

// honest is a file system whose database folder never fails to be synced: Pebble panics on that.
type honest struct {
	vfs.FS
	dir   string
	stand func(error)
}

// OpenDir opens a folder to sync it.
func (h honest) OpenDir(name string) (vfs.File, error) {
	f, err := h.FS.OpenDir(name)
	if err != nil || name != h.dir { // another one is a backup's, whose failure is the backup's alone
		return f, err
	}
	return &folder{f, h.stand}, nil
}

// Pebble compares files, so this one goes by its address.
type folder struct {
	vfs.File
	stand func(error)
}

// Sync returns when the folder's names are on disk, or never.
func (d *folder) Sync() error {
	if err := d.File.Sync(); err != nil {
		d.stand(err)
	}
	return nil
}
