package e2e

import (
	"archive/tar"
	"bytes"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kakitome/kakitome/client"
	"github.com/kakitome/kakitome/internal/kakitest"
	"github.com/kakitome/kakitome/internal/kakitest/crash"
)

// The first wrong mail raises an alert, and the alert leads to an incident about
// the mails of its stream.
func TestIncidentFromAlert(t *testing.T) {
	t.Parallel()
	l := responding(t, 9, "")
	l.leaks(5, 0)
	var alert string
	for _, a := range must(l.Client.Alerts(t.Context(), false))(t) {
		if a.Kind == "would_hold" && a.Subject == "default/ownership" {
			alert = a.ID
		}
	}
	if alert == "" {
		t.Fatal("nobody was told of the first wrong mail")
	}
	id := l.open(client.Selections{Alert: alert}, "alert")
	s := must(l.hana.Scope(t.Context(), id))(t)
	if all := (client.Bounds{Least: 5, Most: 5}); s.Numbers.Recipients != all || s.Numbers.Persons.Least != 1 || !s.Agreed {
		t.Errorf("scope %+v", s)
	}
	began := time.Now()
	if got := must(l.hana.Contain(t.Context(), id))(t); !slices.Equal(got.Paused, []string{"default"}) || time.Since(began) > time.Second {
		t.Errorf("contained %+v in %v", got, time.Since(began))
	}
	kakitest.Eventually(t, "the public is told that mail waits", func() bool { return strings.Contains(l.page("/ja/", nil), "注文確認") })
}

// Publication waits until the exposed person was told, or somebody says why not.
func TestPublicationWaits(t *testing.T) {
	t.Parallel()
	l := responding(t, 9, "")
	l.leaks(3, 0)
	id := l.open(client.Selections{Stream: "default"}, "clerk")
	ctx := t.Context()
	must(l.hana.Scope(ctx, id))(t)
	must(l.hana.DraftPage(ctx, id, client.IncidentAct{}))(t)
	l.approve(id, "page 1")
	_, err := l.hana.Act(ctx, id, "publish", client.IncidentAct{})
	refused(t, err, http.StatusConflict, "publishing before the exposed person knows")
	_, err = l.hana.Act(ctx, id, "override", client.IncidentAct{Object: "publication"})
	refused(t, err, http.StatusUnprocessableEntity, "an override without a reason")
	must(l.hana.Act(ctx, id, "override", client.IncidentAct{Object: "publication", Text: "it is in the news already"}))(t)
	must(l.hana.Act(ctx, id, "publish", client.IncidentAct{}))(t)
	kakitest.Eventually(t, "the page is out", func() bool { return strings.Contains(l.page("/ja/notices/"+id, nil), "誤送信") })
}

// Only a member gets a link, which shows the result once; what is asked answers
// everybody alike.
func TestSelfCheck(t *testing.T) {
	t.Parallel()
	l := responding(t, 9, "")
	l.leaks(3, 0)
	must(l.hana.Scope(t.Context(), l.open(client.Selections{Person: crash.PersonID(leaker)}, "person")))(t)
	member := l.page("/ja/affected", url.Values{"address": {l.shop.Email(leaker)}})
	stranger := l.page("/ja/affected", url.Values{"address": {"nobody@example.org"}})
	unconcerned := l.page("/ja/affected", url.Values{"address": {l.shop.Email(7)}})
	if member != stranger || member != unconcerned {
		t.Errorf("the answers differ:\n%s\n%s\n%s", member, stranger, unconcerned)
	}
	kakitest.Eventually(t, "links arrive", func() bool { return len(l.letters()) >= 2 })
	for to, words := range map[string]string{l.shop.Email(leaker): "お客様の情報が", l.shop.Email(7): "含まれていませんでした"} {
		i := slices.IndexFunc(l.letters(), func(m kakitest.Mail) bool { return m.To[0] == to })
		if i < 0 {
			t.Fatalf("no link for a member: %v", l.letters())
		}
		path := "/ja/affected/" + tokenIn.FindStringSubmatch(wordsOf(t, l.letters()[i]))[1]
		l.page(path, nil) // what a mail scanner does
		if result := l.page(path, url.Values{}); !strings.Contains(result, words) {
			t.Errorf("the result does not say %q: %s", words, result)
		}
		l.wantPage(path, url.Values{}, "このリンクは使えません")
	}
	if got := byRecipient(l.letters()); got["nobody@example.org"] != 0 || len(got) != 2 {
		t.Errorf("links went to %v", got)
	}
}

