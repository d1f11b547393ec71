// Package pgtest starts a PostgreSQL server of its own for tests and measurements: a new cluster in a temporary folder,
// reached only through a socket in that folder, owned by an ordinary user, gone afterwards. Nothing of the program uses it.
package pgtest
