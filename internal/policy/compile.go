package policy

import (
	"errors"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/kakitome/kakitome/internal/jp"
)

// compiler fills a Policy and gathers what is wrong with its Spec.
type compiler struct {
	*Policy
	spec     *Spec
	zone     *time.Location
	problems []error
}

func (c *compiler) err() error { return errors.Join(c.problems...) }

func (c *compiler) wrong(path, hint, format string, args ...any) {
	c.problems = append(c.problems, &Problem{Path: path, Msg: fmt.Sprintf(format, args...), Hint: hint})
}

var streamName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`)

// reserved names mean something in commands or stand for streams of our own.
var reserved = []string{"all", "none", "incident", "kakitome"}

func (c *compiler) streams() {
	for i, s := range c.spec.Streams {
		path := fmt.Sprintf("streams[%d]", i)
		switch {
		case !streamName.MatchString(s.Name):
			c.wrong(path+".name", "letters, digits, dot, dash and underscore, at most 64, such as order", "not a name for a stream")
		case slices.Contains(reserved, strings.ToLower(s.Name)):
			c.wrong(path+".name", "choose another name", "the name %s is reserved", s.Name)
		case c.byName[s.Name] != nil:
			c.wrong(path+".name", "merge the two", "there is another stream named %s", s.Name)
		}
		c.limits(path, &s)
		s.UnreadOK = c.types(path+".unread_ok", s.UnreadOK)
		c.kindSet(path+".kinds", s.Kinds)
		c.byName[s.Name] = &s
		c.Streams = append(c.Streams, &s)
	}
	if c.byName[Default] == nil {
		s := DefaultStream(Default)
		c.byName[Default] = &s
		c.Streams = append(c.Streams, &s)
	}
	letters := incidentStream()
	c.byName[IncidentStream] = &letters
}

// Bounds of what a stream may say. A year is more than the ledger remembers
// exposures for; a mail held back for a week is as good as lost.
const (
	maxWindow  = 366 * 24 * time.Hour
	maxHoldFor = 7 * 24 * time.Hour
	maxFan     = 200 // store.MaxFanOut: up to there counting is exact
)

func (c *compiler) limits(path string, s *Stream) {
	c.between(path+".hold_for", s.HoldFor, 0, maxHoldFor)
	c.between(path+".window", s.Window, time.Minute, maxWindow)
	c.between(path+".stale_after", s.StaleAfter, 0, maxWindow)
	c.between(path+".max_age", s.MaxAge, time.Minute, maxWindow)
	if s.FanOut < 0 || s.FanOut > maxFan {
		c.wrong(path+".fan_out", "", "%d is not between 0 and %d", s.FanOut, maxFan)
	}
	if s.FanIn < 0 || s.FanIn > maxFan {
		c.wrong(path+".fan_in", "", "%d is not between 0 and %d", s.FanIn, maxFan)
	}
	if math.IsNaN(s.MentionJump) || s.MentionJump <= 0 || s.MentionJump > 1 {
		c.wrong(path+".mention_jump", "0.10 is a tenth", "not above 0 and at most 1")
	}
	if s.StaleAfter != 0 && s.StaleAfter <= s.HoldFor {
		c.wrong(path+".stale_after", "make it longer, or 0s for never", "not longer than hold_for: every mail would be stale")
	}
	if s.Mode > Observe {
		c.wrong(path+".mode", "enforce or observe", "not a mode")
	}
}

func (c *compiler) between(path string, d, low, high time.Duration) {
	if d < low || d > high {
		c.wrong(path, "", "%s is not between %s and %s", words(d), words(low), words(high))
	}
}

// words writes a duration as the configuration does.
func words(d time.Duration) string {
	const day = 24 * time.Hour
	if d >= day && d%day == 0 {
		return fmt.Sprintf("%dd", d/day)
	}
	return d.String()
}

var mediaType = regexp.MustCompile(`^[a-z0-9][a-z0-9!#$&^_.+-]*/[a-z0-9][a-z0-9!#$&^_.+-]*$`)

// types lowers media types (RFC 6838 §4.2: they are case-insensitive).
func (c *compiler) types(path string, types []string) []string {
	lower := make([]string, len(types))
	for i, t := range types {
		lower[i] = strings.ToLower(t)
		if !mediaType.MatchString(lower[i]) {
			c.wrong(fmt.Sprintf("%s[%d]", path, i), "such as image/png; name each type", "not a media type")
		}
	}
	return lower
}

func (c *compiler) company() {
	c.Company = Company{Name: c.spec.Company.Name, idents: map[ident]struct{}{}}
	for i, v := range c.spec.Company.Identifiers {
		idents := identify(v)
		if len(idents) == 0 {
			c.wrong(fmt.Sprintf("company.identifiers[%d]", i), "an address, a phone number, or kind: value, such as name: 例示商店", "not an identifier of any kind")
		}
		for _, id := range idents {
			c.Company.idents[id] = struct{}{}
		}
	}
	c.Company.recipients = newAudience()
	for i, v := range c.spec.Company.Recipients {
		c.admit(&c.Company.recipients, fmt.Sprintf("company.recipients[%d]", i), v)
	}
}

// admit adds an address or "@domain" to an audience.
func (c *compiler) admit(a *audience, path, value string) {
	if err := a.add(value); err != nil {
		c.wrong(path, "such as staff@shop.example, or @shop.example for all of a domain", "%v", err)
	}
}

func (c *compiler) compileGrants() {
	for i, g := range c.spec.Grants {
		path := fmt.Sprintf("grants[%d]", i)
		made := grant{to: newAudience(), stream: g.Stream}
		c.admit(&made.to, path+".to", g.To)
		if g.Stream != "" && c.byName[g.Stream] == nil {
			c.wrong(path+".stream", "name it under streams, or leave it out for all", "there is no stream named %s", g.Stream)
		}
		if len(g.Kinds) == 0 {
			c.wrong(path+".kinds", "such as [name, address, phone]", "no kinds: the grant allows nothing")
		}
		made.kinds = c.kindSet(path+".kinds", g.Kinds)
		if !g.Until.IsZero() {
			y, m, d := g.Until.Date()
			made.end = time.Date(y, m, d+1, 0, 0, 0, 0, c.zone)
		}
		c.grants = append(c.grants, made)
	}
}

// kindSet is what a list of kinds stands for.
func (c *compiler) kindSet(path string, list []jp.Kind) (set kinds) {
	for i, k := range list {
		if !k.Valid() {
			c.wrong(fmt.Sprintf("%s[%d]", path, i), "", "not a kind")
			continue
		}
		set |= cover(k)
	}
	return set
}

// cover is the set of kinds that a granted kind stands for.
func cover(k jp.Kind) kinds {
	if k == jp.Name {
		return 1<<jp.Name | 1<<jp.NameKana | 1<<jp.NameLatin
	}
	return 1 << k
}
