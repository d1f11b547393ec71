package script

import (
	"encoding/hex"
	"math/rand/v2"
	"os"
	"reflect"
	"testing"
	"time"

	"mulu"
	"mulu/act"
	"mulu/law"
)

// Whatever is said, by whomever, in whatever order, the law answers with facts or a refusal and never breaks: a rule that
// panicked would stop every node. Random acts of every kind, their fields filled from what the chain knows and from
// nonsense, are said to a chain with some life in it; then years pass.
func TestTheLawAnswersWhateverIsSaid(t *testing.T) {
	refused, done := map[string]int{}, map[string]int{}
	for seed := range uint64(12) {
		b := lively(t)
		r := rand.New(rand.NewPCG(seed, 1))
		words := b.words()
		for range 1500 {
			w := act.Words()[r.IntN(len(act.Words()))]
			a := w.New()
			scramble(reflect.ValueOf(a).Elem(), r, words)
			by := b.anybody(r)
			facts, no, err := b.Say(by, a)
			if err != nil {
				t.Fatal(err)
			}
			if no != nil && len(facts) > 0 || no == nil && len(facts) == 0 && w.Kind != "tick" {
				t.Fatalf("%s: facts %v, refusal %v", w.Kind, facts, no)
			}
			if no != nil {
				refused[no.Code]++
				if no.Text("zh") == no.Code || no.Text("en") == no.Code {
					t.Errorf("the refusal %s has no words", no.Code)
				}
			} else {
				done[w.Kind]++
				for _, f := range facts {
					words = append(words, f.ID)
				}
			}
			if r.IntN(40) == 0 {
				if _, err := b.Advance(law.Now(&b.State, b.block).Add(time.Duration(r.IntN(20*24)) * time.Hour)); err != nil {
					t.Fatal(err)
				}
			}
		}
		if _, err := b.Advance(law.Now(&b.State, b.block).AddDate(5, 0, 0)); err != nil {
			t.Fatal(err)
		}
		if due := law.Due(&b.State, b.moment(), 1); len(due) > 0 {
			t.Errorf("after five years %v is still due", due[0])
		}
	}
	if len(refused) < 25 || len(done) < 15 {
		t.Errorf("only %d refusals and %d kinds of act came up", len(refused), len(done))
	}
}

