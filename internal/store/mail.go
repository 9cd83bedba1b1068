package store

import (
	"database/sql"
	"slices"

	"github.com/kakitome/kakitome/internal/check"
	"github.com/kakitome/kakitome/internal/gate"
	"github.com/kakitome/kakitome/internal/jp"
)

// Mail reads a stored mail with its contents, and the deliveries named, or all.
func (t *tx) Mail(id string, deliveries ...string) (*gate.Mail, error) {
	var num int64
	found, err := t.one([]any{&num}, `SELECT num FROM mails WHERE id = $1`, id)
	if err != nil {
		return nil, err
	}
	if !found {
		return nil, errNoMail
	}
	var nums []int64
	if len(deliveries) == 0 {
		nums, err = t.returning(`SELECT num FROM deliveries WHERE num BETWEEN $1 AND $2`, num*perMail, num*perMail+perMail-1)
	} else {
		var named map[string]int64
		named, err = t.numsOf(deliveries)
		for _, id := range deliveries {
			nums = append(nums, named[id])
		}
		slices.Sort(nums)
	}
	if err != nil {
		return nil, err
	}
	if len(nums) == 0 {
		nums = []int64{num * perMail} // names the mail
	}
	mails, err := t.mails(nums)
	if err != nil {
		return nil, err
	}
	return mails[0], nil
}

// mails reads the deliveries with these numbers, in order, and their mails.
func (t *tx) mails(nums []int64) ([]*gate.Mail, error) {
	var list []*gate.Mail
	byNum := map[int64]*gate.Mail{}
	var mailNums, mailIDs []any
	for _, num := range nums {
		if byNum[num/perMail] == nil {
			m := &gate.Mail{}
			byNum[num/perMail] = m
			list = append(list, m)
			mailNums = append(mailNums, num/perMail)
		}
	}
	err := t.in(`SELECT num, id, stream, node, received_at, size, key, envelope, digest, message_id, unread, roster_version, policy_version
		FROM mails WHERE num IN ($IN)`, nil, mailNums, func(r *sql.Rows) error {
		var num, at int64
		var digest, messageID []byte
		var m gate.Mail
		if err := r.Scan(&num, &m.ID, &m.Stream, &m.Node, &at, &m.Size, &m.Key, &m.Envelope, &digest, &messageID, &m.Unread,
			&m.RosterVersion, &m.PolicyVersion); err != nil {
			return err
		}
		m.ReceivedAt, m.Digest, m.MessageID = timeOf(at), keyOf(digest), keyOf(messageID)
		*byNum[num] = m
		mailIDs = append(mailIDs, m.ID)
		return nil
	})
	if err != nil {
		return nil, err
	}
	if err := t.contents(list, mailIDs); err != nil {
		return nil, err
	}
	return list, t.deliveries(byNum, nums)
}

func (t *tx) contents(mails []*gate.Mail, ids []any) error {
	byID := make(map[string]*gate.Mail, len(mails))
	for _, m := range mails {
		byID[m.ID] = m
	}
	return t.in(`SELECT mail, part, data FROM contents WHERE mail IN ($IN) ORDER BY mail, part`, nil, ids, func(r *sql.Rows) error {
		var id string
		var part int64
		var data []byte
		if err := r.Scan(&id, &part, &data); err != nil {
			return err
		}
		if m := byID[id]; part == partVerdict {
			m.Verdict = data
		} else if m.Body == nil {
			m.Body = data
		} else {
			m.Body = append(m.Body, data...)
		}
		return nil
	})
}

func (t *tx) deliveries(mails map[int64]*gate.Mail, nums []int64) error {
	byNum := make(map[int64]*gate.Delivery, len(nums))
	err := t.in(`SELECT num, rcpt, sealed, state, rules, due, stale_at, lease_until, attempt, uncertain, held_at, ended_at, judged_at, changed
		FROM deliveries WHERE num IN ($IN)`, nil, anys(nums), func(r *sql.Rows) error {
		var num, due, stale, lease, held, ended int64
		var rcpt []byte
		var rules string
		var d gate.Delivery
		if err := r.Scan(&num, &rcpt, &d.Sealed, &d.State, &rules, &due, &stale, &lease, &d.Attempt, &d.Uncertain, &held, &ended, &d.JudgedAt, &d.Changed); err != nil {
			return err
		}
		d.ID, d.Recipient, d.Rules = joinID(mails[num/perMail].ID, num), keyOf(rcpt), unpackRules(rules)
		d.Due, d.StaleAt, d.Lease, d.HeldAt, d.EndedAt = timeOf(due), timeOf(stale), timeOf(lease), timeOf(held), timeOf(ended)
		byNum[num] = &d
		return nil
	})
	if err != nil {
		return err
	}
	err = t.in(`SELECT delivery, person, ident, kind, own FROM exposures WHERE delivery IN ($IN) ORDER BY delivery, n`, nil, anys(nums),
		func(r *sql.Rows) error {
			var num, kind int64
			var person, ident []byte
			var e check.Exposure
			if err := r.Scan(&num, &person, &ident, &kind, &e.Own); err != nil {
				return err
			}
			e.Person, e.Ident, e.Kind = keyOf(person), keyOf(ident), jp.Kind(kind) //nolint:gosec // written from a Kind
			byNum[num].Exposures = append(byNum[num].Exposures, e)
			return nil
		})
	for _, num := range nums {
		if d := byNum[num]; d != nil {
			m := mails[num/perMail]
			m.Deliveries = append(m.Deliveries, *d)
		}
	}
	return err
}
