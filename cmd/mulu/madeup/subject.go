package madeup

// subject says what the rows of an entry are about and how many there are.
type subject struct {
	rows  int
	about func(r *row, i int)
}

// people are rows about residents whom ok picks, in an order of their own.
func (t *Town) people(rows, salt int, ok func(k int) bool) (subject, bool) {
	var list []int32
	for n := 0; n < Residents && len(list) < rows; n++ {
		if k := (n*7919 + salt*331) % Residents; ok(k) { // 7919 has no divisor in common with the number of residents
			list = append(list, int32(k))
		}
	}
	return subject{len(list), func(r *row, i int) {
		r.p = t.Resident(int(list[i]))
		r.community = r.p.Community
	}}, true
}

// everybody are rows about all residents.
func (t *Town) everybody() (subject, bool) {
	return subject{Residents, func(r *row, i int) {
		r.p = t.Resident(i)
		r.community = r.p.Community
	}}, true
}

// companies are rows about companies; several rows may be about one.
func (t *Town) companies(rows, step, from int) (subject, bool) {
	return subject{rows, func(r *row, i int) { t.unit(r, t.Company((from+i*step)%Companies)) }}, true
}

func (t *Town) bodies(sort Body, rows int) (subject, bool) {
	return subject{rows, func(r *row, i int) { t.unit(r, t.body(sort, i)) }}, true
}

func (t *Town) unit(r *row, u Unit) {
	r.u, r.community = u, u.Community
	r.address, r.at = t.address(u.Community, u.K), t.near(u.Community, u.K)
}

// places are rows about things that stand somewhere.
func (t *Town) places(rows int) (subject, bool) {
	return subject{rows, func(r *row, i int) {
		r.community = i * 37 % len(t.Communities)
		r.address, r.at = t.address(r.community, i), t.near(r.community, i)
	}}, true
}

// reckoned are rows of figures, which are about no single thing.
func reckoned(rows int) (subject, bool) { return subject{rows, nil}, true }

// aged picks residents by the years in which they were born.
func aged(from, until int) func(int) bool {
	return func(k int) bool { y := yearOf(k); return y >= from && y <= until }
}

// subject tells what an entry of the district is about; false where nothing is made up for it.
func (t *Town) subject(entry string) (subject, bool) {
	switch entry {
	case "常住户籍人口基础信息":
		return t.everybody()
	case "婚姻登记信息":
		return t.people(6_000, 1, func(k int) bool { return roleOf(k) == head && spouseOf(k) >= 0 })
	case "低保对象信息":
		return t.people(2_400, 2, func(k int) bool { return roleOf(k) == head && yearOf(k) < 2000 })
	case "出生登记信息":
		return t.people(1_200, 3, func(k int) bool { return yearOf(k) >= 2012 && motherOf(k) >= 0 })
	case "持证残疾人信息":
		return t.people(3_000, 4, aged(1930, 2015))
	case "失业登记人员信息":
		return t.people(4_000, 5, aged(1967, 2004))
	case "优抚对象信息":
		return t.people(900, 6, aged(1936, 1995))
	case "中小学学生学籍信息":
		return t.people(6_000, 7, aged(2009, 2019))
	case "严重精神障碍患者管理信息":
		return t.people(700, 8, aged(1940, 2005))
	case "独居老人巡视服务信息":
		return t.people(800, 9, func(k int) bool { return k%12 == 0 && yearOf(k) <= 1952 })
	case "12345诉求工单明细":
		return t.people(5_000, 10, aged(1950, 2004))
	case "企业登记信息":
		return t.companies(Companies, 1, 0)
	case "食品经营许可信息":
		return t.companies(5_000, 3, 1)
	case "经营异常名录信息":
		return t.companies(900, 17, 5)
	case "重点监管企业信息":
		return t.companies(240, 71, 9)
	case "行政处罚信息":
		return t.companies(1_500, 13, 4)
	case "固定资产投资项目备案信息":
		return t.companies(700, 23, 2)
	case "政府采购项目与合同信息":
		return t.companies(1_200, 11, 3)
	case "个体工商户登记信息":
		return t.bodies(Shop, 8_000)
	case "养老机构基本信息":
		return t.bodies(Elder, 64)
	case "社会组织登记信息":
		return t.bodies(Society, 600)
	case "学校基本信息":
		return t.bodies(School, 180)
	case "校外培训机构信息":
		return t.bodies(Training, 320)
	case "律师事务所信息":
		return t.bodies(Law, 160)
	case "医疗机构信息":
		return t.bodies(Clinic, 640)
	case "定点医药机构名录":
		return t.bodies(Drug, 420)
	case "标准地址(门楼牌)信息":
		return t.places(12_000)
	case "不动产登记信息":
		return t.people(9_000, 11, func(k int) bool { return roleOf(k) == head })
	case "公共厕所信息":
		return t.places(900)
	case "经营性停车场信息", "停车场动态余位":
		return t.places(360)
	case "古树名木信息":
		return t.places(1_600)
	case "不可移动文物信息":
		return t.places(180)
	case "社区名录":
		return subject{len(t.Communities), func(r *row, i int) { r.community, r.at = i, t.Communities[i].At }}, true
	}
	return t.reckoned(entry)
}
