package relay

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/kakitome/kakitome/internal/mail"
)

func TestSendTellsEachRecipientsFate(t *testing.T) {
	t.Parallel()
	for _, offered := range [][]string{{"PIPELINING"}, {"HELP"}} {
		f := startFake(t, &fake{ehlo: offered, on: func(_ int, line string) string {
			switch {
			case strings.Contains(line, "gone@"):
				return "550-5.1.1 no such\r\n550 5.1.1 person here"
			case strings.Contains(line, "full@"):
				return "452 4.2.2 mailbox full"
			case strings.Contains(line, "many@"):
				return "552 too many recipients"
			}
			return ""
		}})
		c := newClient(t, f, nil)
		got, err := c.Send(t.Context(), to("a@example.jp", "gone@example.jp", "full@example.jp", "b@example.jp", "many@example.jp"), content(hello), yes)
		if err != nil {
			t.Fatal(err)
		}
		want := []Outcome{
			{Recipient: 0, Status: Relayed, Code: 250, Enhanced: "2.0.0", Text: "queued as 4711"},
			{Recipient: 1, Status: Failed, Code: 550, Enhanced: "5.1.1", Text: "no such person here"},
			{Recipient: 2, Status: Deferred, Code: 452, Enhanced: "4.2.2", Text: "mailbox full"},
			{Recipient: 3, Status: Relayed, Code: 250, Enhanced: "2.0.0", Text: "queued as 4711"},
			{Recipient: 4, Status: Deferred, Code: 552, Text: "too many recipients"},
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("offered %v: %s", offered, d)
		}
		mails := f.got()
		if len(mails) != 1 || len(mails[0].rcpts) != 2 || string(mails[0].wire) != hello {
			t.Errorf("offered %v: relay has %+v", offered, mails)
		}
	}
}

// TestStages goes wrong at every stage and looks at what is claimed.
func TestStages(t *testing.T) {
	t.Parallel()
	at := func(verb, answer string) func(int, string) string {
		return func(_ int, line string) string {
			if strings.HasPrefix(line, verb) {
				return answer
			}
			return ""
		}
	}
	dot := func(answer string) func(int, []byte) string { return func(int, []byte) string { return answer } }
	cases := []struct {
		name  string
		relay fake
		want  Outcome
	}{
		{"MAIL 4xx", fake{on: at("MAIL", "451 4.3.0 later")}, Outcome{Code: 451, Enhanced: "4.3.0", Text: "later"}},
		{"MAIL 5xx", fake{on: at("MAIL", "550 5.7.1 no")}, Outcome{Status: Failed, Code: 550, Enhanced: "5.7.1", Text: "no"}},
		{"MAIL 421", fake{on: at("MAIL", "421 4.3.2 going down")}, Outcome{Code: 421, Enhanced: "4.3.2", Text: "going down"}},
		{"MAIL drop", fake{on: at("MAIL", hangUp)}, lost.of(0)},
		{"MAIL half a reply", fake{on: at("MAIL", "250-2.1.0 ok\r\n"+hangUp)}, lost.of(0)},
		{"MAIL 354", fake{on: at("MAIL", "354 what")}, lost.of(0)},
		{"MAIL no SMTP", fake{on: at("MAIL", "HTTP/1.1 400 Bad Request")}, lost.of(0)},
		{"RCPT drop", fake{on: at("RCPT", hangUp)}, lost.of(0)},
		{"RCPT silence", fake{on: at("RCPT", silence)}, lost.of(0)},
		{"DATA 4xx", fake{on: at("DATA", "451 4.3.0 later")}, Outcome{Code: 451, Enhanced: "4.3.0", Text: "later"}},
		{"DATA 5xx", fake{on: at("DATA", "554 5.5.1 no")}, Outcome{Status: Failed, Code: 554, Enhanced: "5.5.1", Text: "no"}},
		{"DATA 250", fake{on: at("DATA", "250 what")}, lost.of(0)},
		{"DATA drop", fake{on: at("DATA", hangUp)}, lost.of(0)},
		{"DATA silence", fake{on: at("DATA", silence)}, lost.of(0)},
		{"dot 4xx", fake{onDot: dot("452 4.3.1 disk full")}, Outcome{Code: 452, Enhanced: "4.3.1", Text: "disk full"}},
		{"dot 5xx", fake{onDot: dot("554 5.7.1 spam")}, Outcome{Status: Failed, Code: 554, Enhanced: "5.7.1", Text: "spam"}},
		{"dot 421", fake{onDot: dot("421 4.3.2 going down")}, Outcome{Code: 421, Enhanced: "4.3.2", Text: "going down"}},
		{"dot drop", fake{onDot: dot(hangUp)}, inDoubt.of(0)},
		{"dot silence", fake{onDot: dot(silence)}, inDoubt.of(0)},
		{"dot half a reply", fake{onDot: dot("250" + hangUp)}, inDoubt.of(0)},
		{"dot 354", fake{onDot: dot("354 more")}, inDoubt.of(0)},
	}
	for i := range cases {
		tc := &cases[i]
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			f := startFake(t, &tc.relay)
			c := newClient(t, f, hurry(tc.name))
			got, err := c.Send(t.Context(), to("a@example.jp"), content(hello), yes)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff([]Outcome{tc.want}, got); d != "" {
				t.Error(d)
			}
			if n := f.connections(); n != 1 {
				t.Errorf("%d connections, a fresh one is not tried again", n)
			}
		})
	}
}

