package quality

// Reason says why a value, a row or a file is not as it should be.
type Reason string

// Reasons of files and rows that could not be read.
const (
	Columns    Reason = "columns"
	Malformed  Reason = "malformed"
	NoColumn   Reason = "no_column"
	TwoColumns Reason = "two_columns"
	NoHeader   Reason = "no_header"
)

// Reasons of rows that platform/intake cannot read; reading goes on with the next row.
const (
	Quotes     Reason = "quotes"
	Huge       Reason = "huge"
	Formula    Reason = "formula"
	CellError  Reason = "cell_error"
	LostDigits Reason = "lost_digits"
	NoDate     Reason = "no_date"
	NotJSON    Reason = "not_json"
	Nested     Reason = "nested"
	NewMember  Reason = "new_member"
	TwoMembers Reason = "two_members"
	BadShape   Reason = "bad_shape"
)

// Reasons of values and rows.
const (
	Required   Reason = "required"
	TooLong    Reason = "too_long"
	WrongType  Reason = "wrong_type"
	NoSuchDay  Reason = "no_such_day"
	Decimals   Reason = "decimals"
	Characters Reason = "characters"
	Encoding   Reason = "encoding"
	Garbled    Reason = "garbled"
	Repeated   Reason = "repeated"
	OutOfRange Reason = "out_of_range"
	NotInCodes Reason = "not_in_codes"
	NotInRule  Reason = "not_in_values"
	Compared   Reason = "compared"
	Dangling   Reason = "dangling"
	NotUnique  Reason = "not_unique"
	Unmarked   Reason = "unmarked"
)

// Reasons of the formats, see mulu.ValueFormats.
const (
	CitizenForm     Reason = "citizen_form"
	CitizenDay      Reason = "citizen_day"
	CitizenCheck    Reason = "citizen_check"
	CreditForm      Reason = "credit_form"
	CreditCheck     Reason = "credit_check"
	OrgForm         Reason = "org_form"
	OrgCheck        Reason = "org_check"
	Mobile          Reason = "mobile"
	Phone           Reason = "phone"
	CardForm        Reason = "card_form"
	CardCheck       Reason = "card_check"
	Passport        Reason = "passport"
	PassportForeign Reason = "passport_foreign"
	Plate           Reason = "plate"
	Postcode        Reason = "postcode"
	Region          Reason = "region"
	Coordinate      Reason = "coordinate"
	OutsideChina    Reason = "outside_china"
	OutsideDistrict Reason = "outside_district"
	Email           Reason = "email"
)

