// Package attribution weighs whether a strange mail that people got is the same
// leak as an incident, and which hand-off of data it came from.
//
// It keeps true: what is said is on a scale of three (confirmed, possible, not
// confirmed at present), and follows from counts by tests whose error is known;
// silence of few canaries, reports of people who were told, and mails older
// than the incident never make a connection more certain. That there is none is
// never said: no count can show it.
//
// The tests are Fisher's exact one of a two by two table, one-sided, and Holm's
// correction of 1979 for many at once.
package attribution

import (
	"errors"
	"time"

	"github.com/kakitome/kakitome/internal/roster"
)

// Verdict is how sure a connection is. The order is that of certainty.
type Verdict uint8

// The scale. There is no fourth value, on purpose.
const (
	NotConfirmed Verdict = iota // at present
	Possible
	Confirmed
)

// String is the name in files and answers of programs.
func (v Verdict) String() string {
	switch v {
	case Confirmed:
		return "confirmed"
	case Possible:
		return "possible"
	default:
		return "not_confirmed_at_present"
	}
}

// MarshalText is String.
func (v Verdict) MarshalText() ([]byte, error) { return []byte(v.String()), nil }

// Words are what may be said in public, and no more.
func (v Verdict) Words() Words {
	switch v {
	case Confirmed:
		return Words{"関連を確認", "a connection is confirmed"}
	case Possible:
		return Words{"関連の可能性あり", "a connection is possible"}
	default:
		return Words{"現時点で関連は確認されていない", "a connection is not confirmed at present"}
	}
}

// Words are one sentence in two languages.
type Words struct {
	JA string `json:"ja"`
	EN string `json:"en"`
}

// Case is what is known when the question is asked.
type Case struct {
	First      time.Time // the incident's first wrong mail
	Told       time.Time // when the first person was told of it; zero: nobody yet
	Population int       // people whose data could have leaked, without canaries
	Exposed    int       // of them, exposed in the incident
	Reports    []Report
	Canaries   []Canary
}

// Report is one strange mail that a member reported.
type Report struct {
	Person   roster.Key // who reported; zero: nobody of the population
	Exposed  bool       // the person is among the exposed
	Received time.Time  // when the strange mail came; zero: not known
	Reported time.Time
	OnlyOurs bool // the mail uses a datum of this person that only our store held
}

// Canary is a person who does not exist. One whose data was given to nobody and
// was in no wrong mail is a control: what comes for it is noise.
type Canary struct {
	Exposed bool      // its data was in the incident's wrong mails
	Given   []Handoff // to whom it was given
	Hits    []time.Time
}

// Handoff is a store or a partner that got a canary's data.
type Handoff struct {
	Partner string
	At      time.Time // not before this can anything come from there
}

// control tells whether nobody but us ever had it.
func (c *Canary) control() bool { return !c.Exposed && len(c.Given) == 0 }

// The errors of Judge.
var (
	ErrCounts  = errors.New("more people are exposed than there are")
	ErrReports = errors.New("more people report as exposed, or as not exposed, than there are")
)

// Limits of the tests: the chance of being wrong that is accepted, and how many
// hits there must be, for a single one always looks rare when few are exposed.
const (
	sure      = 0.01
	suspect   = 0.05
	surely    = 0.95 // posterior
	likely    = 2.0 / 3
	hardly    = 0.05
	sureCount = 2
)

// Test is a one-sided test: Hits of Of, and the chance P that it would be as
// many or more by chance alone. P is 1 where nothing can be said.
type Test struct {
	Of   int     `json:"of"`
	Hits int     `json:"hits"`
	P    float64 `json:"p"`
}

// verdict of a single test.
func (t Test) verdict() Verdict {
	switch {
	case t.Hits >= sureCount && t.P <= sure:
		return Confirmed
	case t.Hits > 0 && t.P <= suspect:
		return Possible
	default:
		return NotConfirmed
	}
}