// hurry shortens the one wait that a silent relay lets run out, so that a slow
// machine makes no other one run out.
func hurry(stage string) func(*Options) {
	return func(o *Options) {
		const soon = 500 * time.Millisecond
		switch stage {
		case "RCPT silence":
			o.Timeouts.Command = soon
		case "DATA silence":
			o.Timeouts.DataStart = soon
		case "dot silence", ". silence":
			o.Timeouts.DataEnd = soon
		}
	}
}

// TestConnectionAfterTrouble: refused properly, the connection goes on; odd,
// late or broken, it is never used again.
func TestConnectionAfterTrouble(t *testing.T) {
	t.Parallel()
	cases := []struct {
		verb, answer string
		reused       bool
	}{
		{"MAIL", "550 no", true},
		{"RCPT", "550 no", true},
		{"DATA", "550 no", true},
		{".", "550 no", true},
		{"MAIL", "421 bye", false},
		{".", "421 bye", false},
		{"RCPT", silence, false},
		{".", silence, false},
		{"DATA", "250 what", false},
	}
	for _, tc := range cases {
		t.Run(tc.verb+" "+tc.answer, func(t *testing.T) {
			t.Parallel()
			once := make(chan struct{}, 1)
			once <- struct{}{}
			trouble := func(line string) string {
				if !strings.HasPrefix(line, tc.verb) {
					return ""
				}
				select {
				case <-once:
					return tc.answer
				default:
					return ""
				}
			}
			f := startFake(t, &fake{
				on: func(_ int, line string) string { return trouble(line) },
				onDot: func(int, []byte) string {
					if a := trouble("."); a != "" {
						return a
					}
					return "250 ok"
				},
			})
			c := newClient(t, f, hurry(tc.verb+" "+strings.ToLower(tc.answer)))
			for i := range 2 {
				got, err := c.Send(t.Context(), to("a@example.jp"), content(hello), yes)
				if err != nil {
					t.Fatal(err)
				}
				if relayed := got[0].Status == Relayed; relayed != (i == 1) {
					t.Errorf("mail %d: %+v", i, got)
				}
			}
			if reset := tc.reused && tc.verb != "."; reset != (f.heard("RSET") == 1) {
				t.Errorf("%d RSET", f.heard("RSET"))
			}
			if want := map[bool]int{true: 1, false: 2}[tc.reused]; f.connections() != want {
				t.Errorf("%d connections, want %d", f.connections(), want)
			}
		})
	}
}

