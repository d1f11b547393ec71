package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strings"

	"mulu"
	"mulu/platform"
	"mulu/platform/source"
)

// sourceState is what a node knows of its sources, never a secret.
type sourceState struct {
	Connections []source.Connection `json:"connections"`
	Bindings    []boundEntry        `json:"bindings"`
}

// boundEntry is a binding with how its pulls and answers went.
type boundEntry struct {
	source.Binding
	Past     source.Past     `json:"past"`
	Withheld source.Withheld `json:"withheld"`
}

// newConnection is a connection to be set, with its secret.
type newConnection struct {
	source.Connection
	Secret string `json:"secret"`
}

// sourceControls answers the commands on sources.
func (p *Program) sourceControls(mux *http.ServeMux) {
	mux.HandleFunc("GET /sources", func(w http.ResponseWriter, r *http.Request) { answer(w, r, p.sourceState(), nil) })
	mux.HandleFunc("POST /sources/connection", func(w http.ResponseWriter, r *http.Request) {
		var c newConnection
		if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<20)).Decode(&c); err != nil {
			answer(w, r, nil, err)
			return
		}
		err := c.Connection.Sound()
		if ok, _ := p.noun(mulu.KindOrg, c.Org, new(mulu.Org)); err == nil && !ok {
			err = &mulu.Refusal{Code: "unknown", Art: "15.1", Args: []string{"@org", c.Org}}
		}
		if err == nil {
			err = p.sources.Connect(r.Context(), c.Connection, c.Secret)
		}
		p.answerSource(w, r, "", err)
	})
	mux.HandleFunc("DELETE /sources/connection", func(w http.ResponseWriter, r *http.Request) {
		p.answerSource(w, r, "", p.sources.Disconnect(r.Context(), r.FormValue("id")))
	})
	mux.HandleFunc("POST /sources/test", func(w http.ResponseWriter, r *http.Request) {
		version, err := p.sources.Test(r.Context(), r.FormValue("id"))
		p.answerSource(w, r, version, err)
	})
	mux.HandleFunc("POST /sources/binding", func(w http.ResponseWriter, r *http.Request) {
		var b source.Binding
		if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<20)).Decode(&b); err != nil {
			answer(w, r, nil, err)
			return
		}
		p.answerSource(w, r, "", p.bind(r.Context(), b))
	})
	mux.HandleFunc("DELETE /sources/binding", func(w http.ResponseWriter, r *http.Request) {
		p.answerSource(w, r, "", p.sources.Unbind(r.FormValue("entry")))
	})
	mux.HandleFunc("POST /sources/pull", func(w http.ResponseWriter, r *http.Request) {
		l, err := p.loads.Pull(r.Context(), r.FormValue("entry"), "", "")
		if err == nil {
			l, err = p.loads.Wait(r.Context(), l.ID)
		}
		answer(w, r, l, err)
	})
}

func (p *Program) sourceState() sourceState {
	s := sourceState{Connections: p.sources.Connections()}
	for _, b := range p.sources.Bindings() {
		s.Bindings = append(s.Bindings, boundEntry{b, p.sources.Past(b.Entry), p.sources.Withheld(b.Entry)})
	}
	return s
}

// bind binds an entry as it is published now.
func (p *Program) bind(ctx context.Context, b source.Binding) error {
	var e mulu.Entry
	ok, err := p.noun(mulu.KindEntry, b.Entry, &e)
	if err != nil {
		return err
	}
	if !ok || e.Now == nil {
		return &mulu.Refusal{Code: "unknown", Art: "15.1", Args: []string{"@entry", b.Entry}}
	}
	return p.sources.Bind(ctx, b, e.Org, e.Now)
}

// sourceAnswer is what came of a command on sources; Error is a sentence in the language that was asked for.
type sourceAnswer struct {
	Text  string `json:"text,omitempty"`
	Error string `json:"error,omitempty"`
}

func (p *Program) answerSource(w http.ResponseWriter, r *http.Request, text string, err error) {
	a := sourceAnswer{Text: text}
	if err != nil {
		a.Error = sourceTrouble(r.Header.Get("Accept-Language"), err)
	}
	answer(w, r, a, nil)
}

