package mail

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/japanese"
)

func TestWords(t *testing.T) {
	t.Parallel()
	sjis := func(s string) string { return encodeWith(t, japanese.ShiftJIS, s) }
	tests := []struct {
		name, field, want string
		fault             FaultKind
	}{
		{"plain", "hello  world", "hello  world", 0},
		{"B", "=?ISO-2022-JP?B?GyRCOzNFRBsoQg==?=", "山田", 0},
		{"Q", "=?utf-8?q?=E5=B1=B1_x?= y", "山 x y", 0},
		{"language", "=?utf-8*ja?B?5bGx?=", "山", 0},
		{"label cp932", "=?cp932?B?+/yLtA==?=", "髙橋", 0},
		{"label iso-2022-jp-ms", "=?iso-2022-jp-ms?B?GyRCLSEbKEI=?=", "①", 0},
		{"label euc-jp", "=?EUC-JP?B?u7PFxA==?=", "山田", 0},
		{"white space between words", "=?utf-8?B?5bGx?=\r\n =?utf-8?B?55Sw?=", "山田", 0},
		{"white space beside words", "a =?utf-8?B?5bGx?= b", "a 山 b", 0},
		{"other charset next", "=?utf-8?B?5bGx?= =?iso-2022-jp?B?GyRCRUQbKEI=?=", "山田", 0},
		{"character split, B", "=?UTF-8?B?5bE=?= =?UTF-8?B?sQ==?=", "山", 0},
		{"character split, Q", "=?UTF-8?Q?=E5=B1?= =?UTF-8?Q?=B1?=", "山", 0},
		{"character split, shift_jis", "=?Shift_JIS?B?jg==?= =?Shift_JIS?B?Ug==?=", "山", 0},
		{"base64 split anywhere", "=?UTF-8?B?5bGx5?= =?UTF-8?B?5Sw?=", "山田", 0},
		{"no padding", "=?UTF-8?B?5bGxIA?=", "山 ", 0},
		{"spaces inside Q", "=?UTF-8?Q?=E5=B1=B1 x y?=", "山 x y", 0},
		{"folded inside B", "=?UTF-8?B?5bGx\r\n 55Sw?=", "山田", 0},
		{"inside quotes", `"=?UTF-8?B?5bGx?=" <a@example.jp>`, `"山" <a@example.jp>`, 0},
		{"glued", "x=?UTF-8?B?5bGx?==?UTF-8?B?55Sw?=y", "x山田y", 0},
		{"no end", "=?UTF-8?B?5bGx and more", "=?UTF-8?B?5bGx and more", 0},
		{"no end, then a word", "=?UTF-8?Q?abc =?UTF-8?B?5bGx?=", "=?UTF-8?Q?abc 山", 0},
		{"not a word", "=?? =?x?= =?a?z?b?=", "=?? =?x?= =?a?z?b?=", 0},
		{"line break inside", "=?UTF-8?Q?a=0D=0Ab?=", "a b", 0},
		{"lying label", "=?us-ascii?B?5bGx55Sw?=", "山田", Relabelled},
		{"lying label of japanese", "=?iso-2022-jp?B?5bGx55Sw5aSq6YOO?=", "山田太郎", Relabelled},
		{"broken base64", "=?UTF-8?B?5bGx*?=", "山", BadEncoding},
		{"cut character", "=?UTF-8?B?5bGx5bE=?=", "山\ufffd\ufffd", BadCharset},
		{"raw utf-8", "山田太郎", "山田太郎", 0},
		{"raw shift_jis", sjis("表示ソフト能力"), "表示ソフト能力", Relabelled},
		{"raw iso-2022-jp", "\x1b$B;3ED\x1b(B san", "山田 san", Relabelled},
		{"raw and word", sjis("注文番号") + " =?UTF-8?B?5bGx?=", "注文番号 山", Relabelled},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p := Parse([]byte("X-Field: "+tt.field+"\r\n\r\n"), Limits{}).Root
			var f FaultKind
			if len(p.Faults) > 0 {
				f = p.Faults[0].Kind
			}
			if got := p.Get("x-field"); got != tt.want || f != tt.fault {
				t.Errorf("got %q, %v; want %q, %v", got, f, tt.want, tt.fault)
			}
		})
	}
}

func TestRawHeaderInTheCharsetOfTheBody(t *testing.T) {
	t.Parallel()
	raw := "To: \xbb\xb3\xc5\xc4 <a@example.jp>\r\nContent-Type: text/plain; charset=euc-jp\r\n\r\n"
	if got := Parse([]byte(raw), Limits{}).Root.Get("To"); got != "山田 <a@example.jp>" {
		t.Errorf("got %q", got)
	}
}

