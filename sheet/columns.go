package sheet

// column is one column of a kind: its heading in both languages, the headings that other sheets give it, and how it is read.
// Columns of the 2017 guide stand in its order; ours stand to their right and may be missing.
type column struct {
	key    string
	zh, en string
	also   []string // other headings, after plain; see heading.go
	use    use
	each   bool   // of each item, column or matter; otherwise of the noun, and merged over its rows
	varies bool   // of the noun, but sheets of today say it row by row
	number bool   // written as a number
	list   string // what a drop-down offers, see offers
	width  float64
	hint   [2]string // how to fill it in
}

type use int

const (
	shown    use = iota // written for the reader; what it says is not taken in
	optional            // may be missing
	required            // the column must be there
)

// layout is the columns of a kind.
type layout struct {
	kind    Kind
	columns []column
	index   map[string]int // by key
	forms   map[string]int // by heading in plain form
}

func layoutOf(kind Kind) *layout {
	l := &layout{kind: kind, columns: columnsOf(kind), index: map[string]int{}, forms: map[string]int{}}
	for i, c := range l.columns {
		l.index[c.key] = i
		for _, heading := range append([]string{c.zh, c.en}, c.also...) {
			l.forms[plain(heading)] = i
		}
	}
	return l
}

func columnsOf(kind Kind) []column {
	switch kind {
	case Orgs:
		return orgColumns
	case Duties:
		return dutyColumns
	case Entries:
		return entryColumns
	case Systems:
		return systemColumns
	case Tables:
		return tableColumns
	case profile:
		return profileColumns
	}
	return nil
}

// profile is the first sheet of the workbook (①机构职能): whose workbook it is. It makes no nouns.
const profile Kind = "profile"

// The column tables are read only. Those marked by "shown" are known, so that nobody is told they are unknown.
var (
	orderColumn  = column{key: "order", zh: "序号", en: "No.", also: []string{"编号序号", "项次"}, width: 6, hint: [2]string{"可不填；写“示例”的行不会导入。", "May stay empty; rows marked “example” are not imported."}}
	ownerColumn  = column{key: "org", zh: "提供单位", en: "Institution", also: []string{"信息资源提供方", "实施主体", "来源部门", "单位名称", "机构名称", "数据提供方", "目录提供方", "责任单位", "所属单位", "建设单位", "使用单位"}, use: optional, width: 18, hint: [2]string{"可不填；填写的须为本机构。", "May stay empty; only your own institution can be imported."}}
	statusColumn = column{key: "status", zh: "状态", en: "Status", width: 10, hint: [2]string{"仅供查看。", "For reading only."}}
	idColumn     = column{key: "id", zh: "编号", en: "Id", use: optional, width: 14, hint: [2]string{"系统生成；新登记的不填，改名时须保留。", "Made by the system: empty for a new one, kept when you rename."}}
)

var orgColumns = []column{
	orderColumn,
	{key: "name", zh: "单位名称", en: "Name", also: []string{"机构名称", "单位全称", "机构全称", "全称", "名称"}, use: required, width: 36, hint: [2]string{"与登记证照一致的全称。", "Full name as on the certificate."}},
	{key: "short", zh: "简称", en: "Short name", also: []string{"单位简称", "机构简称"}, use: required, width: 18, hint: [2]string{"日常称呼，如“区民政局”。", "As people call it."}},
	{key: "sort", zh: "机构类别", en: "Sort", also: []string{"类别", "单位类别", "机构类型", "单位类型", "单位性质"}, use: required, list: "sort", width: 14, hint: [2]string{"细则第二条的三类之一。", "One of the three sorts of Art. 2."}},
	{key: "credit", zh: "统一社会信用代码", en: "Credit code", also: []string{"信用代码", "社会信用代码", "机构代码", "信息资源提供方代码"}, use: required, width: 22, hint: [2]string{"18 位；以此认定是否已登记。", "18 characters; it tells whether the institution is registered."}},
	{key: "joins", zh: "参照执行", en: "Follows the chain", also: []string{"是否参照执行", "参照目录链管理"}, use: optional, list: "yesno", width: 10, hint: [2]string{"行政机关不填；其他机构选择参照执行的填“是”。", "Not for administrative organs; “Yes” for others that choose to follow."}},
	{key: "key", zh: "公钥", en: "Public key", also: []string{"签名公钥", "sm2公钥"}, use: optional, width: 48, hint: [2]string{"可不填，由登记的节点代为生成；已登记机构的密钥不在此更换。", "May stay empty: the node makes a key. Keys of registered institutions are not replaced here."}},
	{key: "why", zh: "变更理由", en: "Reason for change", also: []string{"理由", "变更原因"}, use: optional, width: 24, hint: [2]string{"变更名称、简称时必填。", "Needed when a name changes."}},
	statusColumn,
}

