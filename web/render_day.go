package web

import "time"

// weekday is a day of the week in full.
func (s *shown) weekday(d time.Weekday) string {
	return s.words.say([]string{"星期日", "星期一", "星期二", "星期三", "星期四", "星期五", "星期六"}[d])
}

// weekdayShort is a day of the week for the head of a column.
func (s *shown) weekdayShort(d time.Weekday) string {
	return s.words.say([]string{"日", "一", "二", "三", "四", "五", "六"}[d])
}

// month is a month of the year.
func (s *shown) month(m time.Month) string {
	return s.words.say([]string{"一月", "二月", "三月", "四月", "五月", "六月", "七月", "八月", "九月", "十月", "十一月", "十二月"}[m-1])
}
