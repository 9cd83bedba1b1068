package response

import (
	"slices"
	"time"

	"github.com/kakitome/kakitome/internal/fault"
	"github.com/kakitome/kakitome/internal/jp"
	"github.com/kakitome/kakitome/internal/letter"
	"github.com/kakitome/kakitome/internal/roster"
)

// Post is what letters need of the company.
type Post struct {
	Words     *letter.Words
	Company   letter.Text
	From      string // empty: no letter is sent
	ReplyTo   string
	Bounces   letter.Bounces // without a Domain: bounces are not read
	Desk      letter.Desk
	Officer   letter.Text
	URL       string // of the public site, without a slash at its end
	PerSecond int
	CodeKey   []byte // of receipt codes
	Host      string // right part of Message-IDs
}

// sampleSize is how many letters of a round are looked at before all go.
const sampleSize = 20

func (p *Post) ready() error {
	if p.From == "" {
		return fault.New(fault.Conflict, "write letters", "the configuration does not say where letters come from").
			WithHint("incident.from: privacy@shop.example")
	}
	return nil
}

// envelopeFrom is where bounces of a letter come back to.
func (p *Post) envelopeFrom(id string) (string, error) {
	if p.Bounces.Domain == "" {
		return p.From, nil
	}
	return p.Bounces.Address(id)
}

// letterFacts are what all letters of an incident may say.
func (d *Desk) letterFacts(c *Course, s *scoped) letter.Facts {
	text := func(name string) letter.Text {
		t := letter.Text{Ja: c.Facts[name], En: c.Facts[name+"_en"]}
		if t.En == "" { // better the Japanese words than none
			t.En = t.Ja
		}
		if t.Ja == "" {
			t.Ja = t.En
		}
		return t
	}
	p := &d.Post
	f := letter.Facts{
		Company: p.Company, Incident: c.ID, Zone: d.Zone, Now: d.Now(), Happened: s.First, Noticed: c.ClockAt, Stopped: c.stoppedAt(),
		Next: d.timeFact(c, "next_update"), AsOf: s.AsOf, Unread: s.Numbers.Unread > 0,
		Outline: text("outline"), Cause: text("cause"), NotLeaked: text("not_leaked"), Secondary: text("secondary"), Measures: text("measures"),
		Other: text("other"), News: text("news"), Items: text("items_text"),
		Persons: letter.Count{Confirmed: s.Numbers.Persons.Least, AtMost: s.Numbers.Persons.Most}, Recipients: letter.Count{Confirmed: s.Numbers.Recipients.Least, AtMost: s.Numbers.Recipients.Most},
		Desk: p.Desk, Sender: p.From, Verify: p.URL + "/ja/verify",
	}
	if f.Outline == (letter.Text{}) {
		f.Outline = text("title")
	}
	if f.Outline == (letter.Text{}) {
		f.Outline = letter.Text{Ja: "お客様の情報を含むメールを、当社の誤りにより別の方に送信しました。", En: "By our mistake, mail with personal data of a customer was sent to somebody else."}
	}
	if s.Numbers.Unread > 0 {
		f.Persons.AtMost = letter.AtMostUnknown
	}
	return f
}

// stoppedAt is when the first stream was stopped, or it was said that nothing
// more goes out.
func (c *Course) stoppedAt() time.Time {
	for i := range c.Events {
		switch c.Events[i].Kind {
		case "paused", "contained":
			return c.Events[i].At
		}
	}
	return time.Time{}
}

// guard looks for people of the incident in finished letters, with the roster
// as it is: whoever is in it, not only whom the scope names, for a letter speaks
// of nobody by name.
func (d *Desk) guard(people map[roster.Key]bool) letter.Guard {
	snap := d.Roster.Snapshot()
	mine := func(ident roster.Key) bool {
		return slices.ContainsFunc(snap.Owners(ident), func(o roster.Owner) bool { return people[o] })
	}
	return letter.Guard{
		Forbidden: func(t jp.Text) (kinds []jp.Kind) {
			for _, h := range snap.Find(t) {
				if mine(h.Ident) {
					kinds = append(kinds, h.Kind)
				}
			}
			for _, token := range t.Tokens() {
				if mine(d.Hasher.Ident(token.Kind, token.Normal)) {
					kinds = append(kinds, token.Kind)
				}
			}
			return kinds
		},
		Own: d.Policy.Company.Owns,
	}
}
