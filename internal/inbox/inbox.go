// Package inbox takes the mail that comes in at the response's own addresses:
// bounces of letters, strange mails that people forward, and what comes for
// people who do not exist.
//
// It keeps true: none of it is ever relayed or answered; only what a mail system
// says finally failed is a bounce, and an automatic answer is neither a bounce
// nor a report; a mail is told to the desk before it is accepted, and not kept.
package inbox

import (
	"context"
	"crypto/sha256"
	"slices"
	"strings"
	"time"

	"github.com/kakitome/kakitome/internal/fault"
	"github.com/kakitome/kakitome/internal/gate"
	"github.com/kakitome/kakitome/internal/mail"
)

// Desk is told what came in. A client that lost the answer sends again, so that
// the same thing may be told twice. What is told holds personal data and is gone
// when the call ends: nothing of it may be kept in clear. An error refuses the
// mail as its kind says.
type Desk interface {
	// Bounced is told that a letter did not arrive.
	Bounced(ctx context.Context, letter string, b Bounce) error
	// CanaryMail is told that mail came for a canary. The shop's own comes, too, and
	// is no hit: the ledger knows its Message-ID and recipient.
	CanaryMail(ctx context.Context, m CanaryMail) error
	// Reported is told that somebody forwarded strange mails.
	Reported(ctx context.Context, r Report) error
}

// Incoming is what every mail has that comes in.
type Incoming struct {
	Envelope string // its sender in SMTP, empty for the null sender; as easily invented as From
	From     string // the first address of its From field, or empty
	At       time.Time
	Digest   [32]byte // SHA-256 of its content: the same mail sent again has the same
	Message  *mail.Message
}

// CanaryMail is mail for a person who does not exist.
type CanaryMail struct {
	Incoming
	Address string // of the canary, as written in SMTP
}

// Report is a strange mail somebody forwarded.
type Report struct {
	Incoming
	Mails  []*mail.Message // forwarded as attachments, with their headers; there may be none
	Unread int             // attachments that may be mails and cannot be read, such as Outlook's .msg
}

// Gate is where mail for everybody else goes.
type Gate interface {
	Receive(ctx context.Context, s gate.Submission) (gate.Receipt, error)
}

// Options of an inbox.
type Options struct {
	Bounce   string   // base of the envelope senders of letters, such as bounce@shop.example; empty: none
	Report   string   // where people forward to; empty: none
	Canaries []string // domains such as "@mail.example"; asked only without Next
	// Letter is the id of the letter whose envelope sender was address. It is not
	// ok for what a stranger made up (letter.Bounces.Parse).
	Letter func(address string) (id string, ok bool)
	Desk   Desk
	// Next takes what is for others: the door is that of the applications, and
	// what they write to canaries goes out. nil: the door is for incoming mail
	// only, and refuses it.
	Next  Gate
	Now   func() time.Time
	Count func(Kind) // told of each mail; may be nil, must not block
}

// Kind is what became of a mail that came in.
type Kind string

// Kinds of mail.
const (
	BounceKind  Kind = "bounce"
	ReportKind  Kind = "report"
	CanaryKind  Kind = "canary"
	IgnoredKind Kind = "ignored" // answers of programs, notices of delay or receipt, what is no bounce: told to nobody
)

// Limits of a mail, bytes. A canary's is that of the door: a hit is a hit.
const (
	maxBounce = 1 << 20
	maxReport = 10 << 20
	maxMails  = 20 // in one report
)

const op = "take incoming mail"

// Inbox stands between a door and the gate.
type Inbox struct{ o Options }

// New makes an inbox.
func New(o Options) *Inbox { return &Inbox{o} }

// Receive takes a mail whose recipients are all the inbox's, hands on one that
// has none of them, and refuses one that is both: it would be half relayed. It
// is what a door asks of a gate.
func (i *Inbox) Receive(ctx context.Context, s gate.Submission) (gate.Receipt, error) {
	var mine []errand
	for _, r := range s.Envelope.Recipients {
		if kind, ok := i.kind(r.Address); ok {
			mine = append(mine, errand{kind, r.Address})
		}
	}
	switch {
	case len(mine) == 0 && i.o.Next != nil:
		return i.o.Next.Receive(ctx, s)
	case len(mine) == 0:
		return gate.Receipt{}, fault.New(fault.NotFound, op, "nobody of that address is here, and nothing is relayed")
	case len(mine) < len(s.Envelope.Recipients):
		return gate.Receipt{}, fault.New(fault.Invalid, op, "recipients of two kinds: send to them one at a time")
	}
	in := Incoming{Envelope: s.Envelope.From, At: i.o.Now(), Digest: sha256.Sum256(s.Data), Message: mail.Parse(s.Data, mail.Limits{})}
	if from := mail.Addresses(in.Message.Root.Get("From")); len(from) > 0 {
		in.From = from[0].Addr
	}
	for _, e := range mine {
		kind, err := i.run(ctx, e, in)
		if err != nil {
			return gate.Receipt{}, err
		}
		if i.o.Count != nil {
			i.o.Count(kind)
		}
	}
	return gate.Receipt{Recipients: len(mine)}, nil
}