func TestStartRefusesAndNothingLeaves(t *testing.T) {
	t.Parallel()
	f := startFake(t, &fake{on: func(_ int, line string) string {
		if strings.Contains(line, "gone@") {
			return "550 5.1.1 no"
		}
		return ""
	}})
	c := newClient(t, f, nil)
	paused := errors.New("stream is paused")
	got, err := c.Send(t.Context(), to("a@example.jp", "gone@example.jp"), content(hello), func() error {
		if f.heard("RCPT") != 2 || f.heard("DATA") != 0 {
			t.Errorf("asked at the wrong moment")
		}
		return paused
	})
	if !errors.Is(err, paused) {
		t.Errorf("err %v", err)
	}
	if d := cmp.Diff(untouched.all(2), got); d != "" {
		t.Error(d)
	}
	if f.heard("DATA") != 0 || f.heard("RSET") != 1 {
		t.Errorf("DATA %d, RSET %d", f.heard("DATA"), f.heard("RSET"))
	}
	if got, err := c.Send(t.Context(), to("a@example.jp"), content(hello), yes); err != nil || got[0].Status != Relayed || f.connections() != 1 {
		t.Errorf("afterwards: %+v %v on %d connections", got, err, f.connections())
	}
}

func TestStartIsNotAskedForNobody(t *testing.T) {
	t.Parallel()
	f := startFake(t, &fake{on: func(_ int, line string) string {
		if strings.HasPrefix(line, "RCPT") {
			return "550 5.1.1 no"
		}
		return ""
	}})
	c := newClient(t, f, nil)
	got, err := c.Send(t.Context(), to("a@example.jp"), content(hello), func() error { t.Error("asked"); return nil })
	if err != nil || got[0].Status != Failed || f.heard("DATA") != 0 {
		t.Errorf("%+v %v", got, err)
	}
}

func TestStaleConnectionIsReplacedOnce(t *testing.T) {
	t.Parallel()
	for name, stale := range map[string]string{"closed": hangUp, "421": "421 4.4.2 idle too long"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := &fake{}
			f.on = func(conn int, line string) string {
				if conn == 1 && strings.HasPrefix(line, "MAIL") && len(f.got()) > 0 {
					return stale
				}
				return ""
			}
			startFake(t, f)
			c := newClient(t, f, nil)
			asked := 0
			for range 2 {
				got, err := c.Send(t.Context(), to("a@example.jp"), content(hello), func() error { asked++; return nil })
				if err != nil || got[0].Status != Relayed {
					t.Fatalf("%+v %v", got, err)
				}
			}
			if f.connections() != 2 || len(f.got()) != 2 || asked != 2 {
				t.Errorf("%d connections, %d mails, start asked %d times", f.connections(), len(f.got()), asked)
			}
		})
	}
}

// TestLostAfterDataIsNotRetried: once content may have gone, only the queue
// decides about another try.
func TestLostAfterDataIsNotRetried(t *testing.T) {
	t.Parallel()
	f := &fake{}
	f.onDot = func(_ int, _ []byte) string {
		if len(f.got()) == 1 {
			return hangUp
		}
		return "250 ok"
	}
	startFake(t, f)
	c := newClient(t, f, nil)
	_, _ = c.Send(t.Context(), to("a@example.jp"), content(hello), yes)
	got, err := c.Send(t.Context(), to("a@example.jp"), content(hello), yes)
	if err != nil || !got[0].Uncertain || got[0].Status != Deferred || f.heard("DATA") != 2 {
		t.Errorf("%+v %v after %d DATA", got, err, f.heard("DATA"))
	}
}

func TestCancelDropsTheConnection(t *testing.T) {
	t.Parallel()
	for _, verb := range []string{"RCPT", "."} {
		ctx, cancel := context.WithCancel(t.Context())
		f := startFake(t, &fake{
			on: func(_ int, line string) string {
				if strings.HasPrefix(line, verb) {
					cancel()
					return silence
				}
				return ""
			},
			onDot: func(int, []byte) string { cancel(); return silence },
		})
		c := newClient(t, f, nil)
		got, err := c.Send(ctx, to("a@example.jp"), content(hello), yes)
		switch verb {
		case "RCPT":
			if !errors.Is(err, context.Canceled) || got[0] != untouched.of(0) {
				t.Errorf("before DATA: %+v %v", got, err)
			}
		default:
			if err != nil || got[0] != inDoubt.of(0) {
				t.Errorf("after the dot: %+v %v", got, err)
			}
		}
		if len(c.pool.free) != 0 || c.pool.live != 0 {
			t.Errorf("a cancelled connection was kept")
		}
	}
}

