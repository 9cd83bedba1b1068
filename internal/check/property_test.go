package check_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/kakitome/kakitome/internal/check"
	"github.com/kakitome/kakitome/internal/jp"
	"github.com/kakitome/kakitome/internal/mail"
	"github.com/kakitome/kakitome/internal/policy"
	"github.com/kakitome/kakitome/internal/roster"
)

// item is a value as the generated mails write it.
type item struct {
	kind jp.Kind
	text string
}

func (v item) household() bool { return v.kind == jp.Address || strings.HasPrefix(v.text, "03-") }

// strong tells whether the value identifies a person by itself.
func (v item) strong() bool {
	return !v.household() && v.kind != jp.Name && v.kind != jp.Birthday && v.kind != jp.PostalCode
}

// town is a small world: some people, and values that nobody declared.
type town struct {
	people [][]item // by person
	loose  []item
}

func pool(kind jp.Kind, format string, n int) []item {
	list := make([]item, n)
	for i := range list {
		list[i] = item{kind, fmt.Sprintf(format, i)}
	}
	return list
}

var (
	emails    = pool(jp.Email, "p%d@example.net", 6)
	guests    = pool(jp.Email, "g%d@example.org", 4)
	mobiles   = pool(jp.Phone, "090-1111-220%d", 6)
	landlines = pool(jp.Phone, "03-1234-567%d", 3)
	addresses = pool(jp.Address, "東京都千代田区丸の内1-2-%d", 4)
	birthdays = pool(jp.Birthday, "1970-01-0%d", 9)[1:]
	names     = []item{{jp.Name, "山田太郎"}, {jp.Name, "佐藤花子"}, {jp.Name, "鈴木健一"}}
	loose     = slices.Concat(guests, pool(jp.Phone, "080-7000-000%d", 3), pool(jp.OrderNo, "KK-0000000%d", 3))
)

var towns = rapid.Custom(func(t *rapid.T) *town {
	w := &town{loose: loose}
	for i := range rapid.IntRange(1, 6).Draw(t, "people") {
		values := []item{{jp.MemberNo, fmt.Sprintf("K10000%d", i)}}
		for _, from := range [][]item{emails, mobiles, landlines, addresses, birthdays, names} {
			if rapid.IntRange(0, 3).Draw(t, "has") > 0 {
				values = append(values, rapid.SampledFrom(from).Draw(t, "value"))
			}
		}
		w.people = append(w.people, values)
	}
	return w
})

func (w *town) owns(p int, v item) bool { return slices.Contains(w.people[p], v) }

func (w *town) declared(v item) bool { return len(w.owners(v)) > 0 }

func (w *town) owners(v item) []int {
	var list []int
	for p := range w.people {
		if w.owns(p, v) {
			list = append(list, p)
		}
	}
	return list
}

// isOwn tells whether a value belongs to somebody who has the address.
func (w *town) isOwn(address string, v item) bool {
	return v.text == address || slices.ContainsFunc(w.owners(item{jp.Email, address}), func(p int) bool { return w.owns(p, v) })
}

func (w *town) values() []item {
	all := slices.Clone(w.loose)
	for _, p := range w.people {
		all = append(all, p...)
	}
	return all
}

// letter is a generated mail.
type letter struct {
	to     []string
	values []item
	wait   time.Duration
}

func letters(w *town, most int) *rapid.Generator[letter] {
	return rapid.Custom(func(t *rapid.T) letter {
		addrs := rapid.SliceOfNDistinct(rapid.SampledFrom(slices.Concat(emails, guests)), 1, most, rapid.ID).Draw(t, "to")
		l := letter{wait: time.Duration(rapid.IntRange(0, 30).Draw(t, "hours")) * time.Hour}
		for _, a := range addrs {
			l.to = append(l.to, a.text)
		}
		l.values = rapid.SliceOfNDistinct(rapid.SampledFrom(w.values()), 0, 6, rapid.ID).Draw(t, "values")
		return l
	})
}

// office judges generated mails.
type office struct {
	tb     rapid.TB
	town   *town
	world  knowledge
	pol    *policy.Policy
	counts *check.Counts
	now    time.Time
	sent   int
}

// knowledge is a hasher and the roster made with it.
type knowledge struct {
	hasher *roster.Hasher
	index  *roster.Index
}

