package web

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"mulu"
	"mulu/read"
	"mulu/workday"
)

// calendarFile is the institution's open terms as an iCalendar file (RFC 5545), one all-day event on each last day. It holds
// what the overview shows and nothing about persons.
func (v *visit) calendarFile() error {
	list, err := v.Read.Deadlines(v.R.Context(), read.DeadlineQuery{Org: v.Org.ID, State: "open", Limit: 1000})
	if err != nil {
		return err
	}
	var b strings.Builder
	line := func(name, value string) { b.WriteString(folded(name + ":" + value)) }
	line("BEGIN", "VCALENDAR")
	line("VERSION", "2.0")
	line("PRODID", "-//mulu//deadlines//"+strings.ToUpper(v.Lang))
	line("CALSCALE", "GREGORIAN")
	line("METHOD", "PUBLISH")
	line("X-WR-CALNAME", escaped(v.t("办理期限")+" · "+v.Org.Short))
	line("X-WR-TIMEZONE", "Asia/Shanghai")
	for _, l := range []string{"BEGIN:VTIMEZONE", "TZID:Asia/Shanghai", "BEGIN:STANDARD", "DTSTART:19910915T010000", "TZOFFSETFROM:+0800", "TZOFFSETTO:+0800", "TZNAME:CST",
		"END:STANDARD", "END:VTIMEZONE"} {
		b.WriteString(folded(l))
	}
	terms := v.terms()
	for _, d := range list {
		row, err := v.clockRow(d, terms)
		if err != nil {
			return err
		}
		last, err := workday.ParseDate(row.Left.Last)
		if err != nil {
			return fmt.Errorf("write a term into a calendar: %w", err)
		}
		what := v.t(row.What) + " · " + d.EntryName
		note := []string{v.shown[v.Lang].cite(row.Art), d.ID}
		if d.OtherName != "" {
			note = append(note, v.t("对方：{0}", d.OtherName))
		}
		if d.Internal {
			note = append(note, v.t("内部时限"))
		}
		line("BEGIN", "VEVENT")
		line("UID", fmt.Sprintf("%s-%s@%s", d.Noun, d.ID, v.Chain.ID()))
		line("DTSTAMP", v.Now().UTC().Format("20060102T150405Z"))
		line("DTSTART;VALUE=DATE", day(last))
		line("DTEND;VALUE=DATE", day(last.Next()))
		line("SUMMARY", escaped(what))
		line("DESCRIPTION", escaped(strings.Join(note, "\n")))
		line("TRANSP", "TRANSPARENT")
		line("BEGIN", "VALARM")
		line("ACTION", "DISPLAY")
		line("DESCRIPTION", escaped(what))
		line("TRIGGER", "-P1D")
		line("END", "VALARM")
		line("END", "VEVENT")
	}
	line("END", "VCALENDAR")
	v.download("deadlines.ics", "text/calendar; charset=utf-8")
	_, _ = v.W.Write([]byte(b.String())) // who left needs no answer
	return nil
}

func day(d workday.Date) string { return d.Start().In(mulu.Shanghai()).Format("20060102") }

// escaped is a text value of RFC 5545, section 3.3.11.
func escaped(s string) string {
	return strings.NewReplacer(`\`, `\\`, ";", `\;`, ",", `\,`, "\r\n", `\n`, "\n", `\n`).Replace(s)
}

// folded ends a line and breaks it before 75 octets, never within a character (section 3.1).
func folded(s string) string {
	var b strings.Builder
	room := 75
	for _, r := range s {
		if n := utf8.RuneLen(r); n > room {
			b.WriteString("\r\n ")
			room = 74
		}
		room -= utf8.RuneLen(r)
		b.WriteRune(r)
	}
	b.WriteString("\r\n")
	return b.String()
}
