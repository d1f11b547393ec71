package web

import (
	"slices"
	"strconv"

	"mulu"
)

// difference is one thing in which two contents of an entry differ, in words. Material says that the change is verified
// by the bureau before it holds (Art. 11(1)); Item names the item that it is about, Field is its Chinese label.
type difference struct {
	Field, Item   string
	Before, After string
	Material      bool
}

// differences lists what differs between two contents: first the entry, then item by item, matched by field name.
func (v *visit) differences(was, is *mulu.EntryContent) []difference {
	d := comparing{v: v}
	d.put("名称", was.Name, is.Name, false)
	d.put("摘要", was.Summary, is.Summary, false)
	d.put("所属职责", v.dutyName(was.Duty), v.dutyName(is.Duty), true)
	d.code("分类", "class", was.Class, is.Class, false)
	d.put("主题", was.Theme, is.Theme, false)
	d.code("格式", "format", was.Format, is.Format, false)
	d.code("更新周期", "cycle", was.Cycle, is.Cycle, false)
	d.code("基础库", "base", was.Base, is.Base, true)
	d.code("共享类型", "sharing", was.Sharing.Type, is.Sharing.Type, true)
	d.put("共享条件", was.Sharing.Conditions, is.Sharing.Conditions, true)
	d.put("不予共享依据", was.Sharing.Basis, is.Sharing.Basis, true)
	d.put("例外理由", was.Sharing.Override, is.Sharing.Override, true)
	d.code("开放类型", "opening", was.Opening.Type, is.Opening.Type, true)
	d.code("开放渠道", "channel", was.Opening.Channel, is.Opening.Channel, true)
	d.put("开放条件", was.Opening.Conditions, is.Opening.Conditions, true)
	d.put("不予开放情形", v.ground(was.Opening.Ground), v.ground(is.Opening.Ground), true)
	d.put("不予开放依据", was.Opening.Basis, is.Opening.Basis, true)
	d.put("级别", numeral(was.Grade), numeral(is.Grade), true)
	d.items(was.Items, is.Items)
	return d.all
}

// material tells whether one of several differences is verified before it holds.
func material(all []difference) bool {
	return slices.ContainsFunc(all, func(d difference) bool { return d.Material })
}

type comparing struct {
	v    *visit
	item string
	all  []difference
}

func (d *comparing) put(field, was, is string, material bool) {
	if was != is {
		d.all = append(d.all, difference{field, d.item, was, is, material})
	}
}

func (d *comparing) code(field, list, was, is string, material bool) {
	d.put(field, d.v.word(list, was), d.v.word(list, is), material)
}

func (d *comparing) tick(field string, was, is, material bool) {
	d.put(field, d.v.yes(was), d.v.yes(is), material)
}

func (d *comparing) items(was, is []mulu.Item) {
	find := func(list []mulu.Item, field string) (mulu.Item, bool) {
		at := slices.IndexFunc(list, func(i mulu.Item) bool { return i.Field == field })
		if at < 0 {
			return mulu.Item{}, false
		}
		return list[at], true
	}
	for _, i := range was {
		d.item = i.Name
		j, stays := find(is, i.Field)
		if !stays {
			d.put("信息项", d.v.oneLine(i), "", true)
			continue
		}
		d.put("信息项名称", i.Name, j.Name, false)
		d.code("类型", "type", i.Type, j.Type, true)
		d.put("长度", numeral(i.Length), numeral(j.Length), false)
		d.tick("可空", i.Nullable, j.Nullable, false)
		d.tick("主键", i.IsKey, j.IsKey, false)
		d.tick("个人信息", i.Personal, j.Personal, true)
		d.tick("敏感", i.Sensitive, j.Sensitive, true)
		d.put("级别", numeral(i.Grade), numeral(j.Grade), true)
		d.code("共享例外", "sharing", i.Sharing, j.Sharing, true)
		d.put("数据元", i.Standard, j.Standard, false)
	}
	for _, j := range is {
		if _, was := find(was, j.Field); !was {
			d.item = j.Name
			d.put("信息项", "", d.v.oneLine(j), true)
		}
	}
	d.item = ""
	order := func(list, other []mulu.Item) (kept []string) {
		for _, i := range list {
			if _, ok := find(other, i.Field); ok {
				kept = append(kept, i.Field)
			}
		}
		return kept
	}
	if !slices.Equal(order(was, is), order(is, was)) {
		d.all = append(d.all, difference{Field: "信息项", Before: "", After: d.v.t("顺序有调整")})
	}
}

// oneLine is an item in a line: name, field name, type and length, grade.
func (v *visit) oneLine(i mulu.Item) string {
	s := i.Name + " " + i.Field + " " + v.word("type", i.Type)
	if i.Length > 0 {
		s += " " + strconv.Itoa(i.Length)
	}
	s += " " + v.t("{0}级", i.Grade)
	if i.Personal {
		s += " " + v.t("个人信息")
	}
	return s
}

// word says a code of a list in the visit's language; an empty code is "".
func (v *visit) word(list, code string) string {
	if code == "" {
		return ""
	}
	return mulu.Word(mulu.CodeList(list), code, v.Lang)
}

func (v *visit) yes(on bool) string {
	if on {
		return v.t("是")
	}
	return v.t("否")
}

// ground says a ground of Art. 27(1) on which data is not opened.
func (v *visit) ground(n int) string {
	if n == 0 {
		return ""
	}
	return mulu.Word(mulu.Grounds, strconv.Itoa(n), v.Lang)
}

// dutyName is the name of a duty by its id, the id where there is no such duty.
func (v *visit) dutyName(id string) string {
	if id == "" {
		return ""
	}
	d, err := v.Read.Duty(v.R.Context(), id)
	if err != nil {
		return id
	}
	return d.Name
}
