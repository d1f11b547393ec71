package law

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"mulu"
)

// first gives the first refusal of several checks, in their order.
func first(checks ...*mulu.Refusal) *mulu.Refusal {
	for _, no := range checks {
		if no != nil {
			return no
		}
	}
	return nil
}

// text checks a required text: its length in characters, no control characters, no space around it.
func text(field, s string, min, max int, where mulu.Cite) *mulu.Refusal {
	n := utf8.RuneCountInString(s)
	switch {
	case !utf8.ValidString(s) || strings.TrimSpace(s) != s || strings.IndexFunc(s, badRune) >= 0:
		return refuse(where, "text_form", "@"+field)
	case n < min:
		return refuse(where, "text_missing", "@"+field)
	case n > max:
		return refuse(where, "text_long", "@"+field, strconv.Itoa(max), strconv.Itoa(n))
	}
	return nil
}

func badRune(r rune) bool { return unicode.IsControl(r) && r != '\n' }

// optional is text for a field that may stay empty.
func optional(field, s string, min, max int, where mulu.Cite) *mulu.Refusal {
	if s == "" {
		return nil
	}
	return text(field, s, min, max, where)
}

// oneOf checks that a value stands in a code list.
func oneOf(field, s string, list []mulu.Code, where mulu.Cite) *mulu.Refusal {
	var known []string
	for _, c := range list {
		if c.Code == s {
			return nil
		}
		known = append(known, c.Zh)
	}
	return refuse(where, "not_in_list", "@"+field, s, strings.Join(known, "、"))
}

// digest checks 64 lower-case hex characters.
func digest(field, s string, where mulu.Cite) *mulu.Refusal {
	if len(s) == 64 && strings.Trim(s, "0123456789abcdef") == "" {
		return nil
	}
	return refuse(where, "digest_form", "@"+field)
}

// within checks a number.
func within(field string, n, min, max int, where mulu.Cite) *mulu.Refusal {
	if n >= min && n <= max {
		return nil
	}
	return refuse(where, "out_of_range", "@"+field, strconv.Itoa(n), strconv.Itoa(min), strconv.Itoa(max))
}

// id makes the next id of an institution's nouns, e.g. D-003-0001.
func (b *book) id(letter, org string) string {
	return fmt.Sprintf("%s-%s-%04d", letter, org, b.next(letter+"/"+org))
}
