package web

import (
	"cmp"
	"errors"
	"net/http"
	"net/url"

	"mulu/notify"
	"mulu/people"
)

func noticeRoutes() []Route {
	system := Only(people.System)
	return []Route{
		{"GET", "/notices", Members, false, (*visit).notices},
		{"GET", "/notices/settings", Members, false, (*visit).noticeSettings},
		{"POST", "/notices/mail", Members, false, (*visit).beginMail},
		{"POST", "/notices/mail/confirm", Members, false, (*visit).confirmMail},
		{"POST", "/notices/mail/end", Members, false, (*visit).endMail},
		{"POST", "/notices/wishes", Members, false, (*visit).keepWishes},
		{"GET", "/hooks", system, false, (*visit).hooksPage},
		{"POST", "/hooks/new", system, false, (*visit).addHook},
		{"POST", "/hooks/{id}/test", system, false, (*visit).testHook},
		{"POST", "/hooks/{id}/end", system, false, (*visit).endHook},
		{"GET", "/see/{kind}/{id}", Members, false, (*visit).see},
		{"GET", "/see/entry/{class}/{seq}", Members, false, (*visit).see},
	}
}

// noticeList is what somebody was reminded of (我的提醒).
type noticeList struct {
	Rows   []noticeLine
	Unread int
	Mail   bool // reminders come by mail too
	Mails  bool // this node sends mail
}

// noticeLine is a notice in a list.
type noticeLine struct {
	notify.Notice
	Headline, Says, To string
	New                bool
}

// notices lists the last hundred; what is listed counts as seen from then on.
func (v *visit) notices() error {
	ctx := v.R.Context()
	found, err := v.Notify.Notices(ctx, *v.Person)
	if err != nil {
		return err
	}
	seen, err := v.Notify.Seen(ctx, *v.Person)
	if err != nil {
		return err
	}
	contact, err := v.People.Contact(ctx, v.Person.ID)
	if err != nil {
		return err
	}
	l := &noticeList{Mail: contact.Mail != "", Mails: v.Notify.Mails()}
	for _, n := range found {
		line := noticeLine{n, n.Title(v.Lang), n.Text(v.Lang), thing(n.Noun, n.Number), n.N > seen}
		if line.New {
			l.Unread++
		}
		l.Rows = append(l.Rows, line)
	}
	if l.Unread > 0 {
		if err := v.Notify.See(ctx, *v.Person, found[0].N); err != nil {
			return err
		}
	}
	return v.show("notices", l)
}

// unread counts what the bar shows beside the bell; a page is not held up by a count that fails.
func (v *visit) unread() int {
	if v.Person == nil || v.Notify == nil {
		return 0
	}
	n, err := v.Notify.Unread(v.R.Context(), *v.Person)
	if err != nil {
		v.Log.Warn("reminders are not counted", "err", err)
	}
	return n
}

// see leads from a reminder to where the thing stands: letters and webhooks name it by kind and number only.
func (v *visit) see() error {
	kind, id := v.R.PathValue("kind"), url.PathEscape(v.R.PathValue("id"))
	if class := v.R.PathValue("class"); class != "" {
		kind, id = "entry", url.PathEscape(class)+"/"+url.PathEscape(v.R.PathValue("seq"))
	}
	if path := thing(kind, id); path != "" {
		return v.to(path)
	}
	return errAbsent
}

// noticeWishes is where and about what somebody is written to.
type noticeWishes struct {
	form
	Contact people.Contact
	Mails   bool
	Lines   []wishLine
	Open    string // the form in which something was refused
}

// wishLine is one occasion among the wishes.
type wishLine struct {
	Key, Label string
	Wanted     bool
	Mine       bool // it concerns a role that the person has
}

func (v *visit) noticeWishes() (*noticeWishes, error) {
	contact, err := v.People.Contact(v.R.Context(), v.Person.ID)
	if err != nil {
		return nil, err
	}
	s := &noticeWishes{form: form{Values: url.Values{"address": {cmp.Or(contact.Trial, contact.Mail)}}}, Contact: contact, Mails: v.Notify.Mails()}
	off := map[string]bool{}
	for _, key := range contact.Off {
		off[key] = true
	}
	for _, o := range notify.Occasions() {
		s.Lines = append(s.Lines, wishLine{o.Key, o.Label(v.Lang), !off[o.Key], v.Person.Roles.Has(o.Roles...)})
	}
	return s, nil
}

func (v *visit) noticeSettings() error {
	s, err := v.noticeWishes()
	if err != nil {
		return err
	}
	return v.show("notice-settings", s)
}

// refuseWish shows the settings again, with what was wrong.
func (v *visit) refuseWish(which string, err error) error {
	s, failed := v.noticeWishes()
	if failed != nil {
		return failed
	}
	s.form, s.Open = v.typed(), which
	return v.again("notice-settings", &s.form, s, err)
}

// beginMail mails a code to an address. Until the code has come back nothing else goes there.
func (v *visit) beginMail() error {
	if !v.Notify.Mails() {
		return v.refuseWish("mail", &notify.Undelivered{Code: "no_mail"})
	}
	address := v.text("address")
	code, err := v.People.BeginMail(v.R.Context(), v.Person.ID, address)
	if err != nil {
		return v.refuseWish("mail", err)
	}
	contact, err := v.People.Contact(v.R.Context(), v.Person.ID)
	if err != nil {
		return err
	}
	if err := v.Notify.SendCode(v.R.Context(), contact.Trial, code, v.Lang); err != nil {
		return v.refuseWish("mail", err)
	}
	v.tell(told{Kind: "info", Text: v.t("验证码已发出，请查收邮件，15 分钟内填写。")})
	return v.to("/notices/settings")
}

