package gateway

import (
	"io"
	"slices"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress/snappy"

	"mulu/platform"
)

// groupBytes is about how many bytes of values a row group holds; a group is kept in memory until it is written.
const groupBytes = 8 << 20

// columnar is Parquet: each item an optional column of text, in the order asked for, compressed with Snappy. Values are text
// because that is what the platform keeps.
type columnar struct {
	w    *parquet.Writer
	row  []parquet.Value
	held int // bytes of values in the open row group
}

func newParquet(w io.Writer, fields []string) *columnar {
	columns := parquet.Group{}
	for _, f := range fields {
		columns[f] = parquet.Optional(parquet.String())
	}
	schema := parquet.NewSchema("rows", inOrder{columns, fields})
	return &columnar{w: parquet.NewWriter(w, schema, parquet.Compression(&snappy.Codec{}), parquet.PageBufferSize(256<<10),
		parquet.CreatedBy("mulu", "1", "")), row: make([]parquet.Value, len(fields))}
}

func (c *columnar) add(row platform.Row) error {
	for i, v := range row {
		if v == "" {
			c.row[i] = parquet.NullValue().Level(0, 0, i)
		} else {
			c.row[i] = parquet.ValueOf(v).Level(0, 1, i)
		}
		c.held += len(v) + 4
	}
	if _, err := c.w.WriteRows([]parquet.Row{c.row}); err != nil {
		return err
	}
	if c.held < groupBytes {
		return nil
	}
	c.held = 0
	return c.w.Flush()
}

func (c *columnar) end() error { return c.w.Close() }

// inOrder is a group whose columns keep the order they were asked for in; by itself a group sorts them by name.
type inOrder struct {
	parquet.Group
	fields []string
}

func (g inOrder) Fields() []parquet.Field {
	list := g.Group.Fields()
	slices.SortFunc(list, func(a, b parquet.Field) int {
		return slices.Index(g.fields, a.Name()) - slices.Index(g.fields, b.Name())
	})
	return list
}
