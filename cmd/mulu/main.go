package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"mulu"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	m := &Main{Out: os.Stdout, Err: os.Stderr, In: os.Stdin, Getenv: os.Getenv, Lang: language(os.Getenv)}
	os.Exit(m.Run(ctx, os.Args[1:]))
}

// Main is the program as a value, so that a test runs the real thing.
type Main struct {
	Out, Err io.Writer
	In       io.Reader
	Getenv   func(string) string
	Lang     string // "zh" or "en"
}

// Exit codes. A node adds chain's for when it cannot go on.
const (
	exitOK     = 0
	exitNo     = 1 // the answer is no: a proof broke, a script differs, the law refuses
	exitFailed = 2 // it could not be done: bad arguments, no file, no node
)

// errNo says that the answer is no and has been printed already.
var errNo = errors.New("the answer is no")

// command is one thing the program does.
type command struct {
	name   string
	args   string // shown after the name
	zh, en string // one line
	run    func(ctx context.Context, args []string) error
}

func (m *Main) commands() []command {
	return []command{
		{"demo", "[--home DIR] [--fresh] [--warehouse postgres://…]", "启动演练区：登记机构、发布目录、装载数据、开放网关", "start a sandbox district with institutions, catalogs, data and a gateway", m.demo},
		{"say", "[--home DIR] “机构 操作 名称=值 …”", "以一句话办一件事，如：say “区教委 申请共享 目录=…”", "do one thing in words, as the script language writes it", m.say},
		{"law", "[N]", "第 N 条的条文、解读、办理路径、期限和测试", "the text of article N with its readings, ways, terms and tests", m.law},
		{"play", "[--nodes 0|1|4] 文件…", "按脚本演练规则，逐行比对预期与结果", "play scripts on bare law, one node or four, and compare line by line", m.play},
		{"init", "[--home DIR] …", "新建一条链或一个节点（--nodes 4 建四个）", "make a new chain or node (--nodes 4 makes four)", m.init},
		{"node", "[--home DIR] [--warehouse postgres://…]", "运行节点", "run a node", m.node},
		{"key", "new 名称 | list | passphrase", "机构的签名密钥：生成、列出、更改口令", "signing keys of institutions: make, list, change the passphrase", m.key},
		{"load", "[--home DIR] 目录 文件.csv", "为一条目录装载一版数据", "load a version of an entry's data", m.loadFile},
		{"scan", "地址|文件夹 [--json] [--system 系统] [--entry 目录] [--register]", "扫描数据库或者文件夹，列出库表，与已登记的比对", "scan a database or a folder: its tables, and how they differ from what is registered", m.scan},
		{"source", "list | add | bind | test | remove …", "提供方数据源：登记连接、绑定目录", "owners' sources: register connections, bind entries", m.source},
		{"status", "[--home DIR]", "节点状态：高度、记录数、待办、联签", "how the node is: height, records, pending, co-signatures", m.status},
		{"story", "[--from 日期 --to 日期] 种类 编号或名称", "一个目录、机构、申请的办理过程，或两个日期之间的差别", "what happened to an entry, institution or application, or its difference between two dates", m.story},
		{"proof", "export N | receipt ID | consistency FROM | anchor", "导出证明文件或信任锚", "export proof files or the trust anchor", m.proof},
		{"verify", "[--anchor FILE] [--rows FILE] 文件", "离线核验证明文件，说明证明了什么或断在哪里", "check a proof file offline and say what was proved or which link broke", m.verify},
		{"fsck", "[--home DIR]", "由区块重新推导磁盘上的一切并逐字节比对", "derive everything on disk again from the blocks and compare", m.fsck},
		{"rebuild", "[--home DIR]", "由记录重建查询库", "rebuild the read model from the records", m.rebuild},
		{"backup", "[--home DIR] 目录", "备份运行中或已停止的节点", "back up a node, running or stopped", m.backup},
		{"restore", "--home DIR 备份目录", "由备份恢复到新目录", "restore a backup into a new folder", m.restore},
		{"bench", "[名称…]", "性能测量，同一次运行内给出与基准的比值", "measure speed as ratios against a named baseline in the same run", m.bench},
		{"version", "", "版本", "the version", m.version},
	}
}

// Run carries out a command line and gives the exit code.
func (m *Main) Run(ctx context.Context, args []string) int {
	if len(args) == 0 || args[0] == "help" || args[0] == "-h" || args[0] == "--help" {
		m.help()
		return exitOK
	}
	for _, c := range m.commands() {
		if c.name != args[0] {
			continue
		}
		return m.end(c, c.run(ctx, args[1:]))
	}
	fmt.Fprintln(m.Err, m.t("没有“"+args[0]+"”这个命令；mulu help 列出全部命令。", "there is no command "+args[0]+"; mulu help lists them all."))
	return exitFailed
}

// end says how a command ended.
func (m *Main) end(c command, err error) int {
	var no *mulu.Refusal
	switch {
	case err == nil:
		return exitOK
	case errors.Is(err, errNo):
		return exitNo
	case errors.Is(err, flag.ErrHelp): // asked for and printed by the flag set
		return exitOK
	case errors.As(err, &no):
		fmt.Fprintln(m.Err, m.refusal(no))
		return exitNo
	}
	fmt.Fprintf(m.Err, "mulu %s: %s\n", c.name, trouble(m.Lang, err))
	return exitOf(err)
}

func (m *Main) help() {
	fmt.Fprintln(m.Out, m.t(
		"mulu（目录）：区级公共数据的目录链、共享与开放。\n规则出自《北京市西城区公共数据管理实施细则》，由链自动执行，任何人可以离线核验。\n\n用法：mulu 命令 [参数]\n",
		"mulu (目录): catalog chain, sharing and opening of a district's public data.\nThe rules are the Xicheng public-data regulation, executed by the chain and checkable offline by anyone.\n\nUsage: mulu COMMAND [arguments]\n"))
	for _, c := range m.commands() {
		fmt.Fprintf(m.Out, "  %-9s %s\n            %s\n", c.name, c.args, m.t(c.zh, c.en))
	}
	fmt.Fprintln(m.Out, m.t("\n先试：mulu demo。语言：环境变量 MULU_LANG=zh 或 en。", "\nTry first: mulu demo. Language: MULU_LANG=zh or en."))
}

// t chooses the user's language.
func (m *Main) t(zh, en string) string {
	if m.Lang == "en" {
		return en
	}
	return zh
}

func (m *Main) refusal(no *mulu.Refusal) string {
	if m.Lang == "en" {
		return no.English()
	}
	return no.Error()
}

// language is MULU_LANG, else what the system speaks, else Chinese: officials read Chinese.
func language(getenv func(string) string) string {
	for _, name := range []string{"MULU_LANG", "LC_ALL", "LC_MESSAGES", "LANG"} {
		v := strings.ToLower(getenv(name))
		switch {
		case strings.HasPrefix(v, "zh"):
			return "zh"
		case strings.HasPrefix(v, "en"):
			return "en"
		}
	}
	return "zh"
}
