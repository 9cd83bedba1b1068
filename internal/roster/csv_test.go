package roster

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/japanese"

	"github.com/kakitome/kakitome/internal/jp"
)

// parse gives all that ParseCSV says of a text.
func parse(text string) (people []Person, bad []RowError, stats Stats, err error) {
	stats, err = ParseCSV(strings.NewReader(text),
		func(p Person) error { people = append(people, p); return nil },
		func(e RowError) error { bad = append(bad, e); return nil })
	return people, bad, stats, err
}

func sjis(t testing.TB, text string) string {
	t.Helper()
	s, err := japanese.ShiftJIS.NewEncoder().String(text)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

const members = "person_id,name,email,email,canary,address\r\n" +
	"M-1,山田 太郎,taro@example.jp,,,\"東京都例示区見本町1-2-3\r\n例示マンション101\"\r\n" +
	"\r\n" +
	"M-2,\"例示 \"\"花子\"\"\",hanako@example.jp,h@example.com,はい,\n" +
	"M-3,,,,1,"

func TestParseCSV(t *testing.T) {
	t.Parallel()
	want := []Person{
		{ID: "M-1", Line: 2, Values: []Value{{jp.Name, "山田 太郎"}, {jp.Email, "taro@example.jp"}, {jp.Address, "東京都例示区見本町1-2-3\r\n例示マンション101"}}},
		{ID: "M-2", Line: 5, Canary: true, Values: []Value{{jp.Name, `例示 "花子"`}, {jp.Email, "hanako@example.jp"}, {jp.Email, "h@example.com"}}},
		{ID: "M-3", Line: 6, Canary: true},
	}
	for name, c := range map[string]struct{ text, encoding string }{
		"utf-8":     {members, "UTF-8"},
		"bom":       {"\xef\xbb\xbf" + members, "UTF-8"},
		"shift_jis": {sjis(t, members), "Shift_JIS"},
	} {
		people, bad, stats, err := parse(c.text)
		if err != nil || len(bad) > 0 {
			t.Errorf("%s: %v, bad rows %v", name, err, bad)
			continue
		}
		if diff := cmp.Diff(want, people); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		if diff := cmp.Diff(Stats{Rows: 3, People: 3, Values: 6, Encoding: c.encoding, Header: "person_id,name,email,email,canary,address"}, stats); diff != "" {
			t.Errorf("%s: stats (-want +got):\n%s", name, diff)
		}
	}
}

// Half-width kana in Shift_JIS can look like UTF-8 for a line; the lines that
// follow tell.
func TestParseCSVHalfWidthKana(t *testing.T) {
	t.Parallel()
	text := sjis(t, "person_id,name_kana,name\nM-1,ﾃｽﾄ,見本一郎\nM-2,ﾃｽ,見本二郎\n")
	people, bad, stats, err := parse(text)
	if err != nil || len(bad) > 0 || stats.Encoding != "Shift_JIS" || len(people) != 2 || people[1].Values[0].Value != "ﾃｽ" {
		t.Errorf("got %v, %v, %+v, %v", people, bad, stats, err)
	}
}

func TestParseCSVRefusesFile(t *testing.T) {
	t.Parallel()
	many := strings.Repeat("M-%d,見本太郎\n", 811)
	ids := make([]any, 811)
	for i := range ids {
		ids[i] = i
	}
	utf8 := "person_id,name\n" + fmt.Sprintf(many, ids...)
	for name, c := range map[string]struct{ text, want string }{
		"empty":           {"", "the file is empty"},
		"unknown column":  {"person_id,emial\n", "line 1: column 2 is not known (did you mean email?)"},
		"strange column":  {"person_id,taro@example.jp\n", "line 1: column 2 is not known (known are person_id, canary, removed, email,"},
		"no id":           {"name,email\n", "line 1: there is no column person_id"},
		"two ids":         {"person_id,person_id\n", "line 1: column person_id is there twice"},
		"utf-8 then sjis": {utf8 + sjis(t, "M-9999,見本花子\n"), "line 813: not UTF-8; the file began as UTF-8"},
		"sjis then bad":   {sjis(t, utf8) + "M-9999,\xff\xff\n", "line 813: not Shift_JIS; the file began as Shift_JIS"},
		"open quote":      {"person_id\n\"M-1\nM-2\n", "line 2: a quote opened in this row is never closed"},
		"long line":       {"person_id\n" + strings.Repeat("x", maxRow+1), "line 2: longer than 1048576 bytes"},
		"long row":        {"person_id\n\"" + strings.Repeat("xxxxxxx\n", maxRow/8+1) + "\"", "line 2: the row is longer than"},
		"nul":             {"person_id\nM\x001\n", "line 2: has a NUL byte"},
	} {
		_, _, _, err := parse(c.text)
		if err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%s: error %v, want %q…", name, err, c.want)
		}
	}
}

