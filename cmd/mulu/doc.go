// Command mulu is the door: configuration, wiring, commands.
package main
