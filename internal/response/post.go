package response

import (
	"time"

	"github.com/kakitome/kakitome/internal/fault"
	"github.com/kakitome/kakitome/internal/incident"
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

// wording is what people wrote that letters of an incident may say, and the facts
// that are given in one language only.
func (d *Desk) wording(c *Course) (f letter.Facts, missing []string) {
	text := func(name string) letter.Text {
		t := letter.Text{Ja: c.Facts[name], En: c.Facts[name+"_en"]}
		switch {
		case t.Ja == "" && t.En != "":
			missing = append(missing, name)
		case t.Ja != "" && t.En == "":
			missing = append(missing, name+"_en")
		}
		return t
	}
	p := &d.Post
	f = letter.Facts{
		Company: p.Company, Incident: c.ID, Zone: d.Zone, Outline: text("outline"), Cause: text("cause"), NotLeaked: text("not_leaked"),
		Secondary: text("secondary"), Measures: text("measures"), Other: text("other"), News: text("news"), Items: text("items_text"),
		Desk: p.Desk, Sender: p.From, Verify: p.URL + "/ja/verify",
	}
	if title := (letter.Text{Ja: c.Facts["title"], En: c.Facts["title_en"]}); f.Outline == (letter.Text{}) && title.Ja != "" && title.En != "" {
		f.Outline = title
	}
	if f.Outline == (letter.Text{}) {
		f.Outline = letter.Text{Ja: "お客様の情報を含むメールを、当社の誤りにより別の方に送信しました。", En: "By our mistake, mail with personal data of a customer was sent to somebody else."}
	}
	return f, missing
}

// letterFacts are what all letters of an incident may say.
func (d *Desk) letterFacts(f letter.Facts, c *Course, s *scoped) letter.Facts {
	f.Now, f.AsOf, f.Unread = d.Now(), s.AsOf, s.Numbers.Unread > 0
	f.Happened, f.Noticed, f.Stopped, f.Next = s.First, c.ClockAt, c.stoppedAt(), d.timeFact(c, "next_update")
	f.Persons = letter.Count{Confirmed: s.Numbers.Persons.Least, AtMost: s.Numbers.Persons.Most}
	f.Recipients = letter.Count{Confirmed: s.Numbers.Recipients.Least, AtMost: s.Numbers.Recipients.Most}
	if f.Unread {
		f.Persons.AtMost, f.Recipients.AtMost = letter.AtMostUnknown, letter.AtMostUnknown
	}
	return f
}

// stoppedAt is when the first stream was stopped, or it was said that nothing
// more goes out.
func (c *Course) stoppedAt() time.Time {
	for i := range c.Events {
		if k := c.Events[i].Kind; k == incident.Paused || k == incident.Contained {
			return c.Events[i].At
		}
	}
	return time.Time{}
}

// guard looks for people of the incident in finished letters, with the roster
// as it is: whoever is in it, not only whom the scope names, for a letter speaks
// of nobody by name.
func (d *Desk) guard(people map[roster.Key]bool) letter.Guard {
	return letter.Guard{
		Forbidden: letter.People(d.Hasher, d.Roster.Snapshot(), func(p roster.Key) bool { return people[p] }),
		Own:       d.Policy.Company.Owns,
	}
}
