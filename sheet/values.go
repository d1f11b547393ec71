package sheet

import (
	"strconv"
	"strings"
	"unicode"

	"mulu"
)

// pick finds a code by what a sheet says: the code, its word in either language, its number in the list ("1", "01"), or both
// ("1-无条件共享", "字符型C"), or what the trade says for it (synonyms).
func pick(name, text string) (code string, ok bool) {
	list := mulu.CodeList(name)
	form := plain(withoutBrackets(text))
	forms := []string{plain(text), form, strings.TrimLeft(form, "0123456789-—")}
	for i, c := range list {
		number := strconv.Itoa(i + 1)
		for _, f := range forms {
			if f != "" && (f == plain(c.Code) || f == plain(c.Zh) || f == plain(c.En) || f == plain(c.Zh)+plain(c.Code)) {
				return c.Code, true
			}
		}
		if numbered(name) && strings.TrimLeft(form, "0") == number {
			return c.Code, true
		}
	}
	for _, f := range forms {
		if code, ok := synonyms[name+"."+f]; ok {
			return code, true
		}
	}
	return "", false
}

// numbered lists are those whose values the guide and the sheets number from 1.
func numbered(name string) bool {
	switch name {
	case "sharing", "opening", "cycle", "format", "base", "channel", "sort":
		return true
	}
	return false
}

// synonyms are read only: list "." word in plain form.
var synonyms = map[string]string{
	"sharing.无条件": "unconditional", "sharing.有条件": "conditional", "sharing.不予": "not_shared", "sharing.不共享": "not_shared",
	"sharing.不符合共享要求": "not_shared", "sharing.完全共享": "unconditional", "sharing.普遍共享": "unconditional", "sharing.不可共享": "not_shared",
	"opening.无条件": "unconditional", "opening.有条件": "conditional", "opening.不予": "not_open", "opening.不开放": "not_open", "opening.否": "not_open",
	"opening.no": "not_open", "opening.n": "not_open", "opening.不向社会开放": "not_open", "opening.完全开放": "unconditional", "opening.依申请开放": "conditional",
	"cycle.每天": "daily", "cycle.日": "daily", "cycle.天": "daily", "cycle.周": "weekly", "cycle.月": "monthly", "cycle.季": "quarterly", "cycle.季度": "quarterly",
	"cycle.每季": "quarterly", "cycle.半年": "halfyearly", "cycle.年": "yearly", "cycle.年度": "yearly", "cycle.不定时": "irregular", "cycle.按需": "irregular",
	"cycle.其他": "irregular", "cycle.9": "irregular", "cycle.09": "irregular", "cycle.准实时": "realtime", "cycle.每学期": "halfyearly",
	"format.接口": "service", "format.服务": "service", "format.文件": "file", "format.表格": "sheet", "format.图片": "image", "format.图像": "image",
	"format.视频": "media", "format.自描述": "described",
	"type.字符串型c": "C", "type.字符串型": "C", "type.字符串": "C", "type.字符": "C", "type.文本": "C", "type.varchar": "C", "type.char": "C", "type.string": "C",
	"type.数值": "N", "type.数字": "N", "type.数字型": "N", "type.number": "N", "type.decimal": "N", "type.货币": "Y", "type.日期": "D", "type.日期时间": "T", "type.时间": "T",
	"type.时间型": "T", "type.datetime": "T", "type.timestamp": "T", "type.逻辑": "L", "type.布尔": "L", "type.布尔型": "L", "type.boolean": "L", "type.备注": "M",
	"type.长文本": "M", "type.text": "C", "type.双精度": "B", "type.整数": "I", "type.整数型": "I", "type.int": "I", "type.浮点": "F", "type.二进制": "G", "type.通用": "G",
	"network.电子政务外网": "government", "network.外网": "government", "network.公网": "internet", "network.互联网区": "internet", "network.业务专网": "private",
	"network.政务专网": "private", "network.内部专网": "private", "network.部门专网": "private",
	"base.人口库": "population", "base.人口基础库": "population", "base.法人库": "legal", "base.空间地理库": "spatial", "base.宏观经济库": "economy", "base.法人单位": "legal",
	"base.自然资源和空间地理": "spatial", "base.地理空间": "spatial", "base.人口基础信息库": "population", "base.法人单位基础信息库": "legal",
	"sort.行政": "organ", "sort.政府工作部门": "organ", "sort.街道办事处": "organ", "sort.公共服务企业": "service", "sort.事业单位": "authorised",
}

