package extract

import (
	"strings"
	"testing"
	"time"
)

// TestLinear reads long repetitions of what once could be, or nearly was, read
// in quadratic time. Quadratic readers would take minutes.
func TestLinear(t *testing.T) {
	t.Parallel()
	const size = 1 << 19
	for _, c := range []struct{ name, mediaType, start, repeat string }{
		{"escapes", "text/plain", "", "%41"},
		{"plus", "text/plain", "?", "+"},
		{"links", "text/plain", "", "\n?a+b%20"},
		{"soft lines", "text/vcard", "N;ENCODING=QUOTED-PRINTABLE:", "a=\n"},
		{"card values", "text/vcard", "", "N;ENCODING=QUOTED-PRINTABLE:a\n"},
		{"card lines", "text/vcard", "", ":\n"},
		{"card pictures", "text/vcard", "", "A;BASE64:\nAAAA\n"},
		{"card parts", "text/vcard", "N:", `;\;`},
		{"card quotes", "text/vcard", "", `N;A="`},
		{"folds", "text/calendar", "\xff", "\r\n a"},
		{"references", "text/html", "", "cid:a "},
		{"attributes", "text/html", "<a ", "b=%41 "},
		{"one attribute", "text/html", "<a href='", "%25"},
		{"tags", "text/html", "", "<a b=<>"},
		{"scripts", "text/html", "", "<script></"},
		{"comments", "text/html", "", "<!--<a"},
		{"conditions", "text/html", "", "<![if ]><!--[if ]>"},
		{"ruby", "text/html", "", "<ruby>a<rt>b"},
		{"data links", "text/html", "", "<a href=data:,a>"},
		{"json", "application/json", "", `\ud842\`},
		{"rtf groups", "application/rtf", `{\rtf1`, `{\b a}`},
		{"rtf of html", "application/rtf", `{\rtf1\fromhtml1`, `{\*\htmltag <a>}b`},
		{"armour", "application/pkcs7-mime", "", "-----BEGIN X-----\n"},
		{"armour without end", "application/pkcs7-mime", "-----BEGIN X-----\n", "a: b\n"},
		{"pieces", "application/pkcs7-mime", "0\x80", "\x24\x80"},
		{"attributes of outlook", "application/ms-tnef", "\x78\x9f\x3e\x22\x01\x00", "\x01\x04\x80\x01\x00\x01\x00\x00\x00aa\x00"},
		{"files of outlook", "application/ms-tnef", "\x78\x9f\x3e\x22\x01\x00", "\x02\x02\x90\x06\x00\x00\x00\x00\x00\x00\x00"},
		{"members", "application/octet-stream", "", "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff\x01\x00\x00\xff\xff\x00\x00\x00\x00\x00\x00\x00\x00"},
		{"blocks", "application/octet-stream", strings.Repeat("\x00", 257) + "ustar", "\x00"},
		{"uuencode", "text/plain", "", "begin 644 a\n#86%A\nend\n"},
		{"uuencode without end", "text/plain", "", "begin 644 a\n"},
		{"broken uuencode", "text/plain", "", "begin 644 a\n\x7f\nend\n"},
		{"mails", "application/mbox", "", "From a\nTo: a\nFrom: b\n\n"},
		{"no mails", "application/mbox", "From a\nTo: a\nFrom: b\n\n", "\nFrom a\n\n"},
		{"fields", "application/octet-stream", "", "From: a\n"},
		{"pdf objects", "application/pdf", "%PDF-1.7\n", "1 0 obj<</A(a)>>stream\n"},
		{"pdf strings", "application/pdf", "%PDF-1.7\n", "1 0 obj("},
		{"pdf between", "application/pdf", "%PDF-1.7\n", "%PDF-1.7\nxref 0 1\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			start := time.Now()
			p := leaf(c.mediaType, c.start+strings.Repeat(c.repeat, size/len(c.repeat)))
			units := read(multi("related", multi("related", p)))
			if spent := time.Since(start); spent > 10*time.Second {
				t.Errorf("took %v", spent)
			}
			said := 0
			for _, u := range units {
				said += len(u.Runs) + len(u.Unread)
			}
			if said == 0 {
				t.Error("nothing said")
			}
		})
	}
}
