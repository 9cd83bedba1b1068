package response

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/kakitome/kakitome/client"
	"github.com/kakitome/kakitome/internal/fault"
	"github.com/kakitome/kakitome/internal/gate"
	"github.com/kakitome/kakitome/internal/incident"
	"github.com/kakitome/kakitome/internal/law"
	"github.com/kakitome/kakitome/internal/letter"
	"github.com/kakitome/kakitome/internal/scope"
)

// Law is which law applies.
type Law struct {
	Packs    *law.Packs
	Places   []string // jurisdictions that apply, as the packs name them: JP, EU, …
	Reporter law.Reporter
}

// yesNo are the facts that are yes or no, and where they go.
var yesNo = map[string]func(*law.Facts) *law.Answer{
	"special_care": func(f *law.Facts) *law.Answer { return &f.SpecialCare },
	"property":     func(f *law.Facts) *law.Answer { return &f.PropertyDamage },
	"improper":     func(f *law.Facts) *law.Answer { return &f.ImproperPurpose },
	"intrusion":    func(f *law.Facts) *law.Answer { return &f.Intrusion },
	"unique_ids":   func(f *law.Facts) *law.Answer { return &f.UniqueIDs },
	"identity":     func(f *law.Facts) *law.Answer { return &f.IdentityData },
	"encrypted":    func(f *law.Facts) *law.Answer { return &f.Encrypted },
	"processor":    func(f *law.Facts) *law.Answer { return &f.Processor },
	"risk":         func(f *law.Facts) *law.Answer { return &f.Risk },
	"high_risk":    func(f *law.Facts) *law.Answer { return &f.HighRisk },
	"harm":         func(f *law.Facts) *law.Answer { return &f.SignificantHarm },
	"remedied":     func(f *law.Facts) *law.Answer { return &f.Remedied },
}

// timeFacts are the facts that are times.
var timeFacts = []string{"next_update", "started", "assessed"}

// factFits says what is wrong with the value of a fact.
func (d *Desk) factFits(name, value string) error {
	if _, known := factNames[name]; !known {
		return fault.Newf(fault.Invalid, "note fact", "there is no fact named %q", name).WithHint(factList())
	}
	switch {
	case value == "":
		return nil
	case yesNo[name] != nil || name == "final_numbers":
		if value != "yes" && value != "no" {
			return fault.Newf(fault.Invalid, "note fact", "%s is neither yes nor no", name).WithHint("leave it away while it is not known")
		}
	case slices.Contains(timeFacts, name):
		if _, ok := d.parseTime(value); !ok {
			return fault.Newf(fault.Invalid, "note fact", "%s is no time", name).WithHint("2026-11-22 14:19, or RFC 3339")
		}
	case name == "residents":
		if _, err := residents(value); err != nil {
			return err
		}
	case name == "items":
		for item := range strings.SplitSeq(value, ",") {
			if !slices.Contains(law.Items(), law.Item(trimmed(item))) {
				return fault.Newf(fault.Invalid, "note fact", "%q is no kind of data", trimmed(item)).WithHint(fmt.Sprint(law.Items()))
			}
		}
	}
	return nil
}

// residents reads how many persons live where: eu=12,uk=0.
func residents(value string) (map[string]int, error) {
	out := map[string]int{}
	for part := range strings.SplitSeq(value, ",") {
		place, n, ok := strings.Cut(trimmed(part), "=")
		count, err := strconv.Atoi(n)
		if !ok || err != nil || count < 0 {
			return nil, fault.New(fault.Invalid, "note fact", "it does not say how many live where").WithHint("eu=12,uk=0")
		}
		out[place] = count
	}
	return out, nil
}

