package quality

import (
	"strings"

	"mulu"
)

// form tests a value against a format. It gives the value in the form in which it is stored, if it is right or only noted;
// the reason is "" for a value without fault. today is yyyymmdd of Beijing.
type form func(v string, today int) (normal string, why Reason)

// formOf is the test of one of mulu.ValueFormats; nil if there is no such format.
func formOf(format string) form {
	switch format {
	case "citizen_id":
		return citizenID
	case "credit_code":
		return creditCode
	case "org_code":
		return orgCode
	case "mobile":
		return mobile
	case "phone":
		return phone
	case "bank_card":
		return bankCard
	case "passport":
		return passport
	case "plate":
		return plate
	case "postcode":
		return postcode
	case "region":
		return region
	case "longitude":
		return longitude
	case "latitude":
		return latitude
	case "email":
		return email
	default:
		return nil
	}
}

// formReasons lists what the test of a format can find.
func formReasons(format string) []Reason {
	return map[string][]Reason{
		"citizen_id":  {CitizenForm, CitizenDay, CitizenCheck},
		"credit_code": {CreditForm, CreditCheck}, "org_code": {OrgForm, OrgCheck},
		"mobile": {Mobile}, "phone": {Phone}, "bank_card": {CardForm, CardCheck}, "passport": {Passport, PassportForeign}, "plate": {Plate},
		"postcode": {Postcode}, "region": {Region}, "longitude": {Coordinate, OutsideChina, OutsideDistrict},
		"latitude": {Coordinate, OutsideChina, OutsideDistrict}, "email": {Email},
	}[format]
}

// onlyNoted says that a reason never leaves a row out, whatever the level of the check: the value may well be right.
func (r Reason) onlyNoted() bool {
	switch r {
	case CardCheck, PassportForeign, OutsideDistrict, Decimals, Garbled, Unmarked:
		return true
	}
	return false
}

// named are words by which an item's name tells the format of its values, for items that no data element or rule speaks
// of. A word that begins with "=" must be the whole name, one that begins with "~" its end.
var named = [][2]string{
	{"身份号码", "citizen_id"}, {"身份证号", "citizen_id"}, {"统一社会信用代码", "credit_code"}, {"组织机构代码", "org_code"},
	{"手机号", "mobile"}, {"~电话", "phone"}, {"电话号码", "phone"}, {"固定电话", "phone"},
	{"银行卡号", "bank_card"}, {"护照号", "passport"}, {"车牌号", "plate"}, {"号牌号码", "plate"}, {"邮政编码", "postcode"}, {"=邮编", "postcode"},
	{"行政区划代码", "region"}, {"=经度", "longitude"}, {"=纬度", "latitude"}, {"电子邮箱", "email"}, {"=邮箱", "email"},
}

// Guess tells the format of an item's values from its name; "" if the name tells none, or two. Mobile numbers are
// telephone numbers.
func Guess(item mulu.Item) string {
	format := ""
	for _, n := range named {
		if !tells(n[0], item.Name) || n[1] == format {
			continue
		}
		if format != "" && !(format == "mobile" && n[1] == "phone") {
			return ""
		}
		format = n[1]
	}
	sort := mulu.TypeSort(item.Type)
	if sort == "text" && item.Type != "M" || sort == "number" && (format == "longitude" || format == "latitude") {
		return format
	}
	return ""
}

func tells(word, name string) bool {
	switch word[0] {
	case '=':
		return name == word[1:]
	case '~':
		return strings.HasSuffix(name, word[1:])
	default:
		return strings.Contains(name, word)
	}
}

func allDigits(v string) bool {
	for i := 0; i < len(v); i++ {
		if v[i] < '0' || v[i] > '9' {
			return false
		}
	}
	return true
}

func number(v string) int {
	n := 0
	for i := 0; i < len(v); i++ {
		n = n*10 + int(v[i]-'0')
	}
	return n
}

