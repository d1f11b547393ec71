package madeup

import (
	"strconv"
	"strings"
	"time"

	"mulu"
)

// cell gives what stands under an item of an entry, nil if nothing is made up for it.
func (t *Town) cell(entry string, item mulu.Item) func(*row) string {
	if list := words(entry, item.Name); list != nil {
		salt := uint64(len(item.Name))*131 + uint64(item.Name[0])
		return func(r *row) string { return one(list, salt, r.i) }
	}
	if f := t.ofPerson(item.Name); f != nil {
		return f
	}
	if f := t.ofUnit(item.Name); f != nil {
		return f
	}
	if f := t.ofPlace(item.Name); f != nil {
		return f
	}
	if f := numbered(item.Name); f != nil {
		return f
	}
	return dated(item.Name)
}

func (t *Town) ofPerson(item string) func(*row) string {
	wife := func(r *row) (man, woman Resident) {
		other := t.Resident(spouseOf(r.p.K))
		if r.p.Male {
			return r.p, other
		}
		return other, r.p
	}
	switch item {
	case "姓名", "新生儿姓名", "学生姓名", "权利人":
		return func(r *row) string { return r.p.Name }
	case "公民身份号码", "学生身份号码", "权利人证件号":
		return func(r *row) string { return r.p.Number }
	case "母亲身份号码":
		return func(r *row) string { return t.Resident(motherOf(r.p.K)).Number }
	case "男方姓名":
		return func(r *row) string { m, _ := wife(r); return m.Name }
	case "男方身份号码":
		return func(r *row) string { m, _ := wife(r); return m.Number }
	case "女方姓名":
		return func(r *row) string { _, w := wife(r); return w.Name }
	case "女方身份号码":
		return func(r *row) string { _, w := wife(r); return w.Number }
	case "性别":
		return func(r *row) string {
			if r.p.Male {
				return "男"
			}
			return "女"
		}
	case "民族":
		return func(r *row) string { return r.p.Nation }
	case "出生日期":
		return func(r *row) string { return date([3]int{r.p.Year, r.p.Month, r.p.Day}) }
	case "年龄":
		return func(r *row) string { return strconv.Itoa(r.day.Year() - r.p.Year) }
	case "与户主关系":
		return func(r *row) string { return r.p.Relation }
	case "户籍地址", "居住地址", "坐落":
		return func(r *row) string { return t.home(r.p.Community, r.p.Household) }
	case "家庭人口数":
		return func(r *row) string { return strconv.Itoa(r.p.Members) }
	case "家庭编号":
		return func(r *row) string { return "DB" + six(r.p.Household) }
	case "残疾证号":
		return func(r *row) string {
			return r.p.Number + strconv.Itoa(1+chance(71, r.p.K, 7)) + strconv.Itoa(1+chance(72, r.p.K, 4))
		}
	case "银行账号":
		return func(r *row) string { return "621700001" + six(r.p.K) + six(chance(73, r.p.K, 10_000))[2:] }
	case "监护人电话":
		return func(r *row) string { return mobile(r.p.Household) }
	case "年级":
		return func(r *row) string { return grades[min(11, max(0, 2019-r.p.Year))] }
	}
	return nil
}

func (t *Town) ofUnit(item string) func(*row) string {
	switch item {
	case "单位名称", "字号名称", "供应商":
		return func(r *row) string { return r.u.Name }
	case "统一社会信用代码":
		return func(r *row) string { return r.u.Code }
	case "法定代表人", "经营者", "负责人":
		return func(r *row) string { return t.Resident(r.u.Person).Name }
	case "成立日期", "注册日期":
		return func(r *row) string { return date(r.u.Founded) }
	case "注册资本(万元)", "注册资金(万元)":
		return func(r *row) string { return strconv.Itoa(r.u.Capital) }
	case "行业代码(GB/T 4754)":
		return func(r *row) string { return r.u.Trade.Code }
	case "行业类别":
		return func(r *row) string { return r.u.Trade.Word }
	case "经营范围":
		return func(r *row) string {
			if r.u.Trade.Scope == "" { // a shop's
				return one([]string{"餐饮服务", "零售日用品、食品", "理发服务", "零售五金、电料", "洗染服务", "零售鲜花、茶叶"}, 74, r.u.K)
			}
			return r.u.Trade.Scope
		}
	case "项目名称":
		return func(r *row) string {
			return r.u.Name + one([]string{"办公用房改造项目", "数据中心扩建项目", "经营用房装修项目", "信息系统建设项目"}, 75, r.i)
		}
	}
	return nil
}

