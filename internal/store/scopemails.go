package store

import (
	"context"
	"database/sql"
	"slices"

	"github.com/kakitome/kakitome/internal/check"
	"github.com/kakitome/kakitome/internal/gate"
	"github.com/kakitome/kakitome/internal/survey"
)

const (
	scopeMailBytes = 16 << 20 // of mails read at a time
	scopeMailMost  = 256
)

// ScopeMails calls yield for the mails of deliveries, oldest first, each with
// those of its deliveries that were named, without explanation. They are read
// in pieces; what was deleted meanwhile is a fault.NotFound.
func (s *Store) ScopeMails(ctx context.Context, deliveries []string, yield func(*gate.Mail) error) error {
	var nums []int64
	sizes := map[int64]int64{}
	err := s.read(ctx, "read mails", func(t *tx) error {
		named, err := t.numsOf(deliveries)
		if err != nil {
			return err
		}
		var mails []any
		for _, num := range named {
			nums = append(nums, num)
		}
		slices.Sort(nums)
		for _, num := range nums {
			if n := len(mails); n == 0 || mails[n-1] != num/perMail {
				mails = append(mails, num/perMail)
			}
		}
		return t.in(`SELECT num, size FROM mails WHERE num IN ($IN)`, nil, mails, func(r *sql.Rows) error {
			var num, size int64
			err := r.Scan(&num, &size)
			sizes[num] = size
			return err
		})
	})
	for err == nil && len(nums) > 0 {
		n := pieceOf(nums, sizes)
		var list []*gate.Mail
		err = s.read(ctx, "read mails", func(t *tx) (err error) {
			list, err = t.mails(nums[:n])
			return err
		})
		for i := 0; i < len(list) && err == nil; i++ {
			list[i].Verdict = nil
			if list[i].ID == "" {
				return errNoMail
			}
			err = yield(list[i])
		}
		nums = nums[n:]
	}
	return err
}

// pieceOf is how many deliveries are read at a time: whole mails, few enough
// that they fit into memory.
func pieceOf(nums []int64, sizes map[int64]int64) int {
	bytes, mails, last := int64(0), 0, int64(-1)
	for i, num := range nums {
		if num /= perMail; num == last {
			continue
		}
		last = num
		bytes, mails = bytes+sizes[num], mails+1
		if i > 0 && (bytes > scopeMailBytes || mails > scopeMailMost) {
			return i
		}
	}
	return len(nums)
}

// Learned are the sightings by which recipients have learned identifiers.
func (s *Store) Learned(ctx context.Context, idents []check.Key) (map[check.Key][]check.Sighting, error) {
	list := map[check.Key][]check.Sighting{}
	var keys keySet
	keys.add(idents...)
	err := s.read(ctx, "read what was learned", func(t *tx) error {
		return t.in(`SELECT ident, rcpt, at, last_day, days FROM sightings WHERE learned = 1 AND ident IN ($IN)`, nil, keys.list, func(r *sql.Rows) error {
			var ident, rcpt []byte
			var at int64
			sight := check.Sighting{Learned: true}
			if err := r.Scan(&ident, &rcpt, &at, &sight.LastDay, &sight.Days); err != nil {
				return err
			}
			sight.Recipient, sight.At = keyOf(rcpt), timeOf(at)
			list[keyOf(ident)] = append(list[keyOf(ident)], sight)
			return nil
		})
	})
	return list, err
}

// SealedRecipients calls yield for each of the deliveries.
func (s *Store) SealedRecipients(ctx context.Context, deliveries []string, yield func(survey.SealedRecipient) error) error {
	return s.read(ctx, "read recipients", func(t *tx) error {
		nums, err := t.listOf(deliveries)
		if err != nil {
			return err
		}
		return t.in(`SELECT d.num, m.id, d.rcpt, m.key, d.sealed FROM deliveries d JOIN mails m ON m.num = d.num / 65536 WHERE d.num IN ($IN)`, nil, nums,
			func(r *sql.Rows) error {
				var num int64
				var mail string
				var rcpt []byte
				var one survey.SealedRecipient
				if err := r.Scan(&num, &mail, &rcpt, &one.Key, &one.Sealed); err != nil {
					return err
				}
				one.Delivery, one.Recipient = joinID(mail, num), keyOf(rcpt)
				return yield(one)
			})
	})
}
