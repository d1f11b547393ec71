package intake

// faultWords gives the Chinese and the English sentence of a fault.
func faultWords(code string) ([2]string, bool) {
	w, ok := allFaultWords()[code]
	return w, ok
}

// allFaultWords: both sentences take what the fault is about, in the same order.
func allFaultWords() map[string][2]string {
	return map[string][2]string{
		"kind":             {"不支持“%s”格式的文件；请上传 CSV、Excel（.xlsx）、JSON 行、Parquet、GeoJSON 或 Shapefile（打包成 .zip）", "files of the kind %q are not read; upload CSV, Excel (.xlsx), JSON lines, Parquet, GeoJSON or a shapefile packed as .zip"},
		"empty":            {"文件是空的，请检查导出是否成功", "the file is empty; see whether the export succeeded"},
		"charset":          {"不支持字符编码“%s”；请另存为 UTF-8 或 GB 18030（GBK）", "text in %q is not read; save it as UTF-8 or GB 18030 (GBK)"},
		"delimiter":        {"“%s”不能作分隔符；可用逗号、分号、竖线或制表符", "%q cannot be a delimiter; use the comma, the semicolon, the bar or the tab"},
		"no_header":        {"没有表头；第一行应写各列名称（信息项名称或字段名）", "there is no header; the first row must name the columns by the items' names or fields"},
		"header_quotes":    {"表头的双引号之后还有文字，请检查引号是否成对", "the header has text after a closing quotation mark; see that quotation marks stand in pairs"},
		"header_encoding":  {"%s 列的名称含有无法识别的字符；请确认文件编码，或另存为 UTF-8 后重新上传", "the name of column %s has characters that cannot be read; choose the right encoding or save the file as UTF-8"},
		"columns":          {"共 %d 列，最多 %d 列；请拆分或删去不需要的列", "there are %d columns and may be %d; split the table or leave out columns"},
		"unnamed":          {"%s 列没有名称；请补上列名，不需要的列请删除", "column %s has no name; name it, or delete it if it is not needed"},
		"name_long":        {"%s 列的名称过长（最多 %d 字节）；请确认第一行是表头", "the name of column %s is longer than %d bytes; see whether the first row is the header"},
		"twice":            {"列名“%s”出现了两次（%s 列和 %s 列）；请改名或删去其中一列", "the name %q stands over two columns (%s and %s); rename or delete one"},
		"title":            {"表头只有一列“%s”，而这一行有多列；如果第一行是表名，请删去，让表头成为第一行", "the header has the one column %q, but this row has several; if the first row is a title, delete it so that the header comes first"},
		"record":           {"一行超过 %d MiB；请检查文件是否损坏、换行是否丢失", "one row is larger than %d MiB; see whether the file is damaged or its line ends are lost"},
		"unclosed":         {"从这一行开始的双引号没有闭合；请补上另一个双引号，值中的双引号要写成两个", "a quotation mark opened in this row is never closed; close it, and write a quotation mark inside a value as two"},
		"no_members":       {"没有可读的 JSON 对象；每行应是一个 JSON 对象，例如 {\"姓名\":\"张三\"}", "there is no JSON object with members; write one object on each line, such as {\"name\":\"Zhang\"}"},
		"not_objects":      {"不是 JSON 对象；每行应是一个 JSON 对象，或者整个文件是一个对象数组", "this is no JSON object; write one object on each line, or the whole file as a list of objects"},
		"json":             {"第 %d 个对象不是有效的 JSON，其后的内容无法读取；请检查括号、引号和逗号", "object %d is not valid JSON and nothing after it can be read; see its brackets, quotation marks and commas"},
		"object":           {"第 %d 个对象超过 %d MiB；请检查括号是否闭合", "object %d is larger than %d MiB; see whether its brackets are closed"},
		"markup":           {"这是网页或 XML，不是表格（有些系统导出的 .xls 其实是网页）；请用 WPS 或 Excel 打开后另存为 .xlsx", "this is a web page or XML and no table, as some systems export under the name .xls; open it in WPS or Excel and save it as .xlsx"},
		"old_excel":        {"这是旧版 Excel（.xls、.xlsb）或者加密的工作簿；请去掉密码，另存为 .xlsx", "this is an old Excel file (.xls, .xlsb) or an encrypted workbook; take the password off and save it as .xlsx"},
		"bare_shape":       {"Shapefile 由多个文件组成；请把 .shp、.dbf、.prj、.cpg 一起打包成 .zip 上传", "a shapefile is several files; pack .shp, .dbf, .prj and .cpg as one .zip"},
		"zip":              {"压缩包里没有 Excel 工作簿或 Shapefile；其他格式请解压后直接上传", "the archive holds no Excel workbook and no shapefile; unpack files of other kinds before the upload"},
		"damaged":          {"文件已损坏或者上传不完整；请重新导出后上传", "the file is damaged or incomplete; export and upload it again"},
		"bomb":             {"压缩包解压后异常庞大，未予读取；请检查来源，或另存为 CSV", "the archive unpacks out of all proportion and was not read; see where it comes from, or save it as CSV"},
		"unpacked":         {"压缩包解压后超过 %d GiB；请拆分，或另存为 CSV", "the archive unpacks to more than %d GiB; split it or save it as CSV"},
		"strings":          {"工作簿中的文字超过 %d MiB；请拆分，或另存为 CSV", "the workbook has more than %d MiB of text; split it or save it as CSV"},
		"no_sheet":         {"文件里没有工作表；请用 WPS 或 Excel 打开后另存为 .xlsx", "the file has no worksheet; open it in WPS or Excel and save it as .xlsx"},
		"hidden":           {"所有工作表都是隐藏的；请取消隐藏，或者指定工作表", "all sheets are hidden; show one or name it"},
		"sheet":            {"没有名为“%s”的工作表；可选：%s", "there is no sheet %q; there are %s"},
		"merged":           {"单元格 %s 是合并的，合并后只有第一格有值；请取消合并并填入每一行，表名行请删去", "the cells %s are merged, so only the first has a value; split them and fill in each row, and delete a title row"},
		"header_cell":      {"%s 列的表头单元格是公式或错误值；请改为文字", "the header cell of column %s is a formula or an error; make it text"},
		"geojson":          {"不是 GeoJSON 要素集合（FeatureCollection），或者没有要素", "this is no GeoJSON collection of features, or it has none"},
		"system":           {"不支持坐标系“%s”；请转换为 CGCS2000（EPSG:4490）或其三度带 117°E 投影（EPSG:4548、4527）", "the coordinate system %q is not read; convert to CGCS2000 (EPSG:4490) or its three-degree zone at 117° E (EPSG:4548, 4527)"},
		"no_system":        {"坐标不是经纬度，而文件没有说明坐标系；请附上 .prj 文件，或者选择坐标系", "the coordinates are no degrees and no system is named; add the .prj file or choose the system"},
		"prj":              {".prj 文件无法识别；请重新导出，或者选择坐标系", "the .prj file cannot be read; export it again or choose the system"},
		"layer":            {"压缩包里没有名为“%s”的图层；可选：%s", "the archive has no layer %q; there are %s"},
		"dbf_type":         {"属性列“%s”的类型（%s）不受支持；请改为文本、数值、日期或逻辑型", "the type of the attribute %q (%s) is not read; make it text, number, date or logical"},
		"uneven":           {"图形共 %d 个，属性共 %d 行，两者不一致；请重新导出", "there are %d shapes but %d rows of attributes; export it again"},
		"encrypted":        {"文件是加密的；请导出未加密的文件", "the file is encrypted; export it without encryption"},
		"parquet_nested":   {"列“%s”是嵌套的（结构、列表或映射）；请展开为单独的列", "the column %q is nested (a structure, list or map); spread it over columns of its own"},
		"parquet_type":     {"列“%s”的类型不受支持；请转换为文本、数值、日期、时间或逻辑型", "the type of the column %q is not read; make it text, number, date, time or logical"},
		"parquet_codec":    {"不支持此压缩方式；请用 Snappy、Zstandard、Gzip、LZ4_RAW 或不压缩重新导出", "this compression is not read; write the file with Snappy, Zstandard, Gzip, LZ4_RAW or none"},
		"parquet_encoding": {"不支持此编码方式（%d）；请用默认设置重新导出", "the encoding %d is not read; write the file with default settings"},
		"parquet_large":    {"文件的行数、单页或元数据过大；请拆分，或减小页和行组后重新导出", "the file has too many rows, or pages or metadata that are too large; split it, or write it with smaller pages and row groups"},
	}
}
