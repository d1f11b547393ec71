package script

import (
	"fmt"
	"strings"
	"time"
	"unicode"

	"mulu"
)

// Script is one file: how its chain begins, and its steps.
type Script struct {
	Title   string
	Begin   time.Time
	Edition string
	LawOnly bool // it speaks of nodes that are not there, so it plays on bare law only
	Steps   []Step
	Lines   []string // the file as written, expectations included
}

// Step is one line that does something: either time passes or somebody says an act.
type Step struct {
	Line    int // number of the line, from 1
	Last    int // number of the last line that belongs to it, its expectations not counted
	Time    time.Time
	Speaker string
	Word    string
	Args    []Arg
	Expect  []string // the expected lines as written, trimmed
}

// Arg is name=value; a list line below an act gives one Arg whose Parts are its own name=value pairs.
type Arg struct {
	Name, Value string
	Parts       []Arg
}

// SyntaxError names the line that is not understood.
type SyntaxError struct {
	Line   int
	Zh, En string
}

func (e *SyntaxError) Error() string {
	return fmt.Sprintf("第 %d 行：%s / line %d: %s", e.Line, e.Zh, e.Line, e.En)
}

// Parse reads a script.
func Parse(text string) (*Script, error) {
	s := &Script{Edition: "district-2023", Lines: strings.Split(strings.TrimRight(text, "\n"), "\n")}
	for i, raw := range s.Lines {
		n, line := i+1, strings.TrimSpace(raw)
		switch {
		case line == "" || strings.HasPrefix(line, "//"):
		case strings.HasPrefix(line, "#"):
			if s.Title == "" {
				s.Title = strings.TrimSpace(strings.TrimLeft(line, "#"))
			}
		case isExpectation(line):
			if len(s.Steps) == 0 {
				return nil, &SyntaxError{n, "预期结果之前没有操作", "an expectation before any act"}
			}
			last := &s.Steps[len(s.Steps)-1]
			last.Expect = append(last.Expect, line)
		case strings.HasPrefix(line, "- "):
			if err := s.listLine(n, line[2:]); err != nil {
				return nil, err
			}
		default:
			if err := s.step(n, line); err != nil {
				return nil, err
			}
		}
	}
	if s.Title == "" {
		return nil, &SyntaxError{1, "缺少题目（以 # 开头的一行）", "there is no title (a line that begins with #)"}
	}
	if s.Begin.IsZero() {
		return nil, &SyntaxError{1, "缺少“开始 日期 时刻”一行", "there is no line: 开始 DATE TIME"}
	}
	return s, nil
}

func isExpectation(line string) bool {
	return strings.HasPrefix(line, "→") || strings.HasPrefix(line, "✗")
}

func (s *Script) step(n int, line string) error {
	tokens, err := split(line)
	if err != nil {
		return &SyntaxError{n, "引号没有成对", "a quotation mark is not closed"}
	}
	if tokens[0] == "开始" || tokens[0] == "begin" || tokens[0] == "时间" || tokens[0] == "time" {
		return s.timeLine(n, tokens)
	}
	if s.Begin.IsZero() {
		return &SyntaxError{n, "操作之前应有“开始 日期 时刻”", "the script must begin with: 开始 DATE TIME"}
	}
	if len(tokens) < 2 {
		return &SyntaxError{n, "应写成“机构 操作 名称=值 …”", "write: INSTITUTION ACT name=value …"}
	}
	step := Step{Line: n, Last: n, Speaker: tokens[0], Word: tokens[1]}
	if step.Args, err = pairs(n, tokens[2:]); err != nil {
		return err
	}
	s.Steps = append(s.Steps, step)
	return nil
}

func (s *Script) timeLine(n int, tokens []string) error {
	if len(tokens) < 3 {
		return &SyntaxError{n, "应写成“时间 2026-10-10 09:00”", "write: 时间 2026-10-10 09:00"}
	}
	t, err := time.ParseInLocation("2006-01-02 15:04", tokens[1]+" "+tokens[2], mulu.Shanghai())
	if err != nil {
		return &SyntaxError{n, "日期时刻应写成“2026-10-10 09:00”", "write the time as 2026-10-10 09:00"}
	}
	if tokens[0] == "时间" || tokens[0] == "time" {
		s.Steps = append(s.Steps, Step{Line: n, Last: n, Time: t})
		return nil
	}
	if !s.Begin.IsZero() {
		return &SyntaxError{n, "“开始”只能出现一次", "the script begins once"}
	}
	s.Begin = t
	args, err := pairs(n, tokens[3:])
	if err != nil {
		return err
	}
	for _, a := range args {
		switch {
		case a.Name == "版本" || a.Name == "edition":
			s.Edition = a.Value
		case (a.Name == "舞台" || a.Name == "stage") && (a.Value == "规则" || a.Value == "law"):
			s.LawOnly = true
		default:
			return &SyntaxError{n, "“开始”一行只能带“版本=”和“舞台=规则”", "the begin line takes edition= and stage=law only"}
		}
	}
	return nil
}

func (s *Script) listLine(n int, line string) error {
	if len(s.Steps) == 0 || s.Steps[len(s.Steps)-1].Word == "" {
		return &SyntaxError{n, "列表行之前没有操作", "a list line before any act"}
	}
	last := &s.Steps[len(s.Steps)-1]
	tokens, err := split(line)
	if err != nil {
		return &SyntaxError{n, "引号没有成对", "a quotation mark is not closed"}
	}
	parts, err := pairs(n, tokens[1:])
	if err != nil {
		return err
	}
	last.Args = append(last.Args, Arg{Name: tokens[0], Parts: parts})
	last.Last = n
	return nil
}

func pairs(n int, tokens []string) ([]Arg, error) {
	var args []Arg
	for _, t := range tokens {
		name, value, ok := strings.Cut(t, "=")
		if !ok || name == "" {
			return nil, &SyntaxError{n, "“" + t + "”应写成“名称=值”", t + " should be name=value"}
		}
		args = append(args, Arg{Name: name, Value: value})
	}
	return args, nil
}

// split cuts a line at spaces, except within “…” or "…"; the marks themselves fall away.
func split(line string) ([]string, error) {
	var tokens []string
	var b strings.Builder
	open := rune(0)
	started := false
	for _, r := range line {
		switch {
		case open != 0 && r == open:
			open = 0
		case open == 0 && r == '“':
			open, started = '”', true
		case open == 0 && r == '"':
			open, started = '"', true
		case open == 0 && unicode.IsSpace(r):
			if started {
				tokens = append(tokens, b.String())
				b.Reset()
				started = false
			}
		default:
			b.WriteRune(r)
			started = true
		}
	}
	if open != 0 {
		return nil, fmt.Errorf("open quotation")
	}
	if started {
		tokens = append(tokens, b.String())
	}
	return tokens, nil
}
