package intake

import (
	"encoding/binary"
)

// runs reads numbers of a fixed width in bits, in the hybrid of runs of one value and packed groups of eight.
type runs struct {
	b     []byte
	width int // 0 to 32
	left  uint64
	same  bool
	value uint32
	bit   int // in b, of a packed group
	end   int // bytes of the packed groups
}

func (r *runs) next() (uint32, error) {
	for r.left == 0 {
		if r.end > 0 {
			r.b, r.end, r.bit = r.b[r.end:], 0, 0
		}
		head, n := binary.Uvarint(r.b)
		if n <= 0 {
			return 0, errPage
		}
		r.b = r.b[n:]
		if r.same = head&1 == 0; r.same {
			bytes := (r.width + 7) / 8
			if len(r.b) < bytes {
				return 0, errPage
			}
			r.value = 0
			for i := range bytes {
				r.value |= uint32(r.b[i]) << (8 * i)
			}
			r.b, r.left = r.b[bytes:], head>>1
			continue
		}
		groups := head >> 1
		if groups > 1<<32 {
			return 0, errPage
		}
		// writers leave out the end of the last group
		r.end, r.left = int(min(groups*uint64(r.width), uint64(len(r.b)))), groups*8
		if r.width > 0 {
			r.left = min(r.left, uint64(r.end)*8/uint64(r.width))
		}
		if r.left == 0 && r.end == 0 && groups > 0 {
			return 0, errPage
		}
	}
	r.left--
	if r.same {
		return r.value, nil
	}
	v := unpackBits(r.b, r.bit, r.width)
	r.bit += r.width
	return uint32(v), nil
}

// unpackBits gives width bits from the bit at on, the lowest first; beyond the end are zeros.
func unpackBits(b []byte, at, width int) uint64 {
	var v uint64
	for got := 0; got < width; {
		i := (at + got) / 8
		if i >= len(b) {
			break
		}
		off := (at + got) % 8
		v |= uint64(b[i]>>off) << got
		got += 8 - off
	}
	if width < 64 {
		v &= 1<<width - 1
	}
	return v
}

// plain reads values one after another as they are.
type plain struct {
	page []byte
	sort sort
	bit  int
}

func (p *plain) next() ([]byte, error) {
	n := p.sort.width
	switch p.sort.physical {
	case booleanType:
		if p.bit/8 >= len(p.page) {
			return nil, errPage
		}
		v := p.page[p.bit/8] >> (p.bit % 8) & 1
		p.bit++
		return truthOf(v), nil
	case byteArray:
		if len(p.page) < 4 {
			return nil, errPage
		}
		size := binary.LittleEndian.Uint32(p.page)
		if int64(size) > int64(len(p.page)-4) {
			return nil, errPage
		}
		n, p.page = int(size), p.page[4:]
	}
	if len(p.page) < n {
		return nil, errPage
	}
	v := p.page[:n]
	p.page = p.page[n:]
	return v, nil
}

func truthOf(bit byte) []byte {
	if bit != 0 {
		return []byte{1}
	}
	return []byte{0}
}

// looked reads numbers of a dictionary's values.
type looked struct {
	runs       runs
	dictionary [][]byte
}

func (l *looked) next() ([]byte, error) {
	i, err := l.runs.next()
	if err != nil {
		return nil, err
	}
	if int64(i) >= int64(len(l.dictionary)) {
		return nil, errPage
	}
	return l.dictionary[i], nil
}

// truths reads booleans as runs.
type truths struct{ runs runs }

func (t *truths) next() ([]byte, error) {
	v, err := t.runs.next()
	return truthOf(byte(v)), err
}

// deltas reads numbers as differences, packed in blocks of miniature blocks, each with a width of its own.
type deltas struct {
	b        []byte
	block    int // values in one
	minis    int // miniature blocks in one
	left     int64
	first    bool
	value    int64
	least    int64
	widths   []byte
	mini     int // the present miniature block
	inMini   int // values of it read
	bytes    [8]byte
	physical int64
}

// newDeltas reads the header: at most limit values may follow.
func newDeltas(b []byte, physical, limit int64) (*deltas, error) {
	d := &deltas{b: b, first: true, physical: physical}
	var head [3]uint64
	for i := range head {
		v, n := binary.Uvarint(d.b)
		if n <= 0 {
			return nil, errPage
		}
		head[i], d.b = v, d.b[n:]
	}
	v, n := binary.Varint(d.b)
	if n <= 0 || head[0] == 0 || head[0] > 1<<16 || head[1] == 0 || head[1] > head[0] || head[0]%head[1] != 0 || head[0]/head[1]%8 != 0 || head[2] > uint64(limit) {
		return nil, errPage
	}
	d.b, d.block, d.minis, d.left, d.value = d.b[n:], int(head[0]), int(head[1]), int64(head[2]), v
	return d, nil
}

