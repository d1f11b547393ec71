package sheet

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"
)

// rows calls do for every row of a sheet that has a cell, from top to bottom. What merged cells say stands in each of their
// rows; in the first headRows also in each of their columns, so that a heading over several columns is read for each.
func (x *xlsx) rows(sheet int, do func(line) error) error {
	merged, err := x.merges(sheet)
	if err != nil {
		return err
	}
	r, err := x.open(x.sheets[sheet].path)
	if errors.Is(err, errNoPart) {
		return &Problem{Code: "damaged"}
	}
	if err != nil {
		return err
	}
	defer r.Close()
	g := &grid{x: x, m: newMarkup(r), merged: merged}
	for {
		l, err := g.next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return broken(err)
		}
		if err := do(l); err != nil {
			return err
		}
	}
}

// grid reads the rows of one sheet.
type grid struct {
	x      *xlsx
	m      *markup
	merged []merge // sorted by top; those above the present row are taken off
	live   []merge // those that reach the present row
	cells  []cell
	row    int
}

// merge is one merged area, columns and rows both inclusive, and what its first cell says.
type merge struct {
	top, bottom int32
	left, right int32
	says        cell
}

func (g *grid) next() (line, error) {
	for {
		tok, err := g.m.next()
		if err != nil {
			return line{}, err
		}
		switch {
		case tok == endOfFile:
			return line{}, io.EOF
		case tok == closing && string(g.m.name) == "sheetData":
			return line{}, io.EOF
		case tok == opening && string(g.m.name) == "row":
			g.row++
			if n, err := strconv.Atoi(string(g.m.attr("r"))); err == nil && n > g.row {
				g.row = n
			}
			if err := g.readRow(); err != nil {
				return line{}, err
			}
			g.fill()
			return line{g.row, g.cells}, nil
		}
	}
}

func (g *grid) readRow() error {
	g.cells = g.cells[:0]
	column := -1
	for {
		tok, err := g.m.next()
		switch {
		case err != nil:
			return err
		case tok == endOfFile:
			return errMarkup
		case tok == closing && string(g.m.name) == "row":
			return nil
		case tok != opening || string(g.m.name) != "c":
			continue
		}
		column++
		if c, _, ok := cellAt(g.m.attr("r")); ok && c > column {
			column = c
		}
		c, err := g.readCell()
		if err != nil {
			return err
		}
		if column < maxColumns && c != (cell{}) {
			for len(g.cells) <= column {
				g.cells = append(g.cells, cell{})
			}
			g.cells[column] = c
		}
	}
}

// readCell reads a cell up to its end. A number is read with its style; a formula is a flaw, whatever it last came to.
func (g *grid) readCell() (cell, error) {
	m := g.m
	sort, shown := string(m.attr("t")), style{}
	if n, err := strconv.Atoi(string(m.attr("s"))); err == nil && n >= 0 && n < len(g.x.styles) {
		shown = g.x.styles[n]
	}
	m.text, m.long = m.text[:0], false
	formula, phonetic := false, false
	for {
		tok, err := m.next()
		if err != nil || tok == endOfFile {
			return cell{}, cut(or(err, io.EOF))
		}
		switch string(m.name) {
		case "c":
			m.want = false
			text := string(m.text)
			switch {
			case formula:
				return cell{shorten(text), "formula"}, nil
			case m.long:
				return cell{shorten(text), "cell_long"}, nil
			case text == "":
				return cell{}, nil
			}
			return g.value(sort, text, shown), nil
		case "f":
			formula = true
		case "rPh":
			phonetic = tok == opening
		case "v", "t":
			m.want = tok == opening && !phonetic
		}
	}
}

func or(err, otherwise error) error {
	if err != nil {
		return err
	}
	return otherwise
}

