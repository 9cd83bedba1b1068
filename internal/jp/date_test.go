package jp_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/kakitome/kakitome/internal/jp"
)

func birthdaysIn(s string) (normals []string) {
	for _, tok := range jp.Tokens(s) {
		if tok.Kind == jp.Birthday {
			normals = append(normals, tok.Normal)
		}
	}
	return normals
}

func TestBirthdaySpelledAnyWay(t *testing.T) {
	t.Parallel()
	for want, spellings := range map[string][]string{
		"1985-04-01": {
			"1985-04-01", "1985-4-1", "1985/04/01", "1985/4/1", "1985.4.1", "1985. 4. 1", "1985 / 4 / 1", "１９８５／４／１", "1985‐04‐01", "1985−04−01", "19850401", "１９８５０４０１",
			"1985年4月1日", "1985年04月01日", "1985 年 4 月 1 日", "１９８５年４月１日", "1985年（昭和60年）4月1日", "1985年(昭和60)4月1日", "一九八五年四月一日",
			"昭和60年4月1日", "昭和６０年４月１日", "昭和 60 年 4 月 1 日", "昭和六十年四月一日", "昭和六〇年四月一日", "㍼60年4月1日", "㍼60.4.1", "昭60.4.1", "昭60年4月1日", "昭和60.4.1", "昭和60/04/01",
			"S60.4.1", "S60/4/1", "S60-04-01", "S.60.4.1", "s60.4.1", "Ｓ６０．４．１", "S60年4月1日", "S600401", "昭和600401",
			"Apr 1, 1985", "Apr. 1 1985", "April 1, 1985", "april 1st, 1985", "APRIL 1 1985", "1 April 1985", "1 Apr 1985", "01-Apr-1985", "1st of April, 1985", "1/Apr/1985", "1985-Apr-01",
		},
		"1989-01-07": {"昭和64年1月7日", "S64.1.7"},
		"1989-01-08": {"平成元年1月8日", "平成1年1月8日", "㍻元年1月8日", "H1.1.8", "H元.1.8", "H010108"},
		"2019-05-01": {"令和元年5月1日", "㋿元年5月1日", "R1.5.1", "R01/05/01", "May 1 2019", "1 May 2019"},
		"1926-12-25": {"昭和元年12月25日", "大正15年12月25日", "㍽15年12月25日", "T15.12.25", "昭和元年十二月二十五日"},
		"1912-07-29": {"明治45年7月29日", "㍾45年7月29日", "M45.7.29"},
		"2000-09-30": {"Sept 30, 2000", "30 September 2000", "Sep. 30th 2000"},
	} {
		for _, s := range spellings {
			for _, declared := range []string{s, s + "生", s + " 生まれ", s + "(月)", s + " 00:00:00", "生年月日：" + s} {
				if got, err := jp.Normal(jp.Birthday, declared); err != nil || got != want {
					t.Errorf("Normal(%q) = %q, %v; want %s", declared, got, err, want)
				}
			}
			for _, text := range []string{s, "生年月日：" + s + "（39歳）", "誕生日 " + s + "生まれ", "(" + s + ")", s + "（月）", "注文 12 " + s + "\n090-1234-5678"} {
				if got := birthdaysIn(text); !slices.Equal(got, []string{want}) {
					t.Errorf("%q: found %q, want %s", text, got, want)
				}
			}
		}
	}
}

func TestNoBirthdays(t *testing.T) {
	t.Parallel()
	checkRefused(t, jp.Birthday, []string{"85/4/1", "4/1/1985", "1/4/85", "April 1985", "1985年4月", "4月1日", "Apr 31 1985", "31 Feb 1985", "S60", "昭和60年", "1985-13-01", "S601301", "S60040", "19851301", "may be 1 1985x", "1867-12-31", "1985-04-01-02"})
	for _, text := range []string{
		"85/4/1", "4/1/1985", "12.34.5678", "1985-04", "19851332", "120240102", "202401021", "20240102-0001", "20240102_01", "A20240102", "20240102A", "KK-19850401", "1-1985-04-01", "S600401-1", "XS600401", "Mayor 1 1985", "marching 2, 2000", "may 1 20245", "10 apr 20245",
		"¥19,850,401", "1985040112", "3.19850401", "192.0.2.1", "一九八五年", "平成の米", "Room S60", "H2O 1.5.2",
	} {
		if got := birthdaysIn(text); got != nil {
			t.Errorf("%q: found %q", text, got)
		}
	}
}

// Every day of a year is read in each calendar and notation, as itself.
func TestEveryDay(t *testing.T) {
	t.Parallel()
	days := [...]int{31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}
	names := [...]string{"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"}
	for m := range days {
		for d := range days[m] {
			want := fmt.Sprintf("2000-%02d-%02d", m+1, d+1)
			for _, s := range []string{
				fmt.Sprintf("平成12年%d月%d日", m+1, d+1), fmt.Sprintf("平成十二年%s月%s日", kanjiNumber(m+1), kanjiNumber(d+1)), fmt.Sprintf("H12.%d.%d", m+1, d+1),
				fmt.Sprintf("2000%02d%02d", m+1, d+1), fmt.Sprintf("%s %d, 2000", names[m], d+1), fmt.Sprintf("%d/%d/%d", 2000, m+1, d+1),
			} {
				if got := birthdaysIn("生年月日 " + s); !slices.Equal(got, []string{want}) {
					t.Errorf("%q: found %q, want %s", s, got, want)
				}
			}
		}
	}
}
