package store

import (
	"context"
	"database/sql"
	"time"

	"github.com/kakitome/kakitome/internal/admin"
	"github.com/kakitome/kakitome/internal/check"
	"github.com/kakitome/kakitome/internal/fault"
	"github.com/kakitome/kakitome/internal/gate"
)

// RosterNow is the newest version.
func (s *Store) RosterNow(ctx context.Context) (admin.RosterVersion, error) {
	return s.rosterVersion(ctx, `published_at > $1`, 0)
}

// RosterThen is the version that counted at a time.
func (s *Store) RosterThen(ctx context.Context, at time.Time) (admin.RosterVersion, error) {
	return s.rosterVersion(ctx, `published_at > 0 AND published_at <= $1`, micros(at))
}

func (s *Store) rosterVersion(ctx context.Context, where string, arg int64) (v admin.RosterVersion, err error) {
	err = s.read(ctx, "read roster", func(t *tx) error {
		var at int64
		_, err := t.one([]any{&v.Version, &at, &v.Note, &v.People, &v.Entries},
			`SELECT version, published_at, note, people, entries FROM roster_versions WHERE `+where+` ORDER BY version DESC LIMIT 1`, arg)
		v.PublishedAt = timeOf(at)
		return err
	})
	return v, err
}

// LoadRoster calls yield for each person of the newest version, which it
// returns. It reads in pieces and holds nothing up; persons that are removed
// meanwhile may be missing already.
func (s *Store) LoadRoster(ctx context.Context, yield func(admin.SealedPerson) error) (int64, error) {
	now, err := s.RosterNow(ctx)
	after := []byte{}
	for n := importChunk; err == nil && n == importChunk; {
		n, err = s.people(ctx, func(p admin.SealedPerson, _ bool) error {
			after = p.Person[:]
			return yield(p)
		}, `SELECT person, sealed, canary, folding, entries FROM roster_people WHERE person > $1 AND valid_from <= $2 AND valid_to > $2
			AND entries IS NOT NULL ORDER BY person LIMIT $3`, after, now.Version, importChunk)
	}
	return now.Version, err
}

// RosterChanges calls yield for each person whose row was written after a
// version, as it stands in the newest one, which it returns. removed means
// that nothing of the person is left. When there are more than most of them it
// calls yield for none and returns admin.ErrManyChanges.
func (s *Store) RosterChanges(ctx context.Context, since int64, most int, yield func(p admin.SealedPerson, removed bool) error) (int64, error) {
	now, err := s.RosterNow(ctx)
	if err != nil || now.Version <= since {
		return since, err
	}
	many := int64(0)
	err = s.read(ctx, "read roster", func(t *tx) error {
		_, err := t.one([]any{&many}, `SELECT COUNT(*) FROM (SELECT 1 FROM roster_people WHERE valid_from > $1 AND valid_from <= $2 AND valid_to > $2 LIMIT $3) AS c`,
			since, now.Version, most+1)
		return err
	})
	if err != nil {
		return since, err
	}
	if many > int64(most) {
		return since, admin.ErrManyChanges
	}
	_, err = s.people(ctx, yield, `SELECT person, sealed, canary, folding, entries FROM roster_people
		WHERE valid_from > $1 AND valid_from <= $2 AND valid_to > $2 ORDER BY person`, since, now.Version)
	return now.Version, err
}

// RosterPerson is one person of the newest version.
func (s *Store) RosterPerson(ctx context.Context, person check.Key) (p admin.SealedPerson, err error) {
	now, err := s.RosterNow(ctx)
	if err != nil {
		return p, err
	}
	n, err := s.people(ctx, func(one admin.SealedPerson, _ bool) error { p = one; return nil },
		`SELECT person, sealed, canary, folding, entries FROM roster_people WHERE person = $1 AND valid_from <= $2 AND valid_to > $2
			AND entries IS NOT NULL`, person[:], now.Version)
	if err == nil && n == 0 {
		err = fault.New(fault.NotFound, "show person", "the roster knows no such person")
	}
	return p, err
}

// people reads a list of persons whole and then gives it on.
func (s *Store) people(ctx context.Context, yield func(admin.SealedPerson, bool) error, query string, args ...any) (int, error) {
	var list []admin.SealedPerson
	var removed []bool
	err := s.read(ctx, "read roster", func(t *tx) error {
		return t.query(func(r *sql.Rows) error {
			var p admin.SealedPerson
			var person, entries []byte
			if err := r.Scan(&person, &p.Sealed, &p.Canary, &p.Folding, &entries); err != nil {
				return err
			}
			p.Person = keyOf(person)
			var err error
			if p.Entries, err = unpackEntries(entries); err != nil {
				return fault.Wrap(fault.Internal, "read roster", "the roster is damaged", err)
			}
			list, removed = append(list, p), append(removed, entries == nil)
			return nil
		}, query, args...)
	})
	if err != nil {
		return 0, err
	}
	for i := range list {
		if err := yield(list[i], removed[i]); err != nil {
			return i, err
		}
	}
	return len(list), nil
}

