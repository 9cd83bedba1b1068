package survey

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/kakitome/kakitome/internal/admin"
	"github.com/kakitome/kakitome/internal/check"
	"github.com/kakitome/kakitome/internal/fault"
	"github.com/kakitome/kakitome/internal/gate"
	"github.com/kakitome/kakitome/internal/roster"
	"github.com/kakitome/kakitome/internal/scope"
)

// Options are what Survey work with. All are required unless said.
type Options struct {
	Store  Store
	Gate   *gate.Gate
	Hasher *roster.Hasher
	Roster *roster.Index
	// Person opens the sealed id of a person; nil: persons are shown by the
	// roster of today alone.
	Person func(of roster.Key, sealed []byte) (string, error)
	Now    func() time.Time
	Log    *slog.Logger // nil: nothing is logged
}

// Survey say whose data went to whom. They read, and record foreign mails;
// what they find is the caller's to keep.
type Survey struct{ Options }

// New makes them.
func New(o Options) *Survey {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Survey{o}
}

// alertSlack is how long before its first decision the mails of an alert may
// have been accepted.
const alertSlack = 15 * time.Minute

// Resolve puts in the place of parts by alert what these are about: the stream,
// and the rule, from the first mail on; until the last, or, while the alert is
// open, without end.
func (x *Survey) Resolve(ctx context.Context, sel scope.Selection) (scope.Selection, error) {
	if err := sel.Validate(); err != nil {
		return sel, fault.Wrap(fault.Invalid, "select mails", err.Error(), err)
	}
	out := scope.Selection{Without: sel.Without}
	var alerts []admin.RaisedAlert
	for _, p := range sel.Any {
		if p.Alert == 0 {
			out.Any = append(out.Any, p)
			continue
		}
		if alerts == nil {
			var err error
			if alerts, err = x.Store.Alerts(ctx, true); err != nil {
				return sel, fmt.Errorf("read alerts: %w", err)
			}
		}
		part, err := partOf(alerts, p)
		if err != nil {
			return sel, err
		}
		out.Any = append(out.Any, part)
	}
	return out, nil
}

func partOf(alerts []admin.RaisedAlert, p scope.Part) (scope.Part, error) {
	for i := range alerts {
		a := &alerts[i]
		if a.ID != p.Alert {
			continue
		}
		switch a.Kind {
		case gate.AlertHeld, gate.AlertObserved, gate.AlertPaused, gate.AlertRecalled:
		default:
			return p, fault.Newf(fault.Invalid, "select mails", "alert %d is not about mails", p.Alert)
		}
		out := scope.Part{Since: a.First.Add(-alertSlack), Until: p.Until}
		if !p.Since.IsZero() {
			out.Since = p.Since
		}
		if out.Until.IsZero() && !a.AckedAt.IsZero() {
			out.Until = a.Last.Add(time.Second)
		}
		out.Stream = a.Subject
		if stream, rule, ok := strings.Cut(a.Subject, "/"); ok {
			out.Stream, out.Rule = stream, rule
		}
		return out, nil
	}
	return p, fault.Newf(fault.NotFound, "select mails", "there is no alert %d", p.Alert)
}

