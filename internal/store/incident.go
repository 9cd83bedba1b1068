package store

import (
	"context"
	"database/sql"
	"time"

	"github.com/kakitome/kakitome/internal/custody"
	"github.com/kakitome/kakitome/internal/fault"
	"github.com/kakitome/kakitome/internal/incident"
	"github.com/kakitome/kakitome/internal/response"
	"github.com/kakitome/kakitome/internal/scope"
	"github.com/kakitome/kakitome/internal/survey"
)

var errNoIncident = fault.New(fault.NotFound, "read incident", "there is no such incident").WithHint("kakitome incident list")

// Survey runs fn in one write transaction, as Write does.
func (s *Store) Survey(ctx context.Context, fn func(survey.Tx) error) error {
	return s.write(ctx, "survey", func(t *tx) error { return fn(t) })
}

// Respond runs fn in one write transaction, as Write does.
func (s *Store) Respond(ctx context.Context, fn func(response.Tx) error) error {
	return s.write(ctx, "respond", func(t *tx) error { return fn(t) })
}

const storedColumns = `id, opened_at, state, drill, closed_at, key`

func scanStored(r *sql.Rows) (response.Stored, error) {
	var i response.Stored
	var opened, closed int64
	err := r.Scan(&i.ID, &opened, &i.State, &i.Drill, &closed, &i.Key)
	i.OpenedAt, i.ClosedAt = timeOf(opened), timeOf(closed)
	return i, err
}

// Incidents lists all incidents, oldest first.
func (s *Store) Incidents(ctx context.Context) (list []response.Stored, err error) {
	err = s.read(ctx, "list incidents", func(t *tx) error {
		return t.query(func(r *sql.Rows) error {
			i, err := scanStored(r)
			list = append(list, i)
			return err
		}, `SELECT `+storedColumns+` FROM incidents ORDER BY num`)
	})
	return list, err
}

// Course reads an incident with its events.
func (s *Store) Course(ctx context.Context, id string) (i response.Stored, events []response.SealedEvent, err error) {
	err = s.read(ctx, "read incident", func(t *tx) error {
		i, events, err = t.course(id, "")
		return err
	})
	return i, events, err
}

// Course reads an incident with its events, to go on with it: no other
// transaction does until this one is over.
func (t *tx) Course(id string) (response.Stored, []response.SealedEvent, error) {
	return t.course(id, t.s.engine.forUpdate)
}

func (t *tx) course(id, lock string) (i response.Stored, events []response.SealedEvent, err error) {
	found := false
	err = t.query(func(r *sql.Rows) error {
		found = true
		i, err = scanStored(r)
		return err
	}, `SELECT `+storedColumns+` FROM incidents WHERE id = $1`+lock, id)
	if err != nil {
		return i, nil, err
	}
	if !found {
		return i, nil, errNoIncident
	}
	err = t.query(func(r *sql.Rows) error {
		var e response.SealedEvent
		var at int64
		err := r.Scan(&e.N, &at, &e.Kind, &e.By, &e.Sealed)
		e.At = timeOf(at)
		events = append(events, e)
		return err
	}, `SELECT n, at, kind, who, data FROM incident_events WHERE incident = $1 ORDER BY n`, id)
	return i, events, err
}

// OpenIncident begins an incident.
func (t *tx) OpenIncident(i response.Stored) error {
	t.exec(`INSERT INTO incidents (id, opened_at, state, drill, key) VALUES ($1, $2, $3, $4, $5)`,
		i.ID, micros(i.OpenedAt), int64(i.State), bit(i.Drill), i.Key)
	return t.err
}

// AppendEvent adds the next event of a course.
func (t *tx) AppendEvent(id string, e response.SealedEvent, state incident.State) error {
	t.exec(`INSERT INTO incident_events (incident, n, at, kind, who, data) VALUES ($1, $2, $3, $4, $5, $6)`,
		id, e.N, micros(e.At), string(e.Kind), e.By, e.Sealed)
	closed := int64(0)
	if e.Kind == incident.Closed {
		closed = micros(e.At)
	}
	t.exec(`UPDATE incidents SET state = $2, closed_at = CASE WHEN CAST($3 AS BIGINT) > 0 THEN $3 ELSE closed_at END WHERE id = $1`, id, int64(state), closed)
	return t.err
}

