package letter

import (
	"encoding/base64"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/kakitome/kakitome/internal/jp"
	"github.com/kakitome/kakitome/internal/kakitest/people"
	"github.com/kakitome/kakitome/internal/roster"
)

// town is made-up people, and a roster of them.
type town struct {
	h      *roster.Hasher
	s      *roster.Snapshot
	people []people.Person
	keys   []roster.Key
}

func townOf(t testing.TB, seed uint64, n int) town {
	t.Helper()
	h, err := roster.NewHasher(key(7))
	if err != nil {
		t.Fatal(err)
	}
	x, crowd := roster.NewIndex(h), people.New(seed)
	c := town{h: h}
	var put []roster.Hashed
	for i := range n {
		p := crowd.At(i)
		id := fmt.Sprintf("M-%06d", i)
		hashed, errs := h.Hash(roster.Person{ID: id, Values: valuesOf(&p, i)})
		if len(errs) > 0 {
			t.Fatal(errs)
		}
		put = append(put, hashed)
		c.people, c.keys = append(c.people, p), append(c.keys, h.Person(id))
	}
	if err := x.Apply(1, put, nil); err != nil {
		t.Fatal(err)
	}
	c.s = x.Snapshot()
	return c
}

func valuesOf(p *people.Person, i int) []roster.Value {
	values := []roster.Value{
		{Kind: jp.Email, Value: p.Email}, {Kind: jp.Phone, Value: p.Mobile}, {Kind: jp.Name, Value: p.Name()}, {Kind: jp.NameKana, Value: p.Kana()},
		{Kind: jp.NameLatin, Value: p.Latin()}, {Kind: jp.PostalCode, Value: p.PostalCode}, {Kind: jp.Address, Value: p.Address()},
		{Kind: jp.Birthday, Value: p.Birthday.Format("2006-01-02")}, {Kind: jp.OrderNo, Value: orderNo(i)},
	}
	if p.Landline != "" {
		values = append(values, roster.Value{Kind: jp.Phone, Value: p.Landline})
	}
	return values
}

func orderNo(i int) string { return fmt.Sprintf("KK-%08d", 50210000+i) }

// guard forbids everybody in town.
func (c town) guard() Guard {
	g := guard()
	g.Forbidden = People(c.h, c.s, func(roster.Key) bool { return true })
	return g
}

// TestNoLetterLeaks makes up incidents: whose data went to whom, with the
// addresses, Message-IDs and households of made-up people. Whatever the
// incident, every letter that can be written to anybody in any round holds
// nothing of anybody, by the roster and by plain search.
func TestNoLetterLeaks(t *testing.T) {
	t.Parallel()
	w := load(t)
	towns := []town{townOf(t, 1, 40), townOf(t, 2, 40)}
	rapid.Check(t, func(t *rapid.T) {
		c := towns[rapid.IntRange(0, 1).Draw(t, "town")]
		parties := c.incident(t)
		round := rapid.SampledFrom([]Round{First, Reassure, Follow, Remind}).Draw(t, "round")
		letters, _ := Plan(parties, round, Scope{Agreed: true})
		for i, a := range letters {
			l := c.write(t, w, a.Kind, a.Details(), i, a.Address)
			raw, err := Build(l)
			if err != nil {
				t.Fatal(err)
			}
			if err := c.guard().Clean(raw, a.Address); err != nil {
				t.Fatalf("%s: %v", a.Kind, err)
			}
			c.search(t, l)
		}
	})
}

