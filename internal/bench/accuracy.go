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
	"time"

	"github.com/kakitome/kakitome/internal/check"
	"github.com/kakitome/kakitome/internal/kakitest/corpus"
	"github.com/kakitome/kakitome/internal/mail"
	"github.com/kakitome/kakitome/internal/policy"
	"github.com/kakitome/kakitome/internal/roster"
)

// AccuracyOptions say what is judged.
type AccuracyOptions struct {
	Seed    uint64 // of people and mails
	People  int    // in the roster
	Mails   int    // right mails, at least
	Stories int    // of each wrong kind
	Kinds   string // pattern of kinds judged (path.Match); empty: all
	Curve   bool   // also by other ratios of foreign to own weight
	HoldFor bool   // every stream has a hold_for: what a leak has out when it is seen is recalled
	Talk    io.Writer
}

// Judging judges a corpus.
func Judging(o AccuracyOptions) (*Accuracy, error) {
	t, err := newTrial(o)
	if err != nil {
		return nil, err
	}
	t.ways = []*way{newWay(check.FittedWeights())}
	if o.Curve {
		for _, ratio := range curve {
			w := check.FittedWeights()
			w.Ratio = ratio
			t.ways = append(t.ways, newWay(w))
		}
	}
	began := time.Now()
	t.all(t.right(), t.wrong())
	return t.figures(time.Since(began)), nil
}

// curve are the ratios of a curve.
var curve = []float64{0.25, 0.5, 0.67, 0.8, 1.25, 1.5, 2, 4}

// trial judges the mail of one shop, in several ways at once.
type trial struct {
	o          AccuracyOptions
	shop       *corpus.Shop
	know       check.Knowledge
	ways       []*way
	background []judged // right mail that every wrong story comes after
	took       []times
}

// times are what a mail took, in microseconds.
type times struct{ walk, check float64 }

// judged is a mail with what was found in it.
type judged struct {
	corpus.Mail
	found *check.Examined
	times times
}

// story is mails that are judged one after the other, on counts of their own.
type story struct {
	kind  *corpus.Kind // nil: right mail of all kinds
	mails iter.Seq[judged]
}

// trialBackground is more than a stream remembers.
const trialBackground = 900

