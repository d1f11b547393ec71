package law

import (
	"fmt"
	"strconv"
	"strings"

	"mulu"
)

// Reading is one decision about the text: how a rule reads it where it is silent, with the scripts that show it, or the
// reason why an article has no rule.
type Reading struct {
	Zh, En string
	Test   string // names of scripts in testdata, separated by spaces
	Reason string // why there is no rule
}

// Readings gives the readings by article. They stand in docs/law/readings.md in this form:
//
//	## 21
//	- 中文 / English
//	  test: name.txt name.txt
//	- 中文 / English
//	  no rule: reason
func Readings() (map[int][]Reading, error) {
	all := map[int][]Reading{}
	article := 0
	for i, line := range strings.Split(mulu.ReadingsText, "\n") {
		switch {
		case strings.HasPrefix(line, "## "):
			n, err := strconv.Atoi(strings.TrimSpace(line[3:]))
			if err != nil {
				return nil, fmt.Errorf("readings.md line %d: %q is no article", i+1, line)
			}
			article = n
		case article > 0 && strings.HasPrefix(line, "- "):
			zh, en, ok := strings.Cut(line[2:], " / ")
			if !ok {
				return nil, fmt.Errorf("readings.md line %d: both languages, separated by \" / \"", i+1)
			}
			all[article] = append(all[article], Reading{Zh: zh, En: en})
		case article > 0 && strings.HasPrefix(line, "  "):
			list := all[article]
			if len(list) == 0 {
				return nil, fmt.Errorf("readings.md line %d: belongs to no reading", i+1)
			}
			if test, ok := strings.CutPrefix(strings.TrimSpace(line), "test: "); ok {
				list[len(list)-1].Test = test
			}
			if reason, ok := strings.CutPrefix(strings.TrimSpace(line), "no rule: "); ok {
				list[len(list)-1].Reason = reason
			}
		}
	}
	return all, nil
}
