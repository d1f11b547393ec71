package script

import (
	"encoding/base64"
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"

	"mulu"
	"mulu/act"
	"mulu/law"
	"mulu/sm"
)

var soak = flag.Bool("soak", false, "run the long tests")

// A wild is a bare chain on which random acts are said. All of it follows from the seed.
type wild struct {
	t    testing.TB
	seed uint64
	*rand.Rand
	b *Bare

	keys            []sm.Signer // of the pool, those in use and not
	facts, refusals map[string]int
}

// keyPool is made once: a key takes a multiplication on the curve.
func keyPool() []sm.Signer {
	all := []sm.Signer{Key(Bureau, 1), Key("节点:node-1", 1)}
	for i := range 60 {
		all = append(all, Key("池", i))
	}
	return all
}

func newWild(t testing.TB, seed uint64) *wild {
	t.Helper()
	s := &Script{Begin: begin(), Edition: "district-2023"}
	if seed%3 == 2 {
		s.Edition = "state-council-809"
	}
	b, err := NewBare(s)
	if err != nil {
		t.Fatal(err)
	}
	w := &wild{t: t, seed: seed, Rand: rand.New(rand.NewPCG(seed, 7)), b: b, keys: keyPool(), facts: map[string]int{}, refusals: map[string]int{}}
	for i, name := range []string{"区民政局", "区教委", "区人社局", "区热力公司"} {
		sort := "organ"
		if i == 3 {
			sort = "service"
		}
		w.apply(law.Said{Org: "001", Key: w.keys[0].Public().String(), Act: &act.RegisterOrg{Name: "北京市西城区" + name, Short: name, Sort: sort,
			CreditCode: mulu.CreditCode(fmt.Sprintf("11110102%08d", i)), Key: w.keys[2+i].Public().String(), Joins: true}}, true)
	}
	if len(w.refusals) > 0 {
		t.Fatal(w.refusals)
	}
	return w
}

// often is true in so many of a hundred cases.
func (w *wild) often(percent int) bool { return w.IntN(100) < percent }

func pick[T any](w *wild, list ...T) T { return list[w.IntN(len(list))] }

// step has one random thing happen: time passes, deadlines are executed or left waiting a moment, somebody says something.
func (w *wild) step() {
	w.t.Helper()
	if w.often(10) {
		w.b.block = w.b.block.Add(time.Duration(w.IntN(2*24*3600)) * time.Second)
	}
	if w.often(90) {
		w.settle()
	}
	words := act.Words()
	word := words[w.IntN(len(words))]
	switch word.Kind { // what ends things, or makes a year known, is said seldom, or there would be little to end
	case "calendar.publish":
		if w.often(60) {
			return
		}
	case "org.close", "key.revoke", "key.rotate", "entry.retire", "entry.suspend", "duty.retire", "duty.no_data", "clock.advance",
		"grant.end", "profile.adopt":
		if w.often(90) {
			return
		}
	}
	if w.often(50) { // what leads on is said more often
		word, _ = act.Find(pick(w, "duty.register", "entry.submit", "entry.verify", "application.submit", "application.submit", "dataset.publish",
			"application.answer", "case.open", "case.conclude", "objection.file", "objection.answer", "review.confirm", "entry.change"))
	}
	a := word.New()
	w.fill(reflect.ValueOf(a).Elem(), "", word.Kind)
	said := w.speaker(a)
	if w.often(85) {
		w.plausible(a, said.Org)
		if org := w.sharing(a); org != "" && w.often(85) {
			said = w.as(org)
		}
	}
	said.Act = a
	w.apply(said, w.often(90))
}

// speaker finds who says an act: mostly somebody concerned by it with the right key.
func (w *wild) speaker(a act.Act) law.Said {
	key := func(i int) string { return w.keys[i].Public().String() }
	switch n := w.IntN(100); {
	case n < 4 || (a.Kind() == "tick" || a.Kind() == "receipts.anchor") && n < 70:
		ids := w.ids(mulu.KindNode)
		id := ids[w.IntN(len(ids))]
		var node mulu.Node
		w.get(mulu.KindNode, id, &node)
		return law.Said{Node: id, Key: node.CosignKey}
	case n < 6:
		return law.Said{Org: pick(w, "node:node-1", "001", "", "999"), Key: key(w.IntN(len(w.keys)))}
	case n < 7:
		return law.Said{Node: pick(w, "node-1", "001", ""), Key: key(w.IntN(len(w.keys)))}
	case n < 40:
		return w.as("001")
	case n < 80 && a.Kind() != "application.submit": // whoever a field of the act concerns
		if ids := w.concerned(reflect.ValueOf(a).Elem()); len(ids) > 0 {
			return w.as(ids[w.IntN(len(ids))])
		}
	}
	ids := w.ids(mulu.KindOrg)
	return w.as(ids[w.IntN(len(ids))])
}