func (v *visit) confirmMail() error {
	if err := v.People.ConfirmMail(v.R.Context(), v.Person.ID, v.text("code")); err != nil {
		return v.refuseWish("code", err)
	}
	v.tell(told{Kind: "ok", Text: v.t("邮箱已确认，此后的提醒同时发到邮箱。")})
	return v.to("/notices/settings")
}

func (v *visit) endMail() error {
	if err := v.People.EndMail(v.R.Context(), v.Person.ID); err != nil {
		return v.refuseWish("mail", err)
	}
	v.tell(told{Kind: "ok", Text: v.t("邮箱已删除，提醒只在页面中显示。")})
	return v.to("/notices/settings")
}

func (v *visit) keepWishes() error {
	var off []string
	for _, o := range notify.Occasions() {
		if v.R.PostFormValue("wish."+o.Key) == "" {
			off = append(off, o.Key)
		}
	}
	if err := v.People.Wish(v.R.Context(), v.Person.ID, off); err != nil {
		return v.refuseWish("wishes", err)
	}
	v.tell(told{Kind: "ok", Text: v.t("已保存。")})
	return v.to("/notices/settings")
}

// hooksPage is an institution's webhooks (推送) and what could not be sent of its reminders.
type hooksPage struct {
	form
	Rows     []hookLine
	Failures []failureLine
	Secret   string // of the one just made, shown this once
	Made     notify.Hook
}

type hookLine struct {
	notify.Hook
	By string // name of who made it
}

// failureLine is a reminder that was given up.
type failureLine struct {
	notify.Failure
	Headline, Why, To string
}

const failuresShown = 50

func (v *visit) hooks() (*hooksPage, error) {
	ctx := v.R.Context()
	list, err := v.Notify.Hooks(ctx, v.Person.Org)
	if err != nil {
		return nil, err
	}
	failures, err := v.Notify.Failures(ctx, v.Person.Org, failuresShown)
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, h := range list {
		ids = append(ids, h.Person)
	}
	shown := map[string]string{}
	for _, f := range failures {
		if f.Way == "mail" {
			ids = append(ids, f.Recipient)
		}
	}
	names, err := v.People.Names(ctx, ids...)
	if err != nil {
		return nil, err
	}
	p := &hooksPage{form: form{Values: url.Values{}}}
	for _, h := range list {
		shown[h.ID] = h.Shown()
		p.Rows = append(p.Rows, hookLine{h, names[h.Person]})
	}
	for _, f := range failures {
		to := names[f.Recipient]
		if f.Way == "hook" {
			to = shown[f.Recipient]
		}
		p.Failures = append(p.Failures, failureLine{f, f.Title(v.Lang), notify.WhyNot(f.Why, v.Lang), to})
	}
	return p, nil
}

func (v *visit) hooksPage() error {
	p, err := v.hooks()
	if err != nil {
		return err
	}
	return v.show("hooks", p)
}

// noted keeps in the audit log what was done with a webhook, without its address.
func (v *visit) noted(kind, target string, err error) error {
	e := people.Event{Person: v.Person.ID, Org: v.Person.Org, Kind: kind, Target: target, OK: err == nil, From: v.origin().Address}
	var no *notify.Denied
	var u *notify.Undelivered
	switch {
	case errors.As(err, &no):
		e.Detail = no.Code
	case errors.As(err, &u):
		e.Detail = u.Code
	}
	return errors.Join(err, v.People.Note(v.R.Context(), e))
}

func (v *visit) refuseHook(err error) error {
	p, failed := v.hooks()
	if failed != nil {
		return failed
	}
	p.form = v.typed()
	return v.again("hooks", &p.form, p, err)
}

// addHook makes a webhook and shows its secret; it is not kept readable anywhere, so this page is the only one that has it.
func (v *visit) addHook() error {
	h, secret, err := v.Notify.AddHook(v.R.Context(), v.Person.Org, v.Person.ID, v.text("url"))
	if err := v.noted("hook.add", h.ID, err); err != nil {
		return v.refuseHook(err)
	}
	p, err := v.hooks()
	if err != nil {
		return err
	}
	p.Made, p.Secret = h, secret
	return v.show("hooks", p)
}

func (v *visit) testHook() error {
	id := v.R.PathValue("id")
	if err := v.noted("hook.test", id, v.Notify.TestHook(v.R.Context(), v.Person.Org, id)); err != nil {
		return v.refuseHook(err)
	}
	v.tell(told{Kind: "ok", Text: v.t("试发成功，对方已接收。")})
	return v.to("/hooks")
}

func (v *visit) endHook() error {
	id := v.R.PathValue("id")
	if err := v.noted("hook.end", id, v.Notify.EndHook(v.R.Context(), v.Person.Org, id)); err != nil {
		return v.refuseHook(err)
	}
	v.tell(told{Kind: "ok", Text: v.t("推送地址已停用。")})
	return v.to("/hooks")
}

// undelivered puts into words what keeps a letter or a call from arriving.
func (v *visit) undelivered(u *notify.Undelivered) *trouble {
	return &trouble{Status: http.StatusUnprocessableEntity, Text: v.t("没有发出：{0}。", notify.WhyNot(u.Code, v.Lang)), Mend: v.t("请核对地址；仍不行时请联系节点运行人员。")}
}
