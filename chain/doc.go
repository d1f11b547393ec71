// Package chain is the machine: CometBFT in process, state, record tree, alarms, snapshots; Try, Submit, Facts.
//
// An act goes through Submit: its signature is checked once, its bytes are made durable in the outbox, and it is
// offered to consensus. The block that holds it is executed by machine.go, which asks the law and keeps what comes of
// it (state, records, tree, heights, the outbox's deletions) in one Pebble batch. DESIGN.md states the invariants.
//
// CometBFT is seen by few files: app.go (its questions to the machine, delegating lines), engine.go and dial.go (its
// node), blocks.go, keys.go and dbs.go (its files) and gossip.go (our channel between nodes). The rest of the room does not know it.
//
// Of CometBFT's two mempools this room uses the classic one (a list with a CheckTx per entry). The one that asks the
// application (InsertTx, ReapTxs) never announces that transactions are available, so that with
// create_empty_blocks=false it would never make a block; it also hands acts to peers on a polling interval.
// The classic one wakes consensus at once and gossips as an act arrives; that it forgets on a crash does not matter,
// because the outbox remembers.
package chain
