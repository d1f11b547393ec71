package main

import "mulu"

// The entries of streets, communities and boundaries, which the sheet of catalogs does not list.
const (
	demoCommunities = "社区名录"
	demoBorders     = "街道边界（示意）"
)

func placeCatalog(name, summary, format string, items ...mulu.Item) catalog {
	return catalog{provider: "区民政局", duty: "行政区划管理", basis: "行政区划管理条例", system: "区划地名系统", content: mulu.EntryContent{
		Name: name, Summary: summary, Class: "307", Format: format, Cycle: "yearly", Base: "spatial",
		Sharing: mulu.Sharing{Type: "unconditional"}, Opening: mulu.Opening{Type: "unconditional"}, Grade: 1, Items: items}}
}

func placeItem(name, field string, length int, key bool) mulu.Item {
	return mulu.Item{Name: name, Field: field, Type: "C", Length: length, IsKey: key, Nullable: !key, Grade: 1}
}

func pointItems() []mulu.Item {
	return []mulu.Item{{Name: "经度(CGCS2000)", Field: "jd", Type: "N", Length: 12, Nullable: true, Grade: 1}, {Name: "纬度(CGCS2000)", Field: "wd", Type: "N", Length: 12, Nullable: true, Grade: 1}}
}

func streetCatalog() catalog {
	return placeCatalog(demoStreets, "本区街道的统计用区划代码、名称和办事处名称", "sheet",
		placeItem("街道代码", "code9", 9, true), placeItem("统计用区划代码", "code12", 12, false), placeItem("街道名称", "name", 50, false),
		placeItem("办事处名称", "office_name", 100, false), placeItem("简称", "short_name", 50, false), placeItem("拼音", "pinyin", 60, false),
		placeItem("区代码", "district_code", 6, false), placeItem("区名称", "district", 20, false), placeItem("原属区", "former_district", 20, false))
}

func communityCatalog() catalog {
	return placeCatalog(demoCommunities, "本区社区的代码、名称和中心点位（演练数据，社区名称、代码和点位均为示意）", "database",
		append([]mulu.Item{placeItem("社区代码", "sqdm", 12, true), placeItem("社区名称", "sqmc", 50, false), placeItem("街道代码", "jddm", 9, false),
			placeItem("街道名称", "jdmc", 50, false)}, pointItems()...)...)
}

func borderCatalog() catalog {
	return placeCatalog(demoBorders, "区界和街道界的示意图形（演练数据，不作划界依据）", "described",
		placeItem("区域代码", "qydm", 12, true), placeItem("区域名称", "qymc", 50, false), placeItem("区域层级", "qycj", 10, false), placeItem("备注", "bz", 100, false),
		mulu.Item{Name: "范围", Field: "geometry", Type: "G", Nullable: true, Grade: 1})
}

// keyItems are the items that tell the rows of entries of the sheet apart, which has no column for that.
var keyItems = map[string]string{
	"常住户籍人口基础信息": "gmsfhm", "婚姻登记信息": "djzh", "低保对象信息": "gmsfhm", "出生登记信息": "cszbh", "持证残疾人信息": "cjzh", "失业登记人员信息": "gmsfhm",
	"优抚对象信息": "gmsfhm", "中小学学生学籍信息": "xjh", "严重精神障碍患者管理信息": "gmsfhm", "独居老人巡视服务信息": "gmsfhm", "12345诉求工单明细": "gdh",
	"企业登记信息": "tyshxydm", "个体工商户登记信息": "tyshxydm", "社会组织登记信息": "tyshxydm", "养老机构基本信息": "tyshxydm", "学校基本信息": "tyshxydm",
	"校外培训机构信息": "tyshxydm", "律师事务所信息": "tyshxydm", "医疗机构信息": "djh", "定点医药机构名录": "jgdm", "食品经营许可信息": "xkzbh",
	"经营异常名录信息": "tyshxydm", "重点监管企业信息": "tyshxydm", "行政处罚信息": "cfjdswh", "政府采购项目与合同信息": "xmbh", "固定资产投资项目备案信息": "xmdm",
	"标准地址(门楼牌)信息": "dzbm", "不动产登记信息": "bdcdyh", "公共厕所信息": "gcbh", "经营性停车场信息": "tccbh", "停车场动态余位": "tccbh", "古树名木信息": "gsbh",
	"低保对象分街道汇总": "ssjd tjyf", "诉求分类汇总统计": "tjrq ssjd wtfl", "常住人口主要数据": "tjnd ssjd", "地区生产总值季度数据": "tjq zbmc", "一般公共预算收支月报": "yf km",
	"空气质量小时数据": "zdbh jcsj",
}
