package survey

import (
	"cmp"
	"context"
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/kakitome/kakitome/internal/fault"
	"github.com/kakitome/kakitome/internal/gate"
	"github.com/kakitome/kakitome/internal/jp"
	"github.com/kakitome/kakitome/internal/mail"
	"github.com/kakitome/kakitome/internal/scope"
)

// ForeignFile is a mail of another system, as a file (.eml).
type ForeignFile struct {
	Name string
	Data []byte
}

// ForeignImport is what another system has of an incident: a log that says
// which mail went to whom, and when; mails; or both, joined by Message-ID. Of a
// mail that the log does not name, the header fields say whom it went to only if there is
// no log at all.
type ForeignImport struct {
	Incident string
	Who      string
	Log      io.Reader // nil: none
	LogName  string
	Zone     *time.Location                // of times without one
	Mails    iter.Seq2[ForeignFile, error] // nil: none
}

// ForeignImported says what came of it.
type ForeignImported struct {
	Stream         string // the selection's, see ForeignStream
	Rows           int    // of the log
	Mails          int    // taken in now
	Deliveries     int
	WithoutContent int      // of Mails: named by the log, and nobody has them
	Already        int      // mails that an earlier import took in
	Unlisted       []string // files whose mail the log does not name: not taken in
	// Superseded are mails without content of earlier imports whose content came
	// now; leave them out of the selection.
	Superseded []string
}

// ForeignStream is the stream under which an incident's foreign mails are kept.
func ForeignStream(incident string) string { return "import-" + incident }

// MostForeignMail bounds one mail of a foreign log, bytes.
const MostForeignMail = 64 << 20

const (
	foreignBatch      = 64
	foreignBatchBytes = 16 << 20
	mostPerMail       = 60_000 // recipients; a mail with more is kept as several
)

// ImportForeign takes the mails in as relayed ones, examined with the policy and
// roster of today, without any effect on counts, and frozen for the incident.
// It can be repeated: what is there already is passed over.
func (x *Survey) ImportForeign(ctx context.Context, in ForeignImport) (*ForeignImported, error) {
	f := &foreign{x: x, in: in, out: &ForeignImported{Stream: ForeignStream(in.Incident)}, read: map[string]string{}}
	if in.Log == nil && in.Mails == nil {
		return nil, fault.New(fault.Invalid, "import foreign mail", "neither a log nor mails are given")
	}
	if in.Log != nil {
		rows, err := ParseForeignLog(in.Log, in.LogName, in.Zone)
		if err != nil {
			return nil, fault.Wrap(fault.Invalid, "import foreign mail", err.Error(), err)
		}
		f.list(rows)
	}
	if in.Mails != nil {
		for file, err := range in.Mails {
			if err == nil {
				err = f.file(ctx, file)
			}
			if err != nil {
				return f.out, err
			}
		}
	}
	for _, id := range f.order {
		if _, there := f.read[id]; there {
			continue
		}
		if err := f.add(ctx, id, nil, f.rows[id]); err != nil {
			return f.out, err
		}
	}
	return f.out, f.flush(ctx)
}

type foreign struct {
	x     *Survey
	in    ForeignImport
	out   *ForeignImported
	rows  map[string][]gate.ForeignRecipient // by Message-ID; nil: there is no log
	order []string                           // of the log
	read  map[string]string                  // Message-ID → file
	batch []*gate.Mail
	bytes int
}

// list takes the rows of the log. A recipient who got a mail twice got it when
// it came first.
func (f *foreign) list(rows []ForeignRow) {
	f.rows = map[string][]gate.ForeignRecipient{}
	f.out.Rows = len(rows)
	for _, r := range rows {
		if _, known := f.rows[r.MessageID]; !known {
			f.order = append(f.order, r.MessageID)
		}
		f.rows[r.MessageID] = append(f.rows[r.MessageID], gate.ForeignRecipient{Address: r.Recipient, At: r.At})
	}
	for id, list := range f.rows {
		f.rows[id] = distinct(list)
	}
}

func distinct(list []gate.ForeignRecipient) []gate.ForeignRecipient {
	slices.SortStableFunc(list, func(a, b gate.ForeignRecipient) int {
		return cmp.Or(cmp.Compare(a.Address, b.Address), a.At.Compare(b.At))
	})
	return slices.CompactFunc(list, func(a, b gate.ForeignRecipient) bool { return a.Address == b.Address })
}

func (f *foreign) wrong(file, field, reason, hint string) error {
	e := &ForeignError{File: file, Field: field, Reason: reason, Hint: hint}
	return fault.Wrap(fault.Invalid, "import foreign mail", e.Error(), e)
}

