package extract

import (
	"strings"
	"testing"
)

func TestContent(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, mediaType, file, data string
		want                        []string // after the file name; A stands for the place
	}{
		{"csv in cp932", "application/octet-stream", "a.csv", cp932(t, "氏名,住所\r\n髙橋一郎,東京都千代田区"), []string{"A line 1: 氏名,住所|髙橋一郎,東京都千代田区"}},
		{"tabs", "text/tab-separated-values", "a.tsv", "a\tb", []string{"A line 1: a¦b"}},
		{"csv as excel", "application/vnd.ms-excel", "a.csv", "山田,太郎", []string{"A line 1: 山田,太郎"}},
		{"json", "application/json", "a.json", `{"n":"\u5c71\u7530","e":"\ud842\udfb7\n"}`, []string{
			`A line 1: {"n":"\u5c71\u7530","e":"\ud842\udfb7\n"}`, `A: {"n":"山田","e":"𠮷 "}`,
		}},
		{"json by look", "application/octet-stream", "a", `["\/山"]`, []string{`A line 1: ["\/山"]`, `A: ["/山"]`}},
		{"html by name", "application/octet-stream", "a.html", "<p>山<b>田</b>", []string{"A line 1: 山田"}},
		{"html by look", "", "a", "<!doctype html><p>山<b>田</b>", []string{"A doctype: html", "A line 1: 山田"}},
		{"html as plain text", "text/plain", "a.txt", "<div>山<b>田</b></div>", []string{"A line 1: <div>山<b>田</b></div>", "A line 1: 山田"}},
		{"calendar", "text/calendar", "a.ics", "SUMMARY:山\r\n 田\\,様\r\n", []string{"A line 1: SUMMARY:山田\\,様|", "A: SUMMARY:山田,様|"}},
		{"old vcard", "text/x-vcard", "a.vcf", "N;CHARSET=SHIFT_JIS;ENCODING=QUOTED-PRINTABLE:=8E=52=\r\n=93=63\r\nPHOTO;ENCODING=BASE64:/9j/\r\n", []string{
			"A line 1: N;CHARSET=SHIFT_JIS;ENCODING=QUOTED-PRINTABLE:=8E=52=|=93=63|PHOTO;ENCODING=BASE64:/9j/|",
			"A: 山田", "unread inline attachment a.vcf photo (image/jpeg): image",
		}},
		{"links in text", "text/plain", "a.txt", "a\nhttps://shop.example/?m=taro%40example.jp です", []string{
			"A line 1: a|https://shop.example/?m=taro%40example.jp です", "A line 2: https://shop.example/?m=taro@example.jp",
		}},
		{"pdf", "application/octet-stream", "a", "%PDF-1.4", []string{"unread A (application/pdf): broken document"}},
		{"pdf as text", "text/plain", "a.txt", "%PDF-1.4", []string{"unread A (application/pdf): labelled as text but is not"}},
		{"zip as table", "text/csv", "a.csv", "PK\x03\x04....", []string{"unread A (application/zip): labelled as text but is not"}},
		{"binary as text", "text/plain", "a.txt", "a\x00b", []string{"A line 1: a\x00b", "unread A (text/plain): mostly unprintable characters"}},
		{"binary", "application/octet-stream", "a.bin", "\x00\x01\x02\xff", []string{"unread A (application/octet-stream): format not read"}},
		{"no charset", "application/octet-stream", "a.csv", "\xff\xff\xff\xfe", []string{"unread A (application/octet-stream): format not read"}},
		{"image", "image/png", "a.png", "\x89PNG\r\n\x1a\nx", []string{"unread A (image/png): image"}},
		{"text as image", "image/png", "a.png", "山田", []string{"A line 1: 山田"}},
		{"unknown image", "image/x-new", "a.new", "\x00\x01", []string{"unread A (image/x-new): labelled as image but is not a known one"}},
		{"drawing", "image/svg+xml", "a.svg", "<svg><text>山田</text></svg>", []string{"A line 1: 山田", "unread A (image/svg+xml): image"}},
		{"sound", "audio/mpeg", "a.mp3", "x", []string{"unread A (audio/mpeg): format not read"}},
		{"rtf", "application/msword", "a.doc", `{\rtf1 \'8e\'52}`, []string{"A line 1: ŽR", "A: 山|"}},
		{"outlook message", "application/octet-stream", "a.msg", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1__" + "_\x00_\x00p\x00r\x00o\x00p\x00e\x00r\x00t\x00i\x00e\x00s\x00_\x00", []string{"unread A (application/vnd.ms-outlook): format not read"}},
		{"old office", "application/vnd.ms-excel", "a.xls", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", []string{"unread A (application/x-ole-storage): format not read"}},
		{"lzh", "application/octet-stream", "a.lzh", "\x1b\x2a-lh5-..", []string{"unread A (application/x-lzh-compressed): format not read"}},
		{"clear-signed", "text/plain", "a.txt", "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n山田\n- -- \n-----BEGIN PGP SIGNATURE-----\n\niQ==\n-----END PGP SIGNATURE-----", []string{
			"A line 1: -----BEGIN PGP SIGNED MESSAGE-----|Hash: SHA256||山田|- -- |-----BEGIN PGP SIGNATURE-----||iQ==|-----END PGP SIGNATURE-----",
		}},
		{"encrypted within clear-signed", "text/plain", "a.txt", "-----BEGIN PGP SIGNED MESSAGE-----\n\n- -----BEGIN PGP MESSAGE-----\n", []string{
			"A line 1: -----BEGIN PGP SIGNED MESSAGE-----||- -----BEGIN PGP MESSAGE-----|", "unread A (text/plain): encrypted",
		}},
		{"pgp in text", "text/plain", "a.txt", "x\n-----BEGIN PGP MESSAGE-----\nabc", []string{"A line 1: x|-----BEGIN PGP MESSAGE-----|abc", "unread A (text/plain): encrypted"}},
		{"encoded mail quoted", "text/plain", "a.txt", "x\nContent-Transfer-Encoding: BASE64\n\nYQ==", []string{
			"A line 1: x|Content-Transfer-Encoding: BASE64||YQ==", "unread A (text/plain): holds encoded content",
		}},
		{"fragment", "message/partial", "a", "x", []string{"unread A (message/partial): fragment of a mail"}},
		{"empty", "application/octet-stream", "a", " \r\n", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			want := []string{"body", "attachment " + c.file, "  file name: " + c.file}
			for _, w := range c.want {
				w = strings.Replace(w, "A line", "attachment "+c.file+" line", 1)
				w = strings.Replace(w, "A:", "attachment "+c.file+":", 1)
				w = strings.Replace(w, "A (", "attachment "+c.file+" (", 1)
				w = strings.Replace(w, "A doctype", "attachment "+c.file+" doctype", 1)
				want = append(want, "  "+w)
			}
			p := attached(c.mediaType, c.file, c.data)
			p.Text = strings.ReplaceAll(p.Text, "\r\n", "\n")
			check(t, read(p), want...)
		})
	}
}

