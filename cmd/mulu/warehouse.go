package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"regexp"
	"runtime"
	"strings"
	"time"

	"mulu/platform"
	"mulu/sm"
)

// warehouseAddress gives the address of the database that a setting names: itself, or what stands in the environment
// (env:NAME) or in a file (file:PATH). Only those two may hold a password: a setting is copied with every backup, and an
// option can be read by everybody on the machine.
func (p *Program) warehouseAddress() (string, error) {
	setting := p.settings.Warehouse
	kind, name, _ := strings.Cut(setting, ":")
	switch kind {
	case "env":
		if address := p.getenv(name); address != "" {
			return address, nil
		}
		return "", fmt.Errorf("the warehouse's address is to stand in the environment variable %s, which is empty", name)
	case "file":
		raw, err := os.ReadFile(name)
		if err != nil {
			return "", fmt.Errorf("read the warehouse's address: %w", err)
		}
		return strings.TrimSpace(string(raw)), nil
	}
	return setting, checkWarehouse(setting)
}

// keyword finds a password in an address of the form name=value ….
var keyword = regexp.MustCompile(`(?i)\bpassword\s*=`)

// checkWarehouse refuses a setting that is no address, or holds a password. It never repeats the setting, which might.
func checkWarehouse(setting string) error {
	kind, _, _ := strings.Cut(setting, ":")
	switch kind {
	case "", "env", "file":
		return nil
	case "postgres", "postgresql":
	default:
		return errors.New("the warehouse is postgres://…, env:NAME or file:PATH, see docs/operating.md")
	}
	u, err := url.Parse(setting)
	if err != nil {
		return errors.New("the warehouse's address cannot be understood, see docs/operating.md")
	}
	if _, has := u.User.Password(); has || keyword.MatchString(u.RawQuery) {
		return errors.New("the warehouse's address holds a password; put the address into the environment (env:NAME) or a file of its own (file:PATH), or the password where PostgreSQL looks for it (PGPASSWORD, ~/.pgpass), see docs/operating.md")
	}
	return nil
}

// keepWarehouse puts what --warehouse says into the settings, so that the next start finds the same data without it.
func (m *Main) keepWarehouse(h home, setting string) error {
	if setting == "" {
		return nil
	}
	if setting == "embedded" {
		setting = ""
	}
	if err := checkWarehouse(setting); err != nil {
		return err
	}
	s, err := h.load()
	if err != nil || s.Warehouse == setting {
		return err
	}
	s.Warehouse = setting
	return h.save(s)
}

// openWarehouse opens the engine that keeps the rows, behind the vault's keyring.
func (p *Program) openWarehouse(ctx context.Context) (platform.Engine, error) {
	ring, err := p.vault.Keyring(ctx, "warehouse")
	if err != nil {
		return nil, err
	}
	if p.settings.Warehouse == "" {
		engine, err := platform.OpenEmbedded(p.home.path("platform"), sm.New, runtime.NumCPU())
		if err != nil {
			return nil, err
		}
		engine.Failed = func(err error) {
			p.log.Error("the warehouse could not write rows by columns; scans read them by rows", "error", err)
		}
		return platform.Seal(engine, ring, platform.SealsByGrade), nil
	}
	address, err := p.warehouseAddress()
	if err != nil {
		return nil, err
	}
	engine, err := platform.OpenPostgres(address, runtime.NumCPU())
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	if err := engine.Ping(ctx); err != nil { // the node starts; what needs the rows says so until the database is there
		p.log.Warn("the warehouse cannot be reached yet", "error", err)
	}
	return platform.Seal(engine, ring, platform.SealsByGrade), nil
}