func newOffice(tb rapid.TB, w *town, s policy.Stream) *office {
	tb.Helper()
	h, err := roster.NewHasher([]byte("0123456789abcdef0123456789abcdef"))
	must(tb, err)
	o := &office{tb: tb, town: w, world: knowledge{h, roster.NewIndex(h)}, now: time.Date(2026, 11, 2, 10, 0, 0, 0, time.UTC)}
	var hashed []roster.Hashed
	for p, values := range w.people {
		person := roster.Person{ID: fmt.Sprintf("M-%d", p)}
		for _, v := range values {
			person.Values = append(person.Values, roster.Value{Kind: v.kind, Value: v.text})
		}
		one, errs := h.Hash(person)
		if len(errs) > 0 {
			tb.Fatal(errs)
		}
		hashed = append(hashed, one)
	}
	must(tb, o.world.index.Apply(1, hashed, nil))
	o.pol, err = policy.Compile(policy.Spec{
		Codes: []policy.CodeSpec{{Kind: jp.OrderNo, Pattern: `KK-\d{8}`}}, Streams: []policy.Stream{s},
	})
	must(tb, err)
	o.counts = check.NewCounts(o.now)
	return o
}

func must(tb rapid.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}

// examine reads a letter; each comes from a client of its own.
func (o *office) examine(l letter) *check.Examined {
	o.sent++
	env := mail.Envelope{From: "shop@shop.example"}
	for _, to := range l.to {
		env.Recipients = append(env.Recipients, mail.Recipient{Address: to})
	}
	lines := []string{"From: shop@shop.example", fmt.Sprintf("Message-ID: <%d@shop.example>", o.sent), "Content-Type: text/plain; charset=utf-8", ""}
	for _, v := range l.values {
		lines = append(lines, v.text, "、")
	}
	lines = append(lines, fmt.Sprintf("通目 %d", o.sent), "")
	return o.read(env, strings.Join(lines, "\r\n"))
}

func (o *office) read(env mail.Envelope, raw string) *check.Examined {
	stream, _ := o.pol.Stream("order")
	return check.Examine(check.Input{
		Message: mail.Parse([]byte(raw), mail.Limits{}), Envelope: env, Stream: stream, At: o.now, Client: fmt.Sprint(o.sent),
	}, check.Knowledge{Hasher: o.world.hasher, Roster: o.world.index.Snapshot(), Policy: o.pol})
}

// judge decides on a letter and brings the counts forward.
func (o *office) judge(l letter) (*check.Examined, *check.Verdict) {
	o.now = o.now.Add(l.wait)
	e := o.examine(l)
	v := check.Decide(e, o.counts)
	o.counts.Apply(e, v, fmt.Sprint(o.sent))
	return e, v
}

// resume lets the stream go on, so that a property sees more than a pause.
func (o *office) resume() { o.counts.Streams["order"].Paused = false }

// forget lets the stream go on as if it were new.
func (o *office) forget() { o.counts.Streams["order"] = &check.StreamCounts{} }

func orders(change func(*policy.Stream)) policy.Stream {
	s := policy.DefaultStream("order")
	s.FanIn, s.MentionJump = 200, 1
	change(&s)
	return s
}

// TestOwnership is P1: what leaves for a recipient is more about the recipient
// than about any other person whom it identifies.
func TestOwnership(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		w := towns.Draw(t, "town")
		o := newOffice(t, w, orders(func(*policy.Stream) {}))
		l := letters(w, 4).Draw(t, "letter")
		_, v := o.judge(l)
		for i, to := range l.to {
			if v.Recipients[i].Hold {
				continue
			}
			own, _ := w.weigh(l.values, func(x item) bool { return w.isOwn(to, x) })
			for p := range w.people {
				if w.owns(p, item{jp.Email, to}) {
					continue
				}
				weight, identified := w.weigh(l.values, func(x item) bool { return w.owns(p, x) && !w.isOwn(to, x) })
				if identified && weight >= own {
					t.Fatalf("released to %s with %v: about M-%d by %v, about the recipient by %v", to, l.values, p, weight, own)
				}
			}
		}
	})
}

