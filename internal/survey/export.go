package survey

import (
	"bytes"
	"cmp"
	"context"
	"encoding/base64"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/kakitome/kakitome/internal/check"
	"github.com/kakitome/kakitome/internal/roster"
	"github.com/kakitome/kakitome/internal/scope"
)

// Exported is a scope for an officer, in clear, with what proves it: for each
// mail the record of its decision, from the log of the node that made it. With
// the log's public key and the package ledger anybody can check that a head is
// signed (OpenHead), that an entry's leaf is the commitment to its record (Commit), and that the
// head covers it (CheckInclusion). The keys in the rows are those in the records.
type Exported struct {
	AsOf    time.Time        `json:"as_of"`
	Root    string           `json:"root"` // of the version on record
	Numbers scope.Numbers    `json:"numbers"`
	Unread  []ExportedUnread `json:"unread"`
	Check   ExportedCheck    `json:"check"`
	Rows    []ExportedRow    `json:"rows"`
	Heads   []ExportedHead   `json:"heads"`
	Entries []ExportedEntry  `json:"entries"`
}

// ExportedCheck says what the second computation was made from, and found.
type ExportedCheck struct {
	At          time.Time `json:"at"`
	Bodies      int       `json:"bodies"`
	Evidence    int       `json:"evidence"`
	Neither     int       `json:"neither"`
	Differences int       `json:"differences"`
}

// ExportedUnread is something that left and that nobody has read.
type ExportedUnread struct {
	Mail      string `json:"mail"`
	Recipient string `json:"recipient,omitempty"` // empty: whoever got the mail
	Where     string `json:"where,omitempty"`
	Type      string `json:"type,omitempty"`
	Why       string `json:"why"`
	Parts     int    `json:"parts"`
}

// ExportedRow is what one recipient got of one person, or of a guest.
type ExportedRow struct {
	Person       string       `json:"person"` // the shop's id; empty: nobody declared it, or nobody knows the person any more
	Canary       bool         `json:"canary,omitempty"`
	Kinds        []string     `json:"kinds"`
	Recipient    string       `json:"recipient"`
	Fate         string       `json:"fate"`    // relayed, possibly, stopped
	Allowed      bool         `json:"allowed"` // no rule was against it
	First        time.Time    `json:"first,omitzero"`
	Last         time.Time    `json:"last,omitzero"`
	Mails        []string     `json:"mails"`
	Records      []ExportedAt `json:"records"` // entries below
	PersonKey    string       `json:"person_key,omitempty"`
	IdentKey     string       `json:"ident_key,omitempty"`
	RecipientKey string       `json:"recipient_key"`
}

// ExportedAt names an entry.
type ExportedAt struct {
	Log   string `json:"log"`
	Index int64  `json:"index"`
}

// ExportedHead is the newest signed head of a log.
type ExportedHead struct {
	Log    string `json:"log"`
	Origin string `json:"origin"`
	Size   int64  `json:"size"`
	Head   string `json:"head"` // signed note
}

// ExportedEntry is a record with its proof.
type ExportedEntry struct {
	ExportedAt
	Mail   string   `json:"mail"`
	Salt   string   `json:"salt"` // hex
	Record string   `json:"record"`
	Proof  []string `json:"proof"` // base64, audit path of RFC 6962
}

// Export makes a scope readable, with its proofs. Mails whose records were
// erased have none.
func (x *Survey) Export(ctx context.Context, s *scope.Scope) (*Exported, error) {
	_, root, err := scope.Encode(s)
	if err != nil {
		return nil, err
	}
	out := &Exported{
		AsOf: s.AsOf, Root: hex.EncodeToString(root[:]), Numbers: s.Numbers,
		Check:  ExportedCheck{s.Check.At, s.Check.Bodies, s.Check.Evidence, s.Check.Neither, len(s.Check.Differences)},
		Unread: []ExportedUnread{}, Rows: []ExportedRow{}, Heads: []ExportedHead{}, Entries: []ExportedEntry{},
	}
	addresses, err := x.Addresses(ctx, s)
	if err != nil {
		return nil, err
	}
	for i := range s.Unread {
		u := &s.Unread[i]
		out.Unread = append(out.Unread, ExportedUnread{u.Mail, addresses[u.Recipient], u.Where, u.Type, u.Why, u.Parts})
	}
	records, err := x.prove(ctx, s, out)
	if err != nil {
		return nil, err
	}
	known := x.Roster.Snapshot()
	rows := slices.SortedStableFunc(slices.Values(s.Rows), func(a, b scope.Row) int { return compareParties(&a.Subject, &b.Subject) })
	for i := 0; i < len(rows); {
		n := i + 1
		for n < len(rows) && compareParties(&rows[i].Subject, &rows[n].Subject) == 0 {
			n++
		}
		for _, row := range exportedRows(rows[i:n]) {
			info, _ := known.Person(row.person)
			row.Person, row.Canary = info.ID, info.Canary
			row.Recipient = addresses[row.recipient]
			for _, m := range row.Mails {
				row.Records = append(row.Records, records[m]...)
			}
			out.Rows = append(out.Rows, row.ExportedRow)
		}
		i = n
	}
	return out, nil
}

