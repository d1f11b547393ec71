package intake

import (
	"math"
	"testing"
)

// The metres were computed from the degrees by another way than the code goes: the transverse Mercator projection is the meridian's arc
// continued to complex latitudes, integrated numerically.
func TestGaussKruger(t *testing.T) {
	for _, c := range []struct{ east, north, lon, lat float64 }{
		{0.000000, 0.000000, 117, 0},
		{0.000000, 4429529.030237, 117, 40},
		{-54206.972543, 4420283.597941, 116.366, 39.915},
		{-51526.901325, 4419576.596419, 116.3974, 39.9088},
		{-126204.814253, 4541657.245274, 115.5, 41.0},
		{129207.716488, 4363985.376430, 118.5, 39.4},
		{196699.578227, 5990083.743765, 120, 54},
		{-332846.937513, 553645.445043, 114, 5},
	} {
		for system, false_ := range map[string]float64{gk117: 500_000, gkZone39: 39_500_000} {
			lon, lat := degrees(system, c.east+false_, c.north)
			if math.Abs(lon-c.lon) > 2e-10 || math.Abs(lat-c.lat) > 2e-10 {
				t.Errorf("%s %f %f: %.11f %.11f, want %f %f", system, c.east, c.north, lon, lat, c.lon, c.lat)
			}
		}
	}
}

func TestPrj(t *testing.T) {
	const cgcs = `GEOGCS["GCS_China_Geodetic_Coordinate_System_2000",DATUM["D_China_2000",SPHEROID["CGCS2000",6378137.0,298.257222101]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]]`
	zone := func(name, projection, meridian, east string) string {
		return `PROJCS["` + name + `",` + cgcs + `,PROJECTION["` + projection + `"],PARAMETER["False_Easting",` + east + `],PARAMETER["False_Northing",0.0],` +
			`PARAMETER["Central_Meridian",` + meridian + `],PARAMETER["Scale_Factor",1.0],PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]`
	}
	for _, c := range []struct{ prj, want string }{
		{cgcs, cgcs2000},
		{`GEOGCS["GCS_WGS_1984",DATUM["D_WGS_1984",SPHEROID["WGS_1984",6378137.0,298.257223563]],PRIMEM["Greenwich",0],UNIT["Degree",0.0174532925199433]]`, wgs84},
		{zone("CGCS2000_3_Degree_GK_CM_117E", "Gauss_Kruger", "117.0", "500000.0"), gk117},
		{zone("CGCS2000_3_Degree_GK_Zone_39", "Gauss_Kruger", "117.0", "39500000.0"), gkZone39},
		{zone("CGCS2000 / 3-degree Gauss-Kruger CM 117E", "Transverse_Mercator", "117", "500000"), gk117},
		{zone("CGCS2000_3_Degree_GK_CM_114E", "Gauss_Kruger", "114.0", "500000.0"), ""},
		{zone("北京地方坐标系", "Gauss_Kruger", "116.35", "500000.0"), ""},
		{`GEOGCS["GCS_Beijing_1954",DATUM["D_Beijing_1954",SPHEROID["Krasovsky_1940",6378245.0,298.3]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.017]]`, ""},
		{"", ""},
		{"garbage", ""},
	} {
		got, err := systemOfPrj(c.prj)
		if got != c.want || (err == nil) != (c.want != "") {
			t.Errorf("%.60s: %s, %v; want %q", c.prj, got, err, c.want)
		}
		if err != nil {
			faultIn(t, err)
		}
	}
}
