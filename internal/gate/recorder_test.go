package gate

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/kakitome/kakitome/internal/check"
	"github.com/kakitome/kakitome/internal/custody"
	"github.com/kakitome/kakitome/internal/fault"
	"github.com/kakitome/kakitome/internal/jp"
	"github.com/kakitome/kakitome/internal/policy"
)

// inOneBatch has the recorder gather n pieces while it is busy, then lets go,
// and gives the pieces' outcomes. The recorder is stopped at the end.
func (h *house) inOneBatch(t *testing.T, n int, piece func(i int) error) []error {
	t.Helper()
	busy, on := make(chan struct{}), make(chan struct{})
	h.Start()
	first := make(chan error, 1)
	go func() {
		first <- h.Do(context.Background(), func(Tx) error { close(busy); <-on; return nil })
	}()
	<-busy
	out := make([]error, n)
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() { out[i] = piece(i) })
	}
	for len(h.recorder.tasks)+len(h.recorder.mails) < n { // they wait in the channels
	}
	close(on)
	if err := <-first; err != nil {
		t.Fatal(err)
	}
	all.Wait()
	h.Stop()
	return out
}

// One bad piece does not take the others with it.
func TestBadPieceFailsAlone(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	boom := fault.New(fault.Conflict, "", "boom")
	runs := make([]int, 4)
	var receipt Receipt
	out := h.inOneBatch(t, 5, func(i int) (err error) {
		if i == 4 {
			receipt, err = h.Receive(context.Background(), letter("taro@example.jp", "Hello."))
			return err
		}
		return h.Do(context.Background(), func(Tx) error {
			if runs[i]++; i == 1 {
				return boom
			}
			return nil
		})
	})
	for i, err := range out {
		if i == 1 != errors.Is(err, boom) || i != 1 && err != nil {
			t.Errorf("piece %d: %v", i, err)
		}
	}
	if h.ledger.mails[receipt.MailID] == nil {
		t.Error("the mail is not on record")
	}
	if h.ledger.writes != 2+5 {
		t.Errorf("%d transactions, want one, one together, and five alone", h.ledger.writes)
	}
}

// A store that does not answer is asked once for the whole batch: what became
// of the commit may not be known, and every further try takes its time.
func TestDeadStoreIsAskedOnce(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	dead := fault.New(fault.Unavailable, "commit", "the store does not answer")
	h.ledger.fail = func(*tx) error {
		if h.ledger.writes > 1 {
			return dead
		}
		return nil
	}
	for i, err := range h.inOneBatch(t, 4, func(i int) error {
		if i == 3 {
			_, err := h.Receive(context.Background(), letter("taro@example.jp", "Hello."))
			return err
		}
		return h.Do(context.Background(), func(Tx) error { return nil })
	}) {
		if fault.KindOf(err) != fault.Unavailable {
			t.Errorf("piece %d: %v", i, err)
		}
	}
	if h.ledger.writes != 2 || len(h.ledger.mails) != 0 {
		t.Errorf("%d transactions, %d mails on record", h.ledger.writes, len(h.ledger.mails))
	}
}

// What was handed in is awaited though the client has gone: no 451 for what is
// on disk.
func TestOutcomeIsAwaited(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ctx, leave := context.WithCancel(t.Context())
	h.ledger.fail = func(*tx) error { leave(); return nil }
	h.Start()
	defer h.Stop()
	r, err := h.Receive(ctx, letter("taro@example.jp", "Hello."))
	if err != nil || h.ledger.mails[r.MailID] == nil {
		t.Fatalf("%+v, %v", r, err)
	}
}

// Stop records what was handed in; afterwards nothing is kept, and said so.
func TestStopDrains(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	const n = 600 // more than two batches
	out := make(chan error, n)
	for range n / 2 {
		go func() { out <- h.Do(context.Background(), func(Tx) error { return nil }) }()
	}
	for len(h.recorder.tasks) < mostInBatch {
	}
	h.Start()
	h.Stop()
	h.Stop()
	done := 0
	for range n / 2 {
		if err := <-out; err == nil {
			done++
		} else if !errors.Is(err, errStopped) {
			t.Fatal(err)
		}
	}
	if done < mostInBatch {
		t.Errorf("%d recorded of %d that waited", done, mostInBatch)
	}
	if _, err := h.Receive(t.Context(), letter("taro@example.jp", "Hello.")); fault.KindOf(err) != fault.Unavailable || !errors.Is(err, errStopped) {
		t.Errorf("after the stop: %v", err)
	}
}

