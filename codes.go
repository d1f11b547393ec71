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
	Rulings   = []Code{{"grant", "应当共享", "grant"}, {"uphold", "维持不同意", "uphold"},
		{"deliver_by", "限期交付", "deliver by a date"}, {"correct", "限期更正", "correct by a date"}}
	Causes = []Code{{"unanswered", "逾期未答复", "not answered in time"}, {"undelivered", "逾期未交付", "not delivered in time"},
		{"refused", "不同意共享", "sharing refused"}, {"part", "部分同意", "agreed in part"}, {"suspended", "授权被暂停", "grant suspended"},
		{"objection", "数据异议", "objection to data"}, {"other", "其他争议", "other"}}
	Results   = []Code{{"corrected", "已更正", "corrected"}, {"unfounded", "经核查无误", "checked and right"}}
	FlagRules = []Code{{"volume", "当日条数异常", "rows of the day"}, {"rate", "调用频次异常", "calls"}, {"hours", "非工作时间调用", "out of hours"},
		{"spread", "涉及对象过多", "spread over persons"}, {"refused", "被拒绝次数过多", "refused calls"}}
	// TermNames are what the bureau sets (内部时限、内部指标): intervals in months, terms in working days, shares in ‰ or %. The
	// unit stands in the name.
	TermNames = []Code{{"review_interval", "共享属性研究间隔（月）", "interval of reviews (months)"},
		{"review_finish", "共享属性研究办理（工作日）", "term of a review (working days)"},
		{"report_interval", "使用情况报告间隔（月）", "interval of use reports (months)"},
		{"report_finish", "使用情况报告提交（工作日）", "term of a use report (working days)"},
		{"purchase_finish", "采购数据提供接口或依据（工作日）", "term for an interface or a ground of purchased data (working days)"},
		{"gather_finish", "数据汇聚汇通（工作日）", "term to aggregate or connect data (working days)"},
		{"update_grace", "数据更新宽限（工作日）", "grace after an update was due (working days)"},
		{"quality_floor", "数据质量下限（‰）", "lowest score of data (‰)"},
		{"load_bad_limit", "装载剔除行上限（‰）", "most rows that a load may leave out (‰)"},
		{"load_shrink_limit", "装载减少行上限（%）", "most rows that may go missing in a load (%)"}}
	// FindingRules are the rules that raise a finding by themselves (Art. 41(1)(5), (6), (2), (3), (4)) or at a party's word (7).
	FindingRules = []Code{{"answer_overdue", "逾期未答复申请", "application not answered in time"}, {"delivery_overdue", "逾期未交付", "not delivered in time"},
		{"refusal_overruled", "不同意共享的理由不成立", "refusal overruled"}, {"ruling_missed", "未按协调结论办理", "conclusion of a coordination not carried out"},
		{"objection_overdue", "逾期未核查异议", "objection not checked in time"}, {"review_overdue", "逾期未研究共享属性", "sharing attribute not reviewed in time"},
		{"misuse", "共享数据用于其他目的", "shared data used for another purpose"},
		{"purchase_overdue", "采购数据逾期未提供接口或依据", "purchased data with neither interface nor ground in time"},
		{"not_gathered", "基础数据逾期未汇聚到平台", "base data not aggregated on the platform in time"}, {"not_connected", "逾期未汇通", "not connected in time"},
		{"update_late", "逾期未更新", "not updated in time"}, {"quality_low", "数据质量低于下限", "quality below the floor"}}
	Violations = []Code{{"1", "重复收集数据", "collects data again"}, {"2", "未按规定编制、更新目录", "catalog not drawn up or updated"},
		{"3", "未及时汇聚或者汇聚不合规范", "not aggregated in time or not as specified"}, {"4", "未按规定依托目录链汇通", "not connected through the catalog chain"},
		{"5", "未按规定共享或者开放", "not shared or opened as required"}, {"6", "未及时核查异议数据", "objection not checked in time"},
		{"7", "共享数据用于其他目的", "shared data used for another purpose"}, {"8", "未履行安全管理职责", "security duties not met"}, {"9", "其他情形", "other"}}
	// Nouns are the sorts of nouns a finding can rest on.
	Nouns = []Code{{"entry", "数据目录", "entry"}, {"dataset", "目录数据", "data of an entry"}, {"application", "共享申请", "application"}, {"grant", "共享授权", "grant"},
		{"case", "协调事项", "coordination case"}, {"objection", "共享数据异议", "objection"}, {"review", "共享属性研究", "review"},
		{"use_report", "使用情况报告", "use report"}, {"use_flag", "异常使用提示", "unusual use"}, {"duty", "职责", "duty"}, {"system", "系统", "system"}, {"table", "库表", "table"},
		{"purchase", "采购数据", "purchased data"}}
	// LoadModes say how a load makes a version from the one before; SourceSorts where connected data lives.
	LoadModes   = []Code{{"replace", "整体替换", "replace all"}, {"upsert", "按主键更新", "update by key"}, {"append", "追加", "append"}}
	SourceSorts = []Code{{"database", "数据库", "database"}, {"api", "接口", "API"}}
	// Checks are the checks of a rule that an entry's owner adds; ValueFormats what a value's form may be; CompareOps how two
	// values are compared; RuleLevels what becomes of a row.
	Checks = []Code{{"filled", "必填", "filled in"}, {"range", "取值范围", "range"}, {"values", "枚举取值", "one of some values"}, {"format", "格式", "format"},
		{"compare", "比较", "comparison"}, {"reference", "引用其他目录", "stands in another entry"}, {"unique", "不重复", "not repeated"}}
	CompareOps   = []Code{{"lt", "小于", "less than"}, {"le", "不大于", "at most"}, {"eq", "等于", "equal to"}, {"ne", "不等于", "not equal to"}, {"ge", "不小于", "at least"}, {"gt", "大于", "greater than"}}
	RuleLevels   = []Code{{"bad", "剔除该行", "leave the row out"}, {"note", "仅计入质量", "count it only"}}
	ValueFormats = []Code{{"citizen_id", "公民身份号码", "citizen number"}, {"credit_code", "统一社会信用代码", "credit code"}, {"org_code", "组织机构代码", "organisation code"},
		{"mobile", "手机号码", "mobile number"}, {"phone", "电话号码", "telephone number"}, {"bank_card", "银行卡号", "bank card number"}, {"passport", "护照号码", "passport number"},
		{"plate", "机动车号牌", "vehicle plate"}, {"postcode", "邮政编码", "postcode"}, {"region", "行政区划代码", "region code"}, {"longitude", "经度", "longitude"},
		{"latitude", "纬度", "latitude"}, {"email", "电子邮箱", "e-mail address"}}
	Grounds = []Code{{"1", "法律法规等明确要求禁止开放", "forbidden by law"},
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
	case "cause":
		return Causes
	case "result":
		return Results
	case "flag":
		return FlagRules
	case "term":
		return TermNames
	case "finding":
		return FindingRules
	case "violation":
		return Violations
	case "noun":
		return Nouns
	case "mode":
		return LoadModes
	case "source":
		return SourceSorts
	case "check":
		return Checks
	case "op":
		return CompareOps
	case "level":
		return RuleLevels
	case "value_format":
		return ValueFormats
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
