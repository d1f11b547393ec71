package intake

import (
	"bytes"
	"encoding/binary"
	"math"
	"strconv"
	"strings"
	"testing"
)

// shp is a .shp of these records' contents.
func shp(right float64, contents ...[]byte) string {
	b := make([]byte, 100)
	binary.BigEndian.PutUint32(b, 9994)
	binary.LittleEndian.PutUint32(b[28:], 1000)
	binary.LittleEndian.PutUint64(b[52:], math.Float64bits(right))
	for i, c := range contents {
		b = binary.BigEndian.AppendUint32(b, uint32(i+1))
		b = binary.BigEndian.AppendUint32(b, uint32(len(c)/2))
		b = append(b, c...)
	}
	return string(b)
}

func floats(b []byte, x ...float64) []byte {
	for _, f := range x {
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(f))
	}
	return b
}

func pointOf(x, y float64) []byte { return floats([]byte{1, 0, 0, 0}, x, y) }

// manyOf is a line (3) or an area (5) of parts, each of which is x, y, x, y …
func manyOf(sort byte, parts ...[]float64) []byte {
	b := floats([]byte{sort, 0, 0, 0}, 0, 0, 0, 0)
	total := 0
	for _, p := range parts {
		total += len(p) / 2
	}
	b = binary.LittleEndian.AppendUint32(b, uint32(len(parts)))
	b = binary.LittleEndian.AppendUint32(b, uint32(total))
	at := 0
	for _, p := range parts {
		b = binary.LittleEndian.AppendUint32(b, uint32(at))
		at += len(p) / 2
	}
	for _, p := range parts {
		b = floats(b, p...)
	}
	return b
}

// dbfOf is a .dbf; each field is its name, type and width ("名称 C 10"), each row its values one after another, filled up.
func dbfOf(mark byte, fields []string, rows ...string) string {
	var descriptors bytes.Buffer
	width := 1
	for _, f := range fields {
		part := strings.Split(f, " ")
		size, err := strconv.Atoi(part[2])
		if err != nil {
			panic(err)
		}
		d := make([]byte, 32)
		copy(d[:11], part[0])
		d[11], d[16] = part[1][0], byte(size)
		descriptors.Write(d)
		width += size
	}
	b := make([]byte, 32)
	b[0], b[29] = 3, mark
	binary.LittleEndian.PutUint32(b[4:], uint32(len(rows)))
	binary.LittleEndian.PutUint16(b[8:], uint16(33+descriptors.Len()))
	binary.LittleEndian.PutUint16(b[10:], uint16(width))
	b = append(append(b, descriptors.Bytes()...), '\r')
	for _, r := range rows {
		b = append(b, r+strings.Repeat(" ", max(0, width-len(r)))...)
	}
	return string(append(b, 0x1A))
}

