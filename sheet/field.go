package sheet

import (
	"strconv"
	"strings"

	pinyin "github.com/mozillazg/go-pinyin"
)

// fieldOf makes a field name of an item's name for a sheet that has none: the first letters of the pinyin, letters and digits as
// they stand, in lower case. The same name always gives the same field. taken are the fields that the entry has already.
func fieldOf(name string, taken map[string]bool) string {
	var b strings.Builder
	one := pinyin.NewArgs()
	one.Style = pinyin.FirstLetter
	for _, r := range name {
		if b.Len() >= 50 {
			break
		}
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '_':
			b.WriteRune(r)
		case r >= 'A' && r <= 'Z':
			b.WriteRune(r + 'a' - 'A')
		case r > 127:
			for _, letter := range pinyin.SinglePinyin(r, one) {
				if letter != "" && letter[0] >= 'a' && letter[0] <= 'z' {
					b.WriteByte(letter[0])
				}
				break
			}
		}
	}
	field := b.String()
	switch {
	case field == "":
		field = "item"
	case field[0] >= '0' && field[0] <= '9':
		field = "f_" + field
	}
	free := field
	for n := 2; taken[free]; n++ {
		free = field + "_" + strconv.Itoa(n)
	}
	return free
}

// fieldForm: a letter or underscore, then letters, digits, underscores: what every database takes.
func fieldForm(s string) bool {
	for i := range len(s) {
		c := s[i]
		letter := c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
		if !letter && (i == 0 || c < '0' || c > '9') {
			return false
		}
	}
	return s != ""
}

// personal guesses from an item's name that it is about a natural person, for a note only: what it is, the institution says.
func personal(item string) bool {
	for _, word := range []string{"身份证", "身份号码", "姓名", "手机", "联系电话", "住址", "户籍地址", "居住地址", "家庭地址", "银行账号", "银行卡", "护照", "社保卡", "出生日期", "病历", "指纹", "人脸", "监护人"} {
		if strings.Contains(item, word) {
			return true
		}
	}
	return false
}