var dutyColumns = []column{
	orderColumn,
	ownerColumn,
	idColumn,
	{key: "name", zh: "职责名称", en: "Duty", also: []string{"职责", "部门职责", "主要职责", "职责事项"}, use: required, width: 28, hint: [2]string{"本机构的一项职责；同名即同一项。", "One duty of your institution; the same name is the same duty."}},
	{key: "code", zh: "职权编码", en: "Power code", also: []string{"职责编码", "权力编码", "权责编码", "职权编号"}, use: optional, varies: true, width: 18, hint: [2]string{"权力清单中的编码，有则填。", "Its code in the list of powers, if any."}},
	{key: "basis", zh: "法律依据", en: "Legal basis", also: []string{"依据", "设定依据", "实施依据", "职责依据", "法定依据", "职权依据", "三定依据", "法律法规依据"}, use: optional, width: 40, hint: [2]string{"“三定”规定或法律法规名称及条款。", "The institution's charter, or law and article."}},
	{key: "department", zh: "处室", en: "Department", also: []string{"内设部门", "内设部门名称", "内设机构", "下设机构", "承办处室", "责任处室", "承办机构", "科室"}, use: optional, width: 16, hint: [2]string{"承办的内设机构。", "Who sees to it."}},
	{key: "matter", zh: "事项", en: "Matter", also: []string{"职权名称", "业务事项", "权力事项", "事项名称", "办理事项", "关联业务事项"}, use: optional, each: true, width: 28, hint: [2]string{"职责下的事项，一行一项，可多行。", "Matters under the duty, one a row."}},
	{key: "data", zh: "是否产生数据", en: "Data arise", also: []string{"产生数据", "是否有数据"}, use: optional, list: "yesno", width: 12, hint: [2]string{"不填视为“是”。", "Empty means yes."}},
	{key: "why", zh: "不产生数据的理由", en: "Why no data", also: []string{"无数据理由", "不产生数据理由"}, use: optional, width: 24, hint: [2]string{"填“否”时必填。", "Needed with “No”."}},
	statusColumn,
	{key: "x1", zh: "职权类别", en: "Kind of power", width: 12}, {key: "x2", zh: "服务对象", en: "Served"}, {key: "x3", zh: "所需材料", en: "Papers asked for"},
	{key: "x4", zh: "产生材料", en: "Papers made"}, {key: "x5", zh: "支撑系统", en: "Supporting system"}, {key: "x6", zh: "备注", en: "Remarks"},
}

