package quality

import (
	"fmt"
	"strings"

	"mulu"
)

// Standards gives what items are bound to. nil stands for what is not known.
type Standards interface {
	Element(id string) *mulu.Element
	CodeSet(id string) *mulu.CodeSet
}

// Check is one thing that is checked of an entry.
type Check struct {
	Indicator string `json:"indicator"`           // of GB/T 36344-2018, e.g. "0302"
	Sort      string `json:"sort"`                // see sorts
	Item      string `json:"item,omitempty"`      // field name; empty: the row or the whole version
	Rule      int    `json:"rule"`                // index of the owner's rule, -1 none
	Note      bool   `json:"note,omitempty"`      // what fails stays in the data and counts
	Suggested bool   `json:"suggested,omitempty"` // told from the item's name; a data element should be bound
	Zh        string `json:"zh"`                  // in words
	En        string `json:"en"`
}

// Text says the check in lang ("zh" or "en").
func (c Check) Text(lang string) string {
	if lang == "en" {
		return c.En
	}
	return c.Zh
}

// Plan is what will be checked of an entry's rows.
type Plan struct {
	Weights Weights // of the five properties; all zero is equal
	Spill   string  // folder for what a search for repeated values cannot hold in memory; "" is the system's

	content *mulu.EntryContent
	rules   []mulu.DataRule
	checks  []Check
	columns []column
	bound   []rule // rules tested row by row, in their order
	refer   []rule // reference rules
	unique  []rule
	key     int // check of the key, -1 without one
	read    int // checks of the load as a whole
	rows    int
	age     int // -1 without a cycle
}

// column is what is tested of one item's values, in order.
type column struct {
	sort     string // see mulu.TypeSort
	memo     bool   // spaces around it are kept
	required int    // check, -1 none
	shape    int    // check of characters
	unmarked int    // check for citizen numbers where none should be, -1 none
	steps    []step
	withheld bool // its values are not shown in a profile
}

// stepSort tells the steps of a column apart.
type stepSort int

const (
	stepType stepSort = iota
	stepLength
	stepDecimals
	stepForm
	stepCodes
	stepRange
)

// step is one test of a value; the first that leaves the row out ends the tests of the value.
type step struct {
	sort      stepSort
	check     int
	note      bool
	typ       string // stepType and stepRange
	store     bool   // stepType, stepForm: the normal form takes the value's place
	length    int
	form      form
	codes     map[string]struct{}
	low, high bound
}

// bound is one end of a range; the text is in normal form.
type bound struct {
	set    bool
	text   string
	number mulu.Decimal
}

func newBound(typ, v string) bound {
	if v == "" {
		return bound{}
	}
	b := bound{set: true}
	b.text, _ = mulu.NormalValue(typ, v)
	b.number, _ = mulu.ReadDecimal(b.text, true)
	return b
}

// NewPlan makes the plan of an entry from its items, the data elements they are bound to and its owner's rules. A rule that
// makes no sense for the items is a *mulu.Refusal. An item bound to what s does not know is checked by itself alone.
func NewPlan(c *mulu.EntryContent, rules []mulu.DataRule, s Standards) (*Plan, error) {
	p := &Plan{content: c, rules: rules, key: -1, age: -1}
	for i, r := range rules {
		if code, args := r.Sound(c); code != "" {
			return nil, fmt.Errorf("rule %d: %w", i+1, &mulu.Refusal{Code: code, Art: mulu.NewCite(7, 1, 2), Args: args})
		}
	}
	for _, item := range c.Items {
		p.columns = append(p.columns, p.newColumn(item, s))
	}
	for i := range rules {
		p.addRule(i)
	}
	p.addLoad()
	return p, nil
}

// Checks lists what is checked.
func (p *Plan) Checks() []Check { return p.checks }

// References says whether rows must be looked up in other entries: the caller then holds them back in batches.
func (p *Plan) References() bool { return len(p.refer) > 0 }

// Unique says whether a rule looks for repeated values: the caller then tells which rows stay.
func (p *Plan) Unique() bool { return len(p.unique) > 0 }

