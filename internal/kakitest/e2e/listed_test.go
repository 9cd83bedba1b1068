package e2e

import (
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"github.com/kakitome/kakitome/internal/kakitest"
)

// What cannot be delivered and told to nobody is listed, and so is what passed
// with a part nobody read (P4, P5); both by their own command, and by an alert
// for the first.
func TestListings(t *testing.T) {
	t.Parallel()
	s := start(t, "streams: [{name: default, unread_ok: [application/pdf]}]")
	s.Relay.Refuse(func(_ kakitest.Mail, to string) *smtp.SMTPError {
		if to != taro {
			return nil
		}
		return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "no such mailbox"}
	}, nil)
	wantAnswer(t, s.Send(t, "", []string{taro}, letter("lost", aboutTaro)), "250 ", "released")
	wantState(t, s, "M-1", "undeliverable")
	lost, err := s.Client.Undeliverable(t.Context(), time.Time{})
	if err != nil || len(lost) != 1 || lost[0].Recipient != taro || lost[0].Answer != "550 5.1.1" || lost[0].State != "undeliverable" {
		t.Fatalf("undeliverable: %+v, %v", lost, err)
	}
	if later, err := s.Client.Undeliverable(t.Context(), time.Now().Add(time.Hour)); err != nil || len(later) != 0 {
		t.Errorf("undeliverable from tomorrow on: %+v, %v", later, err)
	}
	kakitest.Eventually(t, "an alert", func() bool {
		alerts, err := s.Client.Alerts(t.Context(), false)
		return err == nil && len(alerts) > 0 && alerts[0].Kind == "undeliverable"
	})

	wantAnswer(t, s.Send(t, "shop@shop.example", []string{"reader@example.com"}, attached("application/pdf", "a.pdf", []byte("%PDF-1.4\n"))), "250 ", "released")
	unread, err := s.Client.Unread(t.Context(), time.Time{})
	if err != nil || len(unread) != 1 || unread[0].Recipient != "reader@example.com" || unread[0].Unread != 1 {
		t.Fatalf("unread: %+v, %v", unread, err)
	}
}

// A recipient named twice in one envelope gets one copy.
func TestRecipientNamedTwice(t *testing.T) {
	t.Parallel()
	s := start(t, "")
	wantAnswer(t, s.Send(t, "shop@shop.example", []string{taro, taro}, letter("twice", aboutTaro)), "250 ", "released")
	s.Relay.Await(t, 1)
	wantSilence(t, s, 1)
}
