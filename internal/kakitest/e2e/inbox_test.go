package e2e

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/kakitome/kakitome/internal/fault"
	"github.com/kakitome/kakitome/internal/gate"
	"github.com/kakitome/kakitome/internal/inbox"
	"github.com/kakitome/kakitome/internal/kakitest"
	letters "github.com/kakitome/kakitome/internal/letter" // letter is a mail here
	"github.com/kakitome/kakitome/internal/smtpd"
)

// nobody is a gate that knows no recipient.
type nobody struct{}

func (nobody) Receive(context.Context, gate.Submission) (gate.Receipt, error) {
	return gate.Receipt{}, fault.New(fault.NotFound, "", "user unknown")
}

// desk gives on what bounced.
type desk struct {
	inbox.Desk
	bounced chan string
}

func (d desk) Bounced(_ context.Context, id string, b inbox.Bounce) error {
	d.bounced <- fmt.Sprint(id, " ", b)
	return nil
}

// A letter a real Postfix cannot hand on comes back to its own sender, and is
// known.
func TestPostfixBouncesALetter(t *testing.T) {
	t.Parallel()
	program(t, "postfix")
	senders := letters.Bounces{Key: make([]byte, 32), Prefix: "bounce", Separator: "+", Domain: "shop.example"}
	d := desk{bounced: make(chan string, 9)}
	box := inbox.New(inbox.Options{Bounce: "bounce@shop.example", Letter: senders.Parse, Desk: d, Next: nobody{}, Now: time.Now})
	door := smtpd.New(smtpd.Options{Listen: "127.0.0.1:0"}, box)
	if err := door.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), kakitest.Patience)
		defer cancel()
		if err := door.Stop(ctx); err != nil {
			t.Error(err)
		}
	})
	p := startPostfix(t, door.Addr().String())
	from, err := senders.Address("inc-1.l-7")
	if err != nil {
		t.Fatal(err)
	}
	wantAnswer(t, kakitest.Dial(t, "127.0.0.1:"+p.port).Send(from, []string{hanako}, []byte(plain("letter"))), "250 2.0.0 ", "")
	select {
	case got := <-d.bounced:
		if got != "inc-1.l-7 {5.1.1 no_address false}" {
			t.Errorf("bounced: %s", got)
		}
	case <-time.After(kakitest.Patience):
		t.Error("nothing bounced")
	}
	kakitest.Eventually(t, "Postfix's queue is empty", func() bool { return p.queued() == 0 })
	if len(d.bounced) > 0 {
		t.Error("it bounced twice")
	}
}
