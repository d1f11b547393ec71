package web

import (
	"slices"

	"mulu"
	"mulu/act"
	"mulu/desk"
	"mulu/people"
)

// A reasonAct is an act on something that needs nothing but a reason (or not even that). Its page says what follows and
// under which provision, takes the reason, and does it.
type reasonAct struct {
	Act     string // kind of act
	Noun    mulu.Kind
	Path    string // after the path of the noun's page
	Art     mulu.Cite
	Effects []string // what follows, in Chinese
	Reasons []string // common ones, to click
	Danger  bool     // cannot be taken back
	Bare    bool     // takes no reason
	Bureau  bool     // of what is nobody's own and the bureau's to say
	New     func(id, why string) act.Act
}

func reasonActs() []reasonAct {
	return []reasonAct{
		{Act: "entry.withdraw", Noun: mulu.KindEntry, Path: "withdraw", Art: "11.1",
			Effects: []string{"主管部门不再核定这次提交。", "新目录回到“已退回”，可以修改后重新提交；变更撤回后，现行版本继续有效。"},
			Reasons: []string{"内容有误，修改后重新提交", "职责调整，暂缓提交"},
			New:     func(id, why string) act.Act { return &act.WithdrawEntry{Entry: id, Why: why} }},
		{Act: "entry.suspend", Noun: mulu.KindEntry, Path: "suspend", Art: "16",
			Effects: []string{"暂停期间不受理新的共享申请，已有授权停止取数。", "目录仍可查到，标注为“已暂停”和理由；恢复后原有授权继续有效。"},
			Reasons: []string{"数据核对中", "来源系统停机升级", "数据质量问题整改中"},
			New:     func(id, why string) act.Act { return &act.SuspendEntry{Entry: id, Why: why} }},
		{Act: "entry.resume", Noun: mulu.KindEntry, Path: "resume", Art: "16",
			Effects: []string{"目录恢复发布，重新受理共享申请，原有授权可以继续取数。"},
			Reasons: []string{"数据核对完成", "来源系统已恢复", "问题已整改"},
			New:     func(id, why string) act.Act { return &act.ResumeEntry{Entry: id, Why: why} }},
		{Act: "entry.retire", Noun: mulu.KindEntry, Path: "retire", Art: "16", Danger: true,
			Effects: []string{"注销不能恢复；代码不再使用，历史版本和记录保留。", "与系统、库表的关联解除；待答复的申请终止，已有授权结束并通知申请单位。"},
			Reasons: []string{"数据不再产生", "已并入其他目录", "职责已划转其他机构"},
			New:     func(id, why string) act.Act { return &act.RetireEntry{Entry: id, Why: why} }},
		{Act: "dataset.disconnect", Noun: mulu.KindEntry, Path: "disconnect", Art: "15.1",
			Effects: []string{"授权仍在，但暂时取不到数据；重新连接或者装载数据后即可继续取数。", "汇聚汇通的内部时限重新起算。"},
			Reasons: []string{"数据源系统停用", "改为取数到平台", "数据源迁移"},
			New:     func(id, why string) act.Act { return &act.DisconnectDataset{Entry: id, Why: why} }},
		{Act: "duty.no_data", Noun: mulu.KindDuty, Path: "no-data", Art: "11.1",
			Effects: []string{"声明后，这项职责计入“已声明无数据”，不再提示编制数据目录。", "以后产生数据时，变更这项职责即可恢复。"},
			Reasons: []string{"内部事务，不产生公共数据", "只办理转办，不留存数据", "数据由上级系统产生和管理"},
			New:     func(id, why string) act.Act { return &act.DeclareNoData{Duty: id, Why: why} }},
		{Act: "duty.retire", Noun: mulu.KindDuty, Path: "retire", Art: "6.1.2", Danger: true,
			Effects: []string{"撤销不能恢复；职责不再列入四级目录，历史保留。", "其下的数据目录须先注销或改挂其他职责。"},
			Reasons: []string{"机构改革，职责已划出", "三定方案调整"},
			New:     func(id, why string) act.Act { return &act.RetireDuty{Duty: id, Why: why} }},
		{Act: "system.retire", Noun: mulu.KindSystem, Path: "retire", Art: "12", Danger: true,
			Effects: []string{"停用不能恢复；系统不再列入四级目录，历史保留。", "其下的库表须先撤销，挂接的数据目录须先解除。"},
			Reasons: []string{"系统已下线", "已并入新系统"},
			New:     func(id, why string) act.Act { return &act.RetireSystem{System: id, Why: why} }},
		{Act: "table.retire", Noun: mulu.KindTable, Path: "retire", Art: "12", Danger: true,
			Effects: []string{"撤销不能恢复；库表不再列入四级目录，历史保留。", "绑定的信息项须先解除。"},
			Reasons: []string{"表已停用", "已迁移到新表"},
			New:     func(id, why string) act.Act { return &act.RetireTable{Table: id, Why: why} }},
		{Act: "client.revoke", Noun: mulu.KindClient, Path: "revoke", Art: "38.2", Danger: true,
			Effects: []string{"撤销立即生效，网关拒绝它的下一次调用；令牌不能恢复。", "需要继续对接的，请另行登记，取得新的令牌。"},
			Reasons: []string{"令牌可能泄露", "系统已下线", "更换令牌"},
			New:     func(id, why string) act.Act { return &act.RevokeClient{Client: id, Why: why} }},
	}
}

