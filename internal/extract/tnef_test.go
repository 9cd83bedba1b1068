package extract

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/kakitome/kakitome/internal/mail"
)

// file reads one of testdata/files, which make.py writes.
func file(t testing.TB, name string) string {
	t.Helper()
	data, err := os.ReadFile("testdata/files/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// TestWinmail: what Outlook packs belongs to the mail around it, and the files
// in it are attachments of that mail.
func TestWinmail(t *testing.T) {
	t.Parallel()
	raw := eml("外側", "本文", "winmail.dat", "application/ms-tnef", file(t, "winmail.dat"))
	const w = "  attachment winmail.dat"
	units := Read(mail.Parse([]byte(raw), mail.Limits{}), Limits{})
	check(t, units,
		"body", "  subject: 外側", "  header To: Taro <taro@example.jp>", "  text/plain line 1: 本文",
		"  file name: winmail.dat",
		w+" subject: ご注文の確認",
		"  header Outlook sender: 例示商店", "  header Outlook sender: shop@shop.example",
		w+" property 8005: customer", w+" property 8005: K-12",
		w+" RTF body line 1: 佐藤花子様|電話 090-1111-2201",
		"  header Outlook recipient: 山田太郎", "  header To: <taro@example.jp>", "  header To: <TARO@EXAMPLE.JP>",
		"  header Outlook recipient: 佐藤花子", "  header To: <hanako@example.net>",
		"attachment 注文一覧.csv",
		"  attachment 注文一覧.csv file name: CHUMON~1.CSV", "  attachment 注文一覧.csv file name: 注文一覧.csv", "  attachment 注文一覧.csv property 370E: text/csv",
		"  attachment 注文一覧.csv line 1: 氏名,住所|佐藤花子,大阪府大阪市北区梅田2-4-6|",
		"enclosed 転送",
		"  attachment 転送 file name: 転送",
		"  enclosed mail/attachment 転送 subject: 内側の件名",
		"  enclosed mail/attachment 転送 body line 1: 内側の本文 鈴木健一様",
		"attachment 内側.txt",
		"  enclosed mail/attachment 内側.txt file name: INNER.TXT", "  enclosed mail/attachment 内側.txt file name: 内側.txt",
		"  enclosed mail/attachment 内側.txt line 1: 内側のファイル",
	)
	if got := string(units[1].Bytes); !strings.HasPrefix(got, "\x8e\x81\x96\xbc,") {
		t.Errorf("bytes of the file: %q", got)
	}
}

func TestWinmailHTML(t *testing.T) {
	t.Parallel()
	units := Read(mail.Parse([]byte("Content-Type: application/ms-tnef; name=winmail.dat\r\nSubject: x\r\n\r\n"+file(t, "winmail-html.dat")), mail.Limits{}), Limits{})
	const w = "  attachment winmail.dat"
	check(t, units,
		"body", "  subject: x", "  file name: winmail.dat", w+" body line 1: 佐藤花子様",
		w+" HTML body content: text/html; charset=iso-2022-jp", w+" HTML body src: cid:logo@shop.example", w+" HTML body line 1: 佐藤花子様",
		"attachment logo.png",
		"  attachment logo.png file name: logo.png", "  attachment logo.png property 3712: logo@shop.example",
		"  unread inline attachment logo.png (image/png): image",
	)
}

// TestWinmailInZip: in an archive all belongs to the unit of the archive, but
// for a message, which is one of its own.
func TestWinmailInZip(t *testing.T) {
	t.Parallel()
	got := show(read(attached("application/zip", "a.zip", pack(t, "winmail.dat", file(t, "winmail.dat")))))
	units := strings.Count("\n"+got, "\nbody") + strings.Count("\n"+got, "\nattachment") + strings.Count("\n"+got, "\nenclosed")
	for _, want := range []string{
		"  zip a.zip/winmail.dat subject: ご注文の確認\n",
		"  zip a.zip/winmail.dat/注文一覧.csv line 1: 氏名,住所|佐藤花子,大阪府大阪市北区梅田2-4-6|\n",
		"enclosed 転送\n  zip a.zip/winmail.dat/転送/zip a.zip/winmail.dat/転送 subject: 内側の件名\n",
		"attachment 内側.txt\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q", want)
		}
	}
	if units != 4 {
		t.Errorf("%d units:\n%s", units, got)
	}
}

