package intake

import (
	"encoding/binary"
)

// The types of shapes, without heights and measures: those have the same beginning, 10 or 20 added to the number.
const (
	nullShape  = 0
	pointShape = 1
	lineShape  = 3
	areaShape  = 5
	manyShape  = 8
)

// nestingWork bounds how many comparisons finding the ring around each hole may take: a shape of hundreds of thousands of
// tiny rings would otherwise take hours.
const nestingWork = 50_000_000

// write writes the content of a record as well-known text. false: it is not what its type says.
func (t *shapeTable) write(b []byte) bool {
	if len(b) < 4 {
		return false
	}
	sort := binary.LittleEndian.Uint32(b)
	if sort > 28 {
		return false
	}
	w := &t.shape
	switch b = b[4:]; sort % 10 {
	case nullShape:
		return sort == nullShape
	case pointShape:
		if len(b) < 16 {
			return false
		}
		w.put("POINT (")
		w.point(float(b), float(b[8:]))
		w.put(")")
	case manyShape:
		if len(b) < 36 {
			return false
		}
		list, ok := vertices(b[36:], binary.LittleEndian.Uint32(b[32:]))
		if !ok {
			return false
		}
		w.points(list)
	case lineShape:
		lines, ok := parts(b)
		switch {
		case !ok || len(lines) == 0:
			return false
		case len(lines) == 1:
			w.put("LINESTRING ")
			w.line(lines[0], false)
		default:
			w.put("MULTILINESTRING ")
			w.lines(lines, false)
		}
	case areaShape:
		rings, ok := parts(b)
		if !ok {
			return false
		}
		areas, ok := nested(rings)
		if !ok {
			return false
		}
		w.polygons(areas, len(areas) != 1)
	default:
		return false
	}
	return true
}

func vertices(b []byte, n uint32) ([]position, bool) {
	if uint64(n)*16 > uint64(len(b)) {
		return nil, false
	}
	out := make([]position, n)
	for i := range out {
		out[i] = position{float(b[16*i:]), float(b[16*i+8:])}
	}
	return out, true
}

// parts cuts lines or rings: after the box the number of parts and of points, where each part begins, and the points.
func parts(b []byte) ([][]position, bool) {
	if len(b) < 40 {
		return nil, false
	}
	count, total := binary.LittleEndian.Uint32(b[32:]), binary.LittleEndian.Uint32(b[36:])
	b = b[40:]
	if uint64(count)*4 > uint64(len(b)) {
		return nil, false
	}
	all, ok := vertices(b[4*count:], total)
	if !ok {
		return nil, false
	}
	out := make([][]position, 0, count)
	for i := range count {
		from, to := binary.LittleEndian.Uint32(b[4*i:]), total
		if i+1 < count {
			to = binary.LittleEndian.Uint32(b[4*i+4:])
		}
		if from > to || to > total {
			return nil, false
		}
		out = append(out, all[from:to])
	}
	return out, true
}

// nested puts rings into polygons. A shapefile has outer rings clockwise and holes the other way, in any order: a hole
// belongs to the smallest outer ring around its first point; one that stands in none is a polygon of its own, which is what
// programs that turn rings the wrong way mean.
func nested(rings [][]position) ([][][]position, bool) {
	type outer struct {
		ring                   []position
		area                   float64
		left, right, low, high float64
	}
	var outers []outer
	var holes [][]position
	for _, r := range rings {
		if len(r) < 4 {
			return nil, false
		}
		a := area(r)
		if a > 0 {
			holes = append(holes, r)
			continue
		}
		o := outer{ring: r, area: -a, left: r[0].x, right: r[0].x, low: r[0].y, high: r[0].y}
		for _, p := range r {
			o.left, o.right = min(o.left, p.x), max(o.right, p.x)
			o.low, o.high = min(o.low, p.y), max(o.high, p.y)
		}
		outers = append(outers, o)
	}
	out := make([][][]position, len(outers))
	for i, o := range outers {
		out[i] = [][]position{o.ring}
	}
	work := 0
	for _, h := range holes {
		best := -1
		for i, o := range outers {
			p := h[0]
			work++
			if p.x < o.left || p.x > o.right || p.y < o.low || p.y > o.high || best >= 0 && o.area >= outers[best].area {
				continue
			}
			work += len(o.ring)
			if around(o.ring, p) {
				best = i
			}
		}
		if work > nestingWork {
			return nil, false
		}
		if best < 0 {
			out = append(out, [][]position{h})
			continue
		}
		out[best] = append(out[best], h)
	}
	return out, true
}

// area is twice the signed area of a ring: positive if it turns anticlockwise. It is measured from the first point, because large
// coordinates would swallow small rings.
func area(r []position) float64 {
	sum := 0.0
	for i := 1; i+1 < len(r); i++ {
		sum += (r[i].x-r[0].x)*(r[i+1].y-r[0].y) - (r[i+1].x-r[0].x)*(r[i].y-r[0].y)
	}
	return sum
}

// around says that a point lies inside a ring or on it.
func around(r []position, p position) bool {
	in := false
	for i := 1; i < len(r); i++ {
		a, b := r[i-1], r[i]
		if (a.y > p.y) != (b.y > p.y) {
			x := a.x + (p.y-a.y)*(b.x-a.x)/(b.y-a.y)
			if x == p.x {
				return true
			}
			if x > p.x {
				in = !in
			}
		}
	}
	return in
}
