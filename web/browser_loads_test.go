package web

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"mulu"
	"mulu/desk"
	"mulu/gateway"
)

// A file with an error is uploaded in parts, reported on, mended and uploaded again; what was published another institution reads
// through its grant. In real Chromium. The first upload breaks off after a part and goes on once the page was loaded anew.
func TestLoadingInTheBrowser(t *testing.T) {
	w, _ := furnished(t, "loading")
	chrome := chromium(t)
	if err := w.enter("civil-steward", "装载流程", "dutyloadingcivil", "装载流程目录", nil); err != nil {
		t.Fatal(err)
	}
	if err := w.verify("装载流程"); err != nil {
		t.Fatal(err)
	}
	code := w.named["装载流程"]
	grant, err := w.granted(townSchools, code, mulu.Ask{Scenario: "装载流程核对", Scope: "本单位窗口", Duty: "依法履职", Method: "query", Days: 90})
	if err != nil {
		t.Fatal(err)
	}
	rest := strings.Repeat("\n", desk.PartSize) // rows without any value are passed over; the file has two parts
	file := filepath.Join(t.TempDir(), "街道.csv")
	write := func(content string) {
		t.Helper()
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	b := newScreen(t, chrome, w)
	b.open("/login")
	b.login("civil-steward")
	b.at("/")
	b.open("/entries/" + code + "/load")
	b.sees("这条目录收哪些信息项", "下载模板")
	write("编号,所属街道\n1,金融街街道\n1,德胜街道\n" + rest)
	b.ask(`(() => { const real = window.fetch; let n = 0; window.fetch = (...a) => String(a[0]).includes('/parts/') && n++ > 0 ? Promise.reject(new TypeError('broken')) : real(...a); return 'x'; })()`)
	b.do("choose a file", chromedp.SetUploadFiles(`#f-file`, []string{file}))
	b.click(`form[data-upload] .btn.primary`)
	b.sees("连接中断，已传的部分保留")
	b.open("/entries/" + code + "/load")
	b.do("choose the file again", chromedp.SetUploadFiles(`#f-file`, []string{file}))
	b.click(`form[data-upload] .btn.primary`)
	b.at("/loads/")
	b.sees("文件怎样读", "金融街街道")
	if list, err := w.desk.LoadsOf(t.Context(), desk.By{Org: townCivil}, code, 0, 10); err != nil || len(list) != 1 {
		t.Fatalf("the upload did not go on but began anew: %d loads, %v", len(list), err)
	}
	b.click(`form[action$="/start"] .btn.primary`)
	b.sees("没有发布，原有版本继续提供", "主键与其他行重复", "下载问题行")
	write("编号,所属街道\n1,金融街街道\n2,德胜街道\n")
	b.click(`.head .btn.primary`)
	b.at("/entries/" + code + "/load")
	b.do("choose the mended file", chromedp.SetUploadFiles(`#f-file`, []string{file}))
	b.click(`form[data-upload] .btn.primary`)
	b.at("/loads/")
	b.sees("文件怎样读")
	b.click(`form[action$="/start"] .btn.primary`)
	b.sees("已发布为第 1 版数据，共 2 行")
	status, _, body := w.gateway.Try(t.Context(), gateway.Trial{Org: townSchools, Person: "p-1", Grant: grant, Method: "query", Body: []byte(`{"purpose":"核对街道名称","case":"SX-9"}`)})
	if status != 200 || !strings.Contains(string(body), "德胜街道") {
		t.Fatalf("another institution does not read it: %d %s", status, body)
	}
}