func (d *deltas) number() (int64, error) {
	if d.left == 0 {
		return 0, errPage
	}
	d.left--
	if d.first {
		d.first, d.mini = false, d.minis
		return d.value, nil
	}
	perMini := d.block / d.minis
	if d.mini < d.minis && d.inMini == perMini {
		d.pass(perMini)
	}
	if d.mini == d.minis {
		least, n := binary.Varint(d.b)
		if n <= 0 || len(d.b)-n < d.minis {
			return 0, errPage
		}
		d.least, d.widths, d.b = least, d.b[n:n+d.minis], d.b[n+d.minis:]
		d.mini, d.inMini = 0, 0
	}
	width := int(d.widths[d.mini])
	if width > 64 || len(d.b)*8 < width {
		return 0, errPage
	}
	d.value += d.least + int64(unpackBits(d.b, d.inMini*width, width))
	if d.physical == int32Type {
		d.value = int64(int32(d.value))
	}
	d.inMini++
	return d.value, nil
}

// pass leaves a miniature block behind.
func (d *deltas) pass(perMini int) {
	n := perMini * int(d.widths[d.mini]) / 8
	d.b = d.b[min(n, len(d.b)):]
	d.mini, d.inMini = d.mini+1, 0
}

// rest gives what stands behind the numbers, all of which have been read.
func (d *deltas) rest() []byte {
	if d.mini < d.minis && !d.first {
		d.pass(d.block / d.minis)
	}
	return d.b
}

func (d *deltas) next() ([]byte, error) {
	v, err := d.number()
	if err != nil {
		return nil, err
	}
	binary.LittleEndian.PutUint64(d.bytes[:], uint64(v))
	if d.physical == int32Type {
		return d.bytes[:4], nil
	}
	return d.bytes[:], nil
}

// lengths reads byte arrays whose lengths stand before them all.
type lengths struct {
	sizes *deltas
	data  []byte
}

// newLengths passes the lengths once to find where the bytes begin.
func newLengths(b []byte, limit int64) (*lengths, error) {
	scout, err := newDeltas(b, int32Type, limit)
	if err != nil {
		return nil, err
	}
	for scout.left > 0 {
		if _, err := scout.number(); err != nil {
			return nil, err
		}
	}
	sizes, err := newDeltas(b, int32Type, limit)
	return &lengths{sizes, scout.rest()}, err
}

func (l *lengths) next() ([]byte, error) {
	n, err := l.sizes.number()
	if err != nil {
		return nil, err
	}
	if n < 0 || n > int64(len(l.data)) {
		return nil, errPage
	}
	v := l.data[:n]
	l.data = l.data[n:]
	return v, nil
}

// prefixes reads byte arrays that begin as the one before did.
type prefixes struct {
	shared *deltas
	suffix *lengths
	value  []byte
}

func newPrefixes(b []byte, limit int64) (*prefixes, error) {
	scout, err := newDeltas(b, int32Type, limit)
	if err != nil {
		return nil, err
	}
	for scout.left > 0 {
		if _, err := scout.number(); err != nil {
			return nil, err
		}
	}
	shared, err := newDeltas(b, int32Type, limit)
	if err != nil {
		return nil, err
	}
	suffix, err := newLengths(scout.rest(), limit)
	return &prefixes{shared: shared, suffix: suffix}, err
}

func (p *prefixes) next() ([]byte, error) {
	n, err := p.shared.number()
	if err != nil {
		return nil, err
	}
	end, err := p.suffix.next()
	if err != nil {
		return nil, err
	}
	if n < 0 || n > int64(len(p.value)) || n+int64(len(end)) > maxRecord {
		return nil, errPage
	}
	p.value = append(p.value[:n], end...)
	return p.value, nil
}

// split reads numbers whose first bytes all stand before their second bytes, and so on.
type split struct {
	b     []byte
	width int
	at    int
	value [16]byte
}

func (s *split) next() ([]byte, error) {
	count := len(s.b) / s.width
	if s.at >= count {
		return nil, errPage
	}
	for i := range s.width {
		s.value[i] = s.b[i*count+s.at]
	}
	s.at++
	return s.value[:s.width], nil
}
