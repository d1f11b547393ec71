package sheet

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

// tell reads everything and writes it down in one line: <name a=value> text </>.
func tell(t *testing.T, r io.Reader) (string, error) {
	t.Helper()
	m := newMarkup(r)
	m.want = true
	var b strings.Builder
	for {
		m.text = m.text[:0]
		tok, err := m.next()
		b.Write(m.text)
		if err != nil || tok == endOfFile {
			return b.String(), err
		}
		if tok == closing {
			b.WriteString("</>")
			continue
		}
		b.WriteString("<" + string(m.name))
		if v := m.attr("a"); v != nil {
			b.WriteString(" a=" + string(v))
		}
		b.WriteString(">")
	}
}

func TestMarkup(t *testing.T) {
	for name, c := range map[string]struct{ in, want string }{
		"plain":             {`<x><y a="1">t</y></x>`, `<x><y a=1>t</></>`},
		"prefixes":          {`<s:x xmlns:s="u"><s:y r:a="1"/></s:x>`, `<x><y a=1></></>`},
		"entities":          {`<x a="&quot;&#65;&#x42;&apos;">&lt;&amp;&gt;&nope;&</x>`, `<x a="AB'><&>&nope;&</>`},
		"cdata":             {`<x>a<![CDATA[<b>&amp;]]]]>c</x>`, `<x>a<b>&amp;]]c</>`},
		"comments":          {`<?xml version="1.0"?><!-- <y> -- ---><x>1<!--2-->3</x>`, `<x>13</>`},
		"greater in value":  {`<x b="a>b" a='"c>d"'>t</x>`, `<x a="c>d">t</>`},
		"spaces in tags":    {"<x\n a = \"1\"\t>t</x >", `<x a=1>t</>`},
		"self-closing":      {`<x/><y a="1"/>`, `<x></><y a=1></>`},
		"utf-16":            {"\xff\xfe<\x00x\x00>\x00\x2d\x4e<\x00/\x00x\x00>\x00", `<x>中</>`},
		"a byte order mark": {"\xef\xbb\xbf<x>中</x>", `<x>中</>`},
	} {
		for how, r := range map[string]io.Reader{"whole": strings.NewReader(c.in), "byte by byte": iotest.OneByteReader(strings.NewReader(c.in))} {
			if got, err := tell(t, r); err != nil || got != c.want {
				t.Errorf("%s, %s: %q, %v", name, how, got, err)
			}
		}
	}
}

func TestMarkupRefuses(t *testing.T) {
	for name, in := range map[string]string{
		"a document type":  `<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>`,
		"an endless tag":   "<x a='" + strings.Repeat("y", maxTag) + "'>",
		"many open values": "<x a='" + strings.Repeat("> ", maxTag) + "'>",
		"a cut tag":        `<x><y a="1"`,
		"a cut comment":    `<x><!-- `,
		"no name":          `<x>< ></x>`,
	} {
		if got, err := tell(t, strings.NewReader(in)); !errors.Is(err, errMarkup) {
			t.Errorf("%s: %.40q, %v", name, got, err)
		}
	}
	broken := errors.New("the disk is gone")
	if _, err := tell(t, io.MultiReader(strings.NewReader("<x>"), iotest.ErrReader(broken))); !errors.Is(err, broken) {
		t.Errorf("a reader's error: %v", err)
	}
}

func TestMarkupCutsLongTexts(t *testing.T) {
	for name, in := range map[string]string{
		"text":  "<x>" + strings.Repeat("y", 2*maxText) + "</x>",
		"cdata": "<x><![CDATA[" + strings.Repeat("<", 2*maxText) + "]]></x>",
	} {
		m := newMarkup(strings.NewReader(in))
		m.want = true
		for {
			tok, err := m.next()
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if tok == endOfFile {
				break
			}
		}
		if !m.long || len(m.text) > maxText || cap(m.text) > 4*maxText {
			t.Errorf("%s: %d bytes kept, cut %v", name, len(m.text), m.long)
		}
	}
}

// FuzzMarkup holds the reader against the standard library's: what that takes, we read the same way.
func FuzzMarkup(f *testing.F) {
	f.Add(`<?xml version="1.0"?><x><c r="A1" t="s"><v>1</v></c><is><t>a&amp;b</t></is></x>`)
	f.Add(`<x a="1>2"><![CDATA[]]></x>`)
	f.Fuzz(func(t *testing.T, in string) {
		got, err := tell(t, strings.NewReader(in))
		want, ok := strict(in)
		if ok && (err != nil || got != want) {
			t.Errorf("%q: %q, %v; encoding/xml reads %q", in, got, err, want)
		}
	})
}

func strict(in string) (string, bool) {
	if strings.ContainsRune(in, '\r') { // line ends are made one by clean, not here
		return "", false
	}
	var b strings.Builder
	d := xml.NewDecoder(strings.NewReader(in))
	for {
		tok, err := d.Token()
		if err == io.EOF {
			return b.String(), true
		}
		if err != nil {
			return "", false
		}
		switch tok := tok.(type) {
		case xml.StartElement:
			b.WriteString("<" + tok.Name.Local)
			for _, a := range tok.Attr {
				if a.Name.Local == "a" {
					b.WriteString(" a=" + a.Value)
					break
				}
			}
			b.WriteString(">")
		case xml.EndElement:
			b.WriteString("</>")
		case xml.CharData:
			b.Write(tok)
		case xml.Directive:
			return "", false
		}
	}
}
