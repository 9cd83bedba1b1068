package app

import (
	"context"

	"github.com/kakitome/kakitome/internal/inbox"
	"github.com/kakitome/kakitome/internal/mail"
	"github.com/kakitome/kakitome/internal/response"
	"github.com/kakitome/kakitome/internal/smtpd"
)

// incoming tells the response what comes in.
type incoming struct{ *response.Desk }

// Bounced implements inbox.Desk.
func (in incoming) Bounced(ctx context.Context, letter string, b inbox.Bounce) error {
	return in.Desk.Bounced(ctx, letter, b.Status+" "+string(b.Reason))
}

// CanaryMail implements inbox.Desk.
func (in incoming) CanaryMail(ctx context.Context, m inbox.CanaryMail) error {
	return in.CanaryHit(ctx, response.CanaryMail{Address: m.Address, MessageID: mail.MessageID(m.Message), Digest: m.Digest, At: m.At})
}

// forwarded is what is kept of a mail that somebody forwarded.
type forwarded struct {
	From   string   `json:"from"`
	Mails  []string `json:"mails"`
	Unread int      `json:"unread,omitempty"`
}

// Reported implements inbox.Desk.
func (in incoming) Reported(ctx context.Context, r inbox.Report) error {
	kept := forwarded{From: r.From, Unread: r.Unread}
	for _, m := range r.Mails {
		kept.Mails = append(kept.Mails, string(m.Raw))
	}
	return in.Forwarded(ctx, kept, r.Digest[:])
}

// inboxBefore is the inbox with what it hands on to; next may be nil.
func (a *App) inboxBefore(next inbox.Gate) *inbox.Inbox {
	in := &a.cfg.Incident
	return inbox.New(inbox.Options{
		Bounce: in.Bounce, Report: in.Report, Canaries: in.Canaries, Desk: incoming{a.response}, Next: next, Now: a.now,
		Letter: a.bounces().Parse,
	})
}

// openIncoming opens the door for mail that comes in, if it has one of its own.
func (a *App) openIncoming(context.Context) error {
	if a.cfg.Incident.Listen == "" {
		return nil
	}
	o, err := a.smtpOptions()
	if err != nil {
		return err
	}
	o.Listen, o.Users, o.RequireAuth = a.cfg.Incident.Listen, nil, false
	door := smtpd.New(o, a.inboxBefore(nil))
	if err := door.Start(); err != nil {
		return err
	}
	a.defers("close door for incoming mail", door.Stop)
	a.incoming = door
	return nil
}
