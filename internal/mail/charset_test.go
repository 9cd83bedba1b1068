package mail

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/unicode"
)

// TestLabels reads one sentence under every label a charset goes by.
func TestLabels(t *testing.T) {
	t.Parallel()
	const text = "髙橋様 ﾔﾏﾀﾞ ①㈱ あア漢\n"
	jis := encodeWith(t, japanese.ISO2022JP, text)
	sjis := encodeWith(t, japanese.ShiftJIS, text)
	euc := encodeWith(t, japanese.EUCJP, text)
	utf16be := encodeWith(t, unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM), text)
	utf16le := encodeWith(t, unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), text)
	tests := []struct{ labels, bytes, used string }{
		{"utf-8 UTF8 unicode-1-1-utf-8", text, "utf-8"},
		{"iso-2022-jp ISO-2022-JP iso-2022-jp-1 iso-2022-jp-2 iso-2022-jp-3 iso-2022-jp-ms cp50220 cp50221 cp50222 csISO2022JP", jis, "iso-2022-jp"},
		{"shift_jis Shift-JIS sjis x-sjis cp932 ms932 windows-31j MS_Kanji csShiftJIS \"shift_jis\"", sjis, "shift_jis"},
		{"euc-jp eucjp-ms eucJP-win cp51932 x-euc-jp", euc, "euc-jp"},
		{"utf-16 utf-16be", utf16be, "utf-16be"},
		{"utf-16 utf-16le", utf16le, "utf-16le"},
		{"utf-7 unicode-1-1-utf-7", "+mtlqS2nY +/5T/j/+A/54 +JGAyMQ +MEIwom8i\n", "utf-7"},
	}
	for _, tt := range tests {
		for label := range strings.FieldsSeq(tt.labels) {
			got, used, f := DecodeText([]byte(tt.bytes), label)
			if got != text || used != tt.used || f != 0 {
				t.Errorf("%s: got %q, %s, %v", label, got, used, f)
			}
		}
	}
}

