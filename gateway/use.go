package gateway

import (
	"context"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/cockroachdb/pebble"

	"mulu"
	"mulu/act"
	"mulu/sm"
)

// ErrNoReceipt says that there is no receipt under an id.
var ErrNoReceipt = errors.New("there is no such receipt")

// MaxReceipts bounds one list of receipts.
const MaxReceipts = 500

// maxDays bounds a statement of use.
const maxDays = 1100

// DayUse (当日用量) is what one day of Asia/Shanghai counted under a grant at this gateway. Calls has the refused ones in it;
// a check is one row.
type DayUse struct {
	Day                  string // 2006-01-02
	Calls, Refused, Rows int64
}

// Uses gives the last days of a grant's use, oldest first, today last, days without calls included. Today is the law's.
func (g *Gateway) Uses(ctx context.Context, grant string, days int) ([]DayUse, error) {
	if err := g.receipts.health(); err != nil {
		return nil, err
	}
	days = min(max(days, 1), maxDays)
	today := g.cfg.Chain.Now().In(mulu.Shanghai())
	uses := make([]DayUse, 0, days)
	for back := days - 1; back >= 0; back-- {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		day := today.AddDate(0, 0, -back)
		t, err := g.receipts.ledger.day(dayKey(dayOf(day), clean(grant)))
		if err != nil {
			return nil, err
		}
		uses = append(uses, DayUse{day.Format(time.DateOnly), t.Calls, t.Refused, t.Rows})
	}
	return uses, nil
}

// Kept is a receipt as lists and pages show it. Client is the machine client that called, Person who tried it on a page.
type Kept struct {
	ID                                                      string
	N                                                       uint64
	At                                                      time.Time
	Grant, Entry, Consumer, Client, Person, Method, Purpose string
	Items                                                   []string
	Rows                                                    int64
	Refused                                                 string // code; Words has its words
	Art                                                     string // place in the regulation that a refusal rests on
	Anchored                                                bool
}

// ReceiptQuery asks for receipts. What is empty does not narrow. Case and Person are values as people type them: they are
// searched by their keyed digests, and are neither logged nor kept. Person finds the calls that asked for somebody (or
// something) by that value of a key or personal item; a list or batch file in which the row stood does not count as that.
type ReceiptQuery struct {
	Grant   string
	Org     string // only under grants that this institution holds or has agreed to
	Case    string
	Person  string
	Refused bool   // only refused ones
	Before  uint64 // only of lower numbers; 0 = from the newest
	Max     int    // at most this many, 0 = 50
}

// Receipts lists receipts of this gateway, newest first.
func (g *Gateway) Receipts(ctx context.Context, q ReceiptQuery) ([]Kept, error) {
	if err := g.receipts.health(); err != nil {
		return nil, err
	}
	if q.Max <= 0 {
		q.Max = 50
	}
	q.Max = min(q.Max, MaxReceipts)
	prefix, err := g.prefixOf(q)
	if err != nil {
		return nil, err
	}
	anchored, err := g.receipts.lastAnchored()
	if err != nil {
		return nil, err
	}
	var list []Kept
	err = g.receipts.backwards(prefix, q.Before, func(n uint64) (bool, error) {
		if err := ctx.Err(); err != nil {
			return false, err
		}
		lines, err := g.receipts.get(numbered('r', n))
		if err != nil {
			return false, fmt.Errorf("read receipt %d: %w", n, err)
		}
		k, x, err := keptIn(lines)
		if err != nil {
			return false, fmt.Errorf("read receipt %d: %w", n, err)
		}
		if ok, err := g.fits(q, x); !ok || err != nil {
			return true, err
		}
		k.Anchored = n < anchored.Size
		list = append(list, k)
		return len(list) < q.Max, nil
	})
	return list, err
}

// prefixOf picks the narrowest index for a query.
func (g *Gateway) prefixOf(q ReceiptQuery) ([]byte, error) {
	switch {
	case q.Person != "":
		return digestPrefix('k', g.keyDigest(q.Person))
	case q.Case != "":
		return digestPrefix('c', g.caseDigest(q.Case))
	case q.Refused:
		return grantPrefix('x', q.Grant), nil
	case q.Grant != "":
		return grantPrefix('g', q.Grant), nil
	default:
		return []byte{'r'}, nil
	}
}

// fits tells whether a receipt is what was asked for, beyond what the index says.
func (g *Gateway) fits(q ReceiptQuery, x Receipt) (bool, error) {
	switch {
	case q.Refused && x.Refused == "",
		q.Grant != "" && (x.Grant != q.Grant || x.Entry == ""),
		q.Case != "" && x.CaseDigest != g.caseDigest(q.Case):
		return false, nil
	}
	if q.Org == "" {
		return true, nil
	}
	if x.Entry == "" {
		return false, nil
	}
	gr, err := noun[mulu.Grant](g.view, mulu.KindGrant, x.Grant)
	return err == nil && gr != nil && (gr.Consumer == q.Org || gr.Provider == q.Org), err
}

