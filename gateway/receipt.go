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

// Receipt (访问回执) says what one call asked for and got. It holds no personal data: filters, key values and the case
// number are there only as digests under the gateway's key. What was not yet known when the call was refused is empty.
type Receipt struct {
	N            uint64   `json:"n"`    // number at this node, from 0; also the leaf in its tree of receipts
	Time         string   `json:"time"` // RFC 3339, the law's clock
	Grant        string   `json:"grant"`
	Consumer     string   `json:"consumer"`
	Client       string   `json:"client"`           // machine client; empty when people tried the call on a page
	Person       string   `json:"person,omitempty"` // who tried it there, by the opaque id that acts carry too
	Method       string   `json:"method,omitempty"` // query | check | batch: what was called; look: by the provider on a page; receipts of before have none and are queries
	Entry        string   `json:"entry"`            // set once the caller's institution was seen to hold the grant
	DataVersion  int      `json:"data_version"`
	Items        []string `json:"items"` // field names given; of a check, those compared
	FilterDigest string   `json:"filter_digest"`
	KeyDigests   []string `json:"key_digests,omitempty"` // of each value of filters by key or personal items, 16 bytes in hex
	Purpose      string   `json:"purpose"`
	CaseDigest   string   `json:"case_digest"`
	Format       string   `json:"format,omitempty"` // of a batch file: csv | jsonl | parquet
	Rows         int      `json:"rows"`             // a check is one
	RowsDigest   string   `json:"rows_digest"`      // hex SM3 of the bytes given, see docs/formats.md
	Refused      Code     `json:"refused"`          // empty when the call was answered
}

// given is a receipt as kept: its id (hex SM3 of line 1), number, and both lines.
type given struct {
	id    string
	n     uint64
	bytes []byte
}
