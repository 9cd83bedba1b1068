package store

import (
	"cmp"
	"database/sql"
	"encoding/json"
	"slices"
	"time"

	"github.com/kakitome/kakitome/internal/custody"
	"github.com/kakitome/kakitome/internal/fault"
	"github.com/kakitome/kakitome/internal/gate"
)

// answer is what many deliveries of a batch have in common.
type answer struct {
	state    custody.State
	due      int64
	attempt  int
	code     int
	enhanced string
	unsure   int64
}

// Settle writes the relay's answers. An answer for a delivery that is no longer
// queued changes nothing but is put into the log, marked late, and raises the
// alert "late_answer": the lease had run out and something else was decided
// meanwhile, or another node has sent it too. The same answer once more is
// passed over, and a late one's notice is not sent.
func (t *tx) Settle(now time.Time, results []gate.Settled) error {
	ids := make([]string, len(results))
	for i := range results {
		ids[i] = results[i].Delivery
	}
	nums, err := t.numsOf(ids)
	if err != nil {
		return err
	}
	groups := map[answer][]any{}
	for i := range results {
		r := &results[i]
		if r.State != custody.Queued && !custody.May(custody.Relay, custody.Queued, r.State) {
			return lawBroken("the relay may not bring it to "+r.State.String(), r.Delivery)
		}
		a := answer{r.State, micros(r.Due), r.Attempt, r.Code, r.Enhanced, bit(r.Uncertain)}
		groups[a] = append(groups[a], nums[r.Delivery])
	}
	settled, err := t.settle(now, groups)
	if err != nil {
		return err
	}
	var notices []*gate.Mail
	for i := range results {
		r := &results[i]
		late := !settled[nums[r.Delivery]]
		if late {
			again, err := t.settledSo(nums[r.Delivery], r)
			if err != nil {
				return err
			}
			if again {
				continue
			}
		}
		if err := t.settledLeaf(now, r, late); err != nil {
			return err
		}
		if r.Notice != nil && !late {
			notices = append(notices, r.Notice)
		}
	}
	return t.Record(notices)
}

// settledSo tells whether a delivery already is as an answer says: the answer
// was recorded before and comes once more.
func (t *tx) settledSo(num int64, r *gate.Settled) (bool, error) {
	var state custody.State
	var attempt, code int
	_, err := t.one([]any{&state, &attempt, &code}, `SELECT state, attempt, code FROM deliveries WHERE num = $1`, num)
	return state == r.State && attempt == r.Attempt && code == r.Code, err
}

// settle updates group by group and says which deliveries changed.
func (t *tx) settle(now time.Time, groups map[answer][]any) (map[int64]bool, error) {
	settled := map[int64]bool{}
	for _, a := range sortedAnswers(groups) {
		var ended int64
		if a.state.End() {
			ended = micros(now)
		}
		err := t.in(`UPDATE deliveries SET state = $1, due = $2, attempt = $3, code = $4, enhanced = $5, ended_at = $6,
			uncertain = CASE WHEN uncertain = 1 THEN uncertain ELSE CAST($7 AS SMALLINT) END, lease_node = '', lease_until = 0 WHERE state = 1 AND num IN ($IN) RETURNING num`,
			[]any{int64(a.state), a.due, a.attempt, a.code, a.enhanced, ended, a.unsure}, groups[a], func(r *sql.Rows) error {
				var num int64
				err := r.Scan(&num)
				settled[num] = true
				return err
			})
		if err != nil {
			return nil, err
		}
	}
	return settled, nil
}

// sortedAnswers gives the groups, and in them the deliveries, one fixed order.
func sortedAnswers(groups map[answer][]any) []answer {
	list := make([]answer, 0, len(groups))
	for a, nums := range groups {
		slices.SortFunc(nums, func(a, b any) int { return cmp.Compare(a.(int64), b.(int64)) })
		list = append(list, a)
	}
	slices.SortFunc(list, func(a, b answer) int { return cmp.Compare(groups[a][0].(int64), groups[b][0].(int64)) })
	return list
}

func (t *tx) settledLeaf(now time.Time, r *gate.Settled, late bool) error {
	if late {
		if err := t.Alert(now, gate.Alert{
			Kind: "late_answer", Subject: r.Delivery,
			Text: "The relay's answer came after the delivery had been decided otherwise; it may have been sent twice. " +
				"中継サーバーの応答が遅れて届きました。二重に送信された可能性があります。",
		}); err != nil {
			return err
		}
	}
	return t.evidence(now, "settled", map[string]json.RawMessage{
		"at": jsonOf(micros(now)), "delivery": jsonOf(r.Delivery), "state": jsonOf(r.State.String()), "code": jsonOf(r.Code),
		"enhanced": jsonOf(r.Enhanced), "attempt": jsonOf(r.Attempt), "uncertain": jsonOf(r.Uncertain), "late": jsonOf(late),
	})
}

// listOf gives the numbers of deliveries, in their order, for a list of values.
func (t *tx) listOf(ids []string) ([]any, error) {
	nums, err := t.numsOf(ids)
	if err != nil {
		return nil, err
	}
	list := make([]any, len(ids))
	for i, id := range ids {
		list[i] = nums[id]
	}
	return list, nil
}

// numsOf finds the numbers of deliveries. It fails when one does not exist.
func (t *tx) numsOf(ids []string) (map[string]int64, error) {
	mails := map[string]int64{}
	var list []any
	for _, id := range ids {
		mail, _, err := splitID(id)
		if err != nil {
			return nil, err
		}
		if _, ok := mails[mail]; !ok {
			mails[mail] = -1
			list = append(list, mail)
		}
	}
	err := t.in(`SELECT id, num FROM mails WHERE id IN ($IN)`, nil, list, func(r *sql.Rows) error {
		var id string
		var num int64
		err := r.Scan(&id, &num)
		mails[id] = num
		return err
	})
	if err != nil {
		return nil, err
	}
	nums := make(map[string]int64, len(ids))
	for _, id := range ids {
		mail, n, _ := splitID(id) // was good above
		if mails[mail] < 0 {
			return nil, fault.New(fault.NotFound, "find delivery", "there is no such delivery")
		}
		nums[id] = mails[mail]*perMail + n
	}
	return nums, nil
}

// idsOf names deliveries by their numbers, in their order.
func (t *tx) idsOf(nums []int64) ([]string, error) {
	mails := map[int64]string{}
	var list []any
	for _, num := range nums {
		if _, ok := mails[num/perMail]; !ok {
			mails[num/perMail] = ""
			list = append(list, num/perMail)
		}
	}
	err := t.in(`SELECT num, id FROM mails WHERE num IN ($IN)`, nil, list, func(r *sql.Rows) error {
		var num int64
		var id string
		err := r.Scan(&num, &id)
		mails[num] = id
		return err
	})
	ids := make([]string, len(nums))
	for i, num := range nums {
		ids[i] = joinID(mails[num/perMail], num)
	}
	return ids, err
}

// returning runs a statement that answers with numbers, and sorts them.
func (t *tx) returning(query string, args ...any) ([]int64, error) {
	var nums []int64
	err := t.query(func(r *sql.Rows) error {
		var num int64
		err := r.Scan(&num)
		nums = append(nums, num)
		return err
	}, query, args...)
	slices.Sort(nums)
	return nums, err
}

func (t *tx) returningIDs(query string, args ...any) ([]string, error) {
	nums, err := t.returning(query, args...)
	if err != nil {
		return nil, err
	}
	return t.idsOf(nums)
}

func anys[T any](list []T) []any {
	out := make([]any, len(list))
	for i, v := range list {
		out[i] = v
	}
	return out
}
