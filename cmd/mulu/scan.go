package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"mulu"
	"mulu/act"
	"mulu/law/script"
	"mulu/platform/quality"
	"mulu/platform/scan"
	"mulu/platform/source"
)

// scanPatience bounds each statement of a scan at the database.
const scanPatience = 30 * time.Second

// scanned is what a scan found, as JSON.
type scanned struct {
	scan.Result
	Matches []scan.Match  `json:"matches,omitempty"`
	Changes []scan.Change `json:"changes,omitempty"`
}

// scan looks at a database or a folder, and prints what is there; with --system how it differs from what is registered, with
// --entry which columns may hold an entry's items.
func (m *Main) scan(ctx context.Context, args []string) error {
	f, dir := m.flags("scan")
	asJSON := f.Bool("json", false, m.t("以 JSON 输出", "print JSON"))
	system := f.String("system", "", m.t("与该系统已登记的库表目录比对（系统编号，节点须在运行）", "compare with the tables registered of this system (its id; the node must run)"))
	entry := f.String("entry", "", m.t("为该目录的信息项建议对应的列（目录编码，节点须在运行）", "propose columns for the items of this entry (its code; the node must run)"))
	register := f.Bool("register", false, m.t("把差异登记到链上：新增、变更、注销库表（需 --system）", "register the differences on the chain: tables that came, changed, went (with --system)"))
	passFile := f.String("password-file", "", m.t("数据库口令文件", "file with the database's password"))
	sample := f.Int("sample", 200, m.t("每张表抽看的行数，只用于判断列的内容，不保存；0 为不看", "rows of each table to look at, to tell what columns hold; nothing is kept; 0 is none"))
	usage := f.Usage
	f.Usage = func() {
		usage()
		fmt.Fprint(f.Output(), m.t(scanHelpZh, scanHelpEn))
	}
	at, err := parseAround(f, args)
	if err != nil {
		return err
	}
	if at == "" || *register && *system == "" {
		f.Usage()
		return errors.New(m.t("请写明要扫描的数据库或者文件夹", "name the database or the folder to scan"))
	}
	var r *remote
	if *system != "" || *entry != "" {
		if r, err = m.dial(ctx, home(*dir)); err != nil {
			return err
		}
	}
	terms := scan.Terms{Sample: max(0, min(*sample, 10_000)), CodeSets: codeSetsOf(r, *entry)}
	found, err := m.look(ctx, at, *passFile, terms)
	if err != nil {
		return err
	}
	out := scanned{Result: found}
	if *entry != "" {
		var e mulu.Entry
		if err := r.noun(mulu.KindEntry, *entry, &e); err != nil {
			return err
		}
		out.Matches = scan.Propose(e.Current(), found.Tables, chainStandards{r})
	}
	var s mulu.System
	if *system != "" {
		if err := r.noun(mulu.KindSystem, *system, &s); err != nil {
			return err
		}
		tables, err := r.tablesOf(s.ID)
		if err != nil {
			return err
		}
		out.Changes = scan.Drift(s.Org, s.ID, found.Database, tables, found)
	}
	if *asJSON {
		b, err := json.MarshalIndent(out, "", "  ")
		if err != nil {
			return err
		}
		fmt.Fprintln(m.Out, string(b))
	} else {
		m.tellScan(out, *system != "")
	}
	if *register {
		return m.register(r, s, out.Changes)
	}
	return nil
}

const scanHelpZh = `
  数据库写作  postgres://用户@主机:端口/库名
              mysql://用户@主机:端口/库名      （MariaDB 相同）
              sqlite:/路径/文件.db
  文件夹写作  /路径/文件夹                      （CSV、Excel、JSON 行、Parquet、GeoJSON、shapefile）
  服务器没有加密的，在末尾加 ?tls=off；自签证书的，加 ?ca=证书文件。
  口令用 --password-file 或者环境变量 MULU_PASSWORD 提供；写在地址里的口令，本机其他用户能在进程列表中看到。
  只读取，不改动；抽看的值不保存，也不显示。
`

