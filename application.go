package mulu

// Application (共享申请) asks the provider of an entry for its data (Art. 20, 21).
// Its terms run from receipt under the edition that held then; both deadlines run side by side and nothing pauses them.
type Application struct {
	ID        string    `json:"id"` // A-<sequence>
	Consumer  string    `json:"consumer"`
	Provider  string    `json:"provider"`
	Entry     string    `json:"entry"`
	Version   int       `json:"version"` // of the entry at receipt
	Ask       Ask       `json:"ask"`
	Edition   string    `json:"edition"`
	Received  string    `json:"received"` // RFC 3339
	AnswerBy  *Deadline `json:"answer_by,omitempty"`
	DeliverBy *Deadline `json:"deliver_by,omitempty"`
	Status    string    `json:"status"` // submitted | granted | refused | withdrawn | overdue | closed
	Answer    *Answer   `json:"answer,omitempty"`
	Grant     string    `json:"grant,omitempty"`
	Why       string    `json:"why,omitempty"`
	SplitOf   string    `json:"split_of,omitempty"` // the application for the unconditional items of the same act
	SplitTo   string    `json:"split_to,omitempty"` // the application for its conditional items
}

// Ask is what is applied for, and to what end (应用场景, 使用范围). Rate counts calls a minute, Volume rows given out in a
// day of Asia/Shanghai (a yes/no check is one row); 0 is what is usual for the grade and the method.
// Necessity and Assessment are wanted when an item is sensitive personal information; Assessment is the hex digest under
// which the vault keeps the record of the impact assessment (个人信息保护影响评估).
type Ask struct {
	Scenario   string   `json:"scenario" zh:"应用场景" en:"scenario"`
	Scope      string   `json:"scope" zh:"使用范围" en:"scope"`
	Duty       string   `json:"duty" zh:"履职依据" en:"legal_duty"` // the consumer's legal duty, in words with basis
	Items      []string `json:"items" zh:"信息项" en:"items"`      // field names; empty = all that can be had and is not sensitive
	Rows       []Filter `json:"rows,omitempty" zh:"行范围" en:"rows"`
	Method     string   `json:"method" zh:"方式" en:"method" enum:"method"` // query | check | batch | push
	Days       int      `json:"days" zh:"天数" en:"days"`                   // period in calendar days from the grant, 1 to 1095
	Rate       int      `json:"rate,omitempty" zh:"每分钟次数" en:"rate"`
	Volume     int      `json:"volume,omitempty" zh:"每日条数" en:"volume"`
	Necessity  string   `json:"necessity,omitempty" zh:"必要性" en:"necessity"`
	Assessment string   `json:"assessment,omitempty" zh:"影响评估" en:"assessment"`
}

// Filter limits rows to those whose item equals one of the values.
type Filter struct {
	Item   string   `json:"item" zh:"信息项" en:"item"`
	Values []string `json:"values" zh:"取值" en:"values"`
}

// Answer is the provider's answer, or the chain's where silence is consent.
type Answer struct {
	By          string   `json:"by"`       // organisation, or "law" where the rule answered
	Decision    string   `json:"decision"` // full | part | refused | deemed | rule
	Items       []string `json:"items,omitempty"`
	Rows        []Filter `json:"rows,omitempty"`
	Days        int      `json:"days,omitempty"`
	Ground      string   `json:"ground,omitempty"` // statutory ground of a refusal
	Explanation string   `json:"explanation,omitempty"`
	At          string   `json:"at"`
	Rate        int      `json:"rate,omitempty"`
	Volume      int      `json:"volume,omitempty"`
}

func (*Application) Kind() Kind         { return KindApplication }
func (a *Application) Key() string      { return a.ID }
func (a *Application) Standing() string { return a.Status }

// Indexes finds an application still waiting by its entry, and those whose deadlines rest on a year without arrangement.
func (a *Application) Indexes() []string {
	if a.Status != "submitted" && a.Status != "overdue" {
		return nil
	}
	ix := []string{"entry/" + a.Entry, "consumer/" + a.Consumer, "consumer/" + a.Consumer + "/" + a.Entry}
	if a.Status == "submitted" {
		ix = append(ix, provisional(a.AnswerBy, a.DeliverBy)...)
	}
	return ix
}

