package mulu

// Term (内部时限) is a term or interval that the bureau sets where the regulation says "定期" or "及时" without a number.
// It is shown as internal, never as the law's.
type Term struct {
	ID    string `json:"id"`    // see TermNames
	Value int    `json:"value"` // in the unit that its name in TermNames says
	Since string `json:"since"` // RFC 3339
	Why   string `json:"why"`
}

func (*Term) Kind() Kind          { return KindTerm }
func (t *Term) Key() string       { return t.ID }
func (t *Term) Standing() string  { return "set" }
func (t *Term) Indexes() []string { return nil }
