package web

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"path"
	"reflect"
	"strings"
	"testing"

	"github.com/pb33f/libopenapi"
	validator "github.com/pb33f/libopenapi-validator"

	"mulu"
	"mulu/act"
)

// The bureau publishes a code set and an element, an institution follows it, a revision shows what changed and who departs,
// and the element is abolished with its replacement.
func TestStandardsFromCodeSetToAbolition(t *testing.T) {
	w := aTown(t)
	bureau, steward := w.as(t, "bureau-approver", "zh"), w.as(t, "schools-steward", "zh")
	for _, one := range []struct{ login, path string }{{"civil-approver", "/standards/elements/new"}, {"bureau-steward", "/standards/codes/new"}} {
		w.as(t, one.login, "zh").get(t, one.path).says(t, http.StatusForbidden)
	}
	bureau.post(t, "/standards/codes/new", url.Values{"name": {"性别代码"}, "values": {"1\t男性\n女性"}}).says(t, http.StatusUnprocessableEntity, "第 2 行“女性”不是代码和名称", "性别代码")
	bureau.post(t, "/standards/codes/new", url.Values{"name": {"性别代码"}, "values": {"1,男性\n1,女性"}}).says(t, http.StatusUnprocessableEntity, "重复")
	bureau.post(t, "/standards/codes/new", url.Values{"name": {"性别代码"}, "values": {strings.Repeat("x,"+strings.Repeat("长", 150)+"\n", 2500)}}).says(t, http.StatusRequestEntityTooLarge)
	done := bureau.post(t, "/standards/codes/new", url.Values{"name": {"性别代码"}, "source": {"GB/T 2261.1"}, "values": {"代码,名称\n\"1\",男性\n2,<b>女性</b>\n9,未说明的性别"}})
	done.says(t, http.StatusSeeOther)
	codes := done.Location
	p := steward.get(t, codes)
	p.says(t, http.StatusOK, "男性", "&lt;b&gt;女性", "GB/T 2261.1", "第 1 版")
	p.silent(t, "<b>女性", "/revise", "/abolish")
	file := steward.get(t, codes+"/values.csv")
	if file.Body != "\ufeff代码,名称\n1,男性\n2,<b>女性</b>\n9,未说明的性别\n" || !strings.HasPrefix(file.Header.Get("Content-Disposition"), "attachment") {
		t.Errorf("%q", file.Body)
	}

	set := path.Base(codes)
	bureau.post(t, "/standards/elements/new", url.Values{"name": {"性别"}, "type": {"D"}, "code_set": {set}}).says(t, http.StatusUnprocessableEntity, "不能有代码集")
	bureau.post(t, "/standards/elements/new", url.Values{"name": {"性别"}, "type": {"C"}, "length": {"许多"}}).says(t, http.StatusUnprocessableEntity, "长度")
	done = bureau.post(t, "/standards/elements/new", url.Values{"name": {"性别"}, "type": {"C"}, "length": {"2"}, "code_set": {set}, "source": {"GB/T 2261.1"}, "definition": {"自然人的性别"}})
	done.says(t, http.StatusSeeOther)
	at := done.Location
	element := path.Base(at)
	for _, q := range []string{"q=性别", "q=自然人", "codes=" + set, "type=C&q=" + element} {
		steward.get(t, "/standards?"+q).says(t, http.StatusOK, element, "性别代码")
	}
	steward.get(t, "/standards?type=N&q=性别").silent(t, element)
	steward.get(t, "/standards?q=性别&used=1").silent(t, at)
	steward.get(t, "/standards?q=%25").silent(t, at) // a sign of its own, not any text
	bureau.get(t, codes).silent(t, "/abolish")       // an element names it
	bureau.post(t, codes+"/abolish", url.Values{"why": {"不再使用"}}).says(t, http.StatusUnprocessableEntity, "仍由数据元")

	if err := errors.Join(w.enter("schools-steward", "standard", "schooling", "新生信息", nil), w.verify("standard")); err != nil {
		t.Fatal(err)
	}
	code := w.named["standard"]
	e, err := w.entryNow(code)
	if err != nil {
		t.Fatal(err)
	}
	content := *e.Now
	content.Items = append([]mulu.Item{{Name: "性别", Field: "xb", Type: "C", Length: 2, Grade: 1, Standard: element}}, content.Items...)
	w.do(t, townSchools, &act.ChangeEntry{Entry: code, From: e.Version, Content: content})
	w.do(t, townBureau, &act.VerifyEntry{Entry: code})
	steward.get(t, at).says(t, http.StatusOK, content.Name, "区教委", "一致")
	steward.get(t, "/entries/"+code+"?tab=items").says(t, http.StatusOK, at)
	steward.get(t, "/standards/mine").says(t, http.StatusOK, "都与现行版本一致")

	bureau.post(t, at+"/revise", url.Values{"from": {"7"}, "name": {"性别"}, "type": {"C"}, "length": {"1"}, "why": {"缩短"}}).says(t, http.StatusUnprocessableEntity, "现行为第 1 版")
	bureau.get(t, at+"/revise").says(t, http.StatusOK, "有 1 个信息项引用")
	bureau.post(t, at+"/revise", url.Values{"from": {"1"}, "name": {"性别"}, "type": {"C"}, "length": {"1"}, "code_set": {set}, "definition": {"自然人的性别"}, "why": {"代码只有一位"}}).says(t, http.StatusSeeOther)
	steward.get(t, at).says(t, http.StatusOK, "第 2 版", "代码只有一位", "长度超出", `<span class="went">2</span>`, `<span class="came">1</span>`)
	steward.get(t, "/standards/mine").says(t, http.StatusOK, "长度超出", content.Name)
	w.as(t, "civil-steward", "zh").get(t, "/standards/mine").silent(t, content.Name)

	bureau.post(t, at+"/abolish", url.Values{"next": {element}, "why": {"不能代替自己"}}).says(t, http.StatusUnprocessableEntity, "不能作为替代")
	other, err := w.said(townBureau, &act.PublishElement{Name: "人的性别", Type: "C", Length: 2}, mulu.KindElement)
	if err != nil {
		t.Fatal(err)
	}
	bureau.post(t, at+"/abolish", url.Values{"next": {other}, "why": {"合并"}}).says(t, http.StatusSeeOther)
	steward.get(t, at).says(t, http.StatusOK, "起废止", "由 人的性别 代替")
	w.as(t, "schools-steward", "en").get(t, "/standards/mine").says(t, http.StatusOK, "Element abolished", other)
	bureau.post(t, codes+"/revise", url.Values{"from": {"1"}, "name": {"性别代码"}, "source": {"GB/T 2261.1"}, "values": {"1 男性\n3 其他"}, "why": {"更正"}}).says(t, http.StatusSeeOther)
	steward.get(t, codes).says(t, http.StatusOK, "第 2 版", "代码 3", "代码 9", "代码 2", `<span class="went">未说明的性别</span>`)
	bureau.post(t, codes+"/abolish", url.Values{"why": {"并入其他代码集"}}).says(t, http.StatusSeeOther)
	steward.get(t, "/standards/codes").silent(t, codes)
	steward.get(t, "/standards/codes?status=abolished").says(t, http.StatusOK, codes)
}