const scanHelpEn = `
  A database is written  postgres://user@host:port/database
                         mysql://user@host:port/database   (MariaDB too)
                         sqlite:/path/file.db
  A folder is written    /path/folder   (CSV, Excel, JSON lines, Parquet, GeoJSON, shapefiles)
  Where the server has no encryption add ?tls=off; where its certificate is signed by its owner add ?ca=FILE.
  Give the password by --password-file or MULU_PASSWORD; one that stands in the address can be seen by others of this
  machine in its list of processes.
  A scan only reads; values it looks at are neither kept nor shown.
`

// parseAround parses flags before and after the one argument.
func parseAround(f *flag.FlagSet, args []string) (string, error) {
	if err := f.Parse(args); err != nil {
		return "", err
	}
	at := f.Arg(0)
	if f.NArg() > 1 {
		if err := f.Parse(f.Args()[1:]); err != nil {
			return "", err
		}
		if f.NArg() > 0 {
			return "", fmt.Errorf("%q?", f.Arg(0))
		}
	}
	return at, nil
}

// look opens what an address names and looks at it.
func (m *Main) look(ctx context.Context, at, passFile string, terms scan.Terms) (scan.Result, error) {
	if info, err := os.Stat(at); err == nil && info.IsDir() {
		return scan.Folder(ctx, at, terms)
	}
	c, secret, err := m.address(at, passFile)
	if err != nil {
		return scan.Result{}, err
	}
	r, err := source.OpenReader(c, secret, source.Anywhere(), scanPatience)
	if err != nil {
		return scan.Result{}, m.faulty(err)
	}
	defer r.Close()
	name := c.Database
	if c.Sort == source.SQLite {
		name = filepath.Base(c.Address)
	}
	found, err := scan.Database(ctx, r, name, terms)
	if err != nil && ctx.Err() == nil {
		err = errors.New(sourceTrouble(m.Lang, err))
	}
	return found, err
}

// address reads an address as people write it. Errors never repeat it: it may hold a password.
func (m *Main) address(at, passFile string) (c source.Connection, secret string, err error) {
	c = source.Connection{ID: "scan", Org: "-"}
	bad := errors.New(m.t("看不懂这个地址；mulu scan -h 说明怎样写", "this address is not understood; mulu scan -h says how to write one"))
	if path, ok := strings.CutPrefix(at, "sqlite:"); ok || !strings.Contains(at, "://") {
		path = strings.TrimPrefix(path, "//")
		if c.Address, err = filepath.Abs(path); err != nil {
			return c, "", err
		}
		if _, err := os.Stat(c.Address); err != nil {
			return c, "", fmt.Errorf("%s: %w", m.t("没有这个文件或者文件夹", "there is no such file or folder"), err)
		}
		c.Sort = source.SQLite
		return c, "", nil
	}
	u, err := url.Parse(at)
	if err != nil || u.User.Username() == "" || u.Path == "" || u.Fragment != "" {
		return c, "", bad
	}
	port := ""
	switch u.Scheme {
	case "postgres", "postgresql":
		c.Sort, port = source.Postgres, "5432"
	case "mysql", "mariadb":
		c.Sort, port = source.MySQL, "3306"
	default:
		return c, "", bad
	}
	if u.Port() != "" {
		port = u.Port()
	}
	c.Address, c.Database, c.User = net.JoinHostPort(u.Hostname(), port), strings.TrimPrefix(u.Path, "/"), u.User.Username()
	q := u.Query()
	if q.Get("tls") == "off" || q.Get("sslmode") == "disable" {
		c.TLS = "off"
	}
	if file := q.Get("ca"); file != "" {
		pem, err := os.ReadFile(file)
		if err != nil {
			return c, "", fmt.Errorf("%s: %w", m.t("读取证书", "read the certificate"), err)
		}
		c.CA = string(pem)
	}
	secret, _ = u.User.Password()
	if p := m.Getenv("MULU_PASSWORD"); p != "" {
		secret = p
	}
	if passFile != "" {
		raw, err := os.ReadFile(passFile)
		if err != nil {
			return c, "", fmt.Errorf("%s: %w", m.t("读取口令文件", "read the password's file"), err)
		}
		secret = strings.TrimRight(string(raw), "\r\n")
	}
	return c, secret, nil
}

