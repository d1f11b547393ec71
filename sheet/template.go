package sheet

import (
	"strconv"
	"strings"

	"mulu"
)

// examples are the rows a template shows. Their 序号 says 示例, so an import passes over them.
func examples(l *layout, lang string, org mulu.Org) []block {
	say := func(zh, en string) string {
		if lang == "en" {
			return en
		}
		return zh
	}
	mark := say("示例", "Example")
	var b block
	switch l.kind {
	case profile:
		if org.Name == "" {
			return nil
		}
		return []block{{once: l.row("name", org.Name, "credit", org.CreditCode)}}
	case Orgs:
		b = l.orgBlock(mulu.Org{Name: say("某某区示例局", "Example Bureau of the District"), Short: say("区示例局", "Example Bureau"), Sort: mulu.Organ, CreditCode: mulu.CreditCode("11110102MB000000")}, lang)
	case Duties:
		b = l.dutyBlock(DutyRow{Org: org.Short, Duty: mulu.Duty{Name: say("社会救助", "Social assistance"), Code: "0500-G-00100", Basis: say("《社会救助暂行办法》第三条", "Interim Measures on Social Assistance, Art. 3"),
			Department: say("社会救助科", "Assistance section"), Matters: []string{say("最低生活保障审核确认", "Approval of minimum subsistence"), say("临时救助", "Temporary assistance")}, Status: "active"}}, lang)
	case Systems:
		b = l.systemBlock(SystemRow{Org: org.Short, System: mulu.System{Name: say("社会救助管理系统", "Assistance system"), Purpose: say("受理、审核救助申请", "Takes and decides applications"),
			Network: "government", Level: 3, Databases: []string{"assist"}, Connection: "secret:assist", Status: "in_use"}}, lang)
	case Tables:
		b = l.tableBlock(TableRow{Org: org.Short, System: say("社会救助管理系统", "Assistance system"), Table: mulu.Table{Database: "assist", Schema: "public", Name: "dbdx", Comment: say("低保对象", "Recipients"), Rows: 12000,
			Status: "present", Columns: []mulu.Column{{Name: "jtbh", Type: "varchar", Length: 30, IsKey: true, Comment: say("家庭编号", "Household")}, {Name: "sprq", Type: "date", Nullable: true, Comment: say("审批日期", "Approved on")}}}}, lang)
	case Entries:
		c := &mulu.EntryContent{Name: say("低保对象信息", "Recipients of minimum subsistence"), Summary: say("本区最低生活保障对象及家庭信息，2018 年以来。", "Recipients and their households in the district since 2018."),
			Class: "307", Format: "database", Cycle: "monthly", Base: "population", Theme: say("社会保障", "Social security"), Grade: 3,
			Sharing: mulu.Sharing{Type: "conditional", Conditions: say("用于救助、教育、医保等协同核对", "For checks in assistance, education and medical insurance")},
			Opening: mulu.Opening{Type: "not_open", Ground: 3, Basis: say("能够识别特定自然人", "Identifies natural persons")},
			Items: []mulu.Item{{Name: say("姓名", "Name"), Field: "xm", Type: "C", Length: 50, Personal: true, Grade: 2},
				{Name: say("公民身份号码", "Identity number"), Field: "gmsfhm", Type: "C", Length: 18, IsKey: true, Personal: true, Grade: 3},
				{Name: say("审批日期", "Approved on"), Field: "sprq", Type: "D", Length: 10, Nullable: true, Grade: 1}}}
		b = l.entryBlock(EntryRow{Org: org.Short, Duty: say("社会救助", "Social assistance"), Department: say("社会救助科", "Assistance section"), Systems: []string{say("社会救助管理系统", "Assistance system")}, Entry: &mulu.Entry{Now: c}}, lang)
	}
	b.once[l.index["order"]] = mark
	for key, i := range l.index { // what the system makes or tells
		if key == "status" {
			b.once[i] = ""
		}
	}
	return []block{b}
}

// help writes the sheet of explanations: every column, whether it is needed, how to fill it in, what may be chosen.
func (b *workbook) help() error {
	name := say("sheet.help", b.lang)
	if _, err := b.file.NewSheet(name); err != nil {
		return err
	}
	rows := [][]string{{say("help.title", b.lang, say("kind."+string(b.kind), b.lang))}, {say("help.rows", b.lang)}, {say("help.text", b.lang)}, {say("help.whole", b.lang)}, {},
		{say("help.sheet", b.lang), say("help.column", b.lang), say("help.needed", b.lang), say("help.how", b.lang), say("help.allowed", b.lang)}}
	for _, l := range b.layouts {
		sheet := say("sheet."+string(l.kind), b.lang)
		if b.kind == Workbook {
			sheet = say("book."+string(l.kind), b.lang)
		}
		for _, c := range l.columns {
			hint, needed := c.hint[0], "help."+[]string{shown: "shown", optional: "may", required: "needs"}[c.use]
			if b.lang == "en" {
				hint = c.hint[1]
			}
			rows = append(rows, []string{sheet, c.heading(b.lang), say(needed, b.lang), hint, strings.Join(offers(c.list, b.lang), separator(b.lang))})
		}
	}
	for n, row := range rows {
		for i, text := range row {
			cell := cellName(i, n+1)
			if err := b.file.SetCellStr(name, cell, text); err != nil {
				return err
			}
			if n >= 5 {
				style := b.styles.text
				if n == 5 {
					style = b.styles.head
				}
				if err := b.file.SetCellStyle(name, cell, cell, style); err != nil {
					return err
				}
			}
		}
	}
	for i, width := range []float64{14, 26, 10, 56, 70} {
		if err := b.file.SetColWidth(name, columnName(i), columnName(i), width); err != nil {
			return err
		}
	}
	for n := 1; n <= 4; n++ {
		if err := b.file.MergeCell(name, "A"+strconv.Itoa(n), "E"+strconv.Itoa(n)); err != nil {
			return err
		}
	}
	return nil
}
