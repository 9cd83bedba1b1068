package response

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/kakitome/kakitome/client"
	"github.com/kakitome/kakitome/internal/fault"
	"github.com/kakitome/kakitome/internal/incident"
	"github.com/kakitome/kakitome/internal/jp"
	"github.com/kakitome/kakitome/internal/letter"
	"github.com/kakitome/kakitome/internal/policy"
	"github.com/kakitome/kakitome/internal/public"
	"github.com/kakitome/kakitome/internal/roster"
	"github.com/kakitome/kakitome/internal/scope"
)

// Site is what the public pages need of the company.
type Site struct {
	URL     string // without a slash at its end
	Contact public.Contact
	Officer public.Text
	Privacy public.Privacy
	// Changed has the site show at once what was published; nil: it looks by itself.
	Changed func(ctx context.Context)
}

// DraftPage makes the next version of the public page of what is known now. From
// the second on, change says in Japanese and English what is new.
func (d *Desk) DraftPage(ctx context.Context, who, id string, a client.IncidentAct) (*client.Page, error) {
	c, s, err := d.known(ctx, id)
	if err != nil {
		return nil, err
	}
	page, err := d.announce(ctx, c, s, a.Facts)
	if err != nil {
		return nil, err
	}
	if err := page.Check(); err != nil {
		return nil, fault.Wrap(fault.Conflict, "draft page", err.Error(), err).WithHint("kakitome incident fact ID NAME=VALUE, and incident.contact in the configuration")
	}
	pages, err := d.Store.Pages(ctx, id)
	if err != nil {
		return nil, err
	}
	for _, p := range slices.Backward(pages) {
		if p.PublishedAt.IsZero() {
			continue
		}
		before, err := public.ParseAnnouncement(p.Doc)
		if err != nil {
			return nil, fmt.Errorf("read page: %w", err)
		}
		if err := public.Follow(before, *page); err != nil {
			return nil, fault.Wrap(fault.Conflict, "draft page", err.Error(), err).WithHint("kakitome incident page draft ID --change TEXT --change-en TEXT")
		}
		break
	}
	doc, err := page.Document()
	if err != nil {
		return nil, fmt.Errorf("write page: %w", err)
	}
	if err := d.holdsNobody(s, string(doc)); err != nil {
		return nil, err
	}
	p := Page{Incident: id, Version: c.Page + 1, At: d.Now(), Hash: public.Edition{Document: doc}.Digest(), Doc: doc}
	_, err = d.act(ctx, id, incident.Event{Kind: incident.PageReady, By: who, Version: p.Version, Root: p.Hash}, func(tx Tx, _ *Course, _ *incident.Event) error {
		return tx.AddPage(p)
	})
	if err != nil {
		return nil, err
	}
	return &client.Page{Version: p.Version, At: p.At, Hash: p.Hash, Document: string(doc), URL: d.Site.URL + "/ja/notices/" + id}, nil
}

// holdsNobody refuses a public text that names anybody of the roster.
func (d *Desk) holdsNobody(s *scoped, text string) error {
	if s == nil {
		return nil
	}
	people := map[roster.Key]bool{}
	for i := range s.Persons {
		people[s.Persons[i].Key] = true
	}
	for i := range s.Recipients {
		for _, p := range s.Recipients[i].Persons {
			people[p] = true
		}
	}
	if kinds := d.guard(people).Forbidden(jp.FoldText(text)); len(kinds) > 0 {
		return fault.Newf(fault.Conflict, "draft page", "it holds somebody's %v", kinds[0]).WithHint("look for names, numbers and addresses in the facts of the incident")
	}
	return nil
}

