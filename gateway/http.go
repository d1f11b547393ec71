package gateway

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/cockroachdb/pebble"

	"mulu/platform"
)

// Handler serves
//
//	POST /gateway/{grant}/query    rows through a grant
//	GET  /receipts/{id}            a receipt's two lines
//	GET  /receipts/{id}/proof      its proof file, once it is anchored
//	GET  /healthz                  how the gateway does
//
// A receipt's id is 256 bits and tells who holds it that they were given it; receipts hold nothing personal.
func (g *Gateway) Handler() http.Handler {
	m := http.NewServeMux()
	m.HandleFunc("POST /gateway/{grant}/query", g.serveQuery)
	m.HandleFunc("GET /receipts/{id}", g.serveReceipt)
	m.HandleFunc("GET /receipts/{id}/proof", g.serveProof)
	m.HandleFunc("GET /healthz", g.serveHealth)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		m.ServeHTTP(w, r)
	})
}

func (g *Gateway) serveQuery(w http.ResponseWriter, r *http.Request) {
	if err := g.ready(); err != nil {
		problem(w, closed(err), given{})
		return
	}
	by, no, err := g.who(bearer(r))
	if no != nil && by.client == "" && !g.stranger.take(g.cfg.Now()) {
		// Strangers must not fill the disk with receipts: beyond their common rate they are not looked at.
		problem(w, refuse(strangers), given{})
		return
	}
	c := call{grant: clean(r.PathValue("grant")), by: by, no: no, err: err}
	if c.body, err = io.ReadAll(io.LimitReader(r.Body, MaxBody+1)); err != nil {
		return // the caller broke off before asking anything
	}
	a, err := g.query(r.Context(), c)
	if err != nil {
		problem(w, refuse(noReceipt), given{})
		return
	}
	if a.refusal != nil {
		problem(w, a.refusal, a.receipt)
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Mulu-Receipt", a.receipt.id)
	_, _ = w.Write(a.body())
}

// body is the answer: a JSON object whose last member is rows. The receipt's rows_digest is the SM3 of exactly the
// bytes of that member's value, from "[" to the "]" before the closing brace.
func (a answer) body() []byte {
	b := append([]byte(`{"receipt":"`), a.receipt.id...)
	b = strconv.AppendUint(append(b, `","n":`...), a.receipt.n, 10)
	b = platform.AppendText(append(b, `,"entry":`...), a.entry)
	b = strconv.AppendInt(append(b, `,"version":`...), int64(a.version), 10)
	if a.next != "" {
		b = platform.AppendText(append(b, `,"next":`...), a.next)
	}
	b = append(append(b, `,"rows":`...), a.rows...)
	return append(b, "}\n"...)
}

// problemBody is a refusal as RFC 9457 has it, in both languages, with its provision and receipt.
type problemBody struct {
	Type     string  `json:"type"` // "urn:mulu:refusal:" code
	Title    string  `json:"title"`
	TitleEn  string  `json:"title_en"`
	Status   int     `json:"status"`
	Detail   string  `json:"detail"` // what to do
	DetailEn string  `json:"detail_en"`
	Code     Code    `json:"code"`
	Art      string  `json:"art"` // place in the regulation, e.g. "24"
	Receipt  string  `json:"receipt,omitempty"`
	N        *uint64 `json:"n,omitempty"`
}

func problem(w http.ResponseWriter, no *refusal, receipt given) {
	words := grounds(no.code)
	fill := func(s string) string { return strings.ReplaceAll(s, "{0}", no.detail) }
	p := problemBody{Type: "urn:mulu:refusal:" + string(no.code), Title: words.zh, TitleEn: words.en, Status: words.status,
		Detail: fill(words.mendZh), DetailEn: fill(words.mendEn), Code: no.code, Art: string(words.art)}
	if receipt.id != "" {
		p.Receipt, p.N = receipt.id, &receipt.n
		w.Header().Set("Mulu-Receipt", receipt.id)
	}
	if words.status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", `Bearer realm="mulu gateway"`)
	}
	if words.status == http.StatusTooManyRequests {
		w.Header().Set("Retry-After", "1")
	}
	reply(w, words.status, "application/problem+json; charset=utf-8", p)
}

func (g *Gateway) serveReceipt(w http.ResponseWriter, r *http.Request) {
	id, ok := receiptID(r)
	if !ok {
		problem(w, refuse(notReceipt), given{})
		return
	}
	if g.receipts.health() != nil {
		problem(w, refuse(noReceipt), given{})
		return
	}
	_, lines, err := g.receipts.find(id)
	if err != nil {
		g.lost(w, err)
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = w.Write(lines)
}

func (g *Gateway) serveProof(w http.ResponseWriter, r *http.Request) {
	id, ok := receiptID(r)
	if !ok {
		problem(w, refuse(notReceipt), given{})
		return
	}
	if g.receipts.health() != nil {
		problem(w, refuse(noReceipt), given{})
		return
	}
	file, err := g.proof(id)
	if errors.Is(err, errNotAnchored) {
		reply(w, http.StatusAccepted, "application/json; charset=utf-8", struct {
			Zh string `json:"zh"`
			En string `json:"en"`
		}{fmt.Sprintf("回执已保存，将在 %s 内锚定到链上，届时可取证明文件。", g.cfg.AnchorEvery),
			fmt.Sprintf("The receipt is kept; it will be anchored on the chain within %s, and its proof file can be had then.", g.cfg.AnchorEvery)})
		return
	}
	if err != nil {
		g.lost(w, err)
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="receipt-`+r.PathValue("id")[:16]+`.json"`)
	_, _ = w.Write(file)
}

func (g *Gateway) serveHealth(w http.ResponseWriter, _ *http.Request) {
	h := g.Health()
	status := http.StatusOK
	if !h.OK {
		status = http.StatusServiceUnavailable
	}
	reply(w, status, "application/json; charset=utf-8", h)
}

// lost answers for a receipt that is not there or cannot be read.
func (g *Gateway) lost(w http.ResponseWriter, err error) {
	if !errors.Is(err, pebble.ErrNotFound) {
		g.cfg.Log.Error("a receipt cannot be read", "err", err)
		problem(w, refuse(sourceFails), given{})
		return
	}
	problem(w, refuse(notReceipt), given{})
}

func reply(w http.ResponseWriter, status int, kind string, v any) {
	w.Header().Set("Content-Type", kind)
	w.WriteHeader(status)
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	_ = e.Encode(v)
}

// bearer gives the token of a request, "" when there is none. Tokens are at most 512 bytes.
func bearer(r *http.Request) string {
	scheme, token, ok := strings.Cut(r.Header.Get("Authorization"), " ")
	if !ok || !strings.EqualFold(scheme, "Bearer") || len(token) > 512 {
		return ""
	}
	return strings.TrimSpace(token)
}

// clean gives a grant's number (G- and digits) as it may stand in a receipt; what cannot be one is left out, since a
// stranger may write anything into a path.
func clean(id string) string {
	digits, ok := strings.CutPrefix(id, "G-")
	if !ok || len(digits) == 0 || len(digits) > 12 || strings.Trim(digits, "0123456789") != "" {
		return ""
	}
	return id
}

func receiptID(r *http.Request) ([]byte, bool) {
	text := r.PathValue("id")
	id, err := hex.DecodeString(text)
	return id, err == nil && len(id) == 32 && hex.EncodeToString(id) == text
}
