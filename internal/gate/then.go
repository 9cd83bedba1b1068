package gate

import (
	"context"

	"github.com/kakitome/kakitome/internal/check"
	"github.com/kakitome/kakitome/internal/mail"
	"github.com/kakitome/kakitome/internal/policy"
	"github.com/kakitome/kakitome/internal/roster"
)

// Then says how a stored mail is examined once more.
type Then struct {
	Roster  *roster.Snapshot // nil: the present one
	Enforce bool             // as if its stream enforced
}

// ExamineThen examines a stored mail for the recipients that were opened, on
// the policy of today and a roster of choice. Nothing is decided and nothing
// changes. It is nil when the body was erased.
func (g *Gate) ExamineThen(ctx context.Context, m *Mail, o *Opened, then Then) (e *check.Examined, err error) {
	if o.Body == nil {
		return nil, nil //nolint:nilnil // there is nothing to examine, as said
	}
	s := o.submission(m)
	if s.Envelope.Recipients == nil {
		s.Envelope.Recipients = []mail.Recipient{}
	}
	err = g.read(ctx, s, cleaned{data: o.Body}, m.ReceivedAt, func(in check.Input, k check.Knowledge) {
		if then.Roster != nil {
			k.Roster = then.Roster
		}
		if then.Enforce {
			stream := *in.Stream
			stream.Mode = policy.Enforce
			in.Stream = &stream
		}
		e = check.Examine(in, k)
	})
	return e, err
}
