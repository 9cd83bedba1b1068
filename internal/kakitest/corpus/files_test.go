package corpus

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"
)

// TestFilesCanBeRead attaches a file of each sort and finds the name in what
// the reader of the gateway sees.
func TestFilesCanBeRead(t *testing.T) {
	t.Parallel()
	s := storyOf(3)
	rows := [][]string{{"氏名", "電話"}, {"中野 誠", "090-1234-5678"}}
	s.send(Draft{Subject: "中の書類", Text: "添付をご覧ください。\n"})
	inner := s.mails[0].Raw
	for _, f := range []File{
		csvFile("a.csv", rows, "utf-8"), csvFile("b.csv", rows, "utf-8-bom"), csvFile("名簿.csv", rows, "cp932"), csvFile("d.csv", rows, "euc-jp"),
		textFile("読んでください.txt", "中野 誠 様\n090-1234-5678\n", "cp932"),
		zipFile("一式.zip", csvFile("名簿.csv", rows, "cp932")), xlsxFile("名簿.xlsx", rows), docxFile("書簡.docx", []string{"中野 誠 様", "090-1234-5678"}),
		pdfFile("請求書.pdf", []string{"中野 誠 様", "090-1234-5678"}), pdfFile("請求書.pdf", []string{"請求書", "中野 誠 様", "090-1234-5678"}),
		emlFile("転送.eml", bytes.Replace(inner, []byte("MIME-Version"), []byte("To: "+words("中野 誠", "iso-2022-jp", "B")+" <a@example.jp>\r\nX-Phone: 090-1234-5678\r\nMIME-Version"), 1)),
		icsFile("invite.ics", event{Method: "REQUEST", UID: "1@shop.example", Summary: "打ち合わせ；中野 誠様、お電話 090-1234-5678。長い件名は途中で折り返されるので、ここまで書きます", Start: begin(), Attendees: []string{"a@example.jp"}, Attending: []string{"中野 誠"}}),
		vcfFile("card.vcf", card{Name: "中野 誠", Kana: "ナカノ マコト", Org: "例示商店", Title: "店長", Email: "nakano@shop.example", Address: "東京都千代田区丸の内9-9-9", Phones: []string{"090-1234-5678"}}),
	} {
		s.mails = nil
		s.send(Draft{To: []*Customer{s.member()}, Subject: "書類", Text: "添付をご覧ください。\n", Files: []File{f}})
		text, tokens, unread := readable(s.mails[0].Raw)
		if len(unread) > 0 {
			t.Errorf("%s: unread: %v", f.Name, unread)
		}
		if !strings.Contains(text, "中野誠") || !tokens["09012345678"] {
			t.Errorf("%s: not found in\n%s", f.Name, text)
		}
	}
}

// TestPDFTableOfObjects: every offset leads to its object (ISO 32000-1 §7.5.4).
func TestPDFTableOfObjects(t *testing.T) {
	t.Parallel()
	for n := range 3 {
		lines := strings.Split(strings.Repeat("領収書 中野 誠 様 12,300円\n", 1+n*40), "\n")
		data := pdfFile("a.pdf", lines[:len(lines)-n%2]).Data
		table := data[bytes.LastIndex(data, []byte("xref\n0 ")):]
		count := 0
		for line := range strings.Lines(string(table)) {
			var offset, number int
			if entry, ok := strings.CutSuffix(line, " 00000 n \n"); !ok {
				continue
			} else if _, err := fmt.Sscanf(entry, "%d", &offset); err != nil {
				t.Fatal(err)
			}
			count++
			if n, err := fmt.Sscanf(string(data[offset:offset+20]), "%d 0 obj", &number); n != 1 || number != count {
				t.Errorf("object %d is not at %d: %v", count, offset, err)
			}
		}
		if count < 7 {
			t.Errorf("only %d objects", count)
		}
	}
}

func TestMailIsAsOldAsItSays(t *testing.T) {
	t.Parallel()
	s := storyOf(4)
	s.send(Draft{To: []*Customer{s.member()}, Subject: "a", Text: "b\n"})
	if want := begin().Format(time.RFC1123Z); !bytes.Contains(s.mails[0].Raw, []byte("Date: "+want+"\r\n")) {
		t.Errorf("no %s in\n%s", want, s.mails[0].Raw)
	}
}