// lawFacts are what is known of an incident, for the law.
func (d *Desk) lawFacts(c *Course, s *scoped) law.Facts {
	f := law.Facts{Known: c.ClockAt, Occurred: d.timeFact(c, "started"), Assessed: d.timeFact(c, "assessed"), Database: law.Yes, Places: map[string]law.Place{}}
	for name, field := range yesNo {
		if err := field(&f).UnmarshalText([]byte(c.Facts[name])); err != nil {
			*field(&f) = law.Unknown
		}
	}
	final := c.Facts["final_numbers"] == "yes"
	if s != nil {
		f.Persons = lawCount(s.Numbers.Persons, final && s.Numbers.Unread == 0, s.Numbers.Unread > 0)
		if f.Occurred.IsZero() {
			f.Occurred = s.First
		}
		for i := range s.Rows {
			if r := &s.Rows[i]; r.Kind != 0 && (r.AtMost()) && !slices.Contains(f.Items, law.ItemOf(r.Kind)) {
				f.Items = append(f.Items, law.ItemOf(r.Kind))
			}
		}
	}
	for item := range strings.SplitSeq(c.Facts["items"], ",") {
		if i := law.Item(trimmed(item)); i != "" && !slices.Contains(f.Items, i) {
			f.Items = append(f.Items, i)
		}
	}
	slices.SortFunc(f.Items, func(a, b law.Item) int { return slices.Index(law.Items(), a) - slices.Index(law.Items(), b) })
	f.ItemsFinal = final
	if f.Occurred.After(f.Known) { // the clock was started by hand before the first mail that is known
		f.Occurred = f.Known
	}
	if told := c.firstOf(incident.Sent); !told.IsZero() {
		f.PersonsTold = told
	}
	d.places(c, &f, final)
	return f
}

// places says where people live and where the company is.
func (d *Desk) places(c *Course, f *law.Facts, final bool) {
	live, err := residents(c.Facts["residents"])
	if err != nil {
		live = nil
	}
	for _, place := range d.Law.Places {
		p := law.Place{}
		if c.Facts["established"] != "" {
			p.Established = law.No
		}
		for at := range strings.SplitSeq(c.Facts["established"], ",") {
			if strings.EqualFold(trimmed(at), place) {
				p.Established = law.Yes
			}
		}
		if place == "JP" && p.Established == law.Unknown {
			p.Established = law.Yes // where the program is written for
		}
		if n, ok := live[strings.ToLower(place)]; ok {
			p.Residents = law.Count{Least: n, Most: n, Final: final}
			p.Offers = law.Yes
		}
		f.Places[place] = p
	}
}

// firstOf is when something of a kind first happened.
func (c *Course) firstOf(k incident.Kind) time.Time {
	for i := range c.Events {
		if c.Events[i].Kind == k {
			return c.Events[i].At
		}
	}
	return time.Time{}
}

func lawCount(b scope.Bound, final, open bool) law.Count {
	if open {
		return law.Count{Least: b.Least}
	}
	return law.Count{Least: b.Least, Most: b.Most, Final: final}
}

// duties are what the law asks, of the places of the configuration.
func (d *Desk) duties(c *Course, s *scoped) ([]law.Duty, law.Facts, error) {
	facts := d.lawFacts(c, s)
	all, err := law.Assess(d.Law.Packs, facts, d.Now())
	var gap *law.Gap
	if err != nil && !errors.As(err, &gap) {
		return nil, facts, fault.Wrap(fault.Conflict, "assess duties", err.Error(), err).WithHint("kakitome incident fact ID NAME=VALUE")
	}
	if gap != nil {
		d.Log.Warn("no holidays are known for a year; deadlines are early rather than late", "error", err)
	}
	return slices.DeleteFunc(all, func(x law.Duty) bool { return !slices.Contains(d.Law.Places, x.Jurisdiction) }), facts, nil
}

// known is an incident with its newest scope, if there is one.
func (d *Desk) known(ctx context.Context, id string) (*Course, *scoped, error) {
	c, err := d.Course(ctx, id)
	if err != nil || c.Incident.Scope == 0 {
		return c, nil, err
	}
	s, err := d.newest(ctx, c)
	return c, s, err
}