// citizenID: GB 11643 with 18 digits, or 15 of the form before 1999. Permits of residents of Hong Kong, Macao and Taiwan
// (81, 82, 83) and of foreigners (9) are held to the check digit only. The area is that of the first registration and may
// be abolished, so it is not looked up.
func citizenID(v string, today int) (string, Reason) {
	n := strings.ToUpper(mulu.Narrow(v))
	switch {
	case len(n) == 15 && allDigits(n) && n[0] != '0':
		if !realDay(1900+number(n[6:8]), number(n[8:10]), number(n[10:12]), today) {
			return v, CitizenDay
		}
		return n, ""
	case len(n) != 18 || !allDigits(n[:17]) || n[0] == '0' || n[17] != 'X' && (n[17] < '0' || n[17] > '9'):
		return v, CitizenForm
	}
	if permit := n[0] == '9' || n[0] == '8' && n[1] >= '1' && n[1] <= '3'; !permit && !realDay(number(n[6:10]), number(n[10:12]), number(n[12:14]), today) {
		return v, CitizenDay
	}
	sum := 0
	for i, w := range [17]int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2} {
		sum += int(n[i]-'0') * w
	}
	if n[17] != "10X98765432"[sum%11] {
		return v, CitizenCheck
	}
	return n, ""
}

// realDay says that a day exists between 1850 and today.
func realDay(y, m, d, today int) bool {
	if y < 1850 || m < 1 || m > 12 || d < 1 || y*10000+m*100+d > today {
		return false
	}
	last := [13]int{0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}[m]
	if m == 2 && y%4 == 0 && (y%100 != 0 || y%400 == 0) {
		last = 29
	}
	return d <= last
}

func creditCode(v string, _ int) (string, Reason) {
	n := strings.ToUpper(mulu.Narrow(v))
	err := mulu.CheckCreditCode(n)
	if err == nil {
		return n, ""
	}
	if e, ok := err.(*mulu.CodeError); ok && (e.Check == "length" || e.Check == "alphabet") {
		return v, CreditForm
	}
	return v, CreditCheck
}

// orgCode: GB 11714, with or without the hyphen before the check character; stored without.
func orgCode(v string, _ int) (string, Reason) {
	n := strings.ToUpper(mulu.Narrow(v))
	if len(n) == 10 && n[8] == '-' {
		n = n[:8] + n[9:]
	}
	if len(n) != 9 {
		return v, OrgForm
	}
	sum := 0
	for i, w := range [8]int{3, 7, 9, 10, 5, 8, 4, 2} {
		switch c := n[i]; {
		case c >= '0' && c <= '9':
			sum += int(c-'0') * w
		case c >= 'A' && c <= 'Z':
			sum += (int(c-'A') + 10) * w
		default:
			return v, OrgForm
		}
	}
	if n[8] != "0X987654321"[sum%11] {
		return v, OrgCheck
	}
	return n, ""
}

// bare is a number in half-width digits without spaces and hyphens between them.
func bare(v string) string {
	v = mulu.Narrow(v)
	if strings.IndexByte(v, ' ') < 0 && strings.IndexByte(v, '-') < 0 {
		return v
	}
	return strings.NewReplacer(" ", "", "-", "").Replace(v)
}

func mobile(v string, _ int) (string, Reason) {
	n := strings.TrimPrefix(bare(v), "+86")
	if len(n) != 11 || !allDigits(n) || n[0] != '1' || n[1] < '3' {
		return v, Mobile
	}
	return n, ""
}

