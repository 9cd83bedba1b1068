package scope_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/kakitome/kakitome/internal/jp"
	"github.com/kakitome/kakitome/internal/roster"
	"github.com/kakitome/kakitome/internal/scope"
)

var noon = time.Date(2019, 7, 13, 12, 0, 0, 0, time.UTC)

func key(kind byte, n int) roster.Key { return roster.Key{kind, byte(n >> 8), byte(n), 1} }

// fact is that mail n carried person p's datum of a kind to recipient r.
func fact(n, p, r int, kind jp.Kind, fate scope.Fate, wrong bool) scope.Fact {
	f := scope.Fact{
		Delivery: fmt.Sprintf("m%d.%d", n, r), Mail: fmt.Sprint("m", n), Stream: "order", At: noon.Add(time.Duration(n) * time.Minute),
		Recipient: key('r', r), Person: key('p', p), Ident: key('i', p*100+int(kind)), Kind: kind, Fate: fate, Wrong: wrong,
	}
	if p == 0 {
		f.Person = roster.Key{}
	}
	return f
}

// guest is fact for an identifier that nobody declared.
func guest(n, ident, r int, kind jp.Kind, fate scope.Fate) scope.Fact {
	f := fact(n, 0, r, kind, fate, true)
	f.Ident = key('g', ident)
	return f
}

// people: person n has the address of recipient n; person 9 is a canary.
var people = scope.People{
	At: func(r roster.Key) []roster.Key {
		if r[2] > 100 {
			return nil
		}
		return []roster.Key{key('p', int(r[2]))}
	},
	Canary: func(p roster.Key) bool { return p == key('p', 9) },
}

