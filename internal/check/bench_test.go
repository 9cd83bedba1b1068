package check_test

import (
	"encoding/base64"
	"fmt"
	"iter"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/encoding/japanese"

	"github.com/kakitome/kakitome/internal/check"
	"github.com/kakitome/kakitome/internal/jp"
	"github.com/kakitome/kakitome/internal/mail"
	"github.com/kakitome/kakitome/internal/policy"
	"github.com/kakitome/kakitome/internal/roster"
)

const benchPeople = 200_000

// BenchmarkMail measures Examine and Decide without parsing, on the way of a
// mail that leaves.
func BenchmarkMail(b *testing.B) {
	h, err := roster.NewHasher([]byte("0123456789abcdef0123456789abcdef"))
	must(b, err)
	index := roster.NewIndex(h)
	must(b, index.Load(1, crowd(b, h, benchPeople)))
	pol, err := policy.Compile(policy.Spec{
		Company: policy.CompanySpec{Identifiers: []string{"03-0000-0000", "support@shop.example"}, Recipients: []string{"@shop.example"}},
		Codes:   []policy.CodeSpec{{Kind: jp.OrderNo, Pattern: `KK-\d{8}`}},
		Streams: []policy.Stream{policy.DefaultStream("order")},
	})
	must(b, err)
	stream, _ := pol.Stream("order")
	know := check.Knowledge{Hasher: h, Roster: index.Snapshot(), Policy: pol}
	for _, m := range []struct {
		name string
		to   []string
		raw  []byte
	}{
		{"order_iso2022jp_4k", []string{resident(7).Values[0].Value}, plainOrder(b)},
		{"html_24k", []string{resident(7).Values[0].Value}, htmlOrder()},
		{"table_5000_rows", []string{resident(7).Values[0].Value}, tableMail(5000)},
		{"bcc_500", residents(500), plainOrder(b)},
	} {
		env := mail.Envelope{From: "shop@shop.example"}
		for _, to := range m.to {
			env.Recipients = append(env.Recipients, mail.Recipient{Address: to})
		}
		in := check.Input{Message: mail.Parse(m.raw, mail.Limits{}), Envelope: env, Stream: stream, At: time.Unix(1.8e9, 0), Client: "app"}
		counts := check.NewCounts(in.At)
		b.Run(m.name, func(b *testing.B) {
			b.ReportAllocs()
			var judging time.Duration
			for b.Loop() {
				e := check.Examine(in, know)
				start := time.Now()
				check.Decide(e, counts)
				judging += time.Since(start)
			}
			b.ReportMetric(float64(judging.Microseconds())/float64(b.N), "decide-µs/op")
			b.ReportMetric(float64(len(m.raw)), "bytes")
		})
	}
}

// crowd gives hashed people; nobody's Values are kept.
func crowd(b *testing.B, h *roster.Hasher, n int) iter.Seq2[roster.Hashed, error] {
	return func(yield func(roster.Hashed, error) bool) {
		for i := range n {
			hashed, errs := h.Hash(resident(i))
			if len(errs) > 0 {
				b.Fatal(errs)
			}
			if !yield(hashed, nil) {
				return
			}
		}
	}
}

// resident is the i-th of the fictitious people. Every name has some namesakes.
func resident(i int) roster.Person {
	family := strings.Fields("山田 佐藤 鈴木 高橋 田中 伊藤 渡辺 中村 小林 加藤 吉田 松本 井上 木村 林 清水 山口 森 池田 橋本")
	given := strings.Fields("太郎 花子 健一 美咲 翔太 陽子 直樹 恵 大輔 由美 拓也 千尋 誠 麻衣 隆 愛 剛 舞 学 桜")
	middle := string(rune('一' + i/400%800))
	name := family[i%20] + middle + given[i/20%20]
	return roster.Person{ID: fmt.Sprintf("M-%d", i), Values: []roster.Value{
		{Kind: jp.Email, Value: fmt.Sprintf("member%d@example.jp", i)},
		{Kind: jp.Phone, Value: fmt.Sprintf("090-%04d-%04d", 1000+i/10000, i%10000)},
		{Kind: jp.Name, Value: name},
		{Kind: jp.PostalCode, Value: fmt.Sprintf("%03d-%04d", 100+i%800, i%10000)},
		{Kind: jp.Address, Value: fmt.Sprintf("東京都千代田区丸の内%d-%d-%d", i%9+1, i/9%99+1, i/900+1)},
		{Kind: jp.Birthday, Value: fmt.Sprintf("%d-%02d-%02d", 1940+i%60, i%12+1, i%28+1)},
		{Kind: jp.MemberNo, Value: fmt.Sprintf("K%06d", i)},
	}}
}

