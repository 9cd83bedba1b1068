package smtpd

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/kakitome/kakitome/internal/gate"
)

func TestStopFinishesWhatIsUnderWay(t *testing.T) {
	t.Parallel()
	enter, leave := make(chan struct{}), make(chan struct{})
	g := &fakeGate{answer: func(ctx context.Context, _ gate.Submission) (gate.Receipt, error) {
		enter <- struct{}{}
		<-leave
		return gate.Receipt{MailID: "m1"}, ctx.Err()
	}}
	s := open(t, Options{}, g)
	idle, sending, deciding := ready(t, s), ready(t, s), ready(t, s)
	for _, c := range []*client{sending, deciding} {
		c.send(envelope + "DATA\r\n")
		c.want("250 ")
		c.want("250 ")
		c.want("354 ")
	}
	deciding.send("x\r\n.\r\n")
	<-enter
	stopped := make(chan error)
	go func() { stopped <- s.Stop(context.Background()) }()
	idle.want("421 4.3.2 ")
	idle.wantClosed()
	sending.send("y\r\n.\r\n")
	<-enter
	select {
	case err := <-stopped:
		t.Fatalf("stopped with mail under way: %v", err)
	default:
	}
	leave <- struct{}{}
	leave <- struct{}{}
	for _, c := range []*client{sending, deciding} {
		c.want("250 2.0.0 m1 released")
		c.want("421 4.3.2 ")
		c.wantClosed()
	}
	if err := <-stopped; err != nil {
		t.Errorf("stop: %v", err)
	}
	if err := s.Stop(context.Background()); err != nil {
		t.Errorf("stop again: %v", err)
	}
}

func TestStopDoesNotWaitForEver(t *testing.T) {
	t.Parallel()
	enter := make(chan struct{})
	g := &fakeGate{answer: func(ctx context.Context, _ gate.Submission) (gate.Receipt, error) {
		close(enter)
		<-ctx.Done()
		return gate.Receipt{}, ctx.Err()
	}}
	s := open(t, Options{}, g)
	c, sending := ready(t, s), ready(t, s)
	sending.send(envelope + "DATA\r\n")
	sending.want("250 ")
	sending.want("250 ")
	sending.want("354 ")
	c.send(envelope + "DATA\r\nx\r\n.\r\n")
	<-enter
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer cancel()
	if err := s.Stop(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("stop: %v", err)
	}
	sending.wantClosed()
}

func TestStopBeforeStart(t *testing.T) {
	t.Parallel()
	if err := New(Options{}, &fakeGate{}).Stop(context.Background()); err != nil {
		t.Error(err)
	}
}
