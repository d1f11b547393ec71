// Package gateway is governed access: grant, scope, grade, mask, rate; a signed receipt for every call, refused ones too; anchoring.
//
// A call passes the same stations in the same order, whatever it asks: who (the machine's token) → grant from the
// committed state → entry, items, row scope, rate → grade → source → mask → receipt on disk → answer. No row leaves
// before its receipt is durable, and where receipts cannot be written nothing is served. DESIGN.md states the invariants.
package gateway
