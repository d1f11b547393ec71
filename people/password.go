package people

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// checkPassword refuses a password that is too easy to guess: 10 to 128 characters of at least two kinds, not the login
// or nearly so, not a common one, no simple pattern.
func checkPassword(password, login string) error {
	password = folded(password)
	plain := strings.ToLower(password)
	switch n := utf8.RuneCountInString(password); {
	case n < 10:
		return deny("password_weak", "short")
	case n > 128:
		return deny("password_weak", "long")
	case strings.Contains(plain, login) && utf8.RuneCountInString(strings.ReplaceAll(plain, login, "")) < 6:
		return deny("password_weak", "login")
	case isCommon(plain):
		return deny("password_weak", "common")
	case kinds(password) < 2:
		return deny("password_weak", "kinds")
	}
	return nil
}

// kinds counts capitals, small letters, digits and others.
func kinds(s string) int {
	var has [4]bool
	for _, r := range s {
		switch {
		case r >= 'A' && r <= 'Z':
			has[0] = true
		case r >= 'a' && r <= 'z':
			has[1] = true
		case unicode.IsDigit(r):
			has[2] = true
		default:
			has[3] = true
		}
	}
	n := 0
	for _, h := range has {
		if h {
			n++
		}
	}
	return n
}

// isCommon tells whether a password, in small letters, is listed, or is made of three characters or of a list's one
// repeated.
func isCommon(plain string) bool {
	seen := map[rune]bool{}
	for _, r := range plain {
		seen[r] = true
	}
	if len(seen) <= 3 {
		return true
	}
	for _, w := range strings.Fields(common) {
		if plain == w || strings.ReplaceAll(plain, w, "") == "" {
			return true
		}
	}
	return false
}

// common are passwords, or pieces that repeated make one, that lists of guesses begin with, those of ten characters and
// more that the other rules let pass, in small letters.
const common = `
1234567890 0123456789 0987654321 9876543210 12345678910 123456789a a123456789 a1234567890 aa123456789 aa12345678 ab123456789
abc1234567 abc12345678 abc123456789 abcd123456 abcd1234567 abcd12345678 abcde12345 abcdef1234 abcdef123456 123456abcd
123456abcdef 12345abcde 1234567abc 123456789abc 123456789q q123456789 qq123456789 qwe1234567 qwe123456789 asd123456789
zxc123456789 wang123456 wang123456789 zhang123456 zhang123456789 li123456789 woaini1314 woaini1314520 woaini520520
woaini5201314 5201314woaini 5201314520 5211314520 woaini123456 qwertyuiop qwerty1234 qwerty12345 qwerty123456 qwertyuiop123
1qaz2wsx3edc 1qaz2wsx3edc4rfv 1qazxsw23edc 1q2w3e4r5t 1q2w3e4r5t6y q1w2e3r4t5 q1w2e3r4t5y6 1234qwerasdf qwer1234asdf
qwerasdfzxcv asdfghjkl123 asdfghjkl; zxcvbnm123 zxcvbnm,./ 1qaz@wsx3edc !qaz2wsx3edc 1qaz!qaz1qaz qazwsxedc123 qazwsx123456
password12 password123 password1234 password12345 password123456 password1! password@123 p@ssw0rd12 p@ssw0rd123 p@ssword123
passw0rd123 passw0rd1234 admin12345 admin123456 admin@1234 admin@12345 admin@123456 admin123!@# administrator1 root123456
root@123456 test123456 test@123456 user123456 guest123456 welcome123 welcome@123 iloveyou123 iloveyou520 iloveyou1314
changeme123 letmein1234 huawei@123 huawei12#$ beijing2008 beijing123 beijing@123 zhongguo123 xicheng123 xicheng@123
mulu123456 shuju123456 a1b2c3d4e5 1a2b3c4d5e aaa1234567 aaa123456789 aaaa123456 aaaaa12345 abc@123456 abc!123456 aa@123456789
aa@12345678 123qweasdzxc qweasdzxc123 qwe123!@#qwe 1234567890- 1234567890-= !@#$%^&*() !@#$%12345 123!@#qweasd 147258369a
a147258369 159357456a 741852963a 1234567890a 1234567890q 1234567890abc 11223344556 112233445566 a112233445566 88888888a8
q1w2e3 1qaz2wsx qwer1234 abc123 a123456 123456a pass123 admin123 qwe123 asd123 zxc123 1q2w3e 1q2w3e4r 12345a a12345 abcd1234 123abc`
