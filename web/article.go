package web

import (
	"slices"
	"strconv"

	"mulu"
	"mulu/read"
)

func lawRoutes() []Route {
	return []Route{
		{"GET", "/law", Everybody, false, (*visit).lawPage},
		{"GET", "/law/{n}", Everybody, false, (*visit).articlePage},
		{"GET", "/law/ways/{noun}", Everybody, false, (*visit).waysPage},
		{"GET", "/law/scripts/{name}", Everybody, false, (*visit).scriptPage},
		{"GET", "/calendar", Everybody, false, (*visit).calendarNow},
		{"GET", "/calendar/{year}", Everybody, false, (*visit).calendarPage},
		{"GET", "/calendar/publish", calendarMaker, false, (*visit).publishPage},
		{"POST", "/calendar/publish", calendarMaker, false, (*visit).publishCalendar},
		{"POST", "/calendar/publish/read", calendarMaker, true, (*visit).readCalendar},
	}
}

// lawView is the regulation, chapter by chapter (细则).
type lawView struct {
	Chapters []chapter
	Editions []Edition
	Nouns    []mulu.Kind // whose ways can be seen as a whole
}

type chapter struct {
	Title    string
	Articles []articleLine
}

// articleLine is an article in the list, with what the program does of it.
type articleLine struct {
	Number          int
	Text            string
	Ways, Readings  int
	NoRule          bool
	Records, Refuse int
}

// Cite is the article.
func (a articleLine) Cite() mulu.Cite { return mulu.NewCite(a.Number) }

func (v *visit) lawPage() error {
	used, err := v.used()
	if err != nil {
		return err
	}
	l := &lawView{Editions: v.Law.Editions()}
	for _, a := range v.Law.Articles() {
		if len(l.Chapters) == 0 || l.Chapters[len(l.Chapters)-1].Title != a.Chapter {
			l.Chapters = append(l.Chapters, chapter{Title: a.Chapter})
		}
		c := &l.Chapters[len(l.Chapters)-1]
		c.Articles = append(c.Articles, articleLine{Number: a.Number, Text: a.Paragraphs[0].Text, Ways: len(a.Ways), Readings: len(a.Readings),
			NoRule: unruled(a), Records: used[a.Number].Records, Refuse: used[a.Number].Refused})
		for _, w := range a.Ways {
			if !slices.Contains(l.Nouns, w.Noun) {
				l.Nouns = append(l.Nouns, w.Noun)
			}
		}
	}
	return v.show("law", l)
}

// unruled tells whether nothing in the program carries an article out.
func unruled(a Article) bool {
	return len(a.Ways) == 0 && !slices.ContainsFunc(a.Readings, func(r Reading) bool { return len(r.Tests) > 0 })
}

// used says how often each article was applied.
func (v *visit) used() (map[int]read.Article, error) {
	list, err := v.Read.Articles(v.R.Context())
	all := map[int]read.Article{}
	for _, a := range list {
		all[a.Number] = a
	}
	return all, err
}

// articleView is the page of one article.
type articleView struct {
	Article
	Used       read.Article
	Diagrams   []diagram
	Editions   []Edition // where the article sets terms
	Protection []Protection
	Last       int // the last article's number
	Unruled    bool
	Latest     []recordLine
}

// Cite is the article.
func (a *articleView) Cite() mulu.Cite { return mulu.NewCite(a.Number) }

// Prev and Next are the neighbours, 0 where there is none.
func (a *articleView) Prev() int { return a.Number - 1 }
func (a *articleView) Next() int {
	if a.Number == a.Last {
		return 0
	}
	return a.Number + 1
}

// termed are the articles whose terms the editions set, grading the one whose protections a grade has.
var termed = []int{20, 21, 22, 25}

const grading = 38

func (v *visit) articlePage() error {
	n, err := strconv.Atoi(v.R.PathValue("n"))
	all := v.Law.Articles()
	if err != nil || n < 1 || n > len(all) {
		return errAbsent
	}
	a := &articleView{Article: all[n-1], Last: len(all), Unruled: unruled(all[n-1])}
	used, err := v.used()
	if err != nil {
		return err
	}
	a.Used = used[n]
	if slices.Contains(termed, n) {
		a.Editions = v.Law.Editions()
	}
	if n == grading {
		a.Protection = v.Law.Protections()
	}
	counts, err := v.standings()
	if err != nil {
		return err
	}
	for _, noun := range nounsOf(a.Ways) {
		a.Diagrams = append(a.Diagrams, v.draw(noun, waysOf(a.Ways, noun), counts[noun]))
	}
	latest, err := v.Read.RecordsLike(v.R.Context(), read.RecordQuery{Article: n, Limit: 5})
	if err != nil {
		return err
	}
	a.Latest, err = v.recordLines(latest)
	if err != nil {
		return err
	}
	return v.show("article", a)
}

// standings counts all nouns by kind and standing.
func (v *visit) standings() (map[mulu.Kind]map[string]int64, error) {
	list, err := v.Read.Counts(v.R.Context())
	if err != nil {
		return nil, err
	}
	all := map[mulu.Kind]map[string]int64{}
	for _, c := range list {
		if all[c.Kind] == nil {
			all[c.Kind] = map[string]int64{}
		}
		all[c.Kind][c.Status] += c.Count
	}
	return all, nil
}

func nounsOf(ways []Way) (kinds []mulu.Kind) {
	for _, w := range ways {
		if !slices.Contains(kinds, w.Noun) {
			kinds = append(kinds, w.Noun)
		}
	}
	return kinds
}

func waysOf(ways []Way, noun mulu.Kind) (list []Way) {
	for _, w := range ways {
		if w.Noun == noun {
			list = append(list, w)
		}
	}
	return list
}

// waysPage shows every way of one kind of noun, whichever article it stands under.
func (v *visit) waysPage() error {
	noun := mulu.Kind(v.R.PathValue("noun"))
	var ways []Way
	for _, a := range v.Law.Articles() {
		ways = append(ways, waysOf(a.Ways, noun)...)
	}
	if len(ways) == 0 {
		return errAbsent
	}
	counts, err := v.standings()
	if err != nil {
		return err
	}
	return v.show("ways", v.draw(noun, ways, counts[noun]))
}

// script is a test of the rules, as it is played.
type scriptView struct {
	Name     string
	Lines    []string
	Articles []mulu.Cite // whose readings name it
}

func (v *visit) scriptPage() error {
	name := v.R.PathValue("name")
	text, ok := v.Law.Script(name)
	if !ok {
		return errAbsent
	}
	s := &scriptView{Name: name, Lines: splitLines(text)}
	for _, a := range v.Law.Articles() {
		if slices.ContainsFunc(a.Readings, func(r Reading) bool { return slices.Contains(r.Tests, name) }) {
			s.Articles = append(s.Articles, mulu.NewCite(a.Number))
		}
	}
	return v.show("script", s)
}