// The description of an entry's interface is a valid OpenAPI document of what the gateway does with the entry, and nothing
// is described of what is not there for who looks.
func TestInterfaceOfAnEntry(t *testing.T) {
	w, _ := sharing(t)
	code := w.named["allowance"]
	b := w.as(t, "schools-steward", "zh")
	b.get(t, "/entries/"+code+"/interface").says(t, http.StatusOK, "接口说明", "/gateway/{grant}/query", "street", "遮蔽")
	file := b.get(t, "/entries/"+code+"/interface.json")
	var doc struct {
		Paths      map[string]any
		Components struct {
			Schemas struct {
				Row struct{ Properties map[string]any }
			}
		}
	}
	if err := json.Unmarshal([]byte(file.Body), &doc); err != nil {
		t.Fatalf("%v: %.200s", err, file.Body)
	}
	if rows := doc.Components.Schemas.Row.Properties; doc.Paths["/gateway/{grant}/check"] == nil || rows["street"] == nil || rows["gmsfhm"] != nil { // not shared
		t.Errorf("%.500s", file.Body)
	}
	stranger, err := libopenapi.NewDocument([]byte(file.Body))
	if err != nil {
		t.Fatal(err)
	}
	v, errs := validator.NewValidator(stranger)
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	if ok, errs := v.ValidateDocument(); !ok {
		for _, e := range errs {
			t.Errorf("%s: %s %+v", e.Message, e.Reason, e.SchemaValidationErrors)
		}
	}
	b.get(t, "/entries/"+w.named["submitted"]+"/interface").says(t, http.StatusNotFound)
	b.get(t, "/entries/"+w.named["submitted"]+"/interface.json").says(t, http.StatusNotFound)
}

