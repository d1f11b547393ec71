package mulu

// Code is one value of a code list: what is stored, and what people read.
type Code struct{ Code, Zh, En string }

// The code lists of the catalog. Sources: 政务信息资源目录编制指南 (2017) for formats, types and classes, Art. 19 and 26
// for sharing and opening, Art. 26(3) for channels; 宏观经济 (190) is a local extension because Art. 15 counts it among
// the four base databases and the national list does not.
var (
	OrgSorts = []Code{{"organ", "行政机关", "administrative organ"}, {"authorised", "依法授权组织", "authorised organisation"},
		{"service", "公共服务组织", "public service organisation"}}
	SharingTypes = []Code{{"unconditional", "无条件共享", "unconditional"}, {"conditional", "有条件共享", "conditional"},
		{"not_shared", "不予共享", "not shared"}}
	OpeningTypes = []Code{{"unconditional", "无条件开放", "unconditional"}, {"conditional", "有条件开放", "conditional"},
		{"not_open", "不予开放", "not open"}}
	Channels = []Code{{"base", "开放创新基地", "innovation base"}, {"zone", "数据专区", "data zone"},
		{"window", "数据服务窗口", "service window"}, {"mobile", "移动政务服务门户", "mobile portal"}}
	Cycles = []Code{{"realtime", "实时", "real time"}, {"daily", "每日", "daily"}, {"weekly", "每周", "weekly"},
		{"monthly", "每月", "monthly"}, {"quarterly", "每季度", "quarterly"}, {"halfyearly", "每半年", "half-yearly"},
		{"yearly", "每年", "yearly"}, {"irregular", "不定期", "irregular"}}
	Formats = []Code{{"file", "电子文件", "document"}, {"sheet", "电子表格", "spreadsheet"}, {"database", "数据库", "database"},
		{"image", "图形图像", "image"}, {"media", "流媒体", "streaming media"}, {"described", "自描述格式", "self-described"},
		{"service", "服务接口", "service interface"}}
	Bases = []Code{{"population", "人口", "population"}, {"legal", "法人", "legal persons"},
		{"spatial", "空间地理", "spatial"}, {"economy", "宏观经济", "macro-economy"}}
	Classes = []Code{{"101", "基础/人口", "base: population"}, {"102", "基础/法人", "base: legal persons"},
		{"103", "基础/自然资源和空间地理", "base: spatial"}, {"104", "基础/社会信用", "base: credit"},
		{"105", "基础/电子证照", "base: certificates"}, {"190", "基础/宏观经济", "base: macro-economy"},
		{"201", "主题/公共服务", "theme: public service"}, {"202", "主题/健康保障", "theme: health"},
		{"203", "主题/社会保障", "theme: social security"}, {"204", "主题/食品药品安全", "theme: food and drugs"},
		{"205", "主题/安全生产", "theme: work safety"}, {"206", "主题/价格监管", "theme: prices"},
		{"207", "主题/能源安全", "theme: energy"}, {"208", "主题/信用体系", "theme: credit system"},
		{"209", "主题/城乡建设", "theme: construction"}, {"210", "主题/社区治理", "theme: community"},
		{"211", "主题/生态环保", "theme: environment"}, {"212", "主题/应急维稳", "theme: emergency"},
		{"307", "部门/省（区、市）及以下", "department: local"}}
	ItemTypes = []Code{{"C", "字符型", "text"}, {"N", "数值型", "number"}, {"Y", "货币型", "money"}, {"D", "日期型", "date"},
		{"T", "日期时间型", "date and time"}, {"L", "逻辑型", "logical"}, {"M", "备注型", "memo"}, {"G", "通用型", "general"},
		{"B", "双精度型", "double"}, {"I", "整型", "integer"}, {"F", "浮点型", "float"}}
	Networks = []Code{{"government", "政务外网", "government extranet"}, {"internet", "互联网", "internet"},
		{"private", "专网", "private network"}}
	Methods = []Code{{"query", "接口查询", "query"}, {"check", "核验", "yes/no check"}, {"batch", "文件下载", "batch file"},
		{"push", "库表交换", "table push"}}
	Decisions = []Code{{"full", "同意", "agree in full"}, {"part", "部分同意", "agree in part"}, {"refused", "不同意", "refuse"}}
	Rulings   = []Code{{"grant", "应当共享", "grant"}, {"uphold", "维持不同意", "uphold"}}
	Grounds   = []Code{{"1", "法律法规等明确要求禁止开放", "forbidden by law"},
		{"2", "开放后可能危及国家安全、公共安全、经济安全或社会稳定", "danger to security or stability"},
		{"3", "能够推断或者识别特定自然人", "can identify a natural person"}}
)

// CodeList gives a code list by the name that field tags use.
func CodeList(name string) []Code {
	switch name {
	case "sort":
		return OrgSorts
	case "sharing":
		return SharingTypes
	case "opening":
		return OpeningTypes
	case "channel":
		return Channels
	case "cycle":
		return Cycles
	case "format":
		return Formats
	case "base":
		return Bases
	case "class":
		return Classes
	case "type":
		return ItemTypes
	case "network":
		return Networks
	case "method":
		return Methods
	case "decision":
		return Decisions
	case "ruling":
		return Rulings
	}
	return nil
}

// Word gives the Chinese or English word of a code; an unknown code stands for itself.
func Word(list []Code, code, lang string) string {
	for _, c := range list {
		if c.Code == code {
			if lang == "en" {
				return c.En
			}
			return c.Zh
		}
	}
	return code
}
