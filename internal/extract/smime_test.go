package extract

import (
	"strings"
	"testing"

	"github.com/kakitome/kakitome/internal/mail"
)

// entity is what the messages in testdata/files wrap.
var entity = []string{"  text/plain line 1: 佐藤花子様", "attachment a.csv", "  file name: a.csv", "  attachment a.csv line 1: 佐藤花子,090-1111-2201"}

// TestSMIME: what a signature wraps is read as if it were not there.
func TestSMIME(t *testing.T) {
	t.Parallel()
	check(t, Read(mail.Parse([]byte(file(t, "signed.eml")), mail.Limits{}), Limits{}),
		append([]string{"body", "  header To: taro@example.jp", "  subject: signed", "  file name: smime.p7m"}, entity...)...)
	check(t, Read(mail.Parse([]byte(file(t, "detached.eml")), mail.Limits{}), Limits{}), append([]string{
		"body", "  header To: taro@example.jp", "  subject: detached",
		"  preamble line 1: This is an S/MIME signed message|", entity[0], "  file name: smime.p7s",
	}, entity[1:]...)...)
	for _, name := range []string{"signed-der.p7m", "signed-ber.p7m", "signed.pem", "compressed.p7m", "signed-wrapped-twice.p7m"} {
		got := read(multi("mixed", leaf("text/plain", "外"), attached("application/x-pkcs7-mime", "smime.p7m", file(t, name))))
		want := append([]string{"body", "  text/plain line 1: 外", "  file name: smime.p7m"}, entity...)
		if name == "signed-wrapped-twice.p7m" {
			want = append(want[:3:3], want[2:]...) // each layer has its name
		}
		check(t, got, want...)
	}
	check(t, read(attached("application/pkcs7-mime", "smime.p7m", file(t, "signed-twice.p7m"))), append([]string{
		"body", "  file name: smime.p7m", "  preamble line 1: This is an S/MIME signed message|", entity[0], "  file name: smime.p7s",
	}, entity[1:]...)...)
}

// TestSMIMEFiles: a signed file is that file, a saved message is a mail.
func TestSMIMEFiles(t *testing.T) {
	t.Parallel()
	check(t, read(attached("application/pkcs7-mime", "order.xml.p7m", file(t, "signed-file.xml.p7m"))),
		"body", "attachment order.xml.p7m", "  file name: order.xml.p7m", "  attachment order.xml.p7m/order.xml line 1: 佐藤花子")
	check(t, read(attached("application/octet-stream", "a.p7m", file(t, "signed-ber.p7m"))), append([]string{
		"body", "enclosed a.p7m", "  file name: a.p7m", strings.Replace(entity[0], "  ", "  enclosed mail/", 1),
	}, "attachment a.csv", "  enclosed mail/file name: a.csv", "  enclosed mail/attachment a.csv line 1: 佐藤花子,090-1111-2201")...)
	check(t, read(attached("application/zip", "a.zip", pack(t, "smime.p7m", file(t, "signed-der.p7m")))),
		"body", "attachment a.zip", "  file name: a.zip", "  zip a.zip file name: smime.p7m",
		"enclosed smime", "  zip a.zip/smime.p7m/text/plain line 1: 佐藤花子様",
		"attachment a.csv", "  zip a.zip/smime.p7m/file name: a.csv", "  zip a.zip/smime.p7m/attachment a.csv line 1: 佐藤花子,090-1111-2201")
}

func TestSMIMEUnread(t *testing.T) {
	t.Parallel()
	signed, compressed := file(t, "signed-der.p7m"), file(t, "compressed.p7m")
	nested := "Content-Type: text/plain\r\n\r\nheart"
	for range 4 {
		nested = "Content-Type: application/pkcs7-mime\r\n\r\n" + wrapSigned(nested)
	}
	for _, c := range []struct {
		name, data string
		lim        Limits
		want       string
	}{
		{"encrypted", file(t, "enveloped.p7m"), Limits{}, "encrypted"},
		{"certificates", file(t, "certificates.p7c"), Limits{}, "format not read"},
		{"a detached signature", file(t, "detached.p7s"), Limits{}, "format not read"},
		{"cut off", signed[:len(signed)-1], Limits{}, "broken file"},
		{"no message", "MIIB", Limits{}, "broken file"},
		{"more after it", signed + "more", Limits{}, "data after the end of the file"},
		{"compressed too small", compressed, Limits{Unpacked: 100}, "unpacks to more than may be read"},
		{"compressed and broken", strings.Replace(compressed, "\x78\x9c", "\x78\x9d", 1), Limits{}, "broken file"},
		{"too deep", wrapSigned(nested), Limits{}, "nested too deep"},
		{"much beside", wrapSigned("x", strings.Repeat("secret", 20_000)), Limits{}, "data after the end of the file"},
	} {
		got := show(Read(messageOf(attached("application/pkcs7-mime", "smime.p7m", c.data)), c.lim))
		if !strings.Contains(got, "(application/pkcs7-mime): "+c.want+"\n") || strings.Contains(got, "heart") {
			t.Errorf("%s: no %q in\n%s", c.name, c.want, got)
		}
	}
}

// wrapSigned writes signed data without signatures, with beside as certificates.
func wrapSigned(inner string, beside ...string) string {
	value := func(tag byte, content ...string) string {
		body := strings.Join(content, "")
		return string([]byte{tag, 0x83, byte(len(body) >> 16), byte(len(body) >> 8), byte(len(body))}) + body
	}
	const pkcs7 = "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07"
	return value(0x30, pkcs7+"\x02", value(0xa0, value(0x30, "\x02\x01\x01", value(0x31),
		value(0x30, pkcs7+"\x01", value(0xa0, value(0x04, inner))), value(0xa0, beside...), value(0x31))))
}

// TestSignatureIsNoHidingPlace: a signature that is more than one is an
// attachment.
func TestSignatureIsNoHidingPlace(t *testing.T) {
	t.Parallel()
	const begin, end = "-----BEGIN PGP SIGNATURE-----\n", "-----END PGP SIGNATURE-----\n"
	for _, c := range []struct{ mediaType, data, want string }{
		{"application/pkcs7-signature", file(t, "detached.p7s"), ""},
		{"application/pkcs7-signature", file(t, "signed-der.p7m"), "unread"},
		{"application/pkcs7-signature", file(t, "detached.p7s") + "山田", "unread"},
		{"application/pgp-signature", begin + "Version: 1\n\niQ+/=\n=abcd\n" + end, "  signature comment: 1\n"},
		{"application/pgp-signature", begin + "Comment: 山田太郎\n\niQ==\n" + end, "  signature comment: 山田太郎\n"},
		{"application/pgp-signature", begin + "\n山田太郎\n" + end, "line 1"},
		{"application/pgp-signature", begin + "山田太郎\n\niQ==\n" + end, "line 1"},
		{"application/pgp-signature", begin, "line 1"},
	} {
		got := show(read(multi("signed", leaf("text/plain", "本文"), leaf(c.mediaType, c.data))))
		got = strings.TrimPrefix(got, "body\n  text/plain line 1: 本文\n")
		if (c.want == "") != (got == "") || !strings.Contains(got, c.want) {
			t.Errorf("%.60q: no %q in\n%s", c.data, c.want, got)
		}
	}
}
