package response

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kakitome/kakitome/internal/incident"
	"github.com/kakitome/kakitome/internal/jp"
	"github.com/kakitome/kakitome/internal/law"
	"github.com/kakitome/kakitome/internal/letter"
	"github.com/kakitome/kakitome/internal/roster"
	"github.com/kakitome/kakitome/internal/scope"
)

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// What several letters to one recipient come to.
func TestAsking(t *testing.T) {
	t.Parallel()
	sent := func(s letter.State, day int) Letter {
		return Letter{State: uint8(s), Mail: "m", Fate: "relayed", FateAt: noon.AddDate(0, 0, day)}
	}
	for name, c := range map[string]struct {
		letters  []Letter
		answered bool
		want     letter.Track
	}{
		"asked":                      {[]Letter{sent(letter.Asked, 0)}, false, letter.Track{State: letter.Relayed, Relayed: noon}},
		"not yet sent":               {[]Letter{{State: uint8(letter.Planned)}}, false, letter.Track{State: letter.Planned}},
		"reminded":                   {[]Letter{sent(letter.Asked, 0), sent(letter.Asked, 3)}, false, letter.Track{State: letter.Relayed, Relayed: noon, Reminded: 1}},
		"answered the reminder":      {[]Letter{sent(letter.Asked, 0), sent(letter.ConfirmedUnread, 3)}, true, letter.Track{State: letter.ConfirmedUnread, Relayed: noon, Reminded: 1, Answered: true}},
		"answered before a reminder": {[]Letter{sent(letter.Refused, 0), sent(letter.Asked, 3)}, true, letter.Track{State: letter.Refused, Relayed: noon, Reminded: 1, Answered: true}},
		"the reminder came back":     {[]Letter{sent(letter.Asked, 0), {State: uint8(letter.Bounced)}}, false, letter.Track{State: letter.Bounced, Relayed: noon}},
		"a reminder is planned":      {[]Letter{sent(letter.Asked, 0), {State: uint8(letter.Planned)}}, false, letter.Track{State: letter.Relayed, Relayed: noon}},
	} {
		a := &asking{}
		for i := range c.letters {
			a.add(&c.letters[i], c.answered && letter.State(c.letters[i].State).Answered())
		}
		if diff := cmp.Diff(c.want, a.Track); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// The law is told that all deleted it unread only when all there may be have.
func TestUnreadDeleted(t *testing.T) {
	t.Parallel()
	one, two := roster.Key{1}, roster.Key{2}
	s := &scoped{Scope: &scope.Scope{Recipients: []scope.Recipient{
		{Key: one, Fates: scope.Fates{Wrong: scope.Relayed}}, {Key: two, Fates: scope.Fates{Wrong: scope.Possibly}}, {Key: roster.Key{3}, Fates: scope.Fates{Allowed: scope.Relayed}},
	}}}
	unread := &scoped{Scope: &scope.Scope{Recipients: s.Recipients, Numbers: scope.Numbers{Unread: 1}}}
	said := func(list ...letter.State) map[roster.Key]*asking {
		out := map[roster.Key]*asking{}
		for i, st := range list {
			out[roster.Key{byte(i + 1)}] = &asking{Track: letter.Track{State: st}}
		}
		return out
	}
	for name, c := range map[string]struct {
		s    *scoped
		said map[roster.Key]*asking
		want law.Answer
	}{
		"no scope":             {nil, said(), law.Unknown},
		"nobody was asked":     {s, said(), law.Unknown},
		"one answered":         {s, said(letter.ConfirmedUnread), law.Unknown},
		"both":                 {s, said(letter.ConfirmedUnread, letter.ConfirmedUnread), law.Yes},
		"one has read it":      {s, said(letter.ConfirmedUnread, letter.ConfirmedDeleted), law.No},
		"one refuses":          {s, said(letter.Refused), law.No},
		"one came back":        {s, said(letter.ConfirmedUnread, letter.Bounced), law.Unknown},
		"something was unread": {unread, said(letter.ConfirmedUnread, letter.ConfirmedUnread), law.Unknown},
	} {
		if got := unreadDeleted(c.s, c.said); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

// A letter stands for what it said, and no more.
func TestToldSays(t *testing.T) {
	t.Parallel()
	at := func(minute int) letter.Mail { return letter.Mail{At: noon.Add(time.Duration(minute) * time.Minute)} }
	for name, c := range map[string]struct {
		told  told
		party letter.Party
		want  []letter.Kind
	}{
		"the same mail":     {told{kind: letter.Deletion, about: about{Mails: []letter.Mail{at(1)}}}, letter.Party{Mails: []letter.Mail{at(1)}}, []letter.Kind{letter.Deletion}},
		"one mail more":     {told{kind: letter.Deletion, about: about{Mails: []letter.Mail{at(1)}}}, letter.Party{Mails: []letter.Mail{at(1), at(2)}}, nil},
		"combined":          {told{kind: letter.Combined, about: about{Mails: []letter.Mail{at(1)}, Kinds: []jp.Kind{jp.Name}}}, letter.Party{Mails: []letter.Mail{at(1)}, Kinds: []jp.Kind{jp.Name}}, []letter.Kind{letter.Deletion, letter.Notice}},
		"combined, a kind":  {told{kind: letter.Combined, about: about{Mails: []letter.Mail{at(1)}}}, letter.Party{Mails: []letter.Mail{at(1)}, Kinds: []jp.Kind{jp.Name}}, []letter.Kind{letter.Deletion}},
		"maybe is less":     {told{kind: letter.Notice, about: about{Maybe: []jp.Kind{jp.Name}}}, letter.Party{Kinds: []jp.Kind{jp.Name}}, nil},
		"certain is more":   {told{kind: letter.Notice, about: about{Kinds: []jp.Kind{jp.Name}}}, letter.Party{MaybeKinds: []jp.Kind{jp.Name}}, []letter.Kind{letter.Notice}},
		"reassured is said": {told{kind: letter.Reassurance}, letter.Party{Mails: []letter.Mail{at(1)}}, []letter.Kind{letter.Reassurance}},
	} {
		if diff := cmp.Diff(c.want, c.told.says(&c.party)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// Residents count as none only when none is what is said.
func TestPlaces(t *testing.T) {
	t.Parallel()
	d := &Desk{Options{Law: Law{Places: []string{"JP", "EU", "UK"}}}}
	of := func(facts map[string]string) map[string]law.Place {
		return d.places(&Course{Incident: &incident.Incident{Facts: facts}})
	}
	got := of(map[string]string{"residents": "eu=0,uk=12"})
	want := map[string]law.Place{
		"JP": {Established: law.Yes}, "EU": {Residents: law.AtMost(0, 0)}, "UK": {Residents: law.AtMost(12, 12), Offers: law.Yes},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if uk := of(map[string]string{"residents": "uk=12", "final_numbers": "yes"})["UK"]; uk.Residents != law.Exactly(12) {
		t.Errorf("final: %+v", uk)
	}
}
