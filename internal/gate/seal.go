package gate

import (
	"encoding/json"
	"fmt"

	"github.com/kakitome/kakitome/internal/check"
	"github.com/kakitome/kakitome/internal/mail"
)

// Sealer makes and opens the keys under which mails are sealed.
type Sealer interface {
	// NewMailKey makes a fresh key for one mail, and the same key wrapped under
	// the sealing key of the month, which is what is stored.
	NewMailKey() (key MailKey, wrapped []byte, err error)
	// MailKey unwraps a stored key.
	MailKey(wrapped []byte) (MailKey, error)
}

// MailKey seals what belongs to one mail (AES-256-GCM). Field and mail id are
// authenticated, so that nothing sealed can be moved elsewhere.
type MailKey interface {
	Seal(field, mailID string, plain []byte) ([]byte, error)
	Open(field, mailID string, sealed []byte) ([]byte, error)
}

// Fields of a mail that are sealed.
const (
	fieldEnvelope  = "envelope"
	fieldBody      = "body"
	fieldVerdict   = "verdict"
	fieldRecipient = "recipient"
)

// Origin is the sealed part of a mail that is neither content nor recipient.
type Origin struct {
	Envelope mail.Envelope // without recipients
	Client   string
	Hello    string
	Protocol string
}

// Opened is a stored mail in clear.
type Opened struct {
	Origin     Origin
	Recipients []mail.Recipient // parallel to the deliveries of the stored mail
	Body       []byte           // as accepted, without X-Kakitome fields; nil when purged
	Verdict    *check.Doc       // nil when purged
}

// seal fills the sealed fields of a mail's row that do not depend on the
// verdict.
func (g *Gate) seal(m *Mail, s Submission, data []byte) (MailKey, error) {
	key, wrapped, err := g.Sealer.NewMailKey()
	if err != nil {
		return nil, fmt.Errorf("make mail key: %w", err)
	}
	m.Key = wrapped
	if m.Envelope, err = sealJSON(key, fieldEnvelope, m.ID, originOf(s)); err != nil {
		return nil, err
	}
	if m.Body, err = key.Seal(fieldBody, m.ID, data); err != nil {
		return nil, fmt.Errorf("seal body: %w", err)
	}
	return key, nil
}

func originOf(s Submission) Origin {
	env := s.Envelope
	env.Recipients = nil
	return Origin{env, s.Client, s.Hello, s.Protocol}
}

func sealJSON(key MailKey, field, id string, v any) ([]byte, error) {
	plain, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("encode %s: %w", field, err)
	}
	sealed, err := key.Seal(field, id, plain)
	if err != nil {
		return nil, fmt.Errorf("seal %s: %w", field, err)
	}
	return sealed, nil
}

// Open opens a stored mail.
func (g *Gate) Open(m *Mail) (*Opened, error) {
	key, err := g.Sealer.MailKey(m.Key)
	if err != nil {
		return nil, fmt.Errorf("unwrap key of mail %s: %w", m.ID, err)
	}
	o := &Opened{}
	if err := openJSON(key, fieldEnvelope, m.ID, m.Envelope, &o.Origin); err != nil {
		return nil, err
	}
	for _, d := range m.Deliveries {
		var r mail.Recipient
		if err := openJSON(key, fieldRecipient, d.ID, d.Sealed, &r); err != nil {
			return nil, err
		}
		o.Recipients = append(o.Recipients, r)
	}
	if m.Body != nil {
		if o.Body, err = key.Open(fieldBody, m.ID, m.Body); err != nil {
			return nil, fmt.Errorf("open body of mail %s: %w", m.ID, err)
		}
	}
	if m.Verdict != nil {
		o.Verdict = &check.Doc{}
		if err := openJSON(key, fieldVerdict, m.ID, m.Verdict, o.Verdict); err != nil {
			return nil, err
		}
	}
	return o, nil
}

func openJSON(key MailKey, field, id string, sealed []byte, v any) error {
	plain, err := key.Open(field, id, sealed)
	if err != nil {
		return fmt.Errorf("open %s of %s: %w", field, id, err)
	}
	if err := json.Unmarshal(plain, v); err != nil {
		return fmt.Errorf("decode %s of %s: %w", field, id, err)
	}
	return nil
}

// OpenRecipient opens the sealed recipient of one delivery.
func (g *Gate) OpenRecipient(wrapped []byte, delivery string, sealed []byte) (mail.Recipient, error) {
	var r mail.Recipient
	key, err := g.Sealer.MailKey(wrapped)
	if err != nil {
		return r, fmt.Errorf("unwrap key of %s: %w", delivery, err)
	}
	return r, openJSON(key, fieldRecipient, delivery, sealed, &r)
}