// Receipt gives a receipt and its two lines by its id in hex. ErrNoReceipt when there is none.
func (g *Gateway) Receipt(ctx context.Context, id string) (Kept, []byte, error) {
	raw, err := g.idOf(ctx, id)
	if err != nil {
		return Kept{}, nil, err
	}
	n, lines, err := g.receipts.find(raw)
	if errors.Is(err, pebble.ErrNotFound) {
		return Kept{}, nil, ErrNoReceipt
	}
	if err != nil {
		return Kept{}, nil, fmt.Errorf("read a receipt: %w", err)
	}
	k, _, err := keptIn(lines)
	if err != nil {
		return Kept{}, nil, fmt.Errorf("read receipt %d: %w", n, err)
	}
	last, err := g.receipts.lastAnchored()
	k.Anchored = n < last.Size
	return k, lines, err
}

// Proof gives the proof file of a receipt by its id in hex: ErrNotAnchored until an anchoring covers it and its checkpoint is
// co-signed, ErrNoReceipt when there is none.
func (g *Gateway) Proof(ctx context.Context, id string) ([]byte, error) {
	raw, err := g.idOf(ctx, id)
	if err != nil {
		return nil, err
	}
	file, err := g.proof(raw)
	if errors.Is(err, pebble.ErrNotFound) {
		return nil, ErrNoReceipt
	}
	return file, err
}

func (g *Gateway) idOf(ctx context.Context, id string) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if err := g.receipts.health(); err != nil {
		return nil, err
	}
	raw, ok := receiptID(id)
	if !ok {
		return nil, ErrNoReceipt
	}
	return raw, nil
}

// Words gives the title of a refusal by its code.
func (g *Gateway) Words(code string) (zh, en string) {
	w := grounds(Code(code))
	return w.zh, w.en
}

// Address is where the gateway is reached from this machine, for examples: "http://127.0.0.1:8480".
func (g *Gateway) Address() string {
	g.state.Lock()
	defer g.state.Unlock()
	if g.at != "" {
		return "http://" + g.at
	}
	return "http://" + g.cfg.Listen
}

// keptIn reads a receipt from its two lines.
func keptIn(lines []byte) (Kept, Receipt, error) {
	line, _, err := act.Unpair(lines)
	if err != nil {
		return Kept{}, Receipt{}, err
	}
	x, err := receiptIn(lines)
	if err != nil {
		return Kept{}, Receipt{}, err
	}
	at, err := time.Parse(time.RFC3339Nano, x.Time)
	if err != nil {
		return Kept{}, Receipt{}, err
	}
	k := Kept{ID: idIn(line), N: x.N, At: at, Grant: x.Grant, Entry: x.Entry, Consumer: x.Consumer, Client: x.Client, Person: x.Person,
		Method: x.Method, Purpose: x.Purpose, Items: x.Items, Rows: int64(x.Rows), Refused: string(x.Refused)}
	if k.Method == "" {
		k.Method = query
	}
	if x.Refused != "" {
		k.Art = string(grounds(x.Refused).art)
	}
	return k, x, nil
}

// backwards visits the numbers that stand under a prefix, from before down; visit says whether to go on.
func (r *receipts) backwards(prefix []byte, before uint64, visit func(n uint64) (bool, error)) (err error) {
	upper := append(append([]byte{}, prefix...), 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff)
	if before > 0 {
		upper = binary.BigEndian.AppendUint64(append([]byte{}, prefix...), before)
	}
	i, err := r.db.NewIter(&pebble.IterOptions{LowerBound: prefix, UpperBound: upper})
	if err != nil {
		return fmt.Errorf("list receipts: %w", err)
	}
	defer func() { err = errors.Join(err, i.Close()) }()
	for ok := i.Last(); ok; ok = i.Prev() {
		k := i.Key()
		if len(k) != len(prefix)+8 {
			return errors.New("list receipts: a key is damaged")
		}
		if on, err := visit(binary.BigEndian.Uint64(k[len(prefix):])); !on || err != nil {
			return err
		}
	}
	return i.Error()
}

// keyDigest is the digest of a value by which somebody is asked for: spaces around it and the case of letters do not
// matter, so that an identity number is found however its last X was typed. 16 bytes in hex.
func (g *Gateway) keyDigest(v string) string {
	return g.digest("key", []byte(strings.ToUpper(strings.TrimSpace(v))))[:32]
}

// caseDigest is the digest of a case number; of none it is empty.
func (g *Gateway) caseDigest(v string) string {
	if v = strings.TrimSpace(v); v == "" || !utf8.ValidString(v) {
		return ""
	}
	return g.digest("case", []byte(v))
}

func idIn(line []byte) string {
	id := sm.Sum(line)
	return hex.EncodeToString(id[:])
}