// faulty says in the user's language what is wrong with what was set.
func (m *Main) faulty(err error) error {
	var f *source.Fault
	if errors.As(err, &f) {
		return errors.New(f.Text(m.Lang))
	}
	return err
}

// tellScan prints what was found, as a person reads it.
func (m *Main) tellScan(s scanned, drift bool) {
	fmt.Fprintf(m.Out, m.t("%s  %s：%d 张表\n", "%s  %s: %d tables\n"), s.Database, s.Version, len(s.Tables))
	for _, t := range s.Tables {
		rows := m.t("行数未知", "rows unknown")
		if t.Rows >= 0 {
			rows = fmt.Sprintf(m.t("%d 行", "%d rows"), t.Rows)
			if !t.Exact {
				rows = m.t("约 ", "about ") + rows
			}
		}
		view := ""
		if t.View {
			view = m.t(" 视图", " view")
		}
		fmt.Fprintf(m.Out, "\n%s%s  %s  %s\n", t.Title(), view, rows, t.Comment)
		for i, c := range t.Columns {
			if i == 60 && len(t.Columns) > 80 {
				fmt.Fprintf(m.Out, m.t("    其余 %d 列从略（--json 列出全部）\n", "    %d more columns (--json lists all)\n"), len(t.Columns)-i)
				break
			}
			kind := c.Type
			if c.Length > 0 {
				kind = fmt.Sprintf("%s(%d)", c.Type, c.Length)
			}
			mark := " "
			if c.IsKey {
				mark = "*"
			}
			fmt.Fprintf(m.Out, "  %s %-24s %-20s %s\n", mark, c.Name, kind, c.Comment)
		}
	}
	for _, l := range s.Left {
		fmt.Fprintf(m.Out, m.t("! %s：%s\n", "! %s: %s\n"), l.Name, m.t(l.Zh, l.En))
	}
	for _, match := range s.Matches {
		fmt.Fprintf(m.Out, m.t("\n%s 可能存放该目录的数据（%d 分）\n", "\n%s may hold the entry's data (%d points)\n"), scan.Table{Schema: match.Schema, Name: match.Table}.Title(), match.Score)
		for _, p := range match.Proposals {
			var why []string
			for _, r := range p.Reasons {
				why = append(why, r.Text(m.Lang))
			}
			fmt.Fprintf(m.Out, "  %-16s <- %-24s %3d  %s\n", p.Item, p.Column, p.Score, strings.Join(why, m.t("；", "; ")))
		}
	}
	if !drift {
		return
	}
	if len(s.Changes) == 0 {
		fmt.Fprintln(m.Out, m.t("\n✓ 与已登记的库表目录一致", "\n✓ as registered"))
	}
	for _, c := range s.Changes {
		fmt.Fprintf(m.Out, "\n%s %s%s\n", m.changeWord(c.Sort), scan.Table{Schema: c.Schema, Name: c.Table}.Title(), m.cannot(c))
		for _, shift := range c.Columns {
			fmt.Fprintf(m.Out, "  %s %s  %s\n", m.changeWord(shift.Sort), shift.Column, m.shiftWords(shift))
		}
	}
}

func (m *Main) changeWord(sort string) string {
	switch sort {
	case "came":
		return m.t("新增", "came")
	case "went":
		return m.t("消失", "went")
	}
	return m.t("变更", "changed")
}

func (m *Main) shiftWords(s scan.Shift) string {
	if s.Sort != "changed" {
		return s.Was + s.Now
	}
	what := map[string]string{"type": m.t("类型", "type"), "nullable": m.t("可空", "nullable"), "key": m.t("主键", "key"), "comment": m.t("说明", "comment")}[s.What]
	return fmt.Sprintf("%s %q → %q", what, s.Was, s.Now)
}

