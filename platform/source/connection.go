package source

import (
	"crypto/tls"
	"crypto/x509"
	"net"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"
)

// The sorts of sources.
const (
	Postgres = "postgres"
	MySQL    = "mysql" // MariaDB too
	SQLite   = "sqlite"
	API      = "api"
)

// Connection (数据源连接) says where a source is and as whom the node comes. Its password or token is no part of it.
type Connection struct {
	ID       string `json:"id"`                 // called so by the operator
	Org      string `json:"org"`                // the institution whose source it is
	Sort     string `json:"sort"`               // postgres | mysql | sqlite | api
	Address  string `json:"address"`            // host:port; sqlite: absolute path; api: https address under which its paths are
	Database string `json:"database,omitempty"` // postgres, mysql
	User     string `json:"user,omitempty"`     // postgres, mysql
	TLS      string `json:"tls,omitempty"`      // "": the server's certificate is checked; off: no encryption
	CA       string `json:"ca,omitempty"`       // PEM of who signed the server's certificate; "": whom the system trusts
	Header   string `json:"header,omitempty"`   // api: header that carries the token; "": Authorization, as Bearer
}

// Source is the word for mulu.SourceSorts: database or api.
func (c Connection) Source() string {
	if c.Sort == API {
		return "api"
	}
	return "database"
}

// Name is what its database is called; of a file the file's name.
func (c Connection) Name() string {
	if c.Sort == SQLite {
		return filepath.Base(c.Address)
	}
	return c.Database
}

// server tells one server and user from another: a secret that was given for one is never sent to another.
func (c Connection) server() string {
	return strings.Join([]string{c.Sort, c.Address, c.User, c.TLS, c.CA, c.Header}, "\x00") + "\x00\x00"
}

// Sound checks what was written; the source itself is not asked. What is wrong is a *Fault.
func (c Connection) Sound() error {
	switch {
	case !plainID(c.ID):
		return fault("id")
	case c.Org == "":
		return fault("org")
	case c.TLS != "" && c.TLS != "off":
		return fault("tls")
	}
	if c.CA != "" && !x509.NewCertPool().AppendCertsFromPEM([]byte(c.CA)) {
		return fault("ca")
	}
	switch c.Sort {
	case Postgres, MySQL:
		host, port, err := net.SplitHostPort(c.Address)
		if n, e := strconv.ParseUint(port, 10, 16); err != nil || e != nil || n == 0 || host == "" || strings.ContainsAny(host, "/,@ ") {
			return fault("address")
		}
		if c.Database == "" || c.User == "" || strings.ContainsRune(c.Database+c.User, 0) {
			return fault("database")
		}
	case SQLite:
		if !filepath.IsAbs(c.Address) || strings.ContainsRune(c.Address, 0) {
			return fault("file")
		}
	case API:
		u, err := url.Parse(c.Address)
		if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" || u.Scheme != "https" && !(u.Scheme == "http" && c.TLS == "off") {
			return fault("url")
		}
		if strings.Trim(strings.ToLower(c.Header), "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
			return fault("header")
		}
	default:
		return fault("sort", c.Sort)
	}
	return nil
}

// Ours checks that an institution's own people may set a connection. A database file asks for no password, so whoever may name
// one reads it: those are the operator's to give to an institution. What is wrong is a *Fault.
func (c Connection) Ours() error {
	if c.Sort == SQLite {
		return fault("operator")
	}
	return nil
}

func plainID(s string) bool {
	return s != "" && len(s) <= 40 && s[0] >= 'a' && s[0] <= 'z' && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789-") == ""
}

// tls gives the terms of encryption for a host, nil where there is none.
func (c Connection) tls(host string) *tls.Config {
	if c.TLS == "off" {
		return nil
	}
	t := &tls.Config{ServerName: host, MinVersion: tls.VersionTLS12}
	if c.CA != "" {
		t.RootCAs = x509.NewCertPool()
		t.RootCAs.AppendCertsFromPEM([]byte(c.CA))
	}
	return t
}
