package web

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"mulu"
	"mulu/workday"
)

// official knows the working days of the years whose arrangements the town's chain began with.
func official(t *testing.T) *workday.Calendar {
	t.Helper()
	notices, err := workday.Official()
	if err != nil {
		t.Fatal(err)
	}
	var years []workday.Year
	for _, n := range notices {
		years = append(years, n.Year)
	}
	c, err := workday.New(years...)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestCalendarPages(t *testing.T) {
	w := aTown(t)
	w.as(t, "", "zh").get(t, "/calendar/2026").says(t, 200, "2026 年工作日历", "国务院办公厅关于2026年部分节假日安排的通知", "第 1 版", `<td class="off"><time datetime="2026-10-01"`, "十月", "调休上班")
	w.as(t, "", "en").get(t, "/calendar/2026").says(t, 200, "Working days 2026", "October", "Make-up days", "Version 1")
	w.as(t, "", "zh").get(t, "/calendar").says(t, 200, fmt.Sprintf("%d 年工作日历", w.chain.Now().In(mulu.Shanghai()).Year()))
	w.as(t, "", "zh").get(t, "/calendar/2033").says(t, 200, "尚未发布，以下为暂定", "法定节假日")
	w.as(t, "bureau-approver", "zh").get(t, "/calendar/2033").says(t, 200, "/calendar/publish?year=2033")
	w.as(t, "civil-approver", "zh").get(t, "/calendar/2033").silent(t, "/calendar/publish")
	for _, path := range []string{"/calendar/1999", "/calendar/2101", "/calendar/x", "/calendar/0"} {
		w.as(t, "", "zh").get(t, path).says(t, 404)
	}
	cal := official(t)
	for _, m := range months(cal, nil, 2026, workday.Date{}) {
		days, workdays := 0, 0
		for _, week := range m.Weeks {
			if len(week) != 7 {
				t.Errorf("a week of %s has %d days", m.Month, len(week))
			}
			for at, d := range week {
				if d.Day == 0 {
					continue
				}
				days++
				date := workday.Date{Year: 2026, Month: m.Month, Day: d.Day}
				if int(date.Start().Weekday()) != (at+1)%7 {
					t.Errorf("%s stands under the wrong day of the week", date)
				}
				if cal.IsWorkday(date) {
					workdays++
				}
				if d.MakeUp != (cal.IsWorkday(date) && d.Weekend) {
					t.Errorf("%s is marked wrongly", date)
				}
			}
		}
		if want := time.Date(2026, m.Month+1, 0, 0, 0, 0, 0, time.UTC).Day(); days != want || workdays != m.Workdays {
			t.Errorf("%s has %d days and %d working days of %d", m.Month, days, workdays, m.Workdays)
		}
	}
}

func TestReckonedTerm(t *testing.T) {
	w := aTown(t)
	cal := official(t)
	for from, days := range map[string]int{"2026-09-28": 5, "2026-02-10": 10, "2026-10-01": 1, "2025-12-30": 3} {
		d, err := workday.ParseDate(from)
		if err != nil {
			t.Fatal(err)
		}
		p := w.as(t, "", "zh").get(t, fmt.Sprintf("/calendar/2026?from=%s&days=%d", from, days))
		p.says(t, 200, cal.Term(d.Start(), days).Last.String(), "当日 24 时届满")
		p.silent(t, "跨入尚未发布安排的年度")
	}
	w.as(t, "", "zh").get(t, "/calendar?from=2026-12-28&days=400").says(t, 200, "跨入尚未发布安排的年度", "只列出前 30 日")
	w.as(t, "", "en").get(t, "/calendar?from=2026-09-28&days=5").says(t, 200, "working day 5 is", "Saturday")
	for query, says := range map[string]string{"from=2026-02-30&days=5": "不是有效的日期", "from=&days=5": "不是有效的日期", "from=9999-12-31&days=5": "不是有效的日期", "from=2026-01-01&days=0": "不是有效的工作日数",
		"from=2026-01-01&days=1001": "不是有效的工作日数", "from=2026-01-01&days=x": "不是有效的工作日数", "from=" + url.QueryEscape(scripted) + "&days=1": "&lt;script&gt;"} {
		p := w.as(t, "", "zh").get(t, "/calendar?"+query)
		p.says(t, 200, says)
		p.silent(t, scripted)
	}
}

func TestReadDays(t *testing.T) {
	for text, want := range map[string]string{"": "", "2027-01-01": "2027-01-01", "2027-01-02，2027-01-01、2027-01-03": "2027-01-01 2027-01-02 2027-01-03",
		"2027-02-05 至 2027-02-07": "2027-02-05 2027-02-06 2027-02-07", "2027-02-27~2027-03-01\n2027-05-01": "2027-02-27 2027-02-28 2027-03-01 2027-05-01", "2027-02-05～2027-02-05": "2027-02-05"} {
		got, err := readDays(text, 2027)
		if err != nil || strings.Join(got, " ") != want {
			t.Errorf("%q: %v %v", text, got, err)
		}
	}
	for _, text := range []string{"2027-02-30", "1月1日", "2027-02-07 至 2027-02-05", "2026-12-31 至 2027-01-02", "2028-01-01", "至 2027-01-01", strings.Repeat("2027-01-01~2027-12-31 ", 3)} {
		if days, err := readDays(text, 2027); err == nil {
			t.Errorf("%q gives %v", text, days)
		}
	}
}

func TestPublishCalendar(t *testing.T) {
	w := aTown(t)
	b := w.as(t, "bureau-approver", "zh")
	b.get(t, "/calendar/publish?year=2029").says(t, 200, "发布工作日历", `value="2029"`, "立即按本安排重算")
	b.get(t, "/calendar/publish?year=2025").says(t, 200, "更正 2025 年放假安排", "2025-10-01")
	w.as(t, "bureau-approver", "en").get(t, "/calendar/publish").says(t, 200, "Publish working days", "holiday-cn")
	for _, login := range []string{"bureau-steward", "civil-approver", ""} {
		p := w.as(t, login, "zh").get(t, "/calendar/publish")
		if p.Status != 403 && p.Status != 401 {
			t.Errorf("%q: %d", login, p.Status)
		}
	}
	typed := func(pairs ...string) url.Values {
		return form2(append([]string{"year", "2029", "off", "2029-01-01\n2029-02-12 至 2029-02-18", "make_up", "2029-02-10", "notice", "关于2029年放假安排的通知", "number", "国办发明电〔2028〕9号"}, pairs...)...)
	}
	for field, bad := range map[string]string{"off": "2029-02-30", "make_up": "2029-02-14", "notice": "", "year": "abc"} {
		f := typed()
		f.Set(field, bad)
		b.post(t, "/calendar/publish", f).says(t, 422, "国办发明电〔2028〕9号")
	}
	b.post(t, "/calendar/publish", typed("preview", "1")).says(t, 200, "预览（尚未发布）", `<td class="make-up"><time datetime="2029-02-10"`)
	if _, there := w.chain.Get(mulu.KindCalendar, "2029"); there {
		t.Fatal("a preview was published")
	}
	b.post(t, "/calendar/publish", url.Values{"csrf": {"x"}, "year": {"2029"}}).says(t, 403)
	b.follow(t, "/calendar/publish", typed()).says(t, 200, "工作日历已发布", "第 1 版", "2029 年工作日历", `<td class="off"><time datetime="2029-02-14"`)
	f := typed()
	f.Set("make_up", "")
	b.follow(t, "/calendar/publish", f).says(t, 200, "第 2 版")
	c := one[mulu.Calendar](t, w, mulu.KindCalendar, "2029")
	if len(c.Off) != 8 || len(c.MakeUp) != 0 || c.Version != 2 {
		t.Errorf("%+v", c)
	}
}

// upload sends a form with a file, as browsers do.
func (b *browser) upload(t *testing.T, path string, fields map[string]string, file string, content []byte) page {
	t.Helper()
	var body bytes.Buffer
	m := multipart.NewWriter(&body)
	if _, forged := fields["csrf"]; !forged {
		if err := m.WriteField("csrf", b.csrf); err != nil {
			t.Fatal(err)
		}
	}
	for name, value := range fields {
		if err := m.WriteField(name, value); err != nil {
			t.Fatal(err)
		}
	}
	if file != "" {
		part, err := m.CreateFormFile("file", file)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := part.Write(content); err != nil {
			t.Fatal(err)
		}
	}
	if err := m.Close(); err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, b.town.server.URL+path, &body)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", m.FormDataContentType())
	r.AddCookie(&http.Cookie{Name: languageCookie, Value: b.lang})
	got, err := b.http.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer got.Body.Close()
	var raw bytes.Buffer
	if _, err := raw.ReadFrom(got.Body); err != nil {
		t.Fatal(err)
	}
	return page{got.StatusCode, got.Header.Get("Location"), got.Header, raw.String()}
}