// Grant (共享授权) is the permission an agreed application turns into, and the gateway's only source of permission.
type Grant struct {
	ID          string    `json:"id"` // G-<sequence>
	Application string    `json:"application"`
	Consumer    string    `json:"consumer"`
	Provider    string    `json:"provider"`
	Entry       string    `json:"entry"`
	Version     int       `json:"version"`
	Items       []string  `json:"items"`
	Rows        []Filter  `json:"rows,omitempty"`
	Scenario    string    `json:"scenario"`
	Scope       string    `json:"scope"`
	Method      string    `json:"method"`
	By          string    `json:"by"` // rule | answer | deemed | ruling
	From        string    `json:"from"`
	Until       string    `json:"until"`
	DeliverBy   *Deadline `json:"deliver_by,omitempty"`
	DeliverFrom string    `json:"deliver_from,omitempty"` // what that term runs from, RFC 3339
	Delivered   string    `json:"delivered,omitempty"`
	Status      string    `json:"status"` // delivering | active | suspended | ended
	Overdue     bool      `json:"overdue,omitempty"`
	Why         string    `json:"why,omitempty"`
	Duty        string    `json:"duty,omitempty"`         // the legal duty that the use serves
	Rate        int       `json:"rate,omitempty"`         // calls a minute; 0 = no grant of this program's
	Volume      int       `json:"volume,omitempty"`       // rows a day of Asia/Shanghai, a check counting as one
	SuspendedBy string    `json:"suspended_by,omitempty"` // while suspended: the institution that did
	Ordered     string    `json:"ordered,omitempty"`      // the coordination case that set DeliverBy
	Reports     []string  `json:"reports,omitempty"`      // when its use is to be reported before its end, RFC 3339
	Notice      *Notice   `json:"notice,omitempty"`       // the last change of sharing attributes that touched it
}

// Notice (属性调整告知) tells the consumer of a running grant that the sharing attributes of its entry changed (Art. 23).
type Notice struct {
	At      string   `json:"at"`      // RFC 3339
	Version int      `json:"version"` // of the entry, from which it holds
	Was     string   `json:"was"`     // sharing type of the entry before and now
	Now     string   `json:"now"`
	Items   []string `json:"items,omitempty"` // granted items whose own sharing type changed, or that are gone
}

func (*Grant) Kind() Kind         { return KindGrant }
func (g *Grant) Key() string      { return g.ID }
func (g *Grant) Standing() string { return g.Status }
func (g *Grant) Indexes() []string {
	if g.Status == "ended" {
		return nil
	}
	ix := []string{"entry/" + g.Entry, "consumer/" + g.Consumer}
	if g.Delivered == "" && !g.Overdue {
		ix = append(ix, provisional(g.DeliverBy)...)
	}
	return ix
}

// provisional gives an index line for each year without arrangement that a deadline rests on.
func provisional(deadlines ...*Deadline) []string {
	var ix []string
	for _, d := range deadlines {
		if d == nil || !d.Provisional {
			continue
		}
		for _, c := range d.Calendars {
			if len(c) == 6 && c[4:] == "@0" {
				if line := "provisional/" + c[:4]; !containsString(ix, line) {
					ix = append(ix, line)
				}
			}
		}
	}
	return ix
}

// Dataset (平台数据集) is where the data behind an entry is: on the platform, with the version that serves, its count and
// digest; with its owner, connected through the catalog chain (Art. 15); or nowhere yet, while it is awaited.
type Dataset struct {
	Entry   string    `json:"entry"`
	Org     string    `json:"org"`
	Version int       `json:"version"` // of the data on the platform, 1, 2 …, the last there was; 0: none yet
	Of      int       `json:"of"`      // version of the entry it follows
	Rows    int64     `json:"rows"`
	Digest  string    `json:"digest"`                // hex SM3 over the rows, see docs/formats.md
	Mode    string    `json:"mode,omitempty"`        // how the version was made from the one before: see LoadModes; "" as replace
	Quality Quality   `json:"quality,omitzero"`      // of the load that made it
	Loaded  string    `json:"loaded"`                // RFC 3339; of a connected one: when it was connected; "" while awaited
	Source  string    `json:"source,omitempty"`      // of a connected one: database | api
	Due     string    `json:"due,omitempty"`         // RFC 3339: by when the declared cycle asks for the next update; "" never
	By      *Deadline `json:"finish_by,omitempty"`   // internal term at whose end it is a finding that nothing came: update, or first load or connection
	Since   string    `json:"since,omitempty"`       // RFC 3339: what that term runs from
	Late    string    `json:"late,omitempty"`        // that finding, until data comes
	Low     string    `json:"low_quality,omitempty"` // the finding that its quality became, until a version is good enough
	Why     string    `json:"why,omitempty"`         // reasons of a disconnection
	Status  string    `json:"status"`                // awaited | serving | connected | disconnected | retired
}

func (*Dataset) Kind() Kind         { return KindDataset }
func (d *Dataset) Key() string      { return d.Entry }
func (d *Dataset) Standing() string { return d.Status }

// OnPlatform tells whether the platform serves it, Held whether it can be had at all: there, or from its owner.
func (d *Dataset) OnPlatform() bool { return d.Status == "serving" }
func (d *Dataset) Held() bool       { return d.Status == "serving" || d.Status == "connected" }

// Indexes finds the datasets whose term rests on a year without arrangement.
func (d *Dataset) Indexes() []string {
	if d.Late != "" {
		return nil
	}
	return provisional(d.By)
}

// Receipts (访问回执锚定) commits a gateway's receipts: the size and root of its receipt tree.
type Receipts struct {
	Node string `json:"node"`
	Size uint64 `json:"size"`
	Root string `json:"root"` // hex
}

func (*Receipts) Kind() Kind          { return KindReceipts }
func (r *Receipts) Key() string       { return r.Node }
func (r *Receipts) Standing() string  { return "anchored" }
func (r *Receipts) Indexes() []string { return nil }
