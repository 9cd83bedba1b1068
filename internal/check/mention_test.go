package check_test

import (
	"testing"

	"github.com/kakitome/kakitome/internal/check"
	"github.com/kakitome/kakitome/internal/jp"
	"github.com/kakitome/kakitome/internal/policy"
)

// TestHeldIsNotUsual: a mail held because mentions have jumped does not add to
// what is usual in its stream; one that is only observed does, for it left.
func TestHeldIsNotUsual(t *testing.T) {
	t.Parallel()
	w := &town{people: [][]item{{{jp.Email, "p0@example.net"}, {jp.Name, "山田太郎"}}, {{jp.Email, "p1@example.net"}, {jp.Name, "佐藤花子"}}}}
	for _, mode := range []policy.Mode{policy.Enforce, policy.Observe} {
		o := newOffice(t, w, orders(func(s *policy.Stream) { s.Mode, s.MentionJump = mode, 0.1 }))
		o.counts.Streams["order"] = &check.StreamCounts{Recent: make([]check.Outcome, 200), Week: check.Share{Mails: 400, Mentions: 30}}
		for i := range 30 {
			o.counts.Streams["order"].Recent[i].Mention = true
		}
		_, v := o.judge(letter{to: []string{"p0@example.net"}, values: []item{{jp.Name, "佐藤花子様"}}})
		d := &v.Recipients[0]
		if len(d.Reasons) != 1 || d.Reasons[0].Detail != "mentions" || d.Hold != (mode == policy.Enforce) {
			t.Fatalf("%v: the jump was not seen: %+v", mode, d)
		}
		if got := o.counts.Streams["order"].Week.Mentions; got != 30+count(mode == policy.Observe) {
			t.Errorf("%v: %d mentions in the week", mode, got)
		}
	}
}
