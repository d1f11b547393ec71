package vault

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"mulu/sm"
)

const (
	// KeySize is the length of the vault's key in bytes, that of SM4.
	KeySize = 16
	// MaxBytes bounds one content: it is sealed and opened in memory.
	MaxBytes = 256 << 20

	saltSize = 16
	hello    = "mulu vault 1"
)

// ErrKey says that a folder holds a vault that was made with another key.
var ErrKey = errors.New("the key is not the one this vault was made with; give the key that was set up with this folder")

// ErrAltered says that a stored content is not what was stored.
var ErrAltered = errors.New("the stored content was altered or its file was put in the place of another; restore it from a backup")

// Vault is an open vault. Its methods may be called at the same time.
type Vault struct {
	dir  string
	key  []byte
	rand io.Reader // must bear concurrent reads, as crypto/rand does
}

// Open opens the vault in dir, or makes one if the folder is new. The key has KeySize bytes; a key other than the
// vault's own is ErrKey. Salts and nonces come from rand. Parts of files that a crash left are removed.
func Open(dir string, key []byte, rand io.Reader) (*Vault, error) {
	if len(key) != KeySize {
		return nil, fmt.Errorf("open vault %s: the key has %d bytes, it needs %d", dir, len(key), KeySize)
	}
	v := &Vault{dir: dir, key: bytes.Clone(key), rand: rand}
	for _, d := range []string{dir, filepath.Join(dir, "content"), filepath.Join(dir, "secret")} {
		if err := os.MkdirAll(d, 0o700); err != nil {
			return nil, fmt.Errorf("open vault: make its folder: %w", err)
		}
	}
	check := filepath.Join(dir, "check")
	sealed, err := os.ReadFile(check)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if err := v.unused(); err != nil {
			return nil, err
		}
		if err := v.write(check, []byte(hello), "check"); err != nil {
			return nil, fmt.Errorf("make vault %s: %w", dir, err)
		}
	case err != nil:
		return nil, fmt.Errorf("open vault %s: %w", dir, err)
	default:
		if plain, err := sm.Open(v.key, sealed, []byte("check")); err != nil || string(plain) != hello {
			return nil, fmt.Errorf("open vault %s: %w", dir, ErrKey)
		}
	}
	return v, v.sweep()
}

// Put keeps data and gives its name: lower-case hex SM3 of salt ‖ data, where the salt is 16 random bytes if salt is
// set and empty if not. Equal unsalted data is kept once. When Put returns, the content is on disk.
func (v *Vault) Put(ctx context.Context, data []byte, salt bool) (string, error) {
	if err := ctx.Err(); err != nil {
		return "", err
	}
	if len(data) > MaxBytes {
		return "", fmt.Errorf("keep a content of %d bytes: one content has at most %d; split it", len(data), MaxBytes)
	}
	var with []byte
	if salt {
		with = make([]byte, saltSize)
		if _, err := io.ReadFull(v.rand, with); err != nil {
			return "", fmt.Errorf("read a salt: %w", err)
		}
	}
	digest := sm.Sum(with, data)
	name := hex.EncodeToString(digest[:])
	if _, err := v.Get(ctx, name); err == nil {
		return name, nil
	}
	plain := append([]byte{byte(len(with))}, with...)
	if err := v.write(v.path(name), append(plain, data...), "content "+name); err != nil {
		return "", fmt.Errorf("keep content %s: %w", name, err)
	}
	return name, nil
}

// Get gives the content of a name and checks it against the name. An unknown name is fs.ErrNotExist, a content that
// is not what was put is ErrAltered.
func (v *Vault) Get(ctx context.Context, name string) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if b, err := hex.DecodeString(name); err != nil || len(b) != sm.Size || hex.EncodeToString(b) != name {
		return nil, fmt.Errorf("fetch content %q: a content is named by 64 lower-case hex digits: %w", name, fs.ErrNotExist)
	}
	plain, err := v.read(v.path(name), "content "+name)
	if err != nil {
		return nil, fmt.Errorf("fetch content %s: %w", name, err)
	}
	if len(plain) == 0 || len(plain) < 1+int(plain[0]) {
		return nil, fmt.Errorf("fetch content %s: %w", name, ErrAltered)
	}
	salt, data := plain[1:1+plain[0]], plain[1+plain[0]:]
	if digest := sm.Sum(salt, data); hex.EncodeToString(digest[:]) != name {
		return nil, fmt.Errorf("fetch content %s: %w", name, ErrAltered)
	}
	return data, nil
}

// SetSecret keeps a value under a name of the caller's choice, in place of the one kept before.
// Neither the name nor the value can be read from the disk without the key.
func (v *Vault) SetSecret(ctx context.Context, name string, value []byte) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if name == "" || len(name) > 200 {
		return fmt.Errorf("keep a secret: its name has 1 to 200 bytes, not %d", len(name))
	}
	if err := v.write(v.secretPath(name), value, "secret "+name); err != nil {
		return fmt.Errorf("keep secret %q: %w", name, err)
	}
	return nil
}

// Secret gives the value kept under a name; an unknown name is fs.ErrNotExist.
func (v *Vault) Secret(ctx context.Context, name string) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	value, err := v.read(v.secretPath(name), "secret "+name)
	if err != nil {
		return nil, fmt.Errorf("fetch secret %q: %w", name, err)
	}
	return value, nil
}

func (v *Vault) path(name string) string { return filepath.Join(v.dir, "content", name[:2], name) }

func (v *Vault) secretPath(name string) string {
	mac := sm.MAC(v.key, []byte("secret "+name))
	return filepath.Join(v.dir, "secret", hex.EncodeToString(mac[:]))
}

func (v *Vault) read(path, purpose string) ([]byte, error) {
	sealed, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("it is not in this vault: %w", fs.ErrNotExist)
	}
	if err != nil {
		return nil, err
	}
	plain, err := sm.Open(v.key, sealed, []byte(purpose))
	if err != nil {
		return nil, ErrAltered // the key was checked at Open
	}
	return plain, nil
}

// write seals plain for its purpose and puts it at path: aside first, synced, renamed, the folder synced.
func (v *Vault) write(path string, plain []byte, purpose string) error {
	sealed, err := sm.Seal(v.key, plain, []byte(purpose), v.rand)
	if err != nil {
		return fmt.Errorf("seal: %w", err)
	}
	dir := filepath.Dir(path)
	if err := os.Mkdir(dir, 0o700); err == nil {
		if err := syncDir(filepath.Dir(dir)); err != nil {
			return err
		}
	} else if !errors.Is(err, fs.ErrExist) {
		return err
	}
	f, err := os.CreateTemp(dir, "*.part") // mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // a no-op once it is renamed
	if _, err = f.Write(sealed); err == nil {
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
	return syncDir(dir)
}

// unused refuses to make a new key check in a vault that lost its own: the wrong key would then go unnoticed.
func (v *Vault) unused() error {
	for _, d := range []string{"content", "secret"} {
		list, err := os.ReadDir(filepath.Join(v.dir, d))
		if err != nil {
			return fmt.Errorf("open vault %s: %w", v.dir, err)
		}
		if len(list) > 0 {
			return fmt.Errorf("open vault %s: its file check is missing although it has contents; restore the file from a backup", v.dir)
		}
	}
	return nil
}

func (v *Vault) sweep() error {
	return filepath.WalkDir(v.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return fmt.Errorf("sweep vault: %w", err)
		}
		if !d.IsDir() && filepath.Ext(path) == ".part" {
			return os.Remove(path)
		}
		return nil
	})
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}
