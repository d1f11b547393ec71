package madeup

import (
	"fmt"
	"strconv"
	"strings"
)

// Town is the district that rows are made up for.
type Town struct {
	Streets     []Street
	Communities []Community
}

// Street is a street (街道) of the district with some of its roads.
type Street struct {
	Code, Name string
	At         Point // about its middle
	roads      []string
}

// Community is a made-up community (社区).
type Community struct {
	Code, Name string // 12 digits, as communities have them
	Street     int    // place in Town.Streets
	At         Point
}

// Point is a place in CGCS2000, in millionths of a degree.
type Point struct{ Lon, Lat int }

// degrees writes millionths as decimal degrees.
func degrees(millionths int) string {
	whole, part := millionths/1_000_000, strconv.Itoa(millionths%1_000_000)
	return strconv.Itoa(whole) + "." + strings.Repeat("0", 6-len(part)) + part
}

// sketch is what is known of a street: about where it lies, how many communities it is given, and some of its roads.
type sketch struct {
	lon, lat, communities int
	roads                 string
}

var sketches = map[string]sketch{
	"西长安街街道": {116373500, 39909500, 13, "复兴门内大街 西单北大街 府右街 灵境胡同 和平门内大街 西绒线胡同"},
	"新街口街道":  {116365500, 39939500, 21, "新街口南大街 赵登禹路 西直门内大街 官园胡同 前公用胡同 西四北大街"},
	"月坛街道":   {116347500, 39912500, 26, "月坛南街 三里河东路 复兴门外大街 真武庙路 木樨地北里 南礼士路"},
	"展览路街道":  {116346500, 39930000, 22, "展览馆路 车公庄大街 百万庄大街 阜成门外大街 北礼士路 文兴街"},
	"德胜街道":   {116379000, 39959000, 23, "德胜门外大街 新风街 黄寺大街 教场口街 裕民路 安德路"},
	"金融街街道":  {116359500, 39917000, 19, "金融大街 太平桥大街 丰盛胡同 辟才胡同 阜成门内大街 民康胡同"},
	"什刹海街道":  {116386000, 39938000, 25, "地安门西大街 鼓楼西大街 护国寺街 德胜门内大街 柳荫街 旧鼓楼大街"},
	"大栅栏街道":  {116392500, 39896500, 9, "大栅栏街 煤市街 铁树斜街 前门西大街 杨梅竹斜街"},
	"天桥街道":   {116394500, 39883000, 8, "天桥南大街 永安路 北纬路 福长街 珠市口西大街"},
	"椿树街道":   {116379000, 39897500, 7, "宣武门外大街 琉璃厂西街 永光东街 香炉营东巷 椿树园路"},
	"陶然亭街道":  {116377500, 39880000, 8, "陶然亭路 太平街 南横东街 黑窑厂街 龙泉胡同"},
	"广安门内街道": {116360000, 39895500, 18, "广安门内大街 长椿街 槐柏树街 核桃园西街 校场口胡同 上斜街"},
	"牛街街道":   {116360500, 39886000, 10, "牛街 南横西街 枣林前街 教子胡同 右安门内大街"},
	"白纸坊街道":  {116352000, 39877000, 18, "白纸坊西街 右安门内西街 半步桥街 樱桃园路 万寿公园路 双槐里"},
	"广安门外街道": {116335000, 39889000, 33, "广安门外大街 马连道路 红莲南路 莲花池东路 手帕口北街 三义里"},
}

// Communities of a road are told apart by these.
var quarters = []string{"", "东里", "西里", "南里", "北里", "新里", "一区"}

// New lays out the town of the streets, each given as its 9-digit code and its name.
func New(streets [][2]string) (*Town, error) {
	t := &Town{}
	for n, s := range streets {
		known, ok := sketches[s[1]]
		if !ok {
			return nil, fmt.Errorf("nothing is made up for the street %s", s[1])
		}
		street := Street{Code: s[0], Name: s[1], At: Point{known.lon, known.lat}, roads: strings.Fields(known.roads)}
		t.Streets = append(t.Streets, street)
		for c := range known.communities {
			road := street.roads[c%len(street.roads)]
			k := n*100 + c
			t.Communities = append(t.Communities, Community{Code: fmt.Sprintf("%s%03d", s[0], c+1), Name: road + quarters[c/len(street.roads)] + "社区", Street: n,
				At: Point{known.lon - 3500 + chance(11, k, 7000), known.lat - 2500 + chance(12, k, 5000)}})
		}
	}
	return t, nil
}

// address is the k-th address of a community, on one of its street's roads.
func (t *Town) address(community, k int) string {
	s := &t.Streets[t.Communities[community].Street]
	road := s.roads[chance(21, k, len(s.roads))]
	b := append(make([]byte, 0, 80), "北京市西城区"...)
	b = append(b, road...)
	b = strconv.AppendInt(b, int64(1+chance(22, k, 190)), 10)
	return string(append(b, "号"...))
}

// home is an address with the door.
func (t *Town) home(community, k int) string {
	b := append(make([]byte, 0, 96), t.address(community, k)...)
	b = append(b, "院"...)
	b = strconv.AppendInt(b, int64(1+chance(23, k, 18)), 10)
	b = append(b, "号楼"...)
	b = strconv.AppendInt(b, int64(1+chance(24, k, 6)), 10)
	b = append(b, "单元"...)
	b = strconv.AppendInt(b, int64(1+chance(25, k, 12))*100+int64(1+chance(26, k, 4)), 10)
	return string(append(b, "室"...))
}

// near is the k-th point around a community's middle.
func (t *Town) near(community, k int) Point {
	at := t.Communities[community].At
	return Point{at.Lon - 600 + chance(27, k, 1200), at.Lat - 400 + chance(28, k, 800)}
}
