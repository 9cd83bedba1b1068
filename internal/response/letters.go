package response

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/kakitome/kakitome/client"
	"github.com/kakitome/kakitome/internal/fault"
	"github.com/kakitome/kakitome/internal/incident"
	"github.com/kakitome/kakitome/internal/jp"
	"github.com/kakitome/kakitome/internal/letter"
	"github.com/kakitome/kakitome/internal/roster"
	"github.com/kakitome/kakitome/internal/survey"
)

// occasions are the rounds of letters by name.
var occasions = map[string]letter.Round{"first": letter.First, "reassure": letter.Reassure, "follow": letter.Follow, "remind": letter.Remind}

// written is what is kept of a letter: its finished bytes, so that what was
// approved is what is sent, and sent again after a crash byte for byte.
type written struct {
	To      string        `json:"to"`
	Version string        `json:"version"`         // of the template
	Text    string        `json:"text,omitempty"`  // with its subject, for who looks at it
	Raw     []byte        `json:"raw,omitempty"`   // the mail, deflated
	Paper   *letter.Paper `json:"paper,omitempty"` // for one that is printed
	About   about         `json:"about"`
}

// about is what a letter says of its addressee: so it is known who was told, and
// what not.
type about struct {
	Persons []string      `json:"persons,omitempty"` // keyed hashes, hex
	Mails   []letter.Mail `json:"mails,omitempty"`
	Kinds   []jp.Kind     `json:"kinds,omitempty"`
	Maybe   []jp.Kind     `json:"maybe,omitempty"`
}

func aboutOf(a *letter.Assignment) about {
	out := about{Mails: a.Mails, Kinds: a.Kinds, Maybe: a.MaybeKinds}
	for _, p := range a.Persons {
		out.Persons = append(out.Persons, p.Hex())
	}
	return out
}

// Draft makes a round of letters. Nothing leaves before another person has
// looked at the first of them.
func (d *Desk) Draft(ctx context.Context, who, id, occasion string) (*client.LetterRound, error) {
	round, known := occasions[occasion]
	if !known {
		return nil, fault.New(fault.Invalid, "draft letters", "there is no such occasion").WithHint("first, reassure, follow, remind")
	}
	if err := d.Post.ready(); err != nil {
		return nil, err
	}
	c, err := d.Course(ctx, id)
	if err != nil {
		return nil, err
	}
	s, err := d.newest(ctx, c)
	if err != nil {
		return nil, err
	}
	parties, err := d.parties(ctx, c, s)
	if err != nil {
		return nil, err
	}
	if round == letter.Remind {
		if parties, err = d.silent(ctx, c, parties); err != nil {
			return nil, err
		}
	}
	agreed, _ := s.CanReassure()
	mails, left := letter.Plan(parties, round, letter.Scope{Agreed: agreed, Unread: s.Numbers.Unread})
	words, missing := d.wording(c)
	if len(missing) > 0 {
		return nil, fault.Newf(fault.Conflict, "draft letters", "not said in both languages: %s", strings.Join(missing, ", ")).WithHint("kakitome incident fact " + id + " " + missing[0] + "=…")
	}
	w := &writer{d: d, c: c, facts: d.letterFacts(words, c, s), parties: parties, guard: d.guard(peopleOf(s, parties)), round: len(c.Rounds) + 1, at: d.Now()}
	letters, err := w.all(ctx, mails, left)
	if err != nil {
		return nil, err
	}
	sample(letters)
	e := incident.Event{Kind: incident.Drafted, By: who, Round: w.round, Object: occasion, Count: len(letters), Root: d.approval(words, letters)}
	_, err = d.act(ctx, id, e, func(tx Tx, _ *Course, _ *incident.Event) error {
		return tx.AddLetters(letters)
	})
	if err != nil {
		return nil, err
	}
	out := &client.LetterRound{Round: w.round, Occasion: occasion, Letters: len(letters), Kinds: map[string]int{}, Left: map[string]int{}}
	for i := range letters {
		out.Kinds[letters[i].Kind]++
	}
	for i := range left {
		out.Left[left[i].Why.String()]++
	}
	return out, nil
}

