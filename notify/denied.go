package notify

import "strconv"

// Denied says no to somebody who sets reminders up, and what to do about it.
type Denied struct{ Code string }

// Error is the English sentence.
func (d *Denied) Error() string { return d.Text("en") }

// Text is the sentence, in Chinese unless lang is en.
func (d *Denied) Text(lang string) string {
	if w, ok := denials[d.Code]; ok {
		return w[at(lang)]
	}
	return d.Code
}

func deny(code string) error { return &Denied{code} }

// denials is read only.
var denials = map[string][2]string{
	"hook_form":   {"推送地址不正确，请填写完整的地址，如 https://hooks.example.gov.cn/mulu。", "This is no usable address: give a whole one, like https://hooks.example.gov.cn/mulu."},
	"hook_scheme": {"推送地址须以 https:// 开头；http:// 只能用于本机。", "The address begins with https://; http:// is for this machine only."},
	"hook_host":   {"该主机不在允许推送的名单内，请节点运行人员在 config.json 的 hooks 中加入。", "The host is not on the list of those allowed; ask the node's operator to add it to hooks in config.json."},
	"hook_many":   {"本机构在用的推送地址已达 " + strconv.Itoa(mostHooks) + " 个，请先停用不用的。", "The institution has " + strconv.Itoa(mostHooks) + " webhooks in use already; end one that is not needed."},
	"hook_none":   {"没有这个推送地址，或已停用。", "There is no such webhook, or it has ended."},
}
