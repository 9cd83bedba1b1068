package corpus

import (
	"time"

	"github.com/kakitome/kakitome/internal/mail"
)

// Truth is what should become of a mail for one recipient.
type Truth uint8

// The truths. Right mail held is a false hold; Wrong mail let go is a miss.
const (
	Right       Truth = iota // it is the recipient's, or the recipient may have it
	Wrong                    // it holds data of somebody the roster knows, and must not leave
	Guest                    // it holds data of somebody nobody declared: bounded per story, see Kind.Reach
	Mention                  // of another it tells no more than right mails do (a name, a home, a number alone): bounded per story, see Kind.Reach
	Undecidable              // nobody can tell from the bytes (the two pairs of design.md)
)

func (t Truth) String() string {
	return [...]string{"right", "wrong", "guest", "mention", "undecidable"}[t]
}

// Mail is one mail as the shop's application hands it in.
type Mail struct {
	Kind     *Kind
	Story    int       // number of the story it belongs to; mails of one story have one number
	At       time.Time // when it is handed in
	Stream   string
	Client   string // SMTP user
	Envelope mail.Envelope
	Raw      []byte
	Truth    []Truth // of each envelope recipient
}

// Kind is one sort of mail, or one way it goes wrong.
type Kind struct {
	Name   string // stable, kebab-case, unique: "order", "a-member-to-many"
	Class  string // "" for right mail; else the class of incidents: "A" … "M", "X"
	Cases  string // wrong mail: incidents and bug reports it stands for: "1, 3, PHPMailer 1606"
	Says   string // one sentence, English
	SaysJa string // the same in Japanese
	Weight int    // right mail: how often among all, as a share of the sum; at least 1

	// Reach is how many deliveries of Truth Guest or Mention may leave in one
	// story before the gateway sees it; -1 where it cannot see it at all, and
	// then Closes says which feed or setting closes it.
	Reach  int
	Closes string

	Tell func(s *Story) // sends the mails of one story
}

// Kinds are all kinds, right ones first.
func Kinds() []*Kind {
	var all []*Kind
	for _, table := range [][]Kind{orders, gifts, shipping, account, billing, news, service, booking, corporate, partners, leaks} {
		for i := range table {
			all = append(all, &table[i])
		}
	}
	return all
}
