package law

import (
	"mulu"
	"mulu/act"
)

// Art. 38(2) asks for one identity and for access control: each institution speaks with one key, which the chain knows.
// A key is remembered for ever, so it never serves twice, and what it signed while it was in force stays attributable.
var keyWays = []Way{
	{mulu.KindKey, "", "genesis", []Role{TheLaw}, "active", cite(38, 2)},
	{mulu.KindKey, "", "org.register", []Role{Bureau}, "active", cite(38, 2)},
	{mulu.KindKey, "", "key.rotate", []Role{Owner}, "active", cite(38, 2)},
	{mulu.KindKey, "", "key.replace", []Role{Bureau}, "active", cite(38, 2)},
	{mulu.KindKey, "", "node.admit", []Role{Bureau}, "active", cite(38, 2)},
	{mulu.KindKey, "active", "key.rotate", []Role{Owner}, "rotated", cite(38, 2)},
	{mulu.KindKey, "active", "key.replace", []Role{Bureau}, "revoked", cite(38, 2)},
	{mulu.KindKey, "active", "key.revoke", []Role{Owner, Bureau}, "revoked", cite(38, 2)},
	{mulu.KindKey, "active", "org.close", []Role{Bureau}, "revoked", cite(38, 2)},
	{mulu.KindKey, "active", "node.dismiss", []Role{Bureau}, "revoked", cite(38, 2)},
}

var clientWays = []Way{
	{mulu.KindClient, "", "client.register", []Role{Owner}, "active", cite(38, 2)},
	{mulu.KindClient, "active", "client.revoke", []Role{Owner, Bureau}, "revoked", cite(38, 2)},
}

// hear finds out who speaks. It is the first rule of every act: the key is known, in force, and the named one's own.
func (b *book) hear(s Said) *mulu.Refusal {
	owner := s.Org
	if s.Node != "" {
		owner = "node:" + s.Node
	}
	k := load[mulu.SigningKey](b, s.Key)
	if k == nil {
		return refuse(cite(38, 2), "key_unknown")
	}
	if k.Owner != owner || s.Org != "" && load[mulu.Org](b, s.Org) == nil { // a node's name is no institution's
		return refuse(cite(38, 2), "key_of_another", owner)
	}
	if k.Status != "active" {
		return refuse(cite(38, 2), "key_"+k.Status)
	}
	if s.Node != "" && !nodeMaySay(s.Act.Kind()) {
		return refuse(cite(38, 2), "node_may_not", s.Act.Kind())
	}
	b.speaker = speaker{org: s.Org, node: s.Node, key: s.Key}
	if s.Org != "" {
		b.speaker.bureau = load[mulu.Org](b, s.Org).Bureau
	}
	return nil
}

// Stranger refuses a key that the state has never known: the first question of hear, for the door that keeps such acts
// from becoming records at all. What it answers may change with the next block.
func Stranger(st State, key string) *mulu.Refusal {
	if _, ok := st.Get(NounKey(mulu.KindKey, key)); !ok {
		return refuse(cite(38, 2), "key_unknown")
	}
	return nil
}

// nodeMaySay: a node carries the chain and its gateway, and says only what that needs; everything else an institution says.
func nodeMaySay(kind string) bool {
	return kind == "tick" || kind == "receipts.anchor" || kind == "use.flag"
}

func rotateKey(b *book, a *act.RotateKey) *mulu.Refusal {
	o := load[mulu.Org](b, b.speaker.org)
	if no := b.endKey(o.SigningKey, "rotated", ""); no != nil {
		return no
	}
	if no := b.newKey(a.Key, o.ID); no != nil {
		return no
	}
	o.SigningKey = a.Key
	return b.put(o, "key.rotated", cite(38, 2))
}

func revokeKey(b *book, a *act.RevokeKey) *mulu.Refusal {
	o, no := find[mulu.Org](b, a.Org, cite(38, 2))
	if no != nil {
		return no
	}
	if no := text("why", a.Why, 2, 500, cite(38, 2)); no != nil {
		return no
	}
	if no := b.may(o, "keyless"); no != nil {
		return no
	}
	if o.Bureau {
		return refuse(cite(38, 2), "bureau_key_stays")
	}
	if no := b.endKey(o.SigningKey, "revoked", a.Why); no != nil {
		return no
	}
	o.SigningKey, o.Status, o.Why = "", "keyless", a.Why
	return b.put(o, "key.revoked", cite(38, 2))
}

func replaceKey(b *book, a *act.ReplaceKey) *mulu.Refusal {
	o, no := find[mulu.Org](b, a.Org, cite(38, 2))
	if no != nil {
		return no
	}
	if no := text("why", a.Why, 2, 500, cite(38, 2)); no != nil {
		return no
	}
	if no := b.may(o, "active"); no != nil {
		return no
	}
	if o.SigningKey != "" {
		if no := b.endKey(o.SigningKey, "revoked", a.Why); no != nil {
			return no
		}
	}
	if no := b.newKey(a.Key, o.ID); no != nil {
		return no
	}
	o.SigningKey, o.Status, o.Why = a.Key, "active", a.Why
	return b.put(o, "key.replaced", cite(38, 2))
}

// newKey remembers a key as its owner's; one that was ever known is refused.
func (b *book) newKey(key, owner string) *mulu.Refusal {
	if !act.IsKey(key) {
		return refuse(cite(38, 2), "key_form")
	}
	if load[mulu.SigningKey](b, key) != nil {
		return refuse(cite(38, 2), "key_used")
	}
	return b.put(&mulu.SigningKey{ID: key, Owner: owner, Status: "active"}, "key.recorded", cite(38, 2))
}

func (b *book) endKey(key, status, why string) *mulu.Refusal {
	k := load[mulu.SigningKey](b, key)
	k.Status, k.Why = status, why
	return b.put(k, "key.ended", cite(38, 2))
}

func registerClient(b *book, a *act.RegisterClient) *mulu.Refusal {
	if no := first(text("name", a.Name, 1, 60, cite(38, 2)), digest("digest", a.Digest, cite(38, 2))); no != nil {
		return no
	}
	org := b.speaker.org
	if len(b.named(mulu.KindClient, "digest/"+a.Digest)) > 0 {
		return refuse(cite(38, 2), "token_used")
	}
	if len(b.named(mulu.KindClient, "org/"+org+"/"+a.Name)) > 0 {
		return refuse(cite(38, 2), "name_taken", "@client", a.Name)
	}
	c := &mulu.Client{ID: b.id("K", org), Org: org, Name: a.Name, Digest: a.Digest, Status: "active"}
	return b.put(c, "client.registered", cite(38, 2))
}

func revokeClient(b *book, a *act.RevokeClient) *mulu.Refusal {
	c, no := find[mulu.Client](b, a.Client, cite(38, 2))
	if no != nil {
		return no
	}
	if no := text("why", a.Why, 2, 500, cite(38, 2)); no != nil {
		return no
	}
	c.Status, c.Why = "revoked", a.Why
	return b.put(c, "client.revoked", cite(38, 2))
}
