package quality

import (
	"strings"

	"mulu"
)

// rule is an owner's rule made ready.
type rule struct {
	mulu.DataRule
	index  int // among the owner's rules
	check  int
	note   bool
	items  []int
	when   int // index of the condition's item, -1 none
	is     *valueSet
	values []*valueSet // for each item, of its type
	form   form
	typ    string  // type of the first item
	low    []bound // for each item, of its type
	high   []bound
}

func (p *Plan) addRule(index int) {
	d := p.rules[index]
	r := rule{DataRule: d, index: index, note: d.Level == "note", when: -1}
	for i, item := range p.content.Items {
		if item.Field == d.When && d.When != "" {
			r.when, r.is = i, newValueSet(item.Type, d.Is)
		}
	}
	for _, field := range d.Items {
		for i, item := range p.content.Items {
			if item.Field != field {
				continue
			}
			if len(r.items) == 0 {
				r.typ = item.Type
			}
			r.items, r.values = append(r.items, i), append(r.values, newValueSet(item.Type, d.Values))
			r.low, r.high = append(r.low, newBound(item.Type, d.Low)), append(r.high, newBound(item.Type, d.High))
		}
	}
	if d.Check == "format" {
		r.form = formOf(d.Values[0])
	}
	single := ""
	if len(d.Items) == 1 {
		single = d.Items[0]
	}
	r.check = p.add(Check{Indicator: r.indicator(), Sort: d.Check, Item: single, Rule: index, Note: r.note, Zh: p.say(r, "zh"), En: p.say(r, "en")})
	switch d.Check {
	case "reference":
		p.refer = append(p.refer, r)
	case "unique":
		p.unique = append(p.unique, r)
	default:
		p.bound = append(p.bound, r)
	}
}

// valueSet holds values of one type; numbers are equal by what they are worth, however they are written.
type valueSet struct {
	texts   map[string]struct{} // in normal form
	numbers []mulu.Decimal
}

// newValueSet is nil where there are no values.
func newValueSet(typ string, values []string) *valueSet {
	if len(values) == 0 {
		return nil
	}
	s := &valueSet{texts: make(map[string]struct{}, len(values))}
	for _, v := range values {
		n, _ := mulu.NormalValue(typ, v)
		s.texts[n] = struct{}{}
		if mulu.TypeSort(typ) == "number" {
			d, _ := mulu.ReadDecimal(n, true)
			s.numbers = append(s.numbers, d)
		}
	}
	return s
}

// has says whether a value, whose reading as a number is n, is one of the set.
func (s *valueSet) has(v string, n *mulu.Decimal) bool {
	if _, ok := s.texts[v]; ok {
		return true
	}
	for i := range s.numbers {
		if s.numbers[i].Compare(*n) == 0 {
			return true
		}
	}
	return false
}

// indicator: which indicator a rule counts for. Two dates put in order are of the timing of things (0503).
func (r rule) indicator() string {
	switch r.Check {
	case "filled":
		return "0201"
	case "values":
		return "0104"
	case "compare":
		if s := mulu.TypeSort(r.typ); len(r.items) == 2 && (s == "date" || s == "time") && r.Op != "eq" && r.Op != "ne" {
			return "0503"
		}
		return "0402"
	case "reference":
		return "0402"
	case "unique":
		return "0304"
	default:
		return "0302"
	}
}

// say puts a rule into words.
func (p *Plan) say(r rule, lang string) string {
	var names []string
	for _, i := range r.items {
		names = append(names, title(p.content.Items[i]))
	}
	zh := lang != "en"
	items := strings.Join(names, ", ")
	if zh {
		items = "“" + strings.Join(names, "”“") + "”"
	}
	s := ""
	switch r.Check {
	case "filled":
		s = pick(zh, items+"必填", items+": filled in")
	case "range":
		s = pick(zh, items+"在 "+between(r.typ, r.Low, r.High, lang)+" 之间", items+": "+between(r.typ, r.Low, r.High, lang))
		if zh && (r.Low == "" || r.High == "") {
			s = items + between(r.typ, r.Low, r.High, lang)
		}
	case "values":
		s = pick(zh, items+"为下列之一："+list(r.Values, "、"), items+": one of "+list(r.Values, ", "))
	case "format":
		s = pick(zh, items+"符合"+mulu.Word(mulu.ValueFormats, r.Values[0], "zh")+"的格式", items+": has the form of a "+mulu.Word(mulu.ValueFormats, r.Values[0], "en"))
	case "compare":
		other := r.Low
		if len(names) == 2 {
			if other = names[1]; zh {
				other = "“" + other + "”"
			}
		}
		s = pick(zh, "“"+names[0]+"”"+order(r.Op, r.typ, "zh")+other, names[0]+": "+order(r.Op, r.typ, "en")+" "+other)
	case "reference":
		s = pick(zh, items+"在目录 "+r.Entry+" 的 "+r.Item+" 中存在", items+": stands in "+r.Item+" of the entry "+r.Entry)
	case "unique":
		s = pick(zh, items+"不重复", items+": not repeated")
		if len(names) > 1 {
			s = pick(zh, items+"的组合不重复", items+": not repeated together")
		}
	}
	if r.when >= 0 {
		when := title(p.content.Items[r.when])
		if len(r.Is) == 0 {
			return pick(zh, "“"+when+"”有值时，"+s, s+", where "+when+" has a value")
		}
		return pick(zh, "“"+when+"”为"+list(r.Is, "、")+"时，"+s, s+", where "+when+" is "+list(r.Is, ", "))
	}
	return s
}

func pick(zh bool, chinese, english string) string {
	if zh {
		return chinese
	}
	return english
}

// list names at most ten values.
func list(values []string, between string) string {
	if len(values) > 10 {
		return strings.Join(values[:10], between) + " …"
	}
	return strings.Join(values, between)
}

// reason is what a row that fails the rule is told; that of a format comes from the format.
func (r *rule) reason() Reason {
	switch r.Check {
	case "filled":
		return Required
	case "range":
		return OutOfRange
	case "values":
		return NotInRule
	case "compare":
		return Compared
	case "reference":
		return Dangling
	default:
		return NotUnique
	}
}

// stands compares by the rule's operator what a comparison gave.
func (r *rule) stands(order int) bool {
	switch r.Op {
	case "lt":
		return order < 0
	case "le":
		return order <= 0
	case "eq":
		return order == 0
	case "ne":
		return order != 0
	case "ge":
		return order >= 0
	default:
		return order > 0
	}
}