// Who reports another person's mail gets a number, and the company an alert.
func TestReportByThePublic(t *testing.T) {
	t.Parallel()
	l := responding(t, 3, "")
	answer := l.page("/ja/report", url.Values{"kind": {"misaddressed"}, "text": {"知らない方の注文のメールが届きました"}, "address": {hanako}})
	list := must(l.hana.Inquiries(t.Context(), time.Time{}))(t)
	if len(list) != 1 || !strings.Contains(answer, list[0].Ref) || list[0].Kind != "misaddressed" || !strings.Contains(list[0].Text, "知らない方") {
		t.Errorf("kept %+v, told %s", list, answer)
	}
	if !slices.ContainsFunc(must(l.Client.Alerts(t.Context(), false))(t), func(a client.Alert) bool { return a.Kind == "reported" && !strings.Contains(a.Text, hanako) }) {
		t.Error("nobody is told")
	}
}

// The call centre learns nothing of a caller who has proved nothing; a call can
// start the clock.
func TestLookUp(t *testing.T) {
	t.Parallel()
	l := responding(t, 9, "")
	l.leaks(3, 0)
	ctx := t.Context()
	id := l.open(client.Selections{Stream: "default"}, "customer")
	must(l.hana.Scope(ctx, id))(t)
	affected := must(l.ken.LookUp(ctx, client.Lookup{Caller: l.shop.Email(leaker), Clock: true}))(t)
	stranger := must(l.ken.LookUp(ctx, client.Lookup{Caller: "090-0000-0000"}))(t)
	if affected.Script != stranger.Script || affected.Known || affected.Group != "" || stranger.Group != "" {
		t.Errorf("told without proof: %+v %+v", affected, stranger)
	}
	for caller, group := range map[string]string{l.shop.Email(leaker): "affected", l.shop.Email(1): "received", l.shop.Email(7): "neither"} {
		if got := must(l.ken.LookUp(ctx, client.Lookup{Caller: caller, CallBack: true}))(t); got.Group != group || !got.Known {
			t.Errorf("called back: %+v, want %s", got, group)
		}
	}
	must(l.hana.DraftLetters(ctx, id, "first"))(t)
	l.approve(id, "sample 1")
	kakitest.Eventually(t, "letters arrive", func() bool { return len(l.letters()) == 3 })
	first := l.letters()[0]
	code := codeIn.FindString(wordsOf(t, first))
	if got := must(l.ken.LookUp(ctx, client.Lookup{Caller: first.To[0], Code: code}))(t); got.Group != "received" {
		t.Errorf("with the letter's code: %+v", got)
	}
	if got := must(l.ken.LookUp(ctx, client.Lookup{Caller: l.shop.Email(leaker), Code: code}))(t); got.Known {
		t.Errorf("with the code of somebody else: %+v", got)
	}
	detail := must(l.Client.Incident(ctx, id))(t)
	asked, clocks := 0, 0
	for _, e := range detail.Events {
		if e.Kind == "asked" {
			asked++
		}
		if e.Kind == "clock" {
			clocks++
		}
	}
	if asked != 7 || clocks != 1 {
		t.Errorf("%d questions and %d starts of the clock on record", asked, clocks)
	}
}

// A drill writes its letters into a folder, stops nothing, and mails nobody.
func TestDrill(t *testing.T) {
	t.Parallel()
	l := responding(t, 9, "")
	l.leaks(3, 1)
	ctx := t.Context()
	id := l.open(client.Selections{Person: crash.PersonID(leaker)}, "drill")
	if got := must(l.hana.Contain(ctx, id))(t); len(got.Paused) != 0 || got.Blocked != 0 {
		t.Errorf("a drill contained %+v", got)
	}
	must(l.hana.Scope(ctx, id))(t)
	must(l.hana.DraftLetters(ctx, id, "first"))(t)
	l.approve(id, "sample 1")
	folder := filepath.Join(l.Config.Data, "drills", id)
	kakitest.Eventually(t, "letters are in the folder", func() bool {
		files, err := os.ReadDir(folder)
		return err == nil && len(files) == 4
	})
	kakitest.Eventually(t, "they are noted", func() bool { return must(l.Client.Incident(ctx, id))(t).Rounds[0].Sent == 4 })
	if len(l.letters()) != 0 || len(l.Relay.Mails()) != 4 {
		t.Errorf("a drill mailed %v", l.letters())
	}
	must(l.hana.DraftPage(ctx, id, client.IncidentAct{}))(t)
	l.approve(id, "page 1")
	_, err := l.hana.Act(ctx, id, "publish", client.IncidentAct{})
	refused(t, err, http.StatusConflict, "publishing a drill")
	l.order(leaker, l.shop.Email(4)) // nothing is stopped
	l.Relay.Await(t, 5)
}

