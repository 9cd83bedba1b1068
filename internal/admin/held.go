package admin

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/kakitome/kakitome/client"
	"github.com/kakitome/kakitome/internal/check"
	"github.com/kakitome/kakitome/internal/custody"
	"github.com/kakitome/kakitome/internal/fault"
	"github.com/kakitome/kakitome/internal/gate"
	"github.com/kakitome/kakitome/internal/roster"
)

// Held lists held mail.
func (d *Desk) Held(ctx context.Context, s client.Selection) ([]client.Held, error) {
	f, err := d.filter(ctx, s)
	if err != nil {
		return nil, err
	}
	list, changed := []client.Held{}, []string{}
	err = d.Store.Held(ctx, f, func(r Held) error {
		h, err := d.heldOf(r)
		list = append(list, h)
		if r.Changed {
			changed = append(changed, r.ID)
		}
		return err
	})
	if err == nil && len(changed) > 0 {
		err = d.Store.Shown(ctx, changed)
	}
	if err != nil {
		return nil, fmt.Errorf("list held mail: %w", err)
	}
	return list, nil
}

func (d *Desk) filter(ctx context.Context, s client.Selection) (Filter, error) {
	f := Filter{IDs: s.IDs, Stream: s.Stream, Rule: check.Rule(s.Rule), Since: s.Since, Before: s.Before}
	if s.Rule != "" && !slices.Contains(check.Rules(), f.Rule) {
		return f, fault.Newf(fault.Invalid, "select held mail", "no rule is named %q", s.Rule).
			WithHint(fmt.Sprintf("the rules are %v", check.Rules()))
	}
	if s.Stream != "" {
		if err := d.known(ctx, s.Stream); err != nil {
			return f, err
		}
	}
	if s.Person != "" {
		f.Person = d.Hasher.Person(s.Person)
	}
	return f, nil
}

func (d *Desk) heldOf(r Held) (client.Held, error) {
	h := client.Held{ID: r.ID, MailID: r.Mail, Stream: r.Stream, HeldAt: r.HeldAt, Rules: []string{}, Persons: []string{}}
	for _, rule := range r.Rules {
		h.Rules = append(h.Rules, string(rule))
	}
	for _, p := range r.Persons {
		if name := d.nameOf(p); !slices.Contains(h.Persons, name) {
			h.Persons = append(h.Persons, name)
		}
	}
	slices.Sort(h.Persons)
	rcpt, err := d.Gate.OpenRecipient(r.Key, r.ID, r.Sealed)
	if err != nil {
		return h, err
	}
	h.Recipient = rcpt.Address
	return h, nil
}

// HeldDetail explains a held delivery; its values are masked unless asked for,
// which is audited.
func (d *Desk) HeldDetail(ctx context.Context, who, id string, showValues bool) (*client.HeldDetail, error) {
	m, err := d.mail(ctx, id)
	if err != nil {
		return nil, err
	}
	value := masked
	if showValues {
		value = clear
		err := d.audit(ctx, gate.Audit{Who: who, Act: "show values", Object: id})
		if err != nil {
			return nil, err
		}
	}
	h, err := d.detail(ctx, m, value)
	if err == nil && m.Deliveries[0].Changed {
		err = d.Store.Shown(ctx, []string{id})
	}
	return h, err
}

// mailOf is the mail id of a delivery id.
func mailOf(delivery string) string {
	if i := strings.LastIndexByte(delivery, '.'); i >= 0 {
		return delivery[:i]
	}
	return delivery
}

func (d *Desk) audit(ctx context.Context, a gate.Audit) error {
	now := d.Now()
	if err := d.Gate.Do(ctx, func(tx gate.Tx) error { return tx.Audit(now, a) }); err != nil {
		return fmt.Errorf("audit: %w", err)
	}
	return nil
}

