package law

import "mulu"

// Role is what somebody is towards a noun, where that decides who may walk a way.
type Role string

// The roles. TheLaw walks by rule: an alarm, or the direct consequence of an act whose own way was checked.
const (
	Bureau   Role = "bureau"   // 主管部门
	Owner    Role = "owner"    // 本机构
	Provider Role = "provider" // 提供单位
	Consumer Role = "consumer" // 申请单位
	Opener   Role = "opener"   // 提请人
	Member   Role = "node"     // 链节点
	TheLaw   Role = "law"      // 规则自动执行
)

// Way is one step a noun can take: from a standing, on an act or alarm, by whom, to a standing, under which provision.
type Way struct {
	Noun mulu.Kind
	From string // "" = not yet there
	On   string // kind of act, or name of alarm
	By   []Role
	To   string
	Cite mulu.Cite
}

// Ways lists every way of every noun, article by article.
func Ways() []Way {
	var all []Way
	for _, w := range [][]Way{orgWays, keyWays, clientWays, bureauWays, nodeWays, dutyWays, systemWays, tableWays, linkWays,
		entryWays, datasetWays, loadTermsWays, applicationWays, grantWays, disputeWays, receiptsWays,
		termWays, reviewWays, useWays, objectionWays, findingWays, standardWays, purchaseWays} {
		all = append(all, w...)
	}
	return all
}

// ways of one kind of noun, without copying: looked up for every fact.
func waysOfKind(k mulu.Kind) [][]Way {
	switch k {
	case mulu.KindOrg:
		return [][]Way{orgWays}
	case mulu.KindKey:
		return [][]Way{keyWays}
	case mulu.KindClient:
		return [][]Way{clientWays}
	case mulu.KindCalendar, mulu.KindClock, mulu.KindProfile:
		return [][]Way{bureauWays}
	case mulu.KindNode:
		return [][]Way{nodeWays}
	case mulu.KindDuty:
		return [][]Way{dutyWays}
	case mulu.KindSystem:
		return [][]Way{systemWays}
	case mulu.KindTable:
		return [][]Way{tableWays}
	case mulu.KindLink:
		return [][]Way{linkWays}
	case mulu.KindEntry:
		return [][]Way{entryWays}
	case mulu.KindDataset:
		return [][]Way{datasetWays}
	case mulu.KindLoadTerms:
		return [][]Way{loadTermsWays}
	case mulu.KindApplication:
		return [][]Way{applicationWays}
	case mulu.KindGrant:
		return [][]Way{grantWays}
	case mulu.KindDispute:
		return [][]Way{disputeWays}
	case mulu.KindReceipts:
		return [][]Way{receiptsWays}
	case mulu.KindTerm:
		return [][]Way{termWays}
	case mulu.KindReview:
		return [][]Way{reviewWays}
	case mulu.KindUseReport, mulu.KindUseFlag:
		return [][]Way{useWays}
	case mulu.KindObjection:
		return [][]Way{objectionWays}
	case mulu.KindFinding:
		return [][]Way{findingWays}
	case mulu.KindElement, mulu.KindCodeSet:
		return [][]Way{standardWays}
	case mulu.KindPurchase:
		return [][]Way{purchaseWays}
	}
	return nil
}

func way(k mulu.Kind, from, on, to string) (Way, bool) {
	for _, list := range waysOfKind(k) {
		for _, w := range list {
			if w.Noun == k && w.From == from && w.On == on && w.To == to {
				return w, true
			}
		}
	}
	return Way{}, false
}

// waysOf gives a provision under which a noun of the kind is touched by an act at all, to name it in a refusal.
func waysOf(k mulu.Kind, on string) mulu.Cite {
	for _, list := range waysOfKind(k) {
		for _, w := range list {
			if w.Noun == k && w.On == on {
				return w.Cite
			}
		}
	}
	return cite(3, 3)
}
