package platform

import (
	"bufio"
	"context"
	"errors"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress/snappy"

	"mulu"
)

const (
	// groupRows is how many rows a row group has: with it the memory that writing and reading take is bounded.
	groupRows = 64 << 10
	// groupBytes is the size of its values that ends one earlier.
	groupBytes = 64 << 20
	// batchRows is how many rows are written, or put together from the columns, at a time.
	batchRows = 1024
)

// writeParquet writes what scan gives as a Parquet file: each item an optional string named by its field, in order. It
// gives the number of rows.
func writeParquet(to io.Writer, items []mulu.Item, scan func(yield func(Row) error) error) (rows int64, err error) {
	buffered := bufio.NewWriterSize(to, 1<<20)
	w := parquet.NewWriter(buffered, parquetSchema(items), parquet.Compression(&snappy.Codec{}),
		parquet.MaxRowsPerRowGroup(groupRows), parquet.CreatedBy("mulu", "1", ""))
	batch, cells := make([]parquet.Row, 0, batchRows), make([]parquet.Value, batchRows*len(items))
	held := 0 // bytes of values in the open row group
	flush := func() error {
		_, err := w.WriteRows(batch)
		batch = batch[:0]
		if err == nil && held >= groupBytes {
			held, err = 0, w.Flush()
		}
		return err
	}
	err = scan(func(row Row) error {
		at := cells[len(batch)*len(items):][:len(items):len(items)]
		for i, v := range row {
			if v == "" {
				at[i] = parquet.NullValue().Level(0, 0, i)
			} else {
				at[i] = parquet.ValueOf(v).Level(0, 1, i)
				held += len(v)
			}
		}
		rows++
		if batch = append(batch, at); len(batch) < batchRows && held < groupBytes {
			return nil
		}
		return flush()
	})
	if err == nil {
		err = flush()
	}
	if err != nil {
		return rows, err
	}
	if err := w.Close(); err != nil {
		return rows, err
	}
	return rows, buffered.Flush()
}

// parquetSchema is that of a version's rows. A group of the library orders its columns by name; ours keep the items' order.
func parquetSchema(items []mulu.Item) *parquet.Schema {
	group, place := parquet.Group{}, map[string]int{}
	for i, item := range items {
		group[item.Field], place[item.Field] = parquet.Optional(parquet.String()), i
	}
	return parquet.NewSchema("rows", ordered{group, place})
}

type ordered struct {
	parquet.Group
	place map[string]int
}

func (o ordered) Fields() []parquet.Field {
	list := o.Group.Fields()
	slices.SortFunc(list, func(a, b parquet.Field) int { return o.place[a.Name()] - o.place[b.Name()] })
	return list
}

// scanParquet gives the columns of every row of a file, in order. What it holds in memory are some pages of each column.
func scanParquet(ctx context.Context, path string, columns []int, yield func(Row) error) error {
	r, err := os.Open(path)
	if err != nil {
		return err
	}
	defer r.Close()
	info, err := r.Stat()
	if err != nil {
		return err
	}
	f, err := parquet.OpenFile(r, info.Size(), parquet.SkipPageIndex(true), parquet.SkipBloomFilters(true))
	if err != nil {
		return err
	}
	for _, group := range f.RowGroups() {
		if err := scanGroup(ctx, group, columns, yield); err != nil {
			return err
		}
	}
	return nil
}

func scanGroup(ctx context.Context, group parquet.RowGroup, columns []int, yield func(Row) error) (err error) {
	chunks := group.ColumnChunks()
	readers := make([]*columnReader, len(columns))
	for i, c := range columns {
		readers[i] = &columnReader{pages: chunks[c].Pages()}
	}
	defer func() {
		for _, r := range readers {
			err = errors.Join(err, r.close())
		}
	}()
	row := make(Row, len(columns))
	for left := group.NumRows(); left > 0; {
		if err := ctx.Err(); err != nil {
			return err
		}
		n := int(min(left, batchRows))
		for _, r := range readers {
			if err := r.fill(n); err != nil {
				return err
			}
		}
		for k := range n {
			for i, r := range readers {
				row[i] = r.texts[k]
			}
			if err := yield(row); err != nil {
				return err
			}
		}
		left -= int64(n)
	}
	return nil
}

// columnReader reads a column's values in the order of rows.
type columnReader struct {
	pages  parquet.Pages
	page   parquet.Page
	values parquet.ValueReader
	raw    [batchRows]parquet.Value
	texts  [batchRows]string
	ends   [batchRows]int
	text   strings.Builder
}

// fill reads the next n values, all into one piece of memory: a version has too many values for one each.
func (c *columnReader) fill(n int) error {
	c.text = strings.Builder{}
	for have := 0; have < n; {
		if c.values == nil {
			page, err := c.pages.ReadPage()
			if err != nil {
				if err == io.EOF {
					err = io.ErrUnexpectedEOF
				}
				return err
			}
			c.page, c.values = page, page.Values()
		}
		got, err := c.values.ReadValues(c.raw[:n-have])
		for _, v := range c.raw[:got] {
			if !v.IsNull() {
				c.text.Write(v.ByteArray())
			}
			c.ends[have] = c.text.Len()
			have++
		}
		if err == io.EOF {
			parquet.Release(c.page)
			c.page, c.values = nil, nil
		} else if err != nil {
			return err
		}
	}
	all, from := c.text.String(), 0
	for i := range n {
		c.texts[i] = all[from:c.ends[i]]
		from = c.ends[i]
	}
	return nil
}

func (c *columnReader) close() error {
	if c.page != nil {
		parquet.Release(c.page)
	}
	return c.pages.Close()
}
