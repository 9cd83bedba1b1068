package ledger

import (
	"context"
	"errors"
	"fmt"
	"iter"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// progressEvery is how many entries pass between two calls of progress.
const progressEvery = 4096

// Verify reads a log from its first entry to its last and recomputes all of it:
// indexes have no gap, every leaf commits to its record and salt unless both are
// erased, every stored hash is the recomputed one, and every head is signed by
// key and is the root of the tree at its size. It stops at the first thing that
// is wrong and names it in Report.Bad. The error is non-nil only when the source
// could not be read to the end or ctx ended; then nothing is proven.
//
// Memory stays constant but for the spans of erased entries. Progress may be nil.
//
// A log cut back together with its heads is a good, shorter log to Verify; see
// CheckHeads.
func Verify(ctx context.Context, src Source, key note.Verifier, progress func(done, total int64)) (Report, error) {
	if progress == nil {
		progress = func(int64, int64) {}
	}
	size, err := src.Size(ctx)
	if err != nil {
		return Report{}, fmt.Errorf("read size: %w", err)
	}
	v := &verifier{key: key, tree: &Appender{}}
	v.report = Report{Origin: key.Name(), Size: size, Cross: map[string]int64{}}

	var stop func()
	v.nextHash, stop = iter.Pull2(src.StoredHashes(ctx, 0))
	defer stop()
	v.nextHead, stop = iter.Pull2(src.Heads(ctx))
	defer stop()

	err = v.run(ctx, src, progress)
	if errors.As(err, &v.report.Bad) {
		err = nil
	}
	v.report.Unexplained = v.erased.without(v.explained)
	return v.report, err
}

// verifier walks a log. Its methods return a *Finding for what is wrong with the
// log, and any other error for what kept it from being read.
type verifier struct {
	key       note.Verifier
	tree      *Appender
	nextHash  func() (tlog.Hash, error, bool)
	nextHead  func() ([]byte, error, bool)
	head      *Head // read, not yet reached
	headsDone bool
	erased    spans
	explained spans
	report    Report
}

func (v *verifier) run(ctx context.Context, src Source, progress func(done, total int64)) error {
	size := v.report.Size
	if size < 0 || size > MaxSize {
		return &Finding{0, Truncated, "the size is impossible"}
	}
	if err := v.heads(); err != nil {
		return err
	}
	if size > 0 {
		for e, err := range src.Entries(ctx, 0) {
			if err != nil {
				return fmt.Errorf("read entries: %w", err)
			}
			if err := v.entry(e); err != nil {
				return err
			}
			if v.report.Checked%progressEvery == 0 {
				progress(v.report.Checked, size)
				if err := ctx.Err(); err != nil {
					return err
				}
			}
			if v.report.Checked == size {
				break
			}
		}
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	progress(v.report.Checked, size)
	if v.report.Checked < size {
		return &Finding{v.report.Checked, Truncated, fmt.Sprintf("the log ends here, %d entries are said to be there", size)}
	}
	if v.head != nil {
		return &Finding{v.head.Size, Truncated, fmt.Sprintf("a signed head covers %d entries, %d are there", v.head.Size, size)}
	}
	return nil
}

// entry checks the next entry and all that hangs on it.
func (v *verifier) entry(e Entry) error {
	want := v.report.Checked
	if e.Index != want {
		return &Finding{want, BadIndex, fmt.Sprintf("entry %d stands in its place", e.Index)}
	}
	kind, err := e.check()
	if err != nil {
		return &Finding{want, BadRecord, err.Error()}
	}
	if err := v.known(e, kind); err != nil {
		return &Finding{want, BadRecord, err.Error()}
	}
	for _, s := range v.tree.Add(e.Leaf) {
		got, err, ok := v.nextHash()
		switch {
		case err != nil:
			return fmt.Errorf("read stored hashes: %w", err)
		case !ok:
			return &Finding{want, BadHash, fmt.Sprintf("stored hash %d is missing", s.Index)}
		case got != s.Hash:
			return &Finding{want, BadHash, fmt.Sprintf("stored hash %d is not that of the entries", s.Index)}
		}
	}
	v.report.Checked++
	return v.heads()
}

// known takes note of erased entries and of the records this package reads.
func (v *verifier) known(e Entry, kind string) error {
	switch {
	case e.Erased:
		v.report.Erased++
		v.erased.add(Span{e.Index, e.Index + 1})
	case kind == KindHead:
		signed, err := headOf(e.Record)
		if err != nil {
			return err
		}
		v.report.Cross[originOf(signed)]++
	case kind == KindErased:
		named, err := erasedSpans(e.Record)
		if err != nil {
			return err
		}
		for _, s := range named {
			v.explained.add(s)
		}
	}
	return nil
}

// heads checks the heads of the size reached, and reads on to the next one.
func (v *verifier) heads() error {
	for {
		if v.head == nil && !v.headsDone {
			if err := v.readHead(); err != nil {
				return err
			}
		}
		if v.head == nil || v.head.Size > v.tree.Size() {
			return nil
		}
		if v.head.Size < v.tree.Size() {
			return &Finding{v.head.Size, BadHead, fmt.Sprintf("a head of this size follows one of size %d", v.report.Last.Size)}
		}
		if v.head.Root != v.tree.Root() {
			return &Finding{v.head.Size, BadHead, "the signed root is not that of the entries"}
		}
		v.report.Heads++
		v.report.Last = *v.head
		v.head = nil
	}
}

func (v *verifier) readHead() error {
	signed, err, ok := v.nextHead()
	if err != nil {
		return fmt.Errorf("read heads: %w", err)
	}
	if !ok {
		v.headsDone = true
		return nil
	}
	h, err := OpenHead(signed, v.key)
	if err != nil {
		return &Finding{v.report.Last.Size, BadHead, "the head after that of this size: " + err.Error()}
	}
	v.head = &h
	return nil
}

// CheckHeads holds a log of the given size to signed heads that were kept
// elsewhere, such as in the logs of other nodes (CrossHeads) or by an auditor:
// in their order they grow, and each is the root of the tree at its size. Use it
// after Verify on the same log, which has shown the stored hashes to be good. The
// count is of heads found good; the error is a *Finding when the log is wrong.
func CheckHeads(size int64, stored tlog.HashReader, heads iter.Seq2[[]byte, error], key note.Verifier) (int64, error) {
	var good, last int64
	for signed, err := range heads {
		if err != nil {
			return good, fmt.Errorf("read heads: %w", err)
		}
		h, err := OpenHead(signed, key)
		switch {
		case err != nil:
			return good, &Finding{last, BadHead, "the head after that of this size: " + err.Error()}
		case h.Size < last:
			return good, &Finding{h.Size, BadHead, fmt.Sprintf("a head of this size follows one of size %d", last)}
		case h.Size > size:
			return good, &Finding{h.Size, Truncated, fmt.Sprintf("a signed head covers %d entries, %d are there", h.Size, size)}
		}
		tree, err := NewAppender(h.Size, stored)
		if err != nil {
			return good, err
		}
		if tree.Root() != h.Root {
			return good, &Finding{h.Size, BadHead, "the signed root is not that of the entries"}
		}
		good++
		last = h.Size
	}
	return good, nil
}