// Purchased data is filed, seen by the bureau and not by others, served through an own entry that has data, grounded, and ended.
func TestPurchasedData(t *testing.T) {
	w, _ := sharing(t)
	steward, approver, bureau, other := w.as(t, "civil-steward", "zh"), w.as(t, "civil-approver", "zh"), w.as(t, "bureau-approver", "zh"), w.as(t, "schools-steward", "zh")
	typed := url.Values{"name": {"人口热力数据"}, "content": {"各街道每小时<人流>"}, "supplier": {"某通信公司"}, "contract_from": {"2026-02-01"}, "contract_until": {"2026-01-01"}, "cost": {"48万"}, "fund": {"2026年部门预算"}}
	steward.post(t, "/purchases/new", typed).says(t, http.StatusUnprocessableEntity, "金额", "某通信公司")
	typed.Set("cost", "480,000")
	steward.post(t, "/purchases/new", typed).says(t, http.StatusUnprocessableEntity, "早于起日")
	typed.Set("contract_until", "2026-12-31")
	approver.post(t, "/purchases/new", typed).says(t, http.StatusForbidden)
	done := steward.post(t, "/purchases/new", typed)
	done.says(t, http.StatusSeeOther)
	at := done.Location
	p := steward.get(t, at)
	p.says(t, http.StatusOK, "每小时&lt;人流&gt;", "480,000 元", "内部时限", "提供接口", "终止备案")
	p.silent(t, "<人流>")
	bureau.get(t, "/purchases").says(t, http.StatusOK, "人口热力数据")
	bureau.get(t, at).silent(t, at+"/serve")
	other.get(t, at).says(t, http.StatusNotFound)
	other.get(t, at+"/serve").says(t, http.StatusNotFound)
	other.get(t, "/purchases").silent(t, "人口热力数据")
	steward.get(t, "/").says(t, http.StatusOK, "人口热力数据")

	steward.post(t, at+"/serve", url.Values{"entry": {w.named["schools"]}}).says(t, http.StatusUnprocessableEntity)
	steward.post(t, at+"/serve", url.Values{"entry": {w.named["allowance"]}}).says(t, http.StatusSeeOther)
	steward.get(t, at).says(t, http.StatusOK, "已通过数据目录提供接口", "/entries/"+w.named["allowance"]+"/interface")
	steward.get(t, at+"/ground").says(t, http.StatusForbidden)
	approver.get(t, at+"/ground").says(t, http.StatusOK, "不再以接口服务备案")
	approver.post(t, at+"/ground", url.Values{"ground": {"无"}, "basis": {"合同"}}).says(t, http.StatusUnprocessableEntity)
	approver.post(t, at+"/ground", url.Values{"ground": {"合同约定只在本单位使用"}, "basis": {"合同第九条"}}).says(t, http.StatusSeeOther)
	bureau.get(t, at).says(t, http.StatusOK, "合同第九条", "认为依据不成立的", "noun.0=purchase")
	typed.Set("contract_until", "2027-12-31")
	typed.Set("why", "续签一年")
	steward.post(t, at+"/amend", typed).says(t, http.StatusSeeOther)
	w.as(t, "civil-reader", "en").get(t, at).says(t, http.StatusOK, "2027-12-31", "Ground against an interface")
	steward.post(t, at+"/end", url.Values{"why": {"合同期满"}}).says(t, http.StatusSeeOther)
	steward.get(t, "/purchases?status=ended").says(t, http.StatusOK, "人口热力数据")
	steward.get(t, at).silent(t, at+"/serve", at+"/end")
}

// Codes are read as spreadsheets and files give them.
func TestCodesTyped(t *testing.T) {
	for text, want := range map[string][]mulu.CodeValue{
		"1\t男性\n2\t女性":                          {{Code: "1", Name: "男性"}, {Code: "2", Name: "女性"}},
		"\ufeffcode,name\n01,\"汉族, 主体\",多出的列\n": {{Code: "01", Name: "汉族, 主体"}},
		"1，男性\n\n":                              {{Code: "1", Name: "男性"}},
		"110102 西城区 北京":                         {{Code: "110102", Name: "西城区 北京"}},
	} {
		if got, err := codesTyped(text); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%q: %v %v", text, got, err)
		}
	}
	for _, text := range []string{"男性", "1\t", ",男性", "1 男性\n二"} {
		if got, err := codesTyped(text); err == nil {
			t.Errorf("%q: %v", text, got)
		}
	}
}
