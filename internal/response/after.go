package response

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/kakitome/kakitome/client"
	"github.com/kakitome/kakitome/internal/attribution"
	"github.com/kakitome/kakitome/internal/fault"
	"github.com/kakitome/kakitome/internal/gate"
	"github.com/kakitome/kakitome/internal/incident"
	"github.com/kakitome/kakitome/internal/roster"
)

// ExportScope writes the newest scope with its proofs: csv or json. What leaves
// so is in the course.
func (d *Desk) ExportScope(ctx context.Context, who, id, format string, w io.Writer) error {
	if format != "csv" && format != "json" {
		return fault.New(fault.Invalid, "export scope", "there is no such format").WithHint("csv, json")
	}
	c, err := d.Course(ctx, id)
	if err != nil {
		return err
	}
	s, err := d.newest(ctx, c)
	if err != nil {
		return err
	}
	if err := d.Store.SignHead(ctx, d.Now()); err != nil { // so that it covers all there is
		return err
	}
	out, err := d.Survey.Export(ctx, s.Scope)
	if err != nil {
		return err
	}
	if err := d.noted(ctx, who, id, fmt.Sprintf("scope %d was exported as %s", s.Version, format)); err != nil {
		return err
	}
	if format == "csv" {
		return out.WriteCSV(w)
	}
	return out.WriteJSON(w)
}

// Replay runs an incident's mails against today's policy and roster.
func (d *Desk) Replay(ctx context.Context, who, id string) (*client.Replayed, error) {
	c, err := d.Course(ctx, id)
	if err != nil {
		return nil, err
	}
	sel, err := d.resolved(ctx, c)
	if err != nil {
		return nil, err
	}
	began := time.Now()
	r, err := d.Survey.Replay(ctx, sel)
	if err != nil {
		return nil, err
	}
	out := &client.Replayed{
		Mails: len(r.Mails), Wrong: r.Wrong, Stopped: r.Stopped, Released: r.Left, Before: r.Before, Gone: r.Gone, Rules: map[string]int{}, Seconds: time.Since(began).Seconds(),
		RosterVersion: r.RosterVersion, PolicyVersion: r.PolicyVersion,
	}
	for i := range r.Mails {
		for k := range r.Mails[i].Deliveries {
			for _, rule := range r.Mails[i].Deliveries[k].Rules {
				out.Rules[string(rule)]++
			}
		}
	}
	return out, d.noted(ctx, who, id, fmt.Sprintf("replayed: of %d wrong deliveries %d would be held now, %d would leave", r.Wrong, r.Stopped, r.Left))
}

// Inquiries lists what people reported and asked, in clear: for the audit it is
// an act.
func (d *Desk) Inquiries(ctx context.Context, who string, since time.Time) ([]client.Inquiry, error) {
	rows, err := d.Store.Inquiries(ctx, since)
	if err != nil {
		return nil, err
	}
	list := []client.Inquiry{}
	for _, q := range rows {
		text, err := d.Open(d.Hasher.Bytes("inquiry", []byte(q.Ref)), q.Sealed)
		if err != nil {
			return nil, err
		}
		list = append(list, client.Inquiry{Ref: q.Ref, Kind: q.Kind, At: q.At, Text: text})
	}
	err = d.Store.Respond(ctx, func(tx Tx) error {
		return tx.Audit(d.Now(), gate.Audit{Who: who, Act: "read inquiries", Object: fmt.Sprintf("%d", len(list))})
	})
	return list, err
}

// hit is mail that came for a canary.
type hit struct {
	Person string    `json:"person"` // keyed hash
	At     time.Time `json:"at"`
}

const kindCanary = "canary"

// CanaryMail is mail that came for a canary.
type CanaryMail struct {
	Address   string
	MessageID string // as it says; empty: it has none
	Digest    [32]byte
	At        time.Time
}

// CanaryHit notes that mail came for somebody who does not exist, unless the shop
// itself sent it. The same mail told twice is one.
func (d *Desk) CanaryHit(ctx context.Context, m CanaryMail) error {
	rcpt := d.Hasher.Recipient(m.Address)
	owners := d.personsOf(rcpt)
	if len(owners) == 0 { // a dictionary attack on the domain
		return nil
	}
	own, id := false, d.Hasher.Bytes("message-id", []byte(m.MessageID))
	err := d.Store.SentTo(ctx, rcpt, mostSent, func(s SentMail) error {
		own = own || m.MessageID != "" && s.MessageID == id
		return nil
	})
	if err != nil || own {
		return err
	}
	return d.incoming(ctx, kindCanary, "C", m.Digest[:], hit{owners[0].Hex(), m.At},
		"Mail came for a canary person who exists nowhere but in the roster. 実在しない監視用の会員あてにメールが届きました。")
}

// Forwarded keeps a strange mail that somebody sent in as an attachment.
func (d *Desk) Forwarded(ctx context.Context, v any, digest []byte) error {
	return d.incoming(ctx, "strange", "R", digest, v, "Somebody forwarded a strange mail. 不審なメールの転送がありました。")
}

