package response

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/kakitome/kakitome/client"
	"github.com/kakitome/kakitome/internal/fault"
	"github.com/kakitome/kakitome/internal/incident"
	"github.com/kakitome/kakitome/internal/jp"
	"github.com/kakitome/kakitome/internal/law"
	"github.com/kakitome/kakitome/internal/letter"
	"github.com/kakitome/kakitome/internal/roster"
	"github.com/kakitome/kakitome/internal/scope"
)

// record is what drafts are written from.
func (d *Desk) record(c *Course, s *scoped, found *assessed) law.Record {
	noted := func(name string) law.Noted {
		for _, e := range slices.Backward(c.Events) {
			if v, is := e.Facts[name]; is && e.Kind == incident.Facts {
				return law.Noted{Text: v, KnownAt: e.At, Evidence: eventID(c.ID, e.N)}
			}
		}
		return law.Noted{}
	}
	r := law.Record{
		Incident: c.ID, AsOf: d.Now(), Zone: d.Zone, Facts: found.facts, Reporter: d.Law.Reporter, Personal: d.personal(), Answers: found.heard.answers,
		Outline: noted("outline"), Cause: noted("cause"), SecondaryHow: noted("secondary"), Advice: noted("advice"), Other: noted("other"), CauseKinds: []law.Cause{law.CauseMisSent}, Proofs: map[string]law.Proof{},
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
		default: // no form asks for it
		}
	}
	if s != nil {
		open := s.Numbers.Unread > 0
		r.Mails, r.Recipients = lawCount(s.Numbers.Mails, found.facts.Persons.Final, open), lawCount(s.Numbers.Recipients, found.facts.Persons.Final, open)
	}
	return r
}

// personal tells whether a text holds anything of anybody in the roster.
func (d *Desk) personal() func(text string) bool {
	find := letter.People(d.Hasher, d.Roster.Snapshot(), func(roster.Key) bool { return true })
	return func(text string) bool { return len(find(jp.FoldText(text))) > 0 }
}

var finders = map[incident.Source]string{
	incident.FromAlert: "社内（送信の監視）", incident.FromClerk: "社内（担当者）", incident.FromCustomer: "お客様からの連絡",
	incident.FromMail: "社内（送信記録）", incident.FromPerson: "社内（送信記録）", incident.FromForeign: "社内（送信記録）", incident.Drill: "訓練",
}

// heard is what letters brought back.
type heard struct {
	answers law.Answers
	unread  law.Answer // every wrong recipient has deleted the mail unread
	told    time.Time  // the first of those whose data went out was written to, or phoned
}

// hear counts what the wrong recipients did, and says since when those whose
// data went out know.
func (d *Desk) hear(ctx context.Context, c *Course, s *scoped) (*heard, error) {
	h := &heard{told: c.firstOf(incident.Telephoned)}
	err := d.Store.Letters(ctx, LetterFilter{Incident: c.ID}, func(l Letter) error {
		k, ok := letter.ParseKind(l.Kind)
		if at := l.left(); ok && tells(k) && !at.IsZero() && (h.told.IsZero() || at.Before(h.told)) {
			h.told = at
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	all, err := d.askings(ctx, c)
	if err != nil {
		return nil, err
	}
	for _, a := range all {
		h.count(a.State)
	}
	h.unread = unreadDeleted(s, all)
	for _, e := range slices.Backward(c.Events) {
		if e.Kind == incident.Sent {
			h.answers.Evidence = eventID(c.ID, e.N)
			break
		}
	}
	return h, nil
}

func (h *heard) count(s letter.State) {
	a := &h.answers
	if s >= letter.Asked {
		a.Asked++
	}
	if n := map[letter.State]*int{
		letter.Bounced: &a.Bounced, letter.Relayed: &a.Relayed, letter.ConfirmedUnread: &a.ConfirmedUnread, letter.ConfirmedDeleted: &a.ConfirmedDeleted,
		letter.Refused: &a.Refused, letter.NoAnswer: &a.NoAnswer,
	}[s]; n != nil {
		*n++
	}
}

// unreadDeleted is yes when every wrong recipient there may be has answered so,
// no when somebody has answered otherwise.
func unreadDeleted(s *scoped, all map[roster.Key]*asking) law.Answer {
	if s == nil {
		return law.Unknown
	}
	every, some := s.Numbers.Unread == 0, false
	for i := range s.Recipients {
		r := &s.Recipients[i]
		if r.Wrong < scope.Possibly {
			continue
		}
		some = true
		a := all[r.Key]
		if a != nil && (a.State == letter.ConfirmedDeleted || a.State == letter.Refused) {
			return law.No
		}
		every = every && a != nil && a.State == letter.ConfirmedUnread
	}
	if every && some {
		return law.Yes
	}
	return law.Unknown
}

// draft writes the draft of a report.
func (d *Desk) draft(ctx context.Context, id, rule string) (law.Draft, *Course, error) {
	c, s, err := d.known(ctx, id)
	if err != nil {
		return law.Draft{}, nil, err
	}
	found, err := d.assess(ctx, c, s)
	if err != nil {
		return law.Draft{}, nil, err
	}
	out, err := d.Law.Packs.Draft(rule, d.record(c, s, found), found.duties)
	if err != nil {
		var rules []string
		for _, x := range found.duties {
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
