package web

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"mulu"
	"mulu/act"
	"mulu/law/script"
	"mulu/people"
)

// newcomer registers an institution of a test's own, with the key of its short name, and gives its id.
func (w *town) newcomer(t *testing.T, short string, sort mulu.OrgKind) string {
	t.Helper()
	n := 0
	for _, r := range short {
		n = n*31 + int(r)
	}
	done := w.do(t, townBureau, &act.RegisterOrg{Name: "测试区" + short, Short: short, Sort: string(sort), CreditCode: mulu.CreditCode(fmt.Sprintf("12110102%08d", n%100000000)),
		Key: w.key(short).Public().String()})
	for _, f := range done.Outcome.Facts {
		if f.Noun == mulu.KindOrg {
			return f.ID
		}
	}
	t.Fatal("nothing was registered")
	return ""
}

// person makes an account of a test's own and gives its browser.
func (w *town) person(t *testing.T, login, org, lang string, roles ...people.Role) *browser {
	t.Helper()
	_, token, err := w.people.Invite(context.Background(), people.Owner, people.Account{Login: login, Name: "测试" + login, Org: org, Roles: roles})
	if err != nil {
		t.Fatal(err)
	}
	if w.persons[login], err = w.people.Redeem(context.Background(), token, townPassword, people.Origin{Address: "192.0.2.1"}); err != nil {
		t.Fatal(err)
	}
	return w.as(t, login, lang)
}

// follow is post for what must be accepted: it gives the page that the form leads to.
func (b *browser) follow(t *testing.T, path string, form url.Values) page {
	t.Helper()
	p := b.post(t, path, form)
	if p.Status != http.StatusSeeOther {
		t.Fatalf("%s: %d, want to be led on\n%s", path, p.Status, p.Text())
	}
	return b.get(t, p.Location)
}

func form2(pairs ...string) url.Values {
	f := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		f.Add(pairs[i], pairs[i+1])
	}
	return f
}

const scripted = `<script>alert("1")</script>`

func TestOrgs(t *testing.T) {
	w := aTown(t)
	for lang, words := range map[string][]string{"zh": {"公共机构名录", "行政机关", "应当执行", "未参照执行", "主管部门"}, "en": {"The register of public institutions", "administrative organ", "not following", "The bureau"}} {
		w.as(t, "", lang).get(t, "/orgs").says(t, 200, append(words, "测试区民政局", "测试区自来水公司")...)
		w.as(t, "", lang).get(t, "/orgs/"+townCivil).says(t, 200, "测试区民政局", w.code(t, townCivil).SigningKey)
	}
	b := w.as(t, "", "zh")
	service := b.get(t, "/orgs?sort=service")
	service.says(t, 200, "测试区自来水公司")
	service.silent(t, "测试区民政局")
	bound := b.get(t, "/orgs?follows=bound&q=测试区")
	bound.says(t, 200, "测试区民政局")
	bound.silent(t, "测试区自来水公司")
	free := b.get(t, "/orgs?follows=free&q=自来水")
	free.says(t, 200, "测试区自来水公司")
	b.get(t, "/orgs?follows=joined&q=自来水").says(t, 200, "没有符合条件的机构")
	b.get(t, "/orgs?q="+url.QueryEscape(scripted)).says(t, 200, "没有符合条件的机构", "&lt;script&gt;")
	b.get(t, "/orgs/999").says(t, 404)
}

func (w *town) code(t *testing.T, org string) mulu.Org { return one[mulu.Org](t, w, mulu.KindOrg, org) }

// Who sees which form: the bureau's approver amends and closes, security administrators have to do with keys.
func TestOrgForms(t *testing.T) {
	w := aTown(t)
	path := "/orgs/" + townCivil
	for login, forms := range map[string]string{"": "", "civil-steward": "", "civil-approver": "", "schools-security": "", "civil-security": "rotate revoke",
		"bureau-security": "revoke replace", "bureau-approver": "amend close", "bureau-auditor": ""} {
		p := w.as(t, login, "zh").get(t, path)
		for _, f := range []string{"amend", "close", "join", "rotate", "revoke", "replace"} {
			if got, want := strings.Contains(p.Body, `action="`+path+"/"+f+`"`), strings.Contains(forms, f); got != want {
				t.Errorf("%s sees the form %s: %v", login, f, got)
			}
		}
	}
	own := w.as(t, "bureau-security", "zh").get(t, "/orgs/"+townBureau)
	own.says(t, 200, `/rotate"`)
	own.silent(t, `/orgs/001/revoke"`)
	w.as(t, "civil-system", "zh").get(t, path).says(t, 200, "账号数")
	w.as(t, "schools-system", "zh").get(t, path).silent(t, "账号数")
}

