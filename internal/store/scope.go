package store

import (
	"context"
	"database/sql"
	"math"
	"slices"

	"github.com/kakitome/kakitome/internal/check"
	"github.com/kakitome/kakitome/internal/custody"
	"github.com/kakitome/kakitome/internal/fault"
	"github.com/kakitome/kakitome/internal/jp"
	"github.com/kakitome/kakitome/internal/scope"
)

// maxSelected bounds how many deliveries an incident has.
const maxSelected = 2_000_000

// Texts of the parts of a selection. Each reads one range of one index, and a
// row of mails for each hit.
const (
	scopeByStream = `SELECT d.num, d.rules FROM deliveries d JOIN mails m ON m.num = d.num / 65536
		WHERE d.rules <> '' AND d.stream = $1 AND m.received_at >= $2 AND m.received_at < $3 ORDER BY d.num`
	scopeByPerson = `SELECT e.delivery, '' FROM exposures e JOIN mails m ON m.num = e.delivery / 65536
		WHERE e.person = $1 AND e.own = 0 AND m.received_at >= $2 AND m.received_at < $3 ORDER BY e.delivery`
	scopeByIdent = `SELECT e.delivery, '' FROM exposures e JOIN mails m ON m.num = e.delivery / 65536
		WHERE e.ident = $1 AND e.own = 0 AND m.received_at >= $2 AND m.received_at < $3 ORDER BY e.delivery`
)

// Scope calls yield for each delivery of a selection, with all it carries that
// is not the recipient's own, oldest mail first: all from one state of the
// database. Parts by alert must have been resolved. The slice is used again.
func (s *Store) Scope(ctx context.Context, sel scope.Selection, yield func(*scope.Delivery, []scope.Datum) error) error {
	return s.read(ctx, "read scope", func(t *tx) error {
		nums, err := t.selected(&sel)
		for err == nil && len(nums) > 0 {
			n := min(len(nums), maxIn)
			err = t.scopeRows(nums[:n], yield)
			nums = nums[n:]
		}
		return err
	})
}

// selected are the numbers of the deliveries of a selection, in order.
func (t *tx) selected(sel *scope.Selection) ([]int64, error) {
	if err := sel.Validate(); err != nil {
		return nil, fault.Wrap(fault.Invalid, "read scope", "the selection is not right", err)
	}
	var nums []int64
	for i := range sel.Any {
		some, err := t.selectedBy(&sel.Any[i])
		if err != nil {
			return nil, err
		}
		nums = append(nums, some...)
		if len(nums) > maxSelected {
			return nil, fault.Newf(fault.TooLarge, "read scope", "more than %d deliveries are selected", maxSelected)
		}
	}
	slices.Sort(nums)
	nums = slices.Compact(nums)
	without, err := t.mailNums(sel.Without)
	if err != nil || len(without) == 0 {
		return nums, err
	}
	out := make(map[int64]bool, len(without))
	for _, num := range without {
		out[num] = true
	}
	return slices.DeleteFunc(nums, func(num int64) bool { return out[num/perMail] }), nil
}

func (t *tx) selectedBy(p *scope.Part) ([]int64, error) {
	switch {
	case p.Stream != "":
		return t.selectedWrong(p, p.Stream)
	case p.Rule != "":
		var nums []int64
		streams, err := t.streamNames()
		for _, name := range streams {
			var some []int64
			if err == nil {
				some, err = t.selectedWrong(p, name)
			}
			nums = append(nums, some...)
		}
		return nums, err
	case !p.Person.IsZero():
		return t.selectedNums(p, scopeByPerson, p.Person[:], nil)
	case !p.Ident.IsZero():
		return t.selectedNums(p, scopeByIdent, p.Ident[:], nil)
	case len(p.Mails) > 0:
		return t.selectedMails(p)
	}
	return nil, fault.New(fault.Invalid, "read scope", "a part by alert was not resolved")
}

// selectedWrong are the deliveries of a stream with a rule; without one, those
// with any rule that speaks of whose data is in them, or of what cannot be read.
func (t *tx) selectedWrong(p *scope.Part, stream string) ([]int64, error) {
	return t.selectedNums(p, scopeByStream, stream, func(rules []check.Rule) bool {
		if p.Rule != "" {
			return slices.Contains(rules, check.Rule(p.Rule))
		}
		return slices.ContainsFunc(rules, check.Rule.Exposes) || slices.Contains(rules, check.Unreadable)
	})
}

func (t *tx) selectedNums(p *scope.Part, text string, arg any, want func([]check.Rule) bool) (nums []int64, err error) {
	since, until := windowOf(p)
	err = t.query(func(r *sql.Rows) error {
		var num int64
		var rules string
		if err := r.Scan(&num, &rules); err != nil || want != nil && !want(unpackRules(rules)) {
			return err
		}
		nums = append(nums, num)
		return nil
	}, text, arg, since, until)
	return nums, err
}

