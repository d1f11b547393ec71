package mulu

// System (系统目录) is the third level: an information system of an institution.
// Connection names a secret in the owner's store; an address or password never stands on the chain.
type System struct {
	ID         string   `json:"id"` // S-<org>-<sequence>
	Org        string   `json:"org"`
	Name       string   `json:"name"`
	Purpose    string   `json:"purpose,omitempty"`
	Project    string   `json:"project,omitempty"`
	Network    string   `json:"network"` // government | internet | private
	Level      int      `json:"level"`   // MLPS level 1 to 5, 0 = not filed
	Databases  []string `json:"databases,omitempty"`
	Connection string   `json:"connection,omitempty"` // "secret:<name>"
	Status     string   `json:"status"`               // in_use | retired
	Why        string   `json:"why,omitempty"`
}

func (*System) Kind() Kind         { return KindSystem }
func (s *System) Key() string      { return s.ID }
func (s *System) Standing() string { return s.Status }
func (s *System) Indexes() []string {
	if s.Status == "retired" {
		return nil
	}
	return []string{"name/" + s.Org + "/" + s.Name}
}

// Table (库表目录) is the fourth level: a table of a system's database with its columns.
type Table struct {
	ID       string   `json:"id"` // T-<org>-<sequence>
	Org      string   `json:"org"`
	System   string   `json:"system"`
	Database string   `json:"database"`
	Schema   string   `json:"schema,omitempty"`
	Name     string   `json:"name"`
	Comment  string   `json:"comment,omitempty"`
	Rows     int64    `json:"rows"`
	Scanned  string   `json:"scanned,omitempty"` // RFC 3339
	Columns  []Column `json:"columns"`
	Status   string   `json:"status"` // present | retired
	Why      string   `json:"why,omitempty"`
}

// Column is one column of a table.
type Column struct {
	Name     string `json:"name" zh:"名称" en:"name"`
	Type     string `json:"type" zh:"类型" en:"type"`
	Length   int    `json:"length,omitempty" zh:"长度" en:"length"`
	Nullable bool   `json:"nullable,omitempty" zh:"可空" en:"nullable"`
	IsKey    bool   `json:"key,omitempty" zh:"主键" en:"key"`
	Comment  string `json:"comment,omitempty" zh:"说明" en:"comment"`
}

func (*Table) Kind() Kind         { return KindTable }
func (t *Table) Key() string      { return t.ID }
func (t *Table) Standing() string { return t.Status }
func (t *Table) Indexes() []string {
	if t.Status == "retired" {
		return nil
	}
	return []string{"name/" + t.System + "/" + t.Database + "." + t.Schema + "." + t.Name, "system/" + t.System}
}

// Column finds a column by name.
func (t *Table) Column(name string) (Column, bool) {
	for _, c := range t.Columns {
		if c.Name == name {
			return c, true
		}
	}
	return Column{}, false
}

// Link (目录关联) joins levels: a data entry with a system (挂接), or an item with a column (绑定).
type Link struct {
	ID     string `json:"id"`  // entry ">" system, or entry "#" field ">" table "." column
	Org    string `json:"org"` // the provider, who makes and cuts it
	Entry  string `json:"entry"`
	System string `json:"system,omitempty"`
	Item   string `json:"item,omitempty"`
	Table  string `json:"table,omitempty"`
	Column string `json:"column,omitempty"`
	Status string `json:"status"` // made | cut
	Why    string `json:"why,omitempty"`
}

func (*Link) Kind() Kind         { return KindLink }
func (l *Link) Key() string      { return l.ID }
func (l *Link) Standing() string { return l.Status }
func (l *Link) Indexes() []string {
	if l.Status != "made" {
		return nil
	}
	ix := []string{"entry/" + l.Entry}
	if l.System != "" {
		ix = append(ix, "system/"+l.System)
	}
	if l.Table != "" {
		ix = append(ix, "table/"+l.Table)
	}
	return ix
}
