package mail

import (
	"bytes"
	"encoding/base64"
	"mime/quotedprintable"
	"testing"
)

func TestTransferEncodings(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		enc  transferEncoding
		in   string
		want string
		ok   bool
	}{
		{"base64", base64Encoding, "aGVsbG8=\r\n", "hello", true},
		{"base64 without padding", base64Encoding, "aGVsbG8", "hello", true},
		{"base64 with white space", base64Encoding, " a G\tVs\nbG8= \r\n", "hello", true},
		{"base64 of several", base64Encoding, "aGk=aGk=\naGVsbG8=", "hihihello", true},
		{"base64 with junk", base64Encoding, "aG*Vs!bG8=", "hello", false},
		{"base64 with a lone digit", base64Encoding, "aGVsb", "hel", false},
		{"base64 of nothing", base64Encoding, "\r\n", "", true},
		{"qp", quotedPrintable, "=E5=b1=B1 x=\r\ny", "\xe5\xb1\xb1 xy", true},
		{"qp soft breaks", quotedPrintable, "a=\nb= \t\r\nc=", "abc", true},
		{"qp stray equals", quotedPrintable, "1=2 ==41 =4", "1=2 =A =4", false},
		{"qp raw bytes", quotedPrintable, "\xe5\xb1\xb1", "\xe5\xb1\xb1", true},
		{"uu", uuEncoding, "begin 644 a\n#0V%T\n`\nend\n", "Cat", true},
		{"uu cut spaces", uuEncoding, "begin 644 a\n#\nend\n", "\x00\x00\x00", true},
		{"uu without begin", uuEncoding, "hello", "hello", false},
		{"uu without end", uuEncoding, "begin 644 a\n#0V%T\n", "Cat", false},
		{"uu with text around", uuEncoding, "hi\nbegin 644 a\n#0V%T\n`\nend\n", "hi\nbegin 644 a\n#0V%T\n`\nend\n", false},
		{"identity", identityEncoding, "a=\r\n", "a=\r\n", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, ok := tt.enc.decode([]byte(tt.in))
			if string(got) != tt.want || ok != tt.ok {
				t.Errorf("got %q, %v; want %q, %v", got, ok, tt.want, tt.ok)
			}
		})
	}
}

func TestEncodingOf(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]transferEncoding{
		"": identityEncoding, "7bit": identityEncoding, "8-bit": identityEncoding, "BINARY": identityEncoding,
		"Base64": base64Encoding, "base64; x": base64Encoding, `"base64"`: base64Encoding,
		"Quoted-Printable (c)": quotedPrintable, "x-uuencode": uuEncoding, "utf-8": unknownEncoding,
	} {
		if got := encodingOf(in); got != want {
			t.Errorf("%q: got %v, want %v", in, got, want)
		}
	}
}

// FuzzTransfer: what the standard library encodes comes back as it was.
func FuzzTransfer(f *testing.F) {
	f.Add([]byte("hello=\r\n\xff \n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		b64 := base64.StdEncoding.EncodeToString(b)
		if got, ok := decodeBase64([]byte(b64)); !ok || !bytes.Equal(got, b) {
			t.Errorf("base64 of %q: got %q, %v", b, got, ok)
		}
		var qp bytes.Buffer
		w := quotedprintable.NewWriter(&qp)
		w.Binary = true
		_, _ = w.Write(b)
		_ = w.Close()
		if got, ok := decodeQuotedPrintable(qp.Bytes()); !ok || !bytes.Equal(got, b) {
			t.Errorf("quoted-printable of %q: got %q, %v", b, got, ok)
		}
		_, _ = DecodeUU(b)
		if got, _ := decodeQuotedPrintable(b); len(got) > len(b) {
			t.Errorf("quoted-printable grew: %q to %q", b, got)
		}
	})
}
