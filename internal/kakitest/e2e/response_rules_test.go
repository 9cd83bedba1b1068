package e2e

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kakitome/kakitome/client"
	"github.com/kakitome/kakitome/internal/kakitest"
	"github.com/kakitome/kakitome/internal/kakitest/crash"
)

const day = 24 * time.Hour

// first drafts the first round, has it approved, and waits for its letters.
func (l *leak) first(id string, letters int) {
	l.t.Helper()
	before := len(l.letters())
	if got := must(l.hana.DraftLetters(l.t.Context(), id, "first"))(l.t); got.Letters != letters {
		l.t.Fatalf("drafted %+v, want %d letters", got, letters)
	}
	round := len(must(l.Client.Incident(l.t.Context(), id))(l.t).Rounds)
	l.approveRound(id, round)
	kakitest.Eventually(l.t, "letters arrive and are noted", func() bool {
		return len(l.letters()) == before+letters && l.states(id, round)["relayed"] == letters
	})
}

// What wants four eyes is signed by staff.
func TestStaffSign(t *testing.T) {
	t.Parallel()
	l := responding(t, 5, "")
	l.leaks(2, 0)
	ctx := t.Context()
	id := l.open(client.Selections{Person: crash.PersonID(leaker)}, "person")
	must(l.Client.Scope(ctx, id))(t)
	_, err := l.Client.DraftLetters(ctx, id, "first")
	refused(t, err, http.StatusForbidden, "letters nobody signed")
	_, err = l.Client.DraftPage(ctx, id, client.IncidentAct{})
	refused(t, err, http.StatusForbidden, "a page nobody signed")
	must(l.hana.DraftLetters(ctx, id, "first"))(t)
	_, err = l.Client.Act(ctx, id, "approve", client.IncidentAct{Object: "sample 1"})
	refused(t, err, http.StatusForbidden, "an approval nobody signed")
	l.approve(id, "sample 1")
	detail := must(l.Client.Incident(ctx, id))(t)
	if by := detail.Rounds[0].Sample; !strings.HasPrefix(by, "ken (uid ") {
		t.Errorf("approved by %q", by)
	}
}

// Without staff only the user of the host is known: one is not two.
func TestFourEyesWithoutStaff(t *testing.T) {
	t.Parallel()
	s := start(t, "streams: [{name: default, mode: observe}]\nincident: {from: privacy@shop.example, contact: {ja: 窓口, en: desk, phone: 0120-000-000, hours: daily}}")
	wantAnswer(t, s.Send(t, shop, []string{hanako}, letter("wrong", aboutTaro)), "250 2.0.0 ", " released")
	ctx := t.Context()
	id := must(s.Client.OpenIncident(ctx, client.OpenIncident{Source: "person", Selections: client.Selections{Person: "M-1"}}))(t).ID
	must(s.Client.Scope(ctx, id))(t)
	must(s.Client.DraftLetters(ctx, id, "first"))(t)
	_, err := s.Client.Act(ctx, id, "approve", client.IncidentAct{Object: "sample 1"})
	refused(t, err, http.StatusConflict, "approving one's own")
	if p := must(err.(*client.Problem), nil)(t); !strings.Contains(p.Hint, "incident.staff") { //nolint:errorlint,forcetypeassert // refused has looked
		t.Errorf("the hint is %q", p.Hint)
	}
}

// Words that change after the letters were made are not those somebody agrees
// to: the round is made again, and the old one cannot leave any more.
func TestApprovalIsOfWords(t *testing.T) {
	t.Parallel()
	l := responding(t, 5, "")
	l.leaks(2, 0)
	ctx := t.Context()
	id := l.open(client.Selections{Person: crash.PersonID(leaker)}, "person")
	must(l.hana.Scope(ctx, id))(t)
	must(l.hana.ImportContacts(ctx, id, strings.NewReader("person_id,email\n"+crash.PersonID(leaker)+","+l.shop.Email(leaker)+"\n")))(t)
	must(l.hana.DraftLetters(ctx, id, "first"))(t)
	must(l.hana.Act(ctx, id, "fact", client.IncidentAct{Facts: map[string]string{"cause": "宛先の列のずれ"}}))(t)
	_, err := l.ken.Act(ctx, id, "approve", client.IncidentAct{Object: "sample 1"})
	refused(t, err, http.StatusConflict, "words that changed")
	_, err = l.hana.DraftLetters(ctx, id, "first")
	refused(t, err, http.StatusConflict, "a cause in Japanese alone")
	if !strings.Contains(err.Error(), "cause_en") {
		t.Errorf("it does not say what is missing: %v", err)
	}
	must(l.hana.Act(ctx, id, "fact", client.IncidentAct{Facts: map[string]string{"cause_en": "a shifted column"}}))(t)
	l.first(id, 3)
	_, err = l.ken.Act(ctx, id, "approve", client.IncidentAct{Object: "sample 1"})
	refused(t, err, http.StatusConflict, "a round that was made again")
	for to, n := range byRecipient(l.letters()) {
		if n != 1 {
			t.Errorf("%s got %d letters", to, n)
		}
	}
}

