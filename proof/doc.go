// Package proof holds Merkle trees, proof files, and the offline check that says in words what failed; no CometBFT here,
// so that an auditor reads it in an hour.
//
// Reading order: tree.go (the record tree, RFC 6962 with SM3), checkpoint.go (what the nodes sign about it), anchor.go (whom the
// reader trusts), file.go (what a proof file holds), lines.go (what stands in its lines), verify.go and receipt.go (the steps).
// docs/formats.md gives every byte, so that a verifier can be written without this code; testdata/verify.py is one.
//
// What a proof shows and what not: a record proof shows that a quorum of the nodes in the trust anchor signed a tree that holds
// exactly these bytes at exactly this number. That all nodes of the quorum did not lie together is the reader's trust.
package proof
