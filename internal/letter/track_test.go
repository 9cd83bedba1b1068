package letter

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func events() []Event {
	return []Event{Approve, Submit, Relay, Bounce, AnswerUnread, AnswerDeleted, AnswerRefused, AnswerOpen, GiveUp}
}

// TestNext: every move there is. What is not here stays, or cannot be.
func TestNext(t *testing.T) {
	t.Parallel()
	answered := func(s State) []string {
		return []string{fmt.Sprint(s, " answer_unread confirmed_unread"), fmt.Sprint(s, " answer_deleted confirmed_deleted"), fmt.Sprint(s, " answer_refused refused")}
	}
	want := slices.Concat(
		[]string{"planned approve approved", "approved submit asked", "asked relay relayed", "asked bounce bounced", "relayed bounce bounced", "no_answer bounce bounced",
			"asked give_up no_answer", "relayed give_up no_answer"},
		answered(Asked), answered(Relayed), answered(Bounced), answered(NoAnswer),
		[]string{"confirmed_unread answer_deleted confirmed_deleted", "confirmed_unread answer_refused refused", "confirmed_deleted answer_refused refused",
			"refused answer_unread confirmed_unread", "refused answer_deleted confirmed_deleted"},
	)
	var got []string
	for _, s := range States() {
		for _, e := range events() {
			to, err := Next(s, e)
			cannot := s == Planned && e != Approve || s == Approved && e != Submit && e != Approve || s >= Asked && e == Approve
			if (err != nil) != cannot {
				t.Errorf("%s %s: %v", s, e, err)
			}
			if err != nil && to != s {
				t.Errorf("%s %s: an error moves it to %s", s, e, to)
			}
			if to != s {
				got = append(got, fmt.Sprint(s, " ", e, " ", to))
			}
		}
	}
	slices.Sort(want)
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("moves (-want +got):\n%s", diff)
	}
	for _, e := range []Event{0, 10} {
		if _, err := Next(Relayed, e); err == nil {
			t.Errorf("%s is taken", e)
		}
	}
	if _, err := Next(0, Bounce); err == nil {
		t.Error("a letter without a state bounces")
	}
}

// TestEvents: whatever happens, nothing is asked that nobody
// approved, and what was read is never unread by events alone.
func TestEvents(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s, approved, submitted := Planned, false, false
		for _, e := range rapid.SliceOfN(rapid.SampledFrom(events()), 0, 20).Draw(t, "events") {
			before := s
			next, err := Next(s, e)
			if err == nil {
				approved = approved || e == Approve
				submitted = submitted || e == Submit
			}
			s = next
			if s >= Asked && (!approved || !submitted) {
				t.Fatalf("%s without approval or submission", s)
			}
			if before == ConfirmedDeleted && s == ConfirmedUnread {
				t.Fatal("a mail that was read is unread")
			}
			if before.Answered() && !s.Answered() {
				t.Fatalf("the answer was lost: %s to %s", before, s)
			}
		}
	})
}

func TestDue(t *testing.T) {
	t.Parallel()
	start := at(0)
	for _, c := range []struct {
		state    State
		days     float64
		reminded int
		answered bool
		want     Action
	}{
		{Relayed, 0, 0, false, Nothing}, {Relayed, 2.9, 0, false, Nothing}, {Relayed, 3, 0, false, SendReminder}, {Relayed, 3, 1, false, Nothing},
		{Relayed, 6.9, 1, false, Nothing}, {Relayed, 7, 1, false, SendReminder}, {Relayed, 8, 2, false, Nothing}, {Relayed, 9, 0, false, SendReminder},
		{Relayed, 13.9, 2, false, Nothing}, {Relayed, 14, 2, false, CloseUnanswered}, {Relayed, 14, 0, false, CloseUnanswered},
		{Relayed, 3, 0, true, Nothing}, {Relayed, 30, 0, true, Nothing},
		{ConfirmedUnread, 30, 0, false, Nothing}, {ConfirmedDeleted, 30, 0, false, Nothing}, {Refused, 30, 0, false, Nothing}, {NoAnswer, 30, 0, false, Nothing},
		{Bounced, 30, 0, false, Nothing}, {Asked, 30, 0, false, Nothing}, {Planned, 30, 0, false, Nothing},
	} {
		track := Track{State: c.state, Relayed: start, Reminded: c.reminded, Answered: c.answered}
		now := start.Add(time.Duration(c.days * float64(day)))
		if got := DefaultSchedule().Due(track, now); got != c.want {
			t.Errorf("%s after %v days, reminded %d, answered %v: %d, want %d", c.state, c.days, c.reminded, c.answered, got, c.want)
		}
	}
	if DefaultSchedule().Due(Track{State: Relayed}, start) != Nothing {
		t.Error("reminds of a letter relayed at no known time")
	}
}

