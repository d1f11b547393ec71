package notify

import "strings"

// failures is read only: why something could not be handed over, in Chinese and English, by the code of an Undelivered.
var failures = map[string][2]string{
	"no_mail":  {"本节点没有设置发送邮件", "this node is not set up to send mail"},
	"timeout":  {"对方没有及时响应", "no answer in time"},
	"connect":  {"连接不上", "no connection"},
	"broken":   {"连接中断", "the connection broke"},
	"tls":      {"TLS 连接或证书有误", "TLS or the certificate is not in order"},
	"no_tls":   {"邮件服务器不支持 TLS，未发送口令", "the mail server offers no TLS; the password was not sent"},
	"auth":     {"邮件服务器不接受登录", "the mail server does not take the login"},
	"later":    {"邮件服务器暂不接收（{0}）", "the mail server does not take it for now ({0})"},
	"refused":  {"邮件服务器拒收（{0}）", "the mail server refuses it ({0})"},
	"status":   {"对方返回状态 {0}", "the other side answers with status {0}"},
	"redirect": {"对方要求转往别处（{0}），不予跟随", "the other side sends elsewhere ({0}), which is not followed"},
	"host":     {"该主机不在允许的名单内", "the host is not on the list of those allowed"},
	"private":  {"该主机指向内网地址，而该地址不在允许的名单内", "the host leads to a private address that is not on the list of those allowed"},
	"forged":   {"资料被本程序以外的方式改动过", "what is kept of it was altered by something else than this program"},
	"gone":     {"对方已停用（410），推送已停止", "the other side is gone (410); the webhook has ended"},
}

// WhyNot says why something could not be handed over, by the code of an Undelivered or a Failure.
func WhyNot(code, lang string) string {
	key, value, _ := strings.Cut(code, ":")
	w, ok := failures[key]
	if !ok {
		return code
	}
	return strings.ReplaceAll(w[at(lang)], "{0}", value)
}
