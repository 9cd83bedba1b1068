package bench

import (
	"crypto/sha256"
	"fmt"
	"io"
	"iter"
	glob "path"
	"runtime"
	"slices"
	"sync"
	"text/tabwriter"
	"time"

	"github.com/kakitome/kakitome/internal/check"
	"github.com/kakitome/kakitome/internal/kakitest/corpus"
	"github.com/kakitome/kakitome/internal/mail"
	"github.com/kakitome/kakitome/internal/policy"
	"github.com/kakitome/kakitome/internal/roster"
)

// AccuracyOptions say what is judged.
type AccuracyOptions struct {
	Seed    uint64
	People  int    // in the roster
	Mails   int    // right mails, at least
	Stories int    // of each wrong kind
	Kinds   string // pattern of kinds judged (path.Match); empty: all
	Talk    io.Writer
}

// Accuracy is how right the verdicts were.
type Accuracy struct {
	Seed   uint64          `json:"seed"`
	People int             `json:"people"`
	Mails  int             `json:"mails"`
	Kinds  []*KindAccuracy `json:"kinds"`
	Errors []Misjudged     `json:"errors"` // every miss and every false hold
}

// KindAccuracy is how right they were on one kind. All counts are of
// deliveries: a mail to two recipients is two.
type KindAccuracy struct {
	Kind        string `json:"kind"`
	Class       string `json:"class,omitempty"`
	Right       int    `json:"right"`
	FalseHolds  int    `json:"false_holds"` // of Right
	Wrong       int    `json:"wrong"`
	Missed      int    `json:"missed"` // of Wrong
	Bounded     int    `json:"bounded"`
	Reached     int    `json:"reached"`     // of Bounded: left
	ReachedMost int    `json:"reach_most"`  // in one story
	ReachLimit  int    `json:"reach_limit"` // -1: cannot be seen
	Undecidable int    `json:"undecidable"`
	Held        int    `json:"undecidable_held"` // of Undecidable
}

// Misjudged is one verdict that was not the truth.
type Misjudged struct {
	Kind    string     `json:"kind"`
	Story   int        `json:"story"`
	Serial  int        `json:"serial"` // of the mail within its run
	Truth   string     `json:"truth"`
	Verdict *check.Doc `json:"verdict"`
}

// Judging judges a corpus.
func Judging(o AccuracyOptions) (*Accuracy, error) {
	t, err := newTrial(o)
	if err != nil {
		return nil, err
	}
	if t.wanted("") {
		_, _ = fmt.Fprintf(o.Talk, "judging %d right mails\n", o.Mails)
	}
	t.right()
	for _, k := range corpus.Kinds() {
		if k.Class == "" || !t.wanted(k.Name) {
			continue
		}
		_, _ = fmt.Fprintf(o.Talk, "judging %d stories of %s\n", o.Stories, k.Name)
		for i := range o.Stories {
			t.wrong(k, i)
		}
	}
	slices.SortFunc(t.result.Errors, func(a, b Misjudged) int { return slices.Compare([]int{a.Story, a.Serial}, []int{b.Story, b.Serial}) })
	return t.result, nil
}

// trial judges the mail of one shop.
type trial struct {
	o          AccuracyOptions
	shop       *corpus.Shop
	know       check.Knowledge
	kinds      map[string]*KindAccuracy
	result     *Accuracy
	background []judged // right mail that every wrong story comes after
}

// judged is a mail with what was found in it.
type judged struct {
	corpus.Mail
	found *check.Examined
}

const trialBackground = 300

func newTrial(o AccuracyOptions) (*trial, error) {
	secret := sha256.Sum256([]byte("accuracy"))
	hasher, err := roster.NewHasher(secret[:])
	if err != nil {
		return nil, err
	}
	t := &trial{
		o: o, shop: corpus.New(corpus.Options{Seed: o.Seed, People: o.People}), kinds: map[string]*KindAccuracy{},
		result: &Accuracy{Seed: o.Seed, People: o.People},
	}
	index := roster.NewIndex(hasher)
	_, _ = fmt.Fprintf(o.Talk, "building the roster of %d people\n", o.People)
	err = index.Load(1, func(yield func(roster.Hashed, error) bool) {
		for p := range t.shop.Roster() {
			h, wrong := hasher.Hash(p)
			if len(wrong) > 0 {
				yield(h, fmt.Errorf("hash made-up person %s: %w", p.ID, wrong[0]))
				return
			}
			if !yield(h, nil) {
				return
			}
		}
	})
	if err != nil {
		return nil, err
	}
	pol, err := policy.Compile(t.shop.Policy())
	if err != nil {
		return nil, fmt.Errorf("compile the shop's policy: %w", err)
	}
	t.know = check.Knowledge{Hasher: hasher, Roster: index.Snapshot(), Policy: pol}
	for _, k := range corpus.Kinds() {
		if t.wanted(k.Name) {
			t.kinds[k.Name] = &KindAccuracy{Kind: k.Name, Class: k.Class, ReachLimit: k.Reach}
			t.result.Kinds = append(t.result.Kinds, t.kinds[k.Name])
		}
	}
	for m := range t.examined(t.shop.Right(trialBackground)) {
		t.background = append(t.background, m)
	}
	return t, nil
}

