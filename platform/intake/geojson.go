package intake

import (
	"encoding/json"
	"io"

	"mulu/platform/quality"
)

// geoTable reads the features of a collection, or features one after another: their properties become columns, their geometry the
// last. Without a member crs degrees of CGCS2000 are assumed. Ids, boxes and members of programs are passed over.
type geoTable struct {
	layout
	f       File
	form    Form
	stream  *jsonValues
	one     bool // one collection
	inList  bool
	crs     string // of the collection; told when it has been read to the end
	inside  []member
	shape   wkt
	feature struct{ properties, geometry []byte }
}

func openGeoJSON(f File, form Form) (Table, error) {
	var err error
	if form.Charset, err = charsetFor(f, form.Charset); err != nil {
		return nil, err
	}
	t := &geoTable{f: f, form: form}
	if err := t.survey(); err != nil {
		return nil, err
	}
	if t.form.System == "" {
		t.form.System = t.crs
	}
	if t.form.System == "" {
		t.form.System = cgcs2000
	}
	if t.form.System, err = systemOf(t.form.System); err != nil {
		return nil, err
	}
	t.shape.system = t.form.System
	if err := t.settle(Geometry); err != nil {
		return nil, err
	}
	t.rewind()
	return t, nil
}

// survey reads the file once: the columns from the first features, and crs, which may stand behind them.
func (t *geoTable) survey() error {
	t.rewind()
	first, err := t.stream.peek()
	if err != nil {
		return err
	}
	if first != '{' {
		return fault("geojson", 0)
	}
	if t.one, err = t.collection(); err != nil {
		return err
	}
	t.rewind()
	for {
		err := t.read(t.stream.count < sampleLines)
		if err == io.EOF {
			if t.stream.count == 0 {
				return fault("geojson", 0)
			}
			return nil
		}
		if err != nil {
			return err
		}
		if t.stream.count > sampleLines {
			continue
		}
		if err := t.cutFeature(); err != nil {
			continue // told when its turn comes
		}
		t.learn(t.inside)
	}
}

func (t *geoTable) rewind() {
	t.stream, t.inList, t.objects = newJSONValues(text(t.f, t.form.Charset)), false, 0
}

// collection says that the first value has a member features.
func (t *geoTable) collection() (bool, error) {
	j := t.stream
	if err := j.take('{'); err != nil {
		return false, err
	}
	for first := true; ; first = false {
		more, err := j.more('}', first)
		if err != nil || !more {
			return false, err
		}
		name, err := t.name()
		if err != nil || name == "features" {
			return err == nil, err
		}
		if err := j.next(false); err != nil {
			return false, err
		}
	}
}

// name reads the name of a member and its colon.
func (t *geoTable) name() (string, error) {
	if err := t.stream.next(true); err != nil {
		return "", err
	}
	var name string
	if json.Unmarshal(t.stream.value, &name) != nil {
		return "", fault("json", 0, t.stream.count+1)
	}
	return name, t.stream.take(':')
}

// read reads the next feature as a value of the stream; io.EOF at the end. keep: false passes over it.
func (t *geoTable) read(keep bool) error {
	j := t.stream
	if !t.one {
		if b, err := j.peek(); err != nil {
			return err
		} else if b == 0 {
			return io.EOF
		}
		j.count++
		return j.next(keep)
	}
	first := !t.inList
	if first {
		if err := j.take('{'); err != nil {
			return err
		}
		if found, err := t.passMembers(true); err != nil || !found {
			return or(err, io.EOF)
		}
		t.inList = true
	}
	more, err := j.more(']', first)
	if err != nil {
		return err
	}
	if !more {
		found, err := t.passMembers(false)
		if err == nil && found {
			return fault("geojson", 0) // a second list
		}
		return or(err, io.EOF)
	}
	j.count++
	return j.next(keep)
}

func or(err, otherwise error) error {
	if err != nil {
		return err
	}
	return otherwise
}

// passMembers reads members of the collection up to and including the beginning of the features, and learns crs from them.
func (t *geoTable) passMembers(first bool) (found bool, err error) {
	j := t.stream
	for ; ; first = false {
		more, err := j.more('}', first)
		if err != nil || !more {
			return false, err
		}
		name, err := t.name()
		if err != nil {
			return false, err
		}
		if name == "features" {
			return true, j.take('[')
		}
		if err := j.next(name == "crs"); err != nil {
			return false, err
		}
		if name == "crs" && string(j.value) != "null" {
			var crs struct {
				Properties struct{ Name, Href string }
			}
			if json.Unmarshal(j.value, &crs) != nil || crs.Properties.Name == "" {
				return false, fault("system", 0, clip(string(j.value)))
			}
			t.crs = crs.Properties.Name
		}
	}
}