func (w *wild) as(org string) law.Said {
	var o mulu.Org
	w.get(mulu.KindOrg, org, &o)
	if o.SigningKey == "" {
		o.SigningKey = w.keys[w.IntN(len(w.keys))].Public().String()
	}
	return law.Said{Org: org, Key: o.SigningKey}
}

// concerned gives the parties of the nouns that an act refers to.
func (w *wild) concerned(v reflect.Value) (orgs []string) {
	for i := range v.NumField() {
		f := v.Type().Field(i)
		if ref := f.Tag.Get("ref"); ref != "" && f.Type.Kind() == reflect.String {
			var n struct{ Org, Provider, Consumer string }
			w.get(mulu.Kind(ref), v.Field(i).String(), &n)
			for _, org := range []string{n.Org, n.Provider, n.Consumer} {
				if org != "" {
					orgs = append(orgs, org)
				}
			}
		}
	}
	return orgs
}

func (w *wild) get(kind mulu.Kind, id string, into any) bool {
	raw, ok := w.b.Get(kind, id)
	if ok {
		if err := json.Unmarshal(raw, into); err != nil {
			w.t.Fatal(err)
		}
	}
	return ok
}

// ids lists the nouns of a kind.
func (w *wild) ids(kind mulu.Kind) []string {
	var ids []string
	prefix := law.NounPrefix(kind)
	w.b.State.Scan(prefix, law.After(prefix), func(key string, _ []byte) bool {
		ids = append(ids, key[len(prefix):])
		return true
	})
	return ids
}

// fill gives every field of a value some content that fits its tags, or does not.
func (w *wild) fill(v reflect.Value, tag reflect.StructTag, name string) {
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			f := v.Type().Field(i)
			json, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			if strings.Contains(f.Tag.Get("json"), "omitempty") && w.often(40) {
				continue
			}
			w.fill(v.Field(i), f.Tag, json)
		}
	case reflect.Slice:
		n := w.IntN(4)
		if n == 0 {
			return
		}
		v.Set(reflect.MakeSlice(v.Type(), n, n))
		for i := range n {
			w.fill(v.Index(i), tag, name)
		}
	case reflect.String:
		v.SetString(w.word(tag, name))
	case reflect.Int, reflect.Int64:
		v.SetInt(w.number(name))
	case reflect.Uint64:
		v.SetUint(pick(w, uint64(w.IntN(50)), 1<<63, 1<<64-1))
	case reflect.Bool:
		v.SetBool(w.often(50))
	default:
		w.t.Fatalf("the field %s is a %s; teach wild to fill it", name, v.Kind())
	}
}

func (w *wild) number(name string) int64 {
	if w.often(8) {
		return pick[int64](w, -1, 0, 1<<31, 1<<63-1, -1<<63, 1096, 5)
	}
	switch name {
	case "value":
		return int64(1 + w.IntN(8))
	case "counted":
		return int64(5 + w.IntN(50))
	case "grade":
		return int64(1 + w.IntN(4))
	case "days":
		return pick[int64](w, 0, 1, 3, 30, 365, 1095)
	case "year":
		return int64(law.Now(&w.b.State, w.b.block).Year() - 1 + w.IntN(4))
	}
	return int64(w.IntN(6))
}

