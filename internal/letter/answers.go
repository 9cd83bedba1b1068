package letter

import (
	"errors"
	"fmt"
	"slices"
)

// Answer is one of three. The values are stored; they never change.
type Answer uint8

// The answers.
const (
	Yes    Answer = 1
	No     Answer = 2
	Unsure Answer = 3
)

func (a Answer) String() string {
	switch a {
	case Yes:
		return "yes"
	case No:
		return "no"
	case Unsure:
		return "unsure"
	}
	return fmt.Sprintf("answer(%d)", uint8(a))
}

// ParseAnswer is the inverse of Answer.String.
func ParseAnswer(s string) (Answer, bool) {
	for _, a := range []Answer{Yes, No, Unsure} {
		if a.String() == s {
			return a, true
		}
	}
	return 0, false
}

// Device is where the mail was. The values are stored; they never change.
type Device uint8

// The devices: closed, for a box to type in would be filled with what leaked.
const (
	Smartphone Device = 1
	Computer   Device = 2
	Tablet     Device = 3
	WorkDevice Device = 4 // of an employer or a school
	SharedOne  Device = 5 // used by others too
	Webmail    Device = 6 // only at the mail provider
	Printed    Device = 7 // printed
	OtherPlace Device = 8
)

// Devices lists all devices in order.
func Devices() []Device {
	return []Device{Smartphone, Computer, Tablet, WorkDevice, SharedOne, Webmail, Printed, OtherPlace}
}

func (d Device) String() string {
	switch d {
	case Smartphone:
		return "smartphone"
	case Computer:
		return "computer"
	case Tablet:
		return "tablet"
	case WorkDevice:
		return "work"
	case SharedOne:
		return "shared"
	case Webmail:
		return "webmail"
	case Printed:
		return "paper"
	case OtherPlace:
		return "other"
	}
	return fmt.Sprintf("device(%d)", uint8(d))
}

// ParseDevice is the inverse of Device.String.
func ParseDevice(s string) (Device, bool) {
	for _, d := range Devices() {
		if d.String() == s {
			return d, true
		}
	}
	return 0, false
}

// Answers are what a wrong recipient says of the mail. That it is deleted does
// not say whether it was read, so each is asked by itself.
type Answers struct {
	Deleted Answer   // is it deleted, everywhere?
	Opened  Answer   // was it opened before?
	Passed  Answer   // was it copied, forwarded or shown to others?
	Devices []Device // on which devices was it? May be empty: not said
}

var (
	errUnanswered = errors.New("the first three questions need an answer each: yes, no or unsure")
	errDevices    = errors.New("a device is named twice or is none of those offered")
)

// Validate refuses what the page cannot have sent.
func (a Answers) Validate() error {
	for _, x := range []Answer{a.Deleted, a.Opened, a.Passed} {
		if x < Yes || x > Unsure {
			return errUnanswered
		}
	}
	for i, d := range a.Devices {
		if d < Smartphone || d > OtherPlace || slices.Contains(a.Devices[:i], d) {
			return errDevices
		}
	}
	return nil
}

// Event is what valid answers mean for the letter. On paper, it was read.
func (a Answers) Event() Event {
	switch {
	case a.Deleted == No:
		return AnswerRefused
	case a.Deleted != Yes:
		return AnswerOpen
	case a.Opened == No && a.Passed == No && !slices.Contains(a.Devices, Printed):
		return AnswerUnread
	}
	return AnswerDeleted
}

// Reading is how Japan's law reads answers (PPC, Q&A 6-1): it is no leak if it
// is confirmed that the recipient deleted the mail without having viewed it. A
// draft for a person to check; in the EU no answer removes the duty to report.
type Reading uint8

// The readings.
const (
	Unconfirmed Reading = 1 // counts as a leak, or the risk of one
	Unseen      Reading = 2 // may be counted apart as no leak
	Seen        Reading = 3 // a leak
)

func (r Reading) String() string {
	switch r {
	case Unconfirmed:
		return "unconfirmed"
	case Unseen:
		return "unseen"
	case Seen:
		return "seen"
	}
	return fmt.Sprintf("reading(%d)", uint8(r))
}

// Reading reads valid answers. Of several deliveries of one person's data, all
// have to be Unseen.
func (a Answers) Reading() Reading {
	switch {
	case a.Opened == Yes || a.Passed == Yes || slices.Contains(a.Devices, Printed):
		return Seen
	case a.Event() == AnswerUnread:
		return Unseen
	}
	return Unconfirmed
}

// Fold is what several answers about one letter, oldest first, say together:
// whether it is deleted by the last one, whether it was read by any.
func Fold(all []Answers) Answers {
	var sum Answers
	for _, a := range all {
		sum.Deleted = a.Deleted
		if sum.Opened != Yes {
			sum.Opened = a.Opened
		}
		if sum.Passed != Yes {
			sum.Passed = a.Passed
		}
		sum.Devices = append(sum.Devices, a.Devices...)
	}
	slices.Sort(sum.Devices)
	sum.Devices = slices.Compact(sum.Devices)
	return sum
}
