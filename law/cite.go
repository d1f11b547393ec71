package law

import (
	_ "embed"
	"strings"

	"mulu"
)

//go:embed regulation.zh.txt
var regulation string

// Article is one article of the regulation: its paragraphs (款), each with its numbered points （项）.
type Article struct {
	Number     int
	Chapter    string
	Paragraphs []Paragraph
}

// Paragraph is one 款 and the 项 under it, as the official text has them.
type Paragraph struct {
	Text   string
	Points []string
}

// Regulation gives the articles of the official text, in order. The text is data: nothing in the program repeats it.
func Regulation() []Article {
	var all []Article
	chapter := ""
	for _, line := range strings.Split(regulation, "\n") {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		if isChapter(line) {
			chapter = line
			continue
		}
		if n, rest, ok := opensArticle(line, len(all)+1); ok {
			all = append(all, Article{Number: n, Chapter: chapter, Paragraphs: []Paragraph{{Text: rest}}})
			continue
		}
		if len(all) == 0 {
			continue // the title
		}
		a := &all[len(all)-1]
		if strings.HasPrefix(line, "（") {
			p := &a.Paragraphs[len(a.Paragraphs)-1]
			p.Points = append(p.Points, line)
			continue
		}
		a.Paragraphs = append(a.Paragraphs, Paragraph{Text: line})
	}
	return all
}

func isChapter(line string) bool {
	head, _, ok := strings.Cut(line, " ")
	return ok && strings.HasPrefix(head, "第") && strings.HasSuffix(head, "章")
}

func opensArticle(line string, next int) (int, string, bool) {
	rest, ok := strings.CutPrefix(line, "第"+mulu.ChineseNumber(next)+"条")
	return next, strings.TrimSpace(rest), ok
}

// Quote gives the words of the regulation at a cite, and whether there are any.
func Quote(c mulu.Cite) (string, bool) {
	article, paragraph, point := c.Parts()
	all := Regulation()
	if article < 1 || article > len(all) {
		return "", false
	}
	a := all[article-1]
	if paragraph == 0 {
		return a.Paragraphs[0].Text, true
	}
	if paragraph > len(a.Paragraphs) {
		return "", false
	}
	p := a.Paragraphs[paragraph-1]
	if point == 0 {
		return p.Text, true
	}
	if point > len(p.Points) {
		return "", false
	}
	return p.Points[point-1], true
}

// cite names the provision a rule rests on: article, paragraph, point. A test holds every call against the text.
func cite(parts ...int) mulu.Cite { return mulu.NewCite(parts...) }
