package corpus

import (
	"fmt"
	"strings"

	"golang.org/x/text/unicode/norm"
	"golang.org/x/text/width"
)

// name is a customer's name in one of the spellings mail has it in.
func (s *Story) name(c *Customer) string {
	if c.Western() {
		return one(s, c.Name(), c.Name(), strings.ToUpper(c.Name()), c.Family+", "+c.Given)
	}
	family, given := c.Family, c.Given
	if s.chance(10) {
		family, given = commonKanji.Replace(family), commonKanji.Replace(given)
	}
	return family + one(s, " ", " ", "", "　") + given
}

// commonKanji writes characters that many programs do not have as the common
// ones.
var commonKanji = strings.NewReplacer("髙", "高", "﨑", "崎", "濵", "浜", "濱", "浜", "邊", "辺", "邉", "辺", "齋", "斎", "齊", "斉",
	"澤", "沢", "廣", "広", "瀧", "滝", "德", "徳", "眞", "真", "惠", "恵", "國", "国", "櫻", "桜")

// kana is the reading: full or half width, hiragana, or as banks write it.
func (s *Story) kana(c *Customer) string {
	return one(s, c.Kana(), c.Kana(), c.FamilyKana+c.GivenKana, c.FamilyKana+"　"+c.GivenKana, narrow(c.Kana()), hiragana(c.Kana()), bankKana(c))
}

func hiragana(kana string) string {
	return strings.Map(func(r rune) rune {
		if 'ァ' <= r && r <= 'ヶ' {
			return r - 'ァ' + 'ぁ'
		}
		return r
	}, kana)
}

// narrow writes katakana in half width, where a voice mark is a character of its
// own.
func narrow(kana string) string {
	apart := strings.NewReplacer("\u3099", "ﾞ", "\u309a", "ﾟ").Replace(norm.NFD.String(kana))
	return width.Narrow.String(apart)
}

// bankKana is the reading as in a transfer between banks: half width, no small
// kana (全銀協 records).
func bankKana(c *Customer) string {
	large := strings.NewReplacer("ャ", "ヤ", "ュ", "ユ", "ョ", "ヨ", "ッ", "ツ", "ァ", "ア", "ィ", "イ", "ゥ", "ウ", "ェ", "エ", "ォ", "オ")
	return narrow(large.Replace(c.Kana()))
}

// latin is the name in Latin letters.
func (s *Story) latin(c *Customer) string {
	family, given := c.FamilyLatin, c.GivenLatin
	return one(s, given+" "+family, given+" "+family, family+" "+given, strings.ToUpper(family)+" "+given, family+", "+given, strings.ToUpper(given+" "+family))
}

// mobile is the mobile number in one of its spellings.
func (s *Story) mobile(c *Customer) string { return s.number10(c.Mobile) }

// number10 is a telephone number, given with hyphens, in one of its spellings.
func (s *Story) number10(n string) string {
	digits := strings.ReplaceAll(n, "-", "")
	parts := strings.Split(n, "-")
	return one(s, n, n, n, n, digits, digits, width.Widen.String(n), parts[0]+"("+parts[1]+")"+parts[2], "("+parts[0]+")"+parts[1]+"-"+parts[2],
		parts[0]+" "+parts[1]+" "+parts[2], strings.ReplaceAll(n, "-", "－"), "+81 "+n[1:], "+81-"+n[1:], "+81"+digits[1:])
}

// phone is a number the customer can be reached at: mostly the mobile one.
func (s *Story) phone(c *Customer) string {
	if c.Landline != "" && s.chance(20) {
		return s.number10(c.Landline)
	}
	return s.mobile(c)
}

// birthday is the date of birth in one of its spellings.
func (s *Story) birthday(c *Customer) string {
	d := c.Birthday
	y, m, day := d.Date()
	era := fmt.Sprintf("昭和%d年%d月%d日", y-1925, m, day)
	if y > 1989 {
		era = fmt.Sprintf("平成%d年%d月%d日", y-1988, m, day)
	}
	return one(s, d.Format("2006年1月2日"), d.Format("2006年1月2日"), d.Format("2006/01/02"), d.Format("2006-01-02"), d.Format("2006.1.2"), era,
		width.Widen.String(d.Format("2006年1月2日")))
}

