package platform

import (
	"context"
	"encoding/binary"
	"io"
	"math"

	"github.com/jackc/pgx/v5"
)

// copyChunk is how many bytes of rows are handed over at a time.
const copyChunk = 256 << 10

// copying sends rows to the server while they are added, in the binary format of COPY: no value needs to be escaped, and
// the server has nothing to take apart.
type copying struct {
	rows  int64
	held  []byte
	pipe  *io.PipeWriter
	ended chan error // what COPY ended with
}

func startCopy(conn *pgx.Conn, text string) *copying {
	r, w := io.Pipe()
	c := &copying{pipe: w, ended: make(chan error, 1)}
	c.held = append(make([]byte, 0, copyChunk+64<<10), "PGCOPY\n\xff\r\n\x00\x00\x00\x00\x00\x00\x00\x00\x00"...)
	go func() {
		_, err := conn.PgConn().CopyFrom(context.Background(), r, text) // ended by closing the pipe or the connection
		c.ended <- err
		if err == nil {
			err = io.ErrClosedPipe
		}
		r.CloseWithError(err)
	}()
	return c
}

// add takes the next row.
func (c *copying) add(ctx context.Context, row Row) error {
	c.rows++
	b := binary.BigEndian.AppendUint16(c.held, uint16(len(row)+1))
	b = binary.BigEndian.AppendUint32(b, 8)
	b = binary.BigEndian.AppendUint64(b, uint64(c.rows))
	for _, v := range row {
		if v == "" {
			b = binary.BigEndian.AppendUint32(b, math.MaxUint32) // no value
			continue
		}
		b = append(binary.BigEndian.AppendUint32(b, uint32(len(v))), v...)
	}
	c.held = b
	if len(c.held) < copyChunk {
		return nil
	}
	return c.send(ctx)
}

// send hands over what is held; giving up ctx ends the copy.
func (c *copying) send(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	stop := context.AfterFunc(ctx, func() { c.pipe.CloseWithError(ctx.Err()) })
	defer stop()
	_, err := c.pipe.Write(c.held)
	c.held = c.held[:0]
	if cap(c.held) > 4*copyChunk { // after a row with large values
		c.held = make([]byte, 0, copyChunk+64<<10)
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}

// end sends the last rows and waits until the server has all.
func (c *copying) end(ctx context.Context) error {
	c.held = append(c.held, 0xff, 0xff)
	if err := c.send(ctx); err != nil {
		return err
	}
	if err := c.pipe.Close(); err != nil {
		return err
	}
	select {
	case err := <-c.ended:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// giveUp ends the copy, if it still runs. The connection is closed before.
func (c *copying) giveUp() { c.pipe.CloseWithError(context.Canceled) }