// announce is what is known of an incident, for the public.
func (d *Desk) announce(ctx context.Context, c *Course, s *scoped, change map[string]string) (*public.Announcement, error) {
	text := func(name string) public.Text { return public.Text{JA: c.Facts[name], EN: c.Facts[name+"_en"]} }
	list := func(name string) (all []public.Text) {
		if t := text(name); !t.Empty() {
			all = append(all, t)
		}
		return all
	}
	a := &public.Announcement{
		ID: c.ID, Title: text("title"), Summary: text("outline"), Change: public.Text{JA: change["change"], EN: change["change_en"]},
		Found: c.ClockAt, FoundBy: text("found_by"), Stopped: c.stoppedAt(), NotExposed: list("not_leaked"), Cause: text("cause"), Misuse: text("secondary"),
		ForAffected: list("advice"), Contact: d.Site.Contact, Officer: d.Site.Officer, Next: d.timeFact(c, "next_update"), Closed: !c.Open(),
		Writing: public.Text{
			JA: "当社は " + d.Post.From + " からのみお手紙をお送りします。受付番号は確認ページで照合できます。",
			EN: "We write from " + d.Post.From + " only. The receipt code of a letter can be checked on our verification page.",
		},
		NeverAsk: []public.Text{
			{JA: "パスワード", EN: "passwords"}, {JA: "クレジットカード番号や暗証番号", EN: "card numbers or PINs"}, {JA: "振込みや手数料のお支払い", EN: "transfers or fees"},
		},
		Apology: public.Text{JA: "皆様にご迷惑とご心配をおかけしましたことを、深くお詫び申し上げます。", EN: "We deeply apologise to everybody concerned."},
	}
	if a.Title.Empty() {
		a.Title = public.Text{JA: "メールの誤送信に関するお詫びとお知らせ", EN: "Apology and notice about mail sent to wrong recipients"}
	}
	if a.Summary.Empty() {
		a.Summary = public.Text{JA: "当社の誤りにより、お客様の情報を含むメールを別の方に送信しました。", EN: "By our mistake, mail with customers' data was sent to other people."}
	}
	if t := text("measures"); !t.Empty() {
		a.Measures = []public.Measure{{Text: t}}
	}
	if s != nil {
		d.announceScope(a, s)
	}
	d.announceCourse(a, c)
	return a, nil
}

func (d *Desk) announceScope(a *public.Announcement, s *scoped) {
	count := func(b scope.Bound) *public.Count {
		n := &public.Count{Confirmed: int64(b.Least), AtMost: int64(b.Most)}
		if s.Numbers.Unread > 0 {
			n.AtMost = -1
		}
		return n
	}
	a.Sent, a.Last = s.First, s.Last
	a.Persons, a.Mails, a.Recipients = count(s.Numbers.Persons), count(s.Numbers.Mails), count(s.Numbers.Recipients)
	seen := map[public.Text]bool{}
	for i := range s.Rows {
		if r := &s.Rows[i]; r.Kind != 0 && r.AtMost() {
			if t := public.KindText(r.Kind); !seen[t] {
				seen[t] = true
				a.Exposed = append(a.Exposed, t)
			}
		}
	}
	if ok, _ := s.CanReassure(); ok && s.Numbers.Both.Most == 0 {
		a.Own = public.Text{JA: "受信された方ご自身の情報は、調べた範囲のメールで他の方に送られていません。", EN: "In the mails we examined, the recipients' own data was not sent to others."}
	} else {
		a.Own = public.Text{JA: "受信された方ご自身の情報については、該当する方に個別にお知らせします。", EN: "Recipients whose own data was sent are told individually."}
	}
	if s.Numbers.Unread > 0 {
		a.Unknown = append(a.Unknown, public.Text{JA: "内容を確認できていない部分があり、人数は変わることがあります。", EN: "Parts could not be read yet; the numbers may change."})
	}
	a.ForRecipients = []public.Text{
		{JA: "心当たりのないご注文のメールは、開かずに削除してください。", EN: "Please delete mail about an order you do not know, unopened."},
		{JA: "転送や保存をなさらないでください。", EN: "Please do not forward or keep it."},
		{JA: "お手紙の受付番号で、削除をお知らせください。", EN: "Tell us that it is deleted, with the receipt code of our letter."},
	}
}

