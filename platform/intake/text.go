package intake

import (
	"bytes"
	"encoding/binary"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// The charsets.
const (
	utf8Text = "utf-8"
	gb18030  = "gb18030"
	utf16le  = "utf-16le"
	utf16be  = "utf-16be"
)

// charsetWindow is how much text, from the first byte on that is not ASCII, the charset is told from.
const charsetWindow = 4 << 20

// charsetOf checks a charset that somebody named; GBK and GB 2312 are read as GB 18030, which contains them.
func charsetOf(name string) (string, error) {
	switch strings.ToLower(strings.TrimSpace(name)) {
	case "utf-8", "utf8", "utf-8-sig":
		return utf8Text, nil
	case "gb18030", "gbk", "gb2312", "cp936", "936", "ansi 936":
		return gb18030, nil
	case "utf-16le", "utf-16":
		return utf16le, nil
	case "utf-16be":
		return utf16be, nil
	}
	return "", fault("charset", 0, name)
}

// charsetFor checks the charset that somebody named, or tells it.
func charsetFor(f File, named string) (string, error) {
	if named == "" {
		return tellCharset(f)
	}
	return charsetOf(named)
}

// tellCharset tells the charset from the content. ASCII at the beginning tells nothing, so the file is searched for the first
// byte that is not; what follows decides. Text that is valid UTF-8 but for a few sequences is damaged UTF-8.
func tellCharset(f File) (string, error) {
	head, err := headOf(f, 4<<10)
	if err != nil {
		return "", err
	}
	switch {
	case bytes.HasPrefix(head, []byte("\xEF\xBB\xBF")):
		return utf8Text, nil
	case bytes.HasPrefix(head, []byte("\xFF\xFE\x00\x00")), bytes.HasPrefix(head, []byte("\x00\x00\xFE\xFF")):
		return "", fault("charset", 0, "UTF-32")
	case bytes.HasPrefix(head, []byte("\xFF\xFE")):
		return utf16le, nil
	case bytes.HasPrefix(head, []byte("\xFE\xFF")):
		return utf16be, nil
	}
	if even, odd := nuls(head); even+odd > 0 {
		switch {
		case even == 0 && odd*8 >= len(head)/2:
			return utf16le, nil
		case odd == 0 && even*8 >= len(head)/2:
			return utf16be, nil
		}
	}
	from, err := firstHigh(f)
	if err != nil || from < 0 {
		return utf8Text, err
	}
	window := make([]byte, min(charsetWindow, f.Size()-from))
	n, err := f.ReadAt(window, from)
	if err != nil && err != io.EOF {
		return "", err
	}
	return weigh(window[:n], from+int64(n) < f.Size()), nil
}

// weigh tells UTF-8 from GB 18030. The last sequence may be cut off if more follows.
func weigh(text []byte, more bool) string {
	good, bad := 0, 0
	for i := 0; i < len(text); {
		if text[i] < utf8.RuneSelf {
			i++
			continue
		}
		r, n := utf8.DecodeRune(text[i:])
		switch {
		case r != utf8.RuneError || n > 1:
			good++
		case more && !utf8.FullRune(text[i:]):
		default:
			bad++
		}
		i += n
	}
	if bad*20 <= good {
		return utf8Text
	}
	return gb18030
}

func nuls(b []byte) (even, odd int) {
	for i, c := range b {
		switch {
		case c != 0:
		case i%2 == 0:
			even++
		default:
			odd++
		}
	}
	return even, odd
}

// firstHigh gives the place of the first byte that is not ASCII, -1 when there is none.
func firstHigh(f File) (int64, error) {
	buf := make([]byte, 256<<10)
	for at := int64(0); at < f.Size(); {
		n, err := f.ReadAt(buf, at)
		if i := highByte(buf[:n]); i >= 0 {
			return at + int64(i), nil
		}
		if err == io.EOF || err == nil && n == 0 {
			break
		}
		if err != nil {
			return 0, err
		}
		at += int64(n)
	}
	return -1, nil
}

func highByte(b []byte) int {
	i := 0
	for ; i+8 <= len(b); i += 8 {
		if binary.LittleEndian.Uint64(b[i:])&0x8080808080808080 != 0 {
			break
		}
	}
	for ; i < len(b); i++ {
		if b[i] >= utf8.RuneSelf {
			return i
		}
	}
	return -1
}

func headOf(f File, n int) ([]byte, error) {
	head := make([]byte, min(int64(n), f.Size()))
	got, err := f.ReadAt(head, 0)
	if err != nil && err != io.EOF {
		return nil, err
	}
	return head[:got], nil
}

// text reads a file as UTF-8 without byte order mark. A sequence that the charset does not have becomes U+FFFD; UTF-8 comes as it is,
// for its readers to check.
func text(f File, charset string) io.Reader {
	r := io.NewSectionReader(f, 0, f.Size())
	switch charset {
	case gb18030:
		return &decoder{r: r, t: simplifiedchinese.GB18030.NewDecoder()}
	case utf16le:
		return &decoder{r: r, t: unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder()}
	case utf16be:
		return &decoder{r: r, t: unicode.UTF16(unicode.BigEndian, unicode.UseBOM).NewDecoder()}
	}
	if head, err := headOf(f, 3); err == nil && string(head) == "\uFEFF" {
		return io.NewSectionReader(f, 3, f.Size()-3)
	}
	return r
}

// decoder is what transform.Reader is, with larger steps: decoding straight into the caller's buffer saves a copy and
// thousands of calls.
type decoder struct {
	r     io.Reader
	t     transform.Transformer
	buf   [64 << 10]byte
	held  []byte // of buf, not yet decoded
	ended bool
}

func (d *decoder) Read(p []byte) (int, error) {
	if len(p) < utf8.UTFMax {
		return 0, io.ErrShortBuffer
	}
	for {
		if len(d.held) > 0 {
			out, used, err := d.t.Transform(p, d.held, d.ended)
			d.held = d.held[used:]
			if out > 0 {
				return out, nil
			}
			if err != nil && err != transform.ErrShortSrc && err != transform.ErrShortDst {
				return 0, err
			}
			if used > 0 {
				continue
			}
		}
		if d.ended {
			return 0, io.EOF
		}
		left := copy(d.buf[:], d.held)
		n, err := d.r.Read(d.buf[left:])
		d.held = d.buf[:left+n]
		switch {
		case err == io.EOF:
			d.ended = true
		case err != nil:
			return 0, err
		}
	}
}