// cutFeature cuts the value of the stream into properties, as inside, and geometry.
func (t *geoTable) cutFeature() error {
	var ok bool
	if t.inside, ok = members(t.stream.value, t.inside[:0]); !ok {
		return fault("json", 0, t.stream.count)
	}
	t.feature.properties, t.feature.geometry = nil, nil
	for _, m := range t.inside {
		switch string(m.name) {
		case "properties":
			t.feature.properties = m.raw
		case "geometry":
			t.feature.geometry = m.raw
		}
	}
	t.inside = t.inside[:0]
	if p := t.feature.properties; p != nil && string(p) != "null" {
		if t.inside, ok = members(p, t.inside); !ok {
			return flaw(t.stream.count, "", "properties", quality.NotJSON)
		}
	}
	return nil
}

func (t *geoTable) Columns() []string { return t.columns }
func (t *geoTable) Form() Form        { return t.form }
func (t *geoTable) Close() error      { return nil }

func (t *geoTable) Next() (Row, error) {
	for {
		if err := t.read(true); err != nil {
			return Row{}, err
		}
		line := t.stream.count
		if err := t.cutFeature(); err != nil {
			return Row{}, err
		}
		if err := t.place(line, t.inside); err != nil {
			return Row{}, err
		}
		if last := len(t.columns) - 1; t.wants(last) && t.feature.geometry != nil && string(t.feature.geometry) != "null" {
			t.shape.reset()
			t.geometry(t.feature.geometry, 0)
			if t.shape.why != "" {
				return Row{}, flaw(line, Geometry, t.shape.about, t.shape.why)
			}
			t.values[last] = string(t.shape.text)
		}
		if !blank(t.values) {
			return Row{line, t.values}, nil
		}
	}
}

// geometry writes a geometry as well-known text. depth counts collections within collections, of which there may be four.
func (t *geoTable) geometry(raw []byte, depth int) {
	var g struct {
		Type        string            `json:"type"`
		Coordinates json.RawMessage   `json:"coordinates"`
		Geometries  []json.RawMessage `json:"geometries"`
	}
	if err := json.Unmarshal(raw, &g); err != nil || depth > 4 {
		t.shape.wrong(quality.BadShape, "")
		return
	}
	w := &t.shape
	switch g.Type {
	case "Point":
		if p := decoded[vertex](w, g.Coordinates); p.ok() {
			w.put("POINT (")
			w.point(p[0], p[1])
			w.put(")")
		} else {
			w.wrong(quality.BadShape, "")
		}
	case "MultiPoint":
		w.points(positions(w, decoded[[]vertex](w, g.Coordinates)))
	case "LineString":
		w.put("LINESTRING ")
		w.line(positions(w, decoded[[]vertex](w, g.Coordinates)), false)
	case "MultiLineString":
		w.put("MULTILINESTRING ")
		w.lines(lists(w, decoded[[][]vertex](w, g.Coordinates)), false)
	case "Polygon":
		w.polygons([][][]position{lists(w, decoded[[][]vertex](w, g.Coordinates))}, false)
	case "MultiPolygon":
		var all [][][]position
		for _, p := range decoded[[][][]vertex](w, g.Coordinates) {
			all = append(all, lists(w, p))
		}
		w.polygons(all, true)
	case "GeometryCollection":
		w.put("GEOMETRYCOLLECTION (")
		for i, inner := range g.Geometries {
			if i > 0 {
				w.put(", ")
			}
			if t.geometry(inner, depth+1); w.why != "" {
				return
			}
		}
		if len(g.Geometries) == 0 {
			w.wrong(quality.BadShape, "")
		}
		w.put(")")
	default:
		w.wrong(quality.BadShape, g.Type)
	}
}

// vertex is a position as JSON has it: two numbers, and perhaps a height.
type vertex []float64

func (v vertex) ok() bool { return len(v) >= 2 }

func decoded[T any](w *wkt, raw []byte) (v T) {
	if json.Unmarshal(raw, &v) != nil {
		w.wrong(quality.BadShape, "")
	}
	return v
}

func positions(w *wkt, list []vertex) []position {
	out := make([]position, 0, len(list))
	for _, v := range list {
		if !v.ok() {
			w.wrong(quality.BadShape, "")
			return nil
		}
		out = append(out, position{v[0], v[1]})
	}
	return out
}

func lists(w *wkt, list [][]vertex) [][]position {
	out := make([][]position, 0, len(list))
	for _, l := range list {
		out = append(out, positions(w, l))
	}
	return out
}