func TestNumbers(t *testing.T) {
	t.Parallel()
	bare := fact(3, 1, 7, 0, scope.Possibly, false)
	for name, c := range map[string]struct {
		facts  []scope.Fact
		unread []scope.Unread
		want   scope.Numbers
	}{
		"one person to two": {
			facts: []scope.Fact{
				fact(1, 1, 2, jp.Name, scope.Relayed, true), fact(1, 1, 2, jp.Phone, scope.Relayed, true), fact(1, 1, 3, jp.Phone, scope.Relayed, true),
			},
			want: scope.Numbers{Persons: scope.Bound{1, 1}, Recipients: scope.Bound{2, 2}, Mails: scope.Bound{1, 1}},
		},
		"mails are not persons": {
			facts: []scope.Fact{
				fact(1, 1, 2, jp.Name, scope.Relayed, true), fact(2, 1, 2, jp.Name, scope.Relayed, true), fact(3, 4, 2, jp.Name, scope.Relayed, true),
			},
			want: scope.Numbers{Persons: scope.Bound{2, 2}, Recipients: scope.Bound{1, 1}, Mails: scope.Bound{3, 3}},
		},
		"possibly widens": {
			facts: []scope.Fact{fact(1, 1, 2, jp.Name, scope.Relayed, true), fact(2, 3, 4, jp.Name, scope.Possibly, true)},
			want:  scope.Numbers{Persons: scope.Bound{1, 2}, Recipients: scope.Bound{1, 2}, Mails: scope.Bound{1, 2}},
		},
		"allowed widens, and joins nothing to certainty": {
			facts: []scope.Fact{fact(1, 1, 2, jp.Name, scope.Relayed, false), fact(2, 1, 2, jp.Name, scope.Stopped, true)},
			want:  scope.Numbers{Persons: scope.Bound{0, 1}, Recipients: scope.Bound{0, 1}, Mails: scope.Bound{0, 1}},
		},
		"stopped": {
			facts: []scope.Fact{fact(1, 1, 2, jp.Name, scope.Stopped, true)},
			want:  scope.Numbers{Stopped: 1},
		},
		"canaries are nobody": {
			facts: []scope.Fact{fact(1, 9, 2, jp.Name, scope.Relayed, true), fact(1, 1, 2, jp.Name, scope.Relayed, true)},
			want:  scope.Numbers{Persons: scope.Bound{1, 1}, Recipients: scope.Bound{1, 1}, Mails: scope.Bound{1, 1}, Canaries: 1},
		},
		"guests": {
			facts: []scope.Fact{
				guest(1, 1, 2, jp.Email, scope.Relayed), guest(1, 2, 2, jp.Email, scope.Relayed), guest(1, 3, 2, jp.Phone, scope.Relayed),
				guest(2, 4, 3, jp.Phone, scope.Possibly), guest(2, 1, 3, jp.Email, scope.Relayed),
			},
			want: scope.Numbers{Persons: scope.Bound{1, 4}, Guests: scope.Bound{2, 4}, Recipients: scope.Bound{2, 2}, Mails: scope.Bound{2, 2}},
		},
		"an order's number is the buyer's": {
			facts: []scope.Fact{fact(1, 1, 2, jp.Name, scope.Relayed, true), guest(1, 1, 2, jp.OrderNo, scope.Relayed)},
			want:  scope.Numbers{Persons: scope.Bound{1, 1}, Recipients: scope.Bound{1, 1}, Mails: scope.Bound{1, 1}},
		},
		"the number alone is somebody's": {
			facts: []scope.Fact{
				fact(1, 1, 2, jp.Name, scope.Relayed, true), guest(1, 1, 2, jp.OrderNo, scope.Relayed), guest(2, 1, 3, jp.OrderNo, scope.Relayed),
			},
			want: scope.Numbers{Persons: scope.Bound{1, 2}, Guests: scope.Bound{1, 1}, Recipients: scope.Bound{2, 2}, Mails: scope.Bound{2, 2}},
		},
		"both groups": {
			facts: []scope.Fact{fact(1, 1, 2, jp.Name, scope.Relayed, true), fact(2, 2, 1, jp.Name, scope.Possibly, true)},
			want:  scope.Numbers{Persons: scope.Bound{1, 2}, Recipients: scope.Bound{1, 2}, Both: scope.Bound{0, 2}, Mails: scope.Bound{1, 2}},
		},
		"unread": {
			facts:  []scope.Fact{bare},
			unread: []scope.Unread{{Mail: "m3", Parts: 2}, {Mail: "m4"}, {Mail: "m4"}},
			want:   scope.Numbers{Recipients: scope.Bound{0, 1}, Mails: scope.Bound{0, 1}, Unread: 3},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := scope.Compute(c.facts, c.unread, people, noon)
			if diff := cmp.Diff(c.want, s.Numbers); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestRows(t *testing.T) {
	t.Parallel()
	s := scope.Compute([]scope.Fact{
		fact(2, 1, 2, jp.Name, scope.Relayed, true), fact(1, 1, 2, jp.Name, scope.Stopped, true), fact(3, 1, 2, jp.Name, scope.Possibly, false),
		fact(3, 1, 2, jp.Phone, scope.Stopped, true),
	}, nil, people, noon)
	subject := scope.Subject{Person: key('p', 1), Kind: jp.Name, Recipient: key('r', 2)}
	want := []scope.Row{
		{Subject: scope.Subject{Person: key('p', 1), Kind: jp.Phone, Recipient: key('r', 2)}, Fates: scope.Fates{Wrong: scope.Stopped}, Deliveries: []string{"m3.2"}},
		{
			Subject: subject, Fates: scope.Fates{Wrong: scope.Relayed, Allowed: scope.Possibly},
			First: noon.Add(2 * time.Minute), Last: noon.Add(3 * time.Minute), Deliveries: []string{"m1.2", "m2.2", "m3.2"},
		},
	}
	if diff := cmp.Diff(want, s.Rows); diff != "" {
		t.Error(diff)
	}
	p, _ := s.Person(key('p', 1))
	if diff := cmp.Diff([]any{[]jp.Kind{jp.Name}, 1, false}, []any{p.Kinds, p.Recipients, p.Received}); diff != "" {
		t.Error(diff)
	}
	if !s.First.Equal(noon.Add(2*time.Minute)) || !s.Last.Equal(noon.Add(3*time.Minute)) {
		t.Errorf("from %v to %v", s.First, s.Last)
	}
}

func TestGroups(t *testing.T) {
	t.Parallel()
	s := scope.Compute([]scope.Fact{
		fact(1, 1, 2, jp.Name, scope.Relayed, true), fact(2, 2, 3, jp.Name, scope.Relayed, true), fact(3, 4, 5, jp.Name, scope.Stopped, true),
	}, nil, people, noon)
	s.Check = scope.Check{At: noon, Bodies: 3}
	for person, want := range map[int]scope.Group{
		1: {Exposed: scope.Fates{Wrong: scope.Relayed}},
		2: {Exposed: scope.Fates{Wrong: scope.Relayed}, Received: true},
		3: {Received: true},
		4: {Exposed: scope.Fates{Wrong: scope.Stopped}},
		5: {},
		6: {},
	} {
		if diff := cmp.Diff(want, s.Group(key('p', person))); diff != "" {
			t.Errorf("person %d: %s", person, diff)
		}
	}
	var reassured []int
	for r := range 8 {
		if s.Reassure(key('r', r)) {
			reassured = append(reassured, r)
		}
	}
	if diff := cmp.Diff([]int{3, 5}, reassured); diff != "" {
		t.Error(diff)
	}
}

func TestCanReassure(t *testing.T) {
	t.Parallel()
	good := func() *scope.Scope {
		s := scope.Compute([]scope.Fact{fact(1, 1, 2, jp.Name, scope.Relayed, true)}, nil, people, noon)
		s.Check = scope.Check{At: noon, Bodies: 1}
		return s
	}
	if ok, why := good().CanReassure(); !ok {
		t.Fatal(why)
	}
	for want, spoil := range map[string]func(s *scope.Scope){
		"left unread":            func(s *scope.Scope) { s.Numbers.Unread = 1 },
		"no second computation":  func(s *scope.Scope) { s.Check = scope.Check{} },
		"differ in 1 rows":       func(s *scope.Scope) { s.Check.Differences = make([]scope.Difference, 1) },
		"were not selected":      func(s *scope.Scope) { s.Check.Omitted = []string{"m9.1"} },
		"neither body nor evide": func(s *scope.Scope) { s.Check.Neither = 1 },
		"no mail was examined":   func(s *scope.Scope) { s.Recipients = nil },
	} {
		s := good()
		spoil(s)
		if ok, why := s.CanReassure(); ok || !strings.Contains(why, want) {
			t.Errorf("%s: %v %q", want, ok, why)
		}
	}
}

func TestCompareCauses(t *testing.T) {
	t.Parallel()
	a := scope.Compute([]scope.Fact{
		fact(1, 1, 2, jp.Name, scope.Relayed, true), fact(2, 1, 3, jp.Name, scope.Possibly, true), fact(3, 1, 4, jp.Name, scope.Relayed, true), fact(4, 1, 5, jp.Name, scope.Relayed, true),
	}, nil, people, noon)
	b := scope.Compute([]scope.Fact{fact(1, 1, 2, jp.Name, scope.Relayed, true), fact(2, 1, 3, jp.Name, scope.Relayed, true)}, nil, people, noon)
	var got []string
	for _, d := range scope.Compare(a, b, map[string]scope.Cause{"m3": scope.Purged}) {
		got = append(got, fmt.Sprintf("%s %v %v %s", d.Deliveries, d.A.Wrong, d.B.Wrong, d.Cause))
	}
	want := []string{"[m2.3] possibly relayed the delivery moved on between the two", "[m3.4] relayed none the body is gone", "[m4.5] relayed none "}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// genFacts draws facts among few people, so that they meet.
func genFacts(t *rapid.T, label string) []scope.Fact {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) scope.Fact {
		f := fact(rapid.IntRange(1, 6).Draw(t, "mail"), rapid.IntRange(0, 9).Draw(t, "person"), rapid.IntRange(1, 9).Draw(t, "recipient"),
			rapid.SampledFrom([]jp.Kind{0, jp.Email, jp.Phone, jp.Name}).Draw(t, "kind"),
			rapid.SampledFrom([]scope.Fate{scope.Stopped, scope.Possibly, scope.Relayed}).Draw(t, "fate"), rapid.Bool().Draw(t, "wrong"))
		f.Ident = key('i', rapid.IntRange(1, 5).Draw(t, "ident"))
		return f
	}), 0, 30).Draw(t, label)
}

func bounds(n scope.Numbers) map[string]scope.Bound {
	return map[string]scope.Bound{"persons": n.Persons, "guests": n.Guests, "recipients": n.Recipients, "both": n.Both, "mails": n.Mails}
}

// However facts come, and however often, the scope is the same; no lower bound
// is over its upper one; a further fact lowers no bound and takes nobody out.
func TestScopeProperties(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		facts := genFacts(t, "facts")
		s := scope.Compute(facts, nil, people, noon)
		again := append([]scope.Fact{}, facts...)
		again = append(again, facts[:len(facts)/2]...)
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		r.Shuffle(len(again), func(i, k int) { again[i], again[k] = again[k], again[i] })
		if diff := cmp.Diff(s, scope.Compute(again, nil, people, noon)); diff != "" {
			t.Fatalf("the order of facts counts: %s", diff)
		}
		more := scope.Compute(append(again, genFacts(t, "more")...), nil, people, noon)
		for name, after := range bounds(more.Numbers) {
			before := bounds(s.Numbers)[name]
			if before.Least > before.Most || after.Least < before.Least || after.Most < before.Most {
				t.Fatalf("%s: %v, with more facts %v", name, before, after)
			}
		}
		if c := scope.Changes(s, more); len(c.Removed) > 0 {
			t.Fatalf("a fact more took %v out", c.Removed)
		}
		for _, p := range s.Persons {
			more.Check = scope.Check{At: noon, Bodies: 1}
			if p.AtMost() && more.Reassure(key('r', int(p.Key[2]))) {
				t.Fatalf("%v is exposed and reassured", p.Key)
			}
		}
	})
}

