// Package workday counts working days by the official calendar, ends of terms, Asia/Shanghai.
//
// The rule (民法典 201, 203; 行政许可法 82): the day of receipt is not counted; a term of n working days ends at 24:00 of
// the nth working day after it. A working day is a Monday to Friday that is no day off, or a make-up day.
// A year whose arrangement is not known yet falls back to weekends and the statutory holidays, and a term that touches
// it is provisional.
package workday
