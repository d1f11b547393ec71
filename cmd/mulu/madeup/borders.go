package madeup

import "encoding/json"

// outline is the district's illustrative boundary, one point after the other, northernmost first.
var outline = []Point{{116371000, 39974000}, {116393500, 39972000}, {116397000, 39940500}, {116392500, 39907500}, {116398500, 39898500}, {116399500, 39871500},
	{116352000, 39867000}, {116331000, 39869500}, {116321500, 39884000}, {116323500, 39901500}, {116329500, 39908500}, {116328000, 39940000}, {116352000, 39946000}, {116356500, 39969000}}

// Border is the boundary of a street, or with street -1 of the district: a ring whose last point is its first. A street has
// what lies nearer to its middle than to any other's, so that the streets cover the district and do not overlap.
func (t *Town) Border(street int) []Point {
	ring := outline
	if street >= 0 {
		here := t.Streets[street].At
		for other, s := range t.Streets {
			if other != street {
				ring = nearer(ring, here, s.At)
			}
		}
	}
	return append(append([]Point{}, ring...), ring[0])
}

// nearer is the part of a polygon that is nearer to one point than to another. The polygon need not be convex for what is
// cut here: the cuts leave it in one piece.
func nearer(ring []Point, to, than Point) (part []Point) {
	side := func(p Point) int { // below 0: nearer to the first; the same scale on both axes is near enough for a sketch
		return (than.Lon-to.Lon)*(2*p.Lon-to.Lon-than.Lon) + (than.Lat-to.Lat)*(2*p.Lat-to.Lat-than.Lat)
	}
	for i, p := range ring {
		q := ring[(i+1)%len(ring)]
		a, b := side(p), side(q)
		if a <= 0 {
			part = append(part, p)
		}
		if a < 0 && b > 0 || a > 0 && b < 0 {
			part = append(part, Point{p.Lon + (q.Lon-p.Lon)*a/(a-b), p.Lat + (q.Lat-p.Lat)*a/(a-b)})
		}
	}
	return part
}

// GeoJSON gives the boundaries of the district and its streets as features with code, name, level and note.
func (t *Town) GeoJSON() ([]byte, error) {
	type feature struct {
		Type       string            `json:"type"`
		Properties map[string]string `json:"properties"`
		Geometry   any               `json:"geometry"`
	}
	add := func(code, name, level string, street int) feature {
		var ring [][2]json.Number
		for _, p := range t.Border(street) {
			ring = append(ring, [2]json.Number{json.Number(degrees(p.Lon)), json.Number(degrees(p.Lat))})
		}
		return feature{"Feature", map[string]string{"qydm": code, "qymc": name, "qycj": level, "bz": "示意边界，不作划界依据"},
			map[string]any{"type": "Polygon", "coordinates": [][][2]json.Number{ring}}}
	}
	all := []feature{add("110102", "西城区", "区", -1)}
	for n, s := range t.Streets {
		all = append(all, add(s.Code, s.Name, "街道", n))
	}
	return json.Marshal(map[string]any{"type": "FeatureCollection", "features": all})
}
