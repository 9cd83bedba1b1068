package mail

import (
	"io"
	"strings"
	"testing"

	"github.com/emersion/go-message"
	_ "github.com/emersion/go-message/charset" // go-message knows no charset without it
	"github.com/emersion/go-message/mail"
	"github.com/jhillyerd/enmime/v2"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/japanese"
)

func encodeWith(t testing.TB, e encoding.Encoding, s string) string {
	t.Helper()
	b, err := e.NewEncoder().String(s)
	if err != nil {
		t.Fatalf("encode %q: %v", s, err)
	}
	return b
}

// library is what the two known MIME libraries make of a mail.
type libraryResult struct{ enmime, goMessage bool }

// TestWhereLibrariesLose holds the kinds of Japanese mail that enmime v2.3.0
// and go-message v0.18.2 were seen to lose, or not, without an error. We must
// read all of them. want is where the text must be found; libraries says
// whether each library finds it, so that a change there is noticed.
func TestWhereLibrariesLose(t *testing.T) {
	t.Parallel()
	const name = "山田太郎様、髙橋商店①㈱です"
	jis := encodeWith(t, japanese.ISO2022JP, name)
	sjis := encodeWith(t, japanese.ShiftJIS, name)
	euc := encodeWith(t, japanese.EUCJP, "山田太郎様、ご注文ありがとう①㈱")
	both, none, enm, gom := libraryResult{true, true}, libraryResult{}, libraryResult{enmime: true}, libraryResult{goMessage: true}
	plain := func(charset, body string) string {
		return "Subject: x\r\nMIME-Version: 1.0\r\nContent-Type: text/plain" + charset + "\r\nContent-Transfer-Encoding: 8bit\r\n\r\n" + body + "\r\n"
	}
	multi := func(part string) string {
		return "Subject: x\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n" + part + "\r\n--b--\r\n"
	}
	tests := []struct {
		name, mail, want string
		faults           []FaultKind
		libraries        libraryResult
	}{
		{"iso-2022-jp with row 13", plain("; charset=ISO-2022-JP", jis), name, nil, both},
		{"euc-jp", plain("; charset=EUC-JP", euc), "山田太郎様、ご注文ありがとう①㈱", nil, both},
		{"shift_jis", plain("; charset=Shift_JIS", sjis), name, nil, both},
		{"word in filename", multi("Content-Type: text/plain\r\nContent-Disposition: attachment; filename=\"=?ISO-2022-JP?B?GyRCQ21KOD1xGyhC?=.txt\"\r\n\r\nx"), "注文書.txt", nil, both},
		{"character split over words", "Subject: =?UTF-8?B?5bGx55Q=?= =?UTF-8?B?sOWkqumDjg==?=\r\n\r\nx", "山田太郎", nil, both},
		{"label cp932", plain("; charset=cp932", sjis), name, nil, enm},
		{"label iso-2022-jp-ms", plain("; charset=iso-2022-jp-ms", jis), name, nil, none},
		{"label cp50221", plain("; charset=cp50221", jis), name, nil, none},
		{"no charset, utf-8", plain("", name), name, []FaultKind{Relabelled}, both},
		{"us-ascii label, utf-8", plain("; charset=us-ascii", name), name, []FaultKind{Relabelled}, gom},
		{"no charset, shift_jis", plain("", sjis), name, []FaultKind{Relabelled}, none},
		{"split rfc 2231 filename in shift_jis", multi("Content-Type: text/plain\r\nContent-Disposition: attachment;\r\n filename*0*=Shift_JIS'ja'%92%8D%95%B6%8F;\r\n filename*1*=%91.txt\r\n\r\nx"), "注文書.txt", nil, none},
		{"stray first line in a part", multi(" continuation\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" + name), name, []FaultKind{BadHeader}, none},
		{"stray line in a part", multi("Content-Type: text/plain; charset=utf-8\r\nstray\r\nX-A: b\r\n\r\n" + name), name, []FaultKind{BadHeader}, enm},
		{"stray first line of the mail", " continuation\r\n" + plain("; charset=utf-8", name), name, []FaultKind{BadHeader}, none},
		{"stray line of the mail", "Subject: a\r\nstray\r\n" + plain("; charset=utf-8", name), name, []FaultKind{BadHeader}, enm},
		{"text of a stray line", multi("Content-Type: text/plain\r\n" + name + "\r\nX-A: b\r\n\r\nx"), name, []FaultKind{BadHeader}, none},
		{"preamble", "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n" + name + "\r\n--b\r\n\r\nx\r\n--b--\r\n", name, nil, none},
		{"epilogue", multi("\r\nx") + name, name, nil, enm},
		{"enclosed mail", multi("Content-Type: message/rfc822\r\n\r\nSubject: =?UTF-8?B?5bGx55Sw5aSq6YOO?=\r\n\r\nx"), "山田太郎", nil, none},
		{"enclosed mail in base64", multi("Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\nU3ViamVjdDogPT9VVEYtOD9CPzViR3g1NVN3NWFTcTZZT08/PQ0KDQp4"), "山田太郎", nil, none},
		{"unknown transfer encoding", multi("Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: x-unheard\r\n\r\n" + name), name, []FaultKind{UnknownEncoding}, enm},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			m := Parse([]byte(tt.mail), Limits{})
			if !strings.Contains(everything(m), tt.want) {
				t.Errorf("%q not found in\n%s", tt.want, dump(m))
			}
			if n := m.Unread(); n != 0 {
				t.Errorf("%d bytes unread", n)
			}
			checkFaults(t, m, tt.faults)
			got := libraryResult{strings.Contains(enmimeText(tt.mail), tt.want), strings.Contains(goMessageText(tt.mail), tt.want)}
			if got != tt.libraries {
				t.Errorf("libraries: got %+v, want %+v", got, tt.libraries)
			}
		})
	}
}

