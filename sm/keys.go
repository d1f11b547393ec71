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
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var k keyFile
	if err := json.Unmarshal(raw, &k); err != nil || k.Format != keyFormat {
		return nil, fmt.Errorf("%s is not a key file of this program", path)
	}
	plain, err := Open(f.derive(k), k.Sealed, []byte(keyFormat+" "+k.Public))
	if err != nil {
		return nil, ErrPassphrase
	}
	return plain, nil
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
	k := keyFile{Format: keyFormat, Public: public, Salt: make([]byte, 16), Time: 2, Memory: 19 * 1024, Threads: 1}
	if _, err := io.ReadFull(f.rand, k.Salt); err != nil {
		return fmt.Errorf("read a salt: %w", err)
	}
	var err error
	if k.Sealed, err = Seal(f.derive(k), plain, []byte(keyFormat+" "+k.Public), f.rand); err != nil {
		return err
	}
	raw, err := json.MarshalIndent(k, "", "  ")
	if err != nil {
		return err
	}
	return writeNew(path, append(raw, '\n'))
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
func writeNew(path string, data []byte) error {
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
	if err := os.Link(aside.Name(), path); err != nil {
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
