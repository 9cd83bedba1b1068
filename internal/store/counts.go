package store

import (
	"crypto/sha256"
	"database/sql"
	"slices"
	"time"

	"github.com/kakitome/kakitome/internal/check"
	"github.com/kakitome/kakitome/internal/jp"
)

// MaxFanOut is the largest limit of fan_out and fan_in for which counting is
// exact: of an identifier that went to more recipients, and of a recipient that
// got more persons' data in a day, only the newest are kept.
const MaxFanOut = 200

const (
	maxSightings = MaxFanOut + 56 // kept of one identifier
	maxReceipts  = MaxFanOut + 56 // read of one recipient
	recentMails  = 200
	day          = 24 * time.Hour
	seenFor      = 7 * day
)

// crowds are the identifiers of which more sightings are stored than are kept.
type crowds map[key]bool

// clientOf finds the client of a mail that is recorded by what was wanted for
// it: the mail itself does not name it.
type clientOf struct{ messageID, digest key }

// Counts reads all that the wants ask for.
func (t *tx) Counts(now time.Time, wants []check.Wants) (*check.Counts, error) {
	c := check.NewCounts(now)
	var idents, rcpts, clients keySet
	var streams []string
	t.clients = map[clientOf]key{}
	for i := range wants {
		w := &wants[i]
		idents.add(w.Idents...)
		rcpts.add(w.Recipients...)
		clients.add(w.Client)
		t.clients[clientOf{w.MessageID, w.Digest}] = w.Client
		if !slices.Contains(streams, w.Stream) {
			streams = append(streams, w.Stream)
		}
	}
	for _, read := range []func() error{
		func() error { return t.sightings(c, idents.list) },
		func() error { return t.blocked(c, idents.list) },
		func() error { return t.received(c, rcpts.list) },
		func() error { return t.clientCounts(c, clients.list) },
		func() error { return t.seen(c, wants) },
		func() error { return t.repeats(c, wants) },
		func() error { return t.streamCounts(c, streams) },
	} {
		if err := read(); err != nil {
			return nil, err
		}
	}
	return c, nil
}

func (t *tx) sightings(c *check.Counts, idents []any) error {
	err := t.in(`SELECT ident, rcpt, at, last_day, days, learned FROM sightings WHERE ident IN ($IN)`, nil, idents,
		func(r *sql.Rows) error {
			var ident, rcpt sql.RawBytes
			var at int64
			var s check.Sighting
			if err := r.Scan(&ident, &rcpt, &at, &s.LastDay, &s.Days, &s.Learned); err != nil {
				return err
			}
			s.Recipient, s.At = keyOf(rcpt), timeOf(at)
			c.Sightings[keyOf(ident)] = append(c.Sightings[keyOf(ident)], s)
			return nil
		})
	for ident, list := range c.Sightings {
		if len(list) > maxSightings {
			if t.crowds == nil {
				t.crowds = crowds{}
			}
			t.crowds[ident] = true
		}
	}
	return err
}

func (t *tx) blocked(c *check.Counts, idents []any) error {
	return t.in(`SELECT ident FROM blocked WHERE ident IN ($IN)`, nil, idents, func(r *sql.Rows) error {
		var ident sql.RawBytes
		if err := r.Scan(&ident); err != nil {
			return err
		}
		c.Blocked[keyOf(ident)] = true
		return nil
	})
}

func (t *tx) received(c *check.Counts, rcpts []any) error {
	return t.in(`SELECT rcpt, subject, kind, at FROM received WHERE at > $1 AND rcpt IN ($IN)`,
		[]any{micros(c.Now.Add(-day))}, rcpts, func(r *sql.Rows) error {
			var rcpt, subject sql.RawBytes
			var kind, at int64
			if err := r.Scan(&rcpt, &subject, &kind, &at); err != nil {
				return err
			}
			list := c.Received[keyOf(rcpt)]
			if len(list) < maxReceipts {
				c.Received[keyOf(rcpt)] = append(list, check.Receipt{Subject: keyOf(subject), Kind: jp.Kind(kind), At: timeOf(at)}) //nolint:gosec // written from a Kind
			}
			return nil
		})
}

