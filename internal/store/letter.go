package store

import (
	"context"
	"database/sql"
	"strconv"
	"strings"
	"time"

	"github.com/kakitome/kakitome/internal/custody"
	"github.com/kakitome/kakitome/internal/fault"
	"github.com/kakitome/kakitome/internal/response"
)

// AddLetters writes the letters of a round. A second one of the round for an
// address is an error: it is for the plan to see to that.
func (t *tx) AddLetters(list []response.Letter) error {
	var r rows
	for i := range list {
		l := &list[i]
		r.add(l.ID, l.Incident, l.Round, l.Kind, l.Address[:], orNull(l.Person), bit(l.Sample), bit(l.Paper), l.Sealed, orNull(l.Token), orNull(l.Code),
			int64(l.State), micros(l.Due), micros(l.MovedAt))
	}
	t.insert(`INSERT INTO letters (id, incident, round, kind, address, person, sample, paper, data, token, code, state, due, moved_at)`, &r, "")
	return t.err
}

// What became of a letter is what became of its mail.
const letterColumns = `l.id, l.incident, l.round, l.kind, l.address, l.person, l.sample, l.paper, l.data, l.token, l.code, l.state, l.due, l.mail, l.moved_at,
	l.answers, COALESCE(d.state, 0), COALESCE(d.ended_at, 0)
	FROM letters l LEFT JOIN mails m ON m.id = l.mail LEFT JOIN deliveries d ON d.num = m.num * 65536 + 1`

func scanLetter(r *sql.Rows) (response.Letter, error) {
	var l response.Letter
	var address, person, token, code []byte
	var due, moved, ended int64
	var state custody.State
	err := r.Scan(&l.ID, &l.Incident, &l.Round, &l.Kind, &address, &person, &l.Sample, &l.Paper, &l.Sealed, &token, &code, &l.State, &due, &l.Mail, &moved,
		&l.Answers, &state, &ended)
	l.Address, l.Person, l.Token, l.Code, l.Due, l.MovedAt, l.FateAt = keyOf(address), keyOf(person), keyOf(token), keyOf(code), timeOf(due), timeOf(moved), timeOf(ended)
	if state > 0 {
		l.Fate = state.String()
	}
	return l, err
}

// Letters calls yield for each letter that is meant, in the order in which they
// were made.
func (s *Store) Letters(ctx context.Context, f response.LetterFilter, yield func(response.Letter) error) error {
	return s.read(ctx, "list letters", func(t *tx) error { return t.LettersOf(f, yield) })
}

// LettersOf is Letters within a transaction.
func (t *tx) LettersOf(f response.LetterFilter, yield func(response.Letter) error) error {
	where, args := []string{"l.incident = $1"}, []any{f.Incident}
	add := func(text string, arg any) {
		args = append(args, arg)
		where = append(where, strings.Replace(text, "?", "$"+strconv.Itoa(len(args)), 1))
	}
	if f.Round > 0 {
		add("l.round = ?", f.Round)
	}
	if f.Kind != "" {
		add("l.kind = ?", f.Kind)
	}
	if !f.Address.IsZero() {
		add("l.address = ?", f.Address[:])
	}
	if !f.Person.IsZero() {
		add("l.person = ?", f.Person[:])
	}
	if f.Sample {
		add("l.sample = ?", 1)
	}
	return t.query(func(r *sql.Rows) error {
		l, err := scanLetter(r)
		if err != nil {
			return err
		}
		return yield(l)
	}, `SELECT `+letterColumns+` WHERE `+strings.Join(where, " AND ")+` ORDER BY l.num`, args...)
}

// ClaimLetters leases up to n letters that may be handed in now, the oldest
// first.
func (s *Store) ClaimLetters(ctx context.Context, now, until time.Time, n int) (list []response.Letter, err error) {
	const due = `FROM letters WHERE mail = '' AND due > 0 AND paper = 0 AND due <= $1 AND lease_until <= $1`
	waiting := false
	err = s.read(ctx, "look for letters", func(t *tx) error {
		return t.query(func(*sql.Rows) error { waiting = true; return nil }, `SELECT num `+due+` ORDER BY due, num LIMIT 1`, micros(now))
	})
	if err != nil || !waiting {
		return nil, err // nobody's write is held up by looking
	}
	err = s.write(ctx, "claim letters", func(t *tx) error {
		list = nil
		nums, err := t.returning(`SELECT num `+due+` ORDER BY due, num LIMIT $2`+t.s.engine.skipLocked, micros(now), n)
		if err != nil || len(nums) == 0 {
			return err
		}
		t.execIn(`UPDATE letters SET lease_until = $1 WHERE num IN ($IN)`, []any{micros(until)}, anys(nums))
		return t.in(`SELECT `+letterColumns+` WHERE l.num IN ($IN) ORDER BY l.due, l.num`, nil, anys(nums), func(r *sql.Rows) error {
			l, err := scanLetter(r)
			list = append(list, l)
			return err
		})
	})
	return list, err
}

var errNoLetter = fault.New(fault.NotFound, "read letter", "there is no such letter")

// Letter reads one letter.
func (t *tx) Letter(id string) (response.Letter, error) { return t.letter(`l.id = $1`, id) }

// LetterByToken reads the letter to which the token of a page belongs.
func (t *tx) LetterByToken(token key) (response.Letter, error) {
	return t.letter(`l.token = $1`, token[:])
}

// LetterByCode reads the letter that has a receipt code.
func (t *tx) LetterByCode(code key) (response.Letter, error) { return t.letter(`l.code = $1`, code[:]) }

func (t *tx) letter(where string, arg any) (l response.Letter, err error) {
	found := false
	err = t.query(func(r *sql.Rows) error {
		found = true
		l, err = scanLetter(r)
		return err
	}, `SELECT `+letterColumns+` WHERE `+where, arg)
	if err == nil && !found {
		err = errNoLetter
	}
	return l, err
}

// MoveLetters sets the state, and what came with it, of letters.
func (t *tx) MoveLetters(list []response.LetterMove) error {
	for i := range list {
		m := &list[i]
		n, err := t.affect(`UPDATE letters SET state = $2, moved_at = $3, due = CASE WHEN CAST($4 AS BIGINT) > 0 THEN $4 ELSE due END,
			mail = CASE WHEN $5 <> '' THEN $5 ELSE mail END, answers = COALESCE($6, answers) WHERE id = $1`,
			m.ID, int64(m.State), micros(m.At), micros(m.Due), m.Mail, m.Answers)
		if err != nil {
			return err
		}
		if n == 0 {
			return errNoLetter
		}
	}
	return nil
}