// Nobody says that all were told while an exposed person knows nothing and
// nobody has said why.
func TestToldWaitsForTheExposed(t *testing.T) {
	t.Parallel()
	l := responding(t, 5, "")
	l.leaks(2, 0)
	ctx := t.Context()
	id := l.open(client.Selections{Person: crash.PersonID(leaker)}, "person")
	must(l.hana.Scope(ctx, id))(t)
	l.first(id, 2)
	_, err := l.hana.Act(ctx, id, "told", client.IncidentAct{})
	refused(t, err, http.StatusConflict, "told, while the exposed person is not")
	_, err = l.hana.Act(ctx, id, "unreachable", client.IncidentAct{Person: crash.PersonID(leaker)})
	refused(t, err, http.StatusUnprocessableEntity, "out of reach for no reason")
	must(l.hana.Act(ctx, id, "unreachable", client.IncidentAct{Person: crash.PersonID(leaker), Text: "moved, no telephone"}))(t)
	if got := must(l.hana.Act(ctx, id, "told", client.IncidentAct{}))(t); got.State != "found" { // nothing was contained
		t.Errorf("state %s", got.State)
	}
}

// A wrong mail that is found later is asked about, and nothing else again.
func TestLaterMailIsAskedAbout(t *testing.T) {
	t.Parallel()
	l := responding(t, 6, "")
	l.leaks(2, 0)
	ctx := t.Context()
	id := l.open(client.Selections{Person: crash.PersonID(leaker)}, "person")
	must(l.hana.Scope(ctx, id))(t)
	l.first(id, 2)
	if again := must(l.hana.DraftLetters(ctx, id, "first"))(t); again.Letters != 0 || again.Left["already_told"] != 2 {
		t.Errorf("drafted again %+v", again)
	}
	l.order(leaker, l.to[0])
	kakitest.Eventually(t, "it left", func() bool { return len(l.Relay.To(l.to[0])) == 3 })
	must(l.hana.Scope(ctx, id))(t)
	l.first(id, 1)
	if got := byRecipient(l.letters()); got[l.to[0]] != 2 || got[l.to[1]] != 1 {
		t.Errorf("letters %v", got)
	}
}

// Who does not answer is reminded when it is time, and given up in the end.
func TestRemindersAndTheirEnd(t *testing.T) {
	t.Parallel()
	l := responding(t, 5, "")
	l.leaks(3, 0)
	ctx := t.Context()
	id := l.open(client.Selections{Person: crash.PersonID(leaker)}, "person")
	must(l.hana.Scope(ctx, id))(t)
	l.first(id, 3)
	remind := "kakitome incident letters draft " + id + " remind"
	if next := must(l.Client.Incident(ctx, id))(t).Next; slices.Contains(next, remind) {
		t.Errorf("reminded at once: %v", next)
	}
	l.Clock.Forward(3*day + time.Hour)
	if next := must(l.Client.Incident(ctx, id))(t).Next; !slices.Contains(next, remind) {
		t.Errorf("not reminded: %v", next)
	}
	must(l.hana.DraftLetters(ctx, id, "remind"))(t)
	l.approveRound(id, 2)
	kakitest.Eventually(t, "reminders arrive", func() bool { return l.states(id, 2)["relayed"] == 3 })
	if text := wordsOf(t, l.letters()[3]); !tokenIn.MatchString(text) {
		t.Errorf("the reminder has no page: %s", text)
	}
	l.Clock.Forward(11 * day)
	if err := l.App.GiveUp(ctx); err != nil {
		t.Fatal(err)
	}
	if got := l.states(id, 1); got["no_answer"] != 3 {
		t.Errorf("after two weeks %v", got)
	}
}

// The law's own names are facts; what cannot be said is refused with what can.
func TestFactsOfTheLaw(t *testing.T) {
	t.Parallel()
	l := responding(t, 5, "")
	l.leaks(2, 0)
	ctx := t.Context()
	id := l.open(client.Selections{Person: crash.PersonID(leaker)}, "person")
	must(l.hana.Scope(ctx, id))(t)
	missing := func() (names []string) {
		for _, d := range must(l.Client.Deadlines(ctx, id))(t) {
			names = append(names, d.Missing...)
		}
		return names
	}
	before := missing()
	for _, name := range []string{"property_damage", "improper_purpose", "special_care"} {
		if !slices.Contains(before, name) {
			t.Errorf("%s is not asked for: %v", name, before)
		}
		must(l.hana.Act(ctx, id, "fact", client.IncidentAct{Facts: map[string]string{name: "no"}}))(t)
		if slices.Contains(missing(), name) {
			t.Errorf("%s is asked for though it is stated", name)
		}
	}
	for _, bad := range []map[string]string{{"property": "no"}, {"special_care": "perhaps"}, {"items.card": "no"}, {"residents": "many"}} {
		_, err := l.hana.Act(ctx, id, "fact", client.IncidentAct{Facts: bad})
		refused(t, err, http.StatusUnprocessableEntity, "such a fact")
	}
}
