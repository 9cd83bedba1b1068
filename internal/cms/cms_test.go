package cms_test

import (
	"bytes"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/kakitome/kakitome/internal/cms"
)

// file reads one of the messages that openssl wrote (make.py beside it).
func file(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile("../extract/testdata/files/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestOpen(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		file       string
		kind       cms.Kind
		start, end string
		bare       bool
	}{
		{"signed-der.p7m", cms.Signed, "Content-Type: multipart/mixed; boundary=in\r\n", "\r\n--in--\r\n", false},
		{"signed-ber.p7m", cms.Signed, "Content-Type: multipart/mixed; boundary=in\r\n", "\r\n--in--\r\n", false},
		{"signed-file.xml.p7m", cms.Signed, "<order>", "</order>", false},
		{"signed-twice.p7m", cms.Signed, "MIME-Version: 1.0\n", "--\n\n", false},
		{"compressed.p7m", cms.Compressed, "\x78\x9c", "", false},
		{"enveloped.p7m", cms.Encrypted, "", "", true},
		{"certificates.p7c", cms.Signed, "", "", true},
		{"detached.p7s", cms.Signed, "", "", true},
	} {
		data := file(t, c.file)
		m, err := cms.Open(data)
		if err != nil || m.Kind != c.kind || m.Bare != c.bare || m.After != 0 || m.Beside != len(data)-len(m.Content) ||
			!strings.HasPrefix(string(m.Content), c.start) || !strings.HasSuffix(string(m.Content), c.end) || !c.bare && m.Inner != cms.Data {
			t.Errorf("%s: %+v, %v", c.file, m, err)
		}
		for cut := range data {
			if m, err := cms.Open(data[:cut]); err == nil {
				t.Errorf("%s cut at %d: %+v", c.file, cut, m)
				break
			}
		}
		if m, err := cms.Open(append(bytes.Clone(data), "more"...)); err != nil || m.After != 4 {
			t.Errorf("%s and more: %+v, %v", c.file, m, err)
		}
	}
}

// value writes a value of definite length.
func value(tag byte, content ...string) string {
	body := strings.Join(content, "")
	if len(body) < 0x80 {
		return string([]byte{tag, byte(len(body))}) + body
	}
	return string([]byte{tag, 0x83, byte(len(body) >> 16), byte(len(body) >> 8), byte(len(body))}) + body
}

func indefinite(tag byte, content ...string) string {
	return string([]byte{tag, 0x80}) + strings.Join(content, "") + "\x00\x00"
}

const (
	pkcs7 = "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07"
	data  = pkcs7 + "\x01"
	sign  = pkcs7 + "\x02"
)

// signed wraps an encapsulated content.
func signed(encapsulated ...string) string {
	return value(0x30, sign, value(0xa0, value(0x30, "\x02\x01\x01", value(0x31), value(0x30, encapsulated...), value(0x31))))
}

func TestPieces(t *testing.T) {
	t.Parallel()
	nested := value(0x04, "x")
	for range 20 {
		nested = indefinite(0x24, nested)
	}
	for _, c := range []struct{ name, in, want string }{
		{"whole", value(0x04, "abc"), "abc"},
		{"empty", value(0x04), ""},
		{"no pieces", value(0x24), ""},
		{"pieces", value(0x24, value(0x04, "ab"), value(0x04), value(0x04, "c")), "abc"},
		{"pieces of pieces", indefinite(0x24, indefinite(0x24, value(0x04, "a")), value(0x24, value(0x04, "b")), value(0x04, "c")), "abc"},
		{"long", value(0x04, strings.Repeat("a", 300)), strings.Repeat("a", 300)},
		{"another type", value(0x0c, "abc"), "-"},
		{"another type within", value(0x24, value(0x0c, "abc")), "-"},
		{"pieces too deep", nested, "-"},
		{"two", value(0x04, "a") + value(0x04, "b"), "-"},
	} {
		m, err := cms.Open([]byte(signed(data, value(0xa0, c.in))))
		got := string(m.Content)
		if err != nil {
			got = "-"
		}
		if got != c.want || err == nil && m.Content == nil {
			t.Errorf("%s: %q, %v", c.name, got, err)
		}
	}
}

func TestBroken(t *testing.T) {
	t.Parallel()
	for _, in := range []string{
		"", "0", "MIIB", "\x30\x80", "\x30\x84\xff\xff\xff\xff", "\x30\x89\x01\x01\x01\x01\x01\x01\x01\x01\x01", "\x3f\xff\xff", "\x04\x80\x00\x00",
		value(0x30, sign), value(0x30, sign, value(0xa0)), value(0x30, sign, value(0xa0, value(0x30, "\x02\x01\x01"))), value(0x30, data),
		signed(), signed(data, value(0xa1, value(0x04, "a"))), signed(data, value(0xa0, value(0x04, "a")), "\x05\x00"), signed(data, value(0xa0)),
	} {
		if m, err := cms.Open([]byte(in)); err == nil {
			t.Errorf("%q: %+v", in, m)
		}
	}
	for _, in := range []string{value(0x30, data, value(0xa0, value(0x04, "a"))), value(0x30, pkcs7+"\x05", value(0xa0, value(0x30)))} {
		if m, err := cms.Open([]byte(in)); err != nil || !m.Bare || m.Kind > cms.Data {
			t.Errorf("%q: %+v, %v", in, m, err)
		}
	}
}

func TestLinear(t *testing.T) {
	t.Parallel()
	const size = 1 << 20
	for _, c := range []struct{ start, repeat string }{
		{"", "\x30\x80"}, {"\x30\x80" + sign + "\xa0\x80", "\x30\x80"}, {"\x30\x80" + sign + "\xa0\x80\x30\x80\x02\x01\x01\x31\x00\x30\x80" + data + "\xa0\x80", "\x24\x80"},
		{"\x30\x80" + sign + "\xa0\x80\x30\x80\x02\x01\x01\x31\x00\x30\x80" + data + "\xa0\x80\x24\x80", "\x04\x00"}, {"\x30\x80", "\xbf\xff\xff\xff"}, {"\x30\x80", "\x00\x00"},
	} {
		start := time.Now()
		if m, err := cms.Open([]byte(c.start + strings.Repeat(c.repeat, size/len(c.repeat)))); err == nil && m.Kind == cms.Signed {
			t.Errorf("%x: %v", c.repeat, m.Kind)
		}
		if spent := time.Since(start); spent > 5*time.Second {
			t.Errorf("%x took %v", c.repeat, spent)
		}
	}
}

// FuzzOpen: no more is given than there is.
func FuzzOpen(f *testing.F) {
	for _, name := range []string{"signed-der.p7m", "signed-ber.p7m", "compressed.p7m", "enveloped.p7m", "certificates.p7c"} {
		f.Add(file(f, name))
	}
	f.Add([]byte(signed(data, value(0xa0, indefinite(0x24, value(0x04, "a"), value(0x24, value(0x04, "b")))))))
	f.Fuzz(func(t *testing.T, in []byte) {
		m, err := cms.Open(in)
		if err == nil && (len(m.Content) > len(in) || m.Beside < 0 || m.After > len(in) || m.Bare && len(m.Content) > 0) {
			t.Errorf("%+v of %d bytes", m, len(in))
		}
		if m, err := cms.Open([]byte(signed(data, value(0xa0, value(0x04, string(in)))))); len(in) < 1<<20 && (err != nil || !bytes.Equal(m.Content, in)) {
			t.Errorf("wrapped content is lost: %v", err)
		}
	})
}
