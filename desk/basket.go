package desk

import (
	"context"
	"errors"
	"fmt"
	"time"

	"mulu"
)

// MostInBasket bounds how many entries somebody means to apply for at once.
const MostInBasket = 50

// ErrBasketFull says that nothing more goes into a basket.
var ErrBasketFull = errors.New("the basket is full")

// InBasket is an entry in a basket (申请清单), since when.
type InBasket struct {
	Entry string
	Added time.Time
}

// Basket lists what a person means to apply for, in the order in which it was put in.
func (d *Drafts) Basket(ctx context.Context, person string) ([]InBasket, error) {
	rows, err := d.db.QueryContext(ctx, "SELECT entry, added FROM basket WHERE person = ? ORDER BY added, entry", person)
	if err != nil {
		return nil, fmt.Errorf("list a basket: %w", err)
	}
	defer rows.Close()
	var all []InBasket
	for rows.Next() {
		var b InBasket
		var added int64
		if err := rows.Scan(&b.Entry, &added); err != nil {
			return nil, fmt.Errorf("list a basket: %w", err)
		}
		b.Added = time.Unix(0, added).In(mulu.Shanghai())
		all = append(all, b)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("list a basket: %w", err)
	}
	return all, nil
}

// CountBasket counts what is in a person's basket.
func (d *Drafts) CountBasket(ctx context.Context, person string) (n int, err error) {
	if err := d.db.QueryRowContext(ctx, "SELECT count(*) FROM basket WHERE person = ?", person).Scan(&n); err != nil {
		return 0, fmt.Errorf("count a basket: %w", err)
	}
	return n, nil
}

// PutInBasket puts an entry into a person's basket; one that is there stays where it is. ErrBasketFull when it is full.
func (d *Drafts) PutInBasket(ctx context.Context, person, entry string) error {
	done, err := d.db.ExecContext(ctx, `INSERT INTO basket (person, entry, added) SELECT ?1, ?2, ?3
		WHERE (SELECT count(*) FROM basket WHERE person = ?1) < ?4 OR EXISTS (SELECT 1 FROM basket WHERE person = ?1 AND entry = ?2)
		ON CONFLICT (person, entry) DO UPDATE SET added = added`, person, entry, d.now().UnixNano(), MostInBasket)
	if err == nil {
		var n int64
		if n, err = done.RowsAffected(); err == nil && n == 0 {
			err = ErrBasketFull
		}
	}
	if err != nil {
		return fmt.Errorf("put %s into a basket: %w", entry, err)
	}
	return nil
}

// TakeFromBasket takes an entry out of a person's basket. What is not in it is no error.
func (d *Drafts) TakeFromBasket(ctx context.Context, person, entry string) error {
	if _, err := d.db.ExecContext(ctx, "DELETE FROM basket WHERE person = ? AND entry = ?", person, entry); err != nil {
		return fmt.Errorf("take %s out of a basket: %w", entry, err)
	}
	return nil
}

// Attached notes that an institution put an attachment into the vault of this node.
func (d *Drafts) Attached(ctx context.Context, org, digest string) error {
	if _, err := d.db.ExecContext(ctx, "INSERT INTO attachment (digest, org, added) VALUES (?, ?, ?) ON CONFLICT (digest) DO NOTHING", digest, org, d.now().UnixNano()); err != nil {
		return fmt.Errorf("note an attachment: %w", err)
	}
	return nil
}

// AttachedBy tells whether it was this institution that put an attachment in.
func (d *Drafts) AttachedBy(ctx context.Context, org, digest string) (yes bool, err error) {
	if err := d.db.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM attachment WHERE digest = ? AND org = ?)", digest, org).Scan(&yes); err != nil {
		return false, fmt.Errorf("look up an attachment: %w", err)
	}
	return yes, nil
}
