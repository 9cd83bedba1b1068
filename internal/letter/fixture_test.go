package letter

import (
	"bytes"
	"testing"
	"time"

	"github.com/kakitome/kakitome/internal/jp"
)

func jst() *time.Location { return time.FixedZone("JST", 9*3600) }

func key(b byte) []byte { return bytes.Repeat([]byte{b}, minKey) }

func at(minute int) time.Time { return time.Date(2026, 11, 25, 14, minute, 0, 0, jst()) }

// shop is the incident of a made-up shop.
func shop() Facts {
	return Facts{
		Company: Text{"例示商店", "Reiji Shop"}, Incident: "2026-003", Zone: jst(), Now: at(58), AsOf: at(50),
		Happened: at(2), Noticed: at(3), Stopped: at(4), Next: at(5).Add(24 * time.Hour),
		Outline: Text{"注文確認のメールが、注文された方とは別の方々に送られました。", "Order confirmations were sent to people other than those who had ordered."},
		Cause:   Text{"宛先を選ぶ処理に誤りがありました。", "The program that chose the recipients had a defect."},
		Items:   Text{"購入された商品、金額、お支払い方法", "what was bought, the amount, and the way of payment"}, NotLeaked: Text{"クレジットカード番号、パスワード", "card numbers, passwords"},
		Measures: Text{"該当の処理を止め、すべての宛先を送信前に照合しています。", "We stopped the program and now compare each recipient before sending."},
		News:     Text{"原因が分かりました。前回「調査中」とお伝えした点を訂正します。", "The cause is known. This corrects what we called unknown in our last letter."},
		Persons:  Count{1, 1}, Recipients: Count{4987, 5000}, Deleted: Count{Confirmed: 120},
		Desk:   Desk{"desk@shop.example", "03-1234-5678", Text{"平日 9時から18時", "weekdays, 9:00 to 18:00 JST"}},
		Sender: "oshirase@shop.example", Verify: "https://shop.example/verify",
	}
}

// details are those of an addressee to whom everything happened.
func details(t testing.TB) Details {
	t.Helper()
	code, err := NewCode(key(1), "letter-1", "a@example.jp")
	if err != nil {
		t.Fatal(err)
	}
	return Details{
		Mails: []Mail{{At: at(2), Purpose: "注文確認", ID: "0f3a9b2c-77aa-4b1c-9d0e-aa10bb20cc30"}, {At: at(3), Purpose: "注文確認", Possibly: true}},
		Kinds: []jp.Kind{jp.Phone, jp.Name, jp.Address}, MaybeKinds: []jp.Kind{jp.Email},
		Code: code, Page: "https://shop.example/d/AbCdEfGhIjKlMnOpQrStUv", Typed: "https://shop.example/d",
		Until: at(0).Add(30 * 24 * time.Hour), Asked: at(0), Reference: "Q-7K2M-9QXA",
	}
}

// detailsOf are the details that fit a kind.
func detailsOf(t testing.TB, k Kind) Details {
	d := details(t)
	if k == Reassurance {
		d.Kinds, d.MaybeKinds = nil, nil
	}
	return d
}

func load(t testing.TB) *Words {
	t.Helper()
	w, err := Load(nil)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// letterTo is a letter of a kind from the shop.
func letterTo(t testing.TB, k Kind, to string) Letter {
	t.Helper()
	s, err := load(t).Write(k, shop(), detailsOf(t, k))
	if err != nil {
		t.Fatal(err)
	}
	return Letter{
		From: "oshirase@shop.example", FromName: "例示商店", ReplyTo: "desk@shop.example", To: to,
		Date: at(58), MessageID: "letter-1.0@shop.example", Sheet: s,
	}
}

// guard knows the shop's own identifiers and forbids nothing else by itself.
func guard() Guard {
	return Guard{
		Forbidden: func(jp.Text) []jp.Kind { return nil },
		Own: func(k jp.Kind, normal string) bool {
			return k == jp.Phone && normal == "0312345678" || k == jp.Email && (normal == "oshirase@shop.example" || normal == "desk@shop.example")
		},
	}
}
