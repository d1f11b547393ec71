package web

import (
	"encoding/hex"
	"net/http"
	"net/url"
	"regexp"
	"testing"

	"mulu"
	"mulu/sm"
)

// A machine client's token is shown once; the chain holds its digest only. Registering and revoking are for the security
// administrator.
func TestClients(t *testing.T) {
	w := aTown(t)
	b := w.as(t, "civil-security", "zh")
	w.as(t, "civil-steward", "zh").get(t, "/clients/new").says(t, http.StatusForbidden)
	w.as(t, "civil-steward", "zh").post(t, "/clients/new", url.Values{"name": {"越权"}}).says(t, http.StatusForbidden)
	b.post(t, "/clients/new", url.Values{"name": {""}}).says(t, http.StatusUnprocessableEntity, "“名称”未填写或过短")
	p := b.post(t, "/clients/new", url.Values{"name": {"救助核对系统"}})
	p.says(t, http.StatusOK, "令牌只显示这一次", "救助核对系统", "Authorization: Bearer", "/gateway/G-000001/query")
	m := regexp.MustCompile(`<code id="token">([\w-]{43})</code>`).FindStringSubmatch(p.Body)
	if m == nil {
		t.Fatal("no token is shown")
	}
	digest := sm.Sum([]byte(m[1]))
	ids := w.chain.Find(mulu.KindClient, "digest/"+hex.EncodeToString(digest[:]))
	if len(ids) != 1 {
		t.Fatalf("%d clients have the token's digest", len(ids))
	}
	list := b.get(t, "/clients")
	list.says(t, http.StatusOK, "救助核对系统", ids[0])
	list.silent(t, m[1])
	b.post(t, "/clients/new", url.Values{"name": {"救助核对系统"}}).says(t, http.StatusUnprocessableEntity, "已有同名的系统对接")
	w.as(t, "schools-security", "zh").get(t, "/clients/"+ids[0]+"/revoke").says(t, http.StatusNotFound)
	w.as(t, "schools-security", "zh").post(t, "/clients/"+ids[0]+"/revoke", url.Values{"why": {"不是我的"}}).says(t, http.StatusNotFound)
	b.get(t, "/clients/"+ids[0]+"/revoke").says(t, http.StatusOK, "网关拒绝它的下一次调用", "令牌可能泄露")
	b.post(t, "/clients/"+ids[0]+"/revoke", url.Values{"why": {"令牌可能泄露"}}).says(t, http.StatusSeeOther)
	if c := one[mulu.Client](t, w, mulu.KindClient, ids[0]); c.Status != "revoked" {
		t.Errorf("%+v", c)
	}
	b.get(t, "/clients").says(t, http.StatusOK, "已吊销", "令牌可能泄露")
}