func TestAddressFieldKeepsSpecialsQuoted(t *testing.T) {
	t.Parallel()
	m := Parse([]byte("To: =?UTF-8?B?5bGx55SwLCDlpKrpg44=?= <taro@example.jp>\r\nSubject: =?UTF-8?B?5bGx55SwLCDlpKrpg44=?=\r\n\r\n"), Limits{})
	if got, want := m.Root.Get("To"), `"山田, 太郎" <taro@example.jp>`; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got, want := m.Root.Get("Subject"), "山田, 太郎"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	want := []Address{{Name: "山田, 太郎", Addr: "taro@example.jp"}}
	if diff := cmp.Diff(want, Addresses(m.Root.Get("To"))); diff != "" {
		t.Error(diff)
	}
}

func TestAddresses(t *testing.T) {
	t.Parallel()
	tests := []struct {
		value string
		want  []Address
	}{
		{"", nil},
		{"undisclosed-recipients:;", nil},
		{"a@example.jp", []Address{{"", "a@example.jp"}}},
		{"<a@example.jp>", []Address{{"", "a@example.jp"}}},
		{"山田 太郎 <a@example.jp>", []Address{{"山田 太郎", "a@example.jp"}}},
		{`"Yamada, Taro" <a@example.jp>, b@example.jp (Hanako)`, []Address{{"Yamada, Taro", "a@example.jp"}, {"Hanako", "b@example.jp"}}},
		{"Yamada, Taro <a@example.jp>", []Address{{"Taro", "a@example.jp"}}},
		{"a@example.jp; b@example.jp", []Address{{"", "a@example.jp"}, {"", "b@example.jp"}}},
		{"a@example.jp b@example.jp", []Address{{"", "a@example.jp"}, {"", "b@example.jp"}}},
		{"members: A <a@example.jp>, b@example.jp;, c@example.jp", []Address{{"A", "a@example.jp"}, {"", "b@example.jp"}, {"", "c@example.jp"}}},
		{"A <a@example.jp> B <b@example.jp>", []Address{{"A", "a@example.jp"}, {"B", "b@example.jp"}}},
		{"A <a@example.jp, B <b@example.jp>", []Address{{"A", "a@example.jp"}, {"B", "b@example.jp"}}},
		{`"b@example.jp" <a@example.jp>`, []Address{{"b@example.jp", "a@example.jp"}, {"", "b@example.jp"}}},
		{"A (was b@example.jp) <a@example.jp>", []Address{{"A", "a@example.jp"}, {"", "b@example.jp"}}},
		{"<@relay.example:a@example.jp>", []Address{{"", "a@example.jp"}}},
		{`"a b"@example.jp`, []Address{{"", `"a b"@example.jp`}}},
		{`"lone <a@example.jp>`, []Address{{"lone", "a@example.jp"}}},
		{"(lone a@example.jp", []Address{{"", "a@example.jp"}}},
		{"連絡先a@example.jpまで", []Address{{"", "連絡先a@example.jpまで"}, {"", "a@example.jp"}}},
		{"=?UTF-8?B?5bGx55SwLCDlpKrpg44=?= <a@example.jp>", []Address{{"山田, 太郎", "a@example.jp"}}},
		{"=?UTF-8?Q?b=40example.jp?= <a@example.jp>", []Address{{"b@example.jp", "a@example.jp"}, {"", "b@example.jp"}}},
	}
	for _, tt := range tests {
		if diff := cmp.Diff(tt.want, Addresses(tt.value)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.value, diff)
		}
	}
}

func TestParams(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, in, want string }{
		{"plain", `attachment; filename=a.txt`, "a.txt"},
		{"quoted", `attachment; filename="a \"b\".txt"; size=1`, `a "b".txt`},
		{"spaces", `attachment; filename=a b (1).txt; size=1`, "a b (1).txt"},
		{"no semicolon", `attachment filename=a.txt size=1`, "a.txt"},
		{"no semicolon after quotes", `attachment; size="1" filename="a.txt"`, "a.txt"},
		{"stray quotes", `attachment; filename="a"b.txt"; size=1`, `a"b.txt`},
		{"no closing quote", `attachment; filename="a.txt`, "a.txt"},
		{"comment", `attachment (c); filename=a.txt`, "a.txt"},
		{"semicolon in quotes", `attachment; filename="a;b.txt"`, "a;b.txt"},
		{"word", `attachment; filename="=?UTF-8?B?5bGx?=.txt"`, "山.txt"},
		{"word without quotes", `attachment; filename==?UTF-8?B?5bGx?= =?UTF-8?B?55Sw?=`, "山田"},
		{"rfc 2231", `attachment; filename*=UTF-8''%E5%B1%B1.txt`, "山.txt"},
		{"rfc 2231 wins", `attachment; filename=x.txt; filename*=UTF-8''%E5%B1%B1.txt`, "山.txt"},
		{"rfc 2231 shift_jis", `attachment; filename*=Shift_JIS'ja'%8E%52.txt`, "山.txt"},
		{"character split, any order", `attachment; filename*2=".txt"; filename*1*=%52; filename*0*=Shift_JIS''%8E`, "山.txt"},
		{"iso-2022-jp over segments", `attachment; filename*0*=iso-2022-jp''%1B%24B%3B; filename*1*=3ED%1B%28B`, "山田"},
		{"plain segments", `attachment; filename*0="a b"; filename*1=".txt"`, "a b.txt"},
		{"first segment missing", `attachment; filename*1=b; filename*2=c`, "bc"},
		{"bad escape", `attachment; filename*=utf-8''100%.txt`, "100%.txt"},
		{"no charset", `attachment; filename*=%E5%B1%B1.txt`, "山.txt"},
		{"raw utf-8", `attachment; filename="山.txt"`, "山.txt"},
		{"raw shift_jis with backslash byte", "attachment; filename=\"" + encodeWith(t, japanese.ShiftJIS, "予約表示.txt") + "\"", "予約表示.txt"},
		{"raw iso-2022-jp with quote byte", "attachment; filename=\"" + encodeWith(t, japanese.ISO2022JP, "あい.txt") + "\"", "あい.txt"},
		{"folded", "attachment;\r\n\tfilename=a.txt", "a.txt"},
		{"only name of the type", "inline\r\nContent-Type: text/plain; name=n.txt", "n.txt"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p := Parse([]byte("Content-Disposition: "+tt.in+"\r\n\r\n"), Limits{}).Root
			if p.Filename != tt.want {
				t.Errorf("got %q, want %q", p.Filename, tt.want)
			}
		})
	}
}

