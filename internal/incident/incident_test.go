package incident_test

import (
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/kakitome/kakitome/internal/fault"
	"github.com/kakitome/kakitome/internal/incident"
)

var noon = time.Date(2026, 11, 22, 14, 19, 0, 0, time.FixedZone("JST", 9*3600))

// course is an incident that goes on event by event.
type course struct {
	t *testing.T
	*incident.Incident
	at time.Time
}

func begin(t *testing.T) *course {
	t.Helper()
	i, err := incident.Fold(nil)
	if err != nil {
		t.Fatal(err)
	}
	c := &course{t, i, noon}
	c.do(incident.Event{Kind: incident.Opened, Source: incident.FromCustomer})
	return c
}

func (c *course) try(e incident.Event) error {
	c.at = c.at.Add(time.Minute)
	e.At = c.at
	if e.By == "" {
		e.By = "hana"
	}
	_, err := c.Next(e)
	return err
}

func (c *course) do(e incident.Event) {
	c.t.Helper()
	if err := c.try(e); err != nil {
		c.t.Fatalf("%s: %v", e.Kind, err)
	}
}

func (c *course) refused(kind fault.Kind, e incident.Event) {
	c.t.Helper()
	before := len(c.Events)
	err := c.try(e)
	if err == nil || fault.KindOf(err) != kind {
		c.t.Errorf("%s: %v, want it refused as %v", e.Kind, err, kind)
	}
	if len(c.Events) != before {
		c.t.Errorf("%s was refused and written", e.Kind)
	}
}

func (c *course) scoped(unread int) {
	c.t.Helper()
	c.do(incident.Event{Kind: incident.Scoped, Version: c.Scope + 1, Root: "ab", Agreed: true, Numbers: &incident.Numbers{
		Persons: incident.Bounds{Least: 1, Most: 1}, Recipients: incident.Bounds{Least: 5000, Most: 5000}, Unread: unread,
	}})
}

func TestStatesFollowEachOther(t *testing.T) {
	t.Parallel()
	c := begin(t)
	want := func(s incident.State) {
		t.Helper()
		if c.State != s {
			t.Errorf("state %v, want %v", c.State, s)
		}
	}
	want(incident.Found)
	// A report may come before the letters; the state waits for what lies between.
	c.do(incident.Event{Kind: incident.Reported, Object: "jp-preliminary"})
	want(incident.Found)
	c.do(incident.Event{Kind: incident.Paused, Stream: "order"})
	c.do(incident.Event{Kind: incident.Contained})
	want(incident.IsContained)
	c.scoped(0)
	want(incident.IsScoped)
	c.refused(fault.Conflict, incident.Event{Kind: incident.Closed})
	c.do(incident.Event{Kind: incident.Told})
	want(incident.IsReported)
	c.do(incident.Event{Kind: incident.Facts, Facts: map[string]string{"cause": "a shifted column", "measures": "kakitome enforces"}})
	c.do(incident.Event{Kind: incident.Closed})
	want(incident.IsClosed)
	c.refused(fault.Conflict, incident.Event{Kind: incident.Told})
	c.do(incident.Event{Kind: incident.Noted, Text: "later"})
	c.do(incident.Event{Kind: incident.Erased})
}

func TestClockIsCorrectedOnlyByALaterEntry(t *testing.T) {
	t.Parallel()
	c := begin(t)
	phoned := noon.Add(-time.Hour)
	c.refused(fault.Invalid, incident.Event{Kind: incident.Clock, Since: noon.Add(time.Hour)})
	c.do(incident.Event{Kind: incident.Clock, Since: phoned, Text: "a customer phoned"})
	c.refused(fault.Conflict, incident.Event{Kind: incident.Clock, Since: noon})
	c.refused(fault.Conflict, incident.Event{Kind: incident.Clock, Since: noon, Corrects: 1, Text: "not that one"})
	c.do(incident.Event{Kind: incident.Clock, Since: phoned.Add(-time.Minute), Corrects: 2, Text: "the telephone's own record"})
	if !c.ClockAt.Equal(phoned.Add(-time.Minute)) || c.ClockN != 3 || !c.Events[1].Since.Equal(phoned) {
		t.Errorf("clock %v by %d, first entry %v", c.ClockAt, c.ClockN, c.Events[1].Since)
	}
}