// OwnersThen says who had declared an identifier at a time, and at which
// version. Versions are kept for 90 days (Keep.Versions).
func (s *Store) OwnersThen(ctx context.Context, ident check.Key, at time.Time) (owners []check.Key, version int64, err error) {
	then, err := s.RosterThen(ctx, at)
	if err != nil {
		return nil, 0, err
	}
	err = s.read(ctx, "read roster", func(t *tx) error {
		return t.query(func(r *sql.Rows) error {
			var person []byte
			err := r.Scan(&person)
			owners = append(owners, keyOf(person))
			return err
		}, `SELECT o.person FROM roster_owners o JOIN roster_people p ON p.person = o.person AND p.valid_from = o.valid_from
			WHERE o.ident = $1 AND o.valid_from <= $2 AND p.valid_to > $2 ORDER BY o.person`, ident[:], then.Version)
	})
	return owners, then.Version, err
}

// Affected calls yield for each held delivery on which a version of the roster
// may decide otherwise than the one it was judged at: a person who has the
// recipient's address, or an identifier exposed, was written or replaced since.
// What was removed does not count: mail stays held.
func (s *Store) Affected(ctx context.Context, version int64, yield func(mail, delivery string) error) error {
	const rewritten = `EXISTS (SELECT 1 FROM roster_owners o JOIN roster_people p ON p.person = o.person AND p.valid_from = o.valid_from
		WHERE o.ident = `
	const since = ` AND (p.valid_from > d.judged_at AND p.valid_from <= $1 OR p.valid_to > d.judged_at AND p.valid_to <= $1))`
	for after, n := int64(-1), moveChunk; n == moveChunk; {
		var ids []string
		err := s.read(ctx, "find held mail to judge again", func(t *tx) error {
			nums, err := t.returning(`SELECT d.num FROM deliveries d WHERE d.state = 2 AND d.num > $2 AND d.judged_at < $1 AND (`+
				rewritten+`d.rcpt`+since+` OR EXISTS (SELECT 1 FROM exposures e WHERE e.delivery = d.num AND `+rewritten+`e.ident`+since+`))
				ORDER BY d.num LIMIT $3`, version, after, moveChunk)
			if n = len(nums); err != nil || n == 0 {
				return err
			}
			after = nums[n-1]
			ids, err = t.idsOf(nums)
			return err
		})
		if err != nil {
			return err
		}
		for _, id := range ids {
			mail, _, err := splitID(id)
			if err != nil {
				return err
			}
			if err := yield(mail, id); err != nil {
				return err
			}
		}
	}
	return nil
}

// RemovePerson erases a person: the roster's rows with all their history, what
// was learned, and the contents of decided mails to or about the person.
// Exposure facts stay, keyed. What is queued or held keeps its content until
// it is decided; retention deletes it then.
func (s *Store) RemovePerson(ctx context.Context, now time.Time, person check.Key, by, reason string) (admin.Erased, error) {
	c, err := s.beginChange(ctx, "removal of a person")
	if err != nil {
		return admin.Erased{}, err
	}
	defer c.unlock()
	if err := c.open(ctx); err != nil {
		return admin.Erased{}, err
	}
	sightings, err := s.sightingsOf(ctx, person)
	if err != nil {
		return admin.Erased{}, err
	}
	done := admin.Erased{Version: c.version}
	err = s.write(ctx, "erase person", func(t *tx) error {
		idents, err := t.eraseRoster(c, person)
		if err != nil {
			return err
		}
		if done.Bodies, done.Frozen, err = t.eraseContents(now, person, idents); err != nil {
			return err
		}
		done.Learned = len(sightings)
		for _, pair := range sightings {
			t.exec(`DELETE FROM sightings WHERE ident = $1 AND rcpt = $2`, pair[0], pair[1])
		}
		c.result = c.erased
		if err := c.publish(t, now); err != nil {
			return err
		}
		object := "person " + person.String()
		if done.Frozen > 0 {
			object += "; the contents of " + itoa(int64(done.Frozen)) + " mails stay, frozen for an incident"
		}
		return t.Audit(now, gate.Audit{Who: by, Act: "erase", Object: object, Reason: reason})
	})
	return done, err
}
