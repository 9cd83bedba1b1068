package jp

import (
	"errors"
	"slices"
	"strings"
)

// PhoneClass says what a phone number identifies.
type PhoneClass uint8

// The classes of phone numbers. The values are stable.
const (
	Mobile   PhoneClass = 1 // 060, 070, 080, 090: one person
	Landline PhoneClass = 2 // a household
	TollFree PhoneClass = 3 // 0120, 0180, 0570, 0800, 0990: a company
	IP       PhoneClass = 4 // 050, and 020 of machines: whoever has the line
	Foreign  PhoneClass = 5 // not +81
)

// String returns "mobile", "landline", "toll_free", "ip" or "foreign".
func (c PhoneClass) String() string {
	switch c {
	case Mobile:
		return "mobile"
	case Landline:
		return "landline"
	case TollFree:
		return "toll_free"
	case IP:
		return "ip"
	case Foreign:
		return "foreign"
	default:
		return "unknown"
	}
}

// ClassOfPhone classes a phone number in normal form.
func ClassOfPhone(normal string) PhoneClass {
	switch {
	case strings.HasPrefix(normal, "+"):
		return Foreign
	case isTollFree(normal):
		return TollFree
	case hasAnyPrefix(normal, "020", "050"):
		return IP
	case isMobile(normal):
		return Mobile
	default:
		return Landline
	}
}

func isTollFree(d string) bool {
	return hasAnyPrefix(d, "0120", "0180", "0570", "0800", "0990")
}

func isMobile(d string) bool { return hasAnyPrefix(d, "060", "070", "080", "090") }

func hasAnyPrefix(s string, prefixes ...string) bool {
	return slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(s, p) })
}

// nationalLength is how many digits a national number with this begin has, 0 if
// there is none. 総務省 電気通信番号計画: 0A0 numbers (020, 050, 060, 070, 080,
// 090) and 0800 have 11, all others 10; 010 is the international prefix, 00XY a
// carrier's. Numbers of three digits (110, 119, 188) are nobody's.
func nationalLength(d string) int {
	switch {
	case len(d) < 3 || d[0] != '0' || d[1] == '0':
		return 0
	case hasAnyPrefix(d, "0120", "0180", "0570", "0990"):
		return 10
	case d[2] == '0' && strings.IndexByte("256789", d[1]) >= 0:
		return 11
	case d[:3] == "010":
		return 0
	default:
		return 10
	}
}

// assignedAreas are the begins, behind the 0, of the area codes in use (総務省
// 市外局番の一覧): 0ABC to the third digit, as ranges. Where area code and local
// exchange part is not looked at: writers part them as they did before the last
// change (0427-12-3456).
const assignedAreas = `112-113 115-118 123-126 133-139 142-146 152-158 162-167 172-179 182-188 191-199
220-299 310-399 420-460 462-468 470-489 492-495 499 520-559 561-569 572-578 580-599
610-699 720-729 734-740 742-799 820-829 832-839 845-849 851-880 883-899
920-959 961-969 971-989 991-999`

var areaAssigned = func() (t [1000]bool) {
	for _, span := range strings.Fields(assignedAreas) {
		for n := index3(span); n <= index3(span[len(span)-3:]); n++ {
			t[n] = true
		}
	}
	return t
}()

// index3 is the number of the first three digits of s.
func index3(s string) int { return int(s[0]-'0')*100 + int(s[1]-'0')*10 + int(s[2]-'0') }

// assigned tells whether a national number of the right length can be dialled.
// Only a number that nothing but its digits shows to be one must be.
func assigned(d string) bool {
	switch {
	case isTollFree(d):
		return true
	case d[2] == '0' && strings.IndexByte("56789", d[1]) >= 0:
		return d[3] != '0'
	case d[:3] == "020":
		return true
	default:
		return areaAssigned[index3(d[1:])]
	}
}

var (
	errPhoneChars  = errors.New("phone number contains other characters")
	errPhoneLength = errors.New("phone number has a wrong number of digits")
)

