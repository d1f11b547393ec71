package intake

import (
	"math"
	"strconv"

	"mulu/platform/quality"
)

// wkt writes a geometry as well-known text, in degrees. What is wrong with it first is kept; the rest is passed over.
// Heights and measures are left out.
type wkt struct {
	system string
	text   []byte
	why    quality.Reason
	about  string // what is shown of what is wrong
}

func (w *wkt) reset() { w.text, w.why, w.about = w.text[:0], "", "" }

func (w *wkt) wrong(why quality.Reason, about string) {
	if w.why == "" {
		w.why, w.about = why, about
	}
}

func (w *wkt) put(s string) { w.text = append(w.text, s...) }

// point writes a position. Projected ones are rounded to 1e-9 degrees, a tenth of a millimetre; degrees stay as they are.
func (w *wkt) point(x, y float64) {
	if w.why != "" {
		return
	}
	lon, lat := degrees(w.system, x, y)
	if !(lon >= 73 && lon <= 136 && lat >= 3 && lat <= 54) { // NaN too
		w.wrong(quality.OutsideChina, strconv.FormatFloat(x, 'f', -1, 64)+" "+strconv.FormatFloat(y, 'f', -1, 64))
		return
	}
	if w.system == gk117 || w.system == gkZone39 {
		lon, lat = math.Round(lon*1e9)/1e9, math.Round(lat*1e9)/1e9
	}
	w.text = strconv.AppendFloat(w.text, lon, 'f', -1, 64)
	w.text = append(w.text, ' ')
	w.text = strconv.AppendFloat(w.text, lat, 'f', -1, 64)
	if len(w.text) > maxShape {
		w.wrong(quality.Huge, "")
	}
}

// position is a point of a line or ring.
type position struct{ x, y float64 }

// line writes positions in brackets; a ring is closed and has four.
func (w *wkt) line(p []position, ring bool) {
	if len(p) < 2 || ring && (len(p) < 4 || p[0] != p[len(p)-1]) {
		w.wrong(quality.BadShape, "")
		return
	}
	w.put("(")
	for i, q := range p {
		if i > 0 {
			w.put(", ")
		}
		if w.point(q.x, q.y); w.why != "" {
			return
		}
	}
	w.put(")")
}

// lines writes several, in brackets.
func (w *wkt) lines(all [][]position, rings bool) {
	if len(all) == 0 {
		w.wrong(quality.BadShape, "")
		return
	}
	w.put("(")
	for i, p := range all {
		if i > 0 {
			w.put(", ")
		}
		if w.line(p, rings); w.why != "" {
			return
		}
	}
	w.put(")")
}

// points writes positions as a MULTIPOINT has them.
func (w *wkt) points(p []position) {
	if len(p) == 0 {
		w.wrong(quality.BadShape, "")
		return
	}
	w.put("MULTIPOINT (")
	for i, q := range p {
		if i > 0 {
			w.put(", ")
		}
		w.put("(")
		if w.point(q.x, q.y); w.why != "" {
			return
		}
		w.put(")")
	}
	w.put(")")
}

// polygons writes one POLYGON or a MULTIPOLYGON, each an outer ring and its holes.
func (w *wkt) polygons(all [][][]position, multi bool) {
	if len(all) == 0 {
		w.wrong(quality.BadShape, "")
		return
	}
	if !multi {
		w.put("POLYGON ")
		w.lines(all[0], true)
		return
	}
	w.put("MULTIPOLYGON (")
	for i, p := range all {
		if i > 0 {
			w.put(", ")
		}
		if w.lines(p, true); w.why != "" {
			return
		}
	}
	w.put(")")
}
