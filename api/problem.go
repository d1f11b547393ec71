package api

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"net/http"
	"strings"

	"mulu"
	"mulu/act"
	"mulu/desk"
	"mulu/read"
)

// Problem is an error as RFC 9457 has it. Title and Detail are in the language of Accept-Language, Chinese where none is asked for.
type Problem struct {
	Type    string    `json:"type" zh:"问题种类：urn:mulu:problem: 加代码" en:"kind of problem: urn:mulu:problem: and its code"`
	Title   string    `json:"title" zh:"发生了什么" en:"what is the matter"`
	Status  int       `json:"status" zh:"HTTP 状态码" en:"HTTP status"`
	Detail  string    `json:"detail,omitempty" zh:"怎样处理" en:"what to do about it"`
	Code    string    `json:"code" zh:"代码，长期不变" en:"code, stable for ever"`
	Article mulu.Cite `json:"article,omitempty" zh:"所依条款，如 21.4" en:"provision it rests on, e.g. 21.4"`
	Cite    string    `json:"cite,omitempty" zh:"条款的写法" en:"the provision in words"`
	Act     string    `json:"act,omitempty" zh:"已受理的操作编号" en:"id of the act that was accepted"`
	ID      string    `json:"id,omitempty" zh:"日志编号" en:"id of the line in the node's log"`
}

var errNoOperation = errors.New("there is no such operation")

// denied says that who calls is not known or may not.
type denied struct{ code string }

func (d *denied) Error() string { return "denied: " + d.code }

// badRequest says what is wrong with a request.
type badRequest struct {
	code string
	args []string
}

func (b *badRequest) Error() string { return "bad request: " + b.code }

// sentences are title and what to do, Chinese and English, by code. {0} … are filled with values.
var sentences = map[string][4]string{
	"token_missing":      {"没有访问令牌。", "No access token.", "请在请求头 Authorization: Bearer 中提供系统对接的令牌。", "Send the client's token in the header Authorization: Bearer."},
	"token_unknown":      {"访问令牌未登记。", "The access token is not registered.", "请由本机构登记该系统对接，或核对令牌。", "Register the client for your institution, or check the token."},
	"client_revoked":     {"该系统对接已被撤销。", "This client is revoked.", "请由本机构登记新的系统对接。", "Register a new client for your institution."},
	"org_inactive":       {"机构目前不能办理。", "The institution cannot act at present.", "机构没有有效密钥或已撤销，请联系主管部门。", "It has no valid key or is closed; ask the bureau."},
	"session_ended":      {"登录已过期。", "The session has ended.", "请在页面上重新登录。", "Log in again on the pages."},
	"csrf":               {"请求没有带页面的校验值。", "The request lacks the pages' token.", "在页面中调用须带请求头 X-CSRF；程序调用请用令牌。", "Calls from the pages carry the header X-CSRF; programs use a token."},
	"no_operation":       {"没有这个接口。", "There is no such operation.", "接口清单见 /api 和 /api/openapi.json。", "The operations are listed at /api and /api/openapi.json."},
	"absent":             {"没有找到。", "It is not there.", "请核对编号；未发布的目录只有提供单位和主管部门可以看到。", "Check the id; entries not published yet are seen by their provider and the bureau only."},
	"parameter_unknown":  {"没有参数“{0}”。", "There is no parameter {0}.", "请核对参数名；可用参数见接口文档。", "Check its name; the parameters are in the documentation."},
	"parameter_form":     {"参数“{0}”不正确：{1}。", "The parameter {0} is not right: {1}.", "可用值：{2}。", "It takes: {2}."},
	"parameter_missing":  {"缺少参数“{0}”。", "The parameter {0} is missing.", "请补充后重试。", "Add it and try again."},
	"body_form":          {"请求正文不是一个 JSON 值：{0}。", "The body is not one JSON value: {0}.", "请按接口文档的格式发送。", "Send it as the documentation shows."},
	"body_large":         {"请求正文过大。", "The body is too large.", "一个操作最多 {0} 字节；附件请存入保管库。", "An act has at most {0} bytes; attachments belong into the vault."},
	"file_large":         {"文件过大。", "The file is too large.", "一次至多 {0} 字节；更大的文件请分片上传。", "It has at most {0} bytes; upload larger files in parts."},
	"load_state":         {"这次装载已经变化，没有办理。", "The load has gone on meanwhile; nothing was done.", "请先查询装载的状态。", "Ask how it stands first."},
	"load_part":          {"收到的内容与文件的大小或顺序不符。", "What came does not fit the file's size or the order of its parts.", "请查询 next，从那一片继续；同一 Idempotency-Key 应发送同一内容。", "Ask for next and go on from that part; the same Idempotency-Key goes with the same content."},
	"load_gone":          {"文件已不在平台上。", "The file is no longer here.", "上传的文件在装载结束七日后清除，请重新上传。", "Files are removed seven days after the load ends; upload it again."},
	"act_form":           {"操作的内容不正确：{0}。", "The act is not well formed: {0}.", "字段和类型见接口文档中该操作的结构。", "Fields and types are in the documentation of this act."},
	"pending":            {"已受理，尚未写入区块。", "Accepted, but not in a block yet.", "不必重复提交，稍后按操作编号查询记录。", "Do not submit again; look up its record by the act's id later."},
	"no_key":             {"本节点没有该机构的签名密钥。", "This node does not hold the institution's signing key.", "请在持有密钥的节点上调用，或提交已签名的操作。", "Call the node that holds it, or submit a signed act."},
	"internal":           {"系统出错，没有办理。", "Something failed here; nothing was done.", "请稍后重试；如持续出现，请把编号 {0} 告诉系统管理员。", "Try again later; if it stays so, tell the system administrator the id {0}."},
	"precondition_dates": {"日期次序不正确。", "The dates are in the wrong order.", "from 应早于 to。", "from must come before to."},
}

