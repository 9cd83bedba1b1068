package mail

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestDetail(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		base, address, want string
		ok                  bool
	}{
		{"bounce@shop.example", "bounce+t0k3n@shop.example", "t0k3n", true},
		{"bounce@shop.example", "Bounce+T0K3N@SHOP.example", "t0k3n", true},
		{"bounce@shop.example", "bounce@shop.example", "", true},
		{"bounce@shop.example", "bounce+a+b@shop.example", "a+b", true},
		{"bounce@shop.example", "bounces@shop.example", "", false},
		{"bounce@shop.example", "bounce+t@other.example", "", false},
		{"bounce@shop.example", "bounce+t@shop.example.org", "", false},
		{"bounce@shop.example", "bounc@shop.example", "", false},
		{"bounce@shop.example", "", "", false},
		{"", "", "", false},
		{"bounce", "bounce", "", false},
		{"@shop.example", "@shop.example", "", false},
	} {
		if got, ok := Detail(c.base, c.address); ok != c.ok || ok && got != c.want {
			t.Errorf("%s of %s: %q, %v", c.address, c.base, got, ok)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		base := rapid.StringMatching(`[a-z.]{1,20}@[a-z]{1,9}\.example`).Draw(t, "base")
		detail := rapid.StringMatching(`[a-zA-Z0-9_+-]{1,40}`).Draw(t, "detail")
		if got, ok := Detail(base, WithDetail(base, detail)); !ok || got != strings.ToLower(detail) {
			t.Fatalf("%q, %v", got, ok)
		}
	})
}
