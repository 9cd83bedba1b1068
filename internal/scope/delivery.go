package scope

import (
	"time"

	"github.com/kakitome/kakitome/internal/jp"
	"github.com/kakitome/kakitome/internal/roster"
)

// Delivery is a selected mail for one recipient.
type Delivery struct {
	ID, Mail   string
	Node       string // whose evidence log has the decision
	Stream     string
	At         time.Time // when the mail was accepted
	Recipient  roster.Key
	Fate       Fate
	Wrong      bool  // see Fact
	Unreadable bool  // a rule held it, or would have, because a part could not be read
	Unread     int   // parts of the mail that the stream lets pass unread
	Rejudged   bool  // it was held, and judged again on a later roster
	Size       int64 // of the mail; 0: its content was never here
}

// Datum is what a delivery carried that is not the recipient's own.
type Datum struct {
	Person roster.Key // zero: nobody declared Ident
	Ident  roster.Key
	Kind   jp.Kind
}

// AddDelivery takes a delivery with all that it carried of others. One in which
// nothing was found counts too, if it was wrong or could not be read: somebody
// got it. What of it was not read is CountUnread's, or AddUnread's.
func (b *Builder) AddDelivery(d *Delivery, data []Datum) {
	f := Fact{
		Delivery: d.ID, Mail: d.Mail, Stream: d.Stream, At: d.At, Recipient: d.Recipient, Fate: d.Fate, Wrong: d.Wrong,
	}
	for _, x := range data {
		f.Person, f.Ident, f.Kind = x.Person, x.Ident, x.Kind
		b.Add(&f)
	}
	if len(data) == 0 && (d.Wrong || d.Unreadable) {
		b.Add(&f)
	}
}

// CountUnread names what of a delivery left unread, as far as it is only counted.
func (b *Builder) CountUnread(d *Delivery) {
	switch {
	case d.Fate < Possibly:
	case d.Size == 0:
		b.AddUnread(Unread{Mail: d.Mail, Delivery: d.ID, Recipient: d.Recipient, Why: WhyMissing})
	case d.Unreadable:
		b.AddUnread(Unread{Mail: d.Mail, Delivery: d.ID, Recipient: d.Recipient, Why: WhyHeld})
	}
	if d.Fate >= Possibly && d.Size > 0 && d.Unread > 0 {
		b.AddUnread(Unread{Mail: d.Mail, Why: WhyPassed, Parts: d.Unread})
	}
}
