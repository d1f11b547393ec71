package web

import (
	"encoding/csv"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"mulu"
	"mulu/act"
)

// What is late, whose, since when: the bureau sees it of all, an institution of itself; each row says its finding, the file for
// Excel the same as the list. The base databases say what is missing.
func TestMonitor(t *testing.T) {
	w, err := found()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := w.end(); err != nil {
			t.Error(err)
		}
	})
	bureau, civil, schools := w.as(t, "bureau-approver", "zh"), w.as(t, "civil-steward", "zh"), w.as(t, "schools-steward", "zh")
	bureau.get(t, "/monitor").says(t, http.StatusOK, "没有逾期的数据", `href="/monitor"`, `href="/bases"`, "第十六条")
	good := mulu.Quality{Checked: 100, Bad: 2, Conformity: 980, Accuracy: -1, Completeness: 1000, Consistency: 1000, Timeliness: 1000, Score: 985}
	poor := good
	poor.Score = 850
	digest := strings.Repeat("5a", 32)
	for _, step := range []struct {
		org string
		a   act.Act
	}{
		{townBureau, &act.SetTerm{Term: "quality_floor", Value: 900, Why: "质量提升年"}},
		{townSchools, &act.PublishDataset{Entry: w.named["schools"], Version: 1, Rows: 12345, Digest: digest, Quality: good}},
		{townCivil, &act.PublishDataset{Entry: w.named["allowance"], Version: 1, Rows: 98, Digest: digest, Quality: poor}},
		{townCivil, &act.ConnectDataset{Entry: w.named["changing"], Source: "api"}},
	} {
		if err := w.done(step.org, step.a); err != nil {
			t.Fatal(err)
		}
	}
	// before anything is late
	bureau.get(t, "/monitor?show=held").says(t, http.StatusOK, "学校名录", "12,345 行", "985‰", "临时救助信息", "接口", "质量下限 900‰")
	bureau.get(t, "/monitor?show=low").says(t, http.StatusOK, "低保对象信息", "850‰", "/findings/F-000001")
	bureau.get(t, "/monitor?show=missing").says(t, http.StatusOK, "街道救助站名录", "目录已暂停", "待汇聚汇通")
	schools.get(t, "/").silent(t, "待更新和待汇聚汇通的数据")

	for _, day := range []string{"2026-12-01", "2026-12-30"} {
		bureau.post(t, "/sandbox/clock", url.Values{"do": {"day"}, "day": {day}}).says(t, http.StatusSeeOther)
	}
	d := one[mulu.Dataset](t, w, mulu.KindDataset, w.named["schools"])
	if d.Late == "" {
		t.Fatalf("the data of schools is not late: %+v", d)
	}
	page := bureau.get(t, "/monitor")
	page.says(t, http.StatusOK, "谁的数据逾期", "学校名录", "自 2026-12-03 起逾期", "/findings/"+d.Late, "低保对象信息", "各机构数据现状")
	page.silent(t, "临时救助信息") // connected data is its owner's own
	bureau.get(t, "/monitor?show=late&org="+townSchools).silent(t, "低保对象信息")
	bureau.get(t, "/monitor?show=late&base=population").silent(t, "学校名录")
	bureau.get(t, "/monitor?show=<b>&base=%22&org=%27&after=x").says(t, http.StatusOK)
	w.as(t, "bureau-approver", "en").get(t, "/monitor").says(t, http.StatusOK, "Whose data is late", "late since 2026-12-03", "Art. 16")

	own := civil.get(t, "/monitor?org="+townSchools)
	own.says(t, http.StatusOK, "低保对象信息", "本机构数据现状")
	own.silent(t, "学校名录")
	schools.get(t, "/").says(t, http.StatusOK, "待更新和待汇聚汇通的数据", "学校名录", d.Late)

	file := bureau.get(t, "/monitor.csv?show=late")
	file.says(t, http.StatusOK)
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(file.Body, "\uFEFF"))).ReadAll()
	if err != nil || len(rows) != 3 || rows[0][0] != "目录代码" { // what was suspended rests
		t.Fatalf("%q, %v", rows, err)
	}
	found := false
	for _, r := range rows[1:] {
		found = found || r[0] == w.named["schools"] && r[7] == "12345" && r[8] == "985" && r[10] == "2026-12-02" && r[12] == "2026-12-03" && r[13] == d.Late
	}
	if !found {
		t.Errorf("%q", rows)
	}
	if body := civil.get(t, "/monitor.csv?show=all&org="+townSchools).Body; strings.Contains(body, "学校名录") {
		t.Error("the file holds another institution's data")
	}

	bases := schools.get(t, "/bases")
	bases.says(t, http.StatusOK, "人口", "低保对象信息", "98 行", "质量低 1 条", "逾期 1 条", "平均得分 850‰", "还没有列入这个基础库的目录")
	bases.silent(t, "学校名录")
	w.as(t, "schools-steward", "en").get(t, "/bases").says(t, http.StatusOK, "Base databases", "population", "Art. 15")

	// an update ends it
	if err := w.done(townSchools, &act.PublishDataset{Entry: w.named["schools"], Version: 2, Rows: 12346, Digest: digest, Quality: good}); err != nil {
		t.Fatal(err)
	}
	schools.get(t, "/monitor").says(t, http.StatusOK, "没有逾期的数据", "50%") // one of two versions came in time
}
