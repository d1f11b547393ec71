package main

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"

	"mulu"
	"mulu/act"
)

// Code lists come from the standards that they name, as far as those are generally known; a deployer holds them against the
// texts in force, and the bureau revises them where they differ.
const asKnown = "（按通行资料录入，待与现行文本核对）"

// demoCodes are the code sets of the sandbox beside the streets, which come with the district.
var demoCodes = []struct {
	name, source string
	values       []string // code, name, code, name …
}{
	{"人的性别代码", "GB/T 2261.1", []string{"0", "未知的性别", "1", "男性", "2", "女性", "9", "未说明的性别"}},
	{"婚姻状况代码", "GB/T 2261.2", []string{"10", "未婚", "20", "已婚", "21", "初婚", "22", "再婚", "23", "复婚", "30", "丧偶", "40", "离婚", "90", "未说明的婚姻状况"}},
	{"北京市行政区划代码", "GB/T 2260", []string{"110101", "东城区", "110102", "西城区", "110105", "朝阳区", "110106", "丰台区", "110107", "石景山区", "110108", "海淀区",
		"110109", "门头沟区", "110111", "房山区", "110112", "通州区", "110113", "顺义区", "110114", "昌平区", "110115", "大兴区", "110116", "怀柔区", "110117", "平谷区",
		"110118", "密云区", "110119", "延庆区"}},
	{"数据更新周期代码", "政务信息资源目录编制指南（2017）", []string{"1", "实时", "2", "每日", "3", "每周", "4", "每月", "5", "每季度", "6", "每半年", "7", "每年", "8", "不定期", "9", "其他"}},
	{"数据质量评价维度代码", "GB/T 36344", []string{"01", "规范性", "02", "完整性", "03", "准确性", "04", "一致性", "05", "时效性", "06", "可访问性"}},
}

const demoStreetCodes = "西城区街道代码"

// demoElements are the data elements of the sandbox: codes names the code set, items the names under which entries have it.
// An item is bound where its type and length agree. What made-up rows do not follow yet, such as 性别 in words, is not bound.
var demoElements = []struct {
	act.PublishElement
	codes string
	items []string
}{
	{act.PublishElement{Name: "姓名", Type: "C", Length: 50, Definition: "自然人在户籍管理部门登记的姓氏和名字"}, "", []string{"姓名", "经营者", "法定代表人", "负责人"}},
	{act.PublishElement{Name: "公民身份号码", Type: "C", Length: 18, Format: "citizen_id", Source: "GB 11643", Definition: "公民身份登记的唯一号码，末位为校验码"}, "", []string{"公民身份号码"}},
	{act.PublishElement{Name: "出生日期", Type: "D", Low: "1850-01-01"}, "", []string{"出生日期"}},
	{act.PublishElement{Name: "性别", Type: "C", Length: 1, Source: "GB/T 2261.1"}, "人的性别代码", nil},
	{act.PublishElement{Name: "婚姻状况", Type: "C", Length: 2, Source: "GB/T 2261.2"}, "婚姻状况代码", nil},
	{act.PublishElement{Name: "年龄", Type: "N", Length: 3, Low: "0", High: "150"}, "", []string{"年龄"}},
	{act.PublishElement{Name: "民族名称", Type: "C", Length: 20, Source: "GB/T 3304"}, "", []string{"民族"}},
	{act.PublishElement{Name: "统一社会信用代码", Type: "C", Length: 18, Format: "credit_code", Source: "GB 32100", Definition: "法人和其他组织的唯一代码，第17、18位为校验码"}, "", []string{"统一社会信用代码"}},
	{act.PublishElement{Name: "单位名称", Type: "C", Length: 200}, "", []string{"单位名称"}},
	{act.PublishElement{Name: "成立日期", Type: "D", Low: "1850-01-01"}, "", []string{"成立日期"}},
	{act.PublishElement{Name: "登记日期", Type: "D", Low: "1949-10-01"}, "", []string{"登记日期"}},
	{act.PublishElement{Name: "登记机关", Type: "C", Length: 100}, "", []string{"登记机关"}},
	{act.PublishElement{Name: "联系电话", Type: "C", Length: 20, Format: "phone"}, "", []string{"联系电话", "服务电话", "招生电话"}},
	{act.PublishElement{Name: "手机号码", Type: "C", Length: 11, Format: "mobile"}, "", nil},
	{act.PublishElement{Name: "电子邮箱", Type: "C", Length: 100, Format: "email"}, "", nil},
	{act.PublishElement{Name: "邮政编码", Type: "C", Length: 6, Format: "postcode"}, "", nil},
	{act.PublishElement{Name: "机动车号牌", Type: "C", Length: 10, Format: "plate"}, "", nil},
	{act.PublishElement{Name: "地址", Type: "C", Length: 200, Definition: "省、区、街道、路巷和门牌的完整写法"}, "", []string{"地址", "户籍地址", "居住地址", "住所"}},
	{act.PublishElement{Name: "所属街道", Type: "C", Length: 12, Definition: "西城区十五个街道之一，写代码"}, demoStreetCodes, []string{"所属街道", "街道代码"}},
	{act.PublishElement{Name: "所属社区", Type: "C", Length: 60}, "", []string{"所属社区"}},
	{act.PublishElement{Name: "行政区划", Type: "C", Length: 6, Source: "GB/T 2260"}, "北京市行政区划代码", nil},
	{act.PublishElement{Name: "经度", Type: "N", Length: 12, Format: "longitude", Low: "115", High: "118", Definition: "2000国家大地坐标系（CGCS2000）经度，单位为度"}, "", []string{"经度(CGCS2000)"}},
	{act.PublishElement{Name: "纬度", Type: "N", Length: 12, Format: "latitude", Low: "39", High: "42", Definition: "2000国家大地坐标系（CGCS2000）纬度，单位为度"}, "", []string{"纬度(CGCS2000)"}},
	{act.PublishElement{Name: "统计月份", Type: "D", Definition: "以当月第一日表示"}, "", []string{"统计月份", "月份"}},
	{act.PublishElement{Name: "数据更新时间", Type: "T"}, "", []string{"数据更新时间"}},
}