func TestReadHolidayTable(t *testing.T) {
	w := aTown(t)
	b := w.as(t, "bureau-approver", "zh")
	path := "/calendar/publish/read"
	const table = `{"year":2031,"papers":["x"],"days":[{"name":"元旦","date":"2030-12-31","isOffDay":true},{"name":"元旦","date":"2031-01-01","isOffDay":true},{"name":"春节","date":"2031-01-18","isOffDay":false}]}`
	for _, p := range []page{b.upload(t, path, map[string]string{"json": table}, "", nil), b.upload(t, path, nil, "2031.json", []byte(table))} {
		p.says(t, 200, "预览（尚未发布）", `value="2031"`, ">2031-01-01</textarea>", ">2031-01-18</textarea>")
		p.silent(t, "2030-12-31")
	}
	for _, bad := range []string{"", "{", "[]", `{"year":2031,"days":[]}`, `{"year":99999,"days":[{"date":"1"}]}`, scripted} {
		p := b.upload(t, path, map[string]string{"json": bad}, "", nil)
		p.says(t, 422, "没有从内容中读出放假安排")
		p.silent(t, scripted)
	}
	b.upload(t, path, map[string]string{"json": `{"year":2031,"days":[{"date":"2031-01-01","isOffDay":true},{"date":"2031-01-01","isOffDay":true}]}`}, "", nil).says(t, 422, "2031-01-01", "不能用于 2031 年的安排")
	b.upload(t, "/calendar/publish/read", map[string]string{"csrf": "x", "json": table}, "", nil).says(t, 403)
	b.upload(t, path, nil, "large.json", bytes.Repeat([]byte("1"), 2<<20)).says(t, 413, "过大")
	w.as(t, "bureau-approver", "en").upload(t, "/calendar/publish/read", map[string]string{"json": "{"}, "", nil).says(t, 422, "No holidays could be read")
	if _, there := w.chain.Get(mulu.KindCalendar, "2031"); there {
		t.Error("reading a table published it")
	}
}