func TestShapefile(t *testing.T) {
	const gcs = `GEOGCS["x",DATUM["D_China_2000",SPHEROID["CGCS2000",6378137.0,298.257222101]]]`
	const zone = `PROJCS["x",` + gcs + `,PROJECTION["Gauss_Kruger"],PARAMETER["False_Easting",500000.0],PARAMETER["Central_Meridian",117.0],UNIT["Meter",1.0]]`
	outer := []float64{116, 39, 116, 40, 117, 40, 117, 39, 116, 39}                    // clockwise
	hole := []float64{116.2, 39.2, 116.4, 39.2, 116.4, 39.4, 116.2, 39.4, 116.2, 39.2} // the other way
	island := []float64{118, 39, 118, 40, 119, 40, 119, 39, 118, 39}
	one := shp(117, pointOf(116.5, 39.5))
	for _, c := range []struct {
		name  string
		parts []string
		form  Form
		want  string
	}{
		{"GBK by its mark", []string{"a.shp", one, "a.dbf", dbfOf(0x4D, []string{gb(t, "名称") + " C 10", "n N 8"}, " "+gb(t, "德胜      ")+"    1.50")}, Form{},
			"名称|n|geometry\n1: 德胜|1.50|POINT (116.5 39.5)\n"},
		{"GBK told by the text", []string{"a.shp", one, "a.dbf", dbfOf(0, []string{"name C 10"}, " "+gb(t, "德胜门外"))}, Form{}, "name|geometry\n1: 德胜门外|POINT (116.5 39.5)\n"},
		{"UTF-8 by .cpg", []string{"d/a.SHP", one, "d/a.DBF", dbfOf(0x4D, []string{"name C 12"}, " 德胜门外"), "d/a.cpg", "UTF-8\n", "d/a.prj", gcs}, Form{}, "name|geometry\n1: 德胜门外|POINT (116.5 39.5)\n"},
		{"sorts of attributes", []string{"a.shp", shp(117, pointOf(116, 40), pointOf(116, 40)), "a.dbf",
			dbfOf(0, []string{"d D 8", "l L 1", "n N 4"}, " 20240102T****", " 00000000?   7")}, Form{}, "d|l|n|geometry\n1: 2024-01-02|true||POINT (116 40)\n2: ||7|POINT (116 40)\n"},
		{"days that are none stay", []string{"a.shp", one, "a.dbf", dbfOf(0, []string{"d D 8"}, " 20230230")}, Form{}, "d|geometry\n1: 2023-02-30|POINT (116.5 39.5)\n"},
		{"projected", []string{"a.shp", shp(448473, pointOf(448473.098675, 4419576.596419)), "a.dbf", dbfOf(0, []string{"n N 1"}, " 1"), "a.prj", zone}, Form{}, "n|geometry\n1: 1|POINT (116.3974 39.9088)\n"},
		{"projected, system named by a person", []string{"a.shp", shp(448473, pointOf(448473.098675, 4419576.596419)), "a.dbf", dbfOf(0, []string{"n N 1"}, " 1")}, Form{System: gk117}, "n|geometry\n1: 1|POINT (116.3974 39.9088)\n"},
		{"projected, no system", []string{"a.shp", shp(448473, pointOf(448473.098675, 4419576.596419)), "a.dbf", dbfOf(0, []string{"n N 1"}, " 1")}, Form{}, "fault no_system 0\n"},
		{"another system", []string{"a.shp", one, "a.dbf", dbfOf(0, []string{"n N 1"}, " 1"), "a.prj", `GEOGCS["GCS_Xian_1980",DATUM["D_Xian_1980"]]`}, Form{}, "fault system 0\n"},
		{"holes and islands", []string{"a.shp", shp(119, manyOf(5, outer, hole), manyOf(5, hole, island, outer), manyOf(15, outer)), "a.dbf", dbfOf(0, []string{"n N 1"}, " 1", " 2", " 3")}, Form{},
			"n|geometry\n1: 1|POLYGON ((116 39, 116 40, 117 40, 117 39, 116 39), (116.2 39.2, 116.4 39.2, 116.4 39.4, 116.2 39.4, 116.2 39.2))\n" +
				"2: 2|MULTIPOLYGON (((118 39, 118 40, 119 40, 119 39, 118 39)), ((116 39, 116 40, 117 40, 117 39, 116 39), (116.2 39.2, 116.4 39.2, 116.4 39.4, 116.2 39.4, 116.2 39.2)))\n" +
				"3: 3|POLYGON ((116 39, 116 40, 117 40, 117 39, 116 39))\n"},
		{"lines", []string{"a.shp", shp(117, manyOf(3, []float64{116, 39, 117, 40}), manyOf(3, []float64{116, 39, 117, 40}, []float64{116, 39, 117, 39})), "a.dbf", dbfOf(0, []string{"n N 1"}, " 1", " 2")}, Form{},
			"n|geometry\n1: 1|LINESTRING (116 39, 117 40)\n2: 2|MULTILINESTRING ((116 39, 117 40), (116 39, 117 39))\n"},
		{"no shape", []string{"a.shp", shp(117, []byte{0, 0, 0, 0}), "a.dbf", dbfOf(0, []string{"n N 1"}, " 1")}, Form{}, "n|geometry\n1: 1|\n"},
		{"struck out", []string{"a.shp", shp(117, pointOf(116, 40), pointOf(117, 40)), "a.dbf", dbfOf(0, []string{"n N 1"}, "*1", " 2")}, Form{}, "n|geometry\n2: 2|POINT (117 40)\n"},
		{"broken shapes", []string{"a.shp", shp(117, []byte{1, 0, 0, 0}, []byte{31, 0, 0, 0}, manyOf(5, outer)[:60], pointOf(math.NaN(), 40)), "a.dbf", dbfOf(0, []string{"n N 1"}, " 1", " 2", " 3", " 4")}, Form{},
			"n|geometry\n1! geometry \"\" bad_shape\n2! geometry \"\" bad_shape\n3! geometry \"\" bad_shape\n4! geometry \"NaN 40\" outside_china\n"},
		{"a name cut in the middle", []string{"a.shp", one, "a.dbf", dbfOf(0x4D, []string{"n C 3"}, " "+gb(t, "德胜")[:3])}, Form{}, "n|geometry\n1! n \"德\uFFFD\" garbled\n"},
		{"fewer rows than shapes", []string{"a.shp", shp(117, pointOf(116, 40), pointOf(116, 40)), "a.dbf", dbfOf(0, []string{"n N 1"}, " 1")}, Form{}, "n|geometry\n1: 1|POINT (116 40)\nfault uneven 0\n"},
		{"fewer shapes than rows", []string{"a.shp", one, "a.dbf", dbfOf(0, []string{"n N 1"}, " 1", " 2")}, Form{}, "n|geometry\n1: 1|POINT (116.5 39.5)\nfault uneven 0\n"},
		{"a memo", []string{"a.shp", one, "a.dbf", dbfOf(0, []string{"n M 10"}, " 1")}, Form{}, "fault dbf_type 0\n"},
		{"attributes cut off", []string{"a.shp", one, "a.dbf", dbfOf(0, []string{"n C 10"}, " 1")[:40]}, Form{}, "fault damaged 0\n"},
		{"no shapes at all", []string{"a.shp", "x", "a.dbf", dbfOf(0, []string{"n N 1"}, " 1")}, Form{}, "fault damaged 0\n"},
		{"no attributes", []string{"a.shp", one}, Form{}, "fault zip 0\n"},
		{"no such layer", []string{"a.shp", one, "a.dbf", dbfOf(0, []string{"n N 1"}, " 1")}, Form{Sheet: "b"}, "fault layer 0\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := told(t, file(packed(t, c.parts...)), "a.zip", c.form); got != c.want {
				t.Errorf("got\n%.900s\nwant\n%.900s", got, c.want)
			}
		})
	}
}

