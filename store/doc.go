// Package store opens the small SQLite files in which a node keeps what is its own: accounts, drafts, reminders, loads. A file
// belongs to one room, carries its mark and the version of its tables, and is brought to this program's version step by step.
package store
