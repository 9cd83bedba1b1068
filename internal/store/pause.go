package store

import (
	"encoding/json"
	"time"

	"github.com/kakitome/kakitome/internal/check"
	"github.com/kakitome/kakitome/internal/custody"
	"github.com/kakitome/kakitome/internal/gate"
)

// Pause pauses or resumes a stream. A paused stream's queued mail stays queued
// and is not claimed; what came meanwhile is held by the breaker rule alone and
// is queued on resuming, in the order in which it came.
func (t *tx) Pause(now time.Time, p gate.Pause) (bool, error) {
	t.exec(`INSERT INTO streams (name) VALUES ($1) ON CONFLICT (name) DO NOTHING`, p.Stream)
	n, err := t.affect(`UPDATE streams SET paused = $2, rule = $3, who = $4, reason = $5, since = $6 WHERE name = $1 AND paused <> $2`,
		p.Stream, bit(p.On), string(p.Rule), p.By, p.Reason, micros(now))
	if err != nil || n == 0 {
		return false, err
	}
	kind := "paused"
	if !p.On {
		kind = "resumed"
		if err := t.requeue(now, p); err != nil {
			return false, err
		}
	}
	return true, t.evidence(now, kind, map[string]json.RawMessage{
		"at": jsonOf(micros(now)), "stream": jsonOf(p.Stream), "rule": jsonOf(p.Rule), "by": jsonOf(p.By), "reason": jsonOf(p.Reason),
	})
}

// requeue queues what waited for nothing but the stream.
func (t *tx) requeue(now time.Time, p gate.Pause) error {
	ids, err := t.returningIDs(`UPDATE deliveries SET state = 1, due = CASE WHEN due > $2 THEN due ELSE $2 END
		WHERE state = 2 AND stream = $1 AND rules = $3 RETURNING num`,
		p.Stream, micros(now), packRules([]check.Rule{check.Breaker}))
	if err != nil {
		return err
	}
	return t.recordMoved(now, movedTo{state: custody.Queued, rule: check.Breaker, by: p.By, reason: p.Reason, ids: ids})
}

func jsonOf(v any) json.RawMessage {
	b, err := json.Marshal(v)
	if err != nil { // strings and integers always have one
		return json.RawMessage("null")
	}
	return b
}
