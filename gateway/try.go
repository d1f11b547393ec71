package gateway

import (
	"bytes"
	"context"
	"net/http"
)

// Trial is a call that somebody makes on a page of their institution: Org and Person (the opaque id that acts carry too),
// the grant, the method, and the request as JSON.
type Trial struct {
	Org, Person, Grant, Method string
	Body                       []byte
}

// Try takes a trial through the same stations as a machine's call; its receipt names the person in the place of a client,
// and it counts. A batch file is bounded to MaxTry bytes.
func (g *Gateway) Try(ctx context.Context, t Trial) (status int, kind string, body []byte) {
	w := &kept{header: http.Header{}, status: http.StatusOK}
	if err := g.ready(); err != nil {
		problem(w, closed(err), given{})
	} else {
		c := call{grant: clean(t.Grant), method: t.Method, body: t.Body[:min(len(t.Body), MaxBody+1)], most: MaxTry}
		if verb(c.method) == "" {
			c.method = query // as for any other method that a grant is not for
		}
		c.by, c.no, c.err = g.trier(t.Org, t.Person)
		g.answerTo(w, ctx, c)
	}
	return w.status, w.header.Get("Content-Type"), w.body.Bytes()
}

// kept is an answer kept in memory.
type kept struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (k *kept) Header() http.Header         { return k.header }
func (k *kept) WriteHeader(status int)      { k.status = status }
func (k *kept) Write(b []byte) (int, error) { return k.body.Write(b) }

// verb is the last part of the path at which a method is called; "" for a method that is not called here.
func verb(method string) string {
	switch method {
	case query, check:
		return method
	case batch:
		return "export"
	}
	return ""
}
