package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"

	"mulu/proof"
)

// proof exports proof files from a running node.
func (m *Main) proof(ctx context.Context, args []string) error {
	f, dir := m.flags("proof")
	out := f.String("o", "", m.t("写入文件（默认标准输出）", "write to a file (standard output by default)"))
	if err := f.Parse(args); err != nil {
		return err
	}
	words := f.Args()
	if len(words) == 0 {
		return errors.New(m.t("用法：mulu proof [-o 文件] export 记录号 | receipt 回执号 | consistency 起始记录数 | anchor",
			"usage: mulu proof [-o FILE] export RECORD | receipt ID | consistency FROM-SIZE | anchor"))
	}
	r, err := m.dial(ctx, home(*dir))
	if err != nil {
		return err
	}
	var b []byte
	switch {
	case words[0] == "anchor" && len(words) == 1:
		b, err = r.fetch("GET", "/proof/anchor", nil)
	case words[0] == "export" && len(words) == 2:
		b, err = r.fetch("GET", "/proof/record/"+words[1], nil)
	case words[0] == "consistency" && len(words) == 2:
		b, err = r.fetch("GET", "/proof/consistency/"+words[1], nil)
	case words[0] == "receipt" && len(words) == 2:
		b, err = m.receipt(r, words[1])
	default:
		return errors.New(m.t("用法：mulu proof [-o 文件] export 记录号 | receipt 回执号 | consistency 起始记录数 | anchor",
			"usage: mulu proof [-o FILE] export RECORD | receipt ID | consistency FROM-SIZE | anchor"))
	}
	if err != nil {
		return err
	}
	if *out != "" {
		return os.WriteFile(*out, b, 0o644)
	}
	_, err = m.Out.Write(b)
	return err
}

// receipt has the receipts anchored now rather than at the next interval, and fetches one's proof.
func (m *Main) receipt(r *remote, id string) ([]byte, error) {
	if _, err := r.fetch("POST", "/anchor-receipts", nil); err != nil {
		return nil, err
	}
	return r.fetch("GET", "/receipts/"+url.PathEscape(id)+"/proof", nil)
}

// verify checks a proof file offline.
func (m *Main) verify(_ context.Context, args []string) error {
	f, _ := m.flags("verify")
	anchorFile := f.String("anchor", "anchor.json", m.t("信任锚文件，由可信途径取得一次", "trust anchor file, got once by a way you trust"))
	rowsFile := f.String("rows", "", m.t("网关的答复或者批量文件，核对其内容与回执一致", "the gateway's answer or batch file, to check what it gives against the receipt"))
	if err := f.Parse(args); err != nil {
		return err
	}
	if f.NArg() != 1 {
		return errors.New(m.t("用法：mulu verify [--anchor 文件] [--rows 答复文件] 证明文件", "usage: mulu verify [--anchor FILE] [--rows ANSWER] PROOF"))
	}
	raw, err := os.ReadFile(*anchorFile)
	if err != nil {
		return fmt.Errorf("%s: %w", m.t("读取信任锚", "read the trust anchor"), err)
	}
	anchor, err := proof.ParseAnchor(raw)
	if err != nil {
		return m.broken(err)
	}
	file, err := os.ReadFile(f.Arg(0))
	if err != nil {
		return fmt.Errorf("%s: %w", m.t("读取证明文件", "read the proof file"), err)
	}
	report, err := proof.Verify(file, anchor)
	fmt.Fprint(m.Out, report.Text(m.Lang))
	if err != nil {
		return m.broken(err)
	}
	if *rowsFile != "" {
		answer, err := os.ReadFile(*rowsFile)
		if err != nil {
			return fmt.Errorf("%s: %w", m.t("读取答复", "read the answer"), err)
		}
		if err := proof.VerifyRows(file, given(answer)); err != nil {
			return m.broken(err)
		}
		fmt.Fprintln(m.Out, m.t("答复中的行与回执的摘要一致。", "The rows of the answer match the receipt's digest."))
	}
	fmt.Fprintln(m.Out, m.t("✓ 核验通过", "✓ verified"))
	return nil
}

// given is the part of an answer that its receipt covers: the exact bytes of the rows, or of what a check said, as they stand
// in the answer; a batch file is covered whole.
func given(answer []byte) []byte {
	var part struct {
		Receipt string          `json:"receipt"`
		Rows    json.RawMessage `json:"rows"`
		Match   json.RawMessage `json:"match"`
	}
	switch err := json.Unmarshal(answer, &part); {
	case err != nil || part.Receipt == "":
		return answer
	case part.Rows != nil:
		return part.Rows
	case part.Match != nil:
		return part.Match
	}
	return answer
}

// broken says which link of a proof did not hold.
func (m *Main) broken(err error) error {
	var b *proof.Broken
	if !errors.As(err, &b) {
		return err
	}
	fmt.Fprintln(m.Out, "✗ "+m.t(b.Zh, b.En))
	return errNo
}
