package web

import "testing"

func TestTown(t *testing.T) {
	w := aTown(t)
	for _, lang := range Languages {
		w.as(t, "civil-steward", lang).get(t, "/me").says(t, 200)
	}
}
