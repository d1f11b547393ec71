// Package act holds the verbs: one type per thing that can be said to the chain; exact bytes; signature.
//
// An act travels as two lines: the statement (deterministic JSON) and the signature over exactly those bytes.
// Nothing is ever re-encoded to be verified. A statement that is not in its one canonical form is refused,
// so an act has exactly one wire form and its id, the SM3 of the statement, cannot be varied.
//
// Field tags: json is the wire name, zh and en the words a script, a form or a manual uses, ref the kind of noun
// the field names (scripts then accept its name instead of its id).
package act