// file takes one mail in.
func (f *foreign) file(ctx context.Context, file ForeignFile) error {
	if len(file.Data) > MostForeignMail {
		return f.wrong(file.Name, "", fmt.Sprintf("larger than %d MiB", MostForeignMail>>20), "")
	}
	data := crlf(file.Data)
	m := mail.Parse(data, f.x.Gate.Limits)
	id := mail.MessageID(m)
	if id == "" {
		return f.wrong(file.Name, "Message-ID", "the mail has none", "without it nobody knows whom it went to")
	}
	if other, twice := f.read[id]; twice {
		return f.wrong(file.Name, "Message-ID", "the same as in "+other, "leave one of them out")
	}
	rcpts, listed := f.rows[id]
	if f.rows == nil {
		var err error
		if rcpts, err = f.addressed(file.Name, m); err != nil {
			return err
		}
	} else if !listed {
		f.out.Unlisted = append(f.out.Unlisted, file.Name)
		return nil
	}
	f.read[id] = file.Name
	return f.add(ctx, id, data, rcpts)
}

// deliveredTo are fields in which relays note the recipient of a copy;
// addressFields those in which the sender names them.
var (
	deliveredTo   = []string{"x-original-to", "delivered-to", "envelope-to"}
	addressFields = []string{"to", "cc", "bcc", "resent-to", "resent-cc", "resent-bcc"}
)

// addressed are the recipients as the mail itself names them.
func (f *foreign) addressed(file string, m *mail.Message) ([]gate.ForeignRecipient, error) {
	at, ok := mail.Date(m)
	if !ok {
		return nil, f.wrong(file, "Date", "the mail does not say when it was sent", "give a log with its time")
	}
	var list []gate.ForeignRecipient
	for _, names := range [][]string{deliveredTo, addressFields} {
		for _, field := range m.Root.Fields {
			if !slices.Contains(names, strings.ToLower(strings.TrimSpace(field.Name))) {
				continue
			}
			for _, a := range mail.Addresses(field.Value) {
				if _, err := jp.Normal(jp.Email, a.Addr); err == nil {
					list = append(list, gate.ForeignRecipient{Address: a.Addr, At: at})
				}
			}
		}
		if len(list) > 0 {
			return distinct(list), nil
		}
	}
	return nil, f.wrong(file, "To", "the mail names no recipient", "give a log that does")
}

// add makes the rows of a mail, or passes over what is there.
func (f *foreign) add(ctx context.Context, id string, data []byte, rcpts []gate.ForeignRecipient) error {
	part := uint32(0)
	for some := range slices.Chunk(rcpts, mostPerMail) {
		mailID := f.mailID(id, data, part)
		there, err := f.there(ctx, mailID)
		if err != nil {
			return err
		}
		if there {
			f.out.Already++
			part++
			continue
		}
		if data != nil {
			without := f.mailID(id, nil, part)
			if there, err = f.there(ctx, without); err != nil {
				return err
			}
			if there {
				f.out.Superseded = append(f.out.Superseded, without)
			}
		}
		m, err := f.x.Gate.Foreign(ctx, gate.ForeignMail{ID: mailID, Stream: f.out.Stream, MessageID: id, Data: data, Recipients: some})
		if err != nil {
			return err
		}
		f.batch, f.bytes = append(f.batch, m), f.bytes+len(m.Body)
		f.out.Mails++
		f.out.Deliveries += len(some)
		if data == nil {
			f.out.WithoutContent++
		}
		part++
		if len(f.batch) >= foreignBatch || f.bytes > foreignBatchBytes {
			if err := f.flush(ctx); err != nil {
				return err
			}
		}
	}
	return nil
}

var mailIDs = base32.NewEncoding("0123456789abcdefghjkmnpqrstvwxyz").WithPadding(base32.NoPadding)

// mailID is the same each time the same mail is imported for an incident.
func (f *foreign) mailID(id string, data []byte, part uint32) string {
	k := f.x.Hasher.Bytes("foreign mail", []byte(f.in.Incident), []byte(id), data, binary.BigEndian.AppendUint32(nil, part))
	return mailIDs.EncodeToString(k[:])
}

func (f *foreign) there(ctx context.Context, mailID string) (bool, error) {
	err := f.x.Store.Read(ctx, func(tx gate.ReadTx) error {
		_, err := tx.Mail(mailID, mailID+".1")
		return err
	})
	if fault.KindOf(err) == fault.NotFound {
		return false, nil
	}
	return err == nil, err
}

// flush records what was made, and freezes it at once: it is old.
func (f *foreign) flush(ctx context.Context) error {
	if len(f.batch) == 0 {
		return nil
	}
	var ids []string
	for _, m := range f.batch {
		ids = append(ids, m.ID)
	}
	err := f.x.Store.Survey(ctx, func(tx Tx) error {
		if err := tx.Record(f.batch); err != nil {
			return err
		}
		if _, _, err := tx.Freeze(f.x.Now(), f.in.Incident, scope.Selection{Any: []scope.Part{{Mails: ids}}}); err != nil {
			return err
		}
		return tx.Audit(f.x.Now(), gate.Audit{
			Who: f.in.Who, Act: "import foreign mail", Object: fmt.Sprintf("incident %s: %d mails from %s to %s", f.in.Incident, len(ids), ids[0], ids[len(ids)-1]),
		})
	})
	f.batch, f.bytes = nil, 0
	if err != nil {
		return fmt.Errorf("import foreign mail: %w", err)
	}
	return nil
}
