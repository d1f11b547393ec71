package law

import (
	"mulu"
	"mulu/act"
)

// rule finds the rule of an act. It is the whole list of what can be said: an act without a line here does nothing.
func (b *book) rule(a act.Act) *mulu.Refusal {
	switch a := a.(type) {
	case *act.RegisterOrg:
		return registerOrg(b, a)
	case *act.AmendOrg:
		return amendOrg(b, a)
	case *act.JoinChain:
		return joinChain(b, a)
	case *act.CloseOrg:
		return closeOrg(b, a)
	case *act.RotateKey:
		return rotateKey(b, a)
	case *act.RevokeKey:
		return revokeKey(b, a)
	case *act.ReplaceKey:
		return replaceKey(b, a)
	case *act.RegisterClient:
		return registerClient(b, a)
	case *act.RevokeClient:
		return revokeClient(b, a)
	case *act.PublishCalendar:
		return publishCalendar(b, a)
	case *act.AdoptProfile:
		return adoptProfile(b, a)
	case *act.AdvanceClock:
		return advanceClock(b, a)
	case *act.AdmitNode:
		return admitNode(b, a)
	case *act.DismissNode:
		return dismissNode(b, a)
	case *act.AnchorReceipts:
		return anchorReceipts(b, a)
	case *act.RegisterDuty:
		return registerDuty(b, a)
	case *act.AmendDuty:
		return amendDuty(b, a)
	case *act.DeclareNoData:
		return declareNoData(b, a)
	case *act.RetireDuty:
		return retireDuty(b, a)
	case *act.RegisterSystem:
		return registerSystem(b, a)
	case *act.AmendSystem:
		return amendSystem(b, a)
	case *act.RetireSystem:
		return retireSystem(b, a)
	case *act.RegisterTable:
		return registerTable(b, a)
	case *act.AmendTable:
		return amendTable(b, a)
	case *act.RetireTable:
		return retireTable(b, a)
	case *act.LinkSystem:
		return linkSystem(b, a)
	case *act.UnlinkSystem:
		return unlinkSystem(b, a)
	case *act.BindItem:
		return bindItem(b, a)
	case *act.UnbindItem:
		return unbindItem(b, a)
	case *act.SubmitEntry:
		return submitEntry(b, a)
	case *act.WithdrawEntry:
		return withdrawEntry(b, a)
	case *act.ReturnEntry:
		return returnEntry(b, a)
	case *act.VerifyEntry:
		return verifyEntry(b, a)
	case *act.ChangeEntry:
		return changeEntry(b, a)
	case *act.SuspendEntry:
		return suspendEntry(b, a)
	case *act.ResumeEntry:
		return resumeEntry(b, a)
	case *act.RetireEntry:
		return retireEntry(b, a)
	case *act.PublishElement:
		return publishElement(b, a)
	case *act.ReviseElement:
		return reviseElement(b, a)
	case *act.AbolishElement:
		return abolishElement(b, a)
	case *act.PublishCodeSet:
		return publishCodeSet(b, a)
	case *act.ReviseCodeSet:
		return reviseCodeSet(b, a)
	case *act.AbolishCodeSet:
		return abolishCodeSet(b, a)
	case *act.PublishDataset:
		return publishDataset(b, a)
	case *act.FilePurchase:
		return filePurchase(b, a)
	case *act.AmendPurchase:
		return amendPurchase(b, a)
	case *act.ServePurchase:
		return servePurchase(b, a)
	case *act.GroundPurchase:
		return groundPurchase(b, a)
	case *act.EndPurchase:
		return endPurchase(b, a)
	case *act.ConnectDataset:
		return connectDataset(b, a)
	case *act.DisconnectDataset:
		return disconnectDataset(b, a)
	case *act.SetLoadTerms:
		return setLoadTerms(b, a)
	case *act.Apply:
		return apply(b, a)
	case *act.AnswerApplication:
		return answerApplication(b, a)
	case *act.WithdrawApplication:
		return withdrawApplication(b, a)
	case *act.DeliverGrant:
		return deliverGrant(b, a)
	case *act.EndGrant:
		return endGrant(b, a)
	case *act.SuspendGrant:
		return suspendGrant(b, a)
	case *act.ResumeGrant:
		return resumeGrant(b, a)
	case *act.OpenDispute:
		return openDispute(b, a)
	case *act.HearDispute:
		return hearDispute(b, a)
	case *act.ConcludeDispute:
		return concludeDispute(b, a)
	case *act.WithdrawDispute:
		return withdrawDispute(b, a)
	case *act.SetTerm:
		return setTerm(b, a)
	case *act.OpenReview:
		return openReview(b, a)
	case *act.ConfirmReview:
		return confirmReview(b, a)
	case *act.ReportUse:
		return reportUse(b, a)
	case *act.FlagUse:
		return flagUse(b, a)
	case *act.ExplainUse:
		return explainUse(b, a)
	case *act.FileObjection:
		return fileObjection(b, a)
	case *act.CheckObjection:
		return startCheck(b, a)
	case *act.AnswerObjection:
		return answerObjection(b, a)
	case *act.ExtendObjection:
		return extendObjection(b, a)
	case *act.WithdrawObjection:
		return withdrawObjection(b, a)
	case *act.EnterMisuse:
		return enterMisuse(b, a)
	case *act.RaiseFinding:
		return raiseFinding(b, a)
	case *act.WithdrawFinding:
		return withdrawFinding(b, a)
	case *act.Tick:
		return tick(b)
	}
	return refuse(cite(3, 3), "no_rule", a.Kind())
}

// wake finds the rule of an alarm.
func (b *book) wake(a Alarm) *mulu.Refusal {
	switch a.Name {
	case answerDue:
		return unanswered(b, a.ID)
	case deliveryDue:
		return undelivered(b, a.ID)
	case expired:
		return expire(b, a.ID)
	case caseDue:
		return uncorrected(b, a.ID)
	case reviewDue:
		return reviewFalls(b, a.ID)
	case reviewLate:
		return unreviewed(b, a.ID)
	case reportDue:
		return reportFalls(b, a.ID, a.At)
	case reportLate:
		return unreported(b, a.ID)
	case objectionDue:
		return unchecked(b, a.ID)
	case gatherDue:
		return ungathered(b, a.ID)
	case updateDue:
		return notUpdated(b, a.ID)
	case purchaseLate:
		return unfinished(b, a.ID)
	}
	return refuse(cite(3, 3), "no_rule", a.Name)
}

// tick: Art. 3(3): rules execute by themselves. A tick only makes a block happen in which due alarms wake; it states
// nothing of its own, and with nothing due it is refused so that an idle chain stays idle.
func tick(b *book) *mulu.Refusal {
	if b.speaker.node == "" {
		return refuse(cite(3, 3), "not_yours", "@tick", "@node")
	}
	if len(Due(b.st, b.at, 1)) == 0 {
		return refuse(cite(3, 3), "nothing_due")
	}
	return nil
}