func (w *wild) word(tag reflect.StructTag, name string) string {
	if w.often(4) {
		return pick(w, "", " ", "甲", "a/b", "a\x00b", "\u2028", "<&>", strings.Repeat("长", 300), "第1条 ", "node:node-1", "001", "{0}{1}", "@entry", "\n")
	}
	if list := tag.Get("enum"); list != "" {
		codes := mulu.CodeList(list)
		return codes[w.IntN(len(codes))].Code
	}
	if ref := tag.Get("ref"); ref != "" {
		if ids := w.ids(mulu.Kind(ref)); len(ids) > 0 {
			if w.often(60) { // what came last is still open, more often than not
				return ids[len(ids)-1-w.IntN(min(3, len(ids)))]
			}
			return ids[w.IntN(len(ids))]
		}
		return pick(w, w.ids(mulu.KindOrg)...)
	}
	switch name {
	case "key", "cosign_key":
		return w.keys[w.IntN(len(w.keys))].Public().String()
	case "validator":
		d := sm.Sum([]byte{byte(w.IntN(6))})
		return base64.StdEncoding.EncodeToString(d[:])
	case "node":
		return pick(w, "node-1", "node-2", "node-3")
	case "by", "day", "until":
		return law.Now(&w.b.State, w.b.block).AddDate(0, 0, w.IntN(40)-4).Format("2006-01-02")
	case "digest", "root", "record", "examples", "assessment":
		d := sm.Sum([]byte{byte(w.IntN(200))})
		return fmt.Sprintf("%x", d)
	case "credit_code":
		return mulu.CreditCode(fmt.Sprintf("11110102%08d", w.IntN(40)))
	case "edition":
		return pick(w, "district-2023", "state-council-809")
	case "off", "make_up":
		return time.Date(2023+w.IntN(9), time.Month(1+w.IntN(12)), 1+w.IntN(30), 0, 0, 0, 0, time.UTC).Format("2006-01-02")
	case "to":
		return law.Now(&w.b.State, w.b.block).Add(time.Duration(w.IntN(40*24)-24) * time.Hour).Format(time.RFC3339)
	case "field", "item", "items":
		return pick(w, "xm", "sfhm", "dz", "rq")
	case "ground":
		return "社会救助暂行办法第五十八条"
	case "connection":
		return pick(w, "", "secret:db", "postgres://x")
	}
	return pick(w, "救助", "入学", "就业", "养老", "普查", "说明文字", "第三条")
}

// plausible mends what chance alone would hardly ever get right.
func (w *wild) plausible(a act.Act, org string) {
	switch a := a.(type) {
	case *act.SubmitEntry:
		if w.often(85) {
			a.Entry = ""
		}
		w.content(&a.Content, org)
	case *act.ChangeEntry:
		var e mulu.Entry
		if w.get(mulu.KindEntry, a.Entry, &e) && e.Now != nil {
			a.From = e.Version
			a.Content = *e.Now
			if w.often(50) {
				a.Content.Summary += "改"
			} else {
				w.content(&a.Content, e.Org)
				a.Content.Class, a.Content.Name = e.Now.Class, e.Now.Name
			}
		}
	case *act.VerifyEntry:
		var e mulu.Entry
		if w.get(mulu.KindEntry, a.Entry, &e) && e.Next != nil && e.Next.Sharing.Basis != "" || w.often(50) {
			a.Override = ""
		}
	case *act.PublishDataset:
		var d mulu.Dataset
		w.get(mulu.KindDataset, a.Entry, &d)
		a.Version = d.Version + 1
		if a.Mode = pick(w, "", "replace", "append", "upsert"); w.often(60) {
			a.Quality = mulu.Quality{}
		}
		a.Quality.Bad = min(a.Quality.Bad, a.Quality.Checked)
	case *act.SetLoadTerms:
		a.MaxBad, a.Shrink, a.Least = w.IntN(50), w.IntN(50), w.IntN(1000)
		if w.often(80) {
			a.Rules = nil
		}
	case *act.Apply:
		for _, id := range w.ids(mulu.KindEntry) {
			var e mulu.Entry
			if w.get(mulu.KindEntry, id, &e); e.Now != nil && e.Status != "retired" && e.Org != org && e.Now.Sharing.Type != "not_shared" && w.often(30) {
				a.Entry = id
			}
		}
		a.Ask.Rows = nil
		if w.often(60) {
			a.Ask.Items = nil
		}
		if w.often(80) {
			a.Ask.Rate, a.Ask.Volume, a.Ask.Necessity, a.Ask.Assessment = 0, 0, "", ""
			a.Ask.Method = pick(w, "query", "batch", "check")
			a.Ask.Days = pick(w, 3, 30, 365, 1095)
		}
	case *act.AnswerApplication:
		if a.Decision != "refused" {
			a.Ground = ""
		}
		if a.Decision == "full" || a.Decision == "refused" {
			a.Items, a.Rows, a.Days, a.Rate, a.Volume = nil, nil, 0, 0, 0
		}
		if a.Decision == "part" && w.often(80) {
			a.Items, a.Rows, a.Days, a.Rate, a.Volume = nil, nil, 1, 0, 0
		}
		a.Explanation = "说明文字在此"
	case *act.PublishCalendar:
		for _, list := range []*[]string{&a.Off, &a.MakeUp} {
			*list = nil
		}
		a.Off = []string{fmt.Sprintf("%04d-10-01", a.Year), fmt.Sprintf("%04d-01-0%d", a.Year, 1+w.IntN(9))}
	case *act.PublishElement:
		a.Name, a.Type, a.Low, a.High, a.Format = fmt.Sprintf("数据元%d", w.IntN(20)), "C", "", "", pick(w, "", "", "citizen_id")
		a.Length = pick(w, 0, 18, 50)
		if w.often(60) {
			a.CodeSet = ""
		}
	case *act.ReviseElement:
		var e mulu.Element
		w.get(mulu.KindElement, a.Element, &e)
		a.From, a.Name, a.Type, a.Low, a.High, a.Format, a.CodeSet = e.Version, e.Name, "C", "", "", "", e.CodeSet
	case *act.ReviseCodeSet:
		var s mulu.CodeSet
		w.get(mulu.KindCodeSet, a.CodeSet, &s)
		a.From = s.Version
	case *act.FilePurchase:
		a.From, a.Until, a.Cost = "2026-01-01", pick(w, "2026-12-31", "2028-02-29", "2025-12-31"), int64(w.IntN(9))
		a.Content, a.Name = "说明文字", fmt.Sprintf("采购%d", w.IntN(20))
	case *act.AmendPurchase:
		a.From, a.Until, a.Cost, a.Content = "2026-01-01", "2027-12-31", int64(w.IntN(9)), "说明文字"
	case *act.GroundPurchase:
		a.Ground = pick(w, "供应方只许单机使用", "合同约定不得转让")
	case *act.AmendOrg:
		a.Name, a.Short = pick(w, "", "北京市西城区新名"), pick(w, "", "新名")
	case *act.AdmitNode:
		a.Power = 1
	}
}

