package feed

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"github.com/kakitome/kakitome/internal/fault"
)

type postgres struct {
	conn *pgx.Conn
	tx   pgx.Tx
}

func openPostgres(ctx context.Context, dsn string) (*postgres, error) {
	conf, err := pgx.ParseConfig(dsn)
	if err != nil { // the text of err may hold the password
		return nil, fault.New(fault.Invalid, op, "the DSN is no PostgreSQL URL").
			WithHint("postgres://user:password@host/name?sslmode=verify-full; a file it names may be missing")
	}
	conn, err := pgx.ConnectConfig(ctx, conf)
	if err != nil {
		return nil, err
	}
	db := &postgres{conn: conn}
	if db.tx, err = conn.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}); err == nil {
		_, err = db.tx.Exec(ctx, fmt.Sprintf(`SET LOCAL statement_timeout = %d; SET LOCAL "TimeZone" = 'UTC'; SET LOCAL "DateStyle" = 'ISO, YMD'`,
			longest.Milliseconds()), pgx.QueryExecModeSimpleProtocol)
	}
	if err != nil {
		db.close()
		return nil, err
	}
	return db, nil
}

func (db *postgres) close() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	_ = db.conn.Close(ctx) // the server ends the transaction, and what it may still be asked
}

func (db *postgres) quote(name string) string { return pgx.Identifier{name}.Sanitize() }

// parameter has the type of what it is compared to: the text is read as such.
func (db *postgres) parameter(*place) string { return "$1" }

// ask lets every value come as the text PostgreSQL writes. Nothing is prepared
// under a name: a pooler may stand between.
func (db *postgres) ask(ctx context.Context, query string, since *place) (answer, error) {
	args := []any{pgx.QueryExecModeDescribeExec, pgx.QueryResultFormats{pgx.TextFormatCode}}
	if since != nil {
		args = append(args, since.bound())
	}
	rows, err := db.tx.Query(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	a := &postgresAnswer{rows: rows}
	a.first = rows.Next() // an error of the question comes with the first row
	return a, rows.Err()
}

type postgresAnswer struct {
	rows  pgx.Rows
	first bool
}

func (a *postgresAnswer) columns() []column {
	var list []column
	for _, f := range a.rows.FieldDescriptions() {
		c := column{f.Name, texts}
		switch f.DataTypeOID {
		case pgtype.Int2OID, pgtype.Int4OID, pgtype.Int8OID:
			c.kind = integers
		case pgtype.NumericOID, pgtype.Float4OID, pgtype.Float8OID:
			c.kind = decimals
		case pgtype.TimestampOID, pgtype.DateOID:
			c.kind = times
		case pgtype.TimestamptzOID:
			c.kind = instants
		}
		list = append(list, c)
	}
	return list
}

func (a *postgresAnswer) next(cells []cell) (bool, error) {
	if !a.first && !a.rows.Next() {
		return false, a.rows.Err()
	}
	a.first = false
	for i, raw := range a.rows.RawValues() {
		cells[i] = cell{string(raw), raw == nil}
	}
	return true, nil
}
