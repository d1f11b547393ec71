package gateway

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/cockroachdb/pebble"

	"mulu/platform"
)

// Handler serves
//
//	POST /gateway/{grant}/query    rows through a grant
//	POST /gateway/{grant}/check    whether there is such a row, yes or no
//	POST /gateway/{grant}/export   all rows within the grant as a file
//	GET  /receipts/{id}            a receipt's two lines
//	GET  /receipts/{id}/proof      its proof file, once it is anchored
//	GET  /healthz                  how the gateway does
//
// A receipt's id is 256 bits and tells who holds it that they were given it; receipts hold nothing personal.
func (g *Gateway) Handler() http.Handler {
	m := http.NewServeMux()
	for _, method := range []string{query, check, batch} {
		m.HandleFunc("POST /gateway/{grant}/"+verb(method), func(w http.ResponseWriter, r *http.Request) { g.serveCall(w, r, method) })
	}
	m.HandleFunc("GET /receipts/{id}", g.serveReceipt)
	m.HandleFunc("GET /receipts/{id}/proof", g.serveProof)
	m.HandleFunc("GET /healthz", g.serveHealth)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		m.ServeHTTP(w, r)
	})
}

func (g *Gateway) serveCall(w http.ResponseWriter, r *http.Request, method string) {
	if err := g.ready(); err != nil {
		problem(w, closed(err), given{})
		return
	}
	by, no, err := g.who(bearer(r))
	if no != nil && by.client == "" && !g.stranger.take(g.cfg.Now()) {
		// Strangers must not fill the disk with receipts: beyond their common rate they are not looked at.
		problem(w, &refusal{code: strangers, after: time.Second}, given{})
		return
	}
	c := call{grant: clean(r.PathValue("grant")), method: method, by: by, no: no, err: err}
	if c.body, err = io.ReadAll(io.LimitReader(r.Body, MaxBody+1)); err != nil {
		return // the caller broke off before asking anything
	}
	if method == batch { // a file may take longer to build and to send than a server's timeouts allow; the size is bounded
		_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(2 * g.cfg.BatchTimeout))
	}
	g.answerTo(w, r.Context(), c)
}

// answerTo takes a call through the stations and writes the answer. The receipt is on disk before the first byte leaves.
func (g *Gateway) answerTo(w http.ResponseWriter, ctx context.Context, c call) {
	a, err := g.serve(ctx, c)
	if err != nil {
		problem(w, refuse(noReceipt), given{})
		return
	}
	if a.refusal != nil {
		problem(w, a.refusal, a.receipt)
		return
	}
	w.Header().Set("Mulu-Receipt", a.receipt.id)
	if a.file != nil {
		g.send(w, a)
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	_, _ = w.Write(a.body())
}

// send gives a batch file out.
func (g *Gateway) send(w http.ResponseWriter, a answer) {
	defer a.file.close()
	h := w.Header()
	h.Set("Content-Type", a.file.kind)
	h.Set("Content-Length", strconv.FormatInt(a.file.size, 10))
	h.Set("Content-Disposition", `attachment; filename="`+a.file.name+`"`)
	h.Set("Mulu-N", strconv.FormatUint(a.receipt.n, 10))
	h.Set("Mulu-Version", strconv.Itoa(a.version))
	h.Set("Mulu-Rows", strconv.FormatInt(a.file.rows, 10))
	h.Set("Mulu-Digest", "sm3="+a.file.digest())
	if err := a.file.send(w); err != nil {
		g.cfg.Log.Warn("a batch file was not sent to its end", "receipt", a.receipt.id, "err", err)
	}
}

// body is the answer: a JSON object whose last member is rows or match. The receipt's rows_digest is the SM3 of exactly the
// bytes of that member's value, of rows from "[" to the "]" before the closing brace.
func (a answer) body() []byte {
	b := append([]byte(`{"receipt":"`), a.receipt.id...)
	b = strconv.AppendUint(append(b, `","n":`...), a.receipt.n, 10)
	b = platform.AppendText(append(b, `,"entry":`...), a.entry)
	b = strconv.AppendInt(append(b, `,"version":`...), int64(a.version), 10)
	if a.next != "" {
		b = platform.AppendText(append(b, `,"next":`...), a.next)
	}
	b = append(append(append(b, `,"`...), a.member...), `":`...)
	b = append(b, a.value...)
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
	english := no.detailEn
	if english == "" {
		english = no.detail
	}
	p := problemBody{Type: "urn:mulu:refusal:" + string(no.code), Title: words.zh, TitleEn: words.en, Status: words.status,
		Detail: strings.ReplaceAll(words.mendZh, "{0}", no.detail), DetailEn: strings.ReplaceAll(words.mendEn, "{0}", english),
		Code: no.code, Art: string(words.art)}
	if receipt.id != "" {
		p.Receipt, p.N = receipt.id, &receipt.n
		w.Header().Set("Mulu-Receipt", receipt.id)
	}
	if words.status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", `Bearer realm="mulu gateway"`)
	}
	if words.status == http.StatusTooManyRequests {
		w.Header().Set("Retry-After", strconv.FormatInt(max(1, int64(math.Ceil(no.after.Seconds()))), 10))
	}
	reply(w, words.status, "application/problem+json; charset=utf-8", p)
}

func (g *Gateway) serveReceipt(w http.ResponseWriter, r *http.Request) {
	id, ok := receiptID(r.PathValue("id"))
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
	id, ok := receiptID(r.PathValue("id"))
	if !ok {
		problem(w, refuse(notReceipt), given{})
		return
	}
	if g.receipts.health() != nil {
		problem(w, refuse(noReceipt), given{})
		return
	}
	file, err := g.proof(id)
	if errors.Is(err, ErrNotAnchored) {
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

func receiptID(text string) ([]byte, bool) {
	id, err := hex.DecodeString(text)
	return id, err == nil && len(id) == 32 && hex.EncodeToString(id) == text
}
