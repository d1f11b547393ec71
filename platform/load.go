package platform

import (
	"bufio"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"hash"
	"io"
	"strings"
	"unicode/utf8"

	"mulu"
	"mulu/vault"
)

// maxRecord bounds what one CSV record may take in memory: a quote that is never closed must not swallow a file.
const maxRecord = 16 << 20

// Platform loads data into an engine.
type Platform struct {
	Engine
	vault *vault.Vault // keeps the lists of bad rows, which hold personal data as the file did
	hash  func() hash.Hash
}

// New puts a platform on an engine. hash is SM3.
func New(engine Engine, v *vault.Vault, hash func() hash.Hash) *Platform {
	return &Platform{Engine: engine, vault: v, hash: hash}
}

// Load reads CSV (UTF-8, with or without byte order mark; the first row names items by name or field) and publishes it
// as version number of the entry, which content describes. The load is published whole or not at all: any bad row
// rejects it, and the report says what to mend. An error means that the load could not be carried out; nothing is
// published then either. Announcing the version (act.PublishDataset) is the caller's part, and only that makes it serve.
func (p *Platform) Load(ctx context.Context, entry string, content *mulu.EntryContent, number int, source io.Reader) (Report, error) {
	r := Report{Entry: entry, Version: number}
	s, err := p.Stage(ctx, entry, content.Items, Base{})
	if err != nil {
		return r, err
	}
	defer s.Discard()
	digest := NewDigest(p.hash())
	if err := p.read(ctx, &r, content.Items, s, digest, source); err != nil {
		return r, fmt.Errorf("load %s: %w", entry, err)
	}
	if r.Bad == 0 {
		repeated, err := s.Duplicates(ctx, badFiled+1)
		if err != nil {
			return r, fmt.Errorf("load %s: %w", entry, err)
		}
		for _, d := range repeated {
			r.bad(d.Row+1, "", "", Repeated)
		}
	}
	if r.Bad > 0 {
		return r, p.file(ctx, &r)
	}
	r.Digest = digest.Hex()
	if err := s.Publish(ctx, number, r.Digest); err != nil {
		return r, err
	}
	r.Published = true
	return r, nil
}

// Tidy drops versions that can no longer serve once the committed serving version is known: those below
// serving.Number-keep, and those of its number or below that were never announced. dropped counts them.
// announced tells whether the chain ever announced a version.
func (p *Platform) Tidy(ctx context.Context, serving Version, keep int, announced func(Version) bool) (dropped int, err error) {
	list, err := p.Versions(ctx, serving.Entry)
	if err != nil {
		return 0, err
	}
	for _, v := range list {
		if v == serving || v.Number > serving.Number || v.Number >= serving.Number-keep && announced(v) {
			continue
		}
		if err := p.Drop(ctx, v); err != nil {
			return dropped, err
		}
		dropped++
	}
	return dropped, nil
}

// file puts the list of what was wrong into the vault.
func (p *Platform) file(ctx context.Context, r *Report) error {
	sheet, err := r.sheet()
	if err != nil {
		return fmt.Errorf("list the bad rows of %s: %w", r.Entry, err)
	}
	if r.File, err = p.vault.Put(ctx, sheet, true); err != nil {
		return fmt.Errorf("list the bad rows of %s: %w", r.Entry, err)
	}
	return nil
}

// read streams the source: parse, check, stage. What is wrong goes into the report; the rows staged then do not matter.
func (p *Platform) read(ctx context.Context, r *Report, items []mulu.Item, s Stage, digest *Digest, source io.Reader) error {
	guard := &bounded{r: source, left: maxRecord}
	buffer := bufio.NewReaderSize(guard, 64<<10)
	if mark, _ := buffer.Peek(3); string(mark) == "\uFEFF" {
		if _, err := buffer.Discard(3); err != nil {
			return err
		}
	}
	c := csv.NewReader(buffer)
	c.ReuseRecord, c.FieldsPerRecord = true, -1
	header, err := c.Read()
	if err == io.EOF {
		r.bad(1, "", "", NoHeader)
		return nil
	}
	if err != nil {
		return wrong(r, 1, err)
	}
	at, width := place(r, items, header), len(header)
	if r.Bad > 0 {
		return nil
	}
	row := make(Row, len(items))
	for line := int64(2); !r.full(); line++ {
		guard.left = maxRecord
		record, err := c.Read()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return wrong(r, line, err)
		}
		if len(record) != width {
			r.bad(line, "", "", Columns)
			continue
		}
		for i, column := range at {
			v := record[column]
			if !utf8.ValidString(v) {
				r.bad(line, columnName(items[i]), "", Malformed)
			} else if why := check(items[i], v); why != "" {
				r.bad(line, columnName(items[i]), v, why)
			}
			row[i] = v
		}
		if r.Rows++; r.Bad > 0 {
			continue // go on to find what else is wrong
		}
		if err := s.Add(ctx, row); err != nil {
			return err
		}
		digest.Add(row)
	}
	return nil
}

// wrong tells a file that is not CSV, which goes into the report, from a source that cannot be read, which is an error.
func wrong(r *Report, line int64, err error) error {
	var parse *csv.ParseError
	if errors.As(err, &parse) || errors.Is(err, errRecord) {
		r.bad(line, "", "", Malformed)
		return nil
	}
	return fmt.Errorf("read row %d: %w", line, err)
}

// place finds the column of each item by its name or field.
func place(r *Report, items []mulu.Item, header []string) []int {
	names := make(map[string]int, 2*len(items))
	at := make([]int, len(items))
	for i, item := range items {
		names[item.Field] = i
		at[i] = -1
	}
	for i, item := range items {
		if _, taken := names[item.Name]; !taken {
			names[item.Name] = i
		}
	}
	for column, h := range header {
		h = strings.TrimSpace(h)
		i, ok := names[h]
		switch {
		case !ok:
			r.Ignored = append(r.Ignored, h)
		case at[i] >= 0:
			r.bad(1, columnName(items[i]), h, TwoColumns)
		default:
			at[i] = column
		}
	}
	for i, column := range at {
		if column < 0 {
			r.bad(1, columnName(items[i]), "", NoColumn)
		}
	}
	return at
}

var errRecord = fmt.Errorf("one row is larger than %d MiB", maxRecord>>20)

// bounded gives up when more than left bytes were read; left is set anew for each record.
type bounded struct {
	r    io.Reader
	left int
}

func (b *bounded) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errRecord
	}
	n, err := b.r.Read(p[:min(len(p), 64<<10)])
	b.left -= n
	return n, err
}
