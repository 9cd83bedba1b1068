package admin

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/kakitome/kakitome/client"
	"github.com/kakitome/kakitome/internal/check"
	"github.com/kakitome/kakitome/internal/fault"
	"github.com/kakitome/kakitome/internal/gate"
	"github.com/kakitome/kakitome/internal/roster"
)

// Explain shows what was found in a mail, line by line, whatever became of it.
// The id is a mail's or that of one of its deliveries. Values are masked unless
// asked for; that somebody looked is audited in either case, for the lines
// around the values are the mail's own.
func (d *Desk) Explain(ctx context.Context, who, id string, showValues bool) (*client.Explained, error) {
	m, err := d.whole(ctx, id)
	if err != nil {
		return nil, err
	}
	act, value := "explain", masked
	if showValues {
		act, value = "explain with values", clear
	}
	if err := d.audit(ctx, gate.Audit{Who: who, Act: act, Object: id}); err != nil {
		return nil, err
	}
	o, err := d.Gate.Open(m)
	if err != nil {
		return nil, err
	}
	out := &client.Explained{
		MailID: m.ID, Stream: m.Stream, Sender: o.Origin.Envelope.From, Size: m.Size, ReceivedAt: m.ReceivedAt,
		Erased: o.Body == nil, Deliveries: []client.ExplainedDelivery{}, Lines: []client.Line{},
	}
	for i, row := range m.Deliveries {
		out.Deliveries = append(out.Deliveries, client.ExplainedDelivery{
			ID: row.ID, Recipient: o.Recipients[i].Address, State: row.State.String(),
		})
	}
	doc := o.Verdict
	if doc == nil {
		doc = &check.Doc{Recipients: []check.DocRecipient{}}
	}
	e, quotes, err := d.Gate.Reexamine(ctx, m, o, value)
	if err != nil {
		return nil, err
	}
	if e != nil {
		doc.Findings = check.Explain(e, &check.Verdict{}, value).Findings
		out.Subject = maskSubject(subjectOf(o.Body), e, value)
	}
	for i := range quotes {
		out.Lines = append(out.Lines, line(&quotes[i], e, m.Deliveries))
	}
	if out.Verdict, err = json.Marshal(doc); err != nil {
		return nil, fmt.Errorf("encode explanation: %w", err)
	}
	return out, nil
}

// whole is a mail with the deliveries that are meant by an id.
func (d *Desk) whole(ctx context.Context, id string) (m *gate.Mail, err error) {
	if strings.Contains(id, ".") {
		return d.mail(ctx, id)
	}
	err = d.Store.Read(ctx, func(tx gate.ReadTx) (err error) {
		m, err = tx.Mail(id)
		return err
	})
	if err == nil && len(m.Deliveries) == 0 {
		err = fault.New(fault.NotFound, "read mail", "no mail has this id")
	}
	return m, err
}

// line is a quote as the API gives it.
func line(q *check.Quote, e *check.Examined, to []gate.Delivery) client.Line {
	l := client.Line{Unit: q.Unit, Where: q.Where, Text: q.Text, Found: []client.Found{}}
	for i := range q.Findings {
		f := &q.Findings[i]
		found := client.Found{Kind: check.Family(f.Kind), Owners: check.OwnerNames(e, f), Own: []string{}}
		for k := range e.Recipients {
			r := &e.Recipients[k]
			if f.Ident == r.Key || overlap(f.Owners, r.Persons) || overlap(f.Bearers, r.Persons) {
				found.Own = append(found.Own, to[k].ID)
			}
		}
		l.Found = append(l.Found, found)
	}
	return l
}

func overlap(a, b []roster.Key) bool {
	return slices.ContainsFunc(a, func(k roster.Key) bool { return slices.Contains(b, k) })
}
