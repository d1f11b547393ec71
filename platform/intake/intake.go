package intake

import (
	"errors"
	"io"
	"slices"
	"strings"
	"unicode/utf8"
)

// File is what was uploaded. Access is random because workbooks and Parquet keep their directory at the end.
// An error other than io.EOF means that the disk failed, not the file.
type File interface {
	io.ReaderAt
	Size() int64
}

// Form says how to read a file. Every empty member is told from the content and the name.
type Form struct {
	Kind      string // csv, xlsx, jsonl, parquet, geojson or shapefile (a zip with .shp, .dbf and perhaps .prj, .cpg)
	Charset   string // utf-8, gb18030, utf-16le or utf-16be; csv, jsonl, geojson and the .dbf of a shapefile
	Sheet     string // xlsx: the sheet's name; shapefile: the layer's, that is its file name without .shp
	Delimiter string // csv: one of , ; | and the tab
	System    string // geojson, shapefile: the coordinate system, such as EPSG:4490
}

// The kinds of files.
const (
	CSV       = "csv"
	XLSX      = "xlsx"
	JSONLines = "jsonl"
	Parquet   = "parquet"
	GeoJSON   = "geojson"
	Shapefile = "shapefile"
)

// Geometry is the column in which GeoJSON and shapefiles give the geometry as well-known text, in degrees of CGCS2000.
const Geometry = "geometry"

// Table is an opened file. It belongs to one goroutine and does not close the File.
type Table interface {
	// Columns gives the names of the columns: not empty, none twice.
	Columns() []string
	// Next gives the next row; io.EOF at the end. A *Flaw means that this row cannot be read, and reading goes on with
	// the next; after a *Fault or any other error nothing more can be read. Rows without any value are passed over.
	Next() (Row, error)
	// Only says which columns are wanted; it comes before the first Next. Of the others no value is given and none is a flaw, so that
	// a formula in a column that nobody needs keeps no row away.
	Only(want []bool)
	// Form says how the file is read, every member that matters for its kind filled in.
	Form() Form
	Close() error
}

// Row is one row. Line counts as a spreadsheet does, the header is 1; in JSON lines it is the number of the line, and where
// there are no lines the number of the record, from 1. Values has a value for each column, "" for none, and is overwritten
// by the next row; the strings in it are not.
type Row struct {
	Line   int64
	Values []string
}

// chosen is what Only said.
type chosen struct{ want []bool }

func (c *chosen) Only(want []bool) { c.want = slices.Clone(want) }
func (c *chosen) wants(i int) bool { return c.want == nil || i < len(c.want) && c.want[i] }

// Bounds on what strangers send; DESIGN.md says why each is what it is.
const (
	maxColumns = 500
	maxName    = 256      // bytes of a column's name
	maxValue   = 64 << 10 // bytes of a value, except a geometry
	maxRecord  = 16 << 20 // bytes of a record
	maxShape   = 4 << 20  // bytes of a geometry as text
	shown      = 200      // characters of a value that a flaw shows
)

// Open opens a file as form says. name is its file name; it helps where the content does not tell. A file that cannot be
// read is a *Fault, any other error means that the disk failed.
func Open(f File, name string, form Form) (Table, error) {
	d := &disk{File: f}
	form, err := sniff(d, name, form)
	if err == nil {
		var t Table
		if t, err = open(d, form); err == nil {
			return &opened{t, d}, nil
		}
	}
	return nil, d.blame(err)
}

// opened is a table that tells a failing disk from a damaged file.
type opened struct {
	Table
	disk *disk
}

func (o *opened) Next() (Row, error) {
	row, err := o.Table.Next()
	if err != nil && o.disk.failed != nil {
		return Row{}, o.disk.failed
	}
	return row, err
}

func open(d *disk, form Form) (Table, error) {
	switch form.Kind {
	case CSV:
		return openCSV(d, form)
	case JSONLines:
		return openJSONLines(d, form)
	case XLSX:
		return openXLSX(d, form)
	case GeoJSON:
		return openGeoJSON(d, form)
	case Shapefile:
		return openShapefile(d, form)
	case Parquet:
		return openParquet(d, form)
	}
	return nil, fault("kind", 0, form.Kind)
}

// Sniff says how Open would read a file.
func Sniff(f File, name string) (Form, error) {
	t, err := Open(f, name, Form{})
	if err != nil {
		return Form{}, err
	}
	defer t.Close()
	return t.Form(), nil
}

// Sheets lists what a file has to choose from as Form.Sheet: the sheets of a workbook that are not hidden, the layers of a
// zipped shapefile; nothing for other files.
func Sheets(f File, name string) ([]string, error) {
	d := &disk{File: f}
	form, err := sniff(d, name, Form{})
	if err != nil {
		return nil, d.blame(err)
	}
	switch form.Kind {
	case XLSX:
		book, _, err := openWorkbook(d)
		if err != nil {
			return nil, d.blame(err)
		}
		return book.visible(), nil
	case Shapefile:
		a, err := openArchive(d)
		if err != nil {
			return nil, d.blame(err)
		}
		return layerNames(a.layers()), nil
	}
	return nil, nil
}

// disk is a File that remembers when it failed, so that a failing disk is never told as a damaged file.
type disk struct {
	File
	failed error
}

func (d *disk) ReadAt(p []byte, off int64) (int, error) {
	if off < 0 || off > d.Size() { // a directory that points outside the file
		return 0, io.ErrUnexpectedEOF
	}
	n, err := d.File.ReadAt(p, off)
	if err != nil && !errors.Is(err, io.EOF) && d.failed == nil {
		d.failed = err
	}
	return n, err
}

func (d *disk) blame(err error) error {
	if err != nil && d.failed != nil {
		return d.failed
	}
	return err
}

// names makes column names of a header: trimmed, empty ones at the end dropped. line is that of the header.
func names(cells []string, line int64) ([]string, error) {
	for len(cells) > 0 && strings.TrimSpace(cells[len(cells)-1]) == "" {
		cells = cells[:len(cells)-1]
	}
	if len(cells) == 0 {
		return nil, fault("no_header", line)
	}
	if len(cells) > maxColumns {
		return nil, fault("columns", line, len(cells), maxColumns)
	}
	out, seen := make([]string, len(cells)), make(map[string]int, len(cells))
	for i, c := range cells {
		c = strings.TrimSpace(c)
		first, twice := seen[c]
		switch {
		case c == "":
			return nil, fault("unnamed", line, letters(i))
		case !utf8.ValidString(c) || strings.ContainsRune(c, utf8.RuneError):
			return nil, fault("header_encoding", line, letters(i))
		case len(c) > maxName:
			return nil, fault("name_long", line, letters(i), maxName)
		case twice:
			return nil, fault("twice", line, c, letters(first), letters(i))
		}
		out[i], seen[c] = strings.Clone(c), i
	}
	return out, nil
}

// allNames makes column names where none may be missing, as at the end of a header row they may.
func allNames(list []string) ([]string, error) {
	if n := len(list); n > 0 && strings.TrimSpace(list[n-1]) == "" {
		return nil, fault("unnamed", 0, letters(n-1))
	}
	return names(list, 0)
}

// letters names a column as spreadsheets do: A for 0.
func letters(column int) string {
	var b []byte
	for n := column + 1; n > 0; n = (n - 1) / 26 {
		b = append([]byte{'A' + byte((n-1)%26)}, b...)
	}
	return string(b)
}
