package law

import (
	"errors"
	"fmt"
	"strings"

	"mulu"
	"mulu/act"
)

// Art. 2 says who is a public institution; Art. 15(3) binds the administrative organs among them to the catalog chain
// and lets the others follow it. The register records both, with the credit code and the signing key of each.
var orgWays = []Way{
	{mulu.KindOrg, "", "genesis", []Role{TheLaw}, "active", cite(5)},
	{mulu.KindOrg, "", "org.register", []Role{Bureau}, "active", cite(2)},
	{mulu.KindOrg, "active", "org.amend", []Role{Bureau}, "active", cite(5)},
	{mulu.KindOrg, "keyless", "org.amend", []Role{Bureau}, "keyless", cite(5)},
	{mulu.KindOrg, "active", "org.join", []Role{Owner}, "active", cite(15, 3)},
	{mulu.KindOrg, "active", "org.close", []Role{Bureau}, "closed", cite(5)},
	{mulu.KindOrg, "keyless", "org.close", []Role{Bureau}, "closed", cite(5)},
	{mulu.KindOrg, "active", "key.rotate", []Role{Owner}, "active", cite(38, 2)},
	{mulu.KindOrg, "active", "key.revoke", []Role{Owner, Bureau}, "keyless", cite(38, 2)},
	{mulu.KindOrg, "active", "key.replace", []Role{Bureau}, "active", cite(38, 2)},
	{mulu.KindOrg, "keyless", "key.replace", []Role{Bureau}, "active", cite(38, 2)},
}

func registerOrg(b *book, a *act.RegisterOrg) *mulu.Refusal {
	sort := mulu.OrgKind(a.Sort)
	if no := first(
		text("name", a.Name, 2, 200, cite(2)),
		text("short", a.Short, 2, 60, cite(2)),
		oneOf("sort", a.Sort, mulu.OrgSorts, cite(2)),
		creditCode(a.CreditCode),
	); no != nil {
		return no
	}
	if b.taken(mulu.KindOrg, "credit/"+a.CreditCode, "") {
		return refuse(cite(2), "credit_code_taken", a.CreditCode)
	}
	for _, name := range []string{a.Name, a.Short} {
		if b.taken(mulu.KindOrg, "name/"+name, "") {
			return refuse(cite(2), "name_taken", "@org", name)
		}
	}
	o := &mulu.Org{ID: fmt.Sprintf("%03d", b.next("org")), Name: a.Name, Short: a.Short, Sort: sort, CreditCode: a.CreditCode,
		Bound: sort == mulu.Organ, Joined: sort != mulu.Organ && a.Joins, SigningKey: a.Key, Status: "active"}
	if no := b.newKey(a.Key, o.ID); no != nil {
		return no
	}
	return b.put(o, "org.registered", cite(2), cite(15, 3))
}

func amendOrg(b *book, a *act.AmendOrg) *mulu.Refusal {
	o, no := find[mulu.Org](b, a.Org, cite(2))
	if no != nil {
		return no
	}
	if no := first(optional("name", a.Name, 2, 200, cite(2)), optional("short", a.Short, 2, 60, cite(2)),
		text("why", a.Why, 2, 500, cite(5))); no != nil {
		return no
	}
	if a.Name == "" && a.Short == "" {
		return refuse(cite(2), "nothing_changed")
	}
	if a.Name != "" && a.Name != o.Name {
		o.Former = append(o.Former, mulu.FormerName{Name: o.Name, Until: b.now.Format("2006-01-02")})
		o.Name = a.Name
	}
	if a.Short != "" {
		o.Short = a.Short
	}
	for _, name := range []string{o.Name, o.Short} {
		if b.taken(mulu.KindOrg, "name/"+name, o.ID) {
			return refuse(cite(2), "name_taken", "@org", name)
		}
	}
	o.Why = a.Why
	return b.put(o, "org.amended", cite(2))
}

// joinChain: Art. 15(3), second sentence: the other institutions may follow the catalog chain, by their own choice.
func joinChain(b *book, a *act.JoinChain) *mulu.Refusal {
	o := load[mulu.Org](b, b.speaker.org)
	if o.Bound {
		return refuse(cite(15, 3), "bound_anyway", o.Short)
	}
	if o.Joined == a.Joins {
		return refuse(cite(15, 3), "nothing_changed")
	}
	if !a.Joins {
		if no := text("why", a.Why, 2, 500, cite(15, 3)); no != nil {
			return no
		}
	}
	o.Joined, o.Why = a.Joins, a.Why
	if a.Joins {
		return b.put(o, "org.joined", cite(15, 3))
	}
	return b.put(o, "org.left", cite(15, 3))
}

func closeOrg(b *book, a *act.CloseOrg) *mulu.Refusal {
	o, no := find[mulu.Org](b, a.Org, cite(2))
	if no != nil {
		return no
	}
	if no := text("why", a.Why, 2, 500, cite(5)); no != nil {
		return no
	}
	if o.Bureau {
		return refuse(cite(5), "bureau_stays")
	}
	if id, any := b.holds(mulu.KindEntry, o.ID); any {
		return refuse(cite(11, 1), "org_has_entries", o.Short, id)
	}
	if o.SigningKey != "" {
		if no := b.endKey(o.SigningKey, "revoked", a.Why); no != nil {
			return no
		}
	}
	o.SigningKey, o.Status, o.Why = "", "closed", a.Why
	if no := b.put(o, "org.closed", cite(5)); no != nil {
		return no
	}
	if no := b.endPurchases(o.ID, a.Why); no != nil {
		return no
	}
	return b.endSharing("consumer/"+o.ID, a.Why, cite(24))
}

// holds gives the first noun of a kind that an institution still has under a name.
func (b *book) holds(k mulu.Kind, org string) (id string, any bool) {
	prefix := indexSpace + string(k) + "/name/" + org + "/"
	b.Scan(prefix, After(prefix), func(key string, _ []byte) bool {
		id, any = key[strings.LastIndexByte(key, 0)+1:], true
		return false
	})
	return id, any
}

func creditCode(code string) *mulu.Refusal {
	var bad *mulu.CodeError
	if err := mulu.CheckCreditCode(code); errors.As(err, &bad) {
		return refuse(cite(2), "credit_code_"+bad.Check, code, bad.Found)
	}
	return nil
}
