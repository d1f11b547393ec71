package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"mulu"
)

// A made catalog (生成的目录) is a source of records for the read model without a chain behind: institutions, then one record for
// each entry, published. The same seed gives the same texts. Records are made when they are asked for and not kept.
type madeCatalog struct {
	size int
	seed uint64
}

// What names are made of: whom or what an entry is about, what of it, and which sort of list it is. Sixty-odd subjects,
// as many matters, eighteen sorts; with streets that makes names of 6 to 20 characters, most of them unlike.
var (
	subjects = strings.Fields(`残疾人 老年人 未成年人 流动人口 常住人口 户籍人口 退役军人 低保对象 特困人员 孤儿 留守儿童 困境儿童 高校毕业生 失业人员 灵活就业人员 农民工 优抚对象
		军队离退休干部 台胞 归侨 少数民族 志愿者 社区工作者 网格员 教师 学生 幼儿园 小学 中学 职业学校 培训机构 医疗机构 医师 护士 药店 疫苗接种点 养老机构 托育机构 企业
		个体工商户 社会组织 基金会 事业单位 食品经营者 餐饮单位 特种设备 电梯 建筑工地 施工企业 房地产项目 保障性住房 公共租赁住房 老旧小区 物业企业 业主委员会 地下空间 停车场
		公共厕所 垃圾分类驿站 公园 树木 古树名木 河道 排水口 污染源 加油站 燃气用户 供热单位 文物 博物馆 图书馆 体育场馆 景区 酒店 网吧 剧场 道路 桥梁 路灯 井盖 公交站 共享单车 应急避难场所 消防栓`)
	matters = strings.Fields(`基本 登记 变更 注销 审批 许可 备案 年检 监督检查 行政处罚 行政强制 信用 评级 投诉 举报 巡查 整改 隐患 补贴 津贴 救助 保险缴费 就业 培训 康复 托养 照护 助餐
		入学 学籍 资助 招生 健康档案 体检 接种 转诊 床位 价格 收费 合同 预算 决算 采购 资产 能耗 用水 排放 监测 预警 事故 应急物资 演练 值班 人员 从业资格 车辆 房屋 地址 位置 面积
		数量 分布 统计 满意度 服务预约 办件 证照 年度报告`)
	sorts  = strings.Fields(`信息 名录 台账 清单 记录 数据 明细 汇总表 统计表 目录 档案 情况 登记表 花名册 结果 公示信息 日志 报表`)
	places = strings.Fields(`西长安街街道 新街口街道 月坛街道 展览路街道 德胜街道 金融街街道 什刹海街道 大栅栏街道 天桥街道 椿树街道 陶然亭街道 广安门内街道 牛街街道 白纸坊街道 广安门外街道`)
	common = strings.Fields(`姓名|xm 性别|xb 公民身份号码|gmsfhm 联系电话|lxdh 联系地址|lxdz 统一社会信用代码|tyshxydm 单位名称|dwmc 法定代表人|fddbr 登记日期|djrq 更新时间|gxsj
		所属街道|ssjd 所属社区|sssq 状态|zt 备注|bz 编号|bh 出生日期|csrq 民族|mz 户籍地址|hjdz 经度|jd 纬度|wd 证件类型|zjlx 证件号码|zjhm 有效期|yxq 发证机关|fzjg 审批日期|sprq
		审批结果|spjg 金额|je 数量|sl 面积|mj 行政区划代码|xzqhdm 负责人|fzr 经办人|jbr 事项名称|sxmc 事项编码|sxbm 办件编号|bjbh 年度|nd 月份|yf 类别|lb 等级|dj 名称|mc`)
)

func newMadeCatalog(size int, seed uint64) *madeCatalog {
	return &madeCatalog{size: size, seed: seed}
}

// bodies is how many institutions there are.
const bodies = 60

func (c *madeCatalog) Size() uint64 { return uint64(1 + bodies + c.size) }

func (c *madeCatalog) Wait(ctx context.Context, size uint64) error {
	<-ctx.Done()
	return ctx.Err()
}

func (c *madeCatalog) Records(from uint64, max int) ([][]byte, error) {
	var list [][]byte
	for n := from; n < c.Size() && len(list) < max; n++ {
		list = append(list, c.record(n))
	}
	return list, nil
}

