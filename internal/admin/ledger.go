package admin

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/kakitome/kakitome/client"
	"github.com/kakitome/kakitome/internal/check"
	"github.com/kakitome/kakitome/internal/custody"
	"github.com/kakitome/kakitome/internal/fault"
	"github.com/kakitome/kakitome/internal/gate"
	"github.com/kakitome/kakitome/internal/jp"
	"github.com/kakitome/kakitome/internal/policy"
	"github.com/kakitome/kakitome/internal/roster"
)

// ExposureOf says who was sent a person's data (P7).
func (d *Desk) ExposureOf(ctx context.Context, who, person string) (*client.Exposure, error) {
	if person == "" {
		return nil, fault.New(fault.Invalid, "ask ledger", "no person").WithHint("--person P or --identifier VALUE")
	}
	key := d.Hasher.Person(person)
	if err := d.audit(ctx, gate.Audit{Who: who, Act: "ask exposure", Object: "person " + key.Hex()}); err != nil {
		return nil, err
	}
	c := &collector{desk: d, at: map[string]int{}}
	x, err := c.exposure(d.Store.ExposuresOf(ctx, key, c.add))
	if err != nil {
		return nil, err
	}
	if _, known := d.Roster.Snapshot().Person(key); !known && len(x.Own)+len(x.Others) == 0 {
		return nil, noPerson()
	}
	x.Person = person
	return x, nil
}

// ExposureOfIdentifier says who was sent an identifier, whatever its kind.
func (d *Desk) ExposureOfIdentifier(ctx context.Context, who, value string) (*client.Exposure, error) {
	idents, err := d.identsOf(value)
	if err != nil {
		return nil, err
	}
	if err := d.audit(ctx, gate.Audit{Who: who, Act: "ask exposure", Object: "identifier " + idents[0].Hex()}); err != nil {
		return nil, err
	}
	c := &collector{desk: d, at: map[string]int{}}
	for _, ident := range idents {
		err = errors.Join(err, d.Store.ExposuresBy(ctx, ident, c.add))
	}
	return c.exposure(err)
}

// collector gathers the facts of a question, delivery by delivery.
type collector struct {
	desk *Desk
	list []collected
	at   map[string]int // place in list
}

// collected is one delivery. It is the recipient's own when all of it is.
type collected struct {
	fact  Exposed
	kinds []jp.Kind
	own   bool
}

func (c *collector) add(fact Exposed) error {
	i, known := c.at[fact.Delivery]
	if !known {
		i = len(c.list)
		c.at[fact.Delivery] = i
		c.list = append(c.list, collected{fact: fact, own: true})
	}
	one := &c.list[i]
	one.kinds = append(one.kinds, fact.Kind)
	one.own = one.own && fact.Own
	return nil
}

func (c *collector) exposure(err error) (*client.Exposure, error) {
	x := &client.Exposure{Own: []client.ExposureEntry{}, Others: []client.ExposureEntry{}}
	for i := range c.list {
		if err != nil {
			break
		}
		var entry client.ExposureEntry
		one := &c.list[i]
		if entry, err = c.entry(one); one.own {
			x.Own = append(x.Own, entry)
			continue
		}
		x.Others = append(x.Others, entry)
		if one.fact.State == custody.Relayed {
			x.OthersRelayed++
		}
	}
	if err != nil {
		return nil, fmt.Errorf("ask ledger: %w", err)
	}
	return x, nil
}

func (c *collector) entry(one *collected) (client.ExposureEntry, error) {
	f := &one.fact
	rcpt, err := c.desk.Gate.OpenRecipient(f.Key, f.Delivery, f.Sealed)
	return client.ExposureEntry{
		Recipient: rcpt.Address, MailID: f.Mail, Kinds: kindNames(one.kinds), State: f.State.String(), At: endOf(f),
	}, err
}