// sourceTrouble says what is wrong with a source, in a sentence for its operator.
func sourceTrouble(lang string, err error) string {
	var f *source.Fault
	var no *mulu.Refusal
	zh := ""
	switch {
	case errors.As(err, &f):
		return f.Text(lang)
	case errors.As(err, &no):
		if lang == "en" {
			return no.English()
		}
		return no.Error()
	case errors.Is(err, platform.ErrForbidden):
		zh = "地址不在 config.json 的 reach 可访问范围内；请加入该范围并重启节点，或者更正地址"
	case errors.Is(err, platform.ErrDrift):
		zh = "库表或者接口与绑定不符：缺少库表、列或者字段，或者没有读取权限"
	case errors.Is(err, platform.ErrSlow):
		zh = "数据源未在时限内应答"
	case errors.Is(err, platform.ErrAway):
		zh = "数据源不能连接：请核对地址、用户、口令和网络"
	case errors.Is(err, platform.ErrUnbound):
		zh = "该目录没有绑定数据源"
	}
	if lang == "en" || zh == "" {
		return err.Error()
	}
	return zh + "（" + err.Error() + "）"
}

// source registers connections and bindings with a running node.
func (m *Main) source(ctx context.Context, args []string) error {
	verbs := map[string]func(*remote, []string) error{"list": m.sourceList, "add": m.sourceAdd, "bind": m.sourceBind, "test": m.sourceTest, "remove": m.sourceRemove, "unbind": m.sourceUnbind, "pull": m.sourcePull}
	if len(args) == 0 || verbs[args[0]] == nil {
		m.heading("source")
		fmt.Fprint(m.Out, m.t(sourceHelpZh, sourceHelpEn))
		if len(args) == 0 || args[0] == "-h" || args[0] == "--help" {
			return nil
		}
		return errors.New(m.t("没有“"+args[0]+"”这个操作", "there is no verb "+args[0]))
	}
	dir := m.Getenv("MULU_HOME")
	if dir == "" {
		dir = "mulu-data"
	}
	var rest []string
	for i := 1; i < len(args); i++ { // --home stands anywhere
		if name, value, ok := strings.Cut(strings.TrimLeft(args[i], "-"), "="); strings.HasPrefix(args[i], "-") && name == "home" {
			if !ok && i+1 < len(args) {
				i++
				value = args[i]
			}
			dir = value
			continue
		}
		rest = append(rest, args[i])
	}
	r, err := m.dial(ctx, home(dir))
	if err != nil {
		return err
	}
	return verbs[args[0]](r, rest)
}

const sourceHelpZh = `mulu source list
mulu source add 名称 --org 机构 --address 地址 [--password-file 文件] [--header 请求头]
mulu source bind 目录 --connection 名称 --table [模式.]表 --columns 信息项=列,… --keys 列,… [--mark 列] [--every 分钟 | --at hh:mm]
mulu source bind --file 绑定.json
mulu source test 名称
mulu source pull 目录
mulu source unbind 目录
mulu source remove 名称

  地址与 mulu scan 相同，另有 https://主机/路径（接口）。可访问的主机和文件夹由节点 config.json 的 reach 列出，其余一概不连接。
  口令或者令牌用 --password-file 或者环境变量 MULU_PASSWORD 提供，只存在节点的保险库里。
  接口的绑定用 --file，写法见 docs/sources.md。绑定之后，由提供方办理“连接数据”，目录即由数据源提供。
`

const sourceHelpEn = `mulu source list
mulu source add NAME --org INSTITUTION --address ADDRESS [--password-file FILE] [--header HEADER]
mulu source bind ENTRY --connection NAME --table [SCHEMA.]TABLE --columns ITEM=COLUMN,… --keys COLUMN,… [--mark COLUMN] [--every MINUTES | --at hh:mm]
mulu source bind --file BINDING.json
mulu source test NAME
mulu source pull ENTRY
mulu source unbind ENTRY
mulu source remove NAME

  Addresses are those of mulu scan, and https://host/path of an HTTP API. The hosts and folders that may be reached are listed
  under reach in the node's config.json; nothing else is ever dialled.
  Give the password or token by --password-file or MULU_PASSWORD; it is kept in the node's vault only.
  An API is bound by --file, see docs/sources.md. Once bound, the provider says dataset.connect, and the source serves the entry.
`