func (c *madeCatalog) record(n uint64) []byte {
	kind, by := "entry.verify", "001"
	var noun mulu.Noun
	fact := "entry.published"
	switch {
	case n == 0:
		kind, by, fact = "genesis", "", "org.registered"
		noun = &mulu.Org{ID: "001", Name: "北京市西城区数据局", Short: "区数据局", Sort: mulu.Organ, Bound: true, Bureau: true, SigningKey: "K", Status: "active"}
	case n <= bodies:
		kind, fact = "org.register", "org.registered"
		m := matters[int(n)%len(matters)]
		noun = &mulu.Org{ID: fmt.Sprintf("%03d", n+1), Name: "北京市西城区" + subjects[int(n)%len(subjects)] + m + "管理局", Short: "区" + m + "局", Sort: mulu.Organ, Bound: true, SigningKey: "K", Status: "active"}
	default:
		noun = c.entry(int(n) - 1 - bodies)
	}
	said := map[string]any{"v": 1, "chain": "made", "kind": kind, "act": struct{}{}}
	signature := ""
	if kind != "genesis" {
		said["org"], said["key"], said["nonce"], said["person"], signature = by, "K", fmt.Sprintf("%032x", n), "p1", "c2ln"
	}
	out := mulu.Outcome{N: n, Height: int64(n/50) + 1, Time: time.Date(2026, 1, 5, 9, 0, 0, 0, mulu.Shanghai()).Add(time.Duration(n) * time.Second),
		Facts: []mulu.Fact{{Kind: fact, Noun: noun.Kind(), ID: noun.Key(), Art: []mulu.Cite{"11.1"}, State: exactJSON(noun)}}}
	return fmt.Appendf(nil, "%s\n%s\n%s\n", exactJSON(said), signature, exactJSON(out))
}

// exactJSON is JSON as records hold it; everything made here has a JSON form.
func exactJSON(v any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic(err)
	}
	return bytes.TrimSuffix(b.Bytes(), []byte{'\n'})
}

// entry makes the i-th entry; one in two hundred is retired and one in fifty not yet verified.
func (c *madeCatalog) entry(i int) *mulu.Entry {
	rng := rand.New(rand.NewPCG(c.seed, uint64(i)))
	of := func(list []string) string { return list[rng.IntN(len(list))] }
	code := func(list []mulu.Code) string { return list[rng.IntN(len(list))].Code }
	subject, matter, sort := of(subjects), of(matters), of(sorts)
	name := subject + matter + sort
	switch rng.IntN(4) {
	case 0:
		name = of(places) + name
	case 1:
		name = "西城区" + subject + of(matters) + matter + sort
	}
	content := &mulu.EntryContent{Name: name, Duty: fmt.Sprintf("D-%d", rng.IntN(3000)), Class: code(mulu.Classes), Format: code(mulu.Formats), Cycle: code(mulu.Cycles), Grade: 1 + rng.IntN(4),
		Summary: fmt.Sprintf("%s开展%s%s工作中产生的%s%s，包括%s、%s等内容，按照%s的规定%s更新，用于%s%s。", of(places), subject, matter, subject, sort, of(matters), of(matters), of(matters), of(sorts), of(subjects), of(matters)),
		Sharing: mulu.Sharing{Type: code(mulu.SharingTypes)}, Opening: mulu.Opening{Type: code(mulu.OpeningTypes)}, Personal: rng.IntN(2) == 0}
	if rng.IntN(3) == 0 {
		content.Base = code(mulu.Bases)
	}
	if rng.IntN(2) == 0 {
		content.Theme = of(matters[:12])
	}
	used := map[string]bool{}
	for range 4 + rng.IntN(22) {
		item, field, _ := strings.Cut(of(common), "|")
		if rng.IntN(3) == 0 { // the long tail
			item, field = subject+of(matters)+item, fmt.Sprintf("%s_%d", field, rng.IntN(20))
		}
		if !used[item] && !used[field] {
			used[item], used[field] = true, true
			content.Items = append(content.Items, mulu.Item{Name: item, Field: field, Type: "C", Length: 50, Grade: 1})
		}
	}
	org := fmt.Sprintf("%03d", 2+rng.IntN(bodies))
	e := &mulu.Entry{Code: fmt.Sprintf("%s110102%s/%06d", content.Class, org, i%1000000), Org: org, Status: "published", Version: 1, Now: content, Since: "2026-01-05T09:00:00+08:00"}
	switch {
	case i%200 == 7:
		e.Status = "retired"
	case i%50 == 3:
		e.Status, e.Version, e.Now, e.Next, e.Since = "submitted", 0, nil, content, ""
	}
	return e
}
