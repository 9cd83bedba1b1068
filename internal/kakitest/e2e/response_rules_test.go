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
	remind := "kakitome incident letters draft " + id + " --occasion remind"
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

// Who is erased while an incident about them is open stays in its contents until
// it is closed and erased; the evidence verifies all the way.
func TestErasureDuringIncident(t *testing.T) {
	t.Parallel()
	l := responding(t, 5, "")
	l.leaks(3, 0)
	ctx := t.Context()
	id := l.open(client.Selections{Person: crash.PersonID(leaker)}, "person")
	before := must(l.hana.Scope(ctx, id))(t)
	if err := l.Client.RemovePerson(ctx, crash.PersonID(leaker)); err != nil {
		t.Fatal(err)
	}
	after := must(l.hana.Scope(ctx, id))(t)
	if after.Numbers != before.Numbers || !after.Agreed {
		t.Errorf("after the erasure %+v, before %+v", after, before)
	}
	verified := func(when string) {
		for _, v := range must(l.Client.Verify(ctx))(t) {
			if !v.OK {
				t.Errorf("evidence %s: %s", when, v.Problem)
			}
		}
	}
	verified("after a person was erased")
	must(l.hana.Contain(ctx, id))(t)
	l.first(id, 3)
	must(l.hana.Act(ctx, id, "unreachable", client.IncidentAct{Person: crash.PersonID(leaker), Text: "wished to be erased"}))(t)
	must(l.hana.Act(ctx, id, "told", client.IncidentAct{}))(t)
	must(l.hana.Act(ctx, id, "no-report", client.IncidentAct{Text: "one person, contact data"}))(t)
	must(l.hana.Act(ctx, id, "fact", client.IncidentAct{Facts: map[string]string{"cause": "列のずれ", "measures": "照合"}}))(t)
	must(l.hana.ResumeAfter(ctx, id, "default", "mended"))(t)
	must(l.hana.Act(ctx, id, "close", client.IncidentAct{}))(t)
	must(l.hana.Act(ctx, id, "erase", client.IncidentAct{}))(t)
	_, err := l.Client.Incident(ctx, id)
	refused(t, err, http.StatusConflict, "reading what was erased")
	if list := must(l.Client.Incidents(ctx))(t); len(list) != 1 || !list[0].Erased {
		t.Errorf("incidents %+v", list)
	}
	verified("after the incident was erased")
}

// What comes for a canary is a hit, unless the shop itself has sent it; whose
// mail uses what only the shop had is said of each who reports.
func TestCanariesAndReporters(t *testing.T) {
	t.Parallel()
	l := responding(t, 40, "")
	const canary = "c.b7k2@canary.example"
	importPeople(t, l.Server, "person_id,email,name,canary\nC-1,"+canary+",観月みどり,yes\n")
	l.leaks(20, 0)
	ctx := t.Context()
	id := l.open(client.Selections{Person: crash.PersonID(leaker)}, "person")
	must(l.hana.Scope(ctx, id))(t)
	var reporters []client.Reporter
	for i := 30; i < 34; i++ {
		reporters = append(reporters, client.Reporter{Address: l.shop.Email(i)})
	}
	if got := must(l.hana.Compare(ctx, id, client.SameLeak{Reporters: reporters}))(t); got.Verdict != "not_confirmed_at_present" {
		t.Errorf("reports of people who are not exposed: %+v", got)
	}
	reporters = append(reporters, client.Reporter{Address: l.shop.Email(leaker), OnlyOurs: true})
	if got := must(l.hana.Compare(ctx, id, client.SameLeak{Reporters: reporters}))(t); got.Verdict != "possible" {
		t.Errorf("a mail of the exposed person with data only we had: %+v", got)
	}

	hits := func() (n int) {
		for _, q := range must(l.hana.Inquiries(ctx, time.Time{}))(t) {
			if q.Kind == "canary" {
				n++
			}
		}
		return n
	}
	comes := func(content string) {
		t.Helper()
		wantAnswer(t, kakitest.Dial(t, l.App.IncomingAddr()).Send("someone@example.org", []string{canary}, []byte(content)), "250 ", "")
	}
	own := plain("news")
	wantAnswer(t, l.Send(t, shop, []string{canary}, own), "250 2.0.0 ", " released")
	kakitest.Eventually(t, "the shop's own mail left", func() bool { return len(l.Relay.To(canary)) == 1 })
	if comes(own); hits() != 0 {
		t.Error("the shop's own mail is a hit")
	}
	comes(plain("spam"))
	if comes(plain("spam")); hits() != 1 {
		t.Errorf("%d hits for one mail", hits())
	}
}