func TestLayers(t *testing.T) {
	one, attributes := shp(117, pointOf(116.5, 39.5)), dbfOf(0, []string{"n N 1"}, " 1")
	zip := packed(t, "x/"+gb(t, "街道")+".shp", one, "x/"+gb(t, "街道")+".dbf", attributes, "楼.shp", one, "楼.dbf", attributes, "__MACOSX/._a.shp", one, "__MACOSX/._a.dbf", attributes)
	list, err := Sheets(file(zip), "a.zip")
	if err != nil || strings.Join(list, " ") != "街道 楼" {
		t.Errorf("%q, %v", list, err)
	}
	for _, sheet := range []string{"街道", "楼"} {
		if got := told(t, file(zip), "a.zip", Form{Sheet: sheet}); got != "n|geometry\n1: 1|POINT (116.5 39.5)\n" {
			t.Errorf("%s: %s", sheet, got)
		}
	}
}

// A shape of many tiny holes and many rings around nothing must not take hours.
func TestNestingIsBounded(t *testing.T) {
	var rings [][]position
	for i := range 20_000 {
		x := float64(i) * 1e-6
		rings = append(rings, []position{{0, 0}, {0, 9}, {9 + x, 9}, {0, 0}}, []position{{8, 1}, {8.1, 1}, {8.1, 1.1}, {8, 1}})
	}
	if _, ok := nested(rings); ok {
		t.Error("a shape that takes 400,000,000 comparisons was read")
	}
}

func FuzzShapefile(f *testing.F) {
	f.Add(shp(117, pointOf(116.5, 39.5)), dbfOf(0x4D, []string{"n C 5"}, " abc"), "UTF-8", "")
	f.Add(shp(117, manyOf(5, []float64{116, 39, 116, 40, 117, 40, 116, 39})), dbfOf(0, []string{"n D 8", "l L 1"}, " 20240101T"), "", `GEOGCS["x",DATUM["D_China_2000"]]`)
	f.Add(shp(117, manyOf(13, []float64{116, 39, 116, 40})), dbfOf(0, []string{"n N 5"}, "*12345"), "x", "y")
	f.Fuzz(func(t *testing.T, shapes, attributes, cpg, prj string) {
		told(t, file(packed(t, "a.shp", shapes, "a.dbf", attributes, "a.cpg", cpg, "a.prj", prj)), "a.zip", Form{Kind: Shapefile})
		told(t, file(packed(t, "a.shp", shapes, "a.dbf", attributes)), "a.zip", Form{Kind: Shapefile, System: gk117})
	})
}
