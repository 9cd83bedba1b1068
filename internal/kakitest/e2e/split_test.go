package e2e

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"github.com/kakitome/kakitome/client"
	"github.com/kakitome/kakitome/internal/kakitest"
)

// P1: each recipient of a mail has its own decision.
func TestRecipientsAreDecidedOneByOne(t *testing.T) {
	t.Parallel()
	s := start(t, "company: {recipients: [\"@shop.example\"]}")
	mail := letter("split", aboutTaro)
	answer := s.Send(t, shop, []string{taro, hanako, "archive@shop.example"}, mail)
	wantAnswer(t, answer, "250 2.0.0 ", " held (1 of 3 recipients)")
	kakitest.Eventually(t, "two recipients get it", func() bool {
		return len(s.Relay.To(taro)) == 1 && len(s.Relay.To("archive@shop.example")) == 1
	})
	wantSame(t, s.Relay.To(taro)[0], mail)
	if got := s.Relay.To(hanako); len(got) != 0 {
		t.Errorf("the other customer got %d mails", len(got))
	}
	x, err := s.Client.ExposureOf(t.Context(), "M-1")
	if err != nil {
		t.Fatal(err)
	}
	states := map[string]string{}
	for _, e := range slices.Concat(x.Own, x.Others) {
		states[e.Recipient] = e.State
	}
	if states[hanako] != "held" || x.OthersRelayed > 1 {
		t.Errorf("exposure %+v", x)
	}
}

// The same bytes again are answered with the first id, and nothing is sent.
func TestDuplicatesAreNotSentAgain(t *testing.T) {
	t.Parallel()
	s := start(t, "")
	mail := letter("twice", aboutTaro)
	first := kakitest.MailID(t, s.Send(t, shop, []string{taro}, mail))
	s.Relay.Await(t, 1)
	for range 3 {
		if again := s.Send(t, shop, []string{taro}, mail); again != "250 2.0.0 "+first+" duplicate" {
			t.Errorf("answer %q, want the first id %s", again, first)
		}
	}
	wantSilence(t, s, 1)
}

// A client that never reads the answer, and tries again, sends one mail.
func TestLostAnswerMakesNoSecondMail(t *testing.T) {
	t.Parallel()
	s := start(t, "")
	mail := letter("lost", aboutTaro)
	c := s.Dial(t)
	c.Command("MAIL FROM:<%s>", shop)
	c.Command("RCPT TO:<%s>", taro)
	c.Command("DATA")
	c.Write(mail + ".\r\n")
	if err := c.Conn.Close(); err != nil {
		t.Fatal(err)
	}
	s.Relay.Await(t, 1)
	wantAnswer(t, s.Send(t, shop, []string{taro}, mail), "250 ", " duplicate")
	wantSilence(t, s, 1)
}

// A mail chooses its stream by header or by SMTP user; hold_for and stale_after
// are the stream's.
func TestStreamWaitsAndGrowsStale(t *testing.T) {
	t.Parallel()
	s := start(t, "streams: [{name: slow, hold_for: 10m}, {name: code, stale_after: 5m}]")
	wantAnswer(t, s.Send(t, shop, []string{taro}, plain("slow", "X-Kakitome-Stream: slow")), "250 ", "released")
	wantSilence(t, s, 0)
	s.Clock.Forward(10 * time.Minute)
	kakitest.Eventually(t, "hold_for ends", func() bool { return len(s.Relay.To(taro)) == 1 })
	wantSame(t, s.Relay.To(taro)[0], plain("slow"))

	if err := s.Client.Pause(t.Context(), "code", "test"); err != nil {
		t.Fatal(err)
	}
	wantAnswer(t, s.Send(t, shop, []string{hanako}, plain("code", "X-KAKITOME-Stream:\r\n code")), "250 ", "held (1 of 1 recipients)")
	s.Clock.Forward(6 * time.Minute)
	if err := s.Client.Resume(t.Context(), "code", "test"); err != nil {
		t.Fatal(err)
	}
	kakitest.Eventually(t, "the old code is held as stale", func() bool {
		list, err := s.Client.Held(t.Context(), client.Selection{Rule: "stale"})
		return err == nil && len(list) == 1
	})
	if got := s.Relay.To(hanako); len(got) != 0 {
		t.Errorf("a stale mail left: %v", got)
	}
}

