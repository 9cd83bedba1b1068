package letter

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/kakitome/kakitome/internal/jp"
	"github.com/kakitome/kakitome/internal/roster"
)

// who is the key of a person called by a letter.
func who(name string) roster.Key {
	var k roster.Key
	copy(k[:], name)
	return k
}

func recipient(person, address string) Party {
	return Party{Person: who(person), Address: address, Recipient: true, Mails: []Mail{{At: at(2), Purpose: "注文確認"}}}
}

func exposed(person, address string) Party {
	return Party{Person: who(person), Address: address, Exposed: true, Kinds: []jp.Kind{jp.Phone}}
}

// told is p after letters.
func told(p Party, kinds ...Kind) Party {
	p.Told = kinds
	return p
}

// brief is a plan in a line per letter.
func brief(letters []Assignment, left []Left) (lines []string) {
	for _, a := range letters {
		lines = append(lines, fmt.Sprint(a.Kind, " ", a.Address, " ", a.Parties))
	}
	for _, l := range left {
		lines = append(lines, fmt.Sprint("left ", l.Why, " ", l.Parties))
		if l.Address != "" {
			lines = append(lines, "left has an address")
		}
	}
	return lines
}

func TestPlan(t *testing.T) {
	t.Parallel()
	sure := Scope{Agreed: true}
	maybe := Party{Person: who("a"), Address: "a@example.jp", Recipient: true, ExposedMaybe: true, Mails: []Mail{{At: at(1)}}}
	for name, c := range map[string]struct {
		parties []Party
		round   Round
		scope   Scope
		want    []string
	}{
		"a recipient": {parties: []Party{recipient("a", "a@example.jp")}, want: []string{"deletion a@example.jp [0]"}},
		"a guest":     {parties: []Party{recipient("", "a@example.jp")}, want: []string{"deletion a@example.jp [0]"}},
		"an exposed":  {parties: []Party{exposed("a", "a@example.jp")}, want: []string{"notice a@example.jp [0]"}},
		"both, as two parties": {parties: []Party{recipient("a", "a@example.jp"), exposed("a", "A@EXAMPLE.jp")},
			want: []string{"combined A@EXAMPLE.jp [0 1]"}},
		"both, at most": {parties: []Party{maybe}, want: []string{"combined a@example.jp [0]"}},
		"several addresses of one person": {parties: []Party{recipient("a", "a1@example.jp"), recipient("a", "a2@example.jp")},
			want: []string{"deletion a1@example.jp [0 1]"}},
		"the matched contact wins": {parties: []Party{recipient("a", "a1@example.jp"), exposed("a", "a2@example.jp")},
			want: []string{"combined a2@example.jp [0 1]"}},
		"a shared mailbox": {parties: []Party{recipient("a", "x@example.jp"), recipient("b", "x@example.jp")},
			want: []string{"deletion x@example.jp [0 1]"}},
		"a guest at the mailbox of an exposed person": {parties: []Party{recipient("", "x@example.jp"), exposed("b", "x@example.jp")},
			want: []string{"combined x@example.jp [0 1]"}},
		"crosswise, exposed first": {parties: []Party{recipient("a", "x@example.jp"), recipient("b", "x@example.jp"), recipient("b", "y@example.jp"), exposed("c", "y@example.jp")},
			want: []string{"combined y@example.jp [1 2 3]", "left shared_mailbox [0]"}},
		"guests at a mailbox not chosen": {parties: []Party{recipient("", "y@example.jp"), recipient("a", "x@example.jp"), recipient("a", "y@example.jp")},
			want: []string{"deletion x@example.jp [0 1 2]"}},
		"no address": {parties: []Party{exposed("a", ""), exposed("b", "nonsense"), {Person: who("c"), Contact: ByPost, Address: "c@example.jp", Exposed: true}, {Person: who("d"), Contact: ByPhone, Exposed: true}},
			want: []string{"left no_address [0]", "left bad_address [1]", "left post [2]", "left phone [3]"}},
		"post and phone": {parties: []Party{{Person: who("d"), Contact: ByPhone, Exposed: true}, {Person: who("d"), Contact: ByPost, Exposed: true}},
			want: []string{"left post [0 1]"}},
		"post, and a mailbox that got a wrong mail": {parties: []Party{{Person: who("d"), Contact: ByPost, Exposed: true, Kinds: []jp.Kind{jp.Name}}, recipient("d", "d@example.jp")},
			want: []string{"combined d@example.jp [0 1]"}},
		"neither": {parties: []Party{{Person: who("a"), Address: "a@example.jp"}}, want: []string{"left not_concerned [0]"}},
		"told":    {parties: []Party{told(recipient("a", "a@example.jp"), Deletion)}, want: []string{"left already_told [0]"}},
		"told, and since exposed": {parties: []Party{told(recipient("a", "a@example.jp"), Deletion), exposed("a", "a@example.jp")},
			want: []string{"notice a@example.jp [0 1]"}},
		"told all": {parties: []Party{told(maybe, Combined)}, want: []string{"left already_told [0]"}},

		"reassure": {round: Reassure, scope: sure, parties: []Party{recipient("a", "a@example.jp")}, want: []string{"reassurance a@example.jp [0]"}},
		"reassure, told": {round: Reassure, scope: sure, parties: []Party{told(recipient("a", "a@example.jp"), Deletion, Reassurance)},
			want: []string{"left already_told [0]"}},
		"reassure no exposed": {round: Reassure, scope: sure, parties: []Party{maybe}, want: []string{"left not_certain [0]"}},
		"reassure nobody unknown": {round: Reassure, scope: sure, parties: []Party{recipient("", "a@example.jp")},
			want: []string{"left not_certain [0]"}},
		"reassure nobody who shares with an exposed": {round: Reassure, scope: sure, parties: []Party{recipient("a", "x@example.jp"), exposed("b", "x@example.jp")},
			want: []string{"left not_certain [0 1]"}},
		"reassure not while counts differ": {round: Reassure, parties: []Party{recipient("a", "a@example.jp")}, want: []string{"left not_certain [0]"}},
		"reassure not while unread": {round: Reassure, scope: Scope{Agreed: true, Unread: 1}, parties: []Party{recipient("a", "a@example.jp")},
			want: []string{"left not_certain [0]"}},
		"reassure recipients only": {round: Reassure, scope: sure, parties: []Party{{Person: who("a"), Address: "a@example.jp"}},
			want: []string{"left not_concerned [0]"}},
		"follow":        {round: Follow, parties: []Party{recipient("a", "a@example.jp"), exposed("b", "b@example.jp")}, want: []string{"follow_up a@example.jp [0]", "follow_up b@example.jp [1]"}},
		"remind":        {round: Remind, parties: []Party{told(recipient("a", "a@example.jp"), Deletion)}, want: []string{"reminder a@example.jp [0]"}},
		"remind nobody": {round: Remind, parties: []Party{exposed("b", "b@example.jp")}, want: []string{"left not_concerned [0]"}},
	} {
		round := c.round
		if round == 0 {
			round = First
		}
		letters, left := Plan(c.parties, round, c.scope)
		if diff := cmp.Diff(c.want, brief(letters, left)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// TestAssignmentSays: mails and kinds are put together, each once, and what is
// confirmed is not also a maybe.
func TestAssignmentSays(t *testing.T) {
	t.Parallel()
	a := recipient("a", "a@example.jp")
	a.Mails = []Mail{{At: at(5), Possibly: true}, {At: at(1)}, {At: at(5)}}
	b := exposed("a", "a@example.jp")
	b.Kinds, b.MaybeKinds = []jp.Kind{jp.Phone, jp.Name, jp.Phone}, []jp.Kind{jp.Phone, jp.Email}
	letters, left := Plan([]Party{a, b}, First, Scope{})
	want := []Assignment{{
		Kind: Combined, Address: "a@example.jp", Persons: []roster.Key{who("a")}, Parties: []int{0, 1},
		Mails: []Mail{{At: at(1)}, {At: at(5)}}, Kinds: []jp.Kind{jp.Phone, jp.Name}, MaybeKinds: []jp.Kind{jp.Email},
	}}
	if diff := cmp.Diff(want, letters); diff != "" || len(left) > 0 {
		t.Errorf("(-want +got):\n%s%v", diff, left)
	}
}

// anyParties draws parties of few people at few addresses, so that they meet
// in every way.
func anyParties(t *rapid.T) []Party {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Party {
		p := Party{
			Person:    who(rapid.SampledFrom([]string{"", "a", "b", "c", "d", "e", "f", "g"}).Draw(t, "person")),
			Address:   rapid.SampledFrom([]string{"", "nonsense", "A@example.jp", "a@example.jp", "b@example.jp", "c@example.jp", "d@example.jp", "e@example.jp", "f@example.jp"}).Draw(t, "address"),
			Contact:   Contact(rapid.SampledFrom([]int{0, 0, 0, 1, 2, 3}).Draw(t, "contact")),
			Recipient: rapid.Bool().Draw(t, "recipient"), Exposed: rapid.Bool().Draw(t, "exposed"), ExposedMaybe: rapid.Bool().Draw(t, "maybe"),
			Told: rapid.SliceOfN(rapid.SampledFrom(Kinds()), 0, 2).Draw(t, "told"),
		}
		if p.Recipient {
			p.Mails = []Mail{{At: at(rapid.IntRange(0, 5).Draw(t, "at"))}}
		}
		if p.exposed() {
			p.Kinds = []jp.Kind{jp.Phone}
		}
		return p
	}), 0, 14).Draw(t, "parties")
}

// TestPlanProperties: every party is in exactly one letter or left with a reason,
// nobody and no mailbox gets two, not even across a person's mailboxes, and
// reassurance goes to nobody who may be exposed.
func TestPlanProperties(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		parties := anyParties(t)
		round := rapid.SampledFrom([]Round{First, Reassure, Follow, Remind}).Draw(t, "round")
		scope := Scope{Agreed: rapid.Bool().Draw(t, "agreed"), Unread: rapid.IntRange(0, 1).Draw(t, "unread")}
		letters, left := Plan(parties, round, scope)

		times := make([]int, len(parties))
		for _, a := range letters {
			for _, i := range a.Parties {
				times[i]++
			}
		}
		for _, l := range left {
			if l.Why == 0 || l.Address != "" || len(l.Parties) == 0 {
				t.Fatalf("left without a reason or with an address: %+v", l)
			}
			for _, i := range l.Parties {
				times[i]++
			}
		}
		if i := slices.IndexFunc(times, func(n int) bool { return n != 1 }); i >= 0 {
			t.Fatalf("party %d is in %d letters and remainders", i, times[i])
		}

		readers := map[string]map[roster.Key]bool{} // of a mailbox
		for i := range parties {
			if b := parties[i].mailbox(); b != "" {
				if readers[b] == nil {
					readers[b] = map[roster.Key]bool{}
				}
				readers[b][parties[i].Person] = true
			}
		}
		boxes, got := map[string]int{}, map[roster.Key]int{}
		for _, a := range letters {
			box, err := jp.Normal(jp.Email, a.Address)
			if err != nil {
				t.Fatalf("letter to %q", a.Address)
			}
			if boxes[box]++; boxes[box] > 1 {
				t.Fatalf("two letters to %s", box)
			}
			for k := range readers[box] {
				if got[k]++; got[k] > 1 && !k.IsZero() {
					t.Fatalf("%v reads two letters", k)
				}
			}
			for _, k := range a.Persons {
				if !readers[box][k] {
					t.Fatalf("letter about %v goes to a mailbox of others", k)
				}
			}
			if a.Kind == Reassurance {
				calm(t, parties, scope, readers[box])
			}
			if (a.Kind == Notice || a.Kind == Combined) && len(a.Kinds)+len(a.MaybeKinds) == 0 || a.Kind.Asks() && len(a.Mails) == 0 {
				t.Fatalf("a letter with nothing to say: %+v", a)
			}
		}
	})
}

