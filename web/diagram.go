package web

import (
	"slices"
	"strings"
	"unicode/utf8"

	"mulu"
)

// diagram shows how a noun moves: its standings stand side by side as boxes with a line below each, and each way is an
// arrow from line to line, labelled with what is done; a deadline bears a clock. It is drawn here, in units of a pixel,
// so that the page needs no script and the table below says the same.
type diagram struct {
	Noun          mulu.Kind
	Width, Height int
	Boxes         []diagramBox
	Arrows        []diagramArrow
	Ways          []Way
	Bottom        int // where the lines end
}

// diagramBox is a standing: X is the middle of its line.
type diagramBox struct {
	X, Left, Width int
	Lines          []string // its word, in one or two lines
	Count          int64
	Counted        bool
	Begin          bool
}

// diagramArrow is a way at height Y. A way that leads back to its own standing is a loop.
type diagramArrow struct {
	From, To, Y   int
	Tip           int // where the line ends, before the head
	Mid, LabelY   int
	Label         string
	Alarm         bool
	Loop, Back    bool
	ClockX, Half  int
	Ground, Ledge int // the label's ground: left edge and width
}

const (
	columnWidth  = 124
	boxWidth     = 108
	headHeight   = 58
	arrowHeight  = 38
	diagramSides = 8
)

// draw lays a noun's ways out. counts says how many nouns now stand where.
func (v *visit) draw(noun mulu.Kind, ways []Way, counts map[string]int64) diagram {
	d := diagram{Noun: noun}
	order := ranked(ways)
	place := map[string]int{}
	for i, s := range order {
		x := diagramSides + boxWidth/2 + i*columnWidth
		place[s] = x
		b := diagramBox{X: x, Left: x - boxWidth/2, Width: boxWidth, Begin: s == "", Count: counts[s], Counted: s != ""}
		b.Lines = wrapped(mulu.Say(standingKey(s), v.Lang), 15)
		d.Boxes = append(d.Boxes, b)
	}
	d.Ways = slices.Clone(ways)
	slices.SortStableFunc(d.Ways, func(a, b Way) int {
		if a.From != b.From {
			return slices.Index(order, a.From) - slices.Index(order, b.From)
		}
		return slices.Index(order, a.To) - slices.Index(order, b.To)
	})
	right := diagramSides*2 + boxWidth + (len(order)-1)*columnWidth
	for i, w := range d.Ways {
		a := diagramArrow{From: place[w.From], To: place[w.To], Y: headHeight + arrowHeight*(i+1), Label: mulu.Say(w.On, v.Lang), Alarm: w.Alarm}
		a.LabelY = a.Y - 9
		wide := labelWidth(a.Label)
		switch {
		case a.From == a.To:
			a.Loop = true
			a.Mid = a.From + 34 + wide/2
			if a.Alarm {
				a.Mid += 16
			}
			a.LabelY = a.Y - 1
		default:
			a.Back = a.To < a.From
			a.Tip = a.To - 7
			if a.Back {
				a.Tip = a.To + 7
			}
			a.Mid = (a.From + a.To) / 2
		}
		a.Ledge = wide + 8
		a.Ground = a.Mid - a.Ledge/2
		if a.Alarm {
			a.ClockX = a.Mid - wide/2 - 11
			a.Ground, a.Ledge = a.Ground-18, a.Ledge+18
		}
		right = max(right, a.Ground+a.Ledge+diagramSides)
		d.Arrows = append(d.Arrows, a)
	}
	if left := leftmost(d.Arrows); left < diagramSides { // a label that is wider than its arrow at the very left
		d.shift(diagramSides - left)
		right += diagramSides - left
	}
	d.Width, d.Bottom = right, headHeight+arrowHeight*len(ways)+14
	d.Height = d.Bottom + 6
	return d
}

func leftmost(arrows []diagramArrow) int {
	left := diagramSides
	for _, a := range arrows {
		left = min(left, a.Ground)
	}
	return left
}

func (d *diagram) shift(by int) {
	for i := range d.Boxes {
		d.Boxes[i].X += by
		d.Boxes[i].Left += by
	}
	for i := range d.Arrows {
		a := &d.Arrows[i]
		a.From, a.To, a.Tip, a.Mid, a.ClockX, a.Ground = a.From+by, a.To+by, a.Tip+by, a.Mid+by, a.ClockX+by, a.Ground+by
	}
}

// ranked orders standings by how many steps they are from the beginning; those that nothing here leads to come after.
func ranked(ways []Way) []string {
	var order []string
	add := func(s string) {
		if !slices.Contains(order, s) {
			order = append(order, s)
		}
	}
	for _, w := range ways {
		if w.From == "" {
			add("")
		}
	}
	follow := func() {
		for i := 0; i < len(order); i++ {
			for _, w := range ways {
				if w.From == order[i] {
					add(w.To)
				}
			}
		}
	}
	follow()
	for _, w := range ways { // what begins here, because the ways before it stand under another article
		if !slices.ContainsFunc(ways, func(o Way) bool { return o.To == w.From && o.From != o.To }) {
			add(w.From)
			follow()
		}
	}
	for _, w := range ways {
		add(w.From)
		follow()
	}
	return order
}

// standingKey is the key of a standing's word; "" is what is not there yet.
func standingKey(s string) string {
	if s == "" {
		return "none"
	}
	return s
}

// labelWidth estimates how wide a text is, set in 13 pixels.
func labelWidth(s string) int {
	w := 0
	for _, r := range s {
		if r < 0x2E80 {
			w += 7
		} else {
			w += 13
		}
	}
	return w
}

// wrapped breaks a text of words into at most two lines of about most letters.
func wrapped(s string, most int) []string {
	if labelWidth(s) <= most*7 || !strings.Contains(s, " ") {
		return []string{s}
	}
	words := strings.Fields(s)
	first := words[0]
	for i, w := range words[1:] {
		if utf8.RuneCountInString(first)+1+utf8.RuneCountInString(w) > most {
			return []string{first, strings.Join(words[i+1:], " ")}
		}
		first += " " + w
	}
	return []string{first}
}

func splitLines(s string) []string { return strings.Split(strings.TrimRight(s, "\n"), "\n") }
