// Package law is the regulation executed: pure rules by article, ways of each noun, alarms, editions.
//
// Nothing here reads a clock, draws a number, starts a goroutine, walks a map or touches the world outside:
// the same state, act and block time give the same facts on every node, today and in ten years.
// Each article that has rules has a file of its own; the official text is data, once, in regulation.zh.txt.
package law
