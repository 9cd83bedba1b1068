package extract

import (
	"encoding/base64"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kakitome/kakitome/internal/mail"
)

// TestCards: what an address book shows is a run, however the card writes it.
func TestCards(t *testing.T) {
	t.Parallel()
	const w = "  attachment a.vcf"
	png := base64.StdEncoding.EncodeToString([]byte("\x89PNG\r\n\x1a\n...."))
	for _, c := range []struct {
		name, card string
		want       []string // without the runs of the text itself
	}{
		{"name", "N:山田;太郎;;;", []string{w + ": 山田 太郎", w + ": 太郎 山田"}},
		{"name with escapes", `N:Ya\;mada\\;Ta\,ro`, []string{w + `: Ya;mada\ Ta,ro`, w + `: Ta,ro Ya;mada\`}},
		{"half a name", "N:山田\nN:;太郎\nN:山田;\\", []string{w + ": 山田 \\", w + ": \\ 山田"}},
		{"address", "item1.ADR;TYPE=HOME:;;丸の内1-2-3;千代田区;東京都;100-0005;日本", []string{w + ": 100-0005 東京都千代田区丸の内1-2-3"}},
		{"address with a building", "adr:;例示ビル4F;丸の内1-2-3;千代田区;東京都", []string{w + ": 東京都千代田区丸の内1-2-3 例示ビル4F"}},
		{"address in one", "ADR:;;東京都千代田区丸の内1-2-3", []string{w + ": 東京都千代田区丸の内1-2-3"}},
		{"no address", "ADR:;;;;;100-0005;", nil},
		{"birthday", "BDAY:19700102\nBDAY:19700103T000000Z\nBDAY:--0102\nBDAY:1970-01-02", []string{w + ": 1970-01-02", w + ": 1970-01-03", w + ": 01月02日"}},
		{"kana", "X-PHONETIC-FIRST-NAME:タロウ\nX-PHONETIC-LAST-NAME:ヤマダ\nEND:VCARD\nX-PHONETIC-FIRST-NAME:x", []string{w + ": ヤマダ タロウ"}},
		{"kana of telephones", "SOUND;X-IRMC-N;CHARSET=SHIFT_JIS:ﾔﾏﾀﾞ;ﾀﾛｳ;;;\nSOUND:x;y", []string{w + ": ﾔﾏﾀﾞ ﾀﾛｳ", w + ": ﾀﾛｳ ﾔﾏﾀﾞ"}},
		{"quoted", "N;CHARSET=SHIFT_JIS;ENCODING=QUOTED-PRINTABLE:=8E=52=\n=93=63;=91=BE=98=59", []string{w + ": 山田;太郎", w + ": 山田 太郎", w + ": 太郎 山田"}},
		{"quoted, no charset", "ADR;QUOTED-PRINTABLE:;;=E4=B8=B8;=E5=8D=83", []string{w + ": ;;丸;千", w + ": 千丸"}},
		{"picture", "PHOTO;ENCODING=b;TYPE=PNG:" + png, []string{"  unread inline attachment a.vcf photo (image/png): image"}},
		{"picture in lines", "PHOTO;BASE64:\n" + png[:8] + "\n" + png[8:] + "\n\nN:山田;太郎", []string{w + ": 山田 太郎", w + ": 太郎 山田", "  unread inline attachment a.vcf photo (image/png): image"}},
		{"picture in a link", "PHOTO:data:image/png;base64," + png, []string{w + " photo: data:image/png;base64", "  unread inline attachment a.vcf photo (image/png): image"}},
		{"broken picture", "PHOTO;BASE64:!!!", []string{"  unread attachment a.vcf photo (): holds encoded content"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			lines := strings.Split(show(read(attached("text/vcard", "a.vcf", c.card))), "\n")[3:]
			if cardEscapes.Replace(c.card) != c.card { // the text with its escapes decoded
				lines = lines[1:]
			}
			if diff := cmp.Diff(append(c.want, ""), lines[1:]); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestInvitation reads an invitation as mail programs send it: beside the text,
// folded after 75 bytes wherever that is.
func TestInvitation(t *testing.T) {
	t.Parallel()
	fold := func(line string) string {
		var b strings.Builder
		for len(line) > 74 {
			b.WriteString(line[:74] + "\r\n ")
			line = line[74:]
		}
		return b.String() + line + "\r\n"
	}
	attachment := base64.StdEncoding.EncodeToString([]byte("氏名\n鈴木健一\n"))
	calendar := "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\n" +
		fold(`ORGANIZER;CN="例示商店: 受付":mailto:shop@shop.example`) +
		fold(`ATTENDEE;ROLE=REQ-PARTICIPANT;RSVP=TRUE;CN=佐藤花子:mailto:hanako%40example.net`) +
		fold(`DESCRIPTION:ご来店のお約束です。お電話は 090-1111-2201 へ。大阪府大阪市北区梅田2-4-6 例示ビルの佐藤花子様`) +
		fold(`X-ALT-DESC;FMTTYPE=text/html:<html><body>佐藤<b>花子</b>様\n</body></html>`) +
		fold(`ATTACH;FMTTYPE=text/csv;ENCODING=BASE64;VALUE=BINARY;X-FILENAME=a.csv:`+attachment) +
		"END:VCALENDAR\r\n"
	raw := "Subject: x\r\nContent-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nx\r\n" +
		"--b\r\nContent-Type: text/calendar; charset=utf-8; method=REQUEST\r\n\r\n" + calendar + "--b--\r\n"
	for name, units := range map[string][]Unit{
		"beside the text": Read(mail.Parse([]byte(raw), mail.Limits{}), Limits{}),
		"a file":          Read(mail.Parse([]byte(eml("x", "x", "invite.ics", "application/octet-stream", calendar)), mail.Limits{}), Limits{}),
	} {
		got := show(units)
		for _, want := range []string{
			`CN="例示商店: 受付":mailto:shop@shop.example`, "CN=佐藤花子:", "mailto:hanako@example.net\n", "090-1111-2201", "梅田2-4-6 例示ビルの佐藤花子様",
			" x-alt-desc line 1: 佐藤花子様\n", " attach line 1: 氏名|鈴木健一|\n",
		} {
			if !strings.Contains(got, want) {
				t.Errorf("%s: no %q in\n%s", name, want, got)
			}
		}
		if strings.Contains(got, "unread") || strings.Contains(got, "\uFFFD") {
			t.Errorf("%s:\n%s", name, got)
		}
	}
}

// TestCardInCard: a card in a card in a card ends somewhere.
func TestCardInCard(t *testing.T) {
	t.Parallel()
	card := "NOTE:heart"
	for range 5 {
		card = "ATTACH;FMTTYPE=text/vcard;ENCODING=BASE64:" + base64.StdEncoding.EncodeToString([]byte(card))
	}
	got := show(read(attached("text/vcard", "a.vcf", card)))
	if strings.Contains(got, "heart") || !strings.Contains(got, "unread attachment a.vcf attach attach attach attach (text/vcard): nested too deep") {
		t.Error(got)
	}
}

func TestComponents(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{"": "", ";": "|", `a\;b; c `: "a;b|c", `a\`: `a\`, `a\\;b`: `a\|b`, `;\`: `|\`} {
		if got := strings.Join(components(in), "|"); got != want {
			t.Errorf("components(%q) = %q, want %q", in, got, want)
		}
	}
}
