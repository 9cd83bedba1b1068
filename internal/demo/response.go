package demo

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/kakitome/kakitome/client"
	"github.com/kakitome/kakitome/internal/check"
	"github.com/kakitome/kakitome/internal/gate"
	"github.com/kakitome/kakitome/internal/mail"
)

// confirming is how many of those who got a wrong mail answer within the drill.
const confirming = 40

// responded: what was sent is answered for. An officer and a second person run
// the response to what the stream that only observes has let go.
func (d *drill) responded(ctx context.Context) error {
	if d.o.Recipients == 0 {
		return nil
	}
	began, r := time.Now(), &d.f.Response
	r.DetectSeconds = d.f.Observe.AlarmSeconds
	for _, step := range []func(context.Context) error{d.stop, d.scope, d.write, d.send, d.publish, d.confirm, d.report, d.replay, d.finish} {
		if err := step(ctx); err != nil {
			return fmt.Errorf("response: %w", err)
		}
	}
	r.Seconds = seconds(began)
	return nil
}

// stop opens the incident from the alarm and stops the stream.
func (d *drill) stop(ctx context.Context) error {
	alerts, err := d.staff.Alerts(ctx, true)
	if err != nil {
		return fmt.Errorf("list alerts: %w", err)
	}
	alert := ""
	for _, a := range alerts {
		if a.Kind == gate.AlertObserved && a.Subject == streamObserve+"/"+string(check.Ownership) {
			alert = a.ID
		}
	}
	began := time.Now()
	i, err := d.officer.OpenIncident(ctx, client.OpenIncident{
		Source: "alert", Title: "注文確認メールの誤送信", Selections: client.Selections{Alert: alert},
	})
	if err != nil {
		return fmt.Errorf("open incident: %w", err)
	}
	d.incident = i.ID
	done, err := d.officer.Contain(ctx, i.ID, streamObserve)
	if err != nil {
		return fmt.Errorf("contain: %w", err)
	}
	d.f.Response.StopSeconds = seconds(began)
	st, err := d.stream(ctx, streamObserve)
	if err != nil {
		return err
	}
	d.f.promise(st.Paused && len(done.Paused) == 1, "response: stream %s is stopped", streamObserve)
	return nil
}

// scope says whose data went to whom, and holds it against the mailboxes.
func (d *drill) scope(ctx context.Context) error {
	r, began := &d.f.Response, time.Now()
	s, err := d.officer.Scope(ctx, d.incident)
	if err != nil {
		return fmt.Errorf("scope: %w", err)
	}
	r.ScopeSeconds, r.ScopeCheckedSeconds = s.FirstSeconds, seconds(began)
	r.Persons, r.Recipients, r.Agreed = s.Numbers.Persons.Most, s.Numbers.Recipients.Most, s.Reassure
	d.f.equal("response: persons whose data went out", r.Persons, 1)
	d.f.equal("response: recipients in the scope", r.Recipients, d.f.Observe.WrongDelivered)
	d.f.promise(s.Numbers.Persons.Least == s.Numbers.Persons.Most && s.Numbers.Recipients.Least == s.Numbers.Recipients.Most, "response: the scope is exact")
	d.f.promise(r.Agreed, "response: two computations agree: %s", s.Why)
	return nil
}

// write makes the letters: to the buyer, and to all who got the buyer's mail.
func (d *drill) write(ctx context.Context) error {
	began, buyer := time.Now(), d.shop.members[observedVictim]
	facts := map[string]string{
		"title_en":   "Order confirmations sent to wrong recipients",
		"outline":    "会員のお一人のご注文確認メールが、別の会員の方々に送られました。",
		"outline_en": "The order confirmation of one member was sent to other members.",
		"not_leaked": "クレジットカード番号、パスワード、本人確認書類", "not_leaked_en": "card numbers, passwords, identity documents",
		"cause": "宛先を決めるプログラムの不具合", "cause_en": "a defect of the program that finds the recipients",
		"measures": "送信前に、内容と宛先の一致を一通ごとに確かめる", "measures_en": "before it leaves, each mail is checked for whose data it holds",
		"advice": "心当たりのない連絡にご注意ください。", "advice_en": "Please be wary of messages you do not expect.",
		"secondary": "現時点で確認されていません。", "secondary_en": "None is known so far.",
	}
	if _, err := d.officer.Act(ctx, d.incident, "fact", client.IncidentAct{Facts: facts}); err != nil {
		return fmt.Errorf("state facts: %w", err)
	}
	var contacts bytes.Buffer
	w := csv.NewWriter(&contacts)
	err := w.WriteAll([][]string{{"person_id", "email", "name"}, {buyer.No, buyer.Email, buyer.Name()}})
	if err != nil {
		return fmt.Errorf("write contacts: %w", err)
	}
	taken, err := d.officer.ImportContacts(ctx, d.incident, &contacts)
	if err != nil {
		return fmt.Errorf("import contacts: %w", err)
	}
	d.f.equal("response: contacts taken", taken.Taken, 1)
	round, err := d.officer.DraftLetters(ctx, d.incident, "first")
	if err != nil {
		return fmt.Errorf("draft letters: %w", err)
	}
	r := &d.f.Response
	r.LettersReadySeconds, r.Letters = seconds(began), round.Letters
	d.f.equal("response: letters ready", r.Letters, d.o.Recipients+1)
	return nil
}

