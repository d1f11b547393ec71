package main

import (
	"mulu"
	"mulu/act"
	"mulu/law/script"
)

// sharing tells two months of applications, answers and silence, so that every state of chapter 4 can be looked at: what
// was granted at once and after an answer, in part, by silence, refused and in coordination, late in delivery, withdrawn,
// objected to, and what waits for its answer today.
func (t *story) sharing() {
	civil, schools, police, health := "区民政局", "区教委", "西城公安分局", "区卫生健康委"
	disabled, street, market := "区残联", "月坛街道", "区市场监管局"
	houses, land := "区住房城市建设委", "市规自委西城分局"
	bureau := script.Bureau

	t.at(41, "09:30")
	t.does(bureau, &act.SetTerm{Term: "report_interval", Value: 1, Why: "共享工作起步阶段，使用情况按月报告"})

	t.at(34, "10:10") // Art. 20: granted in its block
	byRule := t.applies(schools, demoStreets, mulu.Ask{Scenario: "学区划分", Scope: "本委基教科", Duty: "义务教育法第十二条", Method: "query", Days: 365})
	t.uses(user{org: schools, client: demoClient, grant: t.grant(byRule), verb: "query", purpose: "学区划分", often: 2})
	t.at(34, "14:25") // Art. 21: answered in full
	inFull := t.applies(health, demoConditional, mulu.Ask{Scenario: "医疗救助对象核对", Scope: "本委体改科及各社区卫生服务中心", Duty: "社会救助暂行办法第二十七条",
		Items: []string{"xm", "gmsfhm", "sprq", "ssjd"}, Method: "query", Days: 180})
	t.at(32, "11:00")
	t.does(civil, &act.AnswerApplication{Application: inFull, Decision: "full"})
	t.client(health, "医疗救助系统")
	t.uses(user{org: health, client: "医疗救助系统", grant: t.grant(inFull), verb: "query", purpose: "医疗救助对象核对", items: []string{"xm", "gmsfhm", "sprq"}, by: "gmsfhm", often: 5})
	whole := t.applies(market, "学校基本信息", mulu.Ask{Scenario: "校园周边食品经营巡查", Scope: "本局餐饮科", Duty: "食品安全法第一百零九条", Method: "batch", Days: 365})
	t.client(market, "餐饮监管系统")
	t.uses(user{org: market, client: "餐饮监管系统", grant: t.grant(whole), verb: "export", purpose: "校园周边食品经营巡查", often: 1, weekly: true})

	t.at(30, "09:40") // Art. 21(2): agreed in part
	record := t.attach(disabled, "个人信息保护影响评估报告：低保对象信息用于残疾人两项补贴资格核对")
	inPart := t.applies(disabled, demoConditional, mulu.Ask{Scenario: "残疾人两项补贴资格核对", Scope: "本会康复部", Duty: "北京市残疾人两项补贴制度实施办法", Method: "query", Days: 365,
		Items: []string{"xm", "gmsfhm", "jzzt", "ybzje", "ssjd"}, Necessity: "补贴资格与低保状态、保障金额相关联，无法以其他信息代替", Assessment: record})
	t.at(28, "16:05")
	t.does(civil, &act.AnswerApplication{Application: inPart, Decision: "part", Items: []string{"xm", "gmsfhm", "jzzt", "ssjd"}, Days: 180,
		Explanation: "资格核对不需要保障金额；期限先按半年，期满视使用情况续办"})
	t.client(disabled, "两项补贴系统")
	t.uses(user{org: disabled, client: "两项补贴系统", grant: t.grant(inPart), verb: "query", purpose: "残疾人两项补贴资格核对", items: []string{"xm", "jzzt"}, by: "gmsfhm", often: 3})

	t.at(26, "15:30") // Art. 21(4): silence is consent, and then it is not delivered
	t.applies(street, "实有人口居住登记信息", mulu.Ask{Scenario: "社区网格走访", Scope: "本街道民生保障办公室", Duty: "北京市街道办事处条例第十条",
		Items: []string{"xm", "jzdz", "ssjd", "sssq"}, Rows: []mulu.Filter{{Item: "ssjd", Values: []string{"110102007"}}}, Method: "query", Days: 180})
	t.at(24, "09:20")
	byKey := t.applies(civil, "常住户籍人口基础信息", mulu.Ask{Scenario: "社会救助申请人户籍核验", Scope: "本局社会救助科", Duty: "社会救助暂行办法第五十八条",
		Items: []string{"xm", "gmsfhm", "hjdz"}, Method: "check", Days: 365, Rate: 120})
	t.at(22, "10:50")
	t.does(police, &act.AnswerApplication{Application: byKey, Decision: "full"})
	t.client(civil, "社会救助系统")
	t.uses(user{org: civil, client: "社会救助系统", grant: t.grant(byKey), verb: "check", purpose: "社会救助申请人户籍核验", by: "gmsfhm", often: 4})
	refused := t.applies(houses, "不动产登记信息", mulu.Ask{Scenario: "公租房申请家庭住房核查", Scope: "本委住房保障科", Duty: "公共租赁住房管理办法第八条",
		Items: []string{"bdcdyh", "zl", "qlr", "jzmj"}, Method: "query", Days: 365})
	t.at(19, "17:10")
	t.does(land, &act.AnswerApplication{Application: refused, Decision: "refused", Ground: "不动产登记暂行条例第二十七条",
		Explanation: "登记资料依法查询应逐案说明目的，申请的批量查询方式不符合规定"})
	t.at(18, "09:00") // answered in time by nobody; its delivery followed
	bySilence := t.applies(civil, "持证残疾人信息", mulu.Ask{Scenario: "困难残疾人生活补贴发放", Scope: "本局社会福利科", Duty: "残疾人保障法第四十八条",
		Items: []string{"xm", "gmsfhm", "ssjd"}, Method: "query", Days: 365})

	t.at(17, "11:20") // Art. 22
	dispute := t.does(houses, &act.OpenDispute{Application: refused, Why: "公租房资格审核属法定职责，逐案说明目的可以做到，请求协调以接口方式逐次查询"})
	withdrawn := t.applies("区消防救援支队", "重点监管企业信息", mulu.Ask{Scenario: "消防安全重点单位检查", Scope: "本支队防火监督科", Duty: "消防法第五十三条", Method: "query", Days: 180})
	t.at(16, "10:00")
	t.does("区消防救援支队", &act.WithdrawApplication{Application: withdrawn, Why: "检查名单已由市级平台下发，不再需要"})
	t.at(14, "14:00")
	t.does(bureau, &act.HearDispute{Case: dispute, Note: "召开第一次会商。双方对核查的必要性没有异议，分歧在查询方式。", Statements: []mulu.Statement{
		{Org: t.ids[houses], Text: "可以按申请家庭逐件查询，每次注明受理编号，不留存查询结果"},
		{Org: t.ids[land], Text: "同意研究逐件核验的方式，需明确查询日志的留存责任"}}})

	t.at(12, "09:15") // Art. 25: the objection was unfounded
	objected := t.does(schools, &act.FileObjection{Grant: t.grant(byRule), Items: []string{"office_name"}, Wrong: "个别街道的办事处名称与门户网站公布的简称不一致"})
	t.does(civil, &act.CheckObjection{Objection: objected})
	t.at(10, "15:40")
	t.uses(user{org: civil, client: "社会救助系统", grant: t.grant(bySilence), verb: "query", purpose: "困难残疾人生活补贴发放", by: "ssjd", often: 2})
	t.does(civil, &act.AnswerObjection{Objection: objected, Result: "unfounded", Explanation: "名录登记的是机构批准文件所载全称，门户网站使用简称，数据无误"})
	t.does(schools, &act.ReportUse{Grant: t.grant(byRule), Use: "用于新学年学区划分方案编制，按街道核对学校服务范围", Effect: "减少人工填报街道信息", Matters: 1})

	t.at(8, "10:30") // a second application of the street, answered early
	second := t.applies(street, "持证残疾人信息", mulu.Ask{Scenario: "无障碍设施入户改造摸底", Scope: "本街道民生保障办公室", Duty: "无障碍环境建设法第十八条",
		Items: []string{"xm", "ssjd", "fzrq"}, Rows: []mulu.Filter{{Item: "ssjd", Values: []string{"110102007"}}}, Method: "query", Days: 90})
	t.at(7, "11:10")
	t.does(disabled, &act.AnswerApplication{Application: second, Decision: "full"})
	t.does(bureau, &act.OpenReview{Entry: t.entry("单位社会保险缴费状态"), Why: "多家单位反映申请频繁，研究是否调整为无条件共享"})
	t.at(6, "16:20")
	t.does(civil, &act.SuspendGrant{Grant: t.grant(inPart), Why: "核对系统正在改造，对方登记的使用人员名单待更新"})
	t.ceases(t.grant(inPart))
	t.uses(user{org: disabled, client: "两项补贴系统", grant: t.grant(inPart), verb: "query", purpose: "残疾人两项补贴资格核对", by: "gmsfhm", often: 1, refused: true})
	t.uses(user{org: health, client: "医疗救助系统", grant: t.grant(inFull), verb: "query", purpose: "医疗救助对象核对", items: []string{"yhzh"}, by: "gmsfhm", often: 1, refused: true})

	t.at(4, "09:05") // waits today and is deemed agreed tomorrow
	t.applies("区人力社保局", demoConditional, mulu.Ask{Scenario: "就业困难人员认定", Scope: "本局就业促进科", Duty: "就业促进法第五十二条",
		Items: []string{"xm", "gmsfhm", "sprq", "ssjd"}, Method: "query", Days: 180})
	t.at(4, "15:50")
	t.applies(health, "常住户籍人口基础信息", mulu.Ask{Scenario: "家庭医生签约对象核验", Scope: "各社区卫生服务中心", Duty: "基本医疗卫生与健康促进法第三十一条",
		Items: []string{"xm", "gmsfhm", "csrq", "ssjd"}, Method: "check", Days: 365})
	t.at(3, "10:40")
	t.does(health, &act.FileObjection{Grant: t.grant(inFull), Items: []string{"sprq"}, Wrong: "部分对象的审批日期晚于其首次享受待遇的日期，疑为重新审批后覆盖"})
}

// waiting are applications of the last two days.
func (t *story) waiting() {
	t.at(2, "09:30")
	t.applies("德胜街道", demoConditional, mulu.Ask{Scenario: "冬季困难家庭走访慰问", Scope: "本街道民生保障办公室", Duty: "北京市街道办事处条例第十条",
		Items: []string{"xm", "ssjd", "sssq"}, Rows: []mulu.Filter{{Item: "ssjd", Values: []string{"110102010"}}}, Method: "query", Days: 90})
	t.at(1, "14:35")
	t.applies("区教委", "独居老人巡视服务信息", mulu.Ask{Scenario: "学生志愿服务结对", Scope: "本委德育科", Duty: "志愿服务条例第二十三条",
		Items: []string{"nl", "xspc"}, Method: "query", Days: 90})
}

// attach keeps an institution's document in the vault and gives its digest.
func (t *story) attach(org, text string) string {
	if t.err != nil {
		return ""
	}
	var digest string
	if digest, t.err = t.p.desk.Attach(t.ctx, []byte(text)); t.err == nil {
		t.err = t.p.drafts.Attached(t.ctx, t.ids[org], digest)
	}
	return digest
}