func (m *Main) sourceList(r *remote, _ []string) error {
	var s sourceState
	if err := r.get("/sources", &s); err != nil {
		return err
	}
	if len(s.Connections) == 0 {
		fmt.Fprintln(m.Out, m.t("没有登记数据源；mulu source -h 说明怎样登记", "no sources are registered; mulu source -h says how"))
	}
	for _, c := range s.Connections {
		fmt.Fprintf(m.Out, "%s  %s  %s  %s %s %s\n", c.ID, c.Org, c.Sort, c.Address, c.Database, c.User)
		for _, b := range s.Bindings {
			if b.Connection != c.ID {
				continue
			}
			at := b.Table
			if b.Call != nil {
				at = b.Call.Path
			}
			fmt.Fprintf(m.Out, m.t("    %s ← %s，%d 个信息项\n", "    %s <- %s, %d items\n"), b.Entry, at, len(b.Columns))
			if b.Withheld.Values+b.Withheld.Rows > 0 {
				fmt.Fprintf(m.Out, m.t("      与目录不符而未提供：%d 个值，%d 行\n", "      withheld because they do not fit the catalog: %d values, %d rows\n"), b.Withheld.Values, b.Withheld.Rows)
			}
			if b.Past.Trouble != "" {
				fmt.Fprintf(m.Out, m.t("      上次取数未成：%s\n", "      the last pull came to nothing: %s\n"), b.Past.Trouble)
			}
		}
	}
	return nil
}

func (m *Main) sourceAdd(r *remote, args []string) error {
	f, _ := m.flags("source")
	org := f.String("org", "", m.t("机构编号", "the institution's id"))
	at := f.String("address", "", m.t("地址", "address"))
	pass := f.String("password-file", "", m.t("口令或者令牌文件", "file with the password or token"))
	header := f.String("header", "", m.t("接口：放令牌的请求头（默认 Authorization: Bearer）", "API: header for the token (Authorization: Bearer by default)"))
	id, err := parseAround(f, args)
	if err != nil {
		return err
	}
	var c newConnection
	if strings.HasPrefix(*at, "https://") || strings.HasPrefix(*at, "http://") {
		c.Sort, c.Address = source.API, *at
		if u, err := url.Parse(*at); err == nil && u.Query().Get("tls") == "off" {
			u.RawQuery = ""
			c.Address, c.TLS = u.String(), "off"
		}
		if c.Secret, err = m.secret(*pass); err != nil {
			return err
		}
	} else if c.Connection, c.Secret, err = m.address(*at, *pass); err != nil {
		return err
	}
	c.ID, c.Org, c.Header = id, *org, *header
	body, err := json.Marshal(c)
	if err != nil {
		return err
	}
	if _, err := m.sourceSay(r, "POST", "/sources/connection", body); err != nil {
		return err
	}
	fmt.Fprintf(m.Out, m.t("✓ 已登记 %s\n", "✓ %s is registered\n"), id)
	return m.sourceTest(r, []string{id})
}

// secret is what --password-file or MULU_PASSWORD gives.
func (m *Main) secret(file string) (string, error) {
	if file == "" {
		return m.Getenv("MULU_PASSWORD"), nil
	}
	raw, err := os.ReadFile(file)
	if err != nil {
		return "", fmt.Errorf("%s: %w", m.t("读取口令文件", "read the password's file"), err)
	}
	return strings.TrimRight(string(raw), "\r\n"), nil
}

