package web

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/url"
	"strings"

	"mulu"
	"mulu/desk"
)

// sourceForm is a connection being added or changed. Its password or token is never shown again.
type sourceForm struct {
	form
	Was   *desk.Connection // nil for a new one
	Sort  string
	Sorts []pageTab
	Title string // the sort in words
	Path  string
	Found string // the server's version, once it was tried
}

func (v *visit) sourceForm(f form, sort string, was *desk.Connection) *sourceForm {
	p := &sourceForm{form: f, Was: was, Sort: sort, Title: mulu.Word(sourceSorts, sort, v.Lang), Path: "/sources/new"}
	v.under = "/sources"
	if was != nil {
		p.Path = "/sources/" + was.ID
		return p
	}
	for _, s := range sourceSorts {
		if s.Code != desk.SQLite { // the operator's, see desk.SetConnection
			p.Sorts = append(p.Sorts, pageTab{Path: "/sources/new?sort=" + s.Code, Title: mulu.Word(sourceSorts, s.Code, v.Lang), Here: s.Code == sort})
		}
	}
	return p
}

// sortAsked is the sort of source of a new connection.
func (v *visit) sortAsked() string {
	if s := v.text("sort"); s == desk.MySQL || s == desk.HTTPAPI {
		return s
	}
	return desk.Postgres
}

func (v *visit) newSource() error {
	sort := v.sortAsked()
	port := map[string]string{desk.Postgres: "5432", desk.MySQL: "3306"}[sort]
	return v.show("source-form", v.sourceForm(form{Values: url.Values{"port": {port}}}, sort, nil))
}

// connectionTyped reads a connection from the form.
func (v *visit) connectionTyped(id, sort string) (c desk.Connection, secret string) {
	c = desk.Connection{ID: id, Org: v.Org.ID, Sort: sort, Database: v.text("database"), User: v.text("user"), CA: v.text("ca"), Header: v.text("header")}
	if c.Address = v.text("address"); sort != desk.HTTPAPI {
		c.Address = net.JoinHostPort(v.text("host"), v.text("port"))
	} else {
		c.Database, c.User = "", ""
		c.Address = strings.TrimSuffix(c.Address, "/")
	}
	if v.text("plain") != "" {
		c.TLS = "off"
	}
	return c, v.R.PostFormValue("secret") // blanks may belong to it
}

func (v *visit) addSource() error {
	sort := v.sortAsked()
	c, secret := v.connectionTyped(v.text("id"), sort)
	p := v.sourceForm(v.typed(), sort, nil)
	if _, ok := v.Desk.ConnectionOf(v.by(), c.ID); ok { // its page changes it
		p.Wrong = &trouble{Status: 422, Text: v.t("本机构已有名为 {0} 的连接。", c.ID), Field: "id"}
		return v.showAs(p.Wrong.Status, "source-form", p)
	}
	return v.keepSource(p, c, secret)
}

func (v *visit) editSource() error {
	c, err := v.ownSource()
	if err != nil {
		return err
	}
	f := form{Values: url.Values{"database": {c.Database}, "user": {c.User}, "ca": {c.CA}, "header": {c.Header}, "address": {c.Address}}}
	if host, port, err := net.SplitHostPort(c.Address); err == nil && c.Sort != desk.HTTPAPI {
		f.Set("host", host)
		f.Set("port", port)
	}
	if c.TLS == "off" {
		f.Set("plain", "1")
	}
	return v.show("source-form", v.sourceForm(f, c.Sort, &c))
}

func (v *visit) changeSource() error {
	was, err := v.ownSource()
	if err != nil {
		return err
	}
	c, secret := v.connectionTyped(was.ID, was.Sort)
	return v.keepSource(v.sourceForm(v.typed(), was.Sort, &was), c, secret)
}

// keepSource tries a connection, and keeps it if it answers or is wanted anyhow.
func (v *visit) keepSource(p *sourceForm, c desk.Connection, secret string) error {
	if v.text("do") != "untried" {
		ctx, cancel := context.WithTimeout(v.R.Context(), sourcePatience)
		version, err := v.Desk.TryConnection(ctx, v.by(), c, secret)
		cancel()
		if err != nil {
			return v.sourceAgain(p, err)
		}
		p.Found = version
	}
	err := v.noteSource("source.set", c.ID, v.Desk.SetConnection(v.R.Context(), v.by(), c, secret))
	if err != nil {
		return v.sourceAgain(p, err)
	}
	t := told{Kind: "ok", Text: v.t("连接 {0} 已保存：{1}", c.ID, p.Found)}
	if p.Found != "" { // so that the list tells how it answers
		ctx, cancel := context.WithTimeout(v.R.Context(), sourcePatience)
		defer cancel()
		if _, err := v.Desk.TestConnection(ctx, v.by(), c.ID); err != nil {
			t = told{Kind: "warn", Text: v.t("连接 {0} 已保存，但刚刚没有应答。", c.ID)}
		}
	} else {
		t = told{Kind: "warn", Text: v.t("连接 {0} 已保存，没有测试。", c.ID)}
	}
	v.tell(t)
	return v.to("/sources")
}

// sourceAgain shows the form anew with what was wrong. Where the address is parted into host and port, it is said at the host.
func (v *visit) sourceAgain(p *sourceForm, err error) error {
	p.Wrong = v.trouble(err)
	if errors.Is(err, desk.ErrSourceDrift) { // nothing is bound here yet
		p.Wrong = &trouble{Status: http.StatusUnprocessableEntity, Text: v.t("服务器可以连接，但没有这个数据库或者路径，或者用户没有权限。"), Mend: v.t("请核对数据库名、路径和授权。"), Art: "15.1", Field: "database"}
	}
	if p.Wrong.Field == "address" && p.Sort != desk.HTTPAPI {
		p.Wrong.Field = "host"
	}
	return v.showAs(p.Wrong.Status, "source-form", p)
}
