package e2e

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/kakitome/kakitome/internal/check"
	"github.com/kakitome/kakitome/internal/fault"
	"github.com/kakitome/kakitome/internal/scope"
	"github.com/kakitome/kakitome/internal/store"
	"github.com/kakitome/kakitome/internal/survey"
	"github.com/kakitome/kakitome/ledger"
)

// An outsider with the public key of the log checks every record of an export,
// and finds in it the keys of the rows.
func TestExportIsProven(t *testing.T) {
	t.Parallel()
	p := newPast(t, people)
	for i, to := range []string{hanako, jiro, hanako} {
		p.relayed(t, p.send(t, fmt.Sprint("wrong", i), aboutTaro, to).MailID)
		p.now = p.now.Add(20 * time.Minute)
		p.send(t, fmt.Sprint("right", i), aboutTaro, taro)
	}
	if err := p.store.SignHead(t.Context(), p.now); err != nil {
		t.Fatal(err)
	}
	s := p.compute(t, orders)
	e, err := p.scopes.Export(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := e.WriteJSON(&b); err != nil {
		t.Fatal(err)
	}
	var got survey.Exported
	if err := json.Unmarshal(b.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	if len(got.Rows) != 2 || len(got.Entries) != 3 || len(got.Heads) != 1 {
		t.Fatalf("%d rows, %d entries, %d heads", len(got.Rows), len(got.Entries), len(got.Heads))
	}
	head, err := ledger.OpenHead([]byte(got.Heads[0].Head), p.verifier)
	if err != nil {
		t.Fatal(err)
	}
	records := map[survey.ExportedAt]string{}
	for _, x := range got.Entries {
		var proof []tlog.Hash
		for _, h := range x.Proof {
			raw, err := base64.StdEncoding.DecodeString(h)
			if err != nil {
				t.Fatal(err)
			}
			proof = append(proof, tlog.Hash(raw))
		}
		salt, err := hex.DecodeString(x.Salt)
		if err != nil {
			t.Fatal(err)
		}
		leaf := ledger.Commit([32]byte(salt), []byte(x.Record))
		if err := ledger.CheckInclusion(proof, head, x.Index, leaf); err != nil {
			t.Error(err)
		}
		if ledger.CheckInclusion(proof, head, x.Index, ledger.Commit([32]byte(salt), []byte(x.Record+" "))) == nil {
			t.Error("a changed record is proven too")
		}
		records[x.ExportedAt] = x.Record
	}
	for _, r := range got.Rows {
		if r.Person != "M-1" || r.Fate != "relayed" || r.Allowed || !slices.Equal(r.Kinds, []string{"phone", "name", "address"}) || len(r.Records) != len(r.Mails) {
			t.Errorf("row %+v", r)
		}
		for _, at := range r.Records {
			if !strings.Contains(records[at], r.PersonKey) || !strings.Contains(records[at], r.RecipientKey) {
				t.Errorf("the record %s does not hold the row's keys", records[at])
			}
		}
	}
	b.Reset()
	if err := e.WriteCSV(&b); err != nil {
		t.Fatal(err)
	}
	table, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(b.String(), "\ufeff"))).ReadAll()
	if err != nil || len(table) != 3 || !slices.Equal(table[1][:4], []string{"M-1", "", "phone name address", got.Rows[0].Recipient}) || table[1][11] == "" {
		t.Errorf("table %q, %v", table, err)
	}
}

// The incident's mails would be held now: with the roster it had all but none
// leaves, and nothing changes by asking.
func TestReplay(t *testing.T) {
	t.Parallel()
	p := newPast(t, people)
	var all []string
	for i, to := range []string{hanako, jiro, taro, hanako} {
		id := p.send(t, fmt.Sprint("order", i), aboutTaro, to).MailID
		p.relayed(t, id)
		all = append(all, id)
	}
	mails := scope.Selection{Any: []scope.Part{{Mails: all}}}
	before := p.compute(t, mails)
	r, err := p.scopes.Replay(t.Context(), mails)
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Mails) != 4 || r.Wrong != 3 || r.Stopped != 3 || r.Before != 0 || r.Left != 0 || r.Gone != 0 {
		t.Errorf("replayed %+v", r)
	}
	for i, m := range r.Mails {
		d := m.Deliveries[0]
		if right := i == 2; m.Mail != all[i] || d.Held == right || d.Wrong == right || !right && !slices.Contains(d.Rules, check.Ownership) {
			t.Errorf("mail %d: %+v", i, m)
		}
	}
	if after := p.compute(t, mails); after.Numbers != before.Numbers {
		t.Errorf("asking changed %+v to %+v", before.Numbers, after.Numbers)
	}
}