// Quick is the first computation alone: from the ledger's tables, in one
// question. Nobody can be reassured by it.
func (x *Survey) Quick(ctx context.Context, sel scope.Selection) (*scope.Scope, error) {
	b := scope.NewBuilder()
	sel, err := x.Resolve(ctx, sel)
	if err != nil {
		return nil, err
	}
	err = x.Store.Scope(ctx, sel, func(d *scope.Delivery, data []scope.Datum) error {
		b.AddDelivery(d, data)
		b.CountUnread(d)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read scope: %w", err)
	}
	return b.Scope(x.people(nil), x.Now()), nil
}

// Compute makes the scope by two computations: from the ledger's tables, and
// from the mails themselves, or their records, by what the roster said when each
// was decided. In what they differ is in its Check. recipients is the version of the roster that
// says whose the recipients' addresses are, such as the last one before the
// fault; 0: the present one. first is told what the first computation
// found, before anybody has checked it; nil: nobody waits for it.
func (x *Survey) Compute(ctx context.Context, sel scope.Selection, recipients int64, first func(*scope.Scope)) (*scope.Scope, error) {
	sel, err := x.Resolve(ctx, sel)
	if err != nil {
		return nil, err
	}
	known, err := x.RosterAt(ctx, recipients)
	if err != nil {
		return nil, err
	}
	ledger := scope.NewBuilder()
	var list []*scope.Delivery
	strangers := strangers{now: x.Roster.Snapshot(), seen: map[roster.Key]bool{}, of: map[string][]roster.Key{}}
	err = x.Store.Scope(ctx, sel, func(d *scope.Delivery, data []scope.Datum) error {
		ledger.AddDelivery(d, data)
		list = append(list, d)
		strangers.look(d.Mail, data)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read scope: %w", err)
	}
	s := ledger.Scope(x.people(known), x.Now())
	if first != nil {
		first(s)
	}
	second, err := x.again(ctx, list, strangers.of)
	if err != nil {
		return nil, fmt.Errorf("compute scope again: %w", err)
	}
	for _, d := range list {
		second.unreadOf(ledger, d)
	}
	s = ledger.Scope(x.people(known), x.Now()) // with what is unread
	s.Check = second.check
	s.Check.At = x.Now()
	if err := x.sweep(ctx, &sel, list, &s.Check); err != nil {
		return nil, fmt.Errorf("go through records: %w", err)
	}
	s.Check.Differences = scope.Compare(s, second.found.Scope(scope.People{}, s.AsOf), second.causes)
	return s, nil
}

// strangers are persons whom the roster of today does not know.
type strangers struct {
	now  *roster.Snapshot
	seen map[roster.Key]bool // whether it knows a person
	of   map[string][]roster.Key
}

func (s *strangers) look(mail string, data []scope.Datum) {
	for i := range data {
		p := data[i].Person
		known, asked := s.seen[p]
		if !asked && !p.IsZero() {
			_, known = s.now.Person(p)
			s.seen[p] = known
		}
		if !known && !p.IsZero() {
			s.of[mail] = append(s.of[mail], p)
		}
	}
}

// people asks the roster: as it was, where it is given, and who is a canary now
// too.
func (x *Survey) people(known *roster.Snapshot) scope.People {
	now := x.Roster.Snapshot()
	if known == nil {
		known = now
	}
	return scope.People{
		At: known.Owners,
		Canary: func(p roster.Key) bool {
			info, ok := known.Person(p)
			if !ok {
				info, _ = now.Person(p)
			}
			return info.Canary
		},
	}
}

// mostChanged is how many people may have changed since a version for it to be
// looked up.
const mostChanged = 200_000

// errNoVersion says that a former version of the roster cannot be had.
var errNoVersion = errors.New("that version of the roster is not kept any more")

// RosterAt is the roster as it was at a version; 0 is now.
func (x *Survey) RosterAt(ctx context.Context, version int64) (*roster.Snapshot, error) {
	now := x.Roster.Snapshot()
	if version == 0 || version == now.Version() {
		return now, nil
	}
	r := rosters{x: x, now: now}
	s, err := r.load(ctx, version)
	if errors.Is(err, errNoVersion) {
		return nil, fault.Wrap(fault.NotFound, "read roster", err.Error(), err).WithHint("versions are kept for retention.roster_versions")
	}
	return s, err
}

// Seal seals a version of a scope under an incident's key.
func Seal(key gate.MailKey, incident string, number int64, s *scope.Scope) (scope.Version, error) {
	data, root, err := scope.Encode(s)
	if err != nil {
		return scope.Version{}, err
	}
	packed, err := Pack(data)
	if err != nil {
		return scope.Version{}, err
	}
	v := scope.Version{Incident: incident, Number: number, At: s.AsOf, Root: root}
	v.Sealed, err = key.Seal(fieldScope, versionID(incident, number), packed)
	return v, err
}

// Open is the inverse of Seal. What it opens has the root on record.
func Open(key gate.MailKey, v scope.Version) (*scope.Scope, error) {
	packed, err := key.Open(fieldScope, versionID(v.Incident, v.Number), v.Sealed)
	if err != nil {
		return nil, fmt.Errorf("open scope: %w", err)
	}
	data, err := Unpack(packed)
	if err != nil {
		return nil, fmt.Errorf("open scope: %w", err)
	}
	s, err := scope.Decode(data)
	if err != nil {
		return nil, err
	}
	if _, root, err := scope.Encode(s); err != nil || root != v.Root {
		return nil, fault.New(fault.Internal, "open scope", "it is not what is on record")
	}
	return s, nil
}

const fieldScope = "scope"

func versionID(incident string, number int64) string { return fmt.Sprintf("%s/%d", incident, number) }

// kindsOf are the data of a decision that are not the recipient's own.
func kindsOf(exposures []check.Exposure) []scope.Datum {
	var data []scope.Datum
	for _, e := range exposures {
		if !e.Own {
			data = append(data, scope.Datum{Person: e.Person, Ident: e.Ident, Kind: e.Kind})
		}
	}
	return data
}
