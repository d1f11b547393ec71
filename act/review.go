package act

// SetTerm sets an internal term (内部时限): months of an interval, or working days.
type SetTerm struct {
	Term  string `json:"term" zh:"时限" en:"term" enum:"term"`
	Value int    `json:"value" zh:"数值" en:"value"`
	Why   string `json:"why" zh:"理由" en:"why"`
}

// OpenReview calls for a study of an entry's sharing attribute before its interval has passed (Art. 23).
type OpenReview struct {
	Entry string `json:"entry" zh:"目录" en:"entry" ref:"entry"`
	Why   string `json:"why" zh:"理由" en:"why"`
}

// ConfirmReview lets the sharing attribute stand, with reasons. To change it is to change the entry.
type ConfirmReview struct {
	Review string `json:"review" zh:"研究" en:"review" ref:"review"`
	Why    string `json:"why" zh:"理由" en:"why"`
}

func (*SetTerm) Kind() string       { return "term.set" }
func (*OpenReview) Kind() string    { return "review.open" }
func (*ConfirmReview) Kind() string { return "review.confirm" }
