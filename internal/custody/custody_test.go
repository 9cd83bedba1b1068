package custody

import (
	"fmt"
	"slices"
	"testing"
)

// The law of design.md, "The way of a mail": all that is not listed is
// forbidden, to everybody.
func TestMay(t *testing.T) {
	t.Parallel()
	lawful := []string{
		"relay: queued → relayed", "relay: queued → returned", "relay: queued → undeliverable",
		"person: held → queued", "person: held → discarded",
		"judge: queued → held", "judge: held → queued",
	}
	movers := map[Mover]string{0: "nobody", Relay: "relay", Person: "person", Judge: "judge", 4: "stranger"}
	var found []string
	for m, name := range movers {
		for from := range State(9) {
			for to := range State(9) {
				if May(m, from, to) {
					found = append(found, fmt.Sprintf("%s: %s → %s", name, from, to))
				}
			}
		}
	}
	slices.Sort(found)
	slices.Sort(lawful)
	if !slices.Equal(found, lawful) {
		t.Errorf("lawful moves\n got %q\nwant %q", found, lawful)
	}
}

// Nothing follows an end, and only an end is final: nothing vanishes (P4).
func TestEnd(t *testing.T) {
	t.Parallel()
	for _, from := range States() {
		follows := false
		for _, to := range States() {
			follows = follows || May(Relay, from, to) || May(Person, from, to) || May(Judge, from, to)
		}
		if from.End() == follows {
			t.Errorf("%s: end %v, but something follows: %v", from, from.End(), follows)
		}
	}
}

// The values are stored and the names are in the interface: neither changes.
func TestNames(t *testing.T) {
	t.Parallel()
	want := []string{"state(0)", "queued", "held", "relayed", "returned", "undeliverable", "discarded", "state(7)"}
	for i, name := range want {
		if got := State(i).String(); got != name { //nolint:gosec // a small number
			t.Errorf("state %d is called %q, want %q", i, got, name)
		}
	}
	if len(States()) != len(want)-2 {
		t.Errorf("%d states", len(States()))
	}
}
