package act

import (
	"encoding/json"
	"fmt"

	"mulu"
)

// Word is one kind of act: its name on the wire, its word in Chinese and English, and an empty one to read into.
// Kinds are for ever: one that falls out of use stays listed as Retired and is refused by name.
type Word struct {
	Kind    string
	Zh, En  string
	Retired bool
	New     func() Act
}

// Words lists every kind of act, in the order of the articles they serve.
func Words() []Word { return words }

var words = []Word{
	word[RegisterOrg](),
	word[AmendOrg](),
	word[JoinChain](),
	word[CloseOrg](),
	word[RotateKey](),
	word[RevokeKey](),
	word[ReplaceKey](),
	word[PublishCalendar](),
	word[AdoptProfile](),
	word[AdvanceClock](),
	word[SetTerm](),
	word[AdmitNode](),
	word[DismissNode](),
	word[RegisterDuty](),
	word[AmendDuty](),
	word[DeclareNoData](),
	word[RetireDuty](),
	word[RegisterSystem](),
	word[AmendSystem](),
	word[RetireSystem](),
	word[RegisterTable](),
	word[AmendTable](),
	word[RetireTable](),
	word[LinkSystem](),
	word[UnlinkSystem](),
	word[BindItem](),
	word[UnbindItem](),
	word[SubmitEntry](),
	word[WithdrawEntry](),
	word[ReturnEntry](),
	word[VerifyEntry](),
	word[ChangeEntry](),
	word[SuspendEntry](),
	word[ResumeEntry](),
	word[RetireEntry](),
	word[PublishElement](),
	word[ReviseElement](),
	word[AbolishElement](),
	word[PublishCodeSet](),
	word[ReviseCodeSet](),
	word[AbolishCodeSet](),
	word[PublishDataset](),
	word[ConnectDataset](),
	word[DisconnectDataset](),
	word[SetLoadTerms](),
	word[FilePurchase](),
	word[AmendPurchase](),
	word[ServePurchase](),
	word[GroundPurchase](),
	word[EndPurchase](),
	word[Apply](),
	word[AnswerApplication](),
	word[WithdrawApplication](),
	word[DeliverGrant](),
	word[EndGrant](),
	word[SuspendGrant](),
	word[ResumeGrant](),
	word[OpenDispute](),
	word[HearDispute](),
	word[ConcludeDispute](),
	word[WithdrawDispute](),
	word[OpenReview](),
	word[ConfirmReview](),
	word[ReportUse](),
	word[FlagUse](),
	word[ExplainUse](),
	word[FileObjection](),
	word[CheckObjection](),
	word[AnswerObjection](),
	word[ExtendObjection](),
	word[WithdrawObjection](),
	word[EnterMisuse](),
	word[RaiseFinding](),
	word[WithdrawFinding](),
	word[RegisterClient](),
	word[RevokeClient](),
	word[AnchorReceipts](),
	word[Tick](),
}

func word[T any, P interface {
	*T
	Act
}]() Word {
	kind := P(new(T)).Kind()
	return Word{Kind: kind, Zh: mulu.ActTitle(kind, "zh"), En: mulu.ActTitle(kind, "en"), New: func() Act { return P(new(T)) }}
}

// Find gives the word of a kind.
func Find(kind string) (Word, bool) {
	for _, w := range words {
		if w.Kind == kind {
			return w, true
		}
	}
	return Word{}, false
}

// Decode reads the body of an act of the given kind, in canonical form only.
func Decode(kind string, body json.RawMessage) (Act, error) {
	w, ok := Find(kind)
	if !ok {
		return nil, &Malformed{"kind", fmt.Sprintf("this program knows no act of kind %q", kind)}
	}
	a := w.New()
	if err := DecodeCanonical(body, a); err != nil {
		return nil, &Malformed{"body", kind + ": " + err.Error()}
	}
	return a, nil
}

// Notice is the first line of a record that nobody signed because the chain made it by its rules: kind "genesis"
// (record 0) or "alarm" (a deadline that fell due). Its second line is empty.
type Notice struct {
	V     int             `json:"v"`
	Chain string          `json:"chain"`
	Kind  string          `json:"kind"`
	Act   json.RawMessage `json:"act"`
}
