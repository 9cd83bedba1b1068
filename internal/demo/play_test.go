package demo

import (
	"os"
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// play plays the drill through the real doors, and finds nothing left behind.
func play(t *testing.T, o Options) *Figures {
	t.Helper()
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	o.Version, o.Log = "test", t.Output()
	f, err := Play(t.Context(), o)
	if err != nil {
		t.Fatalf("%v\n%+v", err, f)
	}
	for _, broken := range f.Broken {
		t.Error(broken)
	}
	left, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	return f
}

// seconds differ from run to run.
func ignoreSeconds() cmp.Option {
	return cmp.FilterPath(func(p cmp.Path) bool { return p.Last().Type().Kind() == reflect.Float64 }, cmp.Ignore())
}

func TestDrill(t *testing.T) {
	const n = 200
	got := play(t, Options{Recipients: n})
	want := &Figures{
		Members: n + 1,
		Normal:  Normal{Orders: 300, Gifts: 25, Sent: 625, Delivered: 625},
		Enforce: Enforce{
			WrongSent: n, RightDelivered: 1, Held: n, Explained: n, Read: 20, MeanwhileSent: 50, MeanwhileDelivered: 50, Discarded: n,
			Example: got.Enforce.Example, ExampleJa: got.Enforce.ExampleJa,
		},
		Observe: Observe{Person: "M-000002", WrongSent: n, WrongDelivered: n, ExposureOthers: n, ExposureExact: true},
		Response: Response{
			Persons: 1, Recipients: n, Agreed: true, Letters: n + 1, LettersSent: n + 1, ConfirmedUnread: 30, ConfirmedDeleted: 10,
			Duties: got.Response.Duties, ReportLines: got.Response.ReportLines, ReportUnknown: got.Response.ReportUnknown,
			ReplayWrong: n, ReplayStopped: n, State: "closed", Events: got.Response.Events,
		},
		Guest:    Guest{WrongSent: n, WrongDelivered: got.Guest.WrongDelivered, WrongDeliveredStrangersFirst: got.Guest.WrongDeliveredStrangersFirst, FanOut: 1, HeldWithHoldFor: n + 1},
		Evidence: Evidence{Verified: true, Entries: got.Evidence.Entries},
		Broken:   []string{},
		OK:       true,
	}
	if diff := cmp.Diff(want, got, ignoreSeconds()); diff != "" {
		t.Errorf("figures (-want +got):\n%s", diff)
	}
	atMost(t, got.Guest, 1, 2)
	if got.Observe.AlarmSeconds < 0 || got.Observe.AlarmSeconds > 10 {
		t.Errorf("the alarm came after %.1f s", got.Observe.AlarmSeconds)
	}
	if r := got.Response; r.Duties < 1 || r.ReportLines < 50 || r.Events < 15 {
		t.Errorf("response: %d duties, a report of %d lines, %d events", r.Duties, r.ReportLines, r.Events)
	}
	// Every mail that was taken has an entry at least.
	if least := int64(625 + (n + 51) + (n + 1) + 3*(n+1) + 1); got.Evidence.Entries < least {
		t.Errorf("%d entries of evidence for %d mails", got.Evidence.Entries, least)
	}
}

// atMost: a mail that was released and is called back in time does not arrive,
// so there may be fewer.
func atMost(t *testing.T, g Guest, first, last int) {
	t.Helper()
	if g.WrongDelivered > first || g.WrongDeliveredStrangersFirst > last {
		t.Errorf("a guest's order reached %d others, over %d; with strangers first %d, over %d",
			g.WrongDelivered, first, g.WrongDeliveredStrangersFirst, last)
	}
}

// TestDrillWithFewRecipients: one other is within the limit of an undeclared
// identifier, so counting alone does not stop it.
func TestDrillWithFewRecipients(t *testing.T) {
	for n, want := range map[int]Guest{
		0: {FanOut: 1},
		1: {WrongSent: 1, WrongDelivered: 1, WrongDeliveredStrangersFirst: 1, FanOut: 1, WrongDeliveredWithHoldFor: 1},
		2: {WrongSent: 2, FanOut: 1, HeldWithHoldFor: 3},
	} {
		f := play(t, Options{Recipients: n, Orders: 24})
		if n > 1 {
			atMost(t, f.Guest, 1, 2)
			f.Guest.WrongDelivered, f.Guest.WrongDeliveredStrangersFirst = 0, 0
		}
		if diff := cmp.Diff(want, f.Guest, ignoreSeconds()); diff != "" {
			t.Errorf("%d recipients: guest (-want +got):\n%s", n, diff)
		}
		if e := f.Enforce; e.Held != n || e.RightDelivered != 1 {
			t.Errorf("%d recipients: %d held, %d right mails delivered", n, e.Held, e.RightDelivered)
		}
		if o := f.Observe; o.ExposureOthers != n || !o.ExposureExact {
			t.Errorf("%d recipients: the ledger names %d, exactly: %v", n, o.ExposureOthers, o.ExposureExact)
		}
	}
}

func TestRecipientsAreBounded(t *testing.T) {
	t.Parallel()
	for _, n := range []int{-1, MostRecipients + 1} {
		if _, err := Play(t.Context(), Options{Recipients: n}); err == nil {
			t.Errorf("%d recipients are played", n)
		}
	}
}
