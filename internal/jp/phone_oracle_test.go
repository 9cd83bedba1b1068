package jp_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/nyaruka/phonenumbers"
	"pgregory.net/rapid"

	"github.com/kakitome/kakitome/internal/jp"
)

// Google's libphonenumber is the oracle for what can be dialled. Where we differ
// is listed in differs, each with its reason.

// classes are the types of the oracle that each class holds.
var classes = map[jp.PhoneClass][]phonenumbers.PhoneNumberType{
	jp.Mobile:   {phonenumbers.MOBILE},
	jp.Landline: {phonenumbers.FIXED_LINE},
	jp.TollFree: {phonenumbers.TOLL_FREE, phonenumbers.PREMIUM_RATE, phonenumbers.UAN},
	jp.IP:       {phonenumbers.VOIP, phonenumbers.PAGER},
}

// differs says why a national number is judged otherwise than by the oracle.
func differs(digits string) string {
	switch {
	case strings.HasPrefix(digits, "00"):
		return "00XY are services of carriers: a company's, and often longer than numbers"
	case strings.HasPrefix(digits, "060") && len(digits) == 10:
		return "personal numbers (060, ten digits) ended; the range is being given to mobiles, with eleven"
	case strings.HasPrefix(digits, "060"):
		return "the oracle knows the blocks given out so far; ours are all that may come"
	case strings.HasPrefix(digits, "0180"):
		return "televoting is a company's, but none of the oracle's types"
	case strings.HasPrefix(digits, "010"):
		return "010 is dialled for another country; the oracle reads what follows"
	default:
		return ""
	}
}

func judge(digits string) (e164 string, kind phonenumbers.PhoneNumberType, valid bool) {
	n, err := phonenumbers.Parse(digits, "JP")
	if err != nil || !phonenumbers.IsValidNumberForRegion(n, "JP") {
		return "", 0, false
	}
	return phonenumbers.Format(n, phonenumbers.E164), phonenumbers.GetNumberType(n), true
}

func phonesIn(s string) (normals []string) {
	for _, tok := range jp.Tokens(s) {
		if tok.Kind == jp.Phone {
			normals = append(normals, tok.Normal)
		}
	}
	return normals
}

// A run of digits is a phone number exactly if the oracle says that it can be
// dialled in Japan: every begin of four digits, in ten and eleven digits.
func TestBareDigitsAgainstOracle(t *testing.T) {
	t.Parallel()
	for begin := range 1000 {
		for _, tail := range []string{"2345678", "23456789", "0123456", "98765432"} {
			digits := fmt.Sprintf("0%03d", begin) + tail
			digits = digits[:len(digits)-1]
			if len(tail) == 8 {
				digits += "1"
			}
			e164, kind, valid := judge(digits)
			got := phonesIn("電話" + digits + "です")
			if differs(digits) != "" {
				continue
			}
			if valid != (len(got) == 1) {
				t.Errorf("%s: valid %v, found %q", digits, valid, got)
				continue
			}
			if !valid {
				continue
			}
			if "+81"+got[0][1:] != e164 || !slices.Contains(classes[jp.ClassOfPhone(got[0])], kind) {
				t.Errorf("%s: found %s (%s), want %s of type %d", digits, got[0], jp.ClassOfPhone(got[0]), e164, kind)
			}
		}
	}
}

// Every valid number in every format of the oracle is read, declared and in text.
func TestFormatsOfOracle(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		digits := "0" + rapid.SampledFrom([]string{
			"3", "6", "11", "123", "1267", "154", "22", "223", "258", "4", "422", "4992", "52", "561", "5979", "72", "742", "7468", "82", "837", "8477", "92", "940", "98", "9802", "9912", "99",
			"120", "570", "990", "800", "70", "80", "90", "50", "20",
		}).Draw(t, "area")
		length := 10
		if len(digits) == 3 && digits[2] == '0' && digits != "010" || digits == "0800" {
			length = 11
		}
		for len(digits) < length {
			digits += rapid.SampledFrom(strings.Split("0123456789", "")).Draw(t, "digit")
		}
		e164, _, valid := judge(digits)
		if !valid || differs(digits) != "" {
			t.Skip("cannot be dialled, or is listed")
		}
		n, err := phonenumbers.Parse(digits, "JP")
		if err != nil {
			t.Fatal(err)
		}
		for _, format := range []phonenumbers.PhoneNumberFormat{phonenumbers.E164, phonenumbers.INTERNATIONAL, phonenumbers.NATIONAL, phonenumbers.RFC3966} {
			s := phonenumbers.Format(n, format)
			if got, err := jp.Normal(jp.Phone, s); err != nil || "+81"+got[1:] != e164 {
				t.Fatalf("Normal(%q) = %q, %v; want %s", s, got, err, e164)
			}
			if got := phonesIn("連絡先: " + s + "（自宅）"); len(got) != 1 || "+81"+got[0][1:] != e164 {
				t.Fatalf("%q: found %q, want %s", s, got, e164)
			}
		}
		fromUS := phonenumbers.FormatOutOfCountryCallingNumber(n, "US")
		fromGB := phonenumbers.FormatOutOfCountryCallingNumber(n, "GB")
		for _, s := range []string{fromUS, fromGB} {
			if got := phonesIn("Call " + s); len(got) != 1 || "+81"+got[0][1:] != e164 {
				t.Fatalf("%q: found %q, want %s", s, got, e164)
			}
		}
	})
}

// Numbers of other countries are read in the formats of the oracle.
func TestForeignNumbersAgainstOracle(t *testing.T) {
	t.Parallel()
	for region := range phonenumbers.GetSupportedRegions() {
		if region == "JP" {
			continue
		}
		for _, kind := range []phonenumbers.PhoneNumberType{phonenumbers.FIXED_LINE, phonenumbers.MOBILE} {
			n := phonenumbers.GetExampleNumberForType(region, kind)
			if n == nil {
				continue
			}
			want := phonenumbers.Format(n, phonenumbers.E164)
			for _, s := range []string{phonenumbers.Format(n, phonenumbers.E164), phonenumbers.Format(n, phonenumbers.INTERNATIONAL), phonenumbers.Format(n, phonenumbers.RFC3966)} {
				if got, err := jp.Normal(jp.Phone, s); err != nil || got != want {
					t.Errorf("%s: Normal(%q) = %q, %v; want %s", region, s, got, err, want)
				}
				if got := phonesIn("連絡先: " + s + "\n"); len(want) > 8 && (len(got) != 1 || got[0] != want) {
					t.Errorf("%s: %q: found %q, want %s", region, s, got, want)
				}
			}
		}
	}
}