func (t *Town) ofPlace(item string) func(*row) string {
	street := func(r *row) *Street { return &t.Streets[t.Communities[r.community].Street] }
	switch item {
	case "所属街道", "街道代码":
		return func(r *row) string { return street(r).Code }
	case "街道名称":
		return func(r *row) string { return street(r).Name }
	case "所属社区", "社区名称":
		return func(r *row) string { return t.Communities[r.community].Name }
	case "社区代码":
		return func(r *row) string { return t.Communities[r.community].Code }
	case "地址", "住所", "经营场所", "标准地址":
		return func(r *row) string { return r.address }
	case "门牌号":
		return func(r *row) string { return strings.TrimPrefix(r.address, "北京市西城区") }
	case "经度(CGCS2000)":
		return func(r *row) string { return degrees(r.at.Lon) }
	case "纬度(CGCS2000)":
		return func(r *row) string { return degrees(r.at.Lat) }
	case "招生电话", "服务电话":
		return func(r *row) string { return "010-" + strconv.Itoa(66_000_000+(r.i*379+r.community*11)%900_000) }
	case "联系电话":
		return func(r *row) string { return mobile(r.p.K + r.u.K*7) }
	case "名称":
		return func(r *row) string {
			return strings.TrimSuffix(t.Communities[r.community].Name, "社区") + strconv.Itoa(1+r.i/len(t.Communities)) + "号"
		}
	case "学校名称":
		return func(r *row) string { return t.body(School, chance(76, r.p.Household, 180)).Name }
	case "出生机构":
		return func(r *row) string { return t.body(Clinic, chance(77, r.p.K, 107)*6+5).Name }
	}
	return nil
}

// numbered are numbers of documents and things, each with a series of its own.
func numbered(item string) func(*row) string {
	series := func(prefix string) func(*row) string { return func(r *row) string { return prefix + six(r.i+1) } }
	switch item {
	case "登记证号":
		return series("J110102-2026-")
	case "出生证编号":
		return series("T110")
	case "学籍号":
		return func(r *row) string { return "G" + r.p.Number }
	case "登记号":
		return series("PDY00102-110102-")
	case "许可证号":
		return series("教民1110102")
	case "许可证编号":
		return series("JY11102")
	case "执业许可证号":
		return series("31110000MD")
	case "处罚决定书文号":
		return series("京西城管罚字〔2026〕")
	case "公厕编号":
		return series("XC-GC-")
	case "停车场编号":
		return series("XC-TC-")
	case "古树编号":
		return series("110102A")
	case "地址编码":
		return func(r *row) string { return "110102" + six(r.community) + six(r.i+1) }
	case "不动产单元号":
		return func(r *row) string { return "110102" + six(r.p.Community)[1:] + "GB" + six(r.i+1) + "F00010001" }
	case "机构代码":
		return series("H1101020")
	case "项目代码":
		return series("2611-110102-04-01-")
	case "项目编号":
		return series("XCZFCG-")
	case "工单号":
		return series("XC2026-")
	}
	return amount(item)
}

// amount are numbers that lie within bounds.
func amount(item string) func(*row) string {
	between := func(salt uint64, low, high int) func(*row) string {
		return func(r *row) string { return strconv.Itoa(low + chance(salt, r.i, high-low+1)) }
	}
	switch item {
	case "月保障金额(元)":
		return func(r *row) string { return strconv.Itoa(1450 * r.p.Members) }
	case "补助标准(元)":
		return between(81, 800, 3600)
	case "核定床位数", "床位数":
		return between(82, 6, 260)
	case "在校生数":
		return between(83, 90, 2400)
	case "罚款金额(元)":
		return func(r *row) string { return strconv.Itoa((1 + chance(84, r.i, 60)) * 500) }
	case "总投资(万元)":
		return between(85, 80, 46_000)
	case "合同金额(元)":
		return func(r *row) string { return strconv.Itoa((20 + chance(86, r.i, 1900)) * 1000) }
	case "车位数", "总车位":
		return func(r *row) string { return strconv.Itoa(spaces(r.i)) }
	case "剩余车位":
		return func(r *row) string { return strconv.Itoa(chance(87, r.i+r.day.Hour()*1000, spaces(r.i))) }
	case "树龄(年)":
		return between(88, 100, 720)
	case "建筑面积":
		return func(r *row) string {
			return strconv.Itoa(32+chance(89, r.i, 130)) + "." + strconv.Itoa(chance(90, r.i, 10))
		}
	}
	return nil
}

func spaces(i int) int { return 20 + chance(78, i, 380) }

// dated are days and moments before the day on which the rows are written, or after it where something ends.
func dated(item string) func(*row) string {
	ago := func(salt uint64, most int) func(*row) string {
		return func(r *row) string { return day(r.day.AddDate(0, 0, -1-chance(salt, r.i, most))) }
	}
	switch item {
	case "审批日期", "发证日期", "登记日期", "列入日期", "签订日期", "备案日期", "决定日期", "启用日期":
		return ago(93, 1400)
	case "移出日期":
		return func(r *row) string {
			if chance(94, r.i, 3) > 0 {
				return ""
			}
			return day(r.day.AddDate(0, 0, -chance(93, r.i, 1400)/2)) // between being listed and now
		}
	case "有效期至":
		return func(r *row) string { return day(r.day.AddDate(0, 0, 30+chance(95, r.i, 1700))) }
	case "数据更新时间":
		return func(r *row) string {
			b := r.day.Add(-time.Duration(chance(96, r.i, 20*60))*time.Minute).AppendFormat(make([]byte, 0, 19), time.DateTime)
			return string(b)
		}
	}
	return nil
}

func day(t time.Time) string { return string(t.AppendFormat(make([]byte, 0, 10), time.DateOnly)) }

// date writes a day of three numbers.
func date(d [3]int) string {
	b := strconv.AppendInt(make([]byte, 0, 10), int64(d[0]), 10)
	for _, n := range d[1:] {
		b = append(b, '-', byte('0'+n/10), byte('0'+n%10))
	}
	return string(b)
}

// mobile is a number of the right form, each time the same for somebody.
func mobile(k int) string { return "13800" + six(k*7%1_000_000) }
