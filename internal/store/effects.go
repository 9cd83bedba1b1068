package store

import (
	"time"

	"github.com/kakitome/kakitome/internal/check"
	"github.com/kakitome/kakitome/internal/gate"
)

// changes collects what the effects of a batch do to each row. A statement may
// touch a row once only, so the last word, or the sum, goes in.
type changes struct {
	sightings map[[2]key]check.Sighting
	received  map[receipt]time.Time
	blocked   map[key]time.Time
	seen      map[key]seenAt
	repeats   map[repeatAt]int64
	clients   map[key]check.ClientCounts
	days      map[streamDay]check.Share
	recent    rows
}

type receipt struct {
	rcpt, subject key
	kind          int64
}

type seenAt struct {
	mail string
	at   time.Time
}

type repeatAt struct {
	key  key
	hour int64
}

type streamDay struct {
	stream string
	day    int64
}

func newChanges() *changes {
	return &changes{
		sightings: map[[2]key]check.Sighting{}, received: map[receipt]time.Time{}, blocked: map[key]time.Time{},
		seen: map[key]seenAt{}, repeats: map[repeatAt]int64{}, clients: map[key]check.ClientCounts{},
		days: map[streamDay]check.Share{},
	}
}

// effects writes what the mails change in the counts.
func (t *tx) effects(mails []*gate.Mail, nums map[string]int64) {
	c := newChanges()
	for _, m := range mails {
		c.counts(&m.Effects, m.ID, m.ReceivedAt)
		c.stream(m, nums[m.ID])
		if client := t.clients[clientOf{m.MessageID, m.Digest}]; client != (key{}) && !m.Effects.Client.At.IsZero() {
			c.clients[client] = m.Effects.Client
		}
	}
	t.writeCounts(c)
	t.writeStreams(c)
	t.thin(c)
}

// counts takes in what concerns identifiers and recipients.
func (c *changes) counts(fx *check.Effects, mail string, at time.Time) {
	for _, s := range fx.Sightings {
		c.sightings[[2]key{s.Ident, s.Recipient}] = s.Sighting
	}
	for _, r := range fx.Received {
		k := receipt{r.Recipient, r.Subject, int64(r.Kind)}
		if r.At.After(c.received[k]) {
			c.received[k] = r.At
		}
	}
	for _, k := range fx.Blocks {
		c.blocked[k] = at
	}
	for _, s := range fx.Seen {
		c.seen[seenKey(s)] = seenAt{mail, at}
	}
	for _, r := range fx.Repeats {
		c.repeats[repeatAt{repeatKey(r), hourOf(at)}]++
	}
}

// stream takes in what the mail came to. A mail without an outcome, such as a
// notice to a sender, does not count.
func (c *changes) stream(m *gate.Mail, num int64) {
	o := &m.Effects.Outcome
	if o.At.IsZero() {
		return
	}
	c.recent.add(m.Stream, num, micros(o.At), bit(o.Flagged), bit(o.Mention), packKeys(o.Recipients), packKeys(o.Persons),
		packKeys(o.Addressee), packKeys(o.Strange))
	k := streamDay{m.Stream, dayOf(o.At)}
	share := c.days[k]
	share.Mails++
	share.Mentions += bit(o.Mention)
	c.days[k] = share
}

func (t *tx) writeCounts(c *changes) {
	var sightings, received, blocked, seen, repeats rows
	for k, s := range c.sightings {
		sightings.add(bytesOf(k[0]), bytesOf(k[1]), micros(s.At), int64(s.LastDay), int64(s.Days), bit(s.Learned))
	}
	for k, at := range c.received {
		received.add(bytesOf(k.rcpt), bytesOf(k.subject), k.kind, micros(at))
	}
	for k, at := range c.blocked {
		blocked.add(bytesOf(k), micros(at))
	}
	for k, s := range c.seen {
		seen.add(bytesOf(k), s.mail, micros(s.at))
	}
	for k, n := range c.repeats {
		repeats.add(bytesOf(k.key), k.hour, n)
	}
	t.insert(`INSERT INTO sightings (ident, rcpt, at, last_day, days, learned)`, &sightings, `ON CONFLICT (ident, rcpt) DO UPDATE
		SET at = excluded.at, last_day = excluded.last_day, days = excluded.days, learned = excluded.learned`)
	t.insert(`INSERT INTO received (rcpt, subject, kind, at)`, &received, `ON CONFLICT (rcpt, subject, kind) DO UPDATE SET at = excluded.at`)
	t.insert(`INSERT INTO blocked (ident, at)`, &blocked, `ON CONFLICT (ident) DO NOTHING`)
	t.insert(`INSERT INTO seen (key, mail, at)`, &seen, `ON CONFLICT (key) DO UPDATE SET mail = excluded.mail, at = excluded.at`)
	t.insert(`INSERT INTO repeats (key, hour, n)`, &repeats, `ON CONFLICT (key, hour) DO UPDATE SET n = repeats.n + excluded.n`)
}

func (t *tx) writeStreams(c *changes) {
	var clients, days rows
	for k, cc := range c.clients {
		clients.add(bytesOf(k), micros(cc.At), packKeys(cc.Recipients), cc.RecipientGrowth, packKeys(cc.Attachments), cc.AttachGrowth)
	}
	for k, s := range c.days {
		days.add(k.stream, k.day, t.s.node, s.Mails, s.Mentions)
	}
	t.insert(`INSERT INTO clients (client, at, rcpts, rcpt_growth, attachments, attach_growth)`, &clients, `ON CONFLICT (client) DO UPDATE
		SET at = excluded.at, rcpts = excluded.rcpts, rcpt_growth = excluded.rcpt_growth,
		    attachments = excluded.attachments, attach_growth = excluded.attach_growth`)
	t.insert(`INSERT INTO stream_days (stream, day, node, mails, mentions)`, &days, `ON CONFLICT (stream, day, node) DO UPDATE
		SET mails = stream_days.mails + excluded.mails, mentions = stream_days.mentions + excluded.mentions`)
	t.insert(`INSERT INTO stream_recent (stream, mail, at, flagged, mention, rcpts, persons, addressee, strange)`, &c.recent, "")
}

// thin keeps the newest sightings of identifiers that went to very many. What
// is left is still over any limit (MaxFanOut); what somebody learned stays.
func (t *tx) thin(c *changes) {
	for k := range c.sightings {
		if !t.crowds[k[0]] {
			continue
		}
		delete(t.crowds, k[0])
		ident := bytesOf(k[0])
		var oldest int64
		found, err := t.one([]any{&oldest}, `SELECT at FROM sightings WHERE ident = $1 AND learned = 0
			ORDER BY at DESC LIMIT 1 OFFSET $2`, ident, maxSightings)
		if err == nil && found {
			t.exec(`DELETE FROM sightings WHERE ident = $1 AND learned = 0 AND at <= $2`, ident, oldest)
		}
	}
}

func bytesOf(k key) []byte { return k[:] }
