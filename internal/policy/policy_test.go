package policy

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kakitome/kakitome/internal/jp"
)

func compiled(t *testing.T, spec Spec) *Policy {
	t.Helper()
	p, err := Compile(spec)
	if err != nil {
		t.Fatalf("compile: %v", err)
	}
	return p
}

func TestDefaultStreamAlwaysExists(t *testing.T) {
	t.Parallel()
	p := compiled(t, Spec{})
	for _, name := range []string{"", Default} {
		if s, known := p.Stream(name); s == nil || s.Name != Default || !known {
			t.Errorf("Stream(%q) = %v, %v", name, s, known)
		}
	}
	s, known := p.Stream("nobody")
	if s == nil || s.Name != Default || known {
		t.Errorf("unknown stream gives %v, %v", s, known)
	}
	want := &Stream{Name: Default, Window: 720 * time.Hour, MaxAge: 72 * time.Hour, FanOut: 1, FanIn: 3, MentionJump: 0.1}
	if diff := cmp.Diff(want, s, cmp.Transformer("nil", func(v []string) int { return len(v) })); diff != "" {
		t.Errorf("defaults (-want +got):\n%s", diff)
	}
}

func TestCompileNamesEveryProblem(t *testing.T) {
	t.Parallel()
	order := DefaultStream("order")
	bad := DefaultStream("bad name")
	bad.FanOut, bad.UnreadOK, bad.Window, bad.Kinds = -1, []string{"images"}, 0, []jp.Kind{jp.Name, 99}
	incident := DefaultStream("Incident")
	incident.StaleAfter, incident.HoldFor = time.Minute, time.Hour
	_, err := Compile(Spec{
		Company: CompanySpec{Identifiers: []string{"03-1234-5678", ""}, Recipients: []string{"@shop.example", "shop.example"}},
		Codes:   []CodeSpec{{jp.OrderNo, "("}, {jp.Other, "x*"}, {jp.Email, "x"}},
		Grants:  []GrantSpec{{To: "nobody", Stream: "orders"}},
		Streams: []Stream{order, bad, order, incident},
	})
	var got []string
	var joined interface{ Unwrap() []error }
	if !errors.As(err, &joined) {
		t.Fatalf("error is %v", err)
	}
	for _, e := range joined.Unwrap() {
		var p *Problem
		if !errors.As(e, &p) {
			t.Fatalf("not a problem: %v", e)
		}
		got = append(got, p.Path)
	}
	want := []string{
		"streams[1].name", "streams[1].window", "streams[1].fan_out", "streams[1].unread_ok[0]", "streams[1].kinds[1]",
		"streams[2].name", "streams[3].name", "streams[3].stale_after",
		"company.identifiers[1]", "company.recipients[1]",
		"codes.order_no", "codes.other", "codes.email",
		"grants[0].to", "grants[0].stream", "grants[0].kinds",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("problems (-want +got):\n%s\n%v", diff, err)
	}
}

func TestVersionFollowsContent(t *testing.T) {
	t.Parallel()
	a := compiled(t, Spec{Company: CompanySpec{Name: "例示商店"}})
	b := compiled(t, Spec{Company: CompanySpec{Name: "例示商店"}})
	c := compiled(t, Spec{Company: CompanySpec{Name: "見本商店"}})
	if a.Version != b.Version || a.Version == c.Version || len(a.Version) != 16 {
		t.Errorf("versions %s, %s, %s", a.Version, b.Version, c.Version)
	}
}

func TestCompany(t *testing.T) {
	t.Parallel()
	p := compiled(t, Spec{Company: CompanySpec{
		Identifiers: []string{"03-1234-5678", "support@shop.example", "name: 例示商店", "KK-00000000"},
		Recipients:  []string{"@staff.example", "archive@shop.example"},
	}})
	for addr, want := range map[string]bool{
		"a@staff.example": true, "A@STAFF.example": true, "a@sub.staff.example": false,
		"archive@shop.example": true, "other@shop.example": false, "": false, "staff.example": false,
	} {
		if got := p.Company.IsRecipient(addr); got != want {
			t.Errorf("IsRecipient(%q) = %v", addr, got)
		}
	}
	owns := func(k jp.Kind, v string) bool {
		normal, err := jp.Normal(k, v)
		if err != nil {
			t.Fatalf("normal %s: %v", k, err)
		}
		return p.Company.Owns(k, normal)
	}
	for _, c := range []struct {
		kind  jp.Kind
		value string
		want  bool
	}{
		{jp.Phone, "03(1234)5678", true},
		{jp.Phone, "03-1234-5679", false},
		{jp.Email, "support@shop.example", true},
		{jp.Email, "someone@staff.example", true},
		{jp.Email, "someone@shop.example", false},
		{jp.Name, "例示商店", true},
		{jp.OrderNo, "KK-00000000", true},
		{jp.OrderNo, "KK-00000001", false},
	} {
		if got := owns(c.kind, c.value); got != c.want {
			t.Errorf("Owns(%s, %s) = %v", c.kind, c.value, got)
		}
	}
}

