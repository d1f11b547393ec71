package intake

// faultWords gives the Chinese and the English sentence of a fault; both take what the fault is about.
func faultWords(code string) ([2]string, bool) {
	w, ok := map[string][2]string{
		"kind":            {"不支持“%s”格式的文件；请上传 CSV、Excel（.xlsx）、JSON 行、Parquet、GeoJSON 或 Shapefile（打包成 .zip）", "files of the kind %q are not read; upload CSV, Excel (.xlsx), JSON lines, Parquet, GeoJSON or a shapefile packed as .zip"},
		"empty":           {"文件是空的，请检查导出是否成功", "the file is empty; see whether the export succeeded"},
		"charset":         {"不支持字符编码“%s”；请另存为 UTF-8 或 GB 18030（GBK）", "text in %q is not read; save it as UTF-8 or GB 18030 (GBK)"},
		"delimiter":       {"“%s”不能作分隔符；可用逗号、分号、竖线或制表符", "%q cannot be a delimiter; use the comma, the semicolon, the bar or the tab"},
		"no_header":       {"没有表头；第一行应写各列名称（信息项名称或字段名）", "there is no header; the first row must name the columns by the items' names or fields"},
		"header_quotes":   {"表头的双引号之后还有文字，请检查引号是否成对", "the header has text after a closing quotation mark; see that quotation marks stand in pairs"},
		"header_encoding": {"%s 列的名称含有无法识别的字符；请确认文件编码，或另存为 UTF-8 后重新上传", "the name of column %s has characters that cannot be read; choose the right encoding or save the file as UTF-8"},
		"columns":         {"共 %d 列，最多 %d 列；请拆分或删去不需要的列", "there are %d columns and may be %d; split the table or leave out columns"},
		"unnamed":         {"%s 列没有名称；请补上列名，不需要的列请删除", "column %s has no name; name it, or delete it if it is not needed"},
		"name_long":       {"%s 列的名称过长（最多 %d 字节）；请确认第一行是表头", "the name of column %s is longer than %d bytes; see whether the first row is the header"},
		"twice":           {"列名“%s”出现了两次（%s 列和 %s 列）；请改名或删去其中一列", "the name %q stands over two columns (%s and %s); rename or delete one"},
		"title":           {"表头只有一列“%s”，而这一行有多列；如果第一行是表名，请删去，让表头成为第一行", "the header has the one column %q, but this row has several; if the first row is a title, delete it so that the header comes first"},
		"record":          {"一行超过 %d MiB；请检查文件是否损坏、换行是否丢失", "one row is larger than %d MiB; see whether the file is damaged or its line ends are lost"},
		"unclosed":        {"从这一行开始的双引号没有闭合；请补上另一个双引号，值中的双引号要写成两个", "a quotation mark opened in this row is never closed; close it, and write a quotation mark inside a value as two"},
	}[code]
	return w, ok
}
