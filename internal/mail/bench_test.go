package mail

import (
	"encoding/base64"
	"strings"
	"testing"

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

// BenchmarkParse is measured beside the standard library by "kakitome bench check".
func BenchmarkParse(b *testing.B) {
	mails := []struct {
		name string
		raw  []byte
	}{{"iso-2022-jp-4k", plainJapanese(b)}, {"multipart-24k", multipartHTML()}}
	for _, m := range mails {
		b.Run(m.name, func(b *testing.B) {
			b.SetBytes(int64(len(m.raw)))
			b.ReportAllocs()
			for b.Loop() {
				if Parse(m.raw, Limits{}).Root.Faults != nil {
					b.Fatal("faults")
				}
			}
		})
	}
}
