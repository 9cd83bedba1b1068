package e2e

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"github.com/kakitome/kakitome/client"
	"github.com/kakitome/kakitome/internal/auth"
	"github.com/kakitome/kakitome/internal/kakitest"
	"github.com/kakitome/kakitome/internal/kakitest/crash"
	"github.com/kakitome/kakitome/internal/mail"
)

const (
	privacyFrom = "privacy@shop.example"
	secret      = "correct horse battery staple"
	leaker      = 0 // the member whose order goes to everybody
)

// leak is a shop in observe that has sent one member's order to others.
type leak struct {
	*kakitest.Server
	t         *testing.T
	shop      *crash.Shop
	hana, ken *client.Client // two people of the staff
	to        []string       // whom the wrong mails went to: members, and guests
	sent      int
}

// responding starts the shop with its staff.
func responding(t *testing.T, members int, yaml string) *leak {
	t.Helper()
	hash, err := auth.Hash(secret)
	if err != nil {
		t.Fatal(err)
	}
	l := &leak{t: t, shop: crash.NewShop(members)}
	l.Server = kakitest.Start(t, yaml+fmt.Sprintf(`
company: {name: 見本商店, name_en: Mihon Shop}
streams: [{name: default, mode: observe, purpose: 注文確認}]
incident:
  from: %s
  reply_to: desk@shop.example
  bounce: bounce@shop.example
  report: report@shop.example
  per_second: 1000
  listen: 127.0.0.1:0
  canaries: ["@canary.example"]
  contact: {ja: 個人情報窓口, en: Privacy desk, phone: 0120-000-000, hours: "10:00–18:00"}
  officer: Privacy officer
  staff: [{name: hana, hash: %q}, {name: ken, hash: %q}]
`, privacyFrom, hash, hash))
	importPeople(t, l.Server, string(l.shop.Roster()))
	l.hana, l.ken = l.Client.As("hana", secret), l.Client.As("ken", secret)
	return l
}

// order sends a member's order to somebody.
func (l *leak) order(owner int, to string) {
	l.t.Helper()
	m := l.shop.Order(l.sent, owner, to)
	l.sent++
	wantAnswer(l.t, l.Send(l.t, shop, []string{to}, string(m.Data)), "250 2.0.0 ", " released")
}

// leaks sends the leaker's order to the members from the second to the last
// given, and to guests.
func (l *leak) leaks(last, guests int) {
	l.t.Helper()
	for i := 1; i <= last; i++ {
		l.to = append(l.to, l.shop.Email(i))
	}
	for i := range guests {
		l.to = append(l.to, fmt.Sprintf("guest%d@guests.example", i))
	}
	for _, to := range l.to {
		l.order(leaker, to)
	}
	l.Relay.Await(l.t, len(l.to))
}

