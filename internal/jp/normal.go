package jp

import (
	"errors"
	"fmt"
	"strings"
)

// maxValue bounds a declared value, in bytes.
const maxValue = 16 << 10

var (
	errTooLong   = errors.New("value is too long")
	errEmpty     = errors.New("value is empty")
	errKind      = errors.New("unknown kind")
	errUnsettled = errors.New("value has no stable form")
	errHash      = errors.New("attachment hash is not hexadecimal")
)

// Normal is the normal form of a value of a kind, the same for roster values,
// for questions and for what [Tokens] finds. The error says what is wrong and
// never quotes the value.
//
//   - email: lower case, A-labels: taro@example.jp; one spelling for a mailbox
//     where the provider says which addresses are its own (see mailbox)
//   - phone: national digits 09012345678, or + and digits for other countries
//   - name: folded text without honorifics and what brackets hold beside it; one
//     all in kana or all in Latin letters has the form of name_kana or name_latin
//   - name_kana: in katakana
//   - name_latin: parts in the romanisation of passports and in alphabetical
//     order, so that family and given name may be swapped: taroyamada
//   - postal_code: seven digits
//   - address: prefecture to house number and room, 東京都千代田区丸の内1-2-3-501;
//     the prefecture is added for cities that exist once, and 郡, Kyoto's streets,
//     大字, 字 and the name of the building are left out. Columns of a table are to
//     be joined with a space.
//   - birthday: 1980-01-02
//   - member_no, order_no, other: folded text, dashes kept
//   - attachment: lower-case hexadecimal; link: the token as it is
func Normal(k Kind, value string) (string, error) {
	if len(value) > maxValue {
		return "", fmt.Errorf("%s: %w", k, errTooLong)
	}
	s, err := normalOf(k, value)
	if err == nil && s == "" {
		err = errEmpty
	}
	if err != nil {
		return "", fmt.Errorf("%s: %w", k, err)
	}
	return s, nil
}

func normalOf(k Kind, value string) (string, error) {
	switch k {
	case Email:
		return normalEmail(value)
	case Phone:
		return normalPhone(value)
	case PostalCode:
		return normalPostal(value)
	case Birthday:
		return normalBirthday(value)
	case Link:
		return normalLink(value)
	case Attachment:
		return normalHash(value)
	case Name:
		return settle(value, foldName)
	case NameKana:
		return settle(value, foldKana)
	case NameLatin:
		return settle(value, foldLatin)
	case Address:
		return settle(value, foldAddress)
	case MemberNo, OrderNo, Other:
		return settle(value, func(s string) (string, error) { return foldString(s), nil })
	default:
		return "", errKind
	}
}

// foldString is the folding of s as a string.
func foldString(s string) string { return string(FoldText(s).Runes) }

// settle applies f until nothing changes: the gaps that a rule looks at are gone
// after the first time, so a second may find more.
func settle(value string, f func(string) (string, error)) (string, error) {
	for range 8 {
		next, err := f(value)
		if err != nil || next == value {
			return next, err
		}
		value = next
	}
	return "", errUnsettled
}

func normalHash(value string) (string, error) {
	s := strings.ToLower(strings.TrimSpace(value))
	if len(s) < 32 || len(s) > 128 || strings.Trim(s, "0123456789abcdef") != "" {
		return "", errHash
	}
	return s, nil
}
