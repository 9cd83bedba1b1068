package gate

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/kakitome/kakitome/internal/check"
	"github.com/kakitome/kakitome/internal/jp"
	"github.com/kakitome/kakitome/internal/policy"
)

// Kinds of alert the gate raises.
const (
	AlertHeld       = "held"       // a rule holds mail in a stream
	AlertObserved   = "would_hold" // a rule would hold mail in a stream that only observes
	AlertPaused     = "paused"     // a stream was paused, or would have been
	AlertRecalled   = "recalled"   // waiting mail was recalled
	AlertUndeclared = "undeclared" // mail carries a kind of data its stream does not declare
)

// consequences of a batch: recalls, pauses and alerts, each alert once.
type consequences struct {
	tx     Tx
	now    time.Time
	alerts map[Alert]int
}

func (c *consequences) mail(p *pending) error {
	if p.verdict.Duplicate != "" {
		return nil
	}
	stream, fx := p.examined.Stream, &p.verdict.Effects
	for i := range p.verdict.Recipients {
		c.held(stream, &p.verdict.Recipients[i])
		c.undeclared(stream, &p.verdict.Recipients[i])
	}
	if len(p.blocked) > 0 { // what came later was held at once: there is nothing more to find
		n, err := c.tx.Recall(c.now, p.blocked, check.FanOut)
		if err != nil {
			return fmt.Errorf("recall waiting mail: %w", err)
		}
		if n > 0 {
			c.alerts[recalledAlert(stream.Name)] += n
		}
	}
	if fx.Tripped == "" {
		return nil
	}
	c.alerts[pausedAlert(stream, fx.Tripped)]++
	if stream.Mode == policy.Observe || stream.Name == policy.IncidentStream {
		return nil
	}
	_, err := c.tx.Pause(c.now, Pause{Stream: stream.Name, On: true, Rule: fx.Tripped, By: "gate", Reason: "rule " + string(fx.Tripped)})
	if err != nil {
		return fmt.Errorf("pause stream %s: %w", stream.Name, err)
	}
	return nil
}

func (c *consequences) held(stream *policy.Stream, d *check.Decision) {
	if d.Waits {
		return
	}
	for _, rule := range rulesOf(d.Reasons) {
		c.alerts[heldAlert(stream, rule)]++
	}
}

// undeclared keeps the privacy notice true: what it does not say of a stream is
// told to the company, which corrects the one or the other. It holds no mail.
func (c *consequences) undeclared(stream *policy.Stream, d *check.Decision) {
	for i := range d.Exposures {
		if k := d.Exposures[i].Kind; !stream.Declares(k) {
			c.alerts[undeclaredAlert(stream.Name, k)]++
		}
	}
}

func (c *consequences) flush() error {
	alerts := make([]Alert, 0, len(c.alerts))
	for a := range c.alerts {
		alerts = append(alerts, a)
	}
	slices.SortFunc(alerts, func(a, b Alert) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Subject, b.Subject))
	})
	for _, a := range alerts {
		n := c.alerts[a]
		a.Count = n
		if err := c.tx.Alert(c.now, a); err != nil {
			return fmt.Errorf("raise alert %s: %w", a.Kind, err)
		}
	}
	return nil
}

func heldAlert(s *policy.Stream, rule check.Rule) Alert {
	a := Alert{Kind: AlertHeld, Subject: s.Name + "/" + string(rule)}
	if s.Mode == policy.Observe {
		a.Kind = AlertObserved
		a.Text = fmt.Sprintf("Rule %s would hold mail of stream %s, which only observes: it leaves. / ストリーム %s のメールが規則 %s に該当しましたが、観察のみのため送信されています。",
			rule, s.Name, s.Name, rule)
		return a
	}
	a.Text = fmt.Sprintf("Rule %s holds mail of stream %s. / ストリーム %s のメールを規則 %s により保留しました。", rule, s.Name, s.Name, rule)
	return a
}

func pausedAlert(s *policy.Stream, rule check.Rule) Alert {
	a := Alert{Kind: AlertPaused, Subject: s.Name}
	if s.Mode == policy.Observe {
		a.Text = fmt.Sprintf("Rule %s would pause stream %s, which only observes. / 規則 %s によりストリーム %s を停止すべき状況ですが、観察のみのため停止していません。", rule, s.Name, rule, s.Name)
		return a
	}
	a.Text = fmt.Sprintf("Stream %s is paused by rule %s until a person resumes it. / ストリーム %s を規則 %s により停止しました。再開には担当者の操作が必要です。", s.Name, rule, s.Name, rule)
	return a
}

func recalledAlert(stream string) Alert {
	return Alert{
		Kind: AlertRecalled, Subject: stream,
		Text: fmt.Sprintf("Waiting mail of stream %s was recalled. / ストリーム %s の送信待ちメールを取り戻しました。", stream, stream),
	}
}

func undeclaredAlert(stream string, k jp.Kind) Alert {
	return Alert{
		Kind: AlertUndeclared, Subject: stream + "/" + k.String(),
		Text: fmt.Sprintf("Mail of stream %s carries data of the kind %s, which its kinds, and so the privacy notice, do not name. / ストリーム %s のメールに、設定（kinds）とプライバシー通知にない種類の情報（%s）が含まれています。", stream, k, stream, k),
	}
}