// Two scopes differ as much as they differ the other way round, and not from
// themselves; what differs is found exactly.
func TestCompareProperties(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a := scope.Compute(genFacts(t, "a"), nil, people, noon)
		b := scope.Compute(genFacts(t, "b"), nil, people, noon)
		if d := scope.Compare(a, a, nil); len(d) > 0 {
			t.Fatalf("differs from itself: %v", d)
		}
		there, back := scope.Compare(a, b, nil), scope.Compare(b, a, nil)
		for i := range back {
			back[i].A, back[i].B = back[i].B, back[i].A
		}
		if diff := cmp.Diff(there, back); diff != "" {
			t.Fatalf("not symmetric: %s", diff)
		}
		fates := func(s *scope.Scope) map[scope.Subject]scope.Fates {
			m := map[scope.Subject]scope.Fates{}
			for _, r := range s.Rows {
				m[r.Subject] = r.Fates
			}
			return m
		}
		fa, fb := fates(a), fates(b)
		want := 0
		for s, f := range fa {
			if fb[s] != f {
				want++
			}
		}
		for s := range fb {
			if _, ok := fa[s]; !ok {
				want++
			}
		}
		if len(there) != want {
			t.Fatalf("%d differences, want %d", len(there), want)
		}
	})
}

func TestEncode(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := scope.Compute(genFacts(t, "facts"), []scope.Unread{{Mail: "m1", Why: scope.WhyPassed, Parts: 2}}, people, noon)
		s.Check = scope.Check{At: noon, Bodies: 3, Differences: scope.Compare(s, scope.Compute(nil, nil, people, noon), nil)}
		data, root, err := scope.Encode(s)
		if err != nil {
			t.Fatal(err)
		}
		got, err := scope.Decode(data)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(s, got); diff != "" {
			t.Fatal(diff)
		}
		if _, again, _ := scope.Encode(got); again != root {
			t.Fatal("the root changes")
		}
	})
	for _, bad := range []string{"", "{}", `{"format":2,"Scope":{}}`, `{"format":1,"Scope":{}}{}`, `{"format":1,"Scope":{"Other":1}}`, `{"format":1,"Scope":null}`} {
		if _, err := scope.Decode([]byte(bad)); err == nil {
			t.Errorf("%q is read", bad)
		}
	}
}