// A refusal for now is tried again; nothing is lost and nothing comes twice.
func TestRelayRefusesForNow(t *testing.T) {
	t.Parallel()
	s := start(t, "")
	later := func(kakitest.Mail, string) *smtp.SMTPError {
		return &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 7, 1}, Message: "greylisted"}
	}
	for name, refuse := range map[string][2]kakitest.Refusal{"recipient": {later, nil}, "content": {nil, later}} {
		before, had := s.Relay.Tries(), len(s.Relay.To(taro))
		s.Relay.Refuse(refuse[0], refuse[1])
		mail := plain("later-" + name)
		wantAnswer(t, s.Send(t, shop, []string{taro}, mail), "250 ", "released")
		kakitest.Eventually(t, "the relay was asked", func() bool { return s.Relay.Tries() > before })
		s.Relay.Refuse(nil, nil)
		s.Clock.Forward(2 * time.Minute)
		kakitest.Eventually(t, "it arrives at the second try", func() bool {
			if len(s.Relay.To(taro)) == had {
				s.Clock.Forward(time.Minute) // the first answer may have been settled after the first step
			}
			return len(s.Relay.To(taro)) == had+1
		})
		wantSame(t, s.Relay.To(taro)[had], mail)
	}
	wantSilence(t, s, 2)
}

// P4: what the relay refuses for good comes back to its sender, headers only.
func TestRelayRefusesForGood(t *testing.T) {
	t.Parallel()
	s := start(t, "")
	s.Relay.Refuse(func(m kakitest.Mail, to string) *smtp.SMTPError {
		if to != taro {
			return nil
		}
		return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "no such mailbox"}
	}, nil)
	c := s.Dial(t)
	if a := c.Command("MAIL FROM:<%s> RET=HDRS ENVID=order+2B77", shop); !strings.HasPrefix(a, "250") {
		t.Fatal(a)
	}
	if a := c.Command("RCPT TO:<%s> NOTIFY=FAILURE ORCPT=rfc822;old-taro@example.jp", taro); !strings.HasPrefix(a, "250") {
		t.Fatal(a)
	}
	c.Command("DATA")
	c.Write(letter("gone", aboutTaro) + ".\r\n")
	wantAnswer(t, c.Reply(), "250 ", "released")
	kakitest.Eventually(t, "the sender is told", func() bool { return len(s.Relay.To(shop)) == 1 })
	notice := s.Relay.To(shop)[0]
	if notice.From != "" {
		t.Errorf("the notice is from %q", notice.From)
	}
	for _, want := range []string{"Original-Envelope-Id: order+77", "Original-Recipient: rfc822; old-taro@example.jp",
		"Final-Recipient: rfc822; " + taro, "Action: failed", "Status: 5.1.1", "<gone@shop.example>"} {
		if !bytes.Contains(notice.Data, []byte(want)) {
			t.Errorf("the notice does not say %q:\n%s", want, notice.Data)
		}
	}
	for _, never := range []string{"090-1111-2222", "丸の内"} {
		if bytes.Contains(notice.Data, []byte(never)) {
			t.Errorf("the notice carries the body: %q", never)
		}
	}
	wantState(t, s, "M-1", "returned")
}

// A mail from nobody that cannot be delivered is listed, and nobody is mailed.
func TestNullSenderIsUndeliverable(t *testing.T) {
	t.Parallel()
	s := start(t, "")
	s.Relay.Refuse(func(_ kakitest.Mail, to string) *smtp.SMTPError {
		if to != taro {
			return nil
		}
		return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "no such mailbox"}
	}, nil)
	wantAnswer(t, s.Send(t, "", []string{taro}, letter("null", aboutTaro)), "250 ", "released")
	wantState(t, s, "M-1", "undeliverable")
	wantSilence(t, s, 0)
}

