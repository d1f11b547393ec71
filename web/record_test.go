package web

import (
	"crypto/rand"
	"fmt"
	"net/http"
	"net/url"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"mulu"
	"mulu/act"
	"mulu/law/script"
	"mulu/proof"
	"mulu/read"
)

func TestChainPage(t *testing.T) {
	w := aTown(t)
	for lang, words := range map[string][]string{"zh": {"运行正常", "最新检查点", "联签节点", "自己核验", "mulu verify", "本节点"}, "en": {"Running well", "Newest checkpoint", "Check it yourself", "This node"}} {
		w.as(t, "", lang).get(t, "/chain").says(t, 200, append(words, "node-1", "town-1", script.Key("节点:node-1", 1).Public().String())...)
	}
}

// Each record has its page, in both languages, with whatever was said in it.
func TestEachRecord(t *testing.T) {
	w := aTown(t)
	w.refused(t)
	size := w.chain.Size()
	for n := range size {
		for _, lang := range Languages {
			p := w.as(t, "bureau-approver", lang).get(t, fmt.Sprintf("/records/%d", n))
			p.says(t, 200, "<h1>", `class="bytes"`)
			if p.Status != 200 {
				return
			}
		}
	}
	for _, path := range []string{fmt.Sprintf("/records/%d", size+1000), "/records/-1", "/records/x", "/records/99999999999999999999", "/records/5x/proof", "/records/x/certificate"} {
		w.as(t, "", "zh").get(t, path).says(t, 404, "没有找到")
	}
}

