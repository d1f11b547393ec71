package web

import (
	"mulu"
	"mulu/act"
)

// applyReasons are the acts on applications and coordination cases that need nothing but a reason.
func applyReasons() []reasonAct {
	return []reasonAct{
		{Act: "application.withdraw", Noun: mulu.KindApplication, Path: "withdraw", Art: "21.1", Danger: true,
			Effects: []string{"提供单位不再答复，两个期限随之停止。", "撤回不能恢复；仍需要数据的，可以重新申请，期限重新起算。"},
			Reasons: []string{"不再需要", "申请内容有误，另行申请", "已从其他途径取得"},
			New:     func(id, why string) act.Act { return &act.WithdrawApplication{Application: id, Why: why} }},
		{Act: "case.withdraw", Noun: mulu.KindDispute, Path: "withdraw", Art: "22", Danger: true,
			Effects: []string{"主管部门不再协调，事项按现状处理。", "撤回不能恢复；再有争议的，可以另行提请。"},
			Reasons: []string{"双方已协商一致", "不再需要该数据", "事项已解决"},
			New:     func(id, why string) act.Act { return &act.WithdrawDispute{Case: id, Why: why} }},
	}
}
