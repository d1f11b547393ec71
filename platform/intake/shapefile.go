package intake

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"path"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"

	"mulu/platform/quality"
)

// shapeTable reads a layer of a zipped shapefile: the attributes are the columns, the geometry the last. Shapes and rows
// of attributes stand in the same order, so both are read as streams and no index is needed.
type shapeTable struct {
	chosen
	form    Form
	parts   []io.Closer
	shp     *bufio.Reader
	dbf     *dbf
	columns []string
	values  []string
	line    int64
	content []byte // of a shape's record
	shape   wkt
}

// layer is a .shp that has a .dbf beside it; base is its path in the archive without the extension.
type layer struct{ name, base string }

// layers lists the layers of a zip. Names without the mark of UTF-8 are GBK.
func (a *archive) layers() []layer {
	var list []layer
	seen := map[string]bool{}
	for _, f := range a.zip.File {
		ext := path.Ext(f.Name)
		base := strings.TrimSuffix(f.Name, ext)
		if !strings.EqualFold(ext, ".shp") || strings.HasPrefix(f.Name, "__MACOSX/") || len(list) == maxSheets || !a.has(base+".dbf") {
			continue
		}
		name := base
		if !utf8.ValidString(name) {
			if s, err := simplifiedchinese.GB18030.NewDecoder().String(name); err == nil {
				name = s
			}
		}
		if short := path.Base(name); !seen[short] {
			name = short
		}
		seen[name] = true
		list = append(list, layer{clip(name), base})
	}
	return list
}

func layerNames(list []layer) []string {
	out := make([]string, len(list))
	for i, l := range list {
		out[i] = l.name
	}
	return out
}

func openShapefile(f File, form Form) (Table, error) {
	a, err := openArchive(f)
	if err != nil {
		return nil, err
	}
	list := a.layers()
	at := 0
	for form.Sheet != "" && at < len(list) && list[at].name != form.Sheet {
		at++
	}
	if len(list) == 0 {
		return nil, fault("zip", 0)
	}
	if at == len(list) {
		return nil, fault("layer", 0, form.Sheet, strings.Join(layerNames(list), "、"))
	}
	t := &shapeTable{form: form}
	t.form.Sheet = list[at].name
	if err := t.open(a, list[at].base); err != nil {
		t.Close()
		return nil, err
	}
	return t, nil
}

func (t *shapeTable) open(a *archive, base string) error {
	system, err := t.tellSystem(a, base)
	if err != nil {
		return err
	}
	charset, err := t.tellCharset(a, base)
	if err != nil {
		return err
	}
	attributes, err := a.open(base + ".dbf")
	if err != nil {
		return err
	}
	t.parts = append(t.parts, attributes)
	if t.dbf, err = openDBF(attributes, charset); err != nil {
		return err
	}
	t.form.Charset = t.dbf.charset
	shapes, err := a.open(base + ".shp")
	if err != nil {
		return err
	}
	t.parts = append(t.parts, shapes)
	t.shp = bufio.NewReaderSize(shapes, 256<<10)
	head := make([]byte, 100)
	if _, err := io.ReadFull(t.shp, head); err != nil {
		return unpackFault(err)
	}
	if binary.BigEndian.Uint32(head) != 9994 {
		return fault("damaged", 0)
	}
	if system == "" {
		if right := float(head[52:]); t.dbf.rows > 0 && right > 360 {
			return fault("no_system", 0)
		}
		system = cgcs2000
	}
	t.form.System, t.shape.system = system, system
	header := make([]string, 0, len(t.dbf.fields)+1)
	for _, f := range t.dbf.fields {
		header = append(header, f.name)
	}
	if t.columns, err = names(append(header, Geometry), 0); err != nil {
		return err
	}
	t.values = make([]string, len(t.columns))
	return nil
}

func (t *shapeTable) tellSystem(a *archive, base string) (string, error) {
	if t.form.System != "" {
		return systemOf(t.form.System)
	}
	prj, err := a.small(base+".prj", 64<<10)
	if errors.Is(err, errNoPart) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	return systemOfPrj(string(prj))
}

// tellCharset takes what somebody named, or the .cpg; "" leaves it to the attributes.
func (t *shapeTable) tellCharset(a *archive, base string) (string, error) {
	if t.form.Charset != "" {
		return charsetOf(t.form.Charset)
	}
	cpg, err := a.small(base+".cpg", 1<<10)
	if errors.Is(err, errNoPart) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	charset, err := charsetOf(strings.Trim(string(cpg), " \t\r\n\x00\uFEFF"))
	if err != nil {
		return "", nil // such as ISO-8859-1, which programs write without a thought: the text decides
	}
	return charset, nil
}

func (t *shapeTable) Columns() []string { return t.columns }
func (t *shapeTable) Form() Form        { return t.form }

func (t *shapeTable) Close() error {
	var err error
	for _, p := range t.parts {
		err = errors.Join(err, p.Close())
	}
	return err
}

func (t *shapeTable) Next() (Row, error) {
	for {
		whole, err := t.nextShape()
		if err == io.EOF && t.line < t.dbf.rows || err == nil && t.line >= t.dbf.rows {
			return Row{}, fault("uneven", 0, t.line+t.rest(err), t.dbf.rows)
		}
		if err != nil {
			return Row{}, err
		}
		t.line++
		deleted, err := t.dbf.next()
		if err != nil {
			return Row{}, err
		}
		if deleted {
			continue
		}
		return t.row(whole)
	}
}

// rest counts the shapes that no attributes go with, the one just read among them.
func (t *shapeTable) rest(err error) int64 {
	n := int64(0)
	for err == nil {
		n++
		_, err = t.nextShape()
	}
	return n
}

func (t *shapeTable) row(whole bool) (Row, error) {
	last := len(t.columns) - 1
	for i := range t.values[:last] {
		t.values[i] = ""
		if !t.wants(i) {
			continue
		}
		v, why := t.dbf.value(i)
		if why != "" {
			return Row{}, flaw(t.line, t.columns[i], v, why)
		}
		t.values[i] = v
	}
	t.values[last] = ""
	if t.wants(last) {
		t.shape.reset()
		if !whole {
			t.shape.wrong(quality.Huge, "")
		} else if !t.write(t.content) {
			t.shape.wrong(quality.BadShape, "")
		}
		if t.shape.why != "" {
			return Row{}, flaw(t.line, Geometry, t.shape.about, t.shape.why)
		}
		t.values[last] = string(t.shape.text)
	}
	return Row{t.line, t.values}, nil
}

// nextShape reads the content of the next record; whole is false if it is larger than a record may be and was passed over.
func (t *shapeTable) nextShape() (whole bool, err error) {
	head := make([]byte, 8)
	switch _, err := io.ReadFull(t.shp, head); {
	case err == io.EOF:
		return false, io.EOF
	case err != nil:
		return false, unpackFault(err)
	}
	size := int64(binary.BigEndian.Uint32(head[4:])) * 2
	if size > maxRecord {
		if _, err := t.shp.Discard(int(size)); err != nil {
			return false, unpackFault(err)
		}
		return false, nil
	}
	if int64(cap(t.content)) < size {
		t.content = make([]byte, size)
	}
	t.content = t.content[:size]
	if _, err := io.ReadFull(t.shp, t.content); err != nil {
		return false, unpackFault(err)
	}
	return true, nil
}

func float(b []byte) float64 { return math.Float64frombits(binary.LittleEndian.Uint64(b)) }