// cannot says why a table cannot be registered as it is.
func (m *Main) cannot(c scan.Change) string {
	switch c.Narrow {
	case "columns":
		return m.t("（多于 2000 列，不能登记）", " (more than 2000 columns, cannot be registered)")
	case "name":
		return m.t("（名称过长或者含有控制字符，不能登记）", " (a name is too long or has control characters, cannot be registered)")
	}
	return ""
}

// register says the acts that bring the catalog up to date, each for itself; what the law refuses is told and the rest goes on.
func (m *Main) register(r *remote, s mulu.System, changes []scan.Change) error {
	said, refused := 0, 0
	for _, c := range changes {
		a := actFor(s, c, m.t("库表已不存在（扫描结果）", "the table is gone, as a scan found"))
		if a == nil {
			continue
		}
		_, no, err := r.Say(script.By{Org: s.Org}, a)
		if err != nil {
			return err
		}
		if no != nil {
			refused++
			fmt.Fprintf(m.Out, "✗ %s：%s\n", c.Table, m.refusal(no))
			continue
		}
		said++
	}
	fmt.Fprintf(m.Out, m.t("已登记 %d 项，%d 项未获准\n", "%d registered, %d refused\n"), said, refused)
	if refused > 0 {
		return errNo
	}
	return nil
}

// actFor is the act that brings the catalog up to date with a change; nil where none can.
func actFor(s mulu.System, c scan.Change, why string) act.Act {
	switch {
	case c.Sort == "went":
		return &act.RetireTable{Table: c.ID, Why: why}
	case c.Narrow != "":
		return nil
	case c.Sort == "came":
		return &act.RegisterTable{System: s.ID, Database: c.Now.Database, Schema: c.Now.Schema, Name: c.Now.Name, Comment: c.Now.Comment, Rows: c.Now.Rows, Columns: c.Now.Columns}
	}
	return &act.AmendTable{Table: c.ID, Comment: c.Now.Comment, Rows: c.Now.Rows, Columns: c.Now.Columns}
}

// noun reads a noun of the running node.
func (r *remote) noun(kind mulu.Kind, id string, into any) error {
	raw, ok := r.Get(kind, id)
	if !ok {
		return &mulu.Refusal{Code: "unknown", Art: "12", Args: []string{"@" + string(kind), id}}
	}
	return json.Unmarshal(raw, into)
}

func (r *remote) tablesOf(system string) (tables []mulu.Table, err error) {
	for _, id := range r.Find(mulu.KindTable, "system/"+system) {
		var t mulu.Table
		if err := r.noun(mulu.KindTable, id, &t); err != nil {
			return nil, err
		}
		tables = append(tables, t)
	}
	return tables, nil
}

// chainStandards are the district's data elements and code sets as the running node has them.
type chainStandards struct{ r *remote }

var _ quality.Standards = chainStandards{}

func (c chainStandards) Element(id string) *mulu.Element {
	var e mulu.Element
	if c.r.noun(mulu.KindElement, id, &e) != nil {
		return nil
	}
	return &e
}

func (c chainStandards) CodeSet(id string) *mulu.CodeSet {
	var s mulu.CodeSet
	if c.r.noun(mulu.KindCodeSet, id, &s) != nil {
		return nil
	}
	return &s
}

// codeSetsOf gives the code sets that an entry's items are bound to.
func codeSetsOf(r *remote, entry string) (sets []*mulu.CodeSet) {
	var e mulu.Entry
	if r == nil || entry == "" || r.noun(mulu.KindEntry, entry, &e) != nil {
		return nil
	}
	seen := map[string]bool{}
	for _, i := range e.Current().Items {
		if i.Standard == "" {
			continue
		}
		element := chainStandards{r}.Element(i.Standard)
		if element == nil || element.CodeSet == "" || seen[element.CodeSet] {
			continue
		}
		seen[element.CodeSet] = true
		if s := (chainStandards{r}).CodeSet(element.CodeSet); s != nil {
			sets = append(sets, s)
		}
	}
	return sets
}
