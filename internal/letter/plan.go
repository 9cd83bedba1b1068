package letter

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/kakitome/kakitome/internal/jp"
	"github.com/kakitome/kakitome/internal/roster"
)

// Contact is how somebody can be reached.
type Contact uint8

// The ways of contact. Without one, an address means mail.
const (
	ByMail  Contact = 1
	ByPost  Contact = 2
	ByPhone Contact = 3
)

// Mail is one wrong mail as its recipient can recognise it: when it came and
// what for. There is no field for its subject or its text, which may hold what
// leaked.
type Mail struct {
	At       time.Time // when the relay took it
	Purpose  string    // of its stream: 注文確認
	ID       string    // left part of its Message-ID if SafeID agrees, else empty
	Possibly bool      // nobody knows whether it arrived
}

// Party is what is known of one person at one address. Who has several
// addresses, or shares one, is several parties.
type Party struct {
	Person  roster.Key // zero: nobody is known
	Address string     // in clear, as it is to be written to; empty: none
	Contact Contact

	Recipient bool   // was sent somebody else's data
	Mails     []Mail // in these mails

	Exposed      bool      // own data went to somebody else, this is confirmed
	ExposedMaybe bool      // it may have (the upper bound of the scope)
	Kinds        []jp.Kind // of own data, confirmed
	MaybeKinds   []jp.Kind // of own data, at most

	// Told are letters of this incident already sent to this party, but for those
	// that said less than Mails and the kinds above.
	Told []Kind
}

func (p *Party) exposed() bool { return p.Exposed || p.ExposedMaybe }

// Round is an occasion for letters.
type Round uint8

// The rounds.
const (
	First    Round = 1 // deletion requests and notices
	Reassure Round = 2 // "your own data was in no wrong mail"
	Follow   Round = 3 // further news for everybody concerned
	Remind   Round = 4 // of the parties handed in, who was asked to delete
)

// Scope is what must be known of a scope before anybody is reassured.
type Scope struct {
	Agreed bool // two computations of it agree
	Unread int  // parts of wrong mails that left and could not be read
}

// Assignment is one letter to be written.
type Assignment struct {
	Kind       Kind
	Address    string       // of the one recipient, as it is to be written to; empty in Left
	Persons    []roster.Key // whom it concerns, sorted; empty: nobody is known
	Parties    []int        // which of the parties, sorted
	Mails      []Mail       // to be deleted, by time
	Kinds      []jp.Kind    // of the addressee's data, confirmed, sorted
	MaybeKinds []jp.Kind    // of the addressee's data, at most, without Kinds
}

// Reason is why somebody is not written to by mail.
type Reason uint8

// The reasons.
const (
	NoAddress    Reason = 1 // nothing is known to reach them by
	BadAddress   Reason = 2 // what is known is no e-mail address
	OnlyPost     Reason = 3 // print the letter
	OnlyPhone    Reason = 4 // phone
	Shared       Reason = 5 // their mailbox is also somebody's who is written to elsewhere: print or phone
	NotConcerned Reason = 6 // there is nothing to say in this round
	AlreadyTold  Reason = 7
	NotCertain   Reason = 8 // nobody can promise that their data did not go out
)

func (r Reason) String() string {
	switch r {
	case NoAddress:
		return "no_address"
	case BadAddress:
		return "bad_address"
	case OnlyPost:
		return "post"
	case OnlyPhone:
		return "phone"
	case Shared:
		return "shared_mailbox"
	case NotConcerned:
		return "not_concerned"
	case AlreadyTold:
		return "already_told"
	case NotCertain:
		return "not_certain"
	}
	return fmt.Sprintf("reason(%d)", uint8(r))
}

// Left is a letter that cannot go by mail, or that nobody needs.
type Left struct {
	Assignment        // Kind is 0 if none is due
	Why        Reason // why no mail
}

