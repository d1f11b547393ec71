package source

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"

	"mulu"
	"mulu/platform"
)

// openPostgres prepares a pool; nothing is dialled yet. patience bounds each statement at the server.
func openPostgres(c Connection, secret string, reach *Reach, patience time.Duration) (*sql.DB, error) {
	host, port, err := net.SplitHostPort(c.Address)
	if err != nil {
		return nil, fault("address")
	}
	n, err := strconv.ParseUint(port, 10, 16)
	if err != nil {
		return nil, fault("address")
	}
	// Everything that the library would take from the environment or from files is set here, or set again below.
	cfg, err := pgx.ParseConfig("host=localhost port=1 user=nobody database=nothing sslmode=disable passfile=/dev/null servicefile=/dev/null")
	if err != nil {
		return nil, err
	}
	cfg.Host, cfg.Port, cfg.Database, cfg.User, cfg.Password = host, uint16(n), c.Database, c.User, secret
	cfg.TLSConfig, cfg.Fallbacks, cfg.ValidateConnect = c.tls(host), nil, nil
	cfg.ConnectTimeout = dialPatience
	cfg.DialFunc = reach.Dial
	cfg.LookupFunc = func(_ context.Context, host string) ([]string, error) { return []string{host}, nil } // Dial resolves, and looks at what it got
	cfg.DefaultQueryExecMode = pgx.QueryExecModeDescribeExec                                               // no plan outlives a change of the table
	cfg.RuntimeParams = map[string]string{
		"application_name": "mulu", "client_encoding": "UTF8", "timezone": "<+08>-08", "datestyle": "ISO, YMD", "bytea_output": "hex",
		"extra_float_digits": "1", "default_transaction_read_only": "on",
		"statement_timeout": strconv.FormatInt(patience.Milliseconds(), 10), "lock_timeout": strconv.FormatInt(patience.Milliseconds(), 10),
	}
	return stdlib.OpenDB(*cfg), nil
}

// postgres is the dialect of PostgreSQL and of what speaks its protocol.
type postgres struct{}

func (postgres) quote(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

func (postgres) class(t *sql.ColumnType) class {
	switch t.DatabaseTypeName() {
	case "TEXT", "VARCHAR", "BPCHAR", "NAME", "CHAR":
		return text
	case "INT2", "INT4", "INT8":
		return integer
	case "NUMERIC":
		return decimal
	case "FLOAT4", "FLOAT8":
		return float
	case "BOOL":
		return boolean
	case "DATE":
		return date
	case "TIMESTAMP":
		return moment
	case "TIMESTAMPTZ":
		return zoned
	case "TIME":
		return clock
	case "UUID":
		return uuid
	case "BYTEA":
		return binary
	case "790": // money has no name in the driver
		return money
	}
	return other
}

func (postgres) show(column string, c class) string {
	switch c {
	case money:
		return column + "::numeric::text"
	case binary:
		return "encode(" + column + ", 'hex')"
	}
	return column + "::text"
}

func (p postgres) alike(column string, c class) string { return p.show(column, c) }

func (postgres) cut(shown string, most int) string {
	return "left(" + shown + ", " + strconv.Itoa(most) + ")"
}

func (postgres) place(n int, _ class) string { return "$" + strconv.Itoa(n) }

func (postgres) value(c class, v string) (any, bool) {
	if c == integer && written(c, v) { // one that no integer of eight bytes holds would be an error there
		_, err := strconv.ParseInt(v, 10, 64)
		return v, err == nil
	}
	if c == boolean {
		yes, ok := mulu.ReadLogical(v)
		return strconv.FormatBool(yes), ok
	}
	return v, written(c, v)
}

// read takes the zone off: the session's is that of Shanghai.
func (postgres) read(v any, c class) string {
	s, _ := v.(string)
	if c == zoned {
		return strings.TrimSuffix(s, "+08")
	}
	return s
}

func (postgres) version() string { return "SELECT 'PostgreSQL ' || current_setting('server_version')" }

// failed never repeats what the server says of values, only of names, of itself and of who came.
func (postgres) failed(err error) error {
	var pg *pgconn.PgError
	if !errors.As(err, &pg) {
		var connect *pgconn.ConnectError
		if errors.As(err, &connect) && !errors.Is(err, platform.ErrForbidden) { // what answered speaks something else
			return fmt.Errorf("%w (%w)", platform.ErrAway, err)
		}
		return nil
	}
	switch pg.Code {
	case "57014", "55P03": // statement_timeout, lock_timeout
		return fmt.Errorf("%w (SQLSTATE %s)", platform.ErrSlow, pg.Code)
	case "42703", "42P01", "3F000", "3D000", "42501", "42883", "42809", "42804":
		return fmt.Errorf("%w (%s)", platform.ErrDrift, pg.Message)
	}
	switch pg.Code[:min(2, len(pg.Code))] {
	case "08", "28", "53", "57", "58":
		return fmt.Errorf("%w (%s)", platform.ErrAway, pg.Message)
	}
	return fmt.Errorf("the database did not carry out the statement (SQLSTATE %s)", pg.Code)
}
