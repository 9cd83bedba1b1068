package relay

import (
	"bytes"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/kakitome/kakitome/internal/mail"
)

// TestContentIsRefusedHalfWay: the final dot never left, so nothing is in doubt.
func TestContentIsRefusedHalfWay(t *testing.T) {
	t.Parallel()
	big := [][]byte{[]byte(hello), bytes.Repeat([]byte(strings.Repeat("x", 70)+"\r\n"), 1<<18)} // 18 MiB: no buffer holds it
	for name, answer := range map[string]string{
		"says why and hangs up": "354 go\r\n552 5.3.4 too large\r\n" + hangUp,
		"hangs up":              "354 go\r\n" + hangUp,
		"claims to have it all": "354 go\r\n250 thanks\r\n" + hangUp,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := startFake(t, &fake{on: func(_ int, line string) string {
				if line == "DATA" {
					return answer
				}
				return ""
			}})
			c := newClient(t, f, nil)
			got, err := c.Send(t.Context(), to("a@example.jp"), big, yes)
			if err != nil {
				t.Fatal(err)
			}
			switch o := got[0]; { // a reset may have swept the relay's words away
			case o == lost.of(0):
			case strings.Contains(answer, "552") && o == Outcome{Status: Failed, Code: 552, Enhanced: "5.3.4", Text: "too large"}:
			case strings.Contains(answer, "250") && o == inDoubt.of(0):
			default:
				t.Errorf("%+v", o)
			}
			if c.pool.live != 0 {
				t.Error("connection was kept")
			}
		})
	}
}

// TestRelayStopsReading: each block has its own time, and what was cut off is
// not in doubt.
func TestRelayStopsReading(t *testing.T) {
	t.Parallel()
	near, far := net.Pipe()
	defer func() { _ = near.Close(); _ = far.Close() }()
	go func() { _, _ = io.CopyN(io.Discard, far, 20<<10) }()
	o, err := Options{Address: "relay.example:25", Hello: "x", Timeouts: Timeouts{DataBlock: 50 * time.Millisecond}}.complete()
	if err != nil {
		t.Fatal(err)
	}
	s := &session{o: &o}
	s.use(near)
	if err := writeDotted(s.w, content(strings.Repeat("x\r\n", 20<<10))); err == nil {
		t.Error("nobody read, and nothing was noticed")
	}
}

// realRelay is go-smtp's server, as strict as it is.
type realRelay struct {
	from string
	opts smtp.MailOptions
	to   []string
	rcpt []smtp.RcptOptions
	data []byte
	user string
}

type realSession struct{ *realRelay }

func (r *realRelay) NewSession(*smtp.Conn) (smtp.Session, error) { return realSession{r}, nil }
func (realSession) Reset()                                       {}
func (realSession) Logout() error                                { return nil }
func (realSession) AuthMechanisms() []string                     { return []string{sasl.Plain} }
func (s realSession) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if password != "secret word" {
			return smtp.ErrAuthFailed
		}
		s.user = user
		return nil
	}), nil
}

func (s realSession) Mail(from string, opts *smtp.MailOptions) error {
	s.from, s.opts = from, *opts
	return nil
}

func (s realSession) Rcpt(to string, opts *smtp.RcptOptions) error {
	s.to, s.rcpt = append(s.to, to), append(s.rcpt, *opts)
	return nil
}

func (s realSession) Data(r io.Reader) (err error) {
	s.data, err = io.ReadAll(r)
	return err
}

// TestAnotherServerUnderstands everything we say.
func TestAnotherServerUnderstands(t *testing.T) {
	t.Parallel()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	relay := &realRelay{}
	srv := smtp.NewServer(relay)
	srv.Domain, srv.AllowInsecureAuth = "relay.example", true
	srv.EnableDSN, srv.EnableSMTPUTF8, srv.MaxMessageBytes = true, true, 1<<20
	srv.ErrorLog = quiet{}
	done := make(chan struct{})
	go func() { defer close(done); _ = srv.Serve(ln) }()
	t.Cleanup(func() { _ = srv.Close(); <-done })

	c, err := New(Options{Address: ln.Addr().String(), Hello: "gate.shop.example", Username: "gate", Password: "secret word"})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	env := mail.Envelope{
		From: "shop@shop.example", Body: "8BITMIME", UTF8: true, Ret: "HDRS", EnvID: "KK+1=2",
		Recipients: []mail.Recipient{{Address: "太郎@example.jp", Notify: []string{"FAILURE"}, ORcpt: "rfc822;a+b@example.jp"}},
	}
	body := "Subject: 件名\r\n\r\n.\r\n..x\r\n本文\r\n"
	got, err := c.Send(t.Context(), env, content(body), yes)
	if err != nil || got[0].Status != Relayed {
		t.Fatalf("%+v %v", got, err)
	}
	want := &realRelay{
		from: env.From, to: []string{"太郎@example.jp"}, data: []byte(body), user: "gate",
		opts: smtp.MailOptions{Body: smtp.Body8BitMIME, Size: int64(len(body)), UTF8: true, Return: smtp.DSNReturnHeaders, EnvelopeID: "KK+1=2"},
		rcpt: []smtp.RcptOptions{{Notify: []smtp.DSNNotify{smtp.DSNNotifyFailure}, OriginalRecipientType: smtp.DSNAddressTypeRFC822, OriginalRecipient: "a+b@example.jp"}},
	}
	if d := cmp.Diff(want, relay, cmp.AllowUnexported(realRelay{}), cmpopts.EquateEmpty()); d != "" {
		t.Error(d)
	}
	ext, _ := c.Extensions()
	if !ext.EightBitMIME || !ext.SMTPUTF8 || !ext.DSN || !ext.Pipelining || ext.Size != 1<<20 {
		t.Errorf("%+v", ext)
	}
}
