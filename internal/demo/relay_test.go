package demo

import (
	"net/smtp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestMailboxesTellWhatArrived delivers over SMTP and tells whole from altered,
// twice and astray.
func TestMailboxesTellWhatArrived(t *testing.T) {
	t.Parallel()
	r, err := startRelay()
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := r.stop(); err != nil {
			t.Error(err)
		}
	}()
	s := openShop(t, 6)
	s.Reach = 5
	s.Defect = ownerFirst
	letters := s.confirm(s.buy(s.members[0], nil))
	send := func(l *letter, to string, change func(string) string) {
		t.Helper()
		data, err := l.bytes()
		if err != nil {
			t.Fatal(err)
		}
		trace := "Received: from a by b with ESMTP id 1;\r\n\tMon, 2 Jan 2006 15:04:05 +0900\r\n"
		if err := smtp.SendMail(r.addr, nil, shopFrom, []string{to}, []byte(trace+change(string(data)))); err != nil {
			t.Fatal(err)
		}
	}
	same := func(s string) string { return s }
	send(letters[0], letters[0].To.Email, same)
	send(letters[1], letters[1].To.Email, func(s string) string { return strings.Replace(s, "7bit", "8bit", 1) })
	send(letters[2], letters[2].To.Email, same)
	send(letters[2], letters[2].To.Email, same)
	send(letters[3], "nobody@example.jp", same)
	send(s.confirm(s.buy(s.members[1], nil))[0], "nobody@example.jp", same) // not asked for
	got, err := r.of(letters)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]int{"whole": 2, "altered": 1, "twice": 1, "astray": 1, "recipients": 4}
	if diff := cmp.Diff(want, map[string]int{
		"whole": got.Whole, "altered": got.Altered, "twice": got.Twice, "astray": got.Astray, "recipients": len(got.To),
	}); diff != "" {
		t.Errorf("arrived (-want +got):\n%s", diff)
	}
	if got.First.IsZero() || got.Last.Before(got.First) {
		t.Errorf("first at %v, last at %v", got.First, got.Last)
	}
}
