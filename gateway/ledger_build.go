package gateway

import (
	"errors"
	"fmt"

	"github.com/cockroachdb/pebble"

	"mulu/act"
)

// buildLedger makes the ledger anew from the receipts. Its version goes into meta last, so that a crash begins it again.
func (r *receipts) buildLedger(m meta) error {
	if m.Size > 0 {
		r.cfg.Log.Info("the ledger of receipts is built anew", "receipts", m.Size)
	}
	if err := r.db.DeleteRange([]byte{'l'}, []byte{'l' + 1}, pebble.NoSync); err != nil {
		return fmt.Errorf("build the ledger: %w", err)
	}
	for from := uint64(0); from < m.Size; from += maxBatch {
		if err := r.noteAgain(from, min(from+maxBatch, m.Size)); err != nil {
			return fmt.Errorf("build the ledger: %w", err)
		}
	}
	m.Ledger = ledgerVersion
	b, err := act.Encode(m)
	if err != nil {
		return err
	}
	if err := r.db.Set([]byte("m"), b, pebble.Sync); err != nil {
		return fmt.Errorf("build the ledger: %w", err)
	}
	r.ledger.news() // days long past are not looked at for unusual use
	return nil
}

// noteAgain notes the receipts from one number up to another, in one batch.
func (r *receipts) noteAgain(from, to uint64) (err error) {
	b := r.db.NewBatch()
	defer func() { err = errors.Join(err, b.Close()) }()
	var failed error
	set := func(key, value []byte) { failed = errors.Join(failed, b.Set(key, value, nil)) }
	batch := make([]*waiting, 0, to-from)
	for n := from; n < to; n++ {
		lines, err := r.get(numbered('r', n))
		if err != nil {
			return fmt.Errorf("receipt %d: %w", n, err)
		}
		x, err := receiptIn(lines)
		if err != nil {
			return fmt.Errorf("receipt %d: %w", n, err)
		}
		w := &waiting{receipt: x}
		batch = append(batch, w)
		if err := r.ledger.note(&w.receipt, set); err != nil {
			return err
		}
	}
	if err := r.ledger.flush(batch, set); err != nil {
		return err
	}
	if failed != nil {
		return failed
	}
	return b.Commit(pebble.NoSync)
}

// takeUp has the last two days looked at again that counted anything: what happened in the minute before the process
// ended, perhaps over midnight, was not.
func (l *ledger) takeUp(db *pebble.DB) (err error) {
	i, err := db.NewIter(&pebble.IterOptions{LowerBound: []byte("ld"), UpperBound: []byte("le")})
	if err != nil {
		return fmt.Errorf("read the ledger: %w", err)
	}
	defer func() { err = errors.Join(err, i.Close()) }()
	days := map[string]bool{}
	for ok := i.Last(); ok; ok = i.Prev() {
		if len(i.Key()) < 10 {
			return errors.New("read the ledger: a key is damaged")
		}
		day, _ := dayParts(string(i.Key()))
		if days[day] = true; len(days) > 2 {
			break
		}
		l.again([]string{string(i.Key())})
	}
	return i.Error()
}

// receiptIn reads what a receipt says from its two lines.
func receiptIn(lines []byte) (Receipt, error) {
	line, _, err := act.Unpair(lines)
	if err != nil {
		return Receipt{}, err
	}
	var s Statement
	if err := act.DecodeCanonical(line, &s); err != nil {
		return Receipt{}, err
	}
	return s.Receipt, nil
}
