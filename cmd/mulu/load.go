package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"mulu"
	"mulu/platform"
)

// loadFile has a running node load a file for an entry, named by its code or name.
func (m *Main) loadFile(ctx context.Context, args []string) error {
	f, dir := m.flags("load")
	mode := f.String("mode", "replace", m.t("replace 整体替换 | upsert 按主键更新 | append 追加", "replace all rows | upsert by key | append"))
	sheet := f.String("sheet", "", m.t("工作簿中的工作表；不写则取第一张", "the workbook's sheet; the first one if not given"))
	charset := f.String("charset", "", m.t("文件编码，如 gb18030；不写则自动判断", "the file's encoding, such as gb18030; told from the content if not given"))
	if err := f.Parse(args); err != nil {
		return err
	}
	if f.NArg() != 2 {
		return errors.New(m.t("用法：mulu load [--home DIR] [--mode replace|upsert|append] 目录编码或名称 文件\n文件可以是 CSV、Excel（.xlsx）、JSON 行、Parquet、GeoJSON 或打包的 shapefile",
			"usage: mulu load [--home DIR] [--mode replace|upsert|append] ENTRY FILE (the entry's code or name)\nthe file may be CSV, Excel (.xlsx), JSON lines, Parquet, GeoJSON or a zipped shapefile"))
	}
	file, err := os.Open(f.Arg(1))
	if err != nil {
		return fmt.Errorf("%s: %w", m.t("读取数据文件", "read the data file"), err)
	}
	defer file.Close()
	fi, err := file.Stat()
	if err != nil {
		return fmt.Errorf("%s: %w", m.t("读取数据文件", "read the data file"), err)
	}
	if fi.Size() == 0 {
		return fmt.Errorf(m.t("文件 %s 是空的", "the file %s is empty"), f.Arg(1))
	}
	r, err := m.dial(ctx, home(*dir))
	if err != nil {
		return err
	}
	code := f.Arg(0)
	switch found := r.Find(mulu.KindEntry, "title/"+code); {
	case len(found) == 1:
		code = found[0]
	case len(found) > 1:
		return errors.New(m.t("有多条目录叫“"+code+"”，请写编码：", "several entries are called "+code+", give the code: ") + strings.Join(found, " "))
	}
	q := url.Values{"entry": {code}, "name": {filepath.Base(f.Arg(1))}, "mode": {*mode}, "sheet": {*sheet}, "charset": {*charset}}
	b, err := r.send("POST", "/load?"+q.Encode(), file, fi.Size())
	if err != nil {
		return err
	}
	var l platform.Load
	if err := json.Unmarshal(b, &l); err != nil {
		return err
	}
	return m.tellLoad(l)
}

// tellLoad says what became of a load.
func (m *Main) tellLoad(l platform.Load) error {
	r := l.Report
	if r != nil && len(r.Ignored) > 0 {
		fmt.Fprintln(m.Out, m.t("未使用的列：", "columns not used: ")+strings.Join(r.Ignored, m.t("、", ", ")))
	}
	if l.State == platform.Published {
		fmt.Fprintf(m.Out, m.t("✓ %s 第 %d 版已发布，%d 行，质量得分 %s\n", "✓ %s: version %d is published, %d rows, quality %s\n"), l.Entry, l.Version, r.Kept, permille(r.Quality.Score))
		m.tellBad(r)
		return nil
	}
	if l.State == platform.Unchanged {
		fmt.Fprintln(m.Out, m.t("✓ 没有新数据，原有版本继续提供", "✓ nothing new came; the version before serves on"))
		return nil
	}
	if why := l.Fault.Text(m.Lang); why != "" {
		fmt.Fprintf(m.Out, m.t("✗ 未装载：%s\n", "✗ not loaded: %s\n"), why)
		return errNo
	}
	fmt.Fprintf(m.Out, m.t("✗ 未装载：%s 原有版本继续提供\n", "✗ not loaded: %s the version before goes on serving\n"), r.Why.Text(m.Lang, r))
	m.tellBad(r)
	return errNo
}

// tellBad lists the beginning of what was wrong.
func (m *Main) tellBad(r *platform.Report) {
	for i, bad := range r.First {
		if i == 20 {
			fmt.Fprintf(m.Out, m.t("  其余 %d 处从略\n", "  %d more\n"), r.Bad-20)
			return
		}
		where := bad.Column
		if bad.Value != "" {
			where += fmt.Sprintf(" %q", bad.Value)
		}
		fmt.Fprintf(m.Out, m.t("  第 %d 行 %s：%s\n", "  row %d %s: %s\n"), bad.Row, where, bad.Reason.Text(m.Lang))
	}
}

// permille writes thousandths as a percentage: 987 is 98.7.
func permille(n int) string {
	if n < 0 {
		return "–"
	}
	return fmt.Sprintf("%d.%d", n/10, n%10)
}