// weigh adds up, by the table of the design, the values that count.
func (w *town) weigh(values []item, counts func(item) bool) (weight float64, identified bool) {
	var name, rest float64
	strong, beside := false, false
	for _, v := range values {
		if !counts(v) {
			continue
		}
		switch {
		case v.kind == jp.Name:
			n := float64(len(w.owners(v)))
			name = max(name, max(0.5, 2/(1+math.Log2(n))))
		case v.kind == jp.Birthday:
			rest, beside = rest+1, true
		case v.household():
			rest, beside = rest+3, true
		default:
			rest, strong = rest+3, true
		}
	}
	return name + rest, strong || name > 0 && beside
}

// TestFanOut is P2, counted by hand over what was released: who got which
// identifier within the window, without its owner.
func TestFanOut(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		w := towns.Draw(t, "town")
		limit := rapid.IntRange(0, 2).Draw(t, "fan_out")
		window := 72 * time.Hour
		o := newOffice(t, w, orders(func(s *policy.Stream) { s.FanOut, s.Window = limit, window }))
		got := map[item]map[string]time.Time{} // value → recipient → last time
		for _, l := range rapid.SliceOfN(letters(w, 4), 1, 25).Draw(t, "letters") {
			_, v := o.judge(l)
			o.resume()
			for i, to := range l.to {
				if v.Recipients[i].Hold {
					continue
				}
				for _, x := range l.values {
					address := x.kind == jp.Email && x.text == to && !w.declared(x) // its owner's, who learns it like others
					if !x.strong() || w.isOwn(to, x) && !address {
						continue
					}
					if got[x] == nil {
						got[x] = map[string]time.Time{}
					}
					got[x][to] = o.now
					most := limit
					if !w.declared(x) {
						most++
					}
					if n := within(got[x], x.text, o.now.Add(-window)); n > most {
						t.Fatalf("%s reached %d recipients, %d may be", x.text, n, most)
					}
				}
			}
		}
		for x, recipients := range got {
			o.compare(x, recipients)
		}
	})
}

func within(recipients map[string]time.Time, owner string, since time.Time) int {
	n := 0
	for to, at := range recipients {
		if to != owner && at.After(since) {
			n++
		}
	}
	return n
}

// compare tells whether the sightings of a value are what was released.
func (o *office) compare(x item, recipients map[string]time.Time) {
	normal, err := jp.Normal(x.kind, x.text)
	must(o.tb, err)
	got, want := map[check.Key]time.Time{}, map[check.Key]time.Time{}
	for _, s := range o.counts.Sightings[o.world.hasher.Ident(x.kind, normal)] {
		got[s.Recipient] = s.At
	}
	for to, at := range recipients {
		want[o.world.hasher.Recipient(to)] = at
	}
	if diff := cmp.Diff(want, got); diff != "" {
		o.tb.Fatalf("sightings of %s (-released +counted):\n%s", x.text, diff)
	}
}

// TestPure: Decide changes nothing it is given, and Examine and Decide say the
// same when asked again.
func TestPure(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		w := towns.Draw(t, "town")
		o := newOffice(t, w, orders(func(*policy.Stream) {}))
		for _, l := range rapid.SliceOfN(letters(w, 4), 1, 12).Draw(t, "letters") {
			o.now = o.now.Add(l.wait)
			e := o.examine(l)
			o.sent--
			if diff := cmp.Diff(e, o.examine(l)); diff != "" {
				t.Fatalf("examined twice:\n%s", diff)
			}
			before := dump(e, o.counts)
			v := check.Decide(e, o.counts)
			if diff := cmp.Diff(before, dump(e, o.counts)); diff != "" {
				t.Fatalf("Decide changed its input:\n%s", diff)
			}
			if diff := cmp.Diff(v, check.Decide(e, o.counts)); diff != "" {
				t.Fatalf("decided twice:\n%s", diff)
			}
			o.counts.Apply(e, v, "m")
		}
	})
}

func dump(e *check.Examined, c *check.Counts) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%+v\n%+v\n%+v\n%+v\n%+v\n%+v\n%+v\n", *e, c.Sightings, c.Blocked, c.Received, c.Seen, c.Repeats, c.Now)
	for name, s := range c.Streams {
		fmt.Fprintf(&b, "%s %+v\n", name, *s)
	}
	var clients []string
	for key, s := range c.Clients {
		clients = append(clients, fmt.Sprintf("%v %+v", key, *s))
	}
	slices.Sort(clients)
	return b.String() + strings.Join(clients, "\n")
}