// Who has no mail address is written to on paper, and counts as told once the
// letters may be printed.
func TestLettersOnPaper(t *testing.T) {
	t.Parallel()
	const patron = "M-9"
	l := responding(t, 5, "")
	importPeople(t, l.Server, "person_id,name,phone,postal_code,address\nM-9,鈴木次郎,070-5555-6666,460-0001,愛知県名古屋市中区三の丸3-5-7\n")
	for _, to := range []string{l.shop.Email(1), l.shop.Email(2)} {
		wantAnswer(t, l.Send(t, shop, []string{to}, letter(to[:5], "鈴木次郎 様\r\n070-5555-6666\r\n愛知県名古屋市中区三の丸3-5-7\r\n")), "250 2.0.0 ", " released")
	}
	l.Relay.Await(t, 2)
	ctx := t.Context()
	id := l.open(client.Selections{Person: patron}, "person")
	must(l.hana.Scope(ctx, id))(t)
	taken := must(l.hana.ImportContacts(ctx, id, strings.NewReader("person_id,name,postal_code,address\nM-9,鈴木次郎,460-0001,愛知県名古屋市中区三の丸3-5-7\n")))(t)
	if taken.Taken != 1 || taken.Missing != 0 {
		t.Fatalf("contacts %+v", taken)
	}
	round := must(l.hana.DraftLetters(ctx, id, "first"))(t)
	if round.Letters != 3 || round.Left["post"] != 1 {
		t.Errorf("drafted %+v", round)
	}
	var out strings.Builder
	refused(t, l.hana.PrintLetters(ctx, id, "csv", &out), http.StatusConflict, "printing what nobody approved")
	l.approveRound(id, 1)
	kakitest.Eventually(t, "the others have their mail", func() bool { return l.states(id, 1)["relayed"] == 2 })
	if err := l.hana.PrintLetters(ctx, id, "csv", &out); err != nil || !strings.Contains(out.String(), "鈴木次郎") {
		t.Errorf("list for the post: %v %s", err, out.String())
	}
	out.Reset()
	if err := l.hana.PrintLetters(ctx, id, "html", &out); err != nil || !strings.Contains(out.String(), "愛知県名古屋市中区三の丸3-5-7") || strings.Contains(out.String(), "070-5555-6666") {
		t.Errorf("letters for windows: %v %s", err, out.String())
	}
	must(l.hana.Act(ctx, id, "told", client.IncidentAct{}))(t)
	if got := len(l.letters()); got != 2 {
		t.Errorf("%d letters by mail", got)
	}
}

// Whoever is both exposed and a wrong recipient gets one letter that says both,
// and is not reassured.
func TestCombinedLetter(t *testing.T) {
	t.Parallel()
	l := responding(t, 6, "")
	l.leaks(2, 0)
	l.order(1, l.shop.Email(3)) // a recipient's own data goes out, too
	l.Relay.Await(t, 3)
	ctx := t.Context()
	id := l.open(client.Selections{Stream: "default"}, "clerk")
	if s := must(l.hana.Scope(ctx, id))(t); s.Both.Most != 1 || s.Numbers.Persons.Most != 2 {
		t.Errorf("scope %+v", s)
	}
	l.first(id, 3)
	kinds := map[string]string{}
	for _, x := range must(l.hana.Letters(ctx, id, false))(t) {
		kinds[x.To] = x.Kind
	}
	if kinds[l.shop.Email(1)] != "combined" || kinds[l.shop.Email(2)] != "deletion" || kinds[l.shop.Email(3)] != "deletion" {
		t.Errorf("letters %v", kinds)
	}
	if round := must(l.hana.DraftLetters(ctx, id, "reassure"))(t); round.Letters != 2 {
		t.Errorf("reassurance %+v", round)
	}
	_, err := l.hana.Act(ctx, id, "fact", client.IncidentAct{Facts: map[string]string{"news": "原因が分かりました。", "news_en": "The cause is known."}})
	if err != nil {
		t.Fatal(err)
	}
	if round := must(l.hana.DraftLetters(ctx, id, "follow"))(t); round.Kinds["follow_up"] != 3 {
		t.Errorf("follow-up %+v", round)
	}
}

// Of a deadline people are reminded once for each share of its time.
func TestDeadlinesRemind(t *testing.T) {
	t.Parallel()
	l := responding(t, 5, "")
	l.leaks(2, 0)
	ctx := t.Context()
	id := l.open(client.Selections{Person: crash.PersonID(leaker)}, "person")
	must(l.hana.Scope(ctx, id))(t)
	reminded := func() (list []string) {
		if err := l.App.RemindOfDeadlines(ctx); err != nil {
			t.Fatal(err)
		}
		for _, a := range must(l.Client.Alerts(ctx, false))(t) {
			if subject, ok := strings.CutPrefix(a.Subject, id+" jp-preliminary "); ok && a.Kind == "deadline" {
				list = append(list, subject)
			}
		}
		return list
	}
	if got := reminded(); len(got) != 0 {
		t.Errorf("at once: %v", got)
	}
	l.Clock.Forward(3 * day)
	for range 2 {
		if got := reminded(); !slices.Equal(got, []string{"50%"}) {
			t.Errorf("after half of the time: %v", got)
		}
	}
	l.Clock.Forward(3 * day)
	if got := reminded(); !slices.Contains(got, "100%") {
		t.Errorf("when it is over: %v", got)
	}
	must(l.hana.Act(ctx, id, "reported", client.IncidentAct{Object: "jp-preliminary", Receipt: "late"}))(t)
	for _, d := range must(l.Client.Deadlines(ctx, id))(t) {
		if d.Rule == "jp-preliminary" && (!d.Done || d.Overdue || d.Until == "" || d.UntilEn == "") {
			t.Errorf("after the report %+v", d)
		}
	}
}