// address is the address in one of its spellings, on one line.
func (s *Story) address(c *Customer) string { return strings.Join(s.addressParts(c), "") }

// addressParts is the address as the columns of a form: prefecture, town, house
// number, building with its separator; written one after the other they are the
// address.
func (s *Story) addressParts(c *Customer) []string {
	parts := []string{c.Prefecture, s.town(c.Town), s.house(c.House)}
	if c.Building == "" {
		return parts
	}
	name, room := splitBuilding(c.Building)
	return append(parts, one(s,
		" "+c.Building, " "+c.Building, "　"+c.Building, " "+name+" "+room, " "+name+" "+room+"号", "　"+name+width.Widen.String(room)+"号室", "-"+room,
	))
}

// addressLines is the address with the building in a line of its own.
func (s *Story) addressLines(c *Customer) []string {
	parts := s.addressParts(c)
	lines := []string{parts[0] + parts[1] + parts[2]}
	if c.Building != "" {
		lines = append(lines, c.Building)
	}
	return lines
}

// splitBuilding parts 203 from さくらハイツ203号室.
func splitBuilding(building string) (name, room string) {
	all := strings.TrimSuffix(building, "号室")
	name = strings.TrimRight(all, "0123456789")
	return name, all[len(name):]
}

// town is the name of a town in one of its spellings.
func (s *Story) town(town string) string {
	switch s.rng.IntN(8) {
	case 0:
		return arabicTown.Replace(town)
	case 1:
		return smallKe.Replace(town)
	default:
		return town
	}
}

var (
	arabicTown = strings.NewReplacer("北五条", "北5条", "北十条", "北１０条", "大通", "大通", "平岸三条", "平岸3条", "西二条", "西2条", "南二条", "南２条", "二条通", "2条通", "第十地割", "第10地割", "上る", "上ル", "大字", "")
	smallKe    = strings.NewReplacer("茅ヶ崎", "茅ケ崎", "殿ケ谷", "殿ヶ谷", "浜ノ町", "浜の町", "木ノ新保", "木の新保", "丸の内", "丸ノ内")
)

// house is a house number in one of its spellings.
func (s *Story) house(house string) string {
	p := strings.Split(house, "-")
	switch len(p) {
	case 1:
		return one(s, house, house, house+"番地", width.Widen.String(house))
	case 2:
		if len(p[0]) < 3 {
			return one(s, house, house, p[0]+"丁目"+p[1], p[0]+"丁目"+p[1]+"番地", width.Widen.String(house))
		}
		return one(s, house, house, p[0]+"番地"+p[1], p[0]+"番地の"+p[1], p[0]+"の"+p[1], strings.ReplaceAll(house, "-", "－"))
	default:
		return one(s, house, house, width.Widen.String(house), strings.ReplaceAll(house, "-", "−"), p[0]+"丁目"+p[1]+"番"+p[2]+"号", p[0]+"丁目"+p[1]+"-"+p[2],
			p[0]+"丁目"+p[1]+"番地"+p[2], kanjiDigit(p[0])+"丁目"+p[1]+"番"+p[2]+"号", kanjiDigit(p[0])+"丁目"+p[1]+"-"+p[2])
	}
}

func kanjiDigit(n string) string {
	return strings.NewReplacer("1", "一", "2", "二", "3", "三", "4", "四", "5", "五", "6", "六", "7", "七", "8", "八", "9", "九").Replace(n)
}

// postal is the postal code.
func (s *Story) postal(c *Customer) string {
	return one(s, "〒"+c.PostalCode, "〒"+c.PostalCode, "〒 "+c.PostalCode, "〒"+strings.ReplaceAll(c.PostalCode, "-", ""), "〒"+width.Widen.String(c.PostalCode))
}