func (t *trial) wanted(kind string) bool {
	if t.o.Kinds == "" {
		return true
	}
	ok, _ := glob.Match(t.o.Kinds, kind)
	return ok
}

// examined examines mails, several at a time, and keeps their order.
func (t *trial) examined(mails iter.Seq[corpus.Mail]) iter.Seq[judged] {
	const chunk = 256
	return func(yield func(judged) bool) {
		next, stop := iter.Pull(mails)
		defer stop()
		for {
			var batch []judged
			for len(batch) < chunk {
				m, ok := next()
				if !ok {
					break
				}
				batch = append(batch, judged{Mail: m})
			}
			t.examine(batch)
			for _, m := range batch {
				if !yield(m) {
					return
				}
			}
			if len(batch) < chunk {
				return
			}
		}
	}
}

func (t *trial) examine(batch []judged) {
	var wg sync.WaitGroup
	workers := runtime.GOMAXPROCS(0)
	for w := range workers {
		wg.Go(func() {
			for i := w; i < len(batch); i += workers {
				m := &batch[i]
				stream, _ := t.know.Policy.Stream(m.Stream)
				m.found = check.Examine(check.Input{
					Message: mail.Parse(m.Raw, mail.Limits{}), Envelope: m.Envelope, Stream: stream, At: m.At, Client: m.Client,
				}, t.know)
			}
		})
	}
	wg.Wait()
}

// right judges right mail as one long stream.
func (t *trial) right() {
	counts := check.NewCounts(time.Time{})
	serial := 0
	for m := range t.examined(t.shop.Right(t.o.Mails)) {
		serial++
		t.judge(counts, &m, serial)
		t.resume(counts)
		t.result.Mails++
	}
}

// wrong judges one wrong story after the background.
func (t *trial) wrong(k *corpus.Kind, i int) {
	mails := t.shop.Wrong(k, i)
	batch := make([]judged, len(mails))
	for n := range mails {
		batch[n].Mail = mails[n]
	}
	t.examine(batch)
	counts := check.NewCounts(time.Time{})
	back := mails[0].At.Add(-time.Hour)
	for n := range t.background {
		m := t.background[n]
		found := *m.found
		found.At = back.Add(time.Duration(n) * time.Second)
		counts.Apply(&found, check.Decide(&found, counts), "background")
		t.resume(counts)
	}
	reached := 0
	for n := range batch {
		reached += t.judge(counts, &batch[n], n+1)
		t.result.Mails++
	}
	if a := t.kinds[k.Name]; a != nil {
		a.ReachedMost = max(a.ReachedMost, reached)
	}
}

// resume lets a paused stream go on, as a person would.
func (t *trial) resume(counts *check.Counts) {
	for _, s := range counts.Streams {
		s.Paused = false
	}
}

// judge decides a mail and compares with the truth; it tells how many bounded
// deliveries left.
func (t *trial) judge(counts *check.Counts, m *judged, serial int) (reached int) {
	counts.Now = m.At
	v := check.Decide(m.found, counts)
	counts.Apply(m.found, v, "first")
	a := t.kinds[m.Kind.Name]
	if a == nil {
		return 0
	}
	mistaken := corpus.Truth(0)
	bad := false
	for i, d := range v.Recipients {
		held := d.Hold
		switch truth := m.Truth[i]; truth {
		case corpus.Right:
			a.Right++
			if held && !d.Waits {
				a.FalseHolds++
				bad, mistaken = true, truth
			}
		case corpus.Wrong:
			a.Wrong++
			if !held && d.Duplicate == "" {
				a.Missed++
				bad, mistaken = true, truth
			}
		case corpus.Undecidable:
			a.Undecidable++
			if held {
				a.Held++
			}
		case corpus.Guest, corpus.Nameless:
			a.Bounded++
			if !held && d.Duplicate == "" {
				a.Reached++
				reached++
			}
		}
	}
	if bad {
		t.result.Errors = append(t.result.Errors, Misjudged{
			Kind: m.Kind.Name, Story: m.Story, Serial: serial, Truth: mistaken.String(),
			Verdict: check.Explain(m.found, v, func(f *check.Finding) string { return f.Value }),
		})
	}
	return reached
}

// Tell prints the figures.
func (a *Accuracy) Tell(w io.Writer) error {
	tab := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	_, _ = fmt.Fprintln(tab, "kind\tclass\tright\tfalse holds\twrong\tmissed\tbounded\treached\tmost\tlimit\tundecidable\theld\t")
	for _, k := range a.Kinds {
		_, _ = fmt.Fprintf(tab, "%s\t%s\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t\n", k.Kind, k.Class, k.Right, k.FalseHolds, k.Wrong, k.Missed,
			k.Bounded, k.Reached, k.ReachedMost, k.ReachLimit, k.Undecidable, k.Held)
	}
	return tab.Flush()
}