func TestDecodeText(t *testing.T) {
	t.Parallel()
	const order = "山田太郎様、ご注文ありがとうございます。"
	sjis := func(s string) string { return encodeWith(t, japanese.ShiftJIS, s) }
	euc := func(s string) string { return encodeWith(t, japanese.EUCJP, s) }
	jis := func(s string) string { return encodeWith(t, japanese.ISO2022JP, s) }
	tests := []struct {
		name, bytes, label, text, used string
		fault                          FaultKind
	}{
		{"empty", "", "", "", "us-ascii", 0},
		{"ascii", "abc", "", "abc", "us-ascii", 0},
		{"ascii under an unknown label", "abc", "x-unheard", "abc", "us-ascii", Relabelled},
		{"ascii under a japanese label", "abc", "iso-2022-jp", "abc", "iso-2022-jp", 0},

		{"us-ascii label, utf-8", order, "us-ascii", order, "utf-8", Relabelled},
		{"us-ascii label, shift_jis", sjis(order), "us-ascii", order, "shift_jis", Relabelled},
		{"us-ascii label, iso-2022-jp", jis(order), "us-ascii", order, "iso-2022-jp", Relabelled},
		{"no label, utf-8", order, "", order, "utf-8", Relabelled},
		{"no label, shift_jis", sjis(order), "", order, "shift_jis", Relabelled},
		{"no label, euc-jp", euc(order), "", order, "euc-jp", Relabelled},
		{"no label, iso-2022-jp", jis(order), "", order, "iso-2022-jp", Relabelled},
		{"no label, short name in shift_jis", sjis("山田"), "", "山田", "shift_jis", Relabelled},
		{"no label, name in euc-jp", euc("山田　太郎"), "", "山田　太郎", "euc-jp", Relabelled},
		{"unknown label, shift_jis", sjis(order), "x-unheard", order, "shift_jis", Relabelled},
		{"iso-2022-jp label, utf-8", order, "iso-2022-jp", order, "utf-8", Relabelled},
		{"iso-2022-jp label, shift_jis", sjis(order), "iso-2022-jp", order, "shift_jis", Relabelled},
		{"iso-2022-jp label, euc-jp", euc(order), "iso-2022-jp", order, "euc-jp", Relabelled},
		{"utf-8 label, shift_jis", sjis(order), "utf-8", order, "shift_jis", Relabelled},
		{"utf-8 label, iso-2022-jp", jis(order), "utf-8", order, "iso-2022-jp", Relabelled},
		{"shift_jis label, utf-8", order, "shift_jis", order, "utf-8", Relabelled},
		{"shift_jis label, euc-jp", euc(order), "shift_jis", order, "euc-jp", Relabelled},
		{"shift_jis label, iso-2022-jp", jis(order), "shift_jis", order, "iso-2022-jp", Relabelled},
		{"euc-jp label, shift_jis", sjis(order), "euc-jp", order, "shift_jis", Relabelled},
		{"iso-8859-1 label, utf-8", order, "iso-8859-1", order, "utf-8", Relabelled},
		{"iso-8859-1 label, shift_jis", sjis(order), "iso-8859-1", order, "shift_jis", Relabelled},
		{"iso-8859-1 label, euc-jp", euc(order), "iso-8859-1", order, "euc-jp", Relabelled},
		{"iso-8859-1 label, iso-2022-jp", jis(order), "iso-8859-1", order, "iso-2022-jp", Relabelled},
		{"windows-1252 label, two kanji in euc-jp", euc("山田"), "windows-1252", "山田", "euc-jp", BadCharset},
		{"gb2312 label, utf-8", order, "gb2312", order, "utf-8", Relabelled},
		{"utf-16 label, utf-8", "hello " + order, "utf-16", "hello " + order, "utf-8", Relabelled},

		{"honest iso-8859-1", "caf\xe9 na\xefve \xe9lan", "iso-8859-1", "café naïve élan", "windows-1252", 0},
		{"honest windows-1252", "don\x92t \x93quote\x94", "windows-1252", "don’t “quote”", "windows-1252", 0},
		{"honest half-width kana", sjis("ﾔﾏﾀﾞ ﾀﾛｳ ｻﾏ"), "shift_jis", "ﾔﾏﾀﾞ ﾀﾛｳ ｻﾏ", "shift_jis", 0},
		{"honest half-width kana that could be euc-jp", sjis("ﾔﾏﾀﾞ ﾀﾛｳｷｸ"), "shift_jis", "ﾔﾏﾀﾞ ﾀﾛｳｷｸ", "shift_jis", 0},
		{"kana no writer would write", "\xbb\xb3\xc5\xde\xb0\xdf", "shift_jis", "ｻｳﾅﾞｰﾟ", "shift_jis", BadCharset},
		{"honest gb2312", "\xc4\xe3\xba\xc3", "gb2312", "你好", "gbk", 0},
		{"honest euc-kr", "\xbe\xc8\xb3\xe7", "euc-kr", "안녕", "euc-kr", 0},
		{"honest koi8-r", "\xf0\xd2\xc9\xd7\xc5\xd4", "koi8-r", "Привет", "koi8-r", 0},

		{"kana by escape", "\x1b(I3=\x1b(B.", "iso-2022-jp", "ｳｽ.", "iso-2022-jp", 0},
		{"kana by SO", "\x0e3=\x0f.", "iso-2022-jp", "ｳｽ.", "iso-2022-jp", 0},
		{"kana in 8 bits", "\x1b$B;3\x1b(B\xb3\xbd.", "iso-2022-jp", "山ｳｽ.", "iso-2022-jp", 0},
		{"jis x 0212", "\x1b$(D0!\x1b(B", "iso-2022-jp-1", "丂", "iso-2022-jp", 0},
		{"jis x 0212 in euc", "\x8f\xb0\xa1", "euc-jp", "丂", "euc-jp", 0},
		{"eucJP-ms row of IBM", "\x8f\xf4\xfc", "eucjp-ms", "魲", "euc-jp", 0},
		{"jis x 0213 as far as jis x 0208", "\x1b$(Q;3-!\x1b(B", "iso-2022-jp-3", "山①", "iso-2022-jp", 0},
		{"jis x 0213 beyond", "\x1b$(Q;3.!\x1b(B", "iso-2022-jp-3", "山\ufffd", "iso-2022-jp", BadCharset},
		{"ks c 5601 in iso-2022-jp-2", "\x1b$(C0!\x1b(B", "iso-2022-jp-2", "가", "iso-2022-jp", 0},
		{"gb 2312 in iso-2022-jp-2", "\x1b$AKJ\x1b(B", "iso-2022-jp-2", "耸", "iso-2022-jp", 0},
		{"extension kanji", "\xfb\xfc\xed\x95\xfa\xb1", "cp932", "髙﨑﨑", "shift_jis", 0},
		{"line not ended in ascii", "\x1b$B;3ED\r\n\x1b$B;3\x1b(B", "iso-2022-jp", "山田\r\n山", "iso-2022-jp", 0},

		{"bom utf-8", "\xef\xbb\xbf山", "", "山", "utf-8", 0},
		{"bom utf-8 under another label", "\xef\xbb\xbf山", "shift_jis", "山", "utf-8", Relabelled},
		{"bom utf-16", "\xff\xfe\x71\x5c", "utf-16", "山", "utf-16le", 0},
		{"bom utf-16 unlabelled", "\xfe\xff\x5c\x71", "", "山", "utf-16be", 0},

		{"cut utf-8", order + "\xe5\xb1", "utf-8", order + "\ufffd\ufffd", "utf-8", BadCharset},
		{"latin without label", "caf\xe9.", "", "caf\ufffd.", "utf-8", BadCharset},
		{"utf-16 without label", "0\x009\x000\x00", "", "0\x009\x000\x00", "us-ascii", BadCharset},
		{"utf-8 and iso-2022-jp mixed", order + jis(order), "utf-8", order + jis(order), "utf-8", BadCharset},
		{"private characters", sjis(order) + "\xf0\x40", "shift_jis", order + "\ufffd", "shift_jis", BadCharset},
		{"unknown escape", "\x1b$*X;3", "iso-2022-jp", "\ufffd$*X;3", "iso-2022-jp", BadCharset},
		{"text after a line not ended in ascii", "\x1b$B;3\nED\x1b(B", "iso-2022-jp", "山\nED", "iso-2022-jp", BadCharset},
		{"broken utf-7", "a+=b", "utf-7", "", "", BadCharset},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			text, used, f := DecodeText([]byte(tt.bytes), tt.label)
			if tt.used == "" { // best effort is free
				text, used = tt.text, ""
			}
			if text != tt.text || used != tt.used || f != tt.fault {
				t.Errorf("got %q, %s, %v; want %q, %s, %v", text, used, f, tt.text, tt.used, tt.fault)
			}
		})
	}
}

