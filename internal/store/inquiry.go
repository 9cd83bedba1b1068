package store

import (
	"context"
	"database/sql"
	"slices"
	"time"

	"github.com/kakitome/kakitome/internal/check"
	"github.com/kakitome/kakitome/internal/response"
)

// AddPage writes a version of a public page.
func (t *tx) AddPage(p response.Page) error {
	t.exec(`INSERT INTO pages (incident, version, at, hash, doc) VALUES ($1, $2, $3, $4, $5)`, p.Incident, p.Version, micros(p.At), p.Hash, p.Doc)
	return t.err
}

// PublishPage notes that a version is out.
func (t *tx) PublishPage(incident string, version int, at time.Time) error {
	t.exec(`UPDATE pages SET published_at = $3 WHERE incident = $1 AND version = $2 AND published_at = 0`, incident, version, micros(at))
	return t.err
}

// Pages lists the versions of an incident's public page, or of all.
func (s *Store) Pages(ctx context.Context, incident string) (list []response.Page, err error) {
	err = s.read(ctx, "read pages", func(t *tx) error {
		return t.query(func(r *sql.Rows) error {
			var p response.Page
			var at, published int64
			err := r.Scan(&p.Incident, &p.Version, &at, &published, &p.Hash, &p.Doc)
			p.At, p.PublishedAt = timeOf(at), timeOf(published)
			list = append(list, p)
			return err
		}, `SELECT incident, version, at, published_at, hash, doc FROM pages WHERE $1 = '' OR incident = $1 ORDER BY at, incident, version`, incident)
	})
	return list, err
}

// SentTo calls yield for each delivery to a recipient that left or may have,
// newest first, up to most.
func (s *Store) SentTo(ctx context.Context, rcpt key, most int, yield func(response.SentMail) error) error {
	return s.read(ctx, "read what was sent", func(t *tx) error {
		return t.query(func(r *sql.Rows) error {
			var m response.SentMail
			var num, at, ended int64
			var messageID []byte
			var rules string
			var wrong bool
			if err := r.Scan(&num, &m.Mail, &messageID, &m.Stream, &rules, &wrong, &at, &ended); err != nil {
				return err
			}
			m.Delivery, m.MessageID, m.At, m.EndedAt = joinID(m.Mail, num), keyOf(messageID), timeOf(at), timeOf(ended)
			m.Wrong = wrong && slices.ContainsFunc(unpackRules(rules), check.Rule.Exposes)
			return yield(m)
		}, `SELECT d.num, m.id, m.message_id, d.stream, d.rules,
			d.held_at = 0 OR EXISTS (SELECT 1 FROM incident_mails f JOIN incidents i ON i.id = f.incident WHERE f.mail = m.num AND i.drill = 0),
			m.received_at, d.ended_at
			FROM deliveries d JOIN mails m ON m.num = d.num / 65536
			WHERE d.rcpt = $1 AND (d.state = 3 OR d.state = 1 AND (d.lease_until > 0 OR d.uncertain = 1)) ORDER BY d.num DESC LIMIT $2`, rcpt[:], most)
	})
}

// AddInquiry keeps what somebody reported or asked.
func (t *tx) AddInquiry(q response.Inquiry) error {
	t.exec(`INSERT INTO inquiries (ref, kind, at, data) VALUES ($1, $2, $3, $4) ON CONFLICT (ref) DO NOTHING`, q.Ref, q.Kind, micros(q.At), q.Sealed)
	return t.err
}

// Inquiries lists what people reported and asked, oldest first.
func (s *Store) Inquiries(ctx context.Context, since time.Time) (list []response.Inquiry, err error) {
	err = s.read(ctx, "list inquiries", func(t *tx) error {
		return t.query(func(r *sql.Rows) error {
			var q response.Inquiry
			var at int64
			err := r.Scan(&q.Ref, &q.Kind, &at, &q.Sealed)
			q.At = timeOf(at)
			list = append(list, q)
			return err
		}, `SELECT ref, kind, at, data FROM inquiries WHERE at >= $1 ORDER BY num`, micros(since))
	})
	return list, err
}

// AddSelfCheck keeps that somebody asked.
func (t *tx) AddSelfCheck(c response.SelfCheck) error {
	t.exec(`INSERT INTO self_checks (id, incident, at, address, data) VALUES ($1, $2, $3, $4, $5)`,
		c.ID, c.Incident, micros(c.At), c.Address[:], c.Sealed)
	return t.err
}

// RetainAsked deletes the self-checks and inquiries of before the times given.
func (s *Store) RetainAsked(ctx context.Context, checks, inquiries time.Time) error {
	return s.write(ctx, "forget what was asked", func(t *tx) error {
		t.exec(`DELETE FROM self_checks WHERE at < $1`, micros(checks))
		t.exec(`DELETE FROM inquiries WHERE at < $1`, micros(inquiries))
		return t.err
	})
}

const selfCheckColumns = `id, incident, at, address, data, token, until, used FROM self_checks`

func scanSelfCheck(r *sql.Rows) (response.SelfCheck, error) {
	var c response.SelfCheck
	var address, token []byte
	var at, until int64
	err := r.Scan(&c.ID, &c.Incident, &at, &address, &c.Sealed, &token, &until, &c.Used)
	c.At, c.Address, c.Token, c.Until = timeOf(at), keyOf(address), keyOf(token), timeOf(until)
	return c, err
}

// SelfChecks lists those nobody has answered yet, oldest first, up to n.
func (s *Store) SelfChecks(ctx context.Context, n int) (list []response.SelfCheck, err error) {
	err = s.read(ctx, "list self-checks", func(t *tx) error {
		return t.query(func(r *sql.Rows) error {
			c, err := scanSelfCheck(r)
			list = append(list, c)
			return err
		}, `SELECT `+selfCheckColumns+` WHERE answered = 0 ORDER BY num LIMIT $1`, n)
	})
	return list, err
}

// AnswerSelfCheck notes the token that was mailed; a zero one: nothing was.
func (t *tx) AnswerSelfCheck(id string, token key, until time.Time) error {
	t.exec(`UPDATE self_checks SET answered = 1, token = $2, until = $3 WHERE id = $1`, id, orNull(token), micros(until))
	return t.err
}

// UseSelfCheck takes a token that was not used yet and is still good.
func (t *tx) UseSelfCheck(token key, now time.Time) (c response.SelfCheck, ok bool, err error) {
	n, err := t.affect(`UPDATE self_checks SET used = 1 WHERE token = $1 AND used = 0 AND until > $2`, token[:], micros(now))
	if err != nil || n == 0 {
		return c, false, err
	}
	err = t.query(func(r *sql.Rows) error {
		c, err = scanSelfCheck(r)
		return err
	}, `SELECT `+selfCheckColumns+` WHERE token = $1`, token[:])
	return c, true, err
}
