package store

import (
	"encoding/hex"
	"strconv"
	"time"

	"github.com/kakitome/kakitome/internal/check"
	"github.com/kakitome/kakitome/internal/custody"
	"github.com/kakitome/kakitome/internal/fault"
	"github.com/kakitome/kakitome/internal/gate"
	"github.com/kakitome/kakitome/ledger"
)

// leafBytes is the size at which a mail's record goes on in a further one.
const leafBytes = 48 << 10

// recordLeaf puts the decision on a mail into the log:
//
//	{"at":…,"deliveries":[{"exposures":[{"ident":…,"kind":…,"own":…,"person":…}],"id":…,"rcpt":…,"rules":[…],"state":…}],
//	 "digest":…,"kind":"mail","mail":…,"part":0,"policy_version":…,"roster_version":…,"stream":…}
//
// A mail with very many exposures has several, counted by part. The JSON is
// written by hand, in the order that makes it canonical, since this is done for
// each mail within the transaction.
func (t *tx) recordLeaf(m *gate.Mail) error {
	b := make([]byte, 0, 1024)
	part := int64(0)
	begin := func() {
		b = append(b, `{"at":`...)
		b = strconv.AppendInt(b, micros(m.ReceivedAt), 10)
		b = append(b, `,"deliveries":[`...)
	}
	end := func() {
		b = append(b, `],"digest":`...)
		b = appendHex(b, m.Digest)
		b = append(b, `,"kind":"mail","mail":`...)
		b = appendString(b, m.ID)
		b = append(b, `,"part":`...)
		b = strconv.AppendInt(b, part, 10)
		b = append(b, `,"policy_version":`...)
		b = appendString(b, m.PolicyVersion)
		b = append(b, `,"roster_version":`...)
		b = strconv.AppendInt(b, m.RosterVersion, 10)
		b = append(b, `,"stream":`...)
		b = append(appendString(b, m.Stream), '}')
		t.records = append(t.records, record{micros(m.ReceivedAt), b})
		part++
	}
	split := func() { end(); b = make([]byte, 0, leafBytes); begin() }
	begin()
	for i := range m.Deliveries {
		b = comma(b)
		b = appendDelivery(b, &m.Deliveries[i], func(soFar []byte) []byte {
			b = soFar
			split()
			return b
		})
		if len(b) > leafBytes && i < len(m.Deliveries)-1 {
			split()
		}
	}
	end()
	return nil
}

// appendDelivery writes one delivery. When the record grows over its size
// within the exposures, the delivery is ended, split begins a new record, and
// the delivery goes on there.
func appendDelivery(b []byte, d *gate.Delivery, split func([]byte) []byte) []byte {
	begin := func() { b = append(b, `{"exposures":[`...) }
	end := func() {
		b = append(b, `],"id":`...)
		b = appendString(b, d.ID)
		b = append(b, `,"rcpt":`...)
		b = appendHex(b, d.Recipient)
		b = append(b, `,"rules":`...)
		b = appendRules(b, d.Rules)
		b = append(b, `,"state":`...)
		b = append(appendString(b, d.State.String()), '}')
	}
	begin()
	for i := range d.Exposures {
		if len(b) > leafBytes {
			end()
			b = split(b)
			begin()
		}
		b = appendExposure(comma(b), &d.Exposures[i])
	}
	end()
	return b
}

func appendExposure(b []byte, e *check.Exposure) []byte {
	b = append(b, `{"ident":`...)
	b = appendHex(b, e.Ident)
	b = append(b, `,"kind":`...)
	b = strconv.AppendInt(b, int64(e.Kind), 10)
	b = append(b, `,"own":`...)
	b = strconv.AppendBool(b, e.Own)
	if e.Person != (key{}) {
		b = append(b, `,"person":`...)
		b = appendHex(b, e.Person)
	}
	return append(b, '}')
}

func appendRules(b []byte, rules []check.Rule) []byte {
	b = append(b, '[')
	for _, r := range rules {
		b = appendString(comma(b), string(r))
	}
	return append(b, ']')
}

// comma separates from what stands before, unless that is the beginning.
func comma(b []byte) []byte {
	if b[len(b)-1] != '[' {
		b = append(b, ',')
	}
	return b
}

func appendHex(b []byte, k key) []byte {
	return append(hex.AppendEncode(append(b, '"'), k[:]), '"')
}

// appendString writes a string as the ledger does.
func appendString(b []byte, s string) []byte { return append(b, jsonString(s)...) }

func jsonString(s string) string {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c >= 0x7f || c == '"' || c == '\\' {
			return escaped(s)
		}
	}
	return `"` + s + `"`
}

func escaped(s string) string {
	one, err := ledger.Canonical(map[string]string{"": s})
	if err != nil { // over 64 KiB: no name of ours is
		return `""`
	}
	return string(one[len(`{"":`) : len(one)-1])
}

// movedTo is a move of many deliveries.
type movedTo struct {
	state  custody.State
	rule   check.Rule // by which, empty when a person decided
	by     string
	reason string
	ids    []string
}

// recordMoved writes a move as one or more records.
func (t *tx) recordMoved(at time.Time, m movedTo) error {
	for len(m.ids) > 0 {
		size, n := 0, 0
		for n < len(m.ids) && size < leafBytes {
			size += len(m.ids[n]) + 3
			n++
		}
		rec, err := ledger.Canonical(map[string]any{
			"kind": "moved", "at": micros(at), "state": m.state.String(), "rule": m.rule, "by": m.by, "reason": m.reason, "deliveries": m.ids[:n],
		})
		if err != nil {
			return fault.Wrap(fault.Internal, "record evidence", "the record cannot be kept", err)
		}
		t.records = append(t.records, record{micros(at), rec})
		m.ids = m.ids[n:]
	}
	return nil
}

// judgedLeaf puts a new judgement of a held delivery into the log.
func (t *tx) judgedLeaf(now time.Time, num int64, d *gate.Delivery, version int64) error {
	var rcpt []byte
	if _, err := t.one([]any{&rcpt}, `SELECT rcpt FROM deliveries WHERE num = $1`, num); err != nil {
		return err
	}
	d.Recipient = keyOf(rcpt)
	b := []byte{}
	end := func() {
		b = append(b, `],"kind":"judged","roster_version":`...)
		b = append(strconv.AppendInt(b, version, 10), '}')
		t.records = append(t.records, record{micros(now), b})
	}
	begin := func() { b = append(strconv.AppendInt([]byte(`{"at":`), micros(now), 10), `,"deliveries":[`...) }
	begin()
	b = appendDelivery(b, d, func(soFar []byte) []byte {
		b = soFar
		end()
		begin()
		return b
	})
	end()
	return nil
}
