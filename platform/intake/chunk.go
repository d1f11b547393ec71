package intake

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"io"

	"github.com/klauspost/compress/snappy"
	"github.com/klauspost/compress/zstd"
	"github.com/pierrec/lz4/v4"
)

// errPage says that a page is not what its header says.
var errPage = errors.New("a page is damaged")

// chunk reads the values of a column in a row group one by one.
type chunk struct {
	table *parquetTable
	sort  sort
	codec int64
	r     *bufio.Reader // nil: the column is not wanted

	page       []byte
	packed     []byte
	dictionary [][]byte
	held       int // bytes of the dictionary
	left       int // values of the page not yet read
	levels     *runs
	values     supply
}

// supply gives the values of a page that are not null. What it gives is valid until the next.
type supply interface{ next() ([]byte, error) }

func (c *chunk) next() (value []byte, null bool, err error) {
	for c.left == 0 {
		if err := c.nextPage(); err != nil {
			return nil, false, err
		}
	}
	c.left--
	if c.levels != nil {
		level, err := c.levels.next()
		if err != nil || level == 0 {
			return nil, true, err
		}
	}
	value, err = c.values.next()
	return value, false, err
}

// The kinds of pages.
const (
	dataPage       = 0
	dictionaryPage = 2
	dataPage2      = 3
)

func (c *chunk) nextPage() error {
	h, err := (&thrift{r: c.r, left: 1 << 20, nodes: 1 << 10}).structure()
	if err != nil {
		return err
	}
	size, packed := h.at(2).number, h.at(3).number
	switch {
	case size < 0 || packed < 0:
		return errPage
	case size > maxPage || packed > maxPage:
		return fault("parquet_large", 0)
	}
	switch h.at(1).number {
	case dictionaryPage:
		d := h.at(7)
		return c.readDictionary(d.at(1).number, int(size), int(packed))
	case dataPage:
		d := h.at(5)
		return c.readData(d.at(1).number, d.at(2).number, int(size), int(packed))
	case dataPage2:
		return c.readData2(h.at(8), int(size), int(packed))
	}
	_, err = c.r.Discard(int(packed)) // an index
	return err
}

// hold accounts for memory that the table holds.
func (c *chunk) hold(change int) error {
	if c.table.held += change; c.table.held > maxHeld {
		return fault("parquet_large", 0)
	}
	return nil
}

// unpack reads packed bytes and unpacks them to size, into to if it is large enough.
func (c *chunk) unpack(to []byte, size, packed int, codec int64) ([]byte, error) {
	if cap(to) < size {
		if err := c.hold(size - cap(to)); err != nil {
			return nil, err
		}
		to = make([]byte, size)
	}
	to = to[:size]
	if codec == 0 {
		if size != packed {
			return nil, errPage
		}
		_, err := io.ReadFull(c.r, to)
		return to, err
	}
	if cap(c.packed) < packed {
		if err := c.hold(packed - cap(c.packed)); err != nil {
			return nil, err
		}
		c.packed = make([]byte, packed)
	}
	c.packed = c.packed[:packed]
	if _, err := io.ReadFull(c.r, c.packed); err != nil {
		return nil, err
	}
	return to, c.table.codecs.unpack(to, c.packed, codec)
}

func (c *chunk) readDictionary(count int64, size, packed int) error {
	if c.dictionary != nil || count < 0 || count > int64(size)*8+1 {
		return errPage
	}
	page, err := c.unpack(nil, size, packed, c.codec)
	if err != nil {
		return err
	}
	const header = 24 // of each value
	if err := c.hold(int(count) * header); err != nil {
		return err
	}
	c.dictionary = make([][]byte, 0, count)
	plain := &plain{page: page, sort: c.sort}
	for range count {
		v, err := plain.next()
		if err != nil {
			return err
		}
		c.dictionary = append(c.dictionary, v)
	}
	return nil
}

func (c *chunk) readData(count, encoding int64, size, packed int) (err error) {
	if c.page, err = c.unpack(c.page, size, packed, c.codec); err != nil {
		return err
	}
	body := c.page
	c.levels = nil
	if c.sort.optional {
		if len(body) < 4 {
			return errPage
		}
		n := binary.LittleEndian.Uint32(body)
		if int64(n) > int64(len(body)-4) {
			return errPage
		}
		c.levels, body = &runs{b: body[4 : 4+n], width: 1}, body[4+n:]
	}
	return c.decode(count, count, encoding, body)
}

func (c *chunk) readData2(h node, size, packed int) (err error) {
	levels, repeats := h.at(5).number, h.at(6).number // some write repetition levels, in no bits each, though nothing repeats
	if levels < 0 || repeats < 0 || levels > int64(size) || repeats > int64(size)-levels || levels+repeats > int64(packed) || !c.sort.optional && levels != 0 {
		return errPage
	}
	if _, err := c.r.Discard(int(repeats)); err != nil {
		return err
	}
	head := make([]byte, levels)
	if _, err := io.ReadFull(c.r, head); err != nil {
		return err
	}
	codec := c.codec
	if h.has(7) && h.at(7).number == 0 {
		codec = 0
	}
	if size, packed = size-int(levels+repeats), packed-int(levels+repeats); size == 0 && codec != 0 { // nothing but nulls
		if _, err := c.r.Discard(packed); err != nil {
			return err
		}
		packed, codec = 0, 0
	}
	if c.page, err = c.unpack(c.page, size, packed, codec); err != nil {
		return err
	}
	c.levels = nil
	if c.sort.optional {
		c.levels = &runs{b: head, width: 1}
	}
	return c.decode(h.at(1).number, h.at(1).number-h.at(2).number, h.at(4).number, c.page)
}

// decode begins a page of count values, as many of them not null as filled says at most.
func (c *chunk) decode(count, filled, encoding int64, body []byte) error {
	if count < 0 || count > maxRows || filled < 0 || filled > count {
		return errPage
	}
	c.left = int(count)
	v, err := c.sort.decoder(encoding, body, c.dictionary, filled)
	if err != nil {
		return err
	}
	c.values = v
	return nil
}

// codecs unpack pages to the size that their headers state, and not a byte more.
type codecs struct {
	zstd *zstd.Decoder
	gzip *gzip.Reader
}

func (c *codecs) close() {
	if c.zstd != nil {
		c.zstd.Close()
	}
}

func (c *codecs) unpack(to, packed []byte, codec int64) error {
	switch codec {
	case 1:
		if n, err := snappy.DecodedLen(packed); err != nil || n != len(to) {
			return errPage
		}
		_, err := snappy.Decode(to, packed)
		return err
	case 2:
		if c.gzip == nil {
			c.gzip = new(gzip.Reader)
		}
		if err := c.gzip.Reset(bytes.NewReader(packed)); err != nil {
			return err
		}
		return exactly(c.gzip, to)
	case 6:
		if c.zstd == nil {
			var err error
			if c.zstd, err = zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(maxPage)); err != nil {
				return err
			}
		}
		if err := c.zstd.Reset(bytes.NewReader(packed)); err != nil {
			return err
		}
		return exactly(c.zstd, to)
	case 7:
		n, err := lz4.UncompressBlock(packed, to)
		if err == nil && n != len(to) {
			return errPage
		}
		return err
	}
	return fault("parquet_codec", 0)
}

// exactly reads as many bytes as to holds; more are an error.
func exactly(r io.Reader, to []byte) error {
	if _, err := io.ReadFull(r, to); err != nil {
		return err
	}
	var one [1]byte
	if n, _ := io.ReadFull(r, one[:]); n > 0 {
		return errPage
	}
	return nil
}
