package web

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"sort"
	"strconv"
	"strings"

	"mulu"
	"mulu/act"
	"mulu/workday"
)

// calendarForm publishes or corrects a year's arrangement.
type calendarForm struct {
	form
	Now     *mulu.Calendar // what stands for the year, nil where nothing does
	Year    int            // 0 while it is not readable
	Preview []month
}

func (v *visit) publishPage() error {
	year, err := strconv.Atoi(v.R.URL.Query().Get("year"))
	if err != nil || year < firstYear || year > lastYear {
		year = v.Now().In(mulu.Shanghai()).Year() + 1
	}
	f := &calendarForm{Year: year}
	if f.Now, err = v.arrangement(year); err != nil {
		return err
	}
	f.Values = url.Values{"year": {strconv.Itoa(year)}}
	if c := f.Now; c != nil {
		f.Set("off", strings.Join(c.Off, "\n"))
		f.Set("make_up", strings.Join(c.MakeUp, "\n"))
		f.Set("notice", c.Notice)
		f.Set("number", c.Number)
	}
	return v.show("calendar_publish", f)
}

// typedCalendar is the form as it came, with what stands for its year.
func (v *visit) typedCalendar() (f *calendarForm, a *act.PublishCalendar, err error) {
	f, a = &calendarForm{form: v.typed()}, &act.PublishCalendar{Notice: v.text("notice"), Number: v.text("number")}
	if a.Year, err = strconv.Atoi(v.text("year")); err != nil || a.Year < firstYear || a.Year > lastYear {
		return f, a, v.badNumber("year", firstYear, lastYear)
	}
	f.Year = a.Year
	if f.Now, err = v.arrangement(a.Year); err != nil {
		return f, a, err
	}
	if a.Off, err = readDays(v.text("off"), a.Year); err != nil {
		return f, a, err
	}
	a.MakeUp, err = readDays(v.text("make_up"), a.Year)
	return f, a, err
}

// badNumber refuses a number out of its bounds.
func (v *visit) badNumber(field string, from, to int) *mulu.Refusal {
	return &mulu.Refusal{Code: "out_of_range", Art: mulu.NewCite(5), Args: []string{"@" + field, v.text(field), strconv.Itoa(from), strconv.Itoa(to)}}
}

func (v *visit) publishCalendar() error {
	f, a, err := v.typedCalendar()
	if err != nil {
		return v.again("calendar_publish", &f.form, f, err)
	}
	if v.text("preview") != "" {
		cal, err := workday.New(workday.Year{Year: a.Year, Off: a.Off, MakeUp: a.MakeUp, Official: true})
		if err != nil {
			return v.again("calendar_publish", &f.form, f, calendarRefusal(err, a.Year))
		}
		f.Preview = months(cal, &mulu.Calendar{Off: a.Off}, a.Year, workday.DateOf(v.Now()))
		return v.show("calendar_publish", f)
	}
	done, err := v.say(a)
	if err != nil {
		return v.again("calendar_publish", &f.form, f, err)
	}
	return v.did(done, fmt.Sprintf("/calendar/%d", a.Year))
}

func calendarRefusal(err error, year int) *mulu.Refusal {
	day := err.Error()
	var bad *workday.DateError
	if errors.As(err, &bad) {
		day = bad.Date
	}
	return &mulu.Refusal{Code: "calendar_date", Art: mulu.NewCite(5), Args: []string{day, strconv.Itoa(year)}}
}

// readDays reads dates as people write them: apart by spaces, commas or line ends, a span as "2027-02-05 至 2027-02-13".
func readDays(text string, year int) ([]string, error) {
	text = strings.NewReplacer("至", "~", "～", "~", "—", "~", "，", " ", "、", " ", ",", " ", "；", " ", ";", " ").Replace(text)
	text = strings.Join(strings.Fields(text), " ")
	text = strings.ReplaceAll(strings.ReplaceAll(text, " ~", "~"), "~ ", "~")
	days := []string{}
	for _, part := range strings.Fields(text) {
		first, last, span := strings.Cut(part, "~")
		from, err := workday.ParseDate(first)
		if err != nil {
			return nil, calendarRefusal(err, year)
		}
		to := from
		if span {
			if to, err = workday.ParseDate(last); err != nil {
				return nil, calendarRefusal(err, year)
			}
		}
		if to.Start().Before(from.Start()) || to.Year != year || from.Year != year {
			return nil, calendarRefusal(&workday.DateError{Date: part}, year)
		}
		for d := from; ; d = d.Next() {
			if days = append(days, d.String()); len(days) > 366 {
				return nil, calendarRefusal(&workday.DateError{Date: part}, year)
			}
			if d == to {
				break
			}
		}
	}
	sort.Strings(days)
	return days, nil
}

// mostHolidays bounds a file of holidays.
const mostHolidays = 1 << 20

// readCalendar fills the form from a table of holidays as holiday-cn publishes it, pasted or as a file; nothing is published yet.
func (v *visit) readCalendar() error {
	f := &calendarForm{form: form{Values: url.Values{}}}
	v.R.Body = http.MaxBytesReader(v.W, v.R.Body, mostHolidays)
	if err := v.R.ParseMultipartForm(mostHolidays); err != nil {
		var large *http.MaxBytesError
		if errors.As(err, &large) {
			return v.again("calendar_publish", &f.form, f, err)
		}
		return errForged
	}
	if v.R.PostFormValue("csrf") != v.Session.CSRF {
		return errForged
	}
	text := []byte(v.R.FormValue("json"))
	if file, _, err := v.R.FormFile("file"); err == nil {
		read, err := io.ReadAll(file)
		if err != nil {
			return err
		}
		if len(read) > 0 {
			text = read
		}
	}
	f.Set("json", string(text))
	var table struct {
		Year   int      `json:"year"`
		Papers []string `json:"papers"`
		Days   []struct {
			Date     string `json:"date"`
			IsOffDay bool   `json:"isOffDay"`
		} `json:"days"`
	}
	err := json.Unmarshal(text, &table)
	if err != nil || table.Year < firstYear || table.Year > lastYear || len(table.Days) == 0 {
		f.Wrong = &trouble{Status: http.StatusUnprocessableEntity, Text: v.t("没有从内容中读出放假安排。"),
			Mend: v.t("应为 holiday-cn 的 JSON：含 year 和 days，days 中每天有 date 和 isOffDay。也可以直接填写日期。")}
		return v.showAs(f.Wrong.Status, "calendar_publish", f)
	}
	var off, makeUp []string
	for _, d := range table.Days {
		if !strings.HasPrefix(d.Date, strconv.Itoa(table.Year)) { // days around New Year stand in the other year's table too
			continue
		}
		if d.IsOffDay {
			off = append(off, d.Date)
		} else {
			makeUp = append(makeUp, d.Date)
		}
	}
	f.Year = table.Year
	if f.Now, err = v.arrangement(table.Year); err != nil {
		return err
	}
	f.Values = url.Values{"year": {strconv.Itoa(table.Year)}, "off": {strings.Join(off, "\n")}, "make_up": {strings.Join(makeUp, "\n")}}
	cal, err := workday.New(workday.Year{Year: table.Year, Off: off, MakeUp: makeUp, Official: true})
	if err != nil {
		return v.again("calendar_publish", &f.form, f, calendarRefusal(err, table.Year))
	}
	f.Preview = months(cal, &mulu.Calendar{Off: off}, table.Year, workday.DateOf(v.Now()))
	return v.show("calendar_publish", f)
}
