package incident

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/kakitome/kakitome/internal/fault"
)

const (
	maxText  = 4000 // characters of a remark or a fact
	maxFacts = 100
	// MostToldFirst is up to how many exposed persons must have been told before
	// the public is.
	MostToldFirst = 100
)

// may says why an event may not come next.
func (i *Incident) may(e *Event) error {
	switch {
	case len(i.Events) == 0 && e.Kind != Opened:
		return conflict("it was never opened")
	case len(i.Events) > 0 && e.Kind == Opened:
		return conflict("it is open already")
	case e.By == "":
		return invalid("nobody is named who does it")
	case utf8.RuneCountInString(e.Text) > maxText || len(e.Facts) > maxFacts:
		return invalid("the text is too long").WithHint("4000 characters")
	case !i.Open() && e.Kind != Noted && e.Kind != Clock && e.Kind != Asked && e.Kind != Reported && e.Kind != Resumed && e.Kind != Erased:
		return conflict("it is closed").WithHint("remarks, corrections of the clock and late reports may still be added; for anything else open a new one")
	}
	if check := steps[e.Kind]; check != nil {
		return check(i, e)
	}
	return invalid("there is no event of this kind")
}

// steps are the conditions of each kind of event.
var steps = map[Kind]func(*Incident, *Event) error{
	Opened: func(_ *Incident, e *Event) error {
		if !slices.Contains(Sources(), e.Source) {
			return invalid("it is not said how it became known").WithHint("alert, clerk, customer, mail, person, foreign, drill")
		}
		return nil
	},
	Clock:     mayClock,
	Paused:    needsStream,
	Resumed:   needsStream,
	Recalled:  always,
	Blocked:   always,
	Contained: always,
	Selected: func(_ *Incident, e *Event) error {
		if len(e.Selection) == 0 {
			return invalid("no mails are selected")
		}
		return nil
	},
	Scoped: func(i *Incident, e *Event) error {
		if e.Numbers == nil || e.Version != i.Scope+1 || e.Root == "" {
			return fault.New(fault.Internal, "note scope", "a scope has numbers, the next version and a root")
		}
		return nil
	},
	Facts: func(_ *Incident, e *Event) error {
		for k, v := range e.Facts {
			if strings.TrimSpace(k) == "" || utf8.RuneCountInString(v) > maxText {
				return invalid("a fact has no name, or is too long")
			}
		}
		return nil
	},
	Contacts: needsScope,
	Drafted:  mayDraft,
	Approved: mayApprove,
	Sent: func(i *Incident, e *Event) error {
		if e.Round < 1 || e.Round > len(i.Rounds) {
			return conflict("there is no such round of letters")
		}
		if r := i.Rounds[e.Round-1]; r.Sample == "" {
			return conflict("nobody has approved the letters")
		}
		return nil
	},
	Telephoned: needsScope,
	Unreachable: func(i *Incident, e *Event) error {
		if err := needsText(i, e); err != nil {
			return err
		}
		return needsScope(i, e)
	},
	Told:     needsScope,
	Override: needsText,
	PageReady: func(i *Incident, e *Event) error {
		if e.Version != i.Page+1 || e.Root == "" {
			return fault.New(fault.Internal, "note page", "a page has the next version and a hash")
		}
		return nil
	},
	Published: mayPublish,
	Reported: func(_ *Incident, e *Event) error {
		if e.Object == "" {
			return invalid("it is not said which report").WithHint("jp-preliminary, jp-final, eu-authority, …")
		}
		return nil
	},
	NoReport: needsText,
	Asked:    always,
	Reminded: always,
	Noted:    needsText,
	Closed:   mayClose,
	Erased: func(i *Incident, _ *Event) error {
		if i.Open() {
			return conflict("it is still open")
		}
		return nil
	},
}

func always(*Incident, *Event) error { return nil }

