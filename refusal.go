package mulu

import "strings"

// Refusal is the law saying no: which provision, which rule of it, and the values its sentence needs.
// Only code, provision and values go into a record, so that a better wording never changes history;
// the sentences stand in refusals.go in both languages, with how to mend it.
type Refusal struct {
	Code string   `json:"code"`
	Art  Cite     `json:"art"`
	Args []string `json:"args,omitempty"`
}

// Error gives the Chinese sentence with its provision and how to mend it.
func (r *Refusal) Error() string {
	s := r.Art.Zh() + "：" + r.Text("zh")
	if m := r.Mend("zh"); m != "" {
		s += m
	}
	return s
}

// English gives the English sentence with its provision and how to mend it.
func (r *Refusal) English() string {
	s := r.Art.En() + ": " + r.Text("en")
	if m := r.Mend("en"); m != "" {
		s += " " + m
	}
	return s
}

// Text is the sentence in lang ("zh" or "en").
func (r *Refusal) Text(lang string) string { return r.fill(lang, 0) }

// Mend says what to do about it, in lang; it may be empty.
func (r *Refusal) Mend(lang string) string { return r.fill(lang, 2) }

func (r *Refusal) fill(lang string, at int) string {
	words, ok := refusalWords(r.Code)
	if !ok {
		return r.Code
	}
	if lang == "en" {
		at++
	}
	s := words[at]
	for i, a := range r.Args {
		if key, ok := strings.CutPrefix(a, "@"); ok {
			a = sayAny(key, lang)
		}
		s = strings.ReplaceAll(s, "{"+string(rune('0'+i))+"}", a)
	}
	return s
}

// sayAny says one key, or several joined by "|" as alternatives.
func sayAny(keys, lang string) string {
	or := "或"
	if lang == "en" {
		or = " or "
	}
	var words []string
	for _, k := range strings.Split(keys, "|") {
		words = append(words, Say(k, lang))
	}
	return strings.Join(words, or)
}
