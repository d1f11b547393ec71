package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"mulu"
	"mulu/act"
)

// aStation gives a published entry of civil's for a test, whose data may stay with its owner.
func aStation(t *testing.T, w *town, short string) string {
	t.Helper()
	err := w.enter("civil-steward", short, "rescue", short, nil)
	if err == nil {
		err = w.verify(short)
	}
	if err != nil {
		t.Fatal(err)
	}
	return w.named[short]
}

// A steward adds the institution's interface, binds an entry to it and connects the data. The token is never shown, what is not
// listed is not reached, and the bureau sees the entry without the address.
func TestAnInterfaceIsConnected(t *testing.T) {
	w := aTown(t)
	code := aStation(t, w, "救助站点一")
	b := w.as(t, "civil-steward", "zh")
	b.get(t, "/sources/new?sort=api").says(t, 200, "登记连接", "接口地址", "令牌", "HTTP 接口")
	b.get(t, "/sources/new?sort=sqlite").says(t, 200, "主机", "数据库名") // no file is connected here
	form := url.Values{"sort": {"api"}, "id": {"stations"}, "address": {w.office.URL + "/api"}, "plain": {"1"}, "secret": {ownersToken}}
	with := func(name, value string) url.Values {
		f := url.Values{}
		for k, v := range form {
			f[k] = v
		}
		f.Set(name, value)
		return f
	}
	b.post(t, "/sources/new", with("id", "Upper Case")).says(t, 422, "连接名称")
	b.post(t, "/sources/new", with("address", "http://127.0.0.1:9/api")).says(t, 422, "地址不在本节点的可访问范围内")
	b.post(t, "/sources/new", with("plain", "")).says(t, 422, "https://")
	if p := b.post(t, "/sources/new", with("secret", "wrong")); p.Status != 422 || strings.Contains(p.Body, "wrong") {
		t.Errorf("a wrong token: %d %s", p.Status, p.main())
	}
	p := b.post(t, "/sources/new", form)
	p.says(t, http.StatusSeeOther)
	b.post(t, "/sources/new", form).says(t, 422, "已有名为 stations 的连接")
	if p = b.get(t, "/sources"); strings.Contains(p.Body, ownersToken) {
		t.Error("the page shows the token")
	}
	p.says(t, 200, "stations", "HTTP 接口", w.office.URL)
	b.post(t, "/sources/stations/test", nil).says(t, http.StatusSeeOther)
	b.get(t, "/sources").says(t, 200, "可以连接", "还没有绑定数据目录")
	if p = b.get(t, "/sources/stations"); strings.Contains(p.Body, ownersToken) {
		t.Error("the form shows the token")
	}
	p.says(t, 200, "留空即沿用原来的")
	b.post(t, "/sources/stations", with("secret", "")).says(t, http.StatusSeeOther) // the token that is kept

	schools := w.as(t, "schools-steward", "zh")
	if p := schools.get(t, "/sources"); strings.Contains(p.Body, "stations") {
		t.Error("another institution sees the connection")
	}
	schools.get(t, "/sources/stations").says(t, 404)
	schools.post(t, "/sources/stations/test", nil).says(t, 404)
	schools.post(t, "/sources/new", with("csrf", schools.csrf)).says(t, 422, "已被使用")

	at := "/entries/" + code + "/source"
	b.get(t, "/entries/"+code).says(t, 200, "数据来源")
	b.get(t, at).says(t, 200, "选择连接", "stations")
	b.get(t, at+"?connection=stations").says(t, 200, "怎样调用", "返回的字段", "每 1 小时")
	call := url.Values{"connection": {"stations"}, "path": {"/stations"}, "rows": {"data"}, "column.id": {"id"}, "column.street": {"street"}}
	b.post(t, at, url.Values{"connection": {"stations"}, "path": {"stations"}, "column.id": {"id"}}).says(t, 422, "以 / 开头")
	b.post(t, at, url.Values{"connection": {"stations"}, "path": {"/stations"}, "rows": {"data"}, "column.street": {"street"}}).says(t, 422, "没有绑定到列")
	b.post(t, at+"/connect", nil).says(t, 409, "没有绑定数据源")
	b.post(t, at, call).says(t, http.StatusSeeOther)
	b.get(t, at).says(t, 200, "连接数据", "立即取数", "/stations", "手动取数")
	schools.post(t, "/entries/"+w.named["schools"]+"/source", url.Values{"connection": {"stations"}}).says(t, 404, "没有这个连接")
	b.post(t, at+"/connect", nil).says(t, http.StatusSeeOther)
	if d := one[mulu.Dataset](t, w, mulu.KindDataset, code); d.Status != "connected" || d.Source != "api" {
		t.Errorf("%+v", d)
	}
	b.get(t, at).says(t, 200, "由数据源直接提供", "直接提供")
	bureau := w.as(t, "bureau-steward", "zh")
	if p = bureau.get(t, "/sources"); strings.Contains(p.Body, w.office.URL) {
		t.Error("the bureau sees the address")
	}
	p.says(t, 200, "全区由数据源直接提供的目录", "救助站点一", "区民政局")
	w.as(t, "civil-steward", "en").get(t, at).says(t, 200, "Served by its source", "Bind anew")
	b.post(t, "/sources/stations/remove", nil).says(t, 422, "还绑定在这个连接上")
	b.post(t, at+"/unbind", nil).says(t, 409, "请先断开数据")
	b.get(t, "/entries/"+code+"/disconnect").says(t, 200, "授权仍在，但暂时取不到数据")
	b.post(t, "/entries/"+code+"/disconnect", url.Values{"why": {"数据源系统停用"}}).says(t, http.StatusSeeOther)
	b.get(t, at).says(t, 200, "连接数据", "解除绑定")
	b.post(t, at+"/unbind", nil).says(t, http.StatusSeeOther)
	b.post(t, "/sources/stations/remove", nil).says(t, http.StatusSeeOther)
	b.get(t, "/sources").says(t, 200, "连接 stations 已删除")
	if p := b.get(t, "/sources"); strings.Contains(p.Body, "stations") {
		t.Error("the connection is still there")
	}
}