// send has a second person look at the first letters, and then at all.
func (d *drill) send(ctx context.Context) error {
	r := &d.f.Response
	sample, err := d.second.Letters(ctx, d.incident, true)
	if err != nil {
		return fmt.Errorf("look at letters: %w", err)
	}
	d.f.promise(len(sample) > 0 && len(sample) <= 20, "response: up to 20 letters are looked at first (%d)", len(sample))
	began := time.Now()
	for _, step := range []struct {
		object string
		want   int
	}{{"sample 1", len(sample)}, {"letters 1", r.Letters}} {
		if _, err := d.second.Act(ctx, d.incident, "approve", client.IncidentAct{Object: step.object}); err != nil {
			return fmt.Errorf("approve %s: %w", step.object, err)
		}
		if err := d.wait(ctx, func() bool {
			n := d.relay.lettersArrived()
			d.o.Progress("letters", n, r.Letters)
			return n >= step.want
		}); err != nil {
			return fmt.Errorf("wait for letters: %d of %d: %w", d.relay.lettersArrived(), step.want, err)
		}
	}
	r.LettersSentSeconds = seconds(began)
	return d.weigh()
}

// weigh reads all letters that arrived: one each, and none with anything of
// anybody.
func (d *drill) weigh() error {
	r, buyer := &d.f.Response, d.shop.members[observedVictim]
	letters := d.relay.letters()
	twice := 0
	for to, list := range letters {
		r.LettersSent += len(list)
		if len(list) != 1 {
			twice++
		}
		for _, raw := range list {
			if leaks(raw, buyer, to) {
				r.LettersWithLeakedValues++
			}
		}
	}
	d.f.equal("response: letters sent", r.LettersSent, r.Letters)
	d.f.equal("response: mailboxes with more than one letter", twice, 0)
	d.f.equal("response: letters with leaked values", r.LettersWithLeakedValues, 0)
	d.f.promise(len(letters[buyer.Email]) == 1, "response: the buyer was told")
	return nil
}

// leaks tells whether a letter names a customer, or gives anything of theirs;
// the address it goes to stands in To alone.
func leaks(raw []byte, c *customer, to string) bool {
	text := textOf(raw)
	for _, v := range []string{c.Name(), c.Family + c.Given, c.Mobile, strings.ReplaceAll(c.Mobile, "-", ""), c.Address(), c.Kana(), c.No, c.Email, to} {
		if v != "" && strings.Contains(text, v) {
			return true
		}
	}
	return false
}

// publish puts the page up, and looks at it as anybody would.
func (d *drill) publish(ctx context.Context) error {
	page, err := d.officer.DraftPage(ctx, d.incident, client.IncidentAct{})
	if err != nil {
		return fmt.Errorf("draft page: %w", err)
	}
	began := time.Now()
	if _, err := d.second.Act(ctx, d.incident, "approve", client.IncidentAct{Object: fmt.Sprintf("page %d", page.Version)}); err != nil {
		return fmt.Errorf("approve page: %w", err)
	}
	if _, err := d.officer.Act(ctx, d.incident, "publish", client.IncidentAct{}); err != nil {
		return fmt.Errorf("publish page: %w", err)
	}
	err = d.wait(ctx, func() bool {
		text, err := d.get(ctx, "/ja/")
		return err == nil && strings.Contains(text, d.incident)
	})
	if err != nil {
		return fmt.Errorf("wait for page: %w", err)
	}
	d.f.Response.PageSeconds = seconds(began)
	return nil
}

var confirmLink = regexp.MustCompile(`/ja/confirm/([0-9a-z]{22,})`)