// content makes an entry's content that may well be right.
func (w *wild) content(c *mulu.EntryContent, org string) {
	duties := []string{}
	for _, id := range w.ids(mulu.KindDuty) {
		if strings.HasPrefix(id, "D-"+org+"-") {
			duties = append(duties, id)
		}
	}
	if len(duties) > 0 {
		c.Duty = duties[w.IntN(len(duties))]
	}
	c.Name = fmt.Sprintf("目录%d", w.IntN(30))
	c.Items = nil
	c.Grade = 1
	personal := false
	for i, field := range []string{"xm", "sfhm", "dz"}[:1+w.IntN(3)] {
		item := mulu.Item{Name: fmt.Sprintf("项%d", i), Field: field, Type: "C", Grade: 1 + w.IntN(2), Personal: w.often(30)}
		if w.often(10) {
			item.Grade, item.Sharing = 3, "conditional"
		}
		if w.often(5) {
			item.Sharing = "not_shared"
		}
		item.Sensitive = item.Personal && w.often(20)
		if ids := w.ids(mulu.KindElement); len(ids) > 0 && w.often(10) {
			item.Standard = ids[w.IntN(len(ids))]
		}
		personal = personal || item.Personal
		c.Grade = max(c.Grade, item.Grade)
		c.Items = append(c.Items, item)
	}
	c.Sharing = mulu.Sharing{Type: pick(w, "conditional", "unconditional", "conditional", "not_shared")}
	switch c.Sharing.Type {
	case "conditional":
		c.Sharing.Conditions = "依法履职"
		for i := range c.Items {
			c.Items[i].Sharing = ""
		}
	case "not_shared":
		c.Sharing.Basis = pick(w, "", "统计法第九条")
		if c.Sharing.Basis == "" {
			c.Sharing.Override = "原则上"
		}
		for i := range c.Items {
			c.Items[i].Sharing = ""
		}
	}
	c.Opening = mulu.Opening{Type: "conditional", Channel: "zone", Conditions: "去标识"}
	if w.often(30) {
		c.Opening = mulu.Opening{Type: "not_open", Ground: 3}
	}
	if w.often(10) { // and one thing is wrong
		v := reflect.ValueOf(c).Elem()
		i := w.IntN(v.NumField())
		w.fill(v.Field(i), v.Type().Field(i).Tag, strings.Split(v.Type().Field(i).Tag.Get("json"), ",")[0])
	}
}
