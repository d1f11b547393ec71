package read

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash"
	"strings"
)

// Digest is SHA-256, in hex, over every row of every table in the order of their keys, and over the position: two read
// models with one digest hold the same. The tables of the search index are left out: like SQLite's own indexes they follow
// from the rest. It reads everything, in one view, while following goes on.
func (r *Read) Digest(ctx context.Context) (string, error) {
	tx, err := r.readers.BeginTx(ctx, nil)
	if err != nil {
		return "", r.wrap("digest the read model", err)
	}
	defer tx.Rollback() // nothing was written
	h := sha256.New()
	dump := func(query string, each func(values []any) error, args ...any) error {
		found, err := tx.QueryContext(ctx, query, args...)
		if err != nil {
			return r.wrap("digest the read model", err)
		}
		defer found.Close()
		columns, err := found.Columns()
		if err != nil {
			return r.wrap("digest the read model", err)
		}
		values, into := make([]any, len(columns)), make([]any, len(columns))
		for i := range values {
			into[i] = &values[i]
		}
		for found.Next() {
			if err := found.Scan(into...); err != nil {
				return r.wrap("digest the read model", err)
			}
			if err := each(values); err != nil {
				return err
			}
		}
		return r.wrap("digest the read model", found.Err())
	}
	var tables []string
	err = dump(`SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'search_%' ORDER BY name`, func(v []any) error {
		tables = append(tables, v[0].(string))
		return nil
	})
	if err != nil {
		return "", err
	}
	for _, t := range tables {
		order, err := r.keyOf(ctx, t)
		if err != nil {
			return "", err
		}
		mix(h, "table", t)
		if err := dump(fmt.Sprintf(`SELECT * FROM %q ORDER BY %s`, t, order), func(v []any) error { return mix(h, v...) }); err != nil {
			return "", err
		}
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// keyOf gives the columns that order a table's rows: its primary key, or else those of its unique index.
func (r *Read) keyOf(ctx context.Context, table string) (string, error) {
	columns, err := rows(ctx, r, "digest the read model", `
		SELECT name FROM (SELECT name, pk AS place FROM pragma_table_info(?1) WHERE pk > 0
			UNION ALL
			SELECT i.name, i.seqno FROM pragma_index_list(?1) l, pragma_index_info(l.name) i
			WHERE l."unique" AND l.origin = 'c')
		ORDER BY place`,
		func(s scanner) (name string, err error) {
			err = s.Scan(&name)
			return fmt.Sprintf("%q", name), err
		}, table)
	if err == nil && len(columns) == 0 {
		err = fmt.Errorf("digest the read model: table %s has no key to order its rows by", table)
	}
	return strings.Join(columns, ", "), err
}

// mix adds values with their types and lengths, so that no two rows read alike.
func mix(h hash.Hash, values ...any) error {
	for _, v := range values {
		switch v := v.(type) {
		case nil:
			h.Write([]byte{0})
		case int64:
			h.Write(binary.BigEndian.AppendUint64([]byte{1}, uint64(v)))
		case string:
			h.Write(binary.BigEndian.AppendUint64([]byte{2}, uint64(len(v))))
			h.Write([]byte(v))
		default:
			return fmt.Errorf("digest the read model: a column holds a %T, which it should not", v)
		}
	}
	return nil
}
