package gateway

import (
	"context"
	"encoding/base64"
	"errors"
	"strings"

	"mulu"
	"mulu/platform"
	"mulu/sm"
)

// Owners gives rows of entries whose data stays with its owner (Art. 15); mulu/platform/source does. Errors are those of the
// room platform; any other is taken for a fault here.
type Owners interface {
	Query(ctx context.Context, entry string, content *mulu.EntryContent, q platform.Query) (platform.Page, error)
}

// connectedPrefix stands in cursors of connected data where others have the version.
const connectedPrefix = "0."

// ownerFailed is what an owner's source could not do, and the code it is refused with.
type ownerFailed struct {
	code Code
	err  error
}

func (f *ownerFailed) Error() string { return f.err.Error() }
func (f *ownerFailed) Unwrap() error { return f.err }

// ask has the owner's source answer. What it could not do is an *ownerFailed; an end of the caller's own is left as it is.
func (g *Gateway) ask(ctx context.Context, p *permit, q platform.Query) (platform.Page, error) {
	page, err := g.cfg.Owners.Query(ctx, p.version.Entry, p.content, q)
	var code Code
	switch {
	case err == nil:
		return page, nil
	case errors.Is(err, platform.ErrPlace):
		code = cursorStale
	case errors.Is(err, platform.ErrUnbound), errors.Is(err, platform.ErrForbidden):
		code = ownerUnknown
	case errors.Is(err, platform.ErrDrift), errors.Is(err, platform.ErrNoItem):
		code = ownerDrift
	case errors.Is(err, platform.ErrSlow), errors.Is(err, context.DeadlineExceeded):
		code = ownerSlow
	case errors.Is(err, platform.ErrAway):
		code = ownerAway
	default:
		return page, err
	}
	return page, &ownerFailed{code, err}
}

// placeCursor seals where a page of connected data ended: a place has key values, which the caller may be allowed to see masked
// only or not at all. It opens for the same grant and connection only.
func (g *Gateway) placeCursor(p *permit, place string) (string, error) {
	sealed, err := sm.Seal(g.cursorKey(), []byte(place), p.cursorUse(), g.cfg.Rand)
	if err != nil {
		return "", err
	}
	return connectedPrefix + base64.RawURLEncoding.EncodeToString(sealed), nil
}

func (g *Gateway) cursorKey() []byte { return sm.MAC(g.cfg.DigestKey, []byte("cursor"))[:16] }

func (p *permit) cursorUse() []byte {
	return []byte(strings.Join([]string{"cursor", p.grant.ID, p.version.Entry, p.connected}, "\n"))
}

// resumePlace reads a cursor of connected data.
func (g *Gateway) resumePlace(p *permit, after string) *refusal {
	if after == "" {
		return nil
	}
	text, ok := strings.CutPrefix(after, connectedPrefix)
	sealed, err := base64.RawURLEncoding.DecodeString(text)
	if !ok || err != nil {
		return refuse(cursorStale)
	}
	place, err := sm.Open(g.cursorKey(), sealed, p.cursorUse())
	if err != nil || len(place) == 0 {
		return refuse(cursorStale)
	}
	p.query.Place = string(place)
	return nil
}