func (p *Plan) add(c Check) int {
	p.checks = append(p.checks, c)
	return len(p.checks) - 1
}

// addItem adds a check that an item itself asks for.
func (p *Plan) addItem(item mulu.Item, indicator, sort string, note bool, zh, en string) int {
	name := title(item)
	return p.add(Check{Indicator: indicator, Sort: sort, Item: item.Field, Rule: -1, Note: note, Zh: "“" + name + "”" + zh, En: name + " " + en})
}

func title(i mulu.Item) string {
	if i.Name != "" {
		return i.Name
	}
	return i.Field
}

func (p *Plan) newColumn(item mulu.Item, s Standards) column {
	sort := mulu.TypeSort(item.Type)
	col := column{sort: sort, memo: item.Type == "M", required: -1, unmarked: -1, withheld: item.Personal || item.Sensitive || item.Grade >= 3}
	if !item.Nullable || item.IsKey {
		col.required = p.addItem(item, "0201", "filled", false, "必填", "is filled in")
	}
	col.shape = p.addItem(item, "0305", "characters", false, "不含控制字符和乱码", "has no control or garbled characters")
	col.addType(p, item, item.Type, true)
	var e *mulu.Element
	var set *mulu.CodeSet
	if s != nil && item.Standard != "" {
		if e = s.Element(item.Standard); e != nil && e.CodeSet != "" {
			set = s.CodeSet(e.CodeSet)
		}
	}
	format := ""
	if e != nil {
		if e.Type != item.Type {
			col.addType(p, item, e.Type, sort == "text" && item.Type != "M" && holds(item.Length, e.Type))
		}
		format = e.Format
	}
	guessed := format == "" && e == nil && !p.hasFormatRule(item.Field)
	if guessed {
		format = Guess(item)
	}
	if f := formOf(format); f != nil {
		zh, en := mulu.Word(mulu.ValueFormats, format, "zh"), mulu.Word(mulu.ValueFormats, format, "en")
		check := p.addItem(item, "0302", "format", guessed, "符合"+zh+"的格式", "has the form of a "+en)
		if p.checks[check].Suggested = guessed; guessed {
			p.checks[check].Zh += "（按名称推断，建议绑定数据元）"
			p.checks[check].En += ", as its name tells; bind a data element"
		}
		col.steps = append(col.steps, step{sort: stepForm, check: check, note: guessed, store: !col.memo, form: f})
	}
	col.addLength(p, item, e)
	if set != nil {
		col.addCodes(p, item, set)
	}
	if e != nil && (e.Low != "" || e.High != "") {
		check := p.addItem(item, "0302", "range", false, "在数据元“"+e.Name+"”的取值范围（"+between(e.Type, e.Low, e.High, "zh")+"）内", "lies in the range of the data element "+e.Name+": "+between(e.Type, e.Low, e.High, "en"))
		col.steps = append(col.steps, step{sort: stepRange, check: check, typ: e.Type, low: newBound(e.Type, e.Low), high: newBound(e.Type, e.High)})
	}
	if item.Type == "Y" && !strings.Contains(item.Name, "万") && !strings.Contains(item.Name, "亿") {
		check := p.addItem(item, "0302", "decimals", true, "不超过两位小数", "has at most two decimals")
		col.steps = append(col.steps, step{sort: stepDecimals, check: check, note: true})
	}
	if sort == "text" && !item.Personal && (format == "" || format == "citizen_id") && set == nil {
		col.unmarked = p.addItem(item, "0106", "unmarked", true, "未标为个人信息，不含公民身份号码", "is not marked as personal and holds no citizen numbers")
	}
	return col
}

func (col *column) addType(p *Plan, item mulu.Item, typ string, store bool) {
	if mulu.TypeSort(typ) == "text" {
		return
	}
	check := p.addItem(item, "0101", "type", false, "为"+mulu.Word(mulu.ItemTypes, typ, "zh"), "is of the type "+mulu.Word(mulu.ItemTypes, typ, "en"))
	col.steps = append(col.steps, step{sort: stepType, check: check, typ: typ, store: store})
}