func TestContentArrivesByteForByte(t *testing.T) {
	t.Parallel()
	f := startFake(t, &fake{})
	c := newClient(t, f, nil)
	rapid.Check(t, func(rt *rapid.T) {
		line := rapid.OneOf(
			rapid.SampledFrom([]string{"", ".", "..", ".\t", "...x", "From x", strings.Repeat("長い行", 3000)}),
			rapid.Map(rapid.SliceOfN(rapid.Byte(), 0, 80), func(b []byte) string {
				return strings.Map(func(r rune) rune { return r }, string(bytes.Map(noLineEnd, b)))
			}),
		)
		var parts [][]byte
		for _, ls := range rapid.SliceOfN(rapid.SliceOfN(line, 0, 6), 1, 4).Draw(rt, "parts") {
			part := ""
			for _, l := range ls {
				part += l + "\r\n"
			}
			parts = append(parts, []byte(part))
		}
		before := len(f.got())
		got, err := c.Send(t.Context(), to("a@example.jp"), parts, yes)
		if err != nil || got[0].Status != Relayed {
			rt.Fatalf("%+v %v", got, err)
		}
		m := f.got()[before]
		if want := bytes.Join(parts, nil); !bytes.Equal(want, m.unstuffed) {
			rt.Fatalf("sent %q, relay has %q", want, m.unstuffed)
		}
	})
}

func noLineEnd(r rune) rune {
	if r == '\r' || r == '\n' || r == 0 {
		return 'x'
	}
	return r
}

func TestRefusedBeforeAnythingIsSaid(t *testing.T) {
	t.Parallel()
	env := func(change func(*mail.Envelope)) mail.Envelope {
		e := to("a@example.jp")
		change(&e)
		return e
	}
	cases := []struct {
		name string
		ehlo []string
		env  mail.Envelope
		data string
		want verdict
	}{
		{"8BITMIME", []string{"SMTPUTF8"}, env(func(e *mail.Envelope) { e.Body = "8BITMIME" }), hello, needs8Bit},
		{"BINARYMIME", []string{"8BITMIME", "BINARYMIME"}, env(func(e *mail.Envelope) { e.Body = "BINARYMIME" }), hello, needs8Bit},
		{"SMTPUTF8", []string{"8BITMIME"}, env(func(e *mail.Envelope) { e.UTF8 = true }), hello, needsUTF8},
		{"REQUIRETLS", []string{"8BITMIME"}, env(func(e *mail.Envelope) { e.RequireTLS = true }), hello, needsTLS},
		{"SIZE", []string{"SIZE 10"}, to("a@example.jp"), hello, tooLarge},
		{"address not declared UTF-8", nil, to("太郎@example.jp"), hello, badAddress},
		{"line end in the sender", nil, env(func(e *mail.Envelope) { e.From = "a@example.jp>\r\nRSET" }), hello, badAddress},
		{"parameter in an address", nil, to("a@example.jp> NOTIFY=NEVER"), hello, badAddress},
		{"line end in NOTIFY", nil, env(func(e *mail.Envelope) { e.Recipients[0].Notify = []string{"NEVER\r\nDATA"} }), hello, badAddress},
		{"empty recipient", nil, to(""), hello, badAddress},
		{"bare LF", nil, to("a@example.jp"), "a\r\nb\n.\r\nMAIL FROM:<x@example.jp>\r\n", badLines},
		{"bare CR", nil, to("a@example.jp"), "a\rb\r\n", badLines},
		{"CR at the end", nil, to("a@example.jp"), "a\r", badLines},
		{"LF CR", nil, to("a@example.jp"), "a\n\rb", badLines},
		{"NUL", nil, to("a@example.jp"), "a\x00\r\n", badLines},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			f := startFake(t, &fake{ehlo: tc.ehlo})
			c := newClient(t, f, nil)
			got, err := c.Send(t.Context(), tc.env, content(tc.data), yes)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(tc.want.all(1), got); d != "" {
				t.Error(d)
			}
			if f.heard("MAIL") != 0 || tc.want.status != Failed {
				t.Error("something was said")
			}
		})
	}
}