func TestTally(t *testing.T) {
	t.Parallel()
	got := Tally([]State{Relayed, ConfirmedUnread, ConfirmedDeleted, ConfirmedUnread})
	if got[Relayed] != 1 || got[ConfirmedUnread] != 2 || got.Deleted() != 3 || len(got) != len(States()) {
		t.Error(got)
	}
}

// TestAnswers: what each answer means for the letter, and how the law reads it.
func TestAnswers(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		deleted, opened, passed Answer
		devices                 []Device
		event                   Event
		reading                 Reading
	}{
		{Yes, No, No, []Device{Smartphone, Computer}, AnswerUnread, Unseen},
		{Yes, No, No, nil, AnswerUnread, Unseen},
		{Yes, Yes, No, nil, AnswerDeleted, Seen},
		{Yes, Unsure, No, nil, AnswerDeleted, Unconfirmed},
		{Yes, No, Unsure, nil, AnswerDeleted, Unconfirmed},
		{Yes, No, Yes, nil, AnswerDeleted, Seen},
		{Yes, No, No, []Device{Printed}, AnswerDeleted, Seen},
		{No, No, No, nil, AnswerRefused, Unconfirmed},
		{No, Yes, No, nil, AnswerRefused, Seen},
		{Unsure, No, No, nil, AnswerOpen, Unconfirmed},
		{Unsure, Yes, Yes, nil, AnswerOpen, Seen},
	} {
		a := Answers{c.deleted, c.opened, c.passed, c.devices}
		if err := a.Validate(); err != nil {
			t.Errorf("%v: %v", a, err)
		}
		if a.Event() != c.event || a.Reading() != c.reading {
			t.Errorf("%v: %s %s, want %s %s", a, a.Event(), a.Reading(), c.event, c.reading)
		}
	}
	for _, a := range []Answers{{}, {Yes, No, 0, nil}, {4, No, No, nil}, {Yes, No, No, []Device{0}}, {Yes, No, No, []Device{Tablet, Tablet}}, {Yes, No, No, []Device{9}}} {
		if a.Validate() == nil {
			t.Errorf("%v is valid", a)
		}
	}
}

// TestFold: the last word on deletion, and once read is read.
func TestFold(t *testing.T) {
	t.Parallel()
	got := Fold([]Answers{{No, Yes, No, []Device{Tablet}}, {Yes, No, Unsure, []Device{Tablet, Smartphone}}})
	if diff := cmp.Diff(Answers{Yes, Yes, Unsure, []Device{Smartphone, Tablet}}, got); diff != "" {
		t.Error(diff)
	}
	if later := Fold([]Answers{{No, No, No, nil}, {Yes, No, No, nil}}); later.Event() != AnswerUnread || later.Reading() != Unseen {
		t.Error(later)
	}
}

// TestNames: names are stored and shown; each is read back.
func TestNames(t *testing.T) {
	t.Parallel()
	for _, k := range Kinds() {
		if got, ok := ParseKind(k.String()); !ok || got != k {
			t.Errorf("%s is read as %s", k, got)
		}
	}
	for _, d := range Devices() {
		if got, ok := ParseDevice(d.String()); !ok || got != d {
			t.Errorf("%s is read as %s", d, got)
		}
	}
	for _, a := range []Answer{Yes, No, Unsure} {
		if got, ok := ParseAnswer(a.String()); !ok || got != a {
			t.Errorf("%s is read as %s", a, got)
		}
	}
	if _, ok := ParseKind("kind(0)"); ok {
		t.Error("a kind that is none is read")
	}
}
