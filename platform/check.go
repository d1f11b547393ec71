package platform

import (
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"mulu"
)

// maxValue bounds one value in bytes.
const maxValue = 64 << 10

// check tests a value against its item and gives the reason why it does not fit, "" if it does.
// Lengths count characters for text and digits for numbers; 0 sets no bound.
func check(item mulu.Item, v string) Reason {
	if v == "" {
		if item.Nullable && !item.IsKey {
			return ""
		}
		return Required
	}
	if len(v) > maxValue {
		return TooLong
	}
	for i := 0; i < len(v); i++ {
		if c := v[i]; c < 0x20 && c != '\t' && c != '\n' && c != '\r' || c == 0x7f {
			return Characters
		}
	}
	switch item.Type {
	case "C", "M", "G":
		if item.Length > 0 && utf8.RuneCountInString(v) > item.Length {
			return TooLong
		}
		return ""
	case "N", "Y", "B", "F":
		return checkNumber(item, v)
	case "I":
		if _, err := strconv.ParseInt(v, 10, 64); err != nil {
			return WrongType
		}
		return checkDigits(item, v)
	case "D":
		return oneOf(v, "2006-01-02", "20060102")
	case "T":
		return oneOf(v, "2006-01-02 15:04:05", "2006-01-02T15:04:05", time.RFC3339, "20060102150405")
	case "L":
		switch v {
		case "0", "1", "true", "false", "TRUE", "FALSE", "T", "F", "Y", "N", "是", "否":
			return ""
		}
	}
	return WrongType
}

// checkNumber takes decimal numbers; a double or float (B, F) may have an exponent, money and plain numbers may not.
func checkNumber(item mulu.Item, v string) Reason {
	allowed := "0123456789.+-"
	if item.Type == "B" || item.Type == "F" {
		allowed += "eE"
	}
	if strings.Trim(v, allowed) != "" {
		return WrongType
	}
	if _, err := strconv.ParseFloat(v, 64); err != nil {
		return WrongType
	}
	if item.Type == "N" || item.Type == "Y" {
		return checkDigits(item, v)
	}
	return ""
}

func checkDigits(item mulu.Item, v string) Reason {
	digits := 0
	for i := 0; i < len(v); i++ {
		if v[i] >= '0' && v[i] <= '9' {
			digits++
		}
	}
	if item.Length > 0 && digits > item.Length {
		return TooLong
	}
	return ""
}

func oneOf(v string, layouts ...string) Reason {
	for _, l := range layouts {
		if _, err := time.Parse(l, v); err == nil {
			return ""
		}
	}
	return WrongType
}
