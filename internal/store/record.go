package store

import (
	"database/sql"

	"github.com/kakitome/kakitome/internal/fault"
	"github.com/kakitome/kakitome/internal/gate"
)

// partBytes is the size of the parts in which a body is kept.
const partBytes = 1 << 20

// Parts of a mail's contents: the explanation, and from here on the body.
const (
	partVerdict = 0
	partBody    = 1
)

// Record writes decided mails. It carries out the effects on the counts; a
// tripped stream and what is to be recalled are the caller's to Pause and
// Recall, since they want to tell somebody.
func (t *tx) Record(mails []*gate.Mail) error {
	if len(mails) == 0 || t.err != nil {
		return t.err
	}
	nums, err := t.insertMails(mails)
	if err != nil {
		return err
	}
	var contents, deliveries, exposures rows
	var adopted []any
	for _, m := range mails {
		num := nums[m.ID]
		body := m.Body
		if m.Staged {
			body = nil // it is there already
			adopted = append(adopted, m.ID)
		}
		addContents(&contents, m.ID, m.Verdict, body)
		for i := range m.Deliveries {
			if err := addDelivery(&deliveries, &exposures, m, num, &m.Deliveries[i]); err != nil {
				return err
			}
		}
		if err := t.recordLeaf(m); err != nil {
			return err
		}
	}
	t.insert(`INSERT INTO contents (mail, part, data)`, &contents, "")
	t.insert(`INSERT INTO deliveries (num, stream, rcpt, sealed, state, rules, due, stale_at, lease_node, lease_until,
		attempt, uncertain, held_at, ended_at, judged_at)`, &deliveries, "")
	t.insertExposures(&exposures)
	t.execIn(`DELETE FROM staged WHERE mail IN ($IN)`, nil, adopted)
	t.effects(mails, nums)
	return t.err
}

func (t *tx) insertMails(mails []*gate.Mail) (map[string]int64, error) {
	var list, streams rows
	known := map[string]bool{}
	for _, m := range mails {
		if len(m.Deliveries) > perMail {
			return nil, fault.Newf(fault.TooLarge, "record mail", "more than %d recipients", perMail)
		}
		list.add(m.ID, m.Stream, m.Node, micros(m.ReceivedAt), m.Size, notNull(m.Key), notNull(m.Envelope),
			m.Digest[:], m.MessageID[:], m.Unread, m.RosterVersion, m.PolicyVersion)
		if !known[m.Stream] {
			known[m.Stream] = true
			streams.add(m.Stream)
		}
	}
	t.insert(`INSERT INTO streams (name)`, &streams, "ON CONFLICT (name) DO NOTHING")
	nums := make(map[string]int64, len(mails))
	err := t.insertReturning(`INSERT INTO mails (id, stream, node, received_at, size, key, envelope, digest, message_id,
		unread, roster_version, policy_version)`, &list, "RETURNING num, id", func(r *sql.Rows) error {
		var num int64
		var id string
		if err := r.Scan(&num, &id); err != nil {
			return err
		}
		nums[id] = num
		return nil
	})
	return nums, err
}

func addContents(r *rows, mail string, verdict, body []byte) {
	if verdict != nil {
		r.add(mail, partVerdict, verdict)
	}
	for part := partBody; len(body) > 0; part++ {
		n := min(len(body), partBytes)
		r.add(mail, part, body[:n])
		body = body[n:]
	}
}

func addDelivery(deliveries, exposures *rows, m *gate.Mail, num int64, d *gate.Delivery) error {
	mail, n, err := splitID(d.ID)
	if err != nil || mail != m.ID {
		return fault.New(fault.Internal, "record mail", "a delivery is not named after its mail")
	}
	leased := ""
	if !d.Lease.IsZero() {
		leased = m.Node
	}
	num = num*perMail + n
	deliveries.add(num, m.Stream, d.Recipient[:], notNull(d.Sealed), int64(d.State), packRules(d.Rules), micros(d.Due), micros(d.StaleAt),
		leased, micros(d.Lease), d.Attempt, bit(d.Uncertain), micros(d.HeldAt), micros(d.EndedAt), d.JudgedAt)
	addExposures(exposures, num, d)
	return nil
}

func addExposures(r *rows, num int64, d *gate.Delivery) {
	for i := range d.Exposures {
		e := &d.Exposures[i]
		r.add(num, i, orNull(e.Person), e.Ident[:], int64(e.Kind), bit(e.Own))
	}
}

func (t *tx) insertExposures(r *rows) {
	t.insert(`INSERT INTO exposures (delivery, n, person, ident, kind, own)`, r, "")
}

// notNull is b, empty instead of nil.
func notNull(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}
