package survey

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"github.com/kakitome/kakitome/internal/check"
	"github.com/kakitome/kakitome/internal/gate"
	"github.com/kakitome/kakitome/internal/jp"
	"github.com/kakitome/kakitome/internal/roster"
	"github.com/kakitome/kakitome/internal/scope"
)

// recorded is a decision as the evidence log has it: of a mail, or of a held
// delivery that was judged again.
type recorded struct {
	At         int64              `json:"at"`
	Kind       string             `json:"kind"`
	Deliveries []recordedDelivery `json:"deliveries"`
}

type recordedDelivery struct {
	ID        string             `json:"id"`
	Rules     []check.Rule       `json:"rules"`
	Exposures []recordedExposure `json:"exposures"`
}

type recordedExposure struct {
	Ident  string  `json:"ident"`
	Kind   jp.Kind `json:"kind"`
	Own    bool    `json:"own"`
	Person string  `json:"person"`
}

// fromRecords computes again, from the evidence log, what has no body any
// more.
func (a *again) fromRecords(ctx context.Context) error {
	if len(a.gone) == 0 {
		return nil
	}
	mails := make(map[string]*gate.Mail, len(a.gone))
	var want []Recorded
	for _, m := range a.gone {
		mails[m.ID] = m
		r := Recorded{Mail: m.ID, Log: m.Node, At: m.ReceivedAt}
		for i := range m.Deliveries {
			r.Judged = r.Judged || m.Deliveries[i].JudgedAt != m.RosterVersion
		}
		want = append(want, r)
	}
	records := newRecords()
	seen := map[string]bool{}
	err := a.x.Store.Leaves(ctx, want, func(l Leaf) error {
		seen[l.Mail] = true
		return records.read(l.Record)
	})
	if err != nil {
		return err
	}
	for id, m := range mails {
		empty := a.sizeOf(m) == 0
		switch {
		case empty:
			a.causes[id] = scope.Foreign
		case seen[id]:
			a.causes[id] = scope.Purged
		default:
			a.causes[id] = scope.Erased
		}
		if !seen[id] {
			a.check.Neither++
			continue
		}
		a.check.Evidence++
		for i := range m.Deliveries {
			d := a.byID[m.Deliveries[i].ID]
			a.found.AddDelivery(d, records.data[d.ID])
		}
	}
	return nil
}

func (a *again) sizeOf(m *gate.Mail) int64 {
	if len(m.Deliveries) == 0 {
		return 0
	}
	return a.byID[m.Deliveries[0].ID].Size
}

// records are what was read of records, by delivery.
type records struct {
	data   map[string][]scope.Datum
	judged map[string]int64 // when last
	rules  map[string][]check.Rule
}

func newRecords() *records {
	return &records{data: map[string][]scope.Datum{}, judged: map[string]int64{}, rules: map[string][]check.Rule{}}
}

// read takes what a record says of its deliveries. A later judgement replaces
// what was before; one that has several records, as any decision may, goes on.
func (x *records) read(record []byte) error {
	var r recorded
	if err := json.Unmarshal(record, &r); err != nil {
		return fmt.Errorf("read record: %w", err)
	}
	for _, d := range r.Deliveries {
		if r.Kind == "judged" && x.judged[d.ID] != r.At {
			delete(x.data, d.ID)
			x.judged[d.ID] = r.At
		}
		x.rules[d.ID] = d.Rules
		for _, e := range d.Exposures {
			if e.Own {
				continue
			}
			one := scope.Datum{Kind: e.Kind}
			if !keyFrom(&one.Ident, e.Ident) || e.Person != "" && !keyFrom(&one.Person, e.Person) {
				return fmt.Errorf("read record: a key of delivery %s is damaged", d.ID)
			}
			x.data[d.ID] = append(x.data[d.ID], one)
		}
	}
	return nil
}

func keyFrom(k *roster.Key, s string) bool {
	n, err := hex.Decode(k[:], []byte(s[:min(len(s), 2*len(k))]))
	return err == nil && n == len(k) && len(s) == 2*len(k)
}
