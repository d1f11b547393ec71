package web

import (
	"strings"
	"testing"

	"mulu/read"
)

func TestCoverage(t *testing.T) {
	w := aTown(t)
	for _, login := range []string{"bureau-approver", "civil-steward", "schools-auditor"} {
		for i, lang := range Languages {
			for _, path := range []string{"/coverage", "/coverage?only=gaps", "/coverage?only=all", "/coverage?sort=duties", "/coverage?sort=without", "/coverage?sort=entries",
				"/coverage?sort=waiting", "/coverage?sort=linked", "/coverage?sort=bound", "/coverage?sort=nonsense&only=nonsense"} {
				w.as(t, login, lang).get(t, path).says(t, 200, "区民政局", [2]string{"项职责未编目", "duties without an entry"}[i], "/coverage/"+townCivil)
			}
		}
	}
	w.as(t, "civil-steward", "zh").get(t, "/coverage").says(t, 200, "本机构下一步", "/coverage/"+townCivil+"#duties")
	w.as(t, "bureau-approver", "zh").get(t, "/coverage").silent(t, "本机构下一步")
	none := w.as(t, "civil-steward", "zh").get(t, asked("/coverage?q=没有这样的机构"))
	none.says(t, 200, "没有符合条件的机构。")
	part := w.as(t, "civil-steward", "zh").send(t, "GET", asked("/coverage?q=教委"), nil, map[string][]string{"Hx-Request": {"true"}, "Hx-Target": {"coverage"}})
	part.says(t, 200, "区教委")
	part.silent(t, "<!doctype", "区民政局")
	all := w.as(t, "civil-steward", "zh").get(t, "/coverage?only=all")
	all.says(t, 200, "自来水公司")
	w.as(t, "civil-steward", "zh").get(t, "/coverage").silent(t, "自来水公司")
}

// The list of gaps names each with its next step for those who may take it, and hides what is not published from others.
func TestCoverageOf(t *testing.T) {
	w := aTown(t)
	path := "/coverage/" + townCivil
	own := w.as(t, "civil-steward", "zh").get(t, path)
	own.says(t, 200, "婚姻登记", "/entries/new?duty="+w.named["marriage"], "/duties/"+w.named["marriage"]+"/no-data", "/entries/"+w.named["suspended"]+"/links", "摘要过于简略", "低保金发放明细")
	other := w.as(t, "schools-steward", "zh").get(t, path)
	other.says(t, 200, "婚姻登记", "临时救助信息", "尚未发布或未列出")
	other.silent(t, "/entries/new", "/links\"", "摘要过于简略", "低保金发放明细", "救助站信息")
	w.as(t, "bureau-approver", "en").get(t, path).says(t, 200, "Duties without an entry", "To verify", "低保金发放明细", "摘要过于简略")
	w.as(t, "civil-steward", "zh").get(t, "/coverage/"+townWater).says(t, 200, "还没有登记职责")
	w.as(t, "civil-steward", "zh").get(t, "/coverage/999").says(t, 404)
}

func TestTasksOf(t *testing.T) {
	list := tasksOf(read.Coverage{Org: "002", Returned: 1, Waiting: 2, Changing: 1, Without: 4, Entries: 9, Linked: 3, Items: 20, Bound: 20})
	got := ""
	for _, x := range list {
		got += strings.ReplaceAll(x.Text, "{0}", "?") + " " + x.Path + "\n"
	}
	const want = "修改退回的 ? 条 /coverage/002#returned\n待核定 ? 条 /coverage/002#waiting\n? 项职责未编目 /coverage/002#duties\n? 条未挂接系统 /coverage/002#systems\n"
	if got != want || list[1].Count != 3 || list[3].Count != 6 {
		t.Errorf("got\n%s%+v", got, list)
	}
	if len(tasksOf(read.Coverage{Duties: 3, WithData: 3, Entries: 3, Linked: 3, Items: 3, Bound: 3})) != 0 {
		t.Error("an institution without gaps has something to do")
	}
}

func TestShare(t *testing.T) {
	if share(0, 0) <= share(1, 1) || share(1, 3) >= share(1, 2) {
		t.Error("shares are not ordered by how much is covered, nothing to cover last")
	}
}
