package response

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/kakitome/kakitome/client"
	"github.com/kakitome/kakitome/internal/fault"
	"github.com/kakitome/kakitome/internal/gate"
	"github.com/kakitome/kakitome/internal/incident"
	"github.com/kakitome/kakitome/internal/jp"
	"github.com/kakitome/kakitome/internal/letter"
	"github.com/kakitome/kakitome/internal/mail"
	"github.com/kakitome/kakitome/internal/policy"
	"github.com/kakitome/kakitome/internal/public"
	"github.com/kakitome/kakitome/internal/survey"
)

// approve lets what was drafted go on: it wants another person than the one who
// made it.
func (d *Desk) approve(ctx context.Context, who, id string, a client.IncidentAct) (*Course, error) {
	e := incident.Event{Kind: incident.Approved, By: who, Object: trimmed(a.Object), Text: trimmed(a.Text)}
	c, err := d.act(ctx, id, e, func(tx Tx, c *Course, e *incident.Event) error {
		if c.Page > 0 && e.Object == incident.ObjectPage(c.Page) {
			e.Root = c.PageHash
			return nil
		}
		for _, r := range c.Rounds {
			sampleOnly := e.Object == incident.ObjectSample(r.Number)
			if sampleOnly || e.Object == incident.ObjectLetters(r.Number) {
				return d.release(tx, c, e, r.Number, sampleOnly)
			}
		}
		return nil // the course refuses it
	})
	if err == nil && d.Approved != nil {
		d.Approved()
	}
	return c, err
}

// release says of letters when they may leave: so many a second. The event says
// which words were agreed to: those of now, which the course compares with those
// of the letters.
func (d *Desk) release(tx Tx, c *Course, e *incident.Event, round int, sampleOnly bool) error {
	now := d.Now()
	var moves []LetterMove
	var all []Letter
	err := tx.LettersOf(LetterFilter{Incident: c.ID, Round: round}, func(l Letter) error {
		all = append(all, Letter{Kind: l.Kind})
		if letter.State(l.State) != letter.Planned || sampleOnly && !l.Sample {
			return nil
		}
		next, err := letter.Next(letter.State(l.State), letter.Approve)
		if err != nil {
			return fmt.Errorf("approve letter: %w", err)
		}
		due := now.Add(time.Duration(len(moves)) * time.Second / time.Duration(d.Post.PerSecond))
		moves = append(moves, LetterMove{ID: l.ID, State: uint8(next), At: now, Due: due})
		return nil
	})
	if err != nil {
		return err
	}
	words, _ := d.wording(c)
	e.Count, e.Root = len(moves), d.approval(words, all)
	return tx.MoveLetters(moves)
}

const (
	sendBatch = 100
	sendLease = 20 * time.Second // handing in takes less; what takes longer is handed in again, and known
)

// Send hands in the letters that may leave now, and says how many. It may run on
// many nodes and be killed at any moment: a letter that was handed in and not
// noted is handed in again, and the gateway knows it as one it has already.
func (d *Desk) Send(ctx context.Context) (int, error) {
	now := d.Now()
	letters, err := d.Store.ClaimLetters(ctx, now, now.Add(sendLease), sendBatch)
	if err != nil || len(letters) == 0 {
		return 0, err
	}
	courses := map[string]*Course{}
	sent := map[[2]any][]LetterMove{} // by incident and round
	var failed error
	for i := range letters {
		l := &letters[i]
		c := courses[l.Incident]
		if c == nil {
			if c, err = d.Course(ctx, l.Incident); err != nil {
				failed = errors.Join(failed, err)
				continue
			}
			courses[l.Incident] = c
		}
		mailID, err := d.handIn(ctx, c, l)
		if err != nil { // its lease runs out, and it is tried again
			failed = errors.Join(failed, fmt.Errorf("hand in letter %s: %w", l.ID, err))
			continue
		}
		next, err := letter.Next(letter.State(l.State), letter.Submit)
		if err != nil {
			return 0, fmt.Errorf("hand in letter %s: %w", l.ID, err)
		}
		at := [2]any{l.Incident, l.Round}
		sent[at] = append(sent[at], LetterMove{ID: l.ID, State: uint8(next), At: d.Now(), Mail: mailID})
	}
	total := 0
	for at, moves := range sent {
		id, round := at[0].(string), at[1].(int)
		_, err := d.act(ctx, id, incident.Event{Kind: incident.Sent, By: "kakitome", Round: round, Count: len(moves)}, func(tx Tx, _ *Course, _ *incident.Event) error {
			return tx.MoveLetters(moves)
		})
		if err != nil {
			failed = errors.Join(failed, err)
			continue
		}
		total += len(moves)
	}
	return total, failed
}

