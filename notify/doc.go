// Package notify reminds people of what waits for them: in the pages, by mail, and machines by webhook.
//
// It follows the facts of the read model by a cursor of its own and looks at open deadlines by the law's clock. What it says
// comes from a closed list of occasions, each with a sentence in both languages whose places are filled with numbers, names of
// entries and institutions, dates and paths; nothing that somebody typed as a text and nobody's name is among them. The
// invariants stand in DESIGN.md.
package notify