func TestParseCSVReportsEveryBadRow(t *testing.T) {
	t.Parallel()
	text := "person_id,email,phone,canary,name\n" +
		"M-1,taro@example.jp,090-1234-5678,,見本太郎\n" +
		"M-2,secretvalue,12secretvalue,perhaps,見\n" +
		"M-1,again@example.jp,,,\n" +
		",x@example.jp,,,\n" +
		"M-3,y@example.jp\n" +
		"M-4,a\"secretvalue,,,\n" +
		"M-5,z@example.jp,,,見本花子\n"
	people, bad, stats, err := parse(text)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range bad {
		got = append(got, fmt.Sprintf("%d %s", e.Line, e.Column))
		if strings.Contains(e.Error(), "secretvalue") || strings.Contains(e.Error(), "見") && !strings.Contains(e.Hint, "見") {
			t.Errorf("the error tells the value: %v", &e)
		}
		if e.Reason == "" || e.Raw != strings.Split(text, "\n")[e.Line-1] {
			t.Errorf("row error %+v", e)
		}
	}
	want := []string{"3 email", "3 phone", "3 canary", "3 name", "4 person_id", "5 person_id", "6 ", "7 "}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("bad rows (-want +got):\n%s", diff)
	}
	if !strings.Contains(bad[4].Reason, "line 2") {
		t.Errorf("the second of two rows says %q", bad[4].Reason)
	}
	if len(people) != 2 || stats.Bad != 5 || stats.Rows != 7 {
		t.Errorf("people %v, stats %+v", people, stats)
	}
}

// Who is removed needs an id and nothing else.
func TestParseCSVRemoved(t *testing.T) {
	t.Parallel()
	text := "person_id,removed,email,canary\nM-1,yes,gone,perhaps\nM-2,no,taro@example.jp,\n,t,,\nM-3,f,gone,\nM-2,1,,\n"
	people, bad, _, err := parse(text)
	want := []Person{{ID: "M-1", Removed: true, Line: 2}, {ID: "M-2", Line: 3, Values: []Value{{jp.Email, "taro@example.jp"}}}}
	if diff := cmp.Diff(want, people); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	var got []string
	for _, e := range bad {
		got = append(got, fmt.Sprintf("%d %s %s", e.Line, e.Person, e.Column))
	}
	if diff := cmp.Diff([]string{"4  person_id", "5 M-3 email", "6 M-2 person_id"}, got); diff != "" {
		t.Errorf("bad rows (-want +got):\n%s", diff)
	}
}

func TestParseCSVStopsAtErrorOfCaller(t *testing.T) {
	t.Parallel()
	stop := errors.New("stop")
	_, err := ParseCSV(strings.NewReader(members), func(Person) error { return stop }, func(RowError) error { return nil })
	if !errors.Is(err, stop) {
		t.Errorf("error of emit is lost: %v", err)
	}
	_, err = ParseCSV(strings.NewReader("person_id\n\"a\"b\n"), func(Person) error { return nil }, func(RowError) error { return stop })
	if !errors.Is(err, stop) {
		t.Errorf("error of bad is lost: %v", err)
	}
}

// FuzzParseCSV: never panics; every row is emitted or bad, in the order of the
// lines; an emitted person can be hashed without error; no two have one id.
func FuzzParseCSV(f *testing.F) {
	f.Add([]byte(members))
	f.Add([]byte(sjis(f, members)))
	f.Add([]byte("person_id\n\"M-1\"\"\n\",\n"))
	f.Add([]byte("person_id,removed,email\nM-1,yes,\nM-2,1,x\n"))
	f.Add([]byte("person_id,phone,phone\r\nM-1,090-1234-5678,\r\n\r\nM-1,,\r\n"))
	f.Add([]byte("\xef\xbb\xbfperson_id,canary\n1,はい\n2,\x82\xcd\x82\xa2\n"))
	h, err := NewHasher(make([]byte, SecretSize))
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		line, ids, badRows := 0, map[string]bool{}, map[int]bool{}
		stats, err := ParseCSV(strings.NewReader(string(data)), func(p Person) error {
			if p.Line <= line || ids[p.ID] {
				t.Fatalf("line %d after %d, seen %v", p.Line, line, ids[p.ID])
			}
			line, ids[p.ID] = p.Line, true
			if _, errs := h.Hash(p); len(errs) > 0 {
				t.Fatalf("emitted, but: %v", errs)
			}
			return nil
		}, func(e RowError) error {
			if e.Line < line || e.Reason == "" {
				t.Fatalf("row error %+v after line %d", e, line)
			}
			line, badRows[e.Line] = e.Line, true
			return nil
		})
		if stats.People != len(ids) || stats.Bad != len(badRows) || err == nil && stats.Rows != stats.People+stats.Bad {
			t.Fatalf("stats %+v, %d people, %d bad", stats, len(ids), len(badRows))
		}
	})
}