func (t *tx) clientCounts(c *check.Counts, clients []any) error {
	return t.in(`SELECT client, at, rcpts, rcpt_growth, attachments, attach_growth FROM clients WHERE client IN ($IN)`,
		nil, clients, func(r *sql.Rows) error {
			var client, rcpts, attachments sql.RawBytes
			var at int64
			var cc check.ClientCounts
			if err := r.Scan(&client, &at, &rcpts, &cc.RecipientGrowth, &attachments, &cc.AttachGrowth); err != nil {
				return err
			}
			cc.At, cc.Recipients, cc.Attachments = timeOf(at), unpackKeys(rcpts), unpackKeys(attachments)
			c.Clients[keyOf(client)] = &cc
			return nil
		})
}

// seenKey is what stands for a Seen in the table.
func seenKey(s check.Seen) key { return hashKeys(s.MessageID, s.Digest, s.Recipient) }

func repeatKey(r check.Repeat) key { return hashKeys(r.Content, r.Recipient) }

func hashKeys(keys ...key) key {
	sum := sha256.Sum256(packKeys(keys))
	return key(sum[:len(key{})])
}

func (t *tx) seen(c *check.Counts, wants []check.Wants) error {
	asked := map[key]check.Seen{}
	var keys keySet
	for i := range wants {
		w := &wants[i]
		for _, r := range w.Recipients {
			s := check.Seen{MessageID: w.MessageID, Digest: w.Digest, Recipient: r}
			asked[seenKey(s)] = s
			keys.add(seenKey(s))
		}
	}
	return t.in(`SELECT key, mail FROM seen WHERE at > $1 AND key IN ($IN)`, []any{micros(c.Now.Add(-seenFor))}, keys.list,
		func(r *sql.Rows) error {
			var k sql.RawBytes
			var mail string
			if err := r.Scan(&k, &mail); err != nil {
				return err
			}
			c.Seen[asked[keyOf(k)]] = mail
			return nil
		})
}

// repeats counts by the hour, and so looks back between 24 and 25 hours.
func (t *tx) repeats(c *check.Counts, wants []check.Wants) error {
	asked := map[key]check.Repeat{}
	var keys keySet
	for i := range wants {
		w := &wants[i]
		for _, r := range w.Recipients {
			rep := check.Repeat{Content: w.Content, Recipient: r}
			asked[repeatKey(rep)] = rep
			keys.add(repeatKey(rep))
		}
	}
	return t.in(`SELECT key, n FROM repeats WHERE hour >= $1 AND key IN ($IN)`, []any{hourOf(c.Now) - 24}, keys.list,
		func(r *sql.Rows) error {
			var k sql.RawBytes
			var n int
			if err := r.Scan(&k, &n); err != nil {
				return err
			}
			c.Repeats[asked[keyOf(k)]] += n
			return nil
		})
}

func (t *tx) streamCounts(c *check.Counts, streams []string) error {
	for _, name := range streams {
		sc := &check.StreamCounts{}
		if _, err := t.one([]any{&sc.Paused, &sc.Week.Mails, &sc.Week.Mentions}, `
			SELECT (SELECT COALESCE(MAX(paused), 0) FROM streams WHERE name = $1),
			       (SELECT CAST(COALESCE(SUM(mails), 0) AS BIGINT) FROM stream_days WHERE stream = $1 AND day > $2),
			       (SELECT CAST(COALESCE(SUM(mentions), 0) AS BIGINT) FROM stream_days WHERE stream = $1 AND day > $2)`,
			name, dayOf(c.Now)-7); err != nil {
			return err
		}
		err := t.query(func(r *sql.Rows) error {
			var o check.Outcome
			var at int64
			var rcpts, persons, addressee, strange sql.RawBytes
			if err := r.Scan(&at, &o.Flagged, &o.Mention, &rcpts, &persons, &addressee, &strange); err != nil {
				return err
			}
			o.At, o.Recipients, o.Persons = timeOf(at), unpackKeys(rcpts), unpackKeys(persons)
			o.Addressee, o.Strange = unpackKeys(addressee), unpackKeys(strange)
			sc.Recent = append(sc.Recent, o)
			return nil
		}, `SELECT at, flagged, mention, rcpts, persons, addressee, strange FROM stream_recent WHERE stream = $1 ORDER BY mail DESC LIMIT $2`, name, recentMails)
		if err != nil {
			return err
		}
		slices.Reverse(sc.Recent)
		c.Streams[name] = sc
	}
	return nil
}

func hourOf(t time.Time) int64 { return t.Unix() / 3600 }

func dayOf(t time.Time) int64 { return t.Unix() / 86400 }
