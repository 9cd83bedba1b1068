package public

import (
	"errors"
	"fmt"
	"reflect"
	"time"
)

// Announcement is what a company says in public about an incident. What is not
// known yet is left empty, and the page says so.
type Announcement struct {
	ID      string `json:"id"` // in its address: a-z, 0-9 and "-", at most 40
	Title   Text   `json:"title"`
	Summary Text   `json:"summary"`         // what happened, in a sentence or two
	Change  Text   `json:"change,omitzero"` // what this version says otherwise than the one before, and why

	Sent    time.Time `json:"sent,omitzero"`     // the first wrong mail
	Last    time.Time `json:"last,omitzero"`     // the last wrong mail
	Found   time.Time `json:"found,omitzero"`    // when the company learned of it
	FoundBy Text      `json:"found_by,omitzero"` // through whom
	Stopped time.Time `json:"stopped,omitzero"`

	Persons    *Count `json:"persons,omitempty"`    // whose data went out
	Mails      *Count `json:"mails,omitempty"`      // wrong mails
	Recipients *Count `json:"recipients,omitempty"` // who got them

	Exposed    []Text `json:"exposed,omitempty"`     // kinds of data that went out
	NotExposed []Text `json:"not_exposed,omitempty"` // kinds that did not
	Own        Text   `json:"own,omitzero"`          // did the recipients' own data go out?
	Cause      Text   `json:"cause,omitzero"`
	Unknown    []Text `json:"unknown,omitempty"` // what is still being looked into
	Misuse     Text   `json:"misuse,omitzero"`   // seen so far

	Timeline []Event   `json:"timeline,omitempty"` // in order
	Measures []Measure `json:"measures,omitempty"` // against it happening again
	Filings  []Filing  `json:"filings,omitempty"`  // reports to authorities

	ForAffected   []Text `json:"for_affected,omitempty"`   // what those affected can do
	ForRecipients []Text `json:"for_recipients,omitempty"` // what those who got a wrong mail are asked
	Writing       Text   `json:"writing,omitzero"`         // how, and from which address, the company writes to people
	NeverAsk      []Text `json:"never_ask,omitempty"`      // what it will never ask

	Apology Text      `json:"apology,omitzero"`
	Officer Text      `json:"officer,omitzero"` // who signs
	Contact Contact   `json:"contact,omitzero"`
	Next    time.Time `json:"next,omitzero"` // when the next version is due
	Closed  bool      `json:"closed,omitempty"`
}

// Count is a number between what is confirmed and what it can be at most.
type Count struct {
	Confirmed int64 `json:"confirmed"`
	AtMost    int64 `json:"at_most"` // under Confirmed: not known yet
}

// Open reports that the upper bound is not known yet.
func (c Count) Open() bool { return c.AtMost < c.Confirmed }

// Settled reports that no more can come.
func (c Count) Settled() bool { return c.AtMost == c.Confirmed }

// Event is a line of the timeline.
type Event struct {
	At   time.Time `json:"at"`
	Text Text      `json:"text"`
}

// Measure is done, or planned for a day.
type Measure struct {
	Text Text      `json:"text"`
	Done bool      `json:"done,omitempty"`
	By   time.Time `json:"by,omitzero"`
}

// Filing is a report to an authority; one without a time is planned.
type Filing struct {
	Authority Text      `json:"authority"`
	At        time.Time `json:"at,omitzero"`
}

// Contact is where people can ask.
type Contact struct {
	Name  Text   `json:"name,omitzero"`
	Phone string `json:"phone,omitempty"`
	Hours Text   `json:"hours,omitzero"`
	Mail  string `json:"mail,omitempty"`
	Post  Text   `json:"post,omitzero"`
}

// Document is the announcement as it is approved, published and logged.
func (a Announcement) Document() ([]byte, error) { return document(a) }

// ParseAnnouncement reads a Document.
func ParseAnnouncement(doc []byte) (Announcement, error) { return parse[Announcement](doc) }

// Check says what is missing before it can be published.
func (a Announcement) Check() error {
	var errs []error
	miss := func(bad bool, what string) {
		if bad {
			errs = append(errs, errors.New(what))
		}
	}
	miss(!validID(a.ID), "the id must be 1 to 40 of a-z, 0-9 and -")
	miss(!a.Title.both(), "the title is not there in both languages")
	miss(!a.Summary.both(), "the summary is not there in both languages")
	miss(a.Contact.Phone == "" && a.Contact.Mail == "" && a.Contact.Post.Empty(), "no contact")
	for _, n := range []*Count{a.Persons, a.Mails, a.Recipients} {
		miss(n != nil && (n.Confirmed < 0 || n.AtMost < -1), "a negative number")
	}
	return errors.Join(errs...)
}

func validID(id string) bool {
	for _, c := range []byte(id) {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' {
			return false
		}
	}
	return id != "" && len(id) <= 40
}

// Follow says what keeps next from being the version after prev: it must be
// checked, be about the same incident, and say what it changes.
func Follow(prev, next Announcement) error {
	err := next.Check()
	if next.ID != prev.ID {
		err = errors.Join(err, errors.New("another id"))
	}
	if !next.Change.both() {
		err = errors.Join(err, errors.New("what changed is not said in both languages"))
	}
	return err
}

