package bench

import (
	"crypto/sha256"
	"fmt"
	"io"
	"iter"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/kakitome/kakitome/internal/jp"
	"github.com/kakitome/kakitome/internal/kakitest/people"
	"github.com/kakitome/kakitome/internal/roster"
)

// Match are the figures of roster and scan alone.
type Match struct {
	People        int     `json:"people"`
	Identifiers   int     `json:"identifiers"`
	Build         float64 `json:"build_seconds"` // from clear values: hashing and index
	Open          float64 `json:"open_seconds"`  // from stored hashes, as at a start
	PerIdentifier float64 `json:"bytes_per_identifier"`
	RSS           int64   `json:"rss_bytes"`
	P50           float64 `json:"us_per_mail_p50"` // fold, find, hash and look up
	P99           float64 `json:"us_per_mail_p99"`
	Runes         int     `json:"mail_runes"`
	False         float64 `json:"false_candidates_per_mail"` // places that had to be hashed and were nothing
	Found         float64 `json:"found_per_mail"`
	Visible       float64 `json:"update_visible_seconds"` // the slowest of the four below
	VisibleFirst  float64 `json:"update_first_seconds"`   // a change after a start
	VisibleLater  float64 `json:"update_later_seconds"`   // beside thousands of other changes
	VisibleMerge  float64 `json:"update_merge_seconds"`   // while the whole index is merged anew
	VisibleMany   float64 `json:"update_many_seconds"`    // of a tenth of all people at once
	Merge         float64 `json:"merge_seconds"`          // what such a merge takes, beside
	Load          float64 `json:"load_average"`
}

const (
	matchRunes = 2000
	matchMails = 2000
)

// Matching measures the roster of n people.
func Matching(n int, talk io.Writer) (*Match, error) {
	secret := sha256.Sum256([]byte("bench"))
	hasher, err := roster.NewHasher(secret[:])
	if err != nil {
		return nil, err
	}
	m := &matching{hasher: hasher, index: roster.NewIndex(hasher), all: people.New(peopleSeed), n: n}
	f := &Match{People: n, Runes: matchRunes, Load: loadAverage()}
	_, _ = fmt.Fprintf(talk, "building the index of %d people\n", n)
	before := heap()
	if err := m.build(f); err != nil {
		return nil, err
	}
	used := heap() - before
	f.RSS = resident()
	kinds, _ := m.index.Snapshot().Count()
	for _, k := range kinds {
		f.Identifiers += k
	}
	f.PerIdentifier = float64(used) / float64(max(1, f.Identifiers))
	_, _ = fmt.Fprintf(talk, "scanning %d mails\n", min(matchMails, n))
	m.scan(f)
	_, _ = fmt.Fprintln(talk, "changing people")
	if err := m.change(f); err != nil {
		return nil, err
	}
	runtime.KeepAlive(m.index)
	return f, nil
}

type matching struct {
	hasher *roster.Hasher
	index  *roster.Index
	all    *people.People
	n      int
}

// person is a made-up person as the roster takes it.
func (m *matching) person(i int) roster.Person {
	p := m.all.At(i)
	out := roster.Person{ID: memberNo(i)}
	for _, v := range []roster.Value{
		{Kind: jp.Email, Value: p.Email}, {Kind: jp.Phone, Value: p.Mobile}, {Kind: jp.Phone, Value: p.Landline},
		{Kind: jp.Name, Value: p.Name()}, {Kind: jp.NameKana, Value: p.Kana()}, {Kind: jp.NameLatin, Value: p.Latin()},
		{Kind: jp.PostalCode, Value: p.PostalCode}, {Kind: jp.Address, Value: p.Address()},
		{Kind: jp.Birthday, Value: p.Birthday.Format(time.DateOnly)}, {Kind: jp.MemberNo, Value: memberNo(i)},
	} {
		if v.Value != "" {
			out.Values = append(out.Values, v)
		}
	}
	return out
}

// build makes the index of people who are made up on the way; the time for
// that is not counted.
func (m *matching) build(f *Match) error {
	var making, hashing time.Duration
	var bad error
	began := time.Now()
	var seq iter.Seq2[roster.Hashed, error] = func(yield func(roster.Hashed, error) bool) {
		for i := range m.n {
			t0 := time.Now()
			p := m.person(i)
			t1 := time.Now()
			h, wrong := m.hasher.Hash(p)
			if len(wrong) > 0 {
				bad = fmt.Errorf("hash made-up person: %w", wrong[0])
			}
			making, hashing = making+t1.Sub(t0), hashing+time.Since(t1)
			if !yield(h, bad) {
				return
			}
		}
	}
	if err := m.index.Load(1, seq); err != nil {
		return err
	}
	all := time.Since(began) - making
	f.Build, f.Open = all.Seconds(), (all - hashing).Seconds()
	return nil
}

