package survey

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"
	"sync"

	"github.com/kakitome/kakitome/internal/admin"
	"github.com/kakitome/kakitome/internal/check"
	"github.com/kakitome/kakitome/internal/extract"
	"github.com/kakitome/kakitome/internal/fault"
	"github.com/kakitome/kakitome/internal/gate"
	"github.com/kakitome/kakitome/internal/jp"
	"github.com/kakitome/kakitome/internal/roster"
	"github.com/kakitome/kakitome/internal/scope"
)

// again is the second computation: it reads the mails themselves and looks
// into no table of what they expose.
type again struct {
	x       *Survey
	byID    map[string]*scope.Delivery
	absent  map[string][]roster.Key // by mail: persons in it whom the roster of today does not know
	rosters rosters
	learned learned

	mu     sync.Mutex
	found  *scope.Builder
	check  scope.Check
	causes map[string]scope.Cause
	unread map[string][]scope.Unread // by mail; what was found unread in mails that were read
	gone   []*gate.Mail              // without body
}

func (x *Survey) again(ctx context.Context, list []*scope.Delivery, absent map[string][]roster.Key) (*again, error) {
	a := &again{
		x: x, absent: absent, byID: make(map[string]*scope.Delivery, len(list)), found: scope.NewBuilder(),
		causes: map[string]scope.Cause{}, unread: map[string][]scope.Unread{},
		rosters: rosters{x: x, now: x.Roster.Snapshot()}, learned: learned{x: x, known: map[roster.Key][]check.Sighting{}},
	}
	ids := make([]string, len(list))
	for i, d := range list {
		a.byID[d.ID], ids[i] = d, d.ID
	}
	if err := a.bodies(ctx, ids); err != nil {
		return nil, err
	}
	return a, a.fromRecords(ctx)
}

// bodies reads the mails of deliveries, on all processors.
func (a *again) bodies(ctx context.Context, deliveries []string) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	mails := make(chan *gate.Mail, 64)
	var readers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		readers.Go(func() {
			for m := range mails {
				if err := a.mail(ctx, m); err != nil {
					stop(err) // the first one counts
				}
			}
		})
	}
	err := a.x.Store.ScopeMails(ctx, deliveries, func(m *gate.Mail) error {
		select {
		case mails <- m:
			return nil
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	})
	close(mails)
	readers.Wait()
	if cause := context.Cause(ctx); cause != nil {
		return cause
	}
	return err
}

