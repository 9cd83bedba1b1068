package gate

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/kakitome/kakitome/internal/check"
	"github.com/kakitome/kakitome/internal/custody"
	"github.com/kakitome/kakitome/internal/mail"
	"github.com/kakitome/kakitome/internal/policy"
)

// Rejudge judges a held delivery again on the present roster, policy and
// counts. It is released by itself when it now fits. What the roster cannot
// change (a replay, growing recipients, staleness) stays as it was.
func (g *Gate) Rejudge(ctx context.Context, mailID, delivery string) error {
	var stored *Mail
	err := g.Ledger.Read(ctx, func(tx ReadTx) (err error) {
		stored, err = tx.Mail(mailID, delivery)
		return err
	})
	if err != nil {
		return fmt.Errorf("read mail %s: %w", mailID, err)
	}
	opened, err := g.Open(stored)
	if err != nil {
		return err
	}
	if len(stored.Deliveries) != 1 || stored.Deliveries[0].State != custody.Held || opened.Body == nil {
		return nil
	}
	e, err := g.examine(ctx, opened.submission(stored), cleaned{data: opened.Body}, stored.ReceivedAt)
	if err != nil {
		return fmt.Errorf("examine mail %s again: %w", mailID, err)
	}
	// The mail is on the ledger already: it is no repeat of itself.
	e.MessageID, e.Content = check.Key{}, check.Key{}
	if err := g.Do(ctx, func(tx Tx) error { return g.rejudge(tx, stored, opened, e) }); err != nil {
		return fmt.Errorf("judge mail %s again: %w", mailID, err)
	}
	return nil
}

// submission is the mail as it once came in, for the recipients opened.
func (o *Opened) submission(m *Mail) Submission {
	env := o.Origin.Envelope
	env.Recipients = o.Recipients
	return Submission{
		Envelope: env, Data: o.Body, Stream: m.Stream,
		Client: o.Origin.Client, Hello: o.Origin.Hello, Protocol: o.Origin.Protocol,
	}
}

func (g *Gate) rejudge(tx Tx, m *Mail, o *Opened, e *check.Examined) error {
	wants := []check.Wants{e.Wants()}
	if err := tx.Lock(wants); err != nil {
		return err
	}
	stored, err := tx.Mail(m.ID, m.Deliveries[0].ID)
	if err != nil {
		return err
	}
	was := stored.Deliveries[0]
	if was.State != custody.Held || was.JudgedAt > e.RosterVersion {
		return nil // somebody was faster
	}
	now := g.Now()
	counts, err := tx.Counts(now, wants)
	if err != nil {
		return err
	}
	// Recipients grow from mail to mail, not from judgement to judgement.
	counts.Clients = map[check.Key]*check.ClientCounts{}
	v := check.Decide(asHeld(e, was.Rules), counts)
	d := &v.Recipients[0]
	stay(d, was, now)
	if v.Effects.Outcome.Mention {
		stayMention(d, o)
	}
	j := Judged{
		Mail: m.ID, Delivery: was.ID, State: custody.Queued, Due: dueAgain(m, e.Stream.HoldFor, now),
		Rules: rulesOf(d.Reasons), RosterVersion: e.RosterVersion, Exposures: d.Exposures,
	}
	if d.Hold {
		j.State, j.Grew = custody.Held, grew(was, j)
	}
	if !d.Hold || d.Waits {
		j.Effects.Sightings, j.Effects.Received = v.Effects.Sightings, v.Effects.Received
	}
	if j.Verdict, err = g.explainAgain(stored, o, check.Explain(e, v, nil), now); err != nil {
		return err
	}
	return tx.Judge(now, j)
}

// grew tells whether a delivery is held for a rule, or for a person, for which
// it was not held before.
func grew(was Delivery, now Judged) bool {
	return slices.ContainsFunc(now.Rules, func(r check.Rule) bool { return !slices.Contains(was.Rules, r) }) ||
		slices.ContainsFunc(foreign(now.Exposures), func(p check.Key) bool { return !slices.Contains(foreign(was.Exposures), p) })
}

// foreign are the declared persons whose data somebody else gets.
func foreign(exposures []check.Exposure) []check.Key {
	var persons []check.Key
	for _, e := range exposures {
		if !e.Own && e.Person != (check.Key{}) {
			persons = append(persons, e.Person)
		}
	}
	return persons
}

// asHeld has a held mail judged as if its stream enforced, whatever it does by
// now: what was held does not leave because somebody only observes. What waited
// for nothing but its stream is judged as the stream is.
func asHeld(e *check.Examined, rules []check.Rule) *check.Examined {
	if slices.Equal(rules, []check.Rule{check.Breaker}) {
		return e
	}
	held, stream := *e, *e.Stream
	stream.Mode = policy.Enforce
	held.Stream = &stream
	return &held
}

