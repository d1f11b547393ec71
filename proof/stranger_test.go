package proof

import (
	"bytes"
	"os/exec"
	"strings"
	"testing"
)

// opensslSM3 is the digest as the OpenSSL command line gives it, in hex.
func opensslSM3(t testing.TB, data []byte) string {
	t.Helper()
	cmd := exec.Command(tool(t, "openssl"), "dgst", "-sm3", "-r")
	cmd.Stdin = bytes.NewReader(data)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("openssl dgst -sm3: %v", err)
	}
	digest, _, _ := strings.Cut(string(out), " ")
	return digest
}

// tool finds a program of the stranger's; without it the test fails, because a check that is not made proves nothing.
func tool(t testing.TB, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Fatalf("this test checks our proofs with tools that are not ours and needs %s: install it (Debian: apt-get install openssl python3)", name)
	}
	return path
}
