package feed

import (
	"strings"
	"time"

	"github.com/kakitome/kakitome/internal/fault"
)

// kind is what a watermark is. The letters are stored with places.
type kind byte

// Kinds of watermarks.
const (
	texts    kind = 's'
	integers kind = 'i'
	decimals kind = 'd'
	times    kind = 't' // without a zone, or a date
	instants kind = 'z' // with a zone, or known to be UTC
)

const (
	farthest  = 14 * time.Hour // ahead of UTC is no zone on earth
	allowance = time.Minute    // for the clocks of two machines
)

// place is how far a watermark was read: its kind and its text, as the database
// writes it.
type place struct {
	kind kind
	text string
}

// String is the place as it is stored; nil is the empty text.
func (p *place) String() string {
	if p == nil {
		return ""
	}
	return string(p.kind) + p.text
}

// parsePlace is the inverse of String.
func parsePlace(s string) (*place, error) {
	if s == "" {
		return nil, nil //nolint:nilnil // no place
	}
	k := kind(s[0])
	if !strings.ContainsRune("sidtz", rune(k)) {
		return nil, fault.New(fault.Internal, op, "the place of the feed is damaged").WithHint("read all: --full")
	}
	return &place{k, s[1:]}, nil
}

// layouts are how the databases write times.
var layouts = []string{"2006-01-02 15:04:05.999999999-07", "2006-01-02 15:04:05.999999999-07:00", "2006-01-02 15:04:05.999999999", time.DateOnly}

func parseTime(text string) (t time.Time, layout string, ok bool) {
	for _, layout := range layouts {
		if t, err := time.Parse(layout, text); err == nil {
			return t, layout, true
		}
	}
	return t, "", false
}

// place is where a watermark of the kind stands. It is nil for a time that is
// none (infinity, 0000-00-00) or in the future.
func (k kind) place(text string, now time.Time) *place {
	if k == times || k == instants {
		t, _, ok := parseTime(text)
		latest := now.Add(allowance)
		if k == times {
			latest = latest.Add(farthest)
		}
		if !ok || t.After(latest) {
			return nil
		}
	}
	return &place{k, text}
}

// bound is the text to which rows are compared: times are taken back.
func (p *place) bound() string {
	if p.kind != times && p.kind != instants {
		return p.text
	}
	t, layout, ok := parseTime(p.text)
	if !ok {
		return p.text
	}
	return t.Add(-overlap).Format(layout)
}
