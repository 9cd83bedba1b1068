package store

import (
	"context"
	"database/sql"
)

// SharedKey is a sealing key of some node, encrypted for the others.
type SharedKey struct {
	ID     string
	Month  string
	Sealed []byte
}

// ShareKeys puts this node's sealing keys where the others find them, and gives
// the keys of all nodes.
func (s *Store) ShareKeys(ctx context.Context, own []SharedKey) (all []SharedKey, err error) {
	list := func(t *tx) error {
		all = nil
		return t.query(func(r *sql.Rows) error {
			var k SharedKey
			err := r.Scan(&k.ID, &k.Month, &k.Sealed)
			all = append(all, k)
			return err
		}, `SELECT id, month, sealed FROM shared_keys ORDER BY id`)
	}
	if err := s.read(ctx, "read shared keys", list); err != nil {
		return nil, err
	}
	there := map[string]bool{}
	for _, k := range all {
		there[k.ID] = true
	}
	var missing rows
	for _, k := range own {
		if !there[k.ID] {
			missing.add(k.ID, k.Month, k.Sealed)
		}
	}
	if len(missing.args) == 0 {
		return all, nil
	}
	err = s.write(ctx, "share keys", func(t *tx) error {
		t.insert(`INSERT INTO shared_keys (id, month, sealed)`, &missing, `ON CONFLICT (id) DO NOTHING`)
		return list(t)
	})
	return all, err
}
