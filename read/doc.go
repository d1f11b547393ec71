// Package read is SQL read models that follow the facts; every list, count and search.
//
// One SQLite file holds what the records of the chain add up to. It is never the truth: it can be dropped at any
// moment and comes back the same from the records (Rebuild, Digest). The invariants stand in DESIGN.md.
package read