func TestParametersTravelOn(t *testing.T) {
	t.Parallel()
	env := mail.Envelope{
		From: "shop@shop.example", Body: "8BITMIME", UTF8: true, Ret: "HDRS", EnvID: "KK+1 =",
		Recipients: []mail.Recipient{
			{Address: "太郎@example.jp", Notify: []string{"FAILURE", "DELAY"}, ORcpt: "rfc822;a+b@example.jp"},
			{Address: "b@example.jp", Notify: []string{"NEVER"}, ORcpt: "utf-8;花子@example.jp"},
		},
	}
	f := startFake(t, &fake{ehlo: []string{"8BITMIME", "SMTPUTF8", "DSN", "SIZE 1000"}})
	if _, err := newClient(t, f, nil).Send(t.Context(), env, content(hello), yes); err != nil {
		t.Fatal(err)
	}
	m := f.got()[0]
	want := []string{
		"MAIL FROM:<shop@shop.example> SIZE=25 BODY=8BITMIME SMTPUTF8 RET=HDRS ENVID=KK+2B1+20+3D",
		"RCPT TO:<太郎@example.jp> NOTIFY=FAILURE,DELAY ORCPT=rfc822;a+2Bb@example.jp",
		"RCPT TO:<b@example.jp> NOTIFY=NEVER ORCPT=utf-8;花子@example.jp",
	}
	if d := cmp.Diff(want, append([]string{m.from}, m.rcpts...)); d != "" {
		t.Error(d)
	}

	env.UTF8, env.Body = false, ""
	env.Recipients = env.Recipients[1:]
	bare := startFake(t, &fake{ehlo: []string{"HELP"}})
	if _, err := newClient(t, bare, nil).Send(t.Context(), env, content(hello), yes); err != nil {
		t.Fatal(err)
	}
	m = bare.got()[0]
	if d := cmp.Diff([]string{"MAIL FROM:<shop@shop.example>", "RCPT TO:<b@example.jp>"}, append([]string{m.from}, m.rcpts...)); d != "" {
		t.Error(d)
	}
}

func TestExtensionsAreLearned(t *testing.T) {
	t.Parallel()
	f := startFake(t, &fake{ehlo: []string{"size 1048576", "8bitmime", "DSN"}})
	c := newClient(t, f, nil)
	if _, known := c.Extensions(); known {
		t.Error("known before the first connection")
	}
	if err := c.Probe(t.Context()); err != nil {
		t.Fatal(err)
	}
	got, known := c.Extensions()
	want := Extensions{EightBitMIME: true, DSN: true, SizeKnown: true, Size: 1 << 20}
	if d := cmp.Diff(want, got, cmp.AllowUnexported(Extensions{})); d != "" || !known {
		t.Errorf("known %v: %s", known, d)
	}
}

func TestManyRecipientsGoInBoundedGroups(t *testing.T) {
	t.Parallel()
	f := startFake(t, &fake{})
	env := to()
	for range 3*maxGroup + 7 {
		env.Recipients = append(env.Recipients, mail.Recipient{Address: "a@example.jp"})
	}
	got, err := newClient(t, f, nil).Send(t.Context(), env, content(hello), yes)
	if err != nil || len(f.got()[0].rcpts) != len(env.Recipients) {
		t.Fatalf("%d taken, %v", len(f.got()[0].rcpts), err)
	}
	for i, o := range got {
		if o.Recipient != i || o.Status != Relayed {
			t.Fatalf("%d: %+v", i, o)
		}
	}
}