// A table of a database is found for an entry, its columns are proposed with reasons, and its rows are pulled as a version.
func TestATableIsBoundAndPulled(t *testing.T) {
	w := aTown(t)
	code := aStation(t, w, "救助站点二")
	if err := w.ownsFile(t.Context(), townCivil, "civil-files", "CREATE TABLE zd (id TEXT NOT NULL PRIMARY KEY, street TEXT, other TEXT)", "CREATE TABLE log (n INTEGER)",
		"INSERT INTO zd VALUES ('A1','金融街街道',''),('A2','德胜街道','')"); err != nil {
		t.Fatal(err)
	}
	b := w.as(t, "civil-steward", "zh")
	b.get(t, "/sources/civil-files").says(t, 200, "由系统管理员")
	b.post(t, "/sources/civil-files", url.Values{"host": {"db"}, "port": {"1"}}).says(t, 422, "只能由系统管理员")
	at := "/entries/" + code + "/source"
	b.get(t, at+"?connection=civil-files").says(t, 200, "可能存放这些数据的库表", "zd", "2/2", "log")
	if p := b.get(t, at+"?connection=civil-files&q=zd"); strings.Contains(p.main(), "log") {
		t.Error("the words do not narrow the list")
	}
	p := b.get(t, at+"?connection=civil-files&table=zd")
	p.says(t, 200, "列名与字段名相同", "2 行", `value="id"`, "区分行的列")
	b.get(t, at+"?connection=civil-files&table=gone").says(t, 200, "库表或者接口与绑定不符")
	form := url.Values{"connection": {"civil-files"}, "table": {"zd"}, "column.id": {"id"}, "column.street": {"street"}}
	b.post(t, at, form).says(t, 422, "区分每一行的列", `<option value="street" selected>`)
	form.Set("keys", "id")
	form.Set("at", "02:30")
	form.Set("every", "60")
	b.post(t, at, form).says(t, 422, "只写一种")
	form.Set("every", "")
	form.Set("at", "")
	b.post(t, at, form).says(t, http.StatusSeeOther)
	b.get(t, at).says(t, 200, "手动取数", "立即取数")
	p = b.post(t, at+"/pull", nil)
	p.says(t, http.StatusSeeOther)
	b.comesToRest(t, p.Location).says(t, 200, "已发布为第 1 版数据，共 2 行")
	form.Set("at", "02:30")
	b.post(t, at, form).says(t, http.StatusSeeOther)
	b.get(t, at).says(t, 200, "每日 02:30")
	b.get(t, at+"?connection=civil-files&table=zd").says(t, 200, `value="02:30"`)
	b.get(t, "/sources").says(t, 200, "civil-files", "救助站点二", "每日 02:30")
	if d := one[mulu.Dataset](t, w, mulu.KindDataset, code); d.Rows != 2 || d.Status != "serving" {
		t.Errorf("%+v", d)
	}
}

