package notify

import (
	"bytes"
	"context"
	"crypto/tls"
	"database/sql"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"mulu"
	"mulu/sm"
)

// Hook is a webhook (推送地址): where an institution's machines are told what its people are told. Ended is zero while it is in
// use; Why says who ended it: revoked, or gone when the other side said so.
type Hook struct {
	ID, Org, Person string
	URL             string
	Made, Ended     time.Time
	Why             string
}

// Shown is the address without its query, which may hold a key.
func (h Hook) Shown() string {
	base, _, cut := strings.Cut(h.URL, "?")
	if cut {
		return base + "?…"
	}
	return base
}

// mostHooks bounds the webhooks of one institution.
const mostHooks = 10

// AddHook makes a webhook and gives its secret, which is shown this once and kept sealed. What is not allowed is *Denied.
func (n *Notify) AddHook(ctx context.Context, org, person, address string) (h Hook, secret string, err error) {
	u, err := url.Parse(strings.TrimSpace(address))
	if err != nil || len(address) > 500 || plain(address) != address {
		return Hook{}, "", deny("hook_form")
	}
	if err := n.cfg.Hosts.admits(u); err != nil {
		return Hook{}, "", err
	}
	id, err := n.random(9)
	if err != nil {
		return Hook{}, "", err
	}
	if secret, err = n.random(32); err != nil {
		return Hook{}, "", err
	}
	h = Hook{ID: "h-" + id, Org: org, Person: person, URL: u.String(), Made: n.cfg.Now()}
	sealedURL, err := n.seal(h.URL, "url "+h.ID)
	if err != nil {
		return Hook{}, "", err
	}
	sealedSecret, err := n.seal(secret, "secret "+h.ID)
	if err != nil {
		return Hook{}, "", err
	}
	err = n.write(ctx, "make a webhook", func(tx *sql.Tx) error {
		var running int
		if err := tx.QueryRowContext(ctx, "SELECT count(*) FROM hook WHERE org = ? AND ended = 0", org).Scan(&running); err != nil {
			return err
		}
		if running >= mostHooks {
			return deny("hook_many")
		}
		_, err := tx.ExecContext(ctx, "INSERT INTO hook (id, org, person, url, secret, made, ended, why) VALUES (?, ?, ?, ?, ?, ?, 0, '')",
			h.ID, org, person, sealedURL, sealedSecret, nanos(h.Made))
		return err
	})
	if err != nil {
		return Hook{}, "", err
	}
	return h, secret, nil
}

func (n *Notify) seal(text, use string) ([]byte, error) {
	b, err := sm.Seal(n.keys.seal, []byte(text), []byte(use), n.cfg.Rand)
	if err != nil {
		return nil, fmt.Errorf("seal a webhook: %w", err)
	}
	return b, nil
}

