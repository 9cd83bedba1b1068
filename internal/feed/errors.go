package feed

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"os"

	"github.com/go-sql-driver/mysql"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/kakitome/kakitome/internal/fault"
)

var errPatience = errors.New("no row came")

// outside gives an error of a database the words that may be shown. A server's
// own text is shown where it is about the query or the login, never where it may
// quote a value.
func outside(ctx context.Context, err error) error {
	var known *fault.Error
	if errors.As(err, &known) {
		return err
	}
	if errors.Is(context.Cause(ctx), errPatience) {
		return fault.Newf(fault.Unavailable, op, "the shop's database gave no row for %s", patience)
	}
	if ctx.Err() != nil {
		return fault.Wrap(fault.Unavailable, op, "the sync was given up", ctx.Err())
	}
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return fault.New(fault.Invalid, op, "the shop's database says: "+shown(pg.Code, pg.Message, postgresShows(pg.Code)))
	}
	var my *mysql.MySQLError
	if errors.As(err, &my) {
		return fault.New(fault.Invalid, op, "the shop's database says: "+shown(fmt.Sprint(my.Number), my.Message, mysqlShows(my.Number)))
	}
	return fault.New(fault.Unavailable, op, "the shop's database cannot be reached: "+reason(err))
}

func shown(code, text string, all bool) string {
	if !all {
		return "error " + code
	}
	return text + " (" + code + ")"
}

// postgresShows tells classes of errors that are about the query's words, the
// login or the name of the database (PostgreSQL, appendix A).
func postgresShows(code string) bool {
	switch code[:2] {
	case "42", "28", "3D", "53", "57", "25":
		return true
	}
	return false
}

// mysqlShows tells errors that are about the query's words, the login or names
// (MariaDB, "MariaDB error codes").
func mysqlShows(number uint16) bool {
	switch number {
	case 1044, 1045, // access denied
		1049, 1054, 1060, 1064, 1109, 1142, 1143, 1146, 1305, // not known, twice, syntax, not allowed
		1792,       // read-only transaction
		1969, 3024, // took too long
		1040, 1226: // too many connections
		return true
	}
	return false
}

// reason says why a database cannot be reached, without saying where it is.
func reason(err error) string {
	var dns *net.DNSError
	var host x509.HostnameError
	var verify *tls.CertificateVerificationError
	var sys *os.SyscallError
	var timeout net.Error
	switch {
	case errors.As(err, &dns):
		return "its name is not known"
	case errors.As(err, &host):
		return "its certificate is of another name"
	case errors.As(err, &verify):
		return "its certificate is not trusted"
	case errors.Is(err, mysql.ErrNoTLS):
		return "it offers no TLS"
	case errors.As(err, &sys):
		return sys.Err.Error()
	case errors.As(err, &timeout) && timeout.Timeout():
		return "it does not answer in time"
	}
	return "the connection was refused or lost"
}
