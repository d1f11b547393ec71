package source

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/go-sql-driver/mysql"

	"mulu/platform"
)

// openMySQL prepares a pool; nothing is dialled yet. patience bounds each statement at the server.
func openMySQL(c Connection, secret string, reach *Reach, patience time.Duration) (*sql.DB, error) {
	host, _, err := net.SplitHostPort(c.Address)
	if err != nil {
		return nil, fault("address")
	}
	cfg := mysql.NewConfig()
	cfg.Net, cfg.Addr, cfg.DBName, cfg.User, cfg.Passwd = "tcp", c.Address, c.Database, c.User, secret
	cfg.TLS, cfg.DialFunc = c.tls(host), reach.Dial
	cfg.Collation = "utf8mb4_bin"
	cfg.Timeout, cfg.ReadTimeout, cfg.WriteTimeout = dialPatience, patience+2*time.Second, patience+2*time.Second
	cfg.Logger = log.New(io.Discard, "", 0) // errors are given back
	inner, err := mysql.NewConnector(cfg)
	if err != nil {
		return nil, err
	}
	return sql.OpenDB(prepared{inner, func(ctx context.Context, c driver.Conn) error { return beginMySQL(ctx, c, patience) }}), nil
}

// prepared is a connector whose sessions are made ready before anything else happens on them.
type prepared struct {
	driver.Connector
	begin func(context.Context, driver.Conn) error
}

func (p prepared) Connect(ctx context.Context) (driver.Conn, error) {
	c, err := p.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	if err := p.begin(ctx, c); err != nil {
		_ = c.Close()
		return nil, err
	}
	return c, nil
}

// beginMySQL makes a session read-only, of Shanghai's zone, and bounded. MariaDB and MySQL have different words for the bound.
func beginMySQL(ctx context.Context, c driver.Conn, patience time.Duration) error {
	x, ok := c.(driver.ExecerContext)
	q, also := c.(driver.QueryerContext)
	if !ok || !also {
		return errors.New("the driver of MySQL cannot make a session ready")
	}
	version, err := firstValue(ctx, q, "SELECT VERSION()")
	if err != nil {
		return fmt.Errorf("ask for the version: %w", err)
	}
	bound := fmt.Sprintf("SET SESSION max_execution_time = %d", patience.Milliseconds())
	if strings.Contains(version, "MariaDB") {
		bound = fmt.Sprintf("SET SESSION max_statement_time = %.3f", patience.Seconds())
	}
	for _, s := range []string{"SET SESSION TRANSACTION READ ONLY", "SET SESSION time_zone = '+08:00'", "SET SESSION sql_mode = ''", bound} {
		if _, err := x.ExecContext(ctx, s, nil); err != nil {
			return fmt.Errorf("make the session ready: %w", err)
		}
	}
	return nil
}

func firstValue(ctx context.Context, q driver.QueryerContext, statement string) (string, error) {
	rows, err := q.QueryContext(ctx, statement, nil)
	if err != nil {
		return "", err
	}
	defer rows.Close()
	row := make([]driver.Value, len(rows.Columns()))
	if err := rows.Next(row); err != nil {
		return "", err
	}
	b, _ := row[0].([]byte)
	return string(b), nil
}

// maria is the dialect of MySQL and MariaDB.
type maria struct{}

func (maria) quote(name string) string { return "`" + strings.ReplaceAll(name, "`", "``") + "`" }

func (maria) class(t *sql.ColumnType) class {
	switch strings.TrimPrefix(t.DatabaseTypeName(), "UNSIGNED ") {
	case "CHAR", "VARCHAR", "TEXT", "TINYTEXT", "MEDIUMTEXT", "LONGTEXT":
		return text
	case "TINYINT", "SMALLINT", "MEDIUMINT", "INT", "BIGINT", "YEAR":
		return integer
	case "DECIMAL":
		return decimal
	case "FLOAT", "DOUBLE":
		return float
	case "DATE":
		return date
	case "DATETIME":
		return moment
	case "TIMESTAMP":
		return zoned
	case "TIME":
		return clock
	case "BINARY", "VARBINARY", "BLOB", "TINYBLOB", "MEDIUMBLOB", "LONGBLOB":
		return binary
	case "BIT":
		return bits
	case "GEOMETRY":
		return shape
	}
	return other // ENUM, SET, JSON
}

func (maria) show(column string, c class) string {
	switch c {
	case binary:
		return "LOWER(HEX(" + column + "))"
	case bits:
		return "CAST(" + column + " + 0 AS CHAR)"
	case shape:
		return "ST_AsText(" + column + ")"
	}
	return "CAST(" + column + " AS CHAR)"
}

func (m maria) alike(column string, c class) string { return m.show(column, c) }

func (maria) cut(shown string, most int) string {
	return "LEFT(" + shown + ", " + strconv.Itoa(most) + ")"
}

// place: a text compared with a number would make both floating and lose digits, so it is cast to what the column is.
func (maria) place(_ int, c class) string {
	switch c {
	case decimal:
		return "CAST(? AS DECIMAL(65,30))"
	case date:
		return "CAST(? AS DATE)"
	case moment, zoned:
		return "CAST(? AS DATETIME(6))"
	case clock:
		return "CAST(? AS TIME(6))"
	}
	return "?"
}

func (maria) value(c class, v string) (any, bool) {
	if c == integer { // zeros in front are digits where a column fills up with them
		if n, err := strconv.ParseInt(v, 10, 64); err == nil {
			return n, true
		}
		n, err := strconv.ParseUint(v, 10, 64)
		return n, err == nil
	}
	return v, written(c, v)
}

// read: the zero date, which other databases do not know, is no date. Fractions of a second are written as far as they go.
func (maria) read(v any, c class) string {
	var s string
	switch v := v.(type) {
	case []byte:
		s = string(v)
	case string:
		s = v
	}
	switch c {
	case date, moment, zoned:
		if strings.HasPrefix(s, "0000-00-00") {
			return ""
		}
		if whole, fraction, ok := strings.Cut(s, "."); ok {
			if fraction = strings.TrimRight(fraction, "0"); fraction == "" {
				return whole
			}
			return whole + "." + fraction
		}
	}
	return s
}

func (maria) version() string {
	return "SELECT IF(VERSION() LIKE '%MariaDB%', VERSION(), CONCAT('MySQL ', VERSION()))"
}

// failed never repeats what the server says of values, only of names, of itself and of who came.
func (maria) failed(err error) error {
	if errors.Is(err, mysql.ErrInvalidConn) {
		return fmt.Errorf("%w (%w)", platform.ErrAway, err)
	}
	var my *mysql.MySQLError
	if !errors.As(err, &my) {
		return nil
	}
	switch my.Number {
	case 1969, 3024, 1317, 1205: // statement time, execution time, interrupted, lock wait
		return fmt.Errorf("%w (error %d)", platform.ErrSlow, my.Number)
	case 1054, 1146, 1049, 1142, 1143, 1356: // column, table, database gone, table or column denied, view broken
		return fmt.Errorf("%w (%s)", platform.ErrDrift, my.Message)
	case 1040, 1044, 1045, 1053, 1129, 1130, 1203, 1226, 1698, 1927:
		return fmt.Errorf("%w (%s)", platform.ErrAway, my.Message)
	}
	return fmt.Errorf("the database did not carry out the statement (error %d)", my.Number)
}
