// Package script is the language in which the law's tests are written: a Chinese title, dates, acts in words, expected
// facts. The same file plays on bare law, on one node and on four. Its grammar is docs/law/scripts.md.
package script