// announceCourse makes the timeline and the filings.
func (d *Desk) announceCourse(a *public.Announcement, c *Course) {
	add := func(at time.Time, ja, en string) {
		if !at.IsZero() {
			a.Timeline = append(a.Timeline, public.Event{At: at, Text: public.Text{JA: ja, EN: en}})
		}
	}
	add(a.Sent, "最初の誤ったメールが送信されました。", "The first wrong mail was sent.")
	add(a.Found, "当社が把握しました。", "We learned of it.")
	add(a.Stopped, "送信を停止しました。", "We stopped the sending.")
	add(c.firstOf(incident.Scoped), "影響範囲を確認しました。", "We determined the extent.")
	add(c.firstOf(incident.Sent), "お手紙の送付を始めました。", "We began to write to those concerned.")
	for i := range c.Events {
		e := &c.Events[i]
		if e.Kind != incident.Reported {
			continue
		}
		authority := public.Text{JA: e.Object, EN: e.Object}
		if _, rule, ok := d.Law.Packs.Rule(e.Object); ok {
			authority = public.Text{JA: rule.Recipient.JA, EN: rule.Recipient.EN}
		}
		a.Filings = append(a.Filings, public.Filing{Authority: authority, At: e.At})
	}
	slices.SortStableFunc(a.Timeline, func(x, y public.Event) int { return x.At.Compare(y.At) })
}

// publish lets the approved page out. Up to a hundred exposed persons are told
// first, unless an officer said why not.
func (d *Desk) publish(ctx context.Context, who, id string, _ client.IncidentAct) (*Course, error) {
	waiting := 0
	c, s, err := d.known(ctx, id)
	if err != nil {
		return nil, err
	}
	if c.Drill {
		return nil, fault.New(fault.Conflict, "publish page", "this is a drill: nothing of it is published")
	}
	if s != nil {
		if waiting, err = d.untold(ctx, c, s); err != nil {
			return nil, err
		}
	}
	c, err = d.act(ctx, id, incident.Event{Kind: incident.Published, By: who, Version: c.Page, Root: c.PageHash, Count: waiting}, func(tx Tx, c *Course, e *incident.Event) error {
		return tx.PublishPage(id, e.Version, d.Now())
	})
	if err == nil && d.Site.Changed != nil {
		d.Site.Changed(ctx)
	}
	return c, err
}

// untold is how many exposed persons were neither written to, nor phoned, nor
// found to be out of reach, as far as the public has to wait for them: where
// there are more than a hundred, waiting for the last would be the wrong way
// round.
func (d *Desk) untold(ctx context.Context, c *Course, s *scoped) (int, error) {
	certain := func(p *scope.Person) bool { return p.Certain() }
	if s.Numbers.Persons.Least > incident.MostToldFirst {
		return 0, nil
	}
	return d.unaware(ctx, c, s, certain)
}

// unaware counts those of some exposed persons who know nothing, and of whom it
// is not on record why.
func (d *Desk) unaware(ctx context.Context, c *Course, s *scoped, counts func(*scope.Person) bool) (n int, err error) {
	knows := map[string]bool{}
	err = d.Store.Letters(ctx, LetterFilter{Incident: c.ID}, func(l Letter) error {
		k, ok := letter.ParseKind(l.Kind)
		if !ok || !tells(k) || l.left().IsZero() || !c.Drill && !l.Paper && l.Fate != "relayed" {
			return nil
		}
		var data written
		if err := openJSON(c.key, fieldLetter, l.ID, l.Sealed, &data); err != nil {
			return err
		}
		for _, p := range data.About.Persons {
			knows[p] = true
		}
		return nil
	})
	for i := range s.Persons {
		p := &s.Persons[i]
		if at := p.Key.Hex(); !p.Canary && counts(p) && !knows[at] && !c.Phoned[at] && !c.Unreachable[at] {
			n++
		}
	}
	return n, err
}