// must gives what was answered; the test it is handed to fails at an error.
func must[T any](v T, err error) func(t *testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if p := (*client.Problem)(nil); errors.As(err, &p) {
			t.Fatalf("%v (hint: %s)", err, p.Hint)
		}
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// refused checks that something was refused with a status.
func refused(t *testing.T, err error, status int, what string) {
	t.Helper()
	p, ok := err.(*client.Problem) //nolint:errorlint // it is not wrapped
	if !ok || p.Status != status {
		t.Errorf("%s: %v, want it refused with %d", what, err, status)
	}
}

func (l *leak) open(s client.Selections, source string) string {
	l.t.Helper()
	id := must(l.hana.OpenIncident(l.t.Context(), client.OpenIncident{Source: source, Title: "注文確認メールの誤送信", Selections: s}))(l.t).ID
	must(l.hana.Act(l.t.Context(), id, "fact", client.IncidentAct{Facts: map[string]string{"title_en": "Order confirmations to wrong recipients"}}))(l.t)
	return id
}

// approve has ken agree to what hana made.
func (l *leak) approve(id, object string) {
	l.t.Helper()
	must(l.ken.Act(l.t.Context(), id, "approve", client.IncidentAct{Object: object}))(l.t)
}

// approveRound has ken agree to a round.
func (l *leak) approveRound(id string, round int) {
	l.t.Helper()
	l.approve(id, fmt.Sprintf("sample %d", round))
	l.approve(id, fmt.Sprintf("letters %d", round))
}

// letters are the letters that are at the relay.
func (l *leak) letters() (list []kakitest.Mail) {
	for _, m := range l.Relay.Mails() {
		if strings.Contains(string(m.Data), "\r\n <"+privacyFrom+">\r\n") {
			list = append(list, m)
		}
	}
	return list
}

// byRecipient counts mails.
func byRecipient(list []kakitest.Mail) map[string]int {
	n := map[string]int{}
	for _, m := range list {
		for _, to := range m.To {
			n[to]++
		}
	}
	return n
}

// wordsOf is the plain text of a letter.
func wordsOf(t *testing.T, m kakitest.Mail) (text string) {
	t.Helper()
	_ = mail.Parse(m.Data, mail.Limits{}).Walk(func(p *mail.Part, _ []int) error {
		if p.MediaType == "text/plain" {
			text = p.Text
		}
		return nil
	})
	if text == "" {
		t.Fatalf("the letter has no words: %v", m)
	}
	return text
}

var (
	tokenIn = regexp.MustCompile(`/ja/(?:confirm|affected)/([0-9a-z]{20,})`)
	codeIn  = regexp.MustCompile(`[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}`)
)

// page asks the public site.
func (l *leak) page(path string, form url.Values) string {
	l.t.Helper()
	target := "http://" + l.App.PublicAddr() + path
	resp, err := http.Get(target) //nolint:gosec,noctx // our own listener
	if form != nil {
		_ = resp.Body.Close()
		resp, err = http.PostForm(target, form) //nolint:gosec,noctx // our own listener
	}
	if err != nil {
		l.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		l.t.Fatal(err)
	}
	return string(body)
}

func (l *leak) wantPage(path string, form url.Values, words string) {
	l.t.Helper()
	if got := l.page(path, form); !strings.Contains(got, words) {
		l.t.Errorf("%s %v does not say %q:\n%s", path, form, words, got)
	}
}

// states counts the letters of a round by state.
func (l *leak) states(id string, round int) map[string]int {
	l.t.Helper()
	return must(l.Client.LetterRounds(l.t.Context(), id))(l.t)[round-1].States
}

// The whole way of a response, as the two who run it and those written to see
// it.
func TestResponse(t *testing.T) {
	t.Parallel()
	crash.Engines(t, func(t *testing.T, db *crash.Database) {
		l := responding(t, 71, db.YAML(""))
		l.leaks(60, 2)
		id := l.open(client.Selections{Person: crash.PersonID(leaker)}, "person")
		l.contains(id)
		l.scopes(id)
		l.contacts(id)
		l.writes(id)
		l.hears(id)
		l.publishes(id)
		l.ends(id)
	})
}

// contains stops everything within a second; a mail that waits is recalled, and
// the data may not leave by any way.
func (l *leak) contains(id string) {
	t, ctx := l.t, l.t.Context()
	t.Helper()
	late := l.shop.Email(61)
	l.Relay.Refuse(func(_ kakitest.Mail, to string) *smtp.SMTPError {
		if to == late {
			return &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 3, 0}, Message: "later"}
		}
		return nil
	}, nil)
	tries := l.Relay.Tries()
	l.order(leaker, late)
	kakitest.Eventually(t, "the mail waits", func() bool { return l.Relay.Tries() > tries })
	began := time.Now()
	got := must(l.hana.Contain(ctx, id))(t)
	if took := time.Since(began); took > 3*time.Second { // a second, where nothing else runs
		t.Errorf("containing took %v", took)
	}
	if !slices.Equal(got.Paused, []string{"default"}) || got.Recalled != 1 || got.Blocked < 2 {
		t.Errorf("contained %+v", got)
	}
	l.Relay.Refuse(nil, nil)
	before := len(l.Relay.Mails())
	if answer := l.Send(t, shop, []string{jiro}, plain("while stopped")); !strings.HasPrefix(answer, "250 2.0.0 ") {
		t.Errorf("while it is stopped: %s", answer)
	}
	streams := must(l.Client.Streams(ctx))(t)
	if i := slices.IndexFunc(streams, func(s client.Stream) bool { return s.Name == "default" }); !streams[i].Paused || len(l.Relay.Mails()) != before {
		t.Errorf("the stream goes on: %+v", streams)
	}
}