func (g *grid) value(sort, text string, shown style) cell {
	switch sort {
	case "s":
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 || n >= len(g.x.shared) {
			return cell{shorten(text), "cell_error"}
		}
		return clean(g.x.shared[n])
	case "inlineStr", "str":
		return clean(escapes(text))
	case "b":
		return cell{text: strings.ToUpper(strconv.FormatBool(flag([]byte(text))))}
	case "e":
		return cell{shorten(text), "cell_error"}
	case "d":
		return clean(strings.TrimSuffix(strings.Replace(text, "T", " ", 1), " 00:00:00"))
	}
	return numeric(strings.TrimSpace(text), shown, g.x.since1904)
}

// headRows bounds where headings are looked for.
const headRows = 11

// fill puts what merged areas say into the cells of this row that they cover.
func (g *grid) fill() {
	for len(g.merged) > 0 && int(g.merged[0].top) <= g.row {
		g.live = append(g.live, g.merged[0])
		g.merged = g.merged[1:]
	}
	g.live = slices.DeleteFunc(g.live, func(a merge) bool { return int(a.bottom) < g.row })
	for i := range g.live {
		a := &g.live[i]
		if int(a.top) == g.row {
			if int(a.left) < len(g.cells) {
				a.says = g.cells[a.left]
			}
		} else {
			g.put(a.left, a.says)
		}
		for c := a.left + 1; c <= a.right && g.row <= headRows; c++ {
			g.put(c, a.says)
		}
	}
}

func (g *grid) put(column int32, c cell) {
	if c == (cell{}) {
		return
	}
	for len(g.cells) <= int(column) {
		g.cells = append(g.cells, cell{})
	}
	if g.cells[column] == (cell{}) {
		g.cells[column] = c
	}
}

// merges reads the merged areas of a sheet. They stand after the rows, so the rows are passed over unread.
func (x *xlsx) merges(sheet int) ([]merge, error) {
	left := x.left // the rows are unpacked again afterwards; only that counts
	defer func() { x.left = left }()
	r, err := x.open(x.sheets[sheet].path)
	if errors.Is(err, errNoPart) {
		return nil, &Problem{Code: "damaged"}
	}
	if err != nil {
		return nil, err
	}
	defer r.Close()
	rest, err := after(decoded(r), []byte("mergeCells"))
	if err != nil {
		return nil, broken(err)
	}
	if rest == nil {
		return nil, nil
	}
	var all []merge
	for m := newMarkup(rest); ; {
		tok, err := m.next()
		switch {
		case err != nil:
			return nil, broken(err)
		case tok == endOfFile || tok == closing && string(m.name) == "mergeCells":
			slices.SortStableFunc(all, func(a, b merge) int { return int(a.top - b.top) })
			return all, nil
		case tok != opening || string(m.name) != "mergeCell":
			continue
		}
		from, to, _ := bytes.Cut(m.attr("ref"), []byte{':'})
		left, top, ok := cellAt(from)
		right, bottom, also := cellAt(to)
		if !ok || !also || left >= maxColumns || right < left || bottom < top {
			continue
		}
		if len(all) == maxMerges {
			return nil, &Problem{Code: "too_large"}
		}
		all = append(all, merge{top: int32(top), bottom: int32(bottom), left: int32(left), right: int32(min(right, maxColumns-1))})
	}
}

// after reads r up to the first tag with the given name and gives the rest, the tag included; nil when there is none.
func after(r io.Reader, name []byte) (io.Reader, error) {
	const prefix = 32 // bytes that the prefix of a name may have
	buf := make([]byte, 64<<10)
	held := 0
	for {
		n, err := r.Read(buf[held:])
		if n == 0 && err != nil {
			if err == io.EOF {
				return nil, nil
			}
			return nil, err
		}
		all := buf[:held+n]
		for from := 0; ; {
			i := bytes.Index(all[from:], name)
			if i < 0 {
				break
			}
			i += from
			head := all[max(0, i-prefix):i]
			if at := bytes.LastIndexByte(head, '<'); at >= 0 && !bytes.ContainsAny(head[at:], "/> \t\r\n") {
				return io.MultiReader(bytes.NewReader(append([]byte("<"), all[i:]...)), r), nil
			}
			from = i + 1
		}
		held = copy(buf, all[max(0, len(all)-len(name)-prefix):])
	}
}