// Change is one thing that differs between two versions. Before and After are
// nil where it is no figure and no time: a *Count or a time.Time.
type Change struct {
	What          Text
	Before, After any
}

// section is a part of an announcement that has a name.
type section struct {
	name Text
	of   func(*Announcement) any
}

var sections = []section{
	{Text{"表題", "title"}, func(a *Announcement) any { return a.Title }},
	{Text{"概要", "summary"}, func(a *Announcement) any { return a.Summary }},
	{Text{"最初の誤送信", "first wrong mail"}, func(a *Announcement) any { return a.Sent }},
	{Text{"最後の誤送信", "last wrong mail"}, func(a *Announcement) any { return a.Last }},
	{Text{"発覚", "found"}, func(a *Announcement) any { return a.Found }},
	{Text{"発覚の経緯", "found by"}, func(a *Announcement) any { return a.FoundBy }},
	{Text{"停止", "stopped"}, func(a *Announcement) any { return a.Stopped }},
	{Text{"情報が送られた方の人数", "people whose data went out"}, func(a *Announcement) any { return a.Persons }},
	{Text{"誤送信メールの通数", "wrong mails"}, func(a *Announcement) any { return a.Mails }},
	{Text{"受信された方の人数", "people who received them"}, func(a *Announcement) any { return a.Recipients }},
	{Text{"含まれていた情報", "what was in them"}, func(a *Announcement) any { return a.Exposed }},
	{Text{"含まれていない情報", "what was not in them"}, func(a *Announcement) any { return a.NotExposed }},
	{Text{"受信された方ご自身の情報", "the recipients' own data"}, func(a *Announcement) any { return a.Own }},
	{Text{"原因", "cause"}, func(a *Announcement) any { return a.Cause }},
	{Text{"調査中の事項", "still being looked into"}, func(a *Announcement) any { return a.Unknown }},
	{Text{"悪用の有無", "misuse"}, func(a *Announcement) any { return a.Misuse }},
	{Text{"経過", "timeline"}, func(a *Announcement) any { return a.Timeline }},
	{Text{"再発防止策", "measures"}, func(a *Announcement) any { return a.Measures }},
	{Text{"当局への報告", "reports to authorities"}, func(a *Announcement) any { return a.Filings }},
	{Text{"情報が送られた方へ", "for those affected"}, func(a *Announcement) any { return a.ForAffected }},
	{Text{"誤送信メールを受け取られた方へ", "for those who received a wrong mail"}, func(a *Announcement) any { return a.ForRecipients }},
	{Text{"当社からの連絡方法", "how we write to you"}, func(a *Announcement) any { return a.Writing }},
	{Text{"当社がお尋ねしないこと", "what we never ask"}, func(a *Announcement) any { return a.NeverAsk }},
	{Text{"お詫び", "apology"}, func(a *Announcement) any { return a.Apology }},
	{Text{"責任者", "officer"}, func(a *Announcement) any { return a.Officer }},
	{Text{"お問い合わせ窓口", "contact"}, func(a *Announcement) any { return a.Contact }},
	{Text{"次回の更新", "next update"}, func(a *Announcement) any { return a.Next }},
	{Text{"終了", "closed"}, func(a *Announcement) any { return a.Closed }},
}

// Changes is everything in which next differs from prev.
func Changes(prev, next Announcement) []Change {
	var out []Change
	for _, s := range sections {
		b, a := s.of(&prev), s.of(&next)
		if same(b, a) {
			continue
		}
		c := Change{What: s.name}
		switch a.(type) {
		case *Count, time.Time:
			c.Before, c.After = b, a
		}
		out = append(out, c)
	}
	return out
}

// same compares what is said: no list and an empty one say the same.
func same(a, b any) bool {
	if t, ok := a.(time.Time); ok {
		return t.Equal(b.(time.Time))
	}
	if v, w := reflect.ValueOf(a), reflect.ValueOf(b); v.Kind() == reflect.Slice && v.Len() == 0 && w.Len() == 0 {
		return true
	}
	return reflect.DeepEqual(a, b)
}

// Versions numbers the editions of each announcement: the last of the result
// for an ID is the one in force. The order of IDs is that of their newest
// edition, newest first.
func (b *Board) Versions() ([]Versions, error) {
	var out []Versions
	at := map[string]int{}
	for i, e := range b.Announcements {
		a, err := ParseAnnouncement(e.Document)
		if err != nil {
			return nil, fmt.Errorf("announcement %d: %w", i, err)
		}
		n, ok := at[a.ID]
		if !ok {
			n = len(out)
			at[a.ID] = n
			out = append(out, Versions{ID: a.ID})
		}
		out[n].Editions = append(out[n].Editions, e)
		out[n].Announcements = append(out[n].Announcements, a)
	}
	return out, nil
}

// Versions are the editions of one announcement, oldest first, and what they
// say.
type Versions struct {
	ID            string
	Editions      []Edition
	Announcements []Announcement
}