// TestObserve: in observe mode all leaves, and nothing is blocked or paused.
func TestObserve(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		w := towns.Draw(t, "town")
		o := newOffice(t, w, orders(func(s *policy.Stream) { s.Mode, s.FanIn, s.MentionJump = policy.Observe, 1, 0.1 }))
		for _, l := range rapid.SliceOfN(letters(w, 4), 1, 25).Draw(t, "letters") {
			l.wait = 0
			_, v := o.judge(l)
			for _, d := range v.Recipients {
				if d.Hold || d.Waits || d.String() != "release" {
					t.Fatalf("held in observe mode: %+v", d)
				}
			}
			if len(v.Effects.Blocks) > 0 || len(o.counts.Blocked) > 0 || o.counts.Streams["order"].Paused {
				t.Fatal("blocked or paused in observe mode")
			}
		}
		for ident, list := range o.counts.Sightings {
			for _, s := range list {
				if s.Learned || s.Days > 0 {
					t.Fatalf("%s was learned from what was only observed", ident)
				}
			}
		}
	})
}

// TestSplit: a mail to several recipients is judged like one mail for each. What
// is forgotten are the last mails of the stream: they are counted as mails.
func TestSplit(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		w := towns.Draw(t, "town")
		whole, split := newOffice(t, w, orders(func(*policy.Stream) {})), newOffice(t, w, orders(func(*policy.Stream) {}))
		for _, l := range rapid.SliceOfN(letters(w, 4), 1, 8).Draw(t, "letters") {
			_, v := whole.judge(l)
			whole.forget()
			for i, to := range l.to {
				one := letter{to: []string{to}, values: l.values}
				if i == 0 {
					one.wait = l.wait
				} else {
					split.sent-- // the same bytes
				}
				_, single := split.judge(one)
				split.forget()
				if diff := cmp.Diff(v.Recipients[i], single.Recipients[0]); diff != "" {
					t.Fatalf("%s with %v (-together +alone):\n%s", to, l.values, diff)
				}
			}
		}
		if diff := cmp.Diff(whole.counts.Sightings, split.counts.Sightings); diff != "" {
			t.Fatalf("sightings (-together +alone):\n%s", diff)
		}
		if diff := cmp.Diff(whole.counts.Received, split.counts.Received); diff != "" {
			t.Fatalf("receipts (-together +alone):\n%s", diff)
		}
	})
}

// TestApply: the counts are what a recount of all verdicts gives.
func TestApply(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		w := towns.Draw(t, "town")
		o := newOffice(t, w, orders(func(s *policy.Stream) { s.FanIn = 2 }))
		repeats, seen, blocked := map[check.Repeat]int{}, map[check.Seen]string{}, map[check.Key]bool{}
		var mentions, flagged int64
		all := rapid.SliceOfN(letters(w, 4), 1, 20).Draw(t, "letters")
		for _, l := range all {
			e, v := o.judge(l)
			o.resume()
			told, bad := false, false
			for i := range l.to {
				d := &v.Recipients[i]
				repeats[check.Repeat{Content: e.Content, Recipient: e.Recipients[i].Key}]++
				seen[check.Seen{MessageID: e.MessageID, Digest: e.Digest, Recipient: e.Recipients[i].Key}] = fmt.Sprint(o.sent)
				for _, r := range d.Reasons {
					bad = bad || r.Rule == check.Ownership || r.Rule == check.FanOut
					if r.Rule == check.FanOut {
						blocked[r.Ident] = true
					}
				}
			}
			told = v.Effects.Outcome.Mention
			mentions += count(told)
			flagged += count(bad)
		}
		s := o.counts.Streams["order"]
		var recent int64
		for _, one := range s.Recent {
			recent += count(one.Flagged)
		}
		want := []any{repeats, seen, blocked, check.Share{Mails: int64(len(all)), Mentions: mentions}, len(all), flagged}
		got := []any{o.counts.Repeats, o.counts.Seen, o.counts.Blocked, s.Week, len(s.Recent), recent}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("recount (-want +got):\n%s", diff)
		}
	})
}

func count(b bool) int64 {
	if b {
		return 1
	}
	return 0
}
