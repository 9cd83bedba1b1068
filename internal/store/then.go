package store

import (
	"context"
	"database/sql"

	"github.com/kakitome/kakitome/internal/admin"
	"github.com/kakitome/kakitome/internal/check"
	"github.com/kakitome/kakitome/internal/fault"
)

// RosterBefore calls yield for each person who stands otherwise at a version of
// the roster than at an earlier one, as they stood at the earlier: removed means
// that nobody knew them then. When there are more than most of them it
// calls yield for none and returns admin.ErrManyChanges; an earlier version that
// is not kept any more is a fault.NotFound.
func (s *Store) RosterBefore(ctx context.Context, earlier, version int64, most int, yield func(p admin.SealedPerson, removed bool) error) error {
	var changed []any
	var then map[check.Key]admin.SealedPerson
	err := s.read(ctx, "read former roster", func(t *tx) error {
		if known, err := t.one([]any{new(int64)}, `SELECT version FROM roster_versions WHERE version = $1 AND published_at > 0`, earlier); err != nil {
			return err
		} else if !known {
			return fault.New(fault.NotFound, "read former roster", "that version is not kept any more")
		}
		err := t.query(func(r *sql.Rows) error {
			var person []byte
			err := r.Scan(&person)
			changed = append(changed, person)
			return err
		}, `SELECT person FROM roster_people WHERE valid_from > $1 AND valid_from <= $2 AND valid_to > $2 ORDER BY person LIMIT $3`, earlier, version, most+1)
		if err == nil && len(changed) > most {
			return admin.ErrManyChanges
		}
		if err == nil {
			then, err = t.peopleAt(earlier, changed)
		}
		return err
	})
	if err != nil {
		return err
	}
	for _, person := range changed {
		p, known := then[keyOf(person.([]byte))]
		if !known {
			p.Person = keyOf(person.([]byte))
		}
		if err := yield(p, !known); err != nil {
			return err
		}
	}
	return nil
}

// peopleAt are those of the persons whom a version knows.
func (t *tx) peopleAt(version int64, persons []any) (map[check.Key]admin.SealedPerson, error) {
	list := map[check.Key]admin.SealedPerson{}
	err := t.in(`SELECT person, sealed, canary, folding, entries FROM roster_people
		WHERE valid_from <= $1 AND valid_to > $1 AND entries IS NOT NULL AND person IN ($IN)`, []any{version}, persons, func(r *sql.Rows) error {
		var p admin.SealedPerson
		var person, entries []byte
		if err := r.Scan(&person, &p.Sealed, &p.Canary, &p.Folding, &entries); err != nil {
			return err
		}
		p.Person = keyOf(person)
		var err error
		if p.Entries, err = unpackEntries(entries); err != nil {
			return fault.Wrap(fault.Internal, "read former roster", "the roster is damaged", err)
		}
		list[p.Person] = p
		return nil
	})
	return list, err
}
