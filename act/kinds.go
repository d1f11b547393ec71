package act

import (
	"encoding/json"
	"fmt"
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
	word[RegisterOrg]("登记机构", "register institution"),
	word[AmendOrg]("变更机构", "amend institution"),
	word[JoinChain]("参照执行", "follow the catalog chain by choice"),
	word[CloseOrg]("撤销机构", "close institution"),
	word[RotateKey]("更换密钥", "rotate signing key"),
	word[RevokeKey]("吊销密钥", "revoke signing key"),
	word[ReplaceKey]("补发密钥", "record new key for lost one"),
	word[PublishCalendar]("发布日历", "publish calendar"),
	word[AdoptProfile]("启用规则版本", "adopt edition"),
	word[AdvanceClock]("拨快演练时钟", "advance sandbox clock"),
	word[AdmitNode]("接纳节点", "admit node"),
	word[DismissNode]("移除节点", "dismiss node"),
	word[RegisterDuty]("登记职责", "register duty"),
	word[AmendDuty]("变更职责", "amend duty"),
	word[DeclareNoData]("声明无数据", "declare that no data arises"),
	word[RetireDuty]("撤销职责", "retire duty"),
	word[RegisterSystem]("登记系统", "register system"),
	word[AmendSystem]("变更系统", "amend system"),
	word[RetireSystem]("停用系统", "retire system"),
	word[RegisterTable]("登记库表", "register table"),
	word[AmendTable]("变更库表", "amend table"),
	word[RetireTable]("撤销库表", "retire table"),
	word[LinkSystem]("挂接系统", "link entry to system"),
	word[UnlinkSystem]("解除挂接", "unlink entry from system"),
	word[BindItem]("绑定库表", "bind item to column"),
	word[UnbindItem]("解除绑定", "unbind item"),
	word[SubmitEntry]("提交目录", "submit entry"),
	word[WithdrawEntry]("撤回目录", "withdraw entry"),
	word[ReturnEntry]("退回目录", "return entry"),
	word[VerifyEntry]("核定目录", "verify entry"),
	word[ChangeEntry]("变更目录", "change entry"),
	word[SuspendEntry]("暂停目录", "suspend entry"),
	word[ResumeEntry]("恢复目录", "resume entry"),
	word[RetireEntry]("注销目录", "retire entry"),
	word[PublishDataset]("发布数据", "publish data version"),
	word[Apply]("申请共享", "apply for sharing"),
	word[AnswerApplication]("答复申请", "answer application"),
	word[WithdrawApplication]("撤回申请", "withdraw application"),
	word[DeliverGrant]("完成交付", "complete delivery"),
	word[EndGrant]("放弃授权", "give up grant"),
	word[SuspendGrant]("暂停授权", "suspend grant"),
	word[ResumeGrant]("恢复授权", "resume grant"),
	word[OpenDispute]("提请协调", "open coordination"),
	word[ConcludeDispute]("协调结论", "conclude coordination"),
	word[RegisterClient]("登记对接", "register client"),
	word[RevokeClient]("撤销对接", "revoke client"),
	word[AnchorReceipts]("锚定回执", "anchor receipts"),
	word[Tick]("到期执行", "tick"),
}

func word[T any, P interface {
	*T
	Act
}](zh, en string) Word {
	return Word{Kind: P(new(T)).Kind(), Zh: zh, En: en, New: func() Act { return P(new(T)) }}
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
