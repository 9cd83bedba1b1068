package survey

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

var jst = time.FixedZone("JST", 9*60*60)

func TestParseForeignLog(t *testing.T) {
	t.Parallel()
	got, err := ParseForeignLog(strings.NewReader("\ufeffRecipient,Time,x,Message_ID\n"+
		"\"taro@example.jp\",2019/07/13 14:05,,<a@shop.example>\n<hanako@example.net>,2019-07-13T14:05:00Z,\"a,\nb\",b@shop.example\n"), "old.csv", jst)
	if err != nil {
		t.Fatal(err)
	}
	want := []ForeignRow{
		{2, "a@shop.example", "taro@example.jp", time.Date(2019, 7, 13, 5, 5, 0, 0, time.UTC)},
		{3, "b@shop.example", "hanako@example.net", time.Date(2019, 7, 13, 14, 5, 0, 0, time.UTC)},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// Each error says where and how, and never what stands there.
func TestParseForeignLogRefuses(t *testing.T) {
	t.Parallel()
	const head = "message_id,recipient,time\n"
	for name, c := range map[string]struct{ in, want string }{
		"empty":        {"", "old.csv: empty"},
		"no column":    {"message_id,to,time\n", "old.csv:1: recipient: there is no such column"},
		"two columns":  {"message_id,recipient,time,time\n", "old.csv:1: time: there are two"},
		"short line":   {head + "a@secret,taro@secret.example\n", "old.csv:2: time: the line is too short"},
		"no id":        {head + "<>,taro@secret.example,2019-07-13 14:05\n", "old.csv:2: message_id: empty"},
		"empty cell":   {head + "a@secret,,2019-07-13 14:05\n", "old.csv:2: recipient: empty"},
		"no address":   {head + "a@secret,山田太郎,2019-07-13 14:05\n", "old.csv:2: recipient: no e-mail address"},
		"no time":      {head + "a@secret,taro@secret.example,yesterday\n", "old.csv:2: time: no time"},
		"long ago":     {head + "a@secret,taro@secret.example,0001-01-01 00:00\n", "old.csv:2: time: no time"},
		"long cell":    {head + strings.Repeat("a", 2000) + ",taro@secret.example,2019-07-13 14:05\n", "old.csv:2: message_id: too long"},
		"not UTF-8":    {head + "\xff@secret,taro@secret.example,2019-07-13 14:05\n", "old.csv:2: message_id: not UTF-8"},
		"broken quote": {head + "\"a@secret\"x,taro@secret.example,2019-07-13 14:05\n", "old.csv:2: extraneous"},
		"two at once":  {head + "<>,x,y\n,x,y\n", "old.csv:3: message_id: empty"},
	} {
		rows, err := ParseForeignLog(strings.NewReader(c.in), "old.csv", jst)
		if err == nil || rows != nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Whatever comes is rows, all sound, or an error.
func FuzzParseForeignLog(f *testing.F) {
	for _, seed := range []string{
		"message_id,recipient,time\n<a@shop.example>,taro@example.jp,2019-07-13 14:05\n", "time,message_id,recipient\r\n2019-07-13T14:05:00Z,a,taro@example.jp\r\n",
		"\ufeffmessage_id,recipient,time\n\"a\nb\",taro@example.jp,2019/07/13 14:05:06\n", "message_id,recipient,time\n\"", "message_id,recipient,time\n\xff,\xff,\xff\n", "",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		rows, err := ParseForeignLog(strings.NewReader(text), "old.csv", jst)
		if err != nil && rows != nil {
			t.Fatal("rows beside an error")
		}
		for _, r := range rows {
			if r.Line < 2 || r.MessageID == "" || !utf8.ValidString(r.MessageID+r.Recipient) || !strings.Contains(r.Recipient, "@") || r.At.Year() < 1979 || r.At.Year() > 2200 {
				t.Fatalf("%+v", r)
			}
		}
	})
}
