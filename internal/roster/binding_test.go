package roster

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kakitome/kakitome/internal/jp"
)

func TestDiffer(t *testing.T) {
	t.Parallel()
	h := hasher(t)
	const address, other = "東京都例示区見本町1-2-3", "大阪府例示市見本5-6-7"
	v := func(k jp.Kind, s string) Value { return Value{k, s} }
	was := []Value{v(jp.Email, "taro@example.jp"), v(jp.Name, "見本 太郎"), v(jp.NameKana, "ミホン タロウ"), v(jp.Address, address),
		v(jp.Phone, "090-1111-2222"), v(jp.MemberNo, "KM000001"), v(jp.OrderNo, "KK-00000001"), v(jp.PostalCode, "100-0005")}
	with := func(changes ...Value) []Value {
		now := append([]Value(nil), was...)
		for _, c := range changes {
			for i := range now {
				if now[i].Kind == c.Kind {
					now[i] = c
				}
			}
		}
		return now
	}
	for name, c := range map[string]struct {
		now      []Value
		touched  bool
		stranger bool
		gained   int
	}{
		"the same":                    {with(), false, false, 0},
		"written otherwise":           {with(v(jp.Phone, "０９０（１１１１）２２２２"), v(jp.Address, "東京都例示区見本町一丁目２番３号")), false, false, 0},
		"an order":                    {with(v(jp.OrderNo, "KK-00000002")), false, false, 0},
		"marries":                     {with(v(jp.Name, "例示 太郎"), v(jp.NameKana, "レイジ タロウ"), v(jp.Address, other), v(jp.PostalCode, "530-0001")), true, false, 1},
		"moves":                       {with(v(jp.Address, other)), true, false, 1},
		"new mail address":            {with(v(jp.Email, "t@example.com")), true, false, 1},
		"one mail address more, home": {append(with(v(jp.Address, other), v(jp.Name, "例示 太郎"), v(jp.NameKana, "レイジ タロウ")), v(jp.Email, "t@example.com")), true, false, 2},
		"new number":                  {with(v(jp.Phone, "080-1111-2222")), true, false, 1},
		"toll-free number":            {with(v(jp.Phone, "0120-111-222")), true, false, 0},
		"loses the number":            {was[:4], true, false, 0},
		"mail and home":               {with(v(jp.Email, "t@example.com"), v(jp.Address, other)), true, true, 2},
		"mail and one reading":        {with(v(jp.Email, "t@example.com"), v(jp.Name, "例示 太郎")), true, false, 1},
		"mail and name":               {with(v(jp.Email, "t@example.com"), v(jp.Name, "例示 太郎"), v(jp.NameKana, "レイジ タロウ")), true, true, 1},
		"no mail any more":            {with(v(jp.Email, "t@example.com"), v(jp.Address, other))[1:], true, false, 1},
		"nothing any more":            {nil, true, false, 0},
	} {
		d := Differ(hashAll(t, h, person("1", was...))[0].Entries, hashAll(t, h, person("1", c.now...))[0].Entries)
		got := fmt.Sprint(d.Touched, d.Stranger, len(d.Gained))
		if want := fmt.Sprint(c.touched, c.stranger, c.gained); got != want {
			t.Errorf("%s: touched, stranger, gained: %s, want %s", name, got, want)
		}
	}
	if diff := cmp.Diff(Difference{}, Differ(nil, hashAll(t, h, person("1", was...))[0].Entries)); diff != "" {
		t.Errorf("who was not there differs: %s", diff)
	}
}

func TestSuspicious(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		b      Bindings
		people int64
		want   bool
	}{
		{Bindings{20, 20}, 100, false},          // few
		{Bindings{21, 21}, 1_000_000, true},     // hardly anything else changed
		{Bindings{550, 44}, 1_000_000, false},   // an ordinary day
		{Bindings{3850, 310}, 1_000_000, false}, // an ordinary week
		{Bindings{950, 430}, 1_000_000, true},   // an ordinary day, and 400 profiles written over
		{Bindings{1_000_000, 9_000}, 1_000_000, false},
		{Bindings{1_000_000, 10_001}, 1_000_000, true},
		{Bindings{}, 0, false},
	} {
		if got := c.b.Suspicious(20, c.people); got != c.want {
			t.Errorf("%+v of %d: %v", c.b, c.people, got)
		}
	}
}
