// Package letter says who gets which letter about an incident, in what words,
// and with which bytes.
//
// It keeps true that no letter holds a value that leaked, or names whoever got
// or lost it: what a template can print is the closed list of fields, and of
// free words only the officer's; Guard reads the finished bytes once more. And
// that nobody, person or mailbox, gets two letters of one round, and nobody
// whose data may have gone out is told that it did not.
//
// The way of a letter: Plan says who needs which. Words.Write fills the
// template of that kind (words/*.txt, or the operator's own) with Facts, which
// are the same for everybody, and Details, which are the addressee's. Build
// makes the mail, the same bytes each time; Print and PostCSV make paper.
// Guard.Clean looks at the bytes. Next and Schedule follow the letter until
// somebody has answered.
//
// The package is pure: times, keys and random tokens are handed to it.
package letter

import "fmt"

// Kind is which letter it is. The values are stored; they never change.
type Kind uint8

// The kinds of letters.
const (
	Deletion      Kind = 1 // to a wrong recipient: please delete, and four questions
	Notice        Kind = 2 // to a person whose data went out
	Combined      Kind = 3 // to whoever is both: deletion and notice in one
	Reassurance   Kind = 4 // to a wrong recipient whose own data was in no wrong mail
	FollowUp      Kind = 5 // what is known since, or was wrong before
	Reminder      Kind = 6 // to a wrong recipient who has not answered
	SelfCheckLink Kind = 7 // the single-use link of "was I affected?", the same to everybody
	SelfCheck     Kind = 8 // what the self-check found, as kinds and dates
	Question      Kind = 9 // "your question was received"
)

// Kinds lists all kinds in order.
func Kinds() []Kind {
	return []Kind{Deletion, Notice, Combined, Reassurance, FollowUp, Reminder, SelfCheckLink, SelfCheck, Question}
}

// String is the name of the kind, which is that of its template too.
func (k Kind) String() string {
	switch k {
	case Deletion:
		return "deletion"
	case Notice:
		return "notice"
	case Combined:
		return "combined"
	case Reassurance:
		return "reassurance"
	case FollowUp:
		return "follow_up"
	case Reminder:
		return "reminder"
	case SelfCheckLink:
		return "self_check_link"
	case SelfCheck:
		return "self_check"
	case Question:
		return "question"
	}
	return fmt.Sprintf("kind(%d)", uint8(k))
}

// ParseKind is the inverse of Kind.String.
func ParseKind(s string) (Kind, bool) {
	for _, k := range Kinds() {
		if k.String() == s {
			return k, true
		}
	}
	return 0, false
}

// Asks tells whether the letter asks its reader to delete a mail and to answer.
func (k Kind) Asks() bool { return k == Deletion || k == Combined || k == Reminder }