func newTrial(o AccuracyOptions) (*trial, error) {
	t := &trial{o: o, shop: corpus.New(corpus.Options{Seed: o.Seed, People: o.People})}
	secret := sha256.Sum256([]byte("accuracy"))
	hasher, err := roster.NewHasher(secret[:])
	if err != nil {
		return nil, err
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
	spec := t.shop.Policy()
	if o.HoldFor {
		for i := range spec.Streams {
			spec.Streams[i].HoldFor = 10 * time.Minute
		}
	}
	pol, err := policy.Compile(spec)
	if err != nil {
		return nil, fmt.Errorf("compile the shop's policy: %w", err)
	}
	t.know = check.Knowledge{Hasher: hasher, Roster: index.Snapshot(), Policy: pol}
	t.background = slices.Collect(t.examined(t.shop.Right(trialBackground)))
	return t, nil
}

func (t *trial) wanted(kind string) bool {
	ok, _ := glob.Match(t.o.Kinds, kind)
	return ok || t.o.Kinds == ""
}

// rightWanted tells whether any right kind is.
func (t *trial) rightWanted() bool {
	return slices.ContainsFunc(corpus.Kinds(), func(k *corpus.Kind) bool { return k.Class == "" && t.wanted(k.Name) })
}

// right is right mail, as one long story.
func (t *trial) right() story { return story{mails: t.examined(t.shop.Right(t.o.Mails))} }

// wrong are the stories of the wrong kinds.
func (t *trial) wrong() iter.Seq[story] {
	return func(yield func(story) bool) {
		for _, k := range corpus.Kinds() {
			if k.Class == "" || !t.wanted(k.Name) {
				continue
			}
			_, _ = fmt.Fprintf(t.o.Talk, "%d stories of %s\n", t.o.Stories, k.Name)
			for i := range t.o.Stories {
				if !yield(story{k, t.examined(slices.Values(t.shop.Wrong(k, i)))}) {
					return
				}
			}
		}
	}
}

// examined examines mails, several at a time, and keeps their order.
func (t *trial) examined(mails iter.Seq[corpus.Mail]) iter.Seq[judged] {
	const chunk = 256
	return func(yield func(judged) bool) {
		var batch []judged
		flush := func() bool {
			t.examine(batch)
			for i := range batch {
				if !yield(batch[i]) {
					return false
				}
			}
			batch = batch[:0]
			return true
		}
		for m := range mails {
			if batch = append(batch, judged{Mail: m}); len(batch) == chunk && !flush() {
				return
			}
		}
		flush()
	}
}

func (t *trial) examine(batch []judged) {
	var wg sync.WaitGroup
	workers := runtime.GOMAXPROCS(0)
	for w := range workers {
		wg.Go(func() {
			for i := w; i < len(batch); i += workers {
				t.examineOne(&batch[i])
			}
		})
	}
	wg.Wait()
}

func (t *trial) examineOne(m *judged) {
	stream, _ := t.know.Policy.Stream(m.Stream)
	began := time.Now()
	_ = walk(m.Raw) // some are broken on purpose
	walked := time.Now()
	m.found = check.Examine(check.Input{
		Message: mail.Parse(m.Raw, mail.Limits{}), Envelope: m.Envelope, Stream: stream, At: m.At, Client: m.Client,
	}, t.know)
	m.times = times{micros(walked.Sub(began)), micros(time.Since(walked))}
}

func micros(d time.Duration) float64 { return float64(d.Nanoseconds()) / 1000 }

// all judges right mail, and then each wrong story after the background.
func (t *trial) all(right story, wrong iter.Seq[story]) {
	for _, w := range t.ways {
		w.since(t.background)
		w.counts = check.NewCounts(time.Time{})
	}
	if t.rightWanted() {
		_, _ = fmt.Fprintf(t.o.Talk, "judging %d right mails\n", t.o.Mails)
		t.tell(right)
	}
	for s := range wrong {
		for _, w := range t.ways {
			w.counts = w.afresh()
		}
		t.tell(s)
	}
}

// tell judges one story in all ways.
func (t *trial) tell(s story) {
	for _, w := range t.ways {
		w.reached, w.out = 0, nil
	}
	serial := 0
	for m := range s.mails {
		serial++
		t.took = append(t.took, m.times)
		for _, w := range t.ways {
			w.judge(&m, serial)
		}
	}
	if s.kind == nil {
		return
	}
	for _, w := range t.ways {
		a := w.of(s.kind)
		a.ReachedMost = max(a.ReachedMost, w.reached)
		a.Reached += w.reached
	}
}

// way is one way to judge, and how right it was.
type way struct {
	weights check.Weights
	counts  *check.Counts

	background map[string]*check.StreamCounts

	kinds   map[*corpus.Kind]*KindAccuracy
	errors  []Misjudged
	reached int        // bounded deliveries of the present story that left
	out     []*pending // those that still wait for hold_for
}

// pending is a bounded delivery that waits for hold_for.
type pending struct {
	idents []check.Key
	due    time.Time
}

func newWay(w check.Weights) *way {
	return &way{weights: w, kinds: map[*corpus.Kind]*KindAccuracy{}}
}

func (w *way) of(k *corpus.Kind) *KindAccuracy {
	a := w.kinds[k]
	if a == nil {
		a = &KindAccuracy{Kind: k.Name, Class: k.Class, Says: k.Says, ReachLimit: k.Reach, Closes: k.Closes}
		w.kinds[k] = a
	}
	return a
}

// since lets the background go by.
func (w *way) since(background []judged) {
	w.counts = check.NewCounts(time.Time{})
	for i := range background {
		v := check.DecideBy(w.weights, background[i].found, w.counts)
		w.counts.Apply(background[i].found, v, "background")
		w.resume()
	}
	w.background = w.counts.Streams
}

// afresh are counts that know what went before in the streams, and nothing
// about anybody in particular.
func (w *way) afresh() *check.Counts {
	c := check.NewCounts(time.Time{})
	for name, s := range w.background {
		c.Streams[name] = &check.StreamCounts{Recent: slices.Clone(s.Recent), Week: s.Week}
	}
	return c
}

// resume lets a paused stream go on, as a person would.
func (w *way) resume() {
	for _, s := range w.counts.Streams {
		s.Paused = false
	}
}

// judge decides a mail and compares with the truth.
func (w *way) judge(m *judged, serial int) {
	w.counts.Now = m.At
	v := check.DecideBy(w.weights, m.found, w.counts)
	w.counts.Apply(m.found, v, "first")
	w.recall(v.Effects.Blocks, m.At)
	a := w.of(m.Kind)
	for i := range v.Recipients {
		if w.compare(a, m.Truth[i], m, &v.Recipients[i]) {
			continue
		}
		w.errors = append(w.errors, Misjudged{
			Kind: m.Kind.Name, Story: m.Story, Serial: serial, Truth: m.Truth[i].String(),
			Verdict: check.Explain(m.found, v, func(f *check.Finding) string { return f.Value }),
		})
	}
	if m.Kind.Class == "" {
		w.resume()
	}
}

// compare counts one delivery, and tells whether the verdict was the truth.
func (w *way) compare(a *KindAccuracy, truth corpus.Truth, m *judged, d *check.Decision) bool {
	gone := !d.Hold && d.Duplicate == ""
	switch truth {
	case corpus.Right:
		a.Right++
		if d.Hold && !d.Waits {
			a.FalseHolds++
			return false
		}
	case corpus.Wrong:
		a.Wrong++
		if gone {
			a.Missed++
			return false
		}
	case corpus.Undecidable:
		a.Undecidable++
		if d.Hold {
			a.UndecidableHeld++
		}
	case corpus.Guest, corpus.Mention:
		a.Bounded++
		if !gone {
			break
		}
		w.reached++
		if m.found.Stream.HoldFor > 0 {
			p := &pending{due: m.At.Add(m.found.Stream.HoldFor)}
			for _, e := range d.Exposures {
				p.idents = append(p.idents, e.Ident)
			}
			w.out = append(w.out, p)
		}
	}
	return true
}

// recall brings back what waits with an identifier that is blocked now.
func (w *way) recall(blocks []check.Key, now time.Time) {
	if len(blocks) == 0 {
		return
	}
	w.out = slices.DeleteFunc(w.out, func(p *pending) bool {
		back := now.Before(p.due) && slices.ContainsFunc(p.idents, func(k check.Key) bool { return slices.Contains(blocks, k) })
		if back {
			w.reached--
		}
		return back
	})
}
