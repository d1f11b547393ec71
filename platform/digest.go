package platform

import (
	"encoding/hex"
	"hash"
	"unicode/utf8"
)

// Digest sums the rows of a version: over each row, in the order of loading, its values as a JSON array (AppendRow)
// and a line feed. The hash is SM3 wherever a digest goes onto the chain.
type Digest struct {
	sum  hash.Hash
	line []byte
}

// NewDigest begins a digest.
func NewDigest(sum hash.Hash) *Digest { return &Digest{sum: sum} }

// Add adds the next row.
func (d *Digest) Add(row Row) {
	d.line = append(AppendRow(d.line[:0], row), '\n')
	d.sum.Write(d.line)
}

// Hex gives the digest of the rows so far in lower-case hex.
func (d *Digest) Hex() string { return hex.EncodeToString(d.sum.Sum(nil)) }

// AppendRow appends a row as a JSON array without spaces: text as AppendText writes it, null for no value.
func AppendRow(b []byte, row Row) []byte {
	b = append(b, '[')
	for i, v := range row {
		if i > 0 {
			b = append(b, ',')
		}
		b = AppendValue(b, v)
	}
	return append(b, ']')
}

// AppendValue appends a value as JSON: null if it is empty, otherwise text.
func AppendValue(b []byte, v string) []byte {
	if v == "" {
		return append(b, "null"...)
	}
	return AppendText(b, v)
}

// AppendText appends a JSON string in its one form after RFC 8785 (JCS) 3.2.2.2: escaped are only the quotation mark,
// the backslash and the characters below U+0020 (\b \t \n \f \r in short, others as \u00xx in lower case);
// everything else stands as UTF-8. Bytes that are no UTF-8 become U+FFFD.
func AppendText(b []byte, s string) []byte {
	const digits = "0123456789abcdef"
	b = append(b, '"')
	from := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c >= utf8.RuneSelf {
			r, n := utf8.DecodeRuneInString(s[i:])
			if r == utf8.RuneError && n == 1 {
				b = append(append(b, s[from:i]...), "\uFFFD"...)
				from = i + 1
			}
			i += n
			continue
		}
		if c >= 0x20 && c != '"' && c != '\\' {
			i++
			continue
		}
		b = append(b, s[from:i]...)
		switch c {
		case '"', '\\':
			b = append(b, '\\', c)
		case '\b':
			b = append(b, '\\', 'b')
		case '\t':
			b = append(b, '\\', 't')
		case '\n':
			b = append(b, '\\', 'n')
		case '\f':
			b = append(b, '\\', 'f')
		case '\r':
			b = append(b, '\\', 'r')
		default:
			b = append(b, '\\', 'u', '0', '0', digits[c>>4], digits[c&15])
		}
		i++
		from = i
	}
	b = append(b, s[from:]...)
	return append(b, '"')
}
