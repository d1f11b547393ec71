package web

// whatNext says, in Chinese, what happens after a fact: who does what, by when. "" where nothing follows by itself.
func whatNext(fact string) string {
	switch fact {
	case "org.registered":
		return "下一步：为该机构邀请系统管理员，由其登记职责。"
	case "duty.registered":
		return "下一步：为这项职责编制数据目录，或声明其不产生数据。"
	case "entry.submitted", "entry.change_submitted":
		return "下一步：主管部门核定，核定后发布；退回会说明理由。"
	case "entry.returned":
		return "下一步：提供单位按理由修改后重新提交。"
	case "entry.published":
		return "下一步：挂接系统、绑定库表；其他机构现在可以查到并申请共享。"
	case "dataset.awaited":
		return "下一步：提供单位在内部时限内把数据装载到平台；不属于四大基础库的，也可以留在本单位依托目录链汇通。"
	case "dataset.published":
		return "平台即以这一版本提供数据；下次更新按目录载明的周期。"
	case "dataset.connected":
		return "数据留在提供单位，网关依授权从那里取得。"
	case "dataset.disconnected":
		return "已有授权继续有效，恢复之前取不到数；请在内部时限内恢复汇通或者汇聚到平台。"
	case "load_terms.set":
		return "此后的装载按新的约定检查和发布。"
	case "element.abolished":
		return "已引用的信息项不受影响，在变更目录时换用现行的数据元。"
	case "purchase.filed":
		return "下一步：指明提供接口的目录，或者说明不宜提供接口的理由和依据。"
	case "purchase.served":
		return "其他机构可以申请这条目录，通过网关接口取得数据。"
	case "purchase.unserved":
		return "下一步：另行指明提供接口的目录，或者说明不宜提供接口的理由和依据。"
	case "entry.changed":
		return "文字变更已即时生效，主管部门已收到告知。"
	case "entry.suspended":
		return "暂停期间不受理新的申请，已有授权停止取数；可以恢复。"
	case "entry.retired":
		return "历史记录保留；已有授权随之结束。"
	case "system.registered":
		return "下一步：登记库表，并把数据目录挂接到该系统。"
	case "table.registered":
		return "下一步：把信息项绑定到列。"
	case "key.revoked":
		return "该机构在补发密钥之前不能办理任何事项。"
	case "client.registered":
		return "对接现在可以凭令牌调用接口。"
	case "application.refused":
		return "申请单位可以提请主管部门协调。"
	case "case.opened":
		return "下一步：主管部门会同有关单位协调，听取意见后作出结论。"
	case "application.received":
		return "提供单位应在期限内答复；逾期未答复视为同意。"
	case "grant.made":
		return "提供单位应在期限内交付数据；交付后可以取数。"
	case "grant.delivered":
		return "使用单位现在可以取数；怎样调用见授权页面。"
	case "grant.suspended":
		return "网关从下一次调用起拒绝；恢复由暂停的单位或主管部门办理。"
	case "grant.resumed":
		return "网关从下一次调用起恢复提供数据。"
	case "objection.filed":
		return "提供单位应在期限内核查、更正或说明；主管部门已同时收到。"
	case "objection.checking":
		return "核查后答复：已更正，或经核查无误。"
	case "use_report.due":
		return "使用单位应在内部时限内报告使用情况。"
	case "review.due":
		return "提供单位应在内部时限内确认共享属性不变，或提交变更。"
	case "use_flag.raised":
		return "由使用单位说明情况。"
	}
	return ""
}