func TestSelection(t *testing.T) {
	t.Parallel()
	s := scope.Selection{
		Any: []scope.Part{
			{Stream: "order", Rule: "ownership", Since: noon, Until: noon.Add(time.Hour)}, {Person: key('p', 1)}, {Ident: key('i', 2)},
			{Mails: []string{"m1"}}, {Alert: 7},
		},
		Without: []string{"m9"},
	}
	if err := s.Validate(); err != nil {
		t.Fatal(err)
	}
	b, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	var got scope.Selection
	if err := json.Unmarshal(b, &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(s, got); diff != "" {
		t.Error(diff)
	}
	for _, bad := range []scope.Selection{
		{}, {Any: []scope.Part{{}}}, {Any: []scope.Part{{Since: noon}}}, {Any: []scope.Part{{Stream: "order", Person: key('p', 1)}}},
		{Any: []scope.Part{{Stream: "order", Since: noon, Until: noon}}},
	} {
		if bad.Validate() == nil {
			t.Errorf("%+v is valid", bad)
		}
	}
	for _, bad := range []string{`{"any":[{"person":"12"}]}`, `{"any":[{"ident":"zz000000000000000000000000000000"}]}`} {
		if json.Unmarshal([]byte(bad), &got) == nil {
			t.Errorf("%s is read", bad)
		}
	}
}
