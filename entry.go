package mulu

// Entry (数据目录) is the second level of the catalog. Code and content follow the national guide
// (政务信息资源目录编制指南, 2017). Now is the published version, Next the one handed in and not yet verified.
type Entry struct {
	Code    string        `json:"code"`    // class code "/" sequence, made by the rules, never reused
	Org     string        `json:"org"`     // provider
	Status  string        `json:"status"`  // submitted | returned | published | changing | suspended | retired
	Version int           `json:"version"` // of Now; 0 before the first publication
	Now     *EntryContent `json:"now,omitempty"`
	Next    *EntryContent `json:"next,omitempty"`
	Why     string        `json:"why,omitempty"`    // reasons of the last return, suspension or retirement
	Since   string        `json:"since,omitempty"`  // RFC 3339, when Now was published
	Review  string        `json:"review,omitempty"` // RFC 3339, when its sharing attribute is to be studied next (Art. 23)
}

// EntryContent is what an institution writes about a data entry and what the bureau verifies as a whole.
type EntryContent struct {
	Name     string  `json:"name" zh:"名称" en:"name"`
	Summary  string  `json:"summary" zh:"摘要" en:"summary"`
	Duty     string  `json:"duty" zh:"职责" en:"duty" ref:"duty"`
	Class    string  `json:"class" zh:"分类" en:"class" enum:"class"` // 类+项, e.g. "101" 基础/人口, "203" 主题/社会保障, "307" 部门/区县
	Format   string  `json:"format" zh:"格式" en:"format" enum:"format"`
	Cycle    string  `json:"cycle" zh:"更新周期" en:"cycle" enum:"cycle"`       // update cycle, see Cycles
	Base     string  `json:"base,omitempty" zh:"基础库" en:"base" enum:"base"` // population | legal | spatial | economy
	Theme    string  `json:"theme,omitempty" zh:"主题" en:"theme"`
	Sharing  Sharing `json:"sharing"`
	Opening  Opening `json:"opening"`
	Grade    int     `json:"grade" zh:"级别" en:"grade"` // 1 to 4; at least the highest of its items
	Personal bool    `json:"personal,omitempty"`       // an item is personal information
	Items    []Item  `json:"items" zh:"信息项" en:"items"`
}

// Sharing is the sharing attribute of Art. 19.
type Sharing struct {
	Type       string `json:"type" zh:"共享" en:"sharing" enum:"sharing"`               // unconditional | conditional | not_shared
	Conditions string `json:"conditions,omitempty" zh:"共享条件" en:"sharing_conditions"` // for conditional
	Basis      string `json:"basis,omitempty" zh:"不共享依据" en:"sharing_basis"`          // for not_shared: law and article
	Override   string `json:"override,omitempty" zh:"申请例外" en:"sharing_override"`     // reasons where the bureau lets not_shared stand without a basis (原则上)
}

// Opening is the opening attribute of Art. 26; Ground is 1, 2 or 3 of Art. 27.
type Opening struct {
	Type       string `json:"type" zh:"开放" en:"opening" enum:"opening"` // unconditional | conditional | not_open
	Channel    string `json:"channel,omitempty" zh:"开放渠道" en:"channel" enum:"channel"`
	Conditions string `json:"conditions,omitempty" zh:"开放条件" en:"opening_conditions"`
	Ground     int    `json:"ground,omitempty" zh:"不开放情形" en:"opening_ground"`
	Basis      string `json:"basis,omitempty" zh:"不开放依据" en:"opening_basis"`
}

// Item (信息项) is one field of a data entry.
type Item struct {
	Name      string `json:"name" zh:"名称" en:"name"`
	Field     string `json:"field" zh:"字段" en:"field"`
	Type      string `json:"type" zh:"类型" en:"type" enum:"type"` // letter of the 2017 guide: C N Y D T L M G B I F
	Length    int    `json:"length,omitempty" zh:"长度" en:"length"`
	Nullable  bool   `json:"nullable,omitempty" zh:"可空" en:"nullable"`
	IsKey     bool   `json:"key,omitempty" zh:"主键" en:"key"`
	Personal  bool   `json:"personal,omitempty" zh:"个人信息" en:"personal"`
	Sensitive bool   `json:"sensitive,omitempty" zh:"敏感" en:"sensitive"`
	Grade     int    `json:"grade" zh:"级别" en:"grade"`                              // 1 to 4
	Sharing   string `json:"sharing,omitempty" zh:"共享" en:"sharing" enum:"sharing"` // exception to the entry's type; "" = as the entry
	Standard  string `json:"standard,omitempty" zh:"数据元" en:"standard"`             // data element it follows
}

func (*Entry) Kind() Kind         { return KindEntry }
func (e *Entry) Key() string      { return e.Code }
func (e *Entry) Standing() string { return e.Status }

// Indexes finds an entry by provider and name, and by duty; a retired entry frees its name.
func (e *Entry) Indexes() []string {
	if e.Status == "retired" {
		return nil
	}
	var ix []string
	for _, c := range []*EntryContent{e.Now, e.Next} {
		if c == nil {
			continue
		}
		for _, i := range []string{"name/" + e.Org + "/" + c.Name, "title/" + c.Name, "duty/" + c.Duty} {
			if !containsString(ix, i) {
				ix = append(ix, i)
			}
		}
	}
	return ix
}

// Current is the content people see: the published one, else the one handed in.
func (e *Entry) Current() *EntryContent {
	if e.Now != nil {
		return e.Now
	}
	return e.Next
}

// Item finds an item by field name.
func (c *EntryContent) Item(field string) (Item, bool) {
	for _, i := range c.Items {
		if i.Field == field {
			return i, true
		}
	}
	return Item{}, false
}

// SharingOf is the sharing type that binds an item: its own exception or the entry's.
func (c *EntryContent) SharingOf(i Item) string {
	if i.Sharing != "" {
		return i.Sharing
	}
	return c.Sharing.Type
}

func containsString(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}