// phone: a mobile number, a number of 7 or 8 digits with or without area code and extension, 400 and 800 numbers, and
// short numbers of 3 to 5 digits. Brackets around the area code are stored as a hyphen after it.
func phone(v string, _ int) (string, Reason) {
	if n, why := mobile(v, 0); why == "" {
		return n, ""
	}
	n := strings.ReplaceAll(mulu.Narrow(v), " ", "")
	if area, rest, ok := strings.Cut(strings.TrimPrefix(n, "("), ")"); ok && n[0] == '(' {
		n = area + "-" + rest
	}
	main, extension, extended := strings.Cut(n, "转")
	if !extended && strings.Count(main, "-") > 0 {
		if i := strings.LastIndexByte(main, '-'); len(main)-i-1 <= 6 && i >= 7 && main[:3] != "400" && main[:3] != "800" {
			main, extension, extended = main[:i], main[i+1:], true
		}
	}
	if extended && (extension == "" || len(extension) > 6 || !allDigits(extension)) || !phoneMain(main) {
		return v, Phone
	}
	return n, ""
}

func phoneMain(n string) bool {
	digits := strings.ReplaceAll(n, "-", "")
	switch {
	case !allDigits(digits) || digits == "":
		return false
	case strings.HasPrefix(digits, "400") || strings.HasPrefix(digits, "800"):
		return len(digits) == 10
	case digits[0] == '0':
		area, rest := n[:min(3, len(n))], ""
		if strings.Contains(n, "-") {
			area, rest, _ = strings.Cut(n, "-")
			return (len(area) == 3 || len(area) == 4) && local(rest)
		}
		rest = n[len(area):]
		return local(rest) || len(rest) > 1 && local(rest[1:])
	case len(n) >= 3 && len(n) <= 5:
		return len(digits) == len(n) && (n[0] == '1' || n[0] == '9')
	default:
		return local(n)
	}
}

// local is a telephone number without its area code.
func local(n string) bool {
	return (len(n) == 7 || len(n) == 8) && allDigits(n) && n[0] >= '2'
}

