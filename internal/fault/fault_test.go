package fault

import (
	"errors"
	"fmt"
	"testing"
)

// The answers to DATA are those of interface.md; the others must tell a mail
// server rightly whether to try again.
func TestWire(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		kind Kind
		want string
	}{
		{Internal, "internal 451 4.3.0 500"},
		{Invalid, "invalid 550 5.5.4 422"},
		{NotFound, "not_found 550 5.1.1 404"},
		{Conflict, "conflict 451 4.3.0 409"},
		{Unauthorized, "unauthorized 535 5.7.8 401"},
		{Denied, "denied 550 5.7.1 403"},
		{TooLarge, "too_large 552 5.3.4 413"},
		{Malformed, "malformed 550 5.6.11 400"},
		{Structure, "structure 554 5.6.0 400"},
		{Unavailable, "unavailable 451 4.3.0 503"},
		{Busy, "busy 451 4.3.2 429"},
		{Busy + 1, "internal 451 4.3.0 500"}, // a kind nobody knows is a defect
	} {
		w := c.kind.Wire()
		got := fmt.Sprintf("%s %d %d.%d.%d %d", w.Name, w.SMTP, w.Enhanced[0], w.Enhanced[1], w.Enhanced[2], w.HTTP)
		if got != c.want {
			t.Errorf("kind %d: %s, want %s", c.kind, got, c.want)
		}
		if w.SMTP/100 != w.Enhanced[0] { // RFC 3463 §2: the class says the same as the reply code
			t.Errorf("kind %s: %d and %d contradict each other", c.kind, w.SMTP, w.Enhanced[0])
		}
		if c.kind <= Busy && KindNamed(w.Name) != c.kind {
			t.Errorf("KindNamed(%q) = %s", w.Name, KindNamed(w.Name))
		}
	}
	if KindNamed("no such kind") != Internal {
		t.Error("an unknown name must be a defect")
	}
}

func TestWhatLeaves(t *testing.T) {
	t.Parallel()
	cause := errors.New("taro@example.jp is in the way")
	for name, c := range map[string]struct {
		err                error
		kind               Kind
		outside, hint, log string
	}{
		"nobody's":  {cause, Internal, "internal error", "", cause.Error()},
		"internal":  {Wrap(Internal, "read", "secret", cause), Internal, "internal error", "", "read: secret: " + cause.Error()},
		"wrapped":   {fmt.Errorf("import: %w", Wrap(Invalid, "read", "no CSV", cause).WithHint("a CSV")), Invalid, "no CSV", "a CSV", "import: read: no CSV: " + cause.Error()},
		"outermost": {Wrap(Unavailable, "record", "try again", Newf(Conflict, "", "%d", 1)), Unavailable, "try again", "", "record: try again: 1"},
		"new":       {New(TooLarge, "", "too large"), TooLarge, "too large", "", "too large"},
	} {
		if k := KindOf(c.err); k != c.kind {
			t.Errorf("%s: kind %s, want %s", name, k, c.kind)
		}
		if s := Outside(c.err); s != c.outside {
			t.Errorf("%s: outside %q, want %q", name, s, c.outside)
		}
		if s := HintOf(c.err); s != c.hint {
			t.Errorf("%s: hint %q, want %q", name, s, c.hint)
		}
		if s := c.err.Error(); s != c.log {
			t.Errorf("%s: log %q, want %q", name, s, c.log)
		}
	}
	if !errors.Is(Wrap(Invalid, "", "", cause), cause) {
		t.Error("the cause is lost")
	}
	plain := New(Invalid, "a", "b")
	if hinted := plain.WithHint("c"); plain.Hint != "" || hinted.Hint != "c" {
		t.Error("WithHint changes the error it is asked of")
	}
}