// scopes counts what the mailboxes have.
func (l *leak) scopes(id string) {
	l.t.Helper()
	s := must(l.hana.Scope(l.t.Context(), id))(l.t)
	one, all := client.Bounds{Least: 1, Most: 1}, client.Bounds{Least: len(l.to), Most: len(l.to)}
	if s.Numbers.Persons != one || s.Numbers.Recipients != all || s.Numbers.Mails != all || s.Numbers.Unread != 0 || !s.Agreed || !s.Reassure || s.Stopped != 1 {
		l.t.Errorf("scope %+v", s)
	}
}

// contacts takes where the exposed person is told; what the roster did not have
// before the fault is listed.
func (l *leak) contacts(id string) {
	t, ctx := l.t, l.t.Context()
	t.Helper()
	const head = "person_id,email\n"
	got := must(l.hana.ImportContacts(ctx, id, strings.NewReader(head+crash.PersonID(leaker)+",stranger@example.org\n"+crash.PersonID(5)+","+l.shop.Email(5)+"\n")))(t)
	if got.Taken != 0 || len(got.Refused) != 2 || got.Missing != 1 || got.Refused[0].Line != 2 || got.Refused[0].Field != "email" {
		t.Errorf("mismatched contacts %+v", got)
	}
	got = must(l.hana.ImportContacts(ctx, id, strings.NewReader(head+crash.PersonID(leaker)+","+l.shop.Email(leaker)+"\n")))(t)
	if got.Taken != 1 || len(got.Refused) != 0 || got.Missing != 0 {
		t.Errorf("contacts %+v", got)
	}
}

// writes sends the first twenty when somebody else has agreed, and then all,
// each once.
func (l *leak) writes(id string) {
	t, ctx := l.t, l.t.Context()
	t.Helper()
	round := must(l.hana.DraftLetters(ctx, id, "first"))(t)
	if want := map[string]int{"deletion": len(l.to), "notice": 1}; round.Letters != len(l.to)+1 || !maps.Equal(round.Kinds, want) {
		t.Fatalf("round %+v", round)
	}
	sample := must(l.hana.Letters(ctx, id, true))(t)
	kinds := map[string]int{}
	for _, s := range sample {
		kinds[s.Kind]++
		if s.Text == "" || s.To == "" {
			t.Errorf("of the sample: %+v", s)
		}
	}
	if len(sample) != 20 || kinds["notice"] != 1 {
		t.Errorf("sample of %d: %v", len(sample), kinds)
	}
	if len(l.letters()) != 0 {
		t.Fatal("letters left before anybody agreed")
	}
	_, err := l.hana.Act(ctx, id, "approve", client.IncidentAct{Object: "sample 1"})
	refused(t, err, http.StatusConflict, "approving one's own letters")
	_, err = l.ken.Act(ctx, id, "approve", client.IncidentAct{Object: "letters 1"})
	refused(t, err, http.StatusConflict, "approving all before the sample")
	_, err = l.Client.As("ken", "wrong").Act(ctx, id, "approve", client.IncidentAct{Object: "sample 1"})
	refused(t, err, http.StatusForbidden, "a wrong password")

	l.approve(id, "sample 1")
	kakitest.Eventually(t, "the sample arrives", func() bool { return len(l.letters()) >= 20 })
	l.approve(id, "letters 1")
	kakitest.Eventually(t, "all letters arrive", func() bool { return len(l.letters()) >= len(l.to)+1 })
	kakitest.Eventually(t, "all are noted", func() bool { return l.states(id, 1)["relayed"] == len(l.to)+1 })
	list := l.letters()
	got, senders := byRecipient(list), map[string]bool{}
	for _, to := range append(slices.Clone(l.to), l.shop.Email(leaker)) {
		if got[to] != 1 {
			t.Errorf("one of the recipients got %d letters", got[to])
		}
	}
	for _, m := range list {
		senders[m.From] = true
		if !strings.HasPrefix(m.From, "bounce+") || !strings.HasSuffix(m.From, "@shop.example") {
			t.Errorf("sender %s", m.From)
		}
	}
	if len(list) != len(l.to)+1 || len(senders) != len(list) {
		t.Errorf("%d letters of %d senders for %d people", len(list), len(senders), len(l.to)+1)
	}
}

