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
	TollFree PhoneClass = 3 // 0120, 0800, 0570, 0990: a company
	IP       PhoneClass = 4 // 050
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
	case strings.HasPrefix(normal, "050"):
		return IP
	case isMobile(normal):
		return Mobile
	default:
		return Landline
	}
}

func isTollFree(d string) bool {
	return hasAnyPrefix(d, "0120", "0800", "0570", "0990")
}

func isMobile(d string) bool { return hasAnyPrefix(d, "060", "070", "080", "090") }

func hasAnyPrefix(s string, prefixes ...string) bool {
	return slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(s, p) })
}

// nationalLength is how many digits a national number with this begin has, 0 if
// there is none. 総務省 電気通信番号計画: 0A0 numbers (020, 050, 060, 070, 080,
// 090) and 0800 have 11, all others 10; 010 is the international prefix.
func nationalLength(d string) int {
	switch {
	case len(d) < 3 || d[0] != '0' || d[1] == '0':
		return 0
	case hasAnyPrefix(d, "0120", "0570", "0990"):
		return 10
	case d[2] == '0' && strings.IndexByte("256789", d[1]) >= 0:
		return 11
	case d[:3] == "010":
		return 0
	default:
		return 10
	}
}

var (
	errPhoneChars  = errors.New("phone number contains other characters")
	errPhoneLength = errors.New("phone number has a wrong number of digits")
)

// normalPhone reads a declared phone number.
func normalPhone(value string) (string, error) {
	v := look(value)
	digits, plus, err := phoneDigits(v.runes)
	if err != nil {
		return "", err
	}
	if n, ok := national(digits, plus); ok {
		return n, nil
	}
	if foreign := strings.TrimPrefix(digits, "010"); plus || foreign != digits {
		if len(foreign) < 7 || len(foreign) > 15 || foreign[0] == '0' || strings.HasPrefix(foreign, "81") {
			return "", errPhoneLength // ITU-T E.164 §6: at most 15 digits
		}
		return "+" + foreign, nil
	}
	return "", errPhoneLength
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

// cutCountry removes the country code of Japan.
func cutCountry(digits string, plus bool) (string, bool) {
	if plus {
		return strings.CutPrefix(digits, "81")
	}
	for _, prefix := range []string{"01081", "0081"} {
		if rest, ok := strings.CutPrefix(digits, prefix); ok {
			return rest, true
		}
	}
	if len(digits) == 12 && hasAnyPrefix(digits, "8150", "8160", "8170", "8180", "8190") {
		return digits[2:], true
	}
	return "", false
}

// phoneDigits takes the digits of a declared number, without a label before it
// and an extension behind it.
func phoneDigits(runes []rune) (digits string, plus bool, err error) {
	text := strings.ToLower(string(runes))
	for _, ext := range []string{"内線", "ext", "x", "#", ";", "(代"} {
		if head, _, ok := strings.Cut(text, ext); ok && strings.ContainsAny(head, "0123456789") {
			text = head
		}
	}
	text = strings.TrimLeft(text, " \nabcdefghijklmnopqrstuvwxyz.:電話番号携帯自宅")
	text, plus = strings.CutPrefix(strings.TrimSpace(text), "+")
	if plus {
		text = strings.Replace(text, "(0)", "", 1)
	}
	var b strings.Builder
	for _, r := range text {
		switch {
		case isDigit(r):
			b.WriteRune(r)
		case strings.ContainsRune("-.()/ \nー", r):
		default:
			return "", false, errPhoneChars
		}
	}
	if b.Len() > 20 {
		return "", false, errPhoneLength
	}
	return b.String(), plus, nil
}
