package web

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"mulu"
)

// layout says which items of an entry place its rows on a map, and by which they are counted.
type layout struct {
	East, North string // longitude and latitude
	Shape       string // or well-known text
	Name        string // what a thing is called, "" none
	Street      string // "" none
}

// fields are the items that a map reads, each once.
func (l layout) fields() (list []string) {
	for _, f := range []string{l.East, l.North, l.Shape, l.Name, l.Street} {
		if f != "" && !slices.Contains(list, f) {
			list = append(list, f)
		}
	}
	return list
}

// mapOf finds the items that place rows on a map: bound to a data element of that format, or named so. nil where there are none,
// or where what a map would show is personal or of grade 3 and above: then rows are for the provider's list only.
func (v *visit) mapOf(code string, c *mulu.EntryContent) *layout {
	l := layout{}
	for _, i := range c.Items {
		if i.Personal || i.Sensitive || max(i.Grade, 1) > 2 {
			continue
		}
		format := ""
		var e mulu.Element
		if i.Standard != "" && v.noun(mulu.KindElement, i.Standard, &e) == nil {
			format = e.Format
		}
		field := strings.ToLower(i.Field)
		set := func(to *string, yes bool) {
			if *to == "" && yes {
				*to = i.Field
			}
		}
		set(&l.East, format == "longitude" || strings.Contains(i.Name, "经度") || field == "lng" || field == "lon" || field == "longitude")
		set(&l.North, format == "latitude" || strings.Contains(i.Name, "纬度") || field == "lat" || field == "latitude")
		set(&l.Shape, field == "geometry" || field == "geom" || field == "wkt")
		set(&l.Street, strings.Contains(i.Name, "街道") || field == "street")
		set(&l.Name, strings.HasSuffix(i.Name, "名称") || i.Name == "名称")
	}
	if l.Shape == "" && (l.East == "" || l.North == "") || c.Grade > 2 || c.Personal {
		return nil
	}
	return &l
}

// Bounds of a map.
const (
	mapRows    = 100_000 // rows that are read
	mapDrawn   = 2000    // beyond, points are gathered into squares
	mapWide    = 1000
	mapTallMax = 1000
	mapCells   = 40 // squares across
)

// mapShown is an entry's rows on a map in degrees of CGCS2000. Nothing of it comes from elsewhere: a graticule stands for the
// ground.
type mapShown struct {
	*dataShown
	Tall    int
	Points  []mapPoint
	Squares []mapSquare
	Paths   []mapPath
	Grid    []mapLineOf
	Scale   mapScale
	Streets []streetCount
	Mapped  int // rows that were read
	Placed  int
	Without int // rows without a place that can be read
	More    bool
	None    bool // there is nothing to draw
}

type mapPoint struct {
	X, Y float64
	Name string
}

type mapSquare struct {
	X, Y, Size float64
	Count      int
	Dark       int // 1 to 5
}

type mapPath struct {
	D      string
	Closed bool
	Name   string
}

// mapLineOf is a line of the graticule with its degree.
type mapLineOf struct {
	At    float64
	Text  string
	Along bool // a parallel
}

type mapScale struct {
	Wide float64 // of the bar in the map's units
	Text string
}

type streetCount struct {
	Street string
	Count  int
}

// placed is a row with its place.
type placed struct {
	shape  shape
	name   string
	street string
}

func (v *visit) mapPage() error {
	d, err := v.dataOf()
	if err != nil {
		return err
	}
	if !d.Mine { // others see that there is data, not what it says
		return errNotHere
	}
	l := v.mapOf(d.Code, d.Content)
	if !d.Map || l == nil {
		return v.show("map", &mapShown{dataShown: d, None: true})
	}
	p := &mapShown{dataShown: d}
	var all []placed
	streets := map[string]int{}
	fields := l.fields()
	at := func(f string) int { return slices.Index(fields, f) }
	err = v.Desk.GroundRows(v.R.Context(), v.by(), d.Code, fields, mapRows, func(row []string) {
		p.Mapped++
		value := func(f string) string {
			if k := at(f); f != "" && k >= 0 {
				return row[k]
			}
			return ""
		}
		one := placed{name: value(l.Name), street: value(l.Street)}
		if l.Street != "" {
			streets[one.street]++
		}
		ok := false
		if l.Shape != "" {
			one.shape, ok = readShape(value(l.Shape))
		} else {
			one.shape, ok = pointAt(value(l.East), value(l.North))
		}
		if !ok {
			p.Without++
			return
		}
		all = append(all, one)
	})
	if err != nil {
		return err
	}
	p.Placed, p.More = len(all), p.Mapped == mapRows && int64(p.Mapped) < d.Dataset.Rows
	p.draw(all)
	for s, n := range streets {
		p.Streets = append(p.Streets, streetCount{s, n})
	}
	slices.SortFunc(p.Streets, func(a, b streetCount) int {
		if a.Count != b.Count {
			return b.Count - a.Count
		}
		return strings.Compare(a.Street, b.Street)
	})
	return v.show("map", p)
}