// formatOf tells the format from a file type, by the guide's list and what was added locally.
func formatOf(fileType string) (string, bool) {
	t := plain(withoutBrackets(fileType))
	for _, f := range []struct{ format, types string }{
		{"file", "ofd wps xml txt doc docx html pdf ppt pptx"}, {"sheet", "et xls xlsx csv"},
		{"database", "dm dm8 kingbasees kingbase opengauss gaussdb oceanbase mysql postgresql oracle sqlserver access dbf 关系型数据库 达梦 人大金仓"},
		{"image", "jpg jpeg gif bmp png shp geojson kml"}, {"media", "swf rm mpg mp4"}, {"service", "http+json webservice restful rest api 接口 webapi"},
	} {
		for _, known := range strings.Fields(f.types) {
			if t == known {
				return f.format, true
			}
		}
	}
	return "", false
}

// yes reads a yes or no; ok is false when it is neither.
func yes(text string) (value, ok bool) {
	switch plain(text) {
	case "是", "y", "yes", "1", "true", "√", "✓", "✔", "有", "t":
		return true, true
	case "否", "n", "no", "0", "false", "×", "✗", "无", "非", "f", "x", "-", "/", "—":
		return false, true
	}
	return false, false
}

// blank tells whether people mean nothing by a text: 无, /, —. What stands on the chain in such words is meant.
func blank(text string) bool {
	switch plain(text) {
	case "", "无", "/", "\\", "-", "--", "—", "——", "n/a", "na", "不涉及":
		return true
	}
	return false
}

// gradeOf reads a grade: 3, L3, 3级, 第三级, 三级.
func gradeOf(text string) (int, bool) {
	n, ok := levelOf(text)
	return n, ok && n >= 1 && n <= 4
}

// levelOf reads a small number with or without the words around it.
func levelOf(text string) (int, bool) {
	form := strings.Trim(plain(text), "第级l等")
	if strings.HasPrefix(form, "evel") {
		form = form[len("evel"):]
	}
	if i := strings.Index("〇一二三四五", form); len(form) == len("一") && i >= 0 {
		return i / len("一"), true
	}
	n, err := strconv.Atoi(form)
	return n, err == nil && n >= 0 && n <= 5
}

// count reads a whole number as people write it: 1,000 or 1，000; a length as "10,2" gives what stands before the comma.
func count(text string) (int64, bool) {
	form := plain(text)
	if head, tail, ok := strings.Cut(form, ","); ok && len(tail) != 3 {
		form = head
	}
	n, err := strconv.ParseInt(strings.ReplaceAll(form, ",", ""), 10, 64)
	return n, err == nil
}

// join writes a list into one cell, and split reads it back: elements stand between 、 and one that holds a separator, or looks
// quoted, stands in quotation marks, each of its own doubled.
func join(list []string) string {
	var b strings.Builder
	for i, s := range list {
		if i > 0 {
			b.WriteString("、")
		}
		if strings.ContainsFunc(s, separates) || strings.HasPrefix(s, `"`) {
			s = `"` + strings.ReplaceAll(s, `"`, `""`) + `"`
		}
		b.WriteString(s)
	}
	return b.String()
}

func split(text string) []string {
	var all []string
	for text != "" {
		text = strings.TrimLeftFunc(text, func(r rune) bool { return separates(r) || unicode.IsSpace(r) })
		if s, rest, ok := quoted(text); ok {
			all, text = append(all, s), rest
			continue
		}
		end := strings.IndexFunc(text, separates)
		if end < 0 {
			end = len(text)
		}
		if s := strings.TrimSpace(text[:end]); s != "" {
			all = append(all, s)
		}
		text = text[end:]
	}
	return all
}

func separates(r rune) bool { return strings.ContainsRune("、；;\n", r) }

// quoted reads an element in quotation marks, which must end where the next separator or the end of the text is.
func quoted(text string) (s, rest string, ok bool) {
	if !strings.HasPrefix(text, `"`) {
		return "", text, false
	}
	for i := 1; i < len(text); i++ {
		if text[i] != '"' {
			continue
		}
		if strings.HasPrefix(text[i+1:], `"`) {
			i++
			continue
		}
		rest = text[i+1:]
		if rest == "" || strings.IndexFunc(rest, separates) == 0 {
			return strings.ReplaceAll(text[1:i], `""`, `"`), rest, true
		}
		return "", text, false
	}
	return "", text, false
}
