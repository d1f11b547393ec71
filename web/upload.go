package web

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"mulu"
	"mulu/desk"
)

// Bounds of a form with attachments.
const (
	mostAttached = 20 << 20 // bytes of the whole form
	mostField    = 64 << 10 // bytes of one field
	mostExamples = 20
)

// attachedForm reads a form with attachments: its fields, and the contents of its files. Nothing is kept yet, so that a form
// that is refused leaves nothing behind.
func (v *visit) attachedForm() (f form, files [][]byte, err error) {
	f.Values = url.Values{}
	v.R.Body = http.MaxBytesReader(v.W, v.R.Body, mostAttached)
	parts, err := v.parts()
	if err != nil {
		return f, nil, err
	}
	for {
		p, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return f, files, nil
		}
		if err != nil {
			return f, nil, unreadable(err)
		}
		if p.FileName() == "" {
			b, err := io.ReadAll(io.LimitReader(p, mostField+1))
			if err != nil {
				return f, nil, unreadable(err)
			}
			if len(b) > mostField {
				return f, nil, errLarge
			}
			f.Add(p.FormName(), strings.TrimSpace(strings.ReplaceAll(string(b), "\r\n", "\n")))
			continue
		}
		b, err := io.ReadAll(p)
		if err != nil {
			return f, nil, unreadable(err)
		}
		if len(b) > 0 {
			files = append(files, b)
		}
		if len(files) > mostExamples {
			return f, nil, &mulu.Refusal{Code: "out_of_range", Art: "25.1", Args: []string{"@examples", fmt.Sprint(len(files)), "0", fmt.Sprint(mostExamples)}}
		}
	}
}

// unreadable says that a form broke off, or was too large.
func unreadable(err error) error {
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return err
	}
	return errForged
}

// placeholders are digests that stand for attachments while an act is only tried.
func placeholders(n int) (list []string) {
	for i := range n {
		list = append(list, fmt.Sprintf("%064x", i+1))
	}
	return list
}

// attach keeps the files of a form in the vault and gives the digests by which an act names them.
func (v *visit) attach(files [][]byte) (list []string, err error) {
	for _, b := range files {
		d, err := v.Desk.Attach(v.R.Context(), b)
		if err != nil {
			return nil, fmt.Errorf("keep an attachment: %w", err)
		}
		if err := v.Drafts.Attached(v.R.Context(), v.Org.ID, d); err != nil {
			return nil, err
		}
		list = append(list, d)
	}
	return list, nil
}

// attachment gives what an institution attached as a file. Digests stand on the chain for all to read, so naming another's
// opens nothing. Its name and sort are not known, so its sort is told by what it begins with, and
// browsers save it and never show it.
func (v *visit) attachment(by, name, digest string) error {
	theirs, err := v.Drafts.AttachedBy(v.R.Context(), by, digest)
	if err != nil {
		return err
	}
	b, err := v.Desk.Attached(v.R.Context(), digest)
	if !theirs || errors.Is(err, desk.ErrElsewhere) {
		return v.showAs(http.StatusNotFound, "trouble", &trouble{Status: http.StatusNotFound, Text: v.t("本节点没有这个附件。"), Mend: v.t("附件保存在提交它的节点上，请在该节点查阅；其摘要在链上，可以核对。")})
	}
	if err != nil {
		return fmt.Errorf("fetch an attachment: %w", err)
	}
	return v.file(name+extension(b), "application/octet-stream", b)
}

// extension tells the sort of a file by what it begins with.
func extension(b []byte) string {
	kind := http.DetectContentType(b)
	for _, k := range [][2]string{{"application/pdf", ".pdf"}, {"image/png", ".png"}, {"image/jpeg", ".jpg"}, {"text/plain", ".txt"}, {"application/zip", ".zip"}} {
		if strings.HasPrefix(kind, k[0]) {
			return k[1]
		}
	}
	return ".bin"
}
