package main

import (
	"bytes"
	"crypto/rand"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mulu/act"
	"mulu/law/script"
)

func TestHelpAndMistakes(t *testing.T) {
	w := newHouse(t)
	help := w.must("help")
	for _, c := range (&Main{}).commands() {
		contains(t, "help", help, "  "+c.name, c.zh)
		out, code := w.run(c.name, "-h")
		if code != 0 || !strings.Contains(out, c.zh) {
			t.Errorf("mulu %s -h: exit %d\n%s", c.name, code, out)
		}
	}
	for _, c := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{"dance"}, 2, "没有“dance”这个命令"},
		{[]string{"say"}, 2, "请写明机构、操作和内容"},
		{[]string{"say", "区教委 申请共享"}, 2, "没有节点在运行"},
		{[]string{"status"}, 2, "没有节点在运行"},
		{[]string{"node"}, 2, "没有 config.json"},
		{[]string{"fsck"}, 2, "没有 config.json"},
		{[]string{"play"}, 2, "请指定脚本文件"},
		{[]string{"play", "--nodes", "3", "x"}, 2, "只能是 0、1 或 4"},
		{[]string{"play", "nowhere.txt"}, 2, "nowhere.txt"},
		{[]string{"law", "99"}, 2, "条号应为 1 至 44"},
		{[]string{"verify"}, 2, "用法：mulu verify"},
		{[]string{"verify", "x"}, 2, "读取信任锚"},
		{[]string{"init", "--nodes", "0", "--sandbox"}, 2, "节点数应在 1 至 50 之间"},
		{[]string{"init"}, 2, "--credit-code: a unified social credit code has 18 characters"},
		{[]string{"init", "--credit-code", "11110102000000019M"}, 2, "需要密钥口令"},
		{[]string{"init", "--join", "door_test.go", "--node", "node-2", "--peers", "x"}, 2, "door_test.go"},
		{[]string{"restore", "nowhere"}, 2, "没有 config.json"},
	} {
		out, code := w.run(c.args...)
		if code != c.code || !strings.Contains(out, c.says) || strings.Count(strings.TrimSpace(out), "\n") > 1 {
			t.Errorf("mulu %s: exit %d, want %d and %q:\n%s", strings.Join(c.args, " "), code, c.code, c.says, out)
		}
	}
	if left, err := os.ReadDir(w.dir); err != nil || len(left) > 0 {
		t.Errorf("mistakes left something behind: %v %v", left, err)
	}
	contains(t, "law 21", w.must("law", "21"), "视为同意", "路径", "解读", "law/testdata/a21_4_deemed_consent.txt", "答复 5")
	contains(t, "law", w.must("law"), "第四十四条")
}

func scriptFiles(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("../../law/testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("no scripts")
	}
	for i := range files {
		if files[i], err = filepath.Abs(files[i]); err != nil {
			t.Fatal(err)
		}
	}
	return files
}

