package sheet

import (
	"context"
	"errors"
	"io"

	"mulu"
)

// Template writes an empty Excel sheet of a kind: headings, an example that imports pass over, drop-downs, explanations.
func Template(w io.Writer, kind Kind, lang string, org mulu.Org, lists Lists) error {
	return errors.ErrUnsupported
}

// Write writes what source gives as the Excel sheet of a kind, in a form that Read takes back unchanged.
func Write(ctx context.Context, w io.Writer, kind Kind, lang string, source Source) error {
	return errors.ErrUnsupported
}

// WriteCSV is Write as CSV in UTF-8 with a byte order mark. A workbook has several sheets and is no CSV.
func WriteCSV(ctx context.Context, w io.Writer, kind Kind, lang string, source Source) error {
	return errors.ErrUnsupported
}

// FileName proposes a name for a file of a kind: extension "xlsx" or "csv".
func FileName(kind Kind, lang, org, extension string) string {
	return string(kind) + "." + extension
}
