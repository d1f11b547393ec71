package script

import (
	"testing"
	"time"

	"mulu"
	"mulu/act"
	"mulu/law"
)

// What is said after a term ended and before the block in which the end is executed comes too late all the same: thousands
// may be due at one instant, and a block executes only so many.
func TestTooLateWhileTheEndIsQueued(t *testing.T) {
	for edition, code := range map[string]string{"district-2023": "answer_late", "state-council-809": "answer_queued"} {
		s, err := Parse("# 期满\n开始 2026-09-24 10:00 版本=" + edition + `
区数据局 登记机构 简称=区民政局 类别=行政机关
区数据局 登记机构 简称=区教委 类别=行政机关
区民政局 登记职责 名称=救助 依据=三定
区民政局 提交目录 名称=甲册 摘要=说明 职责=救助 分类=307 格式=数据库 更新周期=每月 共享=有条件共享 共享条件=依法履职 开放=不予开放 不开放情形=3 级别=1
- 信息项 名称=编号 字段=bh 类型=C 级别=1
区数据局 核定目录 目录=甲册
区教委 申请共享 目录=甲册 应用场景=核对 使用范围=本委 履职依据=三定 方式=接口查询 天数=90
区民政局 答复申请 申请=A-000001 决定=同意
区民政局 完成交付 授权=G-000001
区教委 提出异议 授权=G-000001 信息项=bh 问题=与事实不符
区教委 申请共享 目录=甲册 应用场景=核对 使用范围=本委 履职依据=三定 方式=接口查询 天数=90`)
		if err != nil {
			t.Fatal(err)
		}
		b, err := NewBare(s)
		if err != nil {
			t.Fatal(err)
		}
		if err := Play(s, b, func(p Played) error {
			if len(p.Got) == 0 || p.Got[0][:3] == "✗" {
				t.Fatalf("line %d: %v", p.Step.Line, p.Got)
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		b.block = b.block.Add(60 * 24 * time.Hour)
		for _, x := range []struct {
			by   string
			a    act.Act
			code string
		}{
			{"区民政局", &act.AnswerApplication{Application: "A-000002", Decision: "full"}, code},
			{Bureau, &act.ExtendObjection{Objection: "O-000001", Days: 2, Why: "情况复杂"}, "extension_late"},
		} {
			org := map[string]string{"区民政局": "002", Bureau: "001"}[x.by]
			r := law.Apply(&b.State, b.moment(), law.Said{Org: org, Key: Key(x.by, 1).Public().String(), Act: x.a})
			if r.Refused == nil || r.Refused.Code != x.code {
				t.Errorf("%s under %s: %v, want the refusal %s", x.a.Kind(), edition, r.Refused, x.code)
			}
		}
		b.settle()
		var p mulu.Application
		if raw, ok := b.Get(mulu.KindApplication, "A-000002"); !ok || act.DecodeCanonical(raw, &p) != nil || p.Status == "submitted" {
			t.Errorf("under %s the application is %s after the end was executed", edition, p.Status)
		}
	}
}