// An incident that begins with an alert is about the mails of its stream and
// rule, from the first on.
func TestSelectionByAlert(t *testing.T) {
	t.Parallel()
	p := newPast(t, people)
	p.send(t, "before", aboutTaro, taro)
	wrong := p.send(t, "wrong", aboutTaro, hanako).MailID
	p.now = p.now.Add(time.Hour)
	alerts, err := p.store.Alerts(t.Context(), false)
	if err != nil {
		t.Fatal(err)
	}
	by := map[string]int64{}
	for _, a := range alerts {
		by[a.Kind+" "+a.Subject] = a.ID
	}
	id := by["would_hold order/ownership"]
	sel := scope.Selection{Any: []scope.Part{{Alert: id}}}
	for _, later := range []bool{false, true} {
		want := []string{wrong}
		if later { // while it is open, what comes belongs to it
			want = append(want, p.send(t, "later", aboutTaro, jiro).MailID)
		}
		s := p.compute(t, sel)
		var got []string
		for _, r := range s.Recipients {
			got = append(got, r.Mails...)
		}
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Errorf("mails %q, want %q", got, want)
		}
	}
	if err := p.store.AlertAck(t.Context(), id, "officer", p.now); err != nil {
		t.Fatal(err)
	}
	p.now = p.now.Add(time.Hour)
	p.send(t, "after", aboutTaro, hanako)
	if s := p.compute(t, sel); s.Numbers.Mails.Most != 2 {
		t.Errorf("once it is closed: %+v", s.Numbers)
	}
	if _, err := p.scopes.Compute(t.Context(), scope.Selection{Any: []scope.Part{{Alert: 999}}}, 0, nil); fault.KindOf(err) != fault.NotFound {
		t.Errorf("an alert that is not there: %v", err)
	}
}

// blind is a store whose tables do not have one mail.
type blind struct {
	*store.Store
	mail string
}

func (b blind) Scope(ctx context.Context, sel scope.Selection, yield func(*scope.Delivery, []scope.Datum) error) error {
	return b.Store.Scope(ctx, sel, func(d *scope.Delivery, data []scope.Datum) error {
		if d.Mail == b.mail {
			return nil
		}
		return yield(d, data)
	})
}

// What the tables leave out, the records have; but not what a later judgement
// found to be right.
func TestScopeMissesNothing(t *testing.T) {
	t.Parallel()
	p := newPast(t, people)
	sel := scope.Selection{Any: []scope.Part{{Stream: "order", Since: p.now, Until: p.now.Add(time.Hour)}}}
	p.send(t, "a", aboutTaro, hanako)
	hidden := p.send(t, "b", aboutTaro, jiro).MailID
	s := p.compute(t, sel)
	p.agreed(t, s)
	if ok, why := s.CanReassure(); !ok || s.Check.Records < 2 || len(s.Check.Omitted) > 0 {
		t.Errorf("%s %+v", why, s.Check)
	}
	p.scopes.Store = blind{p.store, hidden}
	s = p.compute(t, sel)
	if ok, why := s.CanReassure(); ok || !slices.Equal(s.Check.Omitted, []string{hidden + ".1"}) {
		t.Errorf("reassurance %v %s, omitted %q", ok, why, s.Check.Omitted)
	}
	sel.Without = []string{hidden} // by a person's decision
	if s = p.compute(t, sel); len(s.Check.Omitted) > 0 {
		t.Errorf("omitted %q", s.Check.Omitted)
	}
}