// reasonRoutes are the pages and forms of the acts that need a reason. Who may open them is who may say the act.
func reasonRoutes() []Route {
	var all []Route
	for _, a := range slices.Concat(reasonActs(), shareReasons(), applyReasons()) {
		path := nounPath(a.Noun) + "/" + a.Path
		who := Only(slices.DeleteFunc(desk.Wanted(a.Act), func(r people.Role) bool { return r == people.Machine })...)
		who.Bureau = a.Bureau
		all = append(all, Route{"GET", path, who, false, func(v *visit) error { return v.reasonPage(a) }},
			Route{"POST", path, who, false, func(v *visit) error { return v.giveReason(a) }})
	}
	return all
}

// nounPath is the pattern of a noun's page.
func nounPath(k mulu.Kind) string {
	switch k {
	case mulu.KindEntry:
		return "/entries/{class}/{seq}"
	case mulu.KindDuty:
		return "/duties/{id}"
	case mulu.KindSystem:
		return "/systems/{id}"
	case mulu.KindTable:
		return "/tables/{id}"
	case mulu.KindApplication:
		return "/applications/{id}"
	case mulu.KindDispute:
		return "/cases/{id}"
	case mulu.KindGrant:
		return "/grants/{id}"
	case mulu.KindObjection:
		return "/objections/{id}"
	case mulu.KindReview:
		return "/reviews/{id}"
	case mulu.KindFinding:
		return "/findings/{id}"
	case mulu.KindCodeSet:
		return "/standards/codes/{id}"
	case mulu.KindPurchase:
		return "/purchases/{id}"
	}
	return "/clients/{id}"
}

// reasonPage is the page of a reasonAct. Will counts what would happen; Blocked says why nothing can.
type reasonPage struct {
	form
	Act     reasonAct
	ID      string
	Name    string
	Back    string
	Will    []happening
	Blocked *trouble
	Links   int
}

// happening is how often something would happen.
type happening struct {
	Fact  string
	Count int
}

func (v *visit) reason(a reasonAct) (*reasonPage, error) {
	p := &reasonPage{form: v.typed(), Act: a, ID: v.R.PathValue("id")}
	if a.Noun == mulu.KindEntry {
		p.ID = v.R.PathValue("class") + "/" + v.R.PathValue("seq")
	}
	n, err := v.Read.Noun(v.R.Context(), a.Noun, p.ID)
	if err != nil {
		return nil, err
	}
	if !v.concerns(n) {
		return nil, errAbsent
	}
	p.Name, p.Back = n.Name, thing(a.Noun, p.ID)
	if p.Name == "" {
		p.Name = v.t("{0} {1}", mulu.Say(string(a.Noun), v.Lang), p.ID)
	}
	if a.Noun == mulu.KindClient {
		p.Back = "/clients"
	}
	return p, nil
}

func (v *visit) reasonPage(a reasonAct) error {
	p, err := v.reason(a)
	if err != nil {
		return err
	}
	facts, no := v.Desk.Preview(v.by(), a.New(p.ID, v.t("理由")))
	if no != nil {
		p.Blocked = v.trouble(no)
	}
	for _, f := range facts {
		if at := slices.IndexFunc(p.Will, func(h happening) bool { return h.Fact == f.Kind }); at >= 0 {
			p.Will[at].Count++
		} else {
			p.Will = append(p.Will, happening{f.Kind, 1})
		}
	}
	return v.show("reason", p)
}

func (v *visit) giveReason(a reasonAct) error {
	p, err := v.reason(a)
	if err != nil {
		return err
	}
	done, err := v.say(a.New(p.ID, v.text("why")))
	if err != nil {
		return v.again("reason", &p.form, p, err)
	}
	return v.did(done, p.Back)
}
