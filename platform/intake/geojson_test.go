package intake

import (
	"fmt"
	"strings"
	"testing"
)

// features is a collection of these features; crs may be empty.
func features(crs string, list ...string) string {
	if crs != "" {
		crs = `"crs":{"type":"name","properties":{"name":"` + crs + `"}},`
	}
	return `{"type":"FeatureCollection","name":"x",` + crs + `"features":[` + strings.Join(list, ",\n") + `]}`
}

func feature(properties, sort, coordinates string) string {
	return fmt.Sprintf(`{"type":"Feature","id":7,"properties":%s,"geometry":{"type":"%s","coordinates":%s}}`, properties, sort, coordinates)
}

func TestGeoJSON(t *testing.T) {
	here := feature(`{"名称":"点"}`, "Point", "[116.37,39.92,48.5]")
	square := "[[116.3,39.9],[116.4,39.9],[116.4,40],[116.3,39.9]]"
	for _, c := range []struct {
		name, in string
		form     Form
		want     string
	}{
		{"a collection", features("", here, feature(`{"x":1.50}`, "LineString", "[[116.3,39.9],[116.4,40]]")), Form{},
			"名称|x|geometry\n1: 点||POINT (116.37 39.92)\n2: |1.50|LINESTRING (116.3 39.9, 116.4 40)\n"},
		{"CGCS2000", features("urn:ogc:def:crs:EPSG::4490", here), Form{}, "名称|geometry\n1: 点|POINT (116.37 39.92)\n"},
		{"WGS 84", features("urn:ogc:def:crs:OGC:1.3:CRS84", here), Form{}, "名称|geometry\n1: 点|POINT (116.37 39.92)\n"},
		{"projected", features("EPSG:4548", feature("{}", "Point", "[448473.098675,4419576.596419]")), Form{}, "geometry\n1: POINT (116.3974 39.9088)\n"},
		{"projected with the zone's number", features("urn:ogc:def:crs:EPSG::4527", feature("null", "Point", "[39448473.098675,4419576.596419]")), Form{}, "geometry\n1: POINT (116.3974 39.9088)\n"},
		{"system named by a person", features("", feature("{}", "Point", "[448473.098675,4419576.596419]")), Form{System: "epsg:4548"}, "geometry\n1: POINT (116.3974 39.9088)\n"},
		{"crs behind the features", `{"features":[` + feature("{}", "Point", "[448473.098675,4419576.596419]") + `],"type":"FeatureCollection","crs":{"type":"name","properties":{"name":"EPSG:4548"}}}`,
			Form{}, "geometry\n1: POINT (116.3974 39.9088)\n"},
		{"another system", features("EPSG:2436", here), Form{}, "fault system 0\n"},
		{"GCJ-02 by name", features("GCJ-02", here), Form{}, "fault system 0\n"},
		{"polygons", features("", feature(`{"a":1}`, "Polygon", "["+square+"]"), feature(`{"a":2}`, "MultiPolygon", "[["+square+"],["+square+"]]")), Form{},
			"a|geometry\n1: 1|POLYGON ((116.3 39.9, 116.4 39.9, 116.4 40, 116.3 39.9))\n" +
				"2: 2|MULTIPOLYGON (((116.3 39.9, 116.4 39.9, 116.4 40, 116.3 39.9)), ((116.3 39.9, 116.4 39.9, 116.4 40, 116.3 39.9)))\n"},
		{"many", features("", feature("{}", "MultiPoint", "[[116.3,39.9],[116.4,40]]"), feature("{}", "MultiLineString", "[[[116.3,39.9],[116.4,40]]]")), Form{},
			"geometry\n1: MULTIPOINT ((116.3 39.9), (116.4 40))\n2: MULTILINESTRING ((116.3 39.9, 116.4 40))\n"},
		{"a collection of geometries", features("", `{"type":"Feature","properties":{},"geometry":{"type":"GeometryCollection","geometries":[{"type":"Point","coordinates":[116,40]}]}}`), Form{},
			"geometry\n1: GEOMETRYCOLLECTION (POINT (116 40))\n"},
		{"outside China", features("", feature("{}", "Point", "[39.92,116.37]"), feature("{}", "Point", "[2.35,48.85]"), here), Form{},
			"名称|geometry\n1! geometry \"39.92 116.37\" outside_china\n2! geometry \"2.35 48.85\" outside_china\n3: 点|POINT (116.37 39.92)\n"},
		{"broken shapes", features("", feature("{}", "Point", "[116]"), feature("{}", "Polygon", "[[[116,40],[117,40],[116,40]]]"), feature("{}", "LineString", "[[116,40]]"),
			feature("{}", "Polygon", "[[[116,40],[117,40],[117,41],[116,41]]]"), feature("{}", "Circle", "[]"), feature("{}", "Point", `"x"`), feature("{}", "MultiPolygon", "[]")), Form{},
			"geometry\n1! geometry \"\" bad_shape\n2! geometry \"\" bad_shape\n3! geometry \"\" bad_shape\n4! geometry \"\" bad_shape\n5! geometry \"Circle\" bad_shape\n6! geometry \"\" bad_shape\n7! geometry \"\" bad_shape\n"},
		{"no geometry", features("", `{"type":"Feature","properties":{"a":1},"geometry":null}`), Form{}, "a|geometry\n1: 1|\n"},
		{"nested properties", features("", feature(`{"a":[1]}`, "Point", "[116,40]")), Form{}, "a|geometry\n1! a \"[1]\" nested\n"},
		{"a property named geometry", features("", feature(`{"geometry":1}`, "Point", "[116,40]")), Form{}, "fault twice 0\n"},
		{"one after another", here + "\n" + here, Form{}, "名称|geometry\n1: 点|POINT (116.37 39.92)\n2: 点|POINT (116.37 39.92)\n"},
		{"cut off", features("", here)[:150], Form{}, "fault json 0\n"},
		{"two lists", `{"type":"FeatureCollection","features":[` + here + `],"features":[]}`, Form{}, "fault geojson 0\n"},
		{"no features", features(""), Form{}, "fault geojson 0\n"},
		{"GB 18030", gb(t, features("", here)), Form{}, "名称|geometry\n1: 点|POINT (116.37 39.92)\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := told(t, file(c.in), "a.json", c.form); got != c.want {
				t.Errorf("got\n%.900s\nwant\n%.900s", got, c.want)
			}
		})
	}
}