func (m *Main) sourceBind(r *remote, args []string) error {
	f, _ := m.flags("source")
	file := f.String("file", "", m.t("绑定（JSON）", "the binding as JSON"))
	connection := f.String("connection", "", m.t("连接的名称", "the connection's name"))
	table := f.String("table", "", m.t("库表", "table"))
	columns := f.String("columns", "", m.t("信息项=列，用逗号隔开", "item=column, with commas between"))
	keys := f.String("keys", "", m.t("能够区分每一行的列，用逗号隔开", "columns that tell rows apart, with commas between"))
	mark := f.String("mark", "", m.t("增量标记列", "column that grows, for incremental pulls"))
	every := f.Int("every", 0, m.t("每隔多少分钟取数", "pull every so many minutes"))
	daily := f.String("at", "", m.t("每日几点取数", "pull daily at hh:mm"))
	entry, err := parseAround(f, args)
	if err != nil {
		return err
	}
	b := source.Binding{Entry: entry, Connection: *connection, Table: *table, Mark: *mark, Plan: source.Plan{Every: *every, At: *daily}}
	if *file != "" {
		raw, err := os.ReadFile(*file)
		if err != nil {
			return err
		}
		d := json.NewDecoder(bytes.NewReader(raw))
		d.DisallowUnknownFields()
		if err := d.Decode(&b); err != nil {
			return fmt.Errorf("%s: %w", *file, err)
		}
	} else {
		if schema, name, ok := strings.Cut(*table, "."); ok {
			b.Schema, b.Table = schema, name
		}
		for _, pair := range strings.Split(*columns, ",") {
			item, column, ok := strings.Cut(strings.TrimSpace(pair), "=")
			if !ok {
				column = item
			}
			b.Columns = append(b.Columns, source.Pair{Item: item, Column: column})
		}
		if *keys != "" {
			b.Keys = strings.Split(*keys, ",")
		}
	}
	body, err := json.Marshal(b)
	if err != nil {
		return err
	}
	if _, err := m.sourceSay(r, "POST", "/sources/binding", body); err != nil {
		return err
	}
	fmt.Fprintf(m.Out, m.t("✓ %s 已绑定\n", "✓ %s is bound\n"), b.Entry)
	return nil
}

func (m *Main) sourceTest(r *remote, args []string) error {
	if len(args) != 1 {
		return errors.New(m.t("用法：mulu source test 名称", "usage: mulu source test NAME"))
	}
	version, err := m.sourceSay(r, "POST", "/sources/test?"+url.Values{"id": {args[0]}}.Encode(), nil)
	if err != nil {
		return err
	}
	fmt.Fprintf(m.Out, m.t("✓ 可以连接：%s\n", "✓ it answers: %s\n"), version)
	return nil
}

func (m *Main) sourceRemove(r *remote, args []string) error {
	if len(args) != 1 {
		return errors.New(m.t("用法：mulu source remove 名称", "usage: mulu source remove NAME"))
	}
	_, err := m.sourceSay(r, "DELETE", "/sources/connection?"+url.Values{"id": {args[0]}}.Encode(), nil)
	return err
}

func (m *Main) sourceUnbind(r *remote, args []string) error {
	if len(args) != 1 {
		return errors.New(m.t("用法：mulu source unbind 目录", "usage: mulu source unbind ENTRY"))
	}
	_, err := m.sourceSay(r, "DELETE", "/sources/binding?"+url.Values{"entry": {args[0]}}.Encode(), nil)
	return err
}

// sourcePull has an entry's data fetched from its source now, beside its plan.
func (m *Main) sourcePull(r *remote, args []string) error {
	if len(args) != 1 {
		return errors.New(m.t("用法：mulu source pull 目录", "usage: mulu source pull ENTRY"))
	}
	b, err := r.fetch("POST", "/sources/pull?"+url.Values{"entry": {args[0]}}.Encode(), nil)
	if err != nil {
		return err
	}
	var l platform.Load
	if err := json.Unmarshal(b, &l); err != nil {
		return err
	}
	return m.tellLoad(l)
}

func (m *Main) sourceSay(r *remote, method, path string, body []byte) (string, error) {
	b, err := r.fetch(method, path, bytes.NewReader(body))
	if err != nil {
		return "", err
	}
	var a sourceAnswer
	if err := json.Unmarshal(b, &a); err != nil {
		return "", err
	}
	if a.Error != "" {
		return "", errors.New(a.Error)
	}
	return a.Text, nil
}
