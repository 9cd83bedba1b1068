package response

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"encoding/json"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/kakitome/kakitome/internal/fault"
	"github.com/kakitome/kakitome/internal/gate"
	"github.com/kakitome/kakitome/internal/incident"
	"github.com/kakitome/kakitome/internal/policy"
	"github.com/kakitome/kakitome/internal/roster"
	"github.com/kakitome/kakitome/internal/survey"
)

// Options are what a desk works with.
type Options struct {
	Store  Store
	Gate   *gate.Gate
	Sealer gate.Sealer
	Hasher *roster.Hasher
	Roster *roster.Index
	Policy *policy.Policy
	Survey *survey.Survey
	Post   Post
	Law    Law
	Site   Site
	Seal   func(of roster.Key, text string) ([]byte, error) // what belongs to no incident
	Open   func(of roster.Key, sealed []byte) (string, error)
	// Stopped has this node learn at once that a stream was paused or resumed.
	Stopped func(ctx context.Context)
	// Approved has letters that may leave handed in at once; nil: they are soon.
	Approved func()
	// Heard counts what the public asked; nil: nobody counts.
	Heard func(what string)
	// Drilled takes a letter of a drill, which goes nowhere else.
	Drilled func(incident, name string, letter []byte) error
	// Staff are the names of those who sign what they make and approve; none: only
	// the user of the host is known, and four eyes want two of them.
	Staff []string
	Zone  *time.Location
	Now   func() time.Time
	Log   *slog.Logger
}

// Desk runs responses.
type Desk struct{ Options }

// New makes a desk.
func New(o Options) *Desk {
	if o.Heard == nil {
		o.Heard = func(string) {}
	}
	return &Desk{o}
}

// signs refuses whoever has not signed with a name of staff what wants four eyes.
func (d *Desk) signs(e *incident.Event, drill bool) error {
	wants := e.Kind == incident.Drafted || e.Kind == incident.PageReady || e.Kind == incident.Approved
	if !wants || drill || len(d.Staff) == 0 || strings.Contains(e.By, " (") && slices.Contains(d.Staff, incident.Signer(e.By)) {
		return nil
	}
	return fault.New(fault.Denied, "go on with incident", "this is to be signed by one of the staff").WithHint("--as NAME, of those in incident.staff of the configuration")
}

// Fields of what is sealed under an incident's key.
const (
	fieldEvent   = "event"
	fieldContact = "contact"
	fieldLetter  = "letter"
	fieldAnswers = "answers"
)

var codes = base32.NewEncoding("0123456789abcdefghjkmnpqrstvwxyz").WithPadding(base32.NoPadding)

// random is n bytes of randomness, printable.
func random(n int) string {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails
	return codes.EncodeToString(b)
}

// key opens an incident's key.
func (d *Desk) key(i *Stored) (gate.MailKey, error) {
	if i.Key == nil {
		return nil, fault.New(fault.Conflict, "open incident", "what was kept of it was erased")
	}
	return d.Sealer.MailKey(i.Key)
}

func sealJSON(key gate.MailKey, field, id string, v any) ([]byte, error) {
	plain, err := json.Marshal(v)
	if err != nil {
		return nil, fault.Wrap(fault.Internal, "seal "+field, "it cannot be written down", err)
	}
	return key.Seal(field, id, plain)
}

func openJSON(key gate.MailKey, field, id string, sealed []byte, v any) error {
	plain, err := key.Open(field, id, sealed)
	if err != nil {
		return fault.Wrap(fault.Internal, "open "+field, "it cannot be opened with this incident's key", err)
	}
	if err := json.Unmarshal(plain, v); err != nil {
		return fault.Wrap(fault.Internal, "open "+field, "it is not what was written", err)
	}
	return nil
}

// trimmed is text without space around it.
func trimmed(s string) string { return strings.TrimSpace(s) }
