package read

import (
	"fmt"

	"mulu"
)

// description is what the read model keeps of every noun beside its state. org is the institution it is counted and
// listed under: its owner, for what passes between two the consumer; "" for what is nobody's.
type description struct {
	name, org string
	owners    []owner // what it belongs to, whose story it is part of
}

type owner struct {
	kind mulu.Kind
	id   string
}

// readNoun decodes the state of a fact, strictly, and checks that it is the noun the fact names.
func readNoun(f *mulu.Fact) (mulu.Noun, error) {
	n := newNoun(f.Noun)
	if n == nil {
		return nil, fmt.Errorf("this program knows no noun of kind %q; it is older than the chain", f.Noun)
	}
	if err := strict(f.State, n); err != nil {
		return nil, fmt.Errorf("its state: %w", err)
	}
	if n.Key() != f.ID {
		return nil, fmt.Errorf("its state is that of %q", n.Key())
	}
	return n, nil
}

func newNoun(k mulu.Kind) mulu.Noun {
	switch k {
	case mulu.KindOrg:
		return new(mulu.Org)
	case mulu.KindKey:
		return new(mulu.SigningKey)
	case mulu.KindNode:
		return new(mulu.Node)
	case mulu.KindCalendar:
		return new(mulu.Calendar)
	case mulu.KindClock:
		return new(mulu.Clock)
	case mulu.KindProfile:
		return new(mulu.Profile)
	case mulu.KindDuty:
		return new(mulu.Duty)
	case mulu.KindEntry:
		return new(mulu.Entry)
	case mulu.KindSystem:
		return new(mulu.System)
	case mulu.KindTable:
		return new(mulu.Table)
	case mulu.KindLink:
		return new(mulu.Link)
	case mulu.KindApplication:
		return new(mulu.Application)
	case mulu.KindGrant:
		return new(mulu.Grant)
	case mulu.KindDispute:
		return new(mulu.Dispute)
	case mulu.KindDataset:
		return new(mulu.Dataset)
	case mulu.KindClient:
		return new(mulu.Client)
	case mulu.KindReceipts:
		return new(mulu.Receipts)
	case mulu.KindObjection:
		return new(mulu.Objection)
	case mulu.KindReview:
		return new(mulu.Review)
	case mulu.KindFinding:
		return new(mulu.Finding)
	case mulu.KindUseReport:
		return new(mulu.UseReport)
	case mulu.KindUseFlag:
		return new(mulu.UseFlag)
	case mulu.KindLoadTerms:
		return new(mulu.LoadTerms)
	case mulu.KindTerm:
		return new(mulu.Term)
	case mulu.KindElement:
		return new(mulu.Element)
	case mulu.KindCodeSet:
		return new(mulu.CodeSet)
	case mulu.KindPurchase:
		return new(mulu.Purchase)
	}
	return nil
}

func describe(n mulu.Noun) description {
	switch n := n.(type) {
	case *mulu.Org:
		return description{name: n.Name, org: n.ID}
	case *mulu.SigningKey:
		if node, yes := mulu.BelongsToNode(n.Owner); yes {
			return description{owners: owners(mulu.KindNode, node)}
		}
		return description{org: n.Owner, owners: owners(mulu.KindOrg, n.Owner)}
	case *mulu.Node:
		return description{name: n.ID, org: n.Operator}
	case *mulu.Calendar:
		return description{name: n.Notice}
	case *mulu.Profile:
		return description{name: n.Edition}
	case *mulu.Duty:
		return description{name: n.Name, org: n.Org}
	case *mulu.Entry:
		d := description{org: n.Org}
		if c := n.Current(); c != nil {
			d.name = c.Name
		}
		return d
	case *mulu.System:
		return description{name: n.Name, org: n.Org}
	case *mulu.Table:
		return description{name: n.Name, org: n.Org, owners: owners(mulu.KindSystem, n.System)}
	case *mulu.Link:
		return description{org: n.Org,
			owners: owners(mulu.KindEntry, n.Entry, mulu.KindSystem, n.System, mulu.KindTable, n.Table)}
	case *mulu.Application:
		return description{org: n.Consumer, owners: owners(mulu.KindEntry, n.Entry, mulu.KindApplication, n.SplitOf)}
	case *mulu.Grant:
		return description{org: n.Consumer, owners: owners(mulu.KindApplication, n.Application, mulu.KindEntry, n.Entry)}
	case *mulu.Dispute:
		if n.Cause == "objection" {
			return description{org: n.Consumer, owners: owners(mulu.KindObjection, n.About, mulu.KindEntry, n.Entry)}
		}
		// An old case may be about a grant; of the two lines the one that leads nowhere harms nothing.
		return description{org: n.Consumer, owners: owners(mulu.KindApplication, n.About, mulu.KindGrant, n.About, mulu.KindEntry, n.Entry)}
	case *mulu.Objection:
		return description{org: n.Consumer, owners: owners(mulu.KindGrant, n.Grant, mulu.KindEntry, n.Entry)}
	case *mulu.Review:
		return description{org: n.Org, owners: owners(mulu.KindEntry, n.Entry)}
	case *mulu.Finding:
		d := description{org: n.Org}
		for _, r := range n.On {
			d.owners = append(d.owners, owner{r.Noun, r.ID})
		}
		return d
	case *mulu.UseReport:
		return description{org: n.Consumer, owners: owners(mulu.KindGrant, n.Grant)}
	case *mulu.UseFlag:
		return description{org: n.Consumer, owners: owners(mulu.KindGrant, n.Grant)}
	case *mulu.Term:
		return description{name: n.ID}
	case *mulu.Element:
		return description{name: n.Name}
	case *mulu.CodeSet:
		return description{name: n.Name}
	case *mulu.Purchase:
		return description{name: n.Name, org: n.Org, owners: owners(mulu.KindEntry, n.Entry)}
	case *mulu.Dataset:
		return description{org: n.Org, owners: owners(mulu.KindEntry, n.Entry)}
	case *mulu.LoadTerms:
		return description{org: n.Org, owners: owners(mulu.KindEntry, n.Entry)}
	case *mulu.Client:
		return description{name: n.Name, org: n.Org, owners: owners(mulu.KindOrg, n.Org)}
	case *mulu.Receipts:
		return description{owners: owners(mulu.KindNode, n.Node)}
	}
	return description{}
}

// owners pairs kinds and ids, leaving out those without an id.
func owners(pairs ...any) []owner {
	var list []owner
	for i := 0; i < len(pairs); i += 2 {
		if id := pairs[i+1].(string); id != "" {
			list = append(list, owner{pairs[i].(mulu.Kind), id})
		}
	}
	return list
}
