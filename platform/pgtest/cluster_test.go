package pgtest

import (
	"os"
	"testing"

	"github.com/jackc/pgx/v5"
)

func TestAClusterRunsStopsAndGoesOn(t *testing.T) {
	ctx := t.Context()
	c := For(t)
	ask := func(text string) (got string, err error) {
		conn, err := pgx.Connect(ctx, c.DSN("application_name=asked"))
		if err != nil {
			return "", err
		}
		defer conn.Close(ctx)
		return got, conn.QueryRow(ctx, text).Scan(&got)
	}
	if got, err := ask("CREATE TABLE kept (v text); INSERT INTO kept VALUES ('x')"); err == nil {
		t.Fatalf("two statements at once gave %q", got)
	}
	for _, end := range []func() error{c.Stop, c.Kill} {
		if got, err := ask("SELECT current_setting('application_name')"); err != nil || got != "asked" {
			t.Fatalf("%q, %v", got, err)
		}
		if err := end(); err != nil {
			t.Fatal(err)
		}
		if _, err := ask("SELECT 'a'"); err == nil {
			t.Fatal("a server that was ended answers")
		}
		if err := c.Resume(ctx); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(c.Dir()); !os.IsNotExist(err) {
		t.Fatalf("it left its folder: %v", err)
	}
}
