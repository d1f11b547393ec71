package sm

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"

	"golang.org/x/crypto/argon2"
)

// Keys is a key provider: it keeps signing keys by name. The file provider is below; a hardware module (SDF, SKF) is another.
type Keys interface {
	// Signer gives the key of a name; an unknown name is fs.ErrNotExist.
	Signer(name string) (Signer, error)
	// Public gives a key's public half as it is written, without opening it; an unknown name is fs.ErrNotExist.
	Public(name string) (string, error)
	// Create makes a key under a new name; a name that is taken is fs.ErrExist.
	Create(name string) (Signer, error)
	// Names lists what is kept, in order.
	Names() ([]string, error)
}

// ErrPassphrase says that a key file does not open under the given passphrase.
var ErrPassphrase = errors.New("the passphrase does not open the key")

// fileKeys keeps one file a key: the private scalar sealed with SM4-GCM under a key derived from the passphrase.
type fileKeys struct {
	dir        string
	passphrase string
	rand       io.Reader
}

// keyFile is what such a file holds. Argon2id stretches the passphrase (memory-hard, so guessing offline is dear);
// its parameters stand in the file so that they can grow later.
type keyFile struct {
	Format  string `json:"format"`
	Public  string `json:"public"`
	Salt    []byte `json:"salt"`
	Time    uint32 `json:"time"`
	Memory  uint32 `json:"memory_kib"`
	Threads uint8  `json:"threads"`
	Sealed  []byte `json:"sealed"`
}

const keyFormat = "mulu-key/1"

// FileKeys keeps keys in a folder under a passphrase.
func FileKeys(dir, passphrase string, rand io.Reader) (Keys, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make the key folder: %w", err)
	}
	return &fileKeys{dir, passphrase, rand}, nil
}

func (f *fileKeys) path(name string) (string, error) {
	if name == "" || strings.Trim(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") != "" {
		return "", fmt.Errorf("a key's name has letters, digits, - and _ only, not %q", name)
	}
	return filepath.Join(f.dir, name+".key"), nil
}

func (f *fileKeys) Signer(name string) (Signer, error) {
	path, err := f.path(name)
	if err != nil {
		return nil, err
	}
	scalar, err := f.open(path)
	if err != nil {
		return nil, fmt.Errorf("open the key %s: %w", name, err)
	}
	return NewSigner(scalar, f.rand)
}

// open reads a sealed file: what it seals, whole, or an error.
func (f *fileKeys) open(path string) ([]byte, error) {
	k, err := readKey(path)
	if err != nil {
		return nil, err
	}
	plain, err := Open(f.derive(k), k.Sealed, []byte(keyFormat+" "+k.Public))
	if err != nil {
		return nil, ErrPassphrase
	}
	return plain, nil
}

func readKey(path string) (k keyFile, err error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return k, err
	}
	if err := json.Unmarshal(raw, &k); err != nil || k.Format != keyFormat {
		return k, fmt.Errorf("%s is not a key file of this program", path)
	}
	return k, nil
}

func (f *fileKeys) Public(name string) (string, error) {
	path, err := f.path(name)
	if err != nil {
		return "", err
	}
	k, err := readKey(path)
	if err != nil {
		return "", fmt.Errorf("read the key %s: %w", name, err)
	}
	return k.Public, nil
}

func (f *fileKeys) derive(k keyFile) []byte {
	return argon2.IDKey([]byte(f.passphrase), k.Salt, k.Time, k.Memory, k.Threads, 16)
}

func (f *fileKeys) Create(name string) (Signer, error) {
	path, err := f.path(name)
	if err != nil {
		return nil, err
	}
	s, scalar, err := Generate(f.rand)
	if err != nil {
		return nil, err
	}
	if err := f.seal(path, s.Public().String(), scalar); err != nil {
		return nil, fmt.Errorf("write the key %s: %w", name, err)
	}
	return s, nil
}

// seal writes a new file that holds plain under the passphrase; public stands in it in the clear.
func (f *fileKeys) seal(path, public string, plain []byte) error {
	raw, err := f.sealed(public, plain)
	if err != nil {
		return err
	}
	return writeNew(path, raw)
}

