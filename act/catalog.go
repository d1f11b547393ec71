package act

import "mulu"

// RegisterDuty enters a duty of the signing institution: the first level of the catalog.
type RegisterDuty struct {
	Code       string   `json:"code,omitempty" zh:"职权编码" en:"code"`
	Name       string   `json:"name" zh:"名称" en:"name"`
	Basis      string   `json:"basis" zh:"依据" en:"basis"`
	Department string   `json:"department,omitempty" zh:"处室" en:"department"`
	Matters    []string `json:"matters,omitempty" zh:"事项" en:"matters"`
}

// AmendDuty changes a duty; empty fields stay as they are.
type AmendDuty struct {
	Duty       string   `json:"duty" zh:"职责" en:"duty" ref:"duty"`
	Code       string   `json:"code,omitempty" zh:"职权编码" en:"code"`
	Name       string   `json:"name,omitempty" zh:"名称" en:"name"`
	Basis      string   `json:"basis,omitempty" zh:"依据" en:"basis"`
	Department string   `json:"department,omitempty" zh:"处室" en:"department"`
	Matters    []string `json:"matters,omitempty" zh:"事项" en:"matters"`
}

// DeclareNoData says that no data arises from a duty, and why.
type DeclareNoData struct {
	Duty string `json:"duty" zh:"职责" en:"duty" ref:"duty"`
	Why  string `json:"why" zh:"理由" en:"why"`
}

// RetireDuty ends a duty that the institution no longer has; entries under it must be gone or moved first.
type RetireDuty struct {
	Duty string `json:"duty" zh:"职责" en:"duty" ref:"duty"`
	Why  string `json:"why" zh:"理由" en:"why"`
}

// RegisterSystem enters an information system: the third level.
type RegisterSystem struct {
	Name       string   `json:"name" zh:"名称" en:"name"`
	Purpose    string   `json:"purpose,omitempty" zh:"功能" en:"purpose"`
	Project    string   `json:"project,omitempty" zh:"项目" en:"project"`
	Network    string   `json:"network" zh:"网络" en:"network" enum:"network"` // government | internet | private
	Level      int      `json:"level" zh:"等保级别" en:"level"`
	Databases  []string `json:"databases,omitempty" zh:"数据库" en:"databases"`
	Connection string   `json:"connection,omitempty" zh:"连接" en:"connection"` // "secret:<name>"
}

// AmendSystem replaces what a system's registration says.
type AmendSystem struct {
	System     string   `json:"system" zh:"系统" en:"system" ref:"system"`
	Name       string   `json:"name" zh:"名称" en:"name"`
	Purpose    string   `json:"purpose,omitempty" zh:"功能" en:"purpose"`
	Project    string   `json:"project,omitempty" zh:"项目" en:"project"`
	Network    string   `json:"network" zh:"网络" en:"network" enum:"network"`
	Level      int      `json:"level" zh:"等保级别" en:"level"`
	Databases  []string `json:"databases,omitempty" zh:"数据库" en:"databases"`
	Connection string   `json:"connection,omitempty" zh:"连接" en:"connection"`
}

// RetireSystem takes a system out of use; its tables must be retired first.
type RetireSystem struct {
	System string `json:"system" zh:"系统" en:"system" ref:"system"`
	Why    string `json:"why" zh:"理由" en:"why"`
}

// RegisterTable enters a table of a system: the fourth level.
type RegisterTable struct {
	System   string        `json:"system" zh:"系统" en:"system" ref:"system"`
	Database string        `json:"database" zh:"数据库" en:"database"`
	Schema   string        `json:"schema,omitempty" zh:"模式" en:"schema"`
	Name     string        `json:"name" zh:"表名" en:"name"`
	Comment  string        `json:"comment,omitempty" zh:"说明" en:"comment"`
	Rows     int64         `json:"rows,omitempty" zh:"行数" en:"rows"`
	Columns  []mulu.Column `json:"columns" zh:"列" en:"columns"`
}

// AmendTable replaces a table's columns, comment and count, as a new look at the database found them.
type AmendTable struct {
	Table   string        `json:"table" zh:"库表" en:"table" ref:"table"`
	Comment string        `json:"comment,omitempty" zh:"说明" en:"comment"`
	Rows    int64         `json:"rows,omitempty" zh:"行数" en:"rows"`
	Columns []mulu.Column `json:"columns" zh:"列" en:"columns"`
}

// RetireTable takes a table off the catalog; items bound to it must be unbound first.
type RetireTable struct {
	Table string `json:"table" zh:"库表" en:"table" ref:"table"`
	Why   string `json:"why" zh:"理由" en:"why"`
}

// LinkSystem says from which system an entry's data comes (挂接).
type LinkSystem struct {
	Entry  string `json:"entry" zh:"目录" en:"entry" ref:"entry"`
	System string `json:"system" zh:"系统" en:"system" ref:"system"`
}

// UnlinkSystem takes that back.
type UnlinkSystem struct {
	Entry  string `json:"entry" zh:"目录" en:"entry" ref:"entry"`
	System string `json:"system" zh:"系统" en:"system" ref:"system"`
	Why    string `json:"why" zh:"理由" en:"why"`
}

// BindItem binds an item to the column that holds it (绑定).
type BindItem struct {
	Entry  string `json:"entry" zh:"目录" en:"entry" ref:"entry"`
	Item   string `json:"item" zh:"信息项" en:"item"` // field name
	Table  string `json:"table" zh:"库表" en:"table" ref:"table"`
	Column string `json:"column" zh:"列" en:"column"`
}

// UnbindItem takes that back.
type UnbindItem struct {
	Entry  string `json:"entry" zh:"目录" en:"entry" ref:"entry"`
	Item   string `json:"item" zh:"信息项" en:"item"`
	Table  string `json:"table" zh:"库表" en:"table" ref:"table"`
	Column string `json:"column" zh:"列" en:"column"`
	Why    string `json:"why" zh:"理由" en:"why"`
}

func (*RegisterDuty) Kind() string   { return "duty.register" }
func (*AmendDuty) Kind() string      { return "duty.amend" }
func (*DeclareNoData) Kind() string  { return "duty.no_data" }
func (*RetireDuty) Kind() string     { return "duty.retire" }
func (*RegisterSystem) Kind() string { return "system.register" }
func (*AmendSystem) Kind() string    { return "system.amend" }
func (*RetireSystem) Kind() string   { return "system.retire" }
func (*RegisterTable) Kind() string  { return "table.register" }
func (*AmendTable) Kind() string     { return "table.amend" }
func (*RetireTable) Kind() string    { return "table.retire" }
func (*LinkSystem) Kind() string     { return "system.link" }
func (*UnlinkSystem) Kind() string   { return "system.unlink" }
func (*BindItem) Kind() string       { return "item.bind" }
func (*UnbindItem) Kind() string     { return "item.unbind" }
