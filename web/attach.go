package web

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// mostAttachment bounds an attachment in bytes.
const mostAttachment = 10 << 20

// attachable are the kinds of files that are taken: what can be opened by whoever has to read it.
var attachable = []string{"application/pdf", "application/zip", "image/png", "image/jpeg", "text/plain; charset=utf-8"}

// attached reads a form with files. Its fields stand in the request's form like those of any other; a file is sealed in the
// vault and its digest stands in the field named after it without "-file". What is wrong with a file comes back by that
// field, and the form is whole all the same, so that what was typed can be shown again.
func (v *visit) attached(files int) (map[string]*trouble, error) {
	v.R.Body = http.MaxBytesReader(v.W, v.R.Body, int64(files*mostAttachment+mostForm))
	r, err := v.parts()
	if err != nil {
		return nil, err
	}
	fields, wrong, typed := url.Values{}, map[string]*trouble{}, 0
	for {
		p, err := r.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, errLarge
		}
		name := p.FormName()
		if p.FileName() == "" {
			b, err := io.ReadAll(io.LimitReader(p, mostForm+1))
			if err != nil {
				return nil, errLarge
			}
			if typed += len(b); typed > mostForm {
				return nil, errLarge
			}
			if len(p.Header["Content-Type"]) == 0 { // an input for a file that holds none is no field
				fields.Add(name, string(b))
			}
			continue
		}
		name = strings.TrimSuffix(name, "-file")
		content, err := io.ReadAll(io.LimitReader(p, mostAttachment+1))
		if err != nil {
			return nil, errLarge
		}
		switch {
		case len(content) > mostAttachment:
			wrong[name] = &trouble{Status: http.StatusRequestEntityTooLarge, Text: v.t("附件过大。"), Mend: v.t("一个附件最多 10 MiB。")}
		case len(content) == 0:
			wrong[name] = &trouble{Status: http.StatusUnprocessableEntity, Text: v.t("附件是空文件。"), Mend: v.t("请重新选择文件。")}
		case !slices.Contains(attachable, http.DetectContentType(content)):
			wrong[name] = &trouble{Status: http.StatusUnprocessableEntity, Text: v.t("附件的格式不能识别。"), Mend: v.t("请上传 PDF、Word（docx）、图片或文本文件。")}
		default:
			digest, err := v.Desk.Attach(v.R.Context(), content)
			if err != nil {
				return nil, fmt.Errorf("seal an attachment: %w", err)
			}
			if err := v.Drafts.Attached(v.R.Context(), v.Org.ID, digest); err != nil {
				return nil, err
			}
			fields.Set(name, digest)
		}
		if wrong[name] != nil {
			if _, err := io.Copy(io.Discard, p); err != nil {
				return nil, errLarge
			}
		}
	}
	v.R.Form, v.R.PostForm = fields, fields
	return wrong, nil
}

// sendAttachment answers with the attachment that an institution put under a digest. Digests stand on the chain for all to
// read, so one that another institution attached is not given out because somebody names it.
func (v *visit) sendAttachment(org, digest, name string) error {
	ours, err := v.Drafts.AttachedBy(v.R.Context(), org, digest)
	if err != nil {
		return err
	}
	content, err := v.Desk.Vault.Get(v.R.Context(), digest)
	if !ours || errors.Is(err, fs.ErrNotExist) {
		return errElsewhere
	}
	if err != nil {
		return fmt.Errorf("fetch an attachment: %w", err)
	}
	kind, ending := http.DetectContentType(content), "bin"
	for i, e := range []string{"pdf", "docx", "png", "jpg", "txt"} {
		if attachable[i] == kind {
			ending = e
		}
	}
	v.download(name+"."+ending, kind)
	_, _ = v.W.Write(content) // who left needs no answer
	return nil
}

// errElsewhere says that an attachment is not on this node.
var errElsewhere = errors.New("the attachment was put in on another node")
