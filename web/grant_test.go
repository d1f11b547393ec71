package web

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"html"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"mulu"
	"mulu/act"
	"mulu/desk"
	"mulu/sm"
)

// aSharing is what the tests of grants work with: schools uses the allowances of civil, with data of three households behind
// them, of whom the second lives elsewhere; and a check of the same.
type aSharing struct {
	once            sync.Once
	err             error
	grant, byCheck  string
	byFile, waiting string
	token           string
}

var theSharing aSharing

const aNumber = "110102199003070018"

// sharing gives the town with grants in it.
func sharing(t *testing.T) (*town, *aSharing) {
	t.Helper()
	w, s := aTown(t), &theSharing
	s.once.Do(func() { s.err = s.make(w) })
	if s.err != nil {
		t.Fatal(s.err)
	}
	return w, s
}

func (s *aSharing) make(w *town) (err error) {
	code := w.named["allowance"]
	if err := w.load(townCivil, code, 1, [][]string{{"xm", "gmsfhm", "street"}, {"张三丰", aNumber, "110102001"}, {"李四光", "110102198512120029", "110102003"}, {"<b>王五</b>", "110102200002290041", ""}}); err != nil {
		return err
	}
	ask := mulu.Ask{Scenario: "助学资格核对", Scope: "本委资助中心", Duty: "社会救助暂行办法", Items: []string{"xm", "street"}, Method: "query", Days: 90}
	if s.grant, err = w.granted(townSchools, code, ask); err != nil {
		return err
	}
	ask.Method = "check"
	if s.byCheck, err = w.granted(townSchools, code, ask); err != nil {
		return err
	}
	ask.Method = "batch"
	if s.byFile, err = w.granted(townSchools, w.named["allowance"], ask); err != nil {
		return err
	}
	if s.waiting, err = w.granted(townCivil, w.named["schools"], mulu.Ask{Scenario: "入学核对", Scope: "本局", Duty: "义务教育法", Method: "query", Days: 30}); err != nil {
		return err
	}
	token, digest, err := desk.NewToken(w.web.Rand)
	if err != nil {
		return err
	}
	s.token = token
	return w.done(townSchools, &act.RegisterClient{Name: "学籍系统", Digest: digest})
}

var (
	receiptLink = regexp.MustCompile(`/receipts/([0-9a-f]{64})`)
	exampleText = regexp.MustCompile(`(?s)<code id="ex-(\w+)">(.*?)</code>`)
)

// Both sides see a grant, in both languages, with what leaves masked; strangers do not.
func TestGrantIsSeenByItsPartiesOnly(t *testing.T) {
	w, s := sharing(t)
	path := "/grants/" + s.grant
	for _, c := range []struct {
		login, lang string
		says        []string
	}{
		{"schools-steward", "zh", []string{"低保对象信息", "遮蔽", "原值", "助学资格核对", "每分钟 300 次", "放弃授权", "提出数据异议", "怎样调用"}},
		{"schools-reader", "en", []string{"In force", "masked", "300 a minute", "Most rows"}},
		{"civil-approver", "zh", []string{"暂停授权", "登记违规使用", "区民政局 → 区教委"}},
		{"bureau-approver", "en", []string{"Suspend grant", "Enter misuse"}},
	} {
		w.as(t, c.login, c.lang).get(t, path).says(t, http.StatusOK, c.says...)
	}
	civil := w.as(t, "civil-approver", "zh").get(t, path)
	civil.silent(t, "怎样调用", "放弃授权")
	for _, tab := range []string{"?tab=story", "/receipts", "?tab=call", "?tab=try"} {
		for _, lang := range []string{"zh", "en"} {
			w.as(t, "schools-steward", lang).get(t, path+tab).says(t, http.StatusOK, "低保对象信息")
		}
	}
	w.as(t, "bureau-reader", "zh").get(t, path).says(t, http.StatusOK)
	w.account(t, "water-steward", "水务", townWater, "steward")
	for _, p := range []string{path, path + "/receipts", path + "/objection"} {
		w.as(t, "water-steward", "zh").get(t, p).says(t, http.StatusNotFound)
	}
	list := w.as(t, "schools-steward", "zh").get(t, "/grants")
	list.says(t, http.StatusOK, s.grant, "核验", "文件下载")
	list.silent(t, s.waiting)
	w.as(t, "schools-steward", "zh").get(t, "/grants?side=provide").says(t, http.StatusOK, s.waiting, "待交付")
	w.as(t, "schools-steward", "en").get(t, "/grants?status=suspended").says(t, http.StatusOK, "No grant is in this state")
}