func TestMagic(t *testing.T) {
	t.Parallel()
	for data, want := range map[string]string{
		"": "", "Convert WEBP files": "", "RIFF....WEBPVP8 ": "image/webp", "\x00\x00\x00\x18ftypheic": "image/heic",
		"\x00\x00\x00\x18ftypisom": "video/mp4", "BM123456789": "", "BM1234\x00\x00\x00\x00": "image/bmp", "BZh91AY&SY": "application/x-bzip2",
	} {
		if got := magic([]byte(data)); got != want {
			t.Errorf("magic(%q) = %q, want %q", data, got, want)
		}
	}
}

func TestFlowed(t *testing.T) {
	t.Parallel()
	p := leaf("text/plain", "東京都千代 \n田区\n")
	p.Params = map[string]string{"format": "flowed", "delsp": "Yes", "x-note": "山田"}
	check(t, read(p), "body", "  header Content-Type: 山田", "  text/plain line 1: 東京都千代 |田区|", "  text/plain: 東京都千代田区|")
}

func TestTextLimits(t *testing.T) {
	t.Parallel()
	p := leaf("text/plain", strings.Repeat("あ", 100))
	p.Preamble = "前"
	got := Read(messageOf(p), Limits{Text: 50})
	check(t, got, "body", "  unread text/plain (): more text than may be read")
	p = leaf("text/html", strings.Repeat("<i id=a1></i><i id=a2>", 3))
	got = Read(messageOf(p), Limits{Runs: 1})
	check(t, got, "body", "  text/html id: a1", "  unread text/html id (): more text than may be read")
}

func TestUnescapeJSON(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		`\`: `\`, `\u`: `\u`, `\u12`: `\u12`, `\ud842`: "\uFFFD", `\ud842\u0041`: "\uFFFDA", `\"\\\/`: `"\/`, `a\tb`: "a b",
	} {
		if got := unescapeJSON(in); got != want {
			t.Errorf("unescapeJSON(%q) = %q, want %q", in, got, want)
		}
	}
}
