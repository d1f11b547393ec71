package proof

import (
	"encoding/json"
	"errors"
	"fmt"
	"unicode/utf8"
)

// FileFormat stands in each proof file.
const FileFormat = "mulu-proof/1"

// MaxFile bounds a file that is read, in bytes. A record holds an act of at most 1 MiB and what came of it.
const MaxFile = 64 << 20

// The kinds of proof files.
const (
	KindRecord      = "record"
	KindConsistency = "consistency"
	KindReceipt     = "receipt"
)

// recordFile proves that a record stands at a number of the chain.
type recordFile struct {
	Format     string `json:"format"`
	Kind       string `json:"kind"`
	Index      uint64 `json:"index"`
	Record     string `json:"record"` // three lines
	Path       []Hash `json:"path"`   // siblings, from the leaf up
	Checkpoint string `json:"checkpoint"`
}

// consistencyFile proves that one state of a chain is the beginning of another.
type consistencyFile struct {
	Format string `json:"format"`
	Kind   string `json:"kind"`
	From   string `json:"from"` // checkpoint
	To     string `json:"to"`   // checkpoint
	Path   []Hash `json:"path"`
}

// receiptFile proves that a receipt was given and then anchored on the chain.
type receiptFile struct {
	Format  string     `json:"format"`
	Kind    string     `json:"kind"`
	Index   uint64     `json:"index"` // leaf number in the node's tree of receipts
	Size    uint64     `json:"size"`  // of that tree when it was anchored
	Root    Hash       `json:"root"`
	Receipt string     `json:"receipt"` // two lines
	Path    []Hash     `json:"path"`
	Anchor  recordFile `json:"anchor"` // proof of the act that anchored size and root
}

// EncodeRecord makes a proof file of a record: its number, exact bytes, path in the tree of point.Size leaves, and that checkpoint.
func EncodeRecord(index uint64, record []byte, path []Hash, point Checkpoint) ([]byte, error) {
	if !utf8.Valid(record) {
		return nil, errors.New("make a proof: the record is not UTF-8 and has no place in a JSON file")
	}
	return recordFile{FileFormat, KindRecord, index, string(record), path, string(point.Text())}.encode()
}

// EncodeConsistency makes a proof file that the chain at from is the beginning of the chain at to.
func EncodeConsistency(from, to Checkpoint, path []Hash) ([]byte, error) {
	return consistencyFile{FileFormat, KindConsistency, string(from.Text()), string(to.Text()), path}.encode()
}

// EncodeReceipt makes a proof file of a receipt: leaf index in the node's tree of size receipts with root, its two lines, its path there,
// and the proof file (as of EncodeRecord) of the act that anchored that size and root.
func EncodeReceipt(index, size uint64, root Hash, receipt []byte, path []Hash, anchor []byte) ([]byte, error) {
	if !utf8.Valid(receipt) {
		return nil, errors.New("make a proof: the receipt is not UTF-8 and has no place in a JSON file")
	}
	file := receiptFile{Format: FileFormat, Kind: KindReceipt, Index: index, Size: size, Root: root, Receipt: string(receipt), Path: path}
	if err := decode(anchor, &file.Anchor, func() ([]byte, error) { return file.Anchor.encode() }); err != nil {
		return nil, fmt.Errorf("make a proof: read the proof of the anchoring act: %w", err)
	}
	return file.encode()
}

func (r recordFile) encode() ([]byte, error)      { r.Path = list(r.Path); return encode(r) }
func (c consistencyFile) encode() ([]byte, error) { c.Path = list(c.Path); return encode(c) }
func (r receiptFile) encode() ([]byte, error) {
	r.Path, r.Anchor.Path = list(r.Path), list(r.Anchor.Path)
	return encode(r)
}

// list makes an empty path [] and never null, so that it has one form.
func list(path []Hash) []Hash {
	if path == nil {
		return []Hash{}
	}
	return path
}

// open reads a proof file of any kind; exactly one of the results is set.
func open(file []byte) (*recordFile, *consistencyFile, *receiptFile, *Broken) {
	damaged := func(err error) *Broken {
		return broken("file", "文件不是规范的证明文件：内容被改动、损坏，或被其他程序重新保存。", "This is no proper proof file: "+err.Error()+".")
	}
	if len(file) > MaxFile {
		return nil, nil, nil, damaged(fmt.Errorf("it is larger than %d MiB", MaxFile>>20))
	}
	var head struct {
		Format string `json:"format"`
		Kind   string `json:"kind"`
	}
	if err := json.Unmarshal(file, &head); err != nil {
		return nil, nil, nil, damaged(err)
	}
	if head.Format != FileFormat {
		return nil, nil, nil, broken("file", say("文件格式为 %q，本程序只认 %s。", clip(head.Format), FileFormat),
			say("The file's format is %q; this program knows %s.", clip(head.Format), FileFormat))
	}
	switch head.Kind {
	case KindRecord:
		var r recordFile
		if err := decode(file, &r, func() ([]byte, error) { return r.encode() }); err != nil {
			return nil, nil, nil, damaged(err)
		}
		return &r, nil, nil, nil
	case KindConsistency:
		var c consistencyFile
		if err := decode(file, &c, func() ([]byte, error) { return c.encode() }); err != nil {
			return nil, nil, nil, damaged(err)
		}
		return nil, &c, nil, nil
	case KindReceipt:
		var r receiptFile
		if err := decode(file, &r, func() ([]byte, error) { return r.encode() }); err != nil {
			return nil, nil, nil, damaged(err)
		}
		if r.Anchor.Format != FileFormat || r.Anchor.Kind != KindRecord {
			return nil, nil, nil, broken("file", "回执证明中所附的锚定记录证明格式不对。", "The proof of the anchoring record inside the file is of another format or kind.")
		}
		return nil, nil, &r, nil
	}
	return nil, nil, nil, broken("file", say("不认识的证明种类 %q。", clip(head.Kind)), say("The kind of proof %q is not known.", clip(head.Kind)))
}
