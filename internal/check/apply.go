package check

import (
	"slices"

	"github.com/kakitome/kakitome/internal/policy"
)

func (c *Counts) stream(name string) *StreamCounts {
	if s := c.Streams[name]; s != nil {
		return s
	}
	return &StreamCounts{}
}

// Apply brings the counts forward by a verdict, so that the next mail of the
// same batch is judged on them. The store writes the same Effects.
func (c *Counts) Apply(e *Examined, v *Verdict, mailID string) {
	if v.Duplicate != "" {
		return
	}
	fx := &v.Effects
	for _, s := range fx.Sightings {
		c.Sightings[s.Ident] = setSighting(c.Sightings[s.Ident], s.Sighting)
	}
	for _, r := range fx.Received {
		c.Received[r.Recipient] = append(c.Received[r.Recipient], r.Receipt)
	}
	for _, k := range fx.Blocks {
		c.Blocked[k] = true
	}
	for _, s := range fx.Seen {
		c.Seen[s] = mailID
	}
	for _, r := range fx.Repeats {
		c.Repeats[r]++
	}
	client := fx.Client
	c.Clients[e.Client] = &client
	c.applyStream(e, fx)
}

func (c *Counts) applyStream(e *Examined, fx *Effects) {
	s := c.stream(e.Stream.Name)
	s.Recent = append(s.Recent, fx.Outcome)
	if n := len(s.Recent) - recentMails; n > 0 {
		s.Recent = slices.Delete(s.Recent, 0, n)
	}
	s.Week.Mails++
	if fx.Outcome.Mention {
		s.Week.Mentions++
	}
	if fx.Tripped != "" && e.Stream.Mode == policy.Enforce {
		s.Paused = true
	}
	c.Streams[e.Stream.Name] = s
}

func setSighting(list []Sighting, s Sighting) []Sighting {
	for i := range list {
		if list[i].Recipient == s.Recipient {
			list[i] = s
			return list
		}
	}
	return append(list, s)
}

// Wants names the counts Decide will read.
func (e *Examined) Wants() Wants {
	w := Wants{
		Stream: e.Stream.Name, Client: e.Client,
		MessageID: e.MessageID, Digest: e.Digest, Content: e.Content,
	}
	for _, r := range e.Recipients {
		w.Recipients = append(w.Recipients, r.Key)
	}
	for i := range e.Units {
		u := &e.Units[i]
		for k := range u.Findings {
			f := &u.Findings[k]
			if f.Company {
				continue
			}
			if isStrong(f) || canBeLearned(f) {
				w.Idents = append(w.Idents, f.Ident)
			}
			if isName(f.Kind) { // name and address together are counted as the person
				w.Idents = append(w.Idents, f.Owners...)
			}
		}
		if u.Attachment != (Key{}) {
			w.Idents = append(w.Idents, u.Attachment)
		}
	}
	slices.SortFunc(w.Idents, compareKeys)
	w.Idents = slices.Compact(w.Idents)
	return w
}
