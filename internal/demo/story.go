package demo

import (
	"fmt"
	"io"
	"strings"
)

// What happened in the real incidents: medians of 111, of those where it is
// known (bursts; first wrong mail to noticed, n = 23, and to stopped, n = 8).
const (
	medianNoticed = "30 min"
	medianStopped = "4 h 28 min"
	medianLetter  = "2 h 51 min"
	medianPublic  = "1 day"
)

// Tell tells what was measured, for a person to read.
func Tell(w io.Writer, f *Figures) error {
	s := &story{}
	s.line("例示商店, a member shop, July 2019. One member's order confirmation goes to everybody.")
	s.line("%s members with name, kana, address, phone, mail; roster imported in %s.", commas(f.Members), took(f.ImportSeconds))
	s.normal(&f.Normal)
	s.enforce(&f.Enforce)
	s.observe(&f.Observe)
	s.response(&f.Response)
	s.guest(&f.Guest)
	s.end(f)
	_, err := io.WriteString(w, s.text.String())
	if err != nil {
		return fmt.Errorf("tell story: %w", err)
	}
	return nil
}

// story is the text as it grows.
type story struct{ text strings.Builder }

func (s *story) line(format string, args ...any) { fmt.Fprintf(&s.text, format+"\n", args...) }

// fact is a line of a figure with what is to be said about it. Figures stand
// below each other.
func (s *story) fact(what string, n int, more string) {
	s.line("%s", strings.TrimRight(fmt.Sprintf("  %-34s%8s  %s", what, commas(n), more), " "))
}

func (s *story) heading(ja, en string, seconds float64) {
	s.line("\n%s  %s  (%s)", ja, en, took(seconds))
}

func (s *story) normal(n *Normal) {
	s.heading("一　いつもの一日", "A normal day, enforce", n.Seconds)
	s.fact("mails", n.Sent, fmt.Sprintf("of %s orders, %d of them gifts", commas(n.Orders), n.Gifts))
	s.fact("delivered", n.Delivered, "byte for byte")
	s.fact("held", n.Held, "")
}

func (s *story) enforce(e *Enforce) {
	s.heading("二　七月三日", "The defect, enforce", e.Seconds)
	s.fact("wrong mails", e.WrongSent, fmt.Sprintf("in %s over %d connections", took(e.SendSeconds), min(connections, e.WrongSent+1)))
	s.fact("delivered", e.WrongDelivered, "")
	s.fact("held", e.Held, fmt.Sprintf("%s name the buyer and rule ownership; %d read in full", commas(e.Explained), e.Read))
	if e.Example != "" {
		s.line("    “%s”", e.Example)
		s.line("    「%s」", e.ExampleJa)
	}
	s.fact("the buyer's own mail delivered", e.RightDelivered, "")
	s.fact("other orders delivered meanwhile", e.MeanwhileDelivered, fmt.Sprintf("of %d", e.MeanwhileSent))
	s.fact("discarded with one command", e.Discarded, "in "+took(e.DiscardSeconds))
	s.line("    kakitome held discard --where rule=ownership,stream=%s --reason …", streamOrder)
}

func (s *story) observe(o *Observe) {
	s.heading("三　もし見ているだけなら", "The same, observe", o.Seconds)
	s.fact("wrong mails", o.WrongSent, "in "+took(o.SendSeconds))
	s.fact("delivered", o.WrongDelivered, "")
	if o.AlarmSeconds >= 0 {
		s.line("  %-34s%8s  after the first wrong mail", "the alarm sounds", took(o.AlarmSeconds))
	}
	exactly := "exactly those whose mailbox has it"
	if !o.ExposureExact {
		exactly = "NOT those whose mailbox has it"
	}
	s.fact("recipients the ledger names", o.ExposureOthers, fmt.Sprintf("%s, in %s", exactly, took(o.ExposureSeconds)))
	s.line("    kakitome ledger exposure --person %s", o.Person)
}

func (s *story) response(r *Response) {
	if r.Letters == 0 {
		return
	}
	s.heading("四　送ってしまったあと", "The response", r.Seconds)
	s.line("  %-34s%8s  %s", "", "here", "median of the real incidents (first wrong mail to …)")
	row := func(what, here, real string) { s.line("  %-34s%8s  %s", what, here, real) }
	row("noticed", took(r.DetectSeconds), medianNoticed)
	row("stopped, once a person says so", took(r.StopSeconds), medianStopped)
	row("scope, exact", took(r.ScopeSeconds), "–")
	row("scope, computed again", took(r.ScopeCheckedSeconds), "–")
	row("letters ready to be approved", took(r.LettersReadySeconds), "–")
	row("all letters in their mailboxes", took(r.LettersSentSeconds), medianLetter+" (the first)")
	row("page public, once approved", took(r.PageSeconds), medianPublic)
	s.fact("persons exposed", r.Persons, fmt.Sprintf("to %s recipients, exactly; two computations agree: %v", commas(r.Recipients), r.Agreed))
	s.fact("letters", r.LettersSent, fmt.Sprintf("one a mailbox; with leaked values: %d", r.LettersWithLeakedValues))
	s.fact("answers so far", r.ConfirmedUnread+r.ConfirmedDeleted, fmt.Sprintf("%d deleted unread (PPC Q&A 6-1), %d deleted", r.ConfirmedUnread, r.ConfirmedDeleted))
	s.fact("duties of the law", r.Duties, fmt.Sprintf("report drafted: %d lines, %d of its statements still unknown; a person checks it", r.ReportLines, r.ReportUnknown))
	s.fact("would be stopped now", r.ReplayStopped, fmt.Sprintf("of %s wrong mails, replayed in %s", commas(r.ReplayWrong), took(r.ReplaySeconds)))
	s.fact("entries of the course", r.Events, "the incident is "+r.State)
}

func (s *story) guest(g *Guest) {
	s.heading("五　名簿にない人", "A guest nobody registered, enforce", g.Seconds)
	of := fmt.Sprintf("of %s wrong mails", commas(g.WrongSent))
	s.fact("delivered, the guest served first", g.WrongDelivered, fmt.Sprintf("%s (at most fan_out, %d)", of, g.FanOut))
	s.fact("delivered, the guest served last", g.WrongDeliveredStrangersFirst, fmt.Sprintf("%s (at most fan_out + 1)", of))
	back := ""
	if g.HeldWithHoldFor > 0 {
		back = ", the first ones called back"
	}
	s.fact("delivered, with hold_for "+holdFor.String(), g.WrongDeliveredWithHoldFor, of+back)
}

func (s *story) end(f *Figures) {
	e := &f.Evidence
	s.heading("六　証拠", "The evidence log", e.Seconds)
	verified := "recomputed and verified"
	if !e.Verified {
		verified = "NOT verified"
	}
	s.fact("entries", int(e.Entries), verified)
	if f.OK {
		s.line("\n約束はすべて守られました。 Every promise was kept, in %s.", took(f.Seconds))
		return
	}
	s.line("\n守られなかった約束があります。 Broken promises, in %s:", took(f.Seconds))
	for _, b := range f.Broken {
		s.line("  - %s", b)
	}
}

// took is a time in seconds, short.
func took(seconds float64) string {
	if seconds < 0.1 {
		return fmt.Sprintf("%.0f ms", seconds*1000)
	}
	return fmt.Sprintf("%.1f s", seconds)
}

func commas(n int) string {
	if n < 1000 {
		return fmt.Sprint(n)
	}
	return fmt.Sprintf("%s,%03d", commas(n/1000), n%1000)
}