// mail reads one mail, each of its deliveries by the roster it was judged by.
func (a *again) mail(ctx context.Context, m *gate.Mail) error {
	erased, err := a.erased(ctx, m)
	if err != nil {
		return err
	}
	if m.Body == nil || erased {
		a.mu.Lock()
		defer a.mu.Unlock()
		a.gone = append(a.gone, m)
		return nil
	}
	opened, err := a.x.Gate.Open(m)
	if err != nil {
		return err
	}
	for version, which := range byVersion(m) {
		part, o := *m, *opened
		part.Deliveries, o.Recipients = nil, nil
		for _, i := range which {
			part.Deliveries = append(part.Deliveries, m.Deliveries[i])
			o.Recipients = append(o.Recipients, opened.Recipients[i])
		}
		if err := a.part(ctx, &part, &o, version); err != nil {
			return fmt.Errorf("read mail %s: %w", m.ID, err)
		}
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.check.Bodies++
	return nil
}

// erased tells whether somebody in a mail was erased since: no roster by which
// the mail was judged knows the person any more, and so the body cannot tell.
func (a *again) erased(ctx context.Context, m *gate.Mail) (bool, error) {
	persons := slices.Clone(a.absent[m.ID])
	if len(persons) == 0 {
		return false, nil
	}
	for version := range byVersion(m) {
		known, err := a.rosters.at(ctx, version)
		if errors.Is(err, errNoVersion) {
			continue
		}
		if err != nil {
			return false, err
		}
		persons = slices.DeleteFunc(persons, func(p roster.Key) bool { _, in := known.Person(p); return in })
	}
	return len(persons) > 0, nil
}

// byVersion are the places of the deliveries by the version of the roster they
// were judged by.
func byVersion(m *gate.Mail) map[int64][]int {
	versions := map[int64][]int{}
	for i := range m.Deliveries {
		versions[m.Deliveries[i].JudgedAt] = append(versions[m.Deliveries[i].JudgedAt], i)
	}
	return versions
}

func (a *again) part(ctx context.Context, m *gate.Mail, o *gate.Opened, version int64) error {
	known, err := a.rosters.at(ctx, version)
	if err != nil && !errors.Is(err, errNoVersion) {
		return err
	}
	cause := scope.Cause("")
	switch {
	case err != nil:
		cause = scope.Changed
		known = a.rosters.now // what it finds is better than nothing
	case m.PolicyVersion != a.x.Gate.Policy.Version:
		cause = scope.Policy
	}
	e, err := a.x.Gate.ExamineThen(ctx, m, o, gate.Then{Roster: known})
	if err != nil {
		return err
	}
	counts, late, err := a.learned.counts(ctx, e)
	if err != nil {
		return err
	}
	if late && cause == "" {
		cause = scope.Learned
	}
	e.MessageID = check.Key{} // it is no repeat of itself
	verdict := check.Decide(e, counts)
	a.mu.Lock()
	defer a.mu.Unlock()
	for i := range verdict.Recipients {
		d := a.byID[m.Deliveries[i].ID]
		a.found.AddDelivery(d, kindsOf(verdict.Recipients[i].Exposures))
	}
	if cause != "" {
		a.causes[m.ID] = cause
	}
	if a.unread[m.ID] == nil {
		a.unread[m.ID] = append(unreadParts(m.ID, e.Unread), unreadParts(m.ID, e.Passed)...)
	}
	return nil
}

func unreadParts(mail string, parts []extract.Unread) []scope.Unread {
	var list []scope.Unread
	for _, u := range parts {
		list = append(list, scope.Unread{Mail: mail, Where: u.Where, Type: u.Type, Why: u.Why, Parts: 1})
	}
	return list
}

// unreadOf names what of a delivery left unread: by its place where the mail
// was read again, else as it was counted.
func (a *again) unreadOf(b *scope.Builder, d *scope.Delivery) {
	if d.Fate < scope.Possibly {
		return
	}
	named := a.unread[d.Mail]
	if len(named) == 0 {
		b.CountUnread(d)
	}
	for _, u := range named {
		b.AddUnread(u)
	}
}

// learned are the identifiers that recipients have learned, as far as asked.
type learned struct {
	x     *Survey
	mu    sync.Mutex
	known map[roster.Key][]check.Sighting
}

// counts are those on which the data of a mail is told apart: what was learned
// and nothing else. late tells whether some of it may have been learned since.
func (l *learned) counts(ctx context.Context, e *check.Examined) (c *check.Counts, late bool, err error) {
	c = check.NewCounts(e.At)
	var ask []roster.Key
	l.mu.Lock()
	defer l.mu.Unlock()
	var idents []roster.Key
	for i := range e.Units {
		for k := range e.Units[i].Findings {
			f := &e.Units[i].Findings[k]
			if f.Declared || f.Company {
				continue
			}
			idents = append(idents, f.Ident)
			if _, known := l.known[f.Ident]; !known {
				l.known[f.Ident] = nil
				ask = append(ask, f.Ident)
			}
		}
	}
	if len(ask) > 0 {
		got, err := l.x.Store.Learned(ctx, ask)
		if err != nil {
			return nil, false, err
		}
		for ident, list := range got {
			l.known[ident] = list
		}
	}
	for _, ident := range idents {
		if list := l.known[ident]; list != nil {
			c.Sightings[ident] = list
			late = late || slices.ContainsFunc(list, func(s check.Sighting) bool { return s.At.After(e.At) })
		}
	}
	return c, late, nil
}

// rosters are former versions of the roster, each made once.
type rosters struct {
	x    *Survey
	now  *roster.Snapshot
	mu   sync.Mutex
	made map[int64]*roster.Snapshot // nil: cannot be had
}

func (r *rosters) at(ctx context.Context, version int64) (*roster.Snapshot, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	s, tried := r.made[version]
	if !tried {
		var err error
		if s, err = r.load(ctx, version); err != nil && !errors.Is(err, errNoVersion) {
			return nil, err
		}
		if r.made == nil {
			r.made = map[int64]*roster.Snapshot{}
		}
		r.made[version] = s
	}
	if s == nil {
		return nil, errNoVersion
	}
	return s, nil
}

func (r *rosters) load(ctx context.Context, version int64) (*roster.Snapshot, error) {
	switch {
	case version == r.now.Version():
		return r.now, nil
	case version == 0: // before anybody was known
		return roster.NewIndex(r.x.Hasher).Snapshot(), nil
	case version > r.now.Version():
		return nil, errNoVersion
	}
	var put []roster.Hashed
	var gone []roster.Key
	err := r.x.Store.RosterBefore(ctx, version, r.now.Version(), mostChanged, func(p admin.SealedPerson, removed bool) error {
		if removed {
			gone = append(gone, p.Person)
			return nil
		}
		if p.Folding != jp.Version {
			return errNoVersion // their names would not be found
		}
		h := roster.Hashed{Person: p.Person, Canary: p.Canary, Entries: p.Entries}
		if r.x.Person != nil {
			var err error
			if h.ID, err = r.x.Person(p.Person, p.Sealed); err != nil {
				return err
			}
		}
		put = append(put, h)
		return nil
	})
	if errors.Is(err, admin.ErrManyChanges) || fault.KindOf(err) == fault.NotFound {
		return nil, errNoVersion
	}
	if err != nil {
		return nil, err
	}
	return r.now.Otherwise(version, put, gone)
}

// mostUnpacked bounds what a kept scope may be in memory.
const mostUnpacked = 1 << 30

// Pack makes what is to be kept sealed small.
func Pack(data []byte) ([]byte, error) {
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, gzip.BestSpeed)
	if err == nil {
		_, err = w.Write(data)
	}
	if err == nil {
		err = w.Close()
	}
	return b.Bytes(), err
}

// Unpack is the inverse of Pack; what is larger than any scope or letter is an
// error.
func Unpack(packed []byte) ([]byte, error) {
	r, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, err
	}
	data, err := io.ReadAll(io.LimitReader(r, mostUnpacked+1))
	if err == nil && len(data) > mostUnpacked {
		err = errors.New("it is too large")
	}
	return data, err
}
