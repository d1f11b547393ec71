package web

import (
	"encoding/json"

	"mulu"
	"mulu/act"
	"mulu/read"
)

// shareReasons are the acts of sharing that need nothing but a reason, or not even that.
func shareReasons() []reasonAct {
	return []reasonAct{
		{Act: "grant.deliver", Noun: mulu.KindGrant, Path: "deliver", Art: "21.2", Bare: true,
			Effects: []string{"使用单位从现在起可以取数，交付期限不再计算。", "使用情况报告的间隔自交付之日起算。"},
			New:     func(id, _ string) act.Act { return &act.DeliverGrant{Grant: id} }},
		{Act: "grant.suspend", Noun: mulu.KindGrant, Path: "suspend", Art: "24",
			Effects: []string{"网关从下一次调用起拒绝；授权期和交付期限照常计算。", "使用单位会看到理由，可以提请主管部门协调；主管部门暂停的，由主管部门恢复。"},
			Reasons: []string{"发现异常使用，正在核实", "使用单位人员名单待更新", "数据安全事件处置中"},
			New:     func(id, why string) act.Act { return &act.SuspendGrant{Grant: id, Why: why} }},
		{Act: "grant.resume", Noun: mulu.KindGrant, Path: "resume", Art: "24",
			Effects: []string{"网关从下一次调用起恢复提供数据，授权期不延长。"},
			Reasons: []string{"已核实，使用正常", "问题已整改"},
			New:     func(id, why string) act.Act { return &act.ResumeGrant{Grant: id, Why: why} }},
		{Act: "grant.end", Noun: mulu.KindGrant, Path: "end", Art: "24", Danger: true,
			Effects: []string{"授权立即结束，不能恢复；仍需要的，须重新申请。", "已交付过数据的，须提交最后一次使用情况报告；回执和记录保留。"},
			Reasons: []string{"业务已办结，不再需要", "改用其他授权"},
			New:     func(id, why string) act.Act { return &act.EndGrant{Grant: id, Why: why} }},
		{Act: "objection.check", Noun: mulu.KindObjection, Path: "check", Art: "25.1", Bare: true,
			Effects: []string{"异议单位和主管部门会看到核查已经开始；办理期限照常计算。"},
			New:     func(id, _ string) act.Act { return &act.CheckObjection{Objection: id} }},
		{Act: "objection.withdraw", Noun: mulu.KindObjection, Path: "withdraw", Art: "25.1", Danger: true,
			Effects: []string{"异议结束，提供单位不再核查；仍有疑问的，可以另行提出。"},
			Reasons: []string{"经核对，数据无误", "已与提供单位当面核实"},
			New:     func(id, why string) act.Act { return &act.WithdrawObjection{Objection: id, Why: why} }},
		{Act: "review.confirm", Noun: mulu.KindReview, Path: "confirm", Art: "23",
			Effects: []string{"共享属性保持不变，理由公开在研究记录中。", "下一次研究的间隔自今日起算。"},
			Reasons: []string{"共享条件未变化，现行属性仍然适当", "涉及个人信息，仍须按条件共享"},
			New:     func(id, why string) act.Act { return &act.ConfirmReview{Review: id, Why: why} }},
		{Act: "review.open", Noun: mulu.KindEntry, Path: "review", Art: "23",
			Effects: []string{"提供单位须在内部时限内研究共享属性：确认不变并说明理由，或提交变更。", "研究期间目录和已有授权照常有效。"},
			Reasons: []string{"多家单位申请，研究是否调整为无条件共享", "法规调整，共享条件需要复核"},
			New:     func(id, why string) act.Act { return &act.OpenReview{Entry: id, Why: why} }},
		{Act: "code_set.abolish", Noun: mulu.KindCodeSet, Path: "abolish", Art: "13", Danger: true, Bureau: true,
			Effects: []string{"废止不能恢复；数据元不能再引用这个代码集，历史版本保留。"},
			Reasons: []string{"国家标准已更新，改用新的代码集", "已并入其他代码集"},
			New:     func(id, why string) act.Act { return &act.AbolishCodeSet{CodeSet: id, Why: why} }},
		{Act: "purchase.end", Noun: mulu.KindPurchase, Path: "end", Art: "17", Danger: true,
			Effects: []string{"备案终止，不再需要提供接口或者依据；记录保留。", "数据目录和已有授权不随之变动；目录不再提供的，请另行注销。"},
			Reasons: []string{"合同期满，不再采购", "合同解除", "数据已按约定删除"},
			New:     func(id, why string) act.Act { return &act.EndPurchase{Purchase: id, Why: why} }},
		{Act: "finding.withdraw", Noun: mulu.KindFinding, Path: "withdraw", Art: "41.1", Danger: true,
			Effects: []string{"这项问题注明为误提，不再计入该单位的问题；记录保留。"},
			Reasons: []string{"经核实，逾期由系统停机造成", "事实认定有误"},
			New:     func(id, why string) act.Act { return &act.WithdrawFinding{Finding: id, Why: why} }},
	}
}

// concerns tells whether something is of the institution of who looks, as owner or as a party, or of the bureau's business.
func (v *visit) concerns(n read.Noun) bool {
	if v.own(n.Org) || v.bureau() {
		return true
	}
	var s struct{ Consumer, Provider, Party string }
	return json.Unmarshal(n.State, &s) == nil && (v.own(s.Consumer) || v.own(s.Provider) || v.own(s.Party))
}
