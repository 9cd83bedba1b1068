package e2e

import (
	"context"
	"fmt"
	"os"
	"strings"
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

// desk gives on what it is told.
type desk struct{ told chan string }

func (d desk) Bounced(_ context.Context, id string, b inbox.Bounce) error {
	d.told <- fmt.Sprint("bounced ", id, " ", b)
	return nil
}

func (d desk) CanaryMail(_ context.Context, m inbox.CanaryMail) error {
	d.told <- "canary " + m.Address
	return nil
}

func (d desk) Reported(_ context.Context, r inbox.Report) error {
	d.told <- fmt.Sprint("report of ", r.From, ", ", len(r.Mails))
	return nil
}

// openDoor starts an SMTP door and gives its port.
func openDoor(t *testing.T, g smtpd.Gate) string {
	t.Helper()
	door := smtpd.New(smtpd.Options{Listen: "127.0.0.1:0"}, g)
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
	return portOf(t, door.Addr().String())
}

// incoming are the settings of docs/ops/same-leak.md.
var incoming = []string{
	"transport_maps = inline:{canary.example=smtp:[127.0.0.1]:2526, bounce@shop.example=smtp:[127.0.0.1]:2526, report@shop.example=smtp:[127.0.0.1]:2526}",
	"recipient_delimiter = +",
}

// With these settings a letter that a real Postfix cannot hand on comes back to
// its own sender and is known, and mail for canaries and reports comes in.
func TestPostfixHandsIn(t *testing.T) {
	t.Parallel()
	program(t, "postfix")
	doc, err := os.ReadFile("../../../docs/ops/same-leak.md")
	if err != nil {
		t.Fatal(err)
	}
	senders := letters.Bounces{Key: make([]byte, 32), Prefix: "bounce", Separator: "+", Domain: "shop.example"}
	d := desk{make(chan string, 9)}
	port := openDoor(t, inbox.New(inbox.Options{Bounce: "bounce@shop.example", Report: "report@shop.example", Canaries: []string{"@canary.example"},
		Letter: senders.Parse, Desk: d, Now: time.Now}))
	p := startPostfix(t, "127.0.0.1:"+openDoor(t, nobody{}))
	for _, line := range incoming {
		if !strings.Contains(string(doc), "    "+line+"\n") {
			t.Errorf("docs/ops/same-leak.md does not have: %s", line)
		}
		run(t, "", program(t, "postconf"), "-c", p.dir, "-e", strings.ReplaceAll(line, ":2526", ":"+port))
	}
	p.command("reload")
	from, err := senders.Address("inc-1.l-7")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range []struct{ from, to, want string }{
		{from, hanako, "bounced inc-1.l-7 {5.1.1 no_address false}"},
		{jiro, "a.b_c0001@canary.example", "canary a.b_c0001@canary.example"},
		{jiro, "report@shop.example", "report of " + shop + ", 0"},
	} {
		wantAnswer(t, kakitest.Dial(t, "127.0.0.1:"+p.port).Send(m.from, []string{m.to}, []byte(plain("incoming"))), "250 2.0.0 ", "")
		select {
		case got := <-d.told:
			if got != m.want {
				t.Errorf("told %q, want %q", got, m.want)
			}
		case <-time.After(kakitest.Patience):
			t.Errorf("not told: %s", m.want)
		}
	}
	kakitest.Eventually(t, "Postfix's queue is empty", func() bool { return p.queued() == 0 })
	if len(d.told) > 0 {
		t.Errorf("told once more: %s", <-d.told)
	}
}
