package check_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/kakitome/kakitome/internal/check"
	"github.com/kakitome/kakitome/internal/jp"
	"github.com/kakitome/kakitome/internal/mail"
	"github.com/kakitome/kakitome/internal/policy"
)

// FuzzExamineDecide: any bytes are judged, in bounded time, the same way each
// time; what the parser could not read is never released in silence; a phone
// number of somebody else that the bytes show in clear is never released.
func FuzzExamineDecide(f *testing.F) {
	for _, name := range []string{"a-member-to-many", "bytes-html", "unreadable-closed", "d-nested-forward", "i-tokens", "f-group-syntax"} {
		archive, err := txtar.ParseFile("testdata/cases/" + name + ".txtar")
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range archive.Files {
			if strings.HasPrefix(file.Name, "mail ") {
				f.Add(bytes.ReplaceAll(file.Data, []byte("\n"), []byte("\r\n")))
			}
		}
	}
	f.Add([]byte("\r\n\r\n090-1111-2200\r\n"))
	w := &town{people: [][]item{
		{{jp.Email, "taro@example.net"}, {jp.Phone, "090-1111-2200"}, {jp.Name, "山田太郎"}, {jp.Address, "東京都千代田区丸の内1-2-3"}, {jp.MemberNo, "K100001"}},
		{{jp.Email, "hanako@example.net"}, {jp.Phone, "090-1111-2201"}, {jp.Name, "佐藤花子"}},
	}}
	o := newOffice(f, w, orders(func(*policy.Stream) {}))
	env := mail.Envelope{From: "shop@shop.example", Recipients: []mail.Recipient{{Address: "hanako@example.net"}, {Address: "new@example.com"}, {Address: ""}}}
	f.Fuzz(func(t *testing.T, raw []byte) {
		start := time.Now()
		e := o.read(env, string(raw))
		v := check.Decide(e, check.NewCounts(o.now))
		check.Explain(e, v, nil)
		if took := time.Since(start); took > 5*time.Second+time.Duration(len(raw))*time.Millisecond/10 {
			t.Fatalf("%d bytes took %v", len(raw), took)
		}
		if dump(e, o.counts) != dump(o.read(env, string(raw)), o.counts) {
			t.Fatal("examined twice, with different findings")
		}
		unreadable := faulty(mail.Parse(raw, mail.Limits{}))
		for i := range v.Recipients {
			d := &v.Recipients[i]
			if d.Hold != (len(d.Reasons) > 0) {
				t.Fatalf("hold is %v with reasons %+v", d.Hold, d.Reasons)
			}
			if unreadable && !d.Hold {
				t.Fatal("what could not be read was released")
			}
		}
		if first := v.Recipients[0]; !first.Hold && clearLine(raw, "090-1111-2200") {
			t.Fatal("another's number was released")
		}
	})
}

// faulty tells whether a part of the mail itself has a fault that may hide text.
func faulty(m *mail.Message) bool {
	found := false
	_ = m.Walk(func(p *mail.Part, _ []int) error {
		for _, f := range p.Faults {
			found = found || f.Unreadable()
		}
		return nil
	})
	return found
}

// clearLine tells whether the body of a mail without structure has a line that
// is exactly the value: then every reader sees it.
func clearLine(raw []byte, value string) bool {
	head, body, ok := bytes.Cut(raw, []byte("\r\n\r\n"))
	return ok && len(head) == 0 && bytes.Contains(body, []byte("\r\n"+value+"\r\n"))
}
