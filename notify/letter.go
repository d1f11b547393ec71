package notify

import (
	"bytes"
	"encoding/base64"
	"strings"
	"time"
	"unicode/utf8"

	"mulu"
)

// letter is one mail to one address.
type letter struct {
	to, id, subject, body string
	date                  time.Time
}

// bytes is the letter as RFC 5322 wants it: its headers hold ASCII only and its body is base64, so that nothing in a subject or
// body can become a header, and no line is longer than servers take.
func (l letter) bytes(m *Mail) []byte {
	var b bytes.Buffer
	head := func(name, value string) { b.WriteString(name + ": " + value + "\r\n") }
	head("From", m.from.String())
	head("To", "<"+l.to+">")
	head("Subject", words(plain(l.subject)))
	head("Date", l.date.In(mulu.Shanghai()).Format("Mon, 02 Jan 2006 15:04:05 -0700"))
	head("Message-ID", "<"+l.id+"@"+m.domain()+">")
	head("Auto-Submitted", "auto-generated")
	head("MIME-Version", "1.0")
	head("Content-Type", "text/plain; charset=UTF-8")
	head("Content-Transfer-Encoding", "base64")
	b.WriteString("\r\n")
	text := base64.StdEncoding.EncodeToString([]byte(strings.ReplaceAll(strings.ToValidUTF8(l.body, "�"), "\n", "\r\n")))
	for len(text) > 76 {
		b.WriteString(text[:76] + "\r\n")
		text = text[76:]
	}
	b.WriteString(text + "\r\n")
	return b.Bytes()
}

// words writes a subject as encoded words (RFC 2047), whatever it holds: ASCII that looks like such a word would be taken for one.
// Each is at most 75 characters and holds whole characters; each further one stands on a line of its own.
func words(s string) string {
	const most = 42 // bytes in a word, 56 characters of base64: with the header's name no line has more than 78
	var all []string
	for len(s) > 0 {
		n := min(most, len(s))
		for n < len(s) && !utf8.RuneStart(s[n]) {
			n--
		}
		all = append(all, "=?UTF-8?B?"+base64.StdEncoding.EncodeToString([]byte(s[:n]))+"?=")
		s = s[n:]
	}
	return strings.Join(all, "\r\n ")
}