// Judgement is the answer.
type Judgement struct {
	Verdict  Verdict   `json:"verdict"`
	Reports  Test      `json:"reports"`  // people who reported before anybody was told; Hits: the exposed among them
	Content  Test      `json:"content"`  // of these, with a datum that only our store held
	Later    Test      `json:"later"`    // reported after; biased, weighs nothing; P is 1
	Earlier  int       `json:"earlier"`  // mails and canary hits from before the incident
	Outside  int       `json:"outside"`  // reports of nobody in the population
	Control  Test      `json:"control"`  // canaries given to nobody; P is 1
	Canaries Finding   `json:"canaries"` // the incident itself, by its exposed canaries
	Partners []Finding `json:"partners"` // by each hand-off, most likely first
	None     float64   `json:"none"`     // posterior that no copy of these leaked
	Reasons  []Words   `json:"reasons"`
	Needed   []Words   `json:"needed"` // what would allow to say more
}

// Finding is what canaries say of one copy of the data.
type Finding struct {
	Partner   string  `json:"partner,omitempty"` // empty: the incident
	Verdict   Verdict `json:"verdict"`
	Test      Test    `json:"test"`      // canaries it had, against all others
	Adjusted  float64 `json:"adjusted"`  // P, corrected for all copies tested (Holm)
	Posterior float64 `json:"posterior"` // that this copy is the one that leaked, if one is
	Power     float64 `json:"power"`     // chance that a leak would have shown by now, see Power
}

// Judge weighs a case. It is deterministic; the same evidence gives the same
// words.
func Judge(c Case) (Judgement, error) {
	if c.Exposed < 0 || c.Exposed > c.Population {
		return Judgement{}, ErrCounts
	}
	j := Judgement{Later: Test{P: 1}, Control: Test{P: 1}}
	if err := j.reports(&c); err != nil {
		return Judgement{}, err
	}
	content := j.Content.verdict()
	onlyOurs := 0
	for _, r := range c.Reports {
		if r.OnlyOurs && r.Exposed && r.Person != (roster.Key{}) && !c.earlier(r.Received) {
			onlyOurs++
		}
	}
	if onlyOurs > 0 {
		content = max(content, Possible) // told or not: chance does not know what only we held
	}
	j.weighCanaries(&c)
	j.Verdict = max(j.Reports.verdict(), content, j.Canaries.Verdict)
	if j.Earlier > 0 {
		j.Verdict = min(j.Verdict, Possible)
	}
	j.explain(&c, onlyOurs)
	return j, nil
}

// earlier tells whether a mail came before the incident.
func (c *Case) earlier(at time.Time) bool {
	return !at.IsZero() && !c.First.IsZero() && at.Before(c.First)
}

// reports counts people, each once, by what they reported first.
func (j *Judgement) reports(c *Case) error {
	type person struct{ exposed, onlyOurs, before bool }
	people := map[roster.Key]person{}
	for _, r := range c.Reports {
		switch {
		case r.Person == roster.Key{}:
			j.Outside++
			continue
		case c.earlier(r.Received):
			j.Earlier++
			continue
		}
		p := people[r.Person]
		before := c.Told.IsZero() || r.Reported.Before(c.Told)
		p.exposed = p.exposed || r.Exposed
		p.onlyOurs = p.onlyOurs || r.OnlyOurs && before
		p.before = p.before || before
		people[r.Person] = p
	}
	for _, p := range people {
		switch {
		case !p.before:
			j.Later.add(p.exposed)
			continue
		case p.onlyOurs:
			j.Content.add(p.exposed)
		}
		j.Reports.add(p.exposed)
	}
	if hits := j.Reports.Hits + j.Later.Hits; hits > c.Exposed || len(people)-hits > c.Population-c.Exposed {
		return ErrReports
	}
	for _, t := range []*Test{&j.Reports, &j.Content} {
		t.P = Tail(c.Population, c.Exposed, t.Of, t.Hits)
	}
	return nil
}

func (t *Test) add(hit bool) {
	t.Of++
	if hit {
		t.Hits++
	}
}
