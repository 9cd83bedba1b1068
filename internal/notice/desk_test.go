package notice

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/kakitome/kakitome/internal/jp"
	"github.com/kakitome/kakitome/internal/letter"
	"github.com/kakitome/kakitome/internal/public"
)

// desk is a response with one incident.
type desk struct {
	mu       sync.Mutex
	board    public.Board
	down     bool
	checks   []public.SelfCheck
	asked    chan struct{} // one for each self-check handed over, if not nil
	results  map[string]*public.Result
	said     []letter.Answers
	reports  []public.Report
	asks     []public.Question
	takes    func(code, address string) time.Duration
	verified map[string]public.Verified // by code and address
}

func (d *desk) Board(context.Context) (*public.Board, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.down {
		return nil, errors.New("store unavailable")
	}
	b := d.board
	return &b, nil
}

func (d *desk) Verify(ctx context.Context, code, address string) (public.Verified, error) {
	if d.takes != nil {
		select {
		case <-time.After(d.takes(code, address)):
		case <-ctx.Done():
		}
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.down {
		return public.Verified{}, errors.New("store unavailable")
	}
	if v, ok := d.verified[code+" "+address]; ok {
		return v, nil
	}
	return public.Verified{Verdict: public.NotOurs}, nil
}

func (d *desk) VerifyMail(ctx context.Context, mail []byte, address string) (public.Verified, error) {
	_, code, ok := strings.Cut(string(mail), "Receipt: ")
	if !ok {
		return public.Verified{}, nil
	}
	code, _, _ = strings.Cut(code, "\r\n")
	return d.Verify(ctx, code, address)
}

func (d *desk) SelfCheck(_ context.Context, c public.SelfCheck) error {
	d.mu.Lock()
	d.checks = append(d.checks, c)
	d.mu.Unlock()
	if d.asked != nil {
		d.asked <- struct{}{}
	}
	return nil
}

func (d *desk) Result(_ context.Context, token string) (*public.Result, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	r := d.results[token]
	delete(d.results, token)
	return r, nil
}

func (d *desk) Confirm(_ context.Context, r public.Receipt, a letter.Answers) (bool, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if r != (public.Receipt{Token: goodToken}) && r != (public.Receipt{Code: goodCode, Address: taro}) {
		return false, nil
	}
	d.said = append(d.said, a)
	return true, nil
}

func (d *desk) Report(_ context.Context, r public.Report) (string, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.reports = append(d.reports, r)
	return "R-2611-0007", nil
}

func (d *desk) Ask(_ context.Context, q public.Question) (string, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.asks = append(d.asks, q)
	return "Q-2611-0008", nil
}

const (
	goodToken = "q3Zk0xWm7vT1uYb5Ld9RsA"
	goodCode  = "KT4M-9QX2-7HPD-V3WA"
	taro      = "taro@example.jp"
	hanako    = "hanako@example.net"
)

func jst(s string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", s, time.FixedZone("JST", 9*60*60))
	if err != nil {
		panic(err)
	}
	return t
}

// first and second are what a shop says on the day, and two days later.
func first() public.Announcement {
	return public.Announcement{
		ID:      "2026-11-order",
		Title:   public.Text{JA: "注文確認メールの誤送信に関するお詫びとお知らせ", EN: "Order confirmations sent to the wrong customers"},
		Summary: public.Text{JA: "2026年11月22日、お一人のお客様の注文確認メールを、誤って最大5,000名の他のお客様へお送りしました。", EN: "On 22 November 2026 we sent one customer's order confirmation to up to 5,000 other customers by mistake."},
		Sent:    jst("2026-11-22 13:54"), Last: jst("2026-11-22 14:21"), Found: jst("2026-11-22 14:19"), Stopped: jst("2026-11-22 14:21"),
		FoundBy:    public.Text{JA: "お客様からのお電話による", EN: "A customer phoned us"},
		Persons:    &public.Count{Confirmed: 1, AtMost: 1},
		Mails:      &public.Count{Confirmed: 4812, AtMost: 5000},
		Recipients: &public.Count{Confirmed: 4812, AtMost: 5000},
		Exposed:    []public.Text{{JA: "氏名", EN: "name"}, {JA: "住所", EN: "postal address"}, {JA: "携帯電話番号", EN: "mobile number"}, {JA: "ご注文の内容と金額", EN: "what was ordered, and the amount"}},
		NotExposed: []public.Text{{JA: "クレジットカード番号", EN: "card numbers"}, {JA: "パスワード", EN: "passwords"}, {JA: "本人確認書類の画像", EN: "pictures of identity documents"}},
		Own:        public.Text{JA: "誤って受信された方ご自身の情報は、他の方へ送られていません（11月22日16時現在、調べたすべてのメールについて）。", EN: "The data of those who received the mail was not sent to anybody (as of 22 November, 16:00, in all mails examined)."},
		Unknown:    []public.Text{{JA: "受信側のサーバーが受け取ったか確認できていない188通", EN: "188 mails of which we do not know whether they arrived"}},
		Timeline: []public.Event{
			{At: jst("2026-11-22 13:54"), Text: public.Text{JA: "誤送信が始まる", EN: "The first wrong mail leaves"}},
			{At: jst("2026-11-22 14:19"), Text: public.Text{JA: "お客様からお電話をいただく", EN: "A customer phones us"}},
			{At: jst("2026-11-22 14:21"), Text: public.Text{JA: "注文確認メールの配信を停止する", EN: "We stop all order confirmations"}},
			{At: jst("2026-11-22 14:40"), Text: public.Text{JA: "情報が送られた方にお電話でお詫びする", EN: "We phone the customer whose data was sent"}},
		},
		ForAffected:   []public.Text{{JA: "心当たりのない電話や郵便物にご注意ください。", EN: "Please be careful with calls and letters you do not expect."}},
		ForRecipients: []public.Text{{JA: "メールを開かずに削除してください。ごみ箱からも削除をお願いします。", EN: "Please delete the mail without opening it, from the trash too."}, {JA: "転送、保存、利用はなさらないでください。", EN: "Please do not forward, keep or use it."}},
		Writing:       public.Text{JA: "notice@shop.example からお一人ずつメールをお送りします。", EN: "We write to each person from notice@shop.example."},
		NeverAsk:      []public.Text{{JA: "パスワード", EN: "your password"}, {JA: "クレジットカード番号", EN: "your card number"}, {JA: "謝礼のための口座番号", EN: "an account number for a refund"}},
		Apology:       public.Text{JA: "ご迷惑とご心配をおかけし、深くお詫び申し上げます。", EN: "We are sorry."},
		Officer:       public.Text{JA: "代表取締役 例示一郎", EN: "Ichiro Reiji, President"},
		Contact:       contact(),
		Next:          jst("2026-11-24 18:00"),
	}
}

func contact() public.Contact {
	return public.Contact{
		Name: public.Text{JA: "例示商店 お客様相談室", EN: "Reiji Shop, customer desk"}, Phone: "03-1234-5678",
		Hours: public.Text{JA: "9時から21時まで（土日祝日も受け付けます）", EN: "9:00 to 21:00 JST, every day"}, Mail: "support@shop.example",
		Post: public.Text{JA: "〒100-0005 東京都千代田区丸の内1-2-3", EN: "1-2-3 Marunouchi, Chiyoda-ku, Tokyo 100-0005, Japan"},
	}
}

func second() public.Announcement {
	a := first()
	a.Change = public.Text{JA: "188通の到達を調べ終え、受信された方の人数が4,951名と確定しました。原因と再発防止策を加えました。", EN: "We know of all 188 mails now: 4,951 people received one. Cause and measures are added."}
	a.Mails = &public.Count{Confirmed: 4951, AtMost: 4951}
	a.Recipients = &public.Count{Confirmed: 4951, AtMost: 4951}
	a.Unknown = nil
	a.Cause = public.Text{JA: "宛先の一覧を更新する処理の不具合により、全会員を宛先として送信しました。", EN: "A defect in updating the list of recipients made every member a recipient."}
	a.Misuse = public.Text{JA: "現時点で確認されていません。", EN: "None known at present."}
	a.Measures = []public.Measure{{Text: public.Text{JA: "送信前に、宛先と本文の情報の持ち主を照合する", EN: "Every mail is compared with its recipient before it leaves"}, Done: true}}
	a.Filings = []public.Filing{{Authority: public.Text{JA: "個人情報保護委員会（速報）", EN: "Personal Information Protection Commission (preliminary)"}, At: jst("2026-11-24 10:00")}}
	a.Next = jst("2026-12-18 18:00")
	return a
}

func privacy() public.Privacy {
	return public.Privacy{
		Company: "例示商店", Bodies: 7 * 24 * time.Hour, Facts: 395 * 24 * time.Hour, Contact: contact(),
		Streams: []public.Stream{
			{Name: "order", Purpose: public.Text{JA: "注文確認", EN: "order confirmations"}, Kinds: []public.Text{public.KindText(jp.Name), public.KindText(jp.Address), public.KindText(jp.OrderNo)}},
		},
	}
}

func edition(t testing.TB, at time.Time, proof string, doc func() ([]byte, error)) public.Edition {
	t.Helper()
	b, err := doc()
	if err != nil {
		t.Fatal(err)
	}
	return public.Edition{At: at, Document: b, Proof: proof}
}

func newDesk(t testing.TB) *desk {
	one, two := first(), second()
	old := privacy()
	old.Bodies = 30 * 24 * time.Hour
	return &desk{
		board: public.Board{
			Announcements: []public.Edition{
				edition(t, jst("2026-11-22 16:10"), "kakitome.shop.example/node-a #48213", one.Document),
				edition(t, jst("2026-11-24 11:00"), "kakitome.shop.example/node-a #51777", two.Document),
			},
			Privacy: []public.Edition{edition(t, jst("2026-04-01 00:00"), "kakitome.shop.example/node-a #3", old.Document)},
			Paused:  []public.Pause{{Purpose: public.Text{JA: "注文確認", EN: "order confirmations"}, Since: jst("2026-11-22 14:21")}},
		},
		verified: map[string]public.Verified{
			goodCode + " " + taro: {Verdict: public.Ours, Sent: jst("2026-11-22 16:20"), Purpose: public.Text{JA: "お詫びとお知らせ", EN: "incident letters"}},
			"MIS1 " + hanako:      {Verdict: public.Misdirected, Sent: jst("2026-11-22 13:55"), Purpose: public.Text{JA: "注文確認", EN: "order confirmations"}, Announcement: "2026-11-order", Confirm: goodToken},
		},
		results: map[string]*public.Result{},
	}
}

// open is a site with a board, on a loopback listener.
func open(t testing.TB, d *desk, o Options) (*Site, *httptest.Server) {
	t.Helper()
	o.Desk, o.Company, o.Contact, o.Privacy, o.URL = d, public.Text{JA: "例示商店", EN: "Reiji Shop"}, contact(), privacy(), "https://notice.shop.example"
	if o.Now == nil {
		o.Now = func() time.Time { return jst("2026-11-24 12:00") }
	}
	o.Tick = cmp.Or(o.Tick, time.Millisecond)
	s, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(s)
	srv.Client().CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	t.Cleanup(srv.Close)
	return s, srv
}
