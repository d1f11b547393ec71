package chain

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/cometbft/cometbft/crypto/ed25519"
	"github.com/cometbft/cometbft/privval"
)

// What a node voted last is read back whole, so that it never votes twice.
func TestVotesAreRemembered(t *testing.T) {
	w := lived(t)
	_, pv, err := loadKeys(w.homes[0])
	if err != nil {
		t.Fatal(err)
	}
	theirs := privval.LoadFilePV(filepath.Join(w.homes[0], validatorFile), filepath.Join(w.homes[0], votedFile))
	if pv.LastSignState.Height == 0 || pv.String() != theirs.String() || pv.LastSignState.SignBytes.String() != theirs.LastSignState.SignBytes.String() ||
		string(pv.LastSignState.Signature) != string(theirs.LastSignState.Signature) {
		t.Fatalf("%v, CometBFT reads %v", pv, theirs)
	}
	pv.Save()
	if _, again, err := loadKeys(w.homes[0]); err != nil || again.String() != pv.String() {
		t.Fatalf("%v %v", again, err)
	}
}

// A disk that does not take a new node's keys is an error and no panic.
func TestKeysThatCannotBeWritten(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", syscall.MS_RDONLY, "size=1m"); err != nil {
		t.Skipf("a disk that takes nothing cannot be mounted here (%v); run the tests as root to see this one", err)
	}
	defer func() { _ = syscall.Unmount(dir, syscall.MNT_DETACH) }()
	if _, err := MakeKeys(filepath.Join(dir, "home")); err == nil {
		t.Error("keys were made")
	}
	if err := save(privval.NewFilePV(ed25519.GenPrivKey(), filepath.Join(dir, "key"), filepath.Join(dir, "voted"))); err == nil {
		t.Error("a consensus key was written")
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("%v %v", left, err)
	}
}