// kindNames are the names of kinds as people see them: names are one kind.
func kindNames(kinds []jp.Kind) []string {
	names := []string{}
	for _, k := range kinds {
		if name := check.Family(k); !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// Received says whose data an address was sent.
func (d *Desk) Received(ctx context.Context, who, address string) (*client.Received, error) {
	if address == "" {
		return nil, fault.New(fault.Invalid, "ask ledger", "no address").WithHint("--address ADDR")
	}
	rcpt := d.Hasher.Recipient(address)
	if err := d.audit(ctx, gate.Audit{Who: who, Act: "ask received", Object: "recipient " + rcpt.Hex()}); err != nil {
		return nil, err
	}
	type place struct {
		delivery string
		person   roster.Key
		own      bool
	}
	facts := map[place]*client.ReceivedEntry{}
	kinds := map[place][]jp.Kind{}
	var order []place
	err := d.Store.Received(ctx, rcpt, func(r Exposed) error {
		p := place{r.Delivery, r.Person, r.Own}
		if facts[p] == nil {
			facts[p] = &client.ReceivedEntry{Person: d.nameOf(r.Person), MailID: r.Mail, State: r.State.String(), At: endOf(&r)}
			order = append(order, p)
		}
		kinds[p] = append(kinds[p], r.Kind)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("ask ledger: %w", err)
	}
	out := &client.Received{Address: address, Own: []client.ReceivedEntry{}, Others: []client.ReceivedEntry{}}
	for _, p := range order {
		facts[p].Kinds = kindNames(kinds[p])
		if p.own {
			out.Own = append(out.Own, *facts[p])
		} else {
			out.Others = append(out.Others, *facts[p])
		}
	}
	return out, nil
}

// Listed lists what was undeliverable and could be told to nobody, or what
// passed with a part unread (P4, P5).
func (d *Desk) Listed(ctx context.Context, unread bool, since time.Time) ([]client.Listed, error) {
	list := []client.Listed{}
	err := d.Store.Listed(ctx, Listing{Unread: unread, Since: since}, func(x Listed) error {
		rcpt, err := d.Gate.OpenRecipient(x.Key, x.ID, x.Sealed)
		if err != nil {
			return err
		}
		l := client.Listed{
			ID: x.ID, MailID: x.Mail, Recipient: rcpt.Address, Stream: x.Stream, State: x.State.String(),
			Unread: x.Unread, ReceivedAt: x.At,
		}
		if x.Code > 0 {
			l.Answer = strings.TrimSpace(fmt.Sprintf("%d %s", x.Code, x.Enhanced))
		}
		list = append(list, l)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("list deliveries: %w", err)
	}
	return list, nil
}

// endOf is when a delivery ended, else when its mail was accepted.
func endOf(r *Exposed) time.Time {
	if r.EndedAt.IsZero() {
		return r.At
	}
	return r.EndedAt
}

// Verify checks the evidence log of this node.
func (d *Desk) Verify(ctx context.Context) ([]client.Verified, error) {
	v, err := d.Options.Verify(ctx)
	if err != nil {
		return nil, fmt.Errorf("verify evidence: %w", err)
	}
	return []client.Verified{v}, nil
}

const (
	mostSuggested = 100
	suggestWindow = 7 * 24 * time.Hour // bodies are kept about so long
	// commonFactor times fan_out + 1 recipients make an identifier common.
	commonFactor = 2
)

// Suggest lists undeclared identifiers that went to many recipients: a pickup
// store, a maker's help line. Only hashes are stored, so the values are read
// from a mail whose body is still kept.
func (d *Desk) Suggest(ctx context.Context, who string) ([]client.Suggestion, error) {
	if err := d.audit(ctx, gate.Audit{Who: who, Act: "ask suggestions"}); err != nil {
		return nil, err
	}
	least := commonFactor * (1 + slices.MaxFunc(d.Policy.Streams, func(a, b *policy.Stream) int { return cmp.Compare(a.FanOut, b.FanOut) }).FanOut)
	rows, err := d.Store.Common(ctx, d.Now().Add(-suggestWindow), least, mostSuggested)
	if err != nil {
		return nil, fmt.Errorf("find common identifiers: %w", err)
	}
	list := []client.Suggestion{}
	for _, r := range rows {
		value, err := d.valueOf(ctx, r)
		if err != nil {
			return nil, err
		}
		if value != "" {
			list = append(list, client.Suggestion{Kind: r.Kind.String(), Value: value, Recipients: r.Recipients, Mails: r.Mails})
		}
	}
	return list, nil
}

// valueOf reads an identifier from a stored mail; it is empty when the body is
// purged, or the identifier is the company's or somebody's by now.
func (d *Desk) valueOf(ctx context.Context, r Common) (string, error) {
	m, err := d.mail(ctx, r.Delivery)
	if fault.KindOf(err) == fault.NotFound {
		return "", nil // deleted meanwhile
	}
	if err != nil {
		return "", err
	}
	o, err := d.Gate.Open(m)
	if err != nil {
		return "", err
	}
	e, _, err := d.Gate.Reexamine(ctx, m, o, masked)
	if err != nil || e == nil {
		return "", err
	}
	for i := range e.Units {
		for k := range e.Units[i].Findings {
			if f := &e.Units[i].Findings[k]; f.Ident == r.Ident && !f.Company && len(f.Owners) == 0 {
				return f.Value, nil
			}
		}
	}
	return "", nil
}

// identsOf are the identifiers a value may be, of whatever kind.
func (d *Desk) identsOf(value string) ([]roster.Key, error) {
	var idents []roster.Key
	for kind := jp.Email; kind <= jp.Other; kind++ {
		if normal, err := jp.Normal(kind, value); err == nil {
			idents = append(idents, d.Hasher.Ident(kind, normal))
		}
	}
	if len(idents) == 0 {
		return nil, fault.New(fault.Invalid, "find identifier", "the value is no identifier of any kind")
	}
	return idents, nil
}

// Unblock lifts the block that fan_out laid on an identifier, or on a person's
// name and address together; counting begins anew. Held mail stays held until
// it is released.
func (d *Desk) Unblock(ctx context.Context, who string, u client.Unblock) error {
	if strings.TrimSpace(u.Reason) == "" {
		return fault.New(fault.Invalid, "lift block", "a reason is needed").WithHint("--reason TEXT")
	}
	idents := []roster.Key{d.Hasher.Person(u.Person)}
	if u.Person == "" {
		var err error
		if idents, err = d.identsOf(u.Identifier); err != nil {
			return err
		}
	}
	n, err := d.Store.Unblock(ctx, d.Now(), idents, gate.Audit{Who: who, Act: "unblock", Object: "identifier " + idents[0].Hex(), Reason: u.Reason})
	if err != nil {
		return fmt.Errorf("lift block: %w", err)
	}
	if n == 0 {
		return fault.New(fault.NotFound, "lift block", "it is not blocked").WithHint("kakitome held show names what is")
	}
	return nil
}