// refused has an act refused in its block, so that the refusal is on record, and gives its number.
func (w *town) refused(t *testing.T) uint64 {
	t.Helper()
	s, err := act.Sign(&act.RegisterDuty{Name: "社会救助", Basis: "重复登记"}, act.By{Chain: "town-1", Org: townCivil}, script.Key("区民政局", 1), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	done, err := w.desk.Submit(t.Context(), s)
	if err == nil {
		t.Fatal("the second duty of one name was accepted")
	}
	if err := w.read.Wait(t.Context(), done.Outcome.N+1); err != nil {
		t.Fatal(err)
	}
	return done.Outcome.N
}

func TestRecordList(t *testing.T) {
	w := aTown(t)
	no := w.refused(t)
	b := w.as(t, "bureau-approver", "zh")
	row := regexp.MustCompile(`<a href="/records/(\d+)">\d+</a></td>`)
	next := regexp.MustCompile(`href="([^"]*before=[^"]*)" rel="next"`)
	numbers := func(path string) (all []string) {
		for path != "" {
			p := b.get(t, path)
			p.says(t, 200)
			for _, m := range row.FindAllStringSubmatch(p.Body, -1) {
				all = append(all, m[1])
			}
			m := next.FindStringSubmatch(p.Body)
			path = ""
			if m != nil {
				path = strings.ReplaceAll(m[1], "&amp;", "&")
			}
		}
		return all
	}
	all := numbers("/records")
	if want := w.chain.Size(); uint64(len(all)) != want || all[len(all)-1] != "0" {
		t.Errorf("the list goes over %d records, there are %d", len(all), want)
	}
	if got := numbers("/records?said=genesis"); len(got) != 1 || got[0] != "0" {
		t.Errorf("genesis: %v", got)
	}
	p := b.get(t, "/records?refused=1&org="+townCivil)
	p.says(t, 200, fmt.Sprintf(`/records/%d"`, no), "未予办理", "已有同名的职责")
	w.as(t, "", "zh").get(t, "/records?refused=1").silent(t, "已有同名的职责") // what was refused is not for everybody
	w.as(t, "bureau-approver", "en").get(t, "/records?refused=1").says(t, 200, "refused", "There already is a duty named")
	b.get(t, "/records?org=999").says(t, 200, "没有符合条件的记录")
	b.get(t, "/records?org="+url.QueryEscape(scripted)+"&art=x&before=x&said=x").says(t, 200, "没有符合条件的记录")
	counts, err := w.read.Articles(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range counts {
		if got := numbers(fmt.Sprintf("/records?art=%d", a.Number)); len(got) != a.Records+a.Refused {
			t.Errorf("article %d: %d records listed, %d counted", a.Number, len(got), a.Records+a.Refused)
		}
	}
}

// What may not be read by all is shown to whom it concerns: that it happened is for everybody, what it says is not.
func TestWhoReadsARecord(t *testing.T) {
	w := aTown(t)
	at := func(kind mulu.Kind, id, fact string) string {
		steps, err := w.read.History(t.Context(), kind, id, read.Page{Limit: 1000})
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range steps {
			if s.Fact == fact {
				return fmt.Sprintf("/records/%d", s.N)
			}
		}
		t.Fatalf("nothing is known of %s %s %s", kind, id, fact)
		return ""
	}
	unpublished := at(mulu.KindEntry, w.named["submitted"], "entry.submitted")
	published := at(mulu.KindEntry, w.named["schools"], "entry.published")
	returned := at(mulu.KindEntry, w.named["returned"], "entry.returned")
	system := at(mulu.KindSystem, w.named["welfare"], "system.registered")
	const secret = "低保金发放明细"
	for _, c := range []struct {
		path, login string
		reads       bool
	}{{unpublished, "", false}, {unpublished, "schools-approver", false}, {unpublished, "civil-reader", true}, {unpublished, "bureau-reader", true},
		{published, "", true}, {published, "civil-reader", true}, {returned, "", false}, {returned, "schools-reader", false}, {returned, "civil-reader", true},
		{system, "", false}, {system, "schools-reader", true}, {"/records/0", "", true}} {
		p := w.as(t, c.login, "zh").get(t, c.path)
		p.says(t, 200, "记录信息")
		if got := strings.Contains(p.Body, `class="bytes"`); got != c.reads {
			t.Errorf("%q reads %s: %v, want %v", c.login, c.path, got, c.reads)
		}
		if !c.reads {
			p.says(t, 200, "内容只对有关机构和主管部门显示")
			p.silent(t, secret, "请写明覆盖范围")
			w.as(t, c.login, "zh").get(t, c.path+"/certificate").silent(t, secret)
		}
		want := map[bool]int{true: http.StatusOK, false: http.StatusNotFound}[c.reads]
		if !c.reads && c.login == "" {
			want = http.StatusUnauthorized
		}
		w.as(t, c.login, "zh").get(t, c.path+"/proof").says(t, want)
	}
	name := w.persons["civil-steward"].Name
	w.as(t, "civil-reader", "zh").get(t, unpublished).says(t, 200, name, w.persons["civil-steward"].ID)
	other := w.as(t, "bureau-approver", "zh").get(t, unpublished)
	other.says(t, 200, w.persons["civil-steward"].ID)
	other.silent(t, name)
}

// What the pages give to keep is what the offline check accepts.
func TestProofs(t *testing.T) {
	w := aTown(t)
	b := w.as(t, "bureau-approver", "zh")
	file := b.get(t, "/chain/anchor")
	file.says(t, 200, "mulu-anchor/1")
	if got := file.Header.Get("Content-Disposition"); got != `attachment; filename="anchor.json"` {
		t.Error(got)
	}
	anchor, err := proof.ParseAnchor([]byte(file.Body))
	if err != nil {
		t.Fatal(err)
	}
	covered := townChain{w.chain}.Standing().CheckpointSize
	for _, n := range []uint64{0, 1, covered / 2, covered - 1} {
		p := b.get(t, fmt.Sprintf("/records/%d/proof", n))
		p.says(t, 200)
		if got := p.Header.Get("Content-Type"); got != "application/json" {
			t.Error(got)
		}
		if _, err := proof.Verify([]byte(p.Body), anchor); err != nil {
			t.Errorf("record %d: %v", n, err)
		}
	}
	p := w.as(t, "", "zh").get(t, "/chain/consistency?from=3")
	p.says(t, 200)
	if _, err := proof.Verify([]byte(p.Body), anchor); err != nil {
		t.Error(err)
	}
	for _, from := range []string{"", "0", "abc", "-1", "99999999", scripted} {
		p := w.as(t, "", "zh").get(t, "/chain/consistency?from="+url.QueryEscape(from))
		p.says(t, 422, "不能作为起始记录数")
		p.silent(t, scripted)
	}
	w.as(t, "", "en").get(t, "/chain/consistency?from=x").says(t, 422, "is no number of records", `value="x"`)
	b.get(t, "/records/1/certificate").says(t, 200, "目录链记录凭证", "演练环境生成", b.town.server.Listener.Addr().String()+"/records/1", "mulu verify --anchor anchor.json record-1.json")
	w.as(t, "", "en").get(t, "/records/1/certificate").says(t, 200, "Certificate of a record", "without legal effect")
}

// Each field of what stands on the chain has a word in both languages, so that a record reads in words.
func TestEachFieldHasAWord(t *testing.T) {
	nouns := []any{mulu.Org{}, mulu.SigningKey{}, mulu.Node{}, mulu.Client{}, mulu.Calendar{}, mulu.Clock{}, mulu.Profile{}, mulu.Duty{}, mulu.Entry{}, mulu.System{}, mulu.Table{},
		mulu.Link{}, mulu.Application{}, mulu.Grant{}, mulu.Dispute{}, mulu.Dataset{}, mulu.Receipts{}, mulu.Objection{}, mulu.Review{}, mulu.Finding{}, mulu.UseReport{},
		mulu.UseFlag{}, mulu.LoadTerms{}, mulu.Term{}, mulu.Genesis{}}
	en, err := readWords("en")
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	var walk func(reflect.Type)
	walk = func(k reflect.Type) {
		for k.Kind() == reflect.Pointer || k.Kind() == reflect.Slice {
			k = k.Elem()
		}
		if k.Kind() != reflect.Struct {
			return
		}
		for i := range k.NumField() {
			name, _, _ := strings.Cut(k.Field(i).Tag.Get("json"), ",")
			if name != "" && !seen[name] {
				seen[name] = true
				zh := mulu.Say(name, "zh")
				if w, ok := stateWords[name]; ok {
					zh = w
					if en[w] == "" {
						t.Errorf("%s: no English for %q", name, w)
					}
				}
				if !chinese(zh) {
					t.Errorf("%s.%s: the field %q has no word", k.Name(), k.Field(i).Name, name)
				}
			}
			walk(k.Field(i).Type)
		}
	}
	for _, n := range nouns {
		walk(reflect.TypeOf(n))
	}
	if len(seen) < 100 {
		t.Errorf("only %d fields were looked at", len(seen))
	}
}
