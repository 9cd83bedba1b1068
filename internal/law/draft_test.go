package law

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kakitome/kakitome/internal/jp"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden compares with a file of testdata.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got), -update writes it anew:\n%s", name, diff)
	}
}

// early is the member shop's merge fault two days on: much is not known.
func early(t testing.TB) Record {
	t.Helper()
	known := at(t, "Asia/Tokyo", "2026-11-22 14:19")
	f := misSent(known, Count{Least: 253, Most: 5000})
	f.Occurred = at(t, "Asia/Tokyo", "2026-11-22 13:54")
	f.Places["EU"] = Place{Established: No, Offers: Yes, Residents: Count{Least: 2, Most: 9}}
	f.ItemsFinal, f.HighRisk = false, Unknown
	return Record{
		Incident: "INC-2026-0007", AsOf: at(t, "Asia/Tokyo", "2026-11-24 16:00"), Zone: known.Location(), Facts: f,
		Reporter: Reporter{Name: "株式会社かきとめ書房（架空）", Number: "0000000000000", Address: "東京都千代田区架空町1-1", Contact: "個人情報窓口 privacy@shop.example"},
		Proofs:   map[string]Proof{"known": {known, "log #41"}, "persons": {at(t, "Asia/Tokyo", "2026-11-22 14:31"), "log #57"}},
		Outline:  Noted{"会員向けメール5,000通に、別の会員の氏名と注文内容を差し込んで送信した。", known, "log #42"},
		Finder:   Noted{"受信者からの電話", known, "log #41"},
		Timeline: []Entry{
			{f.Occurred, "送信を開始した", "log #12"},
			{known, "受信者から電話があり、気付いた", "log #41"},
			{at(t, "Asia/Tokyo", "2026-11-22 14:20"), "送信を停止した", "log #43"},
		},
		Mails: Exactly(5000), Recipients: Exactly(5000),
		Concerned: Noted{"顧客（会員）", known, ""},
		Mitigation: []Step{
			{"送信を停止し、待機中のメールを回収した", Done, at(t, "Asia/Tokyo", "2026-11-22 14:20"), "log #43"},
			{"受信者に削除を依頼する", UnderWay, time.Time{}, ""},
		},
		Told: []Step{{"本人への通知", Planned, at(t, "Asia/Tokyo", "2026-11-25 10:00"), ""}},
	}
}

// late is the same incident at the end.
func late(t testing.TB) Record {
	t.Helper()
	r := early(t)
	r.AsOf = at(t, "Asia/Tokyo", "2026-12-18 11:00")
	r.Facts.Persons, r.Facts.ItemsFinal, r.Facts.HighRisk = Exactly(4988), true, No
	r.Facts.Places["EU"] = Place{Established: No, Offers: Yes, Residents: Exactly(4)}
	r.Facts.PersonsTold = at(t, "Asia/Tokyo", "2026-11-25 10:00")
	r.ItemCounts = []ItemCount{{ItemName, Exactly(4988)}, {ItemOrder, Exactly(4102)}}
	r.NotLeaked = []Item{ItemCard, ItemPassword, ItemAddress}
	r.Cause = Noted{"差込みデータの並べ替えで行がずれた。\n送信前の照合がなかった。", at(t, "Asia/Tokyo", "2026-11-26 18:00"), "log #88"}
	r.CauseKinds = []Cause{CauseMisSent, CauseDefect}
	r.Fault = Noted{"報告者", at(t, "Asia/Tokyo", "2026-11-26 18:00"), ""}
	r.Secondary, r.SecondaryHow = Yes, Noted{"現時点で悪用は確認されていない。", r.AsOf, "log #140"}
	r.Consequences = Noted{"購入履歴を知られることによる不快感。財産的被害のおそれは低い。", r.AsOf, ""}
	r.Told[0] = Step{"本人への通知", Done, r.Facts.PersonsTold, "log #71"}
	r.Published = []Step{{"自社サイトで公表", Done, at(t, "Asia/Tokyo", "2026-11-23 09:00"), "log #65"}}
	r.Measures = []Step{
		{"宛先と内容の照合を必須にした", Done, at(t, "Asia/Tokyo", "2026-12-01 10:00"), "log #101"},
		{"差込み処理を作り直す", Planned, at(t, "Asia/Tokyo", "2027-02-01 00:00"), ""},
	}
	r.Mitigation[1] = Step{"受信者に削除を依頼した", Done, at(t, "Asia/Tokyo", "2026-11-22 15:05"), "log #60"}
	r.Answers = Answers{Asked: 5000, Bounced: 12, Relayed: 4988, ConfirmedUnread: 1210, ConfirmedDeleted: 2301, Refused: 3, NoAnswer: 1474, Evidence: "log #141"}
	r.Advice = Noted{"不審なメールや電話に注意してください。", r.AsOf, ""}
	r.Decision = Noted{"削除の約束は通知義務をなくさないため、監督機関に通知した。", r.AsOf, "log #75"}
	return r
}