func (d *Desk) detail(ctx context.Context, m *gate.Mail, value func(*check.Finding) string) (*client.HeldDetail, error) {
	o, err := d.Gate.Open(m)
	if err != nil {
		return nil, err
	}
	row := m.Deliveries[0]
	h := &client.HeldDetail{
		Held: client.Held{
			ID: row.ID, MailID: m.ID, Recipient: o.Recipients[0].Address, Stream: m.Stream, HeldAt: row.HeldAt,
			Rules: []string{}, Persons: []string{},
		},
		Sender: o.Origin.Envelope.From, Size: m.Size, ReceivedAt: m.ReceivedAt, State: row.State.String(),
	}
	for _, rule := range row.Rules {
		h.Rules = append(h.Rules, string(rule))
	}
	for _, e := range row.Exposures {
		if name := d.nameOf(e.Person); !e.Own && !slices.Contains(h.Persons, name) {
			h.Persons = append(h.Persons, name)
		}
	}
	slices.Sort(h.Persons)
	doc := o.Verdict
	if doc == nil { // purged
		doc = &check.Doc{Recipients: []check.DocRecipient{}, Findings: []check.DocFinding{}}
	}
	doc.Recipients = slices.DeleteFunc(doc.Recipients, func(r check.DocRecipient) bool { return r.Address != h.Recipient })
	e, _, err := d.Gate.Reexamine(ctx, m, o, value)
	if err != nil {
		return nil, err
	}
	if e != nil {
		now := check.Explain(e, &check.Verdict{}, value)
		doc.Findings = now.Findings
		h.Subject = maskSubject(subjectOf(o.Body), e, value)
	}
	h.Verdict, err = json.Marshal(doc)
	return h, err
}

// Release lets held mail go. What was judged on an older roster is judged
// again first: released is only what would be shown now as it was shown. What
// fits by then, and left by itself, is done too.
func (d *Desk) Release(ctx context.Context, who string, dec client.Decision) (*client.Decided, error) {
	f, err := d.decision(ctx, dec)
	if err != nil {
		return nil, err
	}
	out := &client.Decided{Changed: []string{}, Missing: []string{}}
	version := d.Roster.Snapshot().Version()
	before, old, err := d.held(ctx, f, version)
	if err != nil {
		return nil, err
	}
	old, least, err := d.outdated(ctx, old, version)
	if err != nil {
		return nil, err
	}
	judged, err := d.rejudgeAll(ctx, old)
	if err != nil {
		return nil, err
	}
	for i, r := range old {
		switch judged[i] {
		case otherwise:
			out.Changed = append(out.Changed, r.ID)
		case free, asShown:
		}
	}
	ids := before
	if len(out.Changed) > 0 {
		ids = missing(before, out.Changed)
		f = Filter{IDs: ids}
	}
	if len(ids) > 0 {
		moved, err := d.Store.Release(ctx, d.Now(), Move{Filter: f, By: who, Reason: dec.Reason, Version: least})
		if err != nil {
			return nil, fmt.Errorf("release held mail: %w", err)
		}
		out.Changed = append(out.Changed, moved.Outdated...)
	}
	out.Done = len(before) - len(out.Changed) // also what somebody else, or the roster, was faster with
	out.Missing = missing(dec.IDs, before)
	if out.Done > 0 {
		d.Stopped(ctx)
	}
	return out, nil
}

// Discard ends held mail.
func (d *Desk) Discard(ctx context.Context, who string, dec client.Decision) (*client.Decided, error) {
	f, err := d.decision(ctx, dec)
	if err != nil {
		return nil, err
	}
	out := &client.Decided{Changed: []string{}}
	before, _, err := d.held(ctx, f, 0)
	if err != nil {
		return nil, err
	}
	moved, err := d.Store.Discard(ctx, d.Now(), Move{Filter: f, By: who, Reason: dec.Reason})
	if err != nil {
		return nil, fmt.Errorf("discard held mail: %w", err)
	}
	out.Done = moved.Count
	out.Missing = missing(dec.IDs, before)
	return out, nil
}

