package people

import (
	"strings"
	"time"

	"mulu"
)

// Denied says no to somebody, and what to do about it. It holds nothing personal and nothing secret.
type Denied struct {
	Code  string    // one of the keys of denials
	Until time.Time // when it may be tried again, where that is known
	Args  []string  // values that the sentence needs
}

// Error is the English sentence.
func (d *Denied) Error() string { return d.Text("en") }

// Text is the sentence with what to do, in Chinese unless lang is en.
func (d *Denied) Text(lang string) string {
	at := 0
	if lang == "en" {
		at = 1
	}
	words, ok := denials[d.Code]
	if !ok {
		return d.Code
	}
	s := words[at]
	for i, a := range d.Args {
		if w, ok := argWords[a]; ok {
			a = w[at]
		} else if role := Role(a).Title(lang); role != a {
			a = role
		}
		s = strings.ReplaceAll(s, "{"+string(rune('0'+i))+"}", a)
	}
	return strings.ReplaceAll(s, "{until}", d.Until.In(mulu.Shanghai()).Format("15:04"))
}

func deny(code string, args ...string) error { return &Denied{Code: code, Args: args} }

func denyUntil(code string, until time.Time) error { return &Denied{Code: code, Until: until} }

// denials is read only: for each code the sentence in Chinese and in English.
var denials = map[string][2]string{
	// coming in
	"wrong": {"登录名或密码不正确，再错 {0} 次将锁定 15 分钟。刚收到邀请的，请先打开邀请链接设置密码。",
		"The login or the password is wrong; after {0} more wrong attempts it is locked for 15 minutes. If you were just invited, set your password with the link first."},
	"locked": {"连续输错次数过多，已锁定，{until} 后可以再试。急用时请本机构系统管理员解锁。",
		"Locked after too many wrong attempts; try again after {until}, or ask your institution's system administrator to unlock it."},
	"throttled": {"此网络地址输错次数过多，{until} 后可以再试。",
		"There were too many wrong attempts from this network address; try again after {until}."},
	"busy":    {"此刻登录的人太多，请稍等几秒再试。", "Too many people are logging in at this moment; try again in a few seconds."},
	"changed": {"账号刚刚有变动，请重新登录。", "The account was changed just now; log in again."},
	"code_wanted": {"请输入动态验证码（验证器上的 6 位数字）；手机不在身边时可输入一个恢复码。",
		"Enter the code of your authenticator (6 digits); without your phone, enter one of your recovery codes."},
	"code_wrong": {"动态验证码不正确或已经用过，再错 {0} 次将锁定 15 分钟。请等验证器显示下一个再输入，并核对手机时间。",
		"The code is wrong or was used already; after {0} more wrong attempts it is locked for 15 minutes. Wait for the next code, and check your phone's clock."},
	"closed":           {"该账号已停用。需要恢复时请联系本机构系统管理员。", "This account is closed. Ask your institution's system administrator if it should be opened again."},
	"invited":          {"该账号尚未启用，请先打开邀请链接设置密码。", "This account is not in use yet: set a password with the invitation link first."},
	"password_wrong":   {"密码不正确，再错 {0} 次将锁定 15 分钟。", "The password is wrong; after {0} more wrong attempts the account is locked for 15 minutes."},
	"identity_unknown": {"此统一身份尚未关联本系统账号。请先用登录名和密码登录，再在“我的账号”中关联。", "This identity is linked to no account here. Log in with your password once and link it under “My account”."},
	"identity_taken":   {"此统一身份已关联另一账号，请先在那个账号中解除。", "This identity is linked to another account; unlink it there first."},
	"identity_own":     {"统一身份由本人登录后关联。", "An identity is linked by the person, logged in."},
	"identity_form":    {"统一身份的来源或标识不正确。", "The identity's provider or subject is not usable."},

	// links
	"link_unknown": {"链接不正确，请完整复制收到的链接；仍不行时请系统管理员重新发送。", "This link is not known. Copy it whole; if that does not help, ask the system administrator for a new one."},
	"link_used":    {"链接已经用过，或已被新的链接替换。如需要，请系统管理员重新发送。", "This link was used already, or replaced by a newer one. Ask the system administrator for a new one if you need it."},
	"link_expired": {"链接已过有效期（7 天），请系统管理员重新发送。", "This link has expired (7 days); ask the system administrator for a new one."},

	// passwords
	"password_weak":    {"密码不够安全：{0}。", "The password is too weak: {0}."},
	"password_differs": {"两次输入的密码不一致，请重新输入。", "The two passwords are not the same; type them again."},
	"password_same":    {"新密码与原密码相同，请换一个。", "The new password is the same as the old one; choose another."},

	// accounts
	"login_taken":     {"该登录名已有人使用，请换一个。", "This login is taken; choose another."},
	"login_form":      {"登录名为 3 至 64 位小写字母、数字和 . _ - @，以字母或数字开头。", "A login has 3 to 64 lower-case letters, digits and . _ - @, and begins with a letter or digit."},
	"name_form":       {"姓名为 1 至 60 个字，不含换行等控制字符。", "A name has 1 to 60 characters, without line breaks."},
	"org_form":        {"请选择所属机构。", "Choose the institution."},
	"lang_form":       {"语言只能选中文或英文。", "The language is Chinese or English."},
	"roles_none":      {"请至少选择一个角色。", "Choose at least one role."},
	"role_unknown":    {"没有角色“{0}”。", "There is no role {0}."},
	"roles_separated": {"系统管理员、安全管理员、审计管理员须由不同的人担任，一个账号只能有其中一个。", "The system, security and audit administrators are different people: an account has one of the three at most."},
	"roles_own":       {"不能调整自己的角色，请由另一位安全管理员办理。", "Nobody changes their own roles: ask another security administrator."},
	"seat_taken": {"本机构已有{0}，增设须由安全管理员调整角色。请先以普通角色邀请，再请安全管理员调整。",
		"The institution has its {0} already; another is named by the security administrator. Invite with an ordinary role first, then have it changed."},
	"last_admin":  {"这是本机构最后一位在用的系统管理员，须先有另一位。", "This is the institution's last active system administrator; there must be another first."},
	"own_account": {"不能停用自己的账号，请由另一位系统管理员办理。", "Nobody closes their own account: ask another system administrator."},
	"not_yours":   {"此操作由本机构或主管部门的{0}办理。", "This is for the {0} of the institution or of the bureau."},
	"not_closed":  {"该账号没有停用，无须恢复。", "This account is not closed."},
	"why_wanted":  {"请填写停用原因。", "Say why the account is closed."},

	// second factor
	"factor_on":   {"已启用动态验证码。更换手机时请先停用，再重新绑定。", "A second factor is in use already. End it first to set up another phone."},
	"factor_off":  {"尚未绑定验证器，请先扫描二维码。", "No authenticator is being set up: scan the code first."},
	"factor_code": {"验证码不正确，请输入验证器上当前显示的 6 位数字，并核对手机时间。", "The code is wrong: enter the 6 digits that the authenticator shows now, and check your phone's clock."},

	// addresses
	"mail_form":  {"邮箱地址不正确，请填写一个完整的地址，如 name@example.gov.cn。", "This is no usable address: give a whole one, like name@example.gov.cn."},
	"mail_often": {"一小时内已发送多次验证码，{until} 后可以再试。", "Several codes were sent within an hour; try again after {until}."},
	"mail_none":  {"没有待确认的邮箱，请先填写邮箱地址。", "No address is waiting to be confirmed: give one first."},
	"mail_over":  {"验证码已失效（15 分钟内有效，最多输入 5 次），请重新发送。", "The code is void (it holds for 15 minutes and five attempts): have a new one sent."},
	"mail_code":  {"验证码不正确，请核对邮件中的 6 位数字。", "The code is wrong: check the six digits in the letter."},
}

// argWords is read only: words that sentences take.
var argWords = map[string][2]string{
	"short":  {"至少 10 个字符", "it needs at least 10 characters"},
	"long":   {"最多 128 个字符", "it may have 128 characters at most"},
	"login":  {"不能用登录名或只在登录名上略加几位", "it must not be the login, or the login with little added"},
	"common": {"这是常见的密码或有规律的字符", "it is a common password or a simple pattern"},
	"kinds":  {"至少包含大写字母、小写字母、数字、其他字符中的两类", "it needs at least two kinds of capitals, small letters, digits and other characters"},
}
