package main

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"mulu/chain"
	"mulu/notify"
	"mulu/sm"
)

// Settings is config.json of a home: what a node needs to know beyond its chain. The comments are its manual.
type Settings struct {
	// Node is this node's id on the chain.
	Node string `json:"node"`
	// Listen is the address for other nodes, "" when it stands alone.
	Listen string `json:"listen,omitempty"`
	// Peers are the other nodes, each <node id>@host:port.
	Peers []string `json:"peers,omitempty"`
	// Gateway is the address where granted data is served, loopback unless a TLS front stands before it. "" = none.
	Gateway string `json:"gateway"`
	// Pages is the address of the pages and of the interface for machines, loopback unless a TLS front stands before it. "" = none.
	Pages string `json:"pages,omitempty"`
	// Warehouse is where rows are kept: "" = in the home; postgres://… = in that database, without a password; env:NAME or
	// file:PATH = where that variable or file says, which may hold one. See docs/operating.md, Warehouse.
	Warehouse string `json:"warehouse,omitempty"`
	// Reach lists what may be reached of data that stays with its owner: "host:port", "10.1.0.0/16:5432", or "/folder" for files of
	// SQLite. Nothing else is ever dialled or opened.
	Reach []string `json:"reach,omitempty"`
	// Metrics is the address of the figures for Prometheus. "" = none.
	Metrics string `json:"metrics,omitempty"`
	// Mail is how reminders are mailed; absent = not at all. See docs/operating.md, Reminders.
	Mail *notify.MailSettings `json:"mail,omitempty"`
	// Hooks lists the hosts that webhooks may reach; nobody else is ever called.
	Hooks []string `json:"hooks,omitempty"`
	// TLS says that such a front stands before the pages: cookies are then given for TLS only.
	TLS bool `json:"tls,omitempty"`
}

// home is a node's folder.
type home string

func (h home) path(parts ...string) string {
	return filepath.Join(append([]string{string(h)}, parts...)...)
}
func (h home) chain() string    { return h.path("chain") }
func (h home) keys() string     { return h.path("keys") }
func (h home) reads() string    { return h.path("read.db") }
func (h home) socket() string   { return h.path("control.sock") }
func (h home) settings() string { return h.path("config.json") }

func (h home) load() (Settings, error) {
	var s Settings
	raw, err := os.ReadFile(h.settings())
	if errors.Is(err, fs.ErrNotExist) {
		return s, &noHome{h}
	}
	if err != nil {
		return s, fmt.Errorf("read the settings: %w", err)
	}
	if err := json.Unmarshal(raw, &s); err != nil {
		return s, fmt.Errorf("%s is not readable as settings: %w", h.settings(), err)
	}
	return s, nil
}

func (h home) save(s Settings) error {
	raw, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(h.settings(), append(raw, '\n'), 0o600)
}

// sandboxPassphrase opens a sandbox's keys; they protect nothing.
const sandboxPassphrase = "sandbox"

// passphrase opens the keys of a home: from the file that --passphrase-file names, or MULU_PASSPHRASE. A sandbox needs none.
func (m *Main) passphrase(file string, sandbox bool) (string, error) {
	if file != "" {
		raw, err := os.ReadFile(file)
		if err != nil {
			return "", fmt.Errorf("read the passphrase: %w", err)
		}
		pass := strings.TrimRight(string(raw), "\r\n")
		if pass == "" {
			return "", errors.New(m.t("口令文件是空的："+file, "the passphrase file is empty: "+file))
		}
		return pass, nil
	}
	if p := m.Getenv("MULU_PASSPHRASE"); p != "" {
		return p, nil
	}
	if sandbox {
		return sandboxPassphrase, nil
	}
	return "", errors.New(m.t("需要密钥口令：用 --passphrase-file 指定文件，或设环境变量 MULU_PASSPHRASE",
		"a passphrase is needed: name a file with --passphrase-file, or set MULU_PASSPHRASE"))
}

// open gives the keys of a home and whether its chain is a sandbox.
func (m *Main) openKeys(h home, file string) (sm.Keys, string, error) {
	g, _, err := chain.ReadGenesis(h.chain())
	if err != nil {
		return nil, "", err
	}
	pass, err := m.passphrase(file, g.Sandbox)
	if err != nil {
		return nil, "", err
	}
	keys, err := sm.FileKeys(h.keys(), pass, rand.Reader)
	return keys, pass, err
}

// heading says what a command is, above its help.
func (m *Main) heading(name string) {
	for _, c := range m.commands() {
		if c.name == name {
			fmt.Fprintf(m.Out, "mulu %s %s\n  %s\n\n", c.name, c.args, m.t(c.zh, c.en))
		}
	}
}

// flags makes a command's flag set with --home.
func (m *Main) flags(name string) (*flag.FlagSet, *string) {
	f := flag.NewFlagSet("mulu "+name, flag.ContinueOnError)
	f.SetOutput(m.Out)
	f.Usage = func() {
		m.heading(name)
		f.PrintDefaults()
	}
	dir := m.Getenv("MULU_HOME")
	if dir == "" {
		dir = "mulu-data"
	}
	return f, f.String("home", dir, m.t("节点目录（或环境变量 MULU_HOME）", "the node's folder (or MULU_HOME)"))
}
