package extract

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kakitome/kakitome/internal/mail"
)

// show writes units as lines: "body", "  place: text", "  unread place (type): why".
func show(units []Unit) string {
	var b strings.Builder
	for _, u := range units {
		b.WriteString(strings.TrimSpace(u.Kind.String()+" "+u.Name) + "\n")
		for _, r := range u.Runs {
			fmt.Fprintf(&b, "  %s: %s\n", r.Place(0), strings.NewReplacer("\n", "|", "\t", "¦").Replace(r.Text))
		}
		for _, n := range u.Unread {
			inline := ""
			if n.Inline {
				inline = " inline"
			}
			fmt.Fprintf(&b, "  unread%s %s (%s): %s\n", inline, n.Where, n.Type, n.Why)
		}
	}
	return b.String()
}

func leaf(mediaType, text string) *mail.Part {
	p := &mail.Part{MediaType: mediaType, Content: []byte(text)}
	if strings.HasPrefix(mediaType, "text/") {
		p.Text, p.Decoded = text, "utf-8"
	}
	return p
}

func attached(mediaType, name, data string) *mail.Part {
	p := leaf(mediaType, data)
	p.Disposition, p.Filename = "attachment", name
	return p
}

func multi(kind string, children ...*mail.Part) *mail.Part {
	return &mail.Part{MediaType: "multipart/" + kind, Children: children}
}

func read(p *mail.Part) []Unit { return Read(messageOf(p), Limits{}) }

func check(t *testing.T, got []Unit, want ...string) {
	t.Helper()
	have := strings.Split(strings.TrimSuffix(show(got), "\n"), "\n")
	if diff := cmp.Diff(want, have); diff != "" {
		t.Errorf("units (-want +got):\n%s", diff)
	}
}

func TestUnitsAreSplit(t *testing.T) {
	t.Parallel()
	inner := multi("mixed", leaf("text/plain", "中の本文"), attached("text/csv", "内.csv", "鈴木花子"))
	inner.Fields = []mail.Field{{Name: "Subject", Value: "中の件名"}}
	logo := leaf("image/png", "\x89PNG\r\n\x1a\n....")
	logo.ContentID = "logo@shop.example"
	html := leaf("text/html", `<img src="cid:logo@shop.example">本文`)
	root := multi("mixed",
		multi("alternative", leaf("text/plain", "本文"), multi("related", html, logo)),
		attached("application/pdf", "請求書.pdf", "%PDF-1.7"),
		&mail.Part{MediaType: "message/rfc822", Enclosed: &mail.Message{Raw: []byte("raw"), Root: inner}},
	)
	root.Preamble, root.Epilogue, root.Stray = "前", "後", "迷子\n"
	root.Fields = []mail.Field{
		{Name: "Received", Value: "from a by b"},
		{Name: "Subject", Value: "ご注文 山田太郎様"},
		{Name: "to", Value: "山田 太郎 <taro@example.jp>"},
		{Name: "X-Customer", Value: "090-1234-5678"},
		{Name: "X-Kakitome-Stream", Value: "orders"},
		{Name: "Message-ID", Value: "<1@shop.example>"},
	}
	got := read(root)
	check(t, got,
		"body",
		"  subject: ご注文 山田太郎様",
		"  header To: 山田 太郎 <taro@example.jp>",
		"  header X-Customer: 090-1234-5678",
		"  stray header: 迷子|",
		"  preamble line 1: 前",
		"  text/plain line 1: 本文",
		"  text/html src: cid:logo@shop.example",
		"  text/html line 1: 本文",
		"  epilogue line 1: 後",
		"attachment",
		"  unread inline attachment (image/png) (image/png): image",
		"attachment 請求書.pdf",
		"  file name: 請求書.pdf",
		"  unread attachment 請求書.pdf (application/pdf): broken document",
		"enclosed",
		"  enclosed mail/subject: 中の件名",
		"  enclosed mail/text/plain line 1: 中の本文",
		"attachment 内.csv",
		"  enclosed mail/file name: 内.csv",
		"  enclosed mail/attachment 内.csv line 1: 鈴木花子",
	)
	if string(got[3].Bytes) != "raw" || got[0].Bytes != nil || string(got[2].Bytes) != "%PDF-1.7" {
		t.Error("bytes for the hash are not those of the attachment")
	}
}