// Deadlines are what the law asks, as far as it is known.
func (d *Desk) Deadlines(ctx context.Context, id string) ([]client.Deadline, error) {
	c, s, err := d.known(ctx, id)
	if err != nil {
		return nil, err
	}
	duties, _, err := d.duties(c, s)
	if err != nil {
		return nil, err
	}
	list, now := []client.Deadline{}, d.Now()
	for _, x := range duties {
		done := slices.Contains(c.Reports, x.Rule.ID)
		applies := x.Applies.String()
		if x.Applies == law.Unknown {
			applies = "provisional"
		}
		line := client.Deadline{
			Law: x.Jurisdiction, Rule: x.Rule.ID, Due: timeOrNil(x.Due), From: timeOrNil(x.Earliest), Applies: applies,
			What: x.Rule.Due.JA, WhatEn: x.Rule.Due.EN, Why: x.Reason.JA, WhyEn: x.Reason.EN, Reminders: x.Reminders,
			Overdue: x.Overdue(now) && !done, Done: done,
		}
		for _, m := range x.Missing {
			line.Missing = append(line.Missing, m.Fact)
		}
		if len(x.Rule.Sources) > 0 {
			line.Source = x.Rule.Sources[0].Cite + " " + x.Rule.Sources[0].URL
		}
		list = append(list, line)
	}
	return list, nil
}

// record is what drafts are written from.
func (d *Desk) record(ctx context.Context, c *Course, s *scoped, facts law.Facts) (law.Record, error) {
	noted := func(name string) law.Noted {
		for _, e := range slices.Backward(c.Events) {
			if v, is := e.Facts[name]; is && e.Kind == incident.Facts {
				return law.Noted{Text: v, KnownAt: e.At, Evidence: eventID(c.ID, e.N)}
			}
		}
		return law.Noted{}
	}
	r := law.Record{
		Incident: c.ID, AsOf: d.Now(), Zone: d.Zone, Facts: facts, Reporter: d.Law.Reporter, Outline: noted("outline"), Cause: noted("cause"),
		SecondaryHow: noted("secondary"), Advice: noted("advice"), Other: noted("other"), CauseKinds: []law.Cause{law.CauseMisSent}, Proofs: map[string]law.Proof{},
	}
	if r.Outline.Text == "" {
		r.Outline = noted("title")
	}
	if m := noted("measures"); m.Text != "" {
		r.Measures = []law.Step{{What: m.Text, State: law.UnderWay, At: m.KnownAt, Evidence: m.Evidence}}
	}
	r.Proofs["known"] = law.Proof{KnownAt: c.Events[c.ClockN-1].At, Evidence: eventID(c.ID, c.ClockN)}
	for i := range c.Events {
		e := &c.Events[i]
		proof := law.Proof{KnownAt: e.At, Evidence: eventID(c.ID, e.N)}
		step := law.Step{State: law.Done, At: e.At, Evidence: proof.Evidence}
		switch e.Kind {
		case incident.Opened:
			r.Finder = law.Noted{Text: finders[e.Source], KnownAt: e.At, Evidence: proof.Evidence}
			r.Timeline = append(r.Timeline, law.Entry{At: e.At, What: "事案の記録を開始", Evidence: proof.Evidence})
		case incident.Paused:
			r.Timeline = append(r.Timeline, law.Entry{At: e.At, What: "メールの送信を停止", Evidence: proof.Evidence})
			step.What = "メールの送信を停止した"
			r.Mitigation = append(r.Mitigation, step)
		case incident.Scoped:
			for _, name := range []string{"persons", "items", "mails", "recipients"} {
				r.Proofs[name] = proof
			}
			r.Timeline = append(r.Timeline, law.Entry{At: e.At, What: "影響範囲を確認", Evidence: proof.Evidence})
		case incident.Sent:
			step.What = fmt.Sprintf("お知らせの手紙 %d 通を送付", e.Count)
			r.Told = append(r.Told, step)
		case incident.Published:
			step.What = fmt.Sprintf("公表（第%d版）", e.Version)
			r.Published = append(r.Published, step)
			r.Timeline = append(r.Timeline, law.Entry{At: e.At, What: step.What, Evidence: proof.Evidence})
		}
	}
	if s != nil {
		open := s.Numbers.Unread > 0
		r.Mails, r.Recipients = lawCount(s.Numbers.Mails, facts.Persons.Final, open), lawCount(s.Numbers.Recipients, facts.Persons.Final, open)
	}
	var err error
	r.Answers, err = d.tally(ctx, c.ID)
	return r, err
}

