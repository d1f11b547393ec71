package act

// FilePurchase files data bought with public money with the bureau (备案, Art. 17). Cost is in yuan.
type FilePurchase struct {
	Name     string `json:"name" zh:"名称" en:"name"`
	Content  string `json:"content" zh:"内容" en:"content"`
	Supplier string `json:"supplier" zh:"供应方" en:"supplier"`
	Contract string `json:"contract,omitempty" zh:"合同编号" en:"contract"`
	From     string `json:"from" zh:"合同起" en:"from"`
	Until    string `json:"until" zh:"合同止" en:"until"`
	Cost     int64  `json:"cost" zh:"金额" en:"cost"`
	Fund     string `json:"fund" zh:"资金来源" en:"fund"`
}

// AmendPurchase states what was filed anew, e.g. when the contract is prolonged.
type AmendPurchase struct {
	Purchase string `json:"purchase" zh:"采购数据" en:"purchase" ref:"purchase"`
	Name     string `json:"name" zh:"名称" en:"name"`
	Content  string `json:"content" zh:"内容" en:"content"`
	Supplier string `json:"supplier" zh:"供应方" en:"supplier"`
	Contract string `json:"contract,omitempty" zh:"合同编号" en:"contract"`
	From     string `json:"from" zh:"合同起" en:"from"`
	Until    string `json:"until" zh:"合同止" en:"until"`
	Cost     int64  `json:"cost" zh:"金额" en:"cost"`
	Fund     string `json:"fund" zh:"资金来源" en:"fund"`
	Why      string `json:"why" zh:"理由" en:"why"`
}

// ServePurchase names the entry through whose interface the bought data is served.
type ServePurchase struct {
	Purchase string `json:"purchase" zh:"采购数据" en:"purchase" ref:"purchase"`
	Entry    string `json:"entry" zh:"目录" en:"entry" ref:"entry"`
}

// GroundPurchase says why the institution holds the data unfit for an interface, and on what that rests.
type GroundPurchase struct {
	Purchase string `json:"purchase" zh:"采购数据" en:"purchase" ref:"purchase"`
	Ground   string `json:"ground" zh:"理由" en:"ground"`
	Basis    string `json:"basis" zh:"依据" en:"basis"`
}

// EndPurchase says that the institution has the data no longer.
type EndPurchase struct {
	Purchase string `json:"purchase" zh:"采购数据" en:"purchase" ref:"purchase"`
	Why      string `json:"why" zh:"理由" en:"why"`
}

func (*FilePurchase) Kind() string   { return "purchase.file" }
func (*AmendPurchase) Kind() string  { return "purchase.amend" }
func (*ServePurchase) Kind() string  { return "purchase.serve" }
func (*GroundPurchase) Kind() string { return "purchase.ground" }
func (*EndPurchase) Kind() string    { return "purchase.end" }