func draft(t testing.TB, rule string, r Record) Draft {
	t.Helper()
	duties, err := Assess(packs(t), r.Facts, r.AsOf)
	if err != nil {
		t.Fatal(err)
	}
	d, err := packs(t).Draft(rule, r, duties)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestDrafts(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		file, rule, lang string
		record           func(testing.TB) Record
	}{
		{"jp-preliminary.md", "jp-preliminary", "ja", early},
		{"jp-final.md", "jp-final", "ja", late},
		{"jp-final.en.md", "jp-final", "en", late},
		{"jp-persons.md", "jp-persons", "ja", late},
		{"eu-authority.md", "eu-authority", "en", early},
		{"eu-persons.md", "eu-persons", "en", late},
		{"eu-register.md", "eu-register", "en", late},
	} {
		golden(t, c.file, draft(t, c.rule, c.record(t)).Markdown(c.lang))
	}
	text, err := json.MarshalIndent(draft(t, "jp-final", late(t)), "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "jp-final.json", string(text)+"\n")
}

// Drafts that were handed in are kept as JSON, and compared with later ones.
func TestDraftsSurviveJSON(t *testing.T) {
	t.Parallel()
	before, after := draft(t, "jp-preliminary", early(t)), draft(t, "jp-final", late(t))
	text, err := json.Marshal(before)
	if err != nil {
		t.Fatal(err)
	}
	var back Draft
	if err := json.Unmarshal(text, &back); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(Diff(before, after).Markdown("ja"), Diff(back, after).Markdown("ja")); diff != "" {
		t.Errorf("(-kept in memory +read back)\n%s", diff)
	}
	again, err := json.Marshal(back)
	if err != nil || string(again) != string(text) {
		t.Errorf("written again it is another document: %v", err)
	}
}

func TestDiff(t *testing.T) {
	t.Parallel()
	before, after := draft(t, "jp-preliminary", early(t)), draft(t, "jp-final", late(t))
	golden(t, "jp-diff.md", Diff(before, after).Markdown("ja"))
	if same := Diff(after, after); len(same) != 0 {
		t.Errorf("a draft differs from itself: %v", same)
	}
	// What is taken back is said.
	for _, c := range Diff(after, before) {
		if c.Item == "cause" && c.After.ID == "cause" && c.Kind != Withdrawn {
			t.Errorf("the cause is %s", c.Kind)
		}
	}
	// Other forms ask other things: nothing is silently left out.
	kinds := map[ChangeKind]int{}
	for _, c := range Diff(draft(t, "jp-final", late(t)), draft(t, "eu-authority", late(t))) {
		kinds[c.Kind]++
	}
	if kinds[Added] == 0 || kinds[Dropped] == 0 {
		t.Errorf("kinds %v", kinds)
	}
}

// A draft of nothing has every item of the law, each unknown; and says that it
// is a draft.
func TestDraftOfNothing(t *testing.T) {
	t.Parallel()
	now := at(t, "Asia/Tokyo", "2026-11-22 14:19")
	for _, pack := range packs(t).All() {
		for _, r := range pack.Rules {
			if len(r.Contents) == 0 {
				if _, err := packs(t).Draft(r.ID, Record{}, nil); err == nil {
					t.Errorf("%s: a draft of no contents", r.ID)
				}
				continue
			}
			d := draft(t, r.ID, Record{AsOf: now})
			if len(d.Items) != len(r.Contents) {
				t.Errorf("%s: %d items, want %d", r.ID, len(d.Items), len(r.Contents))
			}
			for _, item := range d.Items {
				unknown := 0
				for _, f := range item.Fields {
					if f.Label.Empty() || f.Value.Empty() || f.ID == "" {
						t.Errorf("%s: %s: %+v", r.ID, item.Item, f)
					}
					if f.Unknown {
						unknown++
					}
				}
				if unknown == 0 && item.Item != "delay" {
					t.Errorf("%s: item %s of nothing has no unknown", r.ID, item.Item)
				}
			}
			for _, lang := range []string{"ja", "en"} {
				if text := d.Markdown(lang); !strings.HasPrefix(text, "# "+draftHeading.In(lang)+"\n") || !strings.Contains(text, unknownText.In(lang)) {
					t.Errorf("%s: %s", r.ID, text)
				}
			}
		}
	}
	if _, err := packs(t).Draft("none", Record{}, nil); err == nil {
		t.Error("a draft of no rule")
	}
}

// No contact data of a person gets into a draft, whatever somebody typed where.
func TestDraftsWithholdContactData(t *testing.T) {
	t.Parallel()
	leaks := []string{"山田様（yamada@example.jp）に送った", "電話 090-0000-1234 の方", "東京都千代田区丸の内1-2-3 に届いた", "https://shop.example/reset/Zx81kQm2Lp90Tt7Ac4Wd"}
	for _, leak := range leaks {
		n := Noted{Text: leak}
		r := late(t)
		r.Reporter = Reporter{}
		r.Outline, r.Finder, r.Concerned, r.Cause, r.Fault, r.SecondaryHow = n, n, n, n, n, n
		r.Consequences, r.Advice, r.Delay, r.Decision, r.Other = n, n, n, n, n
		r.Timeline[0].What, r.Told[0].What, r.Published[0].What, r.Measures[0].What, r.Mitigation[0].What = leak, leak, leak, leak, leak
		for _, rule := range []string{"jp-final", "jp-persons", "eu-authority", "eu-register"} {
			d := draft(t, rule, r)
			withheld := 0
			for _, item := range d.Items {
				for _, f := range item.Fields {
					if f.Withheld {
						withheld++
					}
					for _, tok := range jp.Tokens(f.Value.JA + "\n" + f.Value.EN) {
						if tok.Kind == jp.Email || tok.Kind == jp.Phone || tok.Kind == jp.Address || tok.Kind == jp.Link {
							t.Errorf("%s: %s holds a %s", rule, f.ID, tok.Kind)
						}
					}
				}
			}
			text, err := json.Marshal(d)
			if err != nil {
				t.Fatal(err)
			}
			if withheld == 0 || strings.Contains(string(text)+d.Markdown("ja")+d.Markdown("en"), leak) {
				t.Errorf("%s: %d fields withheld; %q got in", rule, withheld, leak)
			}
		}
	}
}

// What only the caller recognises, such as a name, is withheld too, evidence
// included.
func TestDraftsWithholdWhatTheCallerKnows(t *testing.T) {
	t.Parallel()
	r := late(t)
	r.Personal = func(text string) bool { return strings.Contains(text, "山田") }
	r.Cause.Text = "山田さんの行がずれた"
	r.Outline.Evidence, r.Answers.Evidence = "山田さんの電話", "山田さんの返事"
	r.Proofs = map[string]Proof{"persons": {Evidence: "山田さんの表"}}
	d := draft(t, "jp-final", r)
	if text := d.Markdown("ja"); strings.Contains(text, "山田") || strings.Count(text, withheldText.JA) != 4 {
		t.Errorf("%s", text)
	}
}

// Free text cannot forge an item of the form.
func TestFreeTextStaysInItsField(t *testing.T) {
	t.Parallel()
	r := late(t)
	r.Cause.Text = "一行目\r\n### 9 その他\n\n- **偽**：値\x1b[31m\u202e"
	text := draft(t, "jp-final", r).Markdown("ja")
	for line := range strings.Lines(text) {
		if strings.Contains(line, "偽") && !strings.HasPrefix(line, "    - ") || strings.HasPrefix(line, "### 9 その他\n") || strings.ContainsAny(line, "\x1b\u202e") {
			t.Errorf("line %q", line)
		}
	}
}

func TestItemsHaveWords(t *testing.T) {
	t.Parallel()
	for _, i := range Items() {
		if itemWords[i].Empty() {
			t.Errorf("%s has no words", i)
		}
	}
	if len(Items()) != len(itemWords) {
		t.Errorf("%d items, %d words", len(Items()), len(itemWords))
	}
	for k := jp.Email; k <= jp.Link; k++ {
		if itemWords[ItemOf(k)].Empty() {
			t.Errorf("%s is no item", k)
		}
	}
}
