package relay

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// maxGroup bounds the commands written before their replies are read, so that
// neither side's buffers can fill up against each other (RFC 2920 §3.1).
const maxGroup = 100

// errStale says that the connection was no good before DATA was sent.
var errStale = errors.New("connection was stale")

// transact sends one mail over the session. An error means that the mail is
// untouched; it is errStale when a fresh connection may do better.
func (s *session) transact(ctx context.Context, m message) ([]Outcome, error) {
	stop := context.AfterFunc(ctx, func() { _ = s.nc.Close() })
	defer func() {
		if !stop() {
			s.broken = true
		}
	}()
	if v, ok := s.ext.unfit(m.env, m.size); ok {
		return v.all(len(m.env.Recipients)), nil
	}
	used := s.mails > 0
	s.mails++
	t := transaction{session: s, message: m, out: lost.all(len(m.env.Recipients))}
	t.introduce()
	if s.broken && ctx.Err() != nil {
		return nil, fmt.Errorf("cancelled before DATA: %w", ctx.Err())
	}
	if s.broken && used {
		return nil, errStale
	}
	if s.broken {
		return t.out, nil
	}
	if len(t.accepted) == 0 {
		t.reset()
		return t.out, nil
	}
	if err := m.start(); err != nil {
		t.reset()
		return nil, fmt.Errorf("not permitted to start: %w", err)
	}
	t.decide(t.content())
	return t.out, nil
}

// transaction is one mail under way on a session.
type transaction struct {
	*session
	message
	out           []Outcome
	accepted      []int // recipients the relay took at RCPT
	refusedSender bool  // MAIL was refused
}

// introduce says MAIL and RCPT, together where the relay allows it, and fills
// in the outcome of whom it refused.
func (t *transaction) introduce() {
	group := 1
	if t.ext.Pipelining {
		group = maxGroup
	}
	commands := make([]string, 0, 1+len(t.env.Recipients))
	commands = append(commands, t.ext.mailCommand(t.env, t.size))
	for _, r := range t.env.Recipients {
		commands = append(commands, t.ext.rcptCommand(r))
	}
	for at := 0; at < len(commands) && !t.broken; at += group {
		end := min(at+group, len(commands))
		if t.write(commands[at:end]...) != nil {
			return
		}
		for i := at; i < end; i++ {
			r, err := t.read(t.o.Timeouts.Command)
			if err != nil {
				return
			}
			t.heard(i-1, r)
		}
		if t.refusedSender {
			return
		}
	}
}

// heard takes the reply to MAIL (recipient -1) or to one RCPT.
func (t *transaction) heard(recipient int, r reply) {
	v := r.verdict()
	switch {
	case r.code/100 == 3:
		t.broken = true // out of step: no later reply can be trusted
	case recipient < 0 && !r.ok():
		t.out = v.all(len(t.out))
		t.refusedSender = true
	case t.refusedSender: // the 503 to a RCPT without MAIL says nothing new
	case recipient < 0: // MAIL was taken
	case r.ok():
		t.accepted = append(t.accepted, recipient)
	default:
		if r.code == 552 && (v.enhanced == "" || v.enhanced == "5.5.3") {
			v.status = Deferred // "too many recipients", said the old way (RFC 5321 §4.5.3.1.10)
		}
		t.out[recipient] = v.of(recipient)
	}
}

// content says DATA, the content and the final dot, and gives the fate of all
// accepted recipients.
func (t *transaction) content() verdict {
	r, err := t.say("DATA\r\n", t.o.Timeouts.DataStart)
	if err != nil {
		return lost
	}
	if r.code != 354 {
		if r.code/100 < 4 {
			t.broken = true
			return lost
		}
		t.reset()
		return r.verdict()
	}
	if err := writeDotted(t.w, t.data); err != nil {
		return t.cutShort()
	}
	r, err = t.read(t.o.Timeouts.DataEnd)
	if err != nil || r.code/100 == 3 {
		t.broken = true
		return inDoubt
	}
	return r.verdict()
}

// cutShort is the fate when the content could not be written to its end: the
// final dot never left, so nothing was taken. A relay that hangs up early often
// has said why.
func (t *transaction) cutShort() verdict {
	r, err := t.read(time.Second)
	t.broken = true
	switch {
	case err != nil || r.code/100 == 3:
		return lost
	case r.ok():
		return inDoubt // it claims to have taken half a mail
	}
	return r.verdict()
}

func (t *transaction) decide(v verdict) {
	for _, i := range t.accepted {
		t.out[i] = v.of(i)
	}
}

// reset ends a transaction before DATA; a session that cannot is not used again.
func (t *transaction) reset() {
	if t.broken {
		return
	}
	if r, err := t.say("RSET\r\n", t.o.Timeouts.Command); err != nil || !r.ok() {
		t.broken = true
	}
}