// draw lays what is placed out on the page: north is up, a degree of longitude is shortened by the cosine of the latitude.
func (p *mapShown) draw(all []placed) {
	if len(all) == 0 {
		return
	}
	west, south, east, north := math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)
	for _, o := range all {
		for _, ring := range o.shape.rings {
			for _, c := range ring {
				west, east, south, north = min(west, c[0]), max(east, c[0]), min(south, c[1]), max(north, c[1])
			}
		}
	}
	margin := max((east-west)*0.04, (north-south)*0.04, 0.002)
	west, east, south, north = west-margin, east+margin, south-margin, north+margin
	shrink := math.Cos((south + north) / 2 * math.Pi / 180)
	unit := min(mapWide/((east-west)*shrink), mapTallMax/(north-south)) // of the map for a degree of latitude
	wide := (east - west) * shrink * unit
	left := (mapWide - wide) / 2
	p.Tall = int(math.Ceil((north - south) * unit))
	x := func(lon float64) float64 { return math.Round((left+(lon-west)*shrink*unit)*10) / 10 }
	y := func(lat float64) float64 { return math.Round((north-lat)*unit*10) / 10 }
	p.graticule(west, east, south, north, x, y)
	p.scale(unit)
	points := 0
	for _, o := range all {
		if o.shape.kind == "point" {
			points++
		}
	}
	cells := map[[2]int]int{}
	side := float64(mapWide) / mapCells
	for _, o := range all {
		if o.shape.kind != "point" {
			var b strings.Builder
			for _, ring := range o.shape.rings {
				for i, c := range ring {
					fmt.Fprintf(&b, "%s%g %g", map[bool]string{true: "M", false: "L"}[i == 0], x(c[0]), y(c[1]))
				}
				if o.shape.kind == "area" {
					b.WriteByte('Z')
				}
			}
			p.Paths = append(p.Paths, mapPath{b.String(), o.shape.kind == "area", o.name})
			continue
		}
		for _, ring := range o.shape.rings {
			for _, c := range ring {
				if points > mapDrawn {
					cells[[2]int{int(x(c[0]) / side), int(y(c[1]) / side)}]++
					continue
				}
				p.Points = append(p.Points, mapPoint{x(c[0]), y(c[1]), o.name})
			}
		}
	}
	p.gather(cells, side)
}

// gather puts many points into squares, the darker the more there are.
func (p *mapShown) gather(cells map[[2]int]int, side float64) {
	most := 0
	for _, n := range cells {
		most = max(most, n)
	}
	for c, n := range cells {
		dark := 1
		if most > 1 {
			dark = 1 + int(4*math.Log(float64(n))/math.Log(float64(most)))
		}
		p.Squares = append(p.Squares, mapSquare{float64(c[0]) * side, float64(c[1]) * side, side, n, dark})
	}
	slices.SortFunc(p.Squares, func(a, b mapSquare) int {
		if a.Y != b.Y {
			return int(a.Y - b.Y)
		}
		return int(a.X - b.X)
	})
}

// graticule draws about five meridians and parallels at round degrees.
func (p *mapShown) graticule(west, east, south, north float64, x, y func(float64) float64) {
	step := 1.0
	for _, s := range []float64{10, 5, 2, 1, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001} {
		if step = s; (east-west)/s >= 3 {
			break
		}
	}
	digits := max(0, int(math.Ceil(-math.Log10(step))))
	for lon := math.Ceil(west/step) * step; lon <= east; lon += step {
		p.Grid = append(p.Grid, mapLineOf{x(lon), strconv.FormatFloat(lon, 'f', digits, 64) + "°E", false})
	}
	for lat := math.Ceil(south/step) * step; lat <= north; lat += step {
		p.Grid = append(p.Grid, mapLineOf{y(lat), strconv.FormatFloat(lat, 'f', digits, 64) + "°N", true})
	}
}

// metres of a degree of latitude.
const degree = 111_000.0

func (p *mapShown) scale(unit float64) {
	per := degree / unit
	for _, m := range []float64{100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000} {
		p.Scale = mapScale{Wide: math.Round(m / per), Text: fmt.Sprintf("%g m", m)}
		if m >= 1000 {
			p.Scale.Text = fmt.Sprintf("%g km", m/1000)
		}
		if p.Scale.Wide >= 100 {
			return
		}
	}
}