// wantState waits until the only mail about a person has a state.
func wantState(t *testing.T, s *kakitest.Server, person, state string) {
	t.Helper()
	kakitest.Eventually(t, "the ledger says "+state, func() bool {
		x, err := s.Client.ExposureOf(t.Context(), person)
		if err != nil {
			t.Fatal(err)
		}
		all := slices.Concat(x.Own, x.Others)
		return len(all) == 1 && all[0].State == state
	})
}

// P6: a pause stops queued mail too, within a second, and a resume lets it go.
func TestPauseStopsQueuedMail(t *testing.T) {
	t.Parallel()
	relay := kakitest.NewRelay(t)
	s := kakitest.StartIn(t, t.TempDir(), relay, fmt.Sprintf(
		"streams: [{name: order, hold_for: 1m}]\nrelay: {address: %q, max_connections: 1}", relay.Addr())) // one: in order
	for _, id := range []string{"q1", "q2", "q3"} {
		wantAnswer(t, s.Send(t, shop, []string{taro}, plain(id, "X-Kakitome-Stream: order")), "250 ", "released")
	}
	began := time.Now()
	if err := s.Client.Pause(t.Context(), "order", "test"); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(began); took > time.Second {
		t.Errorf("the pause took %v", took)
	}
	s.Clock.Forward(2 * time.Minute) // all of it is due
	wantAnswer(t, s.Send(t, shop, []string{taro}, plain("q4", "X-Kakitome-Stream: order")), "250 ", "held (1 of 1 recipients)")
	wantSilence(t, s, 0)
	if err := s.Client.Resume(t.Context(), "order", "test"); err != nil {
		t.Fatal(err)
	}
	s.Clock.Forward(2 * time.Minute)
	kakitest.Eventually(t, "all arrive after the resume", func() bool { return len(s.Relay.To(taro)) == 4 })
	for i, m := range s.Relay.To(taro) {
		if want := []string{"q1", "q2", "q3", "q4"}[i]; !bytes.Contains(m.Data, []byte("<"+want+"@")) {
			t.Errorf("place %d does not hold %s: %v", i, want, m)
		}
	}
}

// observe lets go what it would have held, and says so.
func TestObserveLetsGo(t *testing.T) {
	t.Parallel()
	s := start(t, "streams: [{name: default, mode: observe}]")
	mail := letter("observed", aboutTaro)
	wantAnswer(t, s.Send(t, shop, []string{hanako}, mail), "250 ", "released")
	wantSame(t, s.Relay.Await(t, 1)[0], mail)
	alerts, err := s.Client.Alerts(t.Context(), false)
	if err != nil || len(alerts) != 1 || alerts[0].Kind != "would_hold" {
		t.Errorf("alerts %+v %v", alerts, err)
	}
	x, err := s.Client.ExposureOf(t.Context(), "M-1")
	if err != nil || len(x.Others) != 1 || x.Others[0].Recipient != hanako {
		t.Errorf("exposure %+v %v", x, err)
	}
}

// Held mail that fits a changed roster leaves by itself.
func TestRosterChangeReleases(t *testing.T) {
	t.Parallel()
	s := start(t, "")
	mail := letter("moved", aboutTaro)
	wantAnswer(t, s.Send(t, shop, []string{"taro.new@example.jp"}, mail), "250 ", "held (1 of 1 recipients)")
	ids := heldIDs(t, s)
	if len(ids) != 1 {
		t.Fatalf("held %v", ids)
	}
	importPeople(t, s, strings.Replace(people, taro, "taro.new@example.jp", 1))
	wantSame(t, s.Relay.Await(t, 1)[0], mail)
	if left := heldIDs(t, s); len(left) != 0 {
		t.Errorf("still held: %v", left)
	}
	// Effective at once: the next mail to the new address passes, one to the old is held.
	wantAnswer(t, s.Send(t, shop, []string{"taro.new@example.jp"}, letter("next", aboutTaro)), "250 ", "released")
	wantAnswer(t, s.Send(t, shop, []string{taro}, letter("old", aboutTaro)), "250 ", "held (1 of 1 recipients)")
}
