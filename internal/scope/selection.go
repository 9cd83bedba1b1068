package scope

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/kakitome/kakitome/internal/roster"
)

// Selection says which mails belong to an incident: those of any part, without
// those excluded. A delivery is selected once, by however many parts.
type Selection struct {
	Any     []Part   `json:"any"`
	Without []string `json:"without,omitempty"` // mail ids
}

// Part selects in one way. Exactly one of Stream, Rule (with Stream: both must
// hold), Person, Ident, Mails and Alert is set.
//
// By stream and by rule, wrong deliveries are selected. By person and by
// identifier, deliveries that carry it to somebody else, allowed ones too. By
// mail, all deliveries of the mail.
type Part struct {
	Stream string
	Rule   string     // a rule as interface.md names it
	Person roster.Key // data of whom
	Ident  roster.Key
	Mails  []string
	Alert  int64 // its stream, rule and times; to be resolved before it is asked for
	Since  time.Time
	Until  time.Time // exclusive; zero: no end
}

const (
	maxParts = 1000
	maxMails = 100_000
)

// Validate says what is wrong with a selection.
func (s *Selection) Validate() error {
	if len(s.Any) == 0 {
		return errors.New("a selection needs at least one part")
	}
	if len(s.Any) > maxParts || len(s.Without) > maxMails {
		return fmt.Errorf("a selection has up to %d parts and %d mails without", maxParts, maxMails)
	}
	for i := range s.Any {
		if err := s.Any[i].validate(); err != nil {
			return fmt.Errorf("part %d of the selection: %w", i+1, err)
		}
	}
	return nil
}

func (p *Part) validate() error {
	ways := 0
	for _, set := range []bool{p.Stream != "" || p.Rule != "", !p.Person.IsZero(), !p.Ident.IsZero(), len(p.Mails) > 0, p.Alert != 0} {
		if set {
			ways++
		}
	}
	switch {
	case ways != 1:
		return errors.New("exactly one of stream or rule, person, ident, mails, alert is needed")
	case len(p.Mails) > maxMails:
		return fmt.Errorf("more than %d mails", maxMails)
	case !p.Since.IsZero() && !p.Until.IsZero() && !p.Since.Before(p.Until):
		return errors.New("until is not after since")
	}
	return nil
}

// Within tells whether a time is meant.
func (p *Part) Within(at time.Time) bool {
	return (p.Since.IsZero() || !at.Before(p.Since)) && (p.Until.IsZero() || at.Before(p.Until))
}

// partJSON is a part as it is written: keys in hex, times in RFC 3339.
type partJSON struct {
	Stream string     `json:"stream,omitempty"`
	Rule   string     `json:"rule,omitempty"`
	Person string     `json:"person,omitempty"`
	Ident  string     `json:"ident,omitempty"`
	Mails  []string   `json:"mails,omitempty"`
	Alert  int64      `json:"alert,omitempty"`
	Since  *time.Time `json:"since,omitempty"`
	Until  *time.Time `json:"until,omitempty"`
}

// MarshalJSON writes a part.
func (p Part) MarshalJSON() ([]byte, error) {
	return json.Marshal(partJSON{p.Stream, p.Rule, hexOf(p.Person), hexOf(p.Ident), p.Mails, p.Alert, timeOrNil(p.Since), timeOrNil(p.Until)})
}

// UnmarshalJSON reads a part.
func (p *Part) UnmarshalJSON(b []byte) error {
	var j partJSON
	if err := json.Unmarshal(b, &j); err != nil {
		return err
	}
	*p = Part{Stream: j.Stream, Rule: j.Rule, Mails: j.Mails, Alert: j.Alert}
	var err error
	if p.Person, err = keyOf(j.Person); err != nil {
		return fmt.Errorf("person: %w", err)
	}
	if p.Ident, err = keyOf(j.Ident); err != nil {
		return fmt.Errorf("ident: %w", err)
	}
	if j.Since != nil {
		p.Since = *j.Since
	}
	if j.Until != nil {
		p.Until = *j.Until
	}
	return nil
}

func timeOrNil(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}

func hexOf(k roster.Key) string {
	if k.IsZero() {
		return ""
	}
	return k.Hex()
}

func keyOf(s string) (k roster.Key, err error) {
	if s == "" {
		return k, nil
	}
	if len(s) != hex.EncodedLen(len(k)) {
		return k, errors.New("a key has 32 hexadecimal digits")
	}
	if _, err = hex.Decode(k[:], []byte(s)); err != nil {
		return k, errors.New("a key has 32 hexadecimal digits")
	}
	return k, nil
}
