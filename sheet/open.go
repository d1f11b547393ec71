package sheet

import (
	"bytes"
	"fmt"
	"io"
	"path"
	"strings"
)

// book is an opened file: its visible sheets and their rows.
type book interface {
	names() []string
	read(sheet int, do func(line) error) error
}

func (x *xlsx) names() []string {
	var all []string
	for _, s := range x.sheets {
		all = append(all, s.name)
	}
	return all
}

func (x *xlsx) read(sheet int, do func(line) error) error { return x.rows(sheet, do) }

func (f *csvFile) names() []string { return []string{""} }

func (f *csvFile) read(_ int, do func(line) error) error { return f.rows(do) }

// open tells by its first bytes what a file is. A *Problem says why it is none that can be read; another error is the disk's.
func open(file File, src *source) (book, error) {
	switch {
	case file.Size <= 0:
		return nil, &Problem{Code: "empty"}
	case file.Size > maxFile:
		return nil, &Problem{Code: "too_large"}
	}
	head := make([]byte, min(file.Size, 4096))
	if _, err := src.ReadAt(head, 0); err != nil && err != io.EOF {
		return nil, fmt.Errorf("read %s: %w", file.Name, err)
	}
	has := func(magic string) bool { return bytes.HasPrefix(head, []byte(magic)) }
	switch text := bytes.ToLower(bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\uFEFF")), " \t\r\n")); {
	case has("PK\x03\x04"):
		return openXLSX(src, file.Size)
	case has("\xD0\xCF\x11\xE0"):
		return nil, &Problem{Code: compoundFile(src, file.Size)}
	case bytes.HasPrefix(text, []byte("<")):
		return nil, &Problem{Code: "web_page"}
	case has("%PDF"), has("PK"), has("Rar!"), has("7z\xBC\xAF"), has("\x1F\x8B"), has("\x89PNG"), has("\xFF\xD8\xFF"):
		return nil, &Problem{Code: "not_a_sheet"}
	}
	switch extension := strings.ToLower(path.Ext(file.Name)); extension {
	case "", ".csv", ".txt", ".tsv":
		return openCSV(src, file.Size)
	case ".xlsx", ".xlsm", ".xls", ".et":
		return nil, &Problem{Code: "damaged"}
	}
	return nil, &Problem{Code: "not_a_sheet"}
}

// compoundFile tells the old formats (.xls, .et) from a locked .xlsx, which is wrapped in the same container.
func compoundFile(src *source, size int64) string {
	const locked = "E\x00n\x00c\x00r\x00y\x00p\x00t\x00e\x00d\x00P\x00a\x00c\x00k\x00a\x00g\x00e\x00"
	buf := make([]byte, 64<<10)
	for at := int64(0); at < min(size, 32<<20); at += int64(len(buf) - len(locked)) {
		n, err := src.ReadAt(buf, at)
		if bytes.Contains(buf[:n], []byte(locked)) {
			return "locked"
		}
		if err != nil {
			break
		}
	}
	return "old_excel"
}
