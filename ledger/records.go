package ledger

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"

	"golang.org/x/mod/sumdb/note"
)

// Kinds of record this package reads; all other kinds are the writer's own.
const (
	KindHead   = "head"   // the newest head of another node's log
	KindErased = "erased" // which entries lost record and salt, and why
)

// Span is a range of entries, From included, To not.
type Span struct {
	From int64 `json:"from"`
	To   int64 `json:"to"`
}

type headRecord struct {
	Kind string `json:"kind"`
	Head string `json:"head"` // the signed note, as it is
}

type erasedRecord struct {
	Kind    string `json:"kind"`
	Reason  string `json:"reason"`
	Entries []Span `json:"entries"`
}

// HeadRecord is the record with which a node's log witnesses the head of
// another's.
func HeadRecord(signed []byte) ([]byte, error) {
	if len(signed) == 0 || len(signed) > MaxHead {
		return nil, fmt.Errorf("record head: %d bytes, want 1 to %d", len(signed), MaxHead)
	}
	record, err := Canonical(headRecord{KindHead, string(signed)})
	if err != nil {
		return nil, fmt.Errorf("record head: %w", err)
	}
	return record, nil
}

// ErasedRecord is the record that explains erased entries. Spans are in order
// and do not touch; use several records for very many.
func ErasedRecord(reason string, spans []Span) ([]byte, error) {
	if err := checkSpans(spans); err != nil {
		return nil, fmt.Errorf("record erasure: %w", err)
	}
	record, err := Canonical(erasedRecord{KindErased, reason, spans})
	if err != nil {
		return nil, fmt.Errorf("record erasure: %w", err)
	}
	return record, nil
}

func checkSpans(spans []Span) error {
	end := int64(-1)
	for _, s := range spans {
		if s.From <= end || s.From >= s.To || s.To > MaxSize {
			return errors.New("spans are empty, out of order or touch")
		}
		end = s.To
	}
	return nil
}

// headOf is the signed head in a record of kind head.
func headOf(record []byte) ([]byte, error) {
	var r headRecord
	if err := json.Unmarshal(record, &r); err != nil || r.Head == "" {
		return nil, errors.New("record of kind head holds no head")
	}
	return []byte(r.Head), nil
}

// erasedSpans are the spans in a record of kind erased.
func erasedSpans(record []byte) ([]Span, error) {
	var r erasedRecord
	if err := json.Unmarshal(record, &r); err != nil {
		return nil, errors.New("record of kind erased holds no spans")
	}
	return r.Entries, checkSpans(r.Entries)
}

// CrossHeads reads from the log of another node the heads it recorded of the log
// that key belongs to, in the order recorded. Verify src first. Heads of further
// logs are passed over, a head in this log's name with a wrong signature is an
// error.
func CrossHeads(ctx context.Context, src Source, key note.Verifier) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		for e, err := range src.Entries(ctx, 0) {
			if err != nil {
				yield(nil, fmt.Errorf("read entries: %w", err))
				return
			}
			signed, err := crossHead(e, key)
			if err != nil {
				yield(nil, fmt.Errorf("entry %d: %w", e.Index, err))
				return
			}
			if signed == nil {
				continue
			}
			if !yield(signed, nil) {
				return
			}
		}
	}
}

// crossHead is the head of key's log that an entry records, nil for any other
// entry.
func crossHead(e Entry, key note.Verifier) ([]byte, error) {
	if e.Erased {
		return nil, nil
	}
	if kind, err := scanRecord(e.Record); err != nil || kind != KindHead {
		return nil, err
	}
	signed, err := headOf(e.Record)
	if err != nil || originOf(signed) != key.Name() {
		return nil, err
	}
	_, err = OpenHead(signed, key)
	return signed, err
}

// originOf is the log a note says it is about, unverified.
func originOf(signed []byte) string {
	for i, b := range signed {
		if b == '\n' {
			return string(signed[:i])
		}
	}
	return ""
}
