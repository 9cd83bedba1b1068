package check

import (
	"slices"
	"time"
)

const (
	growthsToHold = 2         // two growths in a row: {a}, {a,b}, {a,b,c}
	growthWindow  = time.Hour // between two mails of one run
)

// growingRecipients is rule 6: hold when the recipients or the attachments of
// one client grow mail by mail, the sender object that nobody cleared in its
// loop (incidents 74, 80; PHPMailer 1606, 2346, 2369, Laravel 56643).
func growingRecipients(v *view) []Reason {
	switch c := v.j.v.Effects.Client; {
	case c.RecipientGrowth >= growthsToHold:
		return []Reason{{Rule: GrowingRecipients, Detail: "recipients", Count: len(c.Recipients)}}
	case c.AttachGrowth >= growthsToHold:
		return []Reason{{Rule: GrowingRecipients, Detail: "attachments", Count: len(c.Attachments)}}
	}
	return nil
}

// client brings forward what is remembered of the client that sent the mail.
func (j *judge) client() {
	now := ClientCounts{At: j.e.At, Recipients: j.addressed(), Attachments: j.e.Attachments}
	if last := j.c.Clients[j.e.Client]; last != nil && j.e.At.Sub(last.At) < growthWindow {
		now.RecipientGrowth = growth(last.RecipientGrowth, last.Recipients, now.Recipients)
		now.AttachGrowth = last.AttachGrowth // one person may get more and more files
		if !slices.Equal(last.Recipients, now.Recipients) {
			now.AttachGrowth = growth(last.AttachGrowth, last.Attachments, now.Attachments)
		}
	}
	j.v.Effects.Client = now
}

// addressed are all addresses a mail goes to or shows, but the company's.
func (j *judge) addressed() []Key {
	var keys []Key
	for _, r := range j.e.Recipients {
		if !r.Company {
			keys = append(keys, r.Key)
		}
	}
	for _, o := range j.e.Visible {
		if !o.Company {
			keys = append(keys, o.Key)
		}
	}
	slices.SortFunc(keys, compareKeys)
	return slices.Compact(keys)
}

// growth is how often in a row a set has grown after one more step. The same
// set again changes nothing: a retry, a second copy.
func growth(before int, last, now []Key) int {
	switch {
	case len(last) == 0 || !contains(now, last):
		return 0
	case len(now) == len(last):
		return before
	}
	return before + 1
}

// contains tells whether all keys of part are in whole; both are sorted.
func contains(whole, part []Key) bool {
	return !slices.ContainsFunc(part, func(k Key) bool {
		_, found := slices.BinarySearchFunc(whole, k, compareKeys)
		return !found
	})
}