// incident draws one: victims, recipients, and what the shop's program wrote
// into the mails' Message-IDs.
func (c town) incident(t *rapid.T) []Party {
	some := func(label string) []int {
		return rapid.SliceOfNDistinct(rapid.IntRange(0, len(c.people)-1), 1, 4, rapid.ID[int]).Draw(t, label)
	}
	victims, recipients := some("victims"), some("recipients")
	var parties []Party
	for _, i := range victims {
		all := slices.Collect(maps.Keys(kindWords))
		slices.Sort(all)
		kinds := rapid.SliceOfNDistinct(rapid.SampledFrom(all), 1, 5, rapid.ID[jp.Kind]).Draw(t, "kinds")
		p := Party{Person: c.keys[i], Address: c.people[i].Email, Exposed: true, Kinds: kinds}
		if rapid.Bool().Draw(t, "at most") {
			p.Exposed, p.ExposedMaybe, p.Kinds, p.MaybeKinds = false, true, nil, kinds
		}
		parties = append(parties, p)
	}
	for _, i := range recipients {
		v := victims[rapid.IntRange(0, len(victims)-1).Draw(t, "whose")]
		p := &c.people[v]
		id := rapid.SampledFrom([]string{
			"<0f3a9b2c77aa4b1c9d0eaa10bb20cc30@shop.example>", "<" + p.Email + ">", "<" + orderNo(v) + "@shop.example>",
			"<" + strings.ReplaceAll(p.Mobile, "-", "") + "abcdef@shop.example>", "<" + p.FamilyLatin + p.GivenLatin + "0123456789@shop.example>",
			"<aaaaa" + strings.ReplaceAll(p.Mobile, "-", "") + "@shop.example>", "",
		}).Draw(t, "message id")
		q := Party{Person: c.keys[i], Address: c.people[i].Email, Recipient: true}
		if rapid.Bool().Draw(t, "guest") {
			q.Person = roster.Key{}
		}
		for range rapid.SampledFrom([]int{1, 2, 3, 30}).Draw(t, "mails") {
			q.Mails = append(q.Mails, MailOf(at(rapid.IntRange(0, 59).Draw(t, "minute")), "注文確認", id, rapid.Bool().Draw(t, "possibly")))
		}
		parties = append(parties, q)
	}
	return parties
}

// write is the letter of an assignment.
func (c town) write(t *rapid.T, w *Words, k Kind, d Details, i int, to string) Letter {
	code, err := NewCode(key(1), fmt.Sprint("letter-", i), to)
	if err != nil {
		t.Fatal(err)
	}
	d.Code, d.Typed, d.Asked = code, "https://shop.example/d", at(1)
	d.Page = "https://shop.example/d/" + base64.RawURLEncoding.EncodeToString([]byte(fmt.Sprintf("random token %08x", i*7919)))
	sheet, err := w.Write(k, shop(), d)
	if err != nil {
		t.Fatal(err)
	}
	return Letter{From: "oshirase@shop.example", FromName: "例示商店", To: to, Date: at(58), MessageID: fmt.Sprintf("l%d@shop.example", i), Sheet: sheet}
}

// search looks for everybody's values as they are written, by no rule of ours.
func (c town) search(t *rapid.T, l Letter) {
	said := l.Sheet.Subject + l.Sheet.Text + l.Sheet.HTML
	for i := range c.people {
		p := &c.people[i]
		for _, v := range []string{p.Email, p.Mobile, strings.ReplaceAll(p.Mobile, "-", ""), p.Address(), p.PostalCode, p.Family + " " + p.Given, p.Family + p.Given, p.Latin(), orderNo(i)} {
			if strings.Contains(said, v) {
				t.Fatalf("%s holds a value of person %d", l.Sheet.Kind, i)
			}
		}
		if p.Landline != "" && strings.Contains(said, p.Landline) {
			t.Fatalf("%s holds the landline of person %d", l.Sheet.Kind, i)
		}
	}
}

