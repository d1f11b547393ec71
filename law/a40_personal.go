package law

import "mulu"

// prose checks a text that people write about a matter: its form, and that it names nobody. Art. 40 keeps personal
// information confidential, and what is on the chain can never be taken back; so a text in which an identity number or a
// mobile number stands is refused, and an attachment in the vault takes it.
func prose(field, s string, min, max int, where mulu.Cite) *mulu.Refusal {
	if no := text(field, s, min, max, where); no != nil {
		return no
	}
	start := -1
	for i := 0; i <= len(s); i++ {
		if i < len(s) && isAlphanumeric(s[i]) {
			if start < 0 {
				start = i
			}
			continue
		}
		if start >= 0 && namesPerson(s[start:i]) {
			return refuse(cite(40), "personal_in_text", "@"+field)
		}
		start = -1
	}
	return nil
}

// proseOr is prose for a field that may stay empty.
func proseOr(field, s string, min, max int, where mulu.Cite) *mulu.Refusal {
	if s == "" {
		return nil
	}
	return prose(field, s, min, max, where)
}

func isAlphanumeric(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

// namesPerson tells a citizen's identity number (GB 11643: 18 places with a check character and a date of birth) and a
// mobile number (11 digits) from other numbers.
func namesPerson(token string) bool {
	switch len(token) {
	case 11:
		return token[0] == '1' && token[1] >= '3' && token[1] <= '9' && digitsOnly(token)
	case 18:
		if !digitsOnly(token[:17]) {
			return false
		}
		month, day := int(token[10]-'0')*10+int(token[11]-'0'), int(token[12]-'0')*10+int(token[13]-'0')
		if month < 1 || month > 12 || day < 1 || day > 31 {
			return false
		}
		weights, sum := [17]int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2}, 0
		for i, w := range weights {
			sum += w * int(token[i]-'0')
		}
		check := "10X98765432"[sum%11]
		return token[17] == check || check == 'X' && token[17] == 'x'
	}
	return false
}

func digitsOnly(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}
