package response

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"time"

	"github.com/kakitome/kakitome/client"
	"github.com/kakitome/kakitome/internal/fault"
	"github.com/kakitome/kakitome/internal/letter"
)

// state is how far a letter is: what its row says, and what became of its mail.
func (l *Letter) state() letter.State {
	s := letter.State(l.State)
	e := letter.Event(0)
	switch l.Fate {
	case "relayed":
		e = letter.Relay
	case "returned", "undeliverable":
		e = letter.Bounce
	default:
		return s
	}
	if next, err := letter.Next(s, e); err == nil {
		return next
	}
	return s
}

// LettersByState counts the letters of open incidents in each state there is.
func (s Standing) LettersByState() map[letter.State]int {
	out := map[letter.State]int{}
	for _, state := range letter.States() {
		out[state] = 0
	}
	for _, c := range s.Letters {
		l := Letter{State: c.State, Fate: c.Fate}
		out[l.state()] += c.Letters
	}
	return out
}

// left is when a letter went out, printed ones when they might be; zero: it has
// not, or it came back.
func (l *Letter) left() time.Time {
	switch s := l.state(); {
	case l.Paper:
		return l.Due
	case s < letter.Asked, s == letter.Bounced:
		return time.Time{}
	case !l.FateAt.IsZero():
		return l.FateAt
	}
	return l.MovedAt
}

// LetterList lists the letters of an incident; of the sample with their words.
func (d *Desk) LetterList(ctx context.Context, id string, sampleOnly bool) ([]client.Letter, error) {
	c, err := d.Course(ctx, id)
	if err != nil {
		return nil, err
	}
	list := []client.Letter{}
	f := LetterFilter{Incident: id, Sample: sampleOnly}
	if sampleOnly {
		f.Round = len(c.Rounds)
	}
	err = d.Store.Letters(ctx, f, func(l Letter) error {
		var data written
		if err := openJSON(c.key, fieldLetter, l.ID, l.Sealed, &data); err != nil {
			return err
		}
		line := d.sayLetter(&l)
		line.To = data.To
		r, err := openReply(c.key, &l)
		if err != nil {
			return err
		}
		line.Bounce = r.Bounce
		if sampleOnly {
			line.Text = data.Text
		}
		list = append(list, line)
		return nil
	})
	return list, err
}

func (d *Desk) sayLetter(l *Letter) client.Letter {
	return client.Letter{
		ID: l.ID, Round: l.Round, Kind: l.Kind, Person: d.personName(l.Person), Sample: l.Sample, Paper: l.Paper, State: l.state().String(),
		Fate: l.Fate, Mail: l.Mail, MovedAt: l.MovedAt,
	}
}

// Rounds counts the letters of an incident.
func (d *Desk) Rounds(ctx context.Context, id string) ([]client.LetterRound, error) {
	c, err := d.Course(ctx, id)
	if err != nil {
		return nil, err
	}
	list := c.detail().Rounds
	for i := range list {
		list[i].Kinds, list[i].States = map[string]int{}, map[string]int{}
	}
	err = d.Store.Letters(ctx, LetterFilter{Incident: id}, func(l Letter) error {
		if l.Round > len(list) {
			return nil
		}
		list[l.Round-1].Kinds[l.Kind]++
		list[l.Round-1].States[l.state().String()]++
		return nil
	})
	return list, err
}

// Print writes the letters of the newest round that go by post.
func (d *Desk) Print(ctx context.Context, who, id, format string, w io.Writer) error {
	c, err := d.Course(ctx, id)
	if err != nil {
		return err
	}
	if len(c.Rounds) == 0 || c.Rounds[len(c.Rounds)-1].All == "" {
		return fault.New(fault.Conflict, "print letters", "nobody has approved them").WithHint("kakitome incident approve")
	}
	var papers []letter.Paper
	err = d.Store.Letters(ctx, LetterFilter{Incident: id, Round: len(c.Rounds)}, func(l Letter) error {
		if !l.Paper {
			return nil
		}
		var data written
		if err := openJSON(c.key, fieldLetter, l.ID, l.Sealed, &data); err != nil {
			return err
		}
		papers = append(papers, *data.Paper)
		return nil
	})
	if err != nil {
		return err
	}
	if len(papers) == 0 {
		return fault.New(fault.NotFound, "print letters", "no letter of the newest round goes by post")
	}
	var out []byte
	switch format {
	case "html":
		out, err = letter.Print(papers, letter.DefaultWindow())
	case "csv":
		out, err = letter.PostCSV(papers)
	default:
		return fault.New(fault.Invalid, "print letters", "there is no such format").WithHint("html, csv")
	}
	if err != nil {
		return fault.Wrap(fault.Conflict, "print letters", err.Error(), err)
	}
	if err := d.noted(ctx, who, id, fmt.Sprintf("%d letters were printed", len(papers))); err != nil {
		return err
	}
	_, err = io.Copy(w, bytes.NewReader(out))
	return err
}