var finders = map[incident.Source]string{
	incident.FromAlert: "社内（送信の監視）", incident.FromClerk: "社内（担当者）", incident.FromCustomer: "お客様からの連絡",
	incident.FromMail: "社内（送信記録）", incident.FromPerson: "社内（送信記録）", incident.FromForeign: "社内（送信記録）", incident.Drill: "訓練",
}

// tally counts what the wrong recipients did.
func (d *Desk) tally(ctx context.Context, id string) (law.Answers, error) {
	var a law.Answers
	err := d.Store.Letters(ctx, LetterFilter{Incident: id}, func(l Letter) error {
		k, ok := letter.ParseKind(l.Kind)
		if !ok || !k.Asks() || k == letter.Reminder {
			return nil
		}
		s := l.state()
		if s >= letter.Asked {
			a.Asked++
		}
		switch s {
		case letter.Bounced:
			a.Bounced++
		case letter.Relayed:
			a.Relayed++
		case letter.ConfirmedUnread:
			a.ConfirmedUnread++
		case letter.ConfirmedDeleted:
			a.ConfirmedDeleted++
		case letter.Refused:
			a.Refused++
		case letter.NoAnswer:
			a.NoAnswer++
		}
		return nil
	})
	return a, err
}

// draft writes the draft of a report.
func (d *Desk) draft(ctx context.Context, id, rule string) (law.Draft, *Course, error) {
	c, s, err := d.known(ctx, id)
	if err != nil {
		return law.Draft{}, nil, err
	}
	duties, facts, err := d.duties(c, s)
	if err != nil {
		return law.Draft{}, nil, err
	}
	r, err := d.record(ctx, c, s, facts)
	if err != nil {
		return law.Draft{}, nil, err
	}
	out, err := d.Law.Packs.Draft(rule, r, duties)
	if err != nil {
		var rules []string
		for _, x := range duties {
			if len(x.Rule.Contents) > 0 {
				rules = append(rules, x.Rule.ID)
			}
		}
		return out, nil, fault.Wrap(fault.Invalid, "draft report", err.Error(), err).WithHint(strings.Join(rules, ", "))
	}
	return out, c, nil
}

// Report is the draft of a report in words, or in what it differs from the one
// that was handed in last.
func (d *Desk) Report(ctx context.Context, id string, a client.IncidentAct) (*client.ReportDraft, error) {
	rule := a.Law
	if rule == "" {
		rule = "jp-preliminary"
		if a.Final {
			rule = "jp-final"
		}
	}
	draft, c, err := d.draft(ctx, id, rule)
	if err != nil {
		return nil, err
	}
	sum, _, err := hashed(draft)
	if err != nil {
		return nil, err
	}
	out := &client.ReportDraft{Hash: sum, Text: draft.Markdown("ja") + "\n\n" + draft.Markdown("en")}
	if a.Diff {
		before, ok, err := c.handedIn()
		if err != nil {
			return nil, err
		}
		if !ok {
			return nil, fault.New(fault.Conflict, "compare reports", "no report was handed in yet").WithHint("kakitome incident reported ID RULE --receipt TEXT")
		}
		changes := law.Diff(before, draft)
		out.Text = changes.Markdown("ja") + "\n\n" + changes.Markdown("en")
	}
	return out, nil
}

