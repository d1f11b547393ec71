package intake

import (
	"bytes"
	"path"
	"regexp"
	"strings"
)

// sniff completes the kind of a form: from the content, which cannot be mistaken for most kinds, and where text could be
// anything from its first characters. A file that people take for a table and that is none is a fault that says how to make one.
func sniff(f File, name string, form Form) (Form, error) {
	if f.Size() == 0 {
		return form, fault("empty", 0)
	}
	if form.Kind != "" {
		return form, nil
	}
	head, err := headOf(f, 64<<10)
	if err != nil {
		return form, err
	}
	begins := func(mark string) bool { return bytes.HasPrefix(head, []byte(mark)) }
	switch {
	case begins("PK\x03\x04"), begins("PK\x05\x06"):
		form.Kind, err = kindOfArchive(f)
		return form, err
	case begins("PAR1"):
		form.Kind = Parquet
	case begins("\xD0\xCF\x11\xE0"):
		return form, fault("old_excel", 0)
	case begins("\x00\x00\x27\x0A"):
		return form, fault("bare_shape", 0)
	case begins("%PDF"), begins("\x1F\x8B"), begins("7z\xBC\xAF"), begins("Rar!"), begins("\x89PNG"), begins("\xFF\xD8\xFF"), begins("SQLite format 3"):
		return form, fault("kind", 0, strings.TrimPrefix(strings.ToLower(path.Ext(name)), "."))
	default:
		form.Kind, form.Charset, err = kindOfText(f, head, name, form.Charset)
	}
	return form, err
}

func kindOfArchive(f File) (string, error) {
	a, err := openArchive(f)
	if err != nil {
		return "", err
	}
	if a.has("[Content_Types].xml") || a.has("xl/workbook.xml") {
		return XLSX, nil
	}
	if len(a.layers()) > 0 {
		return Shapefile, nil
	}
	return "", fault("zip", 0)
}

// kindOfText tells JSON and GeoJSON from CSV, and the charset, which it must know for that.
func kindOfText(f File, head []byte, name, charset string) (kind, told string, err error) {
	if charset, err = charsetFor(f, charset); err != nil {
		return "", "", err
	}
	if charset != utf8Text {
		buf := make([]byte, 64<<10)
		n, err := text(f, charset).Read(buf)
		if n == 0 && err != nil {
			return CSV, charset, nil
		}
		head = buf[:n]
	}
	head = bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\uFEFF")), " \t\r\n")
	switch ext := strings.ToLower(path.Ext(name)); {
	case len(head) == 0:
		return CSV, charset, nil
	case head[0] == '<' && ext != ".csv":
		return "", "", fault("markup", 0)
	case !jsonBegins(head):
		return CSV, charset, nil
	case ext == ".geojson", regexp.MustCompile(`"type"\s*:\s*"(FeatureCollection|Feature)"`).Match(head):
		return GeoJSON, charset, nil
	}
	return JSONLines, charset, nil
}

// jsonBegins: an object begins with a member or ends at once, a list holds objects.
func jsonBegins(head []byte) bool {
	next := bytes.TrimLeft(head[1:], " \t\r\n")
	switch head[0] {
	case '{':
		return len(next) > 0 && (next[0] == '"' || next[0] == '}')
	case '[':
		return len(next) > 0 && (next[0] == '{' || next[0] == ']')
	}
	return false
}
