package gate

import "github.com/kakitome/kakitome/internal/mail"

// Submission is one mail at a door, before anything was decided.
type Submission struct {
	Envelope mail.Envelope
	Data     []byte // the content as the client sent it, dot-unstuffed, CRLF line ends
	User     string // authenticated SMTP user, empty without AUTH
	Stream   string // stream the user name stands for; empty: the header or "default" decides
	Client   string // who the client is for the trace field and the per-client rules: user, else IP address
	Hello    string // what the client called itself in EHLO
	Protocol string // "ESMTP", "ESMTPS", "ESMTPSA", … (RFC 3848), for the trace field
}

// Receipt is what the door answers after the decision is on disk.
type Receipt struct {
	MailID     string // without brackets; the first mail's id for a duplicate
	Duplicate  bool   // same Message-ID, recipients and bytes within 7 days: nothing is sent again
	Recipients int
	Held       int // of Recipients
}
