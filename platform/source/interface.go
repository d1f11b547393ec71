package source

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"mulu"
	"mulu/platform"
)

// web is an open connection to an HTTP API.
type web struct {
	base   *url.URL
	client *http.Client
	header string
	secret string
}

// openWeb prepares a connection; nothing is dialled before it is used. The client follows redirects within the same host only,
// since a header with a token would go along.
func openWeb(c Connection, secret string, cfg Config) (*web, error) {
	base, err := url.Parse(c.Address)
	if err != nil {
		return nil, fault("url")
	}
	w := &web{base: base, header: c.Header, secret: secret}
	w.client = &http.Client{
		CheckRedirect: func(r *http.Request, via []*http.Request) error {
			if !w.home(r.URL) || len(via) > 3 {
				return fmt.Errorf("redirected to %s: %w", r.URL.Host, platform.ErrForbidden)
			}
			return nil
		},
		Transport: &http.Transport{DialContext: cfg.Reach.Dial, TLSClientConfig: c.tls(base.Hostname()), TLSHandshakeTimeout: dialPatience,
			ResponseHeaderTimeout: cfg.Patience, MaxResponseHeaderBytes: 64 << 10, MaxConnsPerHost: cfg.Pool + 1, MaxIdleConnsPerHost: cfg.Pool,
			IdleConnTimeout: time.Minute},
	}
	return w, nil
}

func (w *web) close() error {
	w.client.CloseIdleConnections()
	return nil
}

func (w *web) home(u *url.URL) bool {
	return u.Scheme == w.base.Scheme && strings.EqualFold(u.Host, w.base.Host)
}

// ask tells what the address answers with.
func (w *web) ask(ctx context.Context) (string, error) {
	body, status, err := w.get(ctx, w.base)
	if err != nil {
		return "", err
	}
	defer body.Close()
	if status >= 500 || status == http.StatusUnauthorized || status == http.StatusForbidden {
		return "", fmt.Errorf("%w (HTTP %d)", platform.ErrAway, status)
	}
	return fmt.Sprintf("HTTP %d", status), nil
}

func (w *web) get(ctx context.Context, u *url.URL) (io.ReadCloser, int, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, 0, err
	}
	r.Header.Set("Accept", "application/json")
	r.Header.Set("User-Agent", "mulu")
	if w.secret != "" {
		if w.header == "" {
			r.Header.Set("Authorization", "Bearer "+w.secret)
		} else {
			r.Header.Set(w.header, w.secret)
		}
	}
	a, err := w.client.Do(r)
	if err != nil {
		var inner *url.Error // its text has the whole address, and that has the values that were asked for
		if errors.As(err, &inner) {
			err = inner.Err
		}
		return nil, 0, tell(err)
	}
	return a.Body, a.StatusCode, nil
}

// rows fetches one call's rows.
func (w *web) rows(ctx context.Context, u *url.URL, c *Call, each func(map[string]any) error) (*answer, error) {
	body, status, err := w.get(ctx, u)
	if err != nil {
		return nil, err
	}
	defer body.Close()
	switch {
	case status == http.StatusNoContent:
		return &answer{found: true}, nil
	case status >= 500, status == http.StatusTooManyRequests, status == http.StatusUnauthorized, status == http.StatusForbidden, status == http.StatusRequestTimeout:
		return nil, fmt.Errorf("%w (HTTP %d)", platform.ErrAway, status)
	case status != http.StatusOK:
		return nil, fmt.Errorf("%w (HTTP %d)", platform.ErrDrift, status)
	}
	return readAnswer(body, c.Rows, c.Next, each)
}

// address is that of a call: the binding's path with its own parameters, those for paging, and values that the interface
// filters by. call is where to go on, "" at the beginning.
func (w *web) address(x *Binding, call string, filters []mulu.Filter, mark string) (*url.URL, error) {
	c := x.Call
	path, err := url.Parse(c.Path)
	if err != nil {
		return nil, fault("api")
	}
	u := *w.base
	u.Path, u.RawPath = strings.TrimSuffix(w.base.Path, "/")+path.Path, ""
	q := path.Query()
	if c.Next != "" && c.Cursor == "" && call != "" {
		next, err := u.Parse(call)
		if err != nil || !w.home(next) || next.User != nil {
			return nil, fmt.Errorf("the next page is elsewhere: %w", platform.ErrForbidden)
		}
		return next, nil
	}
	if c.Size != "" {
		q.Set(c.Size, strconv.Itoa(c.rate()))
	}
	switch {
	case c.Page != "":
		q.Set(c.Page, orElse(call, strconv.Itoa(c.First)))
	case c.Offset != "":
		q.Set(c.Offset, orElse(call, "0"))
	case c.Cursor != "" && call != "":
		q.Set(c.Cursor, call)
	}
	if c.Since != "" && mark != "" {
		q.Set(c.Since, mark)
	}
	for _, a := range c.Asks {
		for _, f := range filters {
			if f.Item == a.Item && len(f.Values) == 1 && f.Values[0] != "" {
				q.Set(a.Column, f.Values[0])
			}
		}
	}
	u.RawQuery = q.Encode()
	return &u, nil
}

