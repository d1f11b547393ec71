package madeup

import "strconv"

// Residents is how many people live in the town: at least as many as any table is about.
const Residents = 100_000

// Resident is a made-up person.
type Resident struct {
	K                  int // number, from 0
	Name, Number       string
	Male               bool
	Year, Month, Day   int // of birth
	Relation           string
	Nation             string
	Household, Members int
	Community          int // place in Town.Communities
}

// family is a household's shape: twelve people live in five of them, one after the other.
var family = [12]struct {
	household, members int
	role               role
	since, until       int // years in which the head was born
}{
	{0, 1, head, 1936, 2003},
	{1, 2, head, 1938, 1972}, {1, 2, spouse, 1938, 1972},
	{2, 3, head, 1970, 1993}, {2, 3, spouse, 1970, 1993}, {2, 3, child, 1970, 1993},
	{3, 2, head, 1964, 1991}, {3, 2, child, 1964, 1991},
	{4, 4, head, 1968, 1989}, {4, 4, spouse, 1968, 1989}, {4, 4, child, 1968, 1989}, {4, 4, parent, 1968, 1989},
}

type role int

const (
	head role = iota
	spouse
	child
	parent
)

// born is the last year in which somebody here was born.
const born = 2025

// spouseOf is the number of the other of a couple, -1 where there is none.
func spouseOf(k int) int {
	switch k % 12 {
	case 1, 3, 8:
		return k + 1
	case 2, 4, 9:
		return k - 1
	}
	return -1
}

// motherOf is the number of a child's mother, -1 of anybody else.
func motherOf(k int) int {
	back := map[int]int{5: 2, 7: 1, 10: 2}[k%12]
	if back == 0 {
		return -1
	}
	if m := k - back; !male(m) {
		return m
	} else if s := spouseOf(m); s >= 0 {
		return s
	}
	return -1
}

func roleOf(k int) role { return family[k%12].role }

// male: couples are of two sexes, all others as it comes.
func male(k int) bool {
	if roleOf(k) == spouse {
		return !male(k - 1)
	}
	return chance(1, k, 100) < 51
}

func yearOf(k int) int {
	f := family[k%12]
	household := k/12*5 + f.household
	year := f.since + chance(2, household, f.until-f.since+1)
	switch f.role {
	case spouse:
		year += chance(3, k, 7) - 3
	case child:
		year += 24 + chance(3, k, 9)
	case parent:
		year -= 23 + chance(3, k, 8)
	}
	return min(year, born)
}

// communityOf is where somebody lives: families live together, and their number spreads them over the town.
func (t *Town) communityOf(k int) int {
	return chance(4, k/12*5+family[k%12].household, len(t.Communities))
}

// Resident is the k-th person, the same each time.
func (t *Town) Resident(k int) Resident {
	f := family[k%12]
	r := Resident{K: k, Male: male(k), Year: yearOf(k), Household: k/12*5 + f.household, Members: f.members, Community: t.communityOf(k)}
	r.Month, r.Day = monthDay(k % 365)
	r.Number = number(k, r)
	r.Nation = nations[chance(5, r.Household, len(nations))]
	r.Name = name(k, r.Male, r.Year)
	switch {
	case f.role == head:
		r.Relation = "户主"
	case f.role == spouse:
		r.Relation = "配偶"
	case f.role == child && r.Male:
		r.Relation = "子"
	case f.role == child:
		r.Relation = "女"
	case r.Male:
		r.Relation = "父"
	default:
		r.Relation = "母"
	}
	return r
}

// monthDay is a day of a year without a 29th of February.
func monthDay(n int) (month, day int) {
	n = n * 148 % 365 // neighbours do not have neighbouring birthdays
	for m, days := range [12]int{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31} {
		if n < days {
			return m + 1, n + 1
		}
		n -= days
	}
	return 12, 31
}

// number is a citizen number (公民身份号码). No two are alike: of those born on one day of the year, whatever the year, each has
// a sequence of its own, of which there are 500 to a sex.
func number(k int, r Resident) string {
	sequence := (k/365*137+k%365*51)%500*2 + 1
	if !r.Male {
		sequence--
	}
	b := append(make([]byte, 0, 18), areas[chance(6, k, len(areas))]...)
	b = strconv.AppendInt(b, int64(r.Year*10000+r.Month*100+r.Day), 10)
	b = append(b, byte('0'+sequence/100), byte('0'+sequence/10%10), byte('0'+sequence%10))
	return string(append(b, citizenCheck(b)))
}

// CitizenNumber adds the check digit of GB 11643 to 17 digits.
func CitizenNumber(seventeen string) string {
	return seventeen + string(citizenCheck([]byte(seventeen)))
}

// citizenCheck is the check digit of GB 11643 for 17 digits.
func citizenCheck(seventeen []byte) byte {
	sum := 0
	for i, w := range [17]int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2} {
		sum += int(seventeen[i]-'0') * w
	}
	return "10X98765432"[sum%11]
}

// name is a person's: a family's head, children and father share the first character.
func name(k int, man bool, year int) string {
	from := k
	if r := family[k%12].role; r == child || r == parent && man {
		from = k - k%12 + map[int]int{5: 3, 7: 6, 10: 8, 11: 8}[k%12]
	}
	s := string(surnames[weighted(from)])
	list := womenOf
	if man {
		list = menOf
	}
	given := list[0]
	switch {
	case year >= 2000:
		given = list[2]
	case year >= 1975:
		given = list[1]
	}
	s += string(given[chance(8, k, len(given))])
	if chance(9, k, 100) < 72 {
		s += string(given[chance(10, k, len(given))])
	}
	return s
}

// weighted chooses a surname: those that stand first are the most frequent.
func weighted(k int) int {
	x := chance(7, k, len(surnames)*len(surnames))
	return x * x / (len(surnames) * len(surnames) * len(surnames))
}

var (
	surnames = []rune("王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文")
	menOf    = [3][]rune{[]rune("建国华军平志明德福林永贵庆生长春振海玉山文学成忠"), []rune("伟强磊军勇涛超鹏斌辉刚健波杰峰宇凯飞亮浩鑫旭东"), []rune("浩轩子涵宇泽睿博文昊然嘉懿晨俊熙梓铭皓辰奕墨航")}
	womenOf  = [3][]rune{[]rune("秀英兰珍桂凤淑玉华芳琴芬荣云珠爱莲素贞月香梅春"), []rune("静丽敏艳娟霞燕红玲莉婷雪颖洁倩琳丹晶萍蕾欣悦媛"), []rune("梓涵雨欣诗语思彤若曦可馨一诺佳怡依萱子墨瑾瑶沐")}
	nations  = spread("汉族 94 满族 2 回族 2 蒙古族 1 朝鲜族 1")
	areas    = spread("110102 70 110104 12 110101 4 110105 2 110108 3 120101 1 130682 2 131082 1 140105 1 210102 1 370102 1 410105 1 420106 1")
)
