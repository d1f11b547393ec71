// Package source reaches data that stays with its owner: a PostgreSQL, MySQL or MariaDB database, a SQLite file, an HTTP API.
//
// A connection says where a source is and as whom to come; its secret stands in the vault and nowhere else. A binding
// says which table or path of a connection an entry's items come from. Both are the operator's; nothing that a consumer
// sends becomes part of a statement or an address except as a bound value.
//
// Four things hold whatever a source does. Only listed addresses are dialled, looked at after names were resolved. A
// source is only read: sessions are read-only, statements are SELECT. Nothing waits without end: statements, connections
// and answers have bounds in time and size, and a source that keeps failing is left alone for a while. What an answer
// gives is what the catalog says: values come as text with all their digits, filters are compared here once more, a value
// that does not fit its item is withheld.
package source