// hears takes bounces and answers.
func (l *leak) hears(id string) {
	t := l.t
	t.Helper()
	letterTo := func(n int) kakitest.Mail {
		for _, m := range l.letters() {
			if m.To[0] == l.to[n] {
				return m
			}
		}
		t.Fatal("no letter")
		return kakitest.Mail{}
	}
	back := letterTo(0)
	answer := l.Send(t, "", []string{back.From}, "From: MAILER-DAEMON@relay.example\r\nTo: <"+back.From+">\r\nSubject: failed\r\nMIME-Version: 1.0\r\n"+
		"Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nfailed\r\n"+
		"--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; relay.example\r\n\r\nFinal-Recipient: rfc822; x@example.org\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n--b--\r\n")
	if !strings.HasPrefix(answer, "250 ") {
		t.Errorf("bounce: %s", answer)
	}
	if got := l.states(id, 1); got["bounced"] != 1 {
		t.Errorf("after a bounce %v", got)
	}

	unread := url.Values{"deleted": {"yes"}, "opened": {"no"}, "passed": {"no"}, "device": {"smartphone"}}
	one := wordsOf(t, letterTo(1))
	path := "/ja/confirm/" + tokenIn.FindStringSubmatch(one)[1]
	l.wantPage(path, nil, `name="deleted"`)
	if got := l.states(id, 1); got["confirmed_unread"] != 0 {
		t.Error("looking at the page confirmed something")
	}
	l.wantPage(path, unread, "ご回答を記録しました")
	read := url.Values{"deleted": {"yes"}, "opened": {"yes"}, "passed": {"no"}}
	read.Set("address", l.to[2])
	read.Set("code", codeIn.FindString(wordsOf(t, letterTo(2))))
	l.wantPage("/en/confirm", read, "Your answer is on record")
	read.Set("address", l.to[3]) // the code of somebody else
	l.wantPage("/ja/confirm", read, "お手紙を確認できませんでした")
	no := url.Values{"deleted": {"no"}, "opened": {"unsure"}, "passed": {"unsure"}}
	l.wantPage("/ja/confirm/"+tokenIn.FindStringSubmatch(wordsOf(t, letterTo(4)))[1], no, "ご回答を記録しました")
	if got := l.states(id, 1); got["confirmed_unread"] != 1 || got["confirmed_deleted"] != 1 || got["refused"] != 1 {
		t.Errorf("after the answers %v", got)
	}

	// Reassurance goes to members who got a mail, and to nobody whose data is not
	// known to be safe.
	round := must(l.hana.DraftLetters(t.Context(), id, "reassure"))(t)
	if round.Kinds["reassurance"] != 60 || round.Letters != 60 {
		t.Errorf("reassurance %+v", round)
	}
	for _, x := range must(l.hana.Letters(t.Context(), id, false))(t) {
		if x.Kind == "reassurance" && x.Person == crash.PersonID(leaker) {
			t.Error("the exposed person would be reassured")
		}
	}
	round = must(l.hana.DraftLetters(t.Context(), id, "remind"))(t)
	if round.Kinds["reminder"] != len(l.to)-4 { // one bounced, three answered
		t.Errorf("reminders %+v", round)
	}
	_, err := l.hana.Act(t.Context(), id, "told", client.IncidentAct{})
	refused(t, err, http.StatusConflict, "saying that all were told while letters wait")
	for round, n := range map[int]int{2: 60, 3: len(l.to) - 4} {
		l.approveRound(id, round)
		kakitest.Eventually(t, "the further letters arrive", func() bool { return l.states(id, round)["relayed"] == n })
	}
	if got, want := len(l.letters()), len(l.to)+1+60+len(l.to)-4; got != want {
		t.Errorf("%d letters arrived in all, want %d", got, want)
	}

	// The verify page knows the letter and its address, and no other pair.
	ours := url.Values{"code": {codeIn.FindString(one)}, "address": {l.to[1]}}
	yes := l.page("/ja/verify", ours)
	ours.Set("address", l.to[5])
	wrong := l.page("/ja/verify", ours)
	ours.Set("code", "0000-0000-0000-0000")
	if unknown := l.page("/ja/verify", ours); yes == wrong || wrong != unknown {
		t.Errorf("verify: ours %q\nwrong address %q\nunknown code %q", yes, wrong, unknown)
	}
}

