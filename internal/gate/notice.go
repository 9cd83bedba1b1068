package gate

import (
	"context"
	"fmt"

	"github.com/kakitome/kakitome/internal/custody"
	"github.com/kakitome/kakitome/internal/mail"
)

// NoticeStream is the lane of Kakitome's own mail: failure notices and alerts.
// No configuration names it and nothing pauses it.
const NoticeStream = "kakitome"

// Notice makes the row of a mail of Kakitome's own, from the null sender to one
// recipient. It carries no customer's data, so it is not judged; it is recorded
// and relayed like any other mail.
func (g *Gate) Notice(to string, message []byte) (*Mail, error) {
	now := g.Now()
	m := &Mail{
		ID: g.NewID(), Stream: NoticeStream, Node: g.Node, ReceivedAt: now, Size: len(message),
		Digest: g.Hasher.Bytes("digest", message), PolicyVersion: g.Policy.Version,
		RosterVersion: g.Roster.Snapshot().Version(),
	}
	rcpt := mail.Recipient{Address: to, Notify: []string{"NEVER"}}
	s := Submission{Envelope: mail.Envelope{Body: "8BITMIME"}, Hello: g.Hostname}
	key, err := g.seal(m, s, message)
	if err != nil {
		return nil, err
	}
	id := deliveryID(m.ID, 0)
	sealed, err := sealJSON(key, fieldRecipient, id, rcpt)
	if err != nil {
		return nil, err
	}
	m.Deliveries = []Delivery{{
		ID: id, Recipient: g.Hasher.Recipient(to), Sealed: sealed, State: custody.Queued, Due: now, JudgedAt: m.RosterVersion,
	}}
	return m, nil
}

// SendNotice records a notice; the queue relays it.
func (g *Gate) SendNotice(ctx context.Context, to string, message []byte) error {
	m, err := g.Notice(to, message)
	if err != nil {
		return err
	}
	if err := g.Do(ctx, func(tx Tx) error { return tx.Record([]*Mail{m}) }); err != nil {
		return fmt.Errorf("record notice: %w", err)
	}
	return nil
}
