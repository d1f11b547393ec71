package sm

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// The vector of GB/T 32905 A.1.
func TestSM3Vector(t *testing.T) {
	got := Sum([]byte("a"), []byte("bc"))
	if want := "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"; hex.EncodeToString(got[:]) != want {
		t.Errorf("SM3(abc) = %x, want %s", got, want)
	}
}

func newSigner(t testing.TB) Signer {
	t.Helper()
	s, _, err := Generate(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestSignatureHoldsForItsMessageAndKeyOnly(t *testing.T) {
	s, other, msg := newSigner(t), newSigner(t), []byte("目录")
	sig, err := s.Sign(msg)
	if err != nil {
		t.Fatal(err)
	}
	k, err := ParsePublicKey(s.Public().String())
	if err != nil {
		t.Fatal(err)
	}
	if !k.Verify(msg, sig) {
		t.Error("a true signature is refused")
	}
	if k.Verify([]byte("目錄"), sig) || other.Public().Verify(msg, sig) || (PublicKey{}).Verify(msg, sig) {
		t.Error("a signature is taken for another message or key")
	}
	for i := range sig {
		bad := bytes.Clone(sig)
		bad[i] ^= 1
		if k.Verify(msg, bad) {
			t.Errorf("byte %d altered and still valid", i)
		}
	}
	if k.Verify(msg, append(bytes.Clone(sig), 0)) {
		t.Error("a trailing byte is taken")
	}
}

func TestBadPublicKeysAreNamed(t *testing.T) {
	for _, text := range []string{"", "x", "AAAA", "Av//////////////////////////////////////////", "BP//////////////////////////////////////////"} {
		if _, err := ParsePublicKey(text); err == nil {
			t.Errorf("%q is taken for a key", text)
		}
	}
}

// A stranger's tool agrees in both directions, on compressed points.
func TestOpenSSLAgrees(t *testing.T) {
	if _, err := exec.LookPath("openssl"); err != nil {
		t.Fatal("this test needs the OpenSSL command line: apt-get install openssl")
	}
	dir, msg := t.TempDir(), []byte("an act\n")
	run := func(args ...string) {
		t.Helper()
		cmd := exec.Command("openssl", args...)
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("openssl %v: %v\n%s", args, err, out)
		}
	}
	write := func(name string, b []byte) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s := newSigner(t)
	sig, err := s.Sign(msg)
	if err != nil {
		t.Fatal(err)
	}
	write("pub.der", s.Public().SPKI())
	write("msg", msg)
	write("sig", sig)
	run("pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-inkey", "pub.der", "-rawin", "-digest", "sm3",
		"-in", "msg", "-sigfile", "sig", "-pkeyopt", "distid:1234567812345678")

	run("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:SM2", "-out", "their.pem")
	run("pkeyutl", "-sign", "-inkey", "their.pem", "-rawin", "-digest", "sm3", "-in", "msg", "-out", "their.sig",
		"-pkeyopt", "distid:1234567812345678")
	run("ec", "-in", "their.pem", "-pubout", "-conv_form", "compressed", "-outform", "DER", "-out", "their.der")
	der, err := os.ReadFile(filepath.Join(dir, "their.der"))
	if err != nil {
		t.Fatal(err)
	}
	theirSig, err := os.ReadFile(filepath.Join(dir, "their.sig"))
	if err != nil {
		t.Fatal(err)
	}
	k, err := ParsePublicKey(b64(der[len(der)-33:]))
	if err != nil {
		t.Fatal(err)
	}
	if !k.Verify(msg, theirSig) {
		t.Error("OpenSSL's signature is refused")
	}
	if !bytes.Equal(k.SPKI(), der) {
		t.Errorf("SPKI differs from OpenSSL's:\n%x\n%x", k.SPKI(), der)
	}
}

func TestSealedContentOpensUnderItsKeyAndPurposeOnly(t *testing.T) {
	key, plain := bytes.Repeat([]byte{7}, 16), []byte("身份证件")
	sealed, err := Seal(key, plain, []byte("vault"), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := Open(key, sealed, []byte("vault")); err != nil || !bytes.Equal(got, plain) {
		t.Errorf("Open = %q, %v", got, err)
	}
	if _, err := Open(key, sealed, []byte("other")); !errors.Is(err, ErrOpen) {
		t.Errorf("another purpose: %v", err)
	}
	for i := range sealed {
		bad := bytes.Clone(sealed)
		bad[i] ^= 1
		if _, err := Open(key, bad, []byte("vault")); !errors.Is(err, ErrOpen) {
			t.Errorf("byte %d altered: %v", i, err)
		}
	}
}

func TestFileKeys(t *testing.T) {
	dir := t.TempDir()
	keys, err := FileKeys(dir, "一个口令", rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	s, err := keys.Create("org-001")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := keys.Create("org-001"); !errors.Is(err, fs.ErrExist) {
		t.Errorf("a taken name: %v", err)
	}
	if _, err := keys.Signer("nobody"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("an unknown name: %v", err)
	}
	if _, err := keys.Create("../evil"); err == nil {
		t.Error("a path is taken for a name")
	}
	again, err := keys.Signer("org-001")
	if err != nil || again.Public().String() != s.Public().String() {
		t.Errorf("read again: %v", err)
	}
	wrong, _ := FileKeys(dir, "另一个口令", rand.Reader)
	if _, err := wrong.Signer("org-001"); !errors.Is(err, ErrPassphrase) {
		t.Errorf("wrong passphrase: %v", err)
	}
	if names, err := keys.Names(); err != nil || len(names) != 1 || names[0] != "org-001" {
		t.Errorf("Names = %v, %v", names, err)
	}
	info, err := os.Stat(filepath.Join(dir, "org-001.key"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("key file: %v %v", info.Mode(), err)
	}
	raw, _ := os.ReadFile(filepath.Join(dir, "org-001.key"))
	if bytes.Contains(raw, []byte("scalar")) {
		t.Error("the scalar stands in the clear")
	}
}

// Changing the passphrase is all or nothing for a wrong one, and goes on where it was cut off.
func TestChangePassphrase(t *testing.T) {
	dir := t.TempDir()
	keys, err := FileKeys(dir, "旧口令", rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	var public []string
	for _, name := range []string{"node", "org-001", "org-002"} {
		s, err := keys.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		public = append(public, s.Public().String())
		if p, err := keys.Public(name); err != nil || p != s.Public().String() {
			t.Errorf("%s in the clear: %s %v", name, p, err)
		}
	}
	secret, err := FileSecret(filepath.Join(dir, "master"), "旧口令", rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, ".new-123"), []byte("cut"), 0o600); err != nil {
		t.Fatal(err)
	}
	if n, err := ChangePassphrase(dir, "错", "新口令", rand.Reader); !errors.Is(err, ErrPassphrase) || n != 0 {
		t.Fatalf("a wrong passphrase: %d %v", n, err)
	}
	holds := func(passphrase string) {
		t.Helper()
		k, err := FileKeys(dir, passphrase, rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		for i, name := range []string{"node", "org-001", "org-002"} {
			s, err := k.Signer(name)
			if err != nil || s.Public().String() != public[i] {
				t.Fatalf("%s under %s: %v", name, passphrase, err)
			}
		}
		if again, err := FileSecret(filepath.Join(dir, "master"), passphrase, rand.Reader); err != nil || !bytes.Equal(again, secret) {
			t.Fatalf("the secret under %s: %v", passphrase, err)
		}
	}
	holds("旧口令")
	stop := errors.New("the power went")
	if _, err := ChangePassphrase(dir, "旧口令", "新口令", &failingAfter{left: 100, err: stop}); !errors.Is(err, stop) {
		t.Fatalf("cut off: %v", err)
	}
	_, first := keys.Signer("node")
	_, last := keys.Signer("org-002")
	if errors.Is(first, ErrPassphrase) == errors.Is(last, ErrPassphrase) {
		t.Fatalf("it was not cut off in the middle: %v, %v", first, last)
	}
	for range 2 { // to its end, and once more
		if n, err := ChangePassphrase(dir, "旧口令", "新口令", rand.Reader); err != nil || n != 4 {
			t.Fatalf("%d %v", n, err)
		}
		holds("新口令")
	}
	if _, err := keys.Signer("node"); !errors.Is(err, ErrPassphrase) {
		t.Errorf("the old passphrase still opens: %v", err)
	}
}

// failingAfter gives random bytes until its measure is full.
type failingAfter struct {
	left int
	err  error
}

func (f *failingAfter) Read(b []byte) (int, error) {
	if f.left -= len(b); f.left < 0 {
		return 0, f.err
	}
	return rand.Read(b)
}

func TestFileSecret(t *testing.T) {
	path := filepath.Join(t.TempDir(), "master")
	made, err := FileSecret(path, "口令", rand.Reader)
	if err != nil || len(made) != 32 {
		t.Fatalf("%x, %v", made, err)
	}
	again, err := FileSecret(path, "口令", rand.Reader)
	if err != nil || !bytes.Equal(made, again) {
		t.Errorf("opened again: %x, %v", again, err)
	}
	if _, err := FileSecret(path, "错", rand.Reader); !errors.Is(err, ErrPassphrase) {
		t.Errorf("wrong passphrase: %v", err)
	}
}

func BenchmarkSign(b *testing.B) {
	s, msg := newSigner(b), make([]byte, 500)
	for b.Loop() {
		if _, err := s.Sign(msg); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkVerify(b *testing.B) {
	s, msg := newSigner(b), make([]byte, 500)
	sig, _ := s.Sign(msg)
	for b.Loop() {
		if !s.Public().Verify(msg, sig) {
			b.Fatal("refused")
		}
	}
}

func BenchmarkSum1K(b *testing.B) {
	data := make([]byte, 1024)
	b.SetBytes(1024)
	for b.Loop() {
		Sum(data)
	}
}

func b64(b []byte) string { return base64.StdEncoding.EncodeToString(b) }
