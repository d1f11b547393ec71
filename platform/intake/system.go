package intake

import (
	"math"
	"regexp"
	"strconv"
	"strings"
)

// The coordinate systems that are read. CGCS2000 and WGS 84 differ by centimetres, so that degrees of the one are taken
// as those of the other; the two projected ones are the three-degree zone of Beijing without and with the zone's number.
const (
	cgcs2000 = "EPSG:4490"
	wgs84    = "EPSG:4326"
	gk117    = "EPSG:4548"
	gkZone39 = "EPSG:4527"
)

// systemOf checks a system that a person named or a file names in a word.
func systemOf(name string) (string, error) {
	n := strings.ToUpper(strings.TrimSpace(name))
	if strings.HasSuffix(n, ":CRS84") {
		return wgs84, nil
	}
	code := n[strings.LastIndexByte(n, ':')+1:]
	if n == code || strings.Contains(n, "EPSG") {
		switch s := "EPSG:" + code; s {
		case cgcs2000, wgs84, gk117, gkZone39:
			return s, nil
		}
	}
	return "", fault("system", 0, clip(name))
}

func clip(s string) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	if r := []rune(s); len(r) > 80 {
		return string(r[:80]) + "…"
	}
	return s
}

// systemOfPrj reads the well-known text of a .prj file. Names of projections differ between programs, so their parameters decide.
func systemOfPrj(text string) (string, error) {
	flat := strings.Join(strings.Fields(text), "")
	upper := strings.ToUpper(flat)
	china := regexp.MustCompile(`DATUM\["[^"]*(CHINA_?2000|CHINA_GEODETIC_COORDINATE_SYSTEM_2000|CGCS_?2000|CHINA_GEODETIC_2000)[^"]*"`).MatchString(upper)
	world := regexp.MustCompile(`DATUM\["[^"]*WGS_?(19)?84[^"]*"`).MatchString(upper)
	switch {
	case strings.HasPrefix(upper, "GEOGCS[") && china:
		return cgcs2000, nil
	case strings.HasPrefix(upper, "GEOGCS[") && world:
		return wgs84, nil
	case strings.HasPrefix(upper, "PROJCS[") && china && regexp.MustCompile(`PROJECTION\["(GAUSS_KRUGER|TRANSVERSE_MERCATOR)"`).MatchString(upper):
		if parameter(upper, "CENTRAL_MERIDIAN", 0) == 117 && parameter(upper, "SCALE_FACTOR", 1) == 1 && parameter(upper, "FALSE_NORTHING", 0) == 0 &&
			parameter(upper, "LATITUDE_OF_ORIGIN", 0) == 0 && regexp.MustCompile(`UNIT\["MET(ER|RE)",1(\.0*)?[],]`).MatchString(upper) {
			switch parameter(upper, "FALSE_EASTING", 0) {
			case 500_000:
				return gk117, nil
			case 39_500_000:
				return gkZone39, nil
			}
		}
	}
	name := regexp.MustCompile(`^[A-Za-z_]+\["([^"]*)"`).FindStringSubmatch(strings.TrimSpace(text))
	if name == nil {
		return "", fault("prj", 0)
	}
	return "", fault("system", 0, clip(name[1]))
}

func parameter(upper, name string, otherwise float64) float64 {
	m := regexp.MustCompile(`PARAMETER\["` + name + `",([-+0-9.E]+)\]`).FindStringSubmatch(upper)
	if m == nil {
		return otherwise
	}
	x, err := strconv.ParseFloat(m[1], 64)
	if err != nil {
		return math.NaN()
	}
	return x
}

// degrees turns a point of a system into longitude and latitude.
func degrees(system string, x, y float64) (lon, lat float64) {
	switch system {
	case gk117:
		return gaussKruger(x-500_000, y)
	case gkZone39:
		return gaussKruger(x-39_500_000, y)
	}
	return x, y
}

// gaussKruger inverts the transverse Mercator projection of CGCS2000 at 117° E with scale 1, by the series of Krüger in the third
// flattening up to its fourth power: better than a tenth of a millimetre in the zone. east and north in metres.
func gaussKruger(east, north float64) (lon, lat float64) {
	const (
		a = 6378137.0
		f = 1 / 298.257222101
		n = f / (2 - f)
		// the radius of the circle that is as long as a meridian
		radius = a / (1 + n) * (1 + n*n/4 + n*n*n*n/64)
		b1     = n/2 - 2*n*n/3 + 37*n*n*n/96 - n*n*n*n/360
		b2     = n*n/48 + n*n*n/15 - 437*n*n*n*n/1440
		b3     = 17*n*n*n/480 - 37*n*n*n*n/840
		b4     = 4397 * n * n * n * n / 161280
	)
	xi, eta := north/radius, east/radius
	x1, e1 := xi, eta
	for i, b := range [...]float64{b1, b2, b3, b4} {
		k := float64(2 * (i + 1))
		x1 -= b * math.Sin(k*xi) * math.Cosh(k*eta)
		e1 -= b * math.Cos(k*xi) * math.Sinh(k*eta)
	}
	// from the conformal sphere to the ellipsoid: tan of the conformal latitude, then that of the geodetic by Newton's steps
	e2 := f * (2 - f)
	e := math.Sqrt(e2)
	want := math.Sin(x1) / math.Hypot(math.Sinh(e1), math.Cos(x1))
	t := want
	for range 6 {
		s := math.Sinh(e * math.Atanh(e*t/math.Hypot(1, t)))
		have := t*math.Hypot(1, s) - s*math.Hypot(1, t)
		t += (want - have) / math.Hypot(1, have) * (1 + (1-e2)*t*t) / ((1 - e2) * math.Hypot(1, t))
	}
	return 117 + math.Atan2(math.Sinh(e1), math.Cos(x1))*180/math.Pi, math.Atan(t) * 180 / math.Pi
}
