package act

import "mulu"

// Apply asks for an entry's data (Art. 20, 21).
type Apply struct {
	Entry string   `json:"entry" zh:"目录" en:"entry" ref:"entry"`
	Ask   mulu.Ask `json:"ask" zh:"申请" en:"ask"`
}

// AnswerApplication is the provider's answer: full, part (fewer items, narrower rows, shorter period, lower rate or
// volume) or refused, then with a statutory ground and an explanation (Art. 21(3)).
type AnswerApplication struct {
	Application string        `json:"application" zh:"申请" en:"application" ref:"application"`
	Decision    string        `json:"decision" zh:"决定" en:"decision" enum:"decision"` // full | part | refused
	Items       []string      `json:"items,omitempty" zh:"信息项" en:"items"`
	Rows        []mulu.Filter `json:"rows,omitempty" zh:"行范围" en:"rows"`
	Days        int           `json:"days,omitempty" zh:"天数" en:"days"`
	Ground      string        `json:"ground,omitempty" zh:"法定事由" en:"ground"`
	Explanation string        `json:"explanation,omitempty" zh:"说明" en:"explanation"`
	Rate        int           `json:"rate,omitempty" zh:"每分钟次数" en:"rate"`
	Volume      int           `json:"volume,omitempty" zh:"每日条数" en:"volume"`
}

// WithdrawApplication takes an unanswered application back.
type WithdrawApplication struct {
	Application string `json:"application" zh:"申请" en:"application" ref:"application"`
	Why         string `json:"why" zh:"理由" en:"why"`
}

// DeliverGrant says that the provider has made the data available for a grant (Art. 21(2)).
type DeliverGrant struct {
	Grant string `json:"grant" zh:"授权" en:"grant" ref:"grant"`
}

// EndGrant gives a grant up; the consumer says it.
type EndGrant struct {
	Grant string `json:"grant" zh:"授权" en:"grant" ref:"grant"`
	Why   string `json:"why" zh:"理由" en:"why"`
}

// SuspendGrant stops access under a grant at once, with reasons; provider or bureau.
type SuspendGrant struct {
	Grant string `json:"grant" zh:"授权" en:"grant" ref:"grant"`
	Why   string `json:"why" zh:"理由" en:"why"`
}

// ResumeGrant ends a suspension; whoever may suspend.
type ResumeGrant struct {
	Grant string `json:"grant" zh:"授权" en:"grant" ref:"grant"`
	Why   string `json:"why" zh:"理由" en:"why"`
}

func (*Apply) Kind() string               { return "application.submit" }
func (*AnswerApplication) Kind() string   { return "application.answer" }
func (*WithdrawApplication) Kind() string { return "application.withdraw" }
func (*DeliverGrant) Kind() string        { return "grant.deliver" }
func (*EndGrant) Kind() string            { return "grant.end" }
func (*SuspendGrant) Kind() string        { return "grant.suspend" }
func (*ResumeGrant) Kind() string         { return "grant.resume" }