// stay holds what a new roster cannot make fit: what was held for a lasting
// reason, and what has become stale meanwhile.
func stay(d *check.Decision, was Delivery, now time.Time) {
	rules := was.Rules
	if !was.StaleAt.IsZero() && !was.StaleAt.After(now) {
		rules = append(slices.Clone(rules), check.Stale)
	}
	for _, rule := range rules {
		if !lasting(rule) {
			continue
		}
		d.Hold, d.Waits = true, false
		if !slices.Contains(rulesOf(d.Reasons), rule) {
			d.Reasons = append(d.Reasons, check.Reason{Rule: rule})
		}
	}
}

// stayMention holds what tells about others still, and was held because many
// mails of its stream did then. That those have gone by is no reason to let it go.
func stayMention(d *check.Decision, o *Opened) {
	if o.Verdict == nil || slices.Contains(rulesOf(d.Reasons), check.Ownership) {
		return
	}
	for _, r := range o.Verdict.Recipients {
		i := slices.IndexFunc(r.Reasons, func(r check.DocReason) bool { return check.OfStream(r.Rule, r.Detail) })
		if i >= 0 && r.Address == o.Recipients[0].Address {
			d.Hold, d.Waits = true, false
			d.Reasons = append(d.Reasons, check.Reason{Rule: check.Ownership, Detail: r.Reasons[i].Detail})
			return
		}
	}
}

// lasting tells whether a rule's reason does not go away with a new roster.
func lasting(r check.Rule) bool {
	return r == check.Replay || r == check.GrowingRecipients || r == check.Stale
}

// dueAgain is when a mail released later may leave: hold_for counts from the
// first acceptance.
func dueAgain(m *Mail, holdFor time.Duration, now time.Time) time.Time {
	due := m.ReceivedAt.Add(holdFor)
	if due.Before(now) {
		return now
	}
	return due
}

// explainAgain puts a new judgement into the explanation of the whole mail, as
// it is by now, and seals it.
func (g *Gate) explainAgain(m *Mail, o *Opened, judged *check.Doc, now time.Time) ([]byte, error) {
	key, err := g.Sealer.MailKey(m.Key)
	if err != nil {
		return nil, err
	}
	judged.AsOf = now.UTC()
	old := o.Verdict
	if m.Verdict != nil {
		old = &check.Doc{}
		if err := openJSON(key, fieldVerdict, m.ID, m.Verdict, old); err != nil {
			return nil, err
		}
	}
	return sealJSON(key, fieldVerdict, m.ID, mergeDoc(old, judged))
}

// mergeDoc puts the new judgement of some recipients into the explanation of
// the whole mail. Lasting reasons stay in the words they had.
func mergeDoc(old, judged *check.Doc) *check.Doc {
	if old == nil {
		return judged
	}
	merged := *judged
	merged.Recipients = slices.Clone(old.Recipients)
	merged.FirstMail, merged.Decision = old.FirstMail, "release"
	for _, n := range judged.Recipients {
		for i := range merged.Recipients {
			if was := merged.Recipients[i]; was.Address == n.Address {
				merged.Recipients[i] = n
				merged.Recipients[i].Reasons = keepWords(was.Reasons, n.Reasons)
			}
		}
	}
	if slices.ContainsFunc(merged.Recipients, func(r check.DocRecipient) bool { return r.Decision == "hold" }) {
		merged.Decision = "hold"
	}
	return &merged
}

func keepWords(was, now []check.DocReason) []check.DocReason {
	kept := slices.Clone(now)
	for i, n := range kept {
		k := slices.IndexFunc(was, func(r check.DocReason) bool {
			return r.Rule == n.Rule && (lasting(r.Rule) || check.OfStream(n.Rule, n.Detail) && r.Detail == n.Detail)
		})
		if k >= 0 {
			kept[i] = was[k]
		}
	}
	return kept
}

// Reexamine examines a stored mail again, for showing it: values are in clear
// in memory only, but for the lines quoted, in which the value function says
// how they are written. All is empty when the body was erased.
func (g *Gate) Reexamine(ctx context.Context, m *Mail, o *Opened, value func(*check.Finding) string) (e *check.Examined, quotes []check.Quote, err error) {
	if o.Body == nil {
		return nil, nil, nil
	}
	s := o.submission(m)
	if s.Envelope.Recipients == nil {
		s.Envelope.Recipients = []mail.Recipient{}
	}
	err = g.read(ctx, s, cleaned{data: o.Body}, m.ReceivedAt, func(in check.Input, k check.Knowledge) {
		e, quotes = check.ExamineQuoting(in, k, value)
	})
	return e, quotes, err
}