func residents(n int) []string {
	list := make([]string, n)
	for i := range list {
		list[i] = resident(i).Values[0].Value
	}
	return list
}

func orderText() string {
	v := resident(7).Values
	var b strings.Builder
	fmt.Fprintf(&b, "%s 様\n\nこのたびは例示商店をご利用いただき、誠にありがとうございます。\n", v[2].Value)
	fmt.Fprintf(&b, "ご注文番号 KK-00000123 ／ 会員番号 %s\nお届け先 〒%s %s\nお電話 %s\n\n", v[6].Value, v[3].Value, v[4].Value, v[1].Value)
	for i := range 12 {
		fmt.Fprintf(&b, "商品%d 例示ライター 数量%d点 金額%d,980円（税込） 2026年11月%d日発送予定\n", i+1, i%3+1, i+3, i+2)
	}
	b.WriteString(strings.Repeat("ご不明な点がございましたら、下記の窓口までお気軽にお問い合わせください。営業時間は平日の十時から十八時までです。\n", 12))
	b.WriteString("例示商店 東京都新宿区西新宿2-8-1 電話 03-0000-0000 support@shop.example https://shop.example/orders/123\n")
	return strings.ReplaceAll(b.String(), "\n", "\r\n")
}

func plainOrder(b *testing.B) []byte {
	b.Helper()
	body, err := japanese.ISO2022JP.NewEncoder().String(orderText())
	must(b, err)
	return []byte("From: shop@shop.example\r\nTo: undisclosed-recipients:;\r\nSubject: =?ISO-2022-JP?B?GyRCJDRDbUo4GyhC?=\r\nMessage-ID: <1@shop.example>\r\n" +
		"MIME-Version: 1.0\r\nContent-Type: text/plain; charset=ISO-2022-JP\r\n\r\n" + body)
}

func htmlOrder() []byte {
	rows := strings.ReplaceAll(orderText(), "\r\n", "</td></tr>\r\n<tr><td style=\"padding:4px 8px;font-size:14px\"><a href=\"https://shop.example/items/1?ref=mail\">")
	page := "<html><head><meta charset=\"utf-8\"><style>td{color:#333}</style></head><body><table><tr><td>" + rows + "</td></tr></table>" +
		strings.Repeat("<p style=\"margin:0;line-height:1.5\">こちらのメールは送信専用です。</p>\r\n", 30) + "</body></html>"
	return []byte("From: shop@shop.example\r\nTo: " + resident(7).Values[0].Value + "\r\nSubject: order\r\nMessage-ID: <2@shop.example>\r\nMIME-Version: 1.0\r\n" +
		"Content-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n" + lines76(orderText()) +
		"\r\n--b\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n" + lines76(page) + "\r\n--b--\r\n")
}

func tableMail(rows int) []byte {
	var b strings.Builder
	for i := range rows {
		v := resident(i).Values
		fmt.Fprintf(&b, "%s,%s,%s,%s,%s,%s,%s\r\n", v[0].Value, v[1].Value, v[2].Value, v[3].Value, v[4].Value, v[5].Value, v[6].Value)
	}
	return []byte("From: shop@shop.example\r\nSubject: list\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n" +
		"--b\r\nContent-Type: text/csv; charset=utf-8\r\nContent-Disposition: attachment; filename=members.csv\r\nContent-Transfer-Encoding: base64\r\n\r\n" + lines76(b.String()) + "\r\n--b--\r\n")
}

func lines76(s string) string {
	text := base64.StdEncoding.EncodeToString([]byte(s))
	var b strings.Builder
	for len(text) > 76 {
		b.WriteString(text[:76] + "\r\n")
		text = text[76:]
	}
	return b.String() + text
}