func TestWinmailHostile(t *testing.T) {
	t.Parallel()
	data := file(t, "winmail.dat")
	nested := data
	for range 4 { // a winmail.dat as the file of a winmail.dat
		nested = "\x78\x9f\x3e\x22\x01\x00" + tnefAttribute(2, 0x6800f, nested)
	}
	for _, c := range []struct {
		name, data string
		lim        Limits
		want       string
	}{
		{"cut off", data[:len(data)-3], Limits{}, "unread attachment winmail.dat (application/ms-tnef): broken file"},
		{"changed", strings.Replace(data, "IPM.Microsoft", "IPM.microsoft", 1), Limits{}, "unread attachment winmail.dat (application/ms-tnef): a checksum that is wrong"},
		{"RTF too large", data, Limits{Unpacked: 100}, "unread attachment winmail.dat RTF body (application/rtf): unpacks to more than may be read"},
		{"too many files", data, Limits{Entries: 1}, "unread attachment winmail.dat (): too many files in archives"},
		{"too deep", nested, Limits{}, "unread attachment (no name)/(no name)/(no name) (application/ms-tnef): nested too deep"},
		{"only its beginning", "\x78\x9f\x3e\x22", Limits{}, "unread attachment winmail.dat (application/ms-tnef): broken file"},
		{"unknown bytes", "\x78\x9f\x3e\x22\x01\x00" + tnefAttribute(1, 0x69999, strings.Repeat("\x01\xe0", 3000)), Limits{}, "unread attachment winmail.dat property 0000 (): format not read"},
		{"text of no charset", "\x78\x9f\x3e\x22\x01\x00" + tnefAttribute(1, 0x69007, "\xa4\x03\x00\x00") + tnefAttribute(1, 0x18004, "\xff\xff"), Limits{}, "unread attachment winmail.dat subject (): no charset reads this cleanly"},
		{"wide text of an odd length", "\x78\x9f\x3e\x22\x01\x00" + tnefAttribute(1, 0x69003, "\x01\x00\x00\x00\x1f\x00\x37\x00\x01\x00\x00\x00\x01\x00\x00\x00a\x00\x00\x00"), Limits{}, ""},
	} {
		got := Read(messageOf(attached("application/ms-tnef", "winmail.dat", c.data)), c.lim)
		if all := show(got); c.want != "" && !strings.Contains(all, c.want) {
			t.Errorf("%s: no %q in\n%s", c.name, c.want, all)
		}
	}
}

func tnefAttribute(level byte, tag uint32, data string) string {
	sum := uint16(0)
	for i := range len(data) {
		sum += uint16(data[i])
	}
	n := uint32(len(data)) //nolint:gosec // small
	return string([]byte{level, byte(tag), byte(tag >> 8), byte(tag >> 16), byte(tag >> 24), byte(n), byte(n >> 8), byte(n >> 16), byte(n >> 24)}) +
		data + string([]byte{byte(sum), byte(sum >> 8)})
}

func TestPlainText(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"": "\n", "SMTP:A@B\x00": "SMTP:A@B\n䵓偔䄺䉀", "q\\0u\x00": "q\\0u\n山田", "q\\0u\x00\x00": "q\\0u\n山田", "\x01\xf0": "-", "山田": "山田", "a\x00b\x00": "a\nb\nab",
	} {
		got, ok := plainText([]byte(in))
		if !ok {
			got = "-"
		}
		if got != want {
			t.Errorf("plainText(%q) = %q, want %q", in, got, want)
		}
	}
	if got := withoutNUL([]byte("a\x00\x00\x00b\x00"), 2); !slices.Equal(got, []byte("a\x00\n\x00b\x00")) {
		t.Errorf("%q", got)
	}
}