func compareParties(a, b *scope.Subject) int {
	return cmp.Or(bytes.Compare(a.Person[:], b.Person[:]), bytes.Compare(a.Ident[:], b.Ident[:]), bytes.Compare(a.Recipient[:], b.Recipient[:]))
}

// parties are a row on its way.
type parties struct {
	ExportedRow
	person, recipient roster.Key
}

// exportedRows are the rows of one person and one recipient, of which those with
// one fate and by the same mails are one.
func exportedRows(rows []scope.Row) []parties {
	var list []parties
	for i := range rows {
		r := &rows[i]
		one := parties{person: r.Person, recipient: r.Recipient, ExportedRow: ExportedRow{
			First: r.First, Last: r.Last, PersonKey: hexKey(r.Person), IdentKey: hexKey(r.Ident), RecipientKey: r.Recipient.Hex(),
			Fate: r.Wrong.String(), Records: []ExportedAt{},
		}}
		if r.Wrong == 0 {
			one.Fate, one.Allowed = r.Allowed.String(), true
		}
		for _, d := range r.Deliveries {
			if m := scope.MailOf(d); !slices.Contains(one.Mails, m) {
				one.Mails = append(one.Mails, m)
			}
		}
		at := slices.IndexFunc(list, func(o parties) bool {
			return o.Fate == one.Fate && o.Allowed == one.Allowed && slices.Equal(o.Mails, one.Mails)
		})
		if at < 0 {
			at = len(list)
			list = append(list, one)
		}
		if kind := check.Family(r.Kind); !slices.Contains(list[at].Kinds, kind) {
			list[at].Kinds = append(list[at].Kinds, kind)
		}
	}
	return list
}

func hexKey(k roster.Key) string {
	if k.IsZero() {
		return ""
	}
	return k.Hex()
}

