package web

import "mulu"

// Law is the regulation as the program executes it; the door hands it in.
type Law interface {
	Articles() []Article
	Editions() []Edition
	Protections() []Protection
	InternalTerms() []InternalTerm
	Limits() []Limit
	Script(name string) (text string, ok bool) // a test that a reading names
}

// Protection is what a grade allows (Art. 38(1)): sharing types, opening types and ways its items may be had, as codes.
type Protection struct {
	Grade                     int
	Sharing, Opening, Methods []string
}

// Limit is how often and how much a grant gives out by a method, where Grade is the highest of its items: calls a minute and
// rows a day, what is usual, and the most that can be asked for (Art. 24).
type Limit struct {
	Grade                int
	Method               string
	Rate, Volume         int
	MostRate, MostVolume int
}

// Article is one article of the official text with what is made of it.
type Article struct {
	Number     int
	Chapter    string
	Paragraphs []Paragraph
	Readings   []Reading
	Ways       []Way
}

// Paragraph is one 款 with its 项.
type Paragraph struct {
	Text   string
	Points []string
}

// Reading is how a rule reads the text where it is silent. Tests are names of scripts; Reason says why there is no rule.
type Reading struct {
	Zh, En string
	Tests  []string
	Reason string
}

// Way is one step that a noun can take: From "" is its beginning, On a kind of act, or with Alarm a deadline.
type Way struct {
	Noun     mulu.Kind
	From, On string
	By       []string
	To       string
	Cite     mulu.Cite
	Alarm    bool
}

// Edition is one dated set of terms, in working days: Reply to answer a conditional application and AtOnce an unconditional
// one (0: at once), Deliver to complete sharing, Object to check an objection. Silence says that no answer is consent.
type Edition struct {
	Name, Zh, En   string
	Reply, Deliver int
	From           string // receipt | consent
	Silence        bool
	Source         string
	InForce        bool
	AtOnce, Object int
}

// InternalTerm is a term that the bureau may set (内部时限): its preset, the bounds of a value, and what it carries out. An
// interval counts months, the rest working days; see mulu.TermNames.
type InternalTerm struct {
	Name               string
	Value, Least, Most int
	Cite               mulu.Cite
}