// checkFaults wants exactly these kinds in the tree, in any number.
func checkFaults(t *testing.T, m *Message, want []FaultKind) {
	t.Helper()
	got := map[FaultKind]bool{}
	collectFaults(m, got)
	for _, k := range want {
		if !got[k] {
			t.Errorf("no fault %v", k)
		}
		delete(got, k)
	}
	for k := range got {
		t.Errorf("unexpected fault %v", k)
	}
}

func collectFaults(m *Message, into map[FaultKind]bool) {
	_ = m.Walk(func(p *Part, _ []int) error {
		for _, f := range p.Faults {
			into[f.Kind] = true
		}
		if p.Enclosed != nil {
			collectFaults(p.Enclosed, into)
		}
		return nil
	})
}

// everything is all text of m that a judge can see.
func everything(m *Message) string {
	var b strings.Builder
	_ = m.Walk(func(p *Part, _ []int) error {
		for _, f := range p.Fields {
			// Who takes a multipart with a malformed type for text shows the names, too.
			b.WriteString(f.Name + ":" + f.Value + "\n")
		}
		for _, v := range p.Params {
			b.WriteString(v + "\n")
		}
		b.WriteString(p.Stray + p.Filename + "\n" + p.Preamble + p.Epilogue + "\n" + p.Text + "\n")
		if p.Decoded == "" {
			b.Write(p.Content)
		}
		if p.Enclosed != nil {
			b.WriteString(everything(p.Enclosed))
		}
		return nil
	})
	return b.String()
}

// enmimeText is all text that enmime shows without an error.
func enmimeText(raw string) string {
	root, err := enmime.ReadParts(strings.NewReader(raw))
	if err != nil {
		return ""
	}
	var b strings.Builder
	root.DepthMatchAll(func(p *enmime.Part) bool {
		b.WriteString(p.FileName + "\n" + string(p.Content) + "\n" + string(p.Epilogue) + "\n")
		for name, values := range p.Header {
			for range values {
				b.WriteString(p.Header.Get(name) + "\n")
			}
		}
		return false
	})
	if env, err := enmime.EnvelopeFromPart(root); err == nil {
		b.WriteString(env.GetHeader("Subject"))
	}
	return b.String()
}

// goMessageText is all text that go-message shows.
func goMessageText(raw string) string {
	var b strings.Builder
	walkGoMessage(raw, func(e *message.Entity) {
		for f := e.Header.Fields(); f.Next(); {
			if text, err := f.Text(); err == nil {
				b.WriteString(text + "\n")
			}
		}
		attachment := mail.AttachmentHeader{Header: e.Header}
		if name, err := attachment.Filename(); err == nil {
			b.WriteString(name + "\n")
		}
	})
	return b.String() + goMessageBodies(raw)
}

// goMessageBodies is the text of the leaves as go-message decodes them.
func goMessageBodies(raw string) string {
	var b strings.Builder
	walkGoMessage(raw, func(e *message.Entity) {
		if kind, _, _ := e.Header.ContentType(); strings.HasPrefix(kind, "multipart/") {
			return
		}
		body, err := io.ReadAll(e.Body)
		if err == nil {
			b.WriteString(string(body) + "\n")
		}
	})
	return b.String()
}

func walkGoMessage(raw string, fn func(*message.Entity)) {
	e, err := message.Read(strings.NewReader(raw))
	if err != nil && !message.IsUnknownCharset(err) {
		return
	}
	_ = e.Walk(func(_ []int, e *message.Entity, err error) error {
		if err != nil && !message.IsUnknownCharset(err) {
			return err
		}
		fn(e)
		return nil
	})
}