func (f *fileKeys) sealed(public string, plain []byte) ([]byte, error) {
	k := keyFile{Format: keyFormat, Public: public, Salt: make([]byte, 16), Time: 2, Memory: 19 * 1024, Threads: 1}
	if _, err := io.ReadFull(f.rand, k.Salt); err != nil {
		return nil, fmt.Errorf("read a salt: %w", err)
	}
	var err error
	if k.Sealed, err = Seal(f.derive(k), plain, []byte(keyFormat+" "+k.Public), f.rand); err != nil {
		return nil, err
	}
	raw, err := json.MarshalIndent(k, "", "  ")
	return append(raw, '\n'), err
}

// ChangePassphrase seals every key and secret of a folder under a new passphrase and tells how many there are. Nothing
// is changed unless all open under the old one or the new one already. Each file is replaced whole; where it was cut off,
// the same call again goes on.
func ChangePassphrase(dir, from, to string, rand io.Reader) (int, error) {
	before, after := &fileKeys{dir, from, rand}, &fileKeys{dir, to, rand}
	all, err := os.ReadDir(dir)
	if err != nil {
		return 0, fmt.Errorf("list the keys: %w", err)
	}
	type file struct {
		path, public string
		plain        []byte
	}
	var files []file
	done := 0
	for _, e := range all {
		path := filepath.Join(dir, e.Name())
		k, err := readKey(path)
		if err != nil {
			if strings.HasPrefix(e.Name(), ".") { // what a crash left
				continue
			}
			return 0, err
		}
		plain, err := before.open(path)
		if errors.Is(err, ErrPassphrase) && from != to {
			if _, err = after.open(path); err == nil {
				done++
				continue
			}
		}
		if err != nil {
			return 0, fmt.Errorf("open %s: %w", path, err)
		}
		files = append(files, file{path, k.Public, plain})
	}
	for _, f := range files {
		raw, err := after.sealed(f.public, f.plain)
		if err == nil {
			err = replace(f.path, raw)
		}
		if err != nil {
			return 0, fmt.Errorf("seal %s: %w; run this again with the same two passphrases", f.path, err)
		}
		done++
	}
	return done, nil
}

// FileSecret gives 32 secret random bytes kept in a file sealed under a passphrase; they are made when the file is not
// there yet. Keys for sealing and for keyed digests are derived from them with MAC.
func FileSecret(path, passphrase string, rand io.Reader) ([]byte, error) {
	f := &fileKeys{filepath.Dir(path), passphrase, rand}
	secret, err := f.open(path)
	if err == nil || !errors.Is(err, fs.ErrNotExist) {
		return secret, err
	}
	secret = make([]byte, 32)
	if _, err := io.ReadFull(rand, secret); err != nil {
		return nil, fmt.Errorf("make a secret: %w", err)
	}
	return secret, f.seal(path, "", secret)
}

// writeNew writes a file that must not be there yet, whole or not at all: aside, synced, then linked to its name.
func writeNew(path string, data []byte) error { return write(path, data, os.Link) }

// replace writes a file in place of another of the name, whole or not at all.
func replace(path string, data []byte) error { return write(path, data, os.Rename) }

func write(path string, data []byte, name func(aside, path string) error) error {
	aside, err := os.CreateTemp(filepath.Dir(path), ".new-*")
	if err != nil {
		return err
	}
	defer os.Remove(aside.Name())
	if _, err = aside.Write(data); err == nil {
		err = aside.Sync()
	}
	if closing := aside.Close(); err == nil {
		err = closing
	}
	if err != nil {
		return err
	}
	if err := name(aside.Name(), path); err != nil {
		return err
	}
	dir, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	defer dir.Close()
	return dir.Sync()
}

func (f *fileKeys) Names() ([]string, error) {
	all, err := os.ReadDir(f.dir)
	if err != nil {
		return nil, fmt.Errorf("list the keys: %w", err)
	}
	var names []string
	for _, e := range all {
		if name, ok := strings.CutSuffix(e.Name(), ".key"); ok {
			names = append(names, name)
		}
	}
	sort.Strings(names)
	return names, nil
}