// TestGuardBites: every kind of value is found, wherever it slipped in.
func TestGuardBites(t *testing.T) {
	t.Parallel()
	c := townOf(t, 1, 40)
	p := &c.people[3]
	for name, value := range map[string]string{
		"e-mail": p.Email, "mobile": p.Mobile, "name": p.Name() + " 様", "kana": "（" + p.Kana() + "）", "latin": p.Latin(), "address": "〒 " + p.Address(),
		"order": orderNo(3), "postal code": p.PostalCode, "birthday": p.Birthday.Format("2006年1月2日"), "stranger's mail": "stranger@example.com", "stranger's phone": "080-9999-0001",
	} {
		for where, slip := range map[string]func(*Letter){
			"text": func(l *Letter) { l.Sheet.Text += "\n" + value + "\n" },
			"html": func(l *Letter) { l.Sheet.HTML = strings.Replace(l.Sheet.HTML, "</main>", "<p>"+value+"</p></main>", 1) },
			"comment": func(l *Letter) {
				l.Sheet.HTML = strings.Replace(l.Sheet.HTML, "</main>", "<!-- "+value+" --></main>", 1)
			},
			"subject": func(l *Letter) { l.Sheet.Subject += " " + value },
			"from":    func(l *Letter) { l.FromName = value },
		} {
			l := letterTo(t, Notice, "a@example.jp")
			slip(&l)
			raw, err := Build(l)
			if err != nil {
				t.Fatal(err)
			}
			err = c.guard().Clean(raw, "a@example.jp")
			var leak *Leak
			if !errors.As(err, &leak) {
				t.Errorf("%s in %s: %v", name, where, err)
			} else if strings.Contains(err.Error(), value) {
				t.Errorf("%s in %s: the error quotes it", name, where)
			}
		}
	}
}

// TestGuardRefuses: what is not to the addressee alone, or cannot be read.
func TestGuardRefuses(t *testing.T) {
	t.Parallel()
	raw, err := Build(letterTo(t, Notice, "a@example.jp"))
	if err != nil {
		t.Fatal(err)
	}
	s := string(raw)
	attached := "MIME-Version: 1.0\r\nTo: <a@example.jp>\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment; filename=a.pdf\r\n\r\n%PDF-1.7 broken\r\n"
	for name, bad := range map[string]string{
		"another addressee": strings.Replace(s, "To: <a@", "To: <b@", 1),
		"two addressees":    strings.Replace(s, "To: <a@example.jp>", "To: <a@example.jp>, <b@example.jp>", 1),
		"two To":            "To: <a@example.jp>\r\n" + s,
		"a name in To":      strings.Replace(s, "To: <a@", "To: Taro <a@", 1),
		"Cc":                "Cc: <b@example.jp>\r\n" + s,
		"no To":             strings.Replace(s, "\r\nTo: ", "\r\nX-To: ", 1),
		"unreadable":        attached,
		"empty":             "",
	} {
		if err := guard().Clean([]byte(bad), "a@example.jp"); err == nil {
			t.Errorf("%s: clean", name)
		}
	}
	if err := guard().Clean(raw, "a@example.jp"); err != nil {
		t.Error(err)
	}
}

// TestVictimAndRecipientStayApart: two letters about one mail have no value, id
// or code in common by which one reader could find the other.
func TestVictimAndRecipientStayApart(t *testing.T) {
	t.Parallel()
	w := load(t)
	letters, _ := Plan([]Party{recipient("r", "r@example.jp"), exposed("v", "v@example.jp")}, First, Scope{})
	said := map[Kind]string{}
	for i, a := range letters {
		d := a.Details()
		d.Code, _ = NewCode(key(1), fmt.Sprint(i), a.Address)
		d.Page, d.Typed = "https://shop.example/d/"+strings.Repeat(string(rune('A'+i)), minToken), "https://shop.example/d"
		s, err := w.Write(a.Kind, shop(), d)
		if err != nil {
			t.Fatal(err)
		}
		said[a.Kind] = s.Subject + s.Text + s.HTML
	}
	for _, bad := range []string{"r@example.jp", "14:02 (JST); about", "用件"} {
		if strings.Contains(said[Notice], bad) {
			t.Errorf("the victim's letter says %q", bad)
		}
	}
	for _, bad := range []string{"v@example.jp", "電話番号", "telephone number"} {
		if strings.Contains(said[Deletion], bad) {
			t.Errorf("the recipient's letter says %q", bad)
		}
	}
}
