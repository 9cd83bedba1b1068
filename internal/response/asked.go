package response

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"time"

	"github.com/kakitome/kakitome/internal/gate"
	"github.com/kakitome/kakitome/internal/incident"
	"github.com/kakitome/kakitome/internal/letter"
	"github.com/kakitome/kakitome/internal/roster"
	"github.com/kakitome/kakitome/ledger"
)

// reply is what came back of a letter.
type reply struct {
	Answers []letter.Answers `json:"answers,omitempty"`
	Bounce  string           `json:"bounce,omitempty"` // why it came back: an enhanced status and a word
}

func openReply(key gate.MailKey, l *Letter) (r reply, err error) {
	if l.Answers != nil {
		err = openJSON(key, fieldAnswers, l.ID, l.Answers, &r)
	}
	return r, err
}

// asking is what one wrong recipient was asked and has answered, by one letter
// or, after reminders, by several.
type asking struct {
	letters []Letter
	letter.Track
}

// askings are the wrong recipients who were written to, by the hash of their
// address.
func (d *Desk) askings(ctx context.Context, c *Course) (map[roster.Key]*asking, error) {
	out := map[roster.Key]*asking{}
	err := d.Store.Letters(ctx, LetterFilter{Incident: c.ID}, func(l Letter) error {
		if k, ok := letter.ParseKind(l.Kind); !ok || !k.Asks() {
			return nil
		}
		r, err := openReply(c.key, &l)
		if err != nil {
			return err
		}
		a := out[l.Address]
		if a == nil {
			a = &asking{}
			out[l.Address] = a
		}
		a.add(&l, len(r.Answers) > 0)
		return nil
	})
	return out, err
}

// add adds a letter, the later ones after the earlier. Whoever has answered any
// of them has answered.
func (a *asking) add(l *Letter, answered bool) {
	s, at := l.state(), l.left()
	first := len(a.letters) == 0
	a.letters = append(a.letters, *l)
	a.Answered = a.Answered || answered
	switch {
	case at.IsZero():
	case a.Relayed.IsZero():
		a.Relayed = at
	default:
		a.Reminded++
	}
	if first || s.Answered() || !a.State.Answered() && s > letter.Relayed || a.State < letter.Asked {
		a.State = s
	}
}

// tells tells whether a letter says to somebody that their data went out.
func tells(k letter.Kind) bool { return k == letter.Notice || k == letter.Combined }

// GiveUp closes the letters nobody has answered after the reminders: now people
// are written to by post, or phoned.
func (d *Desk) GiveUp(ctx context.Context) error {
	rows, err := d.Store.Incidents(ctx)
	if err != nil {
		return err
	}
	for _, r := range rows {
		if r.Key == nil || !r.ClosedAt.IsZero() {
			continue
		}
		c, err := d.Course(ctx, r.ID)
		if err != nil {
			return err
		}
		if err := d.giveUp(ctx, c); err != nil {
			return fmt.Errorf("incident %s: %w", c.ID, err)
		}
	}
	return nil
}

func (d *Desk) giveUp(ctx context.Context, c *Course) error {
	all, err := d.askings(ctx, c)
	if err != nil {
		return err
	}
	now, schedule := d.Now(), letter.DefaultSchedule()
	var ids []string
	for _, a := range all {
		if schedule.Due(a.Track, now) != letter.CloseUnanswered {
			continue
		}
		for i := range a.letters {
			ids = append(ids, a.letters[i].ID)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	slices.Sort(ids)
	_, err = d.act(ctx, c.ID, incident.Event{Kind: incident.Noted, By: "kakitome"}, func(tx Tx, _ *Course, e *incident.Event) error {
		var moves []LetterMove
		for _, id := range ids {
			l, err := tx.Letter(id) // somebody may have answered since
			if err != nil {
				return err
			}
			if next, err := letter.Next(l.state(), letter.GiveUp); err == nil && next == letter.NoAnswer && letter.State(l.State) != next {
				moves = append(moves, LetterMove{ID: id, State: uint8(next), At: now})
			}
		}
		e.Text = fmt.Sprintf("%d letters have no answer after the reminders", len(moves))
		return tx.MoveLetters(moves)
	})
	return err
}

// remindable is how many recipients are to be reminded now.
func (d *Desk) remindable(all map[roster.Key]*asking) (n int) {
	for _, a := range all {
		if letter.DefaultSchedule().Due(a.Track, d.Now()) == letter.SendReminder {
			n++
		}
	}
	return n
}

// letterEvidence records what came back of a letter: which, and a hash of it as it
// is kept sealed.
//
//	{"at":…,"event":"answer_unread","hash":…,"incident":…,"kind":"letter","letter":…}
func letterEvidence(tx Tx, at time.Time, l *Letter, e letter.Event, sealed []byte) error {
	sum := sha256.Sum256(sealed)
	record, err := ledger.Canonical(map[string]any{
		"kind": "letter", "incident": l.Incident, "letter": l.ID, "at": at.UnixMicro(), "event": e.String(), "hash": hex.EncodeToString(sum[:]),
	})
	if err != nil {
		return fmt.Errorf("record letter: %w", err)
	}
	return tx.Evidence("letter", record)
}