func (n *Notify) random(bytes int) (string, error) {
	b := make([]byte, bytes)
	if _, err := io.ReadFull(n.cfg.Rand, b); err != nil {
		return "", fmt.Errorf("read chance: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(b), nil
}

// sealedHook is a row; secret is opened with the address.
type sealedHook struct {
	Hook
	secret string
}

func (n *Notify) scanHook(s scanner) (h sealedHook, err error) {
	var sealedURL, sealedSecret []byte
	var made, ended int64
	if err := s.Scan(&h.ID, &h.Org, &h.Person, &sealedURL, &sealedSecret, &made, &ended, &h.Why); err != nil {
		return h, err
	}
	h.Made, h.Ended = moment(made), moment(ended)
	at, err := sm.Open(n.keys.seal, sealedURL, []byte("url "+h.ID))
	if err != nil {
		return h, &Undelivered{Code: "forged", Final: true, Lane: true, Err: fmt.Errorf("read the webhook %s: %w", h.ID, err)}
	}
	secret, err := sm.Open(n.keys.seal, sealedSecret, []byte("secret "+h.ID))
	if err != nil {
		return h, &Undelivered{Code: "forged", Final: true, Lane: true, Err: fmt.Errorf("read the webhook %s: %w", h.ID, err)}
	}
	h.URL, h.secret = string(at), string(secret)
	return h, nil
}

const hookColumns = "SELECT id, org, person, url, secret, made, ended, why FROM hook "

// Hooks lists an institution's webhooks, those in use first.
func (n *Notify) Hooks(ctx context.Context, org string) (all []Hook, err error) {
	found, err := list(ctx, n, "list webhooks", n.scanHook, hookColumns+"WHERE org = ? ORDER BY ended > 0, made DESC LIMIT 100", org)
	for _, h := range found {
		all = append(all, h.Hook)
	}
	return all, err
}

// hook gives one that is in use; none is errNobody.
func (n *Notify) hook(ctx context.Context, id string) (sealedHook, error) {
	h, err := n.scanHook(n.readers.QueryRowContext(ctx, hookColumns+"WHERE id = ? AND ended = 0", id))
	if errors.Is(err, sql.ErrNoRows) {
		return h, errNobody
	}
	return h, err
}

// EndHook takes a webhook of an institution out of use; what waits for it is dropped.
func (n *Notify) EndHook(ctx context.Context, org, id string) error {
	return n.endHook(ctx, org, id, "revoked")
}

func (n *Notify) endHook(ctx context.Context, org, id, why string) error {
	now := n.cfg.Now()
	return n.write(ctx, "end a webhook", func(tx *sql.Tx) error {
		r, err := tx.ExecContext(ctx, "UPDATE hook SET ended = ?, why = ? WHERE id = ? AND org = ? AND ended = 0", nanos(now), why, id, org)
		if err != nil {
			return err
		}
		if ended, err := r.RowsAffected(); err != nil || ended == 0 {
			if err == nil {
				err = deny("hook_none")
			}
			return err
		}
		_, err = tx.ExecContext(ctx, "UPDATE parcel SET state = 'void', done = ? WHERE way = 'hook' AND recipient = ? AND state = 'waiting'", nanos(now), id)
		return err
	})
}

// TestHook sends a webhook a message of the occasion "test" now. An error of sending is *Undelivered.
func (n *Notify) TestHook(ctx context.Context, org, id string) error {
	h, err := n.hook(ctx, id)
	if errors.Is(err, errNobody) || err == nil && h.Org != org {
		return deny("hook_none")
	}
	if err != nil {
		return err
	}
	serial, err := n.random(12)
	if err != nil {
		return err
	}
	err = n.call(ctx, h, message{ID: "test-" + serial, Occasion: "test", At: n.cfg.Law().In(mulu.Shanghai()).Format(time.RFC3339), Path: "/notices"})
	var u *Undelivered
	if errors.As(err, &u) && u.Code == "gone" {
		return errors.Join(n.endHook(ctx, h.Org, h.ID, "gone"), err)
	}
	return err
}

// message is what a webhook is sent, as JSON.
type message struct {
	ID       string    `json:"id"`       // the same for the same occasion: a repetition can be told by it
	Occasion string    `json:"occasion"` // see Occasions
	Noun     mulu.Kind `json:"noun"`
	Number   string    `json:"number"`
	Entry    string    `json:"entry"` // code
	At       string    `json:"at"`    // RFC 3339, the law's time
	Due      string    `json:"due"`   // last day, YYYY-MM-DD, or ""
	Path     string    `json:"path"`  // on the pages
}

func messageOf(m Notice) message {
	return message{ID: m.ID, Occasion: m.Occasion, Noun: m.Noun, Number: m.Number, Entry: m.Entry, At: m.At.Format(time.RFC3339), Due: m.Due, Path: m.Path()}
}

// Signature is what stands in the header Mulu-Signature: hex HMAC-SM3 under the webhook's secret over the header Mulu-Time, a dot,
// and the body.
func Signature(secret, at string, body []byte) string {
	return hex.EncodeToString(sm.MAC([]byte(secret), append([]byte(at+"."), body...)))
}

// hookPatience bounds one call of a webhook.
const hookPatience = 10 * time.Second

// call sends a message to a webhook, now. An error is *Undelivered.
func (n *Notify) call(ctx context.Context, h sealedHook, m message) error {
	u, err := url.Parse(h.URL)
	if err != nil {
		return &Undelivered{Code: "host", Err: err}
	}
	if err := n.cfg.Hosts.admits(u); err != nil { // the list may have changed since it was made
		return &Undelivered{Code: "host", Lane: true, Err: err}
	}
	body, err := json.Marshal(m)
	if err != nil {
		return err
	}
	within, cancel := context.WithTimeout(ctx, hookPatience)
	defer cancel()
	q, err := http.NewRequestWithContext(within, http.MethodPost, h.URL, bytes.NewReader(body))
	if err != nil {
		return &Undelivered{Code: "host", Err: err}
	}
	at := strconv.FormatInt(n.cfg.Now().Unix(), 10)
	q.Header.Set("Content-Type", "application/json")
	q.Header.Set("User-Agent", "mulu")
	q.Header.Set("Mulu-Time", at)
	q.Header.Set("Mulu-Signature", Signature(h.secret, at, body))
	re, err := n.client().Do(q)
	if err != nil {
		var u *Undelivered
		if errors.As(err, &u) {
			return &Undelivered{Code: u.Code, Lane: true, Err: u.Err}
		}
		var odd *url.Error
		if errors.As(err, &odd) {
			err = odd.Err // without the address, which may hold a key
		}
		return &Undelivered{Code: dialing(err), Lane: true, Err: err}
	}
	defer re.Body.Close()
	_, _ = io.CopyN(io.Discard, re.Body, 4096) // what it says is nobody's concern
	switch {
	case re.StatusCode >= 200 && re.StatusCode < 300:
		return nil
	case re.StatusCode == http.StatusGone:
		return &Undelivered{Code: "gone", Final: true}
	case re.StatusCode >= 300 && re.StatusCode < 400:
		return &Undelivered{Code: fmt.Sprintf("redirect:%d", re.StatusCode), Lane: true}
	}
	return &Undelivered{Code: fmt.Sprintf("status:%d", re.StatusCode), Lane: true}
}

// client reaches whom the list allows: by no proxy, following no redirect, and with each address looked at as it is dialled.
func (n *Notify) client() *http.Client {
	dialer := &net.Dialer{Timeout: hookPatience, Control: n.cfg.Hosts.reachable, Resolver: n.cfg.names}
	return &http.Client{
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{DialContext: dialer.DialContext, DisableKeepAlives: true, MaxResponseHeaderBytes: 64 << 10,
			TLSClientConfig: &tls.Config{RootCAs: n.cfg.roots, MinVersion: tls.VersionTLS12}},
	}
}
