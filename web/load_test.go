package web

import (
	"bytes"
	"encoding/json"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"path"
	"strings"
	"testing"

	"mulu"
	"mulu/desk"
)

// aLoadable gives a published entry of civil's own for a test: a key, a street that may be empty, a number of people.
func aLoadable(t *testing.T, w *town, short string) string {
	t.Helper()
	err := w.enter("civil-steward", short, "rescue", short, func(c *mulu.EntryContent) {
		c.Items = append(c.Items, mulu.Item{Name: "人数", Field: "people", Type: "N", Length: 6, Nullable: true, Grade: 1})
	})
	if err == nil {
		err = w.verify(short)
	}
	if err != nil {
		t.Fatal(err)
	}
	return w.named[short]
}

// sendFile sends a file as a browser without scripts does.
func (b *browser) sendFile(t *testing.T, to, name, mode string, content []byte) page {
	t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for _, f := range [][2]string{{"csrf", b.csrf}, {"mode", mode}} {
		if err := w.WriteField(f[0], f[1]); err != nil {
			t.Fatal(err)
		}
	}
	if name != "" {
		f, err := w.CreateFormFile("file", name)
		if err == nil {
			_, err = f.Write(content)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	got, err := b.http.Post(b.town.server.URL+to, w.FormDataContentType(), &body)
	if err != nil {
		t.Fatal(err)
	}
	defer got.Body.Close()
	raw, err := io.ReadAll(got.Body)
	if err != nil {
		t.Fatal(err)
	}
	return page{got.StatusCode, got.Header.Get("Location"), got.Header, string(raw)}
}

// comesToRest waits for a load.
func (b *browser) comesToRest(t *testing.T, at string) page {
	t.Helper()
	if _, err := b.town.desk.Loads.Wait(t.Context(), path.Base(at)); err != nil {
		t.Fatal(err)
	}
	return b.get(t, at)
}

// A file is sent in one piece, looked at, mapped and loaded; what is wrong is reported, mended and published.
func TestAFileIsLoadedMendedAndPublished(t *testing.T) {
	w := aTown(t)
	code := aLoadable(t, w, "装载一")
	b := w.as(t, "civil-steward", "zh")
	b.get(t, "/entries/"+code+"/load").says(t, 200, "装载数据", "所属街道", "有一行不合格就不发布", "行数比上一版减少不超过 50%", "这次将成为第 1 版", "下载模板")
	b.get(t, "/entries/"+code+"/load/template").says(t, 200, "编号,所属街道,人数")
	if p := b.get(t, "/entries/"+code+"/load/template?format=xlsx"); p.Status != 200 || !strings.HasPrefix(p.Body, "PK") {
		t.Errorf("the workbook: %d", p.Status)
	}
	b.sendFile(t, "/entries/"+code+"/load", "", "", nil).says(t, 422, "没有选择文件")

	p := b.sendFile(t, "/entries/"+code+"/load", "救助站.csv", "", []byte("编号,街道名,人数\nA1,金融街街道,12\nA1,德胜街道,十\nA3,广外街道,9\n"))
	if p.Status != http.StatusSeeOther {
		t.Fatalf("%d %s", p.Status, p.main())
	}
	at := p.Location
	b.get(t, at).says(t, 200, "救助站.csv", "文件怎样读", "金融街街道", "本次不提供", "不对应任何信息项、不会装载的列：街道名", "第一次装载", "整体替换")
	b.get(t, at+"?kind=csv&charset=utf-8&delimiter=%3B").says(t, 200, "还有 1 个必填的信息项没有对应的列")
	p = b.post(t, at+"/start", url.Values{"kind": {"csv"}, "charset": {"utf-8"}, "delimiter": {","}, "mode": {"replace"}, "column.id": {"编号"}, "column.street": {"街道名"}, "column.people": {"人数"}})
	p.says(t, http.StatusSeeOther)
	p = b.comesToRest(t, at)
	p.says(t, 200, "没有发布，原有版本继续提供", "装载约定不允许剔除任何一行", "不符合信息项或数据元的数据类型", "人数", "十", "下载问题行", "改正后重新上传", "用同一文件重新开始", "改正可提高", "GB/T 36344")
	b.get(t, at+"/bad").says(t, 200, "※原因 reason", "德胜街道")
	b.get(t, at+"?again=1").says(t, 200, "开始检查和装载", `<option value="街道名" selected>`)
	w.as(t, "civil-steward", "en").get(t, at).says(t, 200, "Nothing was published", "does not fit the type", "Fetch the bad rows")

	p = b.sendFile(t, "/entries/"+code+"/load?x=1", "救助站.csv", "upsert", []byte("编号,所属街道,人数\nA1,金融街街道,12\nA2,德胜街道,10\nA3,广外街道,9\n"))
	at = p.Location
	if !strings.HasSuffix(at, "?mode=upsert") {
		t.Fatalf("the mode that was proposed is gone: %s", at)
	}
	b.get(t, at).says(t, 200, `value="upsert" checked`)
	at = strings.TrimSuffix(at, "?mode=upsert")
	b.post(t, at+"/start", url.Values{"mode": {"nonsense"}}).says(t, 422)
	b.post(t, at+"/start", url.Values{"mode": {"replace"}}).says(t, http.StatusSeeOther)
	b.comesToRest(t, at).says(t, 200, "已发布为第 1 版数据，共 3 行", "各项检查都没有发现问题")
	b.post(t, at+"/start", url.Values{"mode": {"replace"}}).says(t, http.StatusConflict, "这次装载已经变化")
	if d := one[mulu.Dataset](t, w, mulu.KindDataset, code); d.Version != 1 || d.Rows != 3 || d.Quality.Score < 900 {
		t.Errorf("%+v", d)
	}

	p = b.sendFile(t, "/entries/"+code+"/load", "再来.csv", "", []byte("编号,所属街道,人数\nA1,金融街街道,12\nA2,德胜街道,10\nA3,广外街道,9\n"))
	b.get(t, p.Location).says(t, 200, "同一文件已于", "第 1 版")
	b.post(t, p.Location+"/cancel", nil).says(t, http.StatusSeeOther)
	b.get(t, p.Location).says(t, 200, "已取消")
	b.get(t, "/loads").says(t, 200, "救助站.csv", "再来.csv", "未通过", "已发布", "装载一")
	b.get(t, "/loads?entry="+code).says(t, 200, "救助站.csv")
	w.as(t, "schools-steward", "zh").get(t, "/loads?entry="+w.named["submitted"]).says(t, http.StatusNotFound)
	w.as(t, "schools-steward", "zh").get(t, at).says(t, http.StatusNotFound, "没有这次装载")
	w.as(t, "bureau-steward", "zh").get(t, "/entries/"+code+"/load").says(t, http.StatusForbidden)
}

// A file comes in parts: each is told where it stands, one that came already may come again, one out of turn is refused with a
// sentence, and nobody else's token or institution adds to it.
func TestAFileComesInParts(t *testing.T) {
	w := aTown(t)
	code := aLoadable(t, w, "装载二")
	b := w.as(t, "civil-steward", "zh")
	content := append([]byte("编号,所属街道,人数\n"), bytes.Repeat([]byte("A,金融街街道,1\n"), desk.PartSize/16)...)
	begin := b.post(t, "/entries/"+code+"/load/begin", url.Values{"name": {`C:\下载\大文件.csv`}, "size": {"0"}})
	begin.says(t, 422, "没有选择文件")
	begin = b.post(t, "/entries/"+code+"/load/begin", url.Values{"name": {`C:\下载\大文件.csv`}, "size": {url.QueryEscape(itoa(len(content)))}})
	at := sendingOf(t, begin)
	if at.State != "receiving" || at.Next != 0 || at.Part != desk.PartSize {
		t.Fatalf("%+v", at)
	}
	put := func(who *browser, n int, token string, data []byte) page {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPut, w.server.URL+"/loads/"+at.ID+"/parts/"+itoa(n), bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("X-CSRF", token)
		r.AddCookie(&http.Cookie{Name: languageCookie, Value: "zh"})
		got, err := who.http.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer got.Body.Close()
		raw, _ := io.ReadAll(got.Body)
		return page{got.StatusCode, "", got.Header, string(raw)}
	}
	put(b, 0, "forged", content[:desk.PartSize]).says(t, 403, "表单已失效")
	schools := w.as(t, "schools-steward", "zh")
	put(schools, 0, schools.csrf, content[:desk.PartSize]).says(t, 404)
	put(b, 1, b.csrf, content[desk.PartSize:]).says(t, 409, "顺序不符")
	put(b, 0, b.csrf, content[:10]).says(t, 409)
	if got := sendingOf(t, put(b, 0, b.csrf, content[:desk.PartSize])); got.Next != 1 || got.State != "receiving" {
		t.Fatalf("%+v", got)
	}
	b.get(t, at.Path).says(t, 200, "文件还没有传完", "已收到 1 片", "大文件.csv")
	if got := sendingOf(t, b.get(t, "/loads/"+at.ID+"/next")); got.Next != 1 {
		t.Fatalf("%+v", got)
	}
	put(b, 0, b.csrf, content[:desk.PartSize]).says(t, 200) // its answer was lost, it comes again
	if got := sendingOf(t, put(b, 1, b.csrf, content[desk.PartSize:])); got.State != "received" {
		t.Fatalf("%+v", got)
	}
	b.get(t, at.Path).says(t, 200, "文件怎样读", "金融街街道")
	if p := b.get(t, at.Path+"?kind=xlsx"); p.Status != 200 || !strings.Contains(p.Body, `role="alert"`) {
		t.Errorf("a CSV read as a workbook: %d %s", p.Status, p.main())
	}
}

func itoa(n int) string { b, _ := json.Marshal(n); return string(b) }

func sendingOf(t *testing.T, p page) (s sending) {
	t.Helper()
	if err := json.Unmarshal([]byte(p.Body), &s); err != nil || p.Status != 200 {
		t.Fatalf("%d %s", p.Status, p.Body)
	}
	return s
}
