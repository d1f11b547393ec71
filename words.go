package mulu

import "strings"

// Say gives the word for a key in lang ("zh" or "en"): kinds of nouns and acts, standings, roles, fields, and
// "list.code" for code lists. A key without a word stands for itself.
func Say(key, lang string) string {
	if w, ok := words[key]; ok {
		if lang == "en" {
			return w[1]
		}
		return w[0]
	}
	if list, code, ok := strings.Cut(key, "."); ok {
		if l := CodeList(list); l != nil {
			return Word(l, code, lang)
		}
	}
	return key
}

// FactTitle is what a fact is called on a page or in a story.
func FactTitle(kind, lang string) string {
	w, ok := factTitles[kind]
	if !ok {
		return kind
	}
	if lang == "en" {
		return w[1]
	}
	return w[0]
}

// ActTitle is what an act is called: the word scripts and forms use.
func ActTitle(kind, lang string) string { return Say(kind, lang) }

// words and factTitles are read only.
var words = map[string][2]string{
	// kinds of nouns
	"org": {"机构", "institution"}, "key": {"密钥", "key"}, "calendar": {"工作日历", "calendar"}, "clock": {"演练时钟", "sandbox clock"},
	"profile": {"规则版本", "edition"}, "duty": {"职责", "duty"}, "entry": {"数据目录", "entry"}, "system": {"系统", "system"},
	"table": {"库表", "table"}, "link": {"目录关联", "link"}, "application": {"共享申请", "application"}, "grant": {"共享授权", "grant"},
	"case": {"协调事项", "coordination case"}, "dataset": {"目录数据", "data of an entry"}, "load_terms": {"装载约定", "terms of loading"}, "client": {"系统对接", "machine client"},
	"receipts": {"访问回执", "receipts"}, "objection": {"共享数据异议", "objection"}, "review": {"共享属性研究", "review of sharing attribute"},
	"finding": {"问题发现", "finding"}, "use_report": {"使用情况报告", "use report"}, "use_flag": {"异常使用提示", "unusual use"}, "term": {"内部时限", "internal term"}, "item": {"信息项", "item"}, "element": {"数据元", "data element"}, "code_set": {"代码集", "code set"}, "purchase": {"采购数据", "purchased data"}, "column": {"列", "column"},

	// roles
	"bureau": {"主管部门", "the bureau"}, "owner": {"本机构", "the institution itself"}, "provider": {"提供单位", "the provider"},
	"consumer": {"申请单位", "the consumer"}, "opener": {"提请人", "whoever opened it"}, "node": {"链节点", "node"}, "law": {"规则", "the rules"},

	"steward": {"数据管理员", "the data steward"}, "approver": {"审批人", "the approver"}, "observer": {"数据观察员", "the data observer"}, "reader": {"浏览人员", "the reader"},
	"security": {"安全管理员", "the security administrator"}, "auditor": {"审计管理员", "the audit administrator"}, "machine": {"系统对接", "a machine client"},

	// standings
	"none": {"尚无", "not there yet"}, "active": {"有效", "active"}, "keyless": {"无有效密钥", "without a key"}, "closed": {"已终止", "closed"},
	"rotated": {"已更换", "rotated"}, "revoked": {"已吊销", "revoked"}, "member": {"成员", "member"}, "dismissed": {"已移除", "dismissed"},
	"published": {"已发布", "published"}, "holds": {"现行", "in force"}, "running": {"运行", "running"}, "no_data": {"声明无数据", "declared without data"},
	"retired": {"已注销", "retired"}, "submitted": {"已提交", "submitted"}, "returned": {"已退回", "returned"}, "changing": {"变更待核定", "change under verification"},
	"suspended": {"已暂停", "suspended"}, "in_use": {"在用", "in use"}, "present": {"在册", "present"}, "made": {"已关联", "made"}, "cut": {"已解除", "cut"},
	"granted": {"已授权", "granted"}, "refused": {"不同意", "refused"}, "withdrawn": {"已撤回", "withdrawn"}, "overdue": {"逾期未答复", "overdue"},
	"delivering": {"待交付", "being delivered"}, "ended": {"已结束", "ended"}, "opened": {"协调中", "open"}, "concluded": {"已有结论", "concluded"},
	"serving": {"平台在用", "serving on the platform"}, "awaited": {"待汇聚汇通", "awaited"}, "connected": {"已汇通", "connected"}, "disconnected": {"已断开", "disconnected"}, "anchored": {"已锚定", "anchored"},
	"heard": {"已会商", "heard"}, "executed": {"已执行", "executed"}, "settled": {"已自行解决", "settled"}, "filed": {"已提出", "filed"}, "reported": {"已报告", "reported"}, "checking": {"核查中", "being checked"},
	"corrected": {"已更正", "corrected"}, "unfounded": {"经核查无误", "checked and right"}, "due": {"待办", "due"}, "adjusting": {"拟调整", "change under verification"},
	"confirmed": {"已确认不变", "confirmed"}, "changed": {"已调整", "changed"}, "raised": {"已提出", "raised"}, "flagged": {"待说明", "to be explained"},
	"explained": {"已说明", "explained"}, "set": {"已设定", "set"},
	"abolished": {"已废止", "abolished"}, "on_file": {"已备案", "on file"}, "served": {"已提供接口", "served"}, "grounded": {"已提供依据", "ground given"},

	// fields
	"base": {"基础库", "base database"}, "basis": {"依据", "basis"}, "channel": {"开放渠道", "channel"}, "class": {"分类", "class"},
	"code": {"编码", "code"}, "columns": {"列", "columns"}, "comment": {"说明", "comment"}, "conditions": {"条件", "conditions"},
	"cycle": {"更新周期", "update cycle"}, "database": {"数据库", "database"}, "databases": {"数据库", "databases"}, "days": {"天数", "days"},
	"decision": {"决定", "decision"}, "department": {"处室", "department"}, "digest": {"摘要", "digest"}, "explanation": {"说明", "explanation"},
	"field": {"字段名", "field name"}, "format": {"格式", "format"}, "grade": {"级别", "grade"}, "ground": {"法定事由", "statutory ground"},
	"items": {"信息项", "items"}, "length": {"长度", "length"}, "level": {"等保级别", "MLPS level"}, "matters": {"事项", "matters"},
	"method": {"方式", "method"}, "name": {"名称", "name"}, "network": {"网络", "network"}, "notice": {"通知", "notice"}, "number": {"文号", "document number"},
	"opening": {"开放类型", "opening type"}, "outcome": {"结论", "outcome"}, "override": {"例外理由", "reasons for an exception"}, "power": {"票数", "power"},
	"project": {"项目", "project"}, "purpose": {"功能", "purpose"}, "root": {"树根", "root"}, "rows": {"行范围", "rows"}, "scenario": {"应用场景", "scenario"},
	"schema": {"模式", "schema"}, "scope": {"使用范围", "scope of use"}, "sharing": {"共享类型", "sharing type"}, "short": {"简称", "short name"},
	"sort": {"类别", "sort"}, "standard": {"数据元", "data element"}, "summary": {"摘要", "summary"}, "theme": {"主题", "theme"}, "type": {"类型", "type"},
	"values": {"取值", "values"}, "rate": {"每分钟次数", "calls a minute"}, "volume": {"每日条数", "rows a day"}, "necessity": {"必要性", "necessity"},
	"assessment": {"影响评估", "impact assessment"}, "by": {"限期", "last day"}, "note": {"会商情况", "note"}, "statement": {"意见", "statement"}, "statements": {"陈述", "statements"},
	"hearings": {"会商次数", "hearings"}, "record": {"附件", "attachment"}, "wrong": {"问题", "what is wrong"}, "examples": {"例证", "examples"}, "result": {"结果", "result"},
	"extensions": {"延期次数", "extensions"}, "value": {"数值", "value"}, "use": {"使用情况", "use"}, "effect": {"成效", "effect"}, "rule": {"规则", "rule"}, "day": {"日期", "day"}, "workdays": {"工作日数", "working days"},
	"mode": {"装载方式", "mode"}, "conformity": {"合规性", "conformity"}, "accuracy": {"准确性", "accuracy"}, "completeness": {"完整性", "completeness"},
	"consistency": {"一致性", "consistency"}, "timeliness": {"时效性", "timeliness"}, "score": {"得分", "score"}, "rules": {"质量规则", "rules"}, "max_bad": {"剔除上限", "most rows left out"},
	"max_shrink": {"减少上限", "most rows missing"}, "min_score": {"得分下限", "lowest score"},
	"point": {"情形", "point"}, "on": {"依据", "grounds"}, "noun": {"类型", "sort"}, "why": {"理由", "reasons"}, "year": {"年度", "year"},
	"definition": {"定义", "definition"}, "source": {"来源", "source"}, "low": {"下限", "low bound"}, "high": {"上限", "high bound"}, "bounds": {"取值范围", "bounds"}, "value_format": {"格式", "format"},
	"code_name": {"代码名称", "name of the code"}, "content": {"内容", "content"}, "supplier": {"供应方", "supplier"}, "contract": {"合同编号", "contract number"},
	"contract_from": {"合同起", "first day of the contract"}, "contract_until": {"合同止", "last day of the contract"}, "cost": {"金额", "cost"}, "fund": {"资金来源", "fund"},

	// acts
	"org.register": {"登记机构", "register institution"}, "org.amend": {"变更机构", "amend institution"}, "org.join": {"参照执行", "follow the chain by choice"},
	"org.close": {"撤销机构", "close institution"}, "key.rotate": {"更换密钥", "rotate key"}, "key.revoke": {"吊销密钥", "revoke key"},
	"key.replace": {"补发密钥", "record new key"}, "client.register": {"登记对接", "register client"}, "client.revoke": {"撤销对接", "revoke client"},
	"calendar.publish": {"发布日历", "publish calendar"}, "profile.adopt": {"启用规则版本", "adopt edition"}, "clock.advance": {"拨快时钟", "advance clock"},
	"node.admit": {"接纳节点", "admit node"}, "node.dismiss": {"移除节点", "dismiss node"}, "receipts.anchor": {"锚定回执", "anchor receipts"}, "tick": {"到期执行", "tick"},
	"duty.register": {"登记职责", "register duty"}, "duty.amend": {"变更职责", "amend duty"}, "duty.no_data": {"声明无数据", "declare no data"}, "duty.retire": {"撤销职责", "retire duty"},
	"system.register": {"登记系统", "register system"}, "system.amend": {"变更系统", "amend system"}, "system.retire": {"停用系统", "retire system"},
	"table.register": {"登记库表", "register table"}, "table.amend": {"变更库表", "amend table"}, "table.retire": {"撤销库表", "retire table"},
	"system.link": {"挂接系统", "link system"}, "system.unlink": {"解除挂接", "unlink system"}, "item.bind": {"绑定库表", "bind item"}, "item.unbind": {"解除绑定", "unbind item"},
	"entry.submit": {"提交目录", "submit entry"}, "entry.withdraw": {"撤回目录", "withdraw entry"}, "entry.return": {"退回目录", "return entry"},
	"entry.verify": {"核定目录", "verify entry"}, "entry.change": {"变更目录", "change entry"}, "entry.suspend": {"暂停目录", "suspend entry"},
	"entry.resume": {"恢复目录", "resume entry"}, "entry.retire": {"注销目录", "retire entry"}, "dataset.publish": {"发布数据", "publish data"},
	"dataset.connect": {"汇通数据", "connect data"}, "dataset.disconnect": {"断开数据", "disconnect data"}, "load_terms.set": {"设定装载约定", "set terms of loading"},
	"application.submit": {"申请共享", "apply for sharing"}, "application.answer": {"答复申请", "answer application"}, "application.withdraw": {"撤回申请", "withdraw application"},
	"grant.deliver": {"完成交付", "complete delivery"}, "grant.end": {"放弃授权", "give up grant"}, "grant.suspend": {"暂停授权", "suspend grant"}, "grant.resume": {"恢复授权", "resume grant"},
	"case.open": {"提请协调", "open coordination"}, "case.hear": {"会商记录", "record a hearing"}, "case.conclude": {"协调结论", "conclude coordination"}, "case.withdraw": {"撤回协调", "withdraw coordination"},
	"term.set": {"设定内部时限", "set internal term"}, "review.open": {"发起属性研究", "call for a review"}, "review.confirm": {"确认共享属性", "confirm sharing attribute"},
	"use.report": {"报告使用情况", "report use"}, "use.flag": {"提示异常使用", "flag unusual use"}, "use.explain": {"说明使用情况", "explain use"},
	"objection.file": {"提出异议", "file objection"}, "objection.check": {"开始核查", "start checking"}, "objection.answer": {"答复异议", "answer objection"},
	"objection.extend": {"延长核查", "extend checking"}, "objection.withdraw": {"撤回异议", "withdraw objection"},
	"finding.misuse": {"登记违规使用", "enter misuse"}, "finding.raise": {"提出问题", "raise finding"}, "finding.withdraw": {"撤销问题", "withdraw finding"},

	// operands of quality rules
	"rule_op": {"比较", "the comparison"}, "rule_low": {"下限或比较值", "the lowest value or the value to compare with"}, "rule_high": {"上限", "the highest value"},
	"rule_values": {"取值", "the values"}, "rule_entry": {"引用目录", "the entry to stand in"}, "rule_item": {"引用信息项", "the item of that entry"}, "rule_format": {"格式", "the format"},
	"element.publish": {"发布数据元", "publish data element"}, "element.revise": {"修订数据元", "revise data element"}, "element.abolish": {"废止数据元", "abolish data element"},
	"code_set.publish": {"发布代码集", "publish code set"}, "code_set.revise": {"修订代码集", "revise code set"}, "code_set.abolish": {"废止代码集", "abolish code set"},
	"purchase.file": {"备案采购数据", "file purchased data"}, "purchase.amend": {"变更采购备案", "amend filed purchase"}, "purchase.serve": {"提供采购数据接口", "serve purchased data"},
	"purchase.ground": {"提供不宜接口依据", "give ground against an interface"}, "purchase.end": {"终止采购备案", "end filed purchase"},

	// values of refusals
	"item_exception": {"目录中该信息项的共享例外", "the entry's exception for this item"},

	// what the chain does by itself
	"genesis": {"建链", "genesis"}, "alarm": {"到期自动执行", "executed when due"}, "application.answer_due": {"答复期限届满", "term to answer ended"},
	"grant.delivery_due": {"交付期限届满", "term to deliver ended"}, "grant.expired": {"授权期满", "grant expired"},
	"case.due": {"更正限期届满", "last day to correct ended"}, "objection.answer_due": {"异议办理期限届满", "term to answer the objection ended"},
	"review.due": {"共享属性研究到期", "review of sharing attribute due"}, "review.finish_due": {"共享属性研究内部时限届满", "internal term of the review ended"},
	"dataset.gather_due": {"汇聚汇通内部时限届满", "internal term to aggregate or connect ended"}, "dataset.update_due": {"更新宽限届满", "grace for an update ended"},
	"use_report.due": {"使用情况报告到期", "use report due"}, "use_report.finish_due": {"使用情况报告内部时限届满", "internal term of the use report ended"},
	"purchase.finish_due": {"采购数据提供接口或依据的内部时限届满", "internal term for an interface or a ground ended"},
}