func TestCreditCodeAsTyped(t *testing.T) {
	w := aTown(t)
	good := mulu.CreditCode("1211010288888888")
	wrongCheck := good[:17] + map[bool]string{true: "1", false: "0"}[good[17] == '0']
	for code, says := range map[string]string{good: "代码校验通过", good[:17]: "应为 18 位", "I" + good[1:]: "不允许的字符", wrongCheck: "末位校验不符",
		good[:16] + map[bool]string{true: "1", false: "0"}[good[16] == '0'] + good[17:]: "第 17 位校验不符"} {
		w.as(t, "bureau-approver", "zh").part(t, "/orgs/check?credit_code="+code).says(t, 200, says)
	}
	w.as(t, "bureau-approver", "zh").part(t, "/orgs/check?credit_code=").silent(t, "校验")
	w.as(t, "bureau-approver", "en").part(t, "/orgs/check?credit_code="+good).says(t, 200, "the code checks")
	w.as(t, "civil-approver", "zh").get(t, "/orgs/check?credit_code=1").says(t, 403)
}

func TestRegisterOrg(t *testing.T) {
	w := aTown(t)
	b := w.as(t, "bureau-approver", "zh")
	b.get(t, "/orgs/new").says(t, 200, "登记机构", "第十五条第三款")
	w.as(t, "bureau-approver", "en").get(t, "/orgs/new").says(t, 200, "Register an institution", "mulu key")
	for _, login := range []string{"bureau-steward", "civil-approver", "bureau-system"} {
		w.as(t, login, "zh").get(t, "/orgs/new").says(t, 403)
	}
	typed := form2("name", "测试区园林绿化局", "short", "区园林局", "sort", "organ", "credit_code", "11110102000000000", "key", w.key("区园林局").Public().String())
	b.post(t, "/orgs/new", typed).says(t, 422, "应为 18 位", "测试区园林绿化局", "区园林局", "第二条")
	typed.Del("csrf")
	w.as(t, "bureau-approver", "en").post(t, "/orgs/new", typed).says(t, 422, "must have 18 characters", "测试区园林绿化局")
	typed.Set("credit_code", mulu.CreditCode("1211010277777777"))
	typed.Del("csrf")
	typed.Set("name", scripted)
	typed.Set("key", scripted)
	p := b.post(t, "/orgs/new", typed)
	p.says(t, 422, "公钥格式不正确", "&lt;script&gt;")
	p.silent(t, scripted)
	forged := url.Values{"csrf": {"x"}, "name": {"伪造"}}
	b.post(t, "/orgs/new", forged).says(t, 403, "表单已失效")
	typed.Set("name", "测试区园林绿化局")
	typed.Set("key", w.key("区园林局").Public().String())
	p = b.follow(t, "/orgs/new", typed)
	p.says(t, 200, "测试区园林绿化局", "机构已登记", "下一步：为该机构邀请系统管理员", "记录 ")
	b.post(t, "/orgs/new", typed).says(t, 422, "已登记")
	long := form2("name", strings.Repeat("长", 300), "short", "长", "sort", "organ", "credit_code", mulu.CreditCode("1211010266666666"), "key", w.key("长").Public().String())
	b.post(t, "/orgs/new", long).says(t, 422, "最多 200 个字")
	huge := form2("name", strings.Repeat("长", 1<<20))
	b.post(t, "/orgs/new", huge).says(t, 413, "提交的内容过大")
}