// entryColumns: the first 26 are those of the sheet in use, in its order.
var entryColumns = []column{
	orderColumn,
	{key: "class", zh: "部门类信息资源分类", en: "Class", also: []string{"信息资源分类", "类", "分类", "资源分类", "类别"}, use: optional, list: "class1", width: 12, hint: [2]string{"基础、主题或部门；不填按“部门”。", "Base, theme or department; empty means department."}},
	{key: "class2", zh: "项分类", en: "Class, second part", also: []string{"项"}, use: optional, list: "class2", width: 20, hint: [2]string{"基础、主题类须填，部门类可不填。", "Needed for base and theme."}},
	{key: "x1", zh: "目分类", en: "Class, third part", also: []string{"目"}, width: 12}, {key: "x2", zh: "细目分类1", en: "Class, fourth part", also: []string{"细目分类", "细目"}, width: 12}, {key: "x3", zh: "细目1.1", en: "Class, fifth part", width: 10},
	{key: "duty", zh: "关联业务事项", en: "Duty", also: []string{"职责", "所属职责", "职责名称", "关联职责", "数据所属事项", "业务事项", "对应职责"}, use: required, list: "duty", width: 24, hint: [2]string{"本机构已登记的职责，或其下的事项。", "A registered duty of your institution, or a matter under it."}},
	{key: "name", zh: "信息资源名称", en: "Entry", also: []string{"数据目录名称", "目录名称", "资源名称", "数据资源名称", "信息资源目录名称"}, use: required, width: 28, hint: [2]string{"业务用语，不用系统名、表名；本机构内不重名。", "In words of the business, not of a system or table; unique within the institution."}},
	{key: "code", zh: "信息资源代码", en: "Entry code", also: []string{"目录代码", "资源代码", "数据目录代码", "信息资源编码", "目录编码"}, use: optional, width: 22, hint: [2]string{"系统生成；新编的不填，改名时须保留。", "Made by the system: empty for a new one, kept when you rename."}},
	{key: "x4", zh: "下设机构", en: "Department", also: []string{"内设机构", "处室", "内设部门"}, width: 14},
	{key: "summary", zh: "信息资源摘要", en: "Summary", also: []string{"摘要", "资源摘要", "目录摘要", "描述", "目录描述", "内容摘要"}, use: required, width: 40, hint: [2]string{"内容、范围、时间跨度。", "What it holds, of whom, since when."}},
	{key: "format", zh: "格式分类", en: "Format", also: []string{"信息资源格式", "信息资源格式分类", "资源格式分类", "信息资源格式/分类"}, use: optional, list: "format", width: 12, hint: [2]string{"七种格式之一。", "One of seven."}},
	{key: "format2", zh: "格式类型", en: "File type", also: []string{"信息资源格式类型", "资源格式类型", "信息资源格式/类型"}, use: optional, width: 14, hint: [2]string{"如 xlsx、MySQL；未填格式分类时据此判断。", "Such as xlsx or MySQL; tells the format when that is empty."}},
	{key: "x5", zh: "其他类型资源格式描述", en: "Other format", also: []string{"其他类型资源格式说明"}, width: 14},
	{key: "item", zh: "信息项名称", en: "Item", also: []string{"信息项", "数据项名称", "数据项", "字段中文名", "字段中文名称", "信息项中文名称"}, use: required, each: true, width: 22, hint: [2]string{"一行一个信息项。", "One item a row."}},
	{key: "type", zh: "数据类型", en: "Type", also: []string{"信息项数据类型", "字段类型", "信息项类型"}, use: required, each: true, list: "type", width: 12, hint: [2]string{"字符型C、数值型N、日期型D 等。", "Text C, number N, date D, …"}},
	{key: "length", zh: "数据长度", en: "Length", also: []string{"长度", "字段长度", "信息项长度", "信息项数据长度"}, use: optional, each: true, number: true, width: 10, hint: [2]string{"整数；“10,2”取 10。", "A whole number; of 10,2 the 10 is taken."}},
	{key: "sharing", zh: "共享类型", en: "Sharing", also: []string{"共享属性", "共享属性/共享类型"}, use: required, varies: true, list: "sharing", width: 12, hint: [2]string{"无条件共享、有条件共享、不予共享，或 01、02、03。", "Unconditional, conditional, not shared, or 01, 02, 03."}},
	{key: "conditions", zh: "共享条件/不予共享依据", en: "Sharing conditions, or basis for not sharing", also: []string{"共享条件", "共享条件或不予共享依据", "不予共享依据", "共享条件及依据"}, use: optional, varies: true, width: 36, hint: [2]string{"有条件共享写条件；不予共享写法律名称和第几条。", "The conditions; or law and article for not sharing."}},
	{key: "x6", zh: "共享方式分类", en: "Way of sharing", also: []string{"共享方式"}, width: 12}, {key: "x7", zh: "共享方式类型", en: "Way of sharing, kind", width: 12},
	{key: "open", zh: "是否向社会开放", en: "Opening", also: []string{"开放类型", "开放属性", "是否开放", "向社会开放"}, use: required, list: "opening", width: 12, hint: [2]string{"无条件开放、有条件开放、不予开放；也可填是、否。", "Unconditional, conditional, not open; or yes, no."}},
	{key: "openwords", zh: "开放条件", en: "Opening conditions", also: []string{"开放条件/不开放原因", "开放条件/不予开放原因", "不开放原因", "开放条件/不予开放依据"}, use: optional, width: 30, hint: [2]string{"有条件开放写条件；不予开放写原因或依据。", "The conditions; or the reason for not opening."}},
	{key: "cycle", zh: "更新周期", en: "Update cycle", also: []string{"更新频率", "更新频度"}, use: required, list: "cycle", width: 10, hint: [2]string{"实时、每日、每周、每月、每季度、每半年、每年、不定期。", "Real time, daily, weekly, …"}},
	{key: "date", zh: "发布日期", en: "Published", also: []string{"发布时间"}, width: 12, hint: [2]string{"核定发布时由系统记载。", "Recorded at verification."}},
	{key: "theme", zh: "开放主题分类", en: "Theme", also: []string{"主题", "开放主题", "主题分类"}, use: optional, width: 12, hint: [2]string{"如社会保障、城市管理。", "Such as social security."}},
	ownerColumn,
	{key: "field", zh: "字段名", en: "Field", also: []string{"字段英文名", "英文名称", "字段名称", "信息项英文名称", "技术名称", "字段英文名称"}, use: optional, each: true, width: 16, hint: [2]string{"字母开头，只用字母、数字、下划线；不填按拼音首字母生成。", "Letters, digits, underscores; made of pinyin initials when empty."}},
	{key: "nullable", zh: "可空", en: "May be empty", also: []string{"是否可空", "是否为空", "允许为空", "能否为空"}, use: optional, each: true, list: "yesno", width: 8, hint: [2]string{"不填视为“是”（主键除外）。", "Empty means yes, except for keys."}},
	{key: "primary", zh: "主键", en: "Key", also: []string{"是否主键"}, use: optional, each: true, list: "yesno", width: 8, hint: [2]string{"不填视为“否”。", "Empty means no."}},
	{key: "personal", zh: "个人信息", en: "Personal", also: []string{"是否个人信息", "是否涉及个人信息"}, use: optional, each: true, list: "yesno", width: 10, hint: [2]string{"是、否；也可写“敏感个人信息”。", "Yes, no; or “sensitive personal information”."}},
	{key: "sensitive", zh: "敏感", en: "Sensitive", also: []string{"是否敏感", "敏感个人信息", "是否敏感信息", "敏感属性"}, use: optional, each: true, list: "yesno", width: 8, hint: [2]string{"不填视为“否”。", "Empty means no."}},
	{key: "grade", zh: "信息项级别", en: "Item grade", also: []string{"信息项分级", "数据项级别", "级别(信息项)"}, use: optional, each: true, list: "grade", number: true, width: 10, hint: [2]string{"1 至 4；不填按一般 1、个人信息 2、敏感 3。", "1 to 4; empty means 1, personal 2, sensitive 3."}},
	{key: "exception", zh: "信息项共享例外", en: "Item's own sharing", also: []string{"信息项共享类型", "共享例外"}, use: optional, each: true, list: "sharing", width: 12, hint: [2]string{"与目录共享类型不同的信息项才填。", "Only where it differs from the entry's."}},
	{key: "standard", zh: "数据元", en: "Data element", also: []string{"关联数据元", "关联数据标准", "数据元标准"}, use: optional, each: true, width: 16, hint: [2]string{"所遵循的数据元标准。", "The standard it follows."}},
	{key: "entrygrade", zh: "目录级别", en: "Entry grade", also: []string{"数据级别", "数据分级", "级别", "目录分级", "安全级别"}, use: optional, list: "grade", number: true, width: 10, hint: [2]string{"1 至 4，不低于信息项最高级；不填取信息项最高级。", "1 to 4, at least the highest of its items; empty means just that."}},
	{key: "base", zh: "基础库", en: "Base database", also: []string{"四大基础库", "所属基础库"}, use: optional, list: "base", width: 10, hint: [2]string{"属于四大基础库的填。", "If it belongs to one."}},
	{key: "channel", zh: "开放渠道", en: "Channel", use: optional, list: "channel", width: 14, hint: [2]string{"有条件开放的渠道；不填按“数据专区”。", "Of conditional opening; empty means data zone."}},
	{key: "ground", zh: "不开放情形", en: "Ground for not opening", also: []string{"不予开放情形"}, use: optional, list: "ground", width: 14, hint: [2]string{"1 法律法规禁止；2 危及安全稳定；3 能识别特定自然人。", "1 forbidden by law; 2 endangers security; 3 can identify a person."}},
	{key: "openbasis", zh: "开放依据", en: "Basis for opening", use: optional, width: 20, hint: [2]string{"开放另有依据的填。", "Where opening has a basis of its own."}},
	{key: "override", zh: "不予共享例外理由", en: "Reasons without a basis", also: []string{"申请例外", "例外理由"}, use: optional, width: 24, hint: [2]string{"不予共享而无法律依据的写明理由，由主管部门核定。", "Where nothing legal stands against sharing: reasons, for the bureau to decide on."}},
	{key: "moreconditions", zh: "附加共享条件", en: "Further conditions", use: optional, width: 20, hint: [2]string{"不予共享目录仍写有条件的。", "Conditions of an entry that is not shared."}},
	{key: "systems", zh: "来源系统", en: "Source systems", also: []string{"所属信息系统", "来源信息系统"}, use: optional, list: "system", width: 20, hint: [2]string{"已登记的系统，多个用“、”隔开。", "Registered systems, separated by 、 or ;"}},
	statusColumn,
	{key: "x8", zh: "关联代码集", en: "Code set", also: []string{"关联码表"}}, {key: "x9", zh: "备注", en: "Remarks"},
}

