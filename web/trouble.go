package web

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"runtime/debug"
	"strings"

	"mulu"
	"mulu/desk"
	"mulu/notify"
	"mulu/people"
	"mulu/read"
)

// trouble is what went wrong, as a person reads it: a sentence, what to do, and the provision where the law says no.
type trouble struct {
	Status     int
	Text, Mend string
	Art        mulu.Cite
	ID         string // of the log line, for what is our fault
	Field      string // of the form that it is about, "" where it is about no single one
}

// form is what was typed, kept until it is accepted.
type form struct {
	url.Values
	Wrong *trouble            // what is wrong, nil at first
	Marks map[string]*trouble // what is wrong at single fields
}

// At is what is wrong at a field, nil where nothing is known to be.
func (f form) At(field string) *trouble {
	if t, ok := f.Marks[field]; ok {
		return t
	}
	if f.Wrong != nil && f.Wrong.Field == field && field != "" {
		return f.Wrong
	}
	return nil
}

// fieldOf names the field that a refusal is about: rules name it first among their values, as @field.
func fieldOf(no *mulu.Refusal) string {
	if no.Code == "name_taken" {
		return "name"
	}
	if len(no.Args) == 0 {
		return ""
	}
	field, _ := strings.CutPrefix(no.Args[0], "@")
	return field
}

// Typed gives templates the form that a page's data embeds.
func (f form) Typed() form { return f }

// typed is the form as it came.
func (v *visit) typed() form { return form{Values: v.R.Form} }

// again shows a form anew with what was typed and why it was not accepted; d holds the form.
func (v *visit) again(page string, f *form, d any, err error) error {
	f.Wrong = v.trouble(err)
	return v.showAs(f.Wrong.Status, page, d)
}

// trouble puts an error into words. What is nobody's mistake but ours is logged under an id, and the id is shown.
func (v *visit) trouble(err error) *trouble {
	var no *mulu.Refusal
	var denied *people.Denied
	var unset *notify.Denied
	var undelivered *notify.Undelivered
	var moved *desk.Moved
	var pending *desk.Pending
	var large *http.MaxBytesError
	if t := v.loadTrouble(err); t != nil {
		return t
	}
	if t := v.sourceTrouble(err); t != nil {
		return t
	}
	switch {
	case errors.As(err, &no):
		return &trouble{Status: http.StatusUnprocessableEntity, Text: no.Text(v.Lang), Mend: no.Mend(v.Lang), Art: no.Art, Field: fieldOf(no)}
	case errors.As(err, &denied):
		return &trouble{Status: http.StatusUnprocessableEntity, Text: denied.Text(v.Lang)}
	case errors.As(err, &unset):
		return &trouble{Status: http.StatusUnprocessableEntity, Text: unset.Text(v.Lang)}
	case errors.As(err, &undelivered):
		return v.undelivered(undelivered)
	case errors.As(err, &moved):
		return &trouble{Status: http.StatusConflict, Text: v.t("同事刚刚保存了这份草稿，您的内容没有覆盖它。"), Mend: v.t("下面仍是您填写的内容；请对照同事的版本后再保存。")}
	case errors.As(err, &pending):
		return &trouble{Status: http.StatusAccepted, Text: v.t("已受理，但尚未写入区块。"), Mend: v.t("不必重复提交，写入后会自动出现在办理过程中。")}
	case errors.Is(err, desk.ErrNoKey):
		return &trouble{Status: http.StatusConflict, Text: v.t("本节点没有贵机构的签名密钥，不能代为签名。"), Mend: v.t("请在持有密钥的节点上办理，或由系统管理员把密钥放到本节点。")}
	case errors.As(err, &large), errors.Is(err, errLarge):
		return &trouble{Status: http.StatusRequestEntityTooLarge, Text: v.t("提交的内容过大。"), Mend: v.t("一张表单最多 2 MiB；长文请作为附件，批量请用 Excel 导入。")}
	case errors.Is(err, errBusy):
		return &trouble{Status: http.StatusConflict, Text: v.t("本机构正在导入另一批表格。"), Mend: v.t("请等它完成后再导入；进度见导入页面。")}
	case errors.Is(err, errNoImport):
		return &trouble{Status: http.StatusNotFound, Text: v.t("这次导入已不存在。"), Mend: v.t("可能已放弃，或节点重新启动过。重新导入同一文件即可，已办理的内容会自动跳过。")}
	case errors.Is(err, errForged):
		return &trouble{Status: http.StatusForbidden, Text: v.t("表单已失效，没有办理。"), Mend: v.t("可能是登录后页面未刷新。请返回刷新页面后重新提交；如非本人操作，请修改密码。")}
	case errors.Is(err, errNotHere):
		return &trouble{Status: http.StatusForbidden, Text: v.t("您的角色不能打开这一页。"), Mend: v.t("如工作需要，请联系本机构的安全管理员调整角色。"), Art: "38.2"}
	case errors.Is(err, errUncovered):
		return &trouble{Status: http.StatusConflict, Text: v.t("该记录已写入，尚待多数节点联签，暂不能出具证明。"), Mend: v.t("一般几秒内完成，请稍后再下载。")}
	case errors.Is(err, errElsewhere):
		return &trouble{Status: http.StatusNotFound, Text: v.t("附件不在本节点。"), Mend: v.t("附件保存在提交它的节点上，请在那个节点查看，或向提交单位索取。")}
	case errors.Is(err, errAbsent), errors.Is(err, read.ErrAbsent), errors.Is(err, desk.ErrNoDraft):
		return &trouble{Status: http.StatusNotFound, Text: v.t("没有找到这一页或这项内容。"), Mend: v.t("地址可能有误，或内容尚未发布。可以用上方的搜索查找。")}
	}
	var b [6]byte
	_, _ = rand.Read(b[:])
	id := hex.EncodeToString(b[:])
	v.Log.Error("a page failed", "id", id, "route", v.route.Method+" "+v.route.Path, "err", err)
	return &trouble{Status: http.StatusInternalServerError, Text: v.t("系统出错，没有办理。"), Mend: v.t("请稍后重试；如持续出现，请把编号 {0} 告诉系统管理员。", id), ID: id}
}

// fail answers with what went wrong: a page, a login, or for htmx a line to put in place.
func (v *visit) fail(err error) {
	if errors.Is(err, errNobody) {
		v.askLogin()
		return
	}
	t := v.trouble(err)
	if v.R.Header.Get("HX-Request") != "" {
		v.W.Header().Set("HX-Reswap", "innerHTML")
		v.W.Header().Set("HX-Retarget", "#trouble")
		if v.write(t.Status, "trouble", "wrong", v.view(t)) == nil {
			return
		}
	}
	if err := v.showAs(t.Status, "trouble", t); err != nil {
		v.Log.Error("the page of errors failed", "err", err)
		http.Error(v.W, t.Text, t.Status)
	}
}

// recovered turns a panic of a page into an error of that page.
func (v *visit) recovered() {
	if r := recover(); r != nil {
		if r == http.ErrAbortHandler {
			panic(r)
		}
		v.fail(fmt.Errorf("panic: %v\n%s", r, debug.Stack()))
	}
}

// nowhere is for paths that no page has.
func (v *visit) nowhere() error { return errAbsent }
