package main

import (
	"os"
	"strings"
	"testing"

	"mulu"
)

// word gives what stands after a word at the beginning of a line.
func word(t *testing.T, out, after string) string {
	t.Helper()
	for line := range strings.Lines(out) {
		if rest, ok := strings.CutPrefix(line, after+" "); ok {
			return strings.TrimSpace(rest)
		}
	}
	t.Fatalf("no %q in:\n%s", after, out)
	return ""
}

// On a real chain an institution's key is made in the home and speaks without a restart, also after a rotation; data is
// loaded by a command; the passphrase is changed while the node stands.
func TestKeysAndLoads(t *testing.T) {
	w := newHouse(t)
	file := func(name, text string) string {
		t.Helper()
		if err := os.WriteFile(w.path(name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return w.path(name)
	}
	refused := func(says string, args ...string) {
		t.Helper()
		if out, code := w.run(args...); code == 0 || !strings.Contains(out, says) {
			t.Errorf("mulu %s: exit %d, want %q:\n%s", strings.Join(args, " "), code, says, out)
		}
	}
	old, fresh, none := file("old", "旧口令\n"), file("fresh", "新口令\n"), file("none", "\n")
	refused("口令文件是空的", "init", "--credit-code", "11110102000000019M", "--passphrase-file", none)
	made := w.must("init", "--credit-code", "11110102000000019M", "--gateway", "", "--pages", "", "--passphrase-file", old)
	w.start("已启动", "node", "--passphrase-file", old)
	id := word(t, made, "  连接编号")
	contains(t, "status", w.must("status"), "节点 node-1：正常", "连接编号 "+id)

	refused("口令不对", "key", "--passphrase-file", fresh, "new", "jiaowei")
	refused("密钥名称只用字母", "key", "--passphrase-file", old, "new", "教委")
	first := word(t, w.must("key", "--passphrase-file", old, "new", "jiaowei"), "公钥")
	refused("已有名为“jiaowei”的密钥", "key", "--passphrase-file", old, "new", "jiaowei")
	contains(t, "list", w.must("key", "list"), "jiaowei      "+first+"  链上尚未登记", "001 区数据局 在用")
	w.must("say", "区数据局 登记机构 名称=区教育委员会 简称=区教委 类别=行政机关 信用代码="+mulu.CreditCode("1111010200000002")+" 公钥="+first)
	w.must("say", "区教委 登记职责 名称=学籍管理 依据=三定")
	second := word(t, w.must("key", "--passphrase-file", old, "new", "jiaowei-2"), "公钥")
	w.must("say", "区教委 更换密钥 公钥="+second)
	w.must("say", "区教委 登记职责 名称=招生 依据=三定")
	contains(t, "list", w.must("key", "list"), first+"  002 区教委 已更换", second+"  002 区教委 在用")

	w.must("say", "区教委 提交目录 名称=学校名录 摘要=全区学校 职责=学籍管理 分类=307 格式=数据库 更新周期=每月 共享=无条件共享 开放=不予开放 不开放情形=3 级别=1\n"+
		"  - 信息项 名称=学校代码 字段=xxdm 类型=C 长度=10 主键=是 级别=1\n  - 信息项 名称=学校名称 字段=xxmc 类型=C 长度=50 级别=1")
	good, bad := file("good.csv", "xxdm,xxmc\n1,一中\n2,二中\n"), file("bad.csv", "xxdm,xxmc,bz\n1,一中,\n,二中,\n")
	refused("没有", "load", "学校名录", good) // not published yet
	refused("cannot be read as a genesis", "init", "--home", w.path("j"), "--join", good, "--node", "node-2", "--peers", id+"@127.0.0.1:1")
	if _, err := os.Stat(w.path("j")); !os.IsNotExist(err) {
		t.Errorf("joining with a wrong file left a home behind: %v", err)
	}
	w.must("say", "区数据局 核定目录 目录=学校名录")
	contains(t, "load", w.must("load", "学校名录", good), "第 1 版已发布，2 行")
	refused("第 3 行 学校代码", "load", "学校名录", bad)
	refused("没有编号为“无此目录”的数据目录", "load", "无此目录", good)
	contains(t, "load again", w.must("load", "307110102002/000001", good), "第 2 版已发布")

	refused("节点正在运行", "key", "--passphrase-file", old, "--new-passphrase-file", fresh, "passphrase")
	w.stop()
	refused("没有节点在运行", "load", "学校名录", good)
	refused("口令不对", "key", "--passphrase-file", file("wrong", "别的"), "--new-passphrase-file", fresh, "passphrase")
	refused("口令文件是空的", "key", "--passphrase-file", old, "--new-passphrase-file", none, "passphrase")
	contains(t, "passphrase", w.must("key", "--passphrase-file", old, "--new-passphrase-file", fresh, "passphrase"), "5 个密钥文件")
	refused("口令不对", "node", "--passphrase-file", old)
	w.start("已启动", "node", "--passphrase-file", fresh)
	w.must("say", "区教委 登记职责 名称=体检 依据=三定")
	w.must("say", "区数据局 登记职责 名称=统筹 依据=三定")
	w.stop()
}
