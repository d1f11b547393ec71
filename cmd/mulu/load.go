package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"strings"

	"mulu"
	"mulu/act"
	"mulu/desk"
	"mulu/platform"
)

// loadFile has a running node load a CSV file for an entry, named by its code or name.
func (m *Main) loadFile(ctx context.Context, args []string) error {
	f, dir := m.flags("load")
	if err := f.Parse(args); err != nil {
		return err
	}
	if f.NArg() != 2 {
		return errors.New(m.t("用法：mulu load [--home DIR] 目录编码或名称 文件.csv", "usage: mulu load [--home DIR] ENTRY FILE.csv (the entry's code or name)"))
	}
	file, err := os.Open(f.Arg(1))
	if err != nil {
		return fmt.Errorf("%s: %w", m.t("读取数据文件", "read the data file"), err)
	}
	defer file.Close()
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
	b, err := r.fetch("POST", "/load?"+url.Values{"entry": {code}}.Encode(), file)
	if err != nil {
		return err
	}
	var answer struct {
		response
		platform.Report
	}
	if err := json.Unmarshal(b, &answer); err != nil {
		return err
	}
	switch {
	case answer.Refused != nil:
		return answer.Refused
	case answer.Error != "":
		return errors.New(answer.Error)
	}
	return m.tellLoad(answer.Report)
}

// tellLoad says what became of a load.
func (m *Main) tellLoad(r platform.Report) error {
	if len(r.Ignored) > 0 {
		fmt.Fprintln(m.Out, m.t("未使用的列：", "columns not used: ")+strings.Join(r.Ignored, m.t("、", ", ")))
	}
	if r.Published {
		fmt.Fprintf(m.Out, m.t("✓ %s 第 %d 版已发布，%d 行\n", "✓ %s: version %d is published, %d rows\n"), r.Entry, r.Version, r.Rows)
		return nil
	}
	fmt.Fprintf(m.Out, m.t("✗ 未装载：%d 处须更正，原有版本继续提供\n", "✗ not loaded: %d things to mend; the version before goes on serving\n"), r.Bad)
	for i, bad := range r.First {
		if i == 20 {
			fmt.Fprintf(m.Out, m.t("  其余 %d 处从略\n", "  %d more\n"), r.Bad-20)
			break
		}
		fmt.Fprintf(m.Out, m.t("  第 %d 行 %s %q：%s\n", "  row %d %s %q: %s\n"), bad.Row, bad.Column, bad.Value, bad.Reason.Text(m.Lang))
	}
	return errNo
}

// loadEntry loads CSV as the next data version of an entry and announces it on the chain; only that makes it serve.
// A report that says Published is false tells what to mend; nothing has changed then.
func (p *Program) loadEntry(ctx context.Context, code string, rows io.Reader) (platform.Report, desk.Done, error) {
	var e mulu.Entry
	ok, err := p.noun(mulu.KindEntry, code, &e)
	if err != nil {
		return platform.Report{}, desk.Done{}, err
	}
	if !ok || e.Now == nil {
		return platform.Report{}, desk.Done{}, &mulu.Refusal{Code: "unknown", Art: "15.1", Args: []string{"@entry", code}}
	}
	var d mulu.Dataset
	if _, err := p.noun(mulu.KindDataset, code, &d); err != nil {
		return platform.Report{}, desk.Done{}, err
	}
	report, err := p.platform.Load(ctx, code, e.Now, d.Version+1, rows)
	if err != nil || !report.Published {
		return report, desk.Done{}, err
	}
	done, err := p.desk.Do(ctx, desk.By{Org: e.Org}, &act.PublishDataset{Entry: code, Version: report.Version, Rows: report.Rows, Digest: report.Digest})
	if err != nil && !errors.As(err, new(*mulu.Refusal)) {
		err = fmt.Errorf("the rows are loaded, but announcing them on the chain failed: %w", err)
	}
	return report, done, err
}