// Plan says who gets which letter in a round. Each party is in exactly one
// Assignment or Left. A person gets at most one letter, and none of a
// person's mailboxes another one; so does a mailbox. Where several people share
// mailboxes crosswise, those with exposed data come first, and who remains is
// left to post and telephone. The order is that of the parties.
func Plan(parties []Party, r Round, s Scope) ([]Assignment, []Left) {
	boxes := make([]string, len(parties))
	for i := range parties {
		boxes[i] = parties[i].mailbox()
	}
	var letters []Assignment
	var left []Left
	for _, members := range households(parties, boxes) {
		certain := r != Reassure || s.Agreed && s.Unread == 0 && unexposed(parties, members)
		for _, g := range divide(parties, boxes, members) {
			a := assign(parties, g)
			why := g.why
			due := false
			a.Kind, due = kindOf(parties, g.members, r)
			switch {
			case !due && a.Kind != 0:
				a.Kind, why = 0, AlreadyTold
			case !due:
				why = NotConcerned
			case !certain:
				a.Kind, why = 0, NotCertain
			}
			if why != 0 {
				a.Address = ""
				left = append(left, Left{Assignment: a, Why: why})
				continue
			}
			letters = append(letters, a)
		}
	}
	return letters, left
}

// unexposed tells whether it is certain of everybody of a household that no
// data of theirs went out. Of a mailbox of nobody known, nothing is certain.
func unexposed(parties []Party, members []int) bool {
	return !slices.ContainsFunc(members, func(i int) bool {
		p := &parties[i]
		return p.exposed() || p.Person.IsZero() || len(p.Kinds)+len(p.MaybeKinds) > 0
	})
}

// kindOf is the letter some parties get together, and whether they still need
// it.
func kindOf(parties []Party, members []int, r Round) (k Kind, due bool) {
	var received, exposed, ask, tell, again bool
	for _, i := range members {
		p := &parties[i]
		told := func(kinds ...Kind) bool {
			return slices.ContainsFunc(kinds, func(k Kind) bool { return slices.Contains(p.Told, k) })
		}
		received = received || p.Recipient
		exposed = exposed || p.exposed()
		ask = ask || p.Recipient && !told(Deletion, Combined)
		tell = tell || p.exposed() && !told(Notice, Combined)
		again = again || told(Reassurance)
	}
	switch r {
	case Reassure:
		if received {
			return Reassurance, !again
		}
	case Follow:
		if received || exposed {
			return FollowUp, true
		}
	case Remind:
		if received {
			return Reminder, true
		}
	case First:
		switch {
		case ask && tell:
			return Combined, true
		case ask:
			return Deletion, true
		case tell:
			return Notice, true
		case received && exposed:
			return Combined, false
		case received:
			return Deletion, false
		case exposed:
			return Notice, false
		}
	}
	return 0, false
}

// assign puts together what the parties of one letter have.
func assign(parties []Party, g group) Assignment {
	a := Assignment{Address: g.address, Parties: g.members}
	for _, i := range g.members {
		p := &parties[i]
		if !p.Person.IsZero() {
			a.Persons = append(a.Persons, p.Person)
		}
		if p.Recipient {
			a.Mails = append(a.Mails, p.Mails...)
		}
		if p.Exposed {
			a.Kinds = append(a.Kinds, p.Kinds...)
		} else {
			a.MaybeKinds = append(a.MaybeKinds, p.Kinds...)
		}
		a.MaybeKinds = append(a.MaybeKinds, p.MaybeKinds...)
	}
	slices.SortFunc(a.Persons, compareKeys)
	a.Persons = slices.Compact(a.Persons)
	slices.SortFunc(a.Mails, func(x, y Mail) int {
		return cmp.Or(x.At.Compare(y.At), cmp.Compare(x.Purpose, y.Purpose), cmp.Compare(x.ID, y.ID), compareBools(x.Possibly, y.Possibly))
	})
	a.Mails = slices.CompactFunc(a.Mails, func(x, y Mail) bool {
		return x.At.Equal(y.At) && x.Purpose == y.Purpose && x.ID == y.ID // the certain one came first
	})
	a.Kinds = sorted(a.Kinds)
	a.MaybeKinds = slices.DeleteFunc(sorted(a.MaybeKinds), func(k jp.Kind) bool { return slices.Contains(a.Kinds, k) })
	return a
}

func sorted(kinds []jp.Kind) []jp.Kind {
	slices.Sort(kinds)
	return slices.Compact(kinds)
}

func compareKeys(a, b roster.Key) int { return slices.Compare(a[:], b[:]) }

func compareBools(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}