var systemColumns = []column{
	orderColumn,
	ownerColumn,
	idColumn,
	{key: "x1", zh: "内设部门", en: "Department", also: []string{"处室", "内设机构"}, width: 14},
	{key: "name", zh: "系统名称", en: "System", also: []string{"信息系统名称", "业务系统名称"}, use: required, width: 28, hint: [2]string{"系统全称，本机构内不重名。", "Full name, unique within the institution."}},
	{key: "x2", zh: "系统代码", en: "System code", also: []string{"系统编码"}, width: 14},
	{key: "purpose", zh: "功能描述", en: "Purpose", also: []string{"系统功能", "主要功能", "功能", "系统描述"}, use: optional, width: 40, hint: [2]string{"办理什么业务。", "What it serves."}},
	{key: "entries", zh: "产生的信息资源", en: "Entries", also: []string{"产生信息资源", "产生的数据目录"}, use: optional, width: 28, hint: [2]string{"数据目录名称，多个用“、”隔开；据此挂接。", "Names of entries, separated by 、 or ; they are linked."}},
	{key: "x3", zh: "建设性质", en: "How built", width: 10}, {key: "x4", zh: "部署位置", en: "Where", width: 12},
	{key: "network", zh: "接入网络类型", en: "Network", also: []string{"网络", "网络类型", "接入网络", "所在网络"}, use: required, list: "network", width: 12, hint: [2]string{"政务外网、互联网、专网。", "Government extranet, internet, private network."}},
	{key: "x5", zh: "备注", en: "Remarks", width: 14},
	{key: "project", zh: "项目名称", en: "Project", also: []string{"建设项目", "项目"}, use: optional, width: 24, hint: [2]string{"立项名称。", "The project it came from."}},
	{key: "level", zh: "等保级别", en: "MLPS level", also: []string{"等保定级", "等级保护级别", "安全保护等级", "等保等级"}, use: optional, list: "level", width: 10, hint: [2]string{"未备案、一级至五级。", "Not filed, or 1 to 5."}},
	{key: "databases", zh: "数据库", en: "Databases", also: []string{"数据库名称"}, use: optional, width: 24, hint: [2]string{"多个用“、”隔开。", "Separated by 、 or ;"}},
	{key: "connection", zh: "连接", en: "Connection", use: optional, width: 18, hint: [2]string{"写成“secret:名称”；地址、账号、口令不得填写。", "secret:<name>; never an address or password."}},
	statusColumn,
}

