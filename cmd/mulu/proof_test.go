package main

import "testing"

// What a receipt covers of an answer: the rows, what a check said, or a whole file.
func TestGiven(t *testing.T) {
	for answer, want := range map[string]string{
		`{"receipt":"ab","n":1,"rows":[{"a":"1"}]}` + "\n": `[{"a":"1"}]`,
		`{"receipt":"ab","n":1,"match":true}` + "\n":       `true`,
		"a,b\n1,2\n":               "a,b\n1,2\n",
		`{"rows":"1","match":"2"}`: `{"rows":"1","match":"2"}`, // a line of a file with such fields
		"{\"a\":1}\n{\"a\":2}\n":   "{\"a\":1}\n{\"a\":2}\n",
		"PAR1":                     "PAR1",
	} {
		if got := string(given([]byte(answer))); got != want {
			t.Errorf("%q gives %q, want %q", answer, got, want)
		}
	}
}