// publishes lets the page out when the exposed person was told.
func (l *leak) publishes(id string) {
	t, ctx := l.t, l.t.Context()
	t.Helper()
	must(l.hana.Act(ctx, id, "fact", client.IncidentAct{Facts: map[string]string{
		"outline": "注文確認メールを、別のお客様に送信しました。", "outline_en": "Order confirmations were sent to other customers.",
		"cause": "宛先の列のずれ", "cause_en": "a shifted column", "measures": "送信前の照合", "measures_en": "every mail is checked before it leaves",
	}}))(t)
	page := must(l.hana.DraftPage(ctx, id, client.IncidentAct{}))(t)
	_, err := l.hana.Act(ctx, id, "publish", client.IncidentAct{})
	refused(t, err, http.StatusConflict, "publishing what nobody approved")
	l.approve(id, fmt.Sprintf("page %d", page.Version))
	must(l.hana.Act(ctx, id, "publish", client.IncidentAct{}))(t)
	kakitest.Eventually(t, "the page is out", func() bool {
		return strings.Contains(l.page("/ja/notices/"+id, nil), "注文確認メールの誤送信") && strings.Contains(l.page("/en/notices/"+id, nil), "Order confirmations were sent")
	})
}

// ends closes the response, and the evidence of all of it verifies.
func (l *leak) ends(id string) {
	t, ctx := l.t, l.t.Context()
	t.Helper()
	due := must(l.Client.Deadlines(ctx, id))(t)
	if !slices.ContainsFunc(due, func(d client.Deadline) bool { return d.Rule == "jp-preliminary" }) {
		t.Errorf("deadlines %+v", due)
	}
	draft := must(l.Client.Report(ctx, id, client.IncidentAct{}))(t)
	if !strings.Contains(draft.Text, "注文確認メールを、別のお客様に送信しました。") {
		t.Errorf("report draft %s", draft.Text)
	}
	must(l.hana.Act(ctx, id, "told", client.IncidentAct{Text: "all were written to"}))(t)
	must(l.hana.Act(ctx, id, "reported", client.IncidentAct{Object: "jp-preliminary", Receipt: "PPC-1"}))(t)
	replayed := must(l.Client.Replay(ctx, id))(t)
	if replayed.Wrong != len(l.to)+1 || replayed.Stopped != replayed.Wrong || replayed.Released != 0 {
		t.Errorf("replayed %+v", replayed)
	}
	_, err := l.hana.Act(ctx, id, "close", client.IncidentAct{})
	refused(t, err, http.StatusConflict, "closing while a stream is stopped")
	must(l.hana.ResumeAfter(ctx, id, "default", "it enforces now"))(t)
	closed := must(l.hana.Act(ctx, id, "close", client.IncidentAct{Text: "done"}))(t)
	if closed.State != "closed" {
		t.Errorf("state %s, next %v", closed.State, closed.Next)
	}
	var csv, doc bytes.Buffer
	if err := l.hana.ExportScope(ctx, id, "csv", &csv); err != nil || strings.Count(csv.String(), "\n") != len(l.to)+2 { // head, what left, what was stopped
		t.Errorf("export: %v, %d lines", err, strings.Count(csv.String(), "\n"))
	}
	if err := l.hana.ExportScope(ctx, id, "json", &doc); err != nil || doc.Bytes()[0] != '{' {
		t.Errorf("export: %v", err)
	}
	must(l.hana.Act(ctx, id, "erase", client.IncidentAct{Text: "a year is over"}))(t)
	for _, v := range must(l.Client.Verify(ctx))(t) {
		if !v.OK {
			t.Errorf("evidence: %s", v.Problem)
		}
	}
}
