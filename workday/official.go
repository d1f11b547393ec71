package workday

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"strconv"
)

// The arrangements of 2024 to 2026 by the notices of the State Council's General Office; the file names its sources.
//
//go:embed holidays.json
var holidays []byte

// Notice is an official arrangement with the document it comes from.
type Notice struct {
	Year
	Title, Number, URL string
}

// Official gives the arrangements shipped with the program, by year.
func Official() ([]Notice, error) {
	var file struct {
		Years map[string]struct {
			Status string   `json:"status"`
			Off    []string `json:"off"`
			MakeUp []string `json:"make_up_work"`
			Notice struct {
				Title string `json:"title"`
				DocNo string `json:"doc_no"`
				URL   string `json:"url"`
			} `json:"notice"`
		} `json:"years"`
	}
	if err := json.Unmarshal(holidays, &file); err != nil {
		return nil, fmt.Errorf("read the shipped holidays: %w", err)
	}
	var all []Notice
	for year := 2000; year <= 2100; year++ {
		y, ok := file.Years[strconv.Itoa(year)]
		if !ok || y.Status != "official" {
			continue
		}
		all = append(all, Notice{Year{year, y.Off, y.MakeUp, true}, y.Notice.Title, y.Notice.DocNo, y.Notice.URL})
	}
	return all, nil
}
