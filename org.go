package mulu

import "strings"

// OrgKind is the sort of public institution in the sense of Art. 2.
type OrgKind string

// The three sorts of Art. 2: organs are bound to the catalog chain by Art. 15(3), the other two join by choice.
const (
	Organ      OrgKind = "organ"      // 行政机关
	Authorised OrgKind = "authorised" // 依法授权组织
	Service    OrgKind = "service"    // 公共服务组织
)

// Org is a public institution (公共机构) in the register of Art. 2 and 15.
// Bound says that Art. 15(3) binds it; otherwise Joined says that it chose to follow the catalog chain.
// An institution whose key was lost or revoked keeps everything but cannot act until the bureau records a new key.
type Org struct {
	ID         string       `json:"id"` // three digits by order of registration; part of its entries' codes
	Name       string       `json:"name"`
	Short      string       `json:"short"`
	Sort       OrgKind      `json:"sort"`
	CreditCode string       `json:"credit_code"`
	Bound      bool         `json:"bound"`
	Joined     bool         `json:"joined"`
	Bureau     bool         `json:"bureau,omitempty"` // the competent bureau of Art. 5
	SigningKey string       `json:"signing_key"`      // current public key; "" when it has none
	Status     string       `json:"status"`           // active | keyless | closed
	Former     []FormerName `json:"former,omitempty"`
	Why        string       `json:"why,omitempty"` // reason of the last change that needs one
}

// FormerName is a name an institution bore until a day (YYYY-MM-DD).
type FormerName struct {
	Name  string `json:"name"`
	Until string `json:"until"`
}

// Kind, Key, Standing and Indexes make it a Noun.
func (*Org) Kind() Kind         { return KindOrg }
func (o *Org) Key() string      { return o.ID }
func (o *Org) Standing() string { return o.Status }
func (o *Org) Indexes() []string {
	if o.Status == "closed" {
		return nil
	}
	ix := []string{"credit/" + o.CreditCode, "name/" + o.Name}
	if o.Short != o.Name {
		ix = append(ix, "name/"+o.Short)
	}
	return ix
}

// SigningKey (签名密钥) remembers whose a public key is, for ever, so that a key never serves two institutions
// and an old signature can be told from a forged one.
type SigningKey struct {
	ID     string `json:"id"`     // the public key in text form
	Owner  string `json:"owner"`  // organisation or "node:<id>"
	Status string `json:"status"` // active | rotated | revoked
	Why    string `json:"why,omitempty"`
}

func (*SigningKey) Kind() Kind          { return KindKey }
func (k *SigningKey) Key() string       { return k.ID }
func (k *SigningKey) Standing() string  { return k.Status }
func (k *SigningKey) Indexes() []string { return nil }

// Node (链节点) carries the chain: a validator of consensus and a co-signer of checkpoints.
type Node struct {
	ID        string `json:"id"`
	Operator  string `json:"operator"`   // organisation that runs it
	Validator string `json:"validator"`  // ed25519 consensus key, base64
	CosignKey string `json:"cosign_key"` // SM2 key, text form
	Power     int64  `json:"power"`
	Status    string `json:"status"` // member | dismissed
	Why       string `json:"why,omitempty"`
}

func (*Node) Kind() Kind         { return KindNode }
func (n *Node) Key() string      { return n.ID }
func (n *Node) Standing() string { return n.Status }
func (n *Node) Indexes() []string {
	if n.Status != "member" {
		return nil
	}
	return []string{"validator/" + n.Validator}
}

// Client (系统对接) is a machine of an institution that calls the gateway. The chain knows its token by SM3 digest only;
// a token is 256 random bits, so the digest gives nothing away.
type Client struct {
	ID     string `json:"id"`
	Org    string `json:"org"`
	Name   string `json:"name"`
	Digest string `json:"digest"` // hex SM3 of the token
	Status string `json:"status"` // active | revoked
	Why    string `json:"why,omitempty"`
}

func (*Client) Kind() Kind         { return KindClient }
func (c *Client) Key() string      { return c.ID }
func (c *Client) Standing() string { return c.Status }
func (c *Client) Indexes() []string {
	return []string{"digest/" + c.Digest, "org/" + c.Org + "/" + c.Name}
}

// BelongsToNode tells whether an owner of a key is a node, and which.
func BelongsToNode(owner string) (node string, yes bool) { return strings.CutPrefix(owner, "node:") }
