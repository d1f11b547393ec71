package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestWarehouseAddress(t *testing.T) {
	file := filepath.Join(t.TempDir(), "warehouse")
	if err := os.WriteFile(file, []byte("postgres://mulu:s3cret@db/mulu\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	env := func(name string) string { return map[string]string{"TOWN": "host=db user=mulu password=s3cret"}[name] }
	for _, c := range []struct{ setting, want string }{
		{"postgres://mulu@db/mulu?sslmode=verify-full", "postgres://mulu@db/mulu?sslmode=verify-full"},
		{"postgres://mulu:s3cret@db/mulu", ""},
		{"postgresql://db/mulu?user=mulu&password=s3cret", ""},
		{"postgres://db/mulu?PassWord=s3cret", ""},
		{"postgres://mulu:s3cret@[/", ""},
		{"mysql://db/s3cret", ""},
		{"env:TOWN", "host=db user=mulu password=s3cret"},
		{"env:NONE", ""},
		{"file:" + file, "postgres://mulu:s3cret@db/mulu"},
		{"file:" + file + ".none", ""},
	} {
		p := &Program{getenv: env, settings: Settings{Warehouse: c.setting}}
		got, err := p.warehouseAddress()
		if c.want == "" && err == nil || c.want != "" && (err != nil || got != c.want) {
			t.Errorf("%s: %q, %v", c.setting, got, err)
		}
		if err != nil && strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%s: the error says %v", c.setting, err)
		}
	}
}

func TestWarehouseIsKeptInTheSettings(t *testing.T) {
	m, h := &Main{}, home(t.TempDir())
	if err := h.save(Settings{Node: "n"}); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ say, kept string }{{"env:TOWN", "env:TOWN"}, {"", "env:TOWN"}, {"embedded", ""}} {
		if err := m.keepWarehouse(h, c.say); err != nil {
			t.Fatal(err)
		}
		if s, err := h.load(); err != nil || s.Warehouse != c.kept || s.Node != "n" {
			t.Errorf("after %q: %+v, %v", c.say, s, err)
		}
	}
	if err := m.keepWarehouse(h, "postgres://mulu:s3cret@db/mulu"); err == nil {
		t.Error("a password went into the settings")
	}
}