// EraseIncident destroys an incident's key, and with it all that is sealed
// under it; contacts and the data of letters go too.
func (t *tx) EraseIncident(id string) error {
	t.exec(`UPDATE incidents SET key = NULL WHERE id = $1`, id)
	t.exec(`DELETE FROM incident_contacts WHERE incident = $1`, id)
	t.exec(`UPDATE letters SET data = $2, answers = NULL, token = NULL, code = NULL WHERE incident = $1`, id, []byte{})
	t.exec(`DELETE FROM self_checks WHERE incident = $1`, id)
	return t.err
}

// BlockFor blocks identifiers for an incident, and returns how many were not
// blocked before.
func (t *tx) BlockFor(id string, now time.Time, idents []key) (n int, err error) {
	var list keySet
	list.add(idents...)
	for _, ident := range list.list {
		added, err := t.affect(`INSERT INTO blocked (ident, at) VALUES ($1, $2) ON CONFLICT (ident) DO NOTHING`, ident, micros(now))
		if err != nil {
			return n, err
		}
		if added > 0 {
			n++
			t.exec(`INSERT INTO incident_blocks (incident, ident) VALUES ($1, $2) ON CONFLICT (incident, ident) DO NOTHING`, id, ident)
		}
	}
	return n, t.err
}

// UnblockFor lifts what an incident blocked, and returns how many.
func (t *tx) UnblockFor(id string) (int, error) {
	n, err := t.affect(`DELETE FROM blocked WHERE ident IN (SELECT ident FROM incident_blocks WHERE incident = $1)`, id)
	if err != nil {
		return 0, err
	}
	t.exec(`DELETE FROM incident_blocks WHERE incident = $1`, id)
	return int(n), t.err
}

// PutContacts writes contacts; one of a person replaces an earlier one.
func (t *tx) PutContacts(id string, list []response.Contact) error {
	var r rows
	for i := range list {
		r.add(id, list[i].Person[:], list[i].Sealed)
	}
	t.insert(`INSERT INTO incident_contacts (incident, person, data)`, &r, `ON CONFLICT (incident, person) DO UPDATE SET data = excluded.data`)
	return t.err
}

// Contacts lists the contacts of an incident.
func (s *Store) Contacts(ctx context.Context, id string) (list []response.Contact, err error) {
	err = s.read(ctx, "read contacts", func(t *tx) error {
		return t.query(func(r *sql.Rows) error {
			var c response.Contact
			var person []byte
			err := r.Scan(&person, &c.Sealed)
			c.Person = keyOf(person)
			list = append(list, c)
			return err
		}, `SELECT person, data FROM incident_contacts WHERE incident = $1 ORDER BY person`, id)
	})
	return list, err
}

// Envelopes calls yield for each delivery of the mails an incident froze.
func (s *Store) Envelopes(ctx context.Context, id string, yield func(response.Envelope) error) error {
	return s.read(ctx, "read envelopes", func(t *tx) error {
		return t.query(func(r *sql.Rows) error {
			var e response.Envelope
			var num, at, ended int64
			var rcpt []byte
			var state custody.State
			var uncertain bool
			var mail string
			if err := r.Scan(&num, &mail, &e.Stream, &rcpt, &e.Sealed, &e.Key, &state, &uncertain, &at, &ended); err != nil {
				return err
			}
			e.Delivery, e.Recipient, e.At, e.Relayed = joinID(mail, num), keyOf(rcpt), timeOf(at), state == custody.Relayed
			if ended > 0 {
				e.At = timeOf(ended)
			}
			e.Stopped = fateOf(state, uncertain) == scope.Stopped
			return yield(e)
		}, `SELECT d.num, m.id, d.stream, d.rcpt, d.sealed, m.key, d.state, d.uncertain, m.received_at, d.ended_at
			FROM incident_mails f JOIN mails m ON m.num = f.mail JOIN deliveries d ON d.num BETWEEN f.mail * 65536 AND f.mail * 65536 + 65535
			WHERE f.incident = $1 ORDER BY d.num`, id)
	})
}