// bankCard: 13 to 19 digits; the check digit (Luhn) is only noted, because old cards have none.
func bankCard(v string, _ int) (string, Reason) {
	n := bare(v)
	if len(n) < 13 || len(n) > 19 || !allDigits(n) {
		return v, CardForm
	}
	sum := 0
	for i := 0; i < len(n); i++ {
		d := int(n[len(n)-1-i] - '0')
		if i%2 == 1 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	if sum%10 != 0 {
		return n, CardCheck
	}
	return n, ""
}

// passport: the forms of Chinese passports; any other 5 to 12 letters and digits may be a foreign one and are noted.
func passport(v string, _ int) (string, Reason) {
	n := strings.ToUpper(mulu.Narrow(v))
	for i := 0; i < len(n); i++ {
		if (n[i] < '0' || n[i] > '9') && (n[i] < 'A' || n[i] > 'Z') {
			return v, Passport
		}
	}
	if len(n) < 5 || len(n) > 12 {
		return v, Passport
	}
	rest := n[1:]
	switch n[0] {
	case 'E':
		if rest[0] >= 'A' && rest[0] != 'I' && rest[0] != 'O' && len(rest) == 8 && allDigits(rest[1:]) {
			return n, ""
		}
		fallthrough
	case 'G':
		if len(rest) == 8 && allDigits(rest) {
			return n, ""
		}
	case 'D', 'S', 'P':
		if strings.IndexByte("EHPS", rest[0]) >= 0 {
			rest = rest[1:]
		}
		if (len(rest) == 7 || len(rest) == 8) && allDigits(rest) {
			return n, ""
		}
	}
	return n, PassportForeign
}

const (
	plateProvinces = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
	plateEnergy    = "DABCEFGHJK" // letters of new energy vehicles
	plateLast      = "挂学警港澳"
)

// plate: GA 36 plates of seven places, and of eight for new energy vehicles; a dot after the second place is not stored.
func plate(v string, _ int) (string, Reason) {
	n := strings.ToUpper(mulu.Narrow(v))
	if strings.ContainsAny(n, " ·•.-") {
		n = strings.NewReplacer(" ", "", "·", "", "•", "", ".", "", "-", "").Replace(n)
	}
	r := []rune(n)
	if len(r) != 7 && len(r) != 8 || !strings.ContainsRune(plateProvinces, r[0]) || !plateSign(r[1]) || r[1] <= '9' {
		return v, Plate
	}
	body, last := r[2:], r[len(r)-1]
	if len(r) == 7 {
		for _, c := range body[:4] {
			if !plateSign(c) {
				return v, Plate
			}
		}
		if plateSign(last) || strings.ContainsRune(plateLast, last) {
			return n, ""
		}
		return v, Plate
	}
	small := strings.ContainsRune(plateEnergy, body[0]) && plateSign(body[1]) && allDigits(string(body[2:]))
	large := allDigits(string(body[:5])) && strings.ContainsRune(plateEnergy, last)
	if small || large {
		return n, ""
	}
	return v, Plate
}

func plateSign(c rune) bool {
	return c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' && c != 'I' && c != 'O'
}

func postcode(v string, _ int) (string, Reason) {
	n := mulu.Narrow(v)
	if len(n) != 6 || !allDigits(n) || n == "000000" {
		return v, Postcode
	}
	return n, ""
}

// region: the shape of GB/T 2260 (6) and of the statistical codes of streets (9) and communities (12). Codes of abolished
// places stand in historic data, so only the province is looked up.
func region(v string, _ int) (string, Reason) {
	n := mulu.Narrow(v)
	if len(n) != 6 && len(n) != 9 && len(n) != 12 || !allDigits(n) {
		return v, Region
	}
	switch p := number(n[:2]); {
	case p >= 11 && p <= 15, p >= 21 && p <= 23, p >= 31 && p <= 37, p >= 41 && p <= 46, p >= 50 && p <= 54, p >= 61 && p <= 65, p == 71, p == 81, p == 82:
		return n, ""
	}
	return v, Region
}

// span are the lowest and highest degree of the country and of the district.
type span struct{ low, high, districtLow, districtHigh mulu.Decimal }

// The country lies between 73 and 136 degrees east, 3 and 54 north; the district in the box of id-vectors.json, which is
// approximate, so that a place outside it is only noted.
var (
	east  = span{mulu.Decimal{Whole: "73"}, mulu.Decimal{Whole: "136"}, mulu.Decimal{Whole: "116", Part: "32"}, mulu.Decimal{Whole: "116", Part: "41"}}
	north = span{mulu.Decimal{Whole: "3"}, mulu.Decimal{Whole: "54"}, mulu.Decimal{Whole: "39", Part: "86"}, mulu.Decimal{Whole: "39", Part: "98"}}
)

func longitude(v string, _ int) (string, Reason) { return east.test(v) }
func latitude(v string, _ int) (string, Reason)  { return north.test(v) }

func (s *span) test(v string) (string, Reason) {
	n := mulu.Narrow(v)
	d, ok := mulu.ReadDecimal(n, false)
	switch {
	case !ok:
		return v, Coordinate
	case d.Compare(s.low) < 0 || d.Compare(s.high) > 0:
		return v, OutsideChina
	case d.Compare(s.districtLow) < 0 || d.Compare(s.districtHigh) > 0:
		return n, OutsideDistrict
	}
	return n, ""
}

func email(v string, _ int) (string, Reason) {
	n := mulu.Narrow(v)
	local, domain, ok := strings.Cut(n, "@")
	if !ok || local == "" || len(local) > 64 || len(domain) > 253 || strings.ContainsAny(n, " \t\r\n\"'(),:;<>[]\\") || strings.Contains(domain, "@") {
		return v, Email
	}
	labels := 0
	for label := range strings.SplitSeq(domain, ".") {
		if label == "" || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' || strings.ContainsAny(label, "_%+=!#$&*/?^`{|}~") {
			return v, Email
		}
		labels++
	}
	if labels < 2 {
		return v, Email
	}
	return n, ""
}
