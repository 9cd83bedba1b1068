package store

import (
	"context"
	"database/sql"
	"time"

	"github.com/kakitome/kakitome/internal/check"
	"github.com/kakitome/kakitome/internal/fault"
)

// eraseRoster deletes all rows of a person and leaves one that says so, for
// the other nodes to follow. It returns every identifier there ever was.
func (t *tx) eraseRoster(c *change, person check.Key) ([]any, error) {
	type row struct {
		from, to int64
		entries  []byte
	}
	var list []row
	err := t.query(func(r *sql.Rows) error {
		var one row
		err := r.Scan(&one.from, &one.to, &one.entries)
		list = append(list, one)
		return err
	}, `SELECT valid_from, valid_to, entries FROM roster_people WHERE person = $1`, person[:])
	if err != nil {
		return nil, err
	}
	var idents keySet
	known := false
	result := c.result
	for _, r := range list {
		entries, err := unpackEntries(r.entries)
		if err != nil {
			return nil, fault.Wrap(fault.Internal, "erase person", "the roster is damaged", err)
		}
		idents.add(identsOf(entries)...)
		if r.to == forever && r.entries != nil {
			known = true
			result.People--
			result.Entries -= int64(len(entries))
		}
		if err := t.deletePerson(person[:], r.from, r.entries); err != nil {
			return nil, err
		}
	}
	if !known {
		return nil, fault.New(fault.NotFound, "erase person", "the roster knows no such person")
	}
	c.erased = result
	t.exec(`INSERT INTO roster_people (person, valid_from, valid_to, canary) VALUES ($1, $2, 9223372036854775807, 0)`, person[:], c.version)
	return idents.list, t.err
}

// sightingsOf finds what a person's addresses learned, and who learned what is
// the person's. It reads the whole table, beside the writer.
func (s *Store) sightingsOf(ctx context.Context, person check.Key) (pairs [][2][]byte, err error) {
	err = s.read(ctx, "erase person", func(t *tx) error {
		var idents keySet
		err := t.query(func(r *sql.Rows) error {
			var packed []byte
			if err := r.Scan(&packed); err != nil {
				return err
			}
			entries, err := unpackEntries(packed)
			idents.add(identsOf(entries)...)
			return err
		}, `SELECT entries FROM roster_people WHERE person = $1`, person[:])
		if err != nil {
			return err
		}
		idents.add(person) // name and address together
		row := func(r *sql.Rows) error {
			var pair [2][]byte
			err := r.Scan(&pair[0], &pair[1])
			pairs = append(pairs, pair)
			return err
		}
		if err := t.in(`SELECT ident, rcpt FROM sightings WHERE ident IN ($IN)`, nil, idents.list, row); err != nil {
			return err
		}
		return t.in(`SELECT ident, rcpt FROM sightings WHERE rcpt IN ($IN)`, nil, idents.list, row)
	})
	return pairs, err
}

// eraseContents deletes the contents of mails to or about a person that have
// nothing queued or held, and says of how many. Those that an incident has
// frozen stay, for a defence against claims (GDPR art. 17(3)(e)).
func (t *tx) eraseContents(now time.Time, person check.Key, idents []any) (erased, stay int, err error) {
	var mails, stays keyless
	err = t.query(mails.add, `SELECT DISTINCT e.delivery / 65536 FROM exposures e WHERE e.person = $1`, person[:])
	if err == nil {
		err = t.in(`SELECT DISTINCT d.num / 65536 FROM deliveries d WHERE d.rcpt IN ($IN)`, nil, idents, mails.add)
	}
	if err == nil {
		err = t.in(`SELECT m.num FROM mails m WHERE m.purged_at = 0 AND `+frozen+` AND m.num IN ($IN)`, nil, mails.distinct(), stays.add)
	}
	if err != nil {
		return 0, 0, err
	}
	erased, err = t.purge(now, mails)
	return erased, len(stays), err
}

// keyless collects numbers.
type keyless []any

func (k *keyless) add(r *sql.Rows) error {
	var num int64
	err := r.Scan(&num)
	*k = append(*k, num)
	return err
}

// distinct leaves out what came before.
func (k keyless) distinct() []any {
	seen := make(map[any]bool, len(k))
	var list []any
	for _, num := range k {
		if !seen[num] {
			seen[num] = true
			list = append(list, num)
		}
	}
	return list
}

// undecided is the condition that something of "mails m" is queued or held.
const undecided = `EXISTS (SELECT 1 FROM deliveries u WHERE u.num BETWEEN m.num * 65536 AND m.num * 65536 + 65535 AND u.state IN (1, 2))`

// frozen is the condition that an incident needs "mails m".
const frozen = `EXISTS (SELECT 1 FROM incident_mails f WHERE f.mail = m.num)`

// kept is the condition that nothing of "mails m" may be deleted.
const kept = `(` + undecided + ` OR ` + frozen + `)`

// purge deletes the contents of those mails that are wholly decided and that no
// incident has frozen, and says of how many.
func (t *tx) purge(now time.Time, mails []any) (int, error) {
	var ids []any
	err := t.in(`UPDATE mails SET purged_at = $1 WHERE purged_at = 0 AND num IN (
			SELECT m.num FROM mails m WHERE m.num IN ($IN) AND NOT `+kept+`) RETURNING id`, []any{micros(now)}, mails, func(r *sql.Rows) error {
		var id string
		err := r.Scan(&id)
		ids = append(ids, id)
		return err
	})
	if err != nil {
		return 0, err
	}
	t.execIn(`DELETE FROM contents WHERE mail IN ($IN)`, nil, ids)
	return len(ids), t.err
}
