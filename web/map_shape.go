package web

import (
	"strconv"
	"strings"
)

// shape is a geometry in degrees: a point or points, lines, or areas with their holes.
type shape struct {
	kind  string // point | line | area
	rings [][][2]float64
}

// pointAt reads a longitude and a latitude; what lies outside the country is no place.
func pointAt(east, north string) (shape, bool) {
	x, err := strconv.ParseFloat(east, 64)
	y, err2 := strconv.ParseFloat(north, 64)
	if err != nil || err2 != nil || !inChina(x, y) {
		return shape{}, false
	}
	return shape{"point", [][][2]float64{{{x, y}}}}, true
}

func inChina(x, y float64) bool { return x >= 73 && x <= 136 && y >= 3 && y <= 54 }

// readShape reads well-known text as this program writes it: POINT, LINESTRING, POLYGON and their MULTI forms.
func readShape(text string) (s shape, ok bool) {
	at := strings.IndexByte(text, '(')
	if at < 0 {
		return s, false
	}
	switch strings.ToUpper(strings.TrimSpace(text[:at])) {
	case "POINT", "MULTIPOINT":
		s.kind = "point"
	case "LINESTRING", "MULTILINESTRING":
		s.kind = "line"
	case "POLYGON", "MULTIPOLYGON":
		s.kind = "area"
	default:
		return s, false
	}
	for _, part := range strings.FieldsFunc(text[at:], func(r rune) bool { return r == '(' || r == ')' }) {
		part = strings.Trim(part, ", ")
		if part == "" {
			continue
		}
		ring, ok := readRing(part)
		if !ok {
			return s, false
		}
		s.rings = append(s.rings, ring)
	}
	return s, len(s.rings) > 0
}

func readRing(text string) (ring [][2]float64, ok bool) {
	for _, pair := range strings.Split(text, ",") {
		numbers := strings.Fields(pair)
		if len(numbers) < 2 {
			return nil, false
		}
		x, err := strconv.ParseFloat(numbers[0], 64)
		y, err2 := strconv.ParseFloat(numbers[1], 64)
		if err != nil || err2 != nil || !inChina(x, y) {
			return nil, false
		}
		ring = append(ring, [2]float64{x, y})
	}
	return ring, true
}
