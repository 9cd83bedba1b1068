package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"math"
	"time"

	"github.com/kakitome/kakitome/internal/fault"
	"github.com/kakitome/kakitome/internal/scope"
)

// frozenSlack is how much older than its mail's acceptance the evidence before
// it may be that is kept with it.
const frozenSlack = time.Hour

// Freeze keeps what an incident needs of the mails of a selection, and of their
// contents, from retention and erasure until Thaw. It returns how many mails
// the incident holds now, and of how many of them the body is still there.
func (t *tx) Freeze(now time.Time, incident string, sel scope.Selection) (mails, bodies int, err error) {
	nums, err := t.selected(&sel)
	if err != nil {
		return 0, 0, err
	}
	var list rows
	last := int64(-1)
	for _, num := range nums {
		if num /= perMail; num != last {
			list.add(num, incident)
			last = num
		}
	}
	t.insert(`INSERT INTO incident_mails (mail, incident)`, &list, `ON CONFLICT (mail, incident) DO UPDATE SET until = 0`)
	if _, err := t.one([]any{&mails, &bodies}, `SELECT COUNT(*), COALESCE(SUM(CASE WHEN m.purged_at = 0 THEN 1 ELSE 0 END), 0)
		FROM incident_mails f JOIN mails m ON m.num = f.mail WHERE f.incident = $1`, incident); err != nil {
		return 0, 0, err
	}
	return mails, bodies, t.evidence(now, "hold.set", map[string]json.RawMessage{
		"at": jsonOf(micros(now)), "incident": jsonOf(incident), "mails": jsonOf(mails), "bodies": jsonOf(bodies),
	})
}

// Thaw lets go, at a time, what an incident holds.
func (t *tx) Thaw(now time.Time, incident string, until time.Time) error {
	if until.IsZero() {
		return fault.New(fault.Invalid, "thaw mails", "no time is given")
	}
	t.exec(`UPDATE incident_mails SET until = $2 WHERE incident = $1`, incident, micros(until))
	return t.evidence(now, "hold.released", map[string]json.RawMessage{
		"at": jsonOf(micros(now)), "incident": jsonOf(incident), "until": jsonOf(micros(until)),
	})
}

// Frozen lists the mails that an incident holds, oldest first.
func (s *Store) Frozen(ctx context.Context, incident string) (mails []string, err error) {
	err = s.read(ctx, "list frozen mails", func(t *tx) error {
		return t.query(func(r *sql.Rows) error {
			var id string
			err := r.Scan(&id)
			mails = append(mails, id)
			return err
		}, `SELECT m.id FROM incident_mails f JOIN mails m ON m.num = f.mail WHERE f.incident = $1 ORDER BY f.mail`, incident)
	})
	return mails, err
}

// retainFrozen lets go what was thawed.
func (s *Store) retainFrozen(ctx context.Context, now time.Time) error {
	return s.deleteAll(ctx, `DELETE FROM incident_mails WHERE (mail, incident) IN
		(SELECT mail, incident FROM incident_mails WHERE until > 0 AND until < $1 LIMIT $2)`, micros(now))
}

// evidenceNeeded is the time before which evidence is not needed: what is old
// enough, and older than every frozen mail of this node.
func (t *tx) evidenceNeeded(before int64) (int64, error) {
	oldest := int64(math.MaxInt64)
	_, err := t.one([]any{&oldest}, `SELECT COALESCE(MIN(m.received_at), 9223372036854775807) FROM incident_mails f JOIN mails m ON m.num = f.mail
		WHERE m.node = $1`, t.s.node)
	return min(before, oldest-frozenSlack.Microseconds()), err
}

// rosterNeeded is the oldest version of the roster that is needed: the given
// one, or that of a frozen mail.
func (s *Store) rosterNeeded(ctx context.Context, version int64) (int64, error) {
	oldest := int64(math.MaxInt64)
	err := s.read(ctx, "read roster", func(t *tx) error {
		_, err := t.one([]any{&oldest}, `SELECT COALESCE(MIN(m.roster_version), 9223372036854775807) FROM incident_mails f JOIN mails m ON m.num = f.mail`)
		return err
	})
	return min(version, oldest), err
}

// KeepScope keeps a version of an incident's scope, and puts its root on
// record. Versions count up from 1; keeping one twice is a fault.Conflict.
func (t *tx) KeepScope(now time.Time, v scope.Version) error {
	t.exec(`INSERT INTO scope_versions (incident, version, at, root, sealed) VALUES ($1, $2, $3, $4, $5)`,
		v.Incident, v.Number, micros(v.At), v.Root[:], v.Sealed)
	return t.evidence(now, "scope.computed", map[string]json.RawMessage{
		"at": jsonOf(micros(now)), "incident": jsonOf(v.Incident), "version": jsonOf(v.Number), "root": jsonOf(hex.EncodeToString(v.Root[:])),
	})
}

// ScopeVersions lists the versions of an incident's scope, oldest first,
// without what is sealed.
func (s *Store) ScopeVersions(ctx context.Context, incident string) (list []scope.Version, err error) {
	err = s.read(ctx, "list scopes", func(t *tx) error {
		return t.query(func(r *sql.Rows) error {
			v, err := scanScope(r)
			list = append(list, v)
			return err
		}, `SELECT incident, version, at, root, NULL FROM scope_versions WHERE incident = $1 ORDER BY version`, incident)
	})
	return list, err
}

// ScopeVersion reads one version; 0 is the newest.
func (s *Store) ScopeVersion(ctx context.Context, incident string, number int64) (v scope.Version, err error) {
	found := false
	err = s.read(ctx, "read scope", func(t *tx) error {
		return t.query(func(r *sql.Rows) (err error) {
			found = true
			v, err = scanScope(r)
			return err
		}, `SELECT incident, version, at, root, sealed FROM scope_versions WHERE incident = $1 AND (version = $2 OR $2 = 0) ORDER BY version DESC LIMIT 1`,
			incident, number)
	})
	if err == nil && !found {
		err = fault.New(fault.NotFound, "read scope", "there is no such version")
	}
	return v, err
}

func scanScope(r *sql.Rows) (v scope.Version, err error) {
	var at int64
	var root []byte
	err = r.Scan(&v.Incident, &v.Number, &at, &root, &v.Sealed)
	v.At = timeOf(at)
	if err == nil && len(root) != sha256.Size {
		err = fault.New(fault.Internal, "read scope", "a root is damaged")
	}
	copy(v.Root[:], root)
	return v, err
}