func TestGrantEndsWithItsDay(t *testing.T) {
	t.Parallel()
	tokyo := time.FixedZone("Asia/Tokyo", 9*60*60)
	p := compiled(t, Spec{
		Location: tokyo,
		Streams:  []Stream{DefaultStream("order")},
		Grants: []GrantSpec{
			{To: "@carrier.example", Stream: "order", Kinds: []jp.Kind{jp.Name, jp.Phone}, Until: time.Date(2027, 3, 31, 0, 0, 0, 0, time.UTC)},
			{To: "seller@shop.example", Kinds: []jp.Kind{jp.Address}},
		},
	})
	last := time.Date(2027, 3, 31, 23, 59, 59, 0, tokyo)
	for _, c := range []struct {
		addr, stream string
		kind         jp.Kind
		at           time.Time
		want         bool
	}{
		{"x@carrier.example", "order", jp.Name, last, true},
		{"x@carrier.example", "order", jp.NameKana, last, true},
		{"x@carrier.example", "order", jp.NameLatin, last, true},
		{"x@carrier.example", "order", jp.Address, last, false},
		{"x@carrier.example", Default, jp.Name, last, false},
		{"x@carrier.example", "order", jp.Name, last.Add(time.Second), false},
		{"x@other.example", "order", jp.Name, last, false},
		{"seller@shop.example", "order", jp.Address, last.AddDate(9, 0, 0), true},
		{"seller@shop.example", Default, jp.Address, last, true},
	} {
		if got := p.Granted(c.addr, c.stream, c.kind, c.at); got != c.want {
			t.Errorf("Granted(%s, %s, %s, %s) = %v", c.addr, c.stream, c.kind, c.at, got)
		}
	}
}

func TestProviders(t *testing.T) {
	t.Parallel()
	p := compiled(t, Spec{})
	if n := len(p.providers); n < 200 {
		t.Errorf("only %d providers", n)
	}
	for domain, want := range map[string]bool{
		"gmail.com": true, "GMAIL.com": true, "docomo.ne.jp": true, "ezweb.ne.jp": true, "au.com": true, "softbank.ne.jp": true,
		"i.softbank.jp": true, "yahoo.co.jp": true, "outlook.jp": true, "icloud.com": true, "aa1.so-net.ne.jp": true, "a.plala.or.jp": true,
		"shop.example": false, "ne.jp": false, "com": false, "": false, "notgmail.com": false, "gmail.com.": true,
	} {
		if got := p.IsProvider(domain); got != want {
			t.Errorf("IsProvider(%q) = %v", domain, got)
		}
	}
	for domain := range p.providers {
		for i := range len(domain) {
			if domain[i] == '.' && p.IsProvider(domain[i+1:]) {
				t.Errorf("%s is already there by %s", domain, domain[i+1:])
			}
		}
	}
}

// What is declared covers the readings of a name, and files and links always.
func TestDeclares(t *testing.T) {
	t.Parallel()
	s := DefaultStream("order")
	if !s.Declares(jp.Birthday) {
		t.Error("a stream that declares nothing is not limited")
	}
	s.Kinds = []jp.Kind{jp.Name, jp.OrderNo}
	for k, want := range map[jp.Kind]bool{
		jp.Name: true, jp.NameKana: true, jp.NameLatin: true, jp.OrderNo: true, jp.Attachment: true, jp.Link: true,
		jp.Address: false, jp.Phone: false, jp.Email: false, jp.Other: false,
	} {
		if s.Declares(k) != want {
			t.Errorf("%v: %v", k, !want)
		}
	}
}
