package gateway

// Statement is line 1 of a receipt: a signed pair like an act, said by the node that served. Its form is deterministic
// JSON in this order of fields; docs/formats.md describes it for others.
type Statement struct {
	V       int     `json:"v"`
	Chain   string  `json:"chain"`
	Kind    string  `json:"kind"` // "receipt"
	Node    string  `json:"node"`
	Key     string  `json:"key"`
	Receipt Receipt `json:"receipt"`
}

// Receipt (访问回执) says what one call asked for and got. It holds no personal data: filters and the case number are
// there only as digests under the gateway's key. What was not yet known when the call was refused is empty.
type Receipt struct {
	N            uint64   `json:"n"`    // number at this node, from 0; also the leaf in its tree of receipts
	Time         string   `json:"time"` // RFC 3339, the law's clock
	Grant        string   `json:"grant"`
	Consumer     string   `json:"consumer"`
	Client       string   `json:"client"`
	Entry        string   `json:"entry"`
	DataVersion  int      `json:"data_version"`
	Items        []string `json:"items"` // field names given
	FilterDigest string   `json:"filter_digest"`
	Purpose      string   `json:"purpose"`
	CaseDigest   string   `json:"case_digest"`
	Rows         int      `json:"rows"`
	RowsDigest   string   `json:"rows_digest"` // hex SM3 of the bytes of "rows" in the answer
	Refused      Code     `json:"refused"`     // empty when rows were given
}

// given is a receipt as kept: its id (hex SM3 of line 1), number, and both lines.
type given struct {
	id    string
	n     uint64
	bytes []byte
}
