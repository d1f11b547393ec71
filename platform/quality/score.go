package quality

import "mulu"

// Properties are the five of Art. 7(1)(2), in the order of a mulu.Quality, with their dimension in GB/T 36344-2018.
var Properties = []Property{{"conformity", "01", "合规性", "conformity"}, {"accuracy", "03", "准确性", "accuracy"},
	{"completeness", "02", "完整性", "completeness"}, {"consistency", "04", "一致性", "consistency"}, {"timeliness", "05", "时效性", "timeliness"}}

// Property is one property of good data.
type Property struct{ Name, Dimension, Zh, En string }

// Text names the property in lang ("zh" or "en").
func (p Property) Text(lang string) string {
	if lang == "en" {
		return p.En
	}
	return p.Zh
}

// IndicatorName names an indicator of GB/T 36344-2018 that is measured here, in lang; "" for others.
func IndicatorName(code, lang string) string {
	words := map[string][2]string{"0101": {"数据标准", "data standard"}, "0104": {"业务规则", "business rules"}, "0105": {"权威参考数据", "reference data"},
		"0106": {"安全规范", "security rules"}, "0201": {"数据元素完整性", "completeness of elements"}, "0202": {"数据记录完整性", "completeness of records"},
		"0302": {"数据格式合规性", "conformity of form"}, "0303": {"数据重复率", "repetition"}, "0304": {"数据唯一性", "uniqueness"},
		"0305": {"脏数据出现率", "dirty data"}, "0402": {"关联数据一致性", "consistency of related data"},
		"0502": {"基于时间点的及时性", "timeliness at a moment"}, "0503": {"时序性", "order in time"}}[code]
	return words[pickIndex(lang)]
}

func pickIndex(lang string) int {
	if lang == "en" {
		return 1
	}
	return 0
}

// inverted: the standard counts what is bad, so that less is better.
func inverted(indicator string) bool { return indicator == "0303" || indicator == "0305" }

// Weights are how much each property counts in the score. All zero: all alike.
type Weights struct {
	Conformity   int `json:"conformity"`
	Accuracy     int `json:"accuracy"`
	Completeness int `json:"completeness"`
	Consistency  int `json:"consistency"`
	Timeliness   int `json:"timeliness"`
}

func (w Weights) list() [5]int64 {
	l := [5]int64{int64(w.Conformity), int64(w.Accuracy), int64(w.Completeness), int64(w.Consistency), int64(w.Timeliness)}
	if l == [5]int64{} {
		return [5]int64{1, 1, 1, 1, 1}
	}
	return l
}

const millionth = 1_000_000

// counted is what one check adds to its indicator.
type counted struct {
	indicator    string
	checked, bad int64
}

// part is good of all in millionths, rounded down: only what is faultless gets the whole.
func part(good, all int64) int64 {
	for all > 1<<42 { // keep the product within 64 bits
		good, all = good>>1, (all+1)>>1
	}
	return good * millionth / all
}

// property is the place of an indicator's property in Properties.
func property(indicator string) int {
	for i, p := range Properties {
		if p.Dimension == indicator[:2] {
			return i
		}
	}
	return -1
}

// standing is how the properties stand, in millionths, -1 where nothing was measured; the total is the last.
// An indicator is good of all over its checks, a property the mean of its indicators, the total the mean of the
// properties by their weights.
func standing(all []counted, weights [5]int64) (s [6]int64) {
	type sum struct{ checked, bad int64 }
	sums := make(map[string]*sum)
	var order []string
	for _, c := range all {
		if c.checked == 0 {
			continue
		}
		t := sums[c.indicator]
		if t == nil {
			t = &sum{}
			sums[c.indicator] = t
			order = append(order, c.indicator)
		}
		t.checked += c.checked
		t.bad += c.bad
	}
	var count [6]int64
	for _, code := range order {
		i := property(code)
		s[i] += part(sums[code].checked-sums[code].bad, sums[code].checked)
		count[i]++
	}
	var weight int64
	for i := range 5 {
		if count[i] == 0 {
			s[i] = -1
			continue
		}
		s[i] /= count[i]
		s[5] += s[i] * weights[i]
		weight += weights[i]
	}
	if weight == 0 {
		s[5] = -1
		return s
	}
	s[5] /= weight
	return s
}

// thousandths rounds down; -1 stays.
func thousandths(millionths int64) int {
	if millionths < 0 {
		return -1
	}
	return int(millionths / 1000)
}

func setScores(q *mulu.Quality, s [6]int64) {
	q.Conformity, q.Accuracy, q.Completeness, q.Consistency, q.Timeliness, q.Score = thousandths(s[0]), thousandths(s[1]),
		thousandths(s[2]), thousandths(s[3]), thousandths(s[4]), thousandths(s[5])
}