func hashed(v any) (sum string, doc []byte, err error) {
	if doc, err = json.Marshal(v); err != nil {
		return "", nil, fault.Wrap(fault.Internal, "hash document", "it cannot be written down", err)
	}
	h := sha256.Sum256(doc)
	return hex.EncodeToString(h[:]), doc, nil
}

// handedIn is the last report that was handed in.
func (c *Course) handedIn() (d law.Draft, ok bool, err error) {
	for _, e := range slices.Backward(c.Events) {
		if e.Kind == incident.Reported && len(e.Document) > 0 {
			if err := json.Unmarshal(e.Document, &d); err != nil {
				return d, false, fault.Wrap(fault.Internal, "read report", "it is not what was written", err)
			}
			return d, true, nil
		}
	}
	return d, false, nil
}

// reported notes that a report was handed in, with what it said by the facts of
// now.
func (d *Desk) reported(ctx context.Context, who, id string, a client.IncidentAct) (*Course, error) {
	e := incident.Event{Kind: incident.Reported, By: who, Object: trimmed(a.Object), Text: trimmed(a.Receipt)}
	draft, _, err := d.draft(ctx, id, e.Object)
	if err != nil {
		return nil, err
	}
	if e.Root, e.Document, err = hashed(draft); err != nil {
		return nil, err
	}
	return d.act(ctx, id, e, nil)
}

// Remind raises an alert for each deadline of an open incident of which half,
// 80 or 95 percent have passed, or all of it.
func (d *Desk) Remind(ctx context.Context) error {
	rows, err := d.Store.Incidents(ctx)
	if err != nil {
		return err
	}
	now := d.Now()
	for _, r := range rows {
		if r.Key == nil || !r.ClosedAt.IsZero() || r.Drill {
			continue
		}
		c, s, err := d.known(ctx, r.ID)
		if err != nil {
			return err
		}
		duties, _, err := d.duties(c, s)
		if err != nil {
			return err
		}
		for _, x := range duties {
			if !x.Stands() || x.Due.IsZero() || slices.Contains(c.Reports, x.Rule.ID) {
				continue
			}
			passed := 0
			for i, at := range x.Reminders {
				if !now.Before(at) {
					passed = reminderShares[min(i, len(reminderShares)-1)]
				}
			}
			if x.Overdue(now) {
				passed = 100
			}
			if passed > 0 {
				if err := d.remind(ctx, c, &x, passed); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// remind raises the alert of a share of a deadline, once.
func (d *Desk) remind(ctx context.Context, c *Course, x *law.Duty, passed int) error {
	object := fmt.Sprintf("%s %d%%", x.Rule.ID, passed)
	if slices.ContainsFunc(c.Events, func(e incident.Event) bool { return e.Kind == incident.Reminded && e.Object == object }) {
		return nil
	}
	_, err := d.act(ctx, c.ID, incident.Event{Kind: incident.Reminded, By: "kakitome", Object: object}, func(tx Tx, _ *Course, _ *incident.Event) error {
		return tx.Alert(d.Now(), gate.Alert{
			Kind: AlertDeadline, Subject: c.ID + " " + object,
			Text: fmt.Sprintf("Of the time for %s (%s) %d %% have passed; it ends %s. 期限「%s」の%d%%が経過しました。期限は%sです。",
				x.Rule.Due.EN, x.Rule.ID, passed, x.Due.In(d.Zone).Format(time.RFC3339), x.Rule.Due.JA, passed, x.Due.In(d.Zone).Format("2006-01-02 15:04")),
		})
	})
	return err
}

var reminderShares = []int{50, 80, 95}

// AlertDeadline is the kind of alert about what the law asks.
const AlertDeadline = "deadline"
