package survey

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/kakitome/kakitome/internal/check"
	"github.com/kakitome/kakitome/internal/scope"
)

// mostSwept is how many records are gone through for a part of a selection.
const mostSwept = 500_000

// omitted is a delivery that is wrong by its record and was not selected.
type omitted struct {
	Recorded
	delivery string
}

// sweep goes through the evidence log for deliveries that belong to the streams
// and times selected and that the tables did not give: what is computed
// twice is worth nothing if both left it out. Streams selected for all times,
// or with very many records, are not gone through.
func (x *Survey) sweep(ctx context.Context, sel *scope.Selection, list []*scope.Delivery, c *scope.Check) error {
	selected := make(map[string]bool, len(list))
	for _, d := range list {
		selected[d.ID] = true
	}
	without := make(map[string]bool, len(sel.Without))
	for _, m := range sel.Without {
		without[m] = true
	}
	var found []omitted
	for i := range sel.Any {
		p := &sel.Any[i]
		if p.Stream == "" || p.Since.IsZero() {
			continue
		}
		n, over, err := x.Store.Decisions(ctx, p.Stream, p.Since, p.Until, mostSwept, func(log string, record []byte) error {
			var r decided
			if err := json.Unmarshal(record, &r); err != nil {
				return fmt.Errorf("read record: %w", err)
			}
			at := time.UnixMicro(r.At).UTC()
			if !p.Within(at) || without[r.Mail] {
				return nil
			}
			for _, d := range r.Deliveries {
				if belongs(p, d.Rules) && !selected[d.ID] {
					found = append(found, omitted{Recorded{Mail: r.Mail, Log: log, At: at, Judged: true}, d.ID})
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
		if !over {
			c.Records += n
		}
	}
	return x.omit(ctx, found, c)
}

// decided is a record of the decision on a mail.
type decided struct {
	recorded
	Mail string `json:"mail"`
}

// belongs tells whether a part by stream selects a delivery with rules, as the
// store does.
func belongs(p *scope.Part, rules []check.Rule) bool {
	if p.Rule != "" {
		return slices.Contains(rules, check.Rule(p.Rule))
	}
	return slices.ContainsFunc(rules, check.Rule.Exposes) || slices.Contains(rules, check.Unreadable)
}

// omit names what is omitted, but for what a later judgement found to be right.
func (x *Survey) omit(ctx context.Context, found []omitted, c *scope.Check) error {
	if len(found) == 0 {
		return nil
	}
	var want []Recorded
	for i := range found {
		want = append(want, found[i].Recorded)
	}
	records := newRecords()
	if err := x.Store.Leaves(ctx, want, func(l Leaf) error { return records.read(l.Record) }); err != nil {
		return err
	}
	for i := range found {
		rules := records.rules[found[i].delivery]
		if slices.ContainsFunc(rules, check.Rule.Exposes) || slices.Contains(rules, check.Unreadable) {
			c.Omitted = append(c.Omitted, found[i].delivery)
		}
	}
	slices.Sort(c.Omitted)
	c.Omitted = slices.Compact(c.Omitted)
	return nil
}