// confirm has some of those who got a wrong mail answer by their letter's page.
func (d *drill) confirm(ctx context.Context) error {
	r := &d.f.Response
	letters := d.relay.letters()
	boxes := slices.Sorted(maps.Keys(letters))
	var tokens []string
	for _, to := range boxes {
		if m := confirmLink.FindStringSubmatch(textOf(letters[to][0])); m != nil && len(tokens) < confirming {
			tokens = append(tokens, m[1])
		}
	}
	var wg sync.WaitGroup
	errs := make([]error, len(tokens))
	for i, token := range tokens {
		wg.Go(func() { errs[i] = d.answer(ctx, token, i%4 == 3) })
	}
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return fmt.Errorf("answer: %w", err)
		}
	}
	rounds, err := d.officer.LetterRounds(ctx, d.incident)
	if err != nil {
		return fmt.Errorf("count answers: %w", err)
	}
	for _, round := range rounds {
		r.ConfirmedUnread += round.States["confirmed_unread"]
		r.ConfirmedDeleted += round.States["confirmed_deleted"]
	}
	d.f.equal("response: confirmations counted", r.ConfirmedUnread+r.ConfirmedDeleted, len(tokens))
	return nil
}

// answer fills in the four questions as a recipient does.
func (d *drill) answer(ctx context.Context, token string, opened bool) error {
	reply := url.Values{"deleted": {"yes"}, "opened": {"no"}, "passed": {"no"}, "device": {"smartphone"}}
	if opened {
		reply.Set("opened", "yes")
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, d.site()+"/ja/confirm/"+token, strings.NewReader(reply.Encode()))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	if _, err := io.Copy(io.Discard, io.LimitReader(resp.Body, mostMail)); err != nil {
		return err
	}
	if resp.StatusCode >= http.StatusBadRequest {
		return fmt.Errorf("the page answers %s", resp.Status)
	}
	return nil
}

// report drafts what goes to the authority.
func (d *drill) report(ctx context.Context) error {
	draft, err := d.officer.Report(ctx, d.incident, client.IncidentAct{Law: "jp-preliminary"})
	if err != nil {
		return fmt.Errorf("draft report: %w", err)
	}
	deadlines, err := d.officer.Deadlines(ctx, d.incident)
	if err != nil {
		return fmt.Errorf("deadlines: %w", err)
	}
	r := &d.f.Response
	r.ReportLines = strings.Count(draft.Text, "\n")
	r.ReportUnknown = strings.Count(draft.Text, "不明（調査中）")
	for _, x := range deadlines {
		if x.Applies != "no" {
			r.Duties++
		}
	}
	d.f.promise(strings.Contains(draft.Text, "下書き"), "response: the report says that it is a draft")
	return nil
}

// replay shows that the same mails would be stopped now.
func (d *drill) replay(ctx context.Context) error {
	p, err := d.officer.Replay(ctx, d.incident)
	if err != nil {
		return fmt.Errorf("replay: %w", err)
	}
	r := &d.f.Response
	r.ReplayWrong, r.ReplayStopped, r.ReplaySeconds = p.Wrong, p.Stopped, p.Seconds
	d.f.equal("response: wrong mails that would be stopped now", r.ReplayStopped, d.f.Observe.WrongDelivered)
	return nil
}

// finish closes the response and lets the stream go on.
func (d *drill) finish(ctx context.Context) error {
	for _, step := range []struct {
		act string
		a   client.IncidentAct
	}{
		{"told", client.IncidentAct{}},
		{"reported", client.IncidentAct{Object: "jp-preliminary", Receipt: "drill"}},
		{"resume", client.IncidentAct{Stream: streamObserve, Text: "the defect is mended"}},
		{"close", client.IncidentAct{}},
	} {
		if _, err := d.officer.Act(ctx, d.incident, step.act, step.a); err != nil {
			return fmt.Errorf("%s: %w", step.act, err)
		}
	}
	i, err := d.officer.Incident(ctx, d.incident)
	if err != nil {
		return fmt.Errorf("show incident: %w", err)
	}
	d.f.Response.State, d.f.Response.Events = i.State, len(i.Events)
	d.f.promise(i.State == "closed", "response: the incident is closed (%s)", i.State)
	return nil
}

// site is where the public pages are.
func (d *drill) site() string { return "http://" + d.app.PublicAddr() }

func (d *drill) get(ctx context.Context, path string) (string, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, d.site()+path, nil)
	if err != nil {
		return "", err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", err
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(io.LimitReader(resp.Body, mostMail))
	return string(text), err
}

// wait asks again until it is so.
func (d *drill) wait(ctx context.Context, so func() bool) error {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !so() {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// textOf is all text of a letter: its subject and its body.
func textOf(raw []byte) string {
	var b strings.Builder
	m := mail.Parse(raw, mail.Limits{})
	b.WriteString(m.Root.Get("Subject") + "\n")
	_ = m.Walk(func(p *mail.Part, _ []int) error {
		b.WriteString(p.Text + "\n")
		return nil
	})
	return b.String()
}
