package demo

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"html"
	"strings"
	"time"

	"golang.org/x/text/encoding/japanese"
)

// letterKind says what a mail of the shop is for.
type letterKind int

const (
	confirmation letterKind = iota
	shipping
	giftNotice
)

// letter is one mail of the shop to one recipient.
type letter struct {
	ID     string // Message-ID
	Kind   letterKind
	Order  *order
	To     *customer
	Stream string
	At     time.Time
}

// right tells whether the letter goes to somebody it is about.
func (l *letter) right() bool { return l.To == l.Order.Buyer || l.To == l.Order.Friend }

// bytes are the letter as it should arrive: what a Japanese shop sent in 2019,
// ISO-2022-JP (RFC 1468) in text and HTML.
func (l *letter) bytes() ([]byte, error) {
	subject, text := l.words()
	plain, err := iso2022jp(text)
	if err != nil {
		return nil, err
	}
	page, err := iso2022jp(l.page(subject, text))
	if err != nil {
		return nil, err
	}
	const boundary = "=_kk_0703"
	var b bytes.Buffer
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\r\n", args...) }
	line("Message-ID: %s", l.ID)
	line("Date: %s", l.At.Format(time.RFC1123Z))
	line("From: %s <%s>", encodedWords(shopName), shopMail)
	line("To: <%s>", l.To.Email)
	line("Subject: %s", encodedWords(subject))
	line("MIME-Version: 1.0")
	line("Content-Type: multipart/alternative; boundary=%q", boundary)
	for kind, body := range [][]byte{plain, page} {
		line("\r\n--%s", boundary)
		line("Content-Type: text/%s; charset=ISO-2022-JP", [...]string{"plain", "html"}[kind])
		line("Content-Transfer-Encoding: 7bit\r\n")
		b.Write(body)
	}
	line("\r\n--%s--", boundary)
	return b.Bytes(), nil
}

// words are subject and text of a letter.
func (l *letter) words() (subject, text string) {
	o := l.Order
	switch l.Kind {
	case shipping:
		subject = fmt.Sprintf("【%s】商品を発送しました（%s）", shopName, o.No)
		text = fmt.Sprintf("%s\n\nご注文の商品を発送いたしました。\n\n■注文番号 %s\n■商品 %s\n■お荷物番号 %s\n\n■ご注文者\n%s\n\n■お届け先\n%s\n",
			greeting(o.Buyer), o.No, o.Item.name, o.Parcel, where(o.Buyer), where(o.receiver()))
	case giftNotice:
		subject = fmt.Sprintf("【%s】ギフトのお届けのお知らせ", shopName)
		text = fmt.Sprintf("%s 様\n\n%s 様からの贈り物を発送いたしました。\n\n■商品 %s\n■お荷物番号 %s\n■お届け先\n%s\n",
			o.Friend.Name(), o.Buyer.Name(), o.Item.name, o.Parcel, where(o.Friend))
	default:
		subject = fmt.Sprintf("【%s】ご注文ありがとうございます（%s）", shopName, o.No)
		text = fmt.Sprintf("%s\n\nこのたびはご注文いただき、誠にありがとうございます。\n\n"+
			"■注文番号 %s\n■注文日時 %s\n■商品 %s × 1\n■合計金額 %s円（税込）\n■お支払い方法 %s\n\n■ご注文者\n%s\nメール：%s\n\n■お届け先\n%s\n",
			greeting(o.Buyer), o.No, o.At.Format("2006年1月2日 15:04"), o.Item.name, commas(o.Item.price), o.Payment,
			where(o.Buyer), o.Buyer.Email, where(o.receiver()))
	}
	text += fmt.Sprintf("\n※20歳未満の方への酒類の販売はいたしません。\n"+
		"------------------------------------\n%s お客様サポート\n電話：%s（平日9:00-18:00）\nメール：%s\nhttps://shop.example/\n", shopName, shopPhone, shopMail)
	return subject, text
}

func greeting(c *customer) string {
	if c.No == "" {
		return c.Name() + " 様"
	}
	return fmt.Sprintf("%s 様（会員番号 %s）", c.Name(), c.No)
}

func where(c *customer) string {
	return fmt.Sprintf("〒%s\n%s\n%s 様\n電話番号：%s", c.PostalCode, c.Address(), c.Name(), c.Mobile)
}

// page is the text as the HTML part has it: a table, values in cells of their
// own.
func (*letter) page(title, text string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "<html><head><title>%s</title></head>\n<body><table border=\"0\">\n", html.EscapeString(title))
	for line := range strings.Lines(text) {
		label, value, found := strings.Cut(strings.TrimRight(line, "\n"), "：")
		if !found {
			label, value, found = strings.Cut(label, " ")
			found = found && strings.HasPrefix(label, "■")
		}
		if !found {
			fmt.Fprintf(&b, "<tr><td colspan=\"2\">%s<br></td></tr>\n", html.EscapeString(strings.TrimSpace(line)))
			continue
		}
		fmt.Fprintf(&b, "<tr><td>%s</td><td><b>%s</b></td></tr>\n", html.EscapeString(label), html.EscapeString(value))
	}
	b.WriteString("</table></body></html>\n")
	return b.String()
}

// oldShapes are written for characters that JIS X 0208 does not have.
var oldShapes = strings.NewReplacer("髙", "高", "﨑", "崎", "\n", "\r\n")

func iso2022jp(text string) ([]byte, error) {
	out, err := japanese.ISO2022JP.NewEncoder().String(oldShapes.Replace(text))
	if err != nil {
		return nil, fmt.Errorf("write as ISO-2022-JP: %w", err)
	}
	return []byte(out), nil
}

// wordRunes is how much of a subject goes into one encoded word, so that it
// keeps to 75 characters (RFC 2047 §2).
const wordRunes = 10

// encodedWords writes text for a header field (RFC 2047), folded.
func encodedWords(text string) string {
	var words []string
	runes := []rune(text)
	for len(runes) > 0 {
		n := min(wordRunes, len(runes))
		raw, err := iso2022jp(string(runes[:n]))
		if err != nil { // no text of the shop is outside JIS X 0208
			raw = []byte("?")
		}
		words = append(words, "=?ISO-2022-JP?B?"+base64.StdEncoding.EncodeToString(raw)+"?=")
		runes = runes[n:]
	}
	return strings.Join(words, "\r\n ")
}
