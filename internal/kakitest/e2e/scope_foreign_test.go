package e2e

import (
	"fmt"
	"iter"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kakitome/kakitome/internal/scope"
	"github.com/kakitome/kakitome/internal/store"
	"github.com/kakitome/kakitome/internal/survey"
)

var tokyo = time.FixedZone("JST", 9*60*60)

func files(mails ...string) iter.Seq2[survey.ForeignFile, error] {
	return func(yield func(survey.ForeignFile, error) bool) {
		for i, m := range mails {
			if !yield(survey.ForeignFile{Name: fmt.Sprintf("%d.eml", i), Data: []byte(m)}, nil) {
				return
			}
		}
	}
}

// What happened before Kakitome was there is scoped from the log of the old
// system and its mails; what has no content is named, and blocks reassurance.
func TestForeignImport(t *testing.T) {
	t.Parallel()
	p := newPast(t, people)
	const log = "time,recipient,message_id,remark\r\n" +
		"2019-07-13 14:05:00,hanako@example.net,<a@shop.example>,x\r\n" +
		"2019-07-13T14:06:00+09:00,jiro@example.org,a@shop.example,\r\n" +
		"2019-07-13 14:07:00,taro@example.jp,<b@shop.example>,\r\n" +
		"2019-07-13 14:08:00,hanako@example.net,<gone@shop.example>,\r\n"
	take := func(mails ...string) *survey.ForeignImported {
		got, err := p.scopes.ImportForeign(t.Context(), survey.ForeignImport{
			Incident: "2019", Who: "officer", Log: strings.NewReader(log), LogName: "old.csv", Zone: tokyo, Mails: files(mails...),
		})
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	wrong := strings.ReplaceAll(letter("a", aboutTaro), "\r\n", "\n") // as files often are
	got := take(wrong, letter("b", aboutTaro), letter("stranger", aboutHanako))
	if got.Rows != 4 || got.Mails != 3 || got.Deliveries != 4 || got.WithoutContent != 1 || got.Already != 0 || !slices.Equal(got.Unlisted, []string{"2.eml"}) {
		t.Errorf("imported %+v", got)
	}
	if got := take(wrong, letter("b", aboutTaro)); got.Mails != 0 || got.Already != 3 {
		t.Errorf("imported again %+v", got)
	}
	sel := scope.Selection{Any: []scope.Part{{Stream: got.Stream}}}
	s := p.compute(t, sel)
	p.agreed(t, s)
	n := s.Numbers
	if n.Persons != (scope.Bound{Least: 1, Most: 1}) || n.Recipients != (scope.Bound{Least: 2, Most: 2}) || n.Mails != (scope.Bound{Least: 1, Most: 2}) || n.Unread != 1 {
		t.Errorf("numbers %+v", n)
	}
	if want := time.Date(2019, 7, 13, 5, 5, 0, 0, time.UTC); !s.First.Equal(want) {
		t.Errorf("first %v, want %v", s.First, want)
	}
	if len(s.Unread) != 1 || s.Unread[0].Why != scope.WhyMissing || s.Unread[0].Recipient != p.hasher.Recipient(hanako) {
		t.Errorf("unread %+v", s.Unread)
	}
	if ok, _ := s.CanReassure(); ok {
		t.Error("somebody may be reassured while a mail is missing")
	}

	// It is kept, however old.
	if _, err := p.store.Retain(t.Context(), p.now, store.Keep{Bodies: time.Hour, Exposures: 24 * time.Hour}); err != nil {
		t.Fatal(err)
	}
	if again := p.compute(t, sel); again.Check.Bodies != 1 || again.Numbers != n {
		t.Errorf("after retention: %+v %+v", again.Check, again.Numbers)
	}
	r, err := p.scopes.Replay(t.Context(), sel)
	if err != nil || r.Wrong != 2 || r.Stopped != 2 || r.Gone != 1 {
		t.Errorf("replayed %+v, %v", r, err)
	}

	// The missing mail turns up: the one without content is to be left out.
	found := take(wrong, letter("b", aboutTaro), letter("gone", aboutTaro))
	if found.Mails != 1 || len(found.Superseded) != 1 {
		t.Fatalf("imported what turned up: %+v", found)
	}
	sel.Without = found.Superseded
	s = p.compute(t, sel)
	p.agreed(t, s)
	if ok, why := s.CanReassure(); !ok || s.Numbers.Unread != 0 || s.Numbers.Mails.Least != 2 {
		t.Errorf("%+v %s", s.Numbers, why)
	}
}

// What is taken in counts nowhere: the next mail is judged as if it were not
// there.
func TestForeignCountsNowhere(t *testing.T) {
	t.Parallel()
	p := newPast(t, people)
	const date = "Date: Sun, 22 Nov 2026 14:05:00 +0900"
	const guest = "お届け先 090-7777-8888 guest@guest.example\r\n"
	for i, to := range []string{hanako, jiro, taro} {
		_, err := p.scopes.ImportForeign(t.Context(), survey.ForeignImport{
			Incident: "x", Who: "officer", Mails: files(letter(fmt.Sprint(i), guest, date, "To: "+to)),
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	id := p.send(t, "next", guest, taro).MailID
	err := p.scopes.Store.Scope(t.Context(), scope.Selection{Any: []scope.Part{{Mails: []string{id}}}}, func(d *scope.Delivery, _ []scope.Datum) error {
		if d.Wrong {
			t.Error("the next mail is judged by what was imported")
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// A folder without a log: the mails say whom they went to.
func TestForeignFolder(t *testing.T) {
	t.Parallel()
	p := newPast(t, people)
	take := func(mails ...string) (*survey.ForeignImported, error) {
		return p.scopes.ImportForeign(t.Context(), survey.ForeignImport{Incident: "2019", Who: "officer", Mails: files(mails...)})
	}
	const date = "Date: Sat, 13 Jul 2019 14:05:00 +0900"
	got, err := take(letter("a", aboutTaro, date, "To: 佐藤花子 <"+hanako+">", "Cc: "+jiro), letter("b", aboutTaro, date, "To: "+hanako, "Delivered-To: "+jiro))
	if err != nil || got.Mails != 2 || got.Deliveries != 3 {
		t.Fatalf("%+v %v", got, err)
	}
	s := p.compute(t, scope.Selection{Any: []scope.Part{{Stream: got.Stream}}})
	p.agreed(t, s)
	if n := s.Numbers; n.Persons.Least < 1 || n.Recipients != (scope.Bound{Least: 2, Most: 2}) || n.Mails.Least != 2 {
		t.Errorf("numbers %+v", n)
	}
	for name, mails := range map[string][]string{
		"0.eml: Date: ":       {letter("c", aboutTaro, "To: "+hanako)},
		"0.eml: To: ":         {letter("c", aboutTaro, date)},
		"0.eml: Message-ID: ": {"Subject: x\r\n\r\nHello.\r\n"},
		"1.eml: Message-ID: ": {letter("c", aboutTaro, date, "To: "+hanako), letter("c", aboutHanako, date, "To: "+jiro)},
	} {
		if _, err := take(mails...); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("want %s: %v", name, err)
		}
	}
}