// A system's tables are scanned, and what was ticked is registered, act by act; what was not stays as it was, and the steward's
// page of tasks tells of it.
func TestAScanIsRegisteredByAPerson(t *testing.T) {
	w := aTown(t)
	if err := w.ownsFile(t.Context(), townCivil, "scan-files", "CREATE TABLE came (id TEXT NOT NULL PRIMARY KEY, name VARCHAR(20))", "CREATE TABLE also (n INTEGER)",
		"CREATE TABLE changed (id TEXT NOT NULL PRIMARY KEY, more TEXT)"); err != nil {
		t.Fatal(err)
	}
	done := w.do(t, townCivil, &act.RegisterSystem{Name: "探查用系统", Network: "government", Level: 2, Databases: []string{"scan-files.db"}})
	system := done.Outcome.Facts[0].ID
	for _, name := range []string{"changed", "went"} {
		w.do(t, townCivil, &act.RegisterTable{System: system, Database: "scan-files.db", Name: name, Columns: []mulu.Column{{Name: "id", Type: "TEXT", IsKey: true}}})
	}
	b := w.as(t, "civil-steward", "zh")
	b.get(t, "/systems/"+system).says(t, 200, "库表探查")
	b.get(t, "/systems/"+system+"/scan").says(t, 200, "开始探查", "scan-files.db", "只读取库表结构")
	b.post(t, "/systems/"+system+"/scan", url.Values{"connection": {"nobody's"}}).says(t, 404, "没有这个连接")
	size := w.chain.Size()
	at := b.aScan(t, system, "scan-files", "scan-files.db")
	b.get(t, at).says(t, 200, "查看了 3 张库表，4 张与登记的不一致", "新增的库表", "结构有变的库表", "库中已没有的库表", "新增列 more", "登记勾选的变化")
	if w.chain.Size() != size {
		t.Error("something was registered before anybody ticked it")
	}
	b.get(t, "/").says(t, 200, "与库中不一致的库表目录", "探查用系统")
	w.as(t, "civil-steward", "en").get(t, at).says(t, 200, "New tables", "New column more")
	w.as(t, "schools-steward", "zh").get(t, at).says(t, 404)
	b.post(t, at, nil).says(t, 422, "没有选择要登记的变化")
	changes := map[string]string{"also": "0", "came": "1", "changed": "2", "went": "3"} // by name
	b.post(t, at, url.Values{"change": {changes["came"], changes["changed"], changes["went"], "99"}, "why": {"库表探查未见此表"}}).says(t, http.StatusSeeOther)
	b.scanRests(t, at).says(t, 200, "已登记 3 项上链")
	present := map[string]int{}
	for _, x := range w.desk.TablesOf(system) {
		if x.Status == "present" {
			present[x.Name] = len(x.Columns)
		}
	}
	if len(present) != 2 || present["came"] != 2 || present["changed"] != 2 {
		t.Errorf("%v", present)
	}
	b.get(t, "/systems/"+system+"/scan").says(t, 200, "新增 1，变更 0，已无 0")
	at = b.aScan(t, system, "scan-files", "scan-files.db")
	b.get(t, at).says(t, 200, "1 张与登记的不一致", "also")
	b.post(t, at, url.Values{"change": {"0"}}).says(t, http.StatusSeeOther)
	b.scanRests(t, at)
	b.get(t, b.aScan(t, system, "scan-files", "scan-files.db")).says(t, 200, "与登记的一致")
	if p := b.get(t, "/"); strings.Contains(p.Body, "探查用系统") {
		t.Error("the task stays though nothing differs")
	}
}
