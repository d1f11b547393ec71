package web

import (
	"context"

	"mulu/gateway"
)

// Gateway is what the pages need of this node's gateway: what was used under grants, receipts and their proofs, how a provider looks at its own rows, and a call
// that somebody tries by hand. The door hands it in; a node that serves no rows has none.
type Gateway interface {
	Uses(ctx context.Context, grant string, days int) ([]gateway.DayUse, error)
	Receipts(ctx context.Context, q gateway.ReceiptQuery) ([]gateway.Kept, error)
	Receipt(ctx context.Context, id string) (gateway.Kept, []byte, error)
	Proof(ctx context.Context, id string) ([]byte, error)
	Try(ctx context.Context, t gateway.Trial) (status int, kind string, body []byte)
	Look(ctx context.Context, l gateway.Look) (gateway.Looked, error)
	Words(code string) (zh, en string)
	Address() string
}
