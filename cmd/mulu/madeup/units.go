package madeup

import (
	"strconv"

	"mulu"
)

// Companies is how many companies are registered in the town.
const Companies = 20_000

// Unit is a made-up company or other body.
type Unit struct {
	K          int
	Name, Code string
	Trade      Trade
	Person     int // number of the resident who represents it
	Capital    int // in 万元
	Founded    [3]int
	Community  int
}

// Trade is what a company does, with its code of GB/T 4754.
type Trade struct{ Code, Word, Scope string }

// trades are what companies do, in turn. No two have the same word, so that names differ.
var trades = []Trade{
	{"6513", "软件科技", "软件开发；信息系统集成服务；技术咨询"}, {"6531", "信息技术", "信息系统集成服务；数据处理服务"}, {"6550", "数据服务", "数据处理和存储服务；软件销售"},
	{"7244", "管理咨询", "企业管理咨询；经济信息咨询"}, {"7320", "技术开发", "技术开发、技术转让、技术服务"}, {"7251", "广告", "设计、制作、代理、发布广告"},
	{"6210", "餐饮管理", "餐饮服务；企业管理"}, {"5211", "商贸", "销售日用品、文具用品、办公用品"}, {"5225", "食品", "食品销售；销售食用农产品"},
	{"5241", "医药", "药品零售；销售医疗器械"}, {"7810", "物业管理", "物业管理；停车场服务"}, {"7010", "房地产开发", "房地产开发；销售自行开发的商品房"},
	{"6740", "投资管理", "投资管理；资产管理"}, {"7221", "文化传播", "组织文化艺术交流活动；会议及展览服务"}, {"8810", "演艺", "营业性演出；文艺创作"},
	{"7483", "工程设计", "工程勘察设计；技术服务"}, {"4790", "建筑工程", "施工总承包；专业承包"}, {"5013", "装饰", "建筑装修装饰；室内设计"},
	{"7295", "旅行社", "境内旅游业务；入境旅游业务"}, {"7264", "人力资源", "人力资源服务；劳务派遣"}, {"6110", "酒店管理", "住宿；酒店管理"},
	{"8399", "教育咨询", "教育咨询（不含出国留学咨询及中介服务）"}, {"5435", "物流", "普通货运；仓储服务"}, {"8090", "家政服务", "家庭服务；保洁服务"},
	{"7519", "科技推广", "技术推广服务；科技中介服务"},
}

var (
	firsts  = []rune("华盛嘉鼎瑞宏德隆康泰恒信博远中兴永利金诚正元天润安达同和广联新世京海")
	seconds = []rune("源兴诚和达信安博通润泽丰茂业创腾跃景辰阳翔凯悦佳美融汇联众智慧云")
)

// coined is the k-th of the names that companies give themselves; k counts below len(firsts)*len(seconds).
func coined(k int) string {
	k = k * 577 % (len(firsts) * len(seconds))
	return string(firsts[k%len(firsts)]) + string(seconds[k/len(firsts)])
}

// Company is the k-th company. No two have the same code or the same name.
func (t *Town) Company(k int) Unit {
	at := k * 7919 % Companies // neighbours are not of one name
	trade := trades[at%len(trades)]
	ending := "有限公司"
	if chance(31, k, 12) == 0 {
		ending = "股份有限公司"
	}
	u := Unit{K: k, Trade: trade, Person: chance(32, k, Residents/12)*12 + 3, Community: chance(33, k, len(t.Communities))}
	u.Name = "北京" + coined(at/len(trades)) + trade.Word + ending
	u.Code = mulu.CreditCode("91110102MA" + six(at*37+104729))
	u.Capital = []int{10, 50, 100, 100, 200, 300, 500, 500, 1000, 2000, 5000, 10000}[chance(34, k, 12)]
	u.Founded = [3]int{1993 + chance(35, k, 33), 1 + chance(36, k, 12), 1 + chance(37, k, 28)}
	return u
}

// six writes a number with six digits.
func six(n int) string {
	s := strconv.Itoa(n + 1_000_000)
	return s[len(s)-6:]
}

// Body is a sort of units other than companies: how their codes begin and what they are called after the street's name.
type Body struct {
	prefix string // the first ten characters of the code but the region: who registers it, as what, and a series
	from   int    // first number of the series, in ten thousands
	words  []string
}

// The sorts of bodies that tables are about.
var (
	Elder    = Body{"52MJ", 1, []string{"养老照料中心", "养老院", "护理院", "养老驿站"}}
	Society  = Body{"5150", 2, []string{"社区志愿者协会", "老年人体育协会", "商会", "书画协会", "社会工作协会", "文化促进会"}}
	School   = Body{"1240", 3, []string{"小学", "中学", "幼儿园", "实验学校", "第一幼儿园", "附属小学"}}
	Training = Body{"52MJ", 4, []string{"艺术培训学校", "体育培训中心", "科技培训学校", "书法培训中心"}}
	Law      = Body{"31MD", 5, []string{"律师事务所"}}
	Clinic   = Body{"1240", 6, []string{"社区卫生服务站", "社区卫生服务中心", "中医医院", "口腔门诊部", "诊所", "医院"}}
	Drug     = Body{"91MC", 7, []string{"大药房", "药店", "医药商店"}}
	Shop     = Body{"92MB", 8, []string{"小吃店", "便利店", "理发店", "水果店", "面馆", "五金店", "茶叶店", "洗衣店", "早点铺", "花店"}}
)

// body is the k-th unit of a sort; k counts below 10,000.
func (t *Town) body(sort Body, k int) Unit {
	u := Unit{K: k, Person: chance(42, k, Residents/12)*12 + 8, Community: k * 101 % len(t.Communities)}
	word := sort.words[k%len(sort.words)]
	u.Name = "北京市西城区" + coined(k/len(sort.words)) + word
	u.Code = mulu.CreditCode(sort.prefix[:2] + "110102" + sort.prefix[2:] + six(sort.from*10_000+k))
	u.Capital = []int{3, 5, 10, 30, 50, 100}[chance(44, k, 6)]
	u.Founded = [3]int{1985 + chance(45, k, 40), 1 + chance(46, k, 12), 1 + chance(47, k, 28)}
	return u
}