// peopleOf are all whom no letter may name.
func peopleOf(s *scoped, parties []letter.Party) map[roster.Key]bool {
	people := map[roster.Key]bool{}
	for i := range s.Persons {
		people[s.Persons[i].Key] = true
	}
	for i := range parties {
		if !parties[i].Person.IsZero() {
			people[parties[i].Person] = true
		}
	}
	return people
}

// silent are the parties to whom a reminder is due: all of a person's, or none,
// for it is the plan that chooses the address.
func (d *Desk) silent(ctx context.Context, c *Course, parties []letter.Party) ([]letter.Party, error) {
	all, err := d.askings(ctx, c)
	if err != nil {
		return nil, err
	}
	waits := func(p *letter.Party) bool {
		if p.Address == "" {
			return false
		}
		a := all[d.Hasher.Recipient(p.Address)]
		return a != nil && !a.Answered && (a.State == letter.Asked || a.State == letter.Relayed)
	}
	persons := map[roster.Key]bool{}
	for i := range parties {
		if p := &parties[i]; !p.Person.IsZero() && waits(p) {
			persons[p.Person] = true
		}
	}
	return slices.DeleteFunc(parties, func(p letter.Party) bool { return !persons[p.Person] && !waits(&p) }), nil
}

// approval names all words of a round's letters that people wrote: who approves
// the round approves these, and if they change afterwards it is not that round.
func (d *Desk) approval(words letter.Facts, letters []Letter) string {
	kinds := map[string]string{}
	for i := range letters {
		if k, ok := letter.ParseKind(letters[i].Kind); ok && kinds[letters[i].Kind] == "" {
			kinds[letters[i].Kind] = d.Post.Words.Approval(k, words)
		}
	}
	h := sha256.New()
	for _, k := range slices.Sorted(maps.Keys(kinds)) {
		_, _ = fmt.Fprintf(h, "%s %s\n", k, kinds[k])
	}
	return hex.EncodeToString(h.Sum(nil))
}

// sample marks the letters to be looked at first: some of each kind.
func sample(letters []Letter) {
	kinds := map[string]int{}
	for i := range letters {
		kinds[letters[i].Kind]++
	}
	if len(kinds) == 0 {
		return
	}
	each, total := max(1, sampleSize/len(kinds)), 0
	taken := map[string]int{}
	for _, most := range []int{each, sampleSize} { // first of each kind, then fill up
		for i := range letters {
			l := &letters[i]
			if !l.Sample && taken[l.Kind] < most && total < sampleSize {
				l.Sample = true
				taken[l.Kind]++
				total++
			}
		}
	}
}

// writer makes the letters of a round.
type writer struct {
	d       *Desk
	c       *Course
	facts   letter.Facts
	parties []letter.Party
	guard   letter.Guard
	round   int
	at      time.Time
}

func (w *writer) all(ctx context.Context, mails []letter.Assignment, left []letter.Left) ([]Letter, error) {
	out := make([]Letter, len(mails))
	errs := make([]error, len(mails))
	var wg sync.WaitGroup
	next := make(chan int)
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for i := range next {
				out[i], errs[i] = w.mail(&mails[i])
			}
		})
	}
	for i := range mails {
		if ctx.Err() != nil {
			break
		}
		next <- i
	}
	close(next)
	wg.Wait()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	reach, err := w.d.reaches(ctx, w.c)
	if err != nil {
		return nil, err
	}
	for i := range left {
		if left[i].Kind == 0 || left[i].Why != letter.OnlyPost && left[i].Why != letter.Shared {
			continue
		}
		l, ok, err := w.paper(&left[i], reach)
		if err != nil {
			return nil, err
		}
		if ok {
			out = append(out, l)
		}
	}
	return out, nil
}

