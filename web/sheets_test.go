package web

import (
	"bytes"
	"io"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"mulu"
)

// importFiles sends files as the import form does.
func (b *browser) importFiles(t *testing.T, token, kind string, files map[string][]byte) page {
	t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for _, f := range [][2]string{{"csrf", token}, {"kind", kind}} {
		if err := w.WriteField(f[0], f[1]); err != nil {
			t.Fatal(err)
		}
	}
	for name, content := range files { // each is its own
		p, err := w.CreateFormFile("files", name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := p.Write(content); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, b.town.server.URL+"/sheets/import", &body)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", w.FormDataContentType())
	r.AddCookie(&http.Cookie{Name: languageCookie, Value: b.lang})
	got, err := b.http.Do(r)
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

// rested waits until an import has come to rest.
func (b *browser) rested(t *testing.T, path string) page {
	t.Helper()
	for until := time.Now().Add(time.Minute); ; {
		p := b.get(t, path)
		if p.Status != http.StatusOK || !strings.Contains(p.Body, `hx-trigger="every 1s"`) {
			return p
		}
		if time.Now().After(until) {
			t.Fatalf("the import goes on for ever:\n%s", p.main())
		}
		time.Sleep(20 * time.Millisecond) // between two looks
	}
}

func aSheet(t *testing.T, rows ...[]string) []byte {
	t.Helper()
	f := excelize.NewFile()
	for i, r := range rows {
		for j, v := range r {
			at, err := excelize.CoordinatesToCellName(j+1, i+1)
			if err != nil {
				t.Fatal(err)
			}
			if err := f.SetCellStr("Sheet1", at, v); err != nil {
				t.Fatal(err)
			}
		}
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// A sheet is checked as a whole, done on demand, and passes over what stands already when it is imported again.
func TestImportIsCheckedThenDone(t *testing.T) {
	w := aTown(t)
	b := w.as(t, "civil-steward", "zh")
	head := []string{"职责", "依据"}
	good := aSheet(t, head, []string{"导入的婚姻登记", "婚姻登记条例"}, []string{"导入的地名管理", "地名管理条例"})
	duties := func() int { return len(w.chain.Find(mulu.KindDuty, "name/"+townCivil+"/导入的婚姻登记")) }

	begun := b.importFiles(t, b.csrf, "duties", map[string][]byte{"职责.xlsx": good})
	if begun.Status != http.StatusSeeOther {
		t.Fatalf("%d %s", begun.Status, begun.main())
	}
	ready := b.rested(t, begun.Location)
	ready.says(t, http.StatusOK, "检查通过，可以办理。", "登记职责")
	if duties() != 0 {
		t.Fatal("something was done before anybody asked for it")
	}
	if p := b.post(t, begun.Location+"/say", nil); p.Status != http.StatusSeeOther {
		t.Fatalf("%d %s", p.Status, p.main())
	}
	b.rested(t, begun.Location).says(t, http.StatusOK, "导入完成，2 个事项已办理上链。")
	if duties() != 1 {
		t.Fatal("the duty is not there")
	}

	again := b.importFiles(t, b.csrf, "duties", map[string][]byte{"职责.xlsx": good})
	b.rested(t, again.Location).says(t, http.StatusOK, "表格与现有内容一致，没有需要办理的事项。")
}

// One thing wrong, and nothing is done; the page says where it is and what to do, in the reader's language.
func TestImportWithProblemsDoesNothing(t *testing.T) {
	w := aTown(t)
	bad := aSheet(t, []string{"职责", "依据"}, []string{"导入的好职责", "三定"}, []string{"", "没有名称"}, []string{"导入的好职责", "重复"})
	for lang, want := range map[string]string{"zh": "检查没有通过，一条也没有办理。", "en": "The check failed; nothing was done."} {
		b := w.as(t, "civil-steward", lang)
		begun := b.importFiles(t, b.csrf, "duties", map[string][]byte{"bad.xlsx": bad})
		p := b.rested(t, begun.Location)
		p.says(t, http.StatusOK, want, "bad.xlsx")
		p.silent(t, "/say")
		if forced := b.post(t, begun.Location+"/say", nil); forced.Status != http.StatusSeeOther {
			t.Errorf("%d", forced.Status)
		}
	}
	if len(w.chain.Find(mulu.KindDuty, "name/"+townCivil+"/导入的好职责")) != 0 {
		t.Error("a part of a sheet with problems was done")
	}
}

func TestImportRefusesWhatIsNoSheet(t *testing.T) {
	w := aTown(t)
	b := w.as(t, "civil-steward", "zh")
	for name, content := range map[string][]byte{"旧表.xls": {0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1, 0, 0}, "照片.xlsx": []byte("\x89PNG\r\n\x1a\n"), "空.xlsx": nil} {
		begun := b.importFiles(t, b.csrf, "entries", map[string][]byte{name: content})
		b.rested(t, begun.Location).says(t, http.StatusOK, "检查没有通过，一条也没有办理。", name)
	}
	b.importFiles(t, "forged", "duties", map[string][]byte{"a.xlsx": aSheet(t, []string{"职责"})}).says(t, http.StatusForbidden, "表单已失效")
	b.importFiles(t, b.csrf, "orgs", map[string][]byte{"a.xlsx": aSheet(t, []string{"机构名称"})}).says(t, http.StatusForbidden)
	b.get(t, "/sheets/imports/0123").says(t, http.StatusNotFound, "这次导入已不存在")
}

// Of another institution one sees what is published, and no import.
func TestImportsAreTheInstitutionsOwn(t *testing.T) {
	w := aTown(t)
	b := w.as(t, "civil-steward", "zh")
	begun := b.importFiles(t, b.csrf, "duties", map[string][]byte{"a.xlsx": aSheet(t, []string{"职责", "依据"}, []string{"不导入的职责", "三定"})})
	b.rested(t, begun.Location)
	w.as(t, "schools-steward", "zh").get(t, begun.Location).says(t, http.StatusNotFound)
	b.post(t, begun.Location+"/drop", nil)
	b.get(t, begun.Location).says(t, http.StatusNotFound)
}

func TestExportsAndTemplatesAreSheets(t *testing.T) {
	w := aTown(t)
	b := w.as(t, "civil-steward", "zh")
	for _, path := range []string{"/sheets/template?kind=workbook", "/sheets/template?kind=entries", "/sheets/export?kind=entries", "/sheets/export?kind=duties&org=all", "/sheets/export?kind=workbook",
		"/sheets/export?kind=systems", "/sheets/export?kind=tables", "/sheets/export?kind=orgs&org=all"} {
		p := b.get(t, path)
		if p.Status != http.StatusOK || !strings.HasPrefix(p.Header.Get("Content-Disposition"), "attachment; filename*=UTF-8''") {
			t.Errorf("%s: %d %s", path, p.Status, p.Header.Get("Content-Disposition"))
			continue
		}
		f, err := excelize.OpenReader(strings.NewReader(p.Body))
		if err != nil {
			t.Errorf("%s: %v", path, err)
			continue
		}
		if len(f.GetSheetList()) == 0 {
			t.Errorf("%s has no sheet", path)
		}
	}
	if p := b.get(t, "/sheets/export?kind=duties&format=csv"); !strings.HasPrefix(p.Body, "\uFEFF") || !strings.Contains(p.Body, "职责") {
		t.Errorf("the CSV does not begin with its mark: %q", p.Body[:min(40, len(p.Body))])
	}
	own := b.get(t, "/sheets/export?kind=entries")
	begun := b.importFiles(t, b.csrf, "entries", map[string][]byte{"导出.xlsx": []byte(own.Body)})
	b.rested(t, begun.Location).says(t, http.StatusOK, "表格与现有内容一致，没有需要办理的事项。")
}
