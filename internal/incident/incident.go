package incident

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/kakitome/kakitome/internal/fault"
)

// State is how far a response is. The states follow each other; an incident is
// in the furthest one whose own step and all before it are done.
type State uint8

// The states of a response.
const (
	Found State = iota + 1
	IsContained
	IsScoped
	IsTold
	IsReported
	IsClosed
)

func (s State) String() string {
	return [...]string{"", "found", "contained", "scoped", "told", "reported", "closed"}[s]
}

// Incident is an incident as its events make it.
type Incident struct {
	Events   []Event
	State    State
	Source   Source
	OpenedBy string
	OpenedAt time.Time
	ClosedAt time.Time

	// ClockAt is when the company first knew, for the law; ClockN the event that
	// says so. Until somebody says otherwise it is when the incident was opened.
	ClockAt time.Time
	ClockN  int

	Paused  []string // streams stopped for it and not yet resumed
	Facts   map[string]string
	Numbers *Numbers // of the newest scope; nil: none yet
	Scope   int      // its version
	Agreed  bool     // two computations agreed on it, and nothing that left is unread

	Rounds      []Round
	Phoned      map[string]bool // exposed persons told otherwise than by mail
	Unreachable map[string]bool // and those who cannot be told
	Page        int             // newest version of the public page that was made, 0: none
	PageHash    string
	Published   int // newest version that is out, 0: none
	Reports     []string
	overrides   map[string]bool
	done        map[Kind]bool
}

// Round is one sending of letters.
type Round struct {
	Number  int
	Drafted Event
	Sample  string // who approved the first letters; empty: nobody yet
	All     string // who approved all
	Sent    int
}

// Fold makes an incident from its events, which are as [Incident.Next] let them
// come.
func Fold(events []Event) (*Incident, error) {
	i := &Incident{Facts: map[string]string{}, Phoned: map[string]bool{}, Unreachable: map[string]bool{}, overrides: map[string]bool{}, done: map[Kind]bool{}}
	for _, e := range events {
		if err := i.add(e); err != nil {
			return nil, fmt.Errorf("event %d: %w", e.N, err)
		}
	}
	return i, nil
}

// Next makes e the next event, or says why it may not come (fault.Conflict,
// fault.Invalid). The incident is changed only without an error.
func (i *Incident) Next(e Event) (Event, error) {
	e.N = len(i.Events) + 1
	if last := len(i.Events); last > 0 && e.At.Before(i.Events[last-1].At) {
		e.At = i.Events[last-1].At // two nodes' clocks; the list's order counts
	}
	if err := i.add(e); err != nil {
		return e, err
	}
	return e, nil
}

func (i *Incident) add(e Event) error {
	if e.N != len(i.Events)+1 {
		return fault.Newf(fault.Internal, "read incident", "an event is missing before number %d", e.N)
	}
	if err := i.may(&e); err != nil {
		return err
	}
	i.Events = append(i.Events, e)
	i.apply(&e)
	i.State = i.state()
	return nil
}

func (i *Incident) apply(e *Event) {
	i.done[e.Kind] = true
	switch e.Kind {
	case Opened:
		i.Source, i.OpenedBy, i.OpenedAt, i.ClockAt, i.ClockN = e.Source, e.By, e.At, e.At, e.N
	case Clock:
		i.ClockAt, i.ClockN = e.Since, e.N
	case Paused:
		i.Paused = append(i.Paused, e.Stream)
	case Resumed:
		i.Paused = slices.DeleteFunc(i.Paused, func(s string) bool { return s == e.Stream })
	case Scoped:
		i.Numbers, i.Scope, i.Agreed = e.Numbers, e.Version, e.Agreed && e.Numbers.Unread == 0
	case Facts:
		maps.Copy(i.Facts, e.Facts)
		maps.DeleteFunc(i.Facts, func(_, v string) bool { return v == "" })
	case Drafted:
		i.Rounds = append(i.Rounds, Round{Number: e.Round, Drafted: *e})
	case Approved:
		i.approve(e)
	case Sent:
		i.Rounds[e.Round-1].Sent += e.Count
	case Telephoned:
		i.Phoned[e.Person] = true
	case Unreachable:
		i.Unreachable[e.Person] = true
	case Override:
		i.overrides[e.Object] = true
	case PageReady:
		i.Page, i.PageHash = e.Version, e.Root
	case Published:
		i.Published = e.Version
	case Reported:
		i.Reports = append(i.Reports, e.Object)
	case Closed:
		i.ClosedAt = e.At
	case Recalled, Blocked, Contained, Selected, Contacts, Told, NoReport, Asked, Reminded, Noted, Erased:
	}
}

func (i *Incident) approve(e *Event) {
	for k := range i.Rounds {
		switch r := &i.Rounds[k]; e.Object {
		case ObjectSample(r.Number):
			r.Sample = e.By
		case ObjectLetters(r.Number):
			r.All = e.By
		}
	}
}

// ObjectSample names the first letters of a round, as what is approved.
func ObjectSample(round int) string { return fmt.Sprintf("sample %d", round) }

// ObjectLetters names all letters of a round.
func ObjectLetters(round int) string { return fmt.Sprintf("letters %d", round) }

// ObjectPage names a version of the public page.
func ObjectPage(version int) string { return fmt.Sprintf("page %d", version) }

// Signer is the name somebody acts under, without where from: of "hana (uid 0)"
// it is hana.
func Signer(by string) string {
	name, _, _ := strings.Cut(by, " (")
	return name
}

// Superseded tells whether a round was made again, so that its letters that have
// not left do not any more.
func (i *Incident) Superseded(r Round) bool {
	return slices.ContainsFunc(i.Rounds, func(o Round) bool { return o.Number > r.Number && o.Drafted.Object == r.Drafted.Object })
}

// Unapproved are the rounds of which letters wait for somebody to agree.
func (i *Incident) Unapproved() (list []Round) {
	for _, r := range i.Rounds {
		if r.All == "" && r.Drafted.Count > 0 && !i.Superseded(r) {
			list = append(list, r)
		}
	}
	return list
}

// Publication is the object of the override that lets the page come before the
// exposed persons were told.
const Publication = "publication"

// Overridden tells whether an officer let a step come early.
func (i *Incident) Overridden(object string) bool { return i.overrides[object] }

// ApprovedBy is who approved an object last; empty: nobody.
func (i *Incident) ApprovedBy(object string) string {
	for _, e := range slices.Backward(i.Events) {
		if e.Kind == Approved && e.Object == object {
			return e.By
		}
	}
	return ""
}

func (i *Incident) state() State {
	s := Found
	for _, step := range []struct {
		to   State
		done bool
	}{
		{IsContained, i.done[Contained]},
		{IsScoped, i.done[Scoped]},
		{IsTold, i.done[Told]},
		{IsReported, i.done[Reported] || i.done[NoReport]},
		{IsClosed, i.done[Closed]},
	} {
		if !step.done {
			break
		}
		s = step.to
	}
	return s
}

// Open tells whether the response still runs.
func (i *Incident) Open() bool { return !i.done[Closed] }