// mail writes one letter, reads it again as its reader will, and seals it.
func (w *writer) mail(a *letter.Assignment) (Letter, error) {
	p := &w.d.Post
	id, token := random(10), random(20)
	code, err := letter.NewCode(p.CodeKey, id, a.Address)
	if err != nil {
		return Letter{}, fmt.Errorf("write letter: %w", err)
	}
	details := a.Details()
	details.Code, details.Page, details.Typed = code, p.URL+"/ja/confirm/"+token, p.URL+"/ja/confirm"
	if !a.Kind.Asks() {
		details.Page, details.Typed, token = "", "", ""
	}
	sheet, err := p.Words.Write(a.Kind, w.facts, details)
	if err != nil {
		return Letter{}, fault.Wrap(fault.Conflict, "write letters", "a "+a.Kind.String()+" letter cannot be written: "+err.Error(), err)
	}
	raw, err := letter.Build(letter.Letter{
		From: p.From, FromName: p.Company.Ja, ReplyTo: p.ReplyTo, To: a.Address, Date: w.at.In(w.d.Zone), MessageID: id + "@" + p.Host, Sheet: sheet,
	})
	if err != nil {
		return Letter{}, fmt.Errorf("write letter: %w", err)
	}
	if err := w.guard.Clean(raw, a.Address); err != nil {
		return Letter{}, fault.Wrap(fault.Conflict, "write letters", "a letter would tell what leaked: "+err.Error(), err).
			WithHint("look for names, numbers and addresses in the facts of the incident")
	}
	packed, err := survey.Pack(raw)
	if err != nil {
		return Letter{}, err
	}
	l := w.row(a, id)
	l.Address = w.d.Hasher.Recipient(a.Address)
	l.Code = w.d.Hasher.Bytes("receipt code", []byte(code))
	if token != "" {
		l.Token = w.d.tokenKey(token)
	}
	return w.sealed(l, written{To: a.Address, Version: sheet.Version, Text: sheet.Subject + "\n\n" + sheet.Text, Raw: packed, About: aboutOf(a)})
}

// paper writes one letter to be printed.
func (w *writer) paper(left *letter.Left, reach map[roster.Key]Reach) (l Letter, ok bool, err error) {
	var to Reach
	for _, p := range left.Persons {
		if r, known := reach[p]; known && len(r.Address) > 0 {
			to, ok = r, true
		}
	}
	if !ok {
		return l, false, nil
	}
	id := random(10)
	code, err := letter.NewPaperCode(w.d.Post.CodeKey, id)
	if err != nil {
		return l, false, fmt.Errorf("write letter: %w", err)
	}
	details := left.Details()
	details.Code, details.Paper = code, true
	sheet, err := w.d.Post.Words.Write(left.Kind, w.facts, details)
	if err != nil {
		return l, false, fault.Wrap(fault.Conflict, "write letters", "a "+left.Kind.String()+" letter cannot be written: "+err.Error(), err)
	}
	data := written{About: aboutOf(&left.Assignment), Version: sheet.Version, Text: sheet.Subject + "\n\n" + sheet.Text, Paper: &letter.Paper{
		ID: id, Sheet: sheet, PostalCode: to.PostalCode, Address: to.Address, Name: to.Name,
	}}
	l = w.row(&left.Assignment, id)
	l.Paper, l.Address = true, w.d.Hasher.Bytes("paper", l.Person[:])
	l.Code = w.d.Hasher.Bytes("receipt code", []byte(code))
	l, err = w.sealed(l, data)
	return l, true, err
}

func (w *writer) row(a *letter.Assignment, id string) Letter {
	l := Letter{ID: id, Incident: w.c.ID, Round: w.round, Kind: a.Kind.String(), State: uint8(letter.Planned), MovedAt: w.at}
	if len(a.Persons) > 0 {
		l.Person = a.Persons[0]
	}
	return l
}

func (w *writer) sealed(l Letter, data written) (_ Letter, err error) {
	l.Sealed, err = sealJSON(w.c.key, fieldLetter, l.ID, data)
	return l, err
}

// tokenKey is how the token of a page is found.
func (d *Desk) tokenKey(token string) roster.Key { return d.Hasher.Bytes("page token", []byte(token)) }
