package source

import (
	"database/sql"
	"regexp"
	"strconv"
	"strings"
	"time"

	"mulu"
)

// class is what a column holds, as far as comparing and writing its values goes.
type class int

const (
	other class = iota // written by the server, compared as text
	text
	integer
	decimal
	float
	boolean
	date
	moment // date and time without zone
	zoned
	clock
	binary
	bits
	money
	shape
	uuid
)

// column is a column as the source describes it.
type column struct {
	name  string
	kind  string // the source's own word for the type
	class class
}

// sorts tells whether values of a class have an order in which they can be gone through, each written so that it can be
// found again.
func (c class) sorts() bool {
	switch c {
	case text, integer, decimal, date, moment, zoned, clock, uuid:
		return true
	}
	return false
}

// grows tells whether a column of the class can be the mark of incremental pulls.
func (c class) grows() bool {
	switch c {
	case integer, decimal, date, moment, zoned:
		return true
	}
	return false
}

// dialect is what differs between databases.
type dialect interface {
	// quote makes any name that a database may give an identifier.
	quote(name string) string
	// class tells what a column of a result holds.
	class(t *sql.ColumnType) class
	// show is the expression that read makes text; column is quoted.
	show(column string, c class) string
	// alike is the expression to compare with text where values cannot be compared as what they are.
	alike(column string, c class) string
	// cut is the expression for no more than most characters of what show gives.
	cut(shown string, most int) string
	// place is the placeholder of the nth value (from 1), compared with a column of the class.
	place(n int, c class) string
	// value is what is bound for a text; false says that no value of the class is written so.
	value(c class, text string) (any, bool)
	// read makes text of what the driver gives for an expression of show.
	read(v any, c class) string
	// failed says in words of ours what an error of the server is, wrapping one of platform's where it means one; nil where it is
	// none of the server.
	failed(err error) error
	// version is a statement that gives the server's version.
	version() string
}

var (
	wholeForm   = regexp.MustCompile(`^(0|-?[1-9][0-9]{0,19})$`)
	decimalForm = regexp.MustCompile(`^-?[0-9]{1,60}(\.[0-9]{1,60})?$`)
	uuidForm    = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$`)
	clockForm   = regexp.MustCompile(`^-?[0-9]{2,3}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?$`)
)

// written tells whether a text is written as values of the class are, so that the source can read it without an error.
// What is not matches no row.
func written(c class, v string) bool {
	switch c {
	case integer:
		return wholeForm.MatchString(v)
	case decimal, money:
		return decimalForm.MatchString(v)
	case boolean:
		_, ok := mulu.ReadLogical(v)
		return ok
	case date:
		_, err := time.Parse("2006-01-02", v)
		return err == nil
	case moment, zoned:
		for _, layout := range []string{"2006-01-02 15:04:05", "2006-01-02 15:04:05Z07", "2006-01-02"} {
			if _, err := time.Parse(layout, v); err == nil {
				return true
			}
		}
		return false
	case uuid:
		return uuidForm.MatchString(v)
	case clock:
		return clockForm.MatchString(v)
	}
	return !strings.ContainsRune(v, 0)
}

// byText tells whether values of a class are compared as text: where equality is not that of what is written.
func byText(c class) bool {
	switch c {
	case other, float, binary, bits, shape, money:
		return true
	}
	return false
}

// point writes a floating number with the fewest digits that tell it from others, without an exponent where it is of usual size.
func point(f float64) string {
	form := byte('f')
	if f != 0 && (f > -1e-6 && f < 1e-6 || f > 1e21 || f < -1e21) {
		form = 'g'
	}
	return strconv.FormatFloat(f, form, -1, 64)
}