// standards publishes the district's standards (Art. 13) and binds the items of the catalogs that are about to be handed in.
func (s *settler) standards(d district) error {
	streets, err := streetCodes(d.streets)
	if err != nil {
		return err
	}
	if err := s.do("001", &act.PublishCodeSet{Name: demoStreetCodes, Source: "国家统计局统计用区划代码", Values: streets}); err != nil {
		return fmt.Errorf("publish %s: %w", demoStreetCodes, err)
	}
	for _, c := range demoCodes {
		set := &act.PublishCodeSet{Name: c.name, Source: c.source + asKnown}
		for i := 0; i < len(c.values); i += 2 {
			set.Values = append(set.Values, mulu.CodeValue{Code: c.values[i], Name: c.values[i+1]})
		}
		if err := s.do("001", set); err != nil {
			return fmt.Errorf("publish %s: %w", c.name, err)
		}
	}
	follows := map[string]mulu.Element{} // by the name of an item
	for _, e := range demoElements {
		one := e.PublishElement
		if e.codes != "" {
			one.CodeSet = s.p.chain.Find(mulu.KindCodeSet, "name/"+e.codes)[0]
		}
		if err := s.do("001", &one); err != nil {
			return fmt.Errorf("publish the element %s: %w", one.Name, err)
		}
		id := s.p.chain.Find(mulu.KindElement, "name/"+one.Name)[0]
		for _, name := range e.items {
			follows[name] = mulu.Element{ID: id, Type: one.Type, Length: one.Length}
		}
	}
	for _, c := range d.catalogs {
		for k := range c.content.Items {
			i := &c.content.Items[k]
			if e, ok := follows[i.Name]; ok && e.Fits(*i) == "" {
				i.Standard = e.ID
			}
		}
	}
	fmt.Fprintf(s.m.Out, s.m.t("代码集 %d 个、数据元 %d 个已发布\n", "%d code sets and %d data elements published\n"), len(demoCodes)+1, len(demoElements))
	return nil
}

// streetCodes reads code and name of each street.
func streetCodes(streets []byte) (values []mulu.CodeValue, err error) {
	list, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(streets, []byte("\uFEFF")))).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("read the streets: %w", err)
	}
	if len(list) < 2 {
		return nil, errors.New("there are no streets")
	}
	for _, line := range list[1:] {
		values = append(values, mulu.CodeValue{Code: line[0], Name: line[2]})
	}
	return values, nil
}

// purchases files purchased data (Art. 17): one served through an entry, one with the ground against an interface, one that
// owes either.
func (s *settler) purchases() error {
	served, err := s.titled("公共厕所信息")
	if err != nil {
		return err
	}
	var e mulu.Entry
	if _, err := s.p.noun(mulu.KindEntry, served, &e); err != nil {
		return err
	}
	for _, x := range []struct {
		org  string
		file act.FilePurchase
		next func(id string) act.Act
	}{
		{e.Org, act.FilePurchase{Name: "公共设施点位测绘数据", Content: "公共厕所等市政设施的位置坐标和服务设施，每年更新一次，不含个人信息", Supplier: "北京某测绘有限公司", Contract: "XC-CG-2026-031",
			From: "2026-01-01", Until: "2026-12-31", Cost: 386000, Fund: "2026年部门预算"}, func(id string) act.Act { return &act.ServePurchase{Purchase: id, Entry: served} }},
		{s.ids["区文化和旅游局"], act.FilePurchase{Name: "重点景区客流预测数据", Content: "重点景区每小时客流预测，按日更新，不含个人信息", Supplier: "某通信公司北京分公司", Contract: "XC-WL-2026-008",
			From: "2026-03-01", Until: "2027-02-28", Cost: 520000, Fund: "2026年部门预算"}, func(id string) act.Act {
			return &act.GroundPurchase{Purchase: id, Ground: "合同约定数据只供本单位在线查看，不得转存、转供，供应方不提供再分发许可", Basis: "采购合同第九条"}
		}},
		{s.ids["区统计局"], act.FilePurchase{Name: "街道人口热力数据", Content: "各街道分时段常驻和流动人口数量，按月更新，不含个人信息", Supplier: "某数据服务有限公司",
			From: "2026-10-01", Until: "2027-09-30", Cost: 480000, Fund: "2026年追加预算"}, nil},
	} {
		if err := s.do(x.org, &x.file); err != nil {
			return fmt.Errorf("file %s: %w", x.file.Name, err)
		}
		if x.next == nil {
			continue
		}
		id := s.p.chain.Find(mulu.KindPurchase, "name/"+x.org+"/"+x.file.Name)[0]
		if err := s.do(x.org, x.next(id)); err != nil {
			return fmt.Errorf("see to %s: %w", x.file.Name, err)
		}
	}
	return nil
}