// TestAmbiguous: what could be two things is not guessed.
func TestAmbiguous(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"\xbb\xb3\xc5\xc4", "\xc3\xa9\xc3\xa8", "\x93\x48 x"} {
		if text, used, f := DecodeText([]byte(s), ""); f != BadCharset || text == "" {
			t.Errorf("%x: got %q, %s, %v", s, text, used, f)
		}
	}
}

func TestMetaCharset(t *testing.T) {
	t.Parallel()
	sjis := encodeWith(t, japanese.ShiftJIS, "山田")
	tests := []struct {
		header, meta, used string
		fault              FaultKind
	}{
		{"", `<meta charset="shift_jis">`, "shift_jis", 0},
		{"", `<META HTTP-EQUIV=Content-Type CONTENT='text/html; charset=x-sjis'>`, "shift_jis", 0},
		{"; charset=utf-8", `<meta charset=sjis>`, "shift_jis", Relabelled},
		{"; charset=cp932", `<meta charset=utf-8>`, "shift_jis", 0},
		{"", `<meta name=x><meta charset=utf-16>`, "shift_jis", Relabelled},
	}
	for _, tt := range tests {
		m := Parse([]byte("Content-Type: text/html"+tt.header+"\n\n"+tt.meta+sjis), Limits{})
		p := m.Root
		var f FaultKind
		if len(p.Faults) > 0 {
			f = p.Faults[0].Kind
		}
		if p.Decoded != tt.used || f != tt.fault || !strings.HasSuffix(p.Text, "山田") {
			t.Errorf("%s %s: %q, %s, %v", tt.header, tt.meta, p.Text, p.Decoded, p.Faults)
		}
	}
}

// FuzzDecodeText: text is valid UTF-8 unless the label was trusted to pass
// bytes, never empty for readable bytes, and clean UTF-8 under its own label is
// left alone.
func FuzzDecodeText(f *testing.F) {
	for _, label := range []string{"", "utf-8", "iso-2022-jp", "cp932", "euc-jp", "iso-8859-1", "utf-7", "utf-16", "utf-32", "gb2312", "hz-gb-2312", "big5", "x-unheard"} {
		f.Add([]byte("山田 \x1b$B;3ED\x1b(B \x8e\x52 \xbb\xb3 +XHE-"), label)
		f.Add([]byte("\xff\xfe\x71\x5c"), label)
	}
	f.Fuzz(func(t *testing.T, b []byte, label string) {
		text, used, kind := DecodeText(b, label)
		if !utf8.ValidString(text) {
			t.Errorf("invalid UTF-8 %q (%s)", text, used)
		}
		if used == "" {
			t.Error("no charset told")
		}
		if kind != 0 && kind != Relabelled && kind != BadCharset {
			t.Errorf("fault %v", kind)
		}
		if visible := bytes.Trim(b, "\x0e\x0f\x1b\x00+-~{}"); text == "" && len(visible) > 4 && kind != BadCharset && used != "iso-2022-jp" {
			t.Errorf("empty text for %q under %q", b, label)
		}
		if utf8.Valid(b) && traitsOf(b)&^highBytes == 0 && lookup(label).name == "utf-8" && (text != string(b) && !strings.HasPrefix(string(b), "\ufeff") || kind != 0) {
			t.Errorf("good UTF-8 changed: %q to %q, %v", b, text, kind)
		}
	})
}

// TestFolded: a calendar folded within a character is read as its program wrote it.
func TestFolded(t *testing.T) {
	t.Parallel()
	const folded = "SUMMARY:\xe5\xb1\r\n \xb1\xe7\r\n\t\x94\xb0様\r\n"
	for _, c := range []struct {
		mediaType, text string
		faults          int
	}{
		{"text/calendar; charset=utf-8", "SUMMARY:山田様\n", 0},
		{"text/vcard", "SUMMARY:山田様\n", 1}, // no label
		{"text/plain; charset=utf-8", "", 1},
	} {
		p := Parse([]byte("Content-Type: "+c.mediaType+"\r\n\r\n"+folded), Limits{}).Root
		if c.text != "" && p.Text != c.text || len(p.Faults) != c.faults || c.text != "" && c.faults > 0 && p.Faults[0].Kind != Relabelled {
			t.Errorf("%s: %q, %v", c.mediaType, p.Text, p.Faults)
		}
	}
	if got := string(Unfold([]byte("a\r\n b\n\tc\r\nd\n\r\n "))); got != "abc\r\nd\n" {
		t.Errorf("%q", got)
	}
}
