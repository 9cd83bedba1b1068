package letter

import (
	"fmt"
	"time"
)

// State is how far a letter is. The values are stored; they never change.
type State uint8

// The states. Letters that ask for nothing end as Relayed or Bounced.
const (
	Planned          State = 1 // written, not yet approved
	Approved         State = 2 // by a second person
	Asked            State = 3 // handed to the gateway
	Relayed          State = 4 // the relay took it
	Bounced          State = 5 // it came back: write by post or phone
	ConfirmedUnread  State = 6 // deleted without having been opened, copied or forwarded
	ConfirmedDeleted State = 7 // deleted, and it was or may have been read
	Refused          State = 8 // not deleted
	NoAnswer         State = 9 // given up after the reminders; a late answer is welcome
)

// States lists all states in order.
func States() []State {
	return []State{Planned, Approved, Asked, Relayed, Bounced, ConfirmedUnread, ConfirmedDeleted, Refused, NoAnswer}
}

func (s State) String() string {
	switch s {
	case Planned:
		return "planned"
	case Approved:
		return "approved"
	case Asked:
		return "asked"
	case Relayed:
		return "relayed"
	case Bounced:
		return "bounced"
	case ConfirmedUnread:
		return "confirmed_unread"
	case ConfirmedDeleted:
		return "confirmed_deleted"
	case Refused:
		return "refused"
	case NoAnswer:
		return "no_answer"
	}
	return fmt.Sprintf("state(%d)", uint8(s))
}

// Answered tells whether the reader has said what became of the mail.
func (s State) Answered() bool {
	return s == ConfirmedUnread || s == ConfirmedDeleted || s == Refused
}

// Event is what happens to a letter. The values are stored; they never change.
type Event uint8

// The events.
const (
	Approve       Event = 1
	Submit        Event = 2 // the gateway accepted it
	Relay         Event = 3 // the relay accepted it
	Bounce        Event = 4 // refused, or a bounce came to its address
	AnswerUnread  Event = 5 // deleted, never opened, copied or forwarded
	AnswerDeleted Event = 6 // deleted
	AnswerRefused Event = 7 // not deleted
	AnswerOpen    Event = 8 // answered, but whether it is deleted remains unknown
	GiveUp        Event = 9 // the time for an answer is over
)

func (e Event) String() string {
	switch e {
	case Approve:
		return "approve"
	case Submit:
		return "submit"
	case Relay:
		return "relay"
	case Bounce:
		return "bounce"
	case AnswerUnread:
		return "answer_unread"
	case AnswerDeleted:
		return "answer_deleted"
	case AnswerRefused:
		return "answer_refused"
	case AnswerOpen:
		return "answer_open"
	case GiveUp:
		return "give_up"
	}
	return fmt.Sprintf("event(%d)", uint8(e))
}

// Next is the state after an event. What comes late or twice changes nothing:
// a bounce after an answer, a relay's word after a bounce. An error is an event
// that cannot be.
//
// An answer is taken whenever the letter was sent, also by post or phone after
// a bounce. Who corrects an answer is believed, but a mail that was read stays
// read: give the event of Fold over all answers.
func Next(s State, e Event) (State, error) {
	sent := s >= Asked && s <= NoAnswer
	switch {
	case e == Approve && s == Planned:
		return Approved, nil
	case e == Approve && s == Approved:
		return s, nil
	case e == Submit && s == Approved:
		return Asked, nil
	case !sent || e == Approve || e < Approve || e > GiveUp:
		return s, fmt.Errorf("letter is %s: %s cannot follow", s, e)
	case e == Relay && s == Asked:
		return Relayed, nil
	case e == Bounce && !s.Answered():
		return Bounced, nil
	case e == AnswerUnread && s != ConfirmedDeleted:
		return ConfirmedUnread, nil
	case e == AnswerDeleted:
		return ConfirmedDeleted, nil
	case e == AnswerRefused:
		return Refused, nil
	case e == GiveUp && (s == Relayed || s == Asked):
		return NoAnswer, nil
	}
	return s, nil
}

// Track is what the reminders of one letter depend on.
type Track struct {
	State    State
	Relayed  time.Time // when the relay took the letter; zero: not yet
	Reminded int       // reminders already sent
	Answered bool      // anything at all was answered, AnswerOpen too
}

// Action is what is due for a letter.
type Action uint8

// The actions.
const (
	Nothing Action = iota
	SendReminder
	CloseUnanswered // GiveUp
)

// Schedule says when to remind, counted from when the letter was relayed.
type Schedule struct {
	Remind []time.Duration // ascending
	GiveUp time.Duration   // after the last of them
}

const day = 24 * time.Hour

// DefaultSchedule reminds after three and seven days, and gives up after
// fourteen: then letters by post and calls are due.
func DefaultSchedule() Schedule {
	return Schedule{Remind: []time.Duration{3 * day, 7 * day}, GiveUp: 14 * day}
}

// Due is what is to be done for a letter now. Reminders missed while nobody ran
// are one, not several. Who has answered is never reminded.
func (s Schedule) Due(t Track, now time.Time) Action {
	if t.State != Relayed || t.Relayed.IsZero() || t.Answered {
		return Nothing
	}
	age := now.Sub(t.Relayed)
	if age >= s.GiveUp {
		return CloseUnanswered
	}
	passed := 0
	for _, after := range s.Remind {
		if age >= after {
			passed++
		}
	}
	if passed > t.Reminded {
		return SendReminder
	}
	return Nothing
}

// Tallies counts letters by state.
type Tallies map[State]int

// Tally counts states; those nobody is in are there with 0.
func Tally(states []State) Tallies {
	t := Tallies{}
	for _, s := range States() {
		t[s] = 0
	}
	for _, s := range states {
		t[s]++
	}
	return t
}

// Deleted is how many have confirmed that the mail is deleted, read or unread.
func (t Tallies) Deleted() int { return t[ConfirmedUnread] + t[ConfirmedDeleted] }
