package app

import (
	"slices"
	"strings"
	"testing"
)

// Ids sort as mails came (to the millisecond), do not repeat, and can stand
// wherever a word can.
func TestNewID(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	var times []string
	for range 10_000 {
		id := newID()
		if len(id) != 26 || seen[id] || strings.Trim(id, "0123456789abcdefghjkmnpqrstvwxyz") != "" {
			t.Fatalf("id %q", id)
		}
		seen[id] = true
		times = append(times, id[:9]) // 45 of the 48 bits of time
	}
	if !slices.IsSorted(times) {
		t.Error("ids do not grow with time")
	}
}