// The examples on the page run as they stand: each is taken off it and run against the gateway with the token in the
// environment.
func TestExamplesRun(t *testing.T) {
	w, s := sharing(t)
	for _, grant := range []string{s.grant, s.byCheck, s.byFile} {
		p := w.as(t, "schools-steward", "zh").get(t, "/grants/"+grant+"?tab=call")
		p.silent(t, s.token)
		found := exampleText.FindAllStringSubmatch(p.Body, -1)
		if len(found) != 3 {
			t.Fatalf("%d examples: %s", len(found), p.main())
		}
		for _, m := range found {
			t.Run(grant+" "+m[1], func(t *testing.T) {
				dir, text := t.TempDir(), html.UnescapeString(m[2])
				command := map[string][]string{"curl": {"sh", "-c", text}, "python": {"python3", "-c", text}, "go": {"go", "run", "example.go"}}[m[1]]
				if _, err := exec.LookPath(strings.Fields(map[string]string{"curl": "curl", "python": "python3", "go": "go"}[m[1]])[0]); err != nil {
					t.Skip(err)
				}
				if err := os.WriteFile(filepath.Join(dir, "example.go"), []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
				run := exec.CommandContext(t.Context(), command[0], command[1:]...)
				run.Dir, run.Env = dir, append(os.Environ(), "MULU_TOKEN="+s.token, "NO_PROXY=127.0.0.1", "no_proxy=127.0.0.1")
				out, err := run.CombinedOutput()
				if err != nil {
					t.Fatalf("%v\n%s\n%s", err, out, text)
				}
				if grant == s.byFile {
					file, err := os.ReadFile(filepath.Join(dir, grant+".csv"))
					if err != nil || !strings.Contains(string(file), "张**") {
						t.Errorf("the file is %q (%v)", file, err)
					}
					return
				}
				if !regexp.MustCompile(`[0-9a-f]{64}`).Match(out) || grant == s.grant && !strings.Contains(string(out), "张**") || strings.Contains(string(out), "张三丰") {
					t.Errorf("it says %s", out)
				}
			})
		}
	}
}

// A call by hand passes the same stations: rows come masked and escaped with a receipt; what is missing is refused with a
// receipt too, and what was typed stays.
func TestTryOnThePage(t *testing.T) {
	w, s := sharing(t)
	b := w.as(t, "schools-steward", "zh")
	path := "/grants/" + s.grant + "/try"
	p := b.post(t, path, url.Values{"purpose": {"核对助学资格"}, "case": {"助学2026-77"}, "f.street": {"110102001"}})
	p.says(t, http.StatusOK, "取得 1 条", "张**", "110102001")
	p.silent(t, "张三丰", "李四")
	m := receiptLink.FindStringSubmatch(p.Body)
	if m == nil {
		t.Fatal("no receipt is named")
	}
	receipt := "/receipts/" + m[1]
	b.get(t, receipt).says(t, http.StatusOK, "核对助学资格", "页面试用", "测试数据管理员schools", "所属街道")
	other := w.as(t, "civil-reader", "en").get(t, receipt)
	other.says(t, http.StatusOK, "Rows given")
	other.silent(t, "测试数据管理员schools") // names stay in their own institution
	all := b.post(t, path, url.Values{"purpose": {"核对助学资格"}, "case": {"助学2026-78"}})
	all.says(t, http.StatusOK, "取得 3 条", "&lt;")
	all.silent(t, "<b>王五")
	for _, c := range []struct {
		form url.Values
		says string
	}{
		{url.Values{"purpose": {"核对助学资格"}, "case": {""}}, "事项编号"},
		{url.Values{"purpose": {"<script>alert(1)</script>"}, "case": {"1"}, "items": {"gmsfhm"}}, "script"},
		{url.Values{"purpose": {"为张三13800001234核对"}, "case": {"1"}}, "purpose"},
	} {
		p := b.post(t, path, c.form)
		if c.form.Get("case") == "" || strings.Contains(c.form.Get("purpose"), "138") {
			p.says(t, http.StatusUnprocessableEntity, c.says, "拒绝也留有回执")
		}
		p.silent(t, "<script>alert(1)")
		if !strings.Contains(p.Body, html.EscapeString(c.form.Get("purpose"))) {
			t.Errorf("what was typed is gone: %q", c.form.Get("purpose"))
		}
	}
	b.post(t, path, url.Values{"csrf": {"x"}, "purpose": {"核对"}, "case": {"1"}}).says(t, http.StatusForbidden, "表单已失效")
	w.as(t, "civil-steward", "zh").post(t, path, url.Values{"purpose": {"核对"}, "case": {"1"}}).says(t, http.StatusNotFound)
	check := "/grants/" + s.byCheck + "/try"
	b.post(t, check, url.Values{"purpose": {"核验"}, "case": {"9"}, "f.xm": {"张三丰"}}).says(t, http.StatusOK, "相符")
	b.post(t, check, url.Values{"purpose": {"核验"}, "case": {"9"}, "f.xm": {"张三"}}).says(t, http.StatusOK, "不相符")
	b.post(t, check, url.Values{"purpose": {"核验"}, "case": {"9"}}).says(t, http.StatusUnprocessableEntity)
	file := b.post(t, "/grants/"+s.byFile+"/try", url.Values{"purpose": {"下载核对"}, "case": {"10"}})
	if !strings.Contains(file.Header.Get("Content-Disposition"), s.byFile) || !strings.Contains(file.Body, "张**") {
		t.Errorf("%v %s", file.Header, file.Body)
	}
}

// Receipts are searched by a case number and by the value of a key, which come by POST; the proof of one can be had.
func TestReceiptsAreFound(t *testing.T) {
	w, s := sharing(t)
	b := w.as(t, "schools-approver", "zh")
	path := "/grants/" + s.grant
	b.post(t, path+"/try", url.Values{"purpose": {"回执查找"}, "case": {"回执-1"}, "f.xm": {"李四光"}}).says(t, http.StatusOK, "李**")
	b.post(t, path+"/try", url.Values{"purpose": {"回执查找"}, "case": {"回执-2"}}).says(t, http.StatusOK)
	b.post(t, path+"/receipts", url.Values{"by": {"case"}, "value": {"回执-1"}}).says(t, http.StatusOK, "回执查找", "已提供")
	one := b.post(t, path+"/receipts", url.Values{"by": {"person"}, "value": {"李四光"}})
	one.says(t, http.StatusOK, "回执查找")
	if n := strings.Count(one.Body, `data-label="回执"`); n != 1 {
		t.Errorf("%d receipts of one person, want 1", n)
	}
	b.post(t, path+"/receipts", url.Values{"by": {"person"}, "value": {"无此人"}}).says(t, http.StatusOK, "没有与该值相符的回执")
	b.post(t, path+"/try", url.Values{"purpose": {"少了编号"}}).says(t, http.StatusUnprocessableEntity)
	b.get(t, path+"/receipts?refused=1").says(t, http.StatusOK, "已拒绝", "请求格式不正确")
	list := b.get(t, path+"/receipts")
	list.says(t, http.StatusOK, "近 30 日用量", "<svg", "回执查找")
	m := receiptLink.FindStringSubmatch(list.Body)
	receipt := "/receipts/" + m[1]
	if err := w.anchored(t, m[1]); err != nil {
		t.Fatal(err)
	}
	b.get(t, receipt).says(t, http.StatusOK, "已锚定", "mulu verify --anchor anchor.json")
	proof := b.get(t, receipt+"/proof")
	if !json.Valid([]byte(proof.Body)) || !strings.Contains(proof.Header.Get("Content-Disposition"), "receipt-"+m[1][:16]) {
		t.Errorf("%v %s", proof.Header, proof.main())
	}
	lines := b.get(t, receipt+"/lines")
	if sum := sm.Sum([]byte(strings.SplitN(lines.Body, "\n", 2)[0])); hex.EncodeToString(sum[:]) != m[1] {
		t.Errorf("the lines are not the receipt's: %s", lines.Body)
	}
	b.get(t, "/receipts/"+strings.Repeat("0", 64)).says(t, http.StatusNotFound)
	for _, lang := range []string{"zh", "en"} {
		w.as(t, "civil-approver", lang).get(t, path+"/receipts").says(t, http.StatusOK)
	}
}

// A provider suspends with reasons, the gateway refuses the very next call, and it resumes.
func TestSuspendedGrantRefusesTheNextCall(t *testing.T) {
	w, s := sharing(t)
	provider, user := w.as(t, "civil-approver", "zh"), w.as(t, "schools-steward", "zh")
	path := "/grants/" + s.byCheck
	ask := url.Values{"purpose": {"核验"}, "case": {"9"}, "f.xm": {"张三丰"}}
	provider.get(t, path+"/suspend").says(t, http.StatusOK, "网关从下一次调用起拒绝", "第二十四条")
	provider.post(t, path+"/suspend", url.Values{"why": {""}}).says(t, http.StatusUnprocessableEntity)
	provider.post(t, path+"/suspend", url.Values{"why": {"<i>名单</i>待更新"}}).says(t, http.StatusSeeOther)
	p := user.get(t, path)
	p.says(t, http.StatusOK, "区民政局 已暂停这项授权", "&lt;i&gt;名单")
	p.silent(t, "<i>名单")
	user.post(t, path+"/try", ask).says(t, http.StatusUnprocessableEntity, "共享授权已暂停")
	user.get(t, path+"/resume").says(t, http.StatusForbidden)
	provider.post(t, path+"/resume", url.Values{"why": {"已核实"}}).says(t, http.StatusSeeOther)
	user.post(t, path+"/try", ask).says(t, http.StatusOK, "相符")
	deliverer := w.as(t, "schools-steward", "zh")
	deliverer.get(t, "/grants/"+s.waiting).says(t, http.StatusOK, "完成交付", "剩")
	bare := deliverer.get(t, "/grants/"+s.waiting+"/deliver")
	bare.says(t, http.StatusOK, "交付期限不再计算")
	bare.silent(t, `name="why"`)
	deliverer.post(t, "/grants/"+s.waiting+"/deliver", nil).says(t, http.StatusSeeOther)
	deliverer.get(t, "/grants/"+s.waiting).says(t, http.StatusOK, "授权有效")
}

// attach sends a form with attachments.
func (b *browser) attach(t *testing.T, path string, fields url.Values, files map[string][]byte) page {
	t.Helper()
	var body bytes.Buffer
	m := multipart.NewWriter(&body)
	write := func(name, value string) {
		if err := m.WriteField(name, value); err != nil {
			t.Fatal(err)
		}
	}
	if token, ok := fields["csrf"]; ok {
		write("csrf", token[0])
	} else {
		write("csrf", b.csrf)
	}
	for name, values := range fields {
		for _, v := range values {
			if name != "csrf" {
				write(name, v)
			}
		}
	}
	for name, content := range files {
		f, err := m.CreateFormFile(name, name+".txt")
		if err == nil {
			_, err = f.Write(content)
		}
		if err != nil {
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

// A node without a gateway says so where calls and receipts would stand, and sends nobody into an error.
func TestNodeWithoutGateway(t *testing.T) {
	w, s := sharing(t)
	c := w.web.Config
	c.Calls = nil
	pages, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	at, err := url.Parse(w.server.URL)
	if err != nil {
		t.Fatal(err)
	}
	for lang, says := range map[string]string{"zh": "本节点不提供取数网关", "en": "This node has no gateway"} {
		b := w.as(t, "schools-steward", lang)
		for path, status := range map[string]int{"?tab=call": 200, "?tab=try": 200, "/receipts": 200, "": 200} {
			r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/grants/"+s.grant+path, nil)
			for _, k := range b.http.Jar.Cookies(at) {
				r.AddCookie(k)
			}
			r.AddCookie(&http.Cookie{Name: languageCookie, Value: lang})
			got := httptest.NewRecorder()
			pages.Handler().ServeHTTP(got, r)
			if got.Code != status || path != "" && !strings.Contains(got.Body.String(), says) {
				t.Errorf("%s %s: %d, want %d with %q", lang, path, got.Code, status, says)
			}
		}
	}
}
