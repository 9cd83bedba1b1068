package smtpd

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

const hidden = "MAIL FROM:<injected@shop.example>\r\nRCPT TO:<victim@example.jp>\r\nDATA\r\nsmuggled\r\n.\r\n"

// Each false end of content must stay content, and make the mail one that is
// refused whole (SEC Consult, SMTP smuggling, 2023).
func TestFalseEndsAreContent(t *testing.T) {
	t.Parallel()
	for _, end := range []string{"\n.\n", "\r.\r", "\r\n.\n", "\n.\r\n", "\r.\r\n", "\r\n\x00.\r\n", "\r\n.\x00\r\n", "\r\n.\r", "\r\n.\r\r\n",
		"\r.\n", "\r\r\n.\n", "\n\n.\r\n", "\r\n.\r\x00\n", "\r\n\r.\r\n", "\n.\r", "\r\n.\n\r\n"} {
		t.Run(fmt.Sprintf("%q", end), func(t *testing.T) {
			t.Parallel()
			g := &fakeGate{}
			c := ready(t, open(t, Options{}, g))
			if got := c.mail("text" + end + hidden); !strings.HasPrefix(got, "550 5.6.11 ") {
				t.Errorf("answer %q", got)
			}
			if got := c.mail("next\r\n.\r\n"); got != "250 2.0.0 m1 released" {
				t.Errorf("the session is out of step: %q", got)
			}
			c.send("QUIT\r\n")
			c.want("221 ")
			c.wantClosed()
			came := g.received()
			if len(came) != 1 || string(came[0].Data) != "next\r\n" {
				t.Errorf("the gate got %d mails: %+v", len(came), came)
			}
		})
	}
}

// These look odd and are right: content, exactly as sent.
func TestDotsAreContent(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		".\r\n":                "",
		"\r\n.\r\n":            "\r\n",
		"..\r\n.\r\n":          ".\r\n",
		"...\r\n.\r\n":         "..\r\n",
		". \r\n.\r\n":          " \r\n",
		"a\r\n..\r\n.\r\n":     "a\r\n.\r\n",
		"a.\r\n.\r\n":          "a.\r\n",
		"a\r\n.b\r\n.\r\n":     "a\r\nb\r\n",
		"a\r\n\r\n\r\n.\r\n":   "a\r\n\r\n\r\n",
		"a\r\n..MAIL\r\n.\r\n": "a\r\n.MAIL\r\n",
	} {
		t.Run(fmt.Sprintf("%q", in), func(t *testing.T) {
			t.Parallel()
			g := &fakeGate{}
			c := ready(t, open(t, Options{}, g))
			if got := c.mail(in); got != "250 2.0.0 m1 released" {
				t.Errorf("answer %q", got)
			}
			if came := g.received(); len(came) != 1 || string(came[0].Data) != want {
				t.Errorf("the gate got %+v, want %q", came, want)
			}
		})
	}
}

// The end of content may come in any pieces.
func TestEndInPieces(t *testing.T) {
	t.Parallel()
	g := &fakeGate{}
	c := ready(t, open(t, Options{}, g))
	c.send(envelope + "DATA\r\n")
	c.want("250 ")
	c.want("250 ")
	c.want("354 ")
	for _, b := range []byte("a\r\n..b\r\n.\r\n") {
		c.send(string(b))
	}
	c.want("250 2.0.0 m1 released")
	if came := g.received(); len(came) != 1 || string(came[0].Data) != "a\r\n.b\r\n" {
		t.Errorf("the gate got %+v", came)
	}
}

// emersion/go-smtp#196: after a pause in content its rest was run as commands.
func TestPauseInContentEndsTheConnection(t *testing.T) {
	t.Parallel()
	g := &fakeGate{}
	c := ready(t, open(t, Options{ReadTimeout: 50 * time.Millisecond}, g))
	c.send(envelope + "DATA\r\n")
	c.want("250 ")
	c.want("250 ")
	c.want("354 ")
	c.send("half a mail\r\n")
	c.want("421 4.4.2 ")
	_, _ = c.conn.Write([]byte(hidden)) // may fail: the other end is closed
	c.wantClosed()
	if came := g.received(); len(came) != 0 {
		t.Errorf("the gate got %+v", came)
	}
}

func TestHangUpInContent(t *testing.T) {
	t.Parallel()
	for _, content := range []string{"", "half", "half\r\n", "half\r\n.", "half\r\n.\r", "half\n.\n", hidden[:len(hidden)-5]} {
		t.Run(fmt.Sprintf("%q", content), func(t *testing.T) {
			t.Parallel()
			g := &fakeGate{}
			gone := make(chan struct{})
			s := open(t, Options{Hooks: Hooks{OnDisconnect: func() { close(gone) }}}, g)
			c := ready(t, s)
			c.send(envelope + "DATA\r\n" + content)
			_ = c.conn.Close()
			select {
			case <-gone:
			case <-time.After(patience):
				t.Fatal("the session did not end")
			}
			if came := g.received(); len(came) != 0 {
				t.Errorf("the gate got %+v", came)
			}
			if s.memory.free != s.options.MaxInFlightBytes {
				t.Error("memory was not given back")
			}
		})
	}
}

func TestStartTLSForgetsTheClear(t *testing.T) {
	t.Parallel()
	t.Run("commands instead of a handshake", func(t *testing.T) {
		t.Parallel()
		g := &fakeGate{}
		c := ready(t, open(t, Options{TLS: serverTLS()}, g))
		c.send("STARTTLS\r\n")
		c.want("220 ")
		c.send("EHLO a\r\n" + hidden)
		for l := c.line(); !strings.HasPrefix(l, "<closed>"); l = c.line() {
			if len(l) > 3 && l[0] >= '2' && l[0] <= '5' && l[3] == ' ' {
				t.Errorf("answered in the clear: %q", l)
			}
		}
		if came := g.received(); len(came) != 0 {
			t.Errorf("the gate got %+v", came)
		}
	})
	t.Run("a mail begun before", func(t *testing.T) {
		t.Parallel()
		g := &fakeGate{}
		c := ready(t, open(t, Options{TLS: serverTLS()}, g))
		c.send(envelope)
		c.want("250 ")
		c.want("250 ")
		c.send("STARTTLS\r\n")
		c.want("220 ")
		c.secure()
		c.send("DATA\r\n")
		c.want("503 ")
		c.send("EHLO again.example\r\n")
		c.want("250 ")
		c.send("DATA\r\n")
		c.want("503 ")
		if got := c.mail("x\r\n.\r\n"); got != "250 2.0.0 m1 released" {
			t.Errorf("answer %q", got)
		}
		came := g.received()
		if len(came) != 1 || came[0].Protocol != "ESMTPS" || came[0].Hello != "again.example" {
			t.Errorf("the gate got %+v", came)
		}
	})
}
