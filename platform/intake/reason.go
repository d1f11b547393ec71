package intake

// Reason says why a row cannot be read.
type Reason string

// The reasons why a row cannot be read. Their sentences stand in Text.
const (
	Columns    Reason = "columns"
	TooLong    Reason = "too_long"
	Encoding   Reason = "encoding"
	Quotes     Reason = "quotes"
	Formula    Reason = "formula"
	CellError  Reason = "cell_error"
	LostDigits Reason = "lost_digits"
	NotADate   Reason = "not_a_date"
	NotJSON    Reason = "not_json"
	Nested     Reason = "nested"
	NewMember  Reason = "new_member"
	TwoMembers Reason = "two_members"
	BadShape   Reason = "bad_shape"
	Outside    Reason = "outside"
)

// Text says the reason in lang ("zh" or "en").
func (r Reason) Text(lang string) string {
	words := map[Reason][2]string{
		Columns:    {"列数与表头不一致", "has another number of columns than the header"},
		TooLong:    {"超过单个值允许的长度（64 KiB）", "is longer than a value may be (64 KiB)"},
		Encoding:   {"含有无法识别的字符（文件中混有其他编码，或者转换时已经丢失）", "has characters that cannot be read: the file mixes encodings, or they were lost before"},
		Quotes:     {"双引号之后还有文字（值中的双引号要写成两个）", "has text after a closing quotation mark: write a quotation mark inside a value as two"},
		Formula:    {"单元格是公式但没有计算结果（请在表格软件中打开并保存，或粘贴为数值）", "is a formula without a result: open and save it in a spreadsheet, or paste it as a value"},
		CellError:  {"单元格的值是错误（如 #N/A、#REF!）", "is an error such as #N/A or #REF!"},
		LostDigits: {"数字超过 15 位，表格软件已丢失末尾几位（请把该列设为文本格式后重新填写）", "is a number of more than 15 digits, of which the spreadsheet lost the last: format the column as text and enter it again"},
		NotADate:   {"单元格设为日期格式，但数值不是日期", "is formatted as a date but is none"},
		NotJSON:    {"不是有效的 JSON 对象（每行一个对象，UTF-8 编码）", "is not a JSON object: write one on each line, in UTF-8"},
		Nested:     {"值是对象或数组（请展开为单独的列）", "is an object or a list: spread it over columns of its own"},
		NewMember:  {"出现了前面各行没有的成员（请让前 1000 行中至少一行写出全部成员）", "has a member that no earlier row had: write it in one of the first 1,000 rows"},
		TwoMembers: {"同一成员出现了两次", "has a member twice"},
		BadShape:   {"几何图形不完整或者类型不受支持", "has a geometry that is incomplete or of a type not supported"},
		Outside:    {"坐标不在我国范围内（请检查经纬度顺序和坐标系）", "has coordinates outside China: see the order of longitude and latitude, and the coordinate system"},
	}
	w, ok := words[r]
	switch {
	case !ok:
		return string(r)
	case lang == "en":
		return w[1]
	default:
		return w[0]
	}
}
