package mail

import (
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"
)

var bareAddress = regexp.MustCompile(`[A-Za-z0-9._+-]+@[A-Za-z0-9.-]+`)

// FuzzAddresses: every bare address in the value is in the list.
func FuzzAddresses(f *testing.F) {
	for _, s := range []string{
		"山田 <a@example.jp>, b@example.jp", `"a, b" <c@example.jp>; (d@example.jp) e@example.jp`, "g: a@b, c@d;", "=?UTF-8?B?YUBi?= <c@d>",
		`<@r.example:a@b>`, `"a@b`, "(a@b", "<a@b, c@d", "a@b@c", "=?a@b?q?c@d?=", "山a@b山", `\"a@b\"`,
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, value string) {
		list := Addresses(value)
		var all strings.Builder
		for _, a := range list {
			if a.Addr == "" {
				t.Errorf("empty address in %+v", list)
			}
			all.WriteString(a.Addr + "\n")
		}
		for _, want := range bareAddress.FindAllString(value, -1) {
			if !strings.Contains(all.String(), want) {
				t.Errorf("%q of %q is not in %+v", want, value, list)
			}
		}
	})
}

// FuzzParams: the value is lower case, names are lower case and without
// asterisk, a parameter written plainly comes back, text is UTF-8 if the field
// was.
func FuzzParams(f *testing.F) {
	for _, s := range []string{
		`text/plain; charset=utf-8`, `a; filename*0*=Shift_JIS''%8E; filename*1*=%52`, `a; name="x\"y" z; b=c`, `a (c); =; ;; x*=y; n*9999999999999999999=1`,
		`a; name==?utf-8?B?5bGx?=`, `multipart/mixed boundary=x y=z`,
	} {
		f.Add(s, "plain")
	}
	token := regexp.MustCompile(`^[a-z0-9]+$`)
	f.Fuzz(func(t *testing.T, s, value string) {
		m := parseParams(s)
		if m.value != strings.ToLower(m.value) {
			t.Errorf("value %q", m.value)
		}
		for name, v := range m.params {
			if name != strings.ToLower(name) {
				t.Errorf("name %q", name)
			}
			if utf8.ValidString(s) && !utf8.ValidString(v) {
				t.Errorf("%q: %q", name, v)
			}
		}
		if token.MatchString(value) {
			for _, form := range []string{"a; x=" + value, `a; x="` + value + `"`, "a; X*=''" + value, "a; x*0=" + value, "a;x=" + value + ";" + "y=z"} {
				if got := parseParams(form).params["x"]; got != value {
					t.Errorf("%q: got %q", form, got)
				}
			}
		}
	})
}

// FuzzWords: what was encoded comes back.
func FuzzWords(f *testing.F) {
	f.Add("=?utf-8?Q?=E5=B1=B1?= x", "山田")
	f.Add("=?a?b?=?=?=", "x y")
	f.Fuzz(func(t *testing.T, s, plain string) {
		got, _ := decodeWords(s, true)
		if utf8.ValidString(s) && !utf8.ValidString(got) {
			t.Errorf("%q: got %q", s, got)
		}
		if !utf8.ValidString(plain) || plain == "" || traitsOf([]byte(plain))&^highBytes != 0 || strings.ContainsAny(plain, "\r\n\ufeff") {
			return
		}
		var q strings.Builder
		for i := range len(plain) {
			q.WriteString("=" + string("0123456789ABCDEF"[plain[i]>>4]) + string("0123456789ABCDEF"[plain[i]&15]))
		}
		if got, fault := decodeWords("=?utf-8?q?"+q.String()+"?=", false); got != plain || fault != 0 {
			t.Errorf("%q: got %q, %v", plain, got, fault)
		}
	})
}