// normalPhone reads a declared phone number. Its length is checked, but not
// whether its area code is assigned: who declared it will know.
func normalPhone(value string) (string, error) {
	v := look(value)
	digits, plus, err := phoneDigits(v.runes)
	if err != nil {
		return "", err
	}
	if n, ok := national(digits, plus); ok {
		return n, nil
	}
	if rest, ok := cutCaller(digits); ok && !plus {
		return rest, nil
	}
	if foreign := strings.TrimPrefix(digits, "010"); plus || foreign != digits {
		if !isForeign(foreign) {
			return "", errPhoneLength
		}
		return "+" + foreign, nil
	}
	return "", errPhoneLength
}

// cutCaller removes 184 and 186, which hide and show the caller's number.
func cutCaller(digits string) (string, bool) {
	if !hasAnyPrefix(digits, "184", "186") {
		return "", false
	}
	return digits[3:], nationalLength(digits[3:]) == len(digits)-3
}

// isForeign tells whether digits are a number of another country with its
// country code: at most 15 (ITU-T E.164 §6), 11 in North America.
func isForeign(digits string) bool {
	return 7 <= len(digits) && len(digits) <= 15 && digits[0] != '0' && !strings.HasPrefix(digits, "81") &&
		(digits[0] != '1' || len(digits) == 11)
}

// national reads all digits of a Japanese number. Spreadsheets eat the first
// zero: 9012345678 and 312345678 are read as 090-1234-5678 and 03-1234-5678.
func national(digits string, plus bool) (string, bool) {
	if rest, ok := cutCountry(digits, plus); ok {
		digits = "0" + strings.TrimPrefix(rest, "0")
	} else if plus {
		return "", false
	}
	if len(digits) > 0 && digits[0] != '0' && (len(digits) == 9 || len(digits) == 10) {
		digits = "0" + digits
	}
	return digits, nationalLength(digits) == len(digits) && digits != ""
}

// cutCountry removes the country code of Japan, and the prefix it is dialled
// with: + or 010 from Japan, 00 from most countries, 011 from North America.
func cutCountry(digits string, plus bool) (string, bool) {
	if plus {
		return strings.CutPrefix(digits, "81")
	}
	for _, prefix := range []string{"01081", "0081"} {
		if rest, ok := strings.CutPrefix(digits, prefix); ok {
			return rest, true
		}
	}
	if len(digits) >= 14 && strings.HasPrefix(digits, "01181") { // 011-81…, too long for Sapporo
		return digits[5:], true
	}
	if len(digits) == 12 && hasAnyPrefix(digits, "8150", "8160", "8170", "8180", "8190") {
		return digits[2:], true
	}
	return "", false
}

// What may stand before a declared number, and its words behind it too.
const (
	phoneSigns = ".:;/_#*=~|,' \n-()<>[]{}〈〉【】「」『』、。※☎☏✆📞📱🕾abcdefghijklmnopqrstuvwxyz"
	phoneWords = " )電話番号携帯自宅勤務先直通代表連絡緊急日中固定会社職場実家父母夫妻本人お客様のご御氏名ファツクスックモバイルケータイテレヘフリーダヤナビ"
)

// phoneDigits takes the digits of a declared number, without a label before it
// and an extension behind it.
func phoneDigits(runes []rune) (digits string, plus bool, err error) {
	if !slices.ContainsFunc(runes, isDigit) {
		runes = kanjiDigits(runes)
	}
	text := strings.ToLower(string(runes))
	text = strings.TrimLeftFunc(text, func(r rune) bool { return strings.ContainsRune(phoneSigns+phoneWords, r) })
	if rest, ok := strings.CutPrefix(text, "%2b"); ok { // of a tel: URI
		text = "+" + rest
	}
	for _, ext := range []string{"内線", "ext", "x", "#", ";", ","} {
		text, _, _ = strings.Cut(text, ext)
	}
	text = strings.TrimRightFunc(text, func(r rune) bool { return strings.ContainsRune(phoneWords, r) })
	if head, note, ok := cutLast(text, '('); ok && !strings.ContainsAny(note, "0123456789") { // (代表)
		text = head
	}
	text, plus = strings.CutPrefix(strings.TrimSpace(text), "+")
	text = strings.Replace(text, "(0)", "", 1)
	var b strings.Builder
	for _, r := range text {
		switch {
		case isDigit(r):
			b.WriteRune(r)
		case strings.ContainsRune("-.()[]"+phoneJoints+" \nー", r):
		default:
			return "", false, errPhoneChars
		}
	}
	if b.Len() > 20 {
		return "", false, errPhoneLength
	}
	return b.String(), plus, nil
}