// The scripts play on bare law, on a node, and on four nodes one of which is killed between lines; a difference is told.
func TestPlay(t *testing.T) {
	w := newHouse(t)
	files := scriptFiles(t)
	out := w.must(append([]string{"play", "-q"}, files...)...)
	if strings.Count(out, "0 处不一致") != len(files) {
		t.Errorf("bare law:\n%s", out)
	}
	var some []string
	for _, f := range files {
		switch filepath.Base(f) {
		case "a21_4_deemed_consent.txt", "a05_calendar.txt", "a38_keys.txt", "a24_grant.txt", "a11_entry.txt":
			some = append(some, f)
		}
	}
	out = w.must(append([]string{"play", "-q", "--nodes", "1"}, some...)...)
	if strings.Count(out, "0 处不一致") != len(some) {
		t.Errorf("one node:\n%s", out)
	}
	deemed := filepath.Join(filepath.Dir(files[0]), "a21_4_deemed_consent.txt")
	contains(t, "four nodes", w.must("play", "-q", "--nodes", "4", deemed), "4 个节点一致", "0 处不一致")

	text, err := os.ReadFile(deemed)
	if err != nil {
		t.Fatal(err)
	}
	wrong := w.path("wrong.txt")
	if err := os.WriteFile(wrong, bytes.Replace(text, []byte("2026-10-10 00:00 申请已同意"), []byte("2026-10-09 00:00 申请已同意"), 1), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, code := w.run("play", wrong); code != 1 || !strings.Contains(out, "预期") || !strings.Contains(out, "1 处不一致") {
		t.Errorf("a script that differs: exit %d\n%s", code, out)
	}
	if err := os.WriteFile(wrong, []byte("# 题\n开始 2026-09-01 09:00\n区数据局 跳舞 名称=甲\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, code := w.run("play", wrong); code != 2 || !strings.Contains(out, "第 3 行：没有“跳舞”这种操作") {
		t.Errorf("a script that is not understood: exit %d\n%s", code, out)
	}
}

// A real chain: keys under a passphrase, nothing filled in, no clock to move.
func TestRealChain(t *testing.T) {
	w := newHouse(t)
	pass := w.path("pass")
	if err := os.WriteFile(pass, []byte("很长的口令\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	w.must("init", "--credit-code", "11110102000000019M", "--gateway", "", "--pages", "", "--passphrase-file", pass)
	if out, code := w.run("init", "--credit-code", "11110102000000019M", "--passphrase-file", pass); code != 2 || !strings.Contains(out, "is there already") {
		t.Errorf("init twice: exit %d\n%s", code, out)
	}
	bad := w.path("bad")
	if err := os.WriteFile(bad, []byte("错"), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, code := w.run("node", "--passphrase-file", bad); code != 2 || !strings.Contains(out, "口令不对，打不开密钥") {
		t.Errorf("a wrong passphrase: exit %d\n%s", code, out)
	}
	w.start("已启动", "node", "--passphrase-file", pass)
	contains(t, "say", w.must("say", "区数据局 登记职责 名称=统筹公共数据 依据=三定"), "职责已登记")
	if out, code := w.run("say", "区数据局 拨快时钟 至=2030-01-01T00:00:00+08:00"); code != 1 || !strings.Contains(out, "正式链按实际时间运行") {
		t.Errorf("moving a real clock: exit %d\n%s", code, out)
	}
	if out, code := w.run("say", "区数据局 登记机构 简称=区教委 类别=行政机关"); code != 1 || !strings.Contains(out, "✗ 第二条") {
		t.Errorf("a real institution without its data: exit %d\n%s", code, out)
	}
	if out, code := w.run("node", "--passphrase-file", pass); code != 2 || !strings.Contains(out, "另一个进程") {
		t.Errorf("two nodes on one home: exit %d\n%s", code, out)
	}
	if out, code := w.run("demo"); code == 0 {
		t.Errorf("demo on a real home: %s", out)
	}
	if out, code := w.run("demo", "--fresh"); code != 2 {
		t.Errorf("demo --fresh on a real home: exit %d %s", code, out)
	}
	w.must("backup", "b1")
	w.stop()
	w.must("backup", "--passphrase-file", pass, "b2")
	for _, b := range []string{"b1", "b2"} {
		w.must("restore", "--home", w.path("r-"+b), b)
		contains(t, "fsck of "+b, w.must("fsck", "--home", w.path("r-"+b), "--passphrase-file", pass), "与磁盘逐字节一致")
		w.must("rebuild", "--home", w.path("r-"+b), "--passphrase-file", pass)
		contains(t, "fsck of "+b, w.must("fsck", "--home", w.path("r-"+b), "--passphrase-file", pass), "查询库与由记录重建的一致")
	}
	if out, code := w.run("restore", "b1"); code != 2 || !strings.Contains(out, "目标目录已有节点") {
		t.Errorf("restore over a node: exit %d\n%s", code, out)
	}
}

// Damage on disk is named, and what can be derived is derived again.
func TestDamage(t *testing.T) {
	w := newHouse(t)
	w.must("init", "--sandbox", "--gateway", "", "--pages", "")
	w.start("已启动", "node")
	w.must("say", "区数据局 登记职责 名称=统筹公共数据 依据=三定")
	w.stop()
	for name, c := range map[string]struct{ file, says string }{
		"settings":   {"config.json", "not readable as settings"},
		"genesis":    {"chain/genesis.json", "genesis"},
		"node's key": {"keys/node.key", "key"},
		"read model": {"read.db", "mulu rebuild"},
	} {
		path := w.path("h/" + c.file)
		good, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte("damaged: this is no file of the program, and long enough to be read as one"), 0o600); err != nil {
			t.Fatal(err)
		}
		out, code := w.run("node")
		if code == 0 || !strings.Contains(out, c.says) {
			t.Errorf("%s damaged: exit %d\n%s", name, code, out)
		}
		if err := os.WriteFile(path, good, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(w.path("h/read.db"), []byte("damaged: this is no database, and long enough to be taken for something"), 0o600); err != nil {
		t.Fatal(err)
	}
	w.must("rebuild")
	w.start("已启动", "node")
	contains(t, "after rebuild", w.must("status"), "落后 0")
	w.stop()
}

// Bad acts at the door: each is named, and the chain goes on.
func TestBadActs(t *testing.T) {
	w := newHouse(t)
	w.must("init", "--sandbox", "--gateway", "", "--pages", "")
	w.start("已启动", "node")
	r, err := dial(t.Context(), home(w.path("h")))
	if err != nil {
		t.Fatal(err)
	}
	make1 := func(chain, org, name string, keyOf string) *act.Signed {
		s, err := act.Sign(&act.RegisterDuty{Name: name, Basis: "三定"}, act.By{Chain: chain, Org: org}, script.Key(keyOf, 1), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	good := make1(r.chain, "001", "甲职责", script.Bureau)
	first, err := r.post("/submit", good.Bytes)
	if err != nil || first.Outcome == nil {
		t.Fatal(first, err)
	}
	again, err := r.post("/submit", good.Bytes)
	if err != nil || again.Outcome == nil || again.Outcome.N != first.Outcome.N {
		t.Errorf("a replayed act: %+v %v", again, err)
	}
	flipped := bytes.Clone(good.Bytes)
	flipped[len(flipped)-10] ^= 1
	for name, c := range map[string]struct {
		bytes []byte
		says  string
	}{
		"another chain":    {make1("elsewhere", "001", "乙职责", script.Bureau).Bytes, "是为链“elsewhere”签名的"},
		"10 MB":            {bytes.Repeat([]byte{'x'}, 10<<20), "超过"},
		"malformed":        {[]byte("{\nAA==\n"), "不是有效的操作（statement）"},
		"broken signature": {flipped, "签名与陈述及其公钥不符"},
	} {
		re, err := r.post("/submit", c.bytes)
		if err == nil || re.Outcome != nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %+v %v", name, re, err)
		}
	}
	for name, c := range map[string]struct {
		s    *act.Signed
		code string
	}{
		"unknown key":         {make1(r.chain, "001", "丙职责", "无人"), "key_unknown"},
		"another institution": {make1(r.chain, "002", "丙职责", script.Bureau), "key_of_another"},
		"the same name":       {make1(r.chain, "001", "甲职责", script.Bureau), "name_taken"},
	} {
		re, err := r.post("/submit", c.s.Bytes)
		if err != nil || re.Refused == nil || re.Refused.Code != c.code {
			t.Errorf("%s: %+v %v", name, re, err)
		}
	}
	if _, err := r.fetch(http.MethodPost, "/do", strings.NewReader(`{"org":"001","kind":"duty.invent","act":{}}`)); err != nil {
		t.Errorf("an unknown kind is not answered: %v", err)
	}
	if re, err := r.ask("001", &act.RegisterDuty{Name: "丁职责", Basis: "三定"}); err != nil || re.Outcome == nil {
		t.Errorf("the chain does not go on: %+v %v", re, err)
	}
	for _, short := range []string{"区教委", "区民政局"} { // each command fills in another credit code
		contains(t, "register", w.must("say", "区数据局 登记机构 简称="+short+" 类别=行政机关"), "机构已登记")
	}
	w.stop()
}