// reasons are read only: the indicator of GB/T 36344-2018 that a reason counts against, and its sentence in Chinese and
// English. A file that cannot be read has no indicator.
var reasons = map[Reason][3]string{
	Columns:    {"0302", "列数与表头不一致", "has another number of columns than the header"},
	Malformed:  {"0302", "不是有效的 UTF-8 编码 CSV（检查引号和编码，另存为“CSV UTF-8”）", "is not valid CSV in UTF-8: check quotes and encoding, save as CSV UTF-8"},
	NoColumn:   {"", "表头缺少此信息项的列（列名用信息项名称或字段名）", "the header has no column for this item: name it by the item's name or field"},
	TwoColumns: {"", "表头中有两列对应此信息项", "two columns of the header stand for this item"},
	NoHeader:   {"", "文件没有表头", "the file has no header row"},

	Quotes:     {"0302", "双引号之后还有文字（值中的双引号要写成两个）", "has text after a closing quotation mark: write a quotation mark inside a value as two"},
	Huge:       {"0305", "单个值超过 64 KiB", "is larger than the 64 KiB that a value may have"},
	Formula:    {"0302", "单元格是公式但没有计算结果（请在表格软件中打开后保存，或粘贴为数值）", "is a formula without a result: open and save it in a spreadsheet, or paste it as a value"},
	CellError:  {"0302", "单元格的值是错误（如 #N/A、#REF!）", "is an error such as #N/A or #REF!"},
	LostDigits: {"0302", "数字超过 15 位，表格软件已丢失末尾几位（请把该列设为文本格式后重新填写）", "is a number of more than 15 digits, of which the spreadsheet lost the last: format the column as text and enter it again"},
	NoDate:     {"0302", "单元格设为日期格式，但数值不是日期", "is formatted as a date but its number is none"},
	NotJSON:    {"0302", "不是 JSON 对象（每行写一个对象）", "is not a JSON object: write one on each line"},
	Nested:     {"0302", "值是对象或数组（请展开为单独的列）", "is an object or a list: spread it over columns of its own"},
	NewMember:  {"0302", "出现了前 1000 行都没有的成员（请补写在前面某一行，没有值写 null）", "has a member that none of the first 1,000 rows has: write it in one of them, as null where it has no value"},
	TwoMembers: {"0302", "同一成员出现了两次", "has the same member twice"},
	BadShape:   {"0302", "几何图形不完整，或者类型不受支持", "has a geometry that is incomplete or of a type not supported"},

	Required:   {"0201", "此项必填", "a value is required"},
	TooLong:    {"0101", "超过信息项或数据元规定的长度", "longer than the item or its data element allows"},
	WrongType:  {"0101", "不符合信息项或数据元的数据类型", "does not fit the type of the item or its data element"},
	NoSuchDay:  {"0101", "没有这一天或这一时刻", "no such day or time exists"},
	Decimals:   {"0302", "金额超过两位小数", "money with more than two decimals"},
	Characters: {"0305", "含有控制字符", "contains control characters"},
	Encoding:   {"0305", "不是有效的 UTF-8 文字", "is not valid UTF-8 text"},
	Garbled:    {"0305", "含有乱码（编码转换时丢失的字）", "contains characters lost in a conversion"},
	Repeated:   {"0303", "主键与其他行重复", "repeats the key of another row"},
	OutOfRange: {"0302", "超出允许的取值范围", "outside the allowed range"},
	NotInCodes: {"0105", "不在代码集中（应填代码，不填名称）", "not in the code set: write the code, not its name"},
	NotInRule:  {"0104", "不是规则允许的取值", "not one of the values that the rule allows"},
	Compared:   {"0402", "不符合比较规则", "does not stand the comparison of the rule"},
	Dangling:   {"0402", "在被引用的目录中不存在", "does not stand in the entry it refers to"},
	NotUnique:  {"0304", "与其他行重复", "repeats another row"},
	Unmarked:   {"0106", "是公民身份号码，但信息项未标为个人信息", "is a citizen number, but the item is not marked as personal"},

	CitizenForm:     {"0302", "公民身份号码应为 18 位数字（末位可为 X）或 15 位数字", "a citizen number has 18 digits, the last may be X, or 15 digits"},
	CitizenDay:      {"0302", "公民身份号码中的出生日期不存在或在将来", "the date of birth in the citizen number does not exist or lies ahead"},
	CitizenCheck:    {"0302", "公民身份号码校验位不符", "the citizen number's check digit is wrong"},
	CreditForm:      {"0302", "统一社会信用代码应为 18 位数字或大写字母（不含 I、O、S、V、Z）", "a credit code has 18 digits or capital letters, without I, O, S, V, Z"},
	CreditCheck:     {"0302", "统一社会信用代码校验位不符", "the credit code's check character is wrong"},
	OrgForm:         {"0302", "组织机构代码应为 8 位数字或大写字母加 1 位校验码", "an organisation code has 8 digits or capital letters and a check character"},
	OrgCheck:        {"0302", "组织机构代码校验码不符", "the organisation code's check character is wrong"},
	Mobile:          {"0302", "不是 11 位手机号码", "is not a mobile number of 11 digits"},
	Phone:           {"0302", "不是电话号码（如 010-88064567）", "is not a telephone number, like 010-88064567"},
	CardForm:        {"0302", "银行卡号应为 13 至 19 位数字", "a bank card number has 13 to 19 digits"},
	CardCheck:       {"0302", "银行卡号校验位不符（部分旧卡没有校验位）", "the bank card's check digit is wrong; some old cards have none"},
	Passport:        {"0302", "不是护照号码", "is not a passport number"},
	PassportForeign: {"0302", "不是我国护照号码的形式（外国护照请核对）", "has not the form of a Chinese passport; compare a foreign one with the document"},
	Plate:           {"0302", "不是机动车号牌号码（如京A12345）", "is not a vehicle plate, like 京A12345"},
	Postcode:        {"0302", "邮政编码应为 6 位数字", "a postcode has 6 digits"},
	Region:          {"0302", "行政区划代码应为 6、9 或 12 位数字，以省级代码开头", "a region code has 6, 9 or 12 digits and begins with a province"},
	Coordinate:      {"0302", "坐标应为十进制度数", "a coordinate is written in decimal degrees"},
	OutsideChina:    {"0302", "坐标在我国范围以外（检查经纬度是否颠倒、坐标系是否为 CGCS2000）", "the coordinate lies outside China: are longitude and latitude swapped, is it CGCS2000?"},
	OutsideDistrict: {"0302", "坐标在本区范围以外", "the coordinate lies outside the district"},
	Email:           {"0302", "不是电子邮箱地址", "is not an e-mail address"},
}

// Text says the reason in lang ("zh" or "en").
func (r Reason) Text(lang string) string {
	words, ok := reasons[r]
	switch {
	case !ok:
		return string(r)
	case lang == "en":
		return words[2]
	default:
		return words[1]
	}
}

// Indicator is the indicator of GB/T 36344-2018 that the reason counts against, e.g. "0302"; "" where it counts against none.
// A comparison that puts two dates in order counts for 0503 instead: Check.Indicator is what holds.
func (r Reason) Indicator() string { return reasons[r][0] }

// Reasons lists every reason.
func Reasons() []Reason {
	list := make([]Reason, 0, len(reasons))
	for r := range reasons {
		list = append(list, r)
	}
	return list
}
