package gateway

import "mulu"

// Giving says in a word how an item of an entry leaves, for pages: "plain", "masked", or "withheld" where only a yes/no check
// can be had of it.
func Giving(c *mulu.EntryContent, i mulu.Item) string {
	switch givingOf(c, i) {
	case plain:
		return "plain"
	case masked:
		return "masked"
	}
	return "withheld"
}