func TestAttachmentOrBody(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, mediaType, disposition, file string
		want                               UnitKind
	}{
		{"plain", "text/plain", "", "", Body},
		{"inline plain", "text/plain", "inline", "a.txt", Body},
		{"named plain", "text/plain", "", "a.txt", Attachment},
		{"attached plain", "text/plain", "attachment", "", Attachment},
		{"named table", "text/csv", "inline", "a.csv", Attachment},
		{"calendar", "text/calendar", "", "", Body},
		{"json", "application/json", "inline", "", Attachment},
	} {
		p := leaf(c.mediaType, `"x"`)
		p.Disposition, p.Filename = c.disposition, c.file
		units := read(multi("mixed", p))
		last := units[len(units)-1]
		if last.Kind != c.want || len(last.Runs) == 0 {
			t.Errorf("%s: read into %v with %d runs, want %v", c.name, last.Kind, len(last.Runs), c.want)
		}
	}
}

func TestFaults(t *testing.T) {
	t.Parallel()
	p := leaf("text/plain", "本文")
	p.Faults = []mail.Fault{{Kind: mail.BadCharset, Detail: "two charsets fit"}, {Kind: mail.Relabelled}}
	u := read(p)
	check(t, u, "body", "  text/plain line 1: 本文", "  unread text/plain (text/plain): two charsets fit")
	if diff := cmp.Diff([]string{"text/plain: missing or wrong charset label"}, u[0].Remarks); diff != "" {
		t.Error(diff)
	}
}

func TestSigned(t *testing.T) {
	t.Parallel()
	armour := "-----BEGIN PGP SIGNATURE-----\n\niQ==\n-----END PGP SIGNATURE-----\n"
	check(t, read(multi("signed", leaf("text/plain", "本文"), leaf("application/pgp-signature", armour))),
		"body", "  text/plain line 1: 本文")
	check(t, read(multi("signed", leaf("text/plain", "本文"), leaf("application/pgp-signature", "山田太郎"))),
		"body", "  text/plain line 1: 本文",
		"attachment", "  attachment (application/pgp-signature) line 1: 山田太郎")
	check(t, read(multi("encrypted", leaf("application/pgp-encrypted", "Version: 1"), leaf("application/octet-stream", "-----BEGIN PGP MESSAGE-----\n"))),
		"body",
		"attachment", "  unread attachment (application/pgp-encrypted) (application/pgp-encrypted): encrypted",
		"attachment", "  unread attachment (application/octet-stream) (application/pgp-encrypted): encrypted")
}

// TestInlineIsNoPassport: what is only said to be an inline image must not pass.
func TestInlineIsNoPassport(t *testing.T) {
	t.Parallel()
	for _, data := range []string{"氏名,山田太郎", "\x00\x01", "%PDF-1.7", "PK\x03\x04"} {
		p := leaf("image/png", data)
		p.Disposition = "inline"
		u := read(p)[1]
		if len(u.Runs)+len(u.Unread) == 0 {
			t.Errorf("nothing said about %q", data)
		}
		for _, n := range u.Unread {
			if n.Inline {
				t.Errorf("%q passes as an inline image", data)
			}
		}
	}
	shown := leaf("image/png", "\x89PNG\r\n\x1a\n")
	shown.ContentID = "x"
	units := read(multi("related", leaf("text/html", "no reference"), shown))
	if units[1].Unread[0].Inline {
		t.Error("an image nothing refers to is an attachment")
	}
}

func TestPlace(t *testing.T) {
	t.Parallel()
	r := Run{Text: "一\n二\n三", Where: "text/plain", Line: 4}
	for offset, want := range map[int]string{0: "text/plain line 4", 4: "text/plain line 5", 99: "text/plain line 6", -1: "text/plain line 4"} {
		if got := r.Place(offset); got != want {
			t.Errorf("Place(%d) = %q, want %q", offset, got, want)
		}
	}
	if got := (Run{Where: "subject"}).Place(3); got != "subject" {
		t.Errorf("Place in a subject = %q", got)
	}
}

func TestLabel(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"": "(x)", `C:\temp\注文.csv`: "注文.csv", "a\nb": "a?b", "../../etc": "etc",
		strings.Repeat("長", 200): strings.Repeat("長", 79) + "…",
	} {
		if got := label(in, "x"); got != want {
			t.Errorf("label(%q) = %q, want %q", in, got, want)
		}
	}
}

func messageOf(p *mail.Part) *mail.Message { return &mail.Message{Root: p} }