// What another system sent is scoped from its log and its mails, and letters go
// to its recipients.
func TestForeignIncident(t *testing.T) {
	t.Parallel()
	l := responding(t, 9, "")
	ctx := t.Context()
	id := l.open(client.Selections{}, "foreign")
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	put := func(name, text string) {
		if err := w.WriteHeader(&tar.Header{Name: name, Mode: 0o600, Size: int64(len(text)), Typeflag: tar.TypeReg}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	one, two := l.shop.Order(1, leaker, l.shop.Email(1)), l.shop.Order(2, leaker, l.shop.Email(2))
	put("old.csv", "time,recipient,message_id\n2019-07-13 14:05:00,"+one.To+",<"+one.Key+">\n2019-07-13 14:06:00,"+two.To+",<"+two.Key+">\n")
	put("1.eml", string(one.Data))
	put("2.eml", string(two.Data))
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	taken := must(l.hana.ImportForeign(ctx, id, &b))(t)
	if taken.Mails != 2 || taken.Recipients != 2 || taken.Missing != 0 {
		t.Errorf("taken %+v", taken)
	}
	s := must(l.hana.Scope(ctx, id))(t)
	if two := (client.Bounds{Least: 2, Most: 2}); s.Numbers.Recipients != two || s.Numbers.Persons.Least != 1 || !s.Agreed {
		t.Errorf("scope %+v", s)
	}
	must(l.hana.DraftLetters(ctx, id, "first"))(t)
	l.approve(id, "sample 1")
	kakitest.Eventually(t, "letters arrive", func() bool { return len(l.letters()) == 2 })
	if got := byRecipient(l.letters()); got[one.To] != 1 || got[two.To] != 1 {
		t.Errorf("letters went to %v", got)
	}
}

// What is held is no leak: no incident is opened about it.
func TestHeldMailIsNoIncident(t *testing.T) {
	t.Parallel()
	s := start(t, "")
	wantAnswer(t, s.Send(t, shop, []string{hanako}, letter("held", aboutTaro)), "250 ", "held (1 of 1 recipients)")
	_, err := s.Client.OpenIncident(t.Context(), client.OpenIncident{Source: "clerk", Selections: client.Selections{Stream: "default"}})
	refused(t, err, http.StatusConflict, "an incident about held mail")
}

// A year after it was closed, what is kept of an incident goes by itself; the
// evidence still verifies.
func TestClosedIncidentIsForgotten(t *testing.T) {
	t.Parallel()
	l := responding(t, 6, "")
	l.leaks(3, 0)
	i := must(l.hana.OpenIncident(t.Context(), client.OpenIncident{Source: "clerk", Title: "wrong mails", Selections: client.Selections{Stream: "default"}}))(t)
	must(l.hana.Contain(t.Context(), i.ID, "default"))(t)
	must(l.hana.Scope(t.Context(), i.ID))(t)
	for _, step := range []struct {
		act string
		a   client.IncidentAct
	}{
		{"phoned", client.IncidentAct{Person: crash.PersonID(leaker)}},
		{"told", client.IncidentAct{Text: "by telephone"}},
		{"no-report", client.IncidentAct{Text: "three of our own staff"}},
		{"fact", client.IncidentAct{Facts: map[string]string{"cause": "a defect", "measures": "mended"}}},
		{"resume", client.IncidentAct{Stream: "default", Text: "mended"}},
		{"close", client.IncidentAct{}},
	} {
		if _, err := l.hana.Act(t.Context(), i.ID, step.act, step.a); err != nil {
			t.Fatalf("%s: %v", step.act, err)
		}
	}
	l.Clock.Forward(366 * 24 * time.Hour)
	if err := l.App.Tidy(t.Context()); err != nil {
		t.Fatal(err)
	}
	if list := must(l.Client.Incidents(t.Context()))(t); len(list) != 1 || !list[0].Erased {
		t.Errorf("kept: %+v", list)
	}
	for _, log := range must(l.Client.Verify(t.Context()))(t) {
		if !log.OK {
			t.Errorf("evidence: %s", log.Problem)
		}
	}
}