func orElse(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

// following gives the place after a whole call; false says that there is nothing more.
func (c *Call) following(p place, a *answer, digest string) (place, bool) {
	next := place{Revision: p.Revision, Before: digest}
	if a.count == 0 {
		return next, false
	}
	short := c.Size != "" && a.count < c.rate()
	switch {
	case c.Page != "":
		n, err := strconv.Atoi(orElse(p.Call, strconv.Itoa(c.First)))
		next.Call = strconv.Itoa(n + 1)
		return next, err == nil && !short
	case c.Offset != "":
		n, err := strconv.Atoi(orElse(p.Call, "0"))
		next.Call = strconv.Itoa(n + a.count)
		return next, err == nil && !short
	case c.Next != "":
		next.Call = a.more
		return next, a.more != "" && a.more != p.Call
	}
	return next, false
}

// picker takes the values of fields out of rows of JSON.
type picker struct {
	ways  [][]string // nil: bound to nothing
	items []mulu.Item
	there []bool // whether a row had it
	sum   uint64 // digest of all rows of the call
}

func newPicker(x *Binding, f *fit) *picker {
	p := &picker{items: f.items, there: make([]bool, len(f.fields))}
	for _, field := range f.fields {
		name, _ := x.Column(field)
		p.ways = append(p.ways, steps(name))
	}
	return p
}

func (p *picker) begin() {
	clear(p.there)
	p.sum = 0
}

// values gives the values of a row. Objects and arrays are no values of an item.
func (p *picker) values(row map[string]any, t *tally) []string {
	values := make([]string, len(p.ways))
	h := fnv.New64a()
	for i, w := range p.ways {
		if w == nil {
			continue
		}
		v, ok := follow(row, w)
		p.there[i] = p.there[i] || ok
		if values[i], ok = plain(v); !ok {
			t.values.Add(1)
		}
		_, _ = io.WriteString(h, values[i]+"\x00")
	}
	p.sum = p.sum*1099511628211 + h.Sum64()
	return values
}

// digest is that of all rows since begin.
func (p *picker) digest() string { return strconv.FormatUint(p.sum, 36) }

// check: a member that no row had and that each should have is gone.
func (p *picker) check(x *Binding) error {
	for i, item := range p.items {
		if p.ways[i] != nil && !p.there[i] && (item.IsKey || !item.Nullable) {
			return fmt.Errorf("no row has %s: %w", strings.Join(p.ways[i], "."), platform.ErrDrift)
		}
	}
	return nil
}

// fetch carries out the call at a place and gives its rows as values of the picker's fields. repeats says that it gave the same
// as the call before, as interfaces do that answer every page beyond the last with the last.
func (w *web) fetch(ctx context.Context, x *Binding, p place, pick *picker, t *tally, filters []mulu.Filter, mark string) (rows [][]string, a *answer, repeats bool, err error) {
	u, err := w.address(x, p.Call, filters, mark)
	if err != nil {
		return nil, nil, false, err
	}
	pick.begin()
	a, err = w.rows(ctx, u, x.Call, func(row map[string]any) error {
		rows = append(rows, pick.values(row, t))
		return nil
	})
	if err != nil {
		return nil, nil, false, err
	}
	if len(rows) > 0 {
		err = pick.check(x)
	}
	return rows, a, len(rows) > 0 && x.Call.Next == "" && pick.digest() == p.Before, err
}

// page reads rows call by call until there are enough or none are left. All filters are compared here, whatever the interface
// made of those it was told.
func (w *web) page(ctx context.Context, x *Binding, f *fit, q platform.Query) (platform.Page, error) {
	p, err := readPlace(q.Place, x)
	if err != nil {
		return platform.Page{}, err
	}
	var page platform.Page
	pick := newPicker(x, f)
	for {
		rows, a, repeats, err := w.fetch(ctx, x, p, pick, f.tally, q.Filters, "")
		if err != nil {
			return platform.Page{}, err
		}
		if repeats {
			return page, nil
		}
		for ; p.Passed < len(rows); p.Passed++ {
			if len(page.Rows) == q.Limit {
				page.Place = p.String()
				return page, nil
			}
			values := rows[p.Passed]
			if f.row(values) && matches(f.fields, values, q.Filters) {
				page.Rows = append(page.Rows, platform.Row(values[:len(q.Items):len(q.Items)]))
			}
		}
		var more bool
		if p, more = x.Call.following(p, a, pick.digest()); !more {
			return page, nil
		}
		if len(page.Rows) == q.Limit {
			page.Place = p.String()
			return page, nil
		}
	}
}