func mayClock(i *Incident, e *Event) error {
	switch {
	case e.Since.IsZero():
		return invalid("no time is given")
	case e.Since.After(e.At):
		return invalid("nobody knew before now what becomes known later")
	case i.done[Clock] && (e.Corrects != i.ClockN || e.Text == ""):
		return conflict("the clock was started already").WithHint("a later entry may correct it: say which entry, and why")
	}
	return nil
}

func needsStream(_ *Incident, e *Event) error {
	if e.Stream == "" {
		return invalid("no stream is named")
	}
	return nil
}

func needsText(_ *Incident, e *Event) error {
	if strings.TrimSpace(e.Text) == "" {
		return invalid("no reason is given")
	}
	return nil
}

func needsScope(i *Incident, _ *Event) error {
	if i.Scope == 0 {
		return conflict("it is not known yet whose data went to whom").WithHint("kakitome incident scope ID")
	}
	return nil
}

func mayDraft(i *Incident, e *Event) error {
	if e.Round != len(i.Rounds)+1 {
		return conflict("there is a newer round of letters")
	}
	return needsScope(i, e)
}

const anotherMust = "another person must: --as NAME, of those in incident.staff of the configuration"

// mayApprove wants four eyes: who drafted does not approve.
func mayApprove(i *Incident, e *Event) error {
	for _, r := range i.Rounds {
		switch e.Object {
		case ObjectSample(r.Number), ObjectLetters(r.Number):
			if Signer(e.By) == Signer(r.Drafted.By) && i.Source != Drill {
				return conflict("whoever made the letters does not approve them").WithHint(anotherMust)
			}
			if i.Superseded(r) {
				return conflict("these letters were made again").WithHint("approve the newest round")
			}
			if e.Root != r.Drafted.Root {
				return conflict("what the letters say was changed since they were made").WithHint("draft them again")
			}
			if e.Object == ObjectLetters(r.Number) && r.Sample == "" {
				return conflict("the first letters were not looked at yet").WithHint("approve the sample first")
			}
			return nil
		}
	}
	if e.Object == ObjectPage(i.Page) && i.Page > 0 {
		made := i.madePage()
		if Signer(made.By) == Signer(e.By) && i.Source != Drill {
			return conflict("whoever made the page does not approve it").WithHint(anotherMust)
		}
		if e.Root != made.Root {
			return conflict("the page changed since it was shown")
		}
		return nil
	}
	return conflict("there is nothing of that name to approve").WithHint("sample N, letters N, page N, each the newest")
}

func (i *Incident) madePage() Event {
	for _, e := range slices.Backward(i.Events) {
		if e.Kind == PageReady {
			return e
		}
	}
	return Event{}
}

// mayPublish wants up to a hundred exposed persons told first (Count of those
// who were not), unless an officer says why not.
func mayPublish(i *Incident, e *Event) error {
	switch {
	case e.Version != i.Page || i.Page == 0:
		return conflict("only the newest version of the page can be published")
	case i.ApprovedBy(ObjectPage(e.Version)) == "":
		return conflict("nobody has approved the page")
	case e.Count > 0 && !i.Overridden(Publication):
		return conflict("exposed persons were not told yet").
			WithHint("write to them or phone them first, or override with a reason; deletion requests need not wait")
	}
	return nil
}

func mayClose(i *Incident, e *Event) error {
	var missing []string
	for _, need := range []struct {
		done bool
		what string
	}{
		{i.done[Contained], "contained"}, {i.Scope > 0, "scoped"}, {i.done[Told], "told"},
		{i.done[Reported] || i.done[NoReport], "reported (or decided that no report is due)"},
		{i.Facts["cause"] != "", "a cause (fact cause)"}, {i.Facts["measures"] != "", "measures (fact measures)"},
	} {
		if !need.done {
			missing = append(missing, need.what)
		}
	}
	if len(missing) > 0 {
		return conflict("it cannot be closed yet").WithHint("missing: " + strings.Join(missing, ", "))
	}
	return nil
}

func conflict(why string) *fault.Error { return fault.New(fault.Conflict, "go on with incident", why) }
func invalid(why string) *fault.Error  { return fault.New(fault.Invalid, "go on with incident", why) }