// Addresses opens the addresses of a scope's recipients.
func (x *Survey) Addresses(ctx context.Context, s *scope.Scope) (map[roster.Key]string, error) {
	deliveries := map[roster.Key]string{}
	for i := range s.Rows { // of those, too, whom nothing reached
		deliveries[s.Rows[i].Recipient] = s.Rows[i].Deliveries[0]
	}
	for i := range s.Recipients {
		if r := &s.Recipients[i]; len(r.Deliveries) > 0 {
			deliveries[r.Key] = r.Deliveries[0]
		}
	}
	addresses := make(map[roster.Key]string, len(deliveries))
	err := x.Store.SealedRecipients(ctx, slices.Sorted(maps.Values(deliveries)), func(r SealedRecipient) error {
		rcpt, err := x.Gate.OpenRecipient(r.Key, r.Delivery, r.Sealed)
		addresses[r.Recipient] = rcpt.Address
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("open recipients: %w", err)
	}
	return addresses, nil
}

// prove adds heads and entries, and says which entries are about which mail.
func (x *Survey) prove(ctx context.Context, s *scope.Scope, out *Exported) (map[string][]ExportedAt, error) {
	want, err := x.recordsOf(ctx, s)
	if err != nil {
		return nil, err
	}
	var leaves []Leaf
	err = x.Store.Leaves(ctx, want, func(l Leaf) error {
		leaves = append(leaves, l)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read evidence: %w", err)
	}
	byLog := map[string][]int64{}
	for i := range leaves {
		byLog[leaves[i].Log] = append(byLog[leaves[i].Log], leaves[i].Index)
	}
	proven := map[string]Proven{}
	for _, log := range slices.Sorted(maps.Keys(byLog)) {
		p, err := x.Store.Prove(ctx, log, byLog[log])
		if err != nil {
			return nil, err
		}
		proven[log] = p
		out.Heads = append(out.Heads, ExportedHead{log, p.Origin, p.Size, string(p.Head)})
	}
	records := map[string][]ExportedAt{}
	for i := range leaves {
		l := &leaves[i]
		at := ExportedAt{l.Log, l.Index}
		e := ExportedEntry{ExportedAt: at, Mail: l.Mail, Salt: hex.EncodeToString(l.Salt[:]), Record: string(l.Record), Proof: []string{}}
		for _, h := range proven[l.Log].Proofs[l.Index] {
			e.Proof = append(e.Proof, base64.StdEncoding.EncodeToString(h[:]))
		}
		out.Entries = append(out.Entries, e)
		records[l.Mail] = append(records[l.Mail], at)
	}
	return records, nil
}

// recordsOf names the mails of a scope to whoever looks for their records.
func (x *Survey) recordsOf(ctx context.Context, s *scope.Scope) ([]Recorded, error) {
	mails := map[string]bool{}
	for i := range s.Rows {
		for _, d := range s.Rows[i].Deliveries {
			mails[scope.MailOf(d)] = true
		}
	}
	if len(mails) == 0 {
		return nil, nil
	}
	var sel scope.Selection
	for some := range slices.Chunk(slices.Sorted(maps.Keys(mails)), 10_000) {
		sel.Any = append(sel.Any, scope.Part{Mails: some})
	}
	var list []Recorded
	err := x.Store.Scope(ctx, sel, func(d *scope.Delivery, _ []scope.Datum) error {
		if n := len(list); n == 0 || list[n-1].Mail != d.Mail {
			list = append(list, Recorded{Mail: d.Mail, Log: d.Node, At: d.At})
		}
		list[len(list)-1].Judged = list[len(list)-1].Judged || d.Rejudged
		return nil
	})
	return list, err
}

// WriteJSON writes an export.
func (e *Exported) WriteJSON(w io.Writer) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	return enc.Encode(e)
}

var exportColumns = []string{
	"person", "canary", "kinds", "recipient", "fate", "allowed", "first", "last", "mails",
	"evidence", "head", "proof", "person_key", "ident_key", "recipient_key",
}

// WriteCSV writes an export as a table (RFC 4180, UTF-8 with a byte order mark). No cell begins
// as a formula does. In evidence stands log#index for each record, in head the
// size of the log's signed head, and in proof, record by record, the audit path.
func (e *Exported) WriteCSV(w io.Writer) error {
	entries := map[ExportedAt]*ExportedEntry{}
	for i := range e.Entries {
		entries[e.Entries[i].ExportedAt] = &e.Entries[i]
	}
	sizes := map[string]int64{}
	for _, h := range e.Heads {
		sizes[h.Log] = h.Size
	}
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return err
	}
	c := csv.NewWriter(w)
	c.UseCRLF = true
	if err := c.Write(exportColumns); err != nil {
		return err
	}
	for i := range e.Rows {
		r := &e.Rows[i]
		var at, heads, proofs []string
		for _, a := range r.Records {
			at = append(at, a.Log+"#"+strconv.FormatInt(a.Index, 10))
			heads = append(heads, strconv.FormatInt(sizes[a.Log], 10))
			if x := entries[a]; x != nil {
				proofs = append(proofs, strings.Join(x.Proof, ","))
			}
		}
		cells := []string{
			r.Person, yes(r.Canary), strings.Join(r.Kinds, " "), r.Recipient, r.Fate, yes(r.Allowed), when(r.First), when(r.Last), strings.Join(r.Mails, " "),
			strings.Join(at, " "), strings.Join(heads, " "), strings.Join(proofs, " "), r.PersonKey, r.IdentKey, r.RecipientKey,
		}
		for k := range cells {
			cells[k] = noFormula(cells[k])
		}
		if err := c.Write(cells); err != nil {
			return err
		}
	}
	c.Flush()
	return c.Error()
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return ""
}

func when(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

// noFormula puts an apostrophe before what a spreadsheet would compute.
func noFormula(cell string) string {
	if cell != "" && strings.ContainsRune("=+-@\t\r\n＝＋－＠", firstRune(cell)) {
		return "'" + cell
	}
	return cell
}

func firstRune(s string) rune {
	for _, r := range s {
		return r
	}
	return 0
}
