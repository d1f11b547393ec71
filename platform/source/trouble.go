package source

import (
	"context"
	"crypto/tls"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"syscall"

	"mulu/platform"
)

// errHung marks that a source had our own bound pass without a word, which its own bounds should have prevented. Unlike a slow
// statement it counts as a failure.
var errHung = errors.New("it did not answer at all")

// stopped tells whether an error only says that somebody stopped waiting.
func stopped(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}

// tell makes platform.ErrAway of what says that a source was not reached or broke off.
func tell(err error) error {
	var network net.Error
	var certificate *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	var alert tls.AlertError
	switch {
	case err == nil, stopped(err), errors.Is(err, platform.ErrForbidden), errors.Is(err, platform.ErrAway):
		return err
	case errors.As(err, &network), errors.As(err, &certificate), errors.As(err, &record), errors.As(err, &alert),
		errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, driver.ErrBadConn), errors.Is(err, net.ErrClosed),
		errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE), errors.Is(err, syscall.ECONNREFUSED):
		return fmt.Errorf("%w (%w)", platform.ErrAway, err)
	}
	return err
}

// failure tells whether an error is the source's failure and not what was asked of it, for the breaker.
func failure(err error) bool {
	return errors.Is(err, platform.ErrAway) || errors.Is(err, errHung)
}
