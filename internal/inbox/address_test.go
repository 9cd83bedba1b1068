package inbox

import "testing"

func TestIsDetail(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		base, address string
		want          bool
	}{
		{"bounce@shop.example", "bounce+t0k3n@shop.example", true},
		{"bounce@shop.example", "Bounce+T0K3N@SHOP.example", true},
		{"bounce@shop.example", "bounce@shop.example", true},
		{"bounce@shop.example", "bounce+a+b@shop.example", true},
		{"bounce@shop.example", "bounces@shop.example", false},
		{"bounce@shop.example", "bounce+t@other.example", false},
		{"bounce@shop.example", "bounce+t@shop.example.org", false},
		{"bounce@shop.example", "bounc@shop.example", false},
		{"bounce@shop.example", "a@b@shop.example", false},
		{"", "bounce@shop.example", false},
		{"", "a@", false},
	} {
		if got := isDetail(c.base, c.address); got != c.want {
			t.Errorf("%s of %s: %v", c.address, c.base, got)
		}
	}
}
