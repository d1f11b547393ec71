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
	"case": {"协调事项", "coordination case"}, "dataset": {"平台数据集", "dataset"}, "client": {"系统对接", "machine client"},
	"receipts": {"访问回执", "receipts"}, "item": {"信息项", "item"}, "column": {"列", "column"},

	// roles
	"bureau": {"主管部门", "the bureau"}, "owner": {"本机构", "the institution itself"}, "provider": {"提供单位", "the provider"},
	"consumer": {"申请单位", "the consumer"}, "node": {"链节点", "node"}, "law": {"规则", "the rules"},

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
	"serving": {"在用", "serving"}, "anchored": {"已锚定", "anchored"},

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
	"values": {"取值", "values"}, "why": {"理由", "reasons"}, "year": {"年度", "year"},

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
	"application.submit": {"申请共享", "apply for sharing"}, "application.answer": {"答复申请", "answer application"}, "application.withdraw": {"撤回申请", "withdraw application"},
	"grant.deliver": {"完成交付", "complete delivery"}, "grant.end": {"放弃授权", "give up grant"}, "grant.suspend": {"暂停授权", "suspend grant"}, "grant.resume": {"恢复授权", "resume grant"},
	"case.open": {"提请协调", "open coordination"}, "case.conclude": {"协调结论", "conclude coordination"},

	// values of refusals
	"item_exception": {"目录中该信息项的共享例外", "the entry's exception for this item"},

	// what the chain does by itself
	"genesis": {"建链", "genesis"}, "alarm": {"到期自动执行", "executed when due"}, "application.answer_due": {"答复期限届满", "term to answer ended"},
	"grant.delivery_due": {"交付期限届满", "term to deliver ended"}, "grant.expired": {"授权期满", "grant expired"},
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
	"application.received": {"申请已收到", "application received"}, "application.granted": {"申请已同意", "application granted"}, "application.refused": {"申请未获同意", "application refused"},
	"application.withdrawn": {"申请已撤回", "application withdrawn"}, "application.overdue": {"申请逾期未答复", "application unanswered in time"}, "application.closed": {"申请已终止", "application closed"},
	"application.deadline_set": {"答复期限已按新日历重算", "deadline computed anew"},
	"grant.made":               {"授权已生成", "grant made"}, "grant.delivered": {"授权已交付", "grant delivered"}, "grant.overdue": {"交付逾期", "delivery overdue"},
	"grant.deadline_set": {"交付期限已按新日历重算", "delivery deadline computed anew"}, "grant.given_up": {"授权已放弃", "grant given up"}, "grant.suspended": {"授权已暂停", "grant suspended"},
	"grant.resumed": {"授权已恢复", "grant resumed"}, "grant.ended": {"授权已结束", "grant ended"}, "grant.expired": {"授权期满", "grant expired"},
	"case.opened": {"协调已启动", "coordination opened"}, "case.concluded": {"协调已有结论", "coordination concluded"},
}