// errand is what a recipient of the inbox wants done.
type errand struct {
	kind    Kind
	address string
}

func (i *Inbox) kind(address string) (Kind, bool) {
	at := strings.LastIndexByte(address, '@')
	switch {
	case at < 1:
		return "", false
	case isDetail(i.o.Bounce, address):
		return BounceKind, true
	case isDetail(i.o.Report, address):
		return ReportKind, true
	case i.o.Next == nil && slices.ContainsFunc(i.o.Canaries, func(domain string) bool { return strings.EqualFold(address[at:], domain) }):
		return CanaryKind, true
	}
	return "", false
}

// isDetail tells whether an address is base, or base with something behind a "+"
// in its local part (RFC 5233 §1). Case does not matter: mail systems change it.
func isDetail(base, address string) bool {
	at, end := strings.LastIndexByte(base, '@'), strings.LastIndexByte(address, '@')
	if at < 1 || !strings.EqualFold(base[at:], address[end:]) {
		return false
	}
	local, _, _ := strings.Cut(address[:end], "+")
	return strings.EqualFold(base[:at], local)
}

// run tells the desk, unless a program wrote the mail.
func (i *Inbox) run(ctx context.Context, e errand, in Incoming) (Kind, error) {
	switch e.kind {
	case BounceKind:
		if len(in.Message.Raw) > maxBounce {
			return "", fault.Newf(fault.TooLarge, op, "larger than %d bytes", maxBounce)
		}
		letter, known := i.o.Letter(e.address)
		if !known {
			return "", fault.New(fault.NotFound, op, "no letter was sent from that address")
		}
		b, ok := ReadBounce(in.Message)
		if !ok {
			return IgnoredKind, nil
		}
		return e.kind, i.o.Desk.Bounced(ctx, letter, b)
	case ReportKind:
		if len(in.Message.Raw) > maxReport {
			return "", fault.Newf(fault.TooLarge, op, "larger than %d bytes", maxReport)
		}
		if in.Envelope == "" || automatic(in.Message.Root) {
			return IgnoredKind, nil
		}
		r := Report{Incoming: in}
		if err := r.forwarded(); err != nil {
			return "", err
		}
		return e.kind, i.o.Desk.Reported(ctx, r)
	default:
		return e.kind, i.o.Desk.CanaryMail(ctx, CanaryMail{in, e.address})
	}
}

// automatic tells whether a program wrote a mail: RFC 3834 §5, and what older
// ones write. A list or a group that passes on what people write is none.
func automatic(p *mail.Part) bool {
	submitted, _, _ := strings.Cut(p.Get("Auto-Submitted"), ";")
	switch submitted = strings.ToLower(strings.TrimSpace(submitted)); {
	case submitted != "" && submitted != "no":
		return true
	case p.Get("X-Autoreply") != "", p.Get("X-Autorespond") != "", p.MediaType == "multipart/report":
		return true
	}
	precedence := strings.ToLower(strings.TrimSpace(p.Get("Precedence")))
	return precedence == "auto_reply" || precedence == "junk"
}

// forwarded finds the mails that were attached.
func (r *Report) forwarded() error {
	return r.Message.Walk(func(p *mail.Part, path []int) error {
		name := strings.ToLower(p.Filename)
		switch {
		case p.Enclosed != nil:
			r.Mails = append(r.Mails, p.Enclosed)
		case len(path) > 0 && strings.HasSuffix(name, ".eml") && p.Content != nil:
			r.Mails = append(r.Mails, mail.Parse(p.Content, mail.Limits{}))
		case strings.HasSuffix(name, ".msg"), strings.HasSuffix(name, ".eml"), p.MediaType == "application/vnd.ms-outlook":
			r.Unread++
		}
		if len(r.Mails)+r.Unread > maxMails {
			return fault.Newf(fault.TooLarge, op, "more than %d mails attached", maxMails)
		}
		return nil
	})
}
