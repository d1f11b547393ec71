// Package desk is the only way to do something: may this person, seal, try, sign, submit, wait until it can be read.
//
// A refusal is known before anything is signed, because the act is tried on committed state first; it may still be
// refused in its block, when another act came before it, and then the record says so. What the chain has accepted is
// done even if nobody waits for it.
package desk
