package extract

import (
	"encoding/base64"
	"strings"
	"testing"

	"github.com/kakitome/kakitome/internal/mail"
)

// eml writes a mail with a text and one attached file.
func eml(subject, text, fileName, mediaType, data string) string {
	return strings.ReplaceAll(`Subject: `+subject+`
To: Taro <taro@example.jp>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=b

--b
Content-Type: text/plain; charset=utf-8

`+text+`
--b
Content-Type: `+mediaType+`
Content-Disposition: attachment; filename="`+fileName+`"
Content-Transfer-Encoding: base64

`+base64.StdEncoding.EncodeToString([]byte(data))+`
--b--
`, "\n", "\r\n")
}

func TestMailInZipInMail(t *testing.T) {
	t.Parallel()
	inner := eml("inner", "山田", "c.csv", "text/csv", "鈴木,090")
	outer := eml("outer", "佐藤", "a.zip", "application/zip", pack(t, "dir/b.eml", inner))
	check(t, Read(mail.Parse([]byte(outer), mail.Limits{}), Limits{}),
		"body",
		"  subject: outer",
		"  header To: Taro <taro@example.jp>",
		"  text/plain line 1: 佐藤",
		"attachment a.zip",
		"  file name: a.zip",
		"  zip a.zip file name: dir/b.eml",
		"enclosed dir/b.eml",
		"  zip a.zip/b.eml/subject: inner",
		"  zip a.zip/b.eml/header To: Taro <taro@example.jp>",
		"  zip a.zip/b.eml/text/plain line 1: 山田",
		"attachment c.csv",
		"  zip a.zip/b.eml/file name: c.csv",
		"  zip a.zip/b.eml/attachment c.csv line 1: 鈴木,090",
	)
}

func TestAttachedMails(t *testing.T) {
	t.Parallel()
	inner := "Subject: inner\r\n\r\n山田\r\n"
	for _, c := range []struct{ mediaType, file string }{
		{"application/octet-stream", "a.eml"}, {"text/plain", "a.eml"}, {"message/rfc822", "a"}, {"application/octet-stream", "a.mht"},
	} {
		units := Read(mail.Parse([]byte(eml("outer", "x", c.file, c.mediaType, inner)), mail.Limits{}), Limits{})
		check(t, units[1:], "enclosed "+c.file, "  file name: "+c.file, "  enclosed mail/subject: inner", "  enclosed mail/text/plain line 1: 山田|")
		if string(units[1].Bytes) != inner {
			t.Errorf("bytes of %v: %q", c, units[1].Bytes)
		}
	}
}

func TestMailsTooDeep(t *testing.T) {
	t.Parallel()
	m := "Subject: heart\r\n\r\nheart\r\n"
	for range 6 {
		m = eml("shell", "x", "a.eml", "application/octet-stream", m)
	}
	got := show(Read(mail.Parse([]byte(m), mail.Limits{}), Limits{}))
	if strings.Contains(got, "heart") || strings.Count(got, "enclosed a.eml") != 3 ||
		!strings.Contains(got, "enclosed mail/enclosed mail/enclosed mail/attachment a.eml (application/octet-stream): nested too deep") {
		t.Error(got)
	}
}

func TestBounceWithHeaders(t *testing.T) {
	t.Parallel()
	raw := strings.ReplaceAll(`Subject: Undelivered
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: message/delivery-status

Final-Recipient: rfc822; taro@example.jp
--b
Content-Type: text/rfc822-headers

Subject: =?UTF-8?B?5bGx55Sw5qeY?=
--b--
`, "\n", "\r\n")
	check(t, Read(mail.Parse([]byte(raw), mail.Limits{}), Limits{}),
		"body",
		"  subject: Undelivered",
		"attachment",
		"  attachment (message/delivery-status) line 1: Final-Recipient: rfc822; taro@example.jp",
		"enclosed",
		"  text/rfc822-headers/subject: 山田様",
	)
}
