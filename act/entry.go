package act

import "mulu"

// SubmitEntry hands a new data entry, or one that was returned, to the bureau for verification (Art. 11).
// Entry names the returned one; it is empty for a new one, whose code the rules then make.
type SubmitEntry struct {
	Entry   string            `json:"entry,omitempty" zh:"目录" en:"entry" ref:"entry"`
	Content mulu.EntryContent `json:"content" zh:"内容" en:"content"`
}

// WithdrawEntry takes back what was handed in and is not yet verified.
type WithdrawEntry struct {
	Entry string `json:"entry" zh:"目录" en:"entry" ref:"entry"`
	Why   string `json:"why" zh:"理由" en:"why"`
}

// ReturnEntry sends a submission back with reasons; the bureau says it.
type ReturnEntry struct {
	Entry string `json:"entry" zh:"目录" en:"entry" ref:"entry"`
	Why   string `json:"why" zh:"理由" en:"why"`
}

// VerifyEntry verifies and publishes (核定). Override gives the reasons where the bureau lets an entry that is not
// shared stand without a legal basis ("原则上" in Art. 19).
type VerifyEntry struct {
	Entry    string `json:"entry" zh:"目录" en:"entry" ref:"entry"`
	Override string `json:"override,omitempty" zh:"例外理由" en:"override"`
}

// ChangeEntry states a published entry's content anew. The rules tell a material change (verified again) from wording.
// From is the version it was written against, so that two changes do not overwrite each other.
type ChangeEntry struct {
	Entry   string            `json:"entry" zh:"目录" en:"entry" ref:"entry"`
	From    int               `json:"from" zh:"原版本" en:"from"`
	Content mulu.EntryContent `json:"content" zh:"内容" en:"content"`
}

// SuspendEntry stops new applications and running access for a while, with reasons.
type SuspendEntry struct {
	Entry string `json:"entry" zh:"目录" en:"entry" ref:"entry"`
	Why   string `json:"why" zh:"理由" en:"why"`
}

// ResumeEntry ends a suspension.
type ResumeEntry struct {
	Entry string `json:"entry" zh:"目录" en:"entry" ref:"entry"`
	Why   string `json:"why" zh:"理由" en:"why"`
}

// RetireEntry ends an entry for good; its history stays, running grants end.
type RetireEntry struct {
	Entry string `json:"entry" zh:"目录" en:"entry" ref:"entry"`
	Why   string `json:"why" zh:"理由" en:"why"`
}

func (*SubmitEntry) Kind() string   { return "entry.submit" }
func (*WithdrawEntry) Kind() string { return "entry.withdraw" }
func (*ReturnEntry) Kind() string   { return "entry.return" }
func (*VerifyEntry) Kind() string   { return "entry.verify" }
func (*ChangeEntry) Kind() string   { return "entry.change" }
func (*SuspendEntry) Kind() string  { return "entry.suspend" }
func (*ResumeEntry) Kind() string   { return "entry.resume" }
func (*RetireEntry) Kind() string   { return "entry.retire" }
