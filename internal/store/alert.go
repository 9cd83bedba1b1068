package store

import (
	"context"
	"database/sql"
	"time"

	"github.com/kakitome/kakitome/internal/admin"
	"github.com/kakitome/kakitome/internal/fault"
	"github.com/kakitome/kakitome/internal/gate"
)

// Alert raises an alert, or counts it up when one of the same kind and subject
// is open.
func (t *tx) Alert(now time.Time, a gate.Alert) error {
	t.exec(`INSERT INTO alerts (kind, subject, text, first_at, last_at, count) VALUES ($1, $2, $3, $4, $4, $5)
		ON CONFLICT (kind, subject) WHERE acked_at = 0 DO UPDATE
		SET count = alerts.count + excluded.count, last_at = excluded.last_at, text = excluded.text`,
		a.Kind, a.Subject, a.Text, micros(now), max(a.Count, 1))
	return t.err
}

// Audit writes who did what.
func (t *tx) Audit(now time.Time, a gate.Audit) error {
	t.exec(`INSERT INTO audit (at, node, who, act, object, reason) VALUES ($1, $2, $3, $4, $5, $6)`,
		micros(now), t.s.node, a.Who, a.Act, a.Object, a.Reason)
	return t.err
}

// Alerts lists the open alerts, or all, oldest first.
func (s *Store) Alerts(ctx context.Context, all bool) ([]admin.RaisedAlert, error) {
	return s.alerts(ctx, `WHERE $1 = 1 OR acked_at = 0`, bit(all))
}

// AlertsDue lists the open alerts nobody was told of since the time given.
func (s *Store) AlertsDue(ctx context.Context, toldBefore time.Time) ([]admin.RaisedAlert, error) {
	return s.alerts(ctx, `WHERE acked_at = 0 AND told_at <= $1`, micros(toldBefore))
}

func (s *Store) alerts(ctx context.Context, where string, arg int64) (list []admin.RaisedAlert, err error) {
	err = s.read(ctx, "list alerts", func(t *tx) error {
		return t.query(func(r *sql.Rows) error {
			var a admin.RaisedAlert
			var first, last, told, acked int64
			err := r.Scan(&a.ID, &a.Kind, &a.Subject, &a.Text, &first, &last, &a.Count, &told, &acked, &a.AckedBy)
			a.First, a.Last, a.ToldAt, a.AckedAt = timeOf(first), timeOf(last), timeOf(told), timeOf(acked)
			list = append(list, a)
			return err
		}, `SELECT num, kind, subject, text, first_at, last_at, count, told_at, acked_at, acked_by FROM alerts `+where+` ORDER BY num`, arg)
	})
	return list, err
}

// ClaimAlert makes a due alert this node's to tell: for the others it counts as
// told at the time given. It is false when another node was faster.
func (s *Store) ClaimAlert(ctx context.Context, due admin.RaisedAlert, told time.Time) (ours bool, err error) {
	err = s.write(ctx, "claim alert", func(t *tx) error {
		n, err := t.affect(`UPDATE alerts SET told_at = $3 WHERE num = $1 AND told_at = $2 AND acked_at = 0`,
			due.ID, micros(due.ToldAt), micros(told))
		ours = n == 1
		return err
	})
	return ours, err
}

// AlertTold notes that somebody was told.
func (s *Store) AlertTold(ctx context.Context, id int64, now time.Time) error {
	return s.write(ctx, "note alert", func(t *tx) error {
		t.exec(`UPDATE alerts SET told_at = $2 WHERE num = $1`, id, micros(now))
		return nil
	})
}

// AlertAck closes an open alert: a named person has seen it.
func (s *Store) AlertAck(ctx context.Context, id int64, by string, now time.Time) error {
	return s.write(ctx, "acknowledge alert", func(t *tx) error {
		n, err := t.affect(`UPDATE alerts SET acked_at = $2, acked_by = $3 WHERE num = $1 AND acked_at = 0`, id, micros(now), by)
		if err == nil && n == 0 {
			return fault.New(fault.NotFound, "acknowledge alert", "there is no such open alert")
		}
		if err != nil {
			return err
		}
		return t.Audit(now, gate.Audit{Who: by, Act: "alert_ack", Object: "alert " + itoa(id)})
	})
}

// Audited is an act as it is kept.
type Audited struct {
	gate.Audit
	At   time.Time
	Node string
}

// Audits lists the acts since a time, oldest first.
func (s *Store) Audits(ctx context.Context, since time.Time) (list []Audited, err error) {
	err = s.read(ctx, "list acts", func(t *tx) error {
		return t.query(func(r *sql.Rows) error {
			var a Audited
			var at int64
			err := r.Scan(&at, &a.Node, &a.Who, &a.Act, &a.Object, &a.Reason)
			a.At = timeOf(at)
			list = append(list, a)
			return err
		}, `SELECT at, node, who, act, object, reason FROM audit WHERE at >= $1 ORDER BY num`, micros(since))
	})
	return list, err
}
