package intake

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"strings"
)

// Bounds of archives. A part is unpacked as it is read, so these bound time, not memory.
const (
	maxUnpacked  = 4 << 30 // bytes that the parts of one file may unpack to, all together
	maxRatio     = 200     // unpacked to packed, once a part is larger than freeRatio; spreadsheets reach about 30
	freeRatio    = 8 << 20
	maxDirectory = 1 << 20 // bytes of a zip's directory, some ten thousand parts: each costs memory before any is read
)

var (
	errNoPart = errors.New("the archive has no such part")
	errBomb   = errors.New("unpacks out of all proportion")
	errSize   = errors.New("unpacks to too much")
)

// archive is a zip file.
type archive struct {
	zip  *zip.Reader
	left int64 // bytes that may still be unpacked
}

func openArchive(f File) (*archive, error) {
	if err := checkDirectory(f); err != nil {
		return nil, err
	}
	z, err := zip.NewReader(f, f.Size())
	if err != nil {
		return nil, fault("damaged", 0)
	}
	return &archive{z, maxUnpacked}, nil
}

// checkDirectory bounds the directory of a zip before it is read.
func checkDirectory(f File) error {
	const record = 22
	tail := make([]byte, min(f.Size(), record+math.MaxUint16))
	start := f.Size() - int64(len(tail))
	if _, err := f.ReadAt(tail, start); err != nil && err != io.EOF {
		return err
	}
	at := len(tail) - record
	for ; at >= 0; at-- {
		if bytes.HasPrefix(tail[at:], []byte("PK\x05\x06")) && at+record+int(binary.LittleEndian.Uint16(tail[at+20:])) <= len(tail) {
			break
		}
	}
	if at < 0 {
		return fault("damaged", 0)
	}
	entries, size := binary.LittleEndian.Uint16(tail[at+10:]), binary.LittleEndian.Uint32(tail[at+12:])
	if entries == math.MaxUint16 || size > maxDirectory {
		return fault("bomb", 0)
	}
	return nil
}

// has says that the archive has a part; names differ in case between programs.
func (a *archive) has(name string) bool { return a.find(name) != nil }

func (a *archive) find(name string) *zip.File {
	for _, f := range a.zip.File {
		if strings.EqualFold(f.Name, name) {
			return f
		}
	}
	return nil
}

// open unpacks a part as it is read.
func (a *archive) open(name string) (io.ReadCloser, error) {
	f := a.find(name)
	if f == nil {
		return nil, errNoPart
	}
	r, err := f.Open()
	if err != nil {
		return nil, fault("damaged", 0)
	}
	return &unpacking{r, a, max(int64(f.CompressedSize64), 1), 0}, nil
}

// small reads a whole part that can be no larger than limit.
func (a *archive) small(name string, limit int64) ([]byte, error) {
	r, err := a.open(name)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	b, err := io.ReadAll(io.LimitReader(r, limit+1))
	switch {
	case err != nil:
		return nil, unpackFault(err)
	case int64(len(b)) > limit:
		return nil, fault("bomb", 0)
	}
	return b, nil
}

type unpacking struct {
	io.ReadCloser
	archive     *archive
	packed, out int64
}

func (u *unpacking) Read(p []byte) (int, error) {
	n, err := u.ReadCloser.Read(p)
	u.out += int64(n)
	u.archive.left -= int64(n)
	switch {
	case u.out > freeRatio && u.out/u.packed > maxRatio:
		return 0, errBomb
	case u.archive.left < 0:
		return 0, errSize
	}
	return n, err
}

// unpackFault is what a part that cannot be read to its end means. A failing disk is told by Open and Next, which know.
func unpackFault(err error) error {
	switch {
	case errors.Is(err, errBomb):
		return fault("bomb", 0)
	case errors.Is(err, errSize):
		return fault("unpacked", 0, maxUnpacked>>30)
	}
	var f *Fault
	if errors.As(err, &f) {
		return f
	}
	return fault("damaged", 0)
}
