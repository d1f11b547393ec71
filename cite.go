package mulu

import (
	"fmt"
	"strconv"
	"strings"
)

// Cite names a place in the regulation: "21" an article, "21.3" its third paragraph, "41.1.5" the fifth numbered
// point （五） of its first paragraph. Rules make them with law's cite, which a test checks against the text.
type Cite string

// NewCite builds a Cite from article, paragraph and point; trailing zeros are left out.
func NewCite(parts ...int) Cite {
	var b strings.Builder
	for i, p := range parts {
		if p == 0 {
			break
		}
		if i > 0 {
			b.WriteByte('.')
		}
		b.WriteString(strconv.Itoa(p))
	}
	return Cite(b.String())
}

// Parts gives article, paragraph and point; 0 where the cite is coarser. A malformed cite gives zeros.
func (c Cite) Parts() (article, paragraph, point int) {
	var p [3]int
	for i, s := range strings.SplitN(string(c), ".", 3) {
		n, err := strconv.Atoi(s)
		if err != nil {
			return 0, 0, 0
		}
		p[i] = n
	}
	return p[0], p[1], p[2]
}

// Zh says the place the way a document does: 第二十一条第三款.
func (c Cite) Zh() string {
	a, p, n := c.Parts()
	s := "第" + ChineseNumber(a) + "条"
	if p > 0 {
		s += "第" + ChineseNumber(p) + "款"
	}
	if n > 0 {
		s += "第（" + ChineseNumber(n) + "）项"
	}
	return s
}

// En says the place in English: Art. 21(3).
func (c Cite) En() string {
	a, p, n := c.Parts()
	s := fmt.Sprintf("Art. %d", a)
	if p > 0 {
		s += fmt.Sprintf("(%d)", p)
	}
	if n > 0 {
		s += fmt.Sprintf("(%d)", n)
	}
	return s
}

// ChineseNumber writes 1 to 99 as the regulation does: 五, 十, 二十一.
func ChineseNumber(n int) string {
	digits := []string{"", "一", "二", "三", "四", "五", "六", "七", "八", "九"}
	if n <= 0 || n > 99 {
		return strconv.Itoa(n)
	}
	s := ""
	if n >= 20 {
		s = digits[n/10]
	}
	if n >= 10 {
		s += "十"
	}
	return s + digits[n%10]
}
