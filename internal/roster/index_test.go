package roster

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/kakitome/kakitome/internal/jp"
)

func TestKeys(t *testing.T) {
	t.Parallel()
	h := hasher(t)
	other, err := NewHasher(make([]byte, SecretSize))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := NewHasher(make([]byte, 31)); err == nil {
		t.Error("a short secret is taken")
	}
	k := h.Ident(jp.Name, "見本太郎")
	if k != h.Ident(jp.NameKana, "見本太郎") || k == h.Ident(jp.Other, "見本太郎") || k == other.Ident(jp.Name, "見本太郎") || k == h.Person("見本太郎") {
		t.Error("identifiers are mixed up")
	}
	if h.Recipient("Taro@EXAMPLE.jp") != h.Ident(jp.Email, "taro@example.jp") {
		t.Error("a recipient is not its address")
	}
	if h.Recipient("No Address") != h.Recipient("no address") || h.Recipient("no address") == h.Recipient("") {
		t.Error("what is no address is mixed up")
	}
	if h.Domain("a@Example.jp") != h.Domain("b@example.jp") || h.Domain("a@example.jp") == h.Domain("a@example.com") {
		t.Error("domains are mixed up")
	}
	if h.Bytes("p", []byte("ab"), []byte("c")) == h.Bytes("p", []byte("a"), []byte("bc")) || h.Bytes("p") == h.Bytes("q") {
		t.Error("parts are mixed up")
	}
	if len(k.Hex()) != 32 || k.String() != k.Hex()[:12]+"…" || k.IsZero() || !(Key{}).IsZero() {
		t.Errorf("key prints as %s and %s", k, k.Hex())
	}
}

func TestSnapshotNeverChanges(t *testing.T) {
	t.Parallel()
	h := hasher(t)
	mail := Value{jp.Email, "taro@shop.example"}
	x := index(t, h, person("1", mail), person("2", mail, Value{jp.Name, "見本 太郎"}))
	before := x.Snapshot()
	ident, domain := h.Recipient(mail.Value), h.Domain(mail.Value)
	if err := x.Apply(2, hashAll(t, h, person("3", mail)), []Key{h.Person("1")}); err != nil {
		t.Fatal(err)
	}
	after := x.Snapshot()
	if before.Version() != 1 || before.People() != 2 || len(before.Owners(ident)) != 2 || before.DomainPeople(domain) != 2 {
		t.Error("the older snapshot changed")
	}
	want := []Owner{h.Person("2"), h.Person("3")}
	if after.Version() != 2 || after.People() != 2 || !slices.Equal(after.Owners(ident), want) || after.DomainPeople(domain) != 2 {
		t.Errorf("owners %v, want %v", after.Owners(ident), want)
	}
	if _, ok := after.Person(h.Person("1")); ok {
		t.Error("who was removed is there")
	}
	if !after.HasKind(h.Person("2"), jp.Phone, jp.Name) || after.HasKind(h.Person("2"), jp.Phone) || after.HasKind(h.Person("9"), jp.Name) {
		t.Error("HasKind is wrong")
	}
}

func TestLoadIsAtomic(t *testing.T) {
	t.Parallel()
	h := hasher(t)
	x := index(t, h, person("1", Value{jp.Name, "見本 太郎"}))
	all := hashAll(t, h, person("2"), person("2"))
	if err := x.Load(2, seq(all)); err == nil {
		t.Error("a person twice is taken")
	}
	stop := errors.New("stop")
	err := x.Load(3, func(yield func(Hashed, error) bool) {
		if yield(all[0], nil) {
			yield(Hashed{}, stop)
		}
	})
	if !errors.Is(err, stop) {
		t.Errorf("error %v", err)
	}
	if s := x.Snapshot(); s.Version() != 1 || s.People() != 1 {
		t.Errorf("version %d with %d people", s.Version(), s.People())
	}
}

// view is all that can be asked of a snapshot about some people and values.
func view(h *Hasher, s *Snapshot, ids []string, idents, domains []Key, text jp.Text) map[string]any {
	v := map[string]any{"people": s.People(), "found": ordered(s.Find(text))}
	for _, id := range ids {
		info, ok := s.Person(h.Person(id))
		v["person "+id] = []any{ok, info}
	}
	for _, k := range idents {
		owners := slices.Clone(s.Owners(k))
		slices.SortFunc(owners, func(a, b Key) int { return compare(&a, &b) })
		v["owners "+k.Hex()] = owners
	}
	for _, k := range domains {
		v["domain "+k.Hex()] = s.DomainPeople(k)
	}
	return v
}