// text is a mail of matchRunes runes to person i.
func (m *matching) text(i int) string {
	p := m.all.At(i)
	var b strings.Builder
	b.WriteString(confirmation(&p, i, i))
	runes := []rune(b.String())
	for len(runes) < matchRunes {
		runes = append(runes, []rune(terms)...)
	}
	return string(runes[:matchRunes])
}

// scan does for many mails what the examination of a mail does with the
// roster: find what is declared and what has a shape, and look up the owners.
func (m *matching) scan(f *Match) {
	s := m.index.Snapshot()
	mails := min(matchMails, m.n)
	took := make([]float64, 0, mails)
	found, candidates := 0, 0
	for i := range mails {
		text := m.text(i * 7919 % m.n)
		began := time.Now()
		folded := jp.FoldText(text)
		hits := s.Find(folded)
		for _, h := range hits {
			s.Owners(h.Ident)
		}
		tokens := folded.Tokens()
		for _, t := range tokens {
			s.Owners(m.hasher.Ident(t.Kind, t.Normal))
		}
		took = append(took, float64(time.Since(began).Nanoseconds())/1000)
		found += len(hits) + len(tokens)
		candidates += s.FalseCandidates(folded)
	}
	slices.Sort(took)
	f.P50, f.P99 = took[len(took)/2], took[len(took)*99/100]
	f.Found, f.False = float64(found)/float64(mails), float64(candidates)/float64(mails)
}

// change times changes: the first, one beside many, some while all is merged,
// and a tenth of all at once.
func (m *matching) change(f *Match) error {
	version, next := int64(1), 0
	apply := func(n int) (float64, error) {
		put := make([]roster.Hashed, 0, n)
		for range n {
			h, _ := m.hasher.Hash(m.person(next % m.n))
			put, next = append(put, h), next+1
		}
		version++
		began := time.Now()
		err := m.index.Apply(version, put, nil)
		return time.Since(began).Seconds(), err
	}
	var err error
	if f.VisibleFirst, err = apply(1); err != nil {
		return err
	}
	if _, err = apply(max(5000, m.n/100)); err != nil { // more than an index keeps aside before it merges
		return err
	}
	if f.VisibleLater, err = apply(1); err != nil {
		return err
	}
	merged := make(chan error, 1)
	began := time.Now()
	go func() {
		err := m.index.Merge()
		f.Merge = time.Since(began).Seconds()
		merged <- err
	}()
	often := time.NewTicker(100 * time.Millisecond)
	defer often.Stop()
	for merging := true; merging; {
		one, failed := apply(10)
		f.VisibleMerge = max(f.VisibleMerge, one)
		select {
		case err = <-merged:
			merging = false
		case <-often.C:
			err = failed
		}
		if err != nil {
			return err
		}
	}
	f.VisibleMany, err = apply(m.n / 10)
	f.Visible = max(f.VisibleFirst, f.VisibleLater, f.VisibleMerge, f.VisibleMany)
	return err
}

// heap is what is in use after a collection, in bytes.
func heap() int64 {
	debug.FreeOSMemory()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc) //nolint:gosec // far below 2^63
}

// resident is the memory of this process as the system counts it, in bytes.
func resident() int64 {
	data, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return 0
	}
	fields := strings.Fields(string(data))
	if len(fields) < 2 {
		return 0
	}
	pages, _ := strconv.ParseInt(fields[1], 10, 64)
	return pages * int64(os.Getpagesize())
}

// Tell prints the figures for people.
func (f *Match) Tell(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	line := func(format string, args ...any) { _, _ = fmt.Fprintf(t, format+"\n", args...) }
	line("people\t%d with %d identifiers", f.People, f.Identifiers)
	line("build\t%.2f s from clear values, %.2f s from stored hashes", f.Build, f.Open)
	line("memory\t%.0f B per identifier, %d MiB resident", f.PerIdentifier, f.RSS>>20)
	line("scan\t%.0f µs per mail of %d runes, p99 %.0f µs", f.P50, f.Runes, f.P99)
	line("found\t%.1f per mail, and %.2f false candidates", f.Found, f.False)
	line("change\tvisible after %.1f ms, beside many others %.1f ms, during a merge of %.1f s %.0f ms", f.VisibleFirst*1000, f.VisibleLater*1000, f.Merge, f.VisibleMerge*1000)
	line("change of a tenth\tvisible after %.2f s", f.VisibleMany)
	line("load\t%.1f", f.Load)
	if err := t.Flush(); err != nil {
		return fmt.Errorf("print figures: %w", err)
	}
	return nil
}