var tableColumns = []column{
	orderColumn,
	ownerColumn,
	{key: "system", zh: "系统名称", en: "System", also: []string{"所属系统", "信息系统名称", "来源系统", "系统"}, use: required, list: "system", width: 24, hint: [2]string{"已登记的系统。", "A registered system."}},
	{key: "database", zh: "数据库", en: "Database", also: []string{"数据库名", "数据库名称", "库名"}, use: required, width: 16, hint: [2]string{"数据库名。", "Name of the database."}},
	{key: "schema", zh: "模式", en: "Schema", also: []string{"schema", "模式名"}, use: optional, width: 12, hint: [2]string{"没有模式的不填。", "Empty where there is none."}},
	{key: "name", zh: "表名", en: "Table", also: []string{"库表名", "表英文名", "数据表名", "表名称", "库表名称"}, use: required, width: 24, hint: [2]string{"数据库中的表名。", "As in the database."}},
	{key: "comment", zh: "表说明", en: "Table comment", also: []string{"表中文名", "表注释", "表描述", "表中文名称"}, use: optional, width: 28, hint: [2]string{"表的中文含义。", "What the table holds."}},
	{key: "rows", zh: "行数", en: "Rows", also: []string{"数据量", "记录数", "数据行数"}, use: optional, number: true, width: 10, hint: [2]string{"整数。", "A whole number."}},
	{key: "x1", zh: "扫描时间", en: "Looked at", width: 18},
	{key: "column", zh: "字段名", en: "Column", also: []string{"列名", "字段英文名", "字段名称", "字段"}, use: required, each: true, width: 20, hint: [2]string{"一行一个字段。", "One column a row."}},
	{key: "type", zh: "字段类型", en: "Column type", also: []string{"数据类型", "列类型", "类型"}, use: required, each: true, width: 14, hint: [2]string{"数据库中的类型，如 varchar。", "As in the database, such as varchar."}},
	{key: "length", zh: "字段长度", en: "Length", also: []string{"长度", "数据长度", "列长度"}, use: optional, each: true, number: true, width: 10, hint: [2]string{"整数。", "A whole number."}},
	{key: "nullable", zh: "可空", en: "May be empty", also: []string{"是否可空", "是否为空", "允许为空"}, use: optional, each: true, list: "yesno", width: 8, hint: [2]string{"不填视为“否”。", "Empty means no."}},
	{key: "primary", zh: "主键", en: "Key", also: []string{"是否主键"}, use: optional, each: true, list: "yesno", width: 8, hint: [2]string{"不填视为“否”。", "Empty means no."}},
	{key: "columncomment", zh: "字段说明", en: "Column comment", also: []string{"字段中文名", "字段注释", "列说明", "字段描述"}, use: optional, each: true, width: 28, hint: [2]string{"字段的中文含义。", "What the column holds."}},
	statusColumn,
}

var profileColumns = []column{
	{key: "name", zh: "单位名称", en: "Institution", also: []string{"机构名称"}, use: optional, width: 30},
	{key: "credit", zh: "统一社会信用代码", en: "Credit code", also: []string{"信用代码"}, use: optional, width: 22},
	{key: "x1", zh: "联系人", en: "Contact", width: 12}, {key: "x2", zh: "电话", en: "Telephone", also: []string{"联系电话"}, width: 14},
	{key: "x3", zh: "处室", en: "Department", width: 14}, {key: "x4", zh: "邮箱", en: "Mail", width: 18}, {key: "x5", zh: "传真", en: "Fax", width: 14},
	{key: "x6", zh: "填报时间", en: "Filled in on", width: 14}, {key: "x7", zh: "地址", en: "Address", width: 24},
	{key: "duties", zh: "部门职能", en: "What it is for", also: []string{"职能", "主要职能"}, use: shown, width: 40},
	{key: "x8", zh: "内设部门名称", en: "Inner department", width: 18}, {key: "x9", zh: "内设部门职责", en: "What that is for", width: 40},
}
