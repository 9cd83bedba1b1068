package storetest

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/kakitome/kakitome/internal/admin"
	"github.com/kakitome/kakitome/internal/check"
	"github.com/kakitome/kakitome/internal/custody"
	"github.com/kakitome/kakitome/internal/fault"
	"github.com/kakitome/kakitome/internal/gate"
	"github.com/kakitome/kakitome/internal/jp"
	"github.com/kakitome/kakitome/internal/response"
	"github.com/kakitome/kakitome/internal/roster"
	"github.com/kakitome/kakitome/internal/scope"
	"github.com/kakitome/kakitome/internal/store"
)

// wrong is a mail of a stream to n recipients with rules, in a state.
func wrong(id, stream string, n int, state custody.State, rules ...check.Rule) *gate.Mail {
	m := mail(id, n)
	m.Stream = stream
	for i := range m.Deliveries {
		m.Deliveries[i].State, m.Deliveries[i].Rules = state, rules
	}
	return m
}

// found are the deliveries of a selection: id, fate, whether wrong, and how
// much they carry.
func found(t testing.TB, s *store.Store, sel scope.Selection) []string {
	t.Helper()
	var list []string
	err := s.Scope(t.Context(), sel, func(d *scope.Delivery, data []scope.Datum) error {
		list = append(list, fmt.Sprintf("%s %v %v %d", d.ID, d.Fate, d.Wrong, len(data)))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func any1(p scope.Part) scope.Selection { return scope.Selection{Any: []scope.Part{p}} }

// freeze freezes mails and says how many are, and how many bodies.
func freeze(t testing.TB, s *store.Store, mails ...string) (n [2]int) {
	t.Helper()
	respond(t, s, func(tx response.Tx) (err error) {
		n[0], n[1], err = tx.Freeze(now, "I-1", any1(scope.Part{Mails: mails}))
		return err
	})
	return n
}

func testScope(t *testing.T, db Database) {
	s := db(t, "one")
	uncertain := wrong("m4", "order", 1, custody.Discarded, check.Ownership)
	uncertain.Deliveries[0].Uncertain = true
	late := wrong("m5", "order", 1, custody.Relayed, check.Ownership)
	late.ReceivedAt = now.Add(time.Hour)
	unread := wrong("m7", "order", 1, custody.Relayed, check.Unreadable)
	unread.Unread, unread.Deliveries[0].Exposures = 2, unread.Deliveries[0].Exposures[:1]
	record(t, s,
		wrong("m1", "order", 2, custody.Relayed, check.Template, check.Ownership),
		wrong("m2", "order", 1, custody.Relayed), // allowed: a mention
		wrong("m3", "order", 1, custody.Held, check.FanOut), uncertain, late,
		wrong("m6", "order", 1, custody.Held, check.Breaker), unread,
		wrong("m8", "news", 1, custody.Queued, check.Ownership), wrong("m9", "order", 1, custody.Returned, check.Canary))
	for name, c := range map[string]struct {
		sel  scope.Selection
		want []string
	}{
		"stream": {any1(scope.Part{Stream: "order"}), []string{
			"m1.1 relayed true 2", "m1.2 relayed true 2", "m3.1 stopped true 2", "m4.1 possibly true 2", "m5.1 relayed true 2", "m7.1 relayed false 0", "m9.1 stopped true 2",
		}},
		"window": {any1(scope.Part{Stream: "order", Since: now.Add(time.Microsecond), Until: now.Add(2 * time.Hour)}), []string{"m5.1 relayed true 2"}},
		"until":  {any1(scope.Part{Stream: "order", Rule: "ownership", Until: now.Add(time.Hour)}), []string{"m1.1 relayed true 2", "m1.2 relayed true 2", "m4.1 possibly true 2"}},
		"rule":   {any1(scope.Part{Rule: "ownership", Until: now.Add(time.Hour)}), []string{"m1.1 relayed true 2", "m1.2 relayed true 2", "m4.1 possibly true 2", "m8.1 possibly true 2"}},
		"person": {any1(scope.Part{Person: key("victim"), Until: now.Add(time.Microsecond)}), []string{
			"m1.1 relayed true 2", "m1.2 relayed true 2", "m2.1 relayed false 2", "m3.1 stopped true 2", "m4.1 possibly true 2", "m6.1 stopped false 2", "m8.1 possibly true 2", "m9.1 stopped true 2",
		}},
		"own data": {any1(scope.Part{Person: key("person 0")}), nil},
		"ident":    {any1(scope.Part{Ident: key("stray m3")}), []string{"m3.1 stopped true 2"}},
		"mails":    {any1(scope.Part{Mails: []string{"m2", "m1", "m2"}}), []string{"m1.1 relayed true 2", "m1.2 relayed true 2", "m2.1 relayed false 2"}},
		"union and without": {scope.Selection{
			Any:     []scope.Part{{Ident: key("stray m3")}, {Stream: "order", Rule: "fan_out"}, {Mails: []string{"m8", "m2"}}},
			Without: []string{"m2", "m9"},
		}, []string{"m3.1 stopped true 2", "m8.1 possibly true 2"}},
		"nothing": {any1(scope.Part{Stream: "nobody"}), nil},
	} {
		same(t, name, found(t, s, c.sel), c.want)
	}
	var got *scope.Delivery
	var data []scope.Datum
	err := s.Scope(t.Context(), any1(scope.Part{Mails: []string{"m1"}, Until: now.Add(time.Microsecond)}), func(d *scope.Delivery, x []scope.Datum) error {
		if got == nil {
			got, data = d, x
		}
		return nil
	})
	same(t, "delivery", []any{got, err}, []any{&scope.Delivery{
		ID: "m1.1", Mail: "m1", Node: "one", Stream: "order", At: now, Recipient: key("rcpt 0"), Fate: scope.Relayed, Wrong: true, Size: 1234,
	}, nil})
	same(t, "data", data, []scope.Datum{{Person: key("victim"), Ident: key("victim phone"), Kind: jp.Phone}, {Ident: key("stray m1"), Kind: jp.Email}})

	for name, sel := range map[string]scope.Selection{
		"unknown mail": any1(scope.Part{Mails: []string{"m1", "m99"}}), "unknown without": {Any: []scope.Part{{Stream: "order"}}, Without: []string{"m99"}},
		"empty": {}, "alert": any1(scope.Part{Alert: 1}),
	} {
		err := s.Scope(t.Context(), sel, func(*scope.Delivery, []scope.Datum) error { return nil })
		if k := fault.KindOf(err); k != fault.NotFound && k != fault.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func testScopeVersions(t *testing.T, db Database) {
	s := db(t, "one")
	v := func(n int64) scope.Version {
		return scope.Version{Incident: "I-1", Number: n, At: now.Add(time.Duration(n) * time.Hour), Root: [32]byte{byte(n)}, Sealed: fmt.Appendf(nil, "sealed %d", n)}
	}
	for n := range int64(3) {
		respond(t, s, func(tx response.Tx) error { return tx.KeepScope(now, v(n+1)) })
	}
	err := s.Respond(t.Context(), func(tx response.Tx) error { return tx.KeepScope(now, v(2)) })
	same(t, "kept twice", fault.KindOf(err), fault.Conflict)
	list, err := s.ScopeVersions(t.Context(), "I-1")
	want := []scope.Version{v(1), v(2), v(3)}
	for i := range want {
		want[i].Sealed = nil
	}
	same(t, "versions", []any{list, err}, []any{want, nil})
	for n, want := range map[int64]scope.Version{2: v(2), 0: v(3)} {
		got, err := s.ScopeVersion(t.Context(), "I-1", n)
		same(t, fmt.Sprint("version ", n), []any{got, err}, []any{want, nil})
	}
	_, err = s.ScopeVersion(t.Context(), "I-2", 0)
	same(t, "kind of the error", fault.KindOf(err), fault.NotFound)
	var last string
	for e, err := range s.EvidenceSource("one").Entries(t.Context(), 2) {
		last = fmt.Sprint(string(e.Record), err)
	}
	same(t, "record", last, fmt.Sprintf(`{"at":%d,"incident":"I-1","kind":"scope.computed","root":"03%062d","version":3}<nil>`, now.UnixMicro(), 0))
}

// testFreeze: what an incident needs is kept from retention and erasure, until
// it lets go.
func testFreeze(t *testing.T, db Database) {
	s := db(t, "one")
	imported(t, s, now, person("victim", "victim@"))
	for i := range 3 {
		m := wrong(fmt.Sprint("m", i), "order", 1, custody.Relayed, check.Ownership)
		m.Deliveries[0].Exposures[1].Person = key("victim")
		record(t, s, m)
	}
	for range 2 { // as often as the selection grows
		same(t, "frozen", freeze(t, s, "m1", "m2"), [2]int{2, 2})
	}
	list, err := s.Frozen(t.Context(), "I-1")
	same(t, "list", []any{list, err}, []any{[]string{"m1", "m2"}, nil})

	erased, err := s.RemovePerson(t.Context(), now, key("victim"), "officer", "asked")
	same(t, "erased", []any{erased.Bodies, erased.Frozen, err}, []any{1, 2, nil})
	audits, err := s.Audits(t.Context(), time.Time{})
	last := audits[len(audits)-1]
	same(t, "audit", []any{last.Object, err}, []any{"person " + key("victim").String() + "; the contents of 2 mails stay, frozen for an incident", nil})

	keep := store.Keep{Bodies: time.Hour, Exposures: 10 * time.Hour}
	done, err := s.Retain(t.Context(), now.Add(100*time.Hour), keep)
	same(t, "retained", []any{done.Bodies, done.Mails, done.Records, err}, []any{0, 1, 0, nil})
	for _, id := range []string{"m1", "m2"} {
		same(t, id+" has its body", string(read(t, s, id).Body), "sealed body "+id)
	}
	respond(t, s, func(tx response.Tx) error { return tx.Thaw(now, "I-1", now.Add(200*time.Hour)) })
	done, err = s.Retain(t.Context(), now.Add(150*time.Hour), keep)
	same(t, "before the time", []any{done.Mails, err}, []any{0, nil})
	done, err = s.Retain(t.Context(), now.Add(201*time.Hour), keep)
	same(t, "after the time", []any{done.Mails, err}, []any{2, nil})
	err = s.Respond(t.Context(), func(tx response.Tx) error { return tx.Thaw(now, "I-1", time.Time{}) })
	same(t, "without a time", fault.KindOf(err), fault.Invalid)
	list, err = s.Frozen(t.Context(), "I-1")
	same(t, "list in the end", []any{list, err}, []any{[]string(nil), nil})
}

// testFreezeEvidence: the records of frozen mails are kept, those far before
// them are not.
func testFreezeEvidence(t *testing.T, db Database) {
	s := db(t, "one")
	for i := range 4 {
		m := wrong(fmt.Sprint("m", i), "order", 1, custody.Relayed, check.Ownership)
		m.ReceivedAt = now.Add(time.Duration(i) * 3 * time.Hour)
		record(t, s, m)
	}
	freeze(t, s, "m2")
	done, err := s.Retain(t.Context(), now.Add(1000*time.Hour), store.Keep{Exposures: time.Hour})
	same(t, "retained", []any{done.Mails, done.Records, err}, []any{3, 2, nil})
}

// testFreezeRoster: who owned what at the time of a frozen mail can still be
// asked.
func testFreezeRoster(t *testing.T, db Database) {
	s := db(t, "one")
	for n := range 2 { // versions 1, 2, 3, each with another address
		imported(t, s, now.Add(time.Duration(n)*time.Hour), person("taro", fmt.Sprint("taro", n)))
	}
	imported(t, s, now.Add(2*time.Hour), person("taro", "taro2"), person("hanako", "hanako@"))
	m := wrong("m1", "order", 1, custody.Relayed, check.Ownership)
	m.RosterVersion = 2
	record(t, s, m)
	freeze(t, s, "m1")
	owned := func(address string, hour int) bool {
		owners, _, err := s.OwnersThen(t.Context(), key("%s", address), now.Add(time.Duration(hour)*time.Hour))
		return err == nil && slices.Equal(owners, []roster.Key{key("taro")})
	}
	if _, err := s.Retain(t.Context(), now.Add(1000*time.Hour), store.Keep{Versions: time.Hour}); err != nil {
		t.Fatal(err)
	}
	same(t, "owned at versions 1, 2, 3", []bool{owned("taro0", 0), owned("taro1", 1), owned("taro2", 2)}, []bool{false, true, true})
	for earlier, want := range map[int64][]string{2: {" hanako true", "sealed taro taro taro1 false"}, 3: nil} {
		same(t, fmt.Sprint("otherwise than at version ", earlier), before(t, s, earlier, 3), want)
	}
	err := s.RosterBefore(t.Context(), 1, 3, 10, nobody)
	same(t, "a version that is gone", fault.KindOf(err), fault.NotFound)
	err = s.RosterBefore(t.Context(), 2, 3, 1, nobody)
	same(t, "more than were asked for", errors.Is(err, admin.ErrManyChanges), true)
}

func nobody(admin.SealedPerson, bool) error { return errors.New("called") }

// before are the people who stood otherwise at an earlier version, as they did.
func before(t testing.TB, s *store.Store, earlier, version int64) (list []string) {
	t.Helper()
	names := map[check.Key]string{key("hanako"): "hanako", key("taro"): "taro"}
	err := s.RosterBefore(t.Context(), earlier, version, 10, func(p admin.SealedPerson, removed bool) error {
		address := ""
		for n := range 3 {
			if slices.ContainsFunc(p.Entries, func(e roster.Entry) bool { return e.Ident == key("taro%d", n) }) {
				address = fmt.Sprint(" taro", n)
			}
		}
		list = append(list, fmt.Sprintf("%s %s%s %v", p.Sealed, names[p.Person], address, removed))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(list)
	return list
}