func TestContentType(t *testing.T) {
	t.Parallel()
	tests := []struct {
		in, mediaType string
		params        map[string]string
		fault         bool
	}{
		{"text/HTML; Charset=UTF-8", "text/html", map[string]string{"charset": "UTF-8"}, false},
		{"text/plain; charset=us-ascii (plain text)", "text/plain", map[string]string{"charset": "us-ascii"}, false},
		{"text/plain charset=utf-8", "text/plain", map[string]string{"charset": "utf-8"}, false},
		{"text/plain; charset=utf-8 format=flowed", "text/plain", map[string]string{"charset": "utf-8", "format": "flowed"}, false},
		{"text", "text/plain", nil, true},
		{"pdf; name=a", "text/plain", map[string]string{"name": "a"}, true},
		{"", "text/plain", nil, false},
	}
	for _, tt := range tests {
		p := Parse([]byte("Content-Type: "+tt.in+"\r\n\r\n"), Limits{}).Root
		if p.MediaType != tt.mediaType || len(p.Faults) > 0 != tt.fault {
			t.Errorf("%s: %s, %v", tt.in, p.MediaType, p.Faults)
		}
		if diff := cmp.Diff(tt.params, p.Params); diff != "" {
			t.Errorf("%s: %s", tt.in, diff)
		}
	}
}

func TestDate(t *testing.T) {
	t.Parallel()
	jst := time.FixedZone("", 9*3600)
	noon := time.Date(2019, 7, 25, 12, 4, 5, 0, jst)
	tests := []struct {
		in   string
		want time.Time
	}{
		{"Thu, 25 Jul 2019 12:04:05 +0900", noon},
		{"Thu, 25 Jul 2019 12:04:05 +0900 (JST)", noon},
		{"25 Jul 19 12:04:05 JST", noon},
		{"Thu,25 July 2019 12:04:05 +0900", noon},
		{"Thu, 25-Jul-2019 03:04:05 GMT", noon},
		{"25 Jul 2019 12:04 +0900", noon.Add(-5 * time.Second)},
		{"2019-07-25T12:04:05+09:00", noon},
		{"2019-07-25 12:04:05 +0900", noon},
		{"Thu Jul 25 03:04:05 2019", noon},
		{"", time.Time{}},
		{"yesterday", time.Time{}},
		{"31 Feb 2019 12:04:05 +0900", time.Time{}},
		{"25 Jul 2019 25:04:05 +0900", time.Time{}},
	}
	for _, tt := range tests {
		got, ok := Date(Parse([]byte("Date: "+tt.in+"\r\n\r\n"), Limits{}))
		if !ok {
			got = time.Time{}
		}
		if !got.Equal(tt.want) {
			t.Errorf("%q: got %v, want %v", tt.in, got, tt.want)
		}
	}
}

func TestMessageID(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{"<a@b>": "a@b", " a@b ": "a@b", "x <a@b> y": "a@b", "<a@b": "a@b", "": ""} {
		if got := MessageID(Parse([]byte("message-id: "+in+"\r\n\r\n"), Limits{})); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

func TestGetAll(t *testing.T) {
	t.Parallel()
	p := Parse([]byte("A: 1\r\nB: 2\r\na : 3\r\n\r\n"), Limits{}).Root
	if diff := cmp.Diff([]string{"1", "3"}, p.GetAll("A")); diff != "" {
		t.Error(diff)
	}
	if got := p.Get("c") + strings.Join(p.GetAll("c"), ""); got != "" {
		t.Errorf("got %q", got)
	}
}