// Board is all that is published, and which streams wait.
func (d *Desk) Board(ctx context.Context) (*public.Board, error) {
	pages, err := d.Store.Pages(ctx, "")
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(pages, func(a, b Page) int { return a.PublishedAt.Compare(b.PublishedAt) })
	b := &public.Board{}
	for _, p := range pages {
		if p.PublishedAt.IsZero() {
			continue
		}
		e := public.Edition{At: p.PublishedAt, Document: p.Doc, Proof: fmt.Sprintf("incident %s, sha256 %s", p.Incident, p.Hash)}
		if p.Incident == privacyPage {
			b.Privacy = append(b.Privacy, e)
		} else {
			b.Announcements = append(b.Announcements, e)
		}
	}
	streams, err := d.Store.Streams(ctx)
	if err != nil {
		return nil, err
	}
	for _, s := range streams {
		if s.Paused && s.Name != policy.IncidentStream {
			b.Paused = append(b.Paused, public.Pause{Purpose: d.mailOf(s.Name), Since: s.Since})
		}
	}
	return b, nil
}

// mailOf is what the public is told a stream's mail is; one that never said its
// purpose is called by its name.
func (d *Desk) mailOf(stream string) public.Text {
	switch purpose := trimmed(d.purpose(stream)); {
	case purpose != "":
		return public.Text{JA: purpose, EN: purpose}
	case stream == policy.Default:
		return public.Text{JA: "その他のメール", EN: "other mail"}
	default:
		return public.Text{JA: stream, EN: stream}
	}
}

// privacyPage is the name under which versions of the privacy notice are kept.
const privacyPage = "privacy"

// KeepPrivacy keeps the privacy notice of the policy in force as a new version,
// if it says something new.
func (d *Desk) KeepPrivacy(ctx context.Context) error {
	doc, err := d.Site.Privacy.Document()
	if err != nil {
		return fmt.Errorf("write privacy notice: %w", err)
	}
	pages, err := d.Store.Pages(ctx, privacyPage)
	if err != nil {
		return err
	}
	hash := public.Edition{Document: doc}.Digest()
	if n := len(pages); n > 0 && pages[n-1].Hash == hash {
		return nil
	}
	now := d.Now()
	return d.Store.Respond(ctx, func(tx Tx) error {
		p := Page{Incident: privacyPage, Version: len(pages) + 1, At: now, Hash: hash, Doc: doc}
		if err := tx.AddPage(p); err != nil {
			return err
		}
		return tx.PublishPage(privacyPage, p.Version, now)
	})
}

// PrivacyOf is the privacy notice of a policy.
func PrivacyOf(p *policy.Policy, grants []policy.GrantSpec, company string, bodies, facts time.Duration, contact public.Contact) public.Privacy {
	out := public.Privacy{Company: company, Bodies: bodies, Facts: facts, Contact: contact}
	for _, s := range p.Streams {
		purpose := trimmed(s.Purpose)
		line := public.Stream{Name: s.Name, Purpose: public.Text{JA: purpose, EN: purpose}}
		for _, k := range carries(s) {
			line.Kinds = append(line.Kinds, public.KindText(k))
		}
		for _, g := range grants {
			if g.Stream != "" && g.Stream != s.Name {
				continue
			}
			share := public.Share{With: g.To, Until: g.Until}
			for _, k := range g.Kinds {
				share.Kinds = append(share.Kinds, public.KindText(k))
			}
			line.Shared = append(line.Shared, share)
		}
		out.Streams = append(out.Streams, line)
	}
	return out
}

// carries are the kinds of data that mail of a stream may carry: those it
// declares, or, since nothing limits it, all that are known.
func carries(s *policy.Stream) []jp.Kind {
	if len(s.Kinds) > 0 {
		return s.Kinds
	}
	return []jp.Kind{jp.Name, jp.Address, jp.Phone, jp.Email, jp.PostalCode, jp.Birthday, jp.MemberNo, jp.OrderNo}
}