func (d *Desk) incoming(ctx context.Context, kind, letter string, digest []byte, v any, text string) error {
	plain, err := json.Marshal(v)
	if err != nil {
		return fault.Wrap(fault.Internal, "keep mail", "it cannot be written down", err)
	}
	q := Inquiry{Ref: letter + "-" + hex.EncodeToString(digest[:6]), Kind: kind, At: d.Now()}
	if q.Sealed, err = d.Seal(d.Hasher.Bytes("inquiry", []byte(q.Ref)), string(plain)); err != nil {
		return err
	}
	err = d.Store.Respond(ctx, func(tx Tx) error {
		if err := tx.AddInquiry(q); err != nil {
			return err
		}
		return tx.Alert(q.At, gate.Alert{Kind: AlertReported, Subject: kind, Text: text + " kakitome incident inquiries"})
	})
	if err == nil {
		d.Heard(kind)
	}
	return err
}

// Compare weighs whether mail that members report, or that came for canaries,
// comes from the same leak.
func (d *Desk) Compare(ctx context.Context, id string, e client.SameLeak) (*client.Attribution, error) {
	c, s, err := d.known(ctx, id)
	if err != nil {
		return nil, err
	}
	if s == nil {
		return nil, fault.New(fault.Conflict, "compare leaks", "it is not known yet whose data went to whom").WithHint("kakitome incident scope " + id)
	}
	snap := d.Roster.Snapshot()
	_, canaries := snap.Count()
	k := attribution.Case{First: s.First, Told: c.firstOf(incident.Sent), Population: e.Members, Exposed: s.Numbers.Persons.Most}
	if k.Population == 0 {
		k.Population = snap.People() - canaries
	}
	k.Population = max(k.Population, k.Exposed)
	now := d.Now()
	report := func(list []client.Reporter, at time.Time) {
		for _, by := range list {
			r := attribution.Report{Reported: at, OnlyOurs: by.OnlyOurs}
			if e.Onset != nil {
				r.Received = *e.Onset
			}
			if owners := d.personsOf(d.Hasher.Recipient(trimmed(by.Address))); len(owners) > 0 {
				r.Person = owners[0]
				if p, in := s.Person(r.Person); in && p.AtMost() {
					r.Exposed = true
				}
			}
			k.Reports = append(k.Reports, r)
		}
	}
	before := now
	if !k.Told.IsZero() {
		before = k.Told.Add(-time.Second)
	}
	report(e.Reporters, before)
	report(e.Later, now)
	if k.Canaries, err = d.canaries(ctx, s, e.Provenance, canaries); err != nil {
		return nil, err
	}
	j, err := attribution.Judge(k)
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, "compare leaks", err.Error(), err)
	}
	out := &client.Attribution{Verdict: j.Verdict.String(), Text: j.Verdict.Words().JA, TextEn: j.Verdict.Words().EN, Reasons: []string{}, Needed: []string{}, P: j.Reports.P}
	for _, w := range j.Reasons {
		out.Reasons = append(out.Reasons, w.JA+" / "+w.EN)
	}
	for _, w := range j.Needed {
		out.Needed = append(out.Needed, w.JA+" / "+w.EN)
	}
	for _, p := range j.Partners {
		out.Partners = append(out.Partners, client.Partner{Name: p.Partner, Verdict: p.Verdict.String(), Posterior: p.Posterior, Hits: p.Test.Hits, Canaries: p.Test.Of})
	}
	return out, nil
}

// canaries are the canary people with what came for them: those in the wrong
// mails, those that were given to somebody, the shop's own store too, and as
// controls the rest of the roster's, when it is said who was given whom.
func (d *Desk) canaries(ctx context.Context, s *scoped, provenance string, total int) ([]attribution.Canary, error) {
	given, err := attribution.ReadProvenance("provenance", strings.NewReader(provenance), d.Zone)
	if err != nil && provenance != "" {
		return nil, fault.Wrap(fault.Invalid, "compare leaks", err.Error(), err)
	}
	known := map[roster.Key]*attribution.Canary{}
	of := func(k roster.Key) *attribution.Canary {
		if known[k] == nil {
			known[k] = &attribution.Canary{}
		}
		return known[k]
	}
	for i := range s.Persons {
		if p := &s.Persons[i]; p.Canary && p.AtMost() {
			of(p.Key).Exposed = true
		}
	}
	for person, list := range given {
		of(d.Hasher.Person(person)).Given = list
	}
	rows, err := d.Store.Inquiries(ctx, time.Time{})
	if err != nil {
		return nil, err
	}
	for _, q := range rows {
		if q.Kind != kindCanary {
			continue
		}
		text, err := d.Open(d.Hasher.Bytes("inquiry", []byte(q.Ref)), q.Sealed)
		if err != nil {
			return nil, err
		}
		var h hit
		if err := json.Unmarshal([]byte(text), &h); err != nil {
			return nil, fault.Wrap(fault.Internal, "read canary", "it is not what was written", err)
		}
		var k roster.Key
		if _, err := hex.Decode(k[:], []byte(h.Person)); err != nil {
			return nil, fault.Wrap(fault.Internal, "read canary", "it is not what was written", err)
		}
		of(k).Hits = append(of(k).Hits, h.At)
	}
	var list []attribution.Canary
	snap := d.Roster.Snapshot()
	for _, k := range slices.SortedFunc(maps.Keys(known), func(a, b roster.Key) int { return strings.Compare(a.Hex(), b.Hex()) }) {
		list = append(list, *known[k])
		if info, in := snap.Person(k); in && info.Canary {
			total--
		}
	}
	if provenance != "" { // the rest was given to nobody, which no file would not say
		list = append(list, make([]attribution.Canary, max(0, total))...)
	}
	return list, nil
}