// calm fails unless everybody at a mailbox can be reassured.
func calm(t *rapid.T, parties []Party, scope Scope, readers map[roster.Key]bool) {
	if !scope.Agreed || scope.Unread > 0 {
		t.Fatal("reassurance before the scope is certain")
	}
	for i := range parties {
		if readers[parties[i].Person] && (parties[i].Person.IsZero() || parties[i].Exposed || parties[i].ExposedMaybe) {
			t.Fatalf("reassurance to an exposed party %+v", parties[i])
		}
	}
}

// TestPlanIsStable: the order of the parties changes the order of letters, not
// who gets which.
func TestPlanIsStable(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		parties := anyParties(t)
		order := rapid.Permutation(parties).Draw(t, "order")
		say := func(parties []Party) (lines []string) {
			letters, left := Plan(parties, First, Scope{})
			for _, a := range letters {
				box, _ := jp.Normal(jp.Email, a.Address)
				lines = append(lines, fmt.Sprint(a.Kind, box, a.Persons, a.Mails, a.Kinds))
			}
			for _, l := range left {
				lines = append(lines, fmt.Sprint(l.Why, l.Persons))
			}
			slices.Sort(lines)
			return lines
		}
		if diff := cmp.Diff(say(parties), say(order)); diff != "" {
			t.Fatalf("another order, another plan:\n%s", diff)
		}
	})
}

func BenchmarkPlan(b *testing.B) {
	parties := make([]Party, 0, 5001)
	for i := range 5000 {
		parties = append(parties, recipient(fmt.Sprint(i+1), fmt.Sprintf("m%d@example.jp", i)))
	}
	parties = append(parties, exposed("victim", "victim@example.jp"))
	for b.Loop() {
		if letters, left := Plan(parties, First, Scope{}); len(letters) != 5001 || len(left) > 0 {
			b.Fatal(len(letters), len(left))
		}
	}
}
