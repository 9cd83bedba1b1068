package e2e

import (
	"fmt"
	"testing"

	"github.com/kakitome/kakitome/client"
)

// An identifier that turned out to be a pickup store's is unblocked by a
// person, and counted anew.
func TestUnblock(t *testing.T) {
	t.Parallel()
	s := start(t, "")
	send := func(i int) string {
		return s.Send(t, "shop@shop.example", []string{fmt.Sprintf("guest%d@example.com", i)},
			letter(fmt.Sprintf("pickup-%d", i), "Call 090-9876-5432 when you come.\r\n"))
	}
	wantAnswer(t, send(1), "250 ", "released")
	wantAnswer(t, send(2), "250 ", "released")
	wantAnswer(t, send(3), "250 ", "held (1 of 1 recipients)")
	lift := client.Unblock{Identifier: "０９０（９８７６）５４３２", Reason: "the pickup store's phone"}
	if err := s.Client.Unblock(t.Context(), lift); err != nil {
		t.Fatal(err)
	}
	if err := s.Client.Unblock(t.Context(), lift); !client.IsNotFound(err) {
		t.Errorf("lifted twice: %v", err)
	}
	wantAnswer(t, send(4), "250 ", "released")
	lift.Reason = " "
	if err := s.Client.Unblock(t.Context(), lift); err == nil {
		t.Error("lifted without a reason")
	}
}