func TestFourEyes(t *testing.T) {
	t.Parallel()
	c := begin(t)
	c.refused(fault.Conflict, incident.Event{Kind: incident.Drafted, Round: 1}) // no scope
	c.scoped(0)
	c.do(incident.Event{Kind: incident.Drafted, Round: 1, Count: 5000})
	sample, all := incident.ObjectSample(1), incident.ObjectLetters(1)
	c.refused(fault.Conflict, incident.Event{Kind: incident.Approved, Object: sample}) // the same person
	c.refused(fault.Conflict, incident.Event{Kind: incident.Approved, Object: all, By: "ken"})
	c.refused(fault.Conflict, incident.Event{Kind: incident.Sent, Round: 1, Count: 20})
	c.do(incident.Event{Kind: incident.Approved, Object: sample, By: "ken"})
	c.do(incident.Event{Kind: incident.Sent, Round: 1, Count: 20})
	c.do(incident.Event{Kind: incident.Approved, Object: all, By: "ken"})
	c.do(incident.Event{Kind: incident.Sent, Round: 1, Count: 4980})
	if r := c.Rounds[0]; r.Sent != 5000 || r.Sample != "ken" || r.All != "ken" {
		t.Errorf("round %+v", r)
	}
	c.refused(fault.Conflict, incident.Event{Kind: incident.Approved, Object: "letters 2", By: "ken"})
}

func TestPageWaitsForTheExposed(t *testing.T) {
	t.Parallel()
	c := begin(t)
	page := func(by string) incident.Event {
		return incident.Event{Kind: incident.Approved, Object: incident.ObjectPage(1), Root: "cd", By: by}
	}
	c.do(incident.Event{Kind: incident.PageReady, Version: 1, Root: "cd"})
	c.refused(fault.Conflict, incident.Event{Kind: incident.Published, Version: 1})
	c.refused(fault.Conflict, page("hana"))
	changed := page("ken")
	changed.Root = "ef"
	c.refused(fault.Conflict, changed)
	c.do(page("ken"))
	c.refused(fault.Conflict, incident.Event{Kind: incident.Published, Version: 1, Count: 1})
	c.refused(fault.Invalid, incident.Event{Kind: incident.Override, Object: incident.Publication})
	c.do(incident.Event{Kind: incident.Override, Object: incident.Publication, Text: "her number is dead"})
	c.do(incident.Event{Kind: incident.Published, Version: 1, Count: 1})
}

func TestUnreadMeansNoReassurance(t *testing.T) {
	t.Parallel()
	c := begin(t)
	c.scoped(1)
	if c.Agreed {
		t.Error("agreed, though something that left is unread")
	}
	c.scoped(0)
	if !c.Agreed || c.Scope != 2 {
		t.Errorf("scope %d agreed %v", c.Scope, c.Agreed)
	}
}

// What was let in makes the same incident when it is read again, and what was
// refused left no trace.
func TestFoldIsNext(t *testing.T) {
	t.Parallel()
	kinds := []incident.Kind{
		incident.Opened, incident.Clock, incident.Paused, incident.Resumed, incident.Recalled, incident.Blocked, incident.Contained, incident.Selected,
		incident.Scoped, incident.Facts, incident.Contacts, incident.Drafted, incident.Approved, incident.Sent, incident.Telephoned, incident.Told,
		incident.Override, incident.PageReady, incident.Published, incident.Reported, incident.NoReport, incident.Asked, incident.Noted, incident.Closed, incident.Erased, "x",
	}
	rapid.Check(t, func(t *rapid.T) {
		live, err := incident.Fold(nil)
		if err != nil {
			t.Fatal(err)
		}
		at := noon
		for range rapid.IntRange(0, 60).Draw(t, "events") {
			at = at.Add(time.Duration(rapid.IntRange(-5, 60).Draw(t, "minutes")) * time.Minute)
			number := rapid.IntRange(0, 3).Draw(t, "number")
			e := incident.Event{
				Kind: rapid.SampledFrom(kinds).Draw(t, "kind"), At: at, By: rapid.SampledFrom([]string{"", "hana", "ken"}).Draw(t, "by"),
				Source: rapid.SampledFrom(append(incident.Sources(), "")).Draw(t, "source"), Version: number, Round: number, Corrects: number, Count: number,
				Text: rapid.SampledFrom([]string{"", "so"}).Draw(t, "text"), Stream: "order", Root: "ab", Since: at, Numbers: &incident.Numbers{},
				Object:    rapid.SampledFrom([]string{"", "sample 1", "letters 1", "page 1", incident.Publication}).Draw(t, "object"),
				Selection: json.RawMessage("{}"), Facts: map[string]string{"cause": "so", "measures": "so"},
			}
			n := len(live.Events)
			if _, err := live.Next(e); err != nil {
				var f *fault.Error
				if !errors.As(err, &f) || len(live.Events) != n {
					t.Fatalf("%v, and %d events for %d", err, len(live.Events), n)
				}
			}
		}
		again, err := incident.Fold(live.Events)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(live.Events, again.Events); diff != "" || live.State != again.State || live.Scope != again.Scope || !live.ClockAt.Equal(again.ClockAt) {
			t.Fatalf("read again it is another: %s", diff)
		}
	})
}
