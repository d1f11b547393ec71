package intake

import (
	"bufio"
	"errors"
	"io"
)

// node is a value of Thrift's compact protocol, in which Parquet writes what it says about itself: a number, bytes, a list or
// the fields of a structure by their number. Absent values read as zero.
type node struct {
	number int64
	bytes  []byte
	list   []node
	fields []fieldNode
}

type fieldNode struct {
	id int16
	node
}

// at gives a field of a structure; the zero node if it has none.
func (n node) at(id int16) node {
	for _, f := range n.fields {
		if f.id == id {
			return f.node
		}
	}
	return node{}
}

// has says that a structure has a field.
func (n node) has(id int16) bool {
	for _, f := range n.fields {
		if f.id == id {
			return true
		}
	}
	return false
}

// thrift reads structures. Every value takes at least a byte, so left bounds what they cost in memory, and nodes their number.
type thrift struct {
	r     *bufio.Reader
	left  int // bytes that may still be read
	nodes int // that may still be made
	depth int
}

// errThrift says that the bytes are no structure, or one larger than any that describes a table.
var errThrift = errors.New("not the description of a table")

func (t *thrift) byte() (byte, error) {
	if t.left--; t.left < 0 {
		return 0, errThrift
	}
	b, err := t.r.ReadByte()
	if err == io.EOF {
		err = errThrift
	}
	return b, err
}

func (t *thrift) varint() (uint64, error) {
	var n uint64
	for shift := 0; shift < 64; shift += 7 {
		b, err := t.byte()
		if err != nil {
			return 0, err
		}
		if n |= uint64(b&0x7F) << shift; b < 0x80 {
			return n, nil
		}
	}
	return 0, errThrift
}

func (t *thrift) signed() (int64, error) {
	n, err := t.varint()
	return int64(n>>1) ^ -int64(n&1), err
}

// structure reads fields up to the stop.
func (t *thrift) structure() (node, error) {
	if t.depth++; t.depth > 16 {
		return node{}, errThrift
	}
	defer func() { t.depth-- }()
	var n node
	id := int16(0)
	for {
		head, err := t.byte()
		if err != nil || head == 0 {
			return n, err
		}
		if head>>4 != 0 {
			id += int16(head >> 4)
		} else {
			long, err := t.signed()
			if err != nil {
				return n, err
			}
			id = int16(long)
		}
		v, err := t.value(head&15, false)
		if err != nil {
			return n, err
		}
		n.fields = append(n.fields, fieldNode{id, v})
	}
}

// value reads a value of a type. Truth stands in the type of a field and in a byte of its own in a list.
func (t *thrift) value(sort byte, inList bool) (node, error) {
	if t.nodes--; t.nodes < 0 {
		return node{}, errThrift
	}
	switch sort {
	case 1, 2:
		if !inList {
			return node{number: int64(2 - sort)}, nil
		}
		b, err := t.byte()
		return node{number: int64(b & 1)}, err
	case 3:
		b, err := t.byte()
		return node{number: int64(int8(b))}, err
	case 4, 5, 6:
		n, err := t.signed()
		return node{number: n}, err
	case 7:
		return t.raw(8)
	case 8:
		n, err := t.varint()
		if err != nil {
			return node{}, err
		}
		return t.raw(n)
	case 9, 10:
		return t.elements()
	case 12:
		return t.structure()
	}
	return node{}, errThrift // a map: Parquet has none
}

func (t *thrift) raw(n uint64) (node, error) {
	if n > uint64(max(t.left, 0)) {
		return node{}, errThrift
	}
	t.left -= int(n)
	b := make([]byte, n)
	if _, err := io.ReadFull(t.r, b); err == io.EOF || err == io.ErrUnexpectedEOF {
		return node{}, errThrift
	} else if err != nil {
		return node{}, err
	}
	return node{bytes: b}, nil
}

func (t *thrift) elements() (node, error) {
	head, err := t.byte()
	if err != nil {
		return node{}, err
	}
	size := uint64(head >> 4)
	if size == 15 {
		if size, err = t.varint(); err != nil {
			return node{}, err
		}
	}
	if size > uint64(t.left) {
		return node{}, errThrift
	}
	var n node
	for range size {
		v, err := t.value(head&15, true)
		if err != nil {
			return node{}, err
		}
		n.list = append(n.list, v)
	}
	return n, nil
}
