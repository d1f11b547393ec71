package web

import (
	"embed"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"mulu/desk"
	"mulu/notify"
	"mulu/people"
	"mulu/read"
)

//go:embed pages/*.html icons/*.svg words/*.txt static
var files embed.FS

// Config says what the pages work with.
type Config struct {
	Desk    *desk.Desk
	Drafts  *desk.Drafts
	People  *people.People
	Notify  *notify.Notify
	Read    *read.Read
	Chain   Chain // what the chain tells of itself
	Law     Law   // the regulation as it is executed
	Sandbox bool
	Node    string               // this node's id
	Calls   Gateway              // nil where this node has none
	Gateway string               // address where granted data is served, for examples; "" where this node has none
	Now     func() time.Time     // the law's time
	Demo    func() []DemoAccount // accounts that the login page of a sandbox offers
	Secure  bool                 // the pages are behind TLS: cookies are marked so
	Log     *slog.Logger
	Rand    io.Reader
}

// Web is the pages. Its handler may be used by many at once.
type Web struct {
	Config
	shown   map[string]*shown // by language
	listed  []Route
	mux     *http.ServeMux
	imports *imports
	looks   *looks
	guard   *http.CrossOriginProtection
}

// New makes the pages ready: templates and words in both languages are read here, so that a fault shows at the start.
func New(c Config) (*Web, error) {
	w := &Web{Config: c, shown: map[string]*shown{}, listed: routesOf(c.Sandbox), imports: &imports{jobs: map[string]*job{}}, looks: &looks{jobs: map[string]*looking{}}, mux: http.NewServeMux(), guard: http.NewCrossOriginProtection()}
	for _, lang := range Languages {
		s, err := readPages(lang)
		if err != nil {
			return nil, err
		}
		w.shown[lang] = s
	}
	static, err := fs.Sub(files, "static")
	if err != nil {
		return nil, err
	}
	assets := http.StripPrefix("/static/", http.FileServerFS(static))
	w.mux.HandleFunc("GET /static/", func(rw http.ResponseWriter, r *http.Request) {
		rw.Header().Set("Cache-Control", "public, max-age=86400")
		assets.ServeHTTP(rw, r)
	})
	for _, r := range w.listed {
		w.mux.Handle(r.Method+" "+r.Path, w.serve(r))
	}
	w.mux.HandleFunc("/", func(rw http.ResponseWriter, r *http.Request) {
		w.serve(Route{Path: r.URL.Path, For: Everybody, do: (*visit).nowhere}).ServeHTTP(rw, r)
	})
	return w, nil
}

// Handler serves the pages.
func (w *Web) Handler() http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		h := rw.Header()
		h.Set("Content-Security-Policy", "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'self'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("X-Frame-Options", "DENY")
		if w.Secure {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		if !strings.HasPrefix(r.URL.Path, "/static/") {
			h.Set("Cache-Control", "no-store")
		}
		w.mux.ServeHTTP(rw, r)
	})
}
