package gateway

import (
	"strings"
	"unicode/utf8"

	"mulu"
)

// giving says how a query gives an item: plain, masked where it is personal or sensitive, or not at all.
type giving int

const (
	plain giving = iota
	masked
	withheld
)

// protection is the gateway's half of Art. 38(1): the grade of an item decides how it leaves. Grades 1 and 2 leave as
// they are; of grade 3 what is personal or sensitive leaves masked; grade 4 is for yes/no checks and never leaves.
// A grade outside the table is withheld.
func protection(grade int) giving {
	switch grade {
	case 1, 2:
		return plain
	case 3:
		return masked
	default:
		return withheld
	}
}

// gradeOf is an item's grade; one without a grade has that of its entry.
func gradeOf(c *mulu.EntryContent, i mulu.Item) int {
	if i.Grade == 0 {
		return c.Grade
	}
	return i.Grade
}

// checkable says whether a yes/no check may compare an item: any grade of the table.
func checkable(c *mulu.EntryContent, i mulu.Item) bool {
	g := gradeOf(c, i)
	return 1 <= g && g <= 4
}

// givingOf is how an item of an entry is given out.
func givingOf(c *mulu.EntryContent, i mulu.Item) giving {
	g := protection(gradeOf(c, i))
	if g == masked && !i.Personal && !i.Sensitive {
		return plain
	}
	return g
}

// mask hides most of a value and leaves what helps a person to recognise it.
type mask func(string) string

// maskOf tells by an item's name what its values are; the first line that fits decides.
// What fits none is hidden whole.
func maskOf(i mulu.Item) mask {
	for _, m := range []struct {
		words []string
		mask  mask
	}{
		{[]string{"身份证", "身份号码", "证件号", "护照", "监护人证", "idcard", "gmsfhm"}, maskID},
		{[]string{"银行卡", "银行账", "账号", "帐号", "卡号"}, maskCard},
		{[]string{"手机", "电话", "联系方式", "传真"}, maskPhone},
		{[]string{"住址", "地址", "住所"}, maskAddress},
		{[]string{"出生日期", "出生年月", "生日"}, maskBirth},
		{[]string{"姓名", "名字", "联系人", "负责人", "法定代表人", "监护人"}, maskName},
	} {
		for _, w := range m.words {
			if strings.Contains(i.Name, w) || strings.Contains(strings.ToLower(i.Field), w) {
				return m.mask
			}
		}
	}
	return maskWhole
}

// maskName leaves the first character: 张三丰 → 张**. More than three stars are not written, so a long name's length
// does not tell.
func maskName(v string) string {
	r := []rune(v)
	if len(r) < 2 {
		return stars(len(r))
	}
	return string(r[0]) + stars(min(3, len(r)-1))
}

// maskID leaves the region (first six) and the last four of an identity number: 110102********0018.
// Shorter numbers, as of passports, keep one character at each end.
func maskID(v string) string {
	if utf8.RuneCountInString(v) >= 15 {
		return ends(v, 6, 4)
	}
	return ends(v, 1, 1)
}

// maskPhone leaves the first three and last four of a mobile number: 138****1234; of others only the last two.
func maskPhone(v string) string {
	if utf8.RuneCountInString(v) == 11 && v[0] == '1' {
		return ends(v, 3, 4)
	}
	return ends(v, 0, 2)
}

// maskCard leaves the last four: ***************1234.
func maskCard(v string) string { return ends(v, 0, 4) }

// maskAddress leaves the first six characters, which rarely reach beyond the district.
func maskAddress(v string) string {
	r := []rune(v)
	if len(r) <= 6 {
		return stars(6)
	}
	return string(r[:6]) + stars(6)
}

// maskBirth leaves the year: 1990-**-**.
func maskBirth(v string) string {
	if len(v) < 8 {
		return maskWhole(v)
	}
	b := []byte(v)
	for i := 4; i < len(b); i++ {
		if b[i] >= '0' && b[i] <= '9' {
			b[i] = '*'
		}
	}
	return string(b)
}

func maskWhole(string) string { return "***" }

// ends leaves head and tail characters and hides the rest. A value of which that would hide less than a third, or
// fewer than four characters, is hidden whole.
func ends(v string, head, tail int) string {
	r := []rune(v)
	if hidden := len(r) - head - tail; hidden < 4 || 3*hidden < len(r) {
		return stars(len(r))
	}
	return string(r[:head]) + stars(len(r)-head-tail) + string(r[len(r)-tail:])
}

func stars(n int) string { return strings.Repeat("*", n) }