func (t *tx) selectedMails(p *scope.Part) ([]int64, error) {
	mails, err := t.mailNums(p.Mails)
	if err != nil {
		return nil, err
	}
	since, until := windowOf(p)
	var nums []int64
	err = t.in(`SELECT d.num FROM mails m JOIN deliveries d ON d.num BETWEEN m.num * 65536 AND m.num * 65536 + 65535
		WHERE m.received_at >= $1 AND m.received_at < $2 AND m.num IN ($IN)`, []any{since, until}, anys(mails), func(r *sql.Rows) error {
		var num int64
		err := r.Scan(&num)
		nums = append(nums, num)
		return err
	})
	return nums, err
}

func windowOf(p *scope.Part) (since, until int64) {
	until = math.MaxInt64
	if !p.Until.IsZero() {
		until = micros(p.Until)
	}
	if !p.Since.IsZero() {
		since = micros(p.Since)
	}
	return since, until
}

// mailNums are the numbers of mails. It fails when one does not exist.
func (t *tx) mailNums(ids []string) ([]int64, error) {
	ids = slices.Clone(ids)
	slices.Sort(ids)
	ids = slices.Compact(ids)
	var nums []int64
	err := t.in(`SELECT num FROM mails WHERE id IN ($IN)`, nil, anys(ids), func(r *sql.Rows) error {
		var num int64
		err := r.Scan(&num)
		nums = append(nums, num)
		return err
	})
	slices.Sort(nums)
	if err == nil && len(nums) != len(ids) {
		return nil, errNoMail
	}
	return nums, err
}

func (t *tx) streamNames() (names []string, err error) {
	err = t.query(func(r *sql.Rows) error {
		var name string
		err := r.Scan(&name)
		names = append(names, name)
		return err
	}, `SELECT name FROM streams ORDER BY name`)
	return names, err
}

// scopeRows reads deliveries and what they carry.
func (t *tx) scopeRows(nums []int64, yield func(*scope.Delivery, []scope.Datum) error) error {
	type row struct {
		scope.Delivery
		data []scope.Datum
	}
	list := make([]row, len(nums))
	at := make(map[int64]*row, len(nums))
	for i, num := range nums {
		at[num] = &list[i]
	}
	err := t.in(`SELECT d.num, m.id, m.node, d.stream, d.rcpt, d.state, d.uncertain, d.rules, m.received_at, m.unread, m.size,
			CASE WHEN d.judged_at <> m.roster_version THEN 1 ELSE 0 END
		FROM deliveries d JOIN mails m ON m.num = d.num / 65536 WHERE d.num IN ($IN)`, nil, anys(nums), func(r *sql.Rows) error {
		var num, received int64
		var rcpt []byte
		var state custody.State
		var uncertain bool
		var rules string
		var d scope.Delivery
		if err := r.Scan(&num, &d.Mail, &d.Node, &d.Stream, &rcpt, &state, &uncertain, &rules, &received, &d.Unread, &d.Size, &d.Rejudged); err != nil {
			return err
		}
		list := unpackRules(rules)
		d.ID, d.At, d.Recipient, d.Fate = joinID(d.Mail, num), timeOf(received), keyOf(rcpt), fateOf(state, uncertain)
		d.Wrong, d.Unreadable = slices.ContainsFunc(list, check.Rule.Exposes), slices.Contains(list, check.Unreadable)
		at[num].Delivery = d
		return nil
	})
	if err != nil {
		return err
	}
	err = t.in(`SELECT delivery, person, ident, kind FROM exposures WHERE own = 0 AND delivery IN ($IN) ORDER BY delivery, n`, nil, anys(nums),
		func(r *sql.Rows) error {
			var num, kind int64
			var person, ident []byte
			if err := r.Scan(&num, &person, &ident, &kind); err != nil {
				return err
			}
			at[num].data = append(at[num].data, scope.Datum{Person: keyOf(person), Ident: keyOf(ident), Kind: jp.Kind(kind)}) //nolint:gosec // written from a Kind
			return nil
		})
	if err != nil {
		return err
	}
	for i := range list {
		if err := yield(&list[i].Delivery, list[i].data); err != nil {
			return err
		}
	}
	return nil
}

// fateOf says what became of a delivery. One whose answer was lost may have
// left, whatever was decided about it afterwards.
func fateOf(state custody.State, uncertain bool) scope.Fate {
	switch {
	case state == custody.Relayed:
		return scope.Relayed
	case state == custody.Queued, uncertain:
		return scope.Possibly
	}
	return scope.Stopped
}