// Whatever the way to a roster, by changes or whole, it answers the same.
func TestApplyEqualsLoad(t *testing.T) {
	t.Parallel()
	h := hasher(t)
	rapid.Check(t, func(rt *rapid.T) {
		x := NewIndex(h)
		model := map[string]Person{}
		var old *Snapshot // while it is being merged
		var ids []string
		for i := range 12 {
			ids = append(ids, fmt.Sprintf("M-%03d", i))
		}
		var everything []Person
		steps := rapid.IntRange(1, 6).Draw(rt, "steps")
		for step := range steps {
			put := people(rt)
			for i := range put {
				put[i].ID = rapid.SampledFrom(ids).Draw(rt, "id")
			}
			remove := rapid.SliceOfN(rapid.SampledFrom(ids), 0, 3).Draw(rt, "remove")
			var keys []Key
			for _, id := range remove {
				delete(model, id)
				keys = append(keys, h.Person(id))
			}
			for _, p := range put {
				model[p.ID] = p
			}
			everything = append(everything, put...)
			if err := x.Apply(int64(step), hashAll(t, h, put...), keys); err != nil {
				rt.Fatal(err)
			}
			switch { // a merge, over some changes
			case rapid.IntRange(0, 9).Draw(rt, "load anew") == 0:
				if err := x.Load(int64(step), seq(hashAll(t, h, slices.Collect(maps.Values(model))...))); err != nil {
					rt.Fatal(err)
				}
			case old == nil && rapid.Bool().Draw(rt, "begin merge"):
				old = x.Snapshot()
				x.frozen = len(old.parts)
			case old != nil && rapid.Bool().Draw(rt, "end merge"):
				merged, err := old.merged()
				if err != nil {
					rt.Fatal(err)
				}
				x.thaw(old, merged)
				old = nil
				if len(x.Snapshot().parts) > 2 {
					rt.Fatalf("%d parts", len(x.Snapshot().parts))
				}
			}
		}
		var list []Person
		for _, p := range model {
			list = append(list, p)
		}
		var idents, domains []Key
		text := ""
		for _, p := range everything {
			for _, v := range p.Values {
				normal, err := jp.Normal(v.Kind, v.Value)
				if err != nil {
					rt.Fatal(err)
				}
				idents = append(idents, h.Ident(v.Kind, normal))
				if v.Kind == jp.Email {
					domains = append(domains, h.Domain(v.Value))
				}
				text += v.Value + "、"
			}
		}
		folded := jp.FoldText(text)
		want := view(h, index(t, h, list...).Snapshot(), ids, idents, domains, folded)
		got := view(h, x.Snapshot(), ids, idents, domains, folded)
		if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
			rt.Fatalf("(-loaded +applied):\n%s", diff)
		}
	})
}

// Many changes cross the border at which they are merged, beside the next ones.
func TestMergeOfManyChanges(t *testing.T) {
	t.Parallel()
	h := hasher(t)
	x := index(t, h, person("first", Value{jp.Name, "見本 太郎"}))
	const batch = 500
	var merging sync.WaitGroup
	for n := range 20 {
		var put []Person
		for i := range batch {
			put = append(put, person(fmt.Sprintf("%d-%d", n, i), Value{jp.Email, fmt.Sprintf("m%d-%d@shop.example", n, i)}))
		}
		if err := x.Apply(int64(n+2), hashAll(t, h, put...), nil); err != nil {
			t.Fatal(err)
		}
		merging.Go(func() {
			if err := x.Merge(); err != nil {
				t.Error(err)
			}
		})
	}
	merging.Wait()
	s := x.Snapshot()
	if s.People() != 20*batch+1 || s.DomainPeople(h.Domain("a@shop.example")) != 20*batch || s.beside() > mergeAt(len(s.parts[0].people)) || len(s.parts) > 2 {
		t.Errorf("%d people, %d of them beside, in %d parts", s.People(), s.beside(), len(s.parts))
	}
	if len(s.Owners(h.Recipient("m0-0@shop.example"))) != 1 || len(s.Find(jp.FoldText("見本太郎"))) != 1 {
		t.Error("somebody was lost in a merge")
	}
}

// Readers see one version or the other, never half of a change.
func TestConcurrentSnapshots(t *testing.T) {
	t.Parallel()
	h := hasher(t)
	mail, name := Value{jp.Email, "taro@shop.example"}, Value{jp.Name, "見本 太郎"}
	all := hashAll(t, h, person("1", mail, name), person("2", mail, name))
	x := index(t, h, person("1", mail, name))
	ident, text := h.Recipient(mail.Value), jp.FoldText("見本太郎様")
	var readers sync.WaitGroup
	done := make(chan struct{})
	for range 3 {
		readers.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
				}
				s := x.Snapshot()
				owners, people, hits := len(s.Owners(ident)), s.People(), len(s.Find(text))
				if owners != people || hits != 1 || people != 1+int(s.Version()%2) && s.Version() > 1 {
					t.Errorf("version %d: %d owners, %d people, %d hits", s.Version(), owners, people, hits)
					return
				}
			}
		})
	}
	for v := int64(2); v < 300; v++ {
		var err error
		switch v % 2 {
		case 0:
			err = x.Apply(v, all[:1], []Key{all[1].Person})
		default:
			err = x.Apply(v, all, nil)
		}
		if v%50 == 0 {
			err = errors.Join(err, x.Load(v, seq(all[:1])))
		}
		if err != nil {
			t.Error(err)
		}
	}
	close(done)
	readers.Wait()
}
