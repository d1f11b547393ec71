package source

import (
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"modernc.org/sqlite" // the driver "sqlite" too
	lib "modernc.org/sqlite/lib"

	"mulu/platform"
)

// openSQLite opens a file to read it; nothing in its schema that could do more than read is trusted.
func openSQLite(c Connection, reach *Reach) (*sql.DB, error) {
	path, err := reach.File(c.Address)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", c.Address, err)
	}
	q := url.Values{"mode": {"ro"}, "_pragma": {"query_only(1)", "trusted_schema(0)", "busy_timeout(2000)", "cell_size_check(1)"}}
	return sql.Open("sqlite", "file:"+(&url.URL{Path: path}).EscapedPath()+"?"+q.Encode())
}

// lite is the dialect of SQLite, where a column's type is only a wish and each value has its own.
type lite struct{}

// quote: what stands between quotation marks and names no column would be taken for a text.
func (lite) quote(name string) string { return "`" + strings.ReplaceAll(name, "`", "``") + "`" }

// class follows the affinity that SQLite gives a declared type.
func (lite) class(t *sql.ColumnType) class { return affinity(t.DatabaseTypeName()) }

func affinity(declared string) class {
	d := strings.ToUpper(declared)
	switch {
	case d == "":
		return other
	case strings.Contains(d, "INT"):
		return integer
	case strings.Contains(d, "CHAR"), strings.Contains(d, "CLOB"), strings.Contains(d, "TEXT"):
		return text
	case strings.Contains(d, "BLOB"):
		return binary
	case strings.Contains(d, "REAL"), strings.Contains(d, "FLOA"), strings.Contains(d, "DOUB"):
		return float
	case strings.Contains(d, "DATETIME"), strings.Contains(d, "TIMESTAMP"):
		return moment
	case strings.Contains(d, "DATE"):
		return date
	case strings.Contains(d, "BOOL"):
		return boolean
	}
	return decimal
}

// show keeps the value as it is stored; a bare column of a declared date would be made a time by the driver.
func (lite) show(column string, _ class) string { return "coalesce(" + column + ", NULL)" }

func (lite) alike(column string, _ class) string {
	return "CASE typeof(" + column + ") WHEN 'blob' THEN lower(hex(" + column + ")) ELSE CAST(" + column + " AS TEXT) END"
}

func (lite) cut(shown string, _ int) string { return shown } // the file is on this disk, and a value is read whole anyway

func (lite) place(int, class) string { return "?" }

// value: text that is no number stands as text even in a column of numbers.
func (lite) value(c class, v string) (any, bool) {
	if c == integer || c == decimal || c == boolean {
		if n, err := strconv.ParseInt(v, 10, 64); err == nil && wholeForm.MatchString(v) {
			return n, true
		}
	}
	return v, true
}

func (lite) read(v any, _ class) string {
	switch v := v.(type) {
	case string:
		return v
	case []byte:
		return hex.EncodeToString(v)
	case int64:
		return strconv.FormatInt(v, 10)
	case float64:
		return point(v)
	}
	return ""
}

func (lite) version() string { return "SELECT 'SQLite ' || sqlite_version()" }

func (lite) failed(err error) error {
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return nil
	}
	switch e.Code() & 0xff {
	case lib.SQLITE_CANTOPEN, lib.SQLITE_NOTADB, lib.SQLITE_CORRUPT, lib.SQLITE_IOERR, lib.SQLITE_PERM, lib.SQLITE_AUTH, lib.SQLITE_BUSY, lib.SQLITE_LOCKED:
		return fmt.Errorf("%w (%w)", platform.ErrAway, err)
	case lib.SQLITE_INTERRUPT:
		return fmt.Errorf("%w (%w)", platform.ErrSlow, err)
	case lib.SQLITE_ERROR:
		if strings.Contains(e.Error(), "no such") {
			return fmt.Errorf("%w (%w)", platform.ErrDrift, err)
		}
	}
	return fmt.Errorf("the database did not carry out the statement (error %d)", e.Code())
}