func TestFormOfGeoJSON(t *testing.T) {
	form, err := Sniff(file(features("EPSG:4326", feature("{}", "Point", "[116,40]"))), "a.geojson")
	if err != nil || form != (Form{Kind: GeoJSON, Charset: utf8Text, System: wgs84}) {
		t.Errorf("%+v, %v", form, err)
	}
}

func FuzzGeoJSON(f *testing.F) {
	f.Add(features("EPSG:4548", feature(`{"a":1}`, "Polygon", "[[[448473,4419576],[448474,4419576],[448474,4419577],[448473,4419576]]]")))
	f.Add(features("", feature(`{"a":{}}`, "Point", "[116,40]"), `{"geometry":{"type":"GeometryCollection","geometries":[{"type":"GeometryCollection"}]}}`))
	f.Add(feature(`{"a":1}`, "Point", "[116,40]") + feature(`{"b":1}`, "MultiPoint", "[[116,40]]"))
	f.Fuzz(func(t *testing.T, s string) { told(t, file(s), "a.json", Form{Kind: GeoJSON}) })
}

func BenchmarkGeoJSON(b *testing.B) {
	var list []string
	for i := range 20_000 {
		list = append(list, feature(fmt.Sprintf(`{"编号":"%d","名称":"楼"}`, i), "Polygon", "[[[116.31,39.91],[116.32,39.91],[116.32,39.92],[116.31,39.92],[116.31,39.91]]]"))
	}
	benchmark(b, []byte(features("", list...)), Form{})
}