// handIn gives a letter to the gate. In a drill it goes nowhere but to the
// drill's folder.
func (d *Desk) handIn(ctx context.Context, c *Course, l *Letter) (mailID string, err error) {
	var data written
	if err := openJSON(c.key, fieldLetter, l.ID, l.Sealed, &data); err != nil {
		return "", err
	}
	raw, err := survey.Unpack(data.Raw)
	if err != nil {
		return "", err
	}
	if c.Drill {
		return "drill." + l.ID, d.Drilled(c.ID, l.ID+".eml", raw)
	}
	from, err := d.Post.envelopeFrom(l.ID)
	if err != nil {
		return "", err
	}
	r, err := d.Gate.Receive(ctx, gate.Submission{
		Envelope: mail.Envelope{From: from, Body: "8BITMIME", Recipients: []mail.Recipient{{Address: data.To, Notify: []string{"FAILURE"}}}},
		Data:     raw, Stream: policy.IncidentStream, Client: policy.IncidentStream, Protocol: "local",
	})
	if err != nil {
		return "", err
	}
	return r.MailID, nil
}

// confirm records what a wrong recipient says of the mail; false: there is no
// such letter.
func (d *Desk) confirm(ctx context.Context, r public.Receipt, a letter.Answers) (bool, error) {
	if err := a.Validate(); err != nil {
		return false, fault.Wrap(fault.Invalid, "confirm deletion", err.Error(), err)
	}
	found := false
	err := d.Store.Respond(ctx, func(tx Tx) error {
		l, err := d.letterBy(tx, r)
		if fault.KindOf(err) == fault.NotFound {
			found = false
			return nil
		}
		if err != nil {
			return err
		}
		found = true
		stored, _, err := tx.Course(l.Incident)
		if err != nil {
			return err
		}
		key, err := d.key(&stored)
		if err != nil {
			return err
		}
		return d.answer(tx, key, &l, a)
	})
	return found, err
}

// letterBy finds a letter by the token of its page, or by its receipt code and
// the address it was sent to.
func (d *Desk) letterBy(tx Tx, r public.Receipt) (Letter, error) {
	if r.Token != "" {
		return tx.LetterByToken(d.tokenKey(r.Token))
	}
	var none error = fault.New(fault.NotFound, "find letter", "there is no such letter")
	code, err := letter.ParseCode(r.Code)
	if err != nil {
		return Letter{}, none
	}
	normal, err := jp.Normal(jp.Email, r.Address)
	if err != nil {
		return Letter{}, none
	}
	l, err := tx.LetterByCode(d.Hasher.Bytes("receipt code", []byte(code)))
	if err == nil && l.Address != d.Hasher.Recipient(normal) {
		return Letter{}, none
	}
	return l, err
}

// answer adds an answer to those a letter has.
func (d *Desk) answer(tx Tx, key gate.MailKey, l *Letter, a letter.Answers) error {
	r, err := openReply(key, l)
	if err != nil {
		return err
	}
	r.Answers = append(r.Answers, a)
	if len(r.Answers) > maxAnswers {
		r.Answers = append(r.Answers[:1], r.Answers[len(r.Answers)-maxAnswers+1:]...)
	}
	return d.heardOf(tx, key, l, letter.Fold(r.Answers).Event(), r)
}

const maxAnswers = 20 // of one letter: somebody plays with the form

// Bounced notes that a letter came back, and why.
func (d *Desk) Bounced(ctx context.Context, id, why string) error {
	return d.Store.Respond(ctx, func(tx Tx) error {
		l, err := tx.Letter(id)
		if err != nil {
			return err
		}
		stored, _, err := tx.Course(l.Incident)
		if err != nil {
			return err
		}
		key, err := d.key(&stored)
		if err != nil {
			return err
		}
		r, err := openReply(key, &l)
		if err != nil {
			return err
		}
		r.Bounce = why
		return d.heardOf(tx, key, &l, letter.Bounce, r)
	})
}

// heardOf moves a letter by what came back of it, with its evidence.
func (d *Desk) heardOf(tx Tx, key gate.MailKey, l *Letter, e letter.Event, r reply) error {
	next, err := letter.Next(letter.State(l.State), e)
	if err != nil {
		return fault.Wrap(fault.Conflict, "note "+e.String(), "the letter was not sent", err)
	}
	sealed, err := sealJSON(key, fieldAnswers, l.ID, r)
	if err != nil {
		return err
	}
	now := d.Now()
	if err := letterEvidence(tx, now, l, e, sealed); err != nil {
		return err
	}
	return tx.MoveLetters([]LetterMove{{ID: l.ID, State: uint8(next), At: now, Answers: sealed}})
}
