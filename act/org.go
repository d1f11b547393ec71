package act

// RegisterOrg enters an institution in the register (Art. 2, 15); the bureau says it. The rules give the id.
type RegisterOrg struct {
	Name       string `json:"name" zh:"名称" en:"name"`
	Short      string `json:"short" zh:"简称" en:"short"`
	Sort       string `json:"sort" zh:"类别" en:"sort" enum:"sort"` // organ | authorised | service
	CreditCode string `json:"credit_code" zh:"信用代码" en:"credit_code"`
	Joins      bool   `json:"joins,omitempty" zh:"参照执行" en:"joins"`
	Key        string `json:"key" zh:"公钥" en:"key"`
}

// AmendOrg changes an institution's names; empty fields stay as they are.
type AmendOrg struct {
	Org   string `json:"org" zh:"机构" en:"org" ref:"org"`
	Name  string `json:"name,omitempty" zh:"名称" en:"name"`
	Short string `json:"short,omitempty" zh:"简称" en:"short"`
	Why   string `json:"why" zh:"理由" en:"why"`
}

// JoinChain lets an institution that Art. 15(3) does not bind follow the catalog chain, or stop following it.
type JoinChain struct {
	Joins bool   `json:"joins" zh:"参照执行" en:"joins"`
	Why   string `json:"why,omitempty" zh:"理由" en:"why"`
}

// CloseOrg takes an institution that no longer exists off the register.
type CloseOrg struct {
	Org string `json:"org" zh:"机构" en:"org" ref:"org"`
	Why string `json:"why" zh:"理由" en:"why"`
}

// RotateKey puts a new signing key in place of the one that signs this act.
type RotateKey struct {
	Key string `json:"key" zh:"公钥" en:"key"`
}

// RevokeKey ends an institution's key at once: the bureau for any, an institution for its own.
type RevokeKey struct {
	Org string `json:"org" zh:"机构" en:"org" ref:"org"`
	Why string `json:"why" zh:"理由" en:"why"`
}

// ReplaceKey records a new key for an institution whose key is lost or revoked, after the bureau checked who asks.
type ReplaceKey struct {
	Org string `json:"org" zh:"机构" en:"org" ref:"org"`
	Key string `json:"key" zh:"公钥" en:"key"`
	Why string `json:"why" zh:"理由" en:"why"`
}

// RegisterClient makes a machine of the signing institution known to the gateway by the SM3 digest of its token.
type RegisterClient struct {
	Name   string `json:"name" zh:"名称" en:"name"`
	Digest string `json:"digest" zh:"令牌摘要" en:"digest"`
}

// RevokeClient ends a machine client of the signing institution; the gateway refuses its next call.
type RevokeClient struct {
	Client string `json:"client" zh:"对接" en:"client" ref:"client"`
	Why    string `json:"why" zh:"理由" en:"why"`
}

func (*RegisterOrg) Kind() string    { return "org.register" }
func (*AmendOrg) Kind() string       { return "org.amend" }
func (*JoinChain) Kind() string      { return "org.join" }
func (*CloseOrg) Kind() string       { return "org.close" }
func (*RotateKey) Kind() string      { return "key.rotate" }
func (*RevokeKey) Kind() string      { return "key.revoke" }
func (*ReplaceKey) Kind() string     { return "key.replace" }
func (*RegisterClient) Kind() string { return "client.register" }
func (*RevokeClient) Kind() string   { return "client.revoke" }
