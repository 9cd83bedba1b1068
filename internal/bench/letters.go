package bench

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"mime"
	"strings"
	"time"

	"golang.org/x/text/encoding/japanese"

	"github.com/kakitome/kakitome/internal/kakitest/people"
)

// peopleSeed makes the people the same in every run.
const peopleSeed = 20190703

// columns are those of the roster file.
var columns = []string{"person_id", "email", "phone", "phone", "name", "name_kana", "name_latin", "postal_code", "address", "birthday", "member_no"}

func memberNo(i int) string { return fmt.Sprintf("M-%08d", i) }

func fields(p *people.Person, i int) []string {
	return []string{
		memberNo(i), p.Email, p.Mobile, p.Landline, p.Name(), p.Kana(), p.Latin(), p.PostalCode, p.Address(),
		p.Birthday.Format(time.DateOnly), memberNo(i),
	}
}

// writeRoster writes n people as a roster file.
func writeRoster(w io.Writer, n int) error {
	all, c := people.New(peopleSeed), csv.NewWriter(w)
	if err := c.Write(columns); err != nil {
		return fmt.Errorf("write roster: %w", err)
	}
	for i := range n {
		p := all.At(i)
		if err := c.Write(fields(&p, i)); err != nil {
			return fmt.Errorf("write roster: %w", err)
		}
	}
	c.Flush()
	return c.Error()
}

// terms stand at the end of every confirmation, again and again until the mail
// has its size.
const terms = "商品の発送が完了しましたら、改めてメールでお知らせいたします。\n" +
	"配送状況や交通事情により、お届けにお時間をいただく場合がございます。\n" +
	"お支払い方法の変更やご注文の取り消しは、発送前に限りマイページから承ります。\n" +
	"本メールは送信専用のため、ご返信いただいてもお答えできません。\n" +
	"20歳未満の方への酒類の販売はいたしません。\n"

// confirmation is the text of an order confirmation to person i.
func confirmation(p *people.Person, i, order int) string {
	name := p.Name()
	return fmt.Sprintf("%s 様（会員番号 %s）\n\nこのたびは例示商店をご利用いただき、誠にありがとうございます。\n\n"+
		"■注文番号 KK-%08d\n■商品 見本の純米吟醸 720ml × 1\n■合計金額 3,300円（税込）\n■お支払い方法 クレジットカード\n\n"+
		"■ご注文者\n〒%s\n%s\n%s 様（%s）\n電話番号：%s\nメール：%s\n\n"+
		"■お届け先\n〒%s\n%s\n%s 様\n電話番号：%s\n\n"+
		"------------------------------------\n例示商店 お客様サポート\n電話：03-1234-5678（平日9:00-18:00）\nメール：support@shop.example\n\n",
		name, memberNo(i), order, p.PostalCode, p.Address(), name, p.Kana(), p.Mobile, p.Email, p.PostalCode, p.Address(), name, p.Mobile)
}

// oldShapes are written for characters that JIS X 0208 does not have.
var oldShapes = strings.NewReplacer("髙", "高", "﨑", "崎", "\n", "\r\n")

// orderLetter is a confirmation to person i as a mail: ISO-2022-JP (RFC 1468),
// a body of size bytes.
func orderLetter(all *people.People, i, order, size int) (letter, error) {
	p := all.At(i)
	text := confirmation(&p, i, order)
	body, err := japanese.ISO2022JP.NewEncoder().String(oldShapes.Replace(text))
	if err != nil {
		return letter{}, fmt.Errorf("write as ISO-2022-JP: %w", err)
	}
	more, err := japanese.ISO2022JP.NewEncoder().String(oldShapes.Replace(terms))
	if err != nil {
		return letter{}, fmt.Errorf("write as ISO-2022-JP: %w", err)
	}
	for len(body)+len(more) <= size {
		body += more
	}
	body += rule(size - len(body))
	var b bytes.Buffer
	head(&b, p.Email, order)
	b.WriteString("Content-Type: text/plain; charset=ISO-2022-JP\r\nContent-Transfer-Encoding: 7bit\r\n\r\n" + body)
	return letter{p.Email, b.Bytes()}, nil
}

// rule fills up n bytes with lines.
func rule(n int) string {
	var b strings.Builder
	for n > 0 {
		k := min(n, 72)
		if n-k == 1 { // no room for a line end
			k--
		}
		if k < 3 {
			b.WriteString("\r\n"[:k])
		} else {
			b.WriteString(strings.Repeat("-", k-2) + "\r\n")
		}
		n -= k
	}
	return b.String()
}

// head writes the header fields of a mail but those of its content.
func head(b *bytes.Buffer, to string, serial int) {
	fmt.Fprintf(b, "Message-ID: <%d.%d@shop.example>\r\nDate: %s\r\nFrom: %s <%s>\r\nTo: <%s>\r\n", serial, time.Now().UnixNano(),
		time.Now().Format(time.RFC1123Z), mime.BEncoding.Encode("UTF-8", "例示商店"), sender, to)
	fmt.Fprintf(b, "Subject: %s\r\nMIME-Version: 1.0\r\n", mime.BEncoding.Encode("UTF-8", "ご注文ありがとうございます"))
}

// plainLetter is a mail of nothing but X, as smtp-source sends it.
func plainLetter(series string, serial, size int) letter {
	to := fmt.Sprintf("%d%s@load.example", serial, series)
	var b bytes.Buffer
	fmt.Fprintf(&b, "From: <%s>\r\nTo: <%s>\r\nDate: %s\r\nMessage-Id: <%s.%d@load.example>\r\n\r\n", sender, to, time.Now().Format(time.RFC1123Z), series, serial)
	b.WriteString(strings.ReplaceAll(rule(size), "-", "X"))
	return letter{to, b.Bytes()}
}