// lively plays a script with applications, grants and cases, and gives its chain.
func lively(t *testing.T) *Bare {
	t.Helper()
	s, err := Parse(`# 有生气的链
开始 2026-09-24 10:00
区数据局 登记机构 简称=区民政局 类别=行政机关
区数据局 登记机构 简称=区教委 类别=行政机关
区数据局 登记机构 简称=区残联 类别=依法授权组织 参照执行=是
区民政局 登记职责 名称=社会救助 依据=三定
区民政局 登记系统 名称=救助系统 网络=政务外网 等保级别=3 数据库=救助库
区民政局 登记库表 系统=救助系统 数据库=救助库 表名=t_dbdx
  - 列 名称=xm 类型=varchar
区民政局 提交目录 名称=低保对象 摘要=低保对象 职责=社会救助 分类=307 格式=数据库 更新周期=每月 共享=有条件共享 共享条件=依法履职 开放=不予开放 不开放情形=3 级别=3
  - 信息项 名称=姓名 字段=xm 类型=C 长度=50 个人信息=是 级别=3
  - 信息项 名称=街道 字段=jd 类型=C 长度=12 级别=1
区数据局 核定目录 目录=低保对象
区民政局 提交目录 名称=街道名录 摘要=街道名录 职责=社会救助 分类=307 格式=数据库 更新周期=每年 共享=无条件共享 开放=无条件开放 级别=1
  - 信息项 名称=街道 字段=jd 类型=C 长度=12 级别=1
区数据局 核定目录 目录=街道名录
区教委 申请共享 目录=低保对象 应用场景=核对 使用范围=本委 履职依据=三定 方式=接口查询 天数=90
区残联 申请共享 目录=低保对象 应用场景=核对 使用范围=本会 履职依据=三定 方式=接口查询 天数=90 记作=乙
区民政局 答复申请 申请=乙 决定=不同意 法定事由=社会救助暂行办法第五十八条 说明=用途不符
区残联 提请协调 申请=乙 理由=用途符合
区教委 申请共享 目录=街道名录 应用场景=核对 使用范围=本委 履职依据=三定 方式=接口查询 天数=90
区教委 登记对接 名称=平台
`)
	if err != nil {
		t.Fatal(err)
	}
	b, err := NewBare(s)
	if err != nil {
		t.Fatal(err)
	}
	if err := Play(s, b, func(p Played) error {
		for _, g := range p.Got {
			if g[:3] == "✗" {
				t.Errorf("line %d: %s", p.Step.Line, g)
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return b
}

// words collects what random fields are filled with: every id on the chain, code words, digests, keys, dates, nonsense.
func (b *Bare) words() []string {
	words := []string{"", " ", "甲", "社会救助", "低保对象", "xm", "jd", "query", "check", "full", "part", "refused", "grant", "uphold", "unconditional",
		"conditional", "not_shared", "not_open", "zone", "307", "101", "monthly", "database", "government", "organ", "service", "C", "N", "varchar",
		"第五十八条", "2026-10-01", "2027-01-01", "2027-01-09", "2026-12-01T00:00:00+08:00", "district-2023", "state-council-809", "\x00", "\n", "‮",
		mulu.CreditCode("1111010200000777"), Key("陌生", 1).Public().String(), Key("陌生", 2).Public().String(), "secret:a",
		hex.EncodeToString(make([]byte, 32)), "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="}
	for i := range b.State.Len() {
		key := b.State.keys[i]
		if len(key) > 2 && key[:2] == "n/" {
			for j := 2; j < len(key); j++ {
				if key[j] == '/' {
					words = append(words, key[j+1:])
					break
				}
			}
		}
	}
	return words
}

// anybody gives a speaker: mostly an institution with its own key, sometimes a node, a stranger or a forger.
func (b *Bare) anybody(r *rand.Rand) By {
	orgs := []struct{ id, short string }{{"001", Bureau}, {"001", Bureau}, {"002", "区民政局"}, {"003", "区教委"}, {"004", "区残联"}}
	o := orgs[r.IntN(len(orgs))]
	switch r.IntN(12) {
	case 0:
		return By{Node: "node-1", Signer: Key("节点:node-1", 1)}
	case 1:
		return By{Org: o.id, Signer: Key("陌生", 1)}
	case 2:
		return By{Org: "999", Signer: Key(o.short, 1)}
	}
	return By{Org: o.id, Signer: Key(o.short, 1)}
}

func scramble(v reflect.Value, r *rand.Rand, words []string) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(words[r.IntN(len(words))])
	case reflect.Int, reflect.Int64:
		v.SetInt([]int64{0, 1, 1, 2, 3, 4, 5, 30, 90, 2027, -1, 1 << 40, -1 << 62}[r.IntN(13)])
	case reflect.Uint64:
		v.SetUint([]uint64{0, 1, 2, 50, 1 << 63}[r.IntN(5)])
	case reflect.Bool:
		v.SetBool(r.IntN(2) == 0)
	case reflect.Struct:
		for i := range v.NumField() {
			scramble(v.Field(i), r, words)
		}
	case reflect.Slice:
		n := r.IntN(4)
		v.Set(reflect.MakeSlice(v.Type(), n, n))
		for i := range n {
			scramble(v.Index(i), r, words)
		}
	}
}

// No text makes the parser or the player break.
func FuzzScript(f *testing.F) {
	for _, file := range scripts(f) {
		f.Add(read1(f, file))
	}
	f.Add("# 题\n开始 2026-09-24 10:00\n区数据局 登记机构 简称=“甲 乙” 类别=行政机关\n  - 列 名称=\n→ x")
	f.Fuzz(func(t *testing.T, text string) {
		s, err := Parse(text)
		if err != nil {
			return
		}
		if s.Begin.Year() < 1990 || s.Begin.Year() > 2100 || len(s.Steps) > 60 {
			return
		}
		b, err := NewBare(s)
		if err != nil {
			return
		}
		_ = Play(s, b, func(Played) error { return nil })
	})
}

func read1(f *testing.F, file string) string {
	f.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		f.Fatal(err)
	}
	return string(b)
}
