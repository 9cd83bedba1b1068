package mail

import (
	"bytes"
	"encoding/base64"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	stdmail "net/mail"
	"strings"
	"testing"

	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/japanese"
)

const benchHeader = "Received: from app.shop.example by relay.example; Thu, 25 Jul 2019 10:00:00 +0900\r\n" +
	"From: =?ISO-2022-JP?B?GyRCOzNFRBsoQg==?= <shop@shop.example>\r\nTo: =?ISO-2022-JP?B?GyRCOzNFRBsoQg==?= <taro@example.jp>\r\n" +
	"Subject: =?ISO-2022-JP?B?GyRCJDRDbUo4JE4zTkcnGyhC?=\r\nDate: Thu, 25 Jul 2019 10:00:00 +0900\r\n" +
	"Message-ID: <a1@shop.example>\r\nMIME-Version: 1.0\r\n"

// plainJapanese is a 4 KB order confirmation.
func plainJapanese(tb testing.TB) []byte {
	line := encodeWith(tb, japanese.ISO2022JP, "山田太郎様、ご注文ありがとうございます。 No. 1234567\r\n")
	return []byte(benchHeader + "Content-Type: text/plain; charset=ISO-2022-JP\r\nContent-Transfer-Encoding: 7bit\r\n\r\n" + strings.Repeat(line, 3500/len(line)))
}

// multipartHTML is a 24 KB mail with text and HTML in base64.
func multipartHTML() []byte {
	part := func(kind string, size int) string {
		text := strings.Repeat("<p>山田太郎様、ご注文ありがとうございます。 No. 1234567</p>\r\n", size/80)
		b64 := base64.StdEncoding.EncodeToString([]byte(text))
		var lines strings.Builder
		for ; len(b64) > 76; b64 = b64[76:] {
			lines.WriteString(b64[:76] + "\r\n")
		}
		return "--bound\r\nContent-Type: " + kind + "; charset=UTF-8\r\nContent-Transfer-Encoding: base64\r\n\r\n" + lines.String() + b64 + "\r\n"
	}
	return []byte(benchHeader + "Content-Type: multipart/alternative; boundary=bound\r\n\r\n" + part("text/plain", 3000) + part("text/html", 14000) + "--bound--\r\n")
}

func BenchmarkParse(b *testing.B) {
	mails := []struct {
		name string
		raw  []byte
	}{{"iso-2022-jp-4k", plainJapanese(b)}, {"multipart-24k", multipartHTML()}}
	for _, m := range mails {
		b.Run(m.name+"/kakitome", func(b *testing.B) {
			b.SetBytes(int64(len(m.raw)))
			b.ReportAllocs()
			for b.Loop() {
				if Parse(m.raw, Limits{}).Root.Faults != nil {
					b.Fatal("faults")
				}
			}
		})
		b.Run(m.name+"/std", func(b *testing.B) {
			b.SetBytes(int64(len(m.raw)))
			b.ReportAllocs()
			for b.Loop() {
				if err := stdWalk(m.raw); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// stdWalk does with the standard library what Parse does for a good mail.
func stdWalk(raw []byte) error {
	m, err := stdmail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return err
	}
	words := mime.WordDecoder{CharsetReader: charsetReader}
	for _, values := range m.Header {
		for _, v := range values {
			if _, err := words.DecodeHeader(v); err != nil {
				return err
			}
		}
	}
	return stdBody(m.Body, m.Header.Get)
}

func stdBody(body io.Reader, get func(string) string) error {
	kind, params, err := mime.ParseMediaType(get("Content-Type"))
	if err != nil {
		return err
	}
	if strings.HasPrefix(kind, "multipart/") {
		r := multipart.NewReader(body, params["boundary"])
		for {
			p, err := r.NextRawPart()
			if err == io.EOF {
				return nil
			}
			if err != nil {
				return err
			}
			if err := stdBody(p, p.Header.Get); err != nil {
				return err
			}
		}
	}
	switch strings.ToLower(get("Content-Transfer-Encoding")) {
	case "base64":
		body = base64.NewDecoder(base64.StdEncoding, body)
	case "quoted-printable":
		body = quotedprintable.NewReader(body)
	}
	content, err := io.ReadAll(body)
	if err != nil || params["charset"] == "UTF-8" {
		return err
	}
	text, err := charsetReader(params["charset"], bytes.NewReader(content))
	if err != nil {
		return err
	}
	_, err = io.ReadAll(text)
	return err
}

func charsetReader(charset string, r io.Reader) (io.Reader, error) {
	enc, err := htmlindex.Get(charset)
	if err != nil {
		return nil, err
	}
	return enc.NewDecoder().Reader(r), nil
}