var factTitles = map[string][2]string{
	"org.registered": {"机构已登记", "institution registered"}, "org.amended": {"机构已变更", "institution amended"}, "org.joined": {"参照目录链管理", "follows the catalog chain by choice"},
	"org.left": {"不再参照目录链管理", "no longer follows the catalog chain"}, "org.closed": {"机构已撤销", "institution closed"},
	"key.recorded": {"密钥已登记", "key recorded"}, "key.ended": {"密钥已停用", "key ended"}, "key.rotated": {"密钥已更换", "key rotated"},
	"key.revoked": {"密钥已吊销", "key revoked"}, "key.replaced": {"密钥已补发", "new key recorded"},
	"client.registered": {"系统对接已登记", "client registered"}, "client.revoked": {"系统对接已撤销", "client revoked"},
	"calendar.published": {"工作日历已发布", "calendar published"}, "profile.adopted": {"规则版本已启用", "edition adopted"},
	"clock.started": {"演练时钟已启动", "sandbox clock started"}, "clock.advanced": {"演练时钟已拨快", "sandbox clock advanced"},
	"node.admitted": {"节点已接纳", "node admitted"}, "node.dismissed": {"节点已移除", "node dismissed"}, "receipts.anchored": {"访问回执已锚定", "receipts anchored"},
	"duty.registered": {"职责已登记", "duty registered"}, "duty.amended": {"职责已变更", "duty amended"}, "duty.no_data": {"职责已声明无数据", "duty declared without data"}, "duty.retired": {"职责已撤销", "duty retired"},
	"system.registered": {"系统已登记", "system registered"}, "system.amended": {"系统已变更", "system amended"}, "system.retired": {"系统已停用", "system retired"},
	"table.registered": {"库表已登记", "table registered"}, "table.amended": {"库表已变更", "table amended"}, "table.retired": {"库表已撤销", "table retired"},
	"link.made": {"已关联", "linked"}, "link.cut": {"关联已解除", "link cut"},
	"entry.submitted": {"目录已提交核定", "entry submitted"}, "entry.withdrawn": {"目录已撤回", "entry withdrawn"}, "entry.returned": {"目录已退回", "entry returned"},
	"entry.published": {"目录已核定发布", "entry verified and published"}, "entry.change_submitted": {"目录变更已提交核定", "entry change submitted"},
	"entry.changed": {"目录文字变更已发布，并告知主管部门", "wording changed and published, the bureau is told"}, "entry.suspended": {"目录已暂停", "entry suspended"},
	"entry.resumed": {"目录已恢复", "entry resumed"}, "entry.retired": {"目录已注销", "entry retired"}, "dataset.published": {"数据版本已发布", "data version published"},
	"dataset.awaited": {"数据待汇聚或者汇通", "data to be aggregated or connected"}, "dataset.connected": {"数据已汇通", "data connected"}, "dataset.disconnected": {"数据已断开", "data disconnected"},
	"dataset.gather_late": {"数据汇聚汇通超出内部时限", "data not aggregated or connected within the internal term"}, "dataset.update_late": {"数据逾期未更新", "data not updated in time"},
	"dataset.due_set": {"更新日期已按新的周期确定", "next update set by the new cycle"}, "dataset.deadline_set": {"内部时限已按新日历重算", "internal term computed anew"},
	"dataset.term_set": {"内部时限已确定", "internal term laid down"}, "dataset.term_lifted": {"不再要求汇聚汇通", "no longer to be aggregated or connected"}, "dataset.term_rests": {"目录暂停，内部时限中止", "the term rests while the entry is suspended"},
	"dataset.retired": {"数据随目录注销", "data retired with its entry"}, "load_terms.set": {"装载约定已设定", "terms of loading set"},
	"application.received": {"申请已收到", "application received"}, "application.granted": {"申请已同意", "application granted"}, "application.refused": {"申请未获同意", "application refused"},
	"application.withdrawn": {"申请已撤回", "application withdrawn"}, "application.overdue": {"申请逾期未答复", "application unanswered in time"}, "application.closed": {"申请已终止", "application closed"},
	"application.deadline_set": {"答复期限已按新日历重算", "deadline computed anew"},
	"grant.made":               {"授权已生成", "grant made"}, "grant.delivered": {"授权已交付", "grant delivered"}, "grant.overdue": {"交付逾期", "delivery overdue"},
	"grant.deadline_set": {"交付期限已按新日历重算", "delivery deadline computed anew"}, "grant.given_up": {"授权已放弃", "grant given up"}, "grant.suspended": {"授权已暂停", "grant suspended"},
	"grant.resumed": {"授权已恢复", "grant resumed"}, "grant.ended": {"授权已结束", "grant ended"}, "grant.expired": {"授权期满", "grant expired"},
	"grant.noticed": {"共享属性调整已告知", "told of changed sharing attributes"}, "grant.adjusted": {"授权范围已按协调结论调整", "grant's bounds set by a conclusion"},
	"grant.delivery_ordered": {"交付限期已按协调结论确定", "delivery set by a conclusion"},
	"case.opened":            {"协调已启动", "coordination opened"}, "case.heard": {"会商情况已记录", "hearing recorded"}, "case.concluded": {"协调已有结论", "coordination concluded"},
	"case.executed": {"协调结论已执行", "conclusion executed"}, "case.overdue": {"协调结论逾期未执行", "conclusion not carried out in time"},
	"case.withdrawn": {"协调已撤回", "coordination withdrawn"}, "case.settled": {"协调事项已自行解决", "coordination settled"}, "case.closed": {"协调已终止", "coordination closed"},
	"term.set": {"内部时限已设定", "internal term set"}, "entry.review_set": {"下次共享属性研究已排定", "next review laid down"},
	"review.due": {"共享属性待研究", "sharing attribute to be reviewed"}, "review.confirmed": {"共享属性确认不变", "sharing attribute confirmed"}, "review.changed": {"共享属性已调整", "sharing attribute changed"},
	"review.adjusting": {"共享属性拟调整，待核定", "change of sharing attribute under verification"}, "review.reopened": {"共享属性重新待研究", "review open again"},
	"review.overdue": {"共享属性研究超出内部时限", "review past its internal term"}, "review.closed": {"共享属性研究已终止", "review closed"},
	"review.deadline_set": {"研究时限已按新日历重算", "internal term computed anew"},
	"use_report.due":      {"使用情况待报告", "use report due"}, "use_report.filed": {"使用情况已报告", "use report filed"}, "use_report.overdue": {"使用情况报告超出内部时限", "use report past its internal term"},
	"use_report.closed": {"使用情况报告已终止", "use report closed"}, "use_report.deadline_set": {"报告时限已按新日历重算", "internal term computed anew"},
	"use_flag.raised": {"异常使用已提示", "unusual use flagged"}, "use_flag.explained": {"异常使用已说明", "unusual use explained"}, "use_flag.closed": {"异常使用提示已终止", "flag closed"},
	"objection.filed": {"异议已提出，同时告知提供单位和主管部门", "objection filed, provider and bureau told"}, "objection.checking": {"异议核查中", "objection being checked"},
	"objection.corrected": {"异议属实，数据已更正", "objection right, data corrected"}, "objection.unfounded": {"异议经核查无误", "objection checked, data right"},
	"objection.extended": {"异议办理已延期", "term of objection extended"}, "objection.overdue": {"异议逾期未办", "objection not answered in time"},
	"objection.withdrawn": {"异议已撤回", "objection withdrawn"}, "objection.closed": {"异议已终止", "objection closed"}, "objection.ordered": {"已责成更正", "correction ordered"}, "objection.order_lifted": {"不再责成更正", "correction ordered no more"},
	"objection.deadline_set": {"异议办理期限已按新日历重算", "term of objection computed anew"},
	"finding.raised":         {"问题已提出", "finding raised"}, "finding.withdrawn": {"问题已撤销", "finding withdrawn"},
	"element.published": {"数据元已发布", "data element published"}, "element.revised": {"数据元已修订", "data element revised"}, "element.abolished": {"数据元已废止", "data element abolished"},
	"code_set.published": {"代码集已发布", "code set published"}, "code_set.revised": {"代码集已修订", "code set revised"}, "code_set.abolished": {"代码集已废止", "code set abolished"},
	"purchase.filed": {"采购数据已备案", "purchased data filed"}, "purchase.amended": {"采购备案已变更", "filed purchase amended"}, "purchase.served": {"采购数据已提供接口", "purchased data served"},
	"purchase.grounded": {"不宜提供接口的依据已提供", "ground against an interface given"}, "purchase.ended": {"采购备案已终止", "filed purchase ended"},
	"purchase.overdue": {"采购数据逾期未提供接口或依据", "neither interface nor ground in time"}, "purchase.unserved": {"采购数据的接口已不能使用，须重新提供接口或依据", "interface gone, one or a ground is owed again"},
	"purchase.deadline_set": {"采购数据时限已按新日历重算", "internal term computed anew"},
}