// holds says that text of a length has room for the normal form of a type: 2026-11-23 and 2026-11-23 08:00:00.
func holds(length int, typ string) bool {
	return length == 0 || typ != "D" && typ != "T" || length >= 19 || typ == "D" && length >= 10
}

// addLength: the narrower of the item's and the element's bound holds. Dates, logical values and floating numbers have one
// form, whose length says nothing.
func (col *column) addLength(p *Plan, item mulu.Item, e *mulu.Element) {
	const counted = "CMGNYI"
	if !strings.Contains(counted, item.Type) {
		return
	}
	length := item.Length
	if e != nil && e.Length > 0 && strings.Contains(counted, e.Type) && (length == 0 || e.Length < length) {
		length = e.Length
	}
	if length <= 0 {
		return
	}
	zh, en := "字", "characters"
	if col.sort == "number" {
		zh, en = "位数字", "digits"
	}
	check := p.addItem(item, "0101", "length", false, fmt.Sprintf("不超过 %d %s", length, zh), fmt.Sprintf("has at most %d %s", length, en))
	col.steps = append(col.steps, step{sort: stepLength, check: check, length: length})
}

func (col *column) addCodes(p *Plan, item mulu.Item, set *mulu.CodeSet) {
	codes := make(map[string]struct{}, len(set.Values))
	for _, v := range set.Values {
		codes[v.Code] = struct{}{}
	}
	check := p.addItem(item, "0105", "codes", false, "在代码集“"+set.Name+"”中", "is a code of "+set.Name)
	col.steps = append(col.steps, step{sort: stepCodes, check: check, store: true, codes: codes})
}

func (p *Plan) hasFormatRule(field string) bool {
	for _, r := range p.rules {
		for _, f := range r.Items {
			if r.Check == "format" && f == field {
				return true
			}
		}
	}
	return false
}

// addLoad adds the checks of a load as a whole.
func (p *Plan) addLoad() {
	p.read = p.add(Check{Indicator: "0302", Sort: "read", Rule: -1, Zh: "每一行都能读出", En: "every row can be read"})
	p.rows = p.add(Check{Indicator: "0202", Sort: "rows", Rule: -1, Note: true, Zh: "行数不少于应有的或上一版本的行数", En: "there are as many rows as expected, or as in the version before"})
	for _, i := range p.content.Items {
		if i.IsKey {
			p.key = p.add(Check{Indicator: "0303", Sort: "key", Rule: -1, Zh: "主键不重复", En: "no key is repeated"})
			break
		}
	}
	if days(p.content.Cycle) > 0 {
		p.age = p.add(Check{Indicator: "0502", Sort: "age", Rule: -1, Note: true, Zh: "按更新周期（" + mulu.Word(mulu.Cycles, p.content.Cycle, "zh") + "）更新", En: "is updated in its cycle: " + mulu.Word(mulu.Cycles, p.content.Cycle, "en")})
	}
}

// days is how long data of a cycle counts as fresh; 0: for ever. Real time is held to a day, since age is measured in days.
func days(cycle string) int64 {
	return map[string]int64{"realtime": 1, "daily": 1, "weekly": 7, "monthly": 31, "quarterly": 92, "halfyearly": 184, "yearly": 366}[cycle]
}

// between says a range of values of a type.
func between(typ, low, high, lang string) string {
	switch {
	case high == "":
		return order("ge", typ, lang) + " " + low
	case low == "":
		return order("le", typ, lang) + " " + high
	case lang == "en":
		return low + " to " + high
	default:
		return low + " 至 " + high
	}
}

// order says how two values of a type are compared; of dates and times one is early or late, not small or great.
func order(op, typ, lang string) string {
	if s := mulu.TypeSort(typ); s == "date" || s == "time" {
		if w, ok := map[string][2]string{"lt": {"早于", "before"}, "le": {"不晚于", "not after"}, "ge": {"不早于", "not before"}, "gt": {"晚于", "after"}}[op]; ok {
			return w[pickIndex(lang)]
		}
	}
	return mulu.Word(mulu.CompareOps, op, lang)
}