// A batch raises each alert once, with how often.
func TestConsequences(t *testing.T) {
	t.Parallel()
	h := newHouse(t, stream("order", nil), stream("trial", func(s *policy.Stream) { s.Mode = policy.Observe }))
	woken := 0
	h.Recalled = func() { woken++ }
	h.inOneBatch(t, 6, func(i int) error {
		s := letter(fmt.Sprintf("r%d@example.jp", i), "Dear {{name}}, 佐藤花子 080-3333-4444", "X-Kakitome-Stream: "+[]string{"order", "trial"}[i%2])
		s.Client = s.Envelope.Recipients[0].Address
		_, err := h.Receive(context.Background(), s)
		return err
	})
	var got []string
	for _, a := range h.ledger.alerts {
		got = append(got, fmt.Sprintf("%s %s %d", a.Kind, a.Subject, a.Count))
		if strings.Contains(a.Text, "佐藤") || strings.Contains(a.Text, "example.jp") {
			t.Errorf("the alert tells personal data: %s", a.Text)
		}
	}
	for _, want := range []string{"held order/template 3", "would_hold trial/template 3", "held order/new_address 3", "recalled order 1"} {
		if !slices.Contains(got, want) {
			t.Errorf("no alert %q in %q", want, got)
		}
	}
	if c := slices.Compact(slices.Sorted(slices.Values(got))); len(c) != len(got) {
		t.Errorf("an alert was raised twice: %q", got)
	}
	for _, m := range h.ledger.mails {
		if d := m.Deliveries[0]; (d.State == custody.Held) != (m.Stream == "order") {
			t.Errorf("a mail of stream %s is %s", m.Stream, d.State)
		}
	}
}

// What a stream's kinds do not name is told, once for each kind, and held by
// nothing.
func TestUndeclaredKinds(t *testing.T) {
	t.Parallel()
	h := going(t, stream("order", func(s *policy.Stream) { s.Kinds = []jp.Kind{jp.Name} }), stream("free", nil))
	for _, name := range []string{"order", "free"} {
		if m := h.receive(t, letter("hanako@example.jp", "佐藤花子 様 080-3333-4444", "X-Kakitome-Stream: "+name)); m.Deliveries[0].State != custody.Queued {
			t.Errorf("mail of stream %s is %s", name, m.Deliveries[0].State)
		}
	}
	var got []string
	for _, a := range h.ledger.alerts {
		if a.Kind == AlertUndeclared {
			got = append(got, a.Subject)
		}
		if strings.Contains(a.Text, "佐藤") || strings.Contains(a.Text, "3333") {
			t.Errorf("the alert tells personal data: %s", a.Text)
		}
	}
	if !slices.Equal(got, []string{"order/phone"}) {
		t.Errorf("undeclared: %q", got)
	}
}

// A canary pauses its stream in the transaction that holds the mail; in a
// stream that only observes it only alarms.
func TestCanaryPauses(t *testing.T) {
	t.Parallel()
	h := going(t, stream("order", nil), stream("trial", func(s *policy.Stream) { s.Mode = policy.Observe }))
	woken := make(chan struct{}, 10)
	h.Recalled = func() { woken <- struct{}{} }
	p := person("M-9", "canary@example.jp", "見張鳥子", "070-9999-8888")
	p.Canary = true
	h.people(t, 2, p)
	for _, name := range []string{"trial", "order"} {
		h.receive(t, letter("taro@example.jp", "見張鳥子 070-9999-8888", "X-Kakitome-Stream: "+name))
	}
	if len(h.ledger.paused) != 1 || h.ledger.paused[0].Stream != "order" || h.ledger.paused[0].Rule != check.Canary || !h.ledger.paused[0].On {
		t.Errorf("paused: %+v", h.ledger.paused)
	}
	var subjects []string
	for _, a := range h.ledger.alerts {
		if a.Kind == AlertPaused {
			subjects = append(subjects, a.Subject)
		}
	}
	if !slices.Equal(subjects, []string{"trial", "order"}) {
		t.Errorf("alerts of pauses: %q", subjects)
	}
	if len(woken) == 0 {
		t.Error("nobody was woken")
	}
}
