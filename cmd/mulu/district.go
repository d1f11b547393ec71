package main

import (
	"bytes"
	"embed"
	"encoding/csv"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"mulu"
	"mulu/cmd/mulu/madeup"
)

// The district's institutions, streets and catalogs: demonstration content, sources named in the files.
//
//go:embed district/*.csv
var districtFiles embed.FS

// district is the demo's content.
type district struct {
	institutions []institution
	catalogs     []catalog
	streets      []byte // CSV, loaded as it is
	town         *madeup.Town
}

type institution struct {
	name, short string
	sort        mulu.OrgKind
}

// catalog is one data entry with its provider and duty, as the sheet has it.
type catalog struct {
	provider, duty, basis, system string
	content                       mulu.EntryContent // without the duty's id
}

func readDistrict() (d district, err error) {
	orgs, err := readSheet("orgs.csv")
	if err != nil {
		return d, err
	}
	for _, r := range orgs {
		d.institutions = append(d.institutions, institution{r["full_name"], r["short_name"], sortOf(r["type"])})
	}
	entries, err := readSheet("catalog-examples.csv")
	if err != nil {
		return d, err
	}
	for _, r := range entries {
		c, err := readCatalog(r)
		if err != nil {
			return d, fmt.Errorf("catalog %s: %w", r["数据目录名称"], err)
		}
		d.catalogs = append(d.catalogs, c)
	}
	if d.streets, err = districtFiles.ReadFile("district/streets.csv"); err != nil {
		return d, err
	}
	lines, err := readSheet("streets.csv")
	if err != nil {
		return d, err
	}
	var streets [][2]string
	for _, l := range lines {
		streets = append(streets, [2]string{l["code9"], l["name"]})
	}
	if d.town, err = madeup.New(streets); err != nil {
		return d, err
	}
	d.catalogs = append(d.catalogs, streetCatalog(), communityCatalog(), borderCatalog())
	return d, nil
}

func readSheet(name string) ([]map[string]string, error) {
	raw, err := districtFiles.ReadFile("district/" + name)
	if err != nil {
		return nil, err
	}
	rows, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(raw, []byte("\uFEFF")))).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	var all []map[string]string
	for _, r := range rows[1:] {
		m := map[string]string{}
		for i, column := range rows[0] {
			m[column] = strings.TrimSpace(r[i])
		}
		all = append(all, m)
	}
	return all, nil
}

func sortOf(kind string) mulu.OrgKind {
	switch kind {
	case "政府工作部门", "垂直/双重管理单位", "街道办事处", "政府派出机构":
		return mulu.Organ
	case "公共服务企业":
		return mulu.Service
	}
	return mulu.Authorised
}

// readCatalog turns a line of the sheet into an entry's content. What the sheet says in free words becomes a code.
func readCatalog(r map[string]string) (catalog, error) {
	c := catalog{provider: r["提供单位"], duty: r["职责"], basis: r["法律依据"], system: r["来源系统"]}
	grade, err := strconv.Atoi(strings.TrimPrefix(r["建议级别(演示)"], "L"))
	if err != nil {
		return c, fmt.Errorf("grade: %w", err)
	}
	e := &c.content
	e.Name, e.Summary, e.Class, e.Grade, e.Theme = r["数据目录名称"], r["摘要"], "307", grade, r["主题"]
	e.Format = codeOf(mulu.Formats, r["信息资源格式分类"], "database")
	e.Cycle = codeOf(mulu.Cycles, r["更新周期"], "halfyearly") // 每学期
	e.Base = codeOf(mulu.Bases, r["四大基础库"], "")
	for _, line := range strings.Split(r["信息项(名称|字段|类型|长度|个人信息)"], ";") {
		p := strings.Split(line, "|")
		if len(p) != 5 {
			return c, fmt.Errorf("item %q has %d parts", line, len(p))
		}
		length, err := strconv.Atoi(p[3])
		if err != nil {
			return c, fmt.Errorf("item %q: %w", line, err)
		}
		i := mulu.Item{Name: p[0], Field: p[1], Type: p[2][len(p[2])-1:], Length: length, Nullable: true, Grade: 1,
			Personal: p[4] != "非个人信息", Sensitive: p[4] == "敏感个人信息"}
		if slices.Contains(strings.Fields(keyItems[e.Name]), i.Field) {
			i.IsKey, i.Nullable = true, false
		}
		switch {
		case i.Sensitive:
			i.Grade = grade
		case i.Personal:
			i.Grade = min(grade, 3)
		}
		e.Items = append(e.Items, i)
		e.Personal = e.Personal || i.Personal
	}
	e.Sharing = sharingOf(r)
	e.Opening = openingOf(r, e.Personal)
	return c, nil
}

func codeOf(list []mulu.Code, word, otherwise string) string {
	for _, c := range list {
		if c.Zh == word {
			return c.Code
		}
	}
	return otherwise
}

func sharingOf(r map[string]string) mulu.Sharing {
	s := mulu.Sharing{Type: codeOf(mulu.SharingTypes, r["共享类型"], "")}
	words := r["共享条件/不予共享依据"]
	switch {
	case s.Type == "conditional":
		s.Conditions = words
	case s.Type == "not_shared" && strings.Contains(words, "条:"):
		s.Basis = words
	case s.Type == "not_shared" && r["法律依据"] != "" && !strings.Contains(words, "未写明"):
		s.Basis = r["法律依据"]
	case s.Type == "not_shared":
		s.Override = words
	}
	return s
}

// openingOf: the sheet opens some entries with personal items unconditionally; Art. 27 allows that only without them,
// so they open on that condition.
func openingOf(r map[string]string, personal bool) mulu.Opening {
	o := mulu.Opening{Type: codeOf(mulu.OpeningTypes, r["开放类型"], "")}
	words := r["开放条件/不开放原因"]
	if o.Type == "unconditional" && personal {
		o.Type, words = "conditional", "去除个人信息项后开放"
	}
	switch o.Type {
	case "conditional":
		o.Channel, o.Conditions = "zone", words
	case "not_open":
		o.Basis = words
		switch {
		case strings.Contains(words, "危及"):
			o.Ground = 2
		case strings.Contains(words, "法律") || strings.Contains(words, "法定") || strings.Contains(words, "商业秘密") || strings.Contains(words, "登记资料"):
			o.Ground = 1
		default:
			o.Ground = 3
		}
	}
	return o
}
