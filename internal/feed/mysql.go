package feed

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"database/sql"
	"fmt"
	"net"
	"net/url"
	"os"
	"strings"

	"github.com/go-sql-driver/mysql"

	"github.com/kakitome/kakitome/internal/fault"
)

type mysqlDB struct {
	pool *sql.DB
	conn *sql.Conn
	tx   *sql.Tx
	rows *sql.Rows
}

const mostPacket = 16 << 20

// openMySQL understands mysql://user:password@host:port/name with the
// parameters sslmode (disable, prefer, require, verify-full), sslrootcert and
// socket, as PostgreSQL's URLs have them.
func openMySQL(ctx context.Context, u *url.URL) (*mysqlDB, error) {
	conf, err := mysqlConfig(u)
	if err != nil {
		return nil, err
	}
	connector, err := mysql.NewConnector(conf)
	if err != nil {
		return nil, fault.New(fault.Invalid, op, "the DSN is no MySQL URL").WithHint("mysql://user:password@host:3306/name")
	}
	db := &mysqlDB{pool: sql.OpenDB(connector)}
	db.pool.SetMaxOpenConns(1)
	if err := db.begin(ctx); err != nil {
		db.close()
		return nil, err
	}
	return db, nil
}

func (db *mysqlDB) begin(ctx context.Context) (err error) {
	if db.conn, err = db.pool.Conn(ctx); err != nil {
		return err
	}
	var version string
	if err := db.conn.QueryRowContext(ctx, `SELECT VERSION()`).Scan(&version); err != nil {
		return err
	}
	limit := fmt.Sprintf(`SET SESSION max_execution_time = %d`, longest.Milliseconds())
	if strings.Contains(version, "MariaDB") {
		limit = fmt.Sprintf(`SET SESSION max_statement_time = %d`, int(longest.Seconds()))
	}
	// What commits by itself, such as DROP TABLE, leaves a transaction, but not the session.
	for _, set := range []string{limit, `SET SESSION time_zone = '+00:00'`, `SET SESSION TRANSACTION READ ONLY`} {
		if _, err := db.conn.ExecContext(ctx, set); err != nil {
			return err
		}
	}
	db.tx, err = db.conn.BeginTx(ctx, &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true})
	return err
}

func mysqlConfig(u *url.URL) (*mysql.Config, error) {
	conf := mysql.NewConfig()
	conf.User = u.User.Username()
	conf.Passwd, _ = u.User.Password()
	conf.DBName = strings.TrimPrefix(u.Path, "/")
	conf.Addr = u.Host
	if u.Port() == "" {
		conf.Addr = net.JoinHostPort(u.Hostname(), "3306")
	}
	conf.Net = "tcp"
	conf.Timeout = patience
	conf.MaxAllowedPacket = mostPacket
	conf.Logger = &mysql.NopLogger{}
	if err := conf.Apply(mysql.Charset("utf8mb4", "")); err != nil {
		return nil, fault.Wrap(fault.Internal, op, "the charset is not known", err)
	}
	q := u.Query()
	for name := range q {
		if name != "sslmode" && name != "sslrootcert" && name != "socket" {
			return nil, fault.New(fault.Invalid, op, "the DSN has a parameter that is not known").WithHint("known are sslmode, sslrootcert and socket")
		}
	}
	if socket := q.Get("socket"); socket != "" {
		conf.Net, conf.Addr = "unix", socket
	}
	return conf, mysqlTLS(conf, u.Hostname(), q.Get("sslmode"), q.Get("sslrootcert"))
}

func mysqlTLS(conf *mysql.Config, host, mode, roots string) error {
	switch mode {
	case "disable":
		conf.TLSConfig = "false"
		return nil
	case "", "prefer":
		conf.TLSConfig = "preferred"
		return nil
	case "require":
		conf.TLSConfig = "skip-verify"
		return nil
	case "verify-full":
	default:
		return fault.New(fault.Invalid, op, "the DSN's sslmode is not known").WithHint("disable, prefer, require or verify-full")
	}
	conf.TLS = &tls.Config{ServerName: host, MinVersion: tls.VersionTLS12}
	if roots == "" {
		return nil
	}
	pem, err := os.ReadFile(roots) //nolint:gosec // the operator's own file
	if err != nil {
		return fault.Wrap(fault.Invalid, op, "the file sslrootcert names cannot be read", err)
	}
	conf.TLS.RootCAs = x509.NewCertPool()
	if !conf.TLS.RootCAs.AppendCertsFromPEM(pem) {
		return fault.New(fault.Invalid, op, "the file sslrootcert names holds no certificate")
	}
	return nil
}

// close ends what may still be asked by closing the connection first: closing
// the rows alone would read all that were not.
func (db *mysqlDB) close() {
	if db.conn != nil {
		_ = db.conn.Raw(func(c any) error {
			if closer, ok := c.(interface{ Close() error }); ok {
				_ = closer.Close()
			}
			return nil
		})
	}
	if db.rows != nil {
		_ = db.rows.Close()
	}
	_ = db.pool.Close()
}

func (db *mysqlDB) quote(name string) string { return "`" + strings.ReplaceAll(name, "`", "``") + "`" }

// parameter is cast where MySQL would compare as floating-point numbers.
func (db *mysqlDB) parameter(since *place) string {
	switch since.kind {
	case integers:
		return "CAST(? AS DECIMAL(20))"
	case decimals:
		return "CAST(? AS DECIMAL(65,20))"
	default:
		return "?"
	}
}

func (db *mysqlDB) ask(ctx context.Context, query string, since *place) (answer, error) {
	var args []any
	if since != nil {
		args = append(args, since.bound())
	}
	rows, err := db.tx.QueryContext(ctx, query, args...) //nolint:sqlclosecheck,rowserrcheck // closed after the connection; asked for by next
	if err != nil {
		return nil, err
	}
	db.rows = rows
	types, err := rows.ColumnTypes()
	if err != nil {
		return nil, err
	}
	a := &mysqlAnswer{rows: rows, raw: make([]sql.RawBytes, len(types)), dest: make([]any, len(types))}
	for i, t := range types {
		a.dest[i] = &a.raw[i]
		name := t.DatabaseTypeName()
		c := column{t.Name(), texts}
		switch name {
		case "TINYINT", "SMALLINT", "MEDIUMINT", "INT", "BIGINT", "UNSIGNED TINYINT", "UNSIGNED SMALLINT", "UNSIGNED MEDIUMINT", "UNSIGNED INT", "UNSIGNED BIGINT", "YEAR":
			c.kind = integers
		case "DECIMAL", "FLOAT", "DOUBLE":
			c.kind = decimals
		case "DATETIME", "DATE":
			c.kind = times
		case "TIMESTAMP": // written in the zone of the session, UTC
			c.kind = instants
		}
		a.list, a.bits = append(a.list, c), append(a.bits, name == "BIT")
	}
	return a, nil
}

type mysqlAnswer struct {
	rows *sql.Rows
	list []column
	bits []bool // columns of bits: one is a truth value
	raw  []sql.RawBytes
	dest []any
}

func (a *mysqlAnswer) columns() []column { return a.list }

func (a *mysqlAnswer) next(cells []cell) (bool, error) {
	if !a.rows.Next() {
		return false, a.rows.Err()
	}
	if err := a.rows.Scan(a.dest...); err != nil {
		return false, err
	}
	for i, raw := range a.raw {
		cells[i] = cell{string(raw), raw == nil}
		if a.bits[i] && len(raw) == 1 {
			cells[i].text = fmt.Sprint(raw[0])
		}
	}
	return true, nil
}
