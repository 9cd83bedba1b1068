package public

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func said(s string) Text { return Text{s, s} }

func shop() Announcement {
	return Announcement{ID: "order-1", Title: said("t"), Summary: said("s"), Contact: Contact{Phone: "03-1234-5678"},
		Persons: &Count{1, 3}, Sent: time.Date(2026, 11, 22, 4, 54, 0, 0, time.UTC)}
}

func TestDocumentComesBack(t *testing.T) {
	t.Parallel()
	want := shop()
	doc, err := want.Document()
	if err != nil {
		t.Fatal(err)
	}
	got, err := ParseAnnouncement(doc)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	for _, bad := range []string{"", "{}{}", `{"id":"a","later_field":1}`, `[]`} {
		if _, err := ParseAnnouncement([]byte(bad)); err == nil {
			t.Errorf("read %q", bad)
		}
	}
	far := shop()
	far.Next = time.Date(12026, 1, 1, 0, 0, 0, 0, time.UTC)
	if _, err := far.Document(); err == nil {
		t.Error("wrote a year no document can hold")
	}
}

// TestNothingChangesSilently: whatever is set otherwise is a change, and
// nothing else is.
func TestNothingChangesSilently(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)
	turns := []func(*Announcement){
		func(a *Announcement) { a.Title = said("u") }, func(a *Announcement) { a.Summary = said("u") },
		func(a *Announcement) { a.Sent = at }, func(a *Announcement) { a.Last = at }, func(a *Announcement) { a.Found = at },
		func(a *Announcement) { a.FoundBy = said("u") }, func(a *Announcement) { a.Stopped = at },
		func(a *Announcement) { a.Persons = &Count{2, 3} }, func(a *Announcement) { a.Mails = &Count{1, 1} }, func(a *Announcement) { a.Recipients = &Count{0, 0} },
		func(a *Announcement) { a.Exposed = []Text{said("u")} }, func(a *Announcement) { a.NotExposed = []Text{said("u")} },
		func(a *Announcement) { a.Own = said("u") }, func(a *Announcement) { a.Cause = said("u") }, func(a *Announcement) { a.Unknown = []Text{said("u")} },
		func(a *Announcement) { a.Misuse = said("u") }, func(a *Announcement) { a.Timeline = []Event{{at, said("u")}} },
		func(a *Announcement) { a.Measures = []Measure{{Text: said("u")}} }, func(a *Announcement) { a.Filings = []Filing{{Authority: said("u")}} },
		func(a *Announcement) { a.ForAffected = []Text{said("u")} }, func(a *Announcement) { a.ForRecipients = []Text{said("u")} },
		func(a *Announcement) { a.Writing = said("u") }, func(a *Announcement) { a.NeverAsk = []Text{said("u")} },
		func(a *Announcement) { a.Apology = said("u") }, func(a *Announcement) { a.Officer = said("u") },
		func(a *Announcement) { a.Contact.Phone = "x" }, func(a *Announcement) { a.Next = at }, func(a *Announcement) { a.Closed = true },
	}
	if len(turns) != len(sections) {
		t.Fatalf("%d ways to change, %d sections", len(turns), len(sections))
	}
	rapid.Check(t, func(t *rapid.T) {
		prev, next := shop(), shop()
		want := 0
		for _, turn := range turns {
			if rapid.Bool().Draw(t, "turn") {
				turn(&next)
				want++
			}
		}
		if got := Changes(prev, next); len(got) != want {
			t.Fatalf("%d changes, want %d: %v", len(got), want, got)
		}
	})
	next := shop()
	next.Persons = &Count{2, 2}
	if diff := cmp.Diff([]Change{{sections[7].name, &Count{1, 3}, &Count{2, 2}}}, Changes(shop(), next)); diff != "" {
		t.Error(diff)
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	if err := shop().Check(); err != nil {
		t.Error(err)
	}
	next := shop()
	if err := Follow(shop(), next); err == nil || !strings.Contains(err.Error(), "what changed") {
		t.Errorf("a version that does not say what it changes: %v", err)
	}
	next.Change = said("c")
	if err := Follow(shop(), next); err != nil {
		t.Error(err)
	}
	for what, spoil := range map[string]func(*Announcement){
		"the id":            func(a *Announcement) { a.ID = "../x" },
		"the title":         func(a *Announcement) { a.Title.EN = "" },
		"the summary":       func(a *Announcement) { a.Summary = Text{} },
		"no contact":        func(a *Announcement) { a.Contact = Contact{} },
		"a negative number": func(a *Announcement) { a.Mails = &Count{-1, 3} },
	} {
		a := shop()
		spoil(&a)
		if err := a.Check(); err == nil || !strings.Contains(err.Error(), what) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func TestVersions(t *testing.T) {
	t.Parallel()
	b := Board{}
	for i, id := range []string{"a", "b", "a"} {
		a := shop()
		a.ID = id
		doc, err := a.Document()
		if err != nil {
			t.Fatal(err)
		}
		b.Announcements = append(b.Announcements, Edition{At: time.Unix(int64(i), 0), Document: doc})
	}
	got, err := b.Versions()
	if err != nil || len(got) != 2 || got[0].ID != "a" || len(got[0].Editions) != 2 || len(got[1].Announcements) != 1 {
		t.Errorf("%+v %v", got, err)
	}
	b.Announcements[1].Document = []byte("{")
	if _, err := b.Versions(); err == nil {
		t.Error("a document nobody can read was left out")
	}
}

func TestWordsOfEveryLanguage(t *testing.T) {
	t.Parallel()
	if s, l := (Text{JA: "あ"}).In(EN); s != "あ" || l != JA {
		t.Errorf("%q %q", s, l)
	}
	if s, l := (Text{EN: "a"}).In(JA); s != "a" || l != EN {
		t.Errorf("%q %q", s, l)
	}
	for k, text := range kinds {
		if !text.both() || !k.Valid() {
			t.Errorf("%v: %v", k, text)
		}
	}
	if KindText(0).Empty() {
		t.Error("no words for other kinds")
	}
}

func FuzzParseAnnouncement(f *testing.F) {
	doc, err := shop().Document()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(doc)
	f.Add([]byte(`{"id":"a","persons":{"confirmed":1,"at_most":-1},"timeline":[{"at":"2026-11-22T14:19:00+09:00","text":{"ja":"あ"}}]}`))
	f.Fuzz(func(t *testing.T, doc []byte) {
		a, err := ParseAnnouncement(doc)
		if err != nil {
			return
		}
		again, err := a.Document()
		if err != nil {
			t.Fatalf("read but not written: %v", err)
		}
		b, err := ParseAnnouncement(again)
		if err != nil {
			t.Fatal(err)
		}
		if c := Changes(a, b); len(c) != 0 {
			t.Fatalf("changed by writing: %v", c)
		}
	})
}
