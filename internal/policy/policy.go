// Package policy keeps true: what the operator wrote is what the rules ask,
// compiled once, checked as a whole, and named by a version.
//
// A Policy answers four questions: which stream a mail belongs to and what its
// limits are, whether an identifier or a recipient is the company's own,
// whether a recipient was granted a kind of data, and where the shapes of the
// company's codes stand in a text. It is pure, never changes, and is safe for
// concurrent use.
package policy

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/kakitome/kakitome/internal/jp"
)

// Policy is a compiled Spec.
type Policy struct {
	Version string // hash of the content, 16 hex digits
	Company Company
	Streams []*Stream // in the order given; the one named "default" is always there

	byName    map[string]*Stream
	grants    []grant
	codes     []code
	providers map[string]struct{}
}

// Default is the name of the stream of mail that names no other.
const Default = "default"

// Mode says whether a stream's verdicts hold mail.
type Mode uint8

// The modes.
const (
	Enforce Mode = iota // hold
	Observe             // record what would have been held, and let it go
)

func (m Mode) String() string {
	if m == Observe {
		return "observe"
	}
	return "enforce"
}

// ParseMode is the inverse of String.
func ParseMode(s string) (Mode, bool) {
	switch s {
	case "enforce":
		return Enforce, true
	case "observe":
		return Observe, true
	default:
		return 0, false
	}
}

// MarshalText writes a mode by its name.
func (m Mode) MarshalText() ([]byte, error) { return []byte(m.String()), nil }

// UnmarshalText reads a mode by its name.
func (m *Mode) UnmarshalText(text []byte) error {
	mode, ok := ParseMode(string(text))
	if !ok {
		return fmt.Errorf("mode is not enforce or observe")
	}
	*m = mode
	return nil
}

// Stream is a kind of mail with limits of its own.
type Stream struct {
	Name        string
	Mode        Mode
	HoldFor     time.Duration // how long a released mail waits and can be recalled
	Window      time.Duration // over which FanOut counts
	StaleAfter  time.Duration // older than this it is not sent without a decision; 0: never
	MaxAge      time.Duration // a Date field older than this is a replay
	FanOut      int           // recipients other than its owner that may see one identifier
	FanIn       int           // other persons whose data one recipient may get, per day
	Purpose     string        // shown in the privacy notice
	Kinds       []jp.Kind     // of data it carries, as the privacy notice says; empty: any
	Receipt     bool          // each recipient's copy carries a receipt code of its own
	UnreadOK    []string      // media types that may pass unread, lower case
	MentionJump float64       // share of mentions above which the next are held
}

// Declares tells whether the privacy notice covers a kind of data in this
// stream. A file or a link is no kind a notice speaks of.
func (s *Stream) Declares(k jp.Kind) bool {
	return len(s.Kinds) == 0 || k == jp.Attachment || k == jp.Link ||
		slices.ContainsFunc(s.Kinds, func(d jp.Kind) bool { return cover(d)&(1<<k) != 0 })
}

// IncidentStream is the lane of letters after an incident. It is there without
// being configured, no other mail can ask for it, and no pause stops it.
const IncidentStream = "incident"

// incidentStream lets nobody's data go to anybody else. A letter may wait long
// for its turn, or for the relay.
func incidentStream() Stream {
	s := DefaultStream(IncidentStream)
	s.FanOut, s.FanIn, s.MaxAge = 0, 0, 90*24*time.Hour
	s.Purpose = "個人情報に関する重要なお知らせ"
	return s
}

// DefaultStream is a stream of that name with the defaults of interface.md.
func DefaultStream(name string) Stream {
	return Stream{
		Name: name, Mode: Enforce, Window: 30 * 24 * time.Hour, MaxAge: 72 * time.Hour,
		FanOut: 1, FanIn: 3, MentionJump: 0.10,
	}
}

// Spec is what the operator wrote. Every field has its final value: defaults
// are filled in by whoever makes it (DefaultStream).
type Spec struct {
	Company  CompanySpec
	Codes    []CodeSpec
	Grants   []GrantSpec
	Streams  []Stream
	Location *time.Location `json:"-"` // in which days of grants end; nil: UTC
}

// CompanySpec names the company and what is its own.
type CompanySpec struct {
	Name        string
	Identifiers []string // values of any kind; "kind: value" where the kind matters
	Recipients  []string // addresses, or "@domain"
}

// CodeSpec is the shape of codes that point to one person.
type CodeSpec struct {
	Kind    jp.Kind // MemberNo, OrderNo or Other
	Pattern string  // RE2
}

// GrantSpec lets a recipient have kinds of data.
type GrantSpec struct {
	To     string    // address, or "@domain"
	Stream string    // empty: every stream
	Kinds  []jp.Kind // Name covers NameKana and NameLatin
	Until  time.Time // the last day, by its year, month and day; zero: no end
}

// Problem is something wrong in a Spec, and where, in the words of the
// configuration file: "streams[1].fan_out".
type Problem struct{ Path, Msg, Hint string }

func (p *Problem) Error() string {
	s := p.Path + ": " + p.Msg
	if p.Hint != "" {
		s += " (" + p.Hint + ")"
	}
	return s
}

// Compile checks a Spec as a whole. The error joins every *Problem found.
func Compile(spec Spec) (*Policy, error) {
	c := compiler{Policy: &Policy{byName: map[string]*Stream{}}, spec: &spec, zone: spec.Location}
	if c.zone == nil {
		c.zone = time.UTC
	}
	c.streams()
	c.company()
	c.compileCodes()
	c.compileGrants()
	if err := c.err(); err != nil {
		return nil, err
	}
	c.providers = providers()
	version, err := version(&spec, c.zone)
	if err != nil {
		return nil, err
	}
	c.Version = version
	return c.Policy, nil
}

func version(spec *Spec, zone *time.Location) (string, error) {
	text, err := json.Marshal(struct {
		*Spec
		Zone string
	}{spec, zone.String()})
	if err != nil {
		return "", fmt.Errorf("hash policy: %w", err)
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:8]), nil
}

// Stream gives the stream of that name. A name nobody configured belongs to
// the default stream and is not known; the empty name is the default's own.
func (p *Policy) Stream(name string) (s *Stream, known bool) {
	if name == "" {
		name = Default
	}
	if s, known = p.byName[name]; known {
		return s, true
	}
	return p.byName[Default], false
}
