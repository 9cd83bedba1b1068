package scope

import (
	"fmt"
	"strings"
	"time"

	"github.com/kakitome/kakitome/internal/jp"
	"github.com/kakitome/kakitome/internal/roster"
)

// Fate is what became of a delivery. A stronger one is larger. The values are
// stored; they never change.
type Fate uint8

// The fates. Zero is none.
const (
	Stopped  Fate = 1 // it did not leave: held, discarded, returned, undeliverable, recalled
	Possibly Fate = 2 // it may: queued or leased, or an answer of the relay was lost
	Relayed  Fate = 3 // the relay said 250
)

func (f Fate) String() string {
	switch f {
	case 0:
		return "none"
	case Stopped:
		return "stopped"
	case Possibly:
		return "possibly"
	case Relayed:
		return "relayed"
	}
	return fmt.Sprintf("fate(%d)", uint8(f))
}

// Fact is that one delivery carried one datum to somebody whose it is not.
type Fact struct {
	Delivery  string // mail id "." number
	Mail      string
	Stream    string
	At        time.Time // when the mail was accepted
	Recipient roster.Key
	Person    roster.Key // zero: nobody declared the identifier
	Ident     roster.Key
	Kind      jp.Kind // 0: the delivery was made, and nothing known in it is somebody else's
	Fate      Fate
	// Wrong: a rule held the delivery, or would have, for whose data is in it. Else it was allowed
	// (a mention, a grant, the company's archive) and counts in upper bounds only.
	Wrong bool
}

// Unread is something that left and that nobody has read: a part of a mail, or
// a mail whose content is not here.
type Unread struct {
	Mail      string
	Delivery  string     // of which it is said; empty: of all the mail's
	Recipient roster.Key // of the delivery
	Where     string     // the part's place; empty: not known
	Type      string     // media type; empty: not known
	Why       string     // names nobody
	Parts     int        // how many, where they are only counted; else 1
}

// Why something is unread, where nothing better is known.
const (
	WhyPassed  = "passed unread"         // the stream lets such parts pass
	WhyHeld    = "unreadable"            // the rule would have held it
	WhyMissing = "content was not given" // a foreign log named the mail, and nobody has it
)

// MailOf is the id of the mail of a delivery.
func MailOf(delivery string) string {
	if i := strings.LastIndexByte(delivery, '.'); i >= 0 {
		return delivery[:i]
	}
	return delivery
}
