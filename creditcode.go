package mulu

import "fmt"

// CheckCreditCode tests a unified social credit code (统一社会信用代码, GB 32100-2015): 18 characters of its alphabet,
// the organisation part (characters 9-17, GB 11714) and the whole each closed by its check character.
// The error names the first check that failed and, for a check character, the one expected.
func CheckCreditCode(code string) error {
	const alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
	weights := [17]int{1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28}
	if len(code) != 18 {
		return &CodeError{"length", fmt.Sprint(len([]rune(code)))}
	}
	sum := 0
	for i := range 18 {
		v := creditValue(code[i])
		if v < 0 {
			return &CodeError{"alphabet", string(code[i])}
		}
		if i < 17 {
			sum += v * weights[i]
		}
	}
	if want := organisationCheck(code[8:16]); code[16] != want {
		return &CodeError{"organisation", string(want)}
	}
	if want := alphabet[(31-sum%31)%31]; code[17] != want {
		return &CodeError{"check", string(want)}
	}
	return nil
}

// creditValue is the place of a character in the alphabet, which has no I, O, S, V and Z; -1 for others.
func creditValue(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c >= 'A' && c <= 'H':
		return int(c-'A') + 10
	case c >= 'J' && c <= 'N':
		return int(c-'J') + 18
	case c >= 'P' && c <= 'R':
		return int(c-'P') + 23
	case c == 'T' || c == 'U':
		return int(c-'T') + 26
	case c >= 'W' && c <= 'Y':
		return int(c-'W') + 28
	default:
		return -1
	}
}

// CreditCode builds a code from its first 16 characters by adding both check characters.
// It serves made-up institutions of a sandbox; a real code is issued, never computed.
func CreditCode(first16 string) string {
	const alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
	code := first16 + string(organisationCheck(first16[8:16]))
	for i := range len(alphabet) {
		if c := code + alphabet[i:i+1]; CheckCreditCode(c) == nil {
			return c
		}
	}
	return code
}

// organisationCheck is the check character of an organisation code (GB 11714): weights 3 7 9 10 5 8 4 2, 11 − Σ mod 11.
func organisationCheck(eight string) byte {
	sum := 0
	for i, w := range [8]int{3, 7, 9, 10, 5, 8, 4, 2} {
		v := int(eight[i] - '0')
		if eight[i] >= 'A' {
			v = int(eight[i]-'A') + 10
		}
		sum += v * w
	}
	switch c := 11 - sum%11; c {
	case 10:
		return 'X'
	case 11:
		return '0'
	default:
		return byte('0' + c)
	}
}

// CodeError says which check of a credit code failed: "length", "alphabet", "organisation" or "check";
// Found is the length or character found, or for the two checks the character expected.
type CodeError struct{ Check, Found string }

func (e *CodeError) Error() string {
	switch e.Check {
	case "length":
		return "a unified social credit code has 18 characters, not " + e.Found
	case "alphabet":
		return "the character " + e.Found + " does not occur in unified social credit codes"
	case "organisation":
		return "the organisation code inside (characters 9-17) should end in " + e.Found
	default:
		return "the last character should be " + e.Found
	}
}