// decision is what a decision means: what is held by now, not what comes in
// while it is carried out.
func (d *Desk) decision(ctx context.Context, dec client.Decision) (Filter, error) {
	if strings.TrimSpace(dec.Reason) == "" {
		return Filter{}, fault.New(fault.Invalid, "decide on held mail", "a reason is needed").WithHint("--reason TEXT")
	}
	f, err := d.filter(ctx, dec.Selection)
	if err != nil {
		return f, err
	}
	if len(f.IDs) == 0 && f.Stream == "" && f.Rule == "" && f.Since.IsZero() && f.Before.IsZero() && f.Person == (roster.Key{}) {
		return f, fault.New(fault.Invalid, "decide on held mail", "nothing is selected").WithHint("ids, or --where rule=…,stream=…")
	}
	if now := d.Now(); len(f.IDs) == 0 && (f.Before.IsZero() || f.Before.After(now)) {
		f.Before = now
	}
	return f, nil
}

// held lists the ids that fit, and those judged before a roster version.
func (d *Desk) held(ctx context.Context, f Filter, version int64) (ids []string, old []Held, err error) {
	err = d.Store.Held(ctx, f, func(r Held) error {
		ids = append(ids, r.ID)
		if r.JudgedAt < version {
			old = append(old, r)
		}
		return nil
	})
	if err != nil {
		return nil, nil, fmt.Errorf("list held mail: %w", err)
	}
	return ids, old, nil
}

// became is what a new judgement made of a held delivery.
type became int

const (
	asShown   became = iota // held for nothing that was not shown
	otherwise               // held for another reason, or for more people: a person must look again
	free                    // no longer held: it fits now, or somebody was faster
)

// outdated are those of a list on which the roster may decide otherwise than
// when they were judged; least is the oldest version at which any of the others
// was, version when there is none.
func (d *Desk) outdated(ctx context.Context, list []Held, version int64) (old []Held, least int64, err error) {
	least = version
	if len(list) == 0 {
		return nil, least, nil
	}
	affected := map[string]bool{}
	err = d.Store.Affected(ctx, version, func(_, delivery string) error {
		affected[delivery] = true
		return nil
	})
	if err != nil {
		return nil, least, fmt.Errorf("find what the roster changed: %w", err)
	}
	for _, r := range list {
		if affected[r.ID] {
			old = append(old, r)
		} else {
			least = min(least, r.JudgedAt)
		}
	}
	return old, least, nil
}

// rejudgeAtOnce is how many held deliveries are judged again at a time: they
// share transactions.
const rejudgeAtOnce = 16

// rejudgeAll judges held deliveries again, and says what became of each.
func (d *Desk) rejudgeAll(ctx context.Context, list []Held) ([]became, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	out := make([]became, len(list))
	var next atomic.Int64
	var workers sync.WaitGroup
	for range min(rejudgeAtOnce, len(list)) {
		workers.Go(func() {
			for i := next.Add(1) - 1; int(i) < len(list) && ctx.Err() == nil; i = next.Add(1) - 1 {
				var err error
				if out[i], err = d.rejudge(ctx, list[i]); err != nil {
					cancel(err)
				}
			}
		})
	}
	workers.Wait()
	return out, context.Cause(ctx)
}

// rejudge judges a held delivery again.
func (d *Desk) rejudge(ctx context.Context, r Held) (became, error) {
	// It is a conflict when somebody decided on it meanwhile.
	if err := d.Gate.Rejudge(ctx, r.Mail, r.ID); err != nil && fault.KindOf(err) != fault.Conflict {
		return asShown, err
	}
	m, err := d.mail(ctx, r.ID)
	if err != nil {
		return asShown, err
	}
	now := m.Deliveries[0]
	switch {
	case now.State != custody.Held:
		return free, nil
	case now.Changed:
		return otherwise, nil
	}
	return asShown, nil
}

// mail reads the mail of a delivery, with this delivery alone.
func (d *Desk) mail(ctx context.Context, delivery string) (m *gate.Mail, err error) {
	err = d.Store.Read(ctx, func(tx gate.ReadTx) (err error) {
		m, err = tx.Mail(mailOf(delivery), delivery)
		return err
	})
	if err == nil && len(m.Deliveries) != 1 {
		err = fault.New(fault.NotFound, "read mail", "no mail has this id").WithHint("kakitome held list")
	}
	return m, err
}

func missing(asked, found []string) []string {
	have := make(map[string]bool, len(found))
	for _, id := range found {
		have[id] = true
	}
	list := []string{}
	for _, id := range asked {
		if !have[id] {
			list = append(list, id)
		}
	}
	return list
}