func fill(text string, args []string) string {
	for i, a := range args {
		text = strings.ReplaceAll(text, "{"+string(rune('0'+i))+"}", a)
	}
	return text
}

// english tells whether a request asks for English.
func english(r *http.Request) bool {
	if l := r.URL.Query().Get("lang"); l != "" {
		return l == "en"
	}
	return strings.HasPrefix(strings.ToLower(r.Header.Get("Accept-Language")), "en")
}

// problem answers with what went wrong.
func (a *API) problem(w http.ResponseWriter, r *http.Request, err error) {
	p := a.describe(r, err)
	if p.Status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", `Bearer realm="mulu"`)
	}
	reply(w, p.Status, "application/problem+json; charset=utf-8", p)
}

func (a *API) describe(r *http.Request, err error) Problem {
	var no *mulu.Refusal
	var refused *denied
	var bad *badRequest
	var malformed *act.Malformed
	var pending *desk.Pending
	p := Problem{}
	var args []string
	switch {
	case errors.As(err, &no):
		return a.lawSaysNo(r, no)
	case errors.As(err, &refused):
		p.Status, p.Code, p.Article = http.StatusUnauthorized, refused.code, "38.2"
		if refused.code == "client_revoked" || refused.code == "org_inactive" || refused.code == "csrf" {
			p.Status = http.StatusForbidden
		}
	case errors.As(err, &bad):
		p.Status, p.Code, args = http.StatusBadRequest, bad.code, bad.args
		if bad.code == "body_large" || bad.code == "file_large" {
			p.Status = http.StatusRequestEntityTooLarge
		}
	case errors.As(err, &malformed):
		p.Status, p.Code, args = http.StatusBadRequest, "act_form", []string{malformed.Detail}
	case errors.As(err, &pending):
		p.Status, p.Code, p.Act = http.StatusAccepted, "pending", pending.ID
	case errors.Is(err, desk.ErrNoKey):
		p.Status, p.Code = http.StatusConflict, "no_key"
	case errors.Is(err, desk.ErrNoLoad):
		p.Status, p.Code = http.StatusNotFound, "absent"
	case errors.Is(err, desk.ErrLoadState):
		p.Status, p.Code = http.StatusConflict, "load_state"
	case errors.Is(err, desk.ErrPart):
		p.Status, p.Code = http.StatusConflict, "load_part"
	case errors.Is(err, desk.ErrNoUpload):
		p.Status, p.Code = http.StatusConflict, "load_gone"
	case errors.Is(err, errNoOperation):
		p.Status, p.Code = http.StatusNotFound, "no_operation"
	case errors.Is(err, read.ErrAbsent):
		p.Status, p.Code = http.StatusNotFound, "absent"
	default:
		var b [6]byte
		_, _ = rand.Read(b[:])
		p.Status, p.Code, p.ID = http.StatusInternalServerError, "internal", hex.EncodeToString(b[:])
		args = []string{p.ID}
		a.Log.Error("a call failed", "id", p.ID, "path", r.URL.Path, "err", err)
	}
	words := sentences[p.Code]
	p.Type, p.Title, p.Detail = "urn:mulu:problem:"+p.Code, fill(words[0], args), fill(words[2], args)
	p.Cite = citeIn(p.Article, english(r))
	if english(r) {
		p.Title, p.Detail = fill(words[1], args), fill(words[3], args)
	}
	return p
}

// lawSaysNo is a refusal of the law, with its provision.
func (a *API) lawSaysNo(r *http.Request, no *mulu.Refusal) Problem {
	lang := "zh"
	if english(r) {
		lang = "en"
	}
	p := Problem{Type: "urn:mulu:problem:" + no.Code, Title: no.Text(lang), Detail: no.Mend(lang), Status: http.StatusUnprocessableEntity,
		Code: no.Code, Article: no.Art, Cite: citeIn(no.Art, english(r))}
	switch no.Code {
	case "unknown":
		p.Status = http.StatusNotFound
	case "not_yours", "role_missing":
		p.Status = http.StatusForbidden
	case "version_moved":
		p.Status = http.StatusConflict
	}
	return p
}

func citeIn(c mulu.Cite, en bool) string {
	switch {
	case c == "":
		return ""
	case en:
		return c.En()
	}
	return c.Zh()
}
