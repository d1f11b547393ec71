// Package scan looks at a database or a folder of files and says what tables are there: 库表目录, the fourth level of the catalog.
//
// It compares what it finds with what is registered, and says what came, went and changed; it proposes which column holds
// which item of an entry, with reasons. A person confirms both: scan changes nothing, here or there. Values of rows are
// looked at to tell what a column holds and are kept nowhere.
package scan