func TestAmendAndCloseOrg(t *testing.T) {
	w := aTown(t)
	id := w.newcomer(t, "区档案馆", mulu.Authorised)
	b := w.as(t, "bureau-approver", "zh")
	b.post(t, "/orgs/"+id+"/amend", form2("name", "测试区区档案馆", "short", "区档案馆", "why", "核对")).says(t, 422, "没有任何变化", "核对")
	b.post(t, "/orgs/"+id+"/amend", form2("name", "测试区档案局", "short", "区档案馆", "why", "")).says(t, 422, "理由", "测试区档案局")
	b.follow(t, "/orgs/"+id+"/amend", form2("name", "测试区档案局", "short", "区档案局", "why", "机构改革")).says(t, 200, "测试区档案局", "曾用名", "测试区区档案馆", "机构改革")
	if o := w.code(t, id); o.Name != "测试区档案局" || o.Short != "区档案局" {
		t.Errorf("%+v", o)
	}
	b.post(t, "/orgs/"+townCivil+"/close", form2("why", "撤并")).says(t, 422, "名下还有数据目录", "撤并")
	b.post(t, "/orgs/"+townBureau+"/close", form2("why", "撤并")).says(t, 422, "主管部门不能撤销")
	w.as(t, "civil-approver", "zh").post(t, "/orgs/"+id+"/close", form2("why", "撤并")).says(t, 403)
	b.follow(t, "/orgs/"+id+"/close", form2("why", "并入区档案中心")).says(t, 200, "已终止", "并入区档案中心")
	b.post(t, "/orgs/999/close", form2("why", "没有")).says(t, 422, "没有编号为“999”的机构")
}

// An institution that is not bound joins and leaves by its own choice; nobody does it for another.
func TestJoinChain(t *testing.T) {
	w := aTown(t)
	id := w.newcomer(t, "测试公交", mulu.Service)
	b := w.person(t, "gongjiao-approver", id, "zh", people.Approver)
	b.get(t, "/orgs/"+id).says(t, 200, "参照执行后")
	b.follow(t, "/orgs/"+id+"/join", form2("joins", "1")).says(t, 200, "参照目录链管理", "不再参照执行")
	if !w.code(t, id).Joined {
		t.Error("it has not joined")
	}
	b.post(t, "/orgs/"+id+"/join", form2("joins", "0", "why", "")).says(t, 422, "理由")
	b.follow(t, "/orgs/"+id+"/join", form2("joins", "0", "why", "业务停办")).says(t, 200, "未参照执行", "业务停办")
	w.as(t, "bureau-approver", "zh").post(t, "/orgs/"+id+"/join", form2("joins", "1")).says(t, 403)
	w.as(t, "civil-approver", "zh").post(t, "/orgs/"+townCivil+"/join", form2("joins", "1")).says(t, 422, "应当按目录链管理")
}

func TestKeys(t *testing.T) {
	w := aTown(t)
	id := w.newcomer(t, "测试体育馆", mulu.Authorised)
	own, bureau := w.person(t, "tiyu-security", id, "zh", people.Security), w.as(t, "bureau-security", "zh")
	second, third := script.Key("测试体育馆", 2), script.Key("测试体育馆", 3)
	w.keys[second.Public().String()], w.keys[third.Public().String()] = second, third
	own.post(t, "/orgs/"+id+"/rotate", form2("key", "abc")).says(t, 422, "公钥格式不正确", "abc")
	own.follow(t, "/orgs/"+id+"/rotate", form2("key", second.Public().String())).says(t, 200, "密钥已更换", second.Public().String())
	w.as(t, "civil-security", "zh").post(t, "/orgs/"+id+"/revoke", form2("why", "别家的")).says(t, 403)
	w.as(t, "civil-security", "zh").post(t, "/orgs/"+id+"/rotate", form2("key", third.Public().String())).says(t, 403)
	bureau.post(t, "/orgs/"+id+"/revoke", form2("why", "")).says(t, 422, "理由")
	bureau.follow(t, "/orgs/"+id+"/revoke", form2("why", "私钥遗失")).says(t, 200, "无有效密钥", "私钥遗失", "不能办理任何事项")
	own.post(t, "/orgs/"+id+"/rotate", form2("key", third.Public().String())).says(t, 422, "已吊销")
	bureau.post(t, "/orgs/"+id+"/replace", form2("key", second.Public().String(), "why", "公函〔2026〕8号")).says(t, 422, "登记过", "公函〔2026〕8号")
	bureau.follow(t, "/orgs/"+id+"/replace", form2("key", third.Public().String(), "why", "公函〔2026〕8号")).says(t, 200, "密钥已补发", third.Public().String())
	elsewhere := script.Key("测试体育馆", 4) // this node does not hold it
	own.follow(t, "/orgs/"+id+"/rotate", form2("key", elsewhere.Public().String())).says(t, 200, "本节点没有贵机构的私钥")
	own.post(t, "/orgs/"+id+"/rotate", form2("key", script.Key("测试体育馆", 5).Public().String())).says(t, 409, "本节点没有贵机构的签名密钥")
}
